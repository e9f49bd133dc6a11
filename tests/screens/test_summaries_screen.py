"""The sheet of exercise 5 on its screen, by keys alone: blind until both summaries are marked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from driving import cells, eventually, said, screen_of, text_of
from textual.pilot import Pilot
from textual.widgets import Static, TextArea

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.engine.events import Failed, Finished
from llm_tui.exercises.summaries import Answers
from llm_tui.foundation.job import LEAD, Answer, Generate, Generated, Provenance, Score
from llm_tui.foundation.overlap import overlap
from llm_tui.lab.lab import Lab
from llm_tui.playground import registry
from llm_tui.playground.tasks import sentiment, summary
from llm_tui.screens.elsewhere import Elsewhere
from llm_tui.screens.summaries import SummariesScreen
from llm_tui.widgets.panes import Panes

A, B, FALLBACK = "sshleifer/distilbart-cnn-12-6", "facebook/bart-large-cnn", "google/flan-t5-small"


@asynccontextmanager
async def sheet(lab: Lab, engine) -> AsyncIterator[Pilot[None]]:
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        app.switch_mode("sheet-5")
        await eventually(pilot, lambda: bool(app.screen.query("#left Static")))
        await pilot.pause()
        yield pilot


def write(engine, model: str, text: str) -> None:
    number = next(n for n in reversed(engine.numbers(Generate)) if engine.jobs[n].model.name == model)
    by = Provenance(model, "abcdef1", "CPU", "float32", 1, 0.5)
    engine.end(Finished(number, Generated((Answer(text, "x", 9, 5, False, True, ""),), by)))


def asked(engine) -> list[str]:
    return [engine.jobs[number].model.name for number in engine.numbers(Generate)]


def everything(pilot: Pilot[None]) -> str:
    """All that the screen shows, in its panes and in its table."""
    shown = [str(widget.content) for widget in pilot.app.screen.query(Static)]
    return "\n".join(shown) + str(cells(pilot, "#table"))


async def mark(pilot: Pilot[None]) -> None:
    """Marks 2, 1, 0 for the first, 1 throughout for the second."""
    await pilot.press("n", "home", "up", "right")
    for marks in (("2", "1", "0"), ("1", "1", "1")):
        for value in marks:
            await pilot.press("enter", value, "enter", "right")
        await pilot.press("home", "down", "right")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        pytest.param("en", "is “5”, which does not count: write a whole", marks=pytest.mark.slow),
        ("es", "es «5», que no cuenta: escriba"),
    ],
)
async def test_what_is_no_score_stays_and_is_said_once_to_count_for_nothing(lab, engine, notices, language, words):
    i18n.use(language)
    async with sheet(lab, engine) as pilot:
        await pilot.press("n", "home", "up", "right", "enter", "5", "enter")
        await eventually(pilot, lambda: cells(pilot, "#table")[0][1] == "5")
        assert [note.severity for note in notices if words in note.message] == ["warning"]
        await pilot.press("enter", "backspace", "2", "enter", "right", "right", "right", "enter", "5", "enter")
        await eventually(pilot, lambda: cells(pilot, "#table")[0][1] == "2")
        assert len(notices) == 1, "a score, or a note"


async def test_a_digit_scores_the_cell_that_the_cursor_is_on(lab, engine):
    async with sheet(lab, engine) as pilot:
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: asked(engine) == [A, B])
        write(engine, A, "Una.")
        write(engine, B, "Otra.")
        await eventually(pilot, lambda: "Otra." in everything(pilot))
        await pilot.press("n", "home", "up", "right", "2", "right", "0", "right", "1")
        await eventually(pilot, lambda: cells(pilot, "#table")[0][1:4] == ["2", "0", "1"])
        await pilot.press("right", "1")
        await eventually(pilot, lambda: pilot.app.screen.query_one(Panes).current == "source")
        assert cells(pilot, "#table")[0][1:] == ["2", "0", "1", ""], "in a cell for notes a digit is the pane's"


async def test_blind_until_both_are_marked_and_exported(lab, engine):
    async with sheet(lab, engine) as pilot:
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: asked(engine) == [A, B])
        write(engine, A, "Resumen de la a. El equipo de redes y el equipo de redes en 1999.")
        write(engine, B, "Resumen [b]de la b[/b].")
        await eventually(pilot, lambda: "[b]de la b[/b]" in everything(pilot))
        assert "not in the source: 1999" in everything(pilot) and "repeats: el equipo de redes" in everything(pilot)
        assert A not in everything(pilot) and B not in everything(pilot) and "bart" not in everything(pilot)
        screen = screen_of(pilot.app)
        blind = screen.document(screen.answers, screen.known())
        assert "bart" not in blind

        first_is_a = "la a." in text_of(pilot, "#left Static")
        await mark(pilot)
        await eventually(pilot, lambda: A in everything(pilot) and B in everything(pilot))
        rows = {row[0]: row[1:4] for row in cells(pilot, "#table")}
        assert rows[A] == (["2", "1", "0"] if first_is_a else ["1", "1", "1"])
        await pilot.press("Q", *"La de A.", "ctrl+e")
        file = lab.folder / "exports" / "exercise-5.md"
        await eventually(pilot, file.exists)
    written = file.read_text(encoding="utf-8")
    assert "Fuente: 328 palabras" in written and "La de A." in written and "[b]de la b" in written
    assert Lab(lab.folder).answers(5, Answers).revealed


async def asks_the_fallback(pilot, engine):
    """A cannot be had, B has written, and the one that stands in for A is asked."""
    await pilot.press("ctrl+r")
    await eventually(pilot, lambda: len(asked(engine)) == 2)
    engine.end(Failed(engine.numbers(Generate)[0], "No hub answers.", "UserError"))
    write(engine, B, "De B.")
    await eventually(pilot, lambda: asked(engine) == [A, B, FALLBACK])


async def test_a_system_that_cannot_be_had_is_replaced_and_the_notes_say_so(lab, engine):
    async with sheet(lab, engine) as pilot:
        await asks_the_fallback(pilot, engine)
        write(engine, FALLBACK, "Del sustituto.")
        await eventually(pilot, lambda: "Del sustituto." in everything(pilot))
        assert "distilbart" not in str(cells(pilot, "#table"))
        await mark(pilot)
        note = f"en lugar de {A}, que no se pudo cargar"
        await eventually(
            pilot, lambda: any(row[0] == FALLBACK and row[4][-1:] == "…" for row in cells(pilot, "#table"))
        )
        assert any(note.startswith(row[4][:-1]) and len(row[4]) == 60 for row in cells(pilot, "#table"))
        assert any(row[0] == B and row[4] == "" for row in cells(pilot, "#table"))


async def test_the_run_key_pressed_again_while_the_fallback_writes_loses_nothing(lab, engine):
    async with sheet(lab, engine) as pilot:
        await asks_the_fallback(pilot, engine)
        await pilot.press("ctrl+r")
        write(engine, FALLBACK, "Del sustituto.")
        await eventually(pilot, lambda: "Del sustituto." in everything(pilot))
        assert asked(engine) == [A, B, FALLBACK]


async def test_the_run_key_changes_nothing_while_the_scheduler_has_the_sheet(lab, engine, notices, monkeypatch):
    lab.save_answers(5, Answers(failed={A: "No hub answers."}))
    async with sheet(lab, engine) as pilot:
        monkeypatch.setattr(Elsewhere, "has", lambda self, exercise: exercise == 5)
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: said(notices, "The scheduler has it"))
        assert screen_of(pilot.app).answers.failed == {A: "No hub answers."}, "its fallback may be asked there"


async def test_where_the_fallback_fails_too_it_is_said_and_the_sheet_goes_on(lab, engine, notices):
    async with sheet(lab, engine) as pilot:
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(asked(engine)) == 2)
        engine.end(Failed(engine.numbers(Generate)[0], "No hub answers.", "UserError"))
        engine.end(Failed(engine.numbers(Generate)[1], "No hub answers.", "UserError"))
        await eventually(pilot, lambda: asked(engine)[2:] == [FALLBACK, LEAD])  # not the fallback twice
        engine.end(Failed(engine.numbers(Generate)[2], "No fallback either.", "UserError"))
        await eventually(pilot, lambda: said(notices, "No fallback either."))
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: asked(engine)[4:] == [A, B])


async def test_a_reference_is_compared_with_both(lab, engine):
    async with sheet(lab, engine) as pilot:
        await pilot.press("2", "enter", *"La senal llega.", "escape", "ctrl+r")
        await eventually(pilot, lambda: len(asked(engine)) == 2)
        write(engine, A, "La señal llega.")
        write(engine, B, "La senal llega.")
        await eventually(pilot, lambda: bool(engine.numbers(Score)))
        (number,) = engine.numbers(Score)
        job = engine.jobs[number]
        assert job.reference == "La senal llega."
        engine.end(Finished(number, tuple(overlap(text, job.reference) for text in job.texts)))
        await pilot.press("4")
        await eventually(pilot, lambda: "0.667" in text_of(pilot, "#figures Static"))
        assert "1.000" in text_of(pilot, "#figures Static") and "0.571" in text_of(pilot, "#figures Static")


async def test_another_source_is_asked_anew_and_marks_go_with_their_text(lab, engine, tmp_path, notices):
    file = tmp_path / "source.txt"
    file.write_text("Otra fuente.", encoding="utf-8")
    async with sheet(lab, engine) as pilot:
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(asked(engine)) == 2)
        write(engine, A, "Uno.")
        write(engine, B, "Dos.")
        await eventually(pilot, lambda: "Dos." in everything(pilot))
        await mark(pilot)
        await pilot.press("ctrl+l", *str(file), "enter")
        await eventually(pilot, lambda: pilot.app.screen.query_one("#text", TextArea).text == "Otra fuente.")
        assert "2 words" in text_of(pilot, "#count")
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(asked(engine)) == 4)
        write(engine, A, "Uno.")
        write(engine, B, "Tres.")
        await eventually(pilot, lambda: "Tres." in everything(pilot))
        answers = screen_of(pilot.app).answers
        assert answers.marked["a"].complete and not answers.marked["b"].complete and not answers.revealed
        await pilot.press("k")
        await eventually(pilot, lambda: said(notices, "of your own"))


async def test_a_mark_that_is_none_reveals_nothing(lab, engine):
    async with sheet(lab, engine) as pilot:
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(asked(engine)) == 2)
        write(engine, A, "Uno.")
        write(engine, B, "Dos.")
        await eventually(pilot, lambda: "Dos." in everything(pilot))
        await mark(pilot)
        await pilot.press("n", "home", "up", "right", "enter", "backspace", "3", "enter")
        await eventually(pilot, lambda: not screen_of(pilot.app).answers.revealed)
        assert A not in str(cells(pilot, "#table"))


@pytest.mark.parametrize("tasks", [(), (summary.TASK,), (summary.TASK, summary.TASK)], ids=len)
async def test_the_teaching_models_stand_in_however_many_tasks_there_are(lab, engine, notices, monkeypatch, tasks):
    """Who adds a task that exercise 5 is done with, or takes it away, does not end the program by a key."""
    monkeypatch.setattr(registry, "tasks", lambda: (sentiment.TASK, *tasks))
    async with sheet(lab, engine) as pilot:
        screen = screen_of(pilot.app)
        assert isinstance(screen, SummariesScreen)
        assert len(screen.stand_ins()) == (3 if tasks else 0)
        if not tasks:
            await pilot.press("z")
            await eventually(pilot, lambda: said(notices, "No teaching model"))
