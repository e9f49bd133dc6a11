"""The house: imports point down, and what is heavy is not loaded by what is light. The contracts say so by reading the
source; here fresh processes do what they promise, and a house with a fault in it breaks them.
"""

from __future__ import annotations

import json
import pkgutil
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import llm_tui

ROOT = Path(__file__).parents[1]

CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"]
LAYERS, TEXTUAL, PLAIN, TORCH, AWAY, NVML = CONTRACTS


def every_module() -> list[str]:
    names = (name for _, name, _ in pkgutil.walk_packages(llm_tui.__path__, "llm_tui."))
    return sorted(name for name in names if not name.endswith("__main__"))


def loaded_by(asked: Sequence[tuple[str, Sequence[str]]]) -> dict[str, list[str]]:
    """In one fresh process, in this order: which of the packages beside it each module brings, where it brings any."""
    code = (
        "import importlib, json, sys\n"
        "found = {}\n"
        "for module, packages in json.load(sys.stdin):\n"
        "    importlib.import_module(module)\n"
        "    if not found and (brought := [name for name in packages if name in sys.modules]):\n"
        "        found[module] = brought\n"
        "print(json.dumps(found))\n"
    )
    command = [sys.executable, "-c", code]  # one argument has at most 128 KiB
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def inside(rooms: Sequence[str]) -> list[str]:
    """The modules of some rooms."""
    return [name for name in every_module() if any(f"{name}.".startswith(f"{room}.") for room in rooms)]


def test_a_room_brings_nothing_from_the_rooms_above_it() -> None:
    layers = [[room.strip() for room in layer.split("|")] for layer in reversed(LAYERS["layers"])]
    asked = []
    for height, rooms in enumerate(layers):
        above = [room for layer in layers[height + 1 :] for room in layer]
        asked += [(name, above) for name in inside(rooms)]
    assert len(asked) == len(every_module())
    assert loaded_by(asked) == {}


def test_every_module_has_its_place_in_the_house() -> None:
    rooms = {room.strip() for layer in LAYERS["layers"] for room in layer.split("|")}
    assert {".".join(name.split(".")[:2]) for name in every_module()} <= rooms


def test_nothing_but_what_may_brings_textual() -> None:
    who = {line.split(" -> ")[0] for line in TEXTUAL["ignore_imports"]}
    others = set(every_module()) - set(inside([name.removesuffix(".**") for name in who]))
    assert len(others) > 100
    assert loaded_by([(name, ["textual"]) for name in sorted(others)]) == {}


def test_what_the_screens_thread_imports_brings_no_torch_and_no_numpy() -> None:
    assert set(TORCH["forbidden_modules"]) < set(AWAY["forbidden_modules"])
    light = inside(AWAY["source_modules"])
    assert len(light) > 100
    assert loaded_by([(name, AWAY["forbidden_modules"]) for name in light]) == {}


FAULTS = {
    "llm_tui/export/upward.py": (LAYERS, "from llm_tui.lab import lab\n"),
    "llm_tui/report/drawn.py": (TEXTUAL, "from textual.widgets import Static\n"),
    "llm_tui/plain/shown.py": (PLAIN, "def shown():\n    from llm_tui.widgets import table_view\n"),
    "llm_tui/foundation/careless.py": (TORCH, "import torch\n"),
    "llm_tui/report/watts.py": (NVML, "def watts():\n    import pynvml\n"),
    "llm_tui/widgets/roundabout.py": (AWAY, "def shown():\n    from llm_tui.foundation import memory\n"),
}


@pytest.mark.parametrize("file", FAULTS)
def test_a_fault_in_the_house_breaks_its_contract_and_no_other(file: str, tmp_path: Path) -> None:
    contract, fault = FAULTS[file]
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("models", "*.json", "*.toml", "*.md"))
    (tmp_path / "src" / file).write_text(fault, encoding="utf-8")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    command = "import sys; sys.path.insert(0, 'src'); from importlinter.cli import lint_imports_command as run; run()"
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    said = " ".join(done.stdout.split())
    broken = [each["name"] for each in CONTRACTS if f"{each['name']} BROKEN" in said]
    assert broken == [contract["name"]], said
