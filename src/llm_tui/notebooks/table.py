"""What a row of the table of things that no longer work says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llm_tui.i18n import Text
from llm_tui.notebooks.find import Find


@dataclass(frozen=True, slots=True)
class Row:
    """`what` is as people write it, `since` the package and the version from which on it does not work (empty where it
    never did by itself), `why` what happens today. `mended` says in a few words what the copy does: it stands above
    the line there, too; where it is None, or a place cannot be mended, `left` says what to do. The copy installs what
    it `needs`.
    """

    what: str
    since: str
    why: Text
    find: Find
    mended: Text | None = None
    left: Text | None = None
    needs: Sequence[str] = ()
