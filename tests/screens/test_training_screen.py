"""Exercise 1 on its screen, driven by keys, with an engine that the test drives by hand."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from driving import cells, eventually, painted, said, text_of
from filled_lab import fill
from gfm import tables
from textual.pilot import Pilot
from textual.widgets import Input, Static, TextArea

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.classifier import ag_news
from llm_tui.classifier.job import Mistake, Model, Predict, Prediction, Sweep, Training, TrainingResult
from llm_tui.engine.energy import Energy
from llm_tui.engine.events import Failed, Finished, Metric, Started
from llm_tui.exercises.batch_sizes import Answers, Attempt
from llm_tui.lab.lab import Lab
from llm_tui.screens import lab_runs
from llm_tui.screens.card import CardDialog
from llm_tui.screens.lab_runs import LabRuns
from llm_tui.widgets.curves import Curves
from llm_tui.widgets.form import Form
from llm_tui.widgets.option_list import OptionList
from llm_tui.widgets.tail import Tail

RESULT = TrainingResult(
    accuracy=0.75,
    test_loss=0.5,
    seconds=0.25,
    prepare_seconds=0.1,
    steps=10,
    data_name="sample",
    synthetic=True,
    train_rows=100,
    test_rows=40,
    vocabulary_size=321,
    classes=("World", "[b]Sports"),
    confusion=((15, 5), (5, 15)),
    mistakes=(Mistake("A goal \x1b[31m for [/b] the market", 0, 1, 0.99),),
    device="CPU",
    torch="2.13.0",
    model=Model(b"weights", "{}"),
)


@asynccontextmanager
async def training(lab: Lab, engine, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Pilot[None]]:
    app = LabApp(lab, engine)
    async with app.run_test(size=size) as pilot:
        await pilot.press("f3")
        await eventually(pilot, lambda: app.current_mode == "train" and bool(app.screen.query(TextArea)))
        await pilot.pause()
        yield pilot


def finish(engine, job_id: int, **changed: Any) -> None:
    """What a real run would tell, in short."""
    values = {"steps": 10, "examples_per_second": 1e4, "seconds_left": 0.0}
    engine.tell(Started(job_id))
    engine.tell(Metric(job_id, 5, {**values, "loss": 1.0, "accuracy": 0.4, "seconds": 1.0}))
    engine.tell(Metric(job_id, 10, {**values, "loss": 0.6, "accuracy": 0.7, "seconds": 2.0}))
    engine.end(Finished(job_id, replace(RESULT, **changed)))


async def run_sweep(pilot: Pilot[None], engine) -> list[int]:
    before = len(engine.numbers(Training))
    await pilot.press("ctrl+r")
    await eventually(pilot, lambda: len(engine.numbers(Training)) > before)
    return engine.numbers(Training)[before:]


async def test_the_defaults_are_those_of_the_exercise(lab, engine):
    async with training(lab, engine) as pilot:
        numbers = await run_sweep(pilot, engine)
        jobs = [engine.jobs[number] for number in numbers]
        assert [job.batch_size for job in jobs] == [32, 64, 128]
        assert {(job.data, job.train_size, job.embed_dim, job.epochs, job.lr, job.gamma) for job in jobs} == {
            ("sample", 10_000, 128, 1, 4.0, 0.9)
        }


async def test_the_table_fills_itself_row_by_row(lab, engine):
    async with training(lab, engine) as pilot:
        engine.end(Finished(1, None))  # the survey of the machine
        first, second, _ = await run_sweep(pilot, engine)
        assert [row[:3] for row in cells(pilot)] == [["32", "", ""], ["64", "", ""], ["128", "", ""]]
        finish(engine, first)
        await eventually(pilot, lambda: cells(pilot)[0][:3] == ["32", "0.750", "0.25"])
        assert cells(pilot)[1][1] == ""
        finish(engine, second, accuracy=0.5)
        await eventually(pilot, lambda: cells(pilot)[1][:3] == ["64", "0.500", "0.25"])
        assert "textos sintéticos" in text_of(pilot, "#footer")


async def test_each_report_is_a_line_of_the_log(lab, engine):
    async with training(lab, engine) as pilot:
        first, *_ = await run_sweep(pilot, engine)
        finish(engine, first)
        log = pilot.app.screen.query_one(Tail)
        await eventually(pilot, lambda: len(log.lines) >= 3)
        assert "5/10 loss 1.00 acc 0.40 10k ex/s 0:00:00" in log.lines[0]
        assert "test accuracy 0.750" in log.lines[2]


async def test_notes_and_answer_are_edited_in_place_and_kept(lab, engine):
    async with training(lab, engine) as pilot:
        await pilot.press("n", "right", "right", "right", "enter", *"stable")
        await pilot.press("escape", "Q", *"64 it is")
        await eventually(pilot, lambda: lab.answers(1, Answers).answer == "64 it is")
        assert cells(pilot)[0][3] == "stable"
    assert Lab(lab.folder).answers(1, Answers).notes == {"32": "stable"}


async def test_what_was_typed_a_moment_before_quitting_is_kept(lab, engine):
    async with training(lab, engine) as pilot:
        await pilot.press("Q", *"quick", "ctrl+q")
    assert lab.answers(1, Answers).answer == "quick"
    assert engine.closed


async def test_the_setup_is_there_again_on_the_next_start(lab, engine):
    async with training(lab, engine) as pilot:
        pilot.app.screen.query_one(Form).focus_field("epochs")
        await pilot.press("backspace", "3", "ctrl+q")
    async with training(lab, engine) as pilot:
        await eventually(pilot, lambda: pilot.app.screen.query_one(Form).values["epochs"] == "3")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [pytest.param("en", "write a whole number", marks=pytest.mark.slow), ("es", "escriba un número entero")],
)
async def test_a_wrong_field_is_said_in_one_sentence_and_nothing_runs(lab, engine, language, sentence, notices):
    i18n.use(language)
    async with training(lab, engine) as pilot:
        pilot.app.screen.query_one(Form).focus_field("batch_size")
        await pilot.press("ctrl+u", "0", "ctrl+r")
        await eventually(pilot, lambda: said(notices, sentence))
        assert pilot.app.focused.id == "field-batch_size"
        assert not engine.numbers(Training)


async def test_bad_data_stops_the_sweep_and_leaves_the_table_alone(lab, engine, notices):
    lab.save_answers(1, Answers(sweep=Sweep(Training(), batch_sizes=(16,)), notes={"16": "mine"}))
    async with training(lab, engine) as pilot:
        await eventually(pilot, lambda: cells(pilot) == [["16", "", "", "mine"]])
        engine.end(Finished(1, None))
        first, *_ = await run_sweep(pilot, engine)
        engine.tell(Started(first))
        engine.end(Failed(first, "There is no file [b]x[/b].", "UserError"))
        await eventually(pilot, lambda: said(notices, "[b]x[/b]"))
        await eventually(pilot, lambda: engine.running() is None and cells(pilot) == [["16", "", "", "mine"]])
    assert lab.answers(1, Answers).notes == {"16": "mine"}


async def test_a_diverged_run_is_marked_and_the_others_go_on(lab, engine):
    async with training(lab, engine) as pilot:
        first, second, _ = await run_sweep(pilot, engine)
        engine.tell(Started(first), Metric(first, 1, {"steps": 10, "loss": 9.0, "accuracy": 0.2,
                                                      "examples_per_second": 1.0, "seconds_left": 1.0}))  # fmt: skip
        engine.end(Failed(first, "It diverged.", "Diverged"))
        finish(engine, second)
        await eventually(pilot, lambda: cells(pilot)[1][1] == "0.750")
        assert cells(pilot)[0] == ["32", "", "", "divergió"]


async def test_stopping_keeps_the_curve_and_drops_what_waits(lab, engine):
    async with training(lab, engine) as pilot:
        engine.end(Finished(1, None))
        first, *_ = await run_sweep(pilot, engine)
        engine.tell(Started(first), Metric(first, 5, {"steps": 10, "loss": 1.0, "accuracy": 0.5,
                                                      "examples_per_second": 1.0, "seconds_left": 1.0}))  # fmt: skip
        app: Any = pilot.app
        await eventually(pilot, lambda: app.status is not None)
        await pilot.press("ctrl+x")
        await eventually(pilot, lambda: engine.running() is None and len(lab.runs.all()) == 1)
    (run,) = lab.runs.all()
    assert run.state == "stopped"
    assert [point.step for point in run.points()] == [5]


async def test_a_sweep_that_was_stopped_goes_on_from_its_finished_runs(lab, engine):
    async with training(lab, engine) as pilot:
        engine.end(Finished(1, None))
        first, *_ = await run_sweep(pilot, engine)
        finish(engine, first)
        await eventually(pilot, lambda: cells(pilot)[0][1] == "0.750")
        await pilot.press("ctrl+x")
        log = pilot.app.screen.query_one(Tail)
        await eventually(pilot, lambda: sum("stopped" in line for line in log.lines) == 2)
        again = await run_sweep(pilot, engine)
        assert [engine.jobs[number].batch_size for number in again] == [64, 128]


async def test_a_run_shows_its_evaluation_and_hostile_text_as_it_is(lab, engine):
    async with training(lab, engine) as pilot:
        first, *_ = await run_sweep(pilot, engine)
        finish(engine, first)
        runs = pilot.app.screen.query_one("#runs OptionList", OptionList)
        await eventually(pilot, lambda: runs.option_count == 1)
        await pilot.press("l", "enter")
        parts = pilot.app.screen.query("#evaluation Static").results(Static)
        shown = "\n".join(str(part.content) for part in parts)
        assert "[b]Sports" in shown
        assert "A goal ␛[31m for [/b] the market" in shown
        assert "0.990" in shown
        assert "\x1b" not in shown


async def test_at_80x24_the_whole_confusion_matrix_is_on_the_screen_with_the_scores_of_each_class(lab, engine):
    names = ("World", "Sports", "Business", "Sci/Tech")
    matrix = ((1801, 12, 40, 47), (6, 1888, 3, 3), (81, 4, 1741, 74), (79, 5, 92, 1724))
    async with training(lab, engine, (80, 24)) as pilot:
        first, *_ = await run_sweep(pilot, engine)
        finish(engine, first, classes=names, confusion=matrix)
        runs = pilot.app.screen.query_one("#runs OptionList", OptionList)
        await eventually(pilot, lambda: runs.option_count == 1)
        await pilot.press("l", "enter")
        rows = [r"Wor\S* +Spo\S* +Bus\S* +Sci\S* +prec\S* +rec\S* +F1"]
        for at, (name, counts, true) in enumerate(zip(names, matrix, zip(*matrix, strict=True), strict=True)):
            precision, recall = counts[at] / sum(true), counts[at] / sum(counts)
            f1 = 2 * precision * recall / (precision + recall)
            figures = (*counts, f"{precision:.3f}", f"{recall:.3f}", f"{f1:.3f}")
            rows.append(re.escape(name) + "".join(rf" +{figure}" for figure in figures))
        await eventually(pilot, lambda: all(re.search(row, painted(pilot)) for row in rows))


async def test_runs_that_have_no_room_beside_each_other_are_compared_below_each_other(lab, engine):
    async with training(lab, engine, (80, 24)) as pilot:
        for field in pilot.app.screen.query(Input).filter("#field-batch_size"):
            field.value = "1,2,3,4,5,6,7"
        numbers = await run_sweep(pilot, engine)
        for number in numbers:
            finish(engine, number, accuracy=number / 100)
        runs = pilot.app.screen.query_one("#runs OptionList", OptionList)
        await eventually(pilot, lambda: runs.option_count == 7)
        await pilot.press("l", *["space", "down"] * 7, "4")
        await eventually(pilot, lambda: "b7 s0" in painted(pilot))
        shown = painted(pilot)
        for number, size in zip(numbers, "1234567", strict=True):
            assert re.search(rf"b{size} s0 +{number / 100:.3f}", shown), size


async def test_marked_runs_are_compared(lab, engine):
    async with training(lab, engine) as pilot:
        first, second, _ = await run_sweep(pilot, engine)
        finish(engine, first)
        finish(engine, second, accuracy=0.5)
        runs = pilot.app.screen.query_one("#runs OptionList", OptionList)
        await eventually(pilot, lambda: runs.option_count == 2)
        await pilot.press("l", "space", "down", "space", "4")
        await eventually(pilot, lambda: "0.500" in text_of(pilot, "#compare Static"))
        assert "0.750" in text_of(pilot, "#compare Static")


async def test_a_run_that_was_marked_while_it_trained_has_its_whole_curve_once_it_has_ended(lab, engine):
    async with training(lab, engine) as pilot:
        first, *_ = await run_sweep(pilot, engine)
        values = {"steps": 10, "loss": 1.0, "accuracy": 0.5, "examples_per_second": 1.0, "seconds_left": 1.0}
        engine.tell(Started(first), Metric(first, 5, values))
        runs = pilot.app.screen.query_one(LabRuns)
        runs.load()
        await eventually(pilot, lambda: len(runs.runs) == 1)
        await pilot.press("l", "space")
        await eventually(pilot, lambda: [len(points) for points in runs.points.values()] == [1])
        engine.tell(Metric(first, 10, values))
        engine.end(Finished(first, RESULT))
        await eventually(pilot, lambda: runs.runs[0].ending is not None)
        assert [point.step for point in runs.points[runs.runs[0].id]] == [5, 10]


async def test_a_run_is_deleted_after_a_question(lab, engine):
    async with training(lab, engine) as pilot:
        first, *_ = await run_sweep(pilot, engine)
        finish(engine, first)
        runs = pilot.app.screen.query_one("#runs OptionList", OptionList)
        await eventually(pilot, lambda: runs.option_count == 1)
        await pilot.press("l", "d", "escape")
        await pilot.pause()
        assert len(lab.runs.all()) == 1
        await pilot.press("d", "y")
        await eventually(pilot, lambda: not lab.runs.all() and runs.option_count == 0)


async def test_the_list_of_runs_is_filtered(lab, engine):
    async with training(lab, engine) as pilot:
        for number, name in zip(await run_sweep(pilot, engine), ("sample", "ag_news", "mine.csv"), strict=True):
            finish(engine, number, data_name=name)
        runs = pilot.app.screen.query_one("#runs OptionList", OptionList)
        await eventually(pilot, lambda: runs.option_count == 3)
        await pilot.press("slash", *"mine", "enter")
        await eventually(pilot, lambda: runs.counted() == (1, 3))
        assert runs.has_focus and runs.highlighted_option and "mine.csv" in str(runs.highlighted_option.prompt)
        await pilot.press("escape")
        await eventually(pilot, lambda: runs.counted() == (3, 3))


async def test_a_sentence_is_classified_by_the_chosen_run(lab, engine):
    async with training(lab, engine) as pilot:
        engine.end(Finished(1, None))
        numbers = await run_sweep(pilot, engine)
        for number in numbers:
            finish(engine, number)
        runs = pilot.app.screen.query_one("#runs OptionList", OptionList)
        await eventually(pilot, lambda: runs.option_count == 3)
        await pilot.press("3", "enter", *"goal", "enter")
        await eventually(pilot, lambda: bool(engine.numbers(Predict)))
        (asked,) = engine.numbers(Predict)
        assert engine.jobs[asked].text == "goal"
        engine.tell(Started(asked))
        engine.end(Finished(asked, Prediction((0.25, 0.75), 1, ("goal",))))
        await eventually(pilot, lambda: "0.750" in text_of(pilot, "#prediction"))
        assert "1 of 1 words are not in the vocabulary: goal" in text_of(pilot, "#prediction")


async def test_export_writes_what_the_screen_shows(lab, engine):
    async with training(lab, engine) as pilot:
        for number in await run_sweep(pilot, engine):
            finish(engine, number)
        await eventually(pilot, lambda: cells(pilot)[2][1] == "0.750")
        await pilot.press("n", "right", "right", "right", "enter", *"a|b", "escape", "ctrl+e")
        path = lab.folder / "exports" / "exercise-1.md"
        await eventually(pilot, path.exists)
    written = path.read_text(encoding="utf-8")
    assert "tiempo_train (s)" in written
    assert "a\\|b" in written
    assert "0.750" in written


async def test_a_key_shows_the_energy_in_the_table_and_in_the_export_and_takes_it_away_again(lab, engine):
    energies = iter(
        [Energy(72.0, 2.0, "NVML", False, 1, 1), Energy.unknown("short"), Energy(36.0, 2.0, "NVML", True, 1, 1)]
    )
    path = lab.folder / "exports" / "exercise-1.md"
    async with training(lab, engine) as pilot:
        for number in await run_sweep(pilot, engine):
            finish(engine, number, energy=next(energies))
        await eventually(pilot, lambda: cells(pilot)[2][1] == "0.750")
        await pilot.press("ctrl+e")
        await eventually(pilot, path.exists)
        before = path.read_text(encoding="utf-8")
        await pilot.press("W")
        await eventually(pilot, lambda: [row[3] for row in cells(pilot)] == ["0.0200", "", "0.0100 *"])
        await pilot.press("ctrl+e")
        await eventually(pilot, lambda: "energía (Wh)" in path.read_text(encoding="utf-8"))
        assert "Sin cifra de energía: 1 de 3 (demasiado breve para medirlo)." in path.read_text(encoding="utf-8")
        await pilot.press("W", "ctrl+e")
        await eventually(pilot, lambda: path.read_text(encoding="utf-8") == before)
    assert Lab(lab.folder).answers(1, Answers).energy is False


async def test_what_is_exported_or_copied_has_the_runs_that_the_list_has_not_read_yet(lab, engine, monkeypatch):
    fill(lab)
    monkeypatch.setattr(LabRuns, "load", lambda self: None)
    async with training(lab, engine) as pilot:
        assert cells(pilot)[0][1] == ""
        await pilot.press("ctrl+e", "ctrl+y")
        path = lab.folder / "exports" / "exercise-1.md"
        await eventually(pilot, lambda: path.exists() and bool(pilot.app.clipboard))
        copied = pilot.app.clipboard
    (head, *rows), *_ = tables(path.read_text(encoding="utf-8"))
    assert tables(copied)[0] == [head, *rows]
    assert len(rows) == 3 and all(float(row[1].split()[0]) > 0 for row in rows)


async def test_nothing_to_export_is_said(lab, engine, notices):
    async with training(lab, engine) as pilot:
        await pilot.press("ctrl+e")
        await eventually(pilot, lambda: said(notices, "nothing to export"))
    assert not (lab.folder / "exports").exists()


async def test_the_cursor_reads_every_curve_at_the_same_step(lab, engine):
    async with training(lab, engine) as pilot:
        for number in (await run_sweep(pilot, engine))[:2]:
            finish(engine, number)
        await eventually(pilot, lambda: cells(pilot)[1][1] == "0.750")
        pilot.app.screen.query_one("#loss").focus()
        await pilot.press("right")
        await eventually(pilot, lambda: "32 0.6" in readings(pilot))
        assert "64 0.6" in readings(pilot)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_every_part_has_room(lab, engine, size):
    async with training(lab, engine, size) as pilot:
        pilot.app.screen.query_one(Curves).write(["a line of the log"])
        await pilot.pause()
        for selector in ("#setup", "#runs", "#loss", "#accuracy", "Tail", "#exercise"):
            region = pilot.app.screen.query_one(selector).region
            assert region.width >= 20
            assert region.height >= 4
            assert region.right <= size[0]
            assert region.bottom <= size[1] - 2
        assert pilot.app.screen.query_one("#field-tokenizer", Input).size.width >= len("basic_english")


async def test_two_apps_on_one_lab_lose_nothing(lab, engine):
    async with training(lab, engine) as pilot:
        other = Lab(lab.folder)
        other.answers(1, Answers)
        other.save_answers(1, Answers(answer="from the other app"))
        await pilot.press("Q", *"mine", "ctrl+q")
    kept = [path.read_text() for path in (lab.folder / "exercises").iterdir()]
    assert any("from the other app" in content for content in kept)
    assert any('"mine"' in content for content in kept)


async def test_no_thread_of_the_screen_is_left_behind(lab, engine):
    async with training(lab, engine) as pilot:
        await pilot.press("ctrl+q")
    assert len(asyncio.all_tasks()) == 1


async def test_a_run_in_training_is_not_deleted(lab, engine):
    async with training(lab, engine) as pilot:
        first, *_ = await run_sweep(pilot, engine)
        values = {"steps": 10, "loss": 1.0, "accuracy": 0.5, "examples_per_second": 1.0, "seconds_left": 1.0}
        engine.tell(Started(first), Metric(first, 5, values))
        await pilot.press("f2", "f3", "ctrl+e")
        pilot.app.screen.query_one(LabRuns).load()
        runs = pilot.app.screen.query_one("#runs OptionList", OptionList)
        await eventually(pilot, lambda: runs.option_count == 1)
        await pilot.press("l", "d", "y")
        await pilot.pause(0.2)
        assert len(lab.runs.all()) == 1


async def test_enter_anywhere_in_a_row_edits_its_note(lab, engine):
    async with training(lab, engine) as pilot:
        await pilot.press("n", "left", "left", "down", "enter", *"so")
        await eventually(pilot, lambda: cells(pilot)[1][3] == "so")


async def finished(pilot: Pilot[None], engine, **changed: object) -> None:
    """A whole sweep, of which the log has the last run."""
    log = pilot.app.screen.query_one(Tail)
    before = sum("test accuracy" in line for line in log.lines)
    numbers = await run_sweep(pilot, engine)
    for number in numbers:
        finish(engine, number, **changed)
    await eventually(pilot, lambda: sum("test accuracy" in line for line in log.lines) == before + len(numbers))


async def test_a_finished_table_keeps_its_runs_until_others_are_taken_and_gets_them_back(lab, engine):
    async with training(lab, engine) as pilot:
        await finished(pilot, engine)
        await eventually(pilot, lambda: cells(pilot)[2][1] == "0.750")
        await pilot.press("n", "enter", *"stable", "enter")
        pilot.app.screen.query_one(Form).focus_field("epochs")
        await pilot.press("backspace", "3")
        await finished(pilot, engine, accuracy=0.5)
        await eventually(pilot, lambda: "r puts the 3 new runs into the table." in text_of(pilot, "Offers"))
        assert [row[1] for row in cells(pilot)] == ["0.750"] * 3
        await pilot.press("escape", "l", "end", "space")  # marked for a comparison: it stands in the table already
        await eventually(pilot, lambda: "r puts the 3 new runs into the table." in text_of(pilot, "Offers"))
        panel = pilot.app.screen.query_one("#exercise")
        panel.scroll_end(animate=False)
        await eventually(pilot, lambda: panel.scroll_y > 0)
        await pilot.press("r")
        await eventually(pilot, lambda: [row[1] for row in cells(pilot)] == ["0.500"] * 3)
        await eventually(pilot, lambda: panel.scroll_y == 0)  # what was taken is in sight
        assert cells(pilot)[0][3] == "(otras ejecuciones) stable"
        assert "Notes of other runs" in text_of(pilot, "Offers")
        await pilot.press("ctrl+z")
        await eventually(pilot, lambda: cells(pilot)[0][1::2] == ["0.750", "stable"])
        await pilot.press("ctrl+t", "n", "enter", "enter")  # confirms the note
        await eventually(pilot, lambda: cells(pilot)[0][1::2] == ["0.500", "stable"])
        await pilot.press("ctrl+e")
        await eventually(pilot, (lab.folder / "exports" / "exercise-1.md").exists)
    assert "0.500" in (lab.folder / "exports" / "exercise-1.md").read_text(encoding="utf-8")


def latest(lab: Lab) -> list[Attempt]:
    """The sweep that was begun last, once it is saved."""
    begun = Lab(lab.folder).answers(1, Answers).latest
    return [begun] if begun else []


async def test_quitting_after_another_sweep_was_begun_leaves_the_finished_table(lab, engine):
    async with training(lab, engine) as pilot:
        await finished(pilot, engine)
        await eventually(pilot, lambda: cells(pilot)[2][1] == "0.750")
        pilot.app.screen.query_one(Form).focus_field("epochs")
        await pilot.press("backspace", "3")
        first, *_ = await run_sweep(pilot, engine)
        values = {"steps": 10, "loss": 1.0, "accuracy": 0.5, "examples_per_second": 1.0, "seconds_left": 1.0}
        engine.tell(Started(first), Metric(first, 5, values))
        await eventually(pilot, lambda: [begun.sweep.base.epochs for begun in latest(lab)] == [3])
    async with training(Lab(lab.folder), type(engine)()) as pilot:
        await eventually(pilot, lambda: [row[1] for row in cells(pilot)] == ["0.750"] * 3)
        await eventually(pilot, lambda: "Sweep unfinished, 0 of 3 runs done: i goes on." in text_of(pilot, "Offers"))


async def test_a_sweep_that_was_interrupted_is_offered_and_one_key_goes_on(lab, engine):
    async with training(lab, engine) as pilot:
        first, second, _ = await run_sweep(pilot, engine)
        finish(engine, first)
        await eventually(pilot, lambda: cells(pilot)[0][1] == "0.750")
        values = {"steps": 10, "loss": 1.0, "accuracy": 0.5, "examples_per_second": 1.0, "seconds_left": 1.0}
        engine.tell(Started(second), Metric(second, 5, values))
        await eventually(
            pilot, lambda: len(lab.runs.all()) == 2 and Lab(lab.folder).answers(1, Answers).latest is not None
        )
    # Killed: the second run has no ending.
    i18n.use("es")
    again = type(engine)()
    async with training(Lab(lab.folder), again) as pilot:
        said = "Barrido a medias, 1 de 3 hechas: i continúa."
        await eventually(pilot, lambda: text_of(pilot, "Offers") == said)
        await pilot.press("i")
        await eventually(pilot, lambda: len(again.numbers(Training)) == 2)
        assert [again.jobs[number].batch_size for number in again.numbers(Training)] == [64, 128]
        await eventually(pilot, lambda: not pilot.app.screen.query_one("Offers").display)


async def test_looking_at_an_older_lab_writes_nothing(lab, engine):
    async with training(lab, engine) as pilot:
        await finished(pilot, engine)
        await eventually(pilot, lambda: cells(pilot)[2][1] == "0.750")
        await pilot.press("ctrl+q")
    lab.save_answers(1, Answers(sweep=Sweep(Training()), notes={"32": "noisy"}))  # as the version before wrote it
    before = (lab.folder / "exercises" / "1.json").read_bytes()
    async with training(Lab(lab.folder), type(engine)()) as pilot:
        await eventually(pilot, lambda: cells(pilot)[0][1::2] == ["0.750", "noisy"])
        await pilot.press("ctrl+q")
    assert (lab.folder / "exercises" / "1.json").read_bytes() == before


async def test_up_in_the_first_field_of_the_setup_stays_there(lab, engine):
    async with training(lab, engine) as pilot:
        await pilot.press("Q", *"mine", "escape", "s", "up", "up", *"xyz")
        assert pilot.app.focused.id == "field-data"
        assert pilot.app.screen.query_one("#answer", TextArea).text == "mine"


async def test_runs_of_another_program_appear_and_marked_ones_can_be_taken(lab, engine, notices):
    async with training(lab, engine) as pilot:
        await finished(pilot, engine)
        await eventually(pilot, lambda: cells(pilot)[2][1] == "0.750")
        other, runs = Lab(lab.folder), pilot.app.screen.query_one("#runs OptionList", OptionList)
        for number, job in enumerate(Sweep(Training(epochs=9), (32, 64)).runs(), start=7):
            listener = other.runs.recorder(job)
            values = {"steps": 10, "loss": 1.0, "accuracy": 0.5, "examples_per_second": 1.0, "seconds_left": 1.0}
            for event in (Started(1), Metric(1, 5, values), Finished(1, replace(RESULT, accuracy=number / 10))):
                listener(event)
        await eventually(pilot, lambda: runs.option_count == 5)
        await pilot.press("l", "home", "space")
        await eventually(pilot, lambda: "r puts the marked runs into the table." in text_of(pilot, "Offers"))
        await pilot.press("r")
        await eventually(pilot, lambda: [row[:2] for row in cells(pilot)] == [["64", "0.800"]])
        await pilot.press("down", "space", "down", "space", "r")
        await eventually(pilot, lambda: said(notices, "These runs are no sweep"))
        await pilot.press("space", "r")
        await eventually(pilot, lambda: [row[:2] for row in cells(pilot)] == [["32", "0.700"], ["64", "0.800"]])
        assert "r puts the marked runs into the table." not in text_of(pilot, "Offers")


async def test_runs_of_another_program_appear_by_themselves(lab, engine, monkeypatch):
    monkeypatch.setattr(lab_runs, "LOOK_SECONDS", 0.2)
    async with training(lab, engine) as pilot:
        options = pilot.app.screen.query_one("#runs OptionList", OptionList)
        assert options.option_count == 0
        beside = Lab(lab.folder).runs.recorder(Training(batch_size=48))
        values = {"steps": 1, "loss": 1.0, "accuracy": 0.5, "examples_per_second": 1.0}
        for event in (Started(1), Metric(1, 1, values)):
            beside(event)
        await eventually(pilot, lambda: options.option_count == 1)
        assert "unfinished" in str(options.get_option_at_index(0).prompt)
        beside(Finished(1, RESULT))
        await eventually(pilot, lambda: "0.750" in str(options.get_option_at_index(0).prompt))
        reads = []
        monkeypatch.setattr(type(lab.runs), "all", lambda self: reads.append(self))
        await pilot.pause(1)
        assert reads == [], "an idle lab is not read again"


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.slow), "es"])  # the longer words of the two
async def test_a_stored_sweep_that_nobody_could_have_typed_is_said_and_kept_aside(lab, engine, language, notices):
    i18n.use(language)
    path = lab.folder / "exercises" / "1.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"sweep": {"base": {}, "batch_sizes": [32, 32]}, "answer": "of before"}')
    async with training(lab, engine) as pilot:
        await eventually(pilot, lambda: said(notices, "1.json"))
        assert [row[0] for row in cells(pilot)] == ["32", "64", "128"]
        assert "of before" in path.read_text(), "looking changes nothing"
        await pilot.press("Q", *"anew")
        await eventually(pilot, lambda: "anew" in lab.answers(1, Answers).answer)
    assert lab.answers(1, Answers).answer.replace("anew", "") == "of before", "the rest of the file is whole"
    (aside,) = path.parent.glob("1.*.json")
    assert "[32, 32]" in aside.read_text()


async def test_a_lab_that_is_gone_is_said_and_nothing_is_trained(lab, engine, notices):
    """The folder was deleted, or the network drive that it is on: the program goes on."""
    lab.save_answers(1, Answers(answer="mine"))
    async with training(lab, engine) as pilot:
        lab.folder.rename(lab.folder.with_name("elsewhere"))
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: any(note.severity == "error" for note in notices))
        assert not engine.numbers(Training)
        lab.folder.with_name("elsewhere").rename(lab.folder)
        await run_sweep(pilot, engine)


async def test_how_stable_the_runs_of_the_table_are_stands_beside_it(lab, engine):
    async with training(lab, engine) as pilot:
        await pilot.press("4")
        assert "Stability" not in text_of(pilot, "#compare Fitted")
        pilot.app.screen.query_one(Form).fill({**pilot.app.screen.query_one(Form).values, "seed": "0,1"})
        for number in await run_sweep(pilot, engine):
            finish(engine, number, accuracy=0.7 + 0.1 * engine.jobs[number].seed)
        await eventually(pilot, lambda: "0.750 ± 0.071" in cells(pilot)[2][1])
        await eventually(pilot, lambda: "Stability" in text_of(pilot, "#compare Fitted"))
        await pilot.press("4")
        assert re.search(r"\b64 +2 +0\.0707", text_of(pilot, "#compare Fitted"))


async def test_the_notebook_s_numbers_come_with_a_key_are_said_and_are_taken_back(lab, engine, notices, monkeypatch):
    monkeypatch.setattr(ag_news, "answers", lambda: False)
    async with training(lab, engine) as pilot:
        form = pilot.app.screen.query_one(Form)
        form.focus_field("seed")
        await pilot.press("end", *",1", "escape")
        before = form.values
        await pilot.press("B")
        await eventually(pilot, lambda: form.values["train_size"] == "2000")
        assert {name: form.values[name] for name in ("test_size", "embed_dim", "batch_size", "vocabulary", "seed")} == {
            "test_size": "1000", "embed_dim": "64", "batch_size": "64", "vocabulary": "split", "seed": "0,1",
        }  # fmt: skip
        await eventually(pilot, lambda: said(notices, "train rows 2000"))
        assert said(notices, "stay “sample”")
        numbers = await run_sweep(pilot, engine)
        assert {(engine.jobs[n].train_size, engine.jobs[n].vocabulary) for n in numbers} == {(2000, "split")}
        await pilot.press("ctrl+z")
        await eventually(pilot, lambda: form.values == before)


async def test_data_that_are_typed_while_ag_news_is_looked_for_stay(lab, engine, notices, monkeypatch):
    asked, answered = threading.Event(), threading.Event()

    def answers() -> bool:
        asked.set()
        return answered.wait(600)

    monkeypatch.setattr(ag_news, "answers", answers)
    async with training(lab, engine) as pilot:
        form = pilot.app.screen.query_one(Form)
        await pilot.press("B")
        await eventually(pilot, asked.is_set)
        form.focus_field("data")
        await pilot.press("end", "ctrl+u", *"mine.csv")
        await eventually(pilot, lambda: form.values["data"] == "mine.csv")
        answered.set()
        await eventually(pilot, lambda: form.values["train_size"] == "2000")
        assert form.values["data"] == "mine.csv" and said(notices, "The data stay yours")


async def test_the_curves_stand_over_the_steps_the_examples_that_were_seen_or_the_seconds(lab, engine):
    async with training(lab, engine) as pilot:
        for number in await run_sweep(pilot, engine):
            finish(engine, number)
        await eventually(pilot, lambda: cells(pilot)[2][1] == "0.750")
        await eventually(pilot, lambda: axis(pilot)[-2:] == ["10", "steps"])
        await pilot.press("X")
        await eventually(pilot, lambda: axis(pilot)[-2:] == ["10k", "examples"] or axis(pilot)[-1] == "10k")
        pilot.app.screen.query_one("#loss").focus()
        await pilot.press("right")
        await eventually(pilot, lambda: "32 0.6" in readings(pilot))
        await pilot.press("X")
        await eventually(pilot, lambda: axis(pilot)[-2:] == ["2", "s"])
        await eventually(pilot, lambda: not pilot.app.screen.query_one("#readout").display)
        await pilot.press("X")
        await eventually(pilot, lambda: axis(pilot)[-1] == "steps")


async def test_runs_are_hidden_pinned_and_named_until_undo_and_their_settings_differ_in_the_compare_pane(lab, engine):
    async with training(lab, engine) as pilot:
        for number in await run_sweep(pilot, engine):
            finish(engine, number)
        await eventually(pilot, lambda: cells(pilot)[2][1] == "0.750" and len(listed(pilot)) == 3)
        await pilot.press("l", "h")
        await eventually(pilot, lambda: len(drawn(pilot)) == 2)
        await pilot.press("h", "end", "p")
        await eventually(pilot, lambda: len(drawn(pilot)) == 3 and listed(pilot)[0].startswith("★"))
        pinned = listed(pilot)[0]
        await pilot.press("quotation_mark", *"[b]x", "enter")
        await eventually(pilot, lambda: listed(pilot)[0].startswith("★[b]x ") and "[b]x" in drawn(pilot))
        await pilot.press("down", "space")
        compared = pilot.app.screen.query_one("#compare Fitted")
        await eventually(pilot, lambda: "batch size" in str(compared.render()) and "[b]x" in str(compared.render()))
        rendered = str(compared.render())
        assert "embedding" not in rendered.split("The same in all")[0]
        await pilot.press("u")
        await eventually(pilot, lambda: listed(pilot)[0] == pinned)
        await pilot.press("U")
    assert "[b]x" in lab.answers_anew(1, Answers).looks.names.values()


def listed(pilot: Pilot[None]) -> list[str]:
    return [str(option.prompt) for option in pilot.app.screen.query_one("#runs OptionList", OptionList).options]


def drawn(pilot: Pilot[None]) -> list[str]:
    return [curve.label for curve in pilot.app.screen.query_one(Curves)._curves]


async def test_the_curves_go_out_as_pictures_and_into_the_report_as_they_are_looked_at(lab, engine, notices):
    async with training(lab, engine) as pilot:
        for number in await run_sweep(pilot, engine):
            finish(engine, number)
        await eventually(pilot, lambda: cells(pilot)[2][1] == "0.750")
        pilot.app.screen.query_one("#loss").focus()
        await pilot.press("y", "ctrl+e")
        png = lab.folder / "exports" / "curves-loss.png"
        await eventually(pilot, lambda: png.exists() and png.read_bytes().startswith(b"\x89PNG"))
        assert "pérdida (nats) · y log" in (lab.folder / "exports" / "curves-loss.svg").read_text(encoding="utf-8")
        await pilot.press("H")
        await eventually(pilot, lambda: said(notices, "stand in the report"))
        await pilot.press("H")
        await eventually(pilot, lambda: said(notices, "taken out of the report"))


def readings(pilot: Pilot[None]) -> str:
    """What is read at the cursor, below the curves."""
    return str(pilot.app.screen.query_one("#readout").render()).replace("\u00a0", " ")


def axis(pilot: Pilot[None]) -> list[str]:
    """What is written below the curves of the loss."""
    plot = pilot.app.screen.query_one("#loss")
    return "".join(segment.text for segment in plot.render_line(plot.size.height - 1)).split()


async def opened_card(pilot: Pilot[None]) -> TextArea:
    await pilot.press("T")
    await eventually(pilot, lambda: isinstance(pilot.app.screen, CardDialog))
    field = pilot.app.screen.query_one(TextArea)
    await eventually(pilot, lambda: field.has_focus and "llm-tui: results" in field.text)
    return field


async def test_a_run_s_card_is_written_saved_by_itself_exported_and_kept_when_the_app_is_left(lab, engine, notices):
    async with training(lab, engine) as pilot:
        await pilot.press("T")
        await eventually(pilot, lambda: said(notices, "No run has finished yet"))
        for number in await run_sweep(pilot, engine):
            finish(engine, number)
        await eventually(pilot, lambda: cells(pilot)[2][1] == "0.750")
        field = await opened_card(pilot)
        run = lab.runs.all()[0]
        assert run.card() is None  # a lab is not written to for being looked at
        assert "0.750" in field.text
        field.move_cursor(field.document.end)
        await pilot.press(*"mine")
        await eventually(pilot, lambda: "mine" in (run.card() or ""))
        field.replace("0.123", *find_in(field, "0.750"))
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: "0.123" not in field.text)
        assert field.text.rstrip().endswith("mine")
        await pilot.press("ctrl+z")
        await eventually(pilot, lambda: "0.123" in field.text)
        await pilot.press("ctrl+e")
        await eventually(pilot, lambda: (lab.folder / "exports" / f"model-card-{run.id}.md").is_file())
        await pilot.press("escape")
        await eventually(pilot, lambda: not isinstance(pilot.app.screen, CardDialog))
        assert (await opened_card(pilot)).text == run.card()
        await pilot.press("x", "ctrl+q")
    assert "<!-- For what, and for whom? Write below. -->\nx\n" in (run.card() or "")


def find_in(field: TextArea, words: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Where they stand first in a field."""
    row = next(i for i, line in enumerate(field.text.split("\n")) if words in line)
    column = field.text.split("\n")[row].index(words)
    return (row, column), (row, column + len(words))
