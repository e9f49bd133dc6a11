"""Is the classic flow as good as the course's notebook, and less than half its time?

    python tests/benchmarks/training.py --data FOLDER

Trains on the same rows of FOLDER (train.csv and test.csv in AG_NEWS's form) with the project's job and with the loop
of `llm_tui.bench.notebook`. Prints the test accuracy of both over several seeds, and the time of a whole sweep of both.
It is a measurement, not a test: nothing here runs in the suite.
"""

from __future__ import annotations

import argparse
import math
import platform
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
import torch._dynamo  # imported by the notebook's first optimizer step otherwise, within what is timed

from llm_tui.bench.notebook import EMBED_DIM, GAMMA, LR, Notebook
from llm_tui.classifier.job import Sweep, Training
from llm_tui.engine.job import Context, run_job

STANDARD_ERRORS = 2.0
SHARE_OF_TIME = 0.5


@dataclass(frozen=True, slots=True)
class Asked:
    """What to measure."""

    data: Path
    train_size: int
    test_size: int
    batch_sizes: tuple[int, ...]
    device: str = "cpu"

    def sweep(self, data: Path, seeds: Iterable[int]) -> Sweep:
        base = Training(
            data=str(data),
            train_size=self.train_size,
            test_size=self.test_size,
            embed_dim=EMBED_DIM,
            lr=LR,
            gamma=GAMMA,
            device=self.device,
        )
        return Sweep(base, self.batch_sizes, tuple(seeds))


def project_accuracies(asked: Asked, seeds: range) -> dict[int, list[float]]:
    """The test accuracies of the project's job, one per seed, for each batch size."""
    context = silent()
    accuracies: dict[int, list[float]] = {size: [] for size in asked.batch_sizes}
    for job in asked.sweep(asked.data, seeds).runs():
        accuracies[job.batch_size].append(run_job(job, context).accuracy)
    return accuracies


def notebook_accuracies(asked: Asked, seeds: range) -> dict[int, list[float]]:
    """The same of the notebook's loop; it draws differently, so the same seeds are other weights and another order."""
    notebook = Notebook(asked.data, asked.train_size, asked.test_size, asked.device)
    with threads(1):  # a sum may come out in another order, nothing more
        return {size: [notebook.run(size, seed) for seed in seeds] for size in asked.batch_sizes}


def project_seconds(asked: Asked, data: Path) -> float:
    """The time of a sweep of one seed. `data` must be a name that no sweep of this process has had before: a job
    reads its data anew only under another name.
    """
    context = silent()
    began = time.perf_counter()
    for job in asked.sweep(data, [0]).runs():
        run_job(job, context)
    return time.perf_counter() - began


def notebook_seconds(asked: Asked, thread_count: int) -> float:
    """The time of the same with the notebook's loop."""
    with threads(thread_count):
        began = time.perf_counter()
        notebook = Notebook(asked.data, asked.train_size, asked.test_size, asked.device)
        for size in asked.batch_sizes:
            notebook.run(size, 0)
        return time.perf_counter() - began


@contextmanager
def threads(count: int) -> Iterator[None]:
    """torch's intra-op threads, for the length of the block."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def silent() -> Context:
    """A context for jobs that nobody watches."""
    return Context(0, lambda event: None, threading.Event())


def difference(ours: list[float], theirs: list[float]) -> float:
    """The difference of two means in units of its standard error."""
    error = math.sqrt(statistics.variance(ours) / len(ours) + statistics.variance(theirs) / len(theirs))
    apart = statistics.mean(ours) - statistics.mean(theirs)
    return apart / error if error else math.copysign(math.inf, apart) if apart else 0.0


def verdict(good: bool) -> str:
    return "PASS" if good else "MISS"


def report_accuracy(asked: Asked, seeds: range) -> None:
    print(f"\nTest accuracy over {len(seeds)} seeds")
    print(f"{'batch':>5}  {'':8}  {'mean':>6}  {'std':>6}  {'min':>6}  {'max':>6}")
    ours, theirs = project_accuracies(asked, seeds), notebook_accuracies(asked, seeds)
    for size in asked.batch_sizes:
        for name, values in (("project", ours[size]), ("notebook", theirs[size])):
            mean, std = statistics.mean(values), statistics.stdev(values)
            print(f"{size:5}  {name:8}  {mean:.4f}  {std:.4f}  {min(values):.4f}  {max(values):.4f}")
        errors = difference(ours[size], theirs[size])
        good = abs(errors) <= STANDARD_ERRORS
        print(f"{size:5}  difference {errors:+.2f} standard errors: {verdict(good)} (within {STANDARD_ERRORS:g})")


def report_time(asked: Asked, rounds: int) -> None:
    by_default = torch.get_num_threads()
    project: list[float] = []
    notebook: dict[int, list[float]] = {count: [] for count in dict.fromkeys((by_default, 1))}
    with tempfile.TemporaryDirectory() as folder:
        for i in range(rounds):
            link = Path(folder) / f"round-{i}"
            link.symlink_to(asked.data, target_is_directory=True)
            project.append(project_seconds(asked, link))
            for count, seconds in notebook.items():
                seconds.append(notebook_seconds(asked, count))
    ours = statistics.median(project)
    print(f"\nSeconds of a sweep of batch sizes {', '.join(map(str, asked.batch_sizes))}, reading and tokenizing")
    print(f"included, torch's import not; median of {rounds} rounds in turn (all rounds)")
    print(f"{'project':22} {ours:6.2f}  ({listed(project)})")
    for count, seconds in notebook.items():
        theirs = statistics.median(seconds)
        name = f"notebook, {count} thread{'s' if count > 1 else ''}"
        print(f"{name:22} {theirs:6.2f}  ({listed(seconds)})")
        ratio = ours / theirs
        print(f"{'':22} project/notebook {ratio:.2f}: {verdict(ratio < SHARE_OF_TIME)} (less than {SHARE_OF_TIME:g})")
    print(f"torch's default thread count here: {by_default}")


def listed(seconds: list[float]) -> str:
    return " ".join(f"{value:.2f}" for value in seconds)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="folder with AG_NEWS's train.csv and test.csv")
    parser.add_argument("--seeds", type=int, default=10, help="how many, for the accuracy; at least 2")
    parser.add_argument("--batch-sizes", default="32,64,128")
    parser.add_argument("--train-size", type=int, default=10_000)
    parser.add_argument("--test-size", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5, help="how many, for the time")
    given = parser.parse_args(arguments)
    if given.seeds < 2:
        parser.error("--seeds must be at least 2: one run has no standard error")
    sizes = tuple(int(size) for size in given.batch_sizes.split(","))
    asked = Asked(given.data.resolve(), given.train_size, given.test_size, sizes)
    print(f"{asked.train_size} training and {asked.test_size} test rows of {given.data.name}; embedding {EMBED_DIM}")
    print(f"torch {torch.__version__}, Python {platform.python_version()}, {platform.machine()}")
    report_accuracy(asked, range(given.seeds))
    report_time(asked, given.rounds)


if __name__ == "__main__":
    sys.exit(main())
