"""The sheet of exercise 6 on its screen, by keys alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from driving import cells, eventually, said, screen_of, text_of
from textual.pilot import Pilot
from textual.widgets import OptionList, TextArea

from llm_tui.app import LabApp
from llm_tui.engine.energy import Energy
from llm_tui.engine.events import Finished, Started, Token
from llm_tui.exercises.material import PARAGRAPH
from llm_tui.exercises.prompting import Answers, instructions
from llm_tui.foundation.inspection import Aid, Inspect
from llm_tui.foundation.job import Answer, Generate, Generated, Provenance
from llm_tui.lab.lab import Lab

BY = Provenance("google/flan-t5-small", "abcdef1", "CPU", "float32", 1, 0.5)


@asynccontextmanager
async def sheet(lab: Lab, engine) -> AsyncIterator[Pilot[None]]:
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        app.switch_mode("sheet-6")
        await eventually(pilot, lambda: bool(app.screen.query("#answer-text")))
        await pilot.pause()
        yield pilot


def answer(engine, number: int, text: str, lost: str = "") -> None:
    engine.end(Finished(number, Generated((Answer(text, "x", 9, 5, False, True, lost),), BY)))


async def ask(pilot: Pilot[None], engine, expected: int) -> list[int]:
    await pilot.press("ctrl+r")
    await eventually(pilot, lambda: len(engine.numbers(Generate)) == expected)
    return engine.numbers(Generate)


async def test_from_empty_to_exported_by_keys(lab, engine):
    async with sheet(lab, engine) as pilot:
        first, second, third = await ask(pilot, engine, 3)
        texts = [engine.jobs[number].texts[0] for number in (first, second, third)]
        assert texts == [f"{instruction}\n\n{PARAGRAPH}" for instruction in instructions().values()]
        engine.tell(Started(first), Token(first, "Observ"))
        await eventually(pilot, lambda: text_of(pilot, "#answer-text") == "Observ")
        answer(engine, first, "Observabilidad", lost="ñí")
        answer(engine, second, "a, b, c | d")
        answer(engine, third, "Una [b]frase[/b]. Dos.")
        await eventually(pilot, lambda: "Una [b]frase[/b]. Dos." in str(cells(pilot, "#table")))
        assert "✓ it is one of the labels: Observabilidad" in text_of(pilot, "#answer-text")
        assert "lost: ñí" in text_of(pilot, "#answer-text")
        assert [row[1] for row in cells(pilot, "#table")] == [
            "✓ es una de las etiquetas: Observabilidad",
            "✗ tiene 3 términos distintos; se piden 5",
            "✓ tiene 2 oraciones; se piden 2 o 3",
        ]
        await pilot.press("n", "enter", *"más corta", "enter", "down", "enter", *"pedir | cinco", "enter")
        await pilot.press("Q", *"Menos palabras.", "ctrl+e")
        file = lab.folder / "exports" / "exercise-6.md"
        await eventually(pilot, file.exists)
    written = file.read_text(encoding="utf-8")
    assert "**Breve nota:** más corta" in written and "pedir \\| cinco" in written and "Menos palabras." in written
    assert written.count("**Entrada:**") == 3 and "Una [b]frase" in written
    assert Lab(lab.folder).answers(6, Answers).prompts["terms"].note == "pedir | cinco"


async def test_only_other_words_are_asked_again_and_every_run_is_kept(lab, engine, notices):
    async with sheet(lab, engine) as pilot:
        for number in await ask(pilot, engine, 3):
            answer(engine, number, "Seguridad")
        await eventually(pilot, lambda: str(cells(pilot, "#table")).count("Seguridad") >= 3)
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: said(notices, "already"))
        await pilot.press("l", "down", "t", *"En minúsculas: ", "escape")
        number = (await ask(pilot, engine, 4))[-1]
        assert engine.jobs[number].texts[0].startswith("En minúsculas: " + instructions()["terms"])
        answer(engine, number, "uno, dos, tres, cuatro, cinco")
        runs = pilot.app.screen.query_one("#runs", OptionList)
        await eventually(pilot, lambda: runs.option_count == 2)
        assert cells(pilot, "#table")[1][3] == "uno, dos, tres, cuatro, cinco"
        await pilot.press("v", "down", "enter")
        await eventually(pilot, lambda: cells(pilot, "#table")[1][3] == "Seguridad")
        assert instructions()["terms"] in text_of(pilot, "#answer-text")  # what that run was asked


async def test_the_cursor_stays_on_its_run_when_another_one_comes(lab, engine):
    async with sheet(lab, engine) as pilot:
        for number in await ask(pilot, engine, 3):
            answer(engine, number, "uno")
        runs = pilot.app.screen.query_one("#runs", OptionList)
        await eventually(pilot, lambda: runs.option_count == 1)
        await pilot.press("t", *"A ", "escape")
        answer(engine, (await ask(pilot, engine, 4))[-1], "dos")
        await eventually(pilot, lambda: runs.option_count == 2)
        await pilot.press("t", *"B ", "escape")
        number = (await ask(pilot, engine, 5))[-1]
        await pilot.press("v", "down")
        answer(engine, number, "tres")
        await eventually(pilot, lambda: runs.option_count == 3)
        await pilot.press("enter")
        await eventually(pilot, lambda: cells(pilot, "#table")[0][3] == "uno", 5)


async def test_what_came_while_another_model_was_offered_stays(lab, engine):
    async with sheet(lab, engine) as pilot:
        under: Any = pilot.app.screen
        first, *_ = await ask(pilot, engine, 3)
        await pilot.press("z")
        await eventually(pilot, lambda: pilot.app.screen.is_modal)
        answer(engine, first, "Seguridad")
        outputs = lambda: [run.output for run in under.answers.prompt("classification").runs]  # noqa: E731
        await eventually(pilot, lambda: outputs() == ["Seguridad"])
        await pilot.press("1")
        await eventually(pilot, lambda: screen_of(pilot.app).answers.model == "llm-tui/teaching-t5")
        assert outputs() == ["Seguridad"]


async def test_what_each_answer_and_all_together_took_is_said_and_what_of_it_is_not_known(lab, engine):
    energies = (Energy(72.0, 2.0, "NVML", False, 1, 1), Energy.unknown("short"), Energy(36.0, 2.0, "NVML", True, 1, 1))
    async with sheet(lab, engine) as pilot:
        for number, energy in zip(await ask(pilot, engine, 3), energies, strict=True):
            by = replace(BY, energy=energy)
            engine.end(Finished(number, Generated((Answer("a", "x", 9, 5, False, True, ""),), by)))
        together = (
            "Energía en total: 0.0300 Wh (NVML); otros procesos incluidos; 1 de 3 sin cifra: demasiado breve para "
            "medirlo."
        )
        await eventually(pilot, lambda: text_of(pilot, "#footer").endswith(together))
        assert "Energy: 0.0200 Wh (NVML)." in text_of(pilot, "#answer-text")
        await pilot.press("l", "down")
        await eventually(pilot, lambda: "Energy: too short to measure." in text_of(pilot, "#answer-text"))


async def test_what_the_model_will_see_is_told_before(lab, engine):
    async with sheet(lab, engine) as pilot:
        await eventually(pilot, lambda: bool(engine.numbers(Inspect)))
        number = engine.numbers(Inspect)[-1]
        job = engine.jobs[number]
        assert job.text.startswith(instructions()["classification"]) and PARAGRAPH in job.text
        engine.end(Finished(number, Aid(140, 128, ((0, 1),))))
        await eventually(pilot, lambda: "140 pieces of 128" in text_of(pilot, "#aid"))
        assert "⟨¿⟩" in text_of(pilot, "#aid")


async def test_the_paragraph_is_a_persons_own(lab, engine, tmp_path):
    file = tmp_path / "p.txt"
    file.write_text("Un párrafo propio.\n", encoding="utf-8")
    async with sheet(lab, engine) as pilot:
        await pilot.press("ctrl+l", *str(file), "enter")
        area = pilot.app.screen.query_one("#paragraph-text", TextArea)
        await eventually(pilot, lambda: area.text == "Un párrafo propio.")
        await pilot.press("2", "enter", "ctrl+z", "escape")
        await eventually(pilot, lambda: area.text == PARAGRAPH)
