"""A classifier's answer, explained: which logit it is, and what each method says of the words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from torch import Tensor

from llm_tui.attribution.embeddings import stoppable
from llm_tui.attribution.job import Attribute, Explained, OfClass, OfHypothesis, OfSpan
from llm_tui.attribution.methods import ALL, Question, mask_of
from llm_tui.attribution.units import Pieces, Place, pieces, units
from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.foundation.batches import class_names, label_names, logits
from llm_tui.foundation.checks import check_texts
from llm_tui.foundation.entities import windows
from llm_tui.foundation.labels_job import tag
from llm_tui.foundation.loading import load
from llm_tui.foundation.memory import Loaded
from llm_tui.foundation.purpose import SEQUENCE, TOKENS
from llm_tui.foundation.zero_shot import check_length, sides
from llm_tui.i18n import tr


def explain(job: Attribute, context: Context) -> Explained:
    """What each method says of the words of a text, and of its hypothesis where there is one.

    The model is asked in float32: gradients in half precision are too coarse to sum to anything.

    Raises:
        UserError: the model cannot be had or looked into, or has no such class, or the text no such span.
    """
    check_texts([job.text])
    choice = replace(job.model, precision="float32")
    loaded = load(choice, TOKENS if isinstance(job.of, OfSpan) else SEQUENCE, context)
    hypothesis = job.of.template.replace("{}", job.of.label) if isinstance(job.of, OfHypothesis) else None
    given = _of_span(loaded, job.text, job.of) if isinstance(job.of, OfSpan) else _whole(loaded, job.text, hypothesis)
    begin, end = _read(given, job.text)
    found, of_piece = units(job.text[:end], hypothesis, given.places)
    question = Question(loaded, given.encoded, of_piece, len(found), _reader(loaded, job, given, context))
    meter = loaded.meter(context)
    with stoppable(loaded.model, context):
        _, logit = question.lookups()
        attributions = tuple(ALL[method](question, context) for method in job.methods)
    if found and found[0].start < begin:  # of a word that was cut in two the part that was read
        found[0] = replace(found[0], start=begin)
    return Explained(tuple(found), attributions, logit, begin, end, mask_of(loaded)[0], loaded.made(meter))


def _read(given: Pieces, text: str) -> tuple[int, int]:
    """From where to where the model reads the text, in characters."""
    if not given.cut:
        return 0, len(text)
    read = [place for place in given.places if place and not place.of_hypothesis]
    return min((place.start for place in read), default=0), max((place.end for place in read), default=0)


def _whole(loaded: Loaded, text: str, hypothesis: str | None) -> Pieces:
    if hypothesis is not None:
        check_length(loaded, [hypothesis])
    return pieces(loaded, text, hypothesis)


def _of_span(loaded: Loaded, text: str, of: OfSpan) -> Pieces:
    """The part of the text that the model takes at once in which the span stands farthest from the borders."""
    parts = list(windows(loaded, [text], (loaded.most_input or 0) // 4))

    def room(spans: Sequence[tuple[int, int] | None]) -> int:
        own = [i for i, span in enumerate(spans) if span]
        inside = [i for i in own if _overlaps(spans[i], of)]
        return min(inside[0] - own[0], own[-1] - inside[-1]) if inside else -1

    best = max(parts, key=lambda part: room(part.spans))
    if room(best.spans) < 0:
        raise _no_such(tr("span", "fragmento"), f"{of.start}–{of.end}")
    return Pieces(best.input, tuple(Place(*span) if span else None for span in best.spans), len(parts) > 1)


def _overlaps(span: tuple[int, int] | None, of: OfSpan) -> bool:
    return span is not None and span[0] < of.end and span[1] > of.start


def _reader(loaded: Loaded, job: Attribute, given: Pieces, context: Context) -> Callable[[Tensor], Tensor]:
    """What reads the logit that is explained from those of a batch, one number for each input."""
    names = label_names(loaded, loaded.model.config.num_labels)
    match job.of:
        case OfHypothesis():
            number = sides(loaded)[0]
            return lambda rows: rows[:, number]
        case OfClass(label):
            classes = class_names(loaded, len(names))
            if label not in classes:
                raise _no_such(tr("class", "clase"), label, classes)
            number = classes.index(label)
            return lambda rows: rows[:, number]
        case OfSpan(type=type):
            labels = [i for i, name in enumerate(names) if tag(name)[1] == type]
            if not labels:
                raise _no_such(tr("type of entity", "tipo de entidad"), type, names)
            inside = [i for i, p in enumerate(given.places) if p and _overlaps((p.start, p.end), job.of)]
            (_, row), *_ = logits(loaded, [given.encoded], 1, job.title(), context)
            likeliest = [labels[i] for i in row[inside][:, labels].argmax(-1).tolist()]
            return lambda rows: rows[:, inside, likeliest].mean(-1)


def _no_such(kind: str, name: str, there: Sequence[str] = ()) -> UserError:
    known = f" ({', '.join(there)})" if there else ""
    return UserError(
        tr(
            f"There is no {kind} {name} to explain{known}: ask the model first.",
            f"No hay {kind} {name} que explicar{known}: pregunte antes al modelo.",
        )
    )
