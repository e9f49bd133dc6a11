"""The window that says why: opened by its key over a screen, its panes, what is exported of them, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from driving import eventually, painted, said

from llm_tui.app import LabApp
from llm_tui.engine.events import Failed, Finished
from llm_tui.exercises import heats
from llm_tui.exercises.registry import row
from llm_tui.export.heat import Heat, Mark
from llm_tui.i18n import Text
from llm_tui.screens import why_panes
from llm_tui.screens.why import WhyScreen
from llm_tui.widgets.heat import HeatView
from llm_tui.widgets.why.pane import WhyPane

HEAT = Heat(
    Text("good: share of the logit", "bueno: aporte al logit"),
    "a [b]good[/b] film",
    (Mark(5, 9, 0.5), Mark(14, 18, -0.25)),
    Text("logit", "logit"),
)


@dataclass(frozen=True)
class Asked:
    kind: ClassVar[str] = "asked"
    name: ClassVar[Text] = Text("asked", "preguntado")
    imports: ClassVar[tuple[str, ...]] = ()
    runner: ClassVar[str] = "nowhere:at_all"
    fails: bool = False

    def title(self) -> str:
        return "asked"


class Shown(WhyPane):
    NAME = Text("Shares", "Partes")

    def __init__(self, job: Asked):
        super().__init__()
        self._job = job
        self._heats: tuple[Heat, ...] = ()

    def body(self):
        yield HeatView()

    def begin(self) -> None:
        self.ask(self._job)

    def came(self, job: Any, result: Any) -> None:
        self._heats = (result,)
        self.query_one(HeatView).show(result)

    def heats(self):
        return self._heats


def panes(job: Asked, result: object) -> list[WhyPane]:
    return [Shown(job), Shown(Asked(fails=True))]


@pytest.fixture
def asked(monkeypatch):
    monkeypatch.setitem(why_panes.ROWS, "asked", (f"{__name__}:panes",))


async def opened(pilot, monkeypatch):
    await pilot.press("f4")
    await eventually(pilot, lambda: bool(pilot.app.screen.query("#tasks")))
    screen = pilot.app.screen
    monkeypatch.setattr(screen, "why", lambda: why_panes.panes_of(Asked()))
    await pilot.press("w")
    await eventually(pilot, lambda: isinstance(pilot.app.screen, WhyScreen))
    await eventually(pilot, lambda: bool(asked_of(pilot)))
    return screen


def asked_of(pilot) -> list[int]:
    """The numbers of the jobs that wait for an answer."""
    return pilot.app.engine.open(Asked)


def answer(pilot) -> None:
    """What was asked first comes back, or fails."""
    number = asked_of(pilot)[0]
    fails = pilot.app.engine.jobs[number].fails
    failed = Failed(number, "The model [b]has gone[/b].", "UserError")
    pilot.app.engine.end(failed if fails else Finished(number, HEAT))


@pytest.mark.usefixtures("asked")
async def test_it_shows_is_exported_goes_into_the_hand_in_and_back_to_where_it_was(lab, engine, monkeypatch, notices):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        before = await opened(pilot, monkeypatch)
        answer(pilot)
        await eventually(pilot, lambda: "good: share of the logit" in painted(pilot))
        assert "[b]" in painted(pilot) and "1 Shares" in painted(pilot)
        await pilot.press("f9")
        await eventually(pilot, lambda: app.screen.maximized is not None and "1 Shares" not in painted(pilot))
        assert "good: share of the logit" in painted(pilot) and "+ for it" in painted(pilot)
        await pilot.press("escape", "ctrl+y", "ctrl+e")
        await eventually(pilot, lambda: (lab.folder / "exports" / "why-shown.md").exists())
        assert (lab.folder / "exports" / "why-shown.md").read_text(encoding="utf-8") == HEAT.markdown("es")
        assert "<svg" in (lab.folder / "exports" / "why-shown-1.svg").read_text(encoding="utf-8")
        assert app.clipboard == HEAT.markdown("es")
        await pilot.press("H")
        await eventually(pilot, lambda: said(notices, "No exercise is done with this"))
        monkeypatch.setattr(pilot.app.screen, "_exercise", 3)
        await pilot.press("H")
        await eventually(pilot, lambda: said(notices, "the hand-in (Exercise 3: Zero-shot moderation), 1 of 5"))
        assert [kept.title for kept in heats.of(lab, 3)] == [HEAT.title]
        await pilot.press("H")
        await eventually(pilot, lambda: said(notices, "Taken out of the hand-in (Exercise 3"))
        assert not heats.of(lab, 3)
        await pilot.press("q")
        await eventually(pilot, lambda: app.screen is before)


@pytest.mark.usefixtures("asked")
async def test_guide_definitions_and_help_are_this_window_s(lab, engine, monkeypatch):
    app = LabApp(lab, engine)
    async with app.run_test(size=(100, 50)) as pilot:
        await opened(pilot, monkeypatch)
        for key, words in (
            ("question_mark", "Sundararajan"),
            ("ctrl+g", "none of them"),
            ("f1", "cursor says how"),
        ):
            await pilot.press(key)
            await eventually(pilot, lambda: app.screen.is_modal)
            await pilot.press("end")
            await eventually(pilot, lambda words=words: words in painted(pilot))
            await pilot.press("escape")
            await eventually(pilot, lambda: isinstance(app.screen, WhyScreen))


@pytest.mark.usefixtures("asked")
async def test_what_failed_or_was_stopped_is_said_in_its_pane_and_closing_stops_what_it_asked(lab, engine, monkeypatch):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, monkeypatch)
        engine.cancel(*asked_of(pilot))
        await eventually(pilot, lambda: "Stopped before it was done." in painted(pilot))
        await pilot.press("2")
        await eventually(pilot, lambda: bool(asked_of(pilot)))
        answer(pilot)
        await eventually(pilot, lambda: "The model [b]has gone[/b]." in painted(pilot))
        await pilot.press("ctrl+e", "H", "escape", "w")
        await eventually(pilot, lambda: bool(asked_of(pilot)))
        others = len(engine.waiting())
        await pilot.press("escape")
        await eventually(pilot, lambda: not asked_of(pilot))
        assert len(engine.waiting()) == others - 1, "nobody else's"


async def test_where_nothing_was_answered_it_says_so(lab, engine, notices):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f4")
        await eventually(pilot, lambda: bool(app.screen.query("#tasks")))
        await pilot.press("w")
        await eventually(pilot, lambda: said(notices, "There is no whole answer here yet"))


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (60, 20), (200, 60)])
@pytest.mark.usefixtures("asked")
async def test_it_stands_in_any_terminal(lab, engine, monkeypatch, size):
    app = LabApp(lab, engine)
    async with app.run_test(size=size) as pilot:
        await opened(pilot, monkeypatch)
        answer(pilot)
        await eventually(pilot, lambda: "+ for it" in painted(pilot))
        await pilot.press("right")
        await eventually(pilot, lambda: "50% of the largest" in painted(pilot))
        assert all(len(line) <= size[0] for line in painted(pilot).splitlines())


async def test_the_export_of_an_exercise_has_its_heat_and_goes_without_where_it_cannot_be_read(lab, engine, notices):
    lab.save_answers(heats.NAME, heats.Heats().turned(6, HEAT))
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.switch_mode(row(6).mode)
        await pilot.press("ctrl+e")
        file = lab.folder / "exports" / "exercise-6.md"
        await eventually(pilot, file.exists)
        assert "**Por qué esta respuesta**" in file.read_text(encoding="utf-8")
        kept = lab.folder / lab.file(heats.NAME)
        kept.unlink()
        kept.mkdir()
        await pilot.press("ctrl+e")
        await eventually(pilot, lambda: said(notices, "the export is without heat"))
        await eventually(pilot, lambda: "Por qué esta respuesta" not in file.read_text(encoding="utf-8"))


class ShownOfTwo(Shown):
    def begin(self) -> None:
        self.ask(Asked(fails=True))
        self.ask(Asked())


def two(job: Asked, result: object) -> list[WhyPane]:
    return [ShownOfTwo(job)]


async def test_what_failed_stays_said_when_another_job_of_the_pane_comes_back(lab, engine, monkeypatch):
    monkeypatch.setitem(why_panes.ROWS, "asked", (f"{__name__}:two",))
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, monkeypatch)
        answer(pilot)
        await eventually(pilot, lambda: "has gone" in painted(pilot))
        answer(pilot)
        await eventually(pilot, lambda: "good: share of the logit" in painted(pilot))
        assert "has gone" in painted(pilot)
