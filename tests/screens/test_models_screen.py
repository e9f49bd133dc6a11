"""The window with the models of this machine: which there are, and fetching and removing them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from driving import eventually, painted, text_of
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.engine.events import Failed, Finished
from llm_tui.engine.gpus import Gpus
from llm_tui.environment import Environment
from llm_tui.foundation.models import ListModels, ModelState, PlanPull, PullModel, RemoveModel
from llm_tui.hub.plan import Plan
from llm_tui.hub.room import Room
from llm_tui.lab.lab import Lab
from llm_tui.screens.dialogs import ConfirmDialog
from llm_tui.screens.models import ModelsDialog


@asynccontextmanager
async def play(lab: Lab, engine, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Pilot[None]]:
    app = LabApp(lab, engine)
    async with app.run_test(size=size) as pilot:
        await pilot.press("f4")
        await eventually(pilot, lambda: app.current_mode == "play" and bool(app.screen.query("#answer")))
        await pilot.pause()
        yield pilot


MODELS = (
    ModelState("google/flan-t5-small", ("translation",)),
    ModelState("some[b]body/x", (), "abcdef12345", 80_000_000, "safetensors", "mit", False),
)


async def models(pilot: Pilot[None], engine) -> None:
    """Open the list of models and tell what there is."""
    await pilot.press("m")
    await eventually(pilot, lambda: any(isinstance(job, ListModels) for job in engine.jobs.values()))
    engine.end(Finished(engine.numbers(ListModels)[-1], MODELS))
    await eventually(pilot, lambda: pilot.app.screen.query_one("#models", OptionList).option_count == 2)


SMALL = "google/flan-t5-small"
HERE = Room(Path("/home/ana/.cache/huggingface/hub"), 12 * 10**9)
THERE = Room(Path("/scratch/ana/huggingface/hub"), 800 * 10**9)
FITS = Plan(SMALL, 308 * 10**6, HERE)


async def fetch(pilot: Pilot[None], engine, plan: Plan = FITS, yes: str = "y") -> PullModel:
    """Ask for a fetch, and say yes to what it would do."""
    before = len(engine.numbers(PullModel))
    await pilot.press("a")
    await eventually(pilot, lambda: bool(engine.open(PlanPull)))
    engine.end(Finished(engine.open(PlanPull)[0], plan))
    await eventually(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
    assert len(engine.numbers(PullModel)) == before, "nobody has said yes"
    await pilot.press(yes)
    await eventually(pilot, lambda: len(engine.numbers(PullModel)) > before)
    return engine.jobs[engine.numbers(PullModel)[-1]]


async def test_the_models_are_listed_and_one_is_chosen(lab, engine):
    async with play(lab, engine) as pilot:
        await pilot.press("5")
        await models(pilot, engine)
        lines = [str(pilot.app.screen.query_one("#models", OptionList).get_option_at_index(i).prompt) for i in range(2)]
        assert lines[0].startswith("○ google/flan-t5-small")
        assert "80 MB abcdef1 safetensors mit does not fit" in lines[1]
        await pilot.press("down", "enter")
        await eventually(pilot, lambda: pilot.app.screen.query_one("#field-model", Input).value == "some[b]body/x")


async def test_a_model_is_fetched_and_another_deleted_after_a_question(lab, engine):
    async with play(lab, engine) as pilot:
        await models(pilot, engine)
        assert await fetch(pilot, engine) == PullModel(SMALL)
        await pilot.press("down", "d", "escape")
        await pilot.pause()
        assert not engine.numbers(RemoveModel)
        await pilot.press("d", "y")
        await eventually(pilot, lambda: bool(engine.numbers(RemoveModel)))
        assert engine.jobs[engine.numbers(RemoveModel)[0]].model == "some[b]body/x"


async def test_before_a_fetch_its_size_and_the_room_for_it_are_said(lab, engine):
    async with play(lab, engine, (80, 24)) as pilot:
        app: Any = pilot.app
        app.machine.environment = Environment(
            *("3.12", "Linux", 2, "2.13", "5.17", "", "none", Gpus(), (), "/data/hf"),
            unwritable="Read-only file system",
        )
        await models(pilot, engine)
        await eventually(pilot, lambda: "1 of 2 on this machine; the cache /data/hf can only be read" in painted(pilot))
        await pilot.press("a", "a")
        await eventually(pilot, lambda: "asking for google/flan-t5-small" in painted(pilot))
        (plan,) = engine.open(PlanPull)
        engine.end(Finished(plan, FITS))
        await eventually(pilot, lambda: "308 MB to" in painted(pilot) and "12.0 GB free on" in painted(pilot))
        await pilot.press("escape")
        await eventually(pilot, lambda: isinstance(app.screen, ModelsDialog))
        await eventually(pilot, lambda: "of 2 on this machine" in painted(pilot))
        assert not engine.numbers(PullModel)


async def test_where_a_model_has_no_room_the_place_that_has_is_offered(lab, engine):
    i18n.use("es")
    async with play(lab, engine, (80, 24)) as pilot:
        await models(pilot, engine)
        await pilot.press("a")
        await eventually(pilot, lambda: bool(engine.open(PlanPull)))
        engine.end(Finished(engine.open(PlanPull)[0], Plan(SMALL, 13 * 10**9, HERE)))
        await eventually(pilot, lambda: "ocupa 13.0 GB" in painted(pilot) and "no se descargó" in painted(pilot))
        assert isinstance(pilot.app.screen, ModelsDialog) and not engine.numbers(PullModel), "there is nothing to ask"
        there = await fetch(pilot, engine, Plan(SMALL, 13 * 10**9, HERE, other=THERE), yes="s")
        assert there == PullModel(SMALL, str(THERE.folder))


WHY = "There is no way to the hub from here: " + "fetch it where there is one and bring the folder here, " * 8 + "END."


async def test_why_a_fetch_failed_stays_in_the_list_where_it_is_read_whole(lab, engine):
    async with play(lab, engine, (80, 24)) as pilot:
        await models(pilot, engine)
        await pilot.press("a")
        await eventually(pilot, lambda: bool(engine.open(PlanPull)))
        engine.end(Failed(engine.open(PlanPull)[0], "The hub is silent.", "Unavailable"))
        await eventually(pilot, lambda: "The hub is silent." in painted(pilot))
        await fetch(pilot, engine)
        engine.end(Failed(engine.numbers(PullModel)[0], WHY, "UserError"))
        await eventually(pilot, lambda: "END." in painted(pilot))
        assert "There is no way to the hub" in painted(pilot)
        await pilot.press("down")
        await eventually(pilot, lambda: "END." not in painted(pilot))
        await pilot.press("escape")
        await pilot.pause()
        await models(pilot, engine)
        await eventually(pilot, lambda: "END." in painted(pilot))
        await fetch(pilot, engine)
        engine.end(Finished(engine.numbers(PullModel)[1], "folder"))
        await eventually(pilot, lambda: len(engine.numbers(ListModels)) == 3)
        engine.end(Finished(engine.numbers(ListModels)[-1], MODELS))
        await eventually(pilot, lambda: "END." not in painted(pilot))


async def test_a_fetch_that_fails_when_its_list_is_closed_is_told_all_the_same(lab, engine, notices):
    async with play(lab, engine, (80, 24)) as pilot:
        await models(pilot, engine)
        await fetch(pilot, engine)
        await pilot.press("escape")
        await pilot.pause()
        engine.end(Failed(engine.numbers(PullModel)[0], WHY, "UserError"))
        await eventually(pilot, lambda: any(note.message == WHY for note in notices))


async def test_what_is_typed_into_the_filter_does_not_answer_the_question_before_a_fetch(lab, engine, never_quiet):
    async with play(lab, engine, (80, 24)) as pilot:
        await models(pilot, engine)
        listed: Any = pilot.app.screen.query_one("#models", OptionList)
        await pilot.press("a")
        await eventually(pilot, lambda: bool(engine.open(PlanPull)))
        await pilot.press("/", "s")
        engine.end(Finished(engine.open(PlanPull)[0], FITS))
        await eventually(pilot, lambda: "of 2 on this machine" in text_of(pilot, "#said"))  # it has been told
        await pilot.press("y")
        assert listed.wanted == "sy" and not engine.numbers(PullModel)


async def test_the_cursor_stays_on_its_model_when_another_one_comes(lab, engine):
    async with play(lab, engine) as pilot:
        await pilot.press("5")
        await models(pilot, engine)
        listed = pilot.app.screen.query_one("#models", OptionList)
        await fetch(pilot, engine)
        await pilot.press("down")
        engine.end(Finished(engine.numbers(PullModel)[0], "folder"))
        await eventually(pilot, lambda: len(engine.numbers(ListModels)) == 2)
        engine.end(Finished(engine.numbers(ListModels)[-1], (ModelState("acme/a", ()), *MODELS)))
        await eventually(pilot, lambda: listed.option_count == 3)
        await pilot.press("enter")
        await eventually(pilot, lambda: pilot.app.screen.query_one("#field-model", Input).value == "some[b]body/x", 5)
