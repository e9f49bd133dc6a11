"""How good a run is: its confusion matrix, and the most confident mistakes, with a cursor in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual.containers import Vertical, VerticalScroll
from textual.events import Click
from textual.widgets import Static

from llm_tui.classifier.job import Mistake
from llm_tui.i18n import Text, tr
from llm_tui.keys import CHOOSE, Bar, Key, bindings
from llm_tui.lab.runs import Run
from llm_tui.widgets.evaluation import confusions, mistake_content, mistakes_of, run_content
from llm_tui.widgets.fitted import Fitted


class Evaluation(VerticalScroll):
    """Up and down go from mistake to mistake; left and right from cell to cell of the matrix, the most frequent
    confusion first: the mistakes below are those of the cell then.
    """

    NAME = Text("In the evaluation", "En la evaluación")
    KEYS = (
        Key("mistake-before", "up", "step(-1)", Text("mistake before", "error anterior"), bar=Bar.NEVER),
        Key("mistake-next", "down", "step(1)", Text("next mistake", "error siguiente"), bar=Bar.NEVER),
        Key("cell-before", "left", "cell(-1)", Text("cell before", "celda anterior"),
            Text("The cell of the matrix before, in which its mistakes are listed.",
                 "La celda anterior de la matriz, cuyos errores se listan."), Bar.NEVER),
        Key("cell-next", "right", "cell(1)", Text("a cell's mistakes", "errores de una celda"),
            Text("The mistakes of one cell of the matrix, the most frequent confusion first.",
                 "Los errores de una celda de la matriz, primero la confusión más frecuente."), Bar.HERE),
        replace(CHOOSE, action="why", label=Text("why", "por qué"),
                help=Text("The words that led astray in this mistake.",
                          "Las palabras que llevaron a este error.")),
    )  # fmt: skip
    BINDINGS = bindings(KEYS)

    def __init__(self, *, id: str | None = None):
        super().__init__(Fitted(), Vertical(classes="mistakes"), id=id)
        self._run: Run | None = None
        self._cells: Sequence[tuple[int, int] | None] = (None,)
        self._cell = 0
        self._at = 0
        self._lines: list[Static] = []

    def show(self, run: Run | None) -> None:
        """Another run; the same again changes nothing."""
        if run is not None and self._run is not None and (run.id, run.ending) == (self._run.id, self._run.ending):
            return
        self._run = run
        self._cells = (None, *confusions(run.result)) if run and run.result else (None,)
        self._cell = self._at = 0
        self._list()

    @property
    def mistake(self) -> Mistake | None:
        """The one that the cursor is on."""
        return listed[self._at] if (listed := self._listed()) else None

    @property
    def run(self) -> Run | None:
        return self._run

    def _listed(self) -> Sequence[Mistake]:
        return mistakes_of(self._run.result, self._cells[self._cell]) if self._run and self._run.result else ()

    def _list(self) -> None:
        run, cell = self._run, self._cells[self._cell]
        self.query_one(Fitted).fit(lambda room: run_content(run, room, cell))
        below = self.query_one(Vertical)
        below.remove_children()
        self._lines = [Static(markup=False) for _ in self._listed()]
        self._point()
        none = [Static(tr("none", "ninguno"), markup=False)] if run and run.result and not self._lines else []
        below.mount_all([*self._lines, *none])

    def _point(self) -> None:
        """Only what the cursor has left and has come to is drawn anew."""
        if self._run and self._run.result:
            for i, (line, mistake) in enumerate(zip(self._lines, self._listed(), strict=True)):
                line.update(mistake_content(self._run.result, mistake, i == self._at))

    def action_step(self, by: int) -> None:
        """At the first mistake up scrolls back to the matrix."""
        if (count := len(self._listed())) and 0 <= self._at + by < count:
            self._at += by
            self._point()
            self.scroll_to_widget(self._lines[self._at], animate=False)
        else:
            self.scroll_relative(y=by, animate=False)

    def on_click(self, event: Click) -> None:
        if event.widget in self._lines:
            self._at = self._lines.index(event.widget)
            self._point()

    def action_cell(self, by: int) -> None:
        self._cell = (self._cell + by) % len(self._cells)
        self._at = 0
        self._list()
        self.scroll_home(animate=False)

    async def action_why(self) -> None:
        await self.screen.run_action("why")
