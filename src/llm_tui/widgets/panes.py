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
from llm_tui.visible import shortened, width
from llm_tui.widgets.fitted import Fitted

SHORTEST = 4
"""Columns of a name that says something still."""


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
        self._rule()

    def on_descendant_focus(self) -> None:
        self._rule()

    def on_descendant_blur(self) -> None:
        self._rule()

    def _rule(self) -> None:
        """Draw the line anew: it is the rule above the pane, and is heavy as any other where the focus is in it."""
        self.query_one(".tabs", Fitted).fit(partial(self._line, self.current))

    def _line(self, current: str, room: int) -> Content:
        """A rule that has the names of the panes; where they have no room, closer together, then shorter, then only the
        name of the one that is shown.
        """
        focus = self.has_pseudo_class("focus-within")
        sign, style = ("━", "$focus") if focus else ("─", "$line")
        names = self._names(current, room - 4)
        left = max(0, room - names.cell_length - 3)
        return Content.assemble((sign, style), " ", names, " ", (sign * left, style))

    def _names(self, current: str, room: int) -> Content:
        longest = max(width(str(pane.label)) for pane in self.panes)
        gaps = [("   ", longest), *((" ", most) for most in range(longest, SHORTEST - 1, -1))]
        lines = (Content(gap).join(self._tabs(current, most)) for gap, most in gaps)
        return next((line for line in lines if line.cell_length <= room), Content(" ").join(self._tabs(current, 0)))

    def _tabs(self, current: str, most: int) -> Iterator[Content]:
        """Names in `most` columns, but for the one that is shown."""
        for number, pane in enumerate(self.panes, start=1):
            here = pane.name == current
            name = str(pane.label) if here else shortened(str(pane.label), most)
            label = f" {name}" if name else ""
            text = Content.assemble((str(number), "$text-muted"), (label, "bold $accent" if here else ""))
            yield text.stylize(Style.from_meta({"@click": f"screen.pane('{pane.name}')"}))
