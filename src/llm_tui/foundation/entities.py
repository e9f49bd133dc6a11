"""Named entities, grouped as transformers' `simple` strategy does with labels of BIO, over texts of any length."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.foundation.batches import input_names, label_names, logits
from llm_tui.foundation.checks import check_texts
from llm_tui.foundation.labels_job import Entities, Entity, Recognized, tag
from llm_tui.foundation.loading import load
from llm_tui.foundation.memory import Loaded
from llm_tui.foundation.purpose import TOKENS
from llm_tui.i18n import tr


class Window(NamedTuple):
    """A part of text number `text`: what the model takes, and where each piece stands in the text, start and end in
    characters (None: a special token).
    """

    text: int
    input: dict[str, list[int]]
    spans: list[tuple[int, int] | None]


class Piece(NamedTuple):
    """A piece of a text, its most probable label with its probability, and where it stands."""

    label: str
    score: float
    start: int
    end: int


def recognize(job: Entities, context: Context) -> Recognized:
    """The entities of each text. A text that is longer than the model takes is read in windows that overlap by a
    quarter; each piece gets its label from the window in which it stands farther from the border.

    Raises:
        UserError: a text is empty, or the model cannot be had, labels no tokens, or gives no offsets.
    """
    check_texts(job.texts)
    loaded = load(job.model, TOKENS, context)
    overlap = (loaded.most_input or 0) // 4
    parts = list(windows(loaded, job.texts, overlap))
    _check_whole(loaded, job.texts, parts, overlap)
    meter = loaded.meter(context)
    labelled: dict[int, list[Piece]] = {}
    inputs = [window.input for window in parts]
    for number, rows in logits(loaded, inputs, job.batch_size, job.title(), context):
        labels = label_names(loaded, rows.shape[-1])
        scores, best = rows.softmax(-1).max(-1)
        named = zip(best.tolist(), scores.tolist(), parts[number].spans, strict=True)
        labelled[number] = [Piece(labels[label], score, *span) for label, score, span in named if span is not None]
    made_by = loaded.made(meter)
    of_text: list[list[list[Piece]]] = [[] for _ in job.texts]
    for number, window in enumerate(parts):
        of_text[window.text].append(labelled[number])
    found = (grouped(joined(read, overlap), text) for text, read in zip(job.texts, of_text, strict=True))
    return Recognized(tuple(tuple(entities) for entities in found), made_by)


def windows(loaded: Loaded, texts: Sequence[str], overlap: int) -> Iterator[Window]:
    """The windows of each text, in its order; two neighbours share `overlap` pieces."""
    if not loaded.tokenizer.is_fast:
        raise UserError(
            tr(
                f"The tokenizer of {loaded.name} gives no positions: choose a model with a tokenizer.json.",
                f"El tokenizador de {loaded.name} no da posiciones: elija un modelo con tokenizer.json.",
            )
        )
    limit = loaded.most_input
    with loaded.answering():
        encoded = loaded.tokenizer(
            list(texts),
            truncation=limit is not None,
            max_length=limit,
            stride=overlap,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            return_special_tokens_mask=True,
            split_special_tokens=True,  # what is written in a text is text
            verbose=False,
        )
        names = input_names(loaded, encoded)
    for i, text in enumerate(encoded["overflow_to_sample_mapping"]):
        marked = zip(encoded["special_tokens_mask"][i], encoded["offset_mapping"][i], strict=True)
        spans = [None if special else (span[0], span[1]) for special, span in marked]
        yield Window(int(text), {name: encoded[name][i] for name in names}, spans)


def _check_whole(loaded: Loaded, texts: Sequence[str], windows: Iterable[Window], overlap: int) -> None:
    """Do nothing where the windows have every piece of their texts.

    Raises:
        UserError: they end early, as with tokenizers 0.23.1 and 0.23.2: entities of the rest would be missing silently.
    """
    for number, group in itertools.groupby(windows, lambda window: window.text):
        of_text = list(group)
        if len(of_text) == 1 and len(of_text[0].spans) != loaded.most_input:  # there was room for more
            continue
        there = sum(span is not None for window in of_text for span in window.spans) - overlap * (len(of_text) - 1)
        plain = loaded.tokenizer(texts[number], add_special_tokens=False, split_special_tokens=True, verbose=False)
        if there < len(plain["input_ids"]):
            raise UserError(
                tr(
                    "The installed version of the library tokenizers loses what stands behind the first pieces of a "
                    "long text: update it (pip install -U tokenizers), or ask about shorter texts.",
                    "La versión instalada de la biblioteca tokenizers pierde lo que sigue a las primeras piezas de un "
                    "texto largo: actualícela (pip install -U tokenizers), o pregunte por textos más cortos.",
                )
            )


def joined(parts: Sequence[Sequence[Piece]], overlap: int) -> list[Piece]:
    """The pieces of a text, each once, from its windows' pieces: of those that two windows share the first half comes
    from the first.
    """
    pieces: list[Piece] = []
    for part in parts:
        from_second = overlap - overlap // 2 if pieces else 0
        del pieces[len(pieces) - from_second :]
        pieces += part[overlap - from_second if pieces else 0 :]
    return pieces


def grouped(pieces: Iterable[Piece], text: str) -> Iterator[Entity]:
    """Neighbouring pieces of one type are one entity, unless the second begins a new one (B-, S-, U-).

    White space at the ends, which some vocabularies count to a word, is left out. Several pieces can stand for one
    character: what such pieces begin anew is no entity of its own.
    """
    groups: list[tuple[str, list[Piece]]] = []
    for piece in pieces:
        begins, type = tag(piece.label)
        if groups and groups[-1][0] == type and not begins:
            groups[-1][1].append(piece)
        else:
            groups.append((type, [piece]))
    reached = 0
    for type, parts in groups:
        start, end = max(parts[0].start, reached), parts[-1].end
        found = text[start:end]
        start += len(found) - len(found.lstrip())
        end -= len(found) - len(found.rstrip())
        if type != "O" and start < end:
            yield Entity(start, end, type, sum(piece.score for piece in parts) / len(parts))
            reached = end
