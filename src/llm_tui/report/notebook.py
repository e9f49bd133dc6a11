"""The report as a Jupyter notebook: what the student wrote as text, the plain programs as code, and under each what
the program had. It runs by itself where the models are.
"""

from __future__ import annotations

import ast
import base64
import bz2
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from llm_tui.errors import UserError
from llm_tui.export.markdown import escape_markdown, to_markdown
from llm_tui.i18n import Text
from llm_tui.notebooks.installing import installing
from llm_tui.report.parts import Part
from llm_tui.snippets.literal import literal
from llm_tui.snippets.snippet import Snippet, snippet

if TYPE_CHECKING:
    from llm_tui.report.document import Report

Cell = dict[str, Any]

QUOTED = 4_000
"""Characters of a file that stands in its cell as it is; a longer one is packed."""

OWN = {"torch", "transformers", "tokenizers", "numpy", *sys.stdlib_module_names}
"""What programs import and every machine for this notebook has."""

VERSIONS = {"torchtext": "torchtext==0.6.0"}

ABOUT = Text(
    "The code cells do with torch and transformers what llm-tui did for this report; where they need more, the next "
    "cell installs it. Under each stands what llm-tui had. To run them, the models must be on this machine or come "
    "from the hub.",
    "Las celdas de código hacen con torch y transformers lo que hizo llm-tui para este informe; si necesitan algo más, "
    "lo instala la celda siguiente. Debajo de cada una está lo que obtuvo llm-tui. Para ejecutarlas, los modelos deben "
    "estar en este equipo o llegar del hub.",
)


def notebook(report: Report) -> str:
    """In JSON, nbformat 4.5. The same report gives the same bytes."""
    import nbformat

    above, *sections = report.sections()
    chapters, behind = sections[: len(report.parts)], sections[len(report.parts) :]
    body: list[Cell] = []
    held: dict[str, str] = {}
    for part, chapter in zip(report.parts, chapters, strict=True):
        body += [_markdown(chapter), *_heats(part, report.language), *_code(part, report.language, held)]
    programs = [cell["source"] for cell in body if cell["cell_type"] == "code"]
    first = [_markdown(above)]
    if programs:
        first = [_markdown(f"{above}\n\n{ABOUT.within(report.language)}")]
        if needs := _needs(programs):
            first.append(_code_cell(installing(needs, report.language)))
    cells = [*first, *body, *map(_markdown, behind)]
    content = {
        "cells": list(_with_ids(cells)),
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "title": f"{report.title()}: {report.lab_name}",
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    nbformat.validate(content)
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _code(part: Part, language: str, held: dict[str, str]) -> Iterator[Cell]:
    """The programs of an exercise, each behind the files that it reads and that are not `held` there yet. What was kept
    of no program stands under the first one, as the exercise's own tables.
    """
    printed = list(part.hand_in.printed)
    shown = [*_tables(part, language), *_figures(part, language)]
    for place, job in enumerate(part.hand_in.jobs):
        try:
            program = snippet(job, language)
        except UserError as error:
            yield _markdown(f"*{escape_markdown(str(error), '*')}*")
            continue
        yield from _files(program, language, held)
        said = printed[place] if place < len(printed) else ""
        outputs: list[Cell] = [{"output_type": "stream", "name": "stdout", "text": said}] if said else shown[:1]
        yield _code_cell(program.text.rstrip("\n"), [*outputs, *shown[1:]])
        shown = []


def _tables(part: Part, language: str) -> Iterator[Cell]:
    """One output, without what stands under the tables in the chapter above."""
    text = "\n".join(to_markdown(replace(table, footer=()), language) for table in part.own_tables())
    yield _shown({"text/markdown": _without_formulas(text), "text/plain": text})


def _figures(part: Part, language: str) -> Iterator[Cell]:
    for figure in part.hand_in.figures[: len(part.hand_in.figures) - part.hand_in.heats]:
        title = f"**{escape_markdown(figure.title.within(language), '*')}**"
        yield _shown({"text/markdown": _without_formulas(title), "text/plain": figure.title.within(language)})
        yield _shown({"image/svg+xml": figure.svg(language), "text/plain": figure.told().within(language)})


def _heats(part: Part, language: str) -> Iterator[Cell]:
    """A cell with the heat that a person has put there, which no program of the notebook gave, as pictures."""
    heats = part.hand_in.figures[len(part.hand_in.figures) - part.hand_in.heats :]
    if heats:
        pictures = {f"why-{number}.svg": figure for number, figure in enumerate(heats, start=1)}
        told = [escape_markdown(figure.told().within(language), "[]") for figure in heats]
        named = (f"![{said}](attachment:{name})" for said, name in zip(told, pictures, strict=True))
        packed = {name: base64.b64encode(of.svg(language).encode()).decode() for name, of in pictures.items()}
        yield _markdown("\n\n".join(named)) | {"attachments": {n: {"image/svg+xml": svg} for n, svg in packed.items()}}


def _shown(data: Mapping[str, str]) -> Cell:
    return {"output_type": "display_data", "metadata": {}, "data": data}


def _files(program: Snippet, language: str, held: dict[str, str]) -> Iterator[Cell]:
    """What a program reads from beside itself, written by cells of their own; of a long one Jupyter and Colab fold the
    code away.
    """
    new = {name: text for name, text in program.files.items() if held.get(name) != text}
    held |= new
    for name, text in new.items():
        yield _code_cell(_written(name, text, language), hidden=len(text) > QUOTED)


def _written(name: str, text: str, language: str) -> str:
    said = Text("Writes {name}, which the next program reads.", "Escribe {name}, que lee el programa siguiente.")
    head = f"{said.format(name=name).within(language)}\n"
    if len(text) <= QUOTED:
        return (
            f"# {head}from pathlib import Path\n\ncontent = {literal(text)}\n"
            f'Path({literal(name)}).write_text(content, encoding="utf-8", newline="")'
        )
    # Colab shows the title in the place of the folded cell. bz2 packs to the same bytes on every machine. They stand on
    # one line, which no editor breaks: a wall of them hides the rest.
    packed = _packed(text)
    return (
        f'# @title {head}import base64\nimport bz2\nfrom pathlib import Path\n\npacked = "{packed}"\n'
        f"Path({literal(name)}).write_bytes(bz2.decompress(base64.b64decode(packed)))"
    )


@lru_cache(maxsize=2)
def _packed(text: str) -> str:
    """The sample's rows are the same in each report, and take longer to pack than all else."""
    return base64.b64encode(bz2.compress(text.encode())).decode()


def _needs(programs: Sequence[str]) -> list[str]:
    """The packages that the programs import and that neither torch nor transformers brings."""
    found: set[str] = set()
    for text in programs:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
        if "opus-mt" in text:  # the tokenizers of Marian
            found |= {"sentencepiece", "sacremoses"}
    return [VERSIONS.get(name, name) for name in sorted(found - OWN)]


def _markdown(text: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": _without_formulas(text)}


def _code_cell(text: str, outputs: Sequence[Cell] = (), hidden: bool = False) -> Cell:
    metadata: Mapping[str, Any] = {"jupyter": {"source_hidden": True}, "cellView": "form"} if hidden else {}
    # They were not run here, and so they have no number.
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": metadata,
        "outputs": list(outputs),
        "source": text,
    }


_FORMULA = re.compile(r"\\\$|\$|\\\\|\\(?=(?:begin|end|(?:eq)?ref)\{)|(\\.)")
"""A dollar sign or a backslash that is one, escaped as Markdown has it or not; what another backslash escapes."""


def _without_formulas(text: str) -> str:
    """Jupyter draws formulas between dollar signs, of different lines too, and at `\\(` and `\\begin{`, once the
    Markdown is HTML: a backslash that escaped them is gone by then. In an element of its own a sign begins none.
    """
    return _FORMULA.sub(lambda found: found[1] or f"<span>&#{36 if '$' in found[0] else 92};</span>", text)


def _with_ids(cells: Sequence[Cell]) -> Iterator[Cell]:
    """An id from the content of each; of those with the same one, from how many there were before."""
    seen: Counter[str] = Counter()
    for cell in cells:
        digest = hashlib.sha256(f"{cell['cell_type']}\n{cell['source']}".encode("utf-8", "surrogatepass")).hexdigest()[
            :16
        ]
        seen[digest] += 1
        yield {"id": digest if seen[digest] == 1 else f"{digest}-{seen[digest]}", **cell}
