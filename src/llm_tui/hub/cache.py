"""What the local caches of the model hub hold. Light: they are looked at before and without the hub's library.

There is the hub's own cache, by its environment variables, and where that cannot be written or is full, another one
that a person has chosen for a fetch. The first is shared in many labs, and may only be read.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from llm_tui import files as safe
from llm_tui.errors import UserError
from llm_tui.i18n import tr

MOST_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class CachedModel:
    """One repository in the local cache of the model hub."""

    name: str
    bytes: int


def hub_cache() -> Path:
    """Where the model hub's client keeps what it has fetched, by its own environment variables."""
    from huggingface_hub.constants import HF_HUB_CACHE

    return Path(HF_HUB_CACHE)


def caches() -> list[Path]:
    """The hub's own cache, then the others that this person has fetched to and that are there."""
    return list(dict.fromkeys([hub_cache(), *(folder for folder in _remembered() if os.path.isdir(folder))]))


def remember(cache: Path) -> None:
    """From now on, look into this one too. Those that are not there stay: a home may be shared by computers each of
    which has disks of its own.

    Raises:
        OSError: it cannot be written down.
    """
    if cache not in (hub_cache(), *(known := _remembered())):
        _others().parent.mkdir(parents=True, exist_ok=True)
        content = "".join(f"{folder}\n" for folder in (*known, cache))
        safe.replace(_others(), content.encode(errors="surrogateescape"))


def _remembered() -> list[Path]:
    try:
        lines = safe.read(_others(), MOST_BYTES).decode(errors="surrogateescape").splitlines()
    except (OSError, ValueError):
        return []
    return [Path(line) for line in lines if line]


def _others() -> Path:
    return user_cache_path("llm-tui") / "hub-caches"


def cached_models() -> tuple[CachedModel, ...]:
    """What the local caches of the model hub hold, largest first."""
    models = [CachedModel(repo.repo_id, repo.size_on_disk) for repo in repositories()]
    return tuple(sorted(models, key=lambda model: (-model.bytes, model.name)))


def repositories() -> list[Any]:
    """The repositories of models in the local caches, as the hub's library describes them (`CachedRepoInfo`); of one
    that is in several the first, which is the one that is opened.
    """
    there = [cache for cache in caches() if _holds_models(cache)]
    if not there:
        return []
    from huggingface_hub import CacheNotFound, scan_cache_dir  # 3 MB, for what is there to be described

    found: dict[str, Any] = {}
    for cache in there:
        try:
            for repo in scan_cache_dir(cache).repos:
                if repo.repo_type == "model":
                    found.setdefault(repo.repo_id, repo)
        except (CacheNotFound, OSError, ValueError):  # not there, not for this person, or no folder
            continue
    return list(found.values())


def _holds_models(cache: Path) -> bool:
    with suppress(OSError):  # not for this person
        return any(cache.glob("models--*"))
    return False


def remove(name: str) -> int | None:
    """Delete a model from the local cache, every revision of it. Returns the bytes that became free, None where the
    cache has no such model.

    Raises:
        UserError: the cache can only be read.
    """
    from huggingface_hub import scan_cache_dir

    repo = next((repo for repo in repositories() if repo.repo_id == name), None)
    if repo is None:
        return None
    # Of this repository alone: a copy of it has the same revisions, and the library takes the first that it meets.
    alone = replace(scan_cache_dir(repo.repo_path.parent), repos=frozenset({repo}))
    strategy = alone.delete_revisions(*(revision.commit_hash for revision in repo.revisions))
    with suppress(OSError):
        strategy.execute()
    if repo.repo_path.exists():  # some versions raise, others leave what they cannot delete with a word in a log
        raise UserError(
            tr(
                f"{name} could not be deleted from the cache {repo.repo_path.parent}: it belongs to somebody else, or "
                "can only be read.",
                f"No se pudo borrar {name} de la caché {repo.repo_path.parent}: es de otra persona o solo se puede "
                "leer.",
            )
        )
    return int(strategy.expected_freed_size)


def cached(name: str, files: Sequence[str], revision: str | None = None) -> Path | None:
    """The folder of a local cache with some files of a hub id, its name being the revision; None if absent."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    for cache in caches():
        try:
            found = snapshot_download(
                name, revision=revision, cache_dir=cache, allow_patterns=list(files), local_files_only=True
            )
        except (LocalEntryNotFoundError, OSError, ValueError):
            continue
        return Path(found)
    return None


def cached_model(name: str) -> Path | None:
    """The folder of a local cache with a whole model of the hub, weights and all; None if there is none."""
    from llm_tui.hub.repository import TOKENIZER_FILES, is_whole

    return cached_where(is_whole, name, TOKENIZER_FILES)


def cached_where(fits: Callable[[Path], bool], name: str, files: Sequence[str]) -> Path | None:
    """As `cached`, of the first revision that fits: the main one, and where a fetch of that broke off the newest."""
    for revision in (None, *(folder.name for folder in revisions(name))):
        if (found := cached(name, files, revision)) and fits(found):
            return found
    return None


def revisions(name: str) -> list[Path]:
    """The folders of a model's revisions in the caches, the newest first; what is in them may be part of it."""
    found: list[Path] = []
    for cache in caches():
        try:
            found += (cache / f"models--{name.replace('/', '--')}" / "snapshots").iterdir()
        except (OSError, ValueError):
            continue
    return sorted(found, key=_changed, reverse=True)


def _changed(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0
