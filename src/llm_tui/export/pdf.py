"""The hand-in as one PDF, set by Typst: what it says goes there as data, never as Typst's own language."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Any

from llm_tui.errors import UserError
from llm_tui.export.blocks import Code, Drawing, Grid, Heading, Line, Paragraph, Run, blocks, is_leftward, parsed
from llm_tui.export.figure import Figure
from llm_tui.export.layout import Placed, Wide, laid_out
from llm_tui.i18n import Text, tr
from llm_tui.visible import legal, visible


def to_pdf(markdown: str, language: str, title: str, author: str = "", figures: Sequence[Figure] = ()) -> bytes:
    """The document with its figures as a tagged PDF on A4. The same document gives the same bytes on a machine; what no
    font of the program or of the machine has is shown by its code point, and said at the end.

    Raises:
        UserError: it cannot be made here.
    """
    shown = [_plain(each, language) for each in laid_out(list(blocks(parsed(markdown, figures, language))))]
    data = {
        "title": legal(visible(title)),
        "author": legal(visible(author)),
        "language": language,
        "blocks": shown,
    }
    text = json.dumps(data, ensure_ascii=False)
    if absent := lacking(text):
        shown.append(_plain(Placed(Paragraph(_said_lacking(absent, language))), language))
        text = json.dumps(data, ensure_ascii=False)
        text = text.translate({ord(char): _code(char) for char in absent})
    source = resources.files("llm_tui.export").joinpath("page.typ").read_bytes()
    return _compiled(source, format="pdf", sys_inputs={"data": text}, timestamp=0)


def _compiled(source: bytes, **how: Any) -> bytes:
    """
    Raises:
        UserError: Typst is not here, or cannot set it.
    """
    try:
        import typst

        made = typst.compile(source, **how)
    except (ImportError, RuntimeError) as error:
        why = visible(str(error))
        raise UserError(
            tr(
                f"The document could not be set by Typst ({why}): write it as HTML, which needs nothing else.",
                f"Typst no pudo componer el documento ({why}): escríbalo en HTML, que no necesita nada más.",
            )
        ) from error
    assert isinstance(made, bytes)
    return made


def to_png(svg: str, width: int) -> bytes:
    """A figure of this program's own as a picture, `width` points wide."""
    shown = svg.translate({ord(char): _code(char) for char in lacking(svg)})
    inputs = {"svg": shown, "width": str(width)}
    return _compiled(_ONE_FIGURE, format="png", sys_inputs=inputs, ppi=192)


_ONE_FIGURE = b"""
#set page(width: auto, height: auto, margin: 0pt)
#set text(font: ("Libertinus Serif", "DejaVu Sans Mono"))
#image(bytes(sys.inputs.svg), format: "svg", width: int(sys.inputs.width) * 1pt)
"""


def _plain(each: Placed | Wide, language: str) -> dict[str, Any]:
    """As JSON has it."""
    if isinstance(each, Wide):
        return {"kind": "wide", "blocks": [_plain(one, language) for one in each.inside]}
    match each.block:
        case Heading(level, line):
            return {"kind": "heading", "level": level, "line": _runs(line)}
        case Paragraph(line, bullet, depth):
            more = {"bullet": bullet, "depth": depth, "sticky": each.sticky}
            return {"kind": "paragraph", "line": _runs(line), **more}
        case Code(text):
            return {"kind": "code", "text": text}
        case Grid(rows, numeric):
            cells = [[_runs(cell) for cell in row] for row in rows]
            unbroken = [each.block.unbroken(row) for row in range(len(rows))]
            place = {"widths": each.shares, "points": each.points, "unbroken": unbroken}
            return {"kind": "grid", "rows": cells, "numeric": numeric, **place}
        case Drawing(figure):
            title, told = (legal(visible(text.within(language))) for text in (figure.title, figure.told()))
            size = {"svg": figure.svg(language), "width": figure.width}
            return {"kind": "drawing", "title": title, "told": told, **size}


def _runs(line: Line) -> dict[str, Any]:
    names = ("text", "bold", "italic", "code", "struck")
    return {"runs": [{name: getattr(run, name) for name in names} for run in line], "leftward": is_leftward(line)}


# What fonts lack.


@cache
def _probed(chars: str) -> frozenset[str]:
    """Those for which neither Typst's own fonts nor the machine's have a glyph: each is set once, and what looks like
    a character that there cannot be is the sign for a missing one.
    """
    probe = [NEVER, *chars]
    svg = _compiled(_PROBE, format="svg", sys_inputs={"data": json.dumps(probe)})
    drawn = re.findall(r'<use[^>]*xlink:href="#(\w+)"', svg.decode())
    glyphs: list[set[str]] = []
    for glyph in drawn:
        if glyph == drawn[0]:  # the letter before each
            glyphs.append(set())
        else:
            glyphs[-1].add(glyph)
    return frozenset(char for char, of in zip(chars, glyphs[1:], strict=True) if of & glyphs[0])


NEVER = "\U0010fffd"
"""For private use, and in no font."""

_PROBE = b"""
#set page(width: 400pt, height: auto, margin: 4pt)
#set text(font: ("Libertinus Serif", "DejaVu Sans Mono"), size: 10pt)
#for char in json(bytes(sys.inputs.data)) [#box[A]#box(char) ]
"""


def lacking(text: str) -> list[str]:
    """The characters of a text that would be drawn as an empty box."""
    odd = sorted({c for c in text if ord(c) > 0x17F and unicodedata.category(c)[0] not in "MZC"})
    private = [c for c in set(text) if unicodedata.category(c) in ("Co", "Cn")]
    return [*(_probed("".join(odd)) if odd else ()), *private]


def _code(char: str) -> str:
    """Its code point; of the picture of a control character that of the character."""
    code = ord(char) - 0x2400 if 0x2400 <= ord(char) < 0x2421 else ord(char)
    return f"\u27e8{code:04X}\u27e9"


def _said_lacking(absent: Iterable[str], language: str) -> Line:
    said = Text(
        "Fonts of this machine lack some characters, which stand here by their code points (⟨4E2D⟩): {codes}. With a "
        "font that has them installed, such as Noto, or in the HTML, they are shown.",
        "A las fuentes de este equipo les faltan caracteres, que figuran aquí con su código (⟨4E2D⟩): {codes}. Con una "
        "fuente instalada que los tenga, como Noto, o en el HTML, se muestran.",
    )
    codes = [_code(char) for char in sorted(absent)]
    listed = " ".join(codes[:40]) + (f" … ({len(codes)})" if len(codes) > 40 else "")
    return (Run(said.format(codes=listed).within(language), italic=True),)
