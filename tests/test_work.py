"""A line that drops ends an app that is idle, and not the work of one that is not."""

from __future__ import annotations

import errno
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from driving import eventually, said
from textual.events import Key as Pressed

from llm_tui.app import LabApp
from llm_tui.config import Config
from llm_tui.engine.events import Failed, Finished, Progress, Started
from llm_tui.errors import Unavailable
from llm_tui.exercises.moderation import Answers
from llm_tui.foundation.job import Provenance, Score
from llm_tui.foundation.labels_job import Classified, Labelled, ZeroShot
from llm_tui.lab.lab import Lab
from llm_tui.screens.dialogs import ChoiceDialog
from llm_tui.screens.home import HomeScreen
from llm_tui.survey import Survey
from llm_tui.widgets import autosave
from llm_tui.widgets.bars import JobBar
from llm_tui.widgets.host import JobEvents, JobStatus

BY = Provenance("somebody/nli", "abcdef1234", "CPU", "float32", 77_000_000, 0.5)


@asynccontextmanager
async def filling(lab: Lab, engine, config: Config | None = None) -> AsyncIterator[Any]:
    """The sheet of exercise 3, begun."""
    lab.create()
    app = LabApp(lab, engine, config=config)
    async with app.run_test(size=(80, 24)) as pilot:
        await eventually(pilot, lambda: bool(engine.numbers(Survey)))
        engine.end(Failed(engine.numbers(Survey)[0], "", ""))
        app.switch_mode("sheet-3")
        await eventually(pilot, lambda: bool(app.screen.query("#samples DataTable")))
        await pilot.pause()
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(engine.numbers(ZeroShot)) == 40)
        yield pilot


def answer(engine, *numbers: int) -> None:
    for number in numbers:
        job = engine.jobs[number]
        scores = tuple(0.7 if label == "spam" else 0.1 for label in job.labels)
        engine.end(Finished(number, Classified(job.labels, tuple(Labelled(scores) for _ in job.texts), BY)))


def claimed(lab: Lab) -> bool:
    return (lab.folder / ".open.json").exists()


async def test_a_sheet_is_filled_to_its_end_and_no_letter_is_lost(lab, engine):
    async with filling(lab, engine) as pilot:
        first, *others = engine.numbers(ZeroShot)
        answer(engine, first)
        await pilot.press("Q")
        for letter in "abc":
            pilot.app.post_message(Pressed(letter, letter))
        pilot.app.ending.told(signal.SIGHUP)
        await eventually(pilot, lambda: lab.answers(3, Answers).answer == "abc")
        pilot.app.ending.told(signal.SIGHUP)  # the shell's, after the kernel's
        answer(engine, *others[:-1])
        await pilot.pause(0.5)
        assert pilot.app.return_code is None
        assert claimed(lab)
        answer(engine, others[-1])
        await eventually(pilot, lambda: pilot.app.return_code == 0)
    kept = Lab(lab.folder).answers(3, Answers)
    assert (kept.answer, [len(reading.scores) for reading in kept.readings]) == ("abc", [20, 20])
    assert not claimed(lab)


async def test_what_follows_from_a_job_that_has_just_ended_is_waited_for(lab, engine, monkeypatch):
    """A sheet asks its next question when it has heard of the last one: the engine has nothing to do until then."""

    def ask_on(screen: HomeScreen, message: JobEvents) -> None:
        for event in message.events:
            if isinstance(event, Finished) and not engine.numbers(ZeroShot)[1:]:
                screen.host.submit(ZeroShot(("t",), ("a", "b")), screen)

    monkeypatch.setattr(HomeScreen, "on_job_events", ask_on, raising=False)
    lab.create()
    app = LabApp(lab, engine)
    async with app.run_test() as pilot:
        await pilot.pause()
        number = app.submit(ZeroShot(("t",), ("a", "b")), app.screen)
        app.delivery.deliver()
        answer(engine, number)  # and nobody has been told yet
        app.ending.told(signal.SIGHUP)
        await eventually(pilot, lambda: len(engine.numbers(ZeroShot)) == 2)
        await pilot.pause(0.5)
        assert app.return_code is None
        answer(engine, number + 1)
        await eventually(pilot, lambda: app.return_code == 0)


async def test_what_a_screen_reads_when_a_job_has_ended_is_waited_for(lab, engine, monkeypatch):
    """The list of runs reads the lab on a thread, and the table follows from it: the last run was not in it."""
    have_read = []

    def read(screen: HomeScreen, message: JobEvents) -> None:
        for event in message.events:
            if isinstance(event, Finished):
                screen.run_worker(lambda: (time.sleep(0.5), have_read.append(True)), thread=True)

    monkeypatch.setattr(HomeScreen, "on_job_events", read, raising=False)
    lab.create()
    app = LabApp(lab, engine)
    async with app.run_test() as pilot:
        await pilot.pause()
        number = app.submit(ZeroShot(("t",), ("a", "b")), app.screen)
        app.ending.told(signal.SIGHUP)
        await pilot.pause(0.3)
        answer(engine, number)
        await eventually(pilot, lambda: app.return_code == 0)
        assert have_read


async def test_it_goes_on_only_where_the_person_wants_it(lab, engine):
    async with filling(lab, engine, Config(Path("config.toml"), values={"keep_running": False})) as pilot:
        pilot.app.ending.told(signal.SIGHUP)
        await eventually(pilot, lambda: pilot.app.return_code == 129)
    assert not claimed(lab)


async def test_what_only_looks_at_texts_does_not_go_on(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test() as pilot:
        await pilot.pause()
        app.submit(Score(("a text",), "a text"), app)
        app.ending.told(signal.SIGHUP)
        await eventually(pilot, lambda: app.return_code == 129)


async def test_without_a_line_another_signal_ends_it_as_ever(lab, engine):
    async with filling(lab, engine) as pilot:
        answer(engine, engine.numbers(ZeroShot)[0])
        pilot.app.ending.told(signal.SIGHUP)
        await pilot.pause(0.3)
        pilot.app.ending.told(signal.SIGTERM)
        await eventually(pilot, lambda: pilot.app.return_code == 143)
    assert len(Lab(lab.folder).answers(3, Answers).readings[0].scores) == 1
    assert not claimed(lab)


async def test_an_answer_that_came_just_before_the_end_is_kept(lab, engine):
    async with filling(lab, engine) as pilot:
        answer(engine, engine.numbers(ZeroShot)[0])
        pilot.app.ending.told(signal.SIGTERM)
        await eventually(pilot, lambda: pilot.app.return_code == 143)
    assert len(Lab(lab.folder).answers(3, Answers).readings[0].scores) == 1


async def test_what_would_wait_for_a_person_ends_it_in_order(lab, engine):
    """The model is not here, and nobody can be asked about another one."""
    async with filling(lab, engine) as pilot:
        first, second, *_ = engine.numbers(ZeroShot)
        answer(engine, first)
        pilot.app.ending.told(signal.SIGHUP)
        await pilot.pause(0.3)
        engine.end(Failed(second, "It is not here.", Unavailable.__name__))
        await eventually(pilot, lambda: pilot.app.return_code == 0)
        assert isinstance(pilot.app.screen, ChoiceDialog)
    assert len(Lab(lab.folder).answers(3, Answers).readings[0].scores) == 1
    assert not claimed(lab)


async def test_who_stayed_after_a_refused_leave_is_asked_about_the_work_again(lab, engine, monkeypatch, notices):
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(autosave, "RETRY", 0.3)
    async with filling(lab, engine) as pilot:
        with monkeypatch.context() as disk:
            disk.setattr(os, "fsync", full)
            await pilot.press("Q", *"abc", "ctrl+q")
            await eventually(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
            await pilot.press("3")
            await eventually(pilot, lambda: said(notices, "again to leave without saving"))
        await eventually(pilot, lambda: lab.answers(3, Answers).answer == "abc")
        await pilot.press("ctrl+q")
        await eventually(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        assert pilot.app.return_code is None


@pytest.mark.parametrize("way", ["key", "window", "another program"])
async def test_who_stops_the_work_does_not_stop_the_look_at_the_machine(lab, engine, way):
    lab.create()
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await eventually(pilot, lambda: bool(engine.open(Survey)))
        app.submit(ZeroShot(("t",), ("a", "b")), app.screen)
        if way == "key":
            await pilot.press("ctrl+x")
        elif way == "window":
            await pilot.press("ctrl+q")
            await eventually(pilot, lambda: isinstance(app.screen, ChoiceDialog))
            await pilot.press("2")
        else:
            lab.telling.stop()
        await eventually(pilot, lambda: not engine.open(ZeroShot))
        assert engine.open(Survey)


async def test_nobody_who_sees_nothing_is_told_often(lab, engine, monkeypatch):
    async with filling(lab, engine) as pilot:
        deliveries: list[int] = []
        deliver = pilot.app.delivery.deliver
        monkeypatch.setattr("llm_tui.delivery.PACE", 0.05)
        monkeypatch.setattr(pilot.app.delivery, "deliver", lambda: (deliveries.append(1), deliver()))
        pilot.app.ending.told(signal.SIGHUP)
        first, *_ = engine.numbers(ZeroShot)
        await eventually(pilot, lambda: not pilot.app.delivery.seen)
        before = len(deliveries)
        engine.tell(Started(first))
        for done in range(6):
            engine.tell(Progress(first, done, 6, "x"))
            await pilot.pause(0.1)
        assert len(deliveries) - before <= 1
        drawn: list[int] = []
        monkeypatch.setattr(pilot.app, "_display", lambda *_: drawn.append(1))
        pilot.app.status = JobStatus("something else")
        pilot.app.screen.query_one(JobBar).refresh()
        await pilot.pause(0.3)
        assert not drawn
        pilot.app.ending.told(signal.SIGTERM)
        await eventually(pilot, lambda: pilot.app.return_code == 143)
