"""Several panes in one place, with a line that names them: a digit or a click shows one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.style import Style
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from llm_tui.i18n import Text
from llm_tui.widgets.fitted import Fitted


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
        tabs = Fitted(classes="tabs")
        tabs.fit(partial(self._line, self.panes[0].name))
        yield tabs
        with ContentSwitcher(initial=self.panes[0].name):
            for pane in self.panes:
                yield pane.widget

    @property
    def current(self) -> str:
        """The name of the pane that is shown."""
        return self.query_one(ContentSwitcher).current or ""

    def show(self, name: str) -> None:
        switcher = self.query_one(ContentSwitcher)
        if switcher.current != name:
            self.screen.minimize()  # or another pane would be shown behind the one that is zoomed
        switcher.current = name
        self.query_one(".tabs", Fitted).fit(partial(self._line, name))

    def _line(self, current: str, room: int) -> Content:
        """The names of the panes; where they have no room, closer together, then only the name of the one shown."""
        whole = Content("   ").join(self._tabs(current))
        if whole.cell_length <= room:
            return whole
        closer = Content(" ").join(self._tabs(current))
        return closer if closer.cell_length <= room else Content(" ").join(self._tabs(current, named=False))

    def _tabs(self, current: str, named: bool = True) -> Iterator[Content]:
        for number, pane in enumerate(self.panes, start=1):
            here = pane.name == current
            label = f" {pane.label}" if named or here else ""
            text = Content.assemble((str(number), "$text-muted"), (label, "bold $accent" if here else ""))
            yield text.stylize(Style.from_meta({"@click": f"screen.pane('{pane.name}')"}))
