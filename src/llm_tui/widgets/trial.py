"""A prompt tried on a small set, with more and more examples before it: asked, shown as it comes, and stopped."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from llm_tui import i18n
from llm_tui.engine.events import Cancelled, Failed, Finished
from llm_tui.errors import UserError
from llm_tui.exercises import few_shot
from llm_tui.exercises.few_shot import Trial
from llm_tui.export.markdown import to_markdown
from llm_tui.export.table import Table
from llm_tui.foundation.few_shot import Pair, pairs
from llm_tui.foundation.job import Generated, Settings
from llm_tui.foundation.settings import MODEL
from llm_tui.i18n import tr
from llm_tui.keys import spoken
from llm_tui.playground.state import Playground, parse_settings
from llm_tui.playground.tasks.prompt import INSTRUCTION
from llm_tui.visible import visible
from llm_tui.widgets.fitted import Fitted
from llm_tui.widgets.host import JobEvents, host
from llm_tui.widgets.table_view import table_content


class Measured:
    """A trial, and what has come back of it so far, by the numbers of its jobs: `asked` has them all, `waiting` those
    that have not ended. What a server is asked ends in any order.
    """

    def __init__(self, trial: Trial, settings: Settings) -> None:
        self.trial = trial
        self.settings = settings
        self.asked: list[int] = []
        self.found: dict[int, Generated] = {}
        self.waiting: list[int] = []
        self.stopped = False

    @property
    def made(self) -> list[Generated]:
        """As far as none is missing: a row of the table stands for its number of examples."""
        return [self.found[number] for number in takewhile(self.found.__contains__, self.asked)]

    def table(self) -> Table:
        return self.trial.table(self.made, self.settings)


class TrialPane(VerticalScroll):
    """The table of the last trial. `keep` is given each one that begins, to be shown again another time."""

    def __init__(self, last: Measured | None, keep: Callable[[Measured], None], *, id: str | None = None):
        super().__init__(id=id)
        self._measured, self._keep = last, keep
        name = tr("the 20 texts that come with the program", "los 20 textos que trae el programa")
        self._set = (name, few_shot.shipped(i18n.language()).rows)

    def compose(self) -> ComposeResult:
        yield Fitted(id="trial-table")

    def on_mount(self) -> None:
        self._show()

    def on_unmount(self) -> None:
        if self._measured and self._measured.waiting:
            self._measured.stopped = True  # nobody hears of it any more
            self.stop()
            self._measured.waiting = []

    def take(self, name: str, rows: tuple[Pair, ...]) -> None:
        """Try on these rows from now on."""
        self.stop()
        self._set, self._measured = (name, rows), None
        self._show()

    def run(self, there: Playground) -> None:
        """Ask the rows with each number of the examples that are on, one after the other."""
        if self._measured and self._measured.waiting and not self._measured.stopped:
            return
        values, (name, rows) = there.values(), self._set
        trial = Trial(rows, pairs(there.examples), values[INSTRUCTION.name], name)
        try:
            how = parse_settings(there.all_settings())
            model = how.model(values[MODEL.name])
            jobs = [trial.job(count, model, how) for count in trial.counts()]
        except UserError as error:
            self.app.notify(str(error), severity="error", markup=False)
            return
        self._measured = Measured(trial, how.settings)
        self._keep(self._measured)
        self._measured.asked = [host(self).submit(job, self) for job in jobs]
        self._measured.waiting = list(self._measured.asked)
        self._show()

    def stop(self) -> None:
        if self._measured and self._measured.waiting:
            host(self).engine.cancel(*self._measured.waiting)

    def on_jobs_stopping(self) -> None:
        if self._measured and self._measured.waiting:
            self._measured.stopped = True

    def on_job_events(self, message: JobEvents) -> None:
        for event in message.events:
            measured = self._measured
            if measured is None or event.job_id not in measured.waiting:
                continue
            if isinstance(event, Finished) and not event.result.broken:
                measured.found[event.job_id] = event.result
            elif isinstance(event, Finished | Failed | Cancelled):
                measured.stopped = True
                if not isinstance(event, Cancelled):  # of half an answer nobody knows whether it is right
                    said = event.message if isinstance(event, Failed) else event.result.broken
                    self.app.notify(said, severity="error", markup=False)
            else:
                continue
            measured.waiting.remove(event.job_id)
            if measured.stopped:  # a row stands for its number of examples: none may be missing before it
                self.stop()
            self._show()

    def document(self) -> str:
        """The table in Markdown; empty where there is none, which is said."""
        if self._measured is None or not self._measured.made:
            run = spoken("run")
            self.app.notify(tr(f"There is no table yet: {run} measures.", f"Aún no hay tabla: {run} mide."))
            return ""
        return to_markdown(self._measured.table(), i18n.export_language())

    def _show(self) -> None:
        self.query_one("#trial-table", Fitted).fit(self._table)

    def _table(self, room: int) -> Content:
        measured = self._measured
        if measured is None or not (measured.made or measured.waiting):
            return Content.styled(visible(self._invitation()), "$text-muted")
        state = ""
        if measured.waiting:
            state = tr("measuring…", "midiendo…")
        elif measured.stopped:
            state = tr("stopped: what was done stands here.", "detenido: queda lo hecho.")
        language, table = i18n.export_language(), measured.table()
        footer = " ".join(filter(None, [state, *(said.within(language) for said in table.footer)]))
        return Content.assemble(table_content(table, language, room), "\n", (visible(footer), "$text-muted"))

    def _invitation(self) -> str:
        name, rows = self._set
        return tr(
            f"{spoken('run')} measures the accuracy on {name} ({len(rows)} rows), with 0, 1, 2 and 4 of the examples "
            f"that are on; {spoken('open')} takes a file of your own.",
            f"{spoken('run')} mide la exactitud en {name} ({len(rows)} filas), con 0, 1, 2 y 4 de los ejemplos "
            f"activos; {spoken('open')} toma un archivo suyo.",
        )
