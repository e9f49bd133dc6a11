"""An answer that was written, as its model had it: what it was given, and the pieces of the answer behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Any

import torch
from torch import Tensor

from llm_tui.attribution.piece_job import Part, Read, Written
from llm_tui.attribution.units import Place, units
from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.foundation.batches import check_pieces
from llm_tui.foundation.checks import check_texts
from llm_tui.foundation.generation import Prompt, ends_of, language_token, prompt_of, text_of
from llm_tui.foundation.memory import Loaded
from llm_tui.foundation.templates import Renderer
from llm_tui.i18n import tr
from llm_tui.tokenization.alignment import align
from llm_tui.tokenization.loading import cutter_of


@dataclass(frozen=True, slots=True)
class Row:
    """What a model was given for an answer, and the answer's pieces, special ones among them; cut `anew` from its text
    where nobody knows them any more. `before` is what stands before the answer in a decoder's row, empty of a causal
    model, where the prompt does. Before the character `begin` of the prompt's whole text there is only its
    template.
    """

    loaded: Loaded
    prompt: Prompt
    before: list[int]
    answer: list[int]
    anew: bool
    begin: int = 0

    def inputs(self, count: int) -> dict[str, list[int]]:
        """What the model is given so that its last place tells the piece behind the first `count` of the answer."""
        written, ids = self.answer[:count], self.prompt.ids
        if self.loaded.seq2seq:
            return {"input_ids": ids, "attention_mask": [1] * len(ids), "decoder_input_ids": self.before + written}
        return {"input_ids": ids + written, "attention_mask": [1] * len(ids + written)}

    def batch(self, count: int) -> dict[str, Tensor]:
        device = self.loaded.device
        return {name: torch.tensor([values], device=device) for name, values in self.inputs(count).items()}

    @property
    def first(self) -> int:
        """The place of the row that tells the answer's first piece."""
        return (len(self.before) or len(self.prompt.ids)) - 1


def row_of(loaded: Loaded, job: Written, context: Context) -> Row:
    """The row of an answer.

    Raises:
        UserError: it has no text, or the model takes no such input.
    """
    (text,) = job.asked.texts
    check_texts((text,))
    with Renderer(loaded.name, context) as renderer, loaded.answering():
        prompt = prompt_of(loaded, job.asked, text, renderer)
        begin = _begin(loaded, prompt, renderer)
        pieces = list(job.pieces) or _cut(loaded, job, prompt)
    if not pieces:
        raise UserError(tr("The answer is empty: there is no piece to explain.",
                           "La respuesta está vacía: no hay ninguna pieza que explicar."))  # fmt: skip
    check_pieces(loaded, max(*prompt.ids, *pieces))
    before = [start_of(loaded)] if loaded.seq2seq else []
    return Row(loaded, prompt, before, pieces, anew=not job.pieces, begin=begin)


def _begin(loaded: Loaded, prompt: Prompt, renderer: Renderer) -> int:
    """Where a template is over and a question begins: its words may be those of the template as well. It is what stands
    before any question.
    """
    if prompt.source == prompt.whole:
        return 0
    another = "1" if prompt.source.lstrip().startswith("0") else "0"
    pairs = zip(prompt.whole, renderer.prompt(loaded.tokenizer, another), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def start_of(loaded: Loaded) -> int:
    """The piece that a decoder's row begins with, which is no part of an answer."""
    settings = loaded.model.generation_config
    start = settings.decoder_start_token_id
    return int(settings.bos_token_id if start is None else start)


def forced_first(loaded: Loaded, task: str) -> list[int]:
    """The piece that every answer begins with, of models that have one: the language, or the beginning of a text."""
    code = language_token(loaded, task, 1)
    settings = loaded.model.generation_config
    forced = settings.forced_bos_token_id if code is None else loaded.tokenizer.convert_tokens_to_ids(code)
    return [] if forced is None else [int(forced)]


def _cut(loaded: Loaded, job: Written, prompt: Prompt) -> list[int]:
    """The text of an answer in pieces, as the model's own tokenizer cuts what is to be written, with what begins every
    answer and what ends it. White space before an answer is not kept with it: behind a prompt it is what the model
    finds likeliest.
    """
    text = job.answer.strip()
    if not text:
        return []
    texts = [text] if loaded.seq2seq else [text, f" {text}", f"\n{text}"]
    cuts = dict.fromkeys(
        tuple(
            loaded.tokenizer(text_target=t, add_special_tokens=False, split_special_tokens=True, verbose=False)[
                "input_ids"
            ]
        )
        for t in texts
    )
    best = max(cuts, key=lambda ids: _likelihood(loaded, prompt.ids, ids)) if len(cuts) > 1 else next(iter(cuts))
    row = [*forced_first(loaded, job.asked.task), *best]
    whole = len(row) < job.asked.settings.max_new_tokens  # else it may have been broken off
    return [*row, *(sorted(ends_of(loaded))[:1] if whole else ())]


def _likelihood(loaded: Loaded, prompt: list[int], answer: Sequence[int]) -> float:
    """The log-probability of all pieces that a causal model would write behind a prompt."""
    with torch.inference_mode():
        ids = torch.tensor([[*prompt, *answer]], device=loaded.device)
        rows = loaded.model(input_ids=ids).logits[0, len(prompt) - 1 : -1].float().log_softmax(-1)
        return float(rows.gather(-1, ids[0, len(prompt) :, None]).sum())


# Where the pieces stand.


def read_of(row: Row, job: Written) -> tuple[Read, list[int | None]]:
    """Words and pieces of a row; and for each piece that the model reads - of a causal model the prompt and the answer
    - the number of its unit, None of what is special or of a template.
    """
    loaded, prompt = row.loaded, row.prompt
    with loaded.answering():
        text, spans = answer_spans(loaded, row.answer)
        source, places = _places(loaded, prompt, row.begin)
        if not loaded.seq2seq:
            ends = ends_of(loaded)
            places += [
                None if id in ends else Place(start, max(end, start + 1), of_hypothesis=True)
                for id, (start, end) in zip(row.answer, spans, strict=True)
            ]
        found, of_piece = units(source, None if loaded.seq2seq else text, places)
        shown = cutter_of(loaded.tokenizer)
        parts = [Part(shown.shown(id, shown.raw(id)), *span) for id, span in zip(row.answer, spans, strict=True)]
    count = sum(id not in ends_of(loaded) for id in row.answer)
    apart = row.anew and (text != job.answer.strip() or job.count not in (None, count))
    return Read(source, text, tuple(found), tuple(parts), not loaded.seq2seq, prompt.cut, row.anew, apart), of_piece


def answer_spans(loaded: Loaded, ids: Sequence[int]) -> tuple[str, list[tuple[int, int]]]:
    """The text that pieces make, without space around it, and where each stands in it. A character of several pieces is
    of the one that completes it; what has none of its own begins where it ends.
    """
    ends, lengths = ends_of(loaded), [0]
    whole = text_of(loaded, [id for id in ids if id not in ends])
    for count in range(1, len(ids) + 1):
        text = text_of(loaded, [id for id in ids[:count] if id not in ends])
        told = whole if count == len(ids) else text
        lengths.append(len(told) if whole.startswith(told) else lengths[-1])
    text, before = whole.strip(), len(whole) - len(whole.lstrip())
    return text, list(pairwise(max(0, min(length - before, len(text))) for length in lengths))


def _places(loaded: Loaded, prompt: Prompt, begin: int) -> tuple[str, list[Place | None]]:
    """The source as it is shown, and where each piece of the prompt stands in it. A template around it is left out."""
    spans = _offsets(loaded, prompt)
    source = prompt.source.strip()
    begin = prompt.whole.find(source, begin)
    if begin < 0:  # a template that changes the text: then all of it is shown
        source, begin = prompt.whole, 0
    end = begin + len(source)
    inside = (span if span and span[0] < end and max(span[1], span[0] + 1) > begin else None for span in spans)
    return source, [span and Place(max(span[0], begin) - begin, min(span[1], end) - begin) for span in inside]


def _offsets(loaded: Loaded, prompt: Prompt) -> list[tuple[int, int] | None]:
    """Where each piece stands in the whole text, None of special ones that do not; found again by their text where the
    tokenizer does not say it.
    """
    tokenizer, ids = loaded.tokenizer, prompt.ids
    special = set(tokenizer.all_special_ids) - {tokenizer.unk_token_id}
    for own in (True, False) if tokenizer.is_fast else ():
        given: Any = tokenizer(
            prompt.whole,
            add_special_tokens=own,
            return_offsets_mapping=True,
            return_special_tokens_mask=True,
            verbose=False,
        )
        found = given["input_ids"]
        # The language before a text may be another one than its tokenizer's own.
        if len(found) == len(ids) and all(a == b or b in special for a, b in zip(found, ids, strict=True)):
            spans = zip(given["offset_mapping"], given["special_tokens_mask"], strict=True)
            return [None if added else span for span, added in spans]
    numbers = [i for i, id in enumerate(ids) if id not in special]
    spelled = [str(piece) for piece in tokenizer.convert_ids_to_tokens([ids[i] for i in numbers])]
    spans_of = dict(zip(numbers, align(prompt.whole, spelled), strict=True))
    return [spans_of.get(number) for number in range(len(ids))]
