"""What a model was asked and answered, from what an exercise keeps of it: for the program of what stands there, and for
what explains it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from llm_tui.engine.job import Job
from llm_tui.foundation.job import Answer, Generate, Generated, ModelChoice, Provenance

_COMMIT = re.compile(r"[0-9a-f]{40}")


def model_of(by: Provenance) -> ModelChoice:
    """In its precision, at its revision where that is one of the hub's; on whichever device there is."""
    revision = by.revision if _COMMIT.fullmatch(by.revision) else ""
    return ModelChoice(by.model, precision=by.precision or "auto", revision=revision)


@dataclass(frozen=True, slots=True)
class Stands:
    """A text that a model wrote, as it stands in an exercise: what `job` made it, and that as a question of this text
    alone with its answer.
    """

    job: Job
    asked: Generate
    answered: Generated


def stands(job: Job, asked: Generate, text: str, by: Provenance) -> Stands:
    """In how many pieces the text was written, no exercise keeps."""
    answer = Answer(text, "", input_pieces=None, output_pieces=None, cut=False, complete=True, lost="")
    return Stands(job, asked, Generated((answer,), by))
