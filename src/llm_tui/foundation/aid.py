"""What a model would see of an input, before it is asked."""

from __future__ import annotations

from pathlib import Path

import msgspec

from llm_tui.decoding import decode
from llm_tui.engine.job import Context
from llm_tui.foundation.few_shot import one_text
from llm_tui.foundation.inspection import Aid, Inspect
from llm_tui.foundation.templates import Renderer
from llm_tui.hub.folder import read_json
from llm_tui.hub.places import at_hand
from llm_tui.tokenization.compare import lost_spans
from llm_tui.tokenization.loading import load
from llm_tui.tokenization.opening import open_tokenizer


def inspect(job: Inspect, context: Context) -> Aid | None:
    """None where the model's tokenizer is not on this machine: nothing is fetched for it.

    Raises:
        UserError: the tokenizer cannot be opened.
    """
    folder = at_hand(job.model)
    if folder is None:
        return None
    cutter, _ = load(str(folder), context)
    prompt = _chat_prompt(job, folder, context) if job.whole else None
    text = one_text(job.examples, job.text) if prompt is None else prompt
    text = text.encode(errors="replace").decode()  # half of a surrogate pair is no character
    pieces, lost = len(cutter.encode([text]).ids), tuple(lost_spans(cutter, text))
    taken = cutter.around if prompt is None else 0
    if not _limits(folder, "config.json").is_encoder_decoder:
        taken += job.answer
    most = _most(folder)
    return Aid(pieces, None if most is None else max(0, most - taken), lost, text if job.whole else "")


def _chat_prompt(job: Inspect, folder: Path, context: Context) -> str | None:
    """The text that a chat model is given, special tokens among it; None of any other."""
    own = "chat_template" in read_json(folder / "tokenizer_config.json") or (folder / "chat_template.jinja").is_file()
    if not own and _limits(folder, "config.json").is_encoder_decoder:  # most of them, of which nothing is opened
        return None
    tokenizer = open_tokenizer(folder).tokenizer
    if not getattr(tokenizer, "chat_template", None):
        return None
    with Renderer(job.model, context) as renderer:
        return renderer.prompt(tokenizer, job.text, job.examples)


class _Limits(msgspec.Struct):
    """What config.json and tokenizer_config.json say of the longest input, and of the model's kind."""

    n_positions: float | None = None
    max_position_embeddings: float | None = None
    model_max_length: float | None = None
    is_encoder_decoder: bool | None = None


def _limits(folder: Path, name: str) -> _Limits:
    """What one of the files says; nothing where it is not there, or cannot be read."""
    try:
        return decode((folder / name).read_bytes(), _Limits)
    except (OSError, msgspec.DecodeError):
        return _Limits()


def _most(folder: Path) -> int | None:
    limits: list[float | None] = []
    for name in ("config.json", "tokenizer_config.json"):
        said = _limits(folder, name)
        limits += [said.n_positions, said.max_position_embeddings, said.model_max_length]
    # A tokenizer that knows of no limit writes a huge number.
    known = [int(limit) for limit in limits if limit is not None and 0 < limit < 10**7]
    return min(known, default=None)
