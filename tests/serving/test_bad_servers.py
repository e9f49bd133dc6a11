"""Every fault of a server has its own sentence, in both languages, and harms nothing else."""

from __future__ import annotations

import json
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from model_server import Handler, ModelServer, answers, chunk, in_turn, streams

from llm_tui import i18n
from llm_tui.engine.events import Event, Progress
from llm_tui.engine.job import Context, JobCancelled, run_job
from llm_tui.errors import NotTaken, Unavailable, UserError
from llm_tui.foundation.job import PROMPT, Answer, Generate, ModelChoice
from llm_tui.serving import servers
from llm_tui.serving.address import address

HTML = b"<html><head><title>Login</title></head><body>Who are you?</body></html>"


def asks(name: str) -> Generate:
    return Generate(PROMPT, ("Hola",), ModelChoice(name))


def answer_of(served: ModelServer, context: Context) -> Answer:
    return run_job(asks(served.name), context).answers[0]


def sentences(name: str, context: Context, kind: type[UserError] = UserError) -> str:
    """What is said in English; it is said in Spanish too."""
    said = {}
    for language in ("es", "en"):
        i18n.use(language)
        with pytest.raises(UserError) as caught:
            run_job(asks(name), context)
        assert type(caught.value) is kind
        said[language] = str(caught.value)
    assert said["es"] != said["en"] and "\n" not in said["en"]
    assert said["en"].count("Traceback") == 0
    return said["en"]


def cut(*pieces: str) -> object:
    """A chunked answer whose last chunk never comes."""

    def behave(handler: Handler) -> None:
        handler.close_connection = True
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for piece in pieces:
            data = f'data: {{"choices": [{{"delta": {{"content": "{piece}"}}}}]}}\n\n'.encode()
            handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    return behave


def error_within(handler: Handler) -> None:
    handler.begin()
    handler.event(chunk("Half"))
    handler.event({"error": {"message": "CUDA out of memory", "type": "server_error"}})


def half_of_a_line(handler: Handler) -> None:
    handler.begin()
    handler.event(chunk("Half"))
    handler.wfile.write(b'data: {"choices": [{"delta": {"cont')


BROKEN = {
    "cut off": (cut("Half"), "ended in mid-answer"),
    "closed": (streams("Half", finish=None, done=False), "ended in mid-answer"),
    "done without an end": (streams("Half", finish=None), "ended in mid-answer"),
    "half of a line": (half_of_a_line, "ended in mid-answer"),
    "an error within": (error_within, "stopped its answer with an error: CUDA out of memory"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_what_came_before_the_end_is_kept_and_marked(served, context, fault):
    served.behaviour, words = BROKEN[fault]
    said = {}
    for language in ("es", "en"):
        i18n.use(language)
        answer = answer_of(served, context)
        assert (answer.text, answer.complete) == ("Half", False)
        said[language] = answer.broken
    assert served.place in said["en"] and words in said["en"] and said["en"] != said["es"]


def many_lines(handler: Handler) -> None:
    """10 GB, if anybody read them."""
    handler.begin()
    handler.event(chunk("Half"))
    handler.wfile.write(b"data: ")
    handler.until_hung_up(every=0, piece=b"x" * 65_536)


def many_events(handler: Handler) -> None:
    handler.begin()
    event = f"data: {json.dumps(chunk('word ' * 1000))}\n\n".encode()
    handler.until_hung_up(every=0, piece=event)


@pytest.mark.parametrize(("endless", "what"), [(many_lines, "a line of more than 1 MB"), (many_events, "an answer of")])
def test_what_does_not_end_is_given_up_and_fills_no_memory(served, context, endless, what):
    served.behaviour = endless
    answer = answer_of(served, context)
    assert what in answer.broken and served.place in answer.broken
    assert len(answer.text) < 500_000
    assert served.hung_up.wait(60)


def no_http(handler: Handler) -> None:
    handler.close_connection = True
    handler.wfile.write(b"SSH-2.0-OpenSSH\r\n")


def redirects_to(url: str):
    return answers(307, b"", "text/plain", Location=url)


REFUSED = {
    "not JSON": (answers(200, b"hello", "text/plain"), "is not JSON"),
    "not JSON, said to be": (answers(200, b"hello"), "is not JSON"),
    "a deep one": (answers(200, b"[" * 100_000), "is not JSON"),
    "another JSON": (answers(200, {"choices": [{"message": {"content": ["a", "list"]}}]}), "is not JSON"),
    "a web page": (answers(200, HTML, "text/html"), "web page"),
    "a proxy's page": (answers(502, HTML, "text/html"), "web page"),
    "no choices": (answers(200, {"choices": []}), "no choices"),
    "an empty stream": (streams(finish=None), "no choices"),
    "an error at once": (answers(200, {"error": "no room"}), "with an error: no room"),
    "400": (answers(400, {"error": {"message": "too long\x1b[0m"}}), "does not take the question (400): too long␛[0m"),
    "500": (answers(500, {"detail": "boom"}), "failed (500): boom"),
    "500 without words": (answers(500), "failed (500)."),
    "500 of many words": (answers(500, b"x" * 1_000_000, "text/plain"), "failed (500): xxx"),
    "a redirect": (redirects_to("https://elsewhere.example/v1?token=secret"), "sends on to https://elsewhere.example/v1"),
    "a redirect with controls": (redirects_to("/\x9b2J" + "x" * 9000 + "?key=secret"), "sends on to /⟨009B⟩2Jxxx"),
    "another protocol": (no_http, "speaks no HTTP"),
    "nothing": (lambda handler: handler.connection.shutdown(socket.SHUT_RDWR), "ended the connection"),
}  # fmt: skip


@pytest.mark.parametrize("fault", REFUSED)
def test_a_bad_server_has_one_sentence(served, context, fault):
    served.behaviour, words = REFUSED[fault]
    said = sentences(served.name, context, NotTaken if fault == "400" else UserError)
    assert words in said and served.place in said and "secret" not in said
    assert len(said) < 500


def test_nothing_is_sent_to_where_a_server_sends_on(served, context, monkeypatch):
    monkeypatch.setenv("LLM_TUI_API_KEY", "sk-mine")
    with_other = ModelServer()
    try:
        served.behaviour = redirects_to(with_other.url)
        sentences(served.name, context)
        assert with_other.requests == []
    finally:
        with_other.server_close()


def test_a_model_that_the_server_does_not_have(served, context):
    served.models = ["big", "small[b]"]
    served.behaviour = answers(404, {"object": "error", "message": "The model `no` does not exist."})
    assert "no model “no”: it serves big, small[b]." in sentences(f"{served.url}#no", context, Unavailable)
    assert "names no model: write one behind a #; it serves big, small[b]." in sentences(served.url, context)


def test_what_a_server_calls_its_models_reaches_no_terminal(served, context):
    served.models = ("good", "\x1b[2J", "x\ny", " ", "long" * 99)
    assert sentences(served.url, context).endswith("it serves good.")
    hostile = {"model": "\x1b[2Jm\nx", "choices": [{"message": {"content": "Yes"}, "finish_reason": "stop"}]}
    served.behaviour = answers(200, hostile)
    made = run_job(asks(served.name), context).made_by
    assert made.served and made.served.model == "␛[2Jm␊x" and "\x1b" not in made.revision


def test_what_a_server_says_in_mid_answer_reaches_no_terminal(served, context):
    def behave(handler: Handler) -> None:
        handler.begin()
        handler.event(chunk("Half"))
        handler.event({"error": {"message": "no\x1b[2J room"}})

    served.behaviour = behave
    assert "no␛[2J room" in answer_of(served, context).broken


def test_a_server_without_models(served, context):
    served.models = ()
    assert "serves no model yet" in sentences(served.url, context)


def test_a_server_without_the_api(served, context):
    served.bare, served.behaviour = True, answers(404, HTML, "text/html")
    assert "has nothing at /v1 for the OpenAI API (404)" in sentences(served.name, context)


def test_nobody_listens(context):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = sentences(f"http://127.0.0.1:{port}/v1#m", context, Unavailable)
    assert f"127.0.0.1:{port} (Connection refused)" in said


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "nonsense://x"])
def test_a_proxy_that_cannot_be_used(context, monkeypatch, proxy):
    monkeypatch.setenv("ALL_PROXY", proxy)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert "The proxy that the environment names for gpu1.example:80 cannot be used" in sentences(
        "http://gpu1.example/v1#m", context
    )


def test_a_server_on_this_machine_is_asked_around_the_proxy(served, context, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert answer_of(served, context).complete


def test_a_host_that_drops_every_packet_is_given_up(context, monkeypatch):
    monkeypatch.setattr("llm_tui.serving.connection.CONNECT_SECONDS", 0.2)
    with socket.socket() as full:  # its queue is full: what comes after is not answered at all
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        place, waiting = full.getsockname(), []
        for _ in range(3):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(place)
            waiting.append(one)
        said = sentences(f"http://127.0.0.1:{place[1]}/v1#m", context, Unavailable)
        for one in waiting:
            one.close()
    assert "no connection within 0.2 s" in said


def test_a_server_that_falls_silent_is_given_up(served, context, monkeypatch):
    monkeypatch.setattr("llm_tui.serving.connection.STALL_SECONDS", 0.2)

    def stalls(handler):
        handler.begin()
        handler.event(chunk("Half"))
        served.ended.wait(60)

    served.behaviour = stalls
    answer = answer_of(served, context)
    assert answer.text == "Half" and "has said nothing for 0.2 s" in answer.broken


def test_a_server_that_never_begins_is_given_up(served, context, monkeypatch):
    monkeypatch.setattr("llm_tui.serving.connection.FIRST_SECONDS", 0.2)
    served.behaviour = lambda handler: served.ended.wait(60)
    assert f"{served.place} has said nothing for 0.2 s" in sentences(served.name, context)


# Busy, and not ready.


@pytest.mark.parametrize(("status", "seconds"), [(429, 1), (503, 0)])
def test_a_server_is_asked_again_when_it_says(served, context, events: list[Event], status, seconds):
    served.behaviour = in_turn(answers(status, Retry_After=str(seconds)), streams("Now."))
    began = time.monotonic()
    assert answer_of(served, context).text == "Now."
    assert time.monotonic() - began >= seconds
    what = "is busy" if status == 429 else "is loading"
    assert any(isinstance(event, Progress) and f"{served.place} {what}: again in" in event.what for event in events)


def test_a_date_to_ask_again_at_is_understood(served, context):
    at = format_datetime(datetime.now(UTC) - timedelta(seconds=5), usegmt=True)
    served.behaviour = in_turn(answers(429, Retry_After=at), streams("Now."))
    assert answer_of(served, context).text == "Now."


@pytest.mark.parametrize(
    ("status", "after", "words"),
    [
        (429, "86400", "ask again in 86400 s"),
        (429, "9" * 99, "ask again later"),
        (429, "soon", "ask again later"),
        (503, "soon", "is not ready after"),
    ],
)
def test_a_server_is_not_waited_for_without_end(served, context, monkeypatch, status, after, words):
    monkeypatch.setattr("llm_tui.serving.connection.READY_SECONDS", 0.01)
    monkeypatch.setattr("llm_tui.serving.connection.MOST_PAUSE", 0.3)
    served.behaviour = answers(status, Retry_After=after)
    said = sentences(served.name, context, Unavailable if status == 503 else UserError)
    assert words in said and served.place in said


def test_the_wait_can_be_stopped(served, context, stop: threading.Event, events: list[Event]):
    served.behaviour = answers(429, Retry_After="100")
    threading.Timer(0.3, stop.set).start()
    with pytest.raises(JobCancelled):
        answer_of(served, context)


# Keys.


def test_a_key_goes_to_the_servers_that_a_person_has_named_alone(served, context, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-other")
    answer_of(served, context)
    servers.keep(address(served.url), ["tiny"])
    answer_of(served, context)
    monkeypatch.setenv("LLM_TUI_API_KEY", "sk-mine")
    answer_of(served, context)
    sent = [headers.get("Authorization") for _, _, headers in served.requests]
    assert sent == [None, "Bearer sk-other", "Bearer sk-mine"]


def test_a_server_that_wants_a_key_is_told_apart_and_its_words_are_not_repeated(served, context, monkeypatch):
    served.behaviour = answers(401, {"error": {"message": "Incorrect API key provided: sk-mine"}})
    assert "set LLM_TUI_API_KEY in the environment" in sentences(served.name, context)
    monkeypatch.setenv("LLM_TUI_API_KEY", "sk-mine")
    assert "only to servers that you have named" in sentences(served.name, context)
    servers.keep(address(served.url), ["tiny"])
    said = sentences(served.name, context)
    assert "it refuses it" in said and "sk-mine" not in said


def test_a_key_is_not_sent_in_clear_to_where_it_was_named_with_tls(monkeypatch):
    monkeypatch.setenv("LLM_TUI_API_KEY", "sk-mine")
    servers.keep(address("https://api.example/v1"), [])
    assert servers.key_for(address("https://api.example/other#m")) == "sk-mine"
    assert servers.key_for(address("http://api.example:443/v1#m")) == ""


def test_a_key_that_a_server_repeats_is_not_shown(served, context, monkeypatch):
    monkeypatch.setenv("LLM_TUI_API_KEY", "sk-mine")
    servers.keep(address(served.url), ["tiny"])
    served.behaviour = answers(500, {"error": {"message": "bad header Bearer sk-mine"}})
    assert "bad header Bearer …" in sentences(served.name, context)


def test_a_key_that_cannot_be_sent_is_said(served, context, monkeypatch):
    monkeypatch.setenv("LLM_TUI_API_KEY", "sk-ñ\nX: y")
    servers.keep(address(served.url), ["tiny"])
    said = sentences(served.name, context)
    assert "only ASCII characters" in said and "sk-" not in said


# What a server does not know.


def test_a_setting_that_a_server_does_not_know_is_left_out_and_said(served, context):
    from llm_tui.foundation.job import Settings
    from llm_tui.foundation.tables import made_by

    def picky(handler):
        for name in ("stream_options", "seed"):
            if name in handler.asked:
                return handler.send(400, f'{{"error": {{"message": "Unknown parameter: {name}"}}}}'.encode())
        return streams("Yes.")(handler)

    served.behaviour = picky
    made = run_job(Generate(PROMPT, ("x",), ModelChoice(served.name), Settings(sample=True)), context)
    assert made.answers[0].text == "Yes."
    assert made.made_by.served and made.made_by.served.refused == ("seed",)
    assert "does not know seed" in made_by(made.made_by).en


def test_the_newer_name_of_the_longest_answer(served, context):
    def newer(handler):
        if "max_tokens" in handler.asked:
            words = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
            return answers(400, {"error": {"message": words}})(handler)
        return streams("Yes.")(handler)

    served.behaviour = newer
    assert answer_of(served, context).text == "Yes."
    assert served.questions[-1]["max_completion_tokens"] == 128
