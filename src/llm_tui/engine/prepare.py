"""Loading torch and transformers without stalling the screen.

Three things stop every other thread during these imports. Loading a shared library holds the GIL: so the large ones are
loaded first, by a foreign call to `dlopen` (ctypes gives the GIL away around foreign calls, `ctypes.CDLL(path)` does
not). The collector's full passes run over everything that was just imported: so it rests until the imports are done.
And a screen that draws itself hands the GIL over a dozen times, and waits for the switch interval each time: so that is
short where there is one (`giving_way`); a job that computes waits for it besides (`turns`).
"""

from __future__ import annotations

import atexit
import gc
import importlib
import importlib.util
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from llm_tui.i18n import tr

_RTLD_NOW = 2

# In the order of their dependencies; the CUDA ones are there only in a CUDA build of torch.
_TORCH_LIBRARIES = (
    "libgomp*.so*",
    "libc10.so",
    "libtorch_cpu.so",
    "libc10_cuda.so",
    "libtorch_cuda.so",
    "libtorch_python.so",
)

# The first model that is opened would import what all models of transformers share: two seconds before its answer.
_ALSO = {"transformers": ("transformers.modeling_utils", "transformers.modeling_layers")}

_BLAS = "OPENBLAS_NUM_THREADS"

OWN, SWITCH = sys.getswitchinterval(), 0.0005
"""Seconds after which a thread hands the GIL to one that waits for it: Python's own, and a tenth of them."""


@contextmanager
def giving_way() -> Iterator[None]:
    """Within it other threads get the GIL soon, whatever Python code this one runs."""
    sys.setswitchinterval(min(OWN, SWITCH))
    try:
        yield
    finally:
        sys.setswitchinterval(OWN)


def prepare(packages: Iterable[str], tell: Callable[[str], None]) -> None:
    """Import `packages` on this thread, and what they will import later; `tell` hears what is being loaded."""
    missing = [name for name in packages if name not in sys.modules]
    if not missing:
        return
    # cuBLAS reads this when CUDA starts; without it the same seed may give another result on a GPU.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        for name in missing:
            package = name.partition(".")[0]
            tell(tr(f"loading {package}", f"cargando {package}"))
            libraries = list(_libraries(name))
            for library in libraries:
                _dlopen(library)
            if any(library.name == "libtorch_cuda.so" for library in libraries):
                _start_driver()
            with _one_thread_of_blas():
                importlib.import_module(name)
                for also in _ALSO.get(name, ()):
                    importlib.import_module(also)
    finally:
        gc.freeze()
        # At exit libraries report what was never collected, and what is frozen never is.
        atexit.register(gc.unfreeze)
        if was_enabled:
            gc.enable()


@contextmanager
def _one_thread_of_blas() -> Iterator[None]:
    """Without it numpy's BLAS starts a thread for each processor, and all of them spin for 0.1 s: on two processors a
    screen waits for that. Nothing here multiplies with numpy; torch's own libraries have been loaded before.
    """
    if _BLAS in os.environ:
        yield
        return
    os.environ[_BLAS] = "1"
    try:
        yield
    finally:
        del os.environ[_BLAS]


def _libraries(package: str) -> Iterator[Path]:
    spec = importlib.util.find_spec(package) if package == "torch" else None
    if spec and spec.origin:
        home = Path(spec.origin).parent
        for pattern in _TORCH_LIBRARIES:
            yield from sorted((home / "lib").glob(pattern))


def _dlopen(library: Path) -> None:
    """Load a shared library while other threads run. A failure is left to the import, which words it better."""
    if os.name != "posix":
        return
    import ctypes  # not at the top: not before the first paint

    dlopen = ctypes.CDLL(None).dlopen
    dlopen.restype = ctypes.c_void_p
    dlopen.argtypes = [ctypes.c_char_p, ctypes.c_int]
    dlopen(os.fsencode(library), _RTLD_NOW)


def _start_driver() -> None:
    """Start NVIDIA's driver for this process, which may take seconds where nobody else uses a GPU, and takes no memory
    of one: torch would hold the GIL meanwhile. A failure is left to torch, which words it better.
    """
    import ctypes

    _dlopen(Path("libcuda.so.1"))
    try:
        ctypes.CDLL("libcuda.so.1").cuInit(0)
    except (OSError, AttributeError):
        return
