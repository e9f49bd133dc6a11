"""What a model might have written in the place of one piece: a bar for each, as it was or as settings would have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import RenderResult
from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget

from llm_tui.foundation.alternatives import Alternative, Piece
from llm_tui.i18n import tr
from llm_tui.visible import padded, shortened, visible, width

if TYPE_CHECKING:
    from llm_tui.foundation.moved import Moved

NAME = 18
"""Columns of a piece at the most."""

_EIGHTHS = " ▏▎▍▌▋▊▉"
CHOSEN, HERE = "●", "›"


class AlternativesView(Widget):
    """A row for each alternative and one for all others; the chosen piece has a sign, and so has the one that the
    cursor is on.
    """

    def __init__(self, *, id: str | None = None):
        super().__init__(id=id)
        self._piece: Piece | None = None
        self._moved: Moved | None = None
        self._at = 0

    def show(self, piece: Piece, moved: Moved | None) -> None:
        """Another piece, or other settings; the cursor is on the piece that was chosen when the piece is another."""
        if piece is not self._piece:
            self._at = (piece.rank or 1) - 1
        self._piece, self._moved = piece, moved
        self.refresh(layout=True)
        self.call_after_refresh(self._reveal)

    @property
    def alternative(self) -> Alternative | None:
        """The one that the cursor is on."""
        return self._piece.alternatives[self._at] if self._piece and self._piece.alternatives else None

    def step(self, by: int) -> None:
        if self._piece:
            self._at = max(0, min(self._at + by, len(self._piece.alternatives) - 1))
            self.refresh()
            self._reveal()

    def _reveal(self) -> None:
        if isinstance(self.parent, Widget):
            self.parent.scroll_to_region(Region(0, self._at, 1, 1), animate=False, force=True, x_axis=False)

    def render(self) -> RenderResult:
        piece = self._piece
        if piece is None:
            return Content("")
        names = [visible(each.shown) for each in piece.alternatives]
        wide = min(NAME, max(map(width, [*names, _others()])))
        moved = self._moved.probabilities if self._moved else (None,) * len(names)
        lines = [
            self._line(place, name, wide, each.probability, then)
            for place, (name, each, then) in enumerate(zip(names, piece.alternatives, moved, strict=True))
        ]
        lines.append(self._line(None, _others(), wide, piece.others, self._moved.others if self._moved else None))
        return Content("\n").join(lines)

    def _line(self, place: int | None, name: str, wide: int, was: float, then: float | None) -> Content:
        here, chosen = (
            place == self._at,
            place is not None and self._piece is not None and place + 1 == self._piece.rank,
        )
        signs = f"{HERE if here else ' '}{CHOSEN if chosen else ' '}"
        text = padded(shortened(name, wide), wide)
        shares = share(was) if then is None else f"{share(was)} → {share(then)}"
        now = was if then is None else then
        room = max(0, self.size.width - len(signs) - wide - len(shares) - 4)
        style = "reverse" if here else "bold" if chosen else ""
        return Content.assemble(f"{signs} ", (text, style), f" {shares} ", (filled(now, room), "$accent"))


def _others() -> str:
    return tr("all others", "todas las demás")


def share(probability: float) -> str:
    """In hundredths, seven columns wide; what is nothing at all is not said to be little."""
    if probability <= 0:
        return "    0 %"
    hundredths = 100 * probability
    return " <0.1 %" if hundredths < 0.05 else f"{hundredths:5.1f} %"


def filled(probability: float, room: int) -> str:
    """A bar that fills the room at a probability of 1."""
    eighths = round(8 * room * probability)
    rest = _EIGHTHS[eighths % 8].strip()
    return "█" * (eighths // 8) + rest
