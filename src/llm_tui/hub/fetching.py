"""Fetching models and tokenizers from the hub."""

from __future__ import annotations

import os
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi, get_token, snapshot_download
from tqdm.auto import tqdm

from llm_tui.engine.job import Context
from llm_tui.errors import UserError, reason
from llm_tui.hub import cache, reach
from llm_tui.hub.download import Meter, wait_for
from llm_tui.hub.plan import Plan, as_the_umask_says, folders_of, planned
from llm_tui.hub.refusals import broken_off, not_planned, why_not_asked
from llm_tui.hub.repository import MODEL_FILES, PICKLED_WEIGHTS, SAFE_WEIGHTS, TOKENIZER_FILES, check_whole_model
from llm_tui.hub.room import Room, first_refusal, room_in
from llm_tui.i18n import tr


def fetch_tokenizer(name: str, context: Context) -> Path:
    """The folder of the local cache with the tokenizer of a hub id, fetched from the hub.

    Raises:
        UserError: it could not be had; the sentence says how to bring it from elsewhere.
    """
    return _fetch(name, context, whole=False)


def fetch_model(name: str, context: Context, to: str = "") -> Path:
    """The folder of the local cache, or of the one at `to`, with tokenizer, model card and weights of a hub id, fetched
    from the hub: the weights as safetensors, and only where there are none the pickled ones. Of a fetch that broke off
    the files that were whole are not fetched again.

    Raises:
        UserError: it could not be had; the sentence says how to bring it from elsewhere.
    """
    return _fetch(name, context, whole=True, to=to)


def plan_model(name: str, context: Context, to: str = "") -> Plan:
    """What `fetch_model` would do. A hub that was silent is asked again.

    Raises:
        UserError: the hub does not have it, or cannot be reached and the model is not here.
    """
    return _plan(name, context, True, to, again=True)[0]


def _fetch(name: str, context: Context, whole: bool, to: str = "") -> Path:
    plan, patterns = _plan(name, context, whole, to)
    if plan.held:
        return Path(plan.held)
    if not plan.possible:
        raise UserError(plan.said())
    folder, meter = plan.room.folder, Meter(plan.doing())
    if to:
        _remember(folder)

    def work() -> str:
        return snapshot_download(
            name, cache_dir=folder, allow_patterns=patterns, token=_token(), tqdm_class=_reporting_to(meter)
        )

    try:
        fetched = Path(wait_for(work, meter, context))
    except Exception as error:  # whatever a hub, the way to it or the disk answers
        raise broken_off(plan, error, whole) from error
    as_the_umask_says(fetched.parent.parent)
    return fetched


def _remember(folder: Path) -> None:
    try:
        cache.remember(folder)
    except OSError as error:
        why = reason(error)
        raise UserError(
            tr(
                f"That models are in {folder} could not be written down in your cache ({why}): free some space, or set "
                "XDG_CACHE_HOME to another folder.",
                f"No se pudo anotar en su caché que hay modelos en {folder} ({why}): libere espacio, o indique otra "
                "carpeta en XDG_CACHE_HOME.",
            )
        ) from error


def _plan(name: str, context: Context, whole: bool, to: str, again: bool = False) -> tuple[Plan, list[str]]:
    """The plan, and the patterns of the files that are wanted."""
    here = str((whole and cache.cached_model(name)) or "")
    folder = Path(os.path.expanduser(to)).absolute() if to else _goes_to(name)
    try:
        info = reach.ask(
            lambda patience: HfApi(token=_token()).model_info(name, timeout=patience, files_metadata=True),
            _meter(name),
            context,
            again,
        )
    except Exception as error:
        if here:  # an older one, perhaps, which is better than none
            return Plan(name, 0, _room(folder, name), held=here, unasked=why_not_asked(error)), []
        raise not_planned(name, error, whole) from error
    there = info.siblings or []
    if whole:
        check_whole_model([file.rfilename for file in there], name)
    patterns = _wanted([file.rfilename for file in there]) if whole else list(TOKENIZER_FILES)
    sizes = [
        file.size
        for file in there
        if any(fnmatch(file.rfilename, pattern) for pattern in patterns) and not _held(folder, name, info.sha, file)
    ]
    held = here if here and not sizes and Path(here).name == info.sha and not to else ""
    known = [size for size in sizes if isinstance(size, int)]  # what a mirror answers is anything
    size = sum(known) if len(known) == len(sizes) else None
    plan = planned(name, size, _room(folder, name))
    return Plan(name, size, plan.room, held, plan.other), patterns


def _goes_to(name: str) -> Path:
    """The cache that a fetch goes to without a word: the hub's own, or if that cannot be written one that this person
    has chosen before.
    """
    own, *others = cache.caches()
    if not first_refusal(*folders_of(own, name)):
        return own
    return next((other for other in others if not first_refusal(*folders_of(other, name))), own)


def _room(folder: Path, name: str) -> Room:
    room = room_in(folder)
    return Room(folder, room.disk, room.quota, room.refused or first_refusal(*folders_of(folder, name)))


def _held(folder: Path, name: str, revision: str | None, file: Any) -> bool:
    """Whether a file of the hub is in the cache, under its revision or as the content of another."""
    repo = folder / f"models--{name.replace('/', '--')}"
    content = (file.lfs and file.lfs.sha256) or file.blob_id
    return bool(
        (revision and os.path.isfile(repo / "snapshots" / revision / file.rfilename))
        or (content and os.path.isfile(repo / "blobs" / content))
    )


def _wanted(there: Sequence[str]) -> list[str]:
    """Patterns for a whole model, of which there are these files."""
    safe = any(fnmatch(file, SAFE_WEIGHTS) for file in there)
    wanted = SAFE_WEIGHTS if safe else PICKLED_WEIGHTS
    return [*MODEL_FILES, wanted, f"{wanted}.index.json"]


def _token() -> bool | None:
    """None for what the library finds; False where that is another person's, in a folder that several share."""
    try:
        get_token()
    except PermissionError:
        return False
    return None


def _meter(name: str) -> Meter:
    return Meter(tr(f"fetching {name}", f"descargando {name}"))


def _reporting_to(meter: Meter) -> type[Any]:
    """A progress bar that shows nothing and tells `meter`; only the ones that count bytes are of interest."""

    class Bar(tqdm):  # type: ignore[type-arg, misc]
        def __init__(self, *args: Any, **settings: Any):
            settings.pop("name", None)
            super().__init__(*args, **{**settings, "disable": False, "gui": True})

        def display(self, *args: Any, **settings: Any) -> None:
            pass

        def update(self, n: float | None = 1) -> bool | None:
            if self.unit == "B":
                meter.total = int(self.total or 0)
                meter.update(int(n or 0))
            return bool(super().update(n))

    return Bar
