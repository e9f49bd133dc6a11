"""Which column is which: asked over the first rows, and what was understood said, on both screens that read tables."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from driving import cells, eventually, said, text_of
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Static, TextArea

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.classifier.data import rules
from llm_tui.classifier.job import Training
from llm_tui.engine.events import Failed, Log, Started
from llm_tui.lab.lab import Lab
from llm_tui.labelled.columns import Doubt
from llm_tui.labelled.reader import read
from llm_tui.paths import recent
from llm_tui.screens.columns import ColumnsDialog, preview
from llm_tui.screens.file_dialog import FileDialog
from llm_tui.widgets.form import Form
from llm_tui.widgets.line import Line
from llm_tui.widgets.tail import Tail


@asynccontextmanager
async def screen(lab: Lab, engine, mode: str) -> AsyncIterator[Pilot[None]]:
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        app.switch_mode(mode)
        await eventually(pilot, lambda: app.current_mode == mode and bool(app.screen.query("#table")))
        await pilot.pause()
        yield pilot


async def run_sweep(pilot: Pilot[None], engine) -> list[int]:
    await pilot.press("ctrl+r")
    await eventually(pilot, lambda: len(engine.numbers(Training)) == 3)
    return engine.numbers(Training)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "partes.csv"
    rows = [f"u{i % 7};[b]parte\x1b {i}, de hoy;2024;{('spam', 'permitido')[i % 2]}\n" for i in range(20)]
    file.write_text("".join(rows))
    return file


def shown(pilot: Pilot[None], part: str) -> str:
    """What a part of the window says; nothing while another one is in front."""
    found = pilot.app.screen.query(f"{part} Static")
    return " ".join(str(each.content) for each in found.results(Static))


async def asked(pilot: Pilot[None]) -> ColumnsDialog:
    await eventually(pilot, lambda: isinstance(pilot.app.screen, ColumnsDialog))
    await pilot.pause()
    dialog = pilot.app.screen
    assert isinstance(dialog, ColumnsDialog)
    return dialog


async def test_a_training_in_doubt_asks_and_goes_on_with_the_answer(lab, engine, file):
    with pytest.raises(Doubt) as doubt:
        read(file, rules())
    async with screen(lab, engine, "train") as pilot:
        form = pilot.app.screen.query_one(Form)
        form.focus_field("data")
        await pilot.press("end", *["backspace"] * 6, *str(file))
        first, *_ = await run_sweep(pilot, engine)
        engine.tell(Started(first))
        engine.end(Failed(first, str(doubt.value), "Doubt"))
        await asked(pilot)
        assert "u0  [b]parte␛ 0, de hoy  2024  spam" in text_of(pilot, "#preview Static")
        assert "--text-column" not in text_of(pilot, "ColumnsDialog Static")
        await pilot.press("4", "enter", "2", "enter")
        await eventually(pilot, lambda: len(engine.numbers(Training)) > 3)
        job = engine.jobs[engine.numbers(Training)[-1]]
        assert (job.label_column, job.text_column, job.data) == ("4", "2", str(file))

        form.focus_field("data")  # other data, other columns
        await pilot.press("end", "x")
        await eventually(pilot, lambda: form.values["label_column"] == form.values["text_column"] == "")


async def test_who_writes_is_not_asked_for_the_columns(lab, engine, file, never_quiet):
    with pytest.raises(Doubt) as doubt:
        read(file, rules())
    async with screen(lab, engine, "train") as pilot:
        form, answer = pilot.app.screen.query_one(Form), pilot.app.screen.query_one("#answer", TextArea)
        form.fill({"data": str(file)})
        first, *_ = await run_sweep(pilot, engine)
        await pilot.press("Q")
        engine.tell(Started(first))
        engine.end(Failed(first, str(doubt.value), "Doubt"))
        for letter in "de 2 q":
            await pilot.press(letter)
            await pilot.pause(0.4)
        assert answer.text == "de 2 q"


async def test_data_of_a_training_are_chosen_seen_and_then_set(lab, engine, own_folders, tmp_path):
    file = tmp_path / "noticias de hoy.csv"
    file.write_text("etiqueta,texto\n" + "".join(f"{'ab'[i % 2]},texto {i}\n" for i in range(30)), encoding="utf-8")
    async with screen(lab, engine, "train") as pilot:
        form = pilot.app.screen.query_one(Form)
        pilot.app.post_message(Paste(f"'{file}' "))  # dropped on the terminal
        await eventually(pilot, lambda: isinstance(pilot.app.screen, FileDialog))
        await eventually(pilot, lambda: pilot.app.screen.query_one(Line).value == str(file))
        await pilot.press("enter")
        await eventually(pilot, lambda: "30 rows, 2 classes (a 15, b 15), comma" in shown(pilot, "#understood"))
        assert form.values["data"] == "sample"
        await pilot.press("enter")
        await eventually(pilot, lambda: form.values["data"] == str(file))
        assert form.values["label_column"] == form.values["text_column"] == ""  # they were found, not chosen
        assert recent.recent("data") == [str(file)]


async def test_what_was_understood_is_in_the_log_and_before_the_eyes(lab, engine, notices):
    async with screen(lab, engine, "train") as pilot:
        first, *_ = await run_sweep(pilot, engine)
        engine.tell(Started(first), Log(first, "partes.csv: 20 rows, 2 classes (a 10, b 10), tab, columns 1 and 2."))
        await eventually(pilot, lambda: said(notices, "partes.csv: 20 rows, 2 classes"))
        log = " ".join(" ".join(pilot.app.screen.query_one(Tail).lines).split())
        assert "partes.csv: 20 rows, 2 classes (a 10, b 10), tab, columns 1 and 2." in log
        assert max(map(len, pilot.app.screen.query_one(Tail).lines)) <= pilot.app.screen.query_one(Tail).size.width


async def test_rows_are_shuffled_for_the_asking(lab, engine):
    i18n.use("es")
    async with screen(lab, engine, "train") as pilot:
        pilot.app.screen.query_one(Form).focus_field("shuffle")
        await pilot.press("end", "backspace", "backspace", "s", "í")
        numbers = await run_sweep(pilot, engine)
        assert all(engine.jobs[number].shuffle for number in numbers)


async def test_a_sheet_in_doubt_asks_and_says_what_it_read(lab, engine, file, notices):
    async with screen(lab, engine, "sheet-3") as pilot:
        await pilot.press("ctrl+l", *str(file), "enter")
        await asked(pilot)
        await pilot.press("escape")
        await pilot.pause()
        assert len(cells(pilot, "#samples")) == 20 and cells(pilot, "#samples")[0][2] == "permitido ?"
        await pilot.press("ctrl+l", *str(file), "enter")
        await asked(pilot)
        await pilot.press("4", "enter", "2", "enter")
        await eventually(
            pilot,
            lambda: "partes.csv: 20 rows, 2 classes (permitido 10, spam 10), semicolon" in shown(pilot, "#understood"),
        )
        assert "Encoding: UTF-8." in shown(pilot, "#understood") and "2 text" in shown(pilot, "#preview")
        await pilot.press(*["backspace"] * 4, "7", "enter")  # there is no such column: it is said, and asked again
        await eventually(pilot, lambda: "no column “7”" in shown(pilot, "#understood"))
        await pilot.press("backspace", "4", "enter")
        await eventually(pilot, lambda: "20 rows" in shown(pilot, "#understood"))
        await pilot.press("enter")
        await eventually(pilot, lambda: said(notices, "20 texts are here now"))
        await eventually(pilot, lambda: [row[2] for row in cells(pilot, "#samples")][:2] == ["spam", "permitido"])


def test_the_preview_holds_what_fits_under_numbers() -> None:
    rows = [["a" * 60, "ñ\n\x1b", "全角" * 20], ["b"], *[["x"] * 20]]
    lines = preview(rows).split("\n")
    assert lines[0].split() == [str(i) for i in range(1, 13)]
    assert all(line.isprintable() for line in lines) and max(map(len, lines)) < 12 * 30
    assert preview([]) == ""
