"""Meters: a device's energy counter, read when work on it begins, while it goes on, and when it ends.

A figure is only given where nothing speaks against it: a counter that fails, goes back, or may have begun anew unseen
gives none, and neither does work that is short beside the counter's steps.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from llm_tui.engine import gpus, nvml
from llm_tui.engine.energy import Energy
from llm_tui.engine.holders import contained

FEWEST_STEPS = 10
"""Of its counter that work must last to be measured: at each end up to one of them is somebody else's."""

MOST_WATTS = 3000
"""No counter of one device grows faster."""

LOOKS = 5.0
"""Seconds from one reading to the next while the work goes on."""


class Counter(Protocol):
    """`source` names it in an `Energy`; `step` is how many seconds it may stand still at most. `wraps_at` are the
    joules at which each of its parts begins anew, None where it does not.
    """

    @property
    def source(self) -> str: ...

    @property
    def step(self) -> float: ...

    @property
    def wraps_at(self) -> tuple[float | None, ...]: ...

    def read(self) -> tuple[float, ...] | None:
        """Joules since some time before, one for each part; None where it cannot be read."""
        ...

    def shared(self) -> bool:
        """Whether other processes are on the device, or may be."""
        ...


class Meter:
    """Measures from its making to `stop`. `counter` is what there is to read, or why there is nothing. Nothing that it
    does raises.
    """

    def __init__(self, counter: Counter | str, clock: Callable[[], float] = time.perf_counter):
        self._counter = None if isinstance(counter, str) else counter
        self._why = counter if isinstance(counter, str) else ""
        self._clock = clock
        self._joules = 0.0
        self._shared = False
        self._energy: Energy | None = None
        self._before: tuple[float, ...] = ()
        if self._counter:
            self._shared = self._counter.shared()
            first = self._counter.read()
            self._before = first or ()
            self._why = "" if first is not None else "no-counter"
        self._began = self._looked = clock()
        self._ended = self._began

    @property
    def seconds(self) -> float:
        """From its making to `stop`, or to now."""
        return (self._ended if self._energy else self._clock()) - self._began

    def look(self) -> None:
        """Read the counter while the work goes on, where the last time is long ago: the more often, the less can have
        happened to it unseen.
        """
        if not self._energy and self._clock() - self._looked >= LOOKS:
            self._read(self._clock())

    def stop(self) -> Energy:
        """What was used. The first stop counts."""
        if self._energy is None:
            self._ended = self._clock()
            self._read(self._ended)
            self._energy = self._found(self._ended - self._began)
        return self._energy

    def _read(self, now: float) -> None:
        """Add what the counter has counted since the last reading."""
        seconds, self._looked = now - self._looked, now
        if self._why or not self._counter:
            return
        after = self._counter.read()
        self._shared = self._counter.shared() or self._shared
        if after is None or len(after) != len(self._before):
            self._why = "failed"
            return
        for one, other, wraps_at in zip(self._before, after, self._counter.wraps_at, strict=True):
            used = counted(one, other, wraps_at, seconds)
            if isinstance(used, str):
                self._why = used
                return
            self._joules += used
        self._before = after

    def _found(self, seconds: float) -> Energy:
        if not self._counter or self._why:
            return Energy.unknown(self._why)
        if seconds < FEWEST_STEPS * self._counter.step:
            return Energy.unknown("short")
        if not self._joules:
            return Energy.unknown("still")
        return Energy(self._joules, seconds, self._counter.source, self._shared, 1, 1)


def counted(before: float, after: float, wraps_at: float | None, seconds: float) -> float | str:
    """The joules between two readings of a counter that are `seconds` apart, or why that cannot be told."""
    most = MOST_WATTS * (seconds + 1)  # a counter may be up to a step behind
    if wraps_at is not None and most >= wraps_at:
        return "unseen"
    used = after - before
    if used < 0 and wraps_at is not None:
        used += wraps_at
    return used if 0 <= used <= most else "jumped"


class Nvml:
    """The counter of a GPU."""

    source = "NVML"
    step = 0.1
    wraps_at = (None,)

    def __init__(self, uuid: str):
        self._uuid = uuid

    def read(self) -> tuple[float, ...] | None:
        millijoules = nvml.energy(self._uuid)
        return None if millijoules is None else (millijoules / 1000,)

    def shared(self) -> bool:
        """To a container the driver names its own processes alone, or all of them by numbers of the host. A list
        without this process, which is at work there, leaves out others too.
        """
        found = nvml.processes(self._uuid)
        return found is None or contained() or {process.pid for process in found} != {os.getpid()}


POWERCAP = Path("/sys/class/powercap")


class Rapl:
    """The counters of the processor's packages, which count all that runs on them. `folder` is the kernel's.

    The zones of `intel-rapl-mmio` are the same packages once more, those below a package a part of it.
    """

    source = "RAPL"
    step = 0.001

    def __init__(self, folder: Path):
        names = sorted(os.listdir(folder))
        zones = [folder / name for name in names if re.fullmatch(r"intel-rapl:\d+", name)]
        self._zones = [zone for zone in zones if _line(zone / "name").startswith("package")]
        self.wraps_at = tuple(int(_line(zone / "max_energy_range_uj")) / 1e6 for zone in self._zones)
        self._read()

    def _read(self) -> tuple[float, ...]:
        """
        Raises:
            OSError, ValueError: it cannot be read.
        """
        if not self._zones:
            raise FileNotFoundError
        return tuple(int(_line(zone / "energy_uj")) / 1e6 for zone in self._zones)

    def read(self) -> tuple[float, ...] | None:
        try:
            return self._read()
        except (OSError, ValueError):
            return None

    def shared(self) -> bool:
        return True


def _line(file: Path) -> str:
    return file.read_text(encoding="ascii").strip()


def counter_of(device: str) -> Counter | str:
    """The counter of a device by torch's name (`cpu`, `cuda:0`), or why there is none."""
    if device.startswith("cuda"):
        return _of_gpu(int(device.partition(":")[2] or 0))
    try:
        return Rapl(POWERCAP)
    except PermissionError:
        return "locked"
    except (OSError, ValueError):
        return "no-counter"


def _of_gpu(index: int) -> Counter | str:
    """A slice of a GPU has none, and that of the whole GPU is for others' slices too."""
    uuid = next((one.uuid for one in gpus.seen() if one.index == index), "")
    gpu = nvml.gpu(uuid) if uuid else None
    return Nvml(uuid) if gpu and not gpu.slices else "no-counter"
