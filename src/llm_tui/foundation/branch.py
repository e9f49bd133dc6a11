"""An answer that goes on from another piece than the one that a model wrote. Light: no torch before it runs."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar

from llm_tui.foundation.job import Generate
from llm_tui.i18n import Text, tr
from llm_tui.marks import Pieces
from llm_tui.serving.address import short


@dataclass(frozen=True, slots=True)
class Branch(Generate):
    """`Generate` for an answer whose first pieces are settled: `begun`, by their ids as `generate` gives them, special
    ones among them. The model comes to each of them as it did when it wrote them, and goes on behind them with the same
    settings: where it samples, its draws go on as well. With `only` it ends there.

    `taken` is the last of them as text, and `instead` the piece that stood in its place.
    """

    kind: ClassVar[str] = "branch"
    name: ClassVar[Text] = Text("continuation from another piece", "continuación desde otra pieza")

    begun: Pieces = ()
    taken: str = ""
    instead: str = ""
    only: bool = False

    @property
    def place(self) -> int:
        """The number of the piece that was taken, from 1."""
        return len(self.begun)

    def title(self) -> str:
        model, place = short(self.model.name), self.place
        return tr(f"going on from piece {place} with {model}", f"siguiendo desde la pieza {place} con {model}")


def of(job: Generate, begun: tuple[int, ...], taken: str = "", instead: str = "", only: bool = False) -> Branch:
    """The job that asks what `job` does, its answer begun with these pieces; `job` may be a branch itself."""
    asked: dict[str, Any] = {field.name: getattr(job, field.name) for field in fields(Generate)}
    return Branch(**asked, begun=begun, taken=taken, instead=instead, only=only)
