"""Tables of what is counted over texts: their true labels beside those that a classifier gave, None for no label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from llm_tui.exercises.agreement import LabelAgreement, Pairs, confusion, wilson
from llm_tui.exercises.material import KINDS
from llm_tui.export.figure import Figure, Matrix
from llm_tui.export.table import Column, Table
from llm_tui.i18n import Text


def by_label(scores: Mapping[str, Sequence[LabelAgreement]]) -> Table:
    """Per template and label what the course's table does not say: recall, F1, and how sure the precision is."""
    columns = (
        Column("template", Text("hypothesis", "hipótesis")),
        Column("label", Text("label", "etiqueta")),
        Column("precision", Text("precision", "precisión"), numeric=True),
        Column("interval", Text("95% interval", "intervalo del 95 %")),
        Column("recall", Text("recall", "exhaustividad"), numeric=True),
        Column("f1", Text("F1", "F1"), numeric=True),
        Column("support", Text("texts", "textos"), numeric=True),
    )
    rows = [
        (
            template,
            s.label,
            or_dash(s.precision),
            _interval(s.precision_interval),
            or_dash(s.recall),
            or_dash(s.f1),
            s.tp + s.fn,
        )
        for template, of_template in scores.items()
        for s in of_template
    ]
    return Table(columns, tuple(rows), title=Text("By hypothesis and label", "Por hipótesis y etiqueta"))


def by_template(judged: Mapping[str, Pairs]) -> Table:
    """The hypotheses beside each other: the share of texts that were given their true label."""
    columns = (
        Column("template", Text("hypothesis", "hipótesis")),
        Column("right", Text("right", "aciertos"), numeric=True),
        Column("texts", Text("texts", "textos"), numeric=True),
        Column("accuracy", Text("accuracy", "exactitud"), numeric=True),
        Column("interval", Text("95% interval", "intervalo del 95 %")),
    )
    rows = []
    for template, pairs in judged.items():
        right, texts = sum(count for (true, given), count in pairs.items() if true == given), pairs.total()
        accuracy = or_dash(right / texts if texts else None)
        rows.append((template, right, texts, accuracy, _interval(wilson(right, texts))))
    return Table(columns, tuple(rows), title=Text("Hypotheses", "Hipótesis"))


def matrix(labels: Sequence[str], pairs: Pairs) -> Table:
    """Rows: the true label; columns: the label that was given."""
    columns = (
        Column("true", Text("true \\ predicted", "verdadera \\ predicha")),
        *(Column(f"given_{label}", Text(label, label), numeric=True) for label in labels),
        Column("none", Text("none", "ninguna"), numeric=True),
    )
    counted = confusion(labels, pairs)
    return Table(
        columns,
        tuple((label, *row) for label, row in zip(labels, counted, strict=True)),
        title=Text("Confusion matrix", "Matriz de confusión"),
    )


def drawn(counted: Table, language: str) -> list[Figure]:
    """A `matrix` as a figure; none where nothing was counted, or more than there is room for."""
    cells = tuple(tuple(int(str(cell)) for cell in row[1:]) for row in counted.rows)
    heads = tuple(column.head.within(language) for column in counted.columns[1:])
    if len(heads) > MOST_LABELS or not any(map(any, cells)):
        return []
    title = counted.title or Text("", "")
    return [Matrix(title, tuple(str(row[0]) for row in counted.rows), heads, cells, beside=counted)]


MOST_LABELS = 9
"""With that for no label."""


def by_kind(kinds: Mapping[str, tuple[int, int]], language: str) -> Table:
    """Errors and texts of each kind of text, most errors first: what answers the guiding question."""
    columns = (
        Column("kind", Text("kind of text", "tipo de texto")),
        Column("errors", Text("errors", "errores"), numeric=True),
        Column("texts", Text("texts", "textos"), numeric=True),
        Column("share", Text("share", "proporción"), numeric=True, digits=2),
    )
    rows = [(kind_name(kind, language) or "-", wrong, texts, wrong / texts) for kind, (wrong, texts) in kinds.items()]
    rows.sort(key=lambda row: -row[3])
    return Table(columns, tuple(rows), title=Text("Errors by kind of text", "Errores por tipo de texto"))


def kind_name(kind: str, language: str) -> str:
    """The kinds that the program knows have a name in both languages; others are the student's own."""
    return KINDS[kind].within(language) if kind in KINDS else kind


def or_dash(value: float | None) -> float | str:
    return "-" if value is None else value


def _interval(ends: tuple[float, float] | None) -> str:
    return f"{ends[0]:.2f}-{ends[1]:.2f}" if ends else "-"
