"""The document to hand in on its screen, by keys alone."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from driving import eventually, painted, said, screen_of
from filled_lab import fill
from textual.pilot import Pilot
from textual.widgets import Input, Markdown, OptionList, TextArea

from llm_tui.app import LabApp
from llm_tui.engine.events import Finished, Started
from llm_tui.exercises import subwords
from llm_tui.exercises.checklist import Item
from llm_tui.exercises.ethics import Answers, Entry
from llm_tui.foundation.job import Provenance
from llm_tui.foundation.labels_job import Classified, Labelled, ZeroShot
from llm_tui.i18n import Text
from llm_tui.lab.lab import Lab
from llm_tui.lab.whose import Whose
from llm_tui.report.document import Report
from llm_tui.survey import Survey


@asynccontextmanager
async def report(lab: Lab, engine, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    app = LabApp(lab, engine)
    async with app.run_test(size=size) as pilot:
        await pilot.press("f7")
        await eventually(pilot, lambda: len(exercises(pilot)) == 8)
        yield pilot


def exercises(pilot: Pilot[None]) -> list[str]:
    found = pilot.app.screen.query("#exercises")
    listed = found.first(OptionList) if found else None
    return [str(option.prompt) for option in listed.options] if listed else []


async def test_an_empty_lab_says_what_is_missing_and_enter_goes_there(lab, engine) -> None:
    async with report(lab, engine) as pilot:
        assert exercises(pilot)[0] == "1 News classifier: batch sizes\n  to do: the training"
        assert all("to do: " in line for line in exercises(pilot))
        for row, mode in enumerate(("train", "tokens", "sheet-3", "sheet-4", "sheet-5", "sheet-6", "ethics", "flows")):
            await pilot.press("home", *["down"] * row, "enter")
            await eventually(pilot, lambda mode=mode: pilot.app.current_mode == mode)
            await pilot.press("f7")
            await eventually(pilot, lambda: pilot.app.current_mode == "report")


async def test_the_document_is_shown_written_and_follows_the_lab(lab, engine) -> None:
    fill(lab)
    async with report(lab, engine) as pilot:
        assert all(re.search("complete|done with", line) for line in exercises(pilot))
        shown = pilot.app.screen.query_one(Markdown)
        await eventually(pilot, lambda: "Apéndice: con qué se hizo" in shown.source)
        await pilot.press("t")
        assert not pilot.app.screen.query_one("#exercises").display  # at 80 columns the document has them all
        await pilot.press("pagedown", "ctrl+e", "h", "J", "l")
        assert pilot.app.screen.query_one("#exercises").display
        page, text, book = (lab.folder / "exports" / f"report.{ending}" for ending in ("html", "md", "ipynb"))
        await eventually(pilot, lambda: text.exists() and page.exists() and book.exists())
        assert book.read_text(encoding="utf-8") == Report.of(lab, "es").notebook()
        assert text.read_text(encoding="utf-8") == Report.of(lab, "es").markdown()
        assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
        text.write_text("mine", encoding="utf-8")
        await pilot.press("f6", "space", "f7")
        await eventually(pilot, lambda: pilot.app.current_mode == "report")
        await pilot.press("ctrl+e")
        await eventually(pilot, (lab.folder / "exports" / "report-2.md").exists)
        assert text.read_text(encoding="utf-8") == "mine"


async def test_pdf_and_word_are_written_one_after_the_other_and_keys_go_on(lab, engine, notices) -> None:
    fill(lab)
    lab.save_whose(Whose("Ana"))
    async with report(lab, engine) as pilot:
        await pilot.press("P", "D", "t")
        exercises = pilot.app.screen.query_one("#exercises")
        await eventually(pilot, lambda: not exercises.display)  # what is asked for next is done meanwhile
        made, word = (lab.folder / "exports" / f"report.{ending}" for ending in ("pdf", "docx"))
        await eventually(pilot, lambda: said(notices, str(made)) and said(notices, str(word)))
        assert made.read_bytes() == Report.of(lab, "es").pdf() and word.read_bytes() == Report.of(lab, "es").word()
        made.write_bytes(b"signed")
        await pilot.press("P")
        await eventually(pilot, lambda: said(notices, str(made.with_name("report-2.pdf"))))
        assert made.read_bytes() == b"signed"


async def test_whose_it_is_is_written_taken_back_and_in_file_names(lab, engine, notices) -> None:
    async with report(lab, engine) as pilot:
        shown = pilot.app.screen.query_one(Markdown)
        await eventually(pilot, lambda: "*no name given*" in shown.source or "*sin nombre*" in shown.source)
        await pilot.press("I")
        await eventually(pilot, lambda: bool(pilot.app.screen.query("#name:focus")))
        await pilot.press(*"Ana", "down", *"B2", "down", "down", "down", "space", "up", "enter")
        await eventually(pilot, lambda: "**Nombre:** Ana" in shown.source and "**Grupo:** B2" in shown.source)
        await pilot.press("ctrl+e")
        await eventually(pilot, (lab.folder / "exports" / "report-ana.md").exists)
        await pilot.press("u")
        await eventually(pilot, lambda: "*sin nombre*" in shown.source)
        await pilot.press("U")
        await eventually(pilot, lambda: "**Nombre:** Ana" in shown.source)
        (lab.folder / "lab.toml").write_text("x =")
        await pilot.press("I")
        await eventually(pilot, lambda: bool(pilot.app.screen.query("#name:focus")))
        await pilot.press(*"Eva", "enter")
        await eventually(pilot, lambda: said(notices, "lab.toml is not TOML"))
        await eventually(pilot, lambda: bool(pilot.app.screen.query("#name:focus")))
        assert pilot.app.screen.query_one("#name", Input).value == "Eva"  # what was typed is there still


async def test_a_lab_that_is_read_only_says_so_where_somebody_would_be_named(lab, engine, notices) -> None:
    async with report(lab, engine) as pilot:
        lab.read_only = "It can only be read."
        await pilot.press("I")
        await eventually(pilot, lambda: said(notices, "It can only be read."))
        assert not pilot.app.screen.query("WhoseDialog #name") and not (lab.folder / "lab.toml").exists()


async def test_long_tables_are_short_on_the_screen_and_whole_in_the_file(lab, engine) -> None:
    own = tuple(Item(f"x{n}", "many", Text(f"Is [b]this[/b] {n}?", "")) for n in range(2000))
    lab.save_answers(7, Answers(own=own, entries={item.id: Entry("met") for item in own}))
    async with report(lab, engine) as pilot:
        shown = pilot.app.screen.query_one(Markdown)
        await eventually(pilot, lambda: "more rows in the file" in shown.source)
        assert len(shown.source.split("\n")) < 150
        await pilot.press("ctrl+e")
        file = lab.folder / "exports" / "report.md"
        await eventually(pilot, file.exists)
    assert file.read_text(encoding="utf-8").count("\n|") > 2000


async def test_a_table_is_one_widget_and_its_cells_are_seen(lab, engine) -> None:
    """All widgets are laid out again whenever the terminal changes its size: a thousand took two seconds."""
    fill(lab)
    async with report(lab, engine, (160, 100)) as pilot:
        await eventually(pilot, lambda: "La corto en «micr»." in painted(pilot))
        tables = pilot.app.screen.query("OneTable")
        assert tables and all(len(table.query("Static")) == 1 for table in tables)


async def test_a_log_that_cannot_be_read_is_said_in_the_document_and_costs_nothing_else(lab, engine) -> None:
    fill(lab)
    (lab.folder / "audit.jsonl").unlink(missing_ok=True)
    (lab.folder / "audit.jsonl").mkdir()
    async with report(lab, engine) as pilot:
        shown = pilot.app.screen.query_one(Markdown)
        await eventually(pilot, lambda: "no se puede leer audit.jsonl" in shown.source)
        assert all(re.search("complete|done with", line) for line in exercises(pilot))


async def test_who_asks_for_the_file_at_once_gets_the_whole_report(lab, engine, monkeypatch) -> None:
    def slow(*of: Any) -> Report:
        time.sleep(0.5)
        return made(*of)

    made = Report.of
    monkeypatch.setattr(Report, "of", slow)
    fill(lab)
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f7")
        await eventually(pilot, lambda: app.current_mode == "report")
        await pilot.press("ctrl+e")
        text = lab.folder / "exports" / "report.md"
        await eventually(pilot, text.exists)
        assert text.read_text(encoding="utf-8") == Report.of(lab, "es").markdown()


@pytest.mark.parametrize("key", ["h", "ctrl+y"])
async def test_who_asks_while_the_lab_is_looked_at_again_gets_the_newer_report(lab, engine, monkeypatch, key) -> None:
    looks: list[Report] = []
    seen = threading.Event()

    def slow(*of: Any) -> Report:
        report = made(*of)
        looks.append(report)
        seen.wait(60)
        return report

    made = Report.of
    monkeypatch.setattr(Report, "of", slow)
    copied: list[str] = []
    monkeypatch.setattr(LabApp, "copy", lambda app, text: copied.append(text))
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f7")
        await eventually(pilot, lambda: len(looks) == 1)
        app.simulate_key(key)
        await pilot.pause()
        lab.save_whose(Whose("Ana"))
        screen_of(app).look_again()
        seen.set()
        page = lab.folder / "exports" / "report.html"
        await eventually(pilot, lambda: bool(copied) if key == "ctrl+y" else page.exists())
        assert "Ana" in (copied[0] if copied else page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("key", ["ctrl+e", "ctrl+y"])
async def test_what_came_into_the_lab_since_the_screen_was_opened_is_in_the_report(lab, engine, monkeypatch, key):
    copied: list[str] = []
    monkeypatch.setattr(LabApp, "copy", lambda app, text: copied.append(text))
    async with report(lab, engine) as pilot:
        shown = pilot.app.screen.query_one(Markdown)
        await eventually(pilot, lambda: "*sin nombre*" in shown.source)
        fill(lab)
        await pilot.press(key)
        file = lab.folder / "exports" / "report.md"
        await eventually(pilot, lambda: bool(copied) if key == "ctrl+y" else file.exists())
        assert (copied[0] if copied else file.read_text(encoding="utf-8")) == Report.of(lab, "es").markdown()
        await eventually(pilot, lambda: all(re.search("complete|done with", line) for line in exercises(pilot)))


@pytest.mark.parametrize("mode", ["report", "home"])
async def test_what_jobs_have_brought_is_told_of_when_the_last_of_them_has_ended(lab, engine, mode) -> None:
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 40)) as pilot:
        await eventually(pilot, lambda: bool(engine.numbers(Survey)))
        engine.cancel(*engine.numbers(Survey))
        app.switch_mode("sheet-3")
        await eventually(pilot, lambda: bool(app.screen.query("#samples DataTable")))
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(engine.numbers(ZeroShot)) == 40)
        first, *others = engine.numbers(ZeroShot)
        engine.tell(Started(first))
        await eventually(pilot, lambda: app.status is not None)
        await pilot.press("f7" if mode == "report" else "f2")
        await eventually(pilot, lambda: app.current_mode == mode and "predictions" in sheet_3(pilot))
        for number in (first, *others):
            job = engine.jobs[number]
            scores = tuple(1.0 / len(job.labels) for _ in job.labels)
            by = Provenance("m", "", "CPU", "float32", 1, 0.5)
            engine.end(Finished(number, Classified(job.labels, (Labelled(scores),) * len(job.texts), by)))
        await eventually(pilot, lambda: "predictions" not in sheet_3(pilot))


@pytest.mark.parametrize("mode", ["report", "home"])
async def test_what_a_scheduler_has_given_back_is_told_of(lab, engine, mode) -> None:
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 40)) as pilot:
        await pilot.press("f7" if mode == "report" else "f2")
        await eventually(pilot, lambda: app.current_mode == mode and "predictions" in sheet_3(pilot))
        fill(lab)
        app.changed.publish("away")
        await eventually(pilot, lambda: all(re.search("complete|done with", line) for line in exercises(pilot)))


def sheet_3(pilot: Pilot[None]) -> str:
    return next((line for line in exercises(pilot) if line.lstrip().startswith("3")), "")


@pytest.mark.parametrize("mode", ["report", "home"])
async def test_what_was_typed_last_is_in_what_is_told_of_it(lab, engine, mode) -> None:
    """Though the screen on which it was typed would have saved it half a second later."""
    fill(lab)
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 40)) as pilot:
        await pilot.press("f5")
        await eventually(pilot, lambda: app.current_mode == "tokens")
        app.screen.query_one("#answer", TextArea).clear()
        await pilot.pause()
        await pilot.press("f7" if mode == "report" else "f2")
        await eventually(pilot, lambda: app.current_mode == mode)
        await eventually(pilot, lambda: re.search("still: the answer", " ".join(painted(pilot).split())) is not None)
    assert lab.answers(2, subwords.Answers).answer == ""
