"""Several panes in one place, with a line that names them: a digit or a click shows one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.style import Style
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Static

from llm_tui.i18n import Text


@dataclass(frozen=True, slots=True)
class Pane:
    """`widget` has the pane's name as its id."""

    label: Text
    widget: Widget

    @property
    def name(self) -> str:
        return self.widget.id or ""


class Panes(Vertical):
    """The screen binds the digits to its action `pane`, which calls `show`."""

    def __init__(self, panes: Sequence[Pane], *, id: str | None = None):
        super().__init__(id=id)
        self.panes = panes

    def compose(self) -> ComposeResult:
        yield Static(self._line(self.panes[0].name), classes="tabs")
        with ContentSwitcher(initial=self.panes[0].name):
            for pane in self.panes:
                yield pane.widget

    def show(self, name: str) -> None:
        switcher = self.query_one(ContentSwitcher)
        if switcher.current != name:
            self.screen.minimize()  # or another pane would be shown behind the one that is zoomed
        switcher.current = name
        self.query_one(".tabs", Static).update(self._line(name))

    def _line(self, current: str) -> Content:
        tabs = []
        for number, pane in enumerate(self.panes, start=1):
            style = "bold $accent" if pane.name == current else ""
            text = Content.assemble((str(number), "$text-muted"), " ", (str(pane.label), style))
            tabs.append(text.stylize(Style.from_meta({"@click": f"screen.pane('{pane.name}')"})))
        return Content("   ").join(tabs)
