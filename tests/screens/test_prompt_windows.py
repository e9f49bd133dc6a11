"""The windows over the playground's prompts: examples before them, and templates."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from driving import eventually, painted, said, screen_of, text_of
from textual.widgets import Input, OptionList, TextArea

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.engine.events import Failed, Finished
from llm_tui.foundation.few_shot import Example
from llm_tui.foundation.inspection import Aid, Inspect
from llm_tui.foundation.job import Answer, Generate, Generated, Provenance
from llm_tui.lab.lab import Lab
from llm_tui.playground.state import Playground
from llm_tui.screens.examples import ExamplesDialog
from llm_tui.screens.prompt_templates import TemplatesDialog

BY = Provenance("somebody/little", "abcdef1234", "CPU", "float32", 77_000_000, 0.5)
OURS = (Example("uno", "A"), Example("dos", "B"), Example("tres", "A"))


@asynccontextmanager
async def window(lab: Lab, engine, key: str, kind: type, playground: Playground):
    lab.save_answers("playground", playground)
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f4")
        await eventually(pilot, lambda: app.current_mode == "play" and bool(app.screen.query("#answer")))
        await pilot.press(key)
        await eventually(pilot, lambda: isinstance(app.screen, kind) and bool(app.screen.query(OptionList)))
        await pilot.pause()
        yield app, pilot


def looks(engine) -> list[Inspect]:
    return [engine.jobs[number] for number in engine.numbers(Inspect) if engine.jobs[number].whole]


async def test_examples_are_switched_on_and_off_and_the_prompt_is_shown_as_the_model_gets_it(lab, engine):
    kept = Playground(task="prompt", inputs={"prompt": "cuatro"}, examples=OURS)
    async with window(lab, engine, "F", ExamplesDialog, kept) as (app, pilot):
        under: Any = app.screen_stack[0]
        await eventually(pilot, lambda: bool(looks(engine)))
        assert looks(engine)[-1].examples == (("uno", "A"), ("dos", "B"), ("tres", "A"))
        await pilot.press("down", "space")
        await eventually(pilot, lambda: looks(engine)[-1].examples == (("uno", "A"), ("tres", "A")))
        for number in engine.open(Inspect):  # the screen below looks at its input as well, a moment later
            engine.end(Finished(number, Aid(9, 5, ((0, 1),), "ñ whole prompt [b]")))
        await eventually(pilot, lambda: "[b]" in text_of(pilot, "#given-text"))
        assert "cut" in text_of(pilot, "#given-said") and "⟨ñ⟩" in text_of(pilot, "#given-said")
        assert "[ ] dos => B" in painted(pilot)
        await pilot.press("d")
        assert [example.input for example in under.answers.examples] == ["uno", "tres"]
        await pilot.press("u")
        assert [example.input for example in under.answers.examples] == ["uno", "dos", "tres"]
        await pilot.press("U")
        assert [example.input for example in under.answers.examples] == ["uno", "tres"]
        await pilot.press("a")
        await eventually(pilot, lambda: bool(app.screen.query(Input)))
        app.screen.query_one(Input).value = "x => y => Z"
        await pilot.press("enter")
        await eventually(pilot, lambda: under.answers.examples[-1] == Example("x => y", "Z"))
        await pilot.press("escape")
        await eventually(pilot, lambda: not app.screen.is_modal)
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: bool(engine.numbers(Generate)))
        assert engine.jobs[engine.numbers(Generate)[-1]].examples == (("uno", "A"), ("tres", "A"), ("x => y", "Z"))
        await pilot.press("ctrl+z")
        await app.screen.flush()
    assert [example.input for example in lab.answers_anew("playground", Playground).examples] == ["uno", "tres"]


async def test_what_is_done_to_an_example_is_done_to_that_one_whatever_another_program_has_written(
    lab, engine, notices
):
    kept = Playground(task="prompt", inputs={"prompt": "cuatro"}, examples=OURS)
    async with window(lab, engine, "F", ExamplesDialog, kept) as (app, pilot):
        under: Any = app.screen_stack[0]

        def other_writes(*examples: Example) -> None:
            Lab(lab.folder).save_answers("playground", replace(kept, examples=examples))
            under.renew()

        await pilot.press("down")
        other_writes(*OURS[1:])
        await pilot.press("d")
        await eventually(pilot, lambda: under.answers.examples == OURS[2:])
        other_writes(OURS[0])
        await pilot.press("d")
        await eventually(pilot, lambda: said(notices, "The example “tres” was not changed"))
        assert under.answers.examples == OURS[:1] and "uno => A" in painted(pilot)
        await pilot.press("a")
        await eventually(pilot, lambda: bool(app.screen.query(Input)))
        other_writes(*OURS)
        app.screen.query_one(Input).value = "cinco => B"
        await pilot.press("enter")
        await eventually(pilot, lambda: under.answers.examples == (*OURS, Example("cinco", "B")))


async def test_accuracy_is_measured_one_count_after_the_other_and_stopped(lab, engine, notices):
    i18n.use("en", asked=True)
    async with window(lab, engine, "F", ExamplesDialog, Playground(task="prompt")) as (app, pilot):
        await pilot.press("ctrl+e")
        await eventually(pilot, lambda: said(notices, "no table yet"))
        await pilot.press("A", "ctrl+r")
        await eventually(pilot, lambda: len(engine.numbers(Generate)) == 4)
        jobs = [engine.jobs[number] for number in engine.numbers(Generate)]
        assert [len(job.examples) for job in jobs] == [0, 1, 2, 4]
        assert all(len(job.texts) == 20 and job.texts[0].startswith("What is the text about?") for job in jobs)
        rows = [Answer("Sports!" if n < 5 else "no", "", 30, 1, False, True, "") for n in range(20)]
        engine.end(Finished(engine.numbers(Generate)[0], Generated(tuple(rows), BY)))
        await eventually(pilot, lambda: "0.250" in painted(pilot))
        await pilot.press("ctrl+x")
        await eventually(pilot, lambda: "stopped" in painted(pilot))
        assert not engine.open(Generate)
        await pilot.press("ctrl+e")
        await eventually(pilot, lambda: said(notices, "few-shot.md"))
        await pilot.press("escape")
        await eventually(pilot, lambda: not app.screen.is_modal)
        await pilot.press("F")
        await eventually(pilot, lambda: "0.250" in painted(pilot))  # it was not lost with the window
    written = (lab.folder / "exports" / "few-shot.md").read_text(encoding="utf-8")
    assert "0.250" in written and "Wilson" in written


async def test_accuracy_is_measured_anew_by_the_key_right_after_the_stop(lab, engine, monkeypatch):
    async with window(lab, engine, "F", ExamplesDialog, Playground(task="prompt")) as (_, pilot):
        await pilot.press("A", "ctrl+r")
        await eventually(pilot, lambda: len(engine.open(Generate)) == 4)
        monkeypatch.setattr(engine, "cancel", lambda *numbers: None)  # nothing has ended yet
        await pilot.press("ctrl+x", "ctrl+r")
        await eventually(pilot, lambda: len(engine.numbers(Generate)) == 8)


def answered(right: int) -> Generated:
    """What a model made of the shipped rows: so many are right, of those whose answer is Sports."""
    return Generated(tuple(Answer("Sports" if n < right else "no", "", 30, 1, False, True, "") for n in range(20)), BY)


async def test_each_row_has_the_answers_of_its_number_of_examples_whichever_a_server_gives_first(lab, engine, notices):
    async with window(lab, engine, "F", ExamplesDialog, Playground(task="prompt")) as (_, pilot):
        await pilot.press("A", "ctrl+r")
        await eventually(pilot, lambda: len(engine.numbers(Generate)) == 4)
        none, one, two, _ = engine.numbers(Generate)
        for number, right in ((one, 3), (two, 4), (none, 2)):
            engine.end(Finished(number, answered(right)))
        await eventually(pilot, lambda: "0.200" in painted(pilot))
        await pilot.press("ctrl+e")
        await eventually(pilot, lambda: said(notices, "few-shot.md"))
    written = (lab.folder / "exports" / "few-shot.md").read_text(encoding="utf-8")
    cells = [[cell.strip() for cell in line.split("|")[1:5]] for line in written.splitlines() if line.startswith("|")]
    assert cells[2:] == [["0", "2", "20", "0.100"], ["1", "3", "20", "0.150"], ["2", "4", "20", "0.200"]]


async def test_what_comes_before_a_failure_of_fewer_examples_takes_nobody_s_row(lab, engine, notices):
    async with window(lab, engine, "F", ExamplesDialog, Playground(task="prompt")) as (_, pilot):
        await pilot.press("A", "ctrl+r")
        await eventually(pilot, lambda: len(engine.numbers(Generate)) == 4)
        none, one, *_ = engine.numbers(Generate)
        engine.end(Finished(one, answered(3)))
        engine.end(Failed(none, "The server is gone.", "UserError"))
        await eventually(pilot, lambda: said(notices, "The server is gone."))
        await pilot.press("ctrl+e")
        await eventually(pilot, lambda: said(notices, "no table yet"))


async def test_half_an_answer_of_a_server_is_no_wrong_one(lab, engine, notices):
    async with window(lab, engine, "F", ExamplesDialog, Playground(task="prompt")) as (_, pilot):
        await pilot.press("A", "ctrl+r")
        await eventually(pilot, lambda: len(engine.numbers(Generate)) == 4)
        rows = [Answer("Spo", "", 30, 1, False, True, "", "" if n else "The server ended.") for n in range(20)]
        engine.end(Finished(engine.numbers(Generate)[0], Generated(tuple(rows), BY)))
        await eventually(pilot, lambda: said(notices, "The server ended."))
        assert not engine.open(Generate) and "0.000" not in painted(pilot)


async def test_a_templates_blanks_are_filled_in_and_kept_and_the_prompt_goes_into_the_input(lab, engine, notices):
    kept = Playground(task="summary", inputs={"prompt": "mine"})
    async with window(lab, engine, "j", TemplatesDialog, kept) as (app, pilot):
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: said(notices, "empty blanks"))
        screen = screen_of(app)
        screen.query_one("#blank-passage", TextArea).text = "El perro está en la {question}."
        screen.query_one("#blank-question", Input).value = "¿Dónde está?"
        await eventually(pilot, lambda: "¿Dónde está?" in text_of(pilot, "#given-text"))
        assert "Texto: El perro está en la {question}." in text_of(pilot, "#given-text")  # in the text's own language
        await pilot.press("down")
        await eventually(pilot, lambda: "Explain to beginners" in text_of(pilot, "#given-text"))
        await pilot.press("up")
        await eventually(pilot, lambda: "¿Dónde está?" in text_of(pilot, "#given-text"))
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: not app.screen.is_modal)
        answers = app.screen.answers
        assert answers.current.name == "prompt" and answers.input.endswith("Pregunta: ¿Dónde está?\nRespuesta:")
        await pilot.press("ctrl+z")
        assert app.screen.answers.input == "mine"
        await pilot.press("j")
        await eventually(pilot, lambda: isinstance(app.screen, TemplatesDialog) and "¿Dónde está?" in painted(pilot))
