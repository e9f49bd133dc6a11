"""What the driver says of the GPUs, beside what `nvidia-smi` says of them."""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Iterator

from gpu.bench import Bench, Row, judged, skipped

from llm_tui.engine import nvml as driver

FIGURE, GOAL = "NVML's figures beside nvidia-smi's", "the same"
MEMORY, DEGREES = 2**28, 5
ASKED = "uuid,name,memory.total,memory.used,temperature.gpu"


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
    for uuid, name, total, used, temperature in rows:
        gpu = next((gpu for gpu in reading.gpus if gpu.uuid == uuid), None)
        if gpu is None:
            yield judged(f"{FIGURE}: {name}", GOAL, "NVML does not tell of it", False)
            continue
        apart = abs(gpu.total / 2**20 - float(total)), abs(gpu.used / 2**20 - float(used))
        warmer = abs((gpu.temperature or 0) - float(temperature)) if temperature.isdecimal() else 0.0
        told = f"{gpu.name}, {apart[0]:.0f} MiB, {apart[1]:.0f} MiB and {warmer:.0f} degrees apart"
        good = gpu.name == name and apart[0] <= 1 and apart[1] * 2**20 <= MEMORY and warmer <= DEGREES
        yield judged(f"{FIGURE}: memory in all, in use, temperature", GOAL, told, good)
