"""What the pieces of an answer looked at, and what had to do with them: against plain transformers, for models of each
kind, and for one whose attention is known because its weights were written by hand.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from foundation.conftest import folders, one_thread, save  # noqa: F401  # the tiny models
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    T5Config,
    T5ForConditionalGeneration,
)

from llm_tui.attribution import piece_heats
from llm_tui.attribution.attention_job import Attention
from llm_tui.attribution.job import GRADIENT, INTEGRATED, OCCLUSION
from llm_tui.attribution.piece_job import Looked, Looking, PieceAttribution, PieceExplained, Trace, Written
from llm_tui.engine.events import Event, Progress
from llm_tui.engine.job import Context, JobCancelled, run_job
from llm_tui.errors import UserError
from llm_tui.foundation.job import PROMPT, TRANSLATE_EN_ES, Generate, ModelChoice, Settings
from llm_tui.lab.answered import answer_of

TEXT = "The teacher explained the lesson in London."
ANSWER = "The train of Madrid."
SEQ2SEQ = ["t5", "bart", "marian", "m2m100"]
KINDS = [*SEQ2SEQ, "gpt2", "llama"]


@pytest.fixture(scope="module")
def context() -> Context:
    return Context(1, lambda event: None, threading.Event())


def asked(folder: Path, name: str = "", text: str = TEXT) -> Generate:
    task = TRANSLATE_EN_ES if name == "m2m100" else PROMPT
    return Generate(task, (text,), ModelChoice(str(folder), "cpu"), Settings(max_new_tokens=24))


class Plain:
    """The same rows by plain transformers: what the model is given, and the answer's pieces behind it."""

    def __init__(self, name: str, folder: Path):
        self.seq2seq = name in SEQ2SEQ
        cls: Any = AutoModelForSeq2SeqLM if self.seq2seq else AutoModelForCausalLM
        self.model = cls.from_pretrained(folder, attn_implementation="eager").eval()
        self.tokenizer: Any = AutoTokenizer.from_pretrained(folder)
        text = f"<|user|>{TEXT}<|end|><|assistant|>" if name == "llama" else TEXT
        self.given = self.tokenizer(text, add_special_tokens=name != "llama")["input_ids"]

    def __call__(self, answer: list[int], source: list[int] | None = None) -> Any:
        """What the model gives with its last place before the piece behind `answer`."""
        given = self.given if source is None else source
        with torch.no_grad():
            if not self.seq2seq:
                return self.model(input_ids=torch.tensor([given + answer]), output_attentions=True)
            before = [self.model.config.decoder_start_token_id, *answer]
            ids = {"input_ids": torch.tensor([given]), "decoder_input_ids": torch.tensor([before])}
            return self.model(**ids, output_attentions=True)

    def special(self, id: int) -> bool:
        return id in {*self.tokenizer.all_special_ids, *self.tokenizer.added_tokens_decoder}

    def logprob(self, answer: list[int], place: int, source: list[int] | None = None) -> float:
        rows = self(answer[:place], source).logits
        return float(rows[0, -1].log_softmax(-1)[answer[place]])


@pytest.mark.parametrize("name", KINDS)
def test_what_a_piece_looked_at_is_the_attention_of_plain_transformers(folders, context, name: str):  # noqa: F811
    plain = Plain(name, folders[name])
    ids = plain.tokenizer(text_target=ANSWER, add_special_tokens=False)["input_ids"]
    looked: Looked = run_job(Looking(asked(folders[name], name), ANSWER, tuple(ids)), context)
    output = plain(ids[:-1])
    layers = output.cross_attentions if plain.seq2seq else output.attentions
    first = 0 if plain.seq2seq else len(plain.given) - 1
    width, before = len(looked.read.units) + 1, len(plain.given)
    of_source = [i for i, unit in enumerate(looked.read.units) if not unit.of_hypothesis]
    assert len(looked.layers) == len(layers) and len(looked.layers[0]) == len(ids) * width
    for number, layer in enumerate(layers):
        for place in range(len(ids)):
            row, plain_row = looked.row(number, place), layer[0].mean(0)[first + place]
            assert sum(row) == pytest.approx(1, abs=1e-5)
            assert sum(row[i] for i in of_source) == pytest.approx(_words(plain, plain_row[:before]), abs=1e-5)
    mean = [sum(looked.row(n, 1)[i] for n in range(len(layers))) / len(layers) for i in range(width)]
    assert looked.row(None, 1) == pytest.approx(mean)


def _words(plain: Plain, row: Any) -> float:
    """What goes to the words of the text, without special tokens."""
    return float(sum(value for value, id in zip(row, plain.given, strict=True) if not plain.special(id)))


@pytest.mark.parametrize("name", ["t5", "marian", "gpt2", "llama"])
def test_each_word_has_the_attention_of_its_own_pieces(folders, context, name: str):  # noqa: F811
    plain = Plain(name, folders[name])
    ids = plain.tokenizer(text_target=ANSWER, add_special_tokens=False)["input_ids"]
    looked: Looked = run_job(Looking(asked(folders[name], name), ANSWER, tuple(ids)), context)
    read = looked.read
    assert (read.source, read.answer, read.anew) == (TEXT, ANSWER, False)
    words = [read.source[unit.start : unit.end] for unit in read.units if not unit.of_hypothesis]
    together = ["London."] if name == "t5" else ["London", "."]  # its pieces are Londo and n.
    assert words == ["The", "teacher", "explained", "the", "lesson", "in", *together]
    output = plain(ids[:-1])
    layer = (output.cross_attentions if plain.seq2seq else output.attentions)[0][0].mean(0)
    row = layer[2 if plain.seq2seq else len(plain.given) + 1]
    at = 0
    pieces = [i for i, id in enumerate(plain.given) if name == "gpt2" or not plain.special(id)]
    for number, word in enumerate(words):
        total, spelled = 0.0, ""
        while len(spelled) < len(word):
            spelled += plain.tokenizer.decode([plain.given[pieces[at]]]).strip()
            total += float(row[pieces[at]])
            at += 1
        assert spelled == word
        assert looked.row(0, 2)[number] == pytest.approx(total, abs=1e-5)


@pytest.mark.parametrize("name", KINDS)
def test_a_text_cut_anew_makes_that_text_with_what_begins_and_ends_an_answer(folders, context, name: str):  # noqa: F811
    looked: Looked = run_job(Looking(asked(folders[name], name), f" {ANSWER}\n"), context)
    read = looked.read
    assert (read.answer, read.anew, read.apart) == (ANSWER, True, False)
    assert read.parts[-1].start == read.parts[-1].end == len(ANSWER)  # the end of the text
    assert "".join(ANSWER[part.start : part.end] for part in read.parts) == ANSWER
    assert (read.parts[0].shown == "spa_Latn") == (name == "m2m100")


def test_of_two_ways_to_begin_an_answer_it_is_the_one_that_the_model_finds_likelier(folders, context):  # noqa: F811
    plain = Plain("gpt2", folders["gpt2"])
    likely = {}
    for text in (ANSWER, f" {ANSWER}", f"\n{ANSWER}"):
        ids = plain.tokenizer(text)["input_ids"]
        likely[text] = sum(plain.logprob(ids, place) for place in range(len(ids)))
    wanted = plain.tokenizer.tokenize(max(likely, key=lambda text: likely[text]))
    looked: Looked = run_job(Looking(asked(folders["gpt2"]), ANSWER), context)
    assert len(looked.read.parts) == len(wanted) + 1


def test_a_character_of_two_pieces_stands_where_the_second_completes_it(folders, context):  # noqa: F811
    ids = AutoTokenizer.from_pretrained(folders["llama"])("aŁb Ł", add_special_tokens=False)["input_ids"]
    looked: Looked = run_job(Looking(asked(folders["llama"]), "aŁb Ł", tuple(ids)), context)
    read = looked.read
    assert [(part.start, part.end) for part in read.parts] == [(0, 1), (1, 1), (1, 2), (2, 3), (3, 4), (4, 4), (4, 5)]
    assert [read.answer[unit.start : unit.end] for unit in read.units if unit.of_hypothesis] == ["aŁb", "Ł"]
    # The last piece looked back at a whole word, and at the first half of its own.
    assert all(looked.row(0, 6)[-3:-1])


def test_an_answer_that_its_vocabulary_cannot_write_is_told_apart(folders, context):  # noqa: F811
    looked: Looked = run_job(Looking(asked(folders["t5"]), "Mañana 日本"), context)
    assert looked.read.apart and looked.read.answer != "Mañana 日本"


def test_the_log_has_no_attention_of_an_explanation(folders, context):  # noqa: F811
    """It is large, and follows from what was asked."""
    job = asked(folders["t5"])
    looked = run_job(Looking(job, ANSWER), context)
    attended = run_job(Attention(TEXT, job.model, "generate", written=Written(job, ANSWER)), context)
    for result in (looked, attended):
        assert not {"layers", "sides", "read"} & set(answer_of(result, texts=True) or {})


# Attribution.


@pytest.mark.parametrize(
    "name",
    ["t5", "marian", "gpt2", *(pytest.param(name, marks=pytest.mark.slow) for name in ("bart", "m2m100", "llama"))],
)
def test_attributions_of_a_piece_sum_to_its_log_probability(folders, context, name: str):  # noqa: F811
    plain = Plain(name, folders[name])
    ids = plain.tokenizer(text_target=ANSWER, add_special_tokens=False)["input_ids"]
    job = PieceAttribution(asked(folders[name], name), ANSWER, tuple(ids), place=2, methods=(INTEGRATED,))
    found: PieceExplained = run_job(job, context)
    (by,) = found.attributions
    assert found.logprob == pytest.approx(plain.logprob(ids, 2), abs=1e-4)
    gap, steps = found.gap(by), by.steps
    assert gap is not None and steps is not None and by.baseline is not None
    assert abs(gap) <= max(0.01 * abs(found.logprob - by.baseline), 1e-3) or steps > 500


@pytest.mark.parametrize("name", ["t5", "gpt2"])
def test_hiding_a_word_is_what_the_model_says_without_it(folders, context, name: str):  # noqa: F811
    plain = Plain(name, folders[name])
    ids = plain.tokenizer(text_target=ANSWER, add_special_tokens=False)["input_ids"]
    job = PieceAttribution(asked(folders[name], name), ANSWER, tuple(ids), place=3, methods=(OCCLUSION,))
    found: PieceExplained = run_job(job, context)
    offsets = plain.tokenizer(TEXT, return_offsets_mapping=True)["offset_mapping"]
    mask = plain.tokenizer.unk_token_id if name == "t5" else plain.tokenizer.pad_token_id or 0
    for unit, value in zip(found.read.units[:8], found.attributions[0].values, strict=False):
        hidden = [
            mask if max(start, len(TEXT[: unit.start].rstrip())) < min(end, unit.end) else id  # the space too
            for id, (start, end) in zip(plain.given, offsets, strict=True)
        ]
        assert value == pytest.approx(plain.logprob(ids, 3) - plain.logprob(ids, 3, hidden), abs=1e-4)
    behind = [v for u, v in zip(found.read.units, found.attributions[0].values, strict=True) if u.of_hypothesis][2:]
    assert not any(behind)  # the piece did not read what comes behind it


def test_a_piece_that_is_not_there_is_said(folders, context):  # noqa: F811
    with pytest.raises(UserError, match="none of number 100"):
        run_job(PieceAttribution(asked(folders["t5"]), ANSWER, place=99), context)


@pytest.mark.parametrize("method", [GRADIENT, INTEGRATED, OCCLUSION])
def test_a_stop_ends_an_attribution(folders, method: str):  # noqa: F811
    stop, heard = threading.Event(), []

    def listen(event: Event) -> None:
        heard.append(event)
        if isinstance(event, Progress) and event.total:
            stop.set()

    with pytest.raises(JobCancelled):
        run_job(PieceAttribution(asked(folders["t5"]), ANSWER, methods=(method,)), Context(1, listen, stop))
    assert sum(isinstance(event, Progress) and event.total > 0 for event in heard) == 1


# A model whose attention is known.

SOURCE, TARGET = ["uno", "dos", "tres", "cuatro", "cinco"], ["one", "two", "three", "four", "five"]


@pytest.fixture(scope="module")
def copying(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A T5 of one layer that counts: behind the word before, it looks for the next one in its source, wherever it
    stands, and writes that in the other language.
    """
    words = ["<pad>", "</s>", "<unk>", *SOURCE, *TARGET]
    size = len(words)
    config = T5Config(  # type: ignore[call-arg]
        vocab_size=size, d_model=size, d_kv=size, d_ff=4, num_layers=1, num_heads=1, decoder_start_token_id=0,
        tie_word_embeddings=False, pad_token_id=0, eos_token_id=1,
    )  # fmt: skip
    model = T5ForConditionalGeneration(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_() if parameter.dim() > 1 else parameter.fill_(1)
        model.shared.weight.copy_(torch.eye(size))
        model.encoder.embed_tokens.weight.copy_(torch.eye(size))
        model.decoder.embed_tokens.weight.copy_(torch.eye(size))
        model.lm_head.weight.copy_(torch.eye(size))
        cross: Any = model.decoder.block[0].layer[1].EncDecAttention  # type: ignore[index]
        for number in range(len(SOURCE)):
            before = 0 if number == 0 else words.index(TARGET[number - 1])
            cross.q.weight[number, before] = 1
            cross.k.weight[number, words.index(SOURCE[number])] = 1
            cross.v.weight[number, words.index(SOURCE[number])] = 1
            cross.o.weight[words.index(TARGET[number]), number] = 1
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing("$A </s>", "$A </s> $B </s>", [("</s>", 1)])
    tokenizer.add_special_tokens(["<pad>", "</s>", "<unk>"])
    special = {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    return save(tmp_path_factory.mktemp("copying") / "model", model, tokenizer, **special)


def test_a_model_that_copies_is_seen_to_look_at_the_word_that_it_copies(copying: Path, context: Context):
    text = "tres cinco uno cuatro dos"
    job = Generate(PROMPT, (text,), ModelChoice(str(copying), "cpu"), Settings(max_new_tokens=5))
    assert run_job(job, context).answers[0].text == " ".join(TARGET)
    looked: Looked = run_job(Looking(job, " ".join(TARGET)), context)
    for place, word in enumerate(SOURCE):
        row = looked.row(0, place)
        assert row[text.split().index(word)] == max(row) > 0.9
    methods = (INTEGRATED, OCCLUSION)
    for place, word in enumerate(SOURCE):
        job_of = PieceAttribution(job, " ".join(TARGET), place=place, methods=methods)
        for by in run_job(job_of, context).attributions:
            assert by.values.index(max(by.values)) == text.split().index(word), by.method


def test_one_job_is_that_of_one_text(folders, context):  # noqa: F811
    job = replace(asked(folders["t5"]), texts=(" ",))
    with pytest.raises(UserError, match="empty"):
        run_job(Looking(job, ANSWER), context)
    with pytest.raises(UserError, match="empty"):
        run_job(Looking(asked(folders["t5"]), " "), context)


# What might have been written.


@pytest.mark.parametrize("name", KINDS)
def test_the_probabilities_of_a_written_answer_are_those_of_one_pass_over_it(folders, context, name: str):  # noqa: F811
    plain = Plain(name, folders[name])
    ids = plain.tokenizer(text_target=ANSWER, add_special_tokens=False)["input_ids"]
    forced = name == "m2m100"  # its language is the first piece of every answer, and cannot be another
    ids = [*plain.tokenizer.convert_tokens_to_ids(["spa_Latn"] * forced), *ids]
    made = run_job(Trace(asked(folders[name], name), ANSWER, tuple(ids)), context)
    assert made.answers[0].text == ANSWER
    assert [piece.chosen.id for piece in made.pieces] == ids
    never = [word[0] for word in plain.model.generation_config.bad_words_ids or ()]
    for place, piece in enumerate(made.pieces):
        if forced and place == 0:
            continue
        row = plain(ids[:place]).logits[0, -1]
        row[never] = -torch.inf
        assert piece.chosen.logprob == pytest.approx(float(row.log_softmax(-1)[ids[place]]), abs=1e-4)
        assert piece.alternatives[0].id == int(row.argmax())


def test_a_written_answer_is_traced_as_it_was_generated(folders, context):  # noqa: F811
    job = replace(asked(folders["t5"]), pieces=True)
    first = run_job(job, context)
    traced = run_job(Trace(job, first.answers[0].text, tuple(p.chosen.id for p in first.pieces)), context)
    assert (traced.pieces, traced.answers) == (first.pieces, first.answers)


def test_prompt_and_answer_so_far_are_one_heat_with_one_scale(folders, context):  # noqa: F811
    """Each by itself would have a full bar for its own largest value, however small."""
    job = asked(folders["llama"])
    found: PieceExplained = run_job(PieceAttribution(job, ANSWER, place=6, methods=(OCCLUSION,)), context)
    heat = piece_heats.had_to_do(found, found.attributions[0])
    assert heat.text == f"{TEXT}{piece_heats.ANSWER}{ANSWER}"
    words = [heat.word(mark) for mark in heat.marks]
    before = ANSWER[: found.read.parts[6].start].split()
    assert words == ["The", "teacher", "explained", "the", "lesson", "in", "London", ".", *before]
    assert heat.beside and [row[0] for row in heat.beside.rows] == words
    assert [mark.value for mark in heat.marks] == list(found.attributions[0].values[: len(words)])
    assert found.mask in heat.caption[0].en


def test_an_encoder_decoder_has_its_source_alone(folders, context):  # noqa: F811
    looked: Looked = run_job(Looking(asked(folders["bart"]), ANSWER), context)
    heat = piece_heats.looked_at(looked, 0, 2)
    assert heat.text == TEXT and len(heat.marks) == len(looked.read.units)
    rest = 1 - sum(mark.value for mark in heat.marks)
    assert f"{100 * rest:.0f}%" in heat.caption[1].en and "Jain" in heat.caption[2].en
    first = piece_heats.looked_at(looked, None, 0)
    assert first.title.en.startswith("Piece 1, ") and "mean of 2 layers" in first.title.en


@pytest.mark.parametrize("question", ["user", "end", "0"])
def test_a_question_in_words_of_the_template_is_found_behind_it(question: str, folders, context) -> None:  # noqa: F811
    """Hidden by hand where the question stands, not where the template says the same."""
    written = Written(asked(folders["llama"], "llama", question), ANSWER)
    found = run_job(PieceAttribution(written.asked, ANSWER, methods=(OCCLUSION,)), context)
    plain = Plain("llama", folders["llama"])
    cut = plain.tokenizer(f"<|user|>{question}<|end|><|assistant|>", add_special_tokens=False)["input_ids"]
    before, behind = (
        len(plain.tokenizer(around, add_special_tokens=False)["input_ids"])
        for around in ("<|user|>", "<|end|><|assistant|>")
    )
    there = range(before, len(cut) - behind)
    answer = list(run_job(Trace(written.asked, ANSWER), context).pieces)
    first = answer[0].chosen.id
    mask = plain.tokenizer.convert_tokens_to_ids(found.mask)
    hidden = [mask if i in there else id for i, id in enumerate(cut)]
    wanted = plain.logprob([first], 0, cut) - plain.logprob([first], 0, hidden)
    own = [v for unit, v in zip(found.read.units, found.attributions[0].values, strict=True) if not unit.of_hypothesis]
    assert found.read.source == question
    assert own == pytest.approx([wanted], abs=1e-5)
