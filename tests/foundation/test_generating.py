"""Generation: the same text as a plain `generate`, told while it is made, and stopped within one piece."""

from __future__ import annotations

import dataclasses
import json
import threading
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from fakes.rapl import Growing
from foundation.conftest import CHAT, bert_config
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    CodeGenConfig,
    CodeGenForCausalLM,
    EncoderDecoderConfig,
    EncoderDecoderModel,
    GenerationConfig,
)

from llm_tui import i18n
from llm_tui.engine.engine import Engine
from llm_tui.engine.events import Event, Finished, Progress, Token
from llm_tui.engine.job import Context, JobCancelled, run_job
from llm_tui.errors import UserError
from llm_tui.foundation import generation
from llm_tui.foundation.instructions import INSTRUCTIONS, PREFIXES
from llm_tui.foundation.job import (
    LEAD,
    PROMPT,
    SUMMARIZE,
    TRANSLATE_EN_ES,
    TRANSLATE_ES_EN,
    Answer,
    Generate,
    Generated,
    ModelChoice,
    Provenance,
    Settings,
)
from llm_tui.foundation.tables import energy_of
from llm_tui.playground.tasks.prompt import TASK as PROMPTING
from llm_tui.playground.tasks.summary import TASK
from llm_tui.snippets.model import model_of

TEXTS = (
    "Every word is cut.",
    "The observability of a system is measured with logs and metrics, and the teacher asked a hard question about it.",
    "Anna Brown works in London.",
    "Ana Torres explicó la lección; el tren de las ocho llegó con doce minutos de retraso a la estación de Madrid.",
)
SHORT = Settings(max_new_tokens=12)
WRITERS = ["t5", "bart", "marian", "m2m100", "gpt2", "llama"]
SEQ2SEQ = WRITERS[:4]
Folders = dict[str, Path]


def asked(folder: Path, *texts: str, task: str = PROMPT, settings: Settings = SHORT, **more: Any) -> Generate:
    return Generate(task, texts, ModelChoice(str(folder), "cpu"), settings, **more)


def plain(name: str, folder: Path, text: str, **options: Any) -> tuple[str, int]:
    """What `generate` makes of one text alone, and the number of new pieces without the end."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    cls = AutoModelForSeq2SeqLM if name in SEQ2SEQ else AutoModelForCausalLM
    model = cls.from_pretrained(folder)
    if name == "llama":
        turn = [{"role": "user", "content": text}]
        text = str(tokenizer.apply_chat_template(turn, add_generation_prompt=True, tokenize=False))
    encoded = tokenizer(text, return_tensors="pt", add_special_tokens=name != "llama")
    encoded.pop("token_type_ids", None)
    options = {"max_new_tokens": SHORT.max_new_tokens, "num_beams": 1, "do_sample": False, **options}
    row = model.generate(**encoded, **options)[0, 1 if name in SEQ2SEQ else encoded["input_ids"].shape[1] :]
    ends = model.generation_config.eos_token_id
    ends = ends if isinstance(ends, list) else [ends]
    count = next((i for i, id in enumerate(row.tolist()) if id in ends), len(row))
    return tokenizer.decode(row[:count], skip_special_tokens=True).strip(), count


def test_an_answer_says_what_it_took_opening_the_model_not_counted(folders: Folders, context: Context, monkeypatch):
    monkeypatch.setattr("llm_tui.engine.meters.counter_of", lambda device: Growing())
    first, again = (run_job(asked(folders["t5"], *TEXTS[:2]), context).made_by for _ in range(2))
    assert first.energy.joules == again.energy.joules == 5.0  # read at the beginning and at the end
    assert first.energy.seconds == first.seconds
    assert context.energy().stretches == 2
    assert energy_of(first).en == "Energy: 0.0014 Wh (RAPL); other processes included."


@pytest.mark.parametrize("name", WRITERS)
def test_greedy_answers_are_those_of_generate(folders: Folders, context: Context, name: str):
    expected = [plain(name, folders[name], text) for text in TEXTS]
    together = run_job(asked(folders[name], *TEXTS, batch_size=3), context)
    alone = [run_job(asked(folders[name], text), context).answers[0] for text in TEXTS]
    assert [(answer.text, answer.output_pieces) for answer in alone] == expected
    assert [(answer.text, answer.output_pieces) for answer in together.answers] == expected
    assert len({text for text, _ in expected}) > 1  # else the test would say nothing
    assert not any(answer.cut for answer in together.answers)


def bert2bert(folder: Path) -> Path:
    """Like the summarizers that are made of two models of BERT's kind."""
    torch.manual_seed(5)
    config = EncoderDecoderConfig.from_encoder_decoder_configs(bert_config(["a"]), bert_config(["a"]))
    config.decoder_start_token_id, config.eos_token_id, config.pad_token_id = 2, 3, 0
    EncoderDecoderModel(config).save_pretrained(folder)
    return folder


def test_a_model_made_of_two_of_berts_writes_and_has_their_positions(copy, context: Context):
    folder = bert2bert(copy("bert-nli"))
    answers = run_job(asked(folder, *TEXTS, " ".join(TEXTS * 10)), context).answers
    assert [answer.text for answer in answers[:-1]] == [plain("t5", folder, text)[0] for text in TEXTS]
    assert [answer.cut for answer in answers] == [False] * len(TEXTS) + [True]
    assert model_of(ModelChoice(str(folder))).most_input == answers[-1].input_pieces == 256


@pytest.mark.parametrize("name", ["t5", "gpt2"])
def test_padding_is_masked_where_the_tokenizers_settings_name_no_mask(copy, context: Context, name: str):
    folder = copy(name)
    file = folder / "tokenizer_config.json"
    said = json.loads(file.read_text(encoding="utf-8")) | {"model_input_names": ["input_ids"]}
    together = [answer.text for answer in run_job(asked(folder, *TEXTS), context).answers]
    file.write_text(json.dumps(said), encoding="utf-8")
    assert [answer.text for answer in run_job(asked(folder, *TEXTS), context).answers] == together


def test_a_model_whose_configuration_knows_of_no_padding_writes(copy, context: Context):
    folder = copy("gpt2")
    torch.manual_seed(5)
    config = CodeGenConfig(
        vocab_size=300, n_positions=256, n_ctx=256, n_embd=64, n_layer=1, n_head=4, rotary_dim=8, initializer_range=0.5,
        bos_token_id=0, eos_token_id=0,
    )  # fmt: skip
    CodeGenForCausalLM(config).save_pretrained(folder)
    answers = run_job(asked(folder, *TEXTS), context).answers
    assert [answer.text for answer in answers] == [plain("gpt2", folder, text)[0] for text in TEXTS]


@pytest.mark.parametrize("name", WRITERS)
def test_beams_are_those_of_generate(folders: Folders, context: Context, name: str):
    settings = dataclasses.replace(SHORT, beams=3, repetition_penalty=1.3)
    found = run_job(asked(folders[name], TEXTS[1], settings=settings), context).answers[0]
    assert found.text == plain(name, folders[name], TEXTS[1], num_beams=3, repetition_penalty=1.3)[0]


@pytest.mark.parametrize("name", WRITERS)
def test_sampling_repeats_with_its_seed(folders: Folders, context: Context, name: str):
    def sampled(seed: int) -> list[str]:
        settings = dataclasses.replace(SHORT, sample=True, temperature=1.5, top_p=0.95, seed=seed)
        return [a.text for a in run_job(asked(folders[name], *TEXTS, settings=settings, batch_size=2), context).answers]

    assert sampled(1) == sampled(1)
    assert sampled(1) != sampled(2)


@pytest.mark.parametrize("name", WRITERS)
def test_the_pieces_told_make_the_answer(folders: Folders, name: str):
    for text in TEXTS:
        heard: list[Event] = []
        with Engine() as engine:
            engine.submit(asked(folders[name], text), heard.append)
            assert engine.wait(60)
        (finished,) = [event for event in heard if isinstance(event, Finished)]
        told = "".join(event.text for event in heard if isinstance(event, Token))
        assert heard[-1] is finished
        assert told.strip() == finished.result.answers[0].text


def test_the_first_piece_is_told_before_the_last_is_made(folders: Folders, monkeypatch: pytest.MonkeyPatch):
    passes = 0
    at_first: list[int] = []

    def listen(event: Event) -> None:
        if isinstance(event, Token) and not at_first:
            at_first.append(passes)

    def counting(*_: Any) -> None:
        nonlocal passes
        passes += 1

    handle = torch.nn.modules.module.register_module_forward_hook(
        lambda module, *_: counting() if type(module).__name__ == "LlamaForCausalLM" else None
    )
    try:
        run_job(asked(folders["llama"], TEXTS[0]), Context(1, listen, threading.Event()))
    finally:
        handle.remove()
    assert at_first and at_first[0] < passes - 3


@pytest.mark.parametrize("texts", [TEXTS[:1], TEXTS])
@pytest.mark.parametrize("name", ["t5", "llama"])
@pytest.mark.parametrize("beams", [1, 2])
def test_a_stop_ends_generate_within_one_piece(folders: Folders, name: str, texts: tuple[str, ...], beams: int):
    stop = threading.Event()
    steps = 0

    def stepping(module: Any, *_: Any) -> None:
        nonlocal steps
        if hasattr(module, "generation_config"):
            steps += 1
            if steps == 3:
                stop.set()

    settings = Settings(max_new_tokens=60, beams=beams)
    handle = torch.nn.modules.module.register_module_forward_hook(stepping)
    try:
        with pytest.raises(JobCancelled):
            run_job(asked(folders[name], *texts, settings=settings), Context(1, lambda event: None, stop))
    finally:
        handle.remove()
    assert steps == 3


def test_a_stop_between_two_batches_ends_the_job(folders: Folders):
    stop = threading.Event()
    heard: list[Event] = []

    def listen(event: Event) -> None:
        heard.append(event)
        if isinstance(event, Progress) and event.done == 1:
            stop.set()

    with pytest.raises(JobCancelled):
        run_job(asked(folders["t5"], *TEXTS, batch_size=1), Context(1, listen, stop))
    assert max(event.done for event in heard if isinstance(event, Progress)) == 1


@pytest.mark.parametrize("name", SEQ2SEQ)
def test_a_text_that_is_too_long_is_cut(folders: Folders, context: Context, name: str):
    most = {"t5": 128, "bart": 256, "m2m100": 256, "marian": 128}[name]
    text = " ".join(TEXTS) * 10
    (answer, other) = run_job(asked(folders[name], text, TEXTS[0]), context).answers
    assert answer.cut and not other.cut
    assert most - 3 <= answer.input_pieces <= most
    assert text.startswith(answer.source) and len(answer.source) > 100


@pytest.mark.parametrize("name", ["gpt2", "llama"])
def test_a_causal_model_keeps_its_template_and_has_room_for_the_answer(
    folders: Folders, context: Context, monkeypatch: pytest.MonkeyPatch, name: str
):
    text = " ".join(TEXTS) * 10
    given: list[list[int]] = []
    original = generation.new_pieces

    def noting(loaded: Any, job: Generate, prompts: Any, context: Context) -> Any:
        given.extend(prompt.ids for prompt in prompts)
        return original(loaded, job, prompts, context)

    monkeypatch.setattr(generation, "new_pieces", noting)
    (answer,) = run_job(asked(folders[name], text), context).answers
    assert answer.cut and text.startswith(answer.source)
    assert 256 - 12 - 3 <= answer.input_pieces <= 256 - 12
    if name == "llama":
        assert (given[0][0], given[0][-2:]) == (1, [3, 2])  # <|user|> ... <|end|><|assistant|>


def test_no_room_beside_the_answer_is_said(folders: Folders, context: Context):
    with pytest.raises(UserError, match=r"No text has room .* 256 pieces, beside an answer of 256"):
        run_job(asked(folders["llama"], "Hi.", settings=Settings(max_new_tokens=256)), context)


def test_a_seq2seq_model_writes_no_more_than_its_decoder_has_positions_for(folders: Folders, context: Context):
    (answer,) = run_job(asked(folders["bart"], "Hi.", settings=Settings(max_new_tokens=2000)), context).answers
    assert answer.output_pieces <= 256


def test_what_t5_and_the_others_are_told(folders: Folders, context: Context):
    t5 = run_job(asked(folders["t5"], "Hi.", task=TRANSLATE_EN_ES), context).answers[0]
    assert t5.source == PREFIXES[TRANSLATE_EN_ES] + "Hi."
    assert run_job(asked(folders["bart"], "Hi.", task=SUMMARIZE), context).answers[0].source == "Hi."
    llama = run_job(asked(folders["llama"], "Hi.", task=SUMMARIZE), context).answers[0]
    assert llama.source == INSTRUCTIONS[SUMMARIZE] + "Hi."


def madlad(folder: Path) -> Path:
    """A T5 that is told the language to write."""
    file = folder / "tokenizer.json"
    said = json.loads(file.read_text(encoding="utf-8"))
    said["model"]["vocab"][-2:] = [["<2es>", 0.0], ["<2en>", 0.0]]
    file.write_text(json.dumps(said), encoding="utf-8")
    return folder


def of_several_languages(folder: Path, *codes: str) -> Path:
    """A Marian model that is told the language to write, by a piece of its vocabulary."""
    ids = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    for old, code in zip(list(ids)[-20:], codes, strict=False):
        ids = {code if word == old else word: id for word, id in ids.items()}
    (folder / "vocab.json").write_text(json.dumps(ids), encoding="utf-8")
    file = folder / "tokenizer_config.json"
    said = json.loads(file.read_text(encoding="utf-8")) | {"source_lang": "en", "target_lang": "roa"}
    file.write_text(json.dumps(said), encoding="utf-8")
    return folder


def test_a_translator_of_several_languages_is_told_which_to_write(copy, context: Context):
    t5, opus = madlad(copy("t5")), of_several_languages(copy("marian"), ">>cat<<", ">>spa<<")
    for folder, task, source in (
        (t5, TRANSLATE_EN_ES, "<2es> The train."), (t5, TRANSLATE_ES_EN, "<2en> The train."),
        (opus, TRANSLATE_EN_ES, ">>spa<< The train."),
    ):  # fmt: skip
        answer = run_job(asked(folder, "The train.", task=task), context).answers[0]
        assert (answer.source, answer.lost) == (source, "")
        assert model_of(ModelChoice(str(folder))).instruction(task) + "The train." == source
    with pytest.raises(UserError, match="does not translate into this language, but into these: >>cat<<, >>spa<<;"):
        run_job(asked(opus, "Hola.", task=TRANSLATE_ES_EN), context)


def test_a_seq2seq_model_with_a_chat_template_is_asked_as_a_chat_model(copy, context: Context):
    folder = copy("t5")
    (folder / "chat_template.jinja").write_text("{{ messages[0]['content'] }}</s>")
    source = INSTRUCTIONS[SUMMARIZE] + TEXTS[0]
    answer = run_job(asked(folder, TEXTS[0], task=SUMMARIZE), context).answers[0]
    assert (answer.source, answer.text) == (source, plain("t5", folder, source)[0])


def test_nllb_is_told_both_languages_and_forgets_them(folders: Folders, context: Context):
    folder = folders["m2m100"]
    before = run_job(asked(folder, TEXTS[0]), context).answers
    tokenizer = AutoTokenizer.from_pretrained(folder, src_lang="spa_Latn")
    model = AutoModelForSeq2SeqLM.from_pretrained(folder)
    english = tokenizer.convert_tokens_to_ids("eng_Latn")
    row = model.generate(**tokenizer(TEXTS[3], return_tensors="pt"), forced_bos_token_id=english, max_new_tokens=12)[0]
    found = run_job(asked(folder, TEXTS[3], task=TRANSLATE_ES_EN), context).answers[0]
    assert row[1] == english
    assert found.text == tokenizer.decode(row, skip_special_tokens=True).strip()
    assert run_job(asked(folder, TEXTS[0]), context).answers == before


def test_characters_that_the_vocabulary_lacks(folders: Folders, context: Context):
    answers = run_job(asked(folders["t5"], "the niño", "a word"), context).answers
    assert [answer.lost for answer in answers] == ["ñ", ""]
    assert run_job(asked(folders["llama"], "Un niño"), context).answers[0].lost == ""
    assert run_job(asked(folders["marian"], "un niño 漢"), context).answers[0].lost == "漢"


def summarizer(folders: Folders, target: Path) -> Path:
    """Like bart-large-cnn: its configuration says much about how to generate."""
    target.mkdir()
    for file in folders["bart"].iterdir():
        (target / file.name).write_bytes(file.read_bytes())
    GenerationConfig(
        num_beams=4, max_length=142, min_length=56, no_repeat_ngram_size=3, length_penalty=2.0, early_stopping=True,
        decoder_start_token_id=2, bos_token_id=0, eos_token_id=2, pad_token_id=1, forced_bos_token_id=0,
        forced_eos_token_id=2,
    ).save_pretrained(target)  # fmt: skip
    return target


@pytest.mark.parametrize("beams", [1, 4])
def test_our_options_win_over_the_models_and_the_rest_stays_without_a_warning(
    folders: Folders, context: Context, tmp_path: Path, capfd: pytest.CaptureFixture[str], beams: int
):
    folder = summarizer(folders, tmp_path / "cnn")
    settings = Settings(max_new_tokens=12, beams=beams)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (answer,) = run_job(asked(folder, TEXTS[1], settings=settings), context).answers
    assert capfd.readouterr().err == ""
    assert answer.output_pieces == 11 and not answer.complete  # the end is forced upon it
    assert answer.text == plain("bart", folder, TEXTS[1], num_beams=beams, min_length=12)[0]


def thinking(monkeypatch: pytest.MonkeyPatch, before: str) -> None:
    """From now on models write this before what they write."""
    written = generation.text_of
    monkeypatch.setattr(generation, "text_of", lambda loaded, ids: f"{before}{written(loaded, ids)}")


def test_what_a_reasoning_model_thinks_is_no_part_of_its_answer(folders: Folders, context: Context, monkeypatch):
    job = asked(folders["llama"], TEXTS[0], pieces=True)
    before = run_job(job, context)
    thinking(monkeypatch, "<think>\nShall I?\n</think>\n\n")
    found = run_job(job, context)
    assert found.answers == before.answers and found.answers[0].text
    assert [(piece.start, piece.end) for piece in found.pieces] == [(p.start, p.end) for p in before.pieces]
    i18n.use("en")
    assert "thinking" not in PROMPTING.said(job, found)


@pytest.mark.parametrize("in_prompt", [False, True])
def test_an_answer_that_is_thinking_alone_is_said_to_be(
    folders: Folders, context: Context, copy, monkeypatch: pytest.MonkeyPatch, in_prompt: bool
):
    folder = copy("llama")
    if in_prompt:
        (folder / "chat_template.jinja").write_text(f"{CHAT}<think>\n")
    thinking(monkeypatch, "Shall I? " if in_prompt else "<think>Shall I? ")
    job = asked(folder, TEXTS[0], TEXTS[1])
    found = run_job(job, context)
    assert all(answer.text.startswith("<think>Shall I?") for answer in found.answers)
    i18n.use("en")
    assert "Only the model's thinking was written, and no answer" in PROMPTING.said(job, found)
    assert "Only the model's thinking, and no answer: 1, 2." in map(str, PROMPTING.table(job, found).footer)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    "settings",
    [
        Settings(max_new_tokens=0), Settings(beams=0), Settings(repetition_penalty=0), Settings(sample=True, top_p=0),
        Settings(sample=True, temperature=0), Settings(sample=True, top_k=-1),
    ],
)  # fmt: skip
def test_settings_out_of_range(folders: Folders, context: Context, settings: Settings, language: str):
    i18n.use(language)
    with pytest.raises(UserError, match="out of range" if language == "en" else "fuera de rango"):
        run_job(asked(folders["t5"], "Hi.", settings=settings), context)


def test_of_lead_3_nobody_says_how_many_pieces_it_took():
    job = Generate(SUMMARIZE, ("Uno. Dos. Tres. Cuatro.",), ModelChoice(LEAD))
    found = Generated((Answer("Uno. Dos. Tres.", "", 0, 0, False, True, ""),), Provenance(LEAD))
    i18n.use("en")
    said = TASK.said(job, found)
    assert said.startswith("75% of the source's words") and "pieces in" not in said
