"""The widget that draws heat: readable on every ground, told without colour, quick for long texts, with a cursor."""

from __future__ import annotations

import re

from driving import painted, strips
from textual.app import App
from textual.color import Color

from llm_tui.export.heat import Heat, Mark
from llm_tui.export.table import Column, Table
from llm_tui.i18n import Text
from llm_tui.widgets.heat import HeatView
from llm_tui.widgets.heat_shades import contrast
from llm_tui.widgets.styles import stylesheet
from llm_tui.widgets.themes import use_themes

TEXT = "good [b]bad[/b] 映画 \x1b[31m e\u0301xito mere"
VALUES = (1.0, -0.8, 0.6, 0.3, -0.1, 0.01)


def heat(text: str = TEXT, values: tuple[float, ...] = VALUES) -> Heat:
    words = list(re.finditer(r"\S+", text))
    table = Table(
        (Column("word", Text("word", "palabra")), Column("times", Text("times", "veces"), numeric=True)),
        tuple((word[0], number) for number, word in enumerate(words)),
    )
    marks = tuple(
        Mark(word.start(), word.end(), value, row=row)
        for row, (word, value) in enumerate(zip(words, values, strict=False))
    )
    return Heat(Text("Why", "Por qué"), text, marks, Text("logit", "logit"), beside=table)


class Shown(App[None]):
    CSS_PATH = stylesheet("app.tcss")

    def __init__(self, *heats: Heat):
        super().__init__()
        use_themes(self)
        self.selected: list[tuple[int, int]] = []
        self._heats = heats

    def compose(self):
        yield HeatView(*self._heats)

    def on_heat_view_selected(self, message: HeatView.Selected) -> None:
        self.selected.append((message.heat, message.mark))


async def test_signs_bars_values_and_the_row_of_the_table_are_read_as_text():
    app = Shown(heat())
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.pause()
        lines = painted(pilot).splitlines()
        assert lines[1].strip() == "good [b]bad[/b] 映画 ␛[31m e\u0301xito mere"
        assert lines[2].rstrip() == "+███ -█████████ +▅▅▅ +▃▃▃▃ -▁▁▁▁ +"
        await pilot.press("right")
        assert app.selected[-1] == (0, 1)
        said = painted(pilot)
        assert "[b]bad[/b]  -0.8 logit  80% of the largest  times 1" in said
        assert "+ for it  - against it  █ the largest: 1 logit" in said
        await pilot.press("end")
        assert app.selected[-1] == (0, 5) and "1% of the largest" in painted(pilot)
        await pilot.press("home")
        assert app.selected[-1] == (0, 0)


async def test_several_stand_one_under_another_and_the_cursor_goes_through_all():
    app = Shown(heat(), heat("only praise", (0.5, 0.25)))
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.press("end")
        assert app.selected[-1] == (1, 1)
        assert "- against it" not in painted(pilot), "there is none in this one"
        await pilot.press("up", "up")
        assert app.selected[-1][0] == 0


async def test_every_word_can_be_read_in_every_theme():
    app = Shown(heat("a b c d e f g", (1.0, -1.0, 0.6, -0.6, 0.3, -0.3, 0.1)))
    async with app.run_test(size=(40, 8)) as pilot:
        for name in (name for name, theme in app.available_themes.items() if not theme.ansi):
            app.theme = name
            await pilot.pause()
            pairs = [
                (Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor))
                for text, style, _ in strips(app)[1]
                if text.strip() and style and not style.reverse
            ]
            assert len(pairs) >= 6
            for letters, ground in pairs:
                assert contrast(letters, ground) >= 4.5, (name, letters, ground)


async def test_sixteen_colours_are_the_terminal_s_own():
    app = Shown(heat())
    async with app.run_test(size=(40, 8)) as pilot:
        app.theme = "terminal"
        await pilot.pause()
        styles = [style for strip in strips(app) for _, style, _ in strip if style]
        colours = [color for style in styles for color in (style.color, style.bgcolor) if color]
        assert colours and all(color.is_default or (color.number or 0) < 16 for color in colours)
        assert all(color.triplet is None for color in colours)


async def test_without_colours_shades_are_not_drawn_and_the_strongest_are_bold(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    app = Shown(heat())
    async with app.run_test(size=(60, 8)) as pilot:
        await pilot.press("end")
        words = {text: style for text, style, _ in strips(app)[1] if style}
        assert len({style.bgcolor for style in words.values()}) == 1 or words["mere"].reverse
        assert words["good"].bold and words["[b]bad[/b]"].bold and not words["␛[31m"].bold
        assert words["good"].bgcolor == words["␛[31m"].bgcolor


async def test_of_twenty_thousand_words_only_the_lines_that_are_seen_are_drawn(monkeypatch):
    drawn: list[int] = []
    words = 20_000
    long = Heat(
        Text("Why", "Por qué"),
        "word " * words,
        tuple(Mark(5 * i, 5 * i + 4, (i % 9 - 4) / 4) for i in range(words)),
    )
    app = Shown(long)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        text = app.query_one("HeatText")
        whole = type(text).render_line
        monkeypatch.setattr(type(text), "render_line", lambda self, y: drawn.append(y) or whole(self, y))
        await pilot.press("end")
        assert app.selected[-1] == (0, words - 1)
        assert "word  -0.75" in painted(pilot)
        await pilot.press("pageup", "up", "home")
        assert app.selected[-1] == (0, 0)
    assert drawn and max(drawn) < 24


async def test_a_click_goes_to_the_word_below_it():
    app = Shown(heat())
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.click("HeatText", offset=(8, 1))
        assert app.selected[-1] == (0, 1)


async def test_there_is_nothing_where_no_heat_is_shown_and_a_text_without_marks_is_shown_plain():
    app = Shown()
    async with app.run_test(size=(40, 8)) as pilot:
        await pilot.pause()
        assert not painted(pilot).strip()
        app.query_one(HeatView).show(Heat(Text("Why", "Por qué"), "no words", ()))
        await pilot.pause()
        await pilot.press("right", "down", "pagedown", "end")
        assert "no words" in painted(pilot) and not app.selected


async def test_of_several_each_says_its_own_scale():
    """Two bars of the same height may stand for values far apart."""
    app = Shown(heat(), heat(values=tuple(value / 8 for value in VALUES)))
    async with app.run_test(size=(80, 16)) as pilot:
        await pilot.pause()
        assert "Why  █ the largest: 1 logit" in painted(pilot) and "Why  █ the largest: 0.125 logit" in painted(pilot)
