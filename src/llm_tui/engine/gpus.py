"""The GPUs of this machine: which of them torch sees, what the driver says of each, and who holds them.

torch and the driver number GPUs in orders of their own, and `CUDA_VISIBLE_DEVICES` changes torch's: what belongs
together is found by the UUID.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from llm_tui.engine import nvml
from llm_tui.engine.holders import Holder, holders
from llm_tui.engine.nvml import Gpu, Reading

log = logging.getLogger(__name__)

SHOWN_TO_CUDA = "CUDA_VISIBLE_DEVICES"

_CODE = re.compile(r"(sm|compute)_(\d+)(\d)")
"""What torch calls the code that it was built with, by compute capability: sm_86, compute_90."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A GPU, or a MIG slice of one, as torch sees it: `index` is torch's, `total` its memory in bytes, `own` what this
    program holds of it, for it can be let go.
    """

    index: int
    uuid: str
    name: str
    total: int
    own: int = 0

    @property
    def device(self) -> str:
        return f"cuda:{self.index}"


def seen() -> tuple[Seen, ...]:
    """What torch sees and has kernels for."""
    return tuple(one for one, has_kernels in _asked() if has_kernels)


def without_kernels() -> tuple[Seen, ...]:
    """What torch sees, and was not built for."""
    return tuple(one for one, has_kernels in _asked() if not has_kernels)


def _asked() -> list[tuple[Seen, bool]]:
    """Each GPU that torch sees, and whether it has kernels for it: the one place that asks torch. Nothing where CUDA
    does not start; one that does not answer is left out. It starts no CUDA context: that takes some 500 MB of a GPU.
    """
    import torch

    try:
        if not torch.cuda.is_available():
            return []
        # Until CUDA has started torch counts what the driver has, which is more where GPUs are in MIG slices.
        torch.cuda.init()  # type: ignore[no-untyped-call]
        built, count = torch.cuda.get_arch_list(), torch.cuda.device_count()
    except (RuntimeError, AssertionError, torch.cuda.DeferredCudaCallError):
        log.warning("CUDA does not start", exc_info=True)
        return []
    found = []
    for index in range(count):
        try:
            of = torch.cuda.get_device_properties(index)
            one = Seen(index, str(of.uuid), of.name, of.total_memory, torch.cuda.memory_reserved(index))
        except (RuntimeError, AssertionError):
            log.warning("cuda:%d does not answer", index, exc_info=True)
        else:
            found.append((one, _runs((of.major, of.minor), built)))
    return found


def _runs(capability: tuple[int, int], built: Sequence[str]) -> bool:
    """Whether a GPU of this compute capability runs some of the code: what is compiled (sm) where the major number is
    the same and the minor no less, PTX (compute) on all that is no older. ROCm's code has other names, and counts.
    """
    known = [(kind, (int(major), int(minor))) for kind, major, minor in _CODE.findall(" ".join(built))]
    return not known or any(
        code <= capability and (kind == "compute" or code[0] == capability[0]) for kind, code in known
    )


NOTHING = Reading()


@dataclass(frozen=True, slots=True)
class Gpus:
    """`holders` are those of all GPUs, by process number."""

    seen: tuple[Seen, ...] = ()
    reading: Reading = NOTHING
    holders: dict[int, Holder] = field(default_factory=dict)

    def of(self, one: Seen) -> Gpu | None:
        """What the driver says of what torch sees; None where it does not know it."""
        for gpu in self.reading.gpus:
            if part := next((part for part in gpu.slices if _bare(part.uuid) == _bare(one.uuid)), None):
                return part
            if _bare(gpu.uuid) == _bare(one.uuid):
                return _slice_in_use(gpu) if gpu.slices else gpu
        return None

    def free(self, one: Seen) -> int | None:
        """Bytes that this program could have: those that are free, and its own. None where nobody knows."""
        gpu = self.of(one)
        if gpu is None:
            return None
        mine = (process.memory or 0 for process in gpu.processes if self._is_mine(process.pid))
        return gpu.free + max(one.own, *mine, 0)

    def _is_mine(self, pid: int) -> bool:
        return pid in self.holders and self.holders[pid].mine

    def roomiest(self) -> Seen | None:
        """Of what torch sees that with the most free memory, the first of several; None where nobody knows."""
        known = [(free, -one.index, one) for one in self.seen if (free := self.free(one)) is not None]
        return max(known)[2] if known else None


def look(seen: tuple[Seen, ...]) -> Gpus:
    """Ask the driver. It takes milliseconds, and is for any thread but the screen's."""
    reading = nvml.read()
    return Gpus(seen, reading, holders({process.pid for gpu in _all(reading.gpus) for process in gpu.processes}))


def _all(gpus: tuple[Gpu, ...]) -> Iterator[Gpu]:
    for gpu in gpus:
        yield gpu
        yield from gpu.slices


def shown_to_cuda() -> str | None:
    """What `CUDA_VISIBLE_DEVICES` says; None where it is not set."""
    return os.environ.get(SHOWN_TO_CUDA)


def _slice_in_use(gpu: Gpu) -> Gpu:
    """Of a GPU in slices CUDA sees one, the first unless another is named; older versions give it the GPU's UUID."""
    named = (shown_to_cuda() or "").split(",")
    return next((part for part in gpu.slices if part.uuid in named), gpu.slices[0])


def _bare(uuid: str) -> str:
    """NVML writes `GPU-` or `MIG-` before it, torch does not."""
    return uuid.removeprefix("GPU-").removeprefix("MIG-").lower()
