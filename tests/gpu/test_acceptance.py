"""The acceptance script for a GPU: on the CPU nothing is missed, and whatever a check does, no row is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from gpu.acceptance import CHECKS

TESTS = Path(__file__).parents[1]

Rows = list[dict[str, str]]

FAKES = f"""
import os, signal, sys, time
sys.path[:0] = [{str(TESTS)!r}]
from gpu import acceptance
from gpu.acceptance import Check

def good(bench):
    from gpu.bench import judged
    yield judged("a", "one", 1, True)

def raises(bench):
    yield from good(bench)
    raise RuntimeError("first line\\nsecond line")

def dies(bench):
    yield from good(bench)
    os.kill(os.getpid(), signal.SIGKILL)

def hangs(bench):
    yield from good(bench)
    time.sleep(10_000)

here = os.path.basename(__file__).removesuffix(".py")
acceptance.CHECKS = tuple(
    Check(name, f"{{here}}:{{name.partition('-')[0]}}", needs)
    for name, needs in (("raises", 1), ("dies", 1), ("hangs", 0.5), ("good-late", 10_000), ("good", 1))
)
if __name__ == "__main__":
    sys.exit(acceptance.main())
"""


def rows_of(script: Path, device: str, folder: Path, *only: str) -> tuple[int, Rows, str]:
    """Exit code, rows, and what was printed."""
    file = folder / "rows.json"
    done = subprocess.run(
        [sys.executable, str(script), "--device", device, "--json", str(file), *(f"--only={name}" for name in only)],
        capture_output=True, text=True, timeout=580,
    )  # fmt: skip
    assert file.exists(), done.stderr
    return done.returncode, json.loads(file.read_text(encoding="utf-8"))["rows"], done.stdout


EVERY = [check.name for check in CHECKS]
# The others start the app or a process of their own.
HERE = [name for name in EVERY if name not in ("app", "poisoned", "generation-static", "generation-compiled")]


@pytest.mark.parametrize(
    "names", [pytest.param(EVERY, marks=pytest.mark.slow, id="all"), pytest.param(HERE, id="here")]
)
def test_on_the_cpu_nothing_is_missed_and_what_only_a_gpu_shows_says_so(tmp_path: Path, names: list[str]) -> None:
    code, rows, printed = rows_of(TESTS / "gpu" / "acceptance.py", "cpu", tmp_path, *names)
    assert [row for row in rows if row["verdict"] not in ("PASS", "SKIP")] == []
    assert code == 0
    assert [row for row in rows if row["verdict"] == "SKIP" and not row["why"]] == []
    assert {row["check"] for row in rows} == set(names)
    assert sum(row["verdict"] == "PASS" for row in rows) >= 12
    assert sum(line.startswith("| ") for line in printed.splitlines()) == len(rows) + 2


@pytest.mark.slow
def test_a_check_that_fails_dies_or_hangs_is_a_miss_and_those_after_it_run(tmp_path: Path) -> None:
    script = tmp_path / "fakes.py"
    script.write_text(FAKES, encoding="utf-8")
    code, rows, _ = rows_of(script, "cuda", tmp_path)
    assert code == 1
    assert [(row["check"], row["verdict"], row["measured"] or row["why"]) for row in rows] == [
        ("raises", "PASS", "1"),
        ("raises", "MISS", "RuntimeError: first line"),
        ("dies", "PASS", "1"),
        ("dies", "MISS", "the process ended with -9"),
        ("hangs", "PASS", "1"),
        ("hangs", "MISS", "not done in its time"),
        ("good-late", "SKIP", "no time left"),
        ("good", "PASS", "1"),
    ]
