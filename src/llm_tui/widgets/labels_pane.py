"""The labels curve: its fields, the lines on a logarithmic axis, and below them the table with where they cross."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content

from llm_tui import i18n
from llm_tui.exercises import labels
from llm_tui.exercises.labels import Curve
from llm_tui.i18n import Text, tr
from llm_tui.keys import spoken
from llm_tui.labels.job import ZERO_SHOT
from llm_tui.visible import visible
from llm_tui.widgets.drawing import Series
from llm_tui.widgets.fitted import Fitted
from llm_tui.widgets.form import Form
from llm_tui.widgets.parts import framed
from llm_tui.widgets.plot import Plot
from llm_tui.widgets.table_view import table_content


class LabelsPane(Vertical):
    def compose(self) -> ComposeResult:
        with Horizontal():
            form = Form(labels.FIELDS, labels.DEFAULTS, models=("chat",), id="labels-fields")
            yield framed(form, tr("Labels curve", "Curva de etiquetas"))
            yield Plot(tr("accuracy", "exactitud"), low=0.0, high=1.0, log_x=True, id="labels-plot")
        with framed(VerticalScroll(id="labels-result")):
            yield Fitted(id="labels-table")

    def show(self, curve: Curve | None) -> None:
        self.query_one(Plot).show(series(curve), _end(curve), Text("labels", "etiquetas"))
        self.query_one("#labels-table", Fitted).fit(lambda room: _content(curve, room))


def _end(curve: Curve | None) -> float:
    return max((point.count for point in curve.points), default=1) if curve else 1.0


def series(curve: Curve | None) -> list[Series]:
    """A line for each method; zero-shot needs no labels, and is level."""
    found = []
    for colour, name in enumerate(labels.NAMES):
        line = curve.line(name) if curve else []
        if not line:
            continue
        points = [(float(one.count), one.mean) for one in line]
        spans = [(float(one.count), one.low, one.high) for one in line]
        if name == ZERO_SHOT:
            points = [points[0], (_end(curve), line[0].mean)]
        found.append(Series(str(labels.NAMES[name]), points, colour, spans))
    return found


def _content(curve: Curve | None, room: int) -> Content:
    if curve is None or not curve.points:
        return Content(
            tr(
                f"{spoken('run')} measures how many labels it takes until training wins.",
                f"{spoken('run')} mide cuántas etiquetas hacen falta hasta que gana entrenar.",
            )
        )
    language = i18n.export_language()
    made = labels.table(curve, language)
    crossings = [sentence.within(language) for sentence in labels.answers(curve)]
    rest = " ".join(sentence.within(language) for sentence in made.footer[len(crossings) :])
    table = table_content(made, language, room)
    return Content.assemble(
        ("\n".join(map(visible, crossings)), "bold"), "\n\n", table, "\n\n", (visible(rest), "$text-muted")
    )
