"""The real program on a real terminal: first paint without torch, a training by keys alone, and a clean end."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from llm_tui.bench.terminal import Terminal
from llm_tui.exercises.batch_sizes import Answers
from llm_tui.lab.lab import Lab

F3, CTRL_E, CTRL_Q, CTRL_R, CTRL_X = "\x1bOR", "\x05", "\x11", "\x12", "\x18"
ROOT = Path(__file__).parents[1]


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    folders = {name: str(tmp_path / name) for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "LLM_TUI_LAB")}
    return {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", "HF_HUB_OFFLINE": "1", **folders}


def app(*before: str) -> list[str]:
    return [sys.executable, *(before or ("-m", "llm_tui"))]


PAINTED = """
import sys
from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.lab.lab import Lab
from pathlib import Path

class Probe(LabApp):
    def submit(self, job, owner):
        # The first job comes after the first paint: until then nothing heavy may have been loaded.
        found = [name for name in ("torch", "transformers", "tokenizers", "torchtext", "numpy") if name in sys.modules]
        Path(sys.argv[1]).write_text(f"loaded {found} painted {bool(self.screen.query('#exercises'))}")
        self.exit()
        return 0

Probe(Lab(Path(sys.argv[2]))).run()
"""


def test_the_app_is_painted_before_torch_or_transformers_is_loaded(env, tmp_path):
    out = tmp_path / "out.txt"
    with Terminal([*app("-c", PAINTED), str(out), str(tmp_path / "lab")], env) as terminal:
        terminal.wait_exit()
    assert out.read_text() == "loaded [] painted True"


def test_a_sample_training_by_keys_alone_and_its_export(env):
    with Terminal(app(), env) as terminal:
        terminal.wait_for("News classifier")
        terminal.send(F3)
        terminal.wait_for("Setup")
        terminal.send(CTRL_R)
        terminal.wait_for(
            lambda t: len(re.findall(r"^.*\b(?:32|64|128) +0\.\d{3} +\d+\.\d\d", t.text(), re.M)) == 3, 90
        )
        terminal.send(CTRL_E)
        terminal.wait_for("Written:")
        terminal.send(CTRL_Q)
        terminal.wait_exit()
        assert terminal.exit_code == 0
    lab = Lab(Path(env["LLM_TUI_LAB"]))
    assert lab.answers(1, Answers).sweep is not None
    written = (lab.folder / "exports" / "exercise-1.md").read_text(encoding="utf-8")
    assert written.count("|\n") == 10  # the course's table, and how stable the trainings were
    again = subprocess.run([*app(), "export", "--exercise", "1"], env=env, capture_output=True, text=True, timeout=60)
    assert again.stdout == written


def test_stopping_keeps_the_curve_and_quitting_in_the_middle_leaves_a_clean_terminal(env):
    lab = Lab(Path(env["LLM_TUI_LAB"]))
    lab.save_answers(1, Answers(setup={"epochs": "500"}))
    with Terminal(app(), env) as terminal:
        terminal.wait_for("News classifier")
        terminal.send(F3)
        terminal.wait_for("500")
        terminal.send(CTRL_R)
        terminal.wait_for("ex/s")
        terminal.send(CTRL_X)
        terminal.wait_for(lambda t: "^X" not in t.row(22))
        terminal.wait_for("stopped")
        assert [run.state for run in lab.runs.all()] == ["stopped"]
        terminal.send(CTRL_R)
        terminal.wait_for(lambda _: len(lab.runs.all()) == 2 and all(run.points() for run in lab.runs.all()))
        terminal.send(CTRL_Q)
        terminal.wait_for("Keep waiting")
        terminal.send("3")
        terminal.wait_exit()
        assert terminal.exit_code == 0
        assert terminal.left_as_before() == ""
        said = b"".join(data for _, data in terminal.reads)
    assert b"Traceback" not in said
    assert sorted(run.state for run in lab.runs.all()) == ["interrupted", "stopped"]
    assert all(run.points() for run in lab.runs.all())


def test_what_libraries_write_lands_in_the_log_and_not_on_the_screen(env):
    noisy = (
        "import os, sys, threading, time\n"
        "sys.argv = ['llm-tui']\n"
        "def shout():\n"
        "    time.sleep(2)\n"
        "    os.write(2, b'NOISE ON TWO\\n'); os.write(1, b'NOISE ON ONE\\n')\n"
        "threading.Thread(target=shout, daemon=True).start()\n"
        "from llm_tui.__main__ import main; main()\n"
    )
    with Terminal(app("-c", noisy), env) as terminal:
        terminal.wait_for("News classifier")
        terminal.pump(3)
        assert "NOISE" not in terminal.text()
        terminal.send("\x1b[19~")  # F8
        terminal.wait_for("NOISE ON TWO")
        terminal.wait_for("NOISE ON ONE")


def test_it_fits_again_after_the_terminal_was_resized_and_then_nothing_is_sent(env):
    with Terminal(app(), env) as terminal:
        # The environment comes last: the app has its terminal by then.
        terminal.wait_for(lambda t: re.search(r"torch +\d", t.text()))
        terminal.resize(120, 40)
        terminal.wait_for(lambda t: "quit" in t.row(39))
        terminal.pump(2)
        settled = time.perf_counter()
        terminal.pump(3)
        assert terminal.received(settled) == 0


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel, built from the sdist, as an index would serve it."""
    folder = tmp_path_factory.mktemp("built")
    build = [sys.executable, "-m", "hatchling", "build"]
    subprocess.run([*build, "-t", "sdist", "-d", str(folder)], cwd=ROOT, check=True, capture_output=True)
    (sdist,) = folder.glob("*.tar.gz")
    subprocess.run(["tar", "-xzf", str(sdist), "-C", str(folder)], check=True)
    unpacked = folder / sdist.name.removesuffix(".tar.gz")
    subprocess.run([*build, "-t", "wheel", "-d", str(folder)], cwd=unpacked, check=True, capture_output=True)
    return folder


def test_the_wheel_of_the_sdist_starts_the_app_with_its_styles(env, built, tmp_path):
    (wheel,) = built.glob("*.whl")
    target = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*install, str(wheel)], check=True)
    where = subprocess.run(
        [sys.executable, "-c", "import llm_tui; print(llm_tui.__file__)"],
        env={**env, "PYTHONPATH": str(target)}, cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert where.stdout.startswith(str(target))
    assert {path.name for path in (target / "llm_tui" / "styles").iterdir()} == {
        path.name for path in (ROOT / "styles").iterdir()
    }
    assert (target / "llm_tui" / "README.md").read_bytes() == (ROOT / "README.md").read_bytes()
    package = ROOT / "src"
    files = [
        path.relative_to(package) for path in package.rglob("*") if path.is_file() and path.parent.name != "__pycache__"
    ]
    assert [path for path in files if not (target / path).exists()] == []
    os.chdir(tmp_path)
    try:
        with Terminal(app(), {**env, "PYTHONPATH": str(target)}) as terminal:
            terminal.wait_for("News classifier")
            terminal.send(F3)
            terminal.wait_for("Setup")
    finally:
        os.chdir(ROOT)


def test_without_a_folder_for_its_log_the_app_starts_and_says_so(env, tmp_path):
    (tmp_path / "file").write_text("mine")
    with Terminal(app(), {**env, "XDG_STATE_HOME": str(tmp_path / "file")}) as terminal:
        terminal.wait_for("News classifier")
        terminal.wait_for("XDG_STATE_HOME")
        terminal.send(CTRL_Q)
        terminal.wait_exit()
        assert terminal.exit_code == 0
