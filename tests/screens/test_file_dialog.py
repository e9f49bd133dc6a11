"""The window that asks for a file: by keys, with what there is in view, whatever the names are."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from driving import eventually, painted, text_of
from textual.app import App
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import OptionList

from llm_tui.paths import recent
from llm_tui.paths.kinds import DATA, TABLE, Kind
from llm_tui.paths.listing import Listing
from llm_tui.screens import file_dialog
from llm_tui.screens.file_dialog import WIDEST, FileDialog
from llm_tui.visible import shortened
from llm_tui.widgets.path_line import PathLine


class Asked(App[None]):
    """Asks once; `answers` are what came of it."""

    def __init__(self, kind: Kind):
        super().__init__()
        self.kind = kind
        self.answers: list[str | None] = []

    def on_mount(self) -> None:
        self.push_screen(FileDialog("Open", self.kind, "~/a.csv"), self.answers.append)


@asynccontextmanager
async def asking(kind: Kind = TABLE) -> AsyncIterator[Pilot[None]]:
    app = Asked(kind)
    async with app.run_test(size=(80, 24)) as pilot:
        await eventually(pilot, lambda: isinstance(app.screen, FileDialog) and app.screen.is_mounted)
        yield pilot


async def listed(pilot: Pilot[None], *lines: str) -> None:
    """Wait until these are the lines of the list, but for the folder above, which is the last of every whole folder."""

    def there() -> list[str]:
        files = pilot.app.screen.query_one("#files", OptionList)
        return [str(files.get_option_at_index(i).prompt).split("  ")[0] for i in range(files.option_count)]

    await eventually(pilot, lambda: [line for line in there() if line != "../"] == list(lines))
    assert "../" not in there()[:-1]


def answers(pilot: Pilot[None]) -> list[str | None]:
    assert isinstance(pilot.app, Asked)
    return pilot.app.answers


def line(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(PathLine).value


@pytest.fixture
def folder(own_folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    (folder / "datos").mkdir(parents=True)
    for name in ("datos/train.csv", "uno.csv", "una nota.md", "[b]dos\x1b[2J\n.csv"):
        (folder / name).write_text("x")
    monkeypatch.chdir(folder)
    return folder


async def test_a_file_is_found_by_typing_tab_and_arrows(folder):
    async with asking() as pilot:
        await listed(pilot, "datos/", "[b]dos␛[2J␊.csv", "uno.csv", "una nota.md")
        await pilot.press(*"un")
        await listed(pilot, "uno.csv", "una nota.md")
        await pilot.press("o", "tab")
        assert line(pilot) == "uno.csv"
        await pilot.press("enter")
        assert answers(pilot) == ["uno.csv"]
    async with asking() as pilot:
        pilot.app.screen.query_one(PathLine).put(f"{folder}/da")
        await listed(pilot, "datos/")
        await pilot.press("down", "enter")  # into the folder, then the file in it
        await listed(pilot, "train.csv")
        await pilot.press("down", "enter")
        assert answers(pilot) == [f"{folder}/datos/train.csv"]


async def test_the_last_line_is_the_folder_above(folder):
    async with asking() as pilot:
        pilot.app.screen.query_one(PathLine).put(f"{folder}/datos/")
        await listed(pilot, "train.csv")
        await pilot.press("up", "enter")
        assert line(pilot) == f"{folder}/"
        await listed(pilot, "datos/", "[b]dos␛[2J␊.csv", "uno.csv", "una nota.md")
        await pilot.press("u")
        await listed(pilot, "uno.csv", "una nota.md")


async def test_a_name_of_signs_is_shown_and_opened_as_what_it_is(folder):
    async with asking() as pilot:
        await listed(pilot, "datos/", "[b]dos␛[2J␊.csv", "uno.csv", "una nota.md")
        await pilot.press("down", "down", "tab")
        assert line(pilot) == "[b]dos␛[2J␊.csv"
        assert "\x1b" not in painted(pilot)
        await pilot.press("enter")
        assert answers(pilot) == ["[b]dos\x1b[2J\n.csv"]


async def test_what_is_dropped_takes_the_place_of_what_stands_there_and_recent_ones_come_first(folder):
    recent.remember("table", "uno.csv")
    recent.remember("table", "gone.csv")
    async with asking() as pilot:
        await listed(
            pilot, shortened(f"{folder}/uno.csv", WIDEST), "datos/", "[b]dos␛[2J␊.csv", "uno.csv", "una nota.md"
        )
        await pilot.press(*"abc")
        pilot.app.post_message(Paste(f"file://{folder}/una%20nota.md\r\nfile:///other\r\n"))
        await eventually(pilot, lambda: line(pilot) == f"{folder}/una nota.md")
        await pilot.press("ctrl+u")
        pilot.app.post_message(Paste("plain\x1b[2J text\nmore"))
        await eventually(pilot, lambda: line(pilot) == "plain\x1b[2J text more")  # once
        await pilot.press("escape")
        assert answers(pilot) == [None]


async def test_a_name_of_signs_that_is_dropped_is_opened_as_what_it_is(folder):
    async with asking() as pilot:
        pilot.app.post_message(Paste(f"file://{folder}/a%1b%ff.csv"))
        await eventually(pilot, lambda: line(pilot).endswith(".csv"))
        await pilot.press("enter")
        assert answers(pilot) == [f"{folder}/a\x1b\udcff.csv"]


async def test_a_folder_is_an_answer_where_the_question_is_about_one_too(folder):
    async with asking(DATA) as pilot:
        await pilot.press(*"datos/", "enter")
        assert answers(pilot) == ["datos/"]
    async with asking(TABLE) as pilot:
        await pilot.press(*"datos/", "enter")
        await listed(pilot, "train.csv")
        assert answers(pilot) == []


async def test_a_folder_that_never_answers_is_left_by_escape(folder, monkeypatch):
    silent = threading.Event()

    def look(path: str) -> Listing:
        silent.wait(60)
        return Listing()

    monkeypatch.setattr(file_dialog, "look", look)
    async with asking() as pilot:
        await pilot.press(*"/net/x")
        assert "/net/" in text_of(pilot, "#said")
        await pilot.press("escape")
        assert answers(pilot) == [None]
    silent.set()


async def test_why_a_folder_cannot_be_read_is_said(folder):
    async with asking() as pilot:
        await pilot.press(*"nowhere/")
        await eventually(pilot, lambda: "nowhere/ cannot be read" in text_of(pilot, "#said"))
