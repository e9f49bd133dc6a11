"""What the driver says of the GPUs, through the real pynvml and a library that stands in for NVIDIA's."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pynvml
import pytest
from fakes.gpus import GB, Fail, FakeGpu, Machine

from llm_tui import i18n
from llm_tui.engine import nvml
from llm_tui.engine.nvml import Process, Reading

BUSY = FakeGpu(
    "GPU-1", "NVIDIA H200", 139 * GB, 98 * GB, load=93, temperature=71, power=612.5, processes=((4242, 97 * GB),)
)
FREE = FakeGpu("GPU-2", "NVIDIA L4", 24 * GB, 1 * GB)
SLICED = FakeGpu(
    "GPU-3", "NVIDIA A100", 40 * GB, 6 * GB, load=None, energy=None,
    slices=(
        FakeGpu("MIG-1", "NVIDIA A100 MIG 1g.5gb", 5 * GB, 4 * GB, processes=((7, None),)),
        FakeGpu("MIG-2", "NVIDIA A100 MIG 3g.20gb", 20 * GB, 2 * GB),
    ),
)  # fmt: skip


def test_each_gpu_is_read_with_its_figures(gpu_machine: Machine):
    gpu_machine.write(BUSY, FREE)
    busy, free = nvml.read().gpus
    assert (busy.uuid, busy.name, busy.used, busy.free, busy.total) == (
        "GPU-1", "NVIDIA H200", 98 * GB, 41 * GB, 139 * GB
    )  # fmt: skip
    assert (busy.load, busy.temperature, busy.power) == (93, 71, 612.5)
    assert busy.processes == (Process(4242, 97 * GB),)
    assert (free.name, free.processes, free.slices) == ("NVIDIA L4", (), ())
    assert nvml.read().why == ""


def test_slices_have_figures_of_their_own_and_what_a_gpu_does_not_tell_is_not_known(gpu_machine: Machine):
    gpu_machine.write(SLICED)
    (gpu,) = nvml.read().gpus
    assert (gpu.load, gpu.temperature, gpu.power) == (None, 30, 70.0)
    assert [(part.uuid, part.free, part.total) for part in gpu.slices] == [
        ("MIG-1", 1 * GB, 5 * GB),
        ("MIG-2", 18 * GB, 20 * GB),
    ]
    assert gpu.slices[0].processes == (Process(7, None),)  # the driver does not know how much
    assert (gpu.slices[0].load, gpu.slices[0].power) == (None, None)
    assert nvml.gpu("MIG-2") == gpu.slices[1]


def test_slices_are_read_where_the_memory_of_their_gpu_is_for_administrators_alone(gpu_machine: Machine):
    """NVML tells that of a GPU with slices to privileged users only, and that of the slices to all."""
    alone = Fail(pynvml.NVML_ERROR_NO_PERMISSION, after=len(SLICED.slices), function="nvmlDeviceGetMemoryInfo")
    gpu_machine.write(SLICED, fails=(alone,))
    (gpu,) = nvml.read().gpus
    assert (gpu.used, gpu.total) == (6 * GB, 25 * GB)
    assert [part.free for part in gpu.slices] == [1 * GB, 18 * GB]


def test_memory_alone_is_read_in_fewer_questions(gpu_machine: Machine):
    gpu_machine.write(BUSY, SLICED, fails=tuple(Fail(15, function=f"nvmlDeviceGet{name}") for name in (
        "PowerUsage", "UtilizationRates", "Temperature", "ComputeRunningProcesses_v3"
    )))  # fmt: skip
    assert nvml.read().gpus == ()
    busy, sliced = nvml.read(memory_alone=True).gpus
    assert (busy.uuid, busy.free, sliced.slices[1].free) == ("GPU-1", 41 * GB, 18 * GB)


def test_the_energy_counter_is_read_where_there_is_one(gpu_machine: Machine):
    gpu_machine.write(FakeGpu("GPU-1", energy=2000.0, step=1.5), SLICED)
    assert [nvml.energy("GPU-1") for _ in range(3)] == [2_000_000, 2_001_500, 2_003_000]
    assert [nvml.energy(uuid) for uuid in ("GPU-3", "MIG-1", "GPU-9")] == [None] * 3


def test_a_counter_that_grows_with_time_never_goes_back(gpu_machine: Machine):
    gpu_machine.write(FakeGpu("GPU-1", growing=400))
    before = after = nvml.energy("GPU-1") or 0
    while after == before:  # it moves every 100 ms
        after = nvml.energy("GPU-1") or 0
    assert after >= before + 40_000


@pytest.mark.parametrize(
    ("code", "en", "es"),
    [
        (pynvml.NVML_ERROR_DRIVER_NOT_LOADED, "driver is not loaded", "no está cargado"),
        (pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH, "must be started again", "hay que reiniciar el equipo"),
        (pynvml.NVML_ERROR_NO_PERMISSION, "Insufficient Permissions", "Insufficient Permissions"),
        (12345, "an error of the stand-in", "an error of the stand-in"),
    ],
)
def test_a_driver_that_does_not_start_is_told_in_a_few_words(gpu_machine: Machine, code, en, es):
    gpu_machine.write(BUSY, fails=(Fail(code, function="nvmlInitWithFlags"),))
    assert en in nvml.read().why
    i18n.use("es")
    assert es in nvml.read().why
    assert nvml.read().gpus == ()
    assert (nvml.energy("GPU-1"), nvml.processes("GPU-1"), nvml.gpu("GPU-1")) == (None, None, None)


def test_a_machine_without_the_library_is_told_in_a_process_of_its_own():
    """pynvml looks for the library once, in a fresh process; this machine may have a real one."""
    code = """if True:
        import pynvml
        pynvml.CDLL = lambda name: (_ for _ in ()).throw(OSError(name))
        from llm_tui.engine import nvml
        print(nvml.read(), nvml.energy("GPU-1"))
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert "NVIDIA's driver is not on this machine" in done.stdout


def test_pynvml_finds_the_library_as_it_finds_nvidias(gpu_machine: Machine):
    gpu_machine.write(BUSY)
    code = "from llm_tui.engine import nvml; print(nvml.read())"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env=os.environ | gpu_machine.environment(),
    )  # fmt: skip
    assert done.stdout == f"{nvml.read()}\n"
    assert "GPU-1" in done.stdout


def test_a_gpu_that_is_lost_leaves_the_others_and_is_told(gpu_machine: Machine):
    lost = pynvml.NVML_ERROR_GPU_IS_LOST
    gpu_machine.write(BUSY, FREE)
    assert len(nvml.read().gpus) == 2
    gpu_machine.write(BUSY, FREE, fails=(Fail(lost, after=1, function="nvmlDeviceGetPowerUsage"),))
    for _ in range(3):  # the fault is met in the middle of a reading, and before it
        assert nvml.read() == Reading((), "; ".join(f"GPU {i}: {_LOST}" for i in (0, 1)))
    gpu_machine.write(BUSY, FREE)
    assert len(nvml.read().gpus) == 2  # it was reset


_LOST = "it does not answer any more: it must be reset, or the machine started again"


@pytest.mark.parametrize("after", range(0, 40, 3))
def test_whatever_call_is_the_first_to_fail_nobody_hears_an_exception(gpu_machine: Machine, after: int):
    gpu_machine.write(BUSY, SLICED, fails=(Fail(pynvml.NVML_ERROR_GPU_IS_LOST, after),))
    first = nvml.read()
    assert first.why or len(first.gpus) == 2
    while nvml.energy("GPU-1") is not None:
        pass
    assert nvml.read().why
    assert nvml.read().gpus == ()


def test_a_driver_that_forgot_us_is_opened_anew(gpu_machine: Machine):
    gpu_machine.write(BUSY)
    assert nvml.read().gpus
    pynvml.nvmlShutdown()  # another library of this process did it
    nvml.read()
    assert nvml.read().gpus


def test_many_threads_may_ask_at_once(gpu_machine: Machine):
    gpu_machine.write(BUSY, SLICED)
    found: list[Reading] = []
    threads = [threading.Thread(target=lambda: found.append(nvml.read())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert len(found[0].gpus) == 2
