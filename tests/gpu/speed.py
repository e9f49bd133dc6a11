"""How fast answers are written: the project's way, beside eager `generate` in float32, and ways that it could go."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from typing import Any

import torch
from gpu.bench import Bench, Row, judged, seconds_of, skipped
from gpu.shapes import causal as causal_folder
from gpu.shapes import t5_small
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from llm_tui.foundation.job import PROMPT, Generate, ModelChoice, Settings

TIMES_FASTER = 3.0
TEXT = "Explica en dos frases qué es la observabilidad y para qué sirve."
NO_GRAPHS = "static caches pay by what a GPU is launched with"


def _pieces(bench: Bench) -> int:
    return 128 if bench.gpu else 12


class Eager:
    """transformers' own `generate`, with what it is told beside that."""

    def __init__(self, bench: Bench, **settings: Any):
        folder = t5_small(bench)
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = AutoModelForSeq2SeqLM.from_pretrained(folder, dtype=torch.float32).to(bench.device).eval()
        self.inputs = self.tokenizer(TEXT, return_tensors="pt").to(bench.device)
        self.settings = {"max_new_tokens": _pieces(bench), "do_sample": False, "eos_token_id": None, **settings}

    def write(self) -> list[int]:
        with torch.inference_mode():
            row: list[int] = self.model.generate(**self.inputs, **self.settings)[0].tolist()
        return row


def _rate(bench: Bench, write: Callable[[], object]) -> float:
    """Pieces per second, the median of three answers after a first one."""
    write()
    return statistics.median(_pieces(bench) / seconds_of(write) for _ in range(3))


def generation(bench: Bench) -> Iterator[Row]:
    eager = Eager(bench)
    expected = eager.tokenizer.decode(eager.write(), skip_special_tokens=True).strip()
    base = _rate(bench, eager.write)
    for precision in ("float32", "auto"):
        choice = ModelChoice(str(t5_small(bench)), bench.device, precision)
        job = Generate(PROMPT, (TEXT,), choice, Settings(_pieces(bench)))
        if precision == "float32":
            text = bench.run(job).answers[0].text
            same = "the same" if text == expected else f"{text[:20]!r} for {expected[:20]!r}"
            yield judged("T5-small's shape, greedy text beside eager generate", "the same", same, same == "the same")
        rate = _rate(bench, lambda job=job: bench.run(job))  # type: ignore[misc]
        yield bench.timed(
            f"T5-small's shape, generation in {precision} beside eager float32 generate",
            f"{TIMES_FASTER:g} times the tokens per second", _told(rate, base), rate >= TIMES_FASTER * base,
        )  # fmt: skip


def _told(rate: float, base: float) -> str:
    return f"{rate:.0f}/s / {base:.0f}/s = {rate / base:.2f}"


def static_cache(bench: Bench) -> Iterator[Row]:
    yield from _another_way(bench, "a static cache", cache_implementation="static", disable_compile=True)


def compiled(bench: Bench) -> Iterator[Row]:
    yield from _another_way(bench, "a static cache, compiled", cache_implementation="static")


def _another_way(bench: Bench, name: str, **settings: Any) -> Iterator[Row]:
    """What the project does not do: whether it would pay."""
    figure, goal = f"not in the project: {name}", f"{TIMES_FASTER:g} times the tokens per second"
    if not bench.gpu:
        yield skipped(figure, goal, NO_GRAPHS)
        return
    eager, other = Eager(bench), Eager(bench, **settings)
    base = _rate(bench, eager.write)
    first = seconds_of(other.write)
    rate = _rate(bench, other.write)
    same = "the same" if other.write() == eager.write() else "other"
    told = f"{_told(rate, base)}; the first answer after {first:.1f} s; {same} tokens"
    pays = rate >= TIMES_FASTER * base and same == "the same"
    yield judged(figure, goal, told, True) if pays else skipped(figure, goal, "it would not pay here", told)


def causal(bench: Bench) -> Iterator[Row]:
    job = Generate(PROMPT, (TEXT,), ModelChoice(str(causal_folder(bench)), bench.device), Settings(_pieces(bench)))
    made = bench.run(job)
    answer, by = made.answers[0], made.made_by
    wanted = "bfloat16" if bench.gpu else "float32"
    told = (
        f"{answer.output_pieces} pieces in {by.seconds:.2f} s, {by.parameters / 1e9:.2f} G parameters, {by.precision}"
    )
    figure = "a causal model of a billion parameters, one answer in the precision that auto takes"
    yield judged(figure, wanted, told, answer.output_pieces == _pieces(bench) and by.precision == wanted)
