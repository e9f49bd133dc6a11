"""Text that is laid out for the width that there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable

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


def flowing(parts: Iterable[Content], room: int, gap: int = 2) -> Content:
    """Parts one after the other on lines of `room` columns, none of them broken by the end of a line."""
    lines: list[Content] = []
    for part in parts:
        if lines and (not room or lines[-1].cell_length + gap + part.cell_length <= room):
            lines[-1] = Content(" " * gap).join([lines[-1], part])
        else:
            lines.append(part)
    return Content("\n").join(lines)
