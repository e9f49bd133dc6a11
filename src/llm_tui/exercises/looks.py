"""How a person tells their runs apart: names of their own, runs that are not drawn, the one that the others are held
against.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

MOST_NAME = 24
"""Letters of a name: it stands in a narrow list, and at the end of a curve."""


@dataclass(frozen=True, slots=True)
class Looks:
    """By the ids of runs. `names` are as they were typed; who shows them makes them visible."""

    names: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    pin: str = ""

    def named(self, run: str, name: str) -> Looks:
        """With this name, cut; without one, where it is empty."""
        others = {id: of for id, of in self.names.items() if id != run}
        name = " ".join(name.split())[:MOST_NAME]
        return replace(self, names={**others, run: name} if name else others)

    def turned(self, run: str) -> Looks:
        """Not drawn any more; drawn again, where it was not."""
        left = tuple(one for one in self.hidden if one != run)
        return replace(self, hidden=left if left != self.hidden else (*left, run))

    def pinned(self, run: str) -> Looks:
        """The others are held against this one; against none, where it was it."""
        return replace(self, pin="" if self.pin == run else run)
