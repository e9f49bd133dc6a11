"""What explains an answer, on a GPU, beside the CPU: attributions, attention, alternatives, pairs; and the memory."""

from __future__ import annotations

import gc
import math
import statistics
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import torch
from gpu.bench import ON_CPU, Bench, Row, judged, seconds_of, skipped
from gpu.classic import training
from gpu.foundation import difference
from gpu.memory import NEAR, ROOM_IS_THE_GPUS, leaving
from gpu.shapes import SENTENCE, bart_large, t5_small
from gpu.shapes import causal as causal_folder

from llm_tui.attribution.attention_job import Attention
from llm_tui.attribution.job import METHODS, Attribute, Explained, OfClass, OfHypothesis, OfSpan, is_complete
from llm_tui.attribution.piece_job import Looking, PieceAttribution, Trace
from llm_tui.bias.job import MODERATION, SENTIMENT, Compare
from llm_tui.classifier.job import Predict
from llm_tui.classifier.prediction import VOCABULARY, WEIGHTS, open_model
from llm_tui.classifier.training import one_thread
from llm_tui.classifier.why_job import Weigh
from llm_tui.engine.events import Event, Progress
from llm_tui.engine.job import Job, JobCancelled
from llm_tui.errors import OutOfMemory
from llm_tui.exercises.bias_pairs import shipped
from llm_tui.foundation import branch, memory, teaching
from llm_tui.foundation.alternatives import Piece
from llm_tui.foundation.job import PROMPT, TRANSLATE_ES_EN, Generate, ModelChoice, Settings
from llm_tui.foundation.labels_job import TEMPLATE, Sentiment

APART = 1e-3
"""In logits and nats: sums of gradients over hundreds of points are not added up in the same order on a GPU."""

SHARES_APART = 1e-4
TEXT = "Ada Lovelace wrote a great program for the machine of Charles Babbage, and nobody in London thanked her."
SPANISH = "El tren de las ocho llegó a la estación con doce minutos de retraso."
AS_FAST = 0.9


def _kinds(device: str) -> dict[str, Attribute]:
    choices = {
        one: ModelChoice(one.name, device) for one in (teaching.ZERO_SHOT, teaching.SENTIMENT, teaching.ENTITIES)
    }
    return {
        "zero-shot": Attribute(TEXT, OfHypothesis("science", TEMPLATE), choices[teaching.ZERO_SHOT]),
        "sentiment": Attribute(TEXT, OfClass("POSITIVE"), choices[teaching.SENTIMENT]),
        "entities": Attribute(TEXT, OfSpan(0, 12, "PER"), choices[teaching.ENTITIES]),
    }


def attributions(bench: Bench) -> Iterator[Row]:
    """Of each kind of classifier, all methods."""
    on_cpu = _kinds("cpu")
    for name, job in _kinds(bench.device).items():
        made = bench.run(job)
        figure, goal = f"attributions of {name} in float32 beside the CPU's", f"at most {APART:g} apart"
        if bench.gpu:
            with one_thread():
                apart = max(_apart(made, bench.run(on_cpu[name])).values())
            yield judged(figure, goal, f"{apart:.1e}", apart <= APART)
        else:
            yield skipped(figure, goal, ON_CPU)
        integrated = made.attributions[1]
        gap, between = made.gap(integrated) or 0.0, made.logit - (integrated.baseline or 0.0)
        told = f"{gap:.1e} of {between:.2f}, at {integrated.steps} points"
        yield judged(f"integrated gradients of {name} are complete", "within 1 %", told, is_complete(gap, between))


def _apart(one: Explained, other: Explained) -> dict[str, float]:
    """By method; integrated gradients may be at other points on either side, and are held to what both promise."""
    found = {"logit": abs(one.logit - other.logit)}
    for a, b in zip(one.attributions, other.attributions, strict=True):
        found[a.method] = max(abs(x - y) for x, y in zip((*a.values, a.special), (*b.values, b.special), strict=True))
        if a.steps != b.steps:
            found[a.method] = max(0.0, found[a.method] - 0.01 * abs(one.logit - (a.baseline or 0.0)))
    return found


def as_before(bench: Bench) -> Iterator[Row]:
    """A model that answers in half precision is explained in float32, and answers as it did."""
    choice = ModelChoice(teaching.SENTIMENT.name, bench.device, "bfloat16")
    asked, why = Sentiment((TEXT,), choice), Attribute(TEXT, OfClass("POSITIVE"), choice)
    at_first = _let_go(bench)
    before = bench.run(asked)
    explained = bench.run(why)
    again = bench.run(asked)
    precisions = f"{explained.made_by.precision}; {again.made_by.precision}"
    good = difference(before, again) == 0.0 and precisions == "float32; bfloat16"
    yield judged("an answer in bfloat16, explained, and asked again", "float32; the same bfloat16", precisions, good)
    held = _held(bench)
    stop = threading.Event()

    def stopping(event: Event) -> None:
        if isinstance(event, Progress):
            stop.set()

    try:
        bench.run(replace(why, text=f"{TEXT} " * 4), stopping, stop)
        ended = "it went on to its end"
    except JobCancelled:
        ended = "stopped"
    loaded = bench.models.of(memory.MODEL)
    hooks = sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for one in loaded for m in one.model.modules())
    weights = [weight for one in loaded for weight in one.model.parameters()]
    asks, locked = sum(w.grad is not None for w in weights), sum(not w.requires_grad for w in weights)
    more = _held(bench) - held
    told = f"{ended}; {hooks} hooks, {asks} gradients, {locked} weights locked, {more} bytes more"
    good = ended == "stopped" and bool(weights) and not (hooks or asks or locked or more)
    yield judged("an explanation, stopped on its way", "nothing of it is left", told, good)
    figure, goal = "memory after explanations, all models let go", "as before"
    if not bench.gpu:
        yield skipped(figure, goal, ROOM_IS_THE_GPUS)
        return
    del loaded, weights
    more = _let_go(bench) - at_first
    yield judged(figure, goal, f"{more / 1e6:.1f} MB more in use", more < NEAR)


def _held(bench: Bench) -> int:
    """Bytes of the GPU in use."""
    return torch.cuda.memory_allocated() if bench.gpu else 0


def _let_go(bench: Bench) -> int:
    """Close every model; the bytes that are in use without them."""
    bench.models.close_all()
    gc.collect()
    return _held(bench)


def alternatives(bench: Bench) -> Iterator[Row]:
    """What was almost said, beside the CPU and beside the answer alone."""
    job = _translation(bench.device, "float32")
    with_them, alone = bench.run(replace(job, pieces=True)), bench.run(job)
    same = with_them.answers == alone.answers
    yield judged("an answer with what was almost said", "the same as without", with_them.answers[0].text[:40], same)
    off = max(map(_off, with_them.pieces))
    goal = f"the distribution's own, at most {SHARES_APART:g} apart"
    yield judged("its alternatives and the rest, which sum to 1", goal, f"{off:.1e}", off <= SHARES_APART)
    figure, goal = "their probabilities in float32 beside the CPU's", f"at most {SHARES_APART:g} apart"
    if bench.gpu:
        with one_thread():
            cpu = bench.run(replace(_translation("cpu", "float32"), pieces=True))
        apart = max(
            abs(a.chosen.probability - b.chosen.probability) for a, b in zip(with_them.pieces, cpu.pieces, strict=True)
        )
        yield judged(figure, goal, f"{apart:.1e}", apart <= SHARES_APART)
    else:
        yield skipped(figure, goal, ON_CPU)
    half = _translation(bench.device, "bfloat16")
    one, two = bench.run(replace(half, pieces=True)), bench.run(half)
    sure = all(math.isfinite(piece.chosen.logprob) for piece in one.pieces)
    same = one.answers == two.answers and sure and bool(one.pieces)
    yield judged("the same in bfloat16", "the same as without", one.answers[0].text[:40], same)
    yield from _going_on(bench, job, with_them)


def _off(piece: Piece) -> float:
    """How far what is told of a piece is from its whole distribution, summed here in double precision."""
    shares = np.exp(np.frombuffer(piece.scores, np.float32).astype(np.float64))
    rest = shares.sum() - sum(shares[each.id] for each in piece.alternatives)
    apart = (abs(each.probability - shares[each.id]) for each in piece.alternatives)
    return float(max(abs(shares.sum() - 1), abs(piece.others - rest), *apart))


def _translation(device: str, precision: str) -> Generate:
    return Generate(TRANSLATE_ES_EN, (SPANISH,), ModelChoice(teaching.T5.name, device, precision), Settings(40))


def _going_on(bench: Bench, job: Generate, made: Any) -> Iterator[Row]:
    """A branch, what the pieces looked at, and why one of them."""
    begun = (*(piece.chosen.id for piece in made.pieces[:2]), made.pieces[2].alternatives[1].id)
    jobs: dict[str, Callable[[Generate], Job]] = {
        "a branch": lambda one: branch.of(one, begun),
        "an answer gone through again": lambda one: Trace(one, made.answers[0].text),
        "what the pieces looked at": lambda one: Looking(one, made.answers[0].text),
        "attribution of a piece": lambda one: PieceAttribution(one, made.answers[0].text, place=2),
    }
    for name, asked in jobs.items():
        figure, goal = f"{name}, beside the CPU's", f"the same, numbers at most {APART:g} apart"
        found = bench.run(asked(job))
        if not bench.gpu:
            yield skipped(figure, goal, ON_CPU)
            continue
        with one_thread():
            other = bench.run(asked(_translation("cpu", "float32")))
        apart = _parts(found, other)
        yield judged(figure, goal, f"{apart:.1e}", apart <= APART)


def _parts(one: Any, other: Any) -> float:
    """Of two results of one kind, what is compared of them by hand."""
    if hasattr(one, "layers"):
        return max(abs(a - b) for x, y in zip(one.layers, other.layers, strict=True) for a, b in zip(x, y, strict=True))
    if hasattr(one, "logprob"):
        gaps = {"logprob": abs(one.logprob - other.logprob)}
        for a, b in zip(one.attributions, other.attributions, strict=True):
            slack = 0.01 * abs(one.logprob - (a.baseline or 0.0)) if a.steps != b.steps else 0.0
            apart = max(abs(x - y) for x, y in zip((*a.values, a.special), (*b.values, b.special), strict=True))
            gaps[a.method] = max(0.0, apart - slack)
        return max(gaps.values())
    texts = [[answer.text for answer in got.answers] for got in (one, other)] if hasattr(one, "answers") else []
    if texts and texts[0] != texts[1]:
        return math.inf
    pairs = zip(one.pieces, other.pieces, strict=True)
    return max((abs(a.chosen.logprob - b.chosen.logprob) for a, b in pairs), default=0.0)


def attention(bench: Bench) -> Iterator[Row]:
    for name in (teaching.T5.name, teaching.SENTIMENT.name):
        figure, goal = f"attention of {name} beside the CPU's", f"at most {SHARES_APART:g} apart"
        made = bench.run(Attention(TEXT, ModelChoice(name, bench.device, "float32")))
        if not bench.gpu:
            yield skipped(figure, goal, ON_CPU)
            continue
        with one_thread():
            other = bench.run(Attention(TEXT, ModelChoice(name, "cpu", "float32")))
        apart = max(
            abs(a - b)
            for one, two in zip(made.sides, other.sides, strict=True)
            for x, y in zip(one.layers, two.layers, strict=True) if x and y
            for a, b in zip(x.values, y.values, strict=True)
        )  # fmt: skip
        yield judged(figure, goal, f"{apart:.1e}", apart <= SHARES_APART)


def shares(bench: Bench) -> Iterator[Row]:
    """Of a classifier that was trained on the GPU."""
    folder = bench.folder / "shares"
    folder.mkdir()
    trained = bench.run(training(bench, train_size=600, test_size=200)).model
    (folder / WEIGHTS).write_bytes(trained.weights)
    (folder / VOCABULARY).write_text(trained.vocabulary, encoding="utf-8")
    table = bench.run(Weigh(str(folder)))
    told, changed = table.explain(TEXT), TEXT.replace("machine", "football")

    model, encoder, _ = open_model(folder)
    ids = torch.tensor(next(encoder.encode([TEXT])), device=bench.device)
    with torch.inference_mode():
        logits = model.to(bench.device)(ids, torch.zeros(1, dtype=torch.int64, device=bench.device))[0].tolist()
    sums = [bias + sum(word.shares[c] for word in told.words) for c, bias in enumerate(told.bias)]
    figure = "shares of the words of a classifier that was trained here, with the bias"
    apart = max(abs(a - b) for a, b in zip(sums, logits, strict=True))
    yield judged(figure, f"its logits, at most {SHARES_APART:g} apart", f"{apart:.1e}", apart <= SHARES_APART)
    fresh, what_if = bench.run(Predict(str(folder), changed)), table.explain(changed)
    apart = max(abs(a - b) for a, b in zip(what_if.probabilities, fresh.probabilities, strict=True))
    good = apart <= SHARES_APART and what_if.logits != told.logits
    goal = f"as of a fresh answer, at most {SHARES_APART:g} apart"
    yield judged("a changed text's shares", goal, f"{apart:.1e}", good)


def strip(bench: Bench) -> Iterator[Row]:
    """What it costs to keep what was almost said."""
    count = 128 if bench.gpu else 12
    for name, folder in (("T5-small's shape", t5_small(bench)), ("a billion parameters", causal_folder(bench))):
        job = Generate(PROMPT, (SENTENCE,), ModelChoice(str(folder), bench.device), Settings(count))
        took: dict[bool, list[float]] = {False: [], True: []}
        for number in range(5):
            for pieces in (False, True) if number % 2 else (True, False):
                took[pieces].append(seconds_of(partial(bench.run, replace(job, pieces=pieces))))
        off, on = (count / statistics.median(took[pieces][1:]) for pieces in (False, True))
        figure = f"{name}, answers with what was almost said beside answers alone"
        yield bench.timed(figure, f"{AS_FAST:g} times the tokens per second",
                          f"{on:.0f}/s / {off:.0f}/s = {on / off:.2f}", on >= AS_FAST * off)  # fmt: skip


def pairs(bench: Bench) -> Iterator[Row]:
    both, labels = tuple(pair.texts for pair in shipped("en")), ("allowed", "spam", "hate")
    sentiment, zero_shot = (
        ModelChoice(model.name, bench.device, "float32") for model in (teaching.SENTIMENT, teaching.ZERO_SHOT)
    )
    jobs = {
        SENTIMENT: Compare("all", SENTIMENT, "en", both, model=sentiment),
        MODERATION: Compare("all", MODERATION, "en", both, labels, model=zero_shot),
    }
    for name, job in jobs.items():
        figure, goal = f"{name} of {len(both)} pairs beside the CPU's", f"scores at most {SHARES_APART:g} apart"
        few = replace(job, pairs=both if bench.gpu else both[:4])
        made = bench.run(few)
        if not bench.gpu:
            yield skipped(figure, goal, ON_CPU)
            continue
        with one_thread():
            other = bench.run(replace(few, model=replace(few.model, device="cpu")))
        apart = difference(made.scores, other.scores)
        told = f"{apart:.1e}; {seconds_of(partial(bench.run, few)):.2f} s"
        yield judged(figure, goal, told, apart <= SHARES_APART)


def long_text(bench: Bench) -> Iterator[Row]:
    """As long as may be, of BART-large's shape, and where there is no room for it."""
    words = " ".join([SENTENCE] * (12 if bench.gpu else 1))
    job = Attribute(words, OfHypothesis("sports", TEMPLATE), ModelChoice(str(bart_large(bench)), bench.device))
    found: list[Explained] = []
    took = seconds_of(lambda: found.append(bench.run(job)))
    integrated = found[0].attributions[1]
    told = f"{took:.1f} s; gap {found[0].gap(integrated):.1e} of {found[0].logit - (integrated.baseline or 0.0):.2f}"
    yield bench.timed(
        f"{len(found[0].units)} words explained by {len(METHODS)} methods, BART-large's shape",
        "in a minute",
        told,
        took < 60,
    )
    figure, goal = "an explanation without room", "one sentence, and another one after it"
    if not bench.gpu:
        yield skipped(figure, goal, ROOM_IS_THE_GPUS)
        return
    bench.models.close_all()
    with leaving(int(1.9e9)):  # the model has room, and what it computes has none
        try:
            bench.run(replace(job, text=f"{words} {words} {words}", methods=("integrated",)))
            said = "it found room"
        except OutOfMemory as error:
            said = str(error)
    bench.models.close_all()
    torch.cuda.empty_cache()
    after = bench.run(_kinds(bench.device)["sentiment"])
    yield judged(figure, goal, said, "enough memory" in said and math.isfinite(after.logit))
