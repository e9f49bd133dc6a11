"""A list to choose from."""

from __future__ import annotations

from typing import Literal

from textual import widgets


class OptionList(widgets.OptionList):
    """Textual's, which can be asked to turn a page before it has been laid out, or when it has no room."""

    def _move_page(self, direction: Literal[-1, 1]) -> None:
        if self._lines:
            super()._move_page(direction)
