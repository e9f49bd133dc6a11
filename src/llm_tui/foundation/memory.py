"""The models that are open, and the memory that they take: kept as long as there is room."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from llm_tui import __version__
from llm_tui.engine import room
from llm_tui.engine.devices import Device
from llm_tui.engine.failures import first_line, give_back, gpu_failed, is_lack_of_memory, is_of_gpu
from llm_tui.engine.job import Context
from llm_tui.engine.meters import Meter
from llm_tui.engine.models import Key, ModelCache
from llm_tui.errors import OutOfMemory, UserError
from llm_tui.foundation.job import Provenance
from llm_tui.i18n import tr

log = logging.getLogger(__name__)

MARGIN = 1.2
"""Of the size of its weights a model needs this much to be loaded and to answer something short."""

Stamp = tuple[tuple[str, int, int], ...]
"""Name, size and time of each file of a folder: another stamp is another model."""


@dataclass(eq=False)
class Loaded:
    """An open model with its tokenizer. `revision` is the hub's or a package's, or empty for a folder. `positions` is
    how many pieces the model has positions for, `most_input` how many it takes at most, special tokens among them; None
    where no limit is known. `cache` is where it is kept open, `stamp` that of the `folder` when it was opened.
    """

    name: str
    revision: str
    model: Any
    tokenizer: Any
    device: torch.device
    device_label: str
    precision: str
    positions: int | None
    most_input: int | None
    cache: ModelCache
    folder: Path | None = None
    stamp: Stamp = ()

    @property
    def seq2seq(self) -> bool:
        return bool(self.model.config.is_encoder_decoder)

    def meter(self, context: Context) -> Meter:
        """For the time and the energy of the answers that the model is about to make."""
        return context.meter(str(self.device))

    def made(self, meter: Meter) -> Provenance:
        """What made the answers, which are there now."""
        energy, parameters = meter.stop(), self.model.num_parameters()
        where = (self.device_label, self.precision)
        return Provenance(
            self.name, self.revision, *where, parameters, meter.seconds, energy=energy, version=__version__
        )

    @property
    def memory(self) -> int:
        """Bytes of its weights, and of what is kept beside them, on its device."""
        return int(self.model.get_memory_footprint())

    @property
    def disk(self) -> int | None:
        """Bytes of its folder, with everything that lies there."""
        if self.folder is None:
            return None
        try:
            return sum(file.stat().st_size for file in self.folder.rglob("*") if file.is_file())
        except OSError:
            return None

    def answering(self) -> AbstractContextManager[None]:
        """Inside, the model or its tokenizer works: `answering` of it."""
        return answering(self.cache, self.name, str(self.device))

    def close(self) -> None:
        self.model = None


MODEL = "model"
"""What the keys of open models begin with; the folder, its stamp and the device come next."""


def free_memory(device: str) -> int | None:
    """Bytes that are free on a device; None where nobody knows."""
    if device.startswith("cuda"):
        return int(torch.cuda.mem_get_info(torch.device(device))[0])
    return room.meminfo("MemAvailable")


def could_have(cache: ModelCache, device: Device) -> int | None:
    """Bytes that a new model could have on a device: those that are free, and those of the models that are let go of
    for it. None where nobody knows. It starts no CUDA.
    """
    free = room.free(device)
    if free is None or device.uuid:
        return free
    # Weights that are read in the precision of their file stay in it, and its pages count as free.
    held: int = sum(loaded.memory for loaded in cache.of(MODEL) if loaded.device.type == "cpu")
    return free + min(held, room.own_memory())


def make_room(cache: ModelCache, name: str, device: str, size: int) -> None:
    """Let go of open models, least recently used first, until a new one of `size` bytes fits.

    Raises:
        OutOfMemory: it does not fit on the empty device; Linux would end the whole program.
    """
    if device != "cpu":
        give_back()  # torch keeps what answers have worked on, which is free to whoever comes next
    while (free := free_memory(device)) is not None and free < size * MARGIN:
        oldest = next((key for key in cache.keys(MODEL) if key[3] == device), None)
        if oldest is not None:
            _let_go(cache, oldest)
        elif free < size:
            raise OutOfMemory(
                tr(
                    f"The model {name} takes {size / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free on {device}: choose "
                    "a smaller one, or half precision.",
                    f"El modelo {name} ocupa {size / 1e9:.1f} GB y en {device} hay {free / 1e9:.1f} GB libres: elija "
                    "uno menor, o media precisión.",
                )
            )
        else:
            return


def forget_changed(cache: ModelCache, folder: Path, stamp: Stamp) -> None:
    """Let go of models of a folder that had another stamp when they were opened."""
    if changed := [key for key in cache.keys(MODEL) if key[1] == folder and key[2] != stamp]:
        _let_go(cache, *changed)


def _let_go(cache: ModelCache, *keys: Key) -> None:
    cache.close(*keys)
    give_back()


@contextmanager
def answering(cache: ModelCache, name: str, device: str) -> Iterator[None]:
    """Inside a model or its tokenizer works, with settings of its own: what it ends with is a sentence about it, and
    in the log. Where that is lack of memory, all open models are let go.
    """
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        if not is_lack_of_memory(error):
            log.warning("the model %s failed", name, exc_info=error)
            raise (gpu_failed(error) if is_of_gpu(error) else _failed(name, error)) from error
        what = first_line(error).partition(". ")[0].rstrip(".")
        cache.close(*cache.keys(MODEL))
        give_back(error)
        free = free_memory(device)
        if free is not None and device.startswith("cuda"):
            free += torch.cuda.memory_allocated(torch.device(device))  # those who still work with it end with this
        gigabytes = "?" if free is None else f"{free / 1e9:.1f}"
        raise OutOfMemory(
            tr(
                f"There was not enough memory on {device} for {name} ({what}); the open models were let go, and "
                f"{gigabytes} GB are free now: take a smaller batch, half precision, or the CPU.",
                f"No hubo memoria suficiente en {device} para {name} ({what}); se soltaron los modelos abiertos y "
                f"ahora hay {gigabytes} GB libres: use un lote menor, media precisión o la CPU.",
            )
        ) from error


def _failed(name: str, error: Exception) -> UserError:
    why = f"{type(error).__name__}: {first_line(error)[:200]}"
    return UserError(
        tr(
            f"The model {name} cannot be used ({why}): its files may not fit each other; fetch it again, or choose "
            "another. The messages (F8 in the app) have the details.",
            f"El modelo {name} no se puede usar ({why}): puede que sus archivos no concuerden; descárguelo de nuevo "
            "o elija otro. Los mensajes (F8 en la aplicación) tienen los detalles.",
        )
    )
