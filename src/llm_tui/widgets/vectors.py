"""The word vectors of a training as it goes, and afterwards those of a saved run."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from llm_tui.classifier.job import Training
from llm_tui.classifier.why_job import Directions, Plane
from llm_tui.engine.events import Cancelled, Failed, Finished
from llm_tui.i18n import tr
from llm_tui.keys import spoken
from llm_tui.lab.runs import Run
from llm_tui.visible import visible
from llm_tui.widgets.host import JobEvents, host
from llm_tui.widgets.word_plane import WordPlane


class Vectors(Vertical):
    """What a training tells is drawn as it comes; a saved run is asked when a person looks here."""

    def __init__(self, *, id: str | None = None):
        super().__init__(id=id)
        self._drawn = ""
        self._asked: dict[int, Run] = {}

    def compose(self) -> ComposeResult:
        yield WordPlane()

    @property
    def _plane(self) -> WordPlane:
        return self.query_one(WordPlane)

    def grow(self, job: Training, plane: Plane) -> None:
        """The vectors of a training that goes on."""
        self._drawn = "live"
        self._plane.show(plane, of=tr(f"batch {job.batch_size}, ", f"lote {job.batch_size}, "))

    def forget(self) -> None:
        """What is drawn: another run has been chosen, and is drawn when a person looks here."""
        self._drawn = ""

    def look(self, run: Run | None) -> None:
        """At a saved run, unless something is drawn."""
        if self._drawn:
            return
        if run is None:
            self._plane.say(tr(f"No run has a model yet: {spoken('run')} trains.",
                               f"Ninguna ejecución tiene modelo: {spoken('run')}."))  # fmt: skip
        else:
            self._drawn = run.id
            self._asked[host(self).submit(Directions(str(run.folder)), self)] = run

    def on_job_events(self, message: JobEvents) -> None:
        message.stop()
        for event in message.events:
            run = self._asked.get(event.job_id)
            if run is None or run.id != self._drawn:
                continue
            match event:
                case Finished(result=Plane() as plane):
                    self._plane.show(plane, run.result.classes if run.result else ())
                case Failed():
                    self._drawn = ""
                    self._plane.say(visible(event.message))
                case Cancelled():
                    self._drawn = ""
                    self._plane.say(tr("Stopped before it was done.", "Detenido antes de terminar."))
