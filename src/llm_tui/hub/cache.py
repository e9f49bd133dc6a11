"""What the local cache of the model hub holds. Light: it is looked at before and without the hub's library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class CachedModel:
    """One repository in the local cache of the model hub."""

    name: str
    bytes: int


def hub_cache() -> Path:
    """Where the model hub's client keeps what it has fetched, by its own environment variables."""
    from huggingface_hub.constants import HF_HUB_CACHE

    return Path(HF_HUB_CACHE)


def cached_models() -> tuple[CachedModel, ...]:
    """What the local cache of the model hub holds, largest first."""
    models = [CachedModel(repo.repo_id, repo.size_on_disk) for repo in repositories()]
    return tuple(sorted(models, key=lambda model: (-model.bytes, model.name)))


def repositories() -> list[Any]:
    """The repositories of models in the local cache, as the hub's library describes them (`CachedRepoInfo`)."""
    from huggingface_hub import CacheNotFound, scan_cache_dir

    try:
        return [repo for repo in scan_cache_dir(hub_cache()).repos if repo.repo_type == "model"]
    except CacheNotFound:
        return []


def remove(name: str) -> int | None:
    """Delete a model from the local cache, every revision of it. Returns the bytes that became free, None where the
    cache has no such model.
    """
    from huggingface_hub import scan_cache_dir

    repo = next((repo for repo in repositories() if repo.repo_id == name), None)
    if repo is None:
        return None
    # Of this repository alone: a copy of it has the same revisions, and the library takes the first that it meets.
    alone = replace(scan_cache_dir(hub_cache()), repos=frozenset({repo}))
    strategy = alone.delete_revisions(*(revision.commit_hash for revision in repo.revisions))
    strategy.execute()
    return int(strategy.expected_freed_size)


def cached(name: str, files: Sequence[str]) -> Path | None:
    """The folder of the local cache with some files of a hub id, its name being the revision; None if absent."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=list(files), local_files_only=True))
    except (LocalEntryNotFoundError, OSError, ValueError):
        return None
