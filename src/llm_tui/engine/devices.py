"""Which device a job runs on, and whether there is room on it. Called on the worker thread, where torch is loaded."""

from __future__ import annotations

import re
from dataclasses import dataclass

from llm_tui.config import read_config
from llm_tui.engine import gpus, nvml
from llm_tui.engine.failures import check_gpu, first_line
from llm_tui.engine.gpus import Gpus, Seen
from llm_tui.errors import UserError
from llm_tui.i18n import tr
from llm_tui.visible import visible


@dataclass(frozen=True, slots=True)
class Device:
    """`name` as torch takes it (`cpu`, `cuda:0`), `label` as a person reads it and as a run keeps it.

    `uuid` is that of a GPU or MIG slice as torch writes it, empty of the CPU. `why` says why `auto` took it, and is
    empty where nobody had a choice.
    """

    name: str
    label: str
    uuid: str = ""
    why: str = ""

    def said(self) -> str:
        """The device, and why this one."""
        return f"{self.label}: {self.why}" if self.why else self.label


CPU = Device("cpu", "CPU")

MOST_ROOM = 100_000
"""The most gigabytes that a person may wait for."""

STAYS = 0.5
"""`auto` stays on the GPU that it took first while that has this share of what is free on the emptiest: the runs of one
table are to have the same device, and models are open there.
"""

_taken = ""
"""The UUID of the GPU that `auto` took last."""


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


def meant(wanted: str) -> str:
    """What is written for a device; for `auto` what the person has set, which may be `auto` as well.

    Raises:
        UserError: it is spelled otherwise.
    """
    wanted = parse(wanted)
    return str(read_config().value("device")) if wanted == "auto" else wanted


def choose(wanted: str) -> Device:
    """The device for `auto`, `cpu`, `cuda` or `cuda:i`. `auto` is what the person has set, else the GPU with the most
    free memory.

    Raises:
        UserError: it is not there, or spelled otherwise; or this process has lost its GPUs (`GpuLost`).
    """
    wanted = meant(wanted)
    there = () if wanted == "cpu" else gpus.seen()
    if wanted == "cpu" or (wanted == "auto" and not there):
        return CPU
    check_gpu()
    if wanted == "auto":
        return taken(Gpus(there, nvml.read(memory_alone=True)) if len(there) > 1 else Gpus(there))
    return of(named(wanted, there))


def named(wanted: str, there: tuple[Seen, ...]) -> Seen:
    """The GPU `cuda` or `cuda:i`.

    Raises:
        UserError: torch does not see it.
    """
    if one := _of_number(wanted, there):
        return one
    shown = gpus.shown_to_cuda()
    hidden = "" if shown is None else f", {gpus.SHOWN_TO_CUDA}={shown}"
    why = f"{len(there)} CUDA{hidden}" if there else no_cuda_reason()
    if unfit := _of_number(wanted, gpus.without_kernels()):
        why = _no_kernels(unfit)
    raise UserError(
        tr(
            f"The device {wanted} is not there ({why}): choose auto or cpu.",
            f"El dispositivo {wanted} no está disponible ({why}): elija auto o cpu.",
        )
    )


def _of_number(wanted: str, there: tuple[Seen, ...]) -> Seen | None:
    """Of `cuda:i` the one of torch's number i, of `cuda` the first."""
    number = wanted.partition(":")[2]
    return next((one for one in there if not number or one.index == int(number)), None)


def automatic(there: Gpus) -> Device:
    """What `auto` stands for where there are these GPUs. Of one that the person has set and that is not there the label
    says so.
    """
    wanted = meant("auto")
    if wanted == "cpu" or (wanted == "auto" and not there.seen):
        return CPU
    if wanted == "auto":
        return preferred(there)
    if one := _of_number(wanted, there.seen):
        return of(one)
    return Device(wanted, tr(f"{wanted}, which is not there", f"{wanted}, que no está disponible"))


def taken(there: Gpus, need: float = 0) -> Device:
    """What `auto` takes of GPUs; one with `need` bytes free, where one has so much."""
    global _taken
    device = preferred(there, need)
    _taken = device.uuid
    return device


def preferred(there: Gpus, need: float = 0) -> Device:
    """What `auto` would take of GPUs, and why."""
    best = there.roomiest()
    if best is None or len(there.seen) == 1:
        return of(there.seen[0], _unknown(there) if len(there.seen) > 1 else "")
    free = {one.uuid: there.free(one) or 0 for one in there.seen}
    last = next((one for one in there.seen if one.uuid == _taken and one != best), None)
    if last and free[last.uuid] >= max(need, STAYS * free[best.uuid]):
        return of(last, tr("this program is on it already", "este programa ya está en ella"))
    room, many = f"{free[best.uuid] / 1e9:.1f} GB", len(there.seen)
    return of(best, tr(f"{room} free, the most of {many} GPUs", f"{room} libres, la que más tiene de {many} GPU"))


def _unknown(there: Gpus) -> str:
    why = f" ({there.reading.why})" if there.reading.why else ""
    return tr(f"the first, for nobody knows what is free{why}", f"la primera, pues no se sabe qué hay libre{why}")


def of(one: Seen, why: str = "") -> Device:
    """What torch sees, as the device of a job."""
    return Device(one.device, f"{one.device} {one.name}", one.uuid, why)


def no_cuda_reason() -> str:
    """Why torch sees no CUDA device, in a few words."""
    import torch

    if torch.version.cuda is None:
        return tr("this torch is built without CUDA", "este torch está compilado sin CUDA")
    if (shown := gpus.shown_to_cuda()) is not None and shown.strip() in ("", "-1"):
        return tr(f"{gpus.SHOWN_TO_CUDA}={shown} hides every GPU", f"{gpus.SHOWN_TO_CUDA}={shown} oculta todas las GPU")
    if unfit := gpus.without_kernels():
        return _no_kernels(unfit[0])
    try:
        torch.cuda.init()  # type: ignore[no-untyped-call]
    except (RuntimeError, AssertionError, torch.cuda.DeferredCudaCallError) as error:
        first = first_line(error)
        own = re.search(r"Error \d+: .+", first)  # CUDA's, behind what torch supposes
        return (own[0] if own else first.partition(". ")[0]).rstrip(".")
    return tr("torch finds no CUDA device", "torch no encuentra ningún dispositivo CUDA")


def _no_kernels(one: Seen) -> str:
    name = visible(one.name)
    return tr(f"this torch has no kernels for {name}", f"este torch no tiene kernels para {name}")
