"""Exports: whatever stands in a cell, the file shows exactly that, in the right place."""

from __future__ import annotations

import csv
import io
import json
import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from llm_tui.export.formats import FORMATS, guarded, to_csv, to_json
from llm_tui.export.html import to_html
from llm_tui.export.markdown import escape_markdown, paragraphs, to_markdown
from llm_tui.export.table import Cell, Column, Measure, Table
from llm_tui.i18n import Text
from llm_tui.visible import visible

# Two readers of Markdown that know nothing of this program. `GFM` follows the specification; `LINKING` also makes
# links of what looks like one, as GitHub does.
GFM = MarkdownIt("commonmark").enable(["table", "strikethrough"])
LINKING = MarkdownIt("gfm-like")


@dataclass
class Shown:
    """A Markdown document as a reader sees it."""

    tables: list[list[list[str]]]
    alignments: list[str]
    paragraphs: list[str]


def shown(markdown: str, reader: MarkdownIt = GFM) -> Shown:
    found = Shown([], [], [])
    tokens = iter(reader.parse(markdown))
    for token in tokens:
        if token.type == "table_open":
            found.tables.append([])
        elif token.type == "tr_open":
            found.tables[-1].append([])
        elif token.type in ("th_open", "td_open"):
            found.tables[-1][-1].append(text_of(next(tokens)))
            if token.type == "th_open":
                found.alignments.append(str(token.attrs.get("style", "")))
        elif token.type == "paragraph_open":
            found.paragraphs.append(text_of(next(tokens)))
        else:
            assert token.type.endswith("_close") or token.type in ("thead_open", "tbody_open"), token.type
    return found


def text_of(inline: Token) -> str:
    """The characters that a browser would show. Markup of any kind but a link has no place in a cell."""
    parts = inline.children or []
    assert {part.type for part in parts} <= {"text", "text_special", "link_open", "link_close"}, inline.content
    return "".join(part.content for part in parts)


def on_one_line(text: str) -> str:
    """As everywhere: characters that turn the reading direction, or that nobody sees, are signs."""
    return visible(" ".join(text.split()))


def column(key: str, *, numeric: bool = False, digits: int = 3) -> Column:
    return Column(key, Text(f"{key} en", f"{key} es"), numeric=numeric, digits=digits)


def texts(*rows: tuple[Cell, ...]) -> Table:
    return Table(tuple(column(f"c{i}") for i in range(len(rows[0]))), rows)


# A Markdown file cannot hold NUL (a reader puts U+FFFD in its place) or half a surrogate pair. The other control
# characters are left out because they are no text: what a person sees of them depends on the program.
CHARACTERS = st.characters(exclude_categories=["Cc", "Cs"])
SIGNS = r"""
| \ \| \\ <unk> <b> </s> <!-- ` `` * ** _ __ ~~ [ ]( ) ![ & &amp; &#124; &lt; # > - --- + = 1. 1) :-: |---| :
https:// www. .org ana@x.org mailto: :// $ Ġ ▁ ñ 日本
"""
SPACES = (" ", "    ", "\n", "\n\n", "\r\n", "\u00a0", "\u2028")
TRAPS = st.sampled_from([*SIGNS.split(), *SPACES])
CELLS = st.lists(TRAPS | st.text(CHARACTERS, max_size=5), max_size=8).map("".join)


@st.composite
def tables(draw: st.DrawFn, cells: st.SearchStrategy[Cell] = CELLS) -> Table:
    width = draw(st.integers(1, 4))
    heads = [draw(CELLS) for _ in range(width)]
    columns = tuple(Column(f"c{i}", Text(head, head), numeric=draw(st.booleans())) for i, head in enumerate(heads))
    rows = draw(st.lists(st.tuples(*[cells] * width), max_size=4))
    footer = tuple(Text(sentence, sentence) for sentence in draw(st.lists(CELLS, max_size=2)))
    return Table(columns, tuple(rows), footer)


# Markdown


@given(tables())
def test_a_reader_of_the_markdown_sees_every_character_in_its_cell(table: Table) -> None:
    seen = shown(to_markdown(table, "en"))
    assert seen.tables == [
        [
            [on_one_line(column.head.en) for column in table.columns],
            *([on_one_line(str(cell)) for cell in row] for row in table.rows),
        ]
    ]
    # An empty line parts paragraphs; everything else in a sentence stays together.
    assert " ".join(seen.paragraphs) == on_one_line(" ".join(sentence.en for sentence in table.footer))


@pytest.mark.parametrize("reader", [GFM, LINKING])
@pytest.mark.parametrize(
    "cell",
    [
        "a|b",
        "`a|b`",
        "a\\",
        "\\|",
        "ma <unk> ana",
        "[CLS] hola [SEP]",
        "[x](http://x.org)",
        "![x](y)",
        "**2** * 3_4_5 ~~6~~",
        "&amp; &lt; &#124; AT&T",
        "https://x.org/a_b_c?d=1&e=2",
        "HTTPS://X.ORG",
        "see www.x.org.",
        "WWW.X.ORG",
        "ana@x.org",
        "<ana@x.org> <https://x.org>",
        "C:\\new\\table",
        "--- | :-: | ---",
        "1. not a list",
        "- neither",
        "# no heading",
        "▁ma Ġana ##na",
    ],
)
def test_these_cells_come_through_whatever_reads_them(cell: str, reader: MarkdownIt) -> None:
    table = Table((column("a"), column("b")), ((cell, "next"),), (Text(cell, cell),))
    seen = shown(to_markdown(table, "en"), reader)
    assert seen.tables[0][1] == [cell, "next"]
    assert seen.paragraphs == [cell]


def test_a_line_break_in_a_cell_becomes_a_space() -> None:
    assert shown(to_markdown(texts(("one\ntwo\r\n\r\nthree", "next")), "en")).tables[0][1] == ["one two three", "next"]


def test_numbers_are_aligned_to_the_right_and_words_to_the_left() -> None:
    table = Table((column("n", numeric=True), column("word")), ((7, "x"),))
    assert shown(to_markdown(table, "en")).alignments == ["text-align:right", ""]


def test_the_file_is_a_table_to_the_naked_eye_too() -> None:
    table = Table(
        (column("size", numeric=True), column("time", numeric=True, digits=2), column("notes")),
        ((32, Measure.of([0.2, 0.4]), "stable"), (128, None, "")),
        (Text("Made by hand.", "Hecho a mano."),),
    )
    assert to_markdown(table, "es").splitlines() == [
        "| size es |     time es | notes es |",
        "| ------: | ----------: | -------- |",
        "|      32 | 0.30 ± 0.14 | stable   |",
        "|     128 |             |          |",
        "",
        "Hecho a mano.",
    ]
    assert to_markdown(table, "en").splitlines()[0] == "| size en |     time en | notes en |"


def test_a_table_without_rows_is_still_one() -> None:
    assert shown(to_markdown(Table((column("a"),), ()), "en")).tables == [[["a en"]]]


@given(st.lists(CELLS, max_size=3).map("\n\n".join))
@example("- one\n- two\n\n1. three\n\n    four\n\n===\n\n---")
def test_what_a_student_wrote_is_shown_as_written_paragraph_by_paragraph(text: str) -> None:
    seen = shown(paragraphs(text))
    assert seen.tables == []
    assert " ".join(seen.paragraphs) == on_one_line(text)


def test_an_empty_line_parts_paragraphs() -> None:
    assert shown(paragraphs("One\nline.\n \n\nTwo.")).paragraphs == ["One line.", "Two."]


@pytest.mark.parametrize(
    "text",
    [
        "accuracy_test tiempo_train (s)",
        "max_new_tokens 128, 2 * 3 = 6, 5*",
        "model @ abcdef1 and @ana",
        "▁ma ##na Ġx #1! ¡Sí! a~ ~5 min",
        "a < b > c & d; AT&T",
        "[CLS] hola [SEP] [x] cumplida",
        "C:\\new\\table 50 $ `code",
        "the rest: 12.5 % - 3 + 4 = 5.",
    ],
)
def test_what_markdown_does_not_read_as_its_own_is_left_as_it_is(text: str) -> None:
    assert escape_markdown(text) == text and paragraphs(text) == f"{text}\n"
    assert f"| {text} " in to_markdown(texts((text, "x")), "en")


WORDS = st.lists(st.text("aé1_", min_size=1, max_size=4).map(lambda word: f"x{word}x"), min_size=1, max_size=4)


@given(
    WORDS,
    st.sampled_from([" ", "! ", ", ", " # ", " @ ", " - ", " * ", " > ", " < ", "'s ", ": ", "/", " & ", " [", "] "]),
)
def test_words_and_what_stands_between_them_are_left_as_they_are(words: list[str], between: str) -> None:
    text = between.join(words)
    assert paragraphs(text) == f"{text}\n" and escape_markdown(text, "|") == text


@given(CELLS)
def test_escaped_text_is_one_line(text: str) -> None:
    assert len(escape_markdown(text).splitlines()) <= 1


# CSV


def read_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(tables(ANY_TEXT | st.integers() | st.none()))
@example(texts(("a\rb", "c\nd", 'e"f', "g,h")))
@example(texts(("",)))
@example(texts((None,)))
def test_a_reader_of_the_csv_gets_every_cell_back(table: Table) -> None:
    assert read_csv(to_csv(table, "en")) == [
        [guarded(column.head.en) for column in table.columns],
        *(
            [guarded(cell) if isinstance(cell, str) else "" if cell is None else str(cell) for cell in row]
            for row in table.rows
        ),
    ]


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ('=HYPERLINK("http://x.org")', '\'=HYPERLINK("http://x.org")'),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+34 600", "'+34 600"),
        ("- una lista", "'- una lista"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("'=1", "'=1"),
        ("a=1", "a=1"),
        ("'hola'", "'hola'"),
        ("-0.5", "-0.5"),
        (-0.5, "-0.5"),
        ("+1e3", "+1e3"),
    ],
)
def test_a_spreadsheet_shows_a_text_and_does_not_compute_it(cell: Cell, written: str) -> None:
    _, (there,) = read_csv(to_csv(texts((cell,)), "en"))
    assert there == written


def test_numbers_in_csv_are_not_rounded_and_several_runs_bring_their_deviation() -> None:
    table = Table(
        (column("size", numeric=True), column("score", numeric=True), column("time", numeric=True)),
        (
            (32, Measure.of([0.1, 0.2]), Measure.of([1 / 3])),
            (64, Measure.of([0.5]), 2.5),
            (128, None, None),
        ),
    )
    head, *rows = read_csv(to_csv(table, "es"))
    assert head == ["size es", "score es", "score es (std)", "time es"]
    assert [[float(cell) if cell else None for cell in row] for row in rows] == [
        [32, pytest.approx(0.15), pytest.approx(0.05 * math.sqrt(2)), 1 / 3],
        [64, 0.5, None, 2.5],
        [128, None, None, None],
    ]


# JSON


@given(tables(ANY_TEXT | st.integers() | st.none() | st.floats(allow_nan=False, allow_infinity=False)))
def test_a_reader_of_the_json_gets_every_cell_back(table: Table) -> None:
    assert json.loads(to_json(table, "en")) == {
        "rows": [{column.key: cell for column, cell in zip(table.columns, row, strict=True)} for row in table.rows],
        "footer": [sentence.en for sentence in table.footer],
    }


def test_a_measure_of_several_runs_is_more_than_a_number_in_json() -> None:
    table = texts((Measure.of([1.0, 3.0]), Measure.of([0.5]), None))
    (row,) = json.loads(to_json(table, "en"))["rows"]
    assert row == {"c0": {"mean": 2.0, "std": pytest.approx(math.sqrt(2)), "n": 2}, "c1": 0.5, "c2": None}


def test_json_is_readable_and_its_footer_in_the_language_asked_for() -> None:
    table = Table((column("a"),), (("mañana",),), (Text("Made.", "Hecho."),))
    assert "mañana" in to_json(table, "es")
    assert json.loads(to_json(table, "es"))["footer"] == ["Hecho."]
    assert json.loads(to_json(table, "en"))["footer"] == ["Made."]


# All of them


NOT_NUMBERS = [math.nan, math.inf, -math.inf]


def test_a_column_that_is_called_as_another_one_keeps_its_cells_in_json() -> None:
    names = ("text", "label", "text", "text (2)", "text")
    columns = tuple(Column(name, Text(name, name)) for name in names)
    (row,) = json.loads(to_json(Table(columns, ((1, 2, 3, 4, 5),)), "en"))["rows"]
    assert row == {"text": 1, "label": 2, "text (2)": 3, "text (2) (2)": 4, "text (3)": 5}


@pytest.mark.parametrize("value", NOT_NUMBERS)
@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: Measure(x, None, 1), lambda x: Measure(1.0, x, 2)])
def test_what_is_no_number_is_left_empty(wrap, value: float) -> None:
    table = texts((wrap(value), "next"))

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    json.loads(to_json(table, "en"), parse_constant=refuse)
    for text in (to_csv(table, "en"), to_markdown(table, "en")):
        assert "nan" not in text.lower()
        assert "inf" not in text.lower()


@pytest.mark.parametrize("form", FORMATS)
@given(table=tables(ANY_TEXT | st.floats() | st.integers() | st.none()))
def test_every_format_ends_its_last_line_and_is_utf8(form: str, table: Table) -> None:
    text = FORMATS[form](table, "en")
    assert text.endswith("\n")
    assert text.encode().decode() == text


# Cells as a person reads them


@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        (None, ""),
        ("", ""),
        (0, "0"),
        (0.0, "0.00"),
        (1234567, "1234567"),
        (2.005, "2.00"),
        (-0.5, "-0.50"),
        (Measure.of([0.5]), "0.50"),
        (Measure.of([1.0, 3.0]), "2.00 ± 1.41"),
        (math.nan, ""),
    ],
)
def test_a_cell_on_screen(cell: Cell, seen: str) -> None:
    assert column("a", digits=2).show(cell) == seen


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20))
def test_a_measure_is_the_mean_and_the_sample_deviation(values: list[float]) -> None:
    import numpy

    measure = Measure.of(values)
    assert measure.n == len(values)
    assert measure.mean == pytest.approx(numpy.mean(values), abs=1e-6)
    assert measure.std == pytest.approx(numpy.std(values, ddof=1), abs=1e-6)


def test_one_measurement_has_no_deviation() -> None:
    assert Measure.of([0.5]) == Measure(0.5, None, 1)


def control_characters() -> Iterator[str]:
    return (chr(code) for code in range(0xA0) if unicodedata.category(chr(code)) == "Cc")


def test_a_control_character_breaks_no_row() -> None:
    cells = tuple(f"a{char}b" for char in control_characters())
    table = to_markdown(texts(cells), "en")
    ((head, row),) = shown(table).tables
    assert len(head) == len(row) == len(cells)


@pytest.mark.parametrize("char", "\u202e\u2066\u200f\u061c\ufeff\u200b\x9b\x1b\u2028")
def test_what_would_turn_or_hide_text_is_shown_as_on_the_screen(char: str) -> None:
    """Directions, what has no width, and escape sequences, in Markdown and the HTML that is made of it."""
    table = texts((f"a{char}b",))
    document = to_markdown(table, "en") + "\n" + paragraphs(f"una{char}frase")
    for written in (document, to_html(document, "en", f"t{char}itle")):
        assert char not in written
    if not char.isspace():
        assert f"a{visible(char)}b" in document and f"una{visible(char)}frase" in document
