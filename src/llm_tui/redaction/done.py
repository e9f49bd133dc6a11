"""What has been redacted in a lab: counts alone, for what was taken out is nobody's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from llm_tui.marks import Later
from llm_tui.redaction.proposals import OPTIONAL, Proposal

NAME = "redaction"
"""Under which the lab keeps it."""


@dataclass(frozen=True, slots=True)
class Redactions:
    """`taken` counts what was replaced, by its kind; `rejected` what was proposed to go and a person left, `added` what
    was proposed to stay and a person took out.
    """

    texts: Later[int] = 0
    taken: Mapping[str, int] = field(default_factory=dict)
    rejected: Later[int] = 0
    added: Later[int] = 0

    def with_text(self, proposed: Iterable[Proposal]) -> Redactions:
        """With one more text."""
        proposed = tuple(proposed)
        return Redactions(
            self.texts + 1,
            Counter(self.taken) + Counter(one.kind for one in proposed if one.taken),
            self.rejected + sum(not one.taken and one.kind not in OPTIONAL for one in proposed),
            self.added + sum(one.taken and one.kind in OPTIONAL for one in proposed),
        )
