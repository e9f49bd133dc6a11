"""A job waits between two steps while the screen answers a key, and never for long."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from driving import eventually

from llm_tui.app import LabApp
from llm_tui.engine.job import Context
from llm_tui.engine.turns import Turns, turns


@pytest.fixture(autouse=True)
def given_back() -> Iterator[None]:
    yield
    turns.give()


def begun(step) -> threading.Thread:
    worker = threading.Thread(target=step, daemon=True)
    worker.start()
    return worker


def test_a_step_waits_until_the_turn_is_given_back(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("llm_tui.engine.turns.LONGEST", 600)
    ours = Turns()
    ours.wait()
    ours.take()
    worker = begun(ours.wait)
    worker.join(0.1)
    assert worker.is_alive()
    ours.give()
    worker.join(60)
    assert not worker.is_alive()


def test_a_key_that_draws_nothing_holds_up_one_step_alone(monkeypatch: pytest.MonkeyPatch):
    ours = Turns()
    ours.take()
    ours.wait()
    monkeypatch.setattr("llm_tui.engine.turns.LONGEST", 600)
    worker = begun(ours.wait)
    worker.join(60)
    assert not worker.is_alive()


async def test_a_job_goes_on_when_what_a_key_does_is_drawn(lab, engine, stop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("llm_tui.engine.turns.LONGEST", 600)
    taken: list[threading.Thread] = []
    take = turns.take

    def step_is_due() -> None:
        take()
        taken.append(begun(Context(1, lambda event: None, stop).check))

    monkeypatch.setattr(turns, "take", step_is_due)
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down")
        await eventually(pilot, lambda: bool(taken) and not any(step.is_alive() for step in taken))
