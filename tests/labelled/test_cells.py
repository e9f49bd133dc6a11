"""Rows of CSV files: the cells that were written, or one sentence on what is wrong and where."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.labelled.cells import csv_rows
from llm_tui.labelled.dialect import Dialect
from llm_tui.labelled.lines import lines, lines_of, one_line

EXPECTED = " A row is text,label."


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sheet.csv"


def rows(path: Path, separator: str = ",", columns: int = 0) -> Iterator[tuple[int, list[str]]]:
    return csv_rows(path, Dialect(separator), columns, EXPECTED)


def cells(path: Path, separator: str = ",", columns: int = 0) -> list[list[str]]:
    return [row for _, row in rows(path, separator, columns)]


# What is read

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff") | st.sampled_from(',;\t"\r\n '))
tables = st.integers(2, 4).flatmap(lambda width: st.lists(st.lists(texts, min_size=width, max_size=width), min_size=1))


@given(table=tables, separator=st.sampled_from(",;\t"))
def test_what_a_program_writes_below_a_header_is_read_back(
    table: list[list[str]], separator: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("written") / "rows.csv"
    header = ["text", "label", "kind", "note"][: len(table[0])]
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, delimiter=separator).writerows([header, *table])
    assert cells(file, separator, len(header)) == [header, *table]


@given(table=tables, separator=st.sampled_from(",;\t"), mark=st.booleans())
def test_quoted_cells_need_no_header_to_be_read_back(
    table: list[list[str]], separator: str, mark: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("quoted") / "rows.csv"
    with file.open("w", encoding="utf-8-sig" if mark else "utf-8", newline="") as out:
        csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(table)
    assert cells(file, separator) == table


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_row_knows_the_line_where_it_ends(end: str, file: Path) -> None:
    file.write_bytes(end.join(["\ufeffa,b", "", '"c', 'c",d', "e,f"]).encode())
    assert list(rows(file)) == [(1, ["a", "b"]), (4, [f"c{end}c", "d"]), (5, ["e", "f"])]


def test_lines_are_those_of_the_file_without_its_marks(file: Path) -> None:
    file.write_bytes("\ufeffuno\r\n\ufeffdos\n\ufeff\ntres\ufeff\n\ufeff".encode())
    assert list(lines(file)) == ["uno\r\n", "dos\n", "\n", "tres\ufeff\n"]


def test_rows_before_a_bad_one_are_given(file: Path) -> None:
    file.write_text("a,b\nc,d\ne\n")
    reading = rows(file, columns=2)
    assert next(reading) == (1, ["a", "b"]) and next(reading) == (2, ["c", "d"])
    with pytest.raises(UserError):
        next(reading)


def test_a_row_of_separators_alone_has_as_many_empty_cells_as_the_others(file: Path) -> None:
    file.write_text("a;b\n;\n;;; \nc;d\n")
    assert cells(file, ";", 2) == [["a", "b"], ["", ""], ["", ""], ["c", "d"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("uno", ["uno"]),
        ("uno\ndos\r\ntres\rcuatro\n", ["uno", "dos", "tres", "cuatro"]),
        (
            "uno\x0bdos\x0ctres\x1ccuatro\x85cinco\u2028seis\u2029siete",
            ["uno\x0bdos\x0ctres\x1ccuatro\x85cinco\u2028seis\u2029siete"],
        ),
        ("\n\nuno", ["", "", "uno"]),
    ],
)
def test_the_lines_of_a_text_are_those_of_an_editor(text: str, expected: list[str], file: Path) -> None:
    assert lines_of(text) == expected
    file.write_bytes(text.encode())
    assert [line.rstrip("\r\n") for line in lines(file)] == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ('spam, "odio, insultos"', ("spam", "odio, insultos")),
        (" permitido,spam , ,spam,", ("permitido", "spam")),
        ('"dijo ""no""",b', ('dijo "no"', "b")),
        ('la "jerga", otra', ('la "jerga"', "otra")),
        ('spam, "odio, ins', ("spam", '"odio', "ins")),
        ("", ()),
    ],
)
def test_labels_are_typed_as_the_cells_of_a_line(typed: str, expected: tuple[str, ...]) -> None:
    assert one_line(typed) == expected


@given(labels=st.lists(st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(',"')), unique=True))
def test_whatever_is_written_as_a_line_of_csv_is_understood(labels: list[str]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(labels)
    assert one_line(out.getvalue()) == tuple(label for label in labels if label)


# What is refused: English and Spanish words of the sentence.

BAD = {
    "ragged, short": (
        b"a,b\n\nc\n",
        "Line 3 of {} has 1 column where the others have 2.",
        "La línea 3 de {} tiene 1 columna y las demás 2.",
    ),
    "ragged, long": (
        b'a,b\n"c\nc",d,e\n',
        "Line 3 of {} has 3 columns where the others have 2.",
        "La línea 3 de {} tiene 3 columnas y las demás 2.",
    ),
    "Latin-1": (
        b"a,b\n" * 30_000 + "ma\xf1ana,b\n".encode("latin-1"),
        "Line 30001 of {} is not UTF-8: save",
        "La línea 30001 de {} no está en UTF-8: guarde",
    ),
    "UTF-16, little end first": (
        b"\xff\xfe" + "a,b\n".encode("utf-16-le"),
        "Line 1 of {} is not UTF-8 but UTF-16: save",
        "La línea 1 de {} no está en UTF-8, sino en UTF-16: guarde",
    ),
    "UTF-16, big end first": (
        b"\xfe\xff" + "a,b\n".encode("utf-16-be"),
        "Line 1 of {} is not UTF-8 but UTF-16: save",
        "La línea 1 de {} no está en UTF-8, sino en UTF-16: guarde",
    ),
    "open quote": (
        b'a,b\n\n"c\nc",d\r\ne,"f\n' + b"g,h\n" * 3,
        "{} cannot be read as CSV at line 8 (a quote opened in line 5 is not closed).",
        "{} no se puede leer como CSV en la línea 8 (unas comillas abiertas en la línea 5 no se cierran).",
    ),
    "text behind a quote": (
        b'a,b\n\n"c" d,e\n',
        "at line 3 (of the row that begins in line 3, a quote is closed and text goes on behind it",
        "en la línea 3 (en la fila que empieza en la línea 3 se cierran unas comillas y el texto sigue tras ellas",
    ),
    "UTF-16 without a mark, big end first": (
        "a,b\nc,d\n".encode("utf-16-be"),
        "Line 1 of {} is not UTF-8 but UTF-16: save",
        "La línea 1 de {} no está en UTF-8, sino en UTF-16: guarde",
    ),
    "open quote after a cell of two lines": (
        b'a,b\n"c\r\nc","d\n',
        "(a quote opened in line 3 is not closed)",
        "(unas comillas abiertas en la línea 3 no se cierran)",
    ),
    "a quote and no more": (b'"', "a quote opened in line 1", "unas comillas abiertas en la línea 1"),
    "a giant cell": (
        b"a,b\nc," + b"d" * 200_000,
        "the row that begins in line 2 has a cell of more than 131072 characters",
        "la fila que empieza en la línea 2 tiene una celda de más de 131072 caracteres",
    ),
    "a quote open for long": (
        b'a,b\n"c,d\n' + b"e,f\n" * 50_000,
        "the row that begins in line 2 has a cell of more than 131072 characters, or a quote",
        "la fila que empieza en la línea 2 tiene una celda de más de 131072 caracteres, o unas comillas",
    ),
}


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("bad", BAD)
def test_a_bad_file_is_refused_in_one_sentence_that_names_it(bad: str, language: str, file: Path) -> None:
    content, english, spanish = BAD[bad]
    file.write_bytes(content)
    i18n.use(language)
    with pytest.raises(UserError) as refused:
        cells(file, columns=2)
    message = str(refused.value)
    assert {"en": english, "es": spanish}[language].format(file) in message
    assert str(file) in message and message.endswith(".") and "␊" not in message


def test_what_a_row_should_be_ends_the_sentence(file: Path) -> None:
    file.write_text("a,b\nc\n")
    with pytest.raises(UserError, match=r"where the others have 2\. A row is text,label\.$"):
        cells(file, columns=2)


HOSTILE = {
    "absent": (lambda path: None, "No such file"),
    "a folder": (Path.mkdir, "not a plain file"),
    "a pipe": (os.mkfifo, "not a plain file"),
    "a device": (lambda path: path.symlink_to("/dev/zero"), "not a plain file"),
    "a link to itself": (lambda path: path.symlink_to(path), "symbolic links"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_plain_file_is_refused_and_does_not_block(name: str, file: Path) -> None:
    make, words = HOSTILE[name]
    make(file)
    with pytest.raises(UserError) as refused:
        cells(file)
    assert f"{file} cannot be read (" in str(refused.value) and words in str(refused.value)


def test_a_path_that_no_system_has_is_said_too() -> None:
    i18n.use("es")
    with pytest.raises(UserError, match="a␀b no se puede leer"):
        cells(Path("a\0b"))


def test_a_file_of_one_endless_line_is_not_held_in_memory(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llm_tui.labelled.lines.LONGEST", 1000)
    file.write_text("texto,etiqueta\n" + "a," * 5000)
    with pytest.raises(UserError, match="a line of more than 1,000 characters"):
        cells(file)
