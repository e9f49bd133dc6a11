"""Loading the heavy packages: not before a job needs them, and in the way that does not stall the screen."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from collections.abc import Iterator

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


def test_torch_comes_with_what_its_first_optimizer_step_would_import() -> None:
    told, loaded, collecting = json.loads(
        python(
            "import gc, json, sys\n"
            "from llm_tui.engine.prepare import prepare\n"
            "told = []\n"
            "prepare(('torch',), told.append)\n"
            "print(json.dumps([told, [name in sys.modules for name in ('torch', 'torch._dynamo')], gc.isenabled()]))"
        )
    )
    assert told == ["loading torch"]
    assert loaded == [True, True]
    assert collecting


def test_transformers_comes_with_what_its_first_model_would_import() -> None:
    code = (
        "import sys\n"
        "from llm_tui.engine.prepare import prepare\n"
        "prepare(('torch', 'transformers'), lambda what: None)\n"
        "print('transformers.modeling_utils' in sys.modules, 'torch.distributed.tensor' in sys.modules)"
    )
    assert python(code).split() == ["True", "True"]


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
