"""What the panes of the window that says why have in common: their jobs, their heat, and how they go to paper."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from llm_tui.engine.events import Cancelled, Failed, Finished, Progress
from llm_tui.engine.job import Job
from llm_tui.export.figure import Figure
from llm_tui.export.heat import Heat
from llm_tui.export.table import Table
from llm_tui.i18n import Text, tr
from llm_tui.keys import Key, bindings
from llm_tui.visible import visible
from llm_tui.widgets.heat import HeatView
from llm_tui.widgets.host import JobEvents, host
from llm_tui.widgets.zoom import PANEL


class WhyPane(Vertical):
    """A pane says what stands in it (`body`), asks what it needs when it is first shown (`begin`, with `ask`) and takes
    what comes back (`came`). A line on top says what is under way, was stopped, or failed; it is gone when there is
    nothing to say.

    `NAME` is its label among the tabs. `KEYS` are its own keys, as of any widget of ours: letters that mean the same
    elsewhere are the rows of `keys`. Nothing is computed in a pane.
    """

    NAME: ClassVar[Text]
    DEFINITIONS: ClassVar[Text] = Text("", "")
    """What the numbers of this pane mean, in Markdown, with their sources."""
    KEYS: ClassVar[tuple[Key, ...]] = ()
    BINDINGS = bindings(KEYS)

    def __init__(self) -> None:
        super().__init__(classes=PANEL)
        self._asked: dict[int, Job] = {}
        self._failure = ""
        self._begun = False

    def compose(self) -> ComposeResult:
        yield Static(classes="said", markup=False)
        yield from self.body()

    # For each pane to say.

    def body(self) -> Iterable[Widget]:
        """What stands in it; what takes the focus first, first."""
        return ()

    def begin(self) -> None:
        """It is shown for the first time: ask for what it needs."""

    def came(self, job: Any, result: Any) -> None:
        """What a job of `ask` has made."""

    def heats(self) -> Sequence[Heat]:
        """What it shows now, that may go into the report; empty while there is nothing, or where it shows no heat."""
        return ()

    def heat(self) -> Heat | None:
        """The one that a person looks at: where the cursor is, else the first."""
        views = sorted(self.query(HeatView), key=lambda view: not view.has_focus_within)
        for view in views:
            if view.heats:
                return view.heats[view.selected[0] if view.selected else 0]
        return next(iter(self.heats()), None)

    def figures(self) -> Sequence[Figure]:
        """What is exported beside the document, an SVG each."""
        return self.heats()

    def tables(self) -> Sequence[Table]:
        """What else is exported: tables that belong to no heat."""
        return ()

    def document(self, language: str) -> str:
        """It in Markdown; empty while there is nothing."""
        from llm_tui.export.markdown import to_markdown

        parts = [*(heat.markdown(language) for heat in self.heats())]
        parts += [to_markdown(table, language) for table in self.tables()]
        return "\n".join(f"{part.rstrip()}\n" for part in parts)

    # Done for all of them.

    @property
    def file(self) -> str:
        """What the names of its files begin with: `why-attribution`."""
        words = re.findall("[A-Z][a-z]*", type(self).__name__.removesuffix("Pane"))
        return "-".join(["why", *words]).lower()

    def shown(self) -> None:
        """It is in front now."""
        if not self._begun:
            self._begun = True
            self.begin()

    def ask(self, job: Job) -> int:
        """Queue a job; `came` gets its result. When the window closes it is stopped."""
        if not self._asked:
            self._failure = ""
        number = host(self).submit(job, self)
        self._asked[number] = job
        self.say(tr("asked; the job bar shows how far it is", "preguntado; la barra de trabajos dice cuánto falta"))
        return number

    @property
    def waits(self) -> bool:
        """Whether something that it asked has not come yet."""
        return bool(self._asked)

    def stop(self) -> None:
        """Stop what it has asked, and hear no more of it."""
        numbers = list(self._asked)
        self._asked.clear()
        if numbers:  # without names the engine would stop everybody's
            host(self).engine.cancel(*numbers)

    def say(self, sentence: str, error: bool = False) -> None:
        """A sentence on top of the pane; none takes no room."""
        said = self.query_one(".said", Static)
        said.display = bool(sentence)
        said.update(Content.styled(visible(sentence), "$text-error" if error else "$text-muted"))

    def on_mount(self) -> None:
        self.query_one(".said", Static).display = False

    def on_unmount(self) -> None:
        self.stop()

    def on_job_events(self, message: JobEvents) -> None:
        message.stop()
        for event in message.events:
            if event.job_id not in self._asked:
                continue
            match event:
                case Finished():
                    job = self._asked.pop(event.job_id)
                    self.say(self._failure, error=True)
                    self.came(job, event.result)
                case Failed():
                    del self._asked[event.job_id]
                    self._failure = event.message
                    self.say(self._failure, error=True)
                case Cancelled():
                    del self._asked[event.job_id]
                    self.say(tr("Stopped before it was done.", "Detenido antes de terminar."))
                case Progress() if event.total:
                    self.say(f"{event.what}: {event.done}/{event.total}")
