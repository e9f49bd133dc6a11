"""A comparison of tokenizers beside the cutting itself, by their own library."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any

import numpy as np

from llm_tui.bench import spanish
from llm_tui.bench.asked import Asked
from llm_tui.bench.figure import Figure, compared
from llm_tui.bench.measure import by_turns
from llm_tui.engine.job import Context, run_job
from llm_tui.engine.prepare import prepare
from llm_tui.foundation import teaching
from llm_tui.i18n import Text
from llm_tui.tokenization.job import DEFAULT_TOKENIZERS, Compare

MOST = 1.2


def measure(asked: Asked) -> Iterator[Figure]:
    """Spanish text, cut with the two tokenizers of the course: by the whole job (words, units, measures, differences,
    proposals), and by `encode_batch` of each on the lines, first as it is, then with its ids and offsets read, which
    a table of pieces cannot be made without.
    """
    prepare(("torch", "transformers"), lambda what: None)
    text = spanish.text(20_000 if asked.small else 1_000_000)
    # The teaching models' tokenizers are always there: those of the course are rebuilt or fetched first.
    names = (str(teaching.T5.folder), str(teaching.ENTITIES.folder)) if asked.small else DEFAULT_TOKENIZERS
    context = Context(0, lambda event: None, threading.Event())
    job = Compare(text, names)
    ours = partial(run_job, job, context)
    ours()  # which opens the tokenizers, and fetches them where they have to be
    backends = [_backend(name) for name in names]
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    size = f"{len(text.encode()) / 1e6:.2g} MB"
    what = Text(f"two tokenizers over {size}", f"dos tokenizadores sobre {size}")
    for reference, does, goal in (
        (Text("their encode_batch", "su encode_batch"), _cut, MOST),
        (Text("the same, ids and offsets read", "lo mismo, con ids y posiciones leídos"), _cut_and_read, None),
    ):
        turns = by_turns(ours, partial(does, backends, lines), asked.pairs)
        yield compared(what, reference, *turns, goal, clock="wall")


def _backend(name: str) -> Any:
    """The object of the tokenizer's own library, with truncation and padding off."""
    from transformers import AutoTokenizer

    from llm_tui.tokenization.vocabularies import rebuilt

    folder = name if os.path.isdir(name) else rebuilt(name, lambda: None) or name
    opened = AutoTokenizer.from_pretrained(folder).backend_tokenizer
    opened.no_truncation()
    opened.no_padding()
    return opened


def _cut(backends: Sequence[Any], lines: Sequence[str]) -> None:
    for one in backends:
        one.encode_batch(lines, add_special_tokens=False)


def _cut_and_read(backends: Sequence[Any], lines: Sequence[str]) -> None:
    for one in backends:
        encodings = one.encode_batch(lines, add_special_tokens=False)
        np.fromiter(chain.from_iterable(each.ids for each in encodings), np.int32)
        np.fromiter(chain.from_iterable(chain.from_iterable(each.offsets for each in encodings)), np.int32)
