"""What the driver says of the GPUs, beside what `nvidia-smi` says of them, and the energy of a job."""

from __future__ import annotations

import csv
import shutil
import statistics
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from gpu.bench import Bench, Row, judged, skipped

from llm_tui.classifier.job import Training
from llm_tui.engine import gpus
from llm_tui.engine import nvml as driver
from llm_tui.engine.energy import Energy
from llm_tui.engine.engine import Engine
from llm_tui.engine.events import Event, Finished
from llm_tui.engine.job import Job

FIGURE, GOAL = "NVML's figures beside nvidia-smi's", "the same"
MEMORY, DEGREES, ENERGY_APART = 2**28, 5, 0.3
ASKED = "uuid,name,memory.total,memory.free,temperature.gpu"


def nvml(bench: Bench) -> Iterator[Row]:
    reading = driver.read()
    program = shutil.which("nvidia-smi")
    if not reading.gpus or program is None:
        yield skipped(FIGURE, GOAL, reading.why or "nvidia-smi is not on this machine")
        return
    said = subprocess.run(
        [program, f"--query-gpu={ASKED}", "--format=csv,noheader,nounits"], capture_output=True, text=True, timeout=30
    )
    rows = list(csv.reader(said.stdout.splitlines(), skipinitialspace=True))
    yield judged(f"{FIGURE}: GPUs", GOAL, f"{len(reading.gpus)} and {len(rows)}", len(reading.gpus) == len(rows))
    for uuid, name, total, free, temperature in rows:
        gpu = next((gpu for gpu in reading.gpus if gpu.uuid == uuid), None)
        if gpu is None:
            yield judged(f"{FIGURE}: {name}", GOAL, "NVML does not tell of it", False)
            continue
        apart = abs(gpu.total / 2**20 - float(total)), abs(gpu.free / 2**20 - float(free))
        warmer = abs((gpu.temperature or 0) - float(temperature)) if temperature.isdecimal() else 0.0
        told = f"{gpu.name}, {apart[0]:.0f} MiB, {apart[1]:.0f} MiB and {warmer:.0f} degrees apart"
        good = gpu.name == name and apart[0] <= 1 and apart[1] * 2**20 <= MEMORY and warmer <= DEGREES
        yield judged(f"{FIGURE}: memory in all, free, temperature", GOAL, told, good)


def energy(bench: Bench) -> Iterator[Row]:
    """Of a job that takes some seconds, beside the power that is drawn meanwhile, and of one that is too short."""
    long, goal = "energy of a job beside the power drawn", f"at most {100 * ENERGY_APART:.0f} % apart"
    short, said = "energy of a job that is too short to be measured", "no figure, and why"
    if not bench.gpu:
        yield from (skipped(*row, "the counter is that of a GPU") for row in ((long, goal), (short, said)))
        return
    seen = gpus.seen()[0]
    if driver.energy(seen.uuid) is None:
        yield from (skipped(*row, "this GPU counts no energy") for row in ((long, goal), (short, said)))
        return
    base = Training(device=seen.device, train_size=10_000, test_size=100, batch_size=32)
    _ending(base)
    watts: list[float] = []
    with polled(lambda: watts.append(getattr(driver.gpu(seen.uuid), "power", None) or 0.0)):
        figure = _ending(replace(base, epochs=30))
    drawn = statistics.mean(watts) * figure.seconds
    told = f"{figure.said().en}; {statistics.mean(watts):.0f} W for {figure.seconds:.1f} s make {drawn / 3600:.4f} Wh"
    near = figure.joules is not None and abs(figure.joules - drawn) <= ENERGY_APART * drawn
    yield judged(long, goal, told, near)
    figure = _ending(replace(base, train_size=64))
    yield judged(short, said, figure.said().en, figure.joules is None and figure.why == ("short",))


def _ending(job: Job) -> Energy:
    """What an engine says that a job used."""
    endings: list[Event] = []
    with Engine() as engine:
        engine.submit(job, endings.append)
        engine.wait()
    ending = endings[-1]
    assert isinstance(ending, Finished) and ending.energy is not None, ending
    return ending.energy


@contextmanager
def polled(look: Callable[[], object]) -> Iterator[None]:
    """Inside, a thread looks ten times a second."""
    over = threading.Event()

    def poll() -> None:
        while not over.wait(0.1):
            look()

    thread = threading.Thread(target=poll)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
