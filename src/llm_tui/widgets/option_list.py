"""A list to choose from, which can be filtered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, Self

from textual import widgets
from textual.css.styles import RulesMap
from textual.events import Blur
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual, VisualType
from textual.widgets.option_list import Option

from llm_tui.i18n import Text
from llm_tui.keys import bindings
from llm_tui.visible import folded, has
from llm_tui.widgets.filtering import Filtering
from llm_tui.widgets.list_keys import FILTERS


class _Nothing(Visual):
    """How a line looks that the filter leaves out: it takes no room."""

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        return []

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        return 0

    def get_height(self, rules: RulesMap, width: int) -> int:
        return 0


_NOTHING = _Nothing()


class OptionList(Filtering, widgets.OptionList, can_focus=True):
    """Textual's, which can be asked to turn a page before it has been laid out, or when it has no room.

    A filter leaves the place of each line among `options` as it is: who has filled the list need not know of it.
    """

    NAME = Text("In a list", "En una lista")
    KEYS = FILTERS
    BINDINGS = bindings(KEYS)

    _hidden: frozenset[Option] = frozenset()
    _of: Sequence[object] = ()

    def put(self, options: Iterable[Option], of: Sequence[object]) -> None:
        """Have these lines; `of` says what each is of. For a person who is in the list the cursor stays on what it was
        on; else, and where that is gone, it keeps its place.
        """
        row = self.highlighted
        chosen = self._of[row] if self.has_focus and row is not None and row < len(self._of) else None
        self.set_options(options)
        self._of = of
        self.highlighted = of.index(chosen) if chosen in of else row

    def filter(self) -> None:
        self._hide()
        self.highlighted = 0 if self.highlighted is None else self.highlighted
        self.scroll_to_highlight()

    def _hide(self) -> None:
        words = folded(self.wanted).split()
        hidden = {option for option in self.options if words and not has(self.searched(option), words)}
        for option in self._hidden ^ hidden:
            option.disabled = option in hidden
        self._hidden = frozenset(hidden)
        self._clear_caches()
        self.refresh(layout=True)

    def searched(self, option: Option) -> str:
        """What a search sees of a line, which may be more than is written in it."""
        return folded(getattr(option, "whole", "") or getattr(option.prompt, "plain", str(option.prompt)))

    def counted(self) -> tuple[int, int]:
        return sum(option not in self._hidden for option in self.options), self.option_count

    def add_options(self, new_options: Iterable[Option | VisualType | None]) -> Self:
        super().add_options(new_options)
        if self.wanted:
            self._hide()
            self.tell()
        return self

    def validate_highlighted(self, highlighted: int | None) -> int | None:
        """Never a line that cannot be seen: the next one that can, else the one before."""
        at = super().validate_highlighted(highlighted)
        if at is None or self.options[at] not in self._hidden:
            return at
        seen = (i for i in (*range(at, self.option_count), *range(at, -1, -1)) if self.options[i] not in self._hidden)
        return next(seen, None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return bool(self.wanted or self.typing) if action == "unfilter" else super().check_action(action, parameters)

    def action_search(self) -> None:
        self.focus()
        super().action_search()

    def _on_blur(self, event: Blur) -> None:
        self.stop_typing()

    def _get_visual(self, option: Option) -> Visual:
        return _NOTHING if option in self._hidden else super()._get_visual(option)

    def _update_lines(self) -> None:
        """Textual would lay out the last lines again and again where they take no room."""
        if not self._hidden or len(self._line_cache.index_to_line) < self.option_count:
            super()._update_lines()

    def _move_page(self, direction: Literal[-1, 1]) -> None:
        if self._lines:
            super()._move_page(direction)
