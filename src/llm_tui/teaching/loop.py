"""A training that can be stopped and goes on from its last step. Steps are counted, not timed, and each draws its batch
and its chances by its own number alone: the same command gives the same weights on the same machine, stopped or not.
"""

from __future__ import annotations

import hashlib
import os
import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import torch
from platformdirs import user_cache_path
from torch import Tensor, nn

from llm_tui.errors import UserError
from llm_tui.i18n import tr
from llm_tui.signals import Ended, told_to_end

Batch = TypeVar("Batch")
Item = TypeVar("Item")
Batches = Callable[[int], list[Item]]

TOGETHER = 8
"""So many batches are drawn at a time and sorted by length, so that little of them is padding."""
SAVED_EACH = 180.0
"""Seconds between two states on disk."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a training goes. The rate rises for `warm_up` steps, stays, and falls to nothing from the share `falls` of
    the steps on; at each step of `again` it begins anew (warm restarts, Loshchilov & Hutter 2017), so that a training
    that has ended can be made longer. Each `judged_each` steps the model is judged, where it can be.
    """

    seed: int
    steps: int
    rate: float
    warm_up: int
    falls: float = 0.7
    judged_each: int = 250
    again: tuple[int, ...] = ()

    def factor(self, step: int) -> float:
        """Of the rate, at a step counted from 0."""
        first = max(begun for begun in (0, *self.again) if begun <= step)
        last = min((end for end in self.again if end > step), default=self.steps)
        rest = (last - step) / ((last - first) * (1 - self.falls))
        return min((step - first + 1) / self.warm_up, 1.0, max(rest, 0.0))


@dataclass(frozen=True, slots=True)
class Done:
    """A training that came to its end: steps, seconds of all its sittings, and what was measured on the way."""

    steps: int
    seconds: float
    curve: list[dict[str, float]]


_Reached = tuple[int, float, list[dict[str, float]]]
"""Steps, seconds, and what was measured on the way."""


def home() -> Path:
    """Where what the trainings need and leave stays."""
    return user_cache_path("llm-tui") / "teaching"


def kept(name: str, data: Iterable[Path], modules: Iterable[str], stocks: Iterable[str]) -> Path:
    """The folder of a training's state, a new one where a module of its recipe, a stock of words or a file of the data
    is another.
    """
    own = files("llm_tui.teaching")
    used = [own / f"{module}.py" for module in modules] + [own / "stock" / f"{stock}.toml" for stock in stocks]
    found = hashlib.sha256()
    for content in [*(entry.read_bytes() for entry in used), *(file.read_bytes() for file in data)]:
        found.update(content)
    return home() / f"{name}-{found.hexdigest()[:10]}"


def halved(device: str) -> torch.autocast:
    """Half precision where it is quicker: on a GPU."""
    kind = torch.device(device).type
    return torch.autocast(kind, torch.bfloat16, enabled=kind == "cuda")


def fit(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    batch: Callable[[int], Batch],
    loss: Callable[[Batch], Tensor],
    plan: Plan,
    folder: Path,
    judge: Callable[[], Mapping[str, float]] | None = None,
) -> Done:
    """Train `model` for the steps of the plan, from the state in `folder` where there is one. `batch` is given a step's
    number and nothing else; a group of the optimizer's may have a `share` of the plan's rate; `judge` says how good the
    model is on texts to develop against.

    Raises:
        UserError: the state is of a training that was given something else for its first step, or of another device.
        Ended: the program was told to end; the state is kept first.
    """
    state = folder / "state.pt"
    first = hashlib.sha256(repr(batch(0)).encode()).hexdigest()
    device = next(model.parameters()).device.type
    step, passed, curve = _load(state, model, optimizer, first, device)
    if step:
        print(f"goes on from step {step} of {plan.steps}", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic() - passed
    saved, smooth = passed, 0.0
    told: list[int] = []
    model.train()
    with told_to_end(told.append):
        while step < plan.steps:
            torch.manual_seed(plan.seed * 1_000_003 + step)
            for group in optimizer.param_groups:
                group["lr"] = plan.rate * plan.factor(step) * group.get("share", 1.0)
            value = loss(batch(step))
            optimizer.zero_grad(set_to_none=True)
            value.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            step += 1
            last = step == plan.steps
            smooth = value.item() if not smooth else 0.98 * smooth + 0.02 * value.item()
            if step % 50 == 0 or last:
                print(f"step {step} of {plan.steps}, {time.monotonic() - began:.0f} s, loss {smooth:.4f}", flush=True)
            if judge and (step % plan.judged_each == 0 or last):
                model.eval()
                curve.append({"step": step, **{name: round(value, 4) for name, value in judge().items()}})
                model.train()
                print(curve[-1], flush=True)
            passed = time.monotonic() - began
            if passed - saved > SAVED_EACH or last or told:
                reached = {"first": first, "device": device, "step": step, "seconds": passed, "curve": curve}
                _save(state, model, optimizer, reached)
                saved = passed
            if told and not last:
                raise Ended(told[0])
    model.eval()
    return Done(step, passed, curve)


def _load(state: Path, model: nn.Module, optimizer: torch.optim.Optimizer, first: str, device: str) -> _Reached:
    """How far a training has come, and the model and the optimizer as they were then."""
    if not state.exists():
        return 0, 0.0, []
    read: dict[str, Any] = torch.load(state, map_location="cpu", weights_only=True)
    if read["first"] != first:
        raise UserError(
            tr(
                f"The training in {state.parent} began with other texts than these: remove that folder to begin anew.",
                f"El entrenamiento de {state.parent} empezó con otros textos: elimine esa carpeta para empezar de "
                "nuevo.",
            )
        )
    before = read.get("device", "cpu")  # what earlier versions wrote does not say
    if before != device:
        raise UserError(
            tr(
                f"The training in {state.parent} began on the device {before}, and this one is on {device}: go on "
                "there, or remove that folder to begin anew.",
                f"El entrenamiento de {state.parent} empezó en el dispositivo {before} y este está en {device}: siga "
                "allí, o elimine esa carpeta para empezar de nuevo.",
            )
        )
    model.load_state_dict(read["model"])
    optimizer.load_state_dict(read["optimizer"])
    return read["step"], read["seconds"], read["curve"]


def drawn(draw: Callable[[random.Random], Item], size: int, seed: int, length: Callable[[Item], int]) -> Batches[Item]:
    """For a step so many things that are drawn without end, of like length, by the step's number alone."""

    @lru_cache(maxsize=1)
    def block(number: int) -> list[list[Item]]:
        rng = random.Random(f"{seed} {number}")
        many = sorted((draw(rng) for _ in range(size * TOGETHER)), key=length)
        groups = [many[first : first + size] for first in range(0, len(many), size)]
        rng.shuffle(groups)
        return groups

    return lambda step: block(step // TOGETHER)[step % TOGETHER]


def in_turns(make: Callable[[random.Random], list[Batch]], seed: int) -> Callable[[int], Batch]:
    """For a step one of the batches that `make` cuts everything into, anew for each turn through all of it, by the
    step's number alone.
    """

    @lru_cache(maxsize=1)
    def turn(number: int) -> list[Batch]:
        return make(random.Random(f"{seed} {number}"))

    many = len(turn(0))

    def batch(step: int) -> Batch:
        found = turn(step // many)
        return found[step % many % len(found)]  # another turn may have been cut into fewer

    return batch


def _save(state: Path, model: nn.Module, optimizer: torch.optim.Optimizer, other: dict[str, Any]) -> None:
    new = state.with_suffix(".new")
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), **other}, new)
    os.replace(new, state)
