"""Loading the heavy packages: not before a job needs them, and in the way that does not stall the screen."""

from __future__ import annotations

import gc
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from llm_tui import i18n
from llm_tui.engine.prepare import prepare

HEAVY = ("torch", "torchtext", "transformers", "tokenizers", "numpy", "textual", "rich")


def python(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "module",
    [
        "llm_tui.engine.engine",
        "llm_tui.environment",
        "llm_tui.lab.lab",
        "llm_tui.exercises.batch_sizes",
        "llm_tui.classifier.job",
        "llm_tui.cli",
        "llm_tui.cli.progress",
    ],
)
def test_what_the_screens_see_is_light(module: str) -> None:
    code = f"import sys, {module}; print([name for name in {HEAVY} if name in sys.modules])"
    assert python(code).strip() == "[]"


def test_torch_alone_brings_no_compiler() -> None:
    """The first step of an optimizer would import it; it brings sympy, and a hundred megabytes."""
    code = (
        "import gc, json, sys\n"
        "from llm_tui.engine.prepare import prepare\n"
        "told = []\n"
        "prepare(('torch',), told.append)\n"
        "print(json.dumps([told, [name in sys.modules for name in ('torch', 'torch._dynamo')], gc.isenabled()]))"
    )
    told, loaded, collecting = json.loads(python(code))
    assert told == ["loading torch"]
    assert loaded == [True, False]
    assert collecting


def test_transformers_comes_with_what_its_first_model_would_import() -> None:
    code = (
        "import sys\n"
        "from llm_tui.engine.prepare import prepare\n"
        "prepare(('torch', 'transformers'), lambda what: None)\n"
        "print('transformers.modeling_utils' in sys.modules, 'torch.distributed.tensor' in sys.modules)"
    )
    assert python(code).split() == ["True", "True"]


THREADS = """
import json, os
from llm_tui.engine.prepare import prepare
prepare(("numpy",), lambda what: None)
print(json.dumps([len(os.listdir("/proc/self/task")), os.environ.get("OPENBLAS_NUM_THREADS")]))
"""


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="counts threads as Linux does")
def test_no_threads_of_numpy_spin_beside_the_screen_and_nobody_inherits_that() -> None:
    assert json.loads(python(THREADS)) == [1, os.environ.get("OPENBLAS_NUM_THREADS")]


@pytest.fixture
def packages(tmp_path, monkeypatch) -> Iterator[None]:
    """Two packages to load: one that remembers whether the collector ran meanwhile, one that is broken."""
    (tmp_path / "watchful_package.py").write_text("import gc\ncollected = gc.isenabled()\n")
    (tmp_path / "broken_package.py").write_text("raise ImportError('broken')\n")
    monkeypatch.syspath_prepend(tmp_path)
    was_enabled = gc.isenabled()
    yield
    sys.modules.pop("watchful_package", None)
    gc.unfreeze()
    (gc.enable if was_enabled else gc.disable)()


@pytest.mark.parametrize("collecting", [True, False])
def test_the_collector_rests_during_an_import_and_is_afterwards_as_before(packages, collecting) -> None:
    (gc.enable if collecting else gc.disable)()
    prepare(("watchful_package",), lambda what: None)
    assert sys.modules["watchful_package"].collected is False
    assert gc.isenabled() is collecting


def test_the_collector_runs_again_after_an_import_that_failed(packages) -> None:
    gc.enable()
    with pytest.raises(ImportError):
        prepare(("broken_package",), lambda what: None)
    assert gc.isenabled()


def test_only_what_is_missing_is_announced_in_the_language_of_the_screen(packages) -> None:
    i18n.use("es")
    told: list[str] = []
    prepare(("sys", "watchful_package"), told.append)
    prepare(("sys", "watchful_package"), told.append)
    assert told == ["cargando watchful_package"]


DRIVER = """
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void touch(const char *name) { fclose(fopen(name, "w")); }

int cuInit(unsigned flags) {
    touch("begun");
    for (int i = 0; i < 3000 && access("answered", F_OK); i++) usleep(10000);
    touch(access("answered", F_OK) ? "held" : "free");
    return 0;
}
"""

WAITS = """
import pathlib, threading, time
from llm_tui.engine import prepare

def answer():
    while not pathlib.Path("begun").exists():
        time.sleep(0.01)
    pathlib.Path("answered").touch()

threading.Thread(target=answer, daemon=True).start()
prepare._libraries = lambda package: [pathlib.Path("libtorch_cuda.so")]
prepare.prepare(("colorsys",), lambda what: None)
print(*(name for name in ("free", "held") if pathlib.Path(name).exists()))
"""


def test_other_threads_run_while_the_driver_of_a_gpu_starts(tmp_path: Path) -> None:
    """The stand-in for it comes back when another thread has answered, and only then."""
    compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
    if compiler is None:
        pytest.skip("no C compiler: the stand-in for NVIDIA's driver cannot be built")
    (tmp_path / "driver.c").write_text(DRIVER)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", "libcuda.so.1", "driver.c"], cwd=tmp_path, check=True)
    done = subprocess.run(
        [sys.executable, "-c", WAITS], env={**os.environ, "LD_LIBRARY_PATH": str(tmp_path)}, cwd=tmp_path,
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.stdout.split() == ["free"], done.stderr


def test_a_machine_without_the_driver_is_no_error(tmp_path: Path) -> None:
    code = WAITS.replace("threading.Thread(target=answer, daemon=True).start()", "")
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout.split()) == (0, []), done.stderr
