"""The runs of the lab, newest first: to choose one, to mark some, to delete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets.option_list import Option

from llm_tui.exercises.looks import Looks
from llm_tui.i18n import Text, tr
from llm_tui.keys import CHOOSE, DROP, MARK, Bar, Key, bindings
from llm_tui.lab.runs import Run
from llm_tui.visible import visible
from llm_tui.widgets.option_list import OptionList
from llm_tui.widgets.parts import framed


class RunList(Vertical):
    """`marked` holds the ids of the marked runs."""

    NAME = Text("In the list of runs", "En la lista de ejecuciones")
    KEYS = (
        replace(CHOOSE, label=Text("evaluation", "evaluación"),
                help=Text("Show the run's evaluation.", "Muestra la evaluación de la ejecución.")),
        replace(MARK, help=Text("Mark the run for the curves and the comparison, or take the mark away.",
                                "Marca la ejecución para las curvas y la comparación, o quita la marca.")),
        replace(DROP, action="delete", help=Text("Delete the run with its curve and model; it asks first.",
                                                 "Borra la ejecución con su curva y su modelo; antes pregunta.")),
        Key("hide-run", "h", "look('hide')", Text("hide", "ocultar"),
            Text("Do not draw the run's curve; again, and it is drawn.",
                 "No dibuja la curva de la ejecución; otra vez, la dibuja."), Bar.NEVER),
        Key("pin-run", "p", "look('pin')", Text("pin", "fijar"),
            Text("Keep the run on top and in the curves: the settings of marked runs are held against it.",
                 "Deja la ejecución arriba y en las curvas: con ella se compara la configuración de las marcadas.")),
        Key("name-run", "quotation_mark", "look('name')", Text("name", "nombrar"),
            Text("Give the run a name of your own, which stands wherever the run does.",
                 "Da a la ejecución un nombre suyo, que figura allí donde esté la ejecución.")),
    )  # fmt: skip
    BINDINGS = bindings(KEYS)

    @dataclass
    class Chosen(Message):
        run: Run

    @dataclass
    class MarksChanged(Message):
        marked: frozenset[str]

    @dataclass
    class DeleteAsked(Message):
        run: Run

    @dataclass
    class LookAsked(Message):
        """`what` is hide, pin or name."""

        run: Run
        what: str

    def __init__(self, *, id: str | None = None):
        super().__init__(id=id)
        self.marked: frozenset[str] = frozenset()
        self.looks = Looks()
        self._runs: Sequence[Run] = ()

    def compose(self) -> ComposeResult:
        runs = OptionList(markup=False)
        yield framed(runs, tr("Runs", "Ejecuciones"))

    @property
    def list(self) -> OptionList:
        return self.query_one(OptionList)

    def show(self, runs: Sequence[Run]) -> None:
        """List the runs, those of the filter in sight."""
        self._runs = runs
        first = sorted(runs, key=lambda run: run.id != self.looks.pin)
        options = [RunLine(run, run.id in self.marked, self.looks) for run in first]
        before, row = self._highlighted_id(), self.list.highlighted or 0
        self.list.set_options(options)
        if options:
            names = [option.id for option in options]
            self.list.highlighted = names.index(before) if before in names else min(row, len(options) - 1)

    def look(self, looks: Looks) -> None:
        """With these names, and this one on top."""
        if looks != self.looks:
            self.looks = looks
            self.show(self._runs)

    def search(self) -> None:
        self.list.action_search()

    def _run(self, name: str | None) -> Run | None:
        return next((run for run in self._runs if run.id == name), None)

    def _highlighted_id(self) -> str | None:
        row = self.list.highlighted
        return None if row is None else self.list.get_option_at_index(row).id

    def _highlighted(self) -> Run | None:
        return self._run(self._highlighted_id()) if self.list.has_focus else None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if run := self._run(event.option_id):
            self.post_message(self.Chosen(run))

    def action_mark(self) -> None:
        if run := self._highlighted():
            self.marked ^= {run.id}
            self.show(self._runs)
            self.post_message(self.MarksChanged(self.marked))

    def action_look(self, what: str) -> None:
        if run := self._highlighted():
            self.post_message(self.LookAsked(run, what))

    def action_delete(self) -> None:
        if run := self._highlighted():
            self.post_message(self.DeleteAsked(run))


class RunLine(Option):
    """A search sees all that is said of a run where there is room."""

    def __init__(self, run: Run, marked: bool, looks: Looks):
        name = visible(looks.names.get(run.id, ""))
        sign = "★" if run.id == looks.pin else "●" if marked else "-" if run.id in looks.hidden else " "
        super().__init__(f"{sign}{name and f'{name} '}{_short(run)}", id=run.id)
        self.whole = f"{name} {visible(run.line())}"


def _short(run: Run) -> str:
    """A run in a narrow list: batch size, accuracy or state, time, data."""
    if run.result is None:
        return f"{run.job.batch_size:>4} {run.said()}"
    return (
        f"{run.job.batch_size:>4} {run.result.accuracy:.3f} {run.result.seconds:.1f}s {visible(run.result.data_name)}"
    )
