"""A filter that is typed into a list or a table itself: no field of its own takes a line of the screen for it."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from textual.content import Content
from textual.events import Key, Paste
from textual.widget import Widget

from llm_tui.i18n import tr
from llm_tui.visible import visible

TOLD = "-told"
"""The class of a widget that has a rule above it for as long as there is something to say, for there is no border."""

MOST = 200
"""Letters of a filter."""

if TYPE_CHECKING:
    _Base = Widget
else:  # a second widget among the bases would bring its styles along

    class _Base:
        pass


class Filtering(_Base):
    """Of a widget that lists `FILTERS` among its keys. After `/` letters go into `wanted`, and `filter` is called."""

    wanted = ""
    typing = False
    _edge: tuple[Widget, str] | None = None
    _edge_said: object = None

    @abstractmethod
    def filter(self) -> None:
        """Show what `wanted` asks for, and `tell`."""

    @abstractmethod
    def counted(self) -> tuple[int, int]:
        """How many lines are in sight, of how many."""

    def filter_said(self) -> list[str]:
        """What the filter is and how much it leaves; empty where there is none."""
        if not self.wanted and not self.typing:
            return []
        seen, of = self.counted()
        return [f"/{visible(self.wanted)}{'_' if self.typing else ''}", tr(f"{seen} of {of}", f"{seen} de {of}")]

    def tell(self) -> None:
        """Say it in the border around, in place of what stands there, until there is nothing to say."""
        self.say(" · ".join(self.filter_said()))

    def say(self, said: str) -> None:
        edge = self._edge or _edge(self)
        if edge is None:
            edge = self, "border_title"
            self.add_class(TOLD)
        if self._edge is None and said:
            self._edge, self._edge_said = edge, getattr(*edge)
        if self._edge is not None:
            setattr(*edge, Content(said) if said else self._edge_said)
        if not said:
            self._edge = None
            self.remove_class(TOLD)

    def room(self) -> int:
        """Columns that there are to say something; 0 where there is no border for it."""
        edge = self._edge or _edge(self)
        return max(0, edge[0].size.width - 4) if edge else 0

    def action_search(self) -> None:
        self.typing = True
        self.refresh_bindings()
        self.tell()

    def action_unfilter(self) -> None:
        self.typing = False
        self._want("")

    def _want(self, wanted: str) -> None:
        if wanted != self.wanted:
            self.wanted = wanted[:MOST]
            self.filter()
        self.refresh_bindings()
        self.tell()

    def stop_typing(self) -> None:
        if self.typing:
            self.typing = False
            self.refresh_bindings()
            self.tell()

    async def _on_key(self, event: Key) -> None:
        if not self.typing:
            return
        if event.key == "enter":
            self.stop_typing()
        elif event.key == "backspace":
            self._want(self.wanted[:-1])
        elif event.is_printable and event.character:
            self._want(self.wanted + event.character)
        elif event.key != "delete":  # behind the last letter it has nothing to take away; in a table it drops a row
            return
        event.stop()
        event.prevent_default()

    def _on_paste(self, event: Paste) -> None:
        if self.typing:
            event.stop()
            event.prevent_default()
            self._want(self.wanted + " ".join(event.text.split()))

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Whether a key is written into the filter."""
        return self.typing and character is not None and character.isprintable()


def _edge(widget: Widget) -> tuple[Widget, str] | None:
    """The nearest border around, below where there is one, and its name as an attribute."""
    for node in widget.ancestors_with_self:
        for edge, name in (("bottom", "border_subtitle"), ("top", "border_title")):
            if isinstance(node, Widget) and getattr(node.styles, f"border_{edge}")[0] not in ("", "none", "hidden"):
                return node, name
    return None
