"""The programs of the classic flow: a training, a sweep of them, a saved run on a sentence and on its test rows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from llm_tui.classifier.job import BASIC_ENGLISH, Predict, Retest, Sweep, Training
from llm_tui.errors import UserError
from llm_tui.i18n import tr
from llm_tui.snippets.home import at_home
from llm_tui.snippets.literal import Code
from llm_tui.snippets.program import program
from llm_tui.snippets.rows import Reading, reading
from llm_tui.snippets.snippet import Snippet
from llm_tui.snippets.tokenizer import Opening, by_transformers

Members = Iterable[tuple[str, str]]


def training(job: Training, language: str) -> Snippet:
    """Trains once and evaluates."""
    return _trained(job, "training", language, batch_size=job.batch_size, seed=job.seed)


def sweep(job: Sweep, language: str) -> Snippet:
    """Exercise 1's table."""
    head = Code("train_time (s)" if language == "en" else "tiempo_train (s)")
    several = [("statistics", "mean"), ("statistics", "stdev")] if len(job.seeds) > 1 else []
    sizes = {"batch_sizes": list(job.batch_sizes), "seeds": list(job.seeds), "time_head": head}
    return _trained(job.base, "sweep", language, several, **sizes)


def _trained(job: Training, name: str, language: str, members: Members = (), **values: Any) -> Snippet:
    rows = reading(job)
    way = None if job.tokenizer == BASIC_ENGLISH else by_transformers(job.tokenizer)
    text = program(
        name,
        language,
        **rows.values,
        **values,
        **imports_of(rows, _modules(way), (*_tokens(way), ("torch", "nn"), *members), ("torch",)),
        device=job.device,
        pieces=way is not None,
        way=way,
        whole_split=job.whole_split,
        embed_dim=job.embed_dim,
        epochs=job.epochs,
        lr=job.lr,
        gamma=job.gamma,
    )
    return Snippet(name, text, rows.files)


def _modules(way: Opening | None) -> tuple[str, ...]:
    return ("time", "os") if way and way.in_home else ("time",)


def _tokens(way: Opening | None) -> tuple[tuple[str, str], ...]:
    if way is not None:
        return (("transformers", "AutoTokenizer") if way.how in ("auto", "python") else ("tokenizers", "Tokenizer"),)
    words = (("torchtext.data.utils", "get_tokenizer"), ("torchtext.vocab", "Vocab"))
    return (("collections", "Counter"), *words)


def prediction(job: Predict, language: str) -> Snippet:
    """A sentence to a saved run."""
    folder = Path(job.folder)
    pieces = _has_pieces(folder)
    text = program(
        "prediction",
        language,
        **imports_of(Reading({}), ("json",), _saved(pieces), ("torch",)),
        text=job.text,
        folder=at_home(folder),
        pieces=pieces,
        named=(folder / "result.json").is_file(),
    )
    return Snippet("prediction", text)


def retest(job: Retest, language: str) -> Snippet:
    """The test rows to a saved run."""
    rows = reading(job.training, only_test=True)
    pieces = _has_pieces(Path(job.folder))
    text = program(
        "retest",
        language,
        **rows.values,
        **imports_of(rows, ("json",), _saved(pieces), ("torch",)),
        folder=at_home(Path(job.folder)),
        pieces=pieces,
        rows_asked=job.rows,
    )
    return Snippet("retest", text, rows.files)


def _saved(pieces: bool) -> tuple[tuple[str, str], ...]:
    cut = ("tokenizers", "Tokenizer") if pieces else ("torchtext.data.utils", "get_tokenizer")
    return (("pathlib", "Path"), ("safetensors.torch", "load_file"), cut, ("torch", "nn"))


def _has_pieces(folder: Path) -> bool:
    """Whether the run's vocabulary is a Hugging Face tokenizer."""
    try:
        content = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
        return bool(content.get("tokenizer") != BASIC_ENGLISH)
    except (OSError, ValueError, AttributeError) as error:
        raise UserError(
            tr(
                f"The run {folder.name} has no model to ask: train it again.",
                f"La ejecución {folder.name} no tiene modelo que consultar: entrénela de nuevo.",
            )
        ) from error


def imports_of(rows: Reading, modules: Iterable[str], members: Members, heavy: Iterable[str]) -> dict[str, Any]:
    """Modules of Python first, then what must be installed; each in the order of the alphabet."""
    grouped = groupby(sorted({*rows.members, *members}), itemgetter(0))
    there = [(Code(module), Code(", ".join(name for _, name in names))) for module, names in grouped]
    return {
        "modules": [Code(name) for name in sorted({*rows.modules, *modules})],
        "members": [(module, names) for module, names in there if module in _OF_PYTHON],
        "heavy": [Code(name) for name in heavy],
        "installed": [(module, names) for module, names in there if module not in _OF_PYTHON],
    }


_OF_PYTHON = ("collections", "itertools", "pathlib", "statistics", "urllib.request")
