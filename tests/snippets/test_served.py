"""The plain programs that ask a server say what llm-tui says of the same answers."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from model_server import Behaviour, ModelServer, model_server
from printed import printed, same

from llm_tui.engine.job import run_job
from llm_tui.foundation.job import PROMPT, TRANSLATE_ES_EN, Generate, ModelChoice, RoundTrip, Settings, ZeroShot
from llm_tui.serving import servers, turns
from llm_tui.serving.address import address
from llm_tui.snippets.snippet import snippet


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in servers.KEYS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("llm_tui.serving.chat.TURNS", turns.Turns())
    with model_server() as there:
        yield there


def completes(*pieces: dict[str, float], text: str = "") -> Behaviour:
    """A whole answer, for every question the next of these; with what it could have begun with, where that is given."""
    left = list(pieces)

    def behave(handler: Any) -> None:
        with handler.server.lock:
            now = left.pop(0) if len(left) > 1 else left[0] if left else {}
        rows = [{"token": piece, "logprob": math.log(share)} for piece, share in now.items()]
        said = {"message": {"role": "assistant", "content": text or next(iter(now))}, "finish_reason": "stop"}
        if rows:
            said["logprobs"] = {"content": [{**rows[0], "top_logprobs": rows}]}
        handler.send(200, json.dumps({"model": "tiny-2", "choices": [said]}).encode())

    return behave


def test_an_answer_of_a_server_is_the_same(served, run, context):
    served.behaviour = completes(text=" Un año, 3 líneas.\n")
    model = ModelChoice(served.name)
    for job in (
        Generate(PROMPT, ("¿Qué es «esto»?",), model),
        Generate(PROMPT, ("Uno", "Dos \ud800"), model, Settings(5, True, 0.7, 0.9, seed=3)),
        RoundTrip(TRANSLATE_ES_EN, "Hola.", model, model),
    ):
        wanted, asked = printed(job, run_job(job, context)), list(served.questions)
        served.requests.clear()
        assert same(run(snippet(job, "es")), wanted)
        plain = [{key: question[key] for key in question if not key.startswith("stream")} for question in asked]
        assert sorted(map(repr, served.questions)) == sorted(map(repr, plain))
        served.requests.clear()


@pytest.mark.parametrize(
    ("several", "pieces", "text"),
    [
        (False, ({"B": 0.5, " B": 0.1, "A": 0.2, "The": 0.1}, {"C": 0.9}), ""),
        (False, ({"C. Este": 0.97, "A": 0.01},), ""),
        (False, (), "«Odio»."),
        (False, (), "No sé"),
        (True, ({"yes": 0.5, "Sí": 0.1, "No": 0.2}, {"no": 0.9}), ""),
        (True, (), "Sí, claro"),
    ],
)
def test_labels_of_a_server_have_the_same_scores(served, run, context, several, pieces, text):
    labels = ("spam", "odio", "permitido")
    # One text at a time: who of several is answered first, nobody knows.
    job = ZeroShot(
        ("Te {odio}",), labels[: 1 if several else 3], "Este texto es {}.", several, ModelChoice(served.name)
    )
    for behaviour in [completes(each) for each in pieces] or [completes(text=text)]:
        served.behaviour = behaviour
        wanted = printed(job, run_job(job, context))
        assert same(run(snippet(job, "en")), wanted)


def test_the_key_comes_from_the_environment_and_stands_in_no_program(served, run, monkeypatch):
    served.behaviour = completes(text="Sí")
    job = Generate(PROMPT, ("Hola",), ModelChoice(served.name))
    assert "API_KEY" not in snippet(job, "es").text  # nobody named this server: it is given no key
    monkeypatch.setenv("LLM_TUI_API_KEY", "sk-of-the-person")
    servers.keep(address(served.name), ["tiny"])
    program = snippet(job, "es")
    assert "sk-of-the-person" not in program.text
    run(program, LLM_TUI_API_KEY="sk-of-the-person")
    assert served.requests[-1][2]["Authorization"] == "Bearer sk-of-the-person"
    run(program, LLM_TUI_API_KEY="")
    assert "Authorization" not in served.requests[-1][2]
