"""A table that is filtered, sorted, edited and read: what is done goes to the row that the person sees."""

from __future__ import annotations

import asyncio

import pytest
from driving import eventually
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from llm_tui.export.table import Column, Table
from llm_tui.i18n import Text
from llm_tui.screens.cells import CellDialog, OpensCells
from llm_tui.widgets import table_editor
from llm_tui.widgets.grid import Grid
from llm_tui.widgets.line import ShortInput
from llm_tui.widgets.styles import stylesheet
from llm_tui.widgets.table_editor import TableEditor
from llm_tui.widgets.themes import use_themes

COLUMNS = (
    Column("text", Text("text", "texto")),
    Column("score", Text("score", "nota"), numeric=True),
    Column("note", Text("note", "notas"), editable=True),
    Column("more", Text("more", "más")),
)
LONG = "palabra " * 40 + "fin"


def table(count: int = 12, **notes: str) -> Table:
    rows = tuple(
        (f"Canción {i}", [0.5, None, 7.0, 0.25][i % 4], notes.get(f"k{i}", ""), LONG if i == 3 else "x" * 50)
        for i in range(count)
    )
    return Table(COLUMNS, rows, keys=tuple(f"k{i}" for i in range(count)))


class Tables(App[None], OpensCells):
    CSS_PATH = stylesheet("app.tcss")

    def __init__(self, shown: Table):
        super().__init__()
        use_themes(self)
        self.shown = shown
        self.edited: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        yield TableEditor()

    def on_mount(self) -> None:
        self.query_one(TableEditor).show(self.shown, "en")
        self.query_one(Grid).focus()

    def on_table_editor_edited(self, message: TableEditor.Edited) -> None:
        self.edited.append((message.row, message.text))
        self.edit(message.row, message.text)

    def become(self, columns: tuple[Column, ...] = COLUMNS, **rows: str) -> None:
        """Another table: its rows by their keys, each with what stands in the note."""
        cells = (
            tuple({"text": f"Canción {key[1:]}", "note": note}.get(column.key, "x" * 50) for column in columns)
            for key, note in rows.items()
        )
        self.shown = Table(columns, tuple(cells), keys=tuple(rows))
        self.query_one(TableEditor).show(self.shown, "en")

    def edit(self, row: str, text: str) -> None:
        columns = self.shown.columns
        note = next(i for i, column in enumerate(columns) if column.key == "note")
        rows = tuple(
            (*cells[:note], text, *cells[note + 1 :]) if key == row else cells
            for key, cells in zip(self.shown.keys, self.shown.rows, strict=True)
        )
        self.shown = Table(columns, rows, keys=self.shown.keys)
        self.query_one(TableEditor).show(self.shown, "en")

    @property
    def lines(self) -> list[str]:
        grid = self.query_one(Grid)
        return [str(grid.get_row_at(row)[0]).strip() for row in range(grid.row_count)]

    @property
    def said(self) -> str:
        return str(self.query_one(".said").content)  # type: ignore[attr-defined]


def grid_line(app: Tables, key: str) -> int:
    """The line of the screen on which a row stands."""
    grid = app.query_one(Grid)
    return grid.region.y + 1 + grid.get_row_index(key) - grid.scroll_offset.y


async def test_a_filter_is_typed_said_and_taken_away_and_a_number_key_is_text_in_it():
    app = Tables(table())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("/", *"CANCION 1")
        assert app.lines == ["Canción 1", "Canción 10", "Canción 11"] and "/CANCION 1_ · 3 of 12" in app.said
        await pilot.press("backspace", "9")
        assert app.lines == ["Canción 9"]
        await pilot.press("x")
        assert app.lines == [] and "0 of 12" in app.said
        await pilot.press(
            "enter", "enter", ":", "<", "pagedown", "end", "pageup", "home", "up", "ctrl+end"
        )  # there is nothing to do anything with
        assert not app.query_one(ShortInput).display and app.screen is app.screen_stack[0]
        await pilot.press("escape")
        assert len(app.lines) == 12 and "of 12" not in app.said


async def test_sorting_goes_up_down_and_back_and_the_cursor_stays_on_its_row():
    app = Tables(table(4))
    async with app.run_test(size=(80, 24)) as pilot:
        editor = app.query_one(TableEditor)
        await pilot.press("right", "down", "down", "less_than_sign")
        assert app.lines == ["Canción 3", "Canción 0", "Canción 2", "Canción 1"] and editor.row_key == "k2"
        assert "score ▲ · on screen only" in app.said and "score▲" in app.query_one(Grid).render_line(0).text
        await pilot.press("less_than_sign")
        assert app.lines == ["Canción 2", "Canción 0", "Canción 3", "Canción 1"] and editor.row_key == "k2"
        await pilot.press("less_than_sign")
        assert app.lines == [f"Canción {i}" for i in range(4)] and "score" not in app.said


async def test_a_click_on_a_head_sorts_as_the_key_does():
    app = Tables(table(4))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(Grid, offset=(12, 0))
        await eventually(pilot, lambda: app.lines == ["Canción 3", "Canción 0", "Canción 2", "Canción 1"])


async def test_what_is_being_written_goes_to_its_row_though_the_rows_are_listed_anew():
    app = Tables(table(4))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "enter", *"mio")
        editor = app.query_one(TableEditor)
        app.query_one(ShortInput).value = "mine"  # what the field has not told yet
        editor.wanted = "3"
        editor.filter()
        await eventually(pilot, lambda: app.edited[-1] == ("k1", "mine"))
        assert not app.query_one(ShortInput).display and app.lines == ["Canción 3"]


@pytest.mark.parametrize(
    ("rows", "at"),
    [
        ((0, 1, 2, 3, 4, 5, 7, 8, 9), "k7"),  # its own is gone
        ((0, 1, 2, 3), "k3"),  # and nothing comes after it
        ((20, 21, *range(10)), "k6"),
        ((9, 6), "k6"),
    ],
)
@pytest.mark.parametrize("sort", [(), ("less_than_sign",)])
async def test_in_a_table_of_other_rows_the_cursor_is_in_the_same_or_in_the_same_place(rows, at, sort):
    app = Tables(table(10))
    async with app.run_test(size=(80, 24)) as pilot:
        editor, grid = app.query_one(TableEditor), app.query_one(Grid)
        await pilot.press(*["down"] * 6, "right", "right", *sort)
        assert editor.row_key == "k6"
        app.become(COLUMNS, **{f"k{row}": "" for row in rows})
        assert editor.row_key == at and grid.cursor_column == 2
        app.become((COLUMNS[0], *COLUMNS[2:]), **{f"k{row}": "" for row in rows})
        assert editor.row_key == at and grid.cursor_column == 1  # the note


async def test_a_table_that_loses_a_row_stays_scrolled_as_it_is():
    app = Tables(table(60))
    async with app.run_test(size=(60, 12)) as pilot:
        grid = app.query_one(Grid)
        grid.styles.height = 10
        await pilot.press(*["down"] * 30, *["up"] * 3, "end")
        await pilot.pause()
        seen = grid.scroll_offset
        assert seen.x and seen.y
        app.become(COLUMNS, **{f"k{row}": "" for row in range(60) if row != 27})
        await pilot.pause()
        assert grid.scroll_offset.y == seen.y and app.query_one(TableEditor).row_key == "k28"
        app.become(k1="", k2="")
        await pilot.pause()
        assert grid.scroll_offset.y == 0 and app.query_one(TableEditor).row_key == "k2"


OTHER = Column("other", Text("another model", "otro modelo"))


@pytest.mark.parametrize("way", [(), ("less_than_sign",), ("/", *"cancion", "enter")])
async def test_a_cell_that_is_written_stays_open_where_its_row_and_its_column_are_now(way):
    app = Tables(table(4))
    async with app.run_test(size=(100, 24)) as pilot:
        field = app.query_one(ShortInput)
        await pilot.press(*way, "home", *["down"] * 1, "enter", *"rae", "left")
        before = field.region
        app.become((COLUMNS[0], OTHER, *COLUMNS[1:]), k9="", k3="", k0="", k1="rae", k2="")
        await pilot.pause()
        assert app.focused is field and field.value == "rae"
        assert field.region.x > before.x and field.region.y == grid_line(app, "k1")
        await pilot.press("r")
        await eventually(pilot, lambda: app.edited[-1] == ("k1", "rare"))
        await pilot.press("enter")
        assert isinstance(app.focused, Grid) and app.query_one(TableEditor).row_key == "k1"


async def test_a_cell_that_is_written_closes_where_its_row_is_gone_and_what_was_written_was_of_it():
    app = Tables(table(4))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "enter", *"ra")
        await eventually(pilot, lambda: app.edited == [("k1", "r"), ("k1", "ra")])
        app.become(k0="", k2="", k3="")
        assert not app.query_one(ShortInput).display and app.focused is app.query_one(Grid)
        await pilot.press("enter", *"no", "enter")
        await eventually(pilot, lambda: app.edited[-1] == ("k2", "no"))
        assert app.shown.rows[0][2] == app.shown.rows[2][2] == ""


async def test_the_field_of_a_cell_goes_along_where_the_table_is_scrolled():
    app = Tables(table(60))
    async with app.run_test(size=(60, 12)) as pilot:
        grid, field = app.query_one(Grid), app.query_one(ShortInput)
        grid.styles.height = 10
        await pilot.press(*["down"] * 20, "enter", "x")
        assert field.region.y == grid_line(app, "k20")
        grid.scroll_to(y=15, animate=False)
        await pilot.pause()
        assert field.region.y == grid_line(app, "k20") == 6


async def test_what_is_edited_stays_where_it_is_and_that_the_order_is_of_then_is_said():
    app = Tables(table(4, k0="b", k1="c", k2="d", k3="e"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("right", "right", "less_than_sign", "enter", "ctrl+u", *"z", "enter")
        assert app.edited[-1] == ("k0", "z") and app.lines[0] == "Canción 0" and "as it was then" in app.said
        await pilot.press("less_than_sign")
        assert "as it was then" not in app.said and app.lines[0] == "Canción 0"  # z is the largest now


async def test_a_row_that_is_out_of_sight_is_updated_and_one_that_is_to_be_filled_comes_into_sight():
    app = Tables(table())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("/", "1", "enter")
        app.edit("k5", "mine")
        app.query_one(TableEditor).go_to_own("k5")
        await pilot.pause()
        assert app.query_one(TableEditor).row_key == "k5" and len(app.lines) == 12
        assert str(app.query_one(Grid).get_row("k5")[2]).strip() == "mine"


async def test_numbers_stand_below_each_other_though_one_of_them_has_grown_and_an_equal_one_is_drawn_anew():
    app = Tables(table(4))
    async with app.run_test(size=(80, 24)):
        grid, editor = app.query_one(Grid), app.query_one(TableEditor)
        for value, seen in ((7, "7"), (7.0, "7.000"), (1234567.0, "1234567.000"), (None, "")):
            rows = tuple((*row[:1], value if i == 2 else row[1], *row[2:]) for i, row in enumerate(app.shown.rows))
            editor.show(Table(COLUMNS, rows, keys=app.shown.keys), "en")
            column = [str(grid.get_row_at(row)[1]) for row in range(4)]
            assert column[2].strip() == seen and len({len(cell) for cell in column}) == 1
        editor.wanted = "0.25"
        editor.filter()
        assert app.lines == ["Canción 3"]


async def test_columns_out_of_sight_are_counted_and_a_cell_opens_whole():
    app = Tables(table())
    async with app.run_test(size=(60, 20)) as pilot:
        await eventually(pilot, lambda: "1 more column →" in app.said)
        await pilot.press("down", "down", "down", "end")
        await eventually(pilot, lambda: "← 2" in app.said)
        await pilot.press("colon")
        await eventually(pilot, lambda: isinstance(app.screen, CellDialog))
        shown = str(app.screen.query_one("Static").content)  # type: ignore[attr-defined]
        assert shown == LONG and len(str(app.screen_stack[0].query_one(Grid).get_row("k3")[3])) < 70
        await pilot.press("k", "left")
        box = app.screen.query_one(".dialog")
        assert "note · row 5 of 12: Canción 4" in str(box.border_title)
        await pilot.press("escape")
        await eventually(pilot, lambda: not isinstance(app.screen, CellDialog))
        assert app.query_one(TableEditor).row_key == "k4"


async def _edits(notes: list[str], steps: list[str]) -> None:
    app = Tables(table(len(notes), **{f"k{i}": note for i, note in enumerate(notes)}))
    async with app.run_test(size=(80, 24)) as pilot:
        for number, step in enumerate(steps):
            editor, grid = app.query_one(TableEditor), app.query_one(Grid)
            if step == "write":
                seen = editor.row_key
                text = str(grid.get_row_at(grid.cursor_row)[0]).strip() if seen else ""
                await pilot.press("enter", "ctrl+u", *f"w{number}", "enter")
                assert seen is None or (app.edited[-1] == (seen, f"w{number}") and text == f"Canción {seen[1:]}")
            elif step in ("a", "1"):
                await pilot.press("/", step, "enter")
            else:
                await pilot.press(step)
        for key, text in dict(app.edited).items():
            assert app.shown.rows[app.shown.keys.index(key)][2] == text
        await pilot.press("escape")
        assert len(app.lines) == len(notes)


async def test_an_edit_goes_to_the_row_that_is_seen() -> None:
    steps = ["right", "right", "less_than_sign", "less_than_sign", "write", "down", "a", "write", "escape", "write"]
    await _edits(["b", "a", "", "ñ"], steps)


@pytest.mark.slow
@settings(max_examples=25)
@given(
    st.lists(st.sampled_from(["", "a", "b", "1", "ñ"]), min_size=2, max_size=6),
    st.lists(st.sampled_from(["write", "a", "1", "less_than_sign", "down", "right", "escape"]), min_size=3, max_size=9),
)
def test_an_edit_goes_to_the_row_that_is_seen_however_it_is_filtered_and_sorted(notes, steps):
    asyncio.run(_edits(notes, steps))


async def test_of_ten_thousand_rows_those_in_sight_are_drawn_and_an_edit_draws_its_own(monkeypatch: pytest.MonkeyPatch):
    drawn: list[int] = []
    updated: list[tuple[str, str]] = []
    cells, update = table_editor._cells, Grid.update_cell
    monkeypatch.setattr(
        table_editor, "_cells", lambda table, row, widths: drawn.append(row) or cells(table, row, widths)
    )
    monkeypatch.setattr(
        Grid, "update_cell", lambda *args, **more: updated.append((args[1], args[2])) or update(*args, **more)
    )
    app = Tables(table(10_000))
    async with app.run_test(size=(60, 12)) as pilot:
        grid = app.query_one(Grid)
        await eventually(pilot, lambda: bool(drawn))
        assert set(drawn) <= set(range(12))  # the lines of the screen
        await pilot.press("end", "ctrl+end")
        await eventually(pilot, lambda: 9_999 in drawn)
        assert len(set(drawn)) <= 24
        grid.move_cursor(row=5000)
        await pilot.press("enter", "y")
        await eventually(pilot, lambda: app.edited == [("k5000", "y")])
        drawn.clear()
        updated.clear()
        grid_kept = grid.ordered_rows
        await pilot.press("z")
        await eventually(pilot, lambda: app.edited[-1] == ("k5000", "yz"))
        await pilot.pause()
        assert not drawn and updated == [("k5000", "note")] and grid.ordered_rows is grid_kept
        assert str(grid.get_row_at(5000)[2]).strip() == "yz" and str(grid.get_row_at(9000)[2]).strip() == ""


async def test_of_rows_that_change_out_of_sight_nothing_is_drawn_until_they_are_seen(monkeypatch: pytest.MonkeyPatch):
    updated: list[str] = []
    update = Grid.update_cell
    monkeypatch.setattr(Grid, "update_cell", lambda *args, **more: updated.append(args[1]) or update(*args, **more))
    app = Tables(table(2000, k3="as wide as most"))
    async with app.run_test(size=(60, 12)) as pilot:
        grid, editor = app.query_one(Grid), app.query_one(TableEditor)
        await eventually(pilot, lambda: "Canción 0" in str(grid.get_row("k0")[0]))

        def show(**notes: str) -> None:
            rows = (
                (*r[:2], notes.get(key, r[2]), *r[3:]) for r, key in zip(app.shown.rows, app.shown.keys, strict=True)
            )
            app.shown = Table(COLUMNS, tuple(rows), keys=app.shown.keys)
            editor.show(app.shown, "en")

        show(k0="seen", k1500="not yet")
        assert updated == ["k0"]
        show(k1501="wider than all that stood in the column before it")
        assert updated == ["k0", "k1501"]  # the column grows
        await pilot.pause()
        assert grid.ordered_columns[2].content_width > 40
        notes = [str(grid.get_row(key)[2]).strip() for key in ("k0", "k1500", "k1501")]
        assert notes[:2] == ["seen", "not yet"] and notes[2].startswith("wider than")
        assert str(grid.get_row("k1501")[0]).strip() == "Canción 1501"
