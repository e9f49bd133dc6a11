"""What the weights of a trained classifier say of its words: shares of the logits, neighbours, directions."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from pathlib import Path

from llm_tui.classifier.directions import Sample
from llm_tui.classifier.model import TextClassifier
from llm_tui.classifier.prediction import open_model
from llm_tui.classifier.tokens import Encoder, WordEncoder
from llm_tui.classifier.why_job import Directions, Near, Neighbour, Neighbours, Plane, Scores, Weigh
from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.i18n import tr

ROWS = 8192
"""Vectors that are turned to float64 at once: those of a large vocabulary would take gigabytes."""


def weigh(job: Weigh, context: Context) -> Scores:
    """What every word adds to each logit, in float64, as plain numbers: no thread but this one touches torch.

    Raises:
        UserError: the run's model files are absent or damaged.
    """
    context.check()
    model, encoder, counts = open_model(Path(job.folder))
    return scores(model, encoder, counts)


def scores(model: TextClassifier, encoder: Encoder, counts: Sequence[int] | None) -> Scores:
    """Of a model and its encoder; `counts` is how often each entry came in training."""
    vectors, weights = model.embedding.weight.detach(), model.fc.weight.detach().double()
    table = array("d")
    for start in range(0, len(vectors), ROWS):
        some = vectors[start : start + ROWS].double() @ weights.T
        table.frombytes(some.contiguous().numpy().tobytes())
    return Scores(
        entries=encoder.entries(),
        table=table,
        bias=tuple(model.fc.bias.detach().double().tolist()),
        counts=counts,
        unknown_id=encoder.unknown_id,
        words=isinstance(encoder, WordEncoder),
        cutter=encoder,
    )


def neighbours(job: Neighbours, context: Context) -> Near:
    """The entries whose vectors have the largest cosine with that of a word.

    Raises:
        UserError: the run's model files are absent or damaged.
    """
    context.check()
    model, encoder, counts = open_model(Path(job.folder))
    entries = encoder.entries()
    asked = _entry(job.word, entries, encoder)
    if asked is None:
        return Near(None)
    vectors = model.embedding.weight.detach().double()
    lengths = vectors.norm(dim=1).clamp_min(1e-12)
    cosines = (vectors @ vectors[asked]) / (lengths * lengths[asked])
    among = [
        i for i, entry in enumerate(entries) if entry and i != asked and (counts is None or counts[i] >= job.least)
    ]
    some = cosines[among]
    best = [among[i] for i in some.topk(min(job.most, len(among))).indices.tolist()]
    found = tuple(Neighbour(entries[i], float(cosines[i]), _count(counts, i)) for i in best)
    return Near(entries[asked], _count(counts, asked), found, len(among), vectors.shape[1])


def _entry(word: str, entries: Sequence[str], encoder: Encoder) -> int | None:
    """The id of a word as it would be cut, or of an entry that is written out as it stands in the vocabulary."""
    cut = {i for i, _, _ in encoder.cut(word)}
    if len(cut) == 1 and (only := cut.pop()) != encoder.unknown_id:
        return only
    return entries.index(word) if word and word in entries else None


def _count(counts: Sequence[int] | None, entry: int) -> int | None:
    return None if counts is None else counts[entry]


def directions(job: Directions, context: Context) -> Plane:
    """The most frequent words of a saved run by the principal directions of their vectors.

    Raises:
        UserError: the run's model files are absent or damaged, or do not say which pieces were frequent.
    """
    context.check()
    model, encoder, counts = open_model(Path(job.folder))
    if counts is None and not isinstance(encoder, WordEncoder):
        raise UserError(
            tr(
                "This run is of an earlier version, which did not count how often a piece came: train it again to see "
                "its vectors.",
                "Esta ejecución es de una versión anterior, que no contaba cuántas veces aparecía cada pieza: "
                "entrénela de nuevo para ver sus vectores.",
            )
        )
    return Sample.of(encoder, counts).plane(model)
