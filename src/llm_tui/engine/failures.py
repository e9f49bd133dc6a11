"""What a job ended with, in one sentence: what was meant for a person, lack of memory, a GPU that is lost or cannot be
used, or a defect.

After some errors, a failed assertion in a kernel for one, every CUDA call of the process fails: only a new process can
use the GPU again. torch is not imported here: where it is not loaded, no such error has come.
"""

from __future__ import annotations

import gc
import logging
import sys
import traceback
from collections.abc import Iterator

from llm_tui.errors import OutOfMemory, UserError
from llm_tui.i18n import tr
from llm_tui.visible import visible

log = logging.getLogger(__name__)

_CUDA = (
    *("CUDA error", "CUDA driver error", "CUBLAS_STATUS", "CUDNN_STATUS", "CUSPARSE_STATUS"),
    *("CUDA NVRTC error", "nvrtc: error"),  # of the compiler of kernels that are made at their first use
)
_NO_MEMORY = (
    "allocate memory",  # torch on the CPU, in a plain RuntimeError
    "CUDA error: out of memory",
    "CUDA driver error: out of memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUBLAS_STATUS_NOT_INITIALIZED",  # what cuBLAS says where there is no room for its workspace
    "CUDNN_STATUS_ALLOC_FAILED",
)

_lost = ""
"""The error by which this process has lost its GPUs."""


class GpuLost(UserError):
    """No GPU works any more for this process."""


class GpuFailed(UserError):
    """A GPU did not do this work, and is none the worse for it."""


def check_gpu() -> None:
    """
    Raises:
        GpuLost: this process has lost its GPUs.
    """
    if _lost:
        raise _gpu_lost()


def _gpu_lost() -> GpuLost:
    return GpuLost(
        tr(
            f"The GPU stopped working for this program ({_lost}): start llm-tui again to use it, or choose the device "
            "cpu until then. What was done is saved.",
            f"La GPU dejó de funcionar para este programa ({_lost}): reinicie llm-tui para volver a usarla, o elija "
            "el dispositivo cpu mientras tanto. Lo hecho está guardado.",
        )
    )


def gpu_failed(error: BaseException) -> GpuFailed:
    """What is said of an error for which `is_of_gpu` holds, and by which the GPU is not lost."""
    why = visible(first_line(error)[:200])
    return GpuFailed(
        tr(
            f"The GPU cannot be used for this ({why}): this torch may have no kernels for it, or another program may "
            "hold it alone; choose the device cpu, or another GPU. The messages (F8 in the app) have the details.",
            f"La GPU no se puede usar para esto ({why}): puede que este torch no tenga kernels para ella, o que otro "
            "programa la ocupe en exclusiva; elija el dispositivo cpu, u otra GPU. Los mensajes (F8 en la aplicación) "
            "tienen los detalles.",
        )
    )


def is_lack_of_memory(error: BaseException) -> bool:
    torch = sys.modules.get("torch")
    if isinstance(error, MemoryError) or (torch is not None and isinstance(error, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(said in str(error) for said in _NO_MEMORY)


def first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def told(error: BaseException) -> tuple[str, str]:
    """What is said of a job that raised `error`, in one sentence, and the kind of it."""
    cause = next(filter(is_of_gpu, _chain(error)), None)
    if cause and _loses_gpu():
        log.error("a job has lost the GPU", exc_info=error)
        error = _gpu_lost()
    elif is_lack_of_memory(error):
        log.error("a job had not enough memory", exc_info=error)
        error = _out_of_memory(error)
    elif cause and not isinstance(error, UserError):
        log.error("a job could not use the GPU", exc_info=error)
        error = gpu_failed(cause)
    if isinstance(error, UserError):
        return str(error), type(error).__name__
    log.error("a job failed", exc_info=error)
    name, first = type(error).__name__, visible(first_line(error))
    said = tr(
        f"The job stopped on an error of the program ({name}: {first}); the messages (F8 in the app) have the details.",
        f"El trabajo se detuvo por un error del programa ({name}: {first}); los mensajes (F8 en la aplicación) tienen "
        "los detalles.",
    )
    return said, name


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those that it came of."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def is_of_gpu(error: BaseException) -> bool:
    """Whether CUDA says it, or a library on it."""
    said = str(error)
    return isinstance(error, RuntimeError) and any(name in said for name in _CUDA)


def _loses_gpu() -> bool:
    """Whether CUDA is of no use to this process any more: then it gives the same error to whoever asks next."""
    global _lost
    torch = sys.modules.get("torch")
    if not _lost and torch is not None and torch.cuda.is_initialized():
        try:
            for index in range(torch.cuda.device_count()):
                if torch.cuda.memory_reserved(index):  # to ask of another one would start it
                    torch.cuda.synchronize(index)
        except RuntimeError as error:
            _lost = visible(first_line(error))
    return bool(_lost)


def _out_of_memory(error: BaseException) -> OutOfMemory:
    what = first_line(error).partition(". ")[0].rstrip(".")
    if is_of_gpu(error) or what.startswith("CUDA"):
        help = tr(
            "choose a smaller batch or the device cpu, or wait until others have left the GPU",
            "elija un lote menor o el dispositivo cpu, o espere a que otros dejen la GPU",
        )
    else:
        help = tr(
            "choose fewer rows or a smaller batch, or end other programs",
            "elija menos filas o un lote menor, o cierre otros programas",
        )
    return OutOfMemory(
        tr(
            f"There was not enough memory ({what}): {help}. The open models were let go.",
            f"No hubo memoria suficiente ({what}): {help}. Se soltaron los modelos abiertos.",
        )
    )


def give_back(error: BaseException | None = None) -> None:
    """Give back to the GPU what torch keeps of what was let go; what a job that raised `error` worked on is let go."""
    if error is not None:
        traceback.clear_frames(error.__traceback__)
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized() and not _lost:
        try:
            torch.cuda.empty_cache()
        except RuntimeError:  # it waits for the GPU, and hears of what failed there; whoever works there next does too
            log.warning("the GPU takes no memory back", exc_info=True)
