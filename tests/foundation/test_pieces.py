"""The pieces of an answer: their probabilities are those of a plain pass over the answer, and asking for them changes
nothing.
"""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils._python_dispatch import TorchDispatchMode
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from llm_tui.engine.job import Context, run_job
from llm_tui.foundation.alternatives import SHOWN, Alternative, Piece
from llm_tui.foundation.branch import of
from llm_tui.foundation.job import PROMPT, Generate, Generated, ModelChoice, Settings
from llm_tui.foundation.moved import moved
from llm_tui.foundation.pieces import Capture

TEXT = "The observability of a system is measured with logs; Ana Torres explicó la lección."
MODELS = ["t5", "bart", "marian", "gpt2", "llama"]
SEQ2SEQ = MODELS[:3]
GREEDY = Settings(max_new_tokens=12)
DRAWN = Settings(max_new_tokens=12, sample=True, temperature=1.5, top_p=0.95, top_k=40, seed=3)
Folders = dict[str, Path]


def ask(folder: Path, context: Context, settings: Settings = GREEDY, *texts: str, pieces: bool = True) -> Generated:
    job = Generate(PROMPT, texts or (TEXT,), ModelChoice(str(folder), "cpu"), settings, pieces=pieces)
    return run_job(job, context)


def forced(name: str, folder: Path, ids: list) -> torch.Tensor:
    """The log-probabilities (pieces, vocabulary) of one plain pass over the input and the answer."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    text = TEXT
    if name == "llama":
        turn = [{"role": "user", "content": TEXT}]
        text = str(tokenizer.apply_chat_template(turn, add_generation_prompt=True, tokenize=False))
    given = tokenizer(text, return_tensors="pt", add_special_tokens=name != "llama")["input_ids"]
    answer = torch.tensor([ids])
    with torch.no_grad():
        if name in SEQ2SEQ:
            model = AutoModelForSeq2SeqLM.from_pretrained(folder)
            start = torch.tensor([[model.generation_config.decoder_start_token_id]])
            logits = model(input_ids=given, decoder_input_ids=torch.cat([start, answer[:, :-1]], 1)).logits[0]
        else:
            model = AutoModelForCausalLM.from_pretrained(folder)
            logits = model(input_ids=torch.cat([given, answer[:, :-1]], 1)).logits[0, given.shape[1] - 1 :]
    for never in model.generation_config.bad_words_ids or ():
        logits[:, never] = -math.inf
    return logits.float().log_softmax(-1)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("settings", [GREEDY, DRAWN], ids=["greedy", "drawn"])
def test_the_probabilities_are_those_of_a_plain_pass_over_the_answer(
    folders: Folders, context: Context, name: str, settings: Settings
):
    made = ask(folders[name], context, settings)
    ids = [piece.chosen.id for piece in made.pieces]
    expected = forced(name, folders[name], ids)
    assert len(ids) - made.pieces[-1].chosen.ends == made.answers[0].output_pieces
    for piece, row in zip(made.pieces, expected, strict=True):
        if len(piece.alternatives) == 1:  # the end of an answer of full length is forced on BART
            assert (piece.chosen.logprob, piece.entropy) == (0.0, 0.0)
            continue
        assert piece.chosen.logprob == near(row[piece.chosen.id])
        assert piece.entropy == near(torch.special.entr(row.exp()).sum())
        assert [each.logprob for each in piece.alternatives] == near(row.topk(len(piece.alternatives))[0])
        whole = torch.tensor(np.frombuffer(piece.scores, np.float32))
        assert whole.exp().tolist() == pytest.approx(row.exp().tolist(), abs=1e-5)


def near(expected: torch.Tensor) -> object:
    """Log-probabilities that come of logits of ±30 in float32, of one pass here and of a pass for each piece there."""
    return pytest.approx(expected.tolist(), rel=1e-5, abs=3e-5)


@pytest.mark.parametrize("name", MODELS)
def test_alternatives_and_all_others_sum_to_one_and_the_greedy_piece_is_the_first(
    folders: Folders, context: Context, name: str
):
    for settings in (GREEDY, dataclasses.replace(GREEDY, repetition_penalty=1.5)):
        pieces = ask(folders[name], context, settings).pieces
        assert len(pieces) > 3
        for piece in pieces:
            whole = np.exp(np.frombuffer(piece.scores, np.float32).astype(float)).sum()
            assert math.fsum(each.probability for each in piece.alternatives) + piece.others == pytest.approx(whole)
            assert whole == pytest.approx(1, abs=1e-5)
            assert piece.rank == 1
            assert piece.alternatives[0] == piece.chosen
            assert piece.surprise == -piece.chosen.logprob


@pytest.mark.parametrize("name", [*MODELS, "m2m100"])
@pytest.mark.parametrize("settings", [GREEDY, DRAWN], ids=["greedy", "drawn"])
def test_asking_for_the_pieces_changes_no_answer(folders: Folders, context: Context, name: str, settings: Settings):
    without, having = (ask(folders[name], context, settings, pieces=pieces) for pieces in (False, True))
    assert having.answers == without.answers
    assert having.pieces
    assert without.pieces == ()


@pytest.mark.parametrize("name", MODELS)
def test_the_pieces_make_the_text(folders: Folders, context: Context, name: str):
    for settings in (GREEDY, DRAWN, dataclasses.replace(DRAWN, seed=8, temperature=3.0)):
        made = ask(folders[name], context, settings)
        text = made.answers[0].text
        assert "".join(text[piece.start : piece.end] for piece in made.pieces) == text
        assert all(piece.chosen.text.isprintable() and piece.chosen.text for piece in made.pieces)


def test_what_a_repetition_penalty_put_first_is_told_with_what_the_model_itself_would_have(
    folders: Folders, context: Context
):
    assert not any(piece.first for piece in ask(folders["gpt2"], context).pieces)
    settings = dataclasses.replace(GREEDY, repetition_penalty=3.0)
    pieces = ask(folders["gpt2"], context, settings).pieces
    own = forced("gpt2", folders["gpt2"], [piece.chosen.id for piece in pieces])
    changed = [(piece, row) for piece, row in zip(pieces, own, strict=True) if piece.first]
    assert changed
    for piece, row in changed:
        assert piece.first.id == int(row.argmax()) != piece.chosen.id
        assert piece.first.logprob == pytest.approx(float(row.max()), abs=1e-5)


@pytest.mark.parametrize("name", MODELS)
def test_a_branch_has_the_pieces_with_which_it_was_begun_too(folders: Folders, context: Context, name: str):
    whole = ask(folders[name], context).pieces
    job = Generate(PROMPT, (TEXT,), ModelChoice(str(folders[name]), "cpu"), GREEDY, pieces=True)
    branch = of(job, tuple(piece.chosen.id for piece in whole[:4]))
    again = run_job(branch, context).pieces
    assert [(piece.chosen.id, piece.start, piece.end) for piece in again] == [
        (piece.chosen.id, piece.start, piece.end) for piece in whole
    ]
    assert [piece.surprise for piece in again] == pytest.approx([piece.surprise for piece in whole], abs=1e-4)


def test_several_texts_and_beams_have_no_pieces(folders: Folders, context: Context):
    assert ask(folders["t5"], context, GREEDY, TEXT, "Another one.").pieces == ()
    assert ask(folders["t5"], context, dataclasses.replace(GREEDY, beams=2)).pieces == ()


def test_no_more_distributions_are_kept_than_there_is_room_for_and_the_rest_is_told_all_the_same(
    folders: Folders, context: Context, monkeypatch: pytest.MonkeyPatch
):
    settings = dataclasses.replace(GREEDY, repetition_penalty=3.0)
    whole = ask(folders["gpt2"], context, settings).pieces
    assert any(piece.first for piece in whole)
    monkeypatch.setattr(Capture.__init__, "__defaults__", (300 * 4 * 5,))
    monkeypatch.setattr("llm_tui.foundation.pieces.CHUNK_BYTES", 300 * 4 * 2)
    bounded = ask(folders["gpt2"], context, settings).pieces
    assert [len(piece.scores) for piece in bounded] == [300 * 4] * 5 + [0] * (len(whole) - 5)
    assert bounded == whole
    assert moved(bounded[-1], 1.0, 0, 1.0) is None


def spelled(id: int, logprob: float) -> Alternative:
    return Alternative(str(id), logprob, id)


@pytest.mark.parametrize("score", [math.inf, math.nan])
def test_scores_that_are_no_distribution_make_no_pieces(score: float):
    capture = Capture(1)
    for number in range(2):
        scores = torch.zeros(1, 30)
        scores[0, 4] = score if number else 0.0
        assert capture(torch.tensor([[0] * (number + 1)]), scores) is scores
    assert capture.pieces([4, 4], [(0, 1), (1, 2)], spelled) == ()  # type: ignore[arg-type]


class Called(TorchDispatchMode):
    """The names of the operations of torch that are called inside."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.names.add(func.overloadpacket.__name__)
        return func(*args, **(kwargs or {}))


def test_the_entropy_is_that_of_torch_without_what_a_gpu_compiles_at_its_first_use():
    scores = 30 * torch.randn(4, 50, generator=torch.Generator().manual_seed(3))
    scores[1, 10:] = -math.inf
    scores[2, 1:] = -math.inf  # one piece alone can come
    capture = Capture(1)
    with Called() as called:
        for row in range(4):
            capture(torch.zeros(1, row + 1, dtype=torch.int64), scores[row : row + 1])
        pieces = capture.pieces([0] * 4, [(0, 1)] * 4, spelled)  # type: ignore[arg-type]
    assert [piece.entropy for piece in pieces] == near(torch.special.entr(scores.softmax(-1)).sum(-1))
    assert str(pieces[2].entropy) == "0.0"
    assert "special_entr" not in called.names


class Penalized(torch.nn.Module):
    """A model whose settings change its own scores."""

    generation_config = SimpleNamespace(repetition_penalty=1.5)

    def forward(self, own: torch.Tensor) -> SimpleNamespace:
        return SimpleNamespace(logits=own[None, None])


@pytest.mark.parametrize(("third", "first"), [(5.0, None), (4.0, 1)])
def test_what_the_model_itself_would_have_put_first_is_told_where_it_is_likelier(third: float, first: int | None):
    """In half precision many scores are the same."""
    capture, model = Capture(1), Penalized()
    own = torch.tensor([0.0, 5.0, 0.0, third], dtype=torch.bfloat16)
    changed = own / torch.tensor([1.0, 1.5, 1.0, 1.0], dtype=torch.bfloat16)
    with capture.hearing(model, {}):
        model(own)
        capture(torch.zeros(1, 1, dtype=torch.int64), changed[None])
    (piece,) = capture.pieces([3], [(0, 1)], spelled)  # type: ignore[arg-type]
    assert piece.chosen.id == piece.alternatives[0].id == 3
    assert (piece.first and piece.first.id) == first


# Other settings on the same distribution.


def told(scores: torch.Tensor) -> Piece:
    logs = scores.log_softmax(-1)
    top, ids = logs.topk(SHOWN)
    alternatives = tuple(Alternative(str(i), float(lp), int(i)) for i, lp in zip(ids, top, strict=True))
    return Piece(alternatives[0], 0, 1, 0.0, alternatives, scores=logs.numpy().tobytes())


@given(
    seed=st.integers(0, 10**6), size=st.integers(SHOWN, 3000), spread=st.floats(0.1, 20), top_k=st.integers(1, 4000),
    temperature=st.floats(0.05, 10), top_p=st.floats(0.01, 1),
)  # fmt: skip
def test_moved_settings_do_what_the_warpers_of_transformers_do(seed, size, spread, top_k, temperature, top_p):
    generator = torch.Generator().manual_seed(seed)
    scores = torch.randn(size, generator=generator, dtype=torch.float64) * spread
    scores[torch.rand(size, generator=generator) < 0.1] = -math.inf
    warped = torch.tensor(np.frombuffer(told(scores.float()).scores, np.float32)).double()[None]
    warpers = [TemperatureLogitsWarper(temperature), TopKLogitsWarper(top_k), *[TopPLogitsWarper(top_p)] * (top_p < 1)]
    for warper in warpers:
        warped = warper(None, warped)
    shares = warped.softmax(-1)[0]
    piece = told(scores.float())
    found = moved(piece, temperature, top_k, top_p)
    assert found.probabilities == pytest.approx([float(shares[each.id]) for each in piece.alternatives], abs=1e-9)
    assert found.probabilities[0] == found.chosen
    assert sum(found.probabilities) + found.others == pytest.approx(1)
    assert found.left == int((shares > 0).sum())
    assert found.entropy == pytest.approx(float(torch.special.entr(shares).sum()), abs=1e-6)


def test_the_settings_of_a_real_distribution_do_what_generate_would_draw_from(folders: Folders, context: Context):
    piece = ask(folders["llama"], context).pieces[2]
    again = moved(piece, 1.0, 0, 1.0)
    assert again.probabilities == pytest.approx([each.probability for each in piece.alternatives], abs=1e-6)
    assert again.entropy == pytest.approx(piece.entropy, abs=1e-5)
    assert again.left == 300
    assert moved(piece, 0.7, 3, 1.0).left == 3
    alone = moved(piece, 1.0, 0, 0.01)
    assert alone.probabilities[:2] == (1.0, 0.0)
    assert str(alone.entropy) == "0.0"  # and not -0.0
