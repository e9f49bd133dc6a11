"""The model that made an answer, as a job asks it again: for the program of what stands in an exercise."""

from __future__ import annotations

import re

from llm_tui.foundation.job import ModelChoice, Provenance

_COMMIT = re.compile(r"[0-9a-f]{40}")


def model_of(by: Provenance) -> ModelChoice:
    """In its precision, at its revision where that is one of the hub's; on whichever device there is."""
    revision = by.revision if _COMMIT.fullmatch(by.revision) else ""
    return ModelChoice(by.model, precision=by.precision or "auto", revision=revision)
