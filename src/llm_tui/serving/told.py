"""What is said once in a program: that texts leave this machine. Light."""

from __future__ import annotations

from typing import Any

from llm_tui.serving.address import served_by


class Told:
    def __init__(self) -> None:
        self._places: set[str] = set()

    def sentences(self, job: Any) -> list[str]:
        """One for each server elsewhere that a job sends texts to, and that none was said of yet."""
        new = [there for there in served_by(job) if not there.is_here and there.place not in self._places]
        if not new:
            return []
        from llm_tui.serving import (
            said,  # not at the top: most people have no server, and the first paint need not wait
        )

        self._places.update(there.place for there in new)
        return [said.leaves(there) for there in new]
