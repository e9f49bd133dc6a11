"""A trained classifier as files, and its answer to any sentence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import msgspec
import safetensors.torch
import torch
from safetensors import SafetensorError

from llm_tui.classifier.data import load
from llm_tui.classifier.job import Predict, Prediction, Retest, Retested
from llm_tui.classifier.model import TextClassifier
from llm_tui.classifier.tokens import Encoder, load_encoder
from llm_tui.engine.job import Context
from llm_tui.errors import UserError, reason
from llm_tui.i18n import tr

WEIGHTS = "model.safetensors"
VOCABULARY = "vocab.json"
COUNTS = "counts"
"""In the metadata of the weights; earlier versions did not write it."""


def dump_model(model: TextClassifier, counts: Sequence[int]) -> bytes:
    """The weights as the bytes of a safetensors file, with how often each entry of the vocabulary came in training.

    They are those of `safetensors.torch.save`, which takes ten times as long: as long as a third of an epoch.
    """
    weights = {name: t.cpu().contiguous().numpy().astype("<f4", copy=False) for name, t in model.state_dict().items()}
    head: dict[str, object] = {"__metadata__": {COUNTS: msgspec.json.encode(counts).decode()}}
    end = 0
    for name in sorted(weights):
        begin, end = end, end + weights[name].nbytes
        head[name] = {"dtype": "F32", "shape": weights[name].shape, "data_offsets": (begin, end)}
    written = msgspec.json.encode(head)
    written += b" " * (-len(written) % 8)
    return b"".join([len(written).to_bytes(8, "little"), written, *(weights[name].data for name in sorted(weights))])


def predict(job: Predict, context: Context) -> Prediction:
    """The class probabilities of one text, on the CPU.

    Raises:
        UserError: the run's model files are absent or damaged.
    """
    context.check()
    model, encoder, _ = open_model(Path(job.folder))
    context.meter("cpu")
    ids = torch.tensor(next(encoder.encode([job.text])), dtype=torch.int64)
    with torch.inference_mode():
        logits = model(ids, torch.zeros(1, dtype=torch.int64))
    probabilities = tuple(logits[0].softmax(0).tolist())
    return Prediction(probabilities, len(ids), tuple(encoder.unknown(job.text)))


def retest(job: Retest, context: Context) -> Retested:
    """The run's model on the first rows that it was tested on, on the CPU, a text at a time as they would come.

    Raises:
        UserError: the data or the run's model files are absent or damaged.
    """
    dataset = load(job.training, context)
    model, encoder, _ = open_model(Path(job.folder))
    texts = dataset.test.texts[: job.rows]
    predicted = []
    meter = context.meter("cpu")
    with torch.inference_mode():
        for done, ids in enumerate(encoder.encode(texts)):
            if done % 100 == 0:
                context.progress(done, len(texts), job.title())
            logits = model(torch.tensor(ids, dtype=torch.int64), torch.zeros(1, dtype=torch.int64))
            predicted.append(int(logits[0].argmax()))
    energy = meter.stop()
    return Retested(
        texts=tuple(texts),
        labels=tuple(dataset.test.labels[: job.rows]),
        predicted=tuple(predicted),
        classes=dataset.classes,
        data_name=dataset.name,
        synthetic=dataset.synthetic,
        train_rows=len(dataset.train.labels),
        parameters=sum(weights.numel() for weights in model.parameters()),
        seconds=meter.seconds,
        energy=energy,
        memory=sum(weights.numel() * weights.element_size() for weights in model.state_dict().values()),
        disk=sum((Path(job.folder) / name).stat().st_size for name in (WEIGHTS, VOCABULARY)),
    )


def open_model(folder: Path) -> tuple[TextClassifier, Encoder, list[int] | None]:
    """The classifier of a run, its encoder, and how often each entry came in training, where that is known.

    Raises:
        UserError: the run's model files are absent or damaged.
    """
    try:
        encoder = load_encoder((folder / VOCABULARY).read_text(encoding="utf-8"))
        content = (folder / WEIGHTS).read_bytes()
        weights = safetensors.torch.load(content)
        vocab_size, embed_dim = weights["embedding.weight"].shape
        if vocab_size != encoder.size:
            raise ValueError(f"{vocab_size} embeddings for {encoder.size} words")
        if not all(bool(numbers.isfinite().all()) for numbers in weights.values()):
            raise ValueError("weights that are no numbers")
        model = TextClassifier(vocab_size, embed_dim, len(weights["fc.bias"]))
        model.load_state_dict(weights)
        counts = _counts(content, encoder.size)
    except OSError as error:
        raise UserError(
            tr(
                f"The run {folder.name} has no model to ask ({reason(error)}): train it again.",
                f"La ejecución {folder.name} no tiene modelo que consultar ({reason(error)}): entrénela de nuevo.",
            )
        ) from error
    except (ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise UserError(
            tr(
                f"The model files of the run {folder.name} are damaged: train it again.",
                f"Los archivos del modelo de la ejecución {folder.name} están dañados: entrénela de nuevo.",
            )
        ) from error
    return model.eval(), encoder, counts


def _counts(content: bytes, entries: int) -> list[int] | None:
    """Those in the head of a safetensors file: eight bytes say how long it is, then it is JSON.

    Raises:
        ValueError: they are no counts of so many entries.
    """
    head = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    written = head.get("__metadata__", {}).get(COUNTS)
    if written is None:
        return None
    counts = json.loads(written)
    if not (isinstance(counts, list) and len(counts) == entries and all(type(n) is int and n >= 0 for n in counts)):
        raise ValueError("the counts of the words are none")
    return counts
