"""Pretrained models on a GPU: the tasks beside the CPU, streaming and stop, and zero-shot beside single calls."""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import torch
from gpu.bench import ON_CPU, Bench, Row, judged, seconds_of, skipped
from gpu.shapes import SENTENCE, bart_large
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer, pipeline

from llm_tui.classifier.training import one_thread
from llm_tui.engine.events import Event, Token
from llm_tui.engine.job import Job, JobCancelled
from llm_tui.fields import read
from llm_tui.foundation import teaching
from llm_tui.foundation.job import PROMPT, Asking, Generate, ModelChoice, Provenance, Settings
from llm_tui.foundation.labels_job import ZeroShot
from llm_tui.hub.shipped import unpacked
from llm_tui.playground import registry
from llm_tui.playground.registry import AnyTask
from llm_tui.playground.task import Given

SCORES_APART = 1e-4
TIMES_FASTER = 20.0
LABELS = ("sports", "politics", "science", "business")


def tasks(bench: Bench) -> Iterator[Row]:
    """Each task with the teaching model that stands in for its own."""
    for task in registry.tasks():
        figure = f"{task.name} in float32 beside the CPU"
        goal = f"same texts and labels, scores at most {SCORES_APART:g} apart"
        if bench.gpu:
            with one_thread():  # more of them wait for each other over a model this small
                apart = difference(*(bench.run(_job(task, device, "float32")) for device in (bench.device, "cpu")))
            yield judged(figure, goal, f"{apart:.1e} apart", apart <= SCORES_APART)
        else:
            yield skipped(figure, goal, ON_CPU)
        job = _job(task, bench.device, "bfloat16")
        half = bench.run(job)
        line = task.line(job, half)
        good = bool(line.strip()) and half.made_by.precision == "bfloat16" and math.isfinite(difference(half, half))
        yield judged(f"{task.name} in bfloat16", "an answer of finite numbers", line[:60], good)


def _job(task: AnyTask, device: str, precision: str) -> Job:
    asking = Asking(device, precision, settings=Settings(max_new_tokens=24))
    values = read(task.fields, {field.name: field.default for field in task.fields})
    job: Job = task.job(Given((task.example,), asking.model(task.stand_in.name), asking, values))
    return job


def difference(one: Any, other: Any) -> float:
    """How far the numbers of two answers are apart at most; infinite where anything else differs, or one is none."""
    if isinstance(one, Provenance):
        return 0.0
    if is_dataclass(one):
        parts = ((getattr(one, field.name), getattr(other, field.name)) for field in fields(one))
        return max((difference(*pair) for pair in parts), default=0.0)
    if isinstance(one, tuple | list) and len(one) == len(other):
        return max(map(difference, one, other), default=0.0)
    if isinstance(one, float):
        return abs(one - other) if math.isfinite(one) and math.isfinite(other) else math.inf
    return 0.0 if one == other else math.inf


def tokens(bench: Bench) -> Iterator[Row]:
    """The oracle is `generate` of transformers, eager and in float32, on the CPU."""
    folder, most = unpacked(teaching.T5.folder), 40
    texts = tuple(task.example for task in registry.tasks())[: None if bench.gpu else 3]
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSeq2SeqLM.from_pretrained(folder, dtype=torch.float32).eval()
    expected = []
    with one_thread():
        for text in texts:
            made = model.generate(**tokenizer(text, return_tensors="pt"), max_new_tokens=most, do_sample=False)
            expected.append(tokenizer.decode(made[0], skip_special_tokens=True).strip())
    choice = ModelChoice(teaching.T5.name, bench.device, "float32")
    alone = [bench.run(Generate(PROMPT, (text,), choice, Settings(most))).answers[0].text for text in texts]
    batch = [answer.text for answer in bench.run(Generate(PROMPT, texts, choice, Settings(most))).answers]
    for name, answers in (("one at a time", alone), ("in a batch", batch)):
        same = sum(a == b for a, b in zip(answers, expected, strict=True))
        figure = f"greedy tokens in float32 beside eager generate on the CPU, {name}"
        yield judged(figure, "all answers the same", f"{same} of {len(texts)}", same == len(texts))


def streaming_and_stop(bench: Bench) -> Iterator[Row]:
    choice = ModelChoice(teaching.T5.name, bench.device)
    told: list[str] = []

    def listen(event: Event) -> None:
        if isinstance(event, Token):
            told.append(event.text)

    text = registry.task("translation").example
    answer = bench.run(Generate(PROMPT, (text,), choice, Settings(24)), listen).answers[0]
    good = len(told) > 1 and "".join(told).strip() == answer.text
    yield judged("an answer is told piece by piece", "its text, in several parts", f"{len(told)} parts", good)

    stop, after = threading.Event(), [0]

    def stopping(event: Event) -> None:
        if isinstance(event, Token):
            after[0] += stop.is_set()
            stop.set()

    ended = "it went on to its end"
    try:
        bench.run(Generate(PROMPT, (text,), choice, Settings(400)), stopping, stop)
    except JobCancelled:
        ended = f"{after[0]} pieces later"
    yield judged(
        "a stop at the first piece of an answer", "within one piece", ended, after[0] <= 1 and "piece" in ended
    )


def zero_shot(bench: Bench) -> Iterator[Row]:
    folder, draw, words = str(bart_large(bench)), random.Random(0), SENTENCE.split()
    count = 64 if bench.gpu else 4
    texts = tuple(" ".join(draw.choices(words, k=draw.randint(5, 60))) for _ in range(count))
    job = ZeroShot(texts, LABELS, model=ModelChoice(folder, bench.device), batch_size=64)
    single = pipeline("zero-shot-classification", model=folder, device=bench.device)
    expected: list[Any] = []

    def singly() -> None:
        expected[:] = [single(text, list(LABELS)) for text in texts]

    singly()
    exact = bench.run(replace(job, model=replace(job.model, precision="float32")))
    apart = 0.0
    for text, one in zip(exact.texts, expected, strict=True):
        scores = dict(zip(one["labels"], one["scores"], strict=True))
        apart = max(apart, *(abs(text.scores[i] - scores[label]) for i, label in enumerate(LABELS)))
    figure = "zero-shot scores in float32 beside transformers' pipeline"
    yield judged(figure, f"at most {SCORES_APART:g} apart", f"{apart:.1e}", apart <= SCORES_APART)
    bench.run(job)
    ours, theirs = seconds_of(lambda: bench.run(job)), seconds_of(singly)
    figure = f"zero-shot, {count} texts of {len(LABELS)} labels, beside single calls of the pipeline"
    told = f"{theirs:.2f} s / {ours:.2f} s = {theirs / ours:.1f}"
    yield bench.timed(figure, f"{TIMES_FASTER:g} times faster", told, theirs >= TIMES_FASTER * ours)
