"""What the program of a job is to print, written with what llm-tui itself found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from llm_tui.exercises.agreement import agreement
from llm_tui.foundation.job import Generate, Generated, RoundTrip, Score, ThereAndBack
from llm_tui.foundation.labels_job import IDENTITY, Classified, Entities, Judged, Recognized, Sentiment, Steps, ZeroShot
from llm_tui.foundation.probes import ProbeReport, Probing
from llm_tui.foundation.rouge import Overlap
from llm_tui.snippets.tested import Tested

_NUMBER = re.compile(r"-?\d+\.\d{6}")

CLOSE = 1e-5


def printed(job: Any, result: Any) -> str:
    """The lines that the program prints, numbers with six digits."""
    match job, result:
        case Generate(), Generated():
            lines = [answer.text for answer in result.answers]
            lines = lines if len(lines) == 1 else [f"[{number}] {line}" for number, line in enumerate(lines, start=1)]
        case RoundTrip(), ThereAndBack():
            lines = [result.there.text, result.back.text, f"chrF {result.chrf:.6f}"]
        case ZeroShot(), Classified():
            lines = [
                f"[{number}] {'-' if text.best is None else job.labels[text.best]}: {_numbers(text.scores)}"
                for number, text in enumerate(result.texts, start=1)
            ]
        case Tested(), Classified():
            lines = _tested(job, result)
        case Entities(), Recognized():
            lines = [
                f"[{number}] {entity.type} {entity.score:.6f} {text[entity.start : entity.end]}"
                for number, (text, found) in enumerate(zip(job.texts, result.texts, strict=True), start=1)
                for entity in found
            ]
        case Sentiment(), Judged():
            lines = []
            for number, steps in enumerate(result.texts, start=1):
                lines += [f"[{number}] {' '.join(steps.pieces)}", f"ids {' '.join(map(str, steps.ids))}"]
                lines += _scored(result, steps)
        case Score(), tuple():
            lines = [f"[{number}] {_measures(overlap)}" for number, overlap in enumerate(result, start=1)]
        case Probing(), ProbeReport():
            lines = [f"{p.id}: {'kept' if p.passed else 'broken'}: {p.answer!r}" for p in result.results]
        case _:
            raise TypeError(type(job).__name__)
    return "".join(f"{line}\n" for line in lines)


def _scored(result: Judged, steps: Steps) -> Iterator[str]:
    for label, logit, share in zip(result.labels, steps.logits, steps.probabilities, strict=True):
        yield f"{label}: logit {logit:.6f}" + ("" if result.activation == IDENTITY else f", probability {share:.6f}")


def _tested(job: Tested, result: Classified) -> list[str]:
    given = [
        None if text.best is None or max(text.scores) < job.threshold else job.job.labels[text.best]
        for text in result.texts
    ]
    rows = zip(given, result.texts, strict=True)
    lines = [f"[{n}] {label or '-'}: {_numbers(text.scores)}" for n, (label, text) in enumerate(rows, start=1)]
    return [*lines, *judged(job.job.labels, job.true, given)]


def judged(labels: Sequence[str], true: Sequence[str], given: Sequence[str | None]) -> list[str]:
    """How often the labels that were given are right; a text without a true label is left out."""
    known = [(label, said) for label, said in zip(true, given, strict=True) if label in labels]
    found = agreement(labels, Counter(known))
    lines = [f"accuracy {sum(label == said for label, said in known) / len(known):.6f}"]
    for each in found:
        precision = "-" if each.precision is None else f"{each.precision:.6f}"
        lines.append(f"{each.label}: TP {each.tp}, FP {each.fp}, precision {precision}")
    return lines


def _numbers(values: Any) -> str:
    return " ".join(f"{value:.6f}" for value in values)


def _measures(overlap: Overlap) -> str:
    rouge = (overlap.rouge_1, overlap.rouge_2, overlap.rouge_l)
    named = " ".join(f"ROUGE-{name} {each.f1:.6f}" for name, each in zip("12L", rouge, strict=True))
    return f"{named} chrF {overlap.chrf:.6f}"


def same(said: str, wanted: str) -> bool:
    """Whether the two are the same text with the same numbers, to 1e-5."""
    if _NUMBER.sub("#", said) != _NUMBER.sub("#", wanted):
        return False
    pairs = zip(_NUMBER.findall(said), _NUMBER.findall(wanted), strict=True)
    return all(abs(float(one) - float(other)) <= CLOSE for one, other in pairs)
