"""What a model would see of an input, before it is asked."""

from __future__ import annotations

from pathlib import Path

import msgspec

from llm_tui.engine.job import Context
from llm_tui.foundation.inspection import Aid, Inspect
from llm_tui.hub.places import at_hand
from llm_tui.tokenization.compare import lost_spans
from llm_tui.tokenization.loading import load


def inspect(job: Inspect, context: Context) -> Aid | None:
    """None where the model's tokenizer is not on this machine: nothing is fetched for it.

    Raises:
        UserError: the tokenizer cannot be opened.
    """
    folder = at_hand(job.model)
    if folder is None:
        return None
    cutter, _ = load(str(folder), context)
    text = job.text.encode(errors="replace").decode()  # half of a surrogate pair is no character
    return Aid(len(cutter.encode([text]).ids), _most(folder), tuple(lost_spans(cutter, text)))


class _Limits(msgspec.Struct):
    """What config.json and tokenizer_config.json say of the longest input."""

    n_positions: float | None = None
    max_position_embeddings: float | None = None
    model_max_length: float | None = None


def _most(folder: Path) -> int | None:
    limits: list[float | None] = []
    for name in ("config.json", "tokenizer_config.json"):
        try:
            said = msgspec.json.decode((folder / name).read_bytes(), type=_Limits)
        except (OSError, msgspec.DecodeError):
            continue
        limits += [said.n_positions, said.max_position_embeddings, said.model_max_length]
    # A tokenizer that knows of no limit writes a huge number.
    known = [int(limit) for limit in limits if limit is not None and 0 < limit < 10**7]
    return min(known, default=None)
