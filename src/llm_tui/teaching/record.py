"""A trained model with its tokenizer, its card and the record of how it was made, in one folder of the package; and the
texts that it is measured on.
"""

from __future__ import annotations

import csv
import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from transformers.utils import SAFE_WEIGHTS_NAME

from llm_tui.exercises.agreement import wilson
from llm_tui.teaching.grammar import Phrase

MODELS = Path(__file__).parent / "models"
"""Where the weights lie, one folder a model."""

RECORD = "training.json"


@dataclass(frozen=True, slots=True)
class Measure:
    """How good a model is on texts that it was not trained on, beside what costs nothing.

    `value`, `baseline` and the ends of the 95 % interval of the value are in the unit of `metric`; `texts` is how many
    were judged.
    """

    task: str
    measured_on: str
    metric: str
    value: float
    baseline_name: str
    baseline: float
    texts: int
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """How many of so many `texts` a model fails at in one way."""

    kind: str
    count: int
    texts: int


@dataclass(frozen=True, slots=True)
class Source:
    """Texts that a model was trained on: their licence, and how many."""

    name: str
    licence: str
    texts: int


@dataclass(frozen=True, slots=True)
class Record:
    """How a model was made. `seconds` is the time of the training on `device`."""

    name: str
    sources: Sequence[Source]
    seed: int
    steps: int
    seconds: float
    device: str
    parameters: int
    measures: Sequence[Measure]
    settings: Mapping[str, Any]
    failures: Sequence[Failure] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What was measured of a model that was trained elsewhere; `package` is the one that it came in."""

    name: str
    package: str
    measures: Sequence[Measure]
    versions: Mapping[str, str]
    date: str


def save(model: Any, tokenizer: Any, record: Record, card: str, folder: Path) -> None:
    """Weights as safetensors, tokenizer, model card (README.md) and record. Matrices take a byte a number (E4M3 of
    Micikevicius et al. 2022, FP8 Formats for Deep Learning), the rest half precision; from_pretrained reads both.
    """
    model.to("cpu", dtype=torch.float16).save_pretrained(folder)
    file = folder / SAFE_WEIGHTS_NAME
    weights = {name: w.to(torch.float8_e4m3fn) if w.dim() > 1 else w for name, w in load_file(file).items()}
    save_file(weights, file, {"format": "pt"})
    shutil.copymode(folder / "config.json", file)  # safetensors makes it private
    tokenizer.save_pretrained(folder)
    tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"), pretty=False)  # a third of it would be spaces
    write(record, card, folder)


def write(record: Record, card: str, folder: Path) -> None:
    """The record and the card alone: for a model that was measured again."""
    versions = {name: version(name) for name in ("torch", "transformers", "tokenizers")}
    made = {**asdict(record), "versions": versions, "date": time.strftime("%Y-%m-%d", time.gmtime())}
    (folder / RECORD).write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(card, encoding="utf-8")


def heldout(name: str, folder: str = "heldout") -> list[dict[str, str]]:
    """The rows of a file of `heldout/`, written by hand before anything was trained and measured at the end alone; or
    of `development/`, by which a training is judged on its way, and recipes are chosen.
    """
    text = (files("llm_tui.teaching") / folder / f"{name}.tsv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


def accuracy(
    task: str, measured_on: str, right: Sequence[bool], baseline_name: str, baseline: float, metric: str = "accuracy"
) -> Measure:
    """The share of texts that were answered rightly, with its Wilson interval."""
    low, high = wilson(sum(right), len(right)) or (None, None)
    return Measure(task, measured_on, metric, sum(right) / len(right), baseline_name, baseline, len(right), low, high)


def shown(measures: Sequence[Measure]) -> str:
    """The measured quality as a table."""
    head = "| task | measured on | texts | metric | this model | 95 % interval | baseline | |\n"
    head += "| --- | --- | ---: | --- | ---: | --- | ---: | --- |\n"
    return head + "\n".join(
        f"| {m.task} | {m.measured_on} | {m.texts} | {m.metric} | **{m.value:.3f}** | {_interval(m)} | "
        f"{m.baseline:.3f} | {m.baseline_name} |"
        for m in measures
    )


def _interval(measure: Measure) -> str:
    return "" if measure.low is None or measure.high is None else f"{measure.low:.3f} to {measure.high:.3f}"


def counted(failures: Sequence[Failure]) -> str:
    """How often each kind of failure comes, as a table."""
    head = "| failure | count | of texts |\n| --- | ---: | ---: |\n"
    return head + "\n".join(f"| {failure.kind} | {failure.count} | {failure.texts} |" for failure in failures)


def card(title: Phrase, about: Phrase, record: Record, answers: Sequence[str], failures: Sequence[str]) -> str:
    """The model card. `answers` and `failures` are rows of a table: input, then what the model says."""
    counts = [f", {source.texts:,} texts" if source.texts else "" for source in record.sources]
    listed = "\n".join(f"- {s.name}: {s.licence}{count}" for s, count in zip(record.sources, counts, strict=True))
    rows = {"answers": "\n".join(answers), "failures": "\n".join(failures)}
    facts = f"{record.parameters / 1e6:.1f} M"
    return f"""---
license: apache-2.0
language:
- en
- es
tags:
- teaching
- llm-tui
---

# {title.en}

A teaching model of llm-tui: small on purpose ({facts} parameters), so that a course works without hub, cache or GPU. It
is not to be relied on. {about.en} Its matrices are stored in float8 (E4M3), the rest in float16.

**Trained on** (seed {record.seed}, {record.steps} steps, {record.seconds:.0f} s on {record.device}):

{listed}

**Measured** on texts that it was not trained on, nor its recipe chosen by; beside each figure the 95 % interval
(Wilson's, or of bootstrap draws):

{shown(record.measures)}

**Answers** that a test checks:

{rows["answers"]}

**Failures by their kind**, on the held-out texts:

{counted(record.failures)}

**Typical failures**, from the held-out texts:

{rows["failures"]}

# {title.es}

Un modelo didáctico de llm-tui: pequeño a propósito ({facts} de parámetros), para que un curso funcione sin hub, sin
caché y sin GPU. No hay que fiarse de él. {about.es} Sus matrices se guardan en float8 (E4M3), lo demás en float16. Las
tablas de arriba dan las fuentes con su licencia, la calidad medida junto a una referencia que no cuesta nada,
respuestas que una prueba comprueba y fallos típicos.
"""
