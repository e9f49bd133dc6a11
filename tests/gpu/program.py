"""The program itself: keys while it works on the GPU, and the same seed in two processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gpu.bench import Bench, Row, judged, skipped

from llm_tui.exercises.batch_sizes import Answers
from llm_tui.lab.lab import Lab

P99_MS = 50.0
SEED = "3"
LONG = 120.0


def app(bench: Bench) -> Iterator[Row]:
    keys = f"key to screen while the app {'trains on the GPU' if bench.gpu else 'trains'}"
    getting_ready = f"key to screen while the app {'starts the GPU' if bench.gpu else 'loads torch'}"
    same, goal = "the same seed in the app and on the command line, in two processes", "the same weights bit for bit"
    try:
        from llm_tui.bench.terminal import Terminal
    except ImportError as error:
        why = f"the emulated terminal is not on this machine ({error})"
        yield from (skipped(figure, f"p99 under {P99_MS:g} ms", why) for figure in (getting_ready, keys))
        yield skipped(same, goal, why)
        return
    lab = Lab(bench.folder / "app")
    setup = _setup(bench)
    lab.save_answers(1, Answers(setup=setup))
    with Terminal([sys.executable, "-m", "llm_tui"], _environment(bench, lab.folder)) as terminal:
        early, late = _pressed(terminal, 40 if bench.gpu else 2)
        deadline = time.monotonic() + LONG
        while not _weights(lab) and time.monotonic() < deadline:
            terminal.pump(0.2)
    for figure, times in ((getting_ready, early), (keys, late)):
        told = f"p99 {_p99(times):.1f} ms, worst {max(times, default=0):.1f} ms of {len(times)} keys"
        yield bench.timed(figure, f"p99 under {P99_MS:g} ms", told, bool(times) and _p99(times) < P99_MS)
    yield judged(same, goal, *_compared(bench, lab, setup))


def _setup(bench: Bench) -> dict[str, str]:
    """Many runs, each of many seconds on a GPU: the app trains as long as keys are pressed, and the first one ends."""
    rows, epochs = ("10000", "120") if bench.gpu else ("600", "40")
    seeds = ",".join(map(str, range(int(SEED), 200)))
    return {"train_size": rows, "test_size": "100", "epochs": epochs, "batch_size": "64", "device": bench.device,
            "seed": seeds}  # fmt: skip


def _environment(bench: Bench, lab: Path) -> dict[str, str]:
    unset = ("COLORTERM", "TMUX", "LC_ALL")
    env = {name: value for name, value in os.environ.items() if name not in unset}
    config = bench.folder / "CONFIG" / "llm-tui" / "config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("keep_running = false\n", encoding="utf-8")  # where this process is ended, so is the app
    own = {f"XDG_{name}_HOME": str(bench.folder / name) for name in ("CACHE", "CONFIG", "DATA", "STATE")}
    here = {"LLM_TUI_LAB": str(lab), "TERM": "xterm-256color", "LANG": "C.UTF-8", "HF_HUB_OFFLINE": "1"}
    return {**env, **own, **here}


def _pressed(terminal: Any, presses: int) -> tuple[list[float], list[float]]:
    """Milliseconds from key to screen while the app gets ready, and while it trains."""
    from llm_tui.bench.pressing import EXERCISES, RUN, TRAIN, WRITING, go, press, training
    from llm_tui.bench.program import PAINTED, has_torch

    terminal.wait_for(PAINTED, LONG)
    early = press(terminal, EXERCISES, presses, lambda now: not has_torch(now))
    terminal.wait_for(has_torch, LONG)
    go(terminal, TRAIN, "train rows")
    terminal.send("s")
    terminal.pump(0.5)
    terminal.send(RUN)
    early += press(terminal, WRITING, presses, lambda now: not training(now))
    terminal.wait_for(training, LONG)
    return early, press(terminal, WRITING, presses, training)


def _p99(times: list[float]) -> float:
    from llm_tui.bench.keys import p99

    return p99(times) if times else 0.0


def _weights(lab: Lab) -> bytes:
    """Those of the run with the first seed; empty before it is done."""
    run = next((run for run in lab.runs.all() if run.job.seed == int(SEED) and run.state == "finished"), None)
    return (lab.folder / "runs" / run.id / "model.safetensors").read_bytes() if run else b""


def _compared(bench: Bench, lab: Lab, setup: dict[str, str]) -> tuple[str, bool]:
    """Train the same on the command line, in another lab."""
    other = Lab(bench.folder / "command")
    options = [f"--{name.replace('_', '-')}={value}" for name, value in {**setup, "seed": SEED}.items()]
    done = subprocess.run(
        [sys.executable, "-m", "llm_tui", "train", *options],
        env=_environment(bench, other.folder), capture_output=True, text=True, timeout=LONG,
    )  # fmt: skip
    ours, theirs = _weights(lab), _weights(other)
    if done.returncode or not ours or not theirs:
        return f"no weights to compare: {done.stderr.strip()[-200:]}", False
    apart = sum(a != b for a, b in zip(ours, theirs, strict=False)) + abs(len(ours) - len(theirs))
    return (f"{len(ours)} bytes, the same", True) if not apart else (f"{apart} of {len(ours)} bytes apart", False)
