"""A GPU without room, and one that is lost: who is let go, what helps, and that the app lives on."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import torch
from gpu.bench import Bench, Row, judged, skipped
from gpu.shapes import SENTENCE, bart_large, t5_small

from llm_tui.app import LabApp
from llm_tui.classifier.job import Training
from llm_tui.engine.events import Event, Failed, Finished
from llm_tui.engine.job import Context, Job
from llm_tui.errors import OutOfMemory
from llm_tui.foundation import memory
from llm_tui.foundation.job import PROMPT, Generate, ModelChoice, Settings
from llm_tui.i18n import Text
from llm_tui.lab.lab import Lab
from llm_tui.playground.session import EASIER
from llm_tui.playground.state import Playground

ROOM_IS_THE_GPUS = "room is counted in the GPU's own memory"
ASSERTS = "only a GPU has a context to lose"
NEAR = 64 * 2**20
"""Bytes that a GPU may have less of than before and be as free: what cuBLAS works in, once it has begun."""
LONG = 120.0
TYPED = "typed"


@contextmanager
def leaving(free: int) -> Iterator[None]:
    """Inside, the GPU has so many bytes left, as if others were on it."""
    torch.cuda.empty_cache()
    ballast = torch.empty(max(0, torch.cuda.mem_get_info()[0] - free), dtype=torch.uint8, device="cuda")
    try:
        yield
    finally:
        del ballast
        torch.cuda.empty_cache()


def room(bench: Bench) -> Iterator[Row]:
    """Three models on a GPU with room for two."""
    names = ("the least recently used of three models goes where there is room for two", "memory after all are let go")
    goals = ("the two used last are open", "as before")
    if not bench.gpu:
        yield from (skipped(name, goal, ROOM_IS_THE_GPUS) for name, goal in zip(names, goals, strict=True))
        return
    original = t5_small(bench)
    one, two, three = (original.with_name(f"model-{n}") for n in (1, 2, 3))
    for link in (one, two, three):
        link.symlink_to(original, target_is_directory=True)
    bench.models.close_all()
    gc.collect()
    others = torch.cuda.memory_allocated()
    _ask(bench, one)
    size = torch.cuda.memory_allocated() - others
    bench.models.close_all()
    torch.cuda.empty_cache()
    before, allocated = torch.cuda.mem_get_info()[0], torch.cuda.memory_allocated()
    with leaving(int(2.7 * size)):
        for folder in (one, two, one, three):
            _ask(bench, folder)
        there = [Path(loaded.name).name for loaded in bench.models.of(memory.MODEL)]
    yield judged(names[0], goals[0], ", ".join(there), there == [one.name, three.name])
    bench.models.close_all()
    torch.cuda.empty_cache()
    lacks, held = before - torch.cuda.mem_get_info()[0], torch.cuda.memory_allocated() - allocated
    told = f"{lacks / 1e6:.0f} MB less free, {held / 1e6:.0f} MB more in use"
    yield judged(names[1], goals[1], told, lacks < NEAR and held < NEAR)


def _ask(bench: Bench, folder: Path) -> None:
    bench.run(Generate(PROMPT, (SENTENCE,), ModelChoice(str(folder), bench.device, "float32"), Settings(8)))


def out_of_memory(bench: Bench) -> Iterator[Row]:
    """A question for which the GPU has no room, and each way to ask it that is offered then."""
    figure, goal = "a real lack of memory", "one sentence, and every model let go"
    offers = {name: f"after a lack of memory: {said}" for name, said in EASIER.items()}
    if not bench.gpu:
        yield from (skipped(name, "an answer", ROOM_IS_THE_GPUS) for name in (figure, *offers.values()))
        return
    asked = _question(bench, 16)
    needs = [_peak(bench, _question(bench, size).job()) for size in (16, 8)]
    bench.models.close_all()
    with leaving(sum(needs) // 2):
        said = _failure(bench, asked.job())
        yield judged(figure, goal, said, "enough memory" in said and not bench.models.of(memory.MODEL))
        for name, words in offers.items():
            answer = _failure(bench, asked.eased(name).job())
            yield judged(words, "an answer", answer, answer == ANSWERED)
            bench.models.close_all()
            torch.cuda.empty_cache()


ANSWERED = "an answer"


def _failure(bench: Bench, job: Job) -> str:
    try:
        bench.run(job)
    except OutOfMemory as error:
        return str(error)
    return ANSWERED


def _question(bench: Bench, batch: int) -> Playground:
    """A long text with 16 labels, as it stands in the playground's fields."""
    labels = ", ".join(f"label {n}" for n in range(16))
    values = {"model": str(bart_large(bench)), "labels": labels, "template": "This example is {}.", "multi_label": "no"}
    settings = {"device": bench.device, "precision": "float32", "batch_size": str(batch)}
    return Playground("zero-shot", {"zero-shot": f"{SENTENCE} " * 40}, {"zero-shot": values}, settings)


def _peak(bench: Bench, job: Job) -> int:
    """Bytes that a job takes of the GPU, its model among them."""
    bench.models.close_all()
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_reserved()
    bench.run(job)
    return torch.cuda.max_memory_reserved() - before


@dataclass(frozen=True)
class Poison:
    """A kernel that asserts: the process loses its GPU."""

    kind: ClassVar[str] = "poison"
    name: ClassVar[Text] = Text("poison", "veneno")
    imports: ClassVar[tuple[str, ...]] = ("torch",)
    runner: ClassVar[str] = f"{__name__}:poison"

    def title(self) -> str:
        return "poisoning"


def poison(job: Poison, context: Context) -> None:
    torch.zeros(4, device="cuda")[torch.tensor([9], device="cuda")].cpu()


def poisoned(bench: Bench) -> Iterator[Row]:
    if not bench.gpu:
        yield skipped("a GPU that is lost in the middle", "the app lives on", ASSERTS)
        return
    lab = Lab(bench.folder / "poisoned")
    first, again, cpu, alive = asyncio.run(_poison_app(lab))
    figure = "a device assert in a job of the app"
    yield judged(figure, "one sentence that says what to do", *_sentence(first))
    yield judged("every job for the GPU after it", "the same sentence", *_sentence(again))
    yield judged("a training on the CPU after it", "done", type(cpu).__name__, isinstance(cpu, Finished))
    yield judged("the app after it", "alive", "alive" if alive else "gone", alive)
    kept = Lab(lab.folder).answers("playground", Playground).inputs
    yield judged(
        "what was typed while it happened",
        "in the lab",
        ", ".join(kept.values())[:60],
        any(TYPED in text for text in kept.values()),
    )
    runs = [run.state for run in Lab(lab.folder).runs.all()]
    yield judged("the runs before and after it", "both in the lab", ", ".join(runs), runs.count("finished") == 2)


def _sentence(event: Event) -> tuple[str, bool]:
    said = event.message if isinstance(event, Failed) else type(event).__name__
    return said, isinstance(event, Failed) and event.kind == "GpuLost"


async def _poison_app(lab: Lab) -> tuple[Event, Event, Event, bool]:
    app = LabApp(lab)
    endings: list[Event] = []

    async def done(pilot: Any, job: Job) -> Event:
        number = app.delivery.submit(job, app, *lab.listeners(job), endings.append)
        deadline = time.monotonic() + LONG
        while time.monotonic() < deadline:
            ended = [e for e in endings if e.job_id == number and isinstance(e, Finished | Failed)]
            if ended:
                return ended[0]
            await pilot.pause(0.05)
        raise TimeoutError(f"{job.title()} did not end")

    async with app.run_test(size=(100, 30)) as pilot:
        await done(pilot, Training(train_size=500, test_size=100, device="cuda"))
        await pilot.press("f4", "t")
        await pilot.pause(1)
        await pilot.press(*TYPED)
        first = await done(pilot, Poison())
        again = await done(pilot, Training(train_size=500, test_size=100, device="cuda"))
        cpu = await done(pilot, Training(train_size=500, test_size=100, device="cpu"))
        await app.save()
        alive = app.is_running
    return first, again, cpu, alive
