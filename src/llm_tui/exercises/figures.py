"""What can be counted of a summary beside its source, without a reference and with one."""

from __future__ import annotations

from collections.abc import Iterable

from llm_tui.export.table import Cell, Column, Table
from llm_tui.foundation import facts
from llm_tui.foundation.rouge import Overlap
from llm_tui.i18n import Text

COLUMNS = (
    Column("system", Text("system", "sistema")),
    Column("words", Text("words", "palabras"), numeric=True),
    Column("compression", Text("compression", "compresión"), numeric=True, digits=2),
    Column("new", Text("new words", "palabras nuevas"), numeric=True, digits=2),
    Column("rouge_1", Text("ROUGE-1", "ROUGE-1"), numeric=True),
    Column("rouge_2", Text("ROUGE-2", "ROUGE-2"), numeric=True),
    Column("rouge_l", Text("ROUGE-L", "ROUGE-L"), numeric=True),
    Column("ascii", Text("usual package: 1, 2, L", "paquete habitual: 1, 2, L")),
    Column("chrf", Text("chrF", "chrF"), numeric=True, digits=1),
)


def table(source: str, summaries: Iterable[tuple[str, str | None, Overlap | None]]) -> Table:
    """A row for each system: its name, its summary of `source`, how that overlaps with the reference."""
    rows, signatures = [], []
    for name, text, score in summaries:
        counted: tuple[Cell, ...] = (None, None, None)
        if text is not None:
            counted = (facts.word_count(text), facts.compression(source, text), facts.new_words(source, text))
        rouge: tuple[Cell, ...] = (None,) * 5
        if score:
            usual = " ".join(f"{r.f1:.3f}" for r in (score.ascii_1, score.ascii_2, score.ascii_l))
            rouge = (*(r.f1 for r in (score.rouge_1, score.rouge_2, score.rouge_l)), usual, score.chrf)
            signatures.append(score.signature)
        rows.append((name, *counted, *rouge))
    said = Text("chrF: {signature}.", "chrF: {signature}.").format(signature=", ".join(dict.fromkeys(signatures)))
    if not signatures:
        said = Text(
            "Without a reference summary there is no ROUGE and no chrF.",
            "Sin un resumen de referencia no hay ROUGE ni chrF.",
        )
    return Table(COLUMNS, tuple(rows), (said,))


def hints(source: str, summary: str) -> list[Text]:
    """What repeats in a summary, and the names and numbers in it that the source does not have."""
    said = []
    if repeated := facts.repeated(summary):
        said.append(Text("repeats: {what}", "repite: {what}").format(what="; ".join(repeated)))
    if invented := facts.invented(source, summary):
        what = ", ".join(invented)
        said.append(Text("not in the source: {what}", "no está en la fuente: {what}").format(what=what))
    return said
