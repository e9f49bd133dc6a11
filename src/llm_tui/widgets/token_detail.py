"""The selected word in full, and the measures of all tokenizers side by side."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from llm_tui.i18n import tr
from llm_tui.tokenization.job import Comparison, Tokenized
from llm_tui.tokenization.measures import KINDS, Measures, best
from llm_tui.visible import shortened, visible
from llm_tui.widgets.token_strip import DIFFERENT, LETTERS

MOST_PIECES = 100


def detail_content(comparison: Comparison, first: int, last: int) -> Content:
    """Pieces, ids and byte offsets of the units from `first` to `last` under each tokenizer, and what was lost."""
    text = comparison.text[comparison.starts[first] : comparison.ends[last]]
    begin = len(comparison.text[: comparison.starts[first]].encode())
    differs = any(comparison.different[unit] for unit in range(first, last + 1))
    size = len(text.encode())
    head = Content.assemble(
        (f"{DIFFERENT} " if differs else "= ", "bold $warning" if differs else "$text-muted"),
        (shortened(visible(" ".join(text.split())), 60), "bold"),
        (f"  bytes {begin}-{begin + size}", "$text-muted"),
    )
    lines = [
        _line(letter, comparison, tokenized, first, last)
        for letter, tokenized in zip(LETTERS, comparison.tokenized, strict=False)
    ]
    return Content("\n").join([head, *lines])


def _line(letter: str, comparison: Comparison, tokenized: Tokenized, first: int, last: int) -> Content:
    cut = comparison.cut(tokenized, first, last)
    text = comparison.text[comparison.starts[first] : comparison.ends[last]]
    parts: list[str | tuple[str, str]] = [(letter, "bold $accent"), f" {len(cut)}: "]
    listed = zip(cut.pieces, cut.ids, cut.spans, cut.unknown, strict=True)
    for number, (piece, id, (start, end), unknown) in enumerate(listed):
        if number == MOST_PIECES:
            parts.append(tr(f"… and {len(cut) - number} more", f"… y {len(cut) - number} más"))
            break
        before = len(text[:start].encode())
        span = f"{before}-{before + len(text[start:end].encode())}"
        parts += [(piece, "bold $error" if unknown else "bold"), (f" {id} [{span}]  ", "$text-muted")]
    if cut.lost:
        lost = visible("".join(dict.fromkeys(cut.lost)))
        parts.append((tr(f"lost: {lost}", f"se pierde: {lost}"), "bold $error"))
    if tokenized.by_text:
        parts.append((tr(" (aligned by text)", " (alineado por texto)"), "$text-muted"))
    return Content.assemble(*parts)


def measures_content(labels: Sequence[str], measured: Sequence[Measures]) -> Content:
    """One line per measure, one column per tokenizer, the better value marked; then who is who."""
    width = max(len(str(kind.column.head)) for kind in KINDS)
    lines = [Content.styled(" " * width + "".join(f"{letter:>7} " for letter in LETTERS[: len(measured)]), "bold")]
    for kind in KINDS:
        parts: list[str | tuple[str, str]] = [str(kind.column.head).ljust(width)]
        for m, is_best in zip(measured, best(kind, measured), strict=True):
            value = kind.column.show(kind.of(m)) or "-"
            parts.append((f"{value:>7}", "bold $success") if is_best else f"{value:>7}")
            parts.append(("◂", "bold $success") if is_best else " ")
        lines.append(Content.assemble(*parts))
    lines += [Content(""), *_legend(labels, measured)]
    return Content("\n").join(lines)


def _legend(labels: Sequence[str], measured: Sequence[Measures]) -> list[Content]:
    lines = []
    for letter, name, m in zip(LETTERS, labels, measured, strict=False):
        parts: list[str | tuple[str, str]] = [(letter, "bold $accent"), f" {visible(name)}"]
        if m.lost_most:
            lost = " ".join(f"{visible(char)}×{count}" for char, count in m.lost_most)
            parts.append((tr(f"  loses {lost}", f"  pierde {lost}"), "$error"))
        lines.append(Content.assemble(*parts))
    return lines
