"""The log pane: it follows what comes, until a person looks back."""

from __future__ import annotations

from textual.app import App, ComposeResult

from llm_tui.widgets.tail import MOST_LINES, Tail


class TailApp(App[None]):
    def compose(self) -> ComposeResult:
        yield Tail()

    def shown(self) -> list[str]:
        tail = self.query_one(Tail)
        return [tail.render_line(y).text.rstrip() for y in range(tail.size.height)]


async def test_it_shows_the_last_lines_and_looks_back():
    app = TailApp()
    async with app.run_test(size=(20, 3)) as pilot:
        tail = app.query_one(Tail)
        tail.focus()
        tail.write(["one", "two"])
        assert app.shown() == ["one", "two", ""]
        tail.write(["three", "four"])
        assert app.shown() == ["two", "three", "four"]
        await pilot.press("up")
        assert app.shown() == ["one", "two", "three"]
        tail.write(["five"])
        assert app.shown() == ["one", "two", "three"]
        await pilot.press("end")
        assert app.shown() == ["three", "four", "five"]


async def test_it_forgets_the_oldest_lines_and_cuts_long_ones():
    app = TailApp()
    async with app.run_test(size=(20, 3)):
        tail = app.query_one(Tail)
        tail.write([str(i) for i in range(MOST_LINES + 5)] + ["x" * 100])
        assert len(tail.lines) == MOST_LINES
        assert app.shown()[-1] == "x" * 19 + "…"
