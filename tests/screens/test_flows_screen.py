"""The two flows on their screen: a classifier trained in the test's lab, and answers that the test gives."""

from __future__ import annotations

from click.testing import CliRunner
from driving import eventually, painted, said

from llm_tui.app import LabApp
from llm_tui.classifier.job import Retest, Retested
from llm_tui.cli import cli
from llm_tui.engine.events import Failed, Finished
from llm_tui.foundation.job import Classified, Labelled, Provenance, ZeroShot


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

        await pilot.press("end", "ctrl+u", *"20", "ctrl+r")
        await eventually(pilot, lambda: bool(engine.numbers(Retest)))
        number = engine.numbers(Retest)[-1]
        assert engine.jobs[number].rows == 20
        classic = Retested(("a", "b"), (0, 1), (0, 0), ("x", "y|<b>"), "sample", True, 60, 400_000, 0.04)
        engine.end(Finished(number, classic))
        await eventually(pilot, lambda: bool(engine.numbers(ZeroShot)))
        number = engine.numbers(ZeroShot)[-1]
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
