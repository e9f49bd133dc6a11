"""What a model's files of weights hold, and that its configuration does not ask for far more than that."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from torch import nn
from torch.nn.modules.module import (
    register_module_buffer_registration_hook,
    register_module_module_registration_hook,
    register_module_parameter_registration_hook,
)

from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.hub.repository import weights
from llm_tui.i18n import number, tr

SPARE_NUMBERS = 2**26
"""Tables of positions and masks, which a model computes and no file holds."""

SPARE_MODULES = 2000

LARGEST_HEADER = 32 * 2**20


@dataclass(frozen=True, slots=True)
class Held:
    """What files of weights hold: `tensors`, `numbers` in all of them, and the `longest` side of one.

    What pickled files hold nobody knows before they are read: `numbers` counts each of their bytes, of which there are
    `pickled`, as one.
    """

    tensors: int
    numbers: int
    longest: int
    pickled: int = 0


def held(folder: Path) -> Held:
    """What the files of weights in a folder hold, by their headers."""
    sizes: list[tuple[int, ...]] = []
    pickled = 0
    for file in weights(folder):
        try:
            sizes += shapes(file)
        except SafetensorError:  # pickled, or broken, which is told when it is opened
            pickled += file.stat().st_size
    numbers, longest = sum(map(math.prod, sizes)), max((max(shape, default=1) for shape in sizes), default=1)
    if pickled:
        return Held(10_000, numbers + pickled, 10**6, pickled)
    return Held(len(sizes), numbers, longest)


def shapes(file: Path) -> list[tuple[int, ...]]:
    """The shape of each tensor of a safetensors file.

    Raises:
        SafetensorError: it is none, or not whole.
    """
    with file.open("rb") as opened:
        if int.from_bytes(opened.read(8), "little") > LARGEST_HEADER:
            raise SafetensorError("header too large")
    with safe_open(file, "pt") as weights:
        return [tuple(weights.get_slice(name).get_shape()) for name in weights.keys()]  # noqa: SIM118


def check_settings(config: dict[str, Any], held: Held, name: str) -> None:
    """That no number of a config.json makes a list that is far longer than a model with these weights could need:
    some are made as soon as the configuration is read.

    Raises:
        UserError: one does.
    """
    for key, given in _whole_numbers(config):
        if "layer" in key or "depth" in key or "block" in key:
            most = max(held.tensors, 100)
        elif "num_labels" in key:
            most = max(held.longest, 100)
        elif key.endswith("[]"):
            most = 10**7
        else:
            continue
        if given > most:
            raise _too_large(name, f"{key.removesuffix('[]')} = {given}", held)


def _whole_numbers(value: Any, key: str = "") -> Iterator[tuple[str, int]]:
    """Each whole number of the settings with the key that it stands under; in a list the key ends with []."""
    stack = [(key, value)]
    while stack:
        key, value = stack.pop()
        if isinstance(value, dict):
            stack += [(str(name), part) for name, part in value.items()]
        elif isinstance(value, list):
            stack += [(f"{key.removesuffix('[]')}[]", part) for part in value]
        elif isinstance(value, int) and not isinstance(value, bool):
            yield key, value


@contextmanager
def bounded(held: Held, name: str, context: Context) -> Iterator[None]:
    """Inside, a model cannot become much larger than what its weights fill, whatever its configuration says; and
    building it can be stopped.

    Raises:
        UserError: it would.
    """
    modules, numbers = 20 * held.tensors + SPARE_MODULES, 4 * held.numbers + SPARE_NUMBERS  # a table can be tied thrice

    def module(*_: Any) -> None:
        nonlocal modules
        context.check()
        modules -= 1
        if modules < 0:
            raise _too_large(name, tr("more layers", "más capas"), held)

    def tensor(_module: nn.Module, _name: str, made: Any) -> None:
        nonlocal numbers
        numbers -= 0 if made is None else made.numel()
        if numbers < 0:
            raise _too_large(name, tr("larger layers", "capas mayores"), held)

    hooks = [
        register_module_module_registration_hook(module),
        register_module_parameter_registration_hook(tensor),
        register_module_buffer_registration_hook(tensor),
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _too_large(name: str, what: str, held: Held) -> UserError:
    return UserError(
        tr(
            f"The config.json of the model {name} asks for more than its weights hold ({what}; they hold "
            f"{number(held.numbers)} numbers): fetch the model again, or choose another.",
            f"El config.json del modelo {name} pide más de lo que contienen sus pesos ({what}; contienen "
            f"{number(held.numbers)} números): descargue el modelo de nuevo, o elija otro.",
        )
    )
