"""What NVIDIA's driver says of the GPUs, through NVML. The only module that knows pynvml.

Nothing here raises into whoever asks: a figure that NVML does not have is None, and where nothing can be read one
sentence says why. NVML is opened once, by the first question, which may take a second; those after it take
milliseconds. Any thread may ask but the screen's. A UUID may be written as NVML does (`GPU-…`, `MIG-…`) or as torch
does, without what stands before it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from llm_tui.i18n import tr

T = TypeVar("T")

_UNINITIALIZED, _NO_PERMISSION, _DRIVER_NOT_LOADED, _LIBRARY_NOT_FOUND, _LOST, _RESET_REQUIRED, _MISMATCH = (
    1,
    4,
    9,
    12,
    15,
    16,
    18,
)
"""NVML's numbers of the errors that are treated here in a way of our own."""

_lock = threading.Lock()
_open = False


@dataclass(frozen=True, slots=True)
class Process:
    """A process that holds memory of a GPU, in bytes; None where the driver does not say how much."""

    pid: int
    memory: int | None


@dataclass(frozen=True, slots=True)
class Gpu:
    """A GPU, or a MIG slice of one; the figures of a slice are its own.

    `used` and `total` are bytes, of every process together; `load` is in percent, `temperature` in degrees Celsius,
    `power` in watts, and None where NVML does not tell.
    """

    uuid: str
    name: str
    used: int
    total: int
    load: int | None = None
    temperature: int | None = None
    power: float | None = None
    processes: tuple[Process, ...] = ()
    slices: tuple[Gpu, ...] = ()

    @property
    def free(self) -> int:
        return self.total - self.used


@dataclass(frozen=True, slots=True)
class Reading:
    """The GPUs that answered, in the order of the driver; `why` says what did not, and is empty where all did. `absent`
    says that this machine has no driver.
    """

    gpus: tuple[Gpu, ...] = ()
    why: str = ""
    absent: bool = False


def read(memory_alone: bool = False) -> Reading:
    """All GPUs of this machine, seen by torch or not; with `memory_alone` the other figures are not asked for."""
    try:
        nvml = _opened()
        count = nvml.nvmlDeviceGetCount()
    except Exception as error:  # NVML's own, and what ctypes makes of a library that is none
        return Reading(why=_told(error), absent=_code(error) == _LIBRARY_NOT_FOUND)
    gpus, lost = [], []
    for index in range(count):
        try:
            gpus.append(_gpu(nvml, nvml.nvmlDeviceGetHandleByIndex(index), memory_alone))
        except Exception as error:
            lost.append(f"GPU {index}: {_told(error)}")
    return Reading(tuple(gpus), "; ".join(lost))


def energy(uuid: str) -> int | None:
    """Millijoules that a GPU has used since its driver was loaded; None where nobody counts them, as for a MIG slice.

    The counter moves every 20 to 100 ms.
    """
    return _of(uuid, lambda nvml, handle: int(nvml.nvmlDeviceGetTotalEnergyConsumption(handle)))


def processes(uuid: str) -> tuple[Process, ...] | None:
    """Those that hold memory of a GPU; None where they cannot be read."""
    return _of(uuid, _processes)


def gpu(uuid: str) -> Gpu | None:
    """One GPU or slice; None where it cannot be read."""
    return _of(uuid, _gpu)


def close() -> None:
    """The next question opens NVML anew."""
    global _open
    with _lock:
        _open = False


def _of(uuid: str, ask: Callable[[Any, Any], T]) -> T | None:
    try:
        nvml = _opened()
        return ask(nvml, _handle(nvml, uuid))
    except Exception as error:
        _told(error)
        return None


def _handle(nvml: Any, uuid: str) -> Any:
    """
    Raises:
        NVMLError: no GPU and no slice is called so.
    """
    if uuid.startswith(("GPU-", "MIG-")):
        return nvml.nvmlDeviceGetHandleByUUID(uuid)
    try:
        return nvml.nvmlDeviceGetHandleByUUID(f"GPU-{uuid}")
    except nvml.NVMLError:
        return nvml.nvmlDeviceGetHandleByUUID(f"MIG-{uuid}")


def _opened() -> Any:
    import pynvml  # here and not at the top: not before the first paint

    global _open
    with _lock:
        if not _open:
            pynvml.nvmlInit()
            _open = True
    return pynvml


def _gpu(nvml: Any, handle: Any, memory_alone: bool = False) -> Gpu:
    """
    Raises:
        NVMLError: it does not even tell its name and its memory.
    """
    name, uuid = nvml.nvmlDeviceGetName(handle), nvml.nvmlDeviceGetUUID(handle)
    slices = tuple(_slices(nvml, handle, memory_alone))
    used, total = _memory(nvml, handle, slices)
    if memory_alone:
        return Gpu(uuid, name, used, total, slices=slices)
    power = _figure(nvml.nvmlDeviceGetPowerUsage, handle)
    load = _figure(nvml.nvmlDeviceGetUtilizationRates, handle)
    return Gpu(
        uuid=uuid,
        name=name,
        used=used,
        total=total,
        load=None if load is None else int(load.gpu),
        temperature=_figure(nvml.nvmlDeviceGetTemperature, handle, nvml.NVML_TEMPERATURE_GPU),
        power=None if power is None else power / 1000,
        processes=_figure(_processes, nvml, handle) or (),
        slices=slices,
    )


def _memory(nvml: Any, handle: Any, slices: tuple[Gpu, ...]) -> tuple[int, int]:
    """Bytes that are used, and in all. That of a whole GPU with slices is told to administrators alone: to others it is
    that of the slices together.
    """
    try:
        memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    except nvml.NVMLError as error:
        if error.value != _NO_PERMISSION or not slices:
            raise
        return sum(part.used for part in slices), sum(part.total for part in slices)
    return int(memory.used), int(memory.total)


def _processes(nvml: Any, handle: Any) -> tuple[Process, ...]:
    """Those that compute, and the desktop's; some are both."""
    drawing = _figure(nvml.nvmlDeviceGetGraphicsRunningProcesses, handle) or ()
    found = (*drawing, *nvml.nvmlDeviceGetComputeRunningProcesses(handle))
    return tuple({one.pid: Process(int(one.pid), one.usedGpuMemory) for one in found}.values())


def _slices(nvml: Any, handle: Any, memory_alone: bool) -> Iterator[Gpu]:
    mode = _figure(nvml.nvmlDeviceGetMigMode, handle)
    if not mode or not mode[0]:
        return
    for index in range(_figure(nvml.nvmlDeviceGetMaxMigDeviceCount, handle) or 0):
        part = _figure(nvml.nvmlDeviceGetMigDeviceHandleByIndex, handle, index)
        if part is not None:  # the numbers have gaps
            yield _gpu(nvml, part, memory_alone)


def _figure(ask: Callable[..., Any], *arguments: Any) -> Any:
    """The answer to one question, None where this GPU or its driver has none.

    Raises:
        NVMLError: the GPU itself does not answer any more.
    """
    try:
        return ask(*arguments)
    except Exception as error:
        if _code(error) in (_LOST, _UNINITIALIZED):
            raise
        return None


def _code(error: Exception) -> int | None:
    """NVML's number of an error of its own."""
    return getattr(error, "value", None)


def _told(error: Exception) -> str:
    """Why NVML does not answer, in a few words."""
    code = _code(error)
    if code == _UNINITIALIZED:
        close()
    if code == _LIBRARY_NOT_FOUND:
        return tr("NVIDIA's driver is not on this machine", "el controlador de NVIDIA no está en este equipo")
    if code == _DRIVER_NOT_LOADED:
        return tr("NVIDIA's driver is not loaded", "el controlador de NVIDIA no está cargado")
    if code == _MISMATCH:
        return tr(
            "NVIDIA's driver was replaced while it ran: the machine must be started again",
            "el controlador de NVIDIA se reemplazó en marcha: hay que reiniciar el equipo",
        )
    if code in (_LOST, _RESET_REQUIRED):
        return tr(
            "it does not answer any more: it must be reset, or the machine started again",
            "ya no responde: hay que reiniciarla, o reiniciar el equipo",
        )
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
