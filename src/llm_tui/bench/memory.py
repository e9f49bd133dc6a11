"""Memory with the home screen up and torch there, beside `import torch` alone."""

from __future__ import annotations

import re
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from llm_tui.bench.asked import Asked
from llm_tui.bench.figure import Figure
from llm_tui.bench.program import PAINTED, has_torch, program, settle
from llm_tui.i18n import Text

RATIO = 1.15
QUIET = 3.0
"""Seconds: what the program does while nobody presses a key has been done."""

TORCH = (sys.executable, "-c", "import sys, torch; print('there', flush=True); sys.stdin.read()")


def measure(asked: Asked) -> Iterator[Figure]:
    """MB that are resident, libraries with them. Each start has the same, so that few turns are enough."""
    ours, theirs = [], []
    for _ in range(min(asked.pairs, 3)):
        with program() as terminal:
            terminal.wait_for(PAINTED)
            terminal.wait_for(has_torch, 120)
            settle(terminal, 0.5 if asked.small else QUIET)
            ours.append(_resident(terminal.pid))
        with program(TORCH) as terminal:
            terminal.wait_for("there", 120)
            theirs.append(_resident(terminal.pid))
    yield Figure(
        what=Text("home, torch loaded", "inicio, torch cargado"),
        reference=Text("import torch", "import torch"),
        ours=statistics.median(ours),
        theirs=statistics.median(theirs),
        unit="MB",
        ratio=statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True)),
        goal=RATIO,
    )


def _resident(pid: int) -> float:
    said = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", said)
    assert found
    return int(found[1]) * 1024 / 1e6
