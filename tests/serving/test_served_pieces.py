"""The pieces of a server's answer: what it says of them, where that can be so, and nothing where it cannot."""

from __future__ import annotations

import math
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from model_server import Behaviour, ModelServer, answers, chunk, in_turn, streams

from llm_tui.cli import cli
from llm_tui.engine.job import run_job
from llm_tui.foundation.job import PROMPT, Generate, Generated, ModelChoice, Settings
from llm_tui.foundation.pieces_table import pieces_table
from llm_tui.serving.logprobs import Pieces, texts_of

Row = dict[str, Any]


def row(token: str, share: float, *others: tuple[str, float], octets: bool = True) -> Row:
    """A piece with those in its place, as the API has it."""

    def one(text: str, p: float) -> Row:
        return {"token": text, "logprob": math.log(p), "bytes": list(text.encode()) if octets else None}

    return {**one(token, share), "top_logprobs": [one(*each) for each in [(token, share), *others]]}


def tells(*rows: Any, text: str | None = None, whole: Any = None, finish: str | None = "stop") -> Behaviour:
    """A streamed answer with what is said of each piece; `whole` stands in the place of the first `logprobs`."""

    def behave(handler: Any) -> None:
        handler.begin()
        for number, each in enumerate(rows):
            said = whole if whole is not None and not number else {"content": [each]}
            handler.event(chunk(each["token"] if text is None else text * (not number), logprobs=said))
        handler.event(chunk(finish=finish))
        handler.event("[DONE]")

    return behave


GOOD = (row(" Pa", 0.5, ("El", 0.3)), row("n", 0.9), row(" blanco", 0.2, (" negro", 0.6)))


def ask(served: ModelServer, context: Any, pieces: bool = True, **how: Any) -> Generated:
    job = Generate(PROMPT, ("¿Pan?",), ModelChoice(served.name), Settings(**how), pieces=pieces)
    return run_job(job, context)


def test_an_answer_comes_with_what_the_server_says_of_its_pieces(served, context):
    served.behaviour = tells(*GOOD)
    made = ask(served, context)
    text = made.answers[0].text
    assert text == "Pan blanco"
    assert [text[each.start : each.end] for each in made.pieces] == ["Pa", "n", " blanco"]
    assert [each.chosen.probability for each in made.pieces] == pytest.approx([0.5, 0.9, 0.2])
    assert [each.text for each in made.pieces[2].alternatives] == [" negro", " blanco"]
    assert (made.pieces[2].rank, made.pieces[2].entropy) == (2, None)
    assert made.pieces[0].others == pytest.approx(0.2)
    assert (served.questions[0]["logprobs"], served.questions[0]["top_logprobs"]) == (True, 20)
    table = pieces_table(made.pieces, made.made_by)
    assert "entropy" not in [column.key for column in table.columns]
    assert "no entropy" in table.footer[1].en


WHOLE, HALF, SHORT = tells(*GOOD), tells(*GOOD, finish=None), tells(*GOOD, finish="length")


@pytest.mark.usefixtures("own_folders")
@pytest.mark.parametrize(
    ("behaviours", "texts", "code", "said"),
    [
        ((HALF,), ("¿Pan?",), 2, "ended in mid-answer"),
        ((WHOLE, WHOLE, WHOLE, HALF), ("¿Pan?", "¿Más?"), 2, "ended in mid-answer"),  # each is asked again for its own
        ((SHORT,), ("¿Pan?",), 0, "reached their limit: 1."),
    ],
)
def test_the_command_that_asks_why_says_what_is_not_whole(served, behaviours, texts, code, said):
    served.behaviour = in_turn(*behaviours)
    done = CliRunner().invoke(cli, ["ask", *texts, "--model", served.name, "--why"])
    assert (done.exit_code, "blanco" in done.stdout) == (code, True)
    assert said in done.stderr


def test_nothing_is_asked_for_where_nobody_wants_it(served, context):
    served.behaviour = streams("Pan")
    assert ask(served, context, pieces=False).pieces == ()
    assert "logprobs" not in served.questions[0]


@pytest.mark.parametrize("name", ["top_logprobs", "logprobs"])
def test_a_server_that_refuses_them_is_asked_without(served, context, name):
    served.behaviour = in_turn(
        answers(400, {"error": {"message": f"{name} is not supported"}}),
        answers(400, {"error": {"message": "logprobs is not supported"}}) if name == "top_logprobs" else streams("Pan"),
        streams("Pan"),
    )
    made = ask(served, context)
    assert (made.answers[0].text, made.pieces) == ("Pan", ())
    assert name not in served.questions[-1]


def test_the_end_is_a_piece_where_the_server_tells_it(served, context):
    served.behaviour = tells(*GOOD, row("</s>", 0.7, (".", 0.2)), text=" Pan blanco")
    last = ask(served, context).pieces[-1]
    assert (last.chosen.shown, last.chosen.ends, last.start, last.end) == ("⟂ </s>", True, 10, 10)
    assert [each.ends for each in last.alternatives] == [True, False]


def test_half_a_character_is_of_the_piece_that_completes_it(served, context):
    first, second = "ñ".encode()
    rows = [{"token": "\ufffd", "logprob": -1.0, "bytes": [octet]} for octet in (first, second)]
    served.behaviour = tells(*rows, text="ñ")
    pieces = ask(served, context).pieces
    assert [(each.chosen.text, each.start, each.end) for each in pieces] == [("\\xc3", 0, 0), ("\\xb1", 0, 1)]


HOSTILE: dict[str, Any] = {
    "NaN": {"content": [{"token": " Pa", "logprob": "nan"}]},
    "infinite": {"content": [{"token": " Pa", "logprob": "-inf"}]},
    "above 0": {"content": [{"token": " Pa", "logprob": 3.0}]},
    "more than one": {"content": [row(" Pa", 0.9, ("El", 0.8))]},
    "no number": {"content": [{"token": " Pa", "logprob": None}]},
    "no piece": {"content": [None]},
    "no text": {"content": [{"token": 7, "logprob": -1.0}]},
    "no bytes": {"content": [{"token": " Pa", "logprob": -1.0, "bytes": [999]}]},
    "other text": {"content": [row("Something else", 0.5)]},
    "missing": {"content": []},
    "many": {"content": [{"token": "", "logprob": -1.0}] * 20_000},
    "no list": {"content": "abc", "top_logprobs": 7},
}


@pytest.mark.parametrize("fault", HOSTILE)
def test_what_can_be_no_probabilities_is_none_and_the_answer_stays(served, context, fault):
    served.behaviour = tells(*GOOD, whole=HOSTILE[fault])
    made = ask(served, context)
    assert (made.answers[0].text, made.pieces) == ("Pan blanco", ())


def test_what_a_piece_is_called_reaches_no_terminal(served, context):
    served.behaviour = tells(row("\x1b[31m", 0.5, ("\x07", 0.2)))
    (piece,) = ask(served, context).pieces
    assert all(each.shown.isprintable() for each in piece.alternatives)


@given(st.text(max_size=12), st.data())
def test_pieces_of_bytes_make_the_text_that_they_are_of(text, data):
    octets = text.encode(errors="replace")
    cuts = sorted(data.draw(st.lists(st.integers(0, len(octets)), max_size=6)))
    parts = [octets[a:b] for a, b in zip([0, *cuts], [*cuts, len(octets)], strict=True)]
    told = Pieces()
    told.take({"content": [{"token": "?", "logprob": -1, "bytes": list(part)} for part in parts]})
    found = texts_of(told.found(), octets.decode())
    assert found is not None
    assert "".join(found) == octets.decode()
    assert len(found) == len(parts)
