"""An answer that goes on from another piece than the one that a model wrote. Light: no torch before it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from llm_tui.foundation.job import Generate
from llm_tui.i18n import Text, tr
from llm_tui.marks import Pieces
from llm_tui.serving.address import short


@dataclass(frozen=True, slots=True)
class Branch(Generate):
    """`Generate` for answers whose first pieces are given: `begun`, by their ids as `generate` gives them, special ones
    among them. They count to `max_new_tokens`. The model goes on from there with the same settings; where it samples,
    its draws begin anew with the seed. Where the last of `begun` ends an answer, or they are as many as an answer may
    have, they are all of it.

    `taken` is the last of them as text, and `instead` the piece that stood in its place.
    """

    kind: ClassVar[str] = "branch"
    name: ClassVar[Text] = Text("continuation from another piece", "continuación desde otra pieza")

    begun: Pieces = ()
    taken: str = ""
    instead: str = ""

    @property
    def place(self) -> int:
        """The number of the piece that was taken, from 1."""
        return len(self.begun)

    def title(self) -> str:
        model = short(self.model.name)
        return tr(
            f"going on from piece {self.place} with {model}", f"siguiendo desde la pieza {self.place} con {model}"
        )


def of(job: Generate, pieces: tuple[int, ...], taken: str, instead: str) -> Branch:
    """The job that asks the same as `job`, its answers begun with `pieces`; `job` may be a branch itself."""
    asked = (job.task, job.texts, job.model, job.settings, job.batch_size, job.examples)
    return Branch(*asked, begun=pieces, taken=taken, instead=instead)


def begun_of(job: Generate) -> list[int]:
    """The pieces with which the answers of a job begin; none where it is no branch."""
    return list(job.begun) if isinstance(job, Branch) else []
