"""The key that shows the plain program of what was just done, and what can be done with it there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from driving import eventually, painted, said
from textual.widgets import Static

from llm_tui.app import LabApp
from llm_tui.classifier.job import Predict, Retest, Sweep, Training
from llm_tui.exercises import moderation, moderation_tables, summaries, translation
from llm_tui.exercises.moderation import Answers, Reading
from llm_tui.exercises.samples import Sample
from llm_tui.foundation.job import Provenance
from llm_tui.screens.code import CodeDialog
from llm_tui.snippets import tested
from llm_tui.snippets.snippet import of_row, snippet

SMALL = Training(train_size=20, test_size=5, device="cpu")
NAMELESS = Predict("no-such-run", "text")


async def shown(app: Any, pilot: Any, name: str) -> CodeDialog:
    await eventually(pilot, lambda: isinstance(app.screen, CodeDialog) and name in painted(pilot))
    assert isinstance(app.screen, CodeDialog)
    return app.screen


async def test_a_program_is_shown_copied_and_kept(lab, engine, notices, monkeypatch):
    app = LabApp(lab, engine)
    copied: list[str] = []
    monkeypatch.setattr(app, "copy", copied.append)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(CodeDialog([SMALL, Sweep(SMALL)]))
        await shown(app, pilot, "1/2: training.py")
        wanted = snippet(SMALL, "en")
        assert "# The news classifier, trained once" in painted(pilot)
        await pilot.press("ctrl+y")
        assert copied == [wanted.text]
        await pilot.press("ctrl+e")
        await eventually(pilot, lambda: said(notices, "training.py"))
        assert (lab.folder / "code" / "training.py").read_text() == wanted.text
        assert (lab.folder / "code" / "sample_test_5.csv").read_text() == wanted.files["sample_test_5.csv"]
        await pilot.press("k")
        await shown(app, pilot, "2/2: sweep.py")
        await pilot.press("k")
        await shown(app, pilot, "1/2: training.py")
        await pilot.press("escape")
        await eventually(pilot, lambda: not isinstance(app.screen, CodeDialog))


async def test_what_is_in_a_program_is_text_alone(lab, engine, tmp_path):
    (tmp_path / "vocab.json").write_text('{"tokenizer": "basic_english", "words": ["<unk>"]}')
    text = "[b]bold[/b] [@click=app.quit]x[/] \x1b[31m \u202e"
    async with LabApp(lab, engine).run_test(size=(120, 40)) as pilot:
        await pilot.app.push_screen(CodeDialog([Predict(str(tmp_path), text)]))
        await shown(pilot.app, pilot, "prediction.py")
        content = pilot.app.screen.query_one("#program", Static).content
        assert f"text = {text!r}".replace("'", '"') in str(content)


async def test_why_there_is_no_program_stands_in_the_window(lab, engine, notices):
    async with LabApp(lab, engine).run_test(size=(80, 24)) as pilot:
        await pilot.app.push_screen(CodeDialog([NAMELESS]))
        await shown(pilot.app, pilot, "has no model to ask")
        await pilot.press("ctrl+e", "E")
        assert not (lab.folder / "code").exists()


async def test_the_editor_opens_the_file_of_the_lab(lab, engine, monkeypatch):
    opened: list[Any] = []
    monkeypatch.setattr("llm_tui.screens.code.open_outside", lambda app, path: opened.append(path))
    async with LabApp(lab, engine).run_test(size=(80, 24)) as pilot:
        await pilot.app.push_screen(CodeDialog([SMALL]))
        await shown(pilot.app, pilot, "training.py")
        await pilot.press("E")
        await eventually(pilot, lambda: len(opened) == 1)
        opened[0].write_text("changed by hand")
        await pilot.press("E")
        await eventually(pilot, lambda: len(opened) == 2)
        assert opened[0] == opened[1] == lab.folder / "code" / "training.py"
        assert opened[0].read_text() == "changed by hand"
        await pilot.press("ctrl+e")
        await eventually(pilot, lambda: (lab.folder / "code" / "training-2.py").exists())


async def test_where_nothing_was_done_it_is_said(lab, engine, notices):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        for key, mode in (("f4", "play"), ("f6", "ethics")):
            notices.clear()
            await pilot.press(key)
            await eventually(pilot, lambda mode=mode: app.current_mode == mode and bool(app.screen.query("KeyBar")))
            app.screen.set_focus(None)
            await pilot.press("C")
            await eventually(pilot, lambda: said(notices, "Nothing was done here yet"))


def read(*texts: str) -> Answers:
    """A sheet in which these texts have scores."""
    answers = Answers(samples=tuple(Sample(text, "spam") for text in texts), other="")
    scores = dict.fromkeys(texts, (0.1, 0.9))
    reading = Reading(answers.template, answers.label_names(), answers.model, Provenance(answers.model), scores)
    return Answers(samples=answers.samples, other="", readings=(reading,))


def test_of_a_row_its_own_program_is_first():
    samples = (Sample("one", "spam"), Sample("two", "odio"))
    answers = replace(read("one", "two"), samples=samples, threshold=0.95)
    jobs = moderation.EXERCISE.jobs(answers, Any)  # type: ignore[arg-type]
    texts = moderation_tables.samples_table(answers).rows
    first, *others = of_row(jobs, 1, texts)
    assert isinstance(first, tested.Tested) and first.job.texts == ("two",)
    assert (first.true, first.threshold) == (("odio",), 0.95)
    assert others == jobs
    assert of_row(jobs, 0, [("spam", 1, 2), ("ham", 0, 0)]) == jobs
    three: list[Any] = [SMALL, NAMELESS, Retest("run", SMALL, 3)]
    assert of_row(three, 1, [(), (), ()]) == [NAMELESS, SMALL, three[2]]


def test_no_program_tells_which_system_is_hidden(tmp_path):
    answers = summaries.Answers()
    assert summaries.jobs(answers) == [] and translation.jobs(translation.Answers()) == []


async def test_a_row_of_the_sheet_is_found_by_the_key(lab, engine):
    lab.save_answers(3, read("first text", "second text"))
    app = LabApp(lab, engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await app.switch_mode("sheet-3")
        await eventually(pilot, lambda: bool(app.screen.query("#samples DataTable")))
        app.screen.query_one("#samples DataTable").focus()
        await pilot.pause()
        await pilot.press("down", "C")
        dialog = await shown(app, pilot, "1/2: zero_shot.py")
        program = str(dialog.query_one("#program", Static).content)
        assert "second text" in program and "first text" not in program
