"""Rows of CSV files: the cells that were written, or one sentence on what is wrong and where."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui import i18n
from llm_tui.csvfile import lines, rows
from llm_tui.errors import UserError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sheet.csv"


def cells(path: Path) -> list[list[str]]:
    return [row for _, row in rows(path)]


# What is read

texts = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(',;\t"\r\n '))
tables = st.integers(2, 4).flatmap(lambda width: st.lists(st.lists(texts, min_size=width, max_size=width), min_size=1))


@given(table=tables, separator=st.sampled_from(",;\t"))
def test_what_a_program_writes_below_a_header_is_read_back(
    table: list[list[str]], separator: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("written") / "rows.csv"
    header = ["text", "label", "kind", "note"][: len(table[0])]
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, delimiter=separator).writerows([header, *table])
    assert cells(file) == [header, *table]


@given(table=tables, separator=st.sampled_from(",;\t"), mark=st.booleans())
def test_quoted_cells_need_no_header_to_be_read_back(
    table: list[list[str]], separator: str, mark: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("quoted") / "rows.csv"
    with file.open("w", encoding="utf-8-sig" if mark else "utf-8", newline="") as out:
        csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(table)
    assert cells(file) == table


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("texto;etiqueta\nHola, qué tal;spam\n", [["texto", "etiqueta"], ["Hola, qué tal", "spam"]]),
        ('"Hola, qué tal, bien";spam\n', [["Hola, qué tal, bien", "spam"]]),
        ('"dijo ""sí, claro"", y ya";spam\n', [['dijo "sí, claro", y ya', "spam"]]),
        ('"uno\ndos, tres";spam\n', [["uno\ndos, tres", "spam"]]),
        ('spam\t"a, b; c, d"\n', [["spam", "a, b; c, d"]]),
        ('spam;"sin cerrar, uno, dos\n', None),
        ("Hola, qué tal;spam;jerga\n", [["Hola, qué tal", "spam", "jerga"]]),
        ("a,b;c\n", [["a", "b;c"]]),
        ("a;b\tc\n", [["a", "b\tc"]]),
        ("\n\na;b\n", [["a", "b"]]),
        ('un televisor de 5", otro de 6",spam\n', [['un televisor de 5"', ' otro de 6"', "spam"]]),
    ],
)
def test_the_first_line_outside_its_quotes_tells_the_separator(
    content: str, expected: list[list[str]] | None, file: Path
) -> None:
    file.write_bytes(content.encode())
    if expected is None:
        with pytest.raises(UserError, match="opened in line 1"):
            cells(file)
    else:
        assert cells(file) == expected


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_row_knows_the_line_where_it_ends(end: str, file: Path) -> None:
    file.write_bytes(end.join(["\ufeffa,b", "", '"c', 'c",d', "e,f"]).encode())
    assert list(rows(file)) == [(1, ["a", "b"]), (4, [f"c{end}c", "d"]), (5, ["e", "f"])]


def test_lines_are_those_of_the_file_without_its_mark(file: Path) -> None:
    file.write_bytes("\ufeffuno\r\ndos\n\ntres".encode())
    assert list(lines(file)) == ["uno\r\n", "dos\n", "\n", "tres"]


def test_rows_before_a_bad_one_are_given(file: Path) -> None:
    file.write_text("a,b\nc,d\ne\n")
    reading = rows(file)
    assert next(reading) == (1, ["a", "b"]) and next(reading) == (2, ["c", "d"])
    with pytest.raises(UserError):
        next(reading)


# What is refused: English and Spanish words of the sentence.

BAD = {
    "empty": (b"", "{} is empty.", "{} está vacío."),
    "only line ends and a mark": (b"\xef\xbb\xbf\n\r\n", "{} is empty.", "{} está vacío."),
    "ragged, short": (
        b"a;b\n\nc\n",
        "Line 3 of {} has 1 columns where the first has 2.",
        "La línea 3 de {} tiene 1 columnas y la primera 2.",
    ),
    "ragged, long": (
        b'a,b\n"c\nc",d,e\n',
        "Line 3 of {} has 3 columns where the first has 2.",
        "La línea 3 de {} tiene 3 columnas y la primera 2.",
    ),
    "Latin-1": (
        b"a,b\n" * 30_000 + "ma\xf1ana,b\n".encode("latin-1"),
        "Line 30001 of {} is not UTF-8: save",
        "La línea 30001 de {} no está en UTF-8: guarde",
    ),
    "UTF-16, little end first": (
        b"\xff\xfe" + "a,b\n".encode("utf-16-le"),
        "Line 1 of {} is not UTF-8 but UTF-16: save",
        "La línea 1 de {} no está en UTF-8 sino en UTF-16: guarde",
    ),
    "UTF-16, big end first": (
        b"\xfe\xff" + "a,b\n".encode("utf-16-be"),
        "Line 1 of {} is not UTF-8 but UTF-16: save",
        "La línea 1 de {} no está en UTF-8 sino en UTF-16: guarde",
    ),
    "open quote": (
        b'a,b\n\n"c\nc",d\r\ne,"f\n' + b"g,h\n" * 3,
        "{} cannot be read as CSV at line 8 (a quote opened in line 5 is not closed).",
        "{} no se puede leer como CSV en la línea 8 (unas comillas abiertas en la línea 5 no se cierran).",
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
        cells(file)
    message = str(refused.value)
    assert {"en": english, "es": spanish}[language].format(file) in message
    assert str(file) in message and message.endswith(".") and "␊" not in message


def test_what_a_row_should_be_ends_the_sentence(file: Path) -> None:
    file.write_text("a,b\nc\n")
    with pytest.raises(UserError, match=r"where the first has 2\. A row is text,label\.$"):
        list(rows(file, " A row is text,label."))


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
    monkeypatch.setattr("llm_tui.csvfile.LONGEST", 1000)
    file.write_text("texto,etiqueta\n" + "a," * 5000)
    with pytest.raises(UserError, match="a line of more than 1,000 characters"):
        cells(file)
