"""A lab in which another program works: what that one does is shown live, stopped from here, and taken over."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from driving import eventually, said
from textual.events import Key as Pressed
from textual.pilot import Pilot
from textual.widgets import TextArea

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.engine.events import Progress, Started
from llm_tui.exercises import moderation
from llm_tui.lab.following import Following
from llm_tui.lab.lab import Lab
from llm_tui.screens import lab_runs, lab_watch
from llm_tui.screens.lab_runs import LabRuns
from llm_tui.survey import Survey
from llm_tui.widgets.bars import JobBar
from llm_tui.widgets.curves import Curves

# Has the lab and works in it, as the lines that it reads say, until it is stopped.
OTHER = """
import os, sys, threading
from dataclasses import dataclass, replace
from pathlib import Path
from llm_tui.classifier.job import Sweep, Training
from llm_tui.engine.engine import Engine
from llm_tui.engine.events import Finished, Metric, Started
from llm_tui.exercises import batch_sizes, moderation
from llm_tui.exercises.batch_sizes import Attempt
from llm_tui.i18n import Text
from llm_tui.lab.lab import Lab

@dataclass(frozen=True)
class Digging:
    kind, name, imports, runner = "dig", Text("digging", "cavar"), (), "__main__:dig"
    def title(self):
        return "digging"

def dig(job, context):
    while not over.wait(0.05):
        context.progress(3, 4, "digging deep", 60.0)

over, lab, engine, steps, recorder = threading.Event(), Lab(Path(sys.argv[1])), Engine(), 0, None
lab.create()
assert not lab.claim()
lab.telling.stop = engine.cancel
job = Digging()
engine.submit(job, *lab.listeners(job))
print("ready", flush=True)
for line in sys.stdin:
    what = line.strip()
    if what == "score":
        lab.save_answers(3, moderation.Answers(answer="of the other"))
    if what == "train":
        if recorder is None:
            recorder = lab.runs.recorder(Training(batch_size=32))
            recorder(Started(1))
            sweep = Sweep(Training(), (32,), (0,))
            lab.save_answers(1, batch_sizes.Answers(sweep=sweep, latest=Attempt(sweep), answer="of the other"))
        steps += 1
        figures = {"steps": 9, "loss": 1 / steps, "accuracy": 0.5, "examples_per_second": 10.0}
        recorder(Metric(1, steps, figures))
    if what == "on a terminal":
        os.isatty = lambda number: True
    if what == "until stopped":
        engine.wait()
    if what == "end":
        over.set()
        engine.wait()
        lab.release()
    print("done", flush=True)
"""


class Other:
    """The other program. With no terminal of its own nobody sees what it does."""

    def __init__(self, folder: Path):
        command = [sys.executable, "-c", OTHER, str(folder)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._heard()

    def do(self, what: str) -> None:
        self.begin(what)
        self._heard()

    def begin(self, what: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()

    def _heard(self) -> None:
        assert self._process.stdout
        assert self._process.stdout.readline(), "it has ended"

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def other(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Iterator[Other]:
    for module in (lab_watch, lab_runs):
        monkeypatch.setattr(module, "LOOK_SECONDS", 0.2)
    program = Other(lab.folder)
    yield program
    program.close()


async def surveyed(pilot: Pilot[None], engine) -> None:
    """The app has nothing more to do of its own."""
    await eventually(pilot, lambda: bool(engine.numbers(Survey)))
    engine.cancel()


def grown(pilot: Pilot[None]) -> list[int]:
    return [len(points) for points in pilot.app.screen.query_one(LabRuns).growing.values()]


def bar(app: LabApp) -> str:
    return app.screen.query_one(JobBar).line().plain


async def test_the_work_of_another_program_is_shown_stopped_and_taken_over(lab, engine, other, notices):
    i18n.use("es")  # and the other speaks English
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await surveyed(pilot, engine)
        shown = "Otro programa: cavar"
        await eventually(pilot, lambda: all(part in bar(app) for part in (shown, " 75%", "0:01:00", "^X")))
        await eventually(pilot, lambda: bool(lab.read_only))
        assert said(notices, "sigue sin terminal")
        await app.switch_mode("sheet-3")
        other.do("score")
        await eventually(pilot, lambda: app.screen.query_one("#answer", TextArea).text == "of the other")
        other.begin("until stopped")
        await pilot.press("ctrl+x")
        await eventually(pilot, lambda: said(notices, "pidió al otro"))
        other.do("end")
        await eventually(pilot, lambda: not lab.read_only and not bar(app))
        await eventually(pilot, lambda: said(notices, "ha terminado"))
        await pilot.press("Q", *"abc ")
        await eventually(pilot, lambda: lab.answers(3, moderation.Answers).answer == "abc of the other")
    assert [path.name for path in (lab.folder / "exercises").iterdir()] == ["3.json"]


async def test_a_look_that_takes_longer_than_it_is_until_the_next_comes_to_its_end(lab, engine, other, monkeypatch):
    """As on a slow disk of the network."""
    look = Following.look
    monkeypatch.setattr(lab_watch, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(Following, "look", lambda self: (time.sleep(0.5), look(self))[1])
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await surveyed(pilot, engine)
        await eventually(pilot, lambda: bool(app.works))


async def test_while_it_still_looks_around_the_work_of_another_program_can_be_stopped(lab, engine, other, notices):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await eventually(pilot, lambda: bool(engine.numbers(Survey)))
        (survey,) = engine.numbers(Survey)
        engine.tell(Started(survey), Progress(survey, 0, 0, "loading torch"))
        await eventually(pilot, lambda: "digging" in bar(app) and "^X" in bar(app))
        other.begin("until stopped")
        await pilot.press("ctrl+x")
        await eventually(pilot, lambda: said(notices, "asked to stop"))
        other.do("end")
        await eventually(pilot, lambda: not lab.read_only and not app.works)
        assert bar(app).split() == ["loading", "torch"]
        assert engine.open(Survey) == [survey]


async def test_the_curves_of_another_program_grow(lab, engine, other, notices):
    app = LabApp(lab, engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await surveyed(pilot, engine)
        await eventually(pilot, lambda: bool(lab.read_only) and bool(app.works))
        await app.switch_mode("train")
        for _ in range(3):
            other.do("train")
        await eventually(pilot, lambda: grown(pilot) == [3])
        other.do("train")
        await eventually(pilot, lambda: grown(pilot) == [4])
        await eventually(pilot, lambda: app.screen.query_one("#answer", TextArea).text == "of the other")
        await eventually(pilot, lambda: [len(c.points) for c in app.screen.query_one(Curves)._curves] == [4])
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: said(notices, "A sweep is running: ctrl+x stops it."))
        other.do("on a terminal")
        await eventually(pilot, lambda: "^X" not in bar(app))
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: said(notices, "A sweep is running: it is stopped where it was started"))


async def test_what_was_typed_here_meanwhile_is_kept_beside_what_the_other_wrote(lab, engine, other, notices):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await surveyed(pilot, engine)
        await eventually(pilot, lambda: bool(lab.read_only))
        await app.switch_mode("sheet-3")
        await pilot.press("Q", *"mine")
        other.do("score")
        other.do("end")
        await eventually(pilot, lambda: not lab.read_only)
        await eventually(pilot, lambda: app.screen.query_one("#answer", TextArea).text == "of the other")
        await eventually(pilot, lambda: said(notices, "is kept in 3."))
    kept = {path.name: path.read_text() for path in (lab.folder / "exercises").iterdir()}
    assert '"answer": "of the other"' in kept.pop("3.json")
    (beside,) = kept.values()
    assert '"answer": "mine"' in beside


async def test_what_is_being_saved_when_the_other_program_writes_and_ends_is_kept_beside(
    lab, engine, other, notices, monkeypatch
):
    """As on a slow disk. It may not be written yet, and is neither lost nor written over what the other has."""
    trying, going = threading.Event(), threading.Event()
    save, see = lab.save_answers, lab_watch.LabWatch._seen
    seen: list[int] = []
    monkeypatch.setattr(lab, "save_answers", lambda *what: (trying.set(), going.wait(60), save(*what))[-1])
    monkeypatch.setattr(lab_watch.LabWatch, "_seen", lambda self: (seen.append(1), see(self))[-1])
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await surveyed(pilot, engine)
        await eventually(pilot, lambda: bool(lab.read_only))
        await app.switch_mode("sheet-3")
        await pilot.press("Q")
        for letter in "mine":  # and no press, which waits for the screen, which waits for its disk
            app.post_message(Pressed(letter, letter))
        assert await asyncio.to_thread(trying.wait, 60)
        for what in ("score", "end"):
            other.do(what)
            already = len(seen)
            while len(seen) < already + 3:
                await asyncio.sleep(0.05)  # and no pause
        going.set()
        await eventually(pilot, lambda: app.screen.query_one("#answer", TextArea).text == "of the other")
        await eventually(pilot, lambda: said(notices, "is kept in 3."))
    kept = {path.name: path.read_text() for path in (lab.folder / "exercises").iterdir()}
    assert '"answer": "of the other"' in kept.pop("3.json")
    (beside,) = kept.values()
    assert '"answer": "mine"' in beside


async def test_a_killed_program_is_taken_over_at_once(lab, engine, other, notices):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await eventually(pilot, lambda: bool(lab.read_only))
        other.do("score")
        other.close()
        await eventually(pilot, lambda: not lab.read_only and said(notices, "has ended"))
        await app.switch_mode("sheet-3")
        await eventually(pilot, lambda: app.screen.query_one("#answer", TextArea).text == "of the other")
