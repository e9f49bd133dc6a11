"""GPUs that are not there: NVIDIA's library, as pynvml loads it, with a test's own answers.

`Machine.write` says what there is, and may be called again while the program runs.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pynvml
import pytest

from llm_tui.engine import nvml

SOURCE = Path(__file__).with_name("nvml.c")
GB = 10**9


@dataclass(frozen=True)
class FakeGpu:
    """Figures as NVML has them: bytes, percent, degrees Celsius, watts, joules; None where it does not support them.

    `energy` are the joules that the counter shows, `step` those by which each reading moves it, `growing` the watts by
    which it grows with the clock, in steps of 100 ms. `processes` are pids with their bytes (None: unknown).
    """

    uuid: str
    name: str = "NVIDIA H200"
    total: int = 139 * GB
    used: int = 0
    load: int | None = 0
    temperature: int | None = 30
    power: float | None = 70.0
    energy: float | None = 1000.0
    step: float = 0.0
    growing: int = 0
    processes: tuple[tuple[int, int | None], ...] = ()
    slices: tuple[FakeGpu, ...] = ()

    def lines(self, word: str = "gpu") -> Iterator[str]:
        yield f"{word} {self.uuid} {self.total} {self.used} {self.name}"
        if word == "gpu":
            for name, figure in (("load", self.load), ("temperature", self.temperature)):
                if figure is not None:
                    yield f"{name} {figure}"
            if self.power is not None:
                yield f"power {round(self.power * 1000)}"
            if self.energy is not None:
                yield f"energy {round(self.energy * 1000)} {round(self.step * 1000)} {self.growing}"
        for pid, memory in self.processes:
            yield f"process {pid} {-1 if memory is None else memory}"
        for part in self.slices:
            yield from part.lines("mig")


@dataclass(frozen=True)
class Fail:
    """After `after` calls of `function` (empty: of any) were answered, the answer is the error `code` of NVML."""

    code: int
    after: int = 0
    function: str = ""


@dataclass(frozen=True)
class Machine:
    """`library` is the compiled stand-in, `answers` the file that it reads."""

    library: Path
    answers: Path

    def write(self, *gpus: FakeGpu, fails: tuple[Fail, ...] = ()) -> None:
        lines = [f"fail {fail.code} {fail.after} {fail.function}" for fail in fails]
        lines += [line for gpu in gpus for line in gpu.lines()]
        beside = self.answers.with_suffix(".new")
        beside.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        beside.replace(self.answers)  # whoever reads it meanwhile has the old one whole

    def environment(self) -> dict[str, str]:
        """What a program is started with so that these are its GPUs."""
        folders = [str(self.library.parent), *filter(None, [os.environ.get("LD_LIBRARY_PATH")])]
        return {"LD_LIBRARY_PATH": os.pathsep.join(folders), "FAKE_NVML": str(self.answers)}

    @contextmanager
    def here(self, patch: pytest.MonkeyPatch) -> Iterator[None]:
        """Inside, pynvml of this process talks to it, from its opening on."""
        patch.setenv("FAKE_NVML", str(self.answers))
        patch.setattr(pynvml, "nvmlLib", ctypes.CDLL(str(self.library)))
        patch.setattr(pynvml, "_nvmlGetFunctionPointer_cache", {})
        nvml.close()
        try:
            yield
        finally:
            nvml.close()


def compiled(folder: Path) -> Path:
    """The stand-in, compiled into a folder; a test that needs it is skipped where there is no compiler."""
    compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
    if compiler is None:
        pytest.skip("no C compiler: the stand-in for NVIDIA's library cannot be built")
    library = folder / "libnvidia-ml.so.1"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE), "-lpthread"], check=True)
    return library
