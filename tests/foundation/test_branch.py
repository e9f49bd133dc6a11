"""An answer that goes on from another piece: what the model writes behind pieces that are given."""

from __future__ import annotations

import dataclasses
import json
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer

from llm_tui.engine.events import Event, Token
from llm_tui.engine.job import Context, JobCancelled, run_job
from llm_tui.errors import UserError
from llm_tui.foundation import branch
from llm_tui.foundation.branch import Branch
from llm_tui.foundation.job import PROMPT, TRANSLATE_EN_ES, Generate, ModelChoice, Settings
from llm_tui.lab.audit import job_name
from llm_tui.lab.privacy import settings_of

TEXT = "The teacher explained the lesson in London."
MOST = 9
KINDS = ["t5", "bart", "marian", "m2m100", "gpt2", "llama"]
SEQ2SEQ = KINDS[:4]
Folders = dict[str, Path]


class Oracle:
    """Greedy decoding by hand: the whole row is given anew for each piece, and the likeliest piece is taken."""

    def __init__(self, name: str, folder: Path):
        self.seq2seq = name in SEQ2SEQ
        cls: Any = AutoModelForSeq2SeqLM if self.seq2seq else AutoModelForCausalLM
        self.model = cls.from_pretrained(folder).eval()
        self.tokenizer: Any = AutoTokenizer.from_pretrained(folder)
        text = f"<|user|>{TEXT}<|end|><|assistant|>" if name == "llama" else TEXT
        self.given = self.tokenizer(text, add_special_tokens=name != "llama")["input_ids"]
        own = self.model.generation_config
        self.ends = own.eos_token_id if isinstance(own.eos_token_id, list) else [own.eos_token_id]
        self.never = [word[0] for word in own.bad_words_ids or ()]
        self.first, self.last = own.forced_bos_token_id, own.forced_eos_token_id
        if name == "m2m100":
            self.first = self.tokenizer.convert_tokens_to_ids("spa_Latn")

    def logits(self, row: list[int]) -> torch.Tensor:
        with torch.no_grad():
            if self.seq2seq:
                decoder = [[self.model.config.decoder_start_token_id, *row]]
                given = {"input_ids": torch.tensor([self.given]), "decoder_input_ids": torch.tensor(decoder)}
            else:
                given = {"input_ids": torch.tensor([self.given + row])}
            logits: torch.Tensor = self.model(**given).logits[0, -1]
        logits[self.never] = -torch.inf
        return logits

    def answer(self, begun: list[int]) -> list[int]:
        """The ids of the answer that begins so, its end among them."""
        row = list(begun)
        while len(row) < MOST and not (row and row[-1] in self.ends):
            forced = self.first if not row else self.last if len(row) == MOST - 1 else None
            row.append(int(self.logits(row).argmax()) if forced is None else forced)
        return row

    def kept(self, row: list[int]) -> list[int]:
        return [id for id in row if id not in self.ends]

    def text(self, row: list[int]) -> str:
        return str(self.tokenizer.decode(self.kept(row), skip_special_tokens=True)).strip()


@pytest.fixture(scope="module")
def oracles(folders: Folders) -> dict[str, Oracle]:
    return {name: Oracle(name, folders[name]) for name in KINDS}


@pytest.fixture(scope="module")
def context() -> Context:
    return Context(1, lambda event: None, threading.Event())


def asked(folder: Path, name: str = "", **more: Any) -> Generate:
    task = TRANSLATE_EN_ES if name == "m2m100" else PROMPT
    return Generate(task, (TEXT,), ModelChoice(str(folder), "cpu"), Settings(max_new_tokens=MOST, **more))


def begun(job: Generate, *pieces: int) -> Branch:
    return branch.of(job, pieces, "taken", "instead")


@pytest.mark.parametrize("name", KINDS)
def test_going_on_from_the_piece_that_was_written_is_the_same_answer(folders, oracles, context, name: str):
    job, whole = asked(folders[name], name), oracles[name].answer([])
    first = run_job(job, context).answers[0]
    assert first.text == oracles[name].text(whole)
    for place in (1, len(whole) - 1, len(whole)):
        assert run_job(begun(job, *whole[:place]), context).answers[0] == first


@pytest.mark.parametrize("name", KINDS)
def test_going_on_from_another_piece_is_what_the_model_says_behind_it(folders, oracles, context, name: str):
    job, oracle = asked(folders[name], name), oracles[name]
    whole = oracle.answer([])
    for place in (1, len(whole) // 2):
        second = int(oracle.logits(whole[:place]).topk(3).indices[1])
        expected = oracle.answer([*whole[:place], second])
        answer = run_job(begun(job, *whole[:place], second), context).answers[0]
        assert (answer.text, answer.output_pieces) == (oracle.text(expected), len(oracle.kept(expected)))
        assert answer.input_pieces == run_job(job, context).answers[0].input_pieces


@pytest.fixture
def own(folders: Folders, tmp_path: Path):
    """A copy of a model with settings of generation of its own."""

    def write(name: str, **settings: Any) -> Path:
        folder = Path(shutil.copytree(folders[name], tmp_path / name))
        file = folder / "generation_config.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), **settings}))
        return folder

    return write


def test_a_piece_that_every_answer_begins_with_is_the_first_of_a_branch_too(own, context):
    folder = own("bart", forced_bos_token_id=0)
    oracle = Oracle("bart", folder)
    whole = oracle.answer([])
    assert whole[0] == 0 and run_job(asked(folder), context).answers[0].text == oracle.text(whole)
    second = int(oracle.logits(whole[:3]).topk(2).indices[1])
    for row in (whole[:3], [*whole[:3], second]):
        assert run_job(begun(asked(folder), *row), context).answers[0].text == oracle.text(oracle.answer(row))


def test_what_no_answer_may_begin_with_may_stand_behind_a_piece_that_was_taken(own, folders, oracles, context):
    row = oracles["t5"].answer([])
    folder = own("t5", begin_suppress_tokens=[row[2]])  # not the first piece, so the answer stays
    assert run_job(begun(asked(folder), *row[:2]), context).answers[0].text == oracles["t5"].text(row)


def test_an_answer_that_was_ended_by_hand_is_whole(folders, oracles, context):
    oracle = oracles["t5"]
    row = oracle.answer([])[:3]
    answer = run_job(begun(asked(folders["t5"]), *row, *oracle.ends), context).answers[0]
    assert (answer.text, answer.output_pieces, answer.complete) == (oracle.text(row), 3, True)
    full = oracle.answer([])
    assert len(full) == MOST  # so that the last piece of it fills the answer
    assert run_job(begun(asked(folders["t5"]), *full), context).answers[0].text == oracle.text(full)


@pytest.mark.parametrize("name", ["t5", "llama"])
def test_what_stood_before_is_told_at_once_and_then_each_piece(folders, oracles, name: str):
    row = oracles[name].answer([])[:5]
    heard: list[Event] = []
    made = run_job(begun(asked(folders[name]), *row), Context(1, heard.append, threading.Event()))
    told = [event.text for event in heard if isinstance(event, Token)]
    before = oracles[name].text(row).removesuffix("\ufffd")  # half a character waits for its other half
    assert told[0].strip().startswith(before) and len(told) > 1
    assert "".join(told).strip() == made.answers[0].text


def test_half_a_character_is_not_told_before_its_other_half(folders, oracles):
    tokenizer = oracles["llama"].tokenizer
    first, *rest = tokenizer.encode("Ł")
    assert len(rest) == 1  # two bytes, two pieces
    before = [*tokenizer.encode("a"), first]

    def told(*row: int) -> str:
        """What is told first."""
        heard: list[Event] = []
        run_job(begun(asked(folders["llama"]), *row), Context(1, heard.append, threading.Event()))
        return next(event.text for event in heard if isinstance(event, Token))

    assert told(*before, *rest) == "aŁ"
    assert told(*before) != "a\ufffd"


@pytest.mark.parametrize("name", ["t5", "llama"])
def test_draws_go_on_behind_the_pieces_that_stood_before(folders, oracles, context, name: str):
    """The piece that had been drawn gives the answer that had been drawn; another piece gives another answer."""
    job = asked(folders[name], sample=True, temperature=1.5)
    drawn = run_job(dataclasses.replace(job, pieces=True), context)
    row = [piece.chosen.id for piece in drawn.pieces]
    for place in (1, len(row) // 2):
        assert run_job(begun(job, *row[:place]), context).answers == drawn.answers
    assert run_job(begun(job, row[0] + 1), context).answers != drawn.answers


def test_an_answer_that_is_only_gone_through_ends_where_it_is_known(folders, oracles, context):
    row = oracles["t5"].answer([])[:4]
    answer = run_job(branch.of(asked(folders["t5"]), tuple(row), only=True), context).answers[0]
    assert (answer.text, answer.output_pieces, answer.complete) == (oracles["t5"].text(row), 4, False)


def test_with_beams_there_is_no_piece_to_take(folders, context):
    with pytest.raises(UserError, match="beam"):
        run_job(begun(asked(folders["t5"], beams=2), 5), context)


def test_a_stop_ends_a_branch_within_one_piece(folders, oracles):
    stop, heard = threading.Event(), []

    def listen(event: Event) -> None:
        heard.append(event)
        if isinstance(event, Token):
            stop.set()

    with pytest.raises(JobCancelled):
        run_job(begun(asked(folders["llama"]), *oracles["llama"].answer([])[:2]), Context(1, listen, stop))
    assert sum(isinstance(event, Token) for event in heard) == 1


def test_the_log_says_what_was_taken_and_hides_it_as_any_text(folders):
    job = begun(asked(folders["t5"]), 5, 17)
    logged = settings_of(job, texts=False)
    assert all(str(logged[name]).startswith("sha256:") for name in ("begun", "taken", "instead"))
    assert settings_of(job, texts=True)["begun"] == "5 17"
    assert job_name(job.kind) == Branch.name
