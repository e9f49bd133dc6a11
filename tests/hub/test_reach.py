"""A hub that is silent: nobody waits long for it, and nobody twice. `test_black_hole` has a network that drops."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from local_hub import REVISION, files_of, reach, serving

from llm_tui import i18n
from llm_tui.engine.events import Event
from llm_tui.engine.job import Context, JobCancelled
from llm_tui.errors import Unavailable
from llm_tui.hub import reach as reaching
from llm_tui.hub.fetching import fetch_model, fetch_tokenizer, plan_model
from llm_tui.hub.shipped import shipped

NAME = "somebody/little-one"
LONG = 60.0


@pytest.fixture
def silent(no_hub: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """An address where connections are taken and nothing is ever answered."""
    monkeypatch.setattr(reaching, "PATIENCE", 0.3)
    monkeypatch.setattr(reaching, "PATIENCE_AGAIN", 0.6)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        reach(f"http://127.0.0.1:{listening.getsockname()[1]}", monkeypatch)
        yield listening


def called(listening: socket.socket, within: float = LONG) -> socket.socket | None:
    """Who has connected since the last time, or does so soon: a busy machine may have given up before."""
    listening.settimeout(within)
    try:
        return listening.accept()[0]
    except (BlockingIOError, TimeoutError):
        return None


def refusal(context: Context) -> str:
    with pytest.raises(Unavailable) as refused:
        fetch_tokenizer(NAME, context)
    return str(refused.value)


@pytest.mark.parametrize(
    ("language", "first", "then"),
    [
        (
            "en",
            "no answer from 127.0.0.1 within 0 s",
            "127.0.0.1 was silent; fetching a model from the list asks it again",
        ),
        (
            "es",
            "127.0.0.1 no respondió en 0 s",
            "127.0.0.1 no respondió; descargar un modelo de la lista vuelve a preguntarle",
        ),
    ],
)
def test_a_silent_hub_is_waited_for_once(
    silent: socket.socket, context: Context, monkeypatch: pytest.MonkeyPatch, language: str, first: str, then: str
) -> None:
    i18n.use(language)
    assert first in refusal(context)
    assert called(silent)
    # Not whether somebody connects: the question that was left behind may do so once more.
    monkeypatch.setattr(reaching, "wait_for", lambda *asked: pytest.fail("the hub was asked again"))
    said = refusal(context)
    assert then in said
    assert f"hf download {NAME}" in said


def test_it_is_asked_again_when_a_person_wants_a_fetch(silent: socket.socket, context: Context) -> None:
    refusal(context)
    assert called(silent)
    with pytest.raises(Unavailable, match="no answer from"):
        plan_model(NAME, context)
    assert called(silent)


def test_a_hub_that_speaks_again_is_heard(
    silent: socket.socket, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal(context)
    monkeypatch.setattr(reaching, "PATIENCE_AGAIN", LONG)
    with serving(files_of(next(iter(shipped().values())))) as hub:
        reach(hub.url, monkeypatch)
        plan_model(NAME, context)
        assert fetch_tokenizer(NAME, context).name == REVISION


def test_a_model_that_is_here_is_not_waited_for_again(
    silent: socket.socket, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    listening = f"http://127.0.0.1:{silent.getsockname()[1]}"
    monkeypatch.setattr(reaching, "PATIENCE", LONG)
    with serving(files_of(next(iter(shipped().values())))) as hub:
        reach(hub.url, monkeypatch)
        there = fetch_model(NAME, context)
    monkeypatch.setattr(reaching, "PATIENCE", 0.3)
    reach(listening, monkeypatch)
    plan = plan_model(NAME, context)
    assert plan.held == str(there)
    assert "could not be asked for a newer one: no answer from 127.0.0.1" in plan.said()
    assert fetch_model(NAME, context) == there


def test_a_name_that_no_server_looks_up_is_silence_too(
    no_hub: Path, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reaching, "PATIENCE", 0.3)
    looked_up, over = threading.Event(), threading.Event()

    def getaddrinfo(*_: object, **__: object) -> None:
        looked_up.set()
        over.wait(LONG)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    reach("http://hub.invalid", monkeypatch)
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    began = time.monotonic()
    assert "no answer from hub.invalid" in refusal(context)
    assert time.monotonic() - began < LONG / 2
    assert looked_up.wait(LONG)
    looked_up.clear()
    assert "was silent" in refusal(context)
    assert not looked_up.is_set()
    over.set()


def test_the_wait_for_a_silent_hub_can_be_stopped(silent: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaching, "PATIENCE", LONG)
    stop = threading.Event()
    callers: list[socket.socket] = []

    def listen(_: Event) -> None:
        if caller := called(silent, within=0):
            callers.append(caller)
            stop.set()

    with pytest.raises(JobCancelled):
        fetch_tokenizer(NAME, Context(1, listen, stop))
    callers[0].close()


@pytest.mark.parametrize(
    ("variables", "shown"),
    [
        ({}, ""),
        ({"HTTPS_PROXY": "http://ana:secret@proxy.uni.es:3128"}, "http://proxy.uni.es:3128"),
        ({"https_proxy": "proxy.uni.es:3128"}, "http://proxy.uni.es:3128"),
        ({"ALL_PROXY": "socks5://proxy.uni.es:1080"}, "socks5://proxy.uni.es:1080"),
        ({"HTTPS_PROXY": "http://proxy.uni.es:3128", "NO_PROXY": ".co"}, ""),
        ({"HTTP_PROXY": "http://proxy.uni.es:3128"}, ""),
    ],
)
def test_the_proxy_on_the_way_is_told_without_its_password(
    variables: dict[str, str], shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "https://huggingface.co")
    assert reaching.proxy() == shown


def test_a_proxy_is_obeyed(silent: socket.socket, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    address = f"127.0.0.1:{silent.getsockname()[1]}"
    monkeypatch.setenv("http_proxy", f"http://{address}")
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://hub.invalid")
    assert f"no answer from hub.invalid through the proxy http://{address}" in refusal(context)
    assert called(silent)
