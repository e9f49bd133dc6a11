"""The models of the course's tasks, and what the hub's cache holds of them and of others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from huggingface_hub import CacheNotFound, scan_cache_dir

from llm_tui.engine.environment import hub_cache
from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.foundation.card import read_card
from llm_tui.foundation.job import (
    ENTITY_MODEL,
    SENTIMENT_MODEL,
    TEXT_MODEL,
    ZERO_SHOT_MODEL,
    ListModels,
    ModelState,
)
from llm_tui.i18n import tr
from llm_tui.tokenization import hub

OFFERED: dict[str, tuple[str, ...]] = {
    ZERO_SHOT_MODEL: ("zero-shot",),
    TEXT_MODEL: ("translation", "summary", "prompt"),
    ENTITY_MODEL: ("entities",),
    SENTIMENT_MODEL: ("sentiment",),
    "Helsinki-NLP/opus-mt-es-en": ("translation",),
    "Helsinki-NLP/opus-mt-en-es": ("translation",),
    "facebook/nllb-200-distilled-600M": ("translation",),
    "sshleifer/distilbart-cnn-12-6": ("summary",),
    "facebook/bart-large-cnn": ("summary",),
    "HuggingFaceTB/SmolLM2-135M-Instruct": ("prompt",),
}
"""The course's models first, then others that the tasks were made for."""


def list_models(job: ListModels, context: Context) -> tuple[ModelState, ...]:
    """The offered models in their order, then what else is in the cache, by name."""
    from llm_tui.engine.devices import choose
    from llm_tui.foundation.loading import free_memory

    context.check()
    free = free_memory(choose(job.device).name)
    held = {repo.repo_id: repo for repo in _repositories()}
    names = [*OFFERED, *sorted(set(held) - set(OFFERED))]
    return tuple(_state(name, held.get(name), free) for name in names)


def _repositories() -> list[Any]:
    try:
        return [repo for repo in scan_cache_dir(hub_cache()).repos if repo.repo_type == "model"]
    except CacheNotFound:
        return []


def _state(name: str, repo: Any | None, free: int | None) -> ModelState:
    tasks = OFFERED.get(name, ())
    if repo is None or not repo.revisions:
        return ModelState(name, tasks)
    newest = max(repo.revisions, key=lambda revision: revision.last_modified)
    folder = Path(newest.snapshot_path)
    weights = hub.weights(folder)
    size = sum(file.stat().st_size for file in weights)
    kind = "" if not weights else "safetensors" if weights[0].suffix == ".safetensors" else "pickle"
    fits = None if free is None or not weights else size * 1.2 < free
    return ModelState(
        name, tasks, newest.commit_hash, repo.size_on_disk, kind, read_card(folder).get("license", ""), fits
    )


def pull(name: str, context: Context) -> str:
    """The folder of the cache that has the model now.

    Raises:
        UserError: `name` is no hub id, or the model could not be fetched.
    """
    if not hub.is_id(name):
        raise UserError(
            tr(
                f"“{name}” is no hub id: write one such as google/flan-t5-small.",
                f"«{name}» no es un id del hub: escriba uno como google/flan-t5-small.",
            )
        )
    return str(hub.fetch_model(name, context))


def remove(name: str) -> int:
    """Bytes that became free.

    Raises:
        UserError: the cache has no such model, or it cannot be deleted.
    """
    repo = next((repo for repo in _repositories() if repo.repo_id == name), None)
    if repo is None:
        raise UserError(
            tr(
                f"The cache {hub_cache()} has no model {name}: llm-tui models list shows what it has.",
                f"La caché {hub_cache()} no tiene el modelo {name}: llm-tui models list muestra lo que tiene.",
            )
        )
    hashes = (revision.commit_hash for revision in repo.revisions)
    strategy = scan_cache_dir(hub_cache()).delete_revisions(*hashes)
    strategy.execute()
    return int(strategy.expected_freed_size)
