"""Waiting until there is room on a device. Called on the worker thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from llm_tui.engine import devices, gpus, nvml
from llm_tui.engine.devices import Device
from llm_tui.engine.gpus import Gpus, Seen
from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.i18n import tr

SECONDS = 1.0
"""Between two looks at what is free."""

MEMINFO, STATUS = Path("/proc/meminfo"), Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class _Found:
    """The roomiest place that will do: bytes that are free and in all (None: nobody knows, `why` says why), what else
    is to be told of it, and the device that it makes.
    """

    where: str
    free: int | None
    total: int | None
    device: Callable[[], Device]
    held: str = ""
    why: str = ""


def wait_for_room(wanted: str, gigabytes: float, context: Context) -> Device:
    """As `devices.choose`, once so many gigabytes (10⁹ bytes) are free there; what this program holds itself counts as
    free. Where nobody knows what is free, that is told, and nobody waits.

    Raises:
        UserError: the device is not there, or has less in all.
    """
    wanted, need, told = devices.meant(wanted), gigabytes * 1e9, ""
    while need > 0:
        found = _found(wanted, need)
        if found.free is None or found.total is None:
            context.log(_unknown(found))
            break
        if found.total < need:
            raise _never(found, need)
        if found.free >= need:
            return found.device()
        if (waiting := _waiting(found, need)) != told:
            told = waiting
            context.progress(0, 0, told)
        context.pause(SECONDS)
    return devices.choose(wanted)


def _found(wanted: str, need: float) -> _Found:
    there = () if wanted == "cpu" else gpus.seen()
    if wanted == "cpu" or (wanted == "auto" and not there):
        return _Found("cpu", meminfo("MemAvailable"), meminfo("MemTotal"), lambda: devices.CPU)
    fit = there if wanted == "auto" else (devices.named(wanted, there),)
    looked = gpus.look(fit)
    best = looked.roomiest()
    if best is None:
        return _Found(fit[0].device, None, None, lambda: devices.CPU, why=looked.reading.why)

    def device() -> Device:
        return devices.taken(looked, need) if len(fit) > 1 else devices.of(best)

    return _Found(best.device, looked.free(best), max(one.total for one in fit), device, _held(looked, best))


def _held(looked: Gpus, one: Seen) -> str:
    """Who holds the most of it, but for this program."""
    gpu = looked.of(one)
    others = [process for process in gpu.processes if not looked.holders[process.pid].mine] if gpu else []
    if not others:
        return ""
    most = max(others, key=lambda process: process.memory or 0)
    who, memory = looked.holders[most.pid].who(), gigabytes(most.memory)
    return tr(f"; {memory} held by {who}", f"; {memory} de {who}")


def free(device: Device) -> int | None:
    """Bytes that are free on a device, and on a GPU what this program holds there, without starting CUDA there; None
    where nobody knows.
    """
    if not device.uuid:
        return meminfo("MemAvailable")
    gpu = nvml.gpu(device.uuid)
    return gpu.free + next((one.own for one in gpus.seen() if one.uuid == device.uuid), 0) if gpu else None


def meminfo(name: str) -> int | None:
    """A figure of Linux on the memory of the machine, in bytes; None where there is none."""
    return _figure(MEMINFO, name)


def own_memory() -> int:
    """Bytes of the machine's memory that this program holds, files that it has open left out; 0 where nobody knows."""
    return _figure(STATUS, "RssAnon") or 0


def _figure(file: Path, name: str) -> int | None:
    try:
        lines = file.read_text(encoding="ascii", errors="replace").splitlines()
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:")), None)
    except (OSError, ValueError, IndexError):
        return None


def gigabytes(size: float | None) -> str:
    return "? GB" if size is None else f"{size / 1e9:.1f} GB"


def _waiting(found: _Found, need: float) -> str:
    wanted, free = f"{need / 1e9:g} GB", gigabytes(found.free)
    return tr(
        f"waiting for {wanted} on {found.where}: {free} free{found.held}",
        f"a la espera de {wanted} en {found.where}: {free} libres{found.held}",
    )


def _unknown(found: _Found) -> str:
    why = f" ({found.why})" if found.why else ""
    return tr(
        f"What is free on {found.where} cannot be known{why}: the job starts without waiting for room.",
        f"No se puede saber qué hay libre en {found.where}{why}: el trabajo empieza sin esperar espacio.",
    )


def _never(found: _Found, need: float) -> UserError:
    wanted, total = f"{need / 1e9:g} GB", gigabytes(found.total)
    return UserError(
        tr(
            f"{wanted} will never be free on {found.where}, which has {total} in all: wait for less, or choose another "
            "device.",
            f"Nunca habrá {wanted} libres en {found.where}, que tiene {total} en total: espere menos, o elija otro "
            "dispositivo.",
        )
    )
