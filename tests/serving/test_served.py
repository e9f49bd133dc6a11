"""Text from a server: streamed, stopped at once, counted by the server alone, and a few questions at a time."""

from __future__ import annotations

import json
import threading
import time

import pytest
from model_server import ModelServer, answers, chunk, in_turn, streams

from llm_tui import __version__
from llm_tui.engine.engine import Engine
from llm_tui.engine.events import Cancelled, Event, Progress, Token
from llm_tui.engine.job import Context, run_job
from llm_tui.foundation.instructions import INSTRUCTIONS
from llm_tui.foundation.job import (
    PROMPT,
    SUMMARIZE,
    TRANSLATE_ES_EN,
    Generate,
    ModelChoice,
    RoundTrip,
    Settings,
)

PLAIN = Settings()


def asks(served: ModelServer, *texts: str, task: str = PROMPT, settings: Settings = PLAIN) -> Generate:
    return Generate(task, texts or ("Hola",), ModelChoice(served.name), settings)


@pytest.mark.parametrize("task", list(INSTRUCTIONS))
def test_an_answer_is_streamed_and_says_who_gave_it(served, context, events: list[Event], task):
    served.behaviour = streams("A ", "few ", "words.", counts=(7, 3))
    made = run_job(asks(served, "Hola", task=task), context)
    answer = made.answers[0]
    assert [event.text for event in events if isinstance(event, Token)] == ["A ", "few ", "words."]
    assert (answer.text, answer.input_pieces, answer.output_pieces, answer.complete) == ("A few words.", 7, 3, True)
    assert answer.source == INSTRUCTIONS[task] + "Hola"
    by = made.made_by
    assert (by.model, by.device, by.parameters) == (served.name, served.url, None)
    assert by.served and (by.served.by, by.served.model) == (served.url, "tiny-2-q4")
    assert by.revision == f"tiny-2-q4 {by.served.day}" and by.seconds and by.version == __version__
    assert served.questions[0]["messages"] == [{"role": "user", "content": answer.source}]


def test_pieces_that_the_server_does_not_count_are_not_invented(served, context):
    answer = run_job(asks(served), context).answers[0]
    assert (answer.input_pieces, answer.output_pieces, answer.lost, answer.cut) == (None, None, "", False)


def test_settings_are_asked_for_in_the_words_of_the_api(served, context):
    run_job(asks(served, settings=Settings(max_new_tokens=9)), context)
    drawn = Settings(sample=True, temperature=0.7, top_p=0.9, top_k=3, seed=5, repetition_penalty=1.2)
    run_job(asks(served, settings=drawn), context)
    greedy, sampled = served.questions
    own = {"model", "messages", "stream", "stream_options"}
    assert {name: greedy[name] for name in greedy.keys() - own} == {"max_tokens": 9, "temperature": 0}
    assert {name: sampled[name] for name in sampled.keys() - own} == {
        "max_tokens": 128, "temperature": 0.7, "top_p": 0.9, "seed": 5,
    }  # fmt: skip
    assert greedy["stream_options"] == {"include_usage": True}


def test_what_a_reasoning_model_thinks_is_no_part_of_its_answer(served, context):
    served.behaviour = streams("<think>", "Shall I?", "</think>\n\n", "Yes.")
    assert run_job(asks(served), context).answers[0].text == "Yes."


def test_an_answer_that_reached_its_limit_is_not_complete(served, context):
    served.behaviour = streams("One", finish="length")
    answer = run_job(asks(served), context).answers[0]
    assert (answer.text, answer.complete, answer.broken) == ("One", False, "")


def test_a_stream_without_its_end_mark_is_whole_where_the_model_ended(served, context):
    served.behaviour = streams("All", done=False)
    assert run_job(asks(served), context).answers[0].complete


def test_an_answer_that_is_no_stream_is_taken_too(served, context):
    whole = {"model": "m", "choices": [{"message": {"content": "Whole."}, "finish_reason": "stop"}]}

    served.behaviour = answers(200, json.dumps(whole, indent=2).encode())
    assert run_job(asks(served), context).answers[0].text == "Whole."


def test_several_texts_are_asked_a_few_at_a_time_and_answered_in_their_order(served, context, events: list[Event]):
    texts = tuple(f"text {n}" for n in range(10))

    def echo(handler):
        waited = time.monotonic() + 60
        while served.most_open < 2 and time.monotonic() < waited:  # none is answered before another one has come
            time.sleep(0.01)
        streams(handler.asked["messages"][0]["content"].upper())(handler)

    served.behaviour = echo
    made = run_job(asks(served, *texts), context)
    assert [answer.text for answer in made.answers] == [text.upper() for text in texts]
    assert 1 < served.most_open <= 4
    assert not [event for event in events if isinstance(event, Token)]


def test_a_server_that_drops_a_question_for_the_next_is_asked_one_by_one(served, context):
    """As llama-cpp-python's does, which ends the stream as if it were whole, without saying why it ended."""
    texts, newest = tuple(f"text {n}" for n in range(6)), [0]

    def dropping(handler):
        with served.lock:
            newest[0] += 1
            mine = newest[0]
        handler.begin()
        for letter in handler.asked["messages"][0]["content"]:
            handler.event(chunk(letter))
            time.sleep(0.01)
            if newest[0] != mine:
                handler.event("[DONE]")
                return
        handler.event(chunk(finish="stop"))
        handler.event("[DONE]")

    served.behaviour = dropping
    made = run_job(asks(served, *texts), context)
    assert [answer.text for answer in made.answers] == list(texts)
    assert all(answer.complete for answer in made.answers)


@pytest.mark.parametrize("silent", ["before", "within"])
def test_a_stop_closes_the_connection_at_once(served, silent):
    begun = threading.Event()

    def waits(handler):
        if silent == "within":
            handler.begin()
            handler.event(chunk("One"))
        begun.set()
        if silent == "before":  # not even a status: only the closed connection tells it
            handler.connection.settimeout(60)
            if handler.connection.recv(1) == b"":
                served.hung_up.set()
            return
        handler.until_hung_up()

    served.behaviour = waits
    told: list[Event] = []
    with Engine() as engine:
        engine.submit(asks(served), told.append)
        assert begun.wait(60)
        if silent == "within":
            waited = time.monotonic() + 60
            while not any(isinstance(event, Token) for event in told) and time.monotonic() < waited:
                time.sleep(0.01)
        engine.cancel()
        assert engine.wait(60)
        assert served.hung_up.wait(60)
    assert isinstance(told[-1], Cancelled)


def test_a_server_that_takes_its_time_is_waited_for_and_the_screen_says_so(served, context, events, monkeypatch):
    monkeypatch.setattr("llm_tui.serving.connection._QUIET_SECONDS", 0.0)

    def slow(handler):
        waited = time.monotonic() + 60
        while not any(_waits(event, served) for event in list(events)) and time.monotonic() < waited:
            time.sleep(0.02)
        streams("Late.")(handler)

    served.behaviour = slow
    assert run_job(asks(served), context).answers[0].text == "Late."
    assert any(_waits(event, served) for event in events)


def _waits(event: Event, served: ModelServer) -> bool:
    return isinstance(event, Progress) and f"waiting for {served.place}" in event.what


def test_a_translation_goes_there_and_back_over_two_servers_models(served, context):
    served.behaviour = in_turn(streams("The train."), streams("El tren."))
    choice = ModelChoice(served.name)
    trip = run_job(RoundTrip(TRANSLATE_ES_EN, "El tren.", choice, choice), context)
    assert (trip.there.text, trip.back.text, trip.chrf) == ("The train.", "El tren.", pytest.approx(100))
    assert trip.made_by.served and trip.back_by.served


def test_a_served_model_needs_neither_torch_nor_transformers():
    job = Generate(SUMMARIZE, ("x",), ModelChoice("http://h:1/v1#m"))
    assert job.imports == ("httpx",)
    assert "torch" in Generate(SUMMARIZE, ("x",)).imports


def test_hostile_pieces_are_text(served, context):
    served.behaviour = streams("\x1b[31m", "[red]no[/red]", "\u202e", "\ud800")
    text = run_job(asks(served), context).answers[0].text
    assert text.startswith("\x1b[31m[red]no[/red]") and text.encode()


def test_half_of_a_surrogate_pair_can_be_asked(served, context: Context):
    run_job(asks(served, "a\ud800b"), context)
    assert served.questions[0]["messages"][0]["content"] == "a?b"
