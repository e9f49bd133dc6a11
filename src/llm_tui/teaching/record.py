"""A trained model with its tokenizer, its card and the record of how it was made, in one folder of the package."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from transformers.utils import SAFE_WEIGHTS_NAME

MODELS = Path(__file__).parent / "models"
"""Where the weights lie, one folder a model."""

RECORD = "training.json"


@dataclass(frozen=True, slots=True)
class Measure:
    """How good a model is on texts that it was not trained on, beside what costs nothing.

    `value` and `baseline` are in the unit of `metric`; `texts` is how many were judged.
    """

    task: str
    measured_on: str
    metric: str
    value: float
    baseline_name: str
    baseline: float
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
    write(record, card, folder)


def write(record: Record, card: str, folder: Path) -> None:
    """The record and the card alone: for a model that was measured again."""
    versions = {name: version(name) for name in ("torch", "transformers", "tokenizers")}
    made = {**asdict(record), "versions": versions, "date": time.strftime("%Y-%m-%d", time.gmtime())}
    (folder / RECORD).write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(card, encoding="utf-8")
