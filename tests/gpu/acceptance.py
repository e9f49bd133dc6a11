"""Does the project keep on this GPU what it promises of GPUs?

    python tests/gpu/acceptance.py --json acceptance.json
    python tests/gpu/acceptance.py --device cpu

Prints one Markdown table, a row for each figure with its goal, what was measured, and PASS, MISS or SKIP with the
reason, and leaves the rows as JSON, written anew after each. Nothing is fetched; models of the real sizes are made of
their configurations, with random weights. On the CPU, at small sizes, it shows that the script itself works; what only
a GPU can show is skipped. The exit code is 0 where nothing was missed.

The checks run in a process beside this one. Where one ends the process, or takes longer than it may, those after it
have a new one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from pkgutil import resolve_name
from typing import IO, Any

ROOT = Path(__file__).parents[2]
IN_ALL = 9 * 60.0
"""Seconds for everything."""

IMPORTS = 120.0
"""Seconds that a process may take for its imports, or to end."""


@dataclass(frozen=True, slots=True)
class Check:
    """`does` gives the rows. It is begun where it `needs` no more seconds than are left, and ended after three times
    that. `alone` says that the process is of no use to others afterwards.
    """

    name: str
    does: str
    needs: float
    alone: bool = False


CHECKS = (
    Check("first-run", "gpu.classic:first_run", 15),
    Check("sweep", "gpu.classic:sweep", 25),
    Check("curve", "gpu.classic:curve", 10),
    Check("tasks", "gpu.foundation:tasks", 25),
    Check("tokens", "gpu.foundation:tokens", 10),
    Check("stop", "gpu.foundation:streaming_and_stop", 10),
    Check("zero-shot", "gpu.foundation:zero_shot", 40),
    Check("generation", "gpu.speed:generation", 40),
    Check("causal", "gpu.speed:causal", 25),
    Check("nvml", "gpu.machine:nvml", 5),
    Check("energy", "gpu.machine:energy", 20),
    Check("room", "gpu.memory:room", 25),
    Check("out-of-memory", "gpu.memory:out_of_memory", 45),
    Check("app", "gpu.program:app", 70),
    Check("why-attributions", "gpu.why:attributions", 20),
    Check("why-as-before", "gpu.why:as_before", 10),
    Check("why-alternatives", "gpu.why:alternatives", 15),
    Check("why-attention", "gpu.why:attention", 10),
    Check("why-shares", "gpu.why:shares", 10),
    Check("why-strip", "gpu.why:strip", 30),
    Check("why-pairs", "gpu.why:pairs", 15),
    Check("why-long", "gpu.why:long_text", 40),
    Check("poisoned", "gpu.memory:poisoned", 25, alone=True),
    Check("generation-static", "gpu.speed:static_cache", 15),
    Check("generation-compiled", "gpu.speed:compiled", 40, alone=True),
)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--json", type=Path, help="where to leave the rows")
    parser.add_argument("--only", metavar="NAME", action="append", choices=[check.name for check in CHECKS])
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    asked = [check for check in CHECKS if not given.only or check.name in given.only]
    if given.child is not None:
        run_checks(asked, given.device, given.folder, given.child)
        os._exit(0)  # torch takes seconds to leave, and what a check has done to its GPU may keep it from that
    report = Report(given.device, given.json)
    with tempfile.TemporaryDirectory(prefix="acceptance-") as folder:
        supervise(asked, report, Path(folder), time.monotonic() + IN_ALL)
    print(report.table())
    return int(any(row["verdict"] == "MISS" for row in report.rows))


class Report:
    """The rows so far, kept in a file after each."""

    def __init__(self, device: str, file: Path | None):
        self.rows: list[dict[str, str]] = []
        self.patient = device == "cpu"
        self._file = file
        self._began = time.monotonic()
        self.machine: dict[str, Any] = {"device": device, "python": platform.python_version(), "cpus": os.cpu_count()}
        self._write()

    def add(self, check: str, row: dict[str, str]) -> None:
        self.rows.append({"check": check, **row})
        said = f"{row['verdict']}  {row['figure']}: {row['measured']} {row['why']}"
        print(f"{time.monotonic() - self._began:6.1f} s  {said}", file=sys.stderr, flush=True)
        self._write()

    def note(self, facts: dict[str, Any]) -> None:
        self.machine |= facts
        self._write()

    def _write(self) -> None:
        if self._file is not None:
            seconds = round(time.monotonic() - self._began, 1)
            content = {"machine": self.machine, "seconds": seconds, "rows": self.rows}
            beside = self._file.with_name(self._file.name + ".new")
            beside.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            beside.replace(self._file)

    def table(self) -> str:
        head = ", ".join(f"{name} {value}" for name, value in self.machine.items())
        lines = [head, "", "| figure | goal | measured | |", "| --- | --- | --- | --- |"]
        for row in self.rows:
            verdict = f"{row['verdict']} ({row['why']})" if row["why"] else row["verdict"]
            cells = (" ".join(cell.split()).replace("|", "\\|") for cell in
                     (row["figure"], row["goal"], row["measured"], verdict))  # fmt: skip
            lines.append(f"| {' | '.join(cells)} |")
        return "\n".join(lines)


# The process that runs the checks, and the one that watches it.


def run_checks(checks: Sequence[Check], device: str, folder: Path, out: int) -> None:
    """Tell of each check that it has begun, its rows, and that it has ended, a line of JSON each."""
    sys.path[:0] = [str(ROOT / "tests")]

    with os.fdopen(out, "w", encoding="utf-8") as pipe:

        def tell(**what: Any) -> None:
            pipe.write(json.dumps(what) + "\n")
            pipe.flush()

        from gpu.bench import MISS, Bench, Row

        from llm_tui.engine.prepare import prepare

        prepare(("torch", "transformers"), lambda _: None)
        if device == "cpu":
            import torch

            torch.set_num_threads(1)  # more of them wait for each other where others use the machine
        bench = Bench(device, folder)
        tell(machine=_machine(device))
        for check in checks:
            tell(begun=check.name)
            try:
                for row in resolve_name(check.does)(bench):
                    tell(row=asdict(row))
            except Exception as error:
                import traceback

                traceback.print_exc()
                said = (str(error).strip().splitlines() or [""])[0]
                tell(row=asdict(Row(check.name, "it runs", f"{type(error).__name__}: {said}", MISS)))
            tell(ended=check.name)
            if check.alone:
                break


def _machine(device: str) -> dict[str, Any]:
    import torch
    import transformers

    facts = {"torch": str(torch.__version__), "transformers": transformers.__version__}
    if device == "cuda" and torch.cuda.is_available():
        facts["gpu"] = torch.cuda.get_device_name()
    return facts


def supervise(checks: Sequence[Check], report: Report, folder: Path, deadline: float) -> None:
    """Run the checks, those that are left in a new process where one has ended it."""
    left = list(checks)
    while left:
        if left[0].needs > deadline - time.monotonic():
            check = left.pop(0)
            report.add(check.name, _row(check.name, "", "SKIP", "no time left"))
        else:
            left = _with_one_process(left, report, folder, deadline)


def _with_one_process(left: list[Check], report: Report, folder: Path, deadline: float) -> list[Check]:
    """Returns the checks that another process has to do."""
    reading, writing = os.pipe()
    script = [sys.executable, sys.argv[0], "--device", report.machine["device"]]
    names = [argument for check in left for argument in ("--only", check.name)]
    child = subprocess.Popen(
        [*script, "--child", str(writing), "--folder", str(folder), *names],
        pass_fds=[writing], stdout=sys.stderr, start_new_session=True,
    )  # fmt: skip
    os.close(writing)
    waiting, running = list(left), None
    limit = Limit(deadline, report.patient)
    with os.fdopen(reading, "rb") as pipe:
        for line in lines_until(pipe, limit):
            if "machine" in line:
                report.note(line["machine"])
            elif "begun" in line:
                running = waiting.pop(0)
                limit.allow(3 * running.needs)
            elif "row" in line:
                report.add(running.name if running else "", line["row"])
            else:
                running = None
                limit.allow(IMPORTS)
                if waiting and waiting[0].needs > deadline - time.monotonic():
                    break
    over = time.monotonic() >= limit.at
    code = _end(child, at_once=over)
    if running is None and len(waiting) == len(left):
        running = waiting.pop(0)
    if running is not None:
        why = "not done in its time" if over else f"the process ended with {code}"
        report.add(running.name, _row(running.name, why, "MISS", ""))
    return waiting


def _row(figure: str, measured: str, verdict: str, why: str) -> dict[str, str]:
    return {"figure": figure, "goal": "it runs", "measured": measured, "verdict": verdict, "why": why}


class Limit:
    """How long is waited for the other process: never past the `deadline`. On a CPU, which others may be using, no
    sooner either.
    """

    def __init__(self, deadline: float, patient: bool):
        self._deadline, self._patient = deadline, patient
        self.at = deadline
        self.allow(IMPORTS)

    def allow(self, seconds: float) -> None:
        self.at = self._deadline if self._patient else min(self._deadline, time.monotonic() + seconds)


def lines_until(pipe: IO[bytes], limit: Limit) -> Iterator[dict[str, Any]]:
    """The lines of JSON that come before the time is over, or until the other side has gone."""
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while (seconds := limit.at - time.monotonic()) > 0 and selector.select(seconds):
            data = os.read(pipe.fileno(), 65536)
            if not data:
                return
            *whole, rest = (rest + data).split(b"\n")
            yield from map(json.loads, whole)


def _end(child: subprocess.Popen[bytes], at_once: bool) -> int:
    """End the process with all that it has started; returns how it ended."""
    if not at_once:
        with suppress(subprocess.TimeoutExpired):
            child.wait(10)
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    return child.wait()


if __name__ == "__main__":
    sys.exit(main())
