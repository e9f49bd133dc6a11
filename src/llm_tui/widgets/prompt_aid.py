"""What a model would see of an input, before it is asked."""

from __future__ import annotations

from textual.timer import Timer
from textual.widgets import Static

from llm_tui.engine.events import Cancelled, Failed, Finished
from llm_tui.foundation.job import Inspect
from llm_tui.widgets.answers import aid_content
from llm_tui.widgets.host import JobEvents, host

LINES = 2
"""What the aid takes of the screen, at the most."""

LOOK_SECONDS = 0.5
LOOK_CHARACTERS = 20_000
"""Up to this length an input is looked at while it is typed."""


class PromptAid(Static):
    """Pieces, what will be cut, and lost characters. A failure is said when the model is asked, not while a person
    types.
    """

    def __init__(self, *, id: str | None = None):
        super().__init__(id=id, markup=False)
        self._looking: dict[int, Inspect] = {}
        self._wanted: Inspect | None = None
        self._seen: Inspect | None = None
        self._timer: Timer | None = None

    def look(self, text: str, model: str) -> None:
        """Look at `text` a moment after the last call, and once for each input."""
        self._wanted = Inspect(text, model.strip())
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        job = self._wanted
        if job and job.model and job != self._seen and len(job.text) <= LOOK_CHARACTERS:
            if self._looking:
                host(self).engine.cancel(*self._looking)
            self._seen = job
            self._looking[host(self).submit(job, self)] = job

    def on_job_events(self, message: JobEvents) -> None:
        message.stop()
        for event in message.events:
            if isinstance(event, Finished | Failed | Cancelled):
                job = self._looking.pop(event.job_id)
                if isinstance(event, Cancelled) and job == self._seen:
                    self._seen = None  # look again when it is asked for again
                if isinstance(event, Finished) and job == self._seen:
                    self.update(aid_content(job.text, job.model, event.result, LINES * self.size.width))
