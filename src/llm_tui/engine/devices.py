"""Which device a job runs on, and what is free on it. Called on the worker thread, where torch is loaded."""

from __future__ import annotations

import re
from dataclasses import dataclass

from llm_tui.errors import UserError
from llm_tui.i18n import tr


@dataclass(frozen=True, slots=True)
class Device:
    """`name` as torch takes it (`cpu`, `cuda:0`), `label` as a person reads it."""

    name: str
    label: str


def parse(wanted: str) -> str:
    """Check the spelling of a device (`auto`, `cpu`, `cuda`, `cuda:1`), without torch.

    Raises:
        UserError: it is spelled otherwise.
    """
    wanted = wanted.strip().lower()
    if not re.fullmatch(r"auto|cpu|cuda(:\d{1,3})?", wanted):
        raise UserError(
            tr(
                f"“{wanted}” is not a device: write auto, cpu, cuda or cuda:0.",
                f"«{wanted}» no es un dispositivo: escriba auto, cpu, cuda o cuda:0.",
            )
        )
    return wanted


def choose(wanted: str) -> Device:
    """The device for `auto`, `cpu`, `cuda` or `cuda:i`.

    Raises:
        UserError: it is not there, or spelled otherwise.
    """
    import torch

    wanted = parse(wanted)
    there = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if wanted == "cpu" or (wanted == "auto" and not there):
        return Device("cpu", "CPU")
    index = int(wanted.partition(":")[2] or 0)
    if index >= there:
        why = f"{there} CUDA" if there else no_cuda_reason()
        raise UserError(
            tr(
                f"The device {wanted} is not there ({why}): choose auto or cpu.",
                f"El dispositivo {wanted} no está disponible ({why}): elija auto o cpu.",
            )
        )
    return Device(f"cuda:{index}", torch.cuda.get_device_name(index))


def no_cuda_reason() -> str:
    """Why torch sees no CUDA device, in a few words."""
    import torch

    if torch.version.cuda is None:
        return tr("this torch is built without CUDA", "este torch está compilado sin CUDA")
    try:
        torch.cuda.init()  # type: ignore[no-untyped-call]
    except (RuntimeError, AssertionError) as error:
        return str(error).strip().partition("\n")[0].partition(". ")[0].rstrip(".")
    return tr("torch finds no CUDA device", "torch no encuentra ningún dispositivo CUDA")


@dataclass(frozen=True, slots=True)
class GpuMemory:
    """Bytes on one GPU; `used` by every process together."""

    index: int
    name: str
    used: int
    total: int

    @property
    def free(self) -> int:
        return self.total - self.used


def gpu_memory() -> list[GpuMemory]:
    """The memory of the GPUs that torch sees, in torch's numbering, read from NVML.

    torch itself would start a CUDA context, which takes some 500 MB of the memory that it reports on.
    """
    import torch

    if not torch.cuda.is_available():
        return []
    import pynvml

    gpus = []
    pynvml.nvmlInit()
    try:
        for index in range(torch.cuda.device_count()):
            properties = torch.cuda.get_device_properties(index)
            handle = pynvml.nvmlDeviceGetHandleByUUID(f"GPU-{properties.uuid}")
            memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
            gpus.append(GpuMemory(index, properties.name, int(memory.used), int(memory.total)))
    finally:
        pynvml.nvmlShutdown()
    return gpus
