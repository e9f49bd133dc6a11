"""A table that is wider than its place says so at its edge."""

from __future__ import annotations

from rich.text import Text
from textual.app import App, ComposeResult
from textual.coordinate import Coordinate

from llm_tui.widgets.grid import Grid


class GridApp(App[None]):
    def compose(self) -> ComposeResult:
        grid = Grid(cell_padding=0)
        grid.styles.width, grid.styles.height = 20, 5
        yield grid

    def on_mount(self) -> None:
        grid = self.query_one(Grid)
        for head in ("number ", "a longer head ", "note"):
            grid.add_column(Text(head), key=head)
        grid.add_row(Text("1 "), Text("abcdefghij "), Text("mine"))
        grid.add_row(Text("2 "), Text("abc "), Text(""))
        grid.add_row(Text("3 "), Text(""), Text(""))


async def test_an_ellipsis_stands_where_a_line_goes_on_and_nowhere_else():
    async with GridApp().run_test(size=(40, 10)) as pilot:
        grid = pilot.app.query_one(Grid)
        await pilot.pause()
        lines = [grid.render_line(y).text for y in range(5)]
        assert [line.rstrip().endswith("…") for line in lines] == [True, True, False, False, False]
        assert lines[1] == "1      abcdefghij  …"
        await pilot.press("right", "right")
        await pilot.pause()
        lines = [grid.render_line(y).text for y in range(5)]
        assert lines[:2] == ["… a longer head note", "… abcdefghij    mine"]
        assert lines[4].strip() == ""


async def test_no_number_is_cut_into_another():
    async with GridApp().run_test(size=(40, 10)) as pilot:
        grid = pilot.app.query_one(Grid)
        grid.update_cell_at(Coordinate(0, 1), Text("see 123456.789 "), update_width=True)
        for width in range(8, 22):
            grid.styles.width = width
            await pilot.pause()
            line = grid.render_line(1).text[:width]
            assert line.rstrip().endswith("…")
            assert "123456.789" in line or not any(digit in line[2:] for digit in "123456789")


async def test_the_column_that_names_the_rows_is_held_and_no_number_beside_it_is_cut_into_another():
    async with GridApp().run_test(size=(40, 10)) as pilot:
        grid = pilot.app.query_one(Grid)
        grid.update_cell_at(Coordinate(0, 1), Text("0.123456789123 "), update_width=True)
        grid.styles.width = 24
        await pilot.pause()
        grid.hold_first()
        for at in range(1, 10):
            grid.scroll_to(x=at, animate=False)
            await pilot.pause()
            line = grid.render_line(1).text
            assert line.startswith("1 ") and "…" in line and "0.123456789123" not in line
            assert not any(digit in line[2:] for digit in "123456789")
        grid.styles.width = 12  # it would take most of the room
        await pilot.pause()
        grid.hold_first()
        assert grid.fixed_columns == 0
