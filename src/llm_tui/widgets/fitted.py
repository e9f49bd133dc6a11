"""Text that is laid out for the width that there is."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.widgets import Static


class Fitted(Static):
    """`fit` says how the content is drawn in so many columns; it is drawn again where they change."""

    def __init__(self, *, id: str | None = None, classes: str | None = None):
        super().__init__(id=id, classes=classes, markup=False)
        self._draw: Callable[[int], Content] = lambda room: Content("")
        self._room = 0

    def fit(self, draw: Callable[[int], Content]) -> None:
        self._draw = draw
        self.update(draw(self._room))

    def on_resize(self) -> None:
        if self._room != self.size.width:
            self._room = self.size.width
            self.update(self._draw(self._room))
