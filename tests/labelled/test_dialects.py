"""Tables as Python's csv, pandas and a spreadsheet write them: the same rows come back, or one sentence does."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from llm_tui.classifier.data import rules as training
from llm_tui.errors import UserError
from llm_tui.exercises.samples import rules as sheet
from llm_tui.labelled.reader import Rules, read

LABELS = ("spam", "ham", "odio, insultos", "A;B", 'muy "bueno"', "Sci/Tech", "1", "0")

words = st.text(st.sampled_from("abñ€ ,;|'.¿") | st.sampled_from('\t"\\\n\u2028\x0b '), min_size=1, max_size=20)


@st.composite
def labelled_rows(draw: st.DrawFn, least: int = 1) -> list[tuple[str, str]]:
    """Label and text; every text is another, and from ten rows on the labels come again."""
    n = draw(st.integers(least, 24))
    labels = draw(st.lists(st.sampled_from(LABELS), min_size=1, max_size=3, unique=True))
    return [(draw(st.sampled_from(labels)), f"{draw(words)}{i}{draw(words)}") for i in range(n)]


@dataclass(frozen=True)
class Form:
    """How a table is written. Without a header and below ten rows it is label,text: nothing could tell another form."""

    separator: str
    header: tuple[str, str] | None  # names of label and text
    label_first: bool
    index: bool
    mark: str
    end: str

    def columns(self, rows: Sequence[tuple[str, str]]) -> tuple[list[str], list[list[str]]]:
        names = list(self.header or ("", ""))
        cells = [list(row) for row in rows]
        if not self.label_first:
            names.reverse()
            cells = [row[::-1] for row in cells]
        if self.index:
            names.insert(0, "id")
            cells = [[str(i), *row] for i, row in enumerate(cells)]
        return names, cells


named = st.sampled_from([("label", "text"), ("Etiqueta", "Texto"), ("v1", "v2"), ("Category", "Message"),
                         ("sentimiento", "tuit"), ("class", "comment")])  # fmt: skip
forms = st.builds(
    Form,
    separator=st.sampled_from(",;\t|"),
    header=named | st.none(),
    label_first=st.booleans(),
    index=st.booleans(),
    mark=st.sampled_from(["", "\ufeff", "\ufeff\ufeff"]),
    end=st.sampled_from(["\n", "\r\n"]),
)


def escaped(rows: list[tuple[str, str]], how: dict[str, Any]) -> list[tuple[str, str]]:
    """Without backslashes where they are doubled: in a file with no quotes in it nothing would tell."""
    return [(label, text.replace("\\", "/")) for label, text in rows] if "escapechar" in how else rows


def by_csv(form: Form, rows: list[tuple[str, str]], **how: Any) -> str:
    names, cells = form.columns(rows)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=form.separator, lineterminator=form.end, **how)
    writer.writerows([names, *cells] if form.header else cells)
    return out.getvalue()


def by_pandas(form: Form, rows: list[tuple[str, str]], **how: Any) -> str:
    names, cells = form.columns(rows)
    frame = pandas.DataFrame(cells, columns=[names[0], *names[1:]] if form.header else None)
    if form.index:  # its own index, which has no name
        frame = frame.drop(columns=frame.columns[0])
    return frame.to_csv(  # type: ignore[no-any-return]
        sep=form.separator, index=form.index, header=form.header is not None, lineterminator=form.end, **how
    )


def by_spreadsheet(form: Form, rows: list[tuple[str, str]], empty: int) -> str:
    """A cell in quotes only where it must be; and rows and columns that once held something."""
    names, cells = form.columns(rows)
    table = [names, *cells] if form.header else cells
    table = [[*row, ""] for row in table] + [[""] * (len(table[0]) + 1)] * empty
    special = (form.separator, '"', "\n", "\r")
    return "".join(
        form.separator.join('"' + c.replace('"', '""') + '"' if any(s in c for s in special) else c for c in row)
        + form.end
        for row in table
    )


def documented(form: Form, rows: Sequence[object]) -> bool:
    return form.header is not None or len(rows) >= 10 or (form.label_first and not form.index)


def check(content: str, rows: list[tuple[str, str]], rules: Rules, folder: Path) -> bool:
    """Whether the rows were read; where they were not, a sentence names the file."""
    file = folder / "table.csv"
    file.write_bytes(content.encode())
    try:
        there = read(file, rules)
    except UserError as error:
        assert str(file) in str(error)
        return False
    assert [(row.label, row.text) for row in there.rows] == [(label.strip(), text) for label, text in rows]
    return True


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dialects")


HOW: tuple[dict[str, Any], ...] = (
    {},
    {"quoting": csv.QUOTE_ALL},
    {"quoting": csv.QUOTE_NONNUMERIC},
    {"doublequote": False, "escapechar": "\\"},
    {"quoting": csv.QUOTE_ALL, "doublequote": False, "escapechar": "\\"},
)


plain = st.lists(
    st.tuples(st.sampled_from(("spam", "ham", "1")), st.from_regex(r"[a-zñ]{1,6}( [a-zñ.]{1,6}){1,3}", fullmatch=True)),
    min_size=1, max_size=12, unique_by=lambda row: row[1],
)  # fmt: skip


@given(form=forms, header=named, rows=plain, how=st.sampled_from(HOW), writer=st.sampled_from((by_csv, by_pandas)))
def test_plain_rows_below_known_names_are_read_in_every_dialect(
    form: Form, header: tuple[str, str], rows: list, how: dict, writer: Any, folder: Path
) -> None:
    assert check(form.mark + writer(replace(form, header=header), rows, **how), rows, training(), folder)


@given(form=forms, rows=labelled_rows(), how=st.sampled_from(HOW))
def test_what_pythons_csv_writes_is_read_back_or_refused(form: Form, rows: list, how: dict, folder: Path) -> None:
    assume(documented(form, rows))
    rows = escaped(rows, how)
    check(by_csv(form, rows, **how), rows, training(), folder)


@given(form=forms, rows=labelled_rows(), how=st.sampled_from(HOW))
def test_what_pandas_writes_is_read_back_or_refused(form: Form, rows: list, how: dict, folder: Path) -> None:
    assume(documented(form, rows))
    rows = escaped(rows, how)
    check(by_pandas(form, rows, **how), rows, training(), folder)


@given(form=forms, rows=labelled_rows(), empty=st.integers(0, 3))
def test_what_a_spreadsheet_writes_is_read_back_or_refused(form: Form, rows: list, empty: int, folder: Path) -> None:
    assume(documented(form, rows))
    check(form.mark + by_spreadsheet(form, rows, empty), rows, training(), folder)


@given(form=forms, rows=labelled_rows(), how=st.sampled_from(HOW[:3]))
def test_a_sheet_with_known_labels_is_read_back_or_refused(form: Form, rows: list, how: dict, folder: Path) -> None:
    rows = escaped(rows, how)
    assume(form.header is not None or not form.index or len(rows) >= 10)
    check(by_csv(form, rows, **how), rows, sheet(LABELS), folder)


@given(rows=labelled_rows(least=10), form=forms, how=st.sampled_from(HOW))
def test_a_header_that_says_nothing_is_never_a_row(rows: list, form: Form, how: dict, folder: Path) -> None:
    form = replace(form, header=("que", "cual"))
    rows = escaped(rows, how)
    check(by_csv(form, rows, **how), rows, training(), folder)
