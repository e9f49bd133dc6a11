"""A line to type any sentence, and what a trained classifier makes of it."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from llm_tui.classifier.job import Predict, Prediction
from llm_tui.engine.events import ENDINGS, Cancelled, Failed, Finished
from llm_tui.i18n import tr
from llm_tui.keys import common, spoken
from llm_tui.lab.runs import Run
from llm_tui.visible import visible
from llm_tui.widgets.evaluation import prediction_content
from llm_tui.widgets.host import JobEvents, host
from llm_tui.widgets.line import Line


class Sentence(Vertical):
    """`find_run` gives the run to ask: one with a result and a model, or None."""

    def __init__(self, find_run: Callable[[], Run | None], *, id: str | None = None):
        super().__init__(id=id)
        self._find_run = find_run
        self._asked: dict[int, tuple[Run, Predict]] = {}
        self._last: tuple[Run, Predict] | None = None

    def compose(self) -> ComposeResult:
        yield Line(placeholder=tr("a sentence, then enter", "una oración y enter"))
        yield Static(id="prediction", markup=False)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        run = self._find_run()
        if run is None:
            self._show(
                Content(
                    tr(
                        f"No run has a model yet: {spoken('run')} trains.",
                        f"Ninguna ejecución tiene modelo: {spoken('run')}.",
                    )
                )
            )
        elif message.value.strip():
            self._show(
                Content(tr("asked; the job bar shows what is before it", "preguntado; la barra dice qué va antes"))
            )
            job = Predict(str(run.folder), message.value)
            self._asked[host(self).submit(job, self)] = run, job

    def done(self) -> Predict | None:
        """What was answered last."""
        return self._last[1] if self._last else None

    @property
    def answered(self) -> tuple[Run, str] | None:
        """The sentence that was answered last, and by which run."""
        return (self._last[0], self._last[1].text) if self._last else None

    def on_job_events(self, message: JobEvents) -> None:
        message.stop()
        for event in message.events:
            match event:
                case Finished(result=Prediction() as prediction):
                    run, _ = self._last = self._asked[event.job_id]
                    classes = run.result.classes if run.result else ()
                    name = (visible(run.line()), "bold")
                    why = (f"{common('leave').spoken}, {spoken('why')}: {common('why').label}", "$text-muted")
                    self._show(Content.assemble(name, "\n", prediction_content(classes, prediction), "\n", why))
                case Failed():
                    self.notify(event.message, severity="error", markup=False)
                case Cancelled():
                    self._show(Content(tr("stopped before it was answered", "detenido antes de responder")))
            if isinstance(event, ENDINGS):
                self._asked.pop(event.job_id, None)

    def _show(self, content: Content) -> None:
        self.query_one("#prediction", Static).update(content)
