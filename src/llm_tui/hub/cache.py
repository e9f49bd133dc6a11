"""What the local cache of the model hub holds. Light: it is looked at before and without the hub's library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


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
    from huggingface_hub import CacheNotFound, scan_cache_dir

    try:
        repos = scan_cache_dir(hub_cache()).repos
    except CacheNotFound:
        return ()
    models = [CachedModel(repo.repo_id, repo.size_on_disk) for repo in repos]
    return tuple(sorted(models, key=lambda model: (-model.bytes, model.name)))


def cached(name: str, files: Sequence[str]) -> Path | None:
    """The folder of the local cache with some files of a hub id, its name being the revision; None if absent."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=list(files), local_files_only=True))
    except (LocalEntryNotFoundError, OSError, ValueError):
        return None
