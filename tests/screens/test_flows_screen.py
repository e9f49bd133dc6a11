"""The two flows on their screen: a classifier trained in the test's lab, and answers that the test gives."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace

from click.testing import CliRunner
from driving import eventually, painted, said, text_of
from textual.pilot import Pilot
from trained_run import keep_run

from llm_tui.app import LabApp
from llm_tui.classifier.job import Retest, Retested
from llm_tui.cli import cli
from llm_tui.engine.events import Cancelled, Failed, Finished
from llm_tui.exercises import flows, labels
from llm_tui.foundation.job import Provenance
from llm_tui.foundation.labels_job import TEMPLATE, Classified, Labelled, ZeroShot
from llm_tui.labels.job import Measure, Point
from llm_tui.screens.flows import FlowsScreen


async def test_the_trained_classifier_meets_a_zero_shot_model(lab, engine, notices):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f4")
        await eventually(pilot, lambda: bool(app.screen.query("#answer")))
        await pilot.press("f")
        await eventually(pilot, lambda: bool(app.screen.query("FlowsScreen #table")) or bool(app.screen.query("#rows")))
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: said(notices, "no trained classifier"))
        small = ("--train-size", "60", "--test-size", "40", "--batch-size", "32", "--embed-dim", "4")
        assert CliRunner().invoke(cli, ["train", "--lab", str(lab.folder), *small]).exit_code == 0

        await pilot.press("s", "end", "ctrl+u", *"20", "escape", "z")  # asks the teaching model at once
        await eventually(pilot, lambda: bool(engine.numbers(Retest)))
        number = engine.numbers(Retest)[-1]
        assert engine.jobs[number].rows == 20
        classic = Retested(("a", "b"), (0, 1), (0, 0), ("x", "y|<b>"), "sample", True, 60, 400_000, 0.04)
        engine.end(Finished(number, classic))
        await eventually(pilot, lambda: bool(engine.numbers(ZeroShot)))
        number = engine.numbers(ZeroShot)[-1]
        assert engine.jobs[number].model.name == "llm-tui/teaching-zero-shot"
        assert engine.jobs[number].texts == ("a", "b") and engine.jobs[number].labels == ("x", "y|<b>")
        by = Provenance("m[b]", "", "CPU", "float32", 407_000_000, 2.0)
        engine.end(Finished(number, Classified(("x", "y|<b>"), (Labelled((0.9, 0.1)), Labelled((0.2, 0.8))), by)))
        await eventually(pilot, lambda: "1.000" in painted(pilot))
        assert "zero-shot" in painted(pilot) and "m[b]" in painted(pilot)
        await pilot.press("ctrl+e")
        await eventually(pilot, (lab.folder / "exports" / "flows.md").exists)

        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: engine.numbers(Retest)[-1] > number)
        engine.end(Failed(engine.numbers(Retest)[-1], "No [b]room[/b].", "UserError"))
        await eventually(pilot, lambda: said(notices, "No [b]room[/b]."))
        await pilot.press("escape", "q")
        await eventually(pilot, lambda: bool(app.screen.query("#tasks")))


CLASSIC = Retested(("a", "b"), (0, 1), (0, 0), ("x", "y"), "sample", True, 60, 400_000, 0.04)
BY = Provenance("m", "", "CPU", "float32", 407_000_000, 2.0)


async def comparing(pilot: Pilot[None], engine) -> int:
    """The number of the test that the run key begins."""
    before = len(engine.numbers(Retest))
    await pilot.press("ctrl+r")
    await eventually(pilot, lambda: len(engine.numbers(Retest)) > before)
    return engine.numbers(Retest)[-1]


@asynccontextmanager
async def two_flows(lab, engine):
    """The screen of a lab with a run to compare."""
    keep_run(lab)
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        app.switch_mode("flows")
        await eventually(pilot, lambda: bool(app.screen.query("#table DataTable")))
        screen = app.screen
        assert isinstance(screen, FlowsScreen)
        yield pilot, screen


async def test_a_model_that_answers_on_the_rows_of_the_comparison_before_is_not_put_beside_another(
    lab, engine, notices
):
    async with two_flows(lab, engine) as (pilot, screen):
        first, second = await comparing(pilot, engine), await comparing(pilot, engine)
        engine.end(Finished(first, CLASSIC))
        await eventually(pilot, lambda: len(engine.numbers(ZeroShot)) == 1)
        engine.end(Finished(second, replace(CLASSIC, texts=("c", "d"))))
        await eventually(pilot, lambda: len(engine.numbers(ZeroShot)) == 2)
        before, now = engine.numbers(ZeroShot)
        scores = (Labelled((0.9, 0.1)), Labelled((0.2, 0.8)))
        engine.end(Finished(before, Classified(("x", "y"), scores, BY)))
        await eventually(pilot, lambda: said(notices, "answered on other rows"))
        assert screen.answers.models == ()
        engine.end(Finished(now, Classified(("x", "y"), scores[::-1], BY)))
        await eventually(pilot, lambda: [one.hits for one in screen.answers.models] == [0])


async def test_no_model_is_asked_after_a_stop_that_comes_as_the_classifier_ends(lab, engine, monkeypatch):
    async with two_flows(lab, engine) as (pilot, screen):
        number = await comparing(pilot, engine)
        monkeypatch.setattr(engine, "cancel", lambda *numbers: None)  # it is past its last look
        await pilot.press("ctrl+x")
        engine.end(Finished(number, CLASSIC))
        await eventually(pilot, lambda: screen.answers.classic is not None)  # what it found out is kept
        await pilot.pause()
        assert not engine.numbers(ZeroShot)


async def test_the_labels_curve_is_asked_point_by_point_stopped_and_gone_on_with(lab, engine, notices, monkeypatch):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        app.switch_mode("flows")
        await eventually(pilot, lambda: bool(app.screen.query("#labels-plot")))
        lab.save_answers("flows", flows.Answers(model="m", setup={"counts": "0,4,16", "seeds": "1"}))
        screen = app.screen
        assert isinstance(screen, FlowsScreen)
        screen.renew()
        await pilot.press("2", "ctrl+r")
        await eventually(pilot, lambda: len(engine.numbers(Measure)) == 1)
        for hits in (50, 20, 40):
            number = engine.numbers(Measure)[-1]
            engine.end(Finished(number, point(engine.jobs[number], hits)))
            await eventually(pilot, lambda number=number: engine.numbers(Measure)[-1] > number)
        await eventually(pilot, lambda: "nunca supera a zero-shot hasta 4" in text_of(pilot, "#labels-table"))
        (stopped,) = engine.open(Measure)
        cancel = engine.cancel
        monkeypatch.setattr(engine, "cancel", lambda *numbers: None)  # its end is told below
        await pilot.press("ctrl+x", "ctrl+r")
        assert engine.open(Measure) == [stopped]
        engine.end(Cancelled(stopped))
        await eventually(pilot, lambda: engine.numbers(Measure)[-1] > stopped)
        monkeypatch.setattr(engine, "cancel", cancel)
        for hits in (80, 70):
            number = engine.numbers(Measure)[-1]
            done = len(screen.answers.curve.points) if screen.answers.curve else 0
            engine.end(Finished(number, point(engine.jobs[number], hits)))
            await eventually(
                pilot, lambda done=done: bool(screen.answers.curve and len(screen.answers.curve.points) > done)
            )
        wanted = "entrenar: supera a zero-shot entre 4 y 16 etiquetas"
        await eventually(pilot, lambda: wanted in text_of(pilot, "#labels-table"))
        await eventually(pilot, lambda: not screen.unsaved)
        assert len(lab.answers("flows", flows.Answers).curve.points) == 5
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: said(notices, "Every point of this curve is there."))
        await pilot.press("ctrl+e")
        exported = lab.folder / "exports" / "flows.md"
        await eventually(pilot, exported.exists)
        assert wanted in exported.read_text(encoding="utf-8")


async def test_a_point_of_a_curve_that_undo_took_back_is_no_point_of_the_curve_before(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        app.switch_mode("flows")
        await eventually(pilot, lambda: bool(app.screen.query("#labels-plot")))
        old = labels.parse({"counts": "0,4", "seeds": "1"}, "m", TEMPLATE)
        kept = labels.Curve(old, (Point("zero-shot", 0, 0, 70, 100, 10_000, 4, "sample", True, 1.0, "CPU"),))
        new = {"counts": "0,4,16", "seeds": "2"}
        lab.save_answers("flows", flows.Answers(model="m", setup=new, curve=kept))
        screen = app.screen
        assert isinstance(screen, FlowsScreen)
        screen.renew()
        await eventually(pilot, lambda: screen.answers.curve == kept)
        await pilot.press("2", "ctrl+r")
        await eventually(pilot, lambda: len(engine.numbers(Measure)) == 1)
        assert screen.answers.curve == labels.Curve(labels.parse(new, "m", TEMPLATE))
        await pilot.press("u")
        await eventually(pilot, lambda: screen.answers.curve == kept)
        (number,) = engine.numbers(Measure)
        engine.end(Finished(number, point(engine.jobs[number], 20)))
        await pilot.press("U")

        def hits() -> list[int | None]:
            return [point.hits for point in screen.answers.curve.points] if screen.answers.curve else []

        await eventually(pilot, lambda: hits() == [20])  # it is not lost
        await pilot.press("u")
        await eventually(pilot, lambda: screen.answers.curve == kept)
        await pilot.press("U")
        await eventually(pilot, lambda: hits() == [20])
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(engine.numbers(Measure)) == 2)  # it goes on where it stood


def point(job: Measure, hits: int) -> Point:
    return Point(job.method, job.count, job.seed, hits, 100, 10_000, 4, "sample", True, 1.0, "CPU")
