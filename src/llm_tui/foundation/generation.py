"""Text from seq2seq and causal models by one path: prompt, `generate`, and the answer told while it is made."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from contextlib import nullcontext
from itertools import pairwise
from typing import Any, NamedTuple

import torch
from transformers import LogitsProcessorList, StoppingCriteria, StoppingCriteriaList
from transformers.generation.streamers import BaseStreamer

from llm_tui.engine.job import Context
from llm_tui.errors import NotTaken, UserError
from llm_tui.foundation.alternatives import Piece
from llm_tui.foundation.batches import check_pieces
from llm_tui.foundation.branch import Branch
from llm_tui.foundation.checks import check_branch, check_settings, check_texts
from llm_tui.foundation.decoding import NumbersAlone, Settled
from llm_tui.foundation.few_shot import one_text
from llm_tui.foundation.instructions import CALLED, DIRECTIONS, INSTRUCTIONS, LANGUAGES, PREFIXES, T5, code_of
from llm_tui.foundation.job import Answer, Generate, Generated, Settings
from llm_tui.foundation.loading import load
from llm_tui.foundation.loop import without_ended
from llm_tui.foundation.memory import Loaded
from llm_tui.foundation.pieces import Capture, Spelling
from llm_tui.foundation.purpose import GENERATE
from llm_tui.foundation.templates import Renderer
from llm_tui.foundation.thinking import answer_of
from llm_tui.i18n import tr
from llm_tui.tokenization.compare import lost_spans
from llm_tui.tokenization.loading import Cutter, cutter_of
from llm_tui.visible import visible

MOST_CODES = 5
"""Languages of a translator that a sentence names."""


def generate(job: Generate, context: Context) -> Generated:
    """An answer to each text; one text alone is told piece by piece, several are answered in batches.

    Raises:
        UserError: a text is empty, a setting is out of range, the model cannot be had or writes no text, or there is
            no memory.
    """
    check_texts(job.texts)
    check_settings(job.settings)
    check_branch(job)
    loaded = load(job.model, GENERATE, context)
    prompts = []
    with Renderer(loaded.name, context) as renderer, loaded.answering():
        cutter = cutter_of(loaded.tokenizer)
        for text in job.texts:
            context.check()
            prompts.append(prompt_of(loaded, job, text, renderer))
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i].ids))
    answers: dict[int, Answer] = {}
    meter = loaded.meter(context)
    for first in range(0, len(order), job.batch_size):
        numbers = order[first : first + job.batch_size]
        context.progress(first, len(order), job.title())
        batch = [prompts[i] for i in numbers]
        written = new_pieces(loaded, job, batch, context)
        with loaded.answering():
            made = [_answer(loaded, job, prompt, row, cutter) for prompt, row in zip(batch, written.rows, strict=True)]
            pieces = written.pieces(made[0].text, Spelling(cutter, frozenset(ends_of(loaded))))
        answers.update(zip(numbers, made, strict=True))
    return Generated(tuple(answers[i] for i in range(len(prompts))), loaded.made(meter), pieces)


# What a model is given.


class Prompt(NamedTuple):
    """What a model is given for one text: `source` as text, its `ids`; `cut` where the end of the text was left out.
    `whole` is the text that the ids are of, which of a chat model has its template around the source.
    """

    source: str
    ids: list[int]
    cut: bool
    whole: str


def prompt_of(loaded: Loaded, job: Generate, text: str, renderer: Renderer) -> Prompt:
    """A text that is too long loses its end; what a chat template puts behind it stays, for it asks for the answer."""
    question = _task(loaded, job.task) + text
    source, ids, whole = _given(loaded, job, question, renderer)
    room = loaded.most_input
    if room is not None and not loaded.seq2seq:
        room -= job.settings.max_new_tokens  # a causal model's answer stands in the same row
    if room is None or len(ids) <= room:
        return Prompt(source, ids, False, whole)
    begin = len(question) - len(text)
    lengths = range(begin + 1, len(question))
    fitting = bisect_right(lengths, room, key=lambda length: len(_given(loaded, job, question[:length], renderer)[1]))
    if not fitting:
        raise NotTaken(
            tr(
                f"No text has room in the model {loaded.name}, which takes {loaded.most_input} pieces, beside an "
                f"answer of {job.settings.max_new_tokens}: ask for a shorter answer.",
                f"Ningún texto cabe en el modelo {loaded.name}, que admite {loaded.most_input} piezas, junto a una "
                f"respuesta de {job.settings.max_new_tokens}: pida una respuesta más corta.",
            )
        )
    source, ids, whole = _given(loaded, job, question[: lengths[fitting - 1]], renderer)
    return Prompt(source, ids, True, whole)


def _task(loaded: Loaded, task: str) -> str:
    """What the model is told to do, before the text; most seq2seq models do one thing alone and are told nothing.

    Raises:
        UserError: it translates into other languages alone.
    """
    tokenizer = loaded.tokenizer
    if not loaded.seq2seq or tokenizer.chat_template:
        return INSTRUCTIONS[task]

    def known(code: str) -> bool:
        return tokenizer.convert_tokens_to_ids(code) not in (None, tokenizer.unk_token_id)

    target = getattr(tokenizer, "target_lang", None)
    if code := code_of(task, known, target):
        return f"{code} "
    codes = getattr(tokenizer, "supported_language_codes", ())
    if codes and task in DIRECTIONS and target not in CALLED[DIRECTIONS[task][1]]:
        raise _other_languages(loaded.name, codes)
    return PREFIXES[task] if loaded.model.config.model_type in T5 else ""


def _other_languages(name: str, codes: Sequence[str]) -> UserError:
    known = ", ".join(visible(code) for code in codes[:MOST_CODES]) + (", …" if len(codes) > MOST_CODES else "")
    return UserError(
        tr(
            f"The model {name} does not translate into this language, but into these: {known}; choose another.",
            f"El modelo {name} no traduce a este idioma, sino a estos: {known}; elija otro.",
        )
    )


def _given(loaded: Loaded, job: Generate, question: str, renderer: Renderer) -> tuple[str, list[int], str]:
    """The text that a model is given with a question, its pieces, and the text that these are of. Of a chat model the
    first is the question alone where no examples stand before it.
    """
    tokenizer = loaded.tokenizer
    if tokenizer.chat_template:
        text = renderer.prompt(tokenizer, question, job.examples)
        ids = list(tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])
        return (text if job.examples else question), ids, text
    source = one_text(job.examples, question)
    return source, _ids(loaded, job.task, source), source


def _ids(loaded: Loaded, task: str, source: str) -> list[int]:
    tokenizer, code = loaded.tokenizer, language_token(loaded, task, 0)
    if code is None:
        return list(tokenizer(source, verbose=False)["input_ids"])
    before = tokenizer.src_lang
    tokenizer.src_lang = code.strip("_")  # M2M-100 calls the language es, and its token __es__
    try:
        return list(tokenizer(source, verbose=False)["input_ids"])
    finally:
        tokenizer.src_lang = before


def language_token(loaded: Loaded, task: str, side: int) -> str | None:
    """The token of the language that a task translates from (`side` 0) or into (1); None for a model without such."""
    if task not in DIRECTIONS or not loaded.seq2seq or not hasattr(loaded.tokenizer, "src_lang"):
        return None
    codes = LANGUAGES[DIRECTIONS[task][side]]
    ids = zip(codes, loaded.tokenizer.convert_tokens_to_ids(list(codes)), strict=True)
    return next((code for code, id in ids if id not in (None, loaded.tokenizer.unk_token_id)), None)


# What it makes of it.


class _Written(NamedTuple):
    """The new pieces for each prompt, padding behind the shorter ones among them; of one text alone also what told
    them, and what was captured.
    """

    rows: list[list[int]]
    told: _Streamer | None
    capture: Capture | None

    def pieces(self, text: str, spelling: Spelling) -> tuple[Piece, ...]:
        """With what the model might have written in their place, where that was asked for. `text` is the answer's."""
        if self.told is None or self.capture is None:
            return ()
        return self.capture.pieces(self.rows[0], self.told.spans(text), spelling)


def new_pieces(loaded: Loaded, job: Generate, prompts: Sequence[Prompt], context: Context) -> _Written:
    """What the model writes for each prompt."""
    alone = len(job.texts) == 1
    begun, last = (job.begun, job.place if job.only else None) if isinstance(job, Branch) else ((), None)
    told = _Streamer(loaded, context, begun) if alone and job.settings.beams == 1 else None
    watcher = _Watcher(context, job.settings.max_new_tokens, job.title(), told=alone, last=last)
    if job.settings.sample:
        on_cpu = loaded.device.type == "cpu"  # torch.manual_seed asks every GPU too, one that is lost among them
        (torch.default_generator.manual_seed if on_cpu else torch.manual_seed)(job.settings.seed)
    with torch.inference_mode(), loaded.answering():
        batch = loaded.tokenizer.pad(
            {"input_ids": [prompt.ids for prompt in prompts]},
            return_tensors="pt",
            padding_side="right" if loaded.seq2seq else "left",
            return_attention_mask=True,  # also where the tokenizer's settings name none
        )
        check_pieces(loaded, max(int(batch["input_ids"].max()), *begun, 0))
        given = 1 if loaded.seq2seq else batch["input_ids"].shape[1]
        options = _options(loaded, job)
        capture = Capture(given) if told and job.pieces else None
        seen = [NumbersAlone(loaded.name), *filter(None, [capture]), Settled(begun, given)]
        with capture.hearing(loaded.model, options) if capture else nullcontext():
            output = loaded.model.generate(
                **batch.to(loaded.device),
                **options,
                streamer=told,
                custom_generate=without_ended if _leaves_out(loaded, job, prompts) else None,
                stopping_criteria=StoppingCriteriaList([watcher]),
                logits_processor=LogitsProcessorList(seen),
            )
    return _Written(output[:, given:].tolist(), told, capture)


def _leaves_out(loaded: Loaded, job: Generate, prompts: Sequence[Prompt]) -> bool:
    """Whether a batch goes on without the answers that have ended. It does not where that could change the others: what
    has ended takes part in the draws, half precision rounds by the size of a batch, and two penalties and some models'
    own caches hold each row by its place.
    """
    settings = job.settings
    return (
        len(prompts) > 1
        and not settings.sample
        and settings.beams == 1
        and settings.repetition_penalty == 1
        and loaded.precision == "float32"
        and not loaded.model.generation_config.encoder_no_repeat_ngram_size
        and loaded.model._supports_default_dynamic_cache()
    )


def _options(loaded: Loaded, job: Generate) -> dict[str, Any]:
    """Greedy unless sampling is asked for; what `decoding` took over of the model's own settings, stays."""
    settings, config = job.settings, loaded.model.generation_config
    most = _most(loaded, settings)
    options: dict[str, Any] = {
        "max_new_tokens": most,
        "max_length": None,  # many models bring one, which contradicts the line before
        "min_length": min(config.min_length or 0, most),
        "num_beams": settings.beams,
        "do_sample": settings.sample,
        "repetition_penalty": settings.repetition_penalty,
        "pad_token_id": loaded.tokenizer.pad_token_id,
    }
    chosen = settings if settings.sample else None
    options |= {name: getattr(chosen, name, None) for name in ("temperature", "top_p", "top_k")}
    if settings.beams == 1:  # they are for beams: transformers would say on stderr that they count for nothing
        options |= {"length_penalty": None, "early_stopping": None}
    if code := language_token(loaded, job.task, 1):
        options["forced_bos_token_id"] = loaded.tokenizer.convert_tokens_to_ids(code)
    return options


def _most(loaded: Loaded, settings: Settings) -> int:
    """How many pieces an answer has at most; a decoder has positions of its own."""
    most = settings.max_new_tokens
    return min(most, loaded.positions - 1) if loaded.seq2seq and loaded.positions else most


def ends_of(loaded: Loaded) -> set[int]:
    """The pieces that end an answer."""
    ends = loaded.model.generation_config.eos_token_id
    return set(ends) if isinstance(ends, list) else {ends} - {None}


def text_of(loaded: Loaded, ids: Sequence[int]) -> str:
    """As the model wrote it: cleaning up would take back spaces that have been told already."""
    decoded = loaded.tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
    return str(decoded)


def _answer(loaded: Loaded, job: Generate, prompt: Prompt, row: Sequence[int], cutter: Cutter) -> Answer:
    ends = ends_of(loaded)
    stop = next((i for i, id in enumerate(row) if id in ends), None)
    kept = row[:stop]
    # BART's summarizers are made to end at the last piece that they may write: that is no end of their own.
    forced_end = loaded.model.generation_config.forced_eos_token_id is not None
    forced = forced_end and stop == _most(loaded, job.settings) - 1
    return Answer(
        text=answer_of(text_of(loaded, kept), prompt.whole),
        source=prompt.source,
        input_pieces=len(prompt.ids),
        output_pieces=len(kept),
        cut=prompt.cut,
        complete=stop is not None and not forced,
        lost="".join(prompt.source[start:end] for start, end in lost_spans(cutter, prompt.source)),
    )


class _Streamer(BaseStreamer):  # type: ignore[misc]
    """Tells the text of each new piece; of those that an answer has `begun` with, at once. `generate` hands over the
    prompt first, then one piece at a time.
    """

    def __init__(self, loaded: Loaded, context: Context, begun: Sequence[int] = ()):
        self._loaded = loaded
        self._context = context
        self._ends = ends_of(loaded)
        self._ids: list[int] | None = None
        self._told = ""
        self._lengths: list[int] = []
        self._hear([id for id in begun if id not in self._ends])

    def put(self, value: Any) -> None:
        if self._ids is None:
            self._ids = []
            return
        self._ids += [id for id in value.flatten().tolist() if id not in self._ends]
        text = self._hear(self._ids)
        before = self._lengths[-1] if self._lengths else 0
        self._lengths.append(before if text is None or not self._told.startswith(text) else len(text))

    def end(self) -> None:
        ids = self._ids or []
        self._tell(text_of(self._loaded, ids))
        last = max(0, len(ids) - 1)  # which has what of a character came before the answer ended
        self._lengths[last:] = [len(self._told)] * len(self._lengths[last:])

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where each piece stands in the answer's text, which is the end of what was told, without space around it. A
        character is of the piece that completes it.
        """
        before = len(self._told.rstrip()) - len(text)
        ends = [max(0, min(length - before, len(text))) for length in self._lengths]
        return list(pairwise([0, *ends]))

    def _hear(self, ids: Sequence[int]) -> str | None:
        """The text of the pieces; None where it is not complete, and nothing is told."""
        text = text_of(self._loaded, ids)
        # Bytes of a character that is not complete yet come out as the replacement character: wait for the rest.
        if text.endswith("\ufffd"):
            return None
        self._tell(text)
        return text

    def _tell(self, text: str) -> None:
        if len(text) > len(self._told) and text.startswith(self._told):
            self._context.token(text[len(self._told) :])
            self._told = text


class _Watcher(StoppingCriteria):  # type: ignore[misc]
    """Stops the generation within one piece, behind the piece `last` if there is one, and tells how far it is."""

    def __init__(self, context: Context, most: int, what: str, told: bool, last: int | None = None):
        self._context = context
        self._most = most
        self._what = what
        self._told = told
        self._done = 0
        self._last = last

    def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        self._context.check()
        self._done += 1
        if self._told:
            self._context.progress(self._done, self._most, self._what)
        return torch.full((input_ids.shape[0],), self._done == self._last, device=input_ids.device)
