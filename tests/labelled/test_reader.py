"""Files as they are met: each kind is read right, or refused in one sentence that names the line. Two forms of each."""

from __future__ import annotations

import contextlib
import json
import time
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui import i18n
from llm_tui.classifier.data import rules as training
from llm_tui.errors import UserError
from llm_tui.exercises.samples import rules as sheet
from llm_tui.labelled.columns import Choice, Doubt
from llm_tui.labelled.reader import Labelled, read

ROWS = [(("sol", "lluvia")[i % 2], f"parte {i}, de hoy") for i in range(20)]
"""Labels that alternate, texts with a comma."""


def quoted(text: str) -> str:
    return f'"{text}"'


def lines(rows: Sequence[tuple[str, ...]], separator: str = ";") -> str:
    return "".join(separator.join(row) + "\n" for row in rows)


LABEL_FIRST = lines(ROWS)
TEXT_FIRST = lines([(text, label) for label, text in ROWS])
INDEXED = lines([(str(i), *row) for i, row in enumerate(ROWS)])
EMPTY_CELLS = lines([(*row, "", "") for row in ROWS])
TABS = lines(ROWS, "\t")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def written(folder: Path, content: str | bytes, name: str = "partes.csv") -> Path:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def pairs(there: Labelled) -> list[tuple[str, str]]:
    return [(row.label, row.text) for row in there.rows]


def refusal(file: Path, choice: Choice | None = None) -> str:
    with pytest.raises(UserError) as refused:
        read(file, training(), choice or Choice())
    return str(refused.value)


READ = {
    # headers
    "Category,Message": "Category;Message\n" + LABEL_FIRST,
    "sentiment,tweet": "\ufeffSentiment;Tweet\n" + LABEL_FIRST,
    "Clase,Comentario": "CLASE;Comentario\n" + LABEL_FIRST,
    "text before label": "mensaje;etiqueta\n" + TEXT_FIRST,
    "review_text before sentiment": "review_text;sentiment\n" + TEXT_FIRST,
    "a longer name": "texto_limpio (sin url);sentimiento_final\n" + TEXT_FIRST,
    "one name only": "Noticia;que_es\n" + TEXT_FIRST,
    "v1,v2 and columns of nothing": "v1;v2;;\n" + EMPTY_CELLS,
    "columns of nothing without a header": EMPTY_CELLS,
    # an index
    "an index named id": "partes_id;clase;texto\n" + INDEXED,
    "the index of pandas": ";label;text\n" + INDEXED,
    "an index named as pandas reads it back": "Unnamed: 0;label;text\n" + INDEXED,
    "an index without a header": INDEXED,
    "an index at the end": lines([(*row, str(i + 1)) for i, row in enumerate(ROWS)]),
    # separators
    "sep=": "sep=;\netiqueta;texto\n" + LABEL_FIRST,
    "sep= behind a mark, another sign": "\ufeffSEP=^\r\n" + lines(ROWS, "^"),
    "quoted sep=": '"sep=|"\n' + lines(ROWS, "|"),
    "a semicolon beside commas in every row": LABEL_FIRST,
    "text first, without a header": TEXT_FIRST,
    "bars": "label|text\n" + lines(ROWS, "|"),
    "tabs beside commas in every row": TABS,
    # marks, line ends, rows of nothing
    "two marks": "\ufeff\ufefflabel;text\n" + LABEL_FIRST,
    "three marks and no header": "\ufeff\ufeff\ufeff" + LABEL_FIRST,
    "carriage returns": ("etiqueta;texto\n" + LABEL_FIRST).replace("\n", "\r"),
    "rows of nothing": "etiqueta;texto\n" + LABEL_FIRST + ";\n" * 5,
    "rows of nothing of another width, between": "\n;;;\netiqueta;texto\n"
    + LABEL_FIRST.replace("lluvia;parte 3", " ; ; ;\nlluvia;parte 3"),
    "a header again": "etiqueta;texto\n" + LABEL_FIRST.replace("lluvia;parte 3", "etiqueta;texto\nlluvia;parte 3"),
    "files with marks, put together": "\ufeffetiqueta;texto\n" + lines(ROWS[:9]) + "\ufeffetiqueta;texto\n"
    + lines(ROWS[9:12]) + "\ufeff" + lines(ROWS[12:]) + "\ufeff",
    "a header again, at the end": "texto;etiqueta\n" + TEXT_FIRST + "texto;etiqueta\n",
    # JSON lines
    "JSON lines": "".join(json.dumps({"label": a, "text": b}) + "\n" for a, b in ROWS),
    "JSON lines in another order, with more": "".join(
        json.dumps({"id": i, "texto": b, "meta": {"n": [1]}, "etiqueta": a}, ensure_ascii=False) + "\r\n\r\n"
        for i, (a, b) in enumerate(ROWS)
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", READ)
def test_what_is_met_is_read_as_what_it_is(kind: str, folder: Path) -> None:
    assert pairs(read(written(folder, READ[kind]), training())) == ROWS


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.tsv", TABS),
        ("b.tsv", "label\ttext (uno, dos, tres)\n" + TABS),
        ("c.TAB", TABS.replace("parte 0, de hoy", "parte 0, de hoy")),
        ("d.csv", "clase\ttexto\n" + TABS),
    ],
)
def test_tabs_part_what_is_called_so(name: str, content: str, folder: Path) -> None:
    assert pairs(read(written(folder, content, name), training())) == ROWS


@pytest.mark.parametrize(
    "odd",
    ['"abierta, y ya', '"abierta" y algo', '5" de lluvia', '"', '"una", dijo, "y otra"', 'acaba en "'],
)
@pytest.mark.parametrize("twice", [False, True])
def test_a_quote_that_does_not_close_is_text_in_a_table_of_tabs(odd: str, twice: bool, folder: Path) -> None:
    rows = [*ROWS, ("sol", odd), *([("lluvia", odd + "!")] if twice else []), ("sol", "fin")]
    assert pairs(read(written(folder, lines(rows, "\t"), "a.tsv"), training())) == rows


def test_late_quotes_of_a_long_table_of_tabs_are_text_too(folder: Path) -> None:
    rows = [("sol" if i % 2 else "lluvia", f"parte {i}") for i in range(3000)]
    rows[2500] = ("sol", '"sin cerrar')
    assert pairs(read(written(folder, lines(rows, "\t"), "a.tsv"), training())) == rows


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (r'"dijo \"sí\" ayer"', 'dijo "sí" ayer'),
        (r'"\"sí\""', '"sí"'),
        (r'"C:\nuevo y \"x\", \\ fin"', 'C:\\nuevo y "x", \\ fin'),
        (r"dijo \"sí\" ayer", 'dijo "sí" ayer'),
    ],
)
def test_backslashes_before_quotes_are_undone(cell: str, text: str, folder: Path) -> None:
    content = "label,text\n" + "".join(f"{a},{quoted(b)}\n" for a, b in ROWS) + f"sol,{cell}\n"
    assert pairs(read(written(folder, content), training())) == [*ROWS, ("sol", text)]


@pytest.mark.parametrize("text", ["acaba en \\", 'en medio \\ de "comillas"', '\\"'])
def test_backslashes_are_text_where_quotes_are_doubled(text: str, folder: Path) -> None:
    cell = '"' + text.replace('"', '""') + '"'
    content = 'label,text\nsol,"dijo ""no"""\n' + f"lluvia,{cell}\n" + "".join(f"{a},{quoted(b)}\n" for a, b in ROWS)
    assert pairs(read(written(folder, content), training()))[1] == ("lluvia", text)


def test_a_quote_within_a_cell_is_text(folder: Path) -> None:
    rows = [*ROWS, ("sol", 'un cielo de 5", o más'), ("lluvia", 'dijo "sí"')]
    assert pairs(read(written(folder, lines(rows)), training())) == rows


def test_a_field_that_the_first_object_of_json_lines_lacks_is_read(folder: Path) -> None:
    objects = [
        {"texto": "uno", "etiqueta": "sol"},
        {"tipo": "parte", "texto": "dos", "etiqueta": "lluvia", "titulo": "hoy"},
    ]
    file = written(folder, "\n".join(map(json.dumps, objects)))
    there = read(file, training())
    assert [(row.label, row.text.split(), row.kind) for row in there.rows] == [
        ("sol", ["uno"], ""),
        ("lluvia", ["dos", "hoy"], "parte"),
    ]


# What is refused: the file, and the heart of the sentence in both languages.

REFUSED: dict[str, tuple[Any, ...]] = {
    "rows without a label": (
        "etiqueta;texto\n" + LABEL_FIRST.replace("lluvia;parte 3", ";parte 3"),
        "Line 5 of {} has no label", "La línea 5 de {} no tiene etiqueta",
    ),
    "rows without a label, as null": (
        "".join(json.dumps({"label": a if i else None, "text": b}) + "\n" for i, (a, b) in enumerate(ROWS)),
        "Line 1 of {} has no label", "La línea 1 de {} no tiene etiqueta",
    ),
    "a header that says nothing": (
        "que;cual\n" + LABEL_FIRST,
        "Line 1 of {} looks like a header: no other row has the label “que”",
        "La línea 1 de {} parece un encabezado: ninguna otra fila tiene la etiqueta «que»",
    ),
    "a header that says nothing, twice": (
        "que;cual\n" + LABEL_FIRST + "que;cual\n",
        "Line 1 of {} looks like a header", "La línea 1 de {} parece un encabezado",
    ),
    "a label of its own in each row": (
        lines([(f"etiqueta {i}", f"parte {i}") for i in range(12)]),
        "In {} nearly every row has a label of its own in column 1", "En {} casi cada fila tiene una etiqueta propia",
    ),
    "a label of its own in each row, named": (
        "label;text\n" + lines([(f"etiqueta {i}", f"parte {i}") for i in range(12)]),
        "In {} nearly every row has a label of its own in column 1", "En {} casi cada fila tiene una etiqueta propia",
    ),
    "many columns without names": (
        lines([(a, "x", "y", b) for a, b in ROWS]),
        "It cannot be told which columns of {} hold the texts and their labels: its line 1 is “sol | x | y | parte 0",
        "No se sabe qué columnas de {} tienen los textos y sus etiquetas: su línea 1 es «sol | x | y | parte 0",
    ),
    "two ways to part the rows": (
        "".join(f"{a};{b},z\n" for a, b in [("uno", "dos")] * 20),
        "The rows of {} can be parted by “comma” or “semicolon” alike: write sep=, or sep=;",
        "Las filas de {} se pueden separar igual por «coma» o «punto y coma»: escriba sep=, o sep=;",
    ),
    "a title above the header": (
        "Partes de hoy\netiqueta;texto\n" + LABEL_FIRST,
        "Line 1 of {} has 1 column where the others have 2", "La línea 1 de {} tiene 1 columna y las demás 2",
    ),
    "a quote that swallows rows": (
        'label,text\nsol,uno\nlluvia,"dos\nsol,tres\nlluvia,cuatro"\nsol,cinco\n',
        "A quote opened in line 3 of {} is closed in line 5 only, and the lines between look like rows",
        "Unas comillas abiertas en la línea 3 de {} se cierran solo en la línea 5, y las líneas entre ellas parecen",
    ),
    "a quote that swallows rows, text first": (
        'texto;etiqueta\nuno;sol\n"dos;sol\ntres";lluvia\ncuatro;sol\n',
        "A quote opened in line 3 of {} is closed in line 4",
        "abiertas en la línea 3 de {} se cierran solo en la línea 4",
    ),
    "JSON over several lines": (
        json.dumps([{"label": "sol", "text": "uno"}], indent=1),
        "is no JSON object: write one on each line", "no es un objeto JSON: escriba uno en cada línea",
    ),
    "a field that comes late in JSON lines": (
        '{"text": "uno", "label": "sol"}\n' * 1200 + '{"titulo": "dos", "text": "tres", "label": "sol"}\n',
        "Line 1201 of {} has the field “titulo”, which none of the first lines has",
        "La línea 1201 de {} tiene el campo «titulo», que no está en ninguna de las primeras líneas",
    ),
    "a list in JSON lines": (
        '{"text": "uno", "label": ["sol"]}\n',
        "Line 1 of {} has a list or an object", "La línea 1 de {} tiene una lista o un objeto",
    ),
    "UTF-16 without a mark": (
        ("label\ttext\n" + TABS).encode("utf-16-le"),
        "Line 1 of {} is not UTF-8 but UTF-16", "La línea 1 de {} no está en UTF-8, sino en UTF-16",
    ),
    "UTF-16 as a spreadsheet saves it": (
        ("label\ttext\n" + TABS).encode("utf-16"),
        "Line 1 of {} is not UTF-8 but UTF-16", "La línea 1 de {} no está en UTF-8, sino en UTF-16",
    ),
    "Parquet": (b"PAR1" + bytes(range(256)) * 4, "{} is a Parquet file", "{} es un archivo Parquet"),
    "a workbook": (b"PK\x03\x04" + bytes(300), "{} is a workbook or a ZIP", "{} es un libro de cálculo o un"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(90), "{} is an old workbook", "libro de cálculo"),
    "gzip": (b"\x1f\x8b\x08" + bytes(90), "{} is compressed with gzip", "{} es un archivo comprimido con gzip"),
    "a pointer": (
        "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n",
        "{} is a Git LFS pointer", "{} es un puntero de Git LFS",
    ),
    "a web page": ("\n<!DOCTYPE html>\n<html><body>404</body></html>", "{} is a web page", "{} es una página web"),
    "Arrow": (b"ARROW1\0\0" + bytes(90), "{} is a Feather or Arrow file", "{} es un archivo Feather o Arrow"),
}  # fmt: skip


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_read_right_is_refused(kind: str, language: str, folder: Path) -> None:
    content, english, spanish = REFUSED[kind]
    file = written(folder, content)
    i18n.use(language)
    message = refusal(file)
    assert {"en": english, "es": spanish}[language].format(file) in message
    assert str(file) in message and message.endswith(".") and message.isprintable()


# A person's choice

FOUR = lines([(f"u{i % 7}", b, "2024", a) for i, (a, b) in enumerate(ROWS)])


@pytest.mark.parametrize(
    ("content", "choice"),
    [
        (FOUR, Choice("2", "4")),
        ("user;noticia_larga;cuando;q\n" + FOUR, Choice("noticia_larga", "q")),
        ("user;noticia_larga;cuando;q\n" + FOUR, Choice(" Noticia Larga ", "4")),
        ("que;cual\n" + LABEL_FIRST, Choice("2", "1")),
        ("1;2\n" + LABEL_FIRST, Choice("2", "1")),
        ("label;text;mejor;peor\n" + FOUR, Choice("text", "peor")),
        ("text;label\n" + LABEL_FIRST, Choice("label", "text")),
    ],
)
def test_a_person_says_which_column_is_which(content: str, choice: Choice, folder: Path) -> None:
    assert pairs(read(written(folder, content), training(), choice)) == ROWS


def test_a_first_row_that_is_taken_for_a_header_by_its_label_alone_is_said(folder: Path) -> None:
    file = written(folder, "\nque;cual\n" + LABEL_FIRST)
    there = read(file, training(), Choice("2", "1"))
    (note,) = there.notes
    assert pairs(there) == ROWS
    assert note.en == "partes.csv: line 2 was taken for a header, for no other row has the label “que”."
    assert "la línea 2 se tomó por un encabezado, pues ninguna otra fila tiene la etiqueta «que»." in note.es
    as_a_row = read(file, training(), Choice("2", "1", header=False))
    assert pairs(as_a_row) == [("que", "cual"), *ROWS] and not as_a_row.notes


def test_one_choice_is_enough_where_the_other_is_clear(folder: Path) -> None:
    rows = [(label, f"{text} {'y así ' * 30}") for label, text in ROWS]
    for choice in (Choice(label="1"), Choice(text="2")):
        assert pairs(read(written(folder, lines(rows)), training(), choice)) == rows


def test_several_texts_are_joined_as_they_are_named(folder: Path) -> None:
    file = written(folder, "asunto;carpeta;cuerpo\nhola;sol;mundo\nadiós;lluvia;todos\n")
    assert pairs(read(file, training(), Choice("cuerpo,asunto", "carpeta"))) == [
        ("sol", "mundo hola"),
        ("lluvia", "todos adiós"),
    ]


@pytest.mark.parametrize(
    ("choice", "english"),
    [
        (Choice("nada", "1"), "has no column “nada”: its line 1 is “sol | parte 0, de hoy”; give one of these"),
        (Choice("3", "1"), "has no column “3”"),
        (Choice("2", "1,2"), "Name one column of labels, not several."),
    ],
)  # fmt: skip
def test_a_column_that_is_not_there_is_said(choice: Choice, english: str, folder: Path) -> None:
    assert english in refusal(written(folder, LABEL_FIRST), choice)


def test_a_person_is_asked_where_there_is_doubt_and_nowhere_else(folder: Path) -> None:
    with pytest.raises(Doubt):
        read(written(folder, FOUR), training())
    with pytest.raises(UserError) as refused:
        read(written(folder, "a;b\nc\n"), training())
    assert not isinstance(refused.value, Doubt)


# What is said

SAID = {
    "tabs": ("x.tsv", TABS,
             "x.tsv: 20 rows, 2 classes (lluvia 10, sol 10), tab, columns 1 (label) and 2 (text), no header.",
             "x.tsv: 20 filas, 2 clases (lluvia 10, sol 10), tabulador, columnas 1 (etiqueta) y 2 (texto), sin "),
    "named": ("x.csv", "\nv1;n;v2\n" + lines([(a, str(i), b) for i, (a, b) in enumerate(ROWS)]),
              "semicolon, columns 1 “v1” (label) and 3 “v2” (text), header in line 2.",
              "punto y coma, columnas 1 «v1» (etiqueta) y 3 «v2» (texto), encabezado en la línea 2."),
    "JSON": ("x.jsonl", '{"text": "a", "label": 1}\n' * 3,
             "x.jsonl: 3 rows, 1 class (1 3), JSON lines, columns 1 “text” (text) and 2 “label” (label)",
             "x.jsonl: 3 filas, 1 clase (1 3), líneas JSON"),
    "thousands": ("x.csv", lines([(str(i % 9), f"p {i}") for i in range(12_345)]),
                  "12,345 rows, 9 classes (0 1,372, 1 1,372, 2 1,372, 3 1,372, 4 1,372, 5 1,372, … 3 more)",
                  "12\u00a0345 filas, 9 clases (0 1372, 1 1372, 2 1372, 3 1372, 4 1372, 5 1372, … 3 más)"),
}  # fmt: skip


@pytest.mark.parametrize("kind", SAID)
def test_one_line_says_what_was_understood(kind: str, folder: Path) -> None:
    name, content, english, spanish = SAID[kind]
    said = read(written(folder, content, name), training()).said()
    assert english in said.en and spanish in said.es


def test_what_is_left_out_is_counted_with_its_lines(folder: Path) -> None:
    content = "etiqueta;texto;\nsol;uno;\n;;\nlluvia;;\netiqueta;texto;\nsol;dos;más\n" + ";;\n" * 4
    there = read(written(folder, content), training())
    assert pairs(there) == [("sol", "uno"), ("sol", "dos")]
    assert [note.en for note in there.notes] == [
        "partes.csv: empty rows, left out: 5 (line 3, 7, 8, …).",
        "partes.csv: repeated headers, left out: 1 (line 5).",
        "partes.csv: rows with a label and no text, left out: 1 (line 4).",
        "partes.csv: rows that go on in a column without a name, which was not read: 1 (line 6).",
    ]
    assert all("partes.csv: " in note.es and "línea" in note.es for note in there.notes)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["1.0", "2.0", "10.0"], ["1", "2", "10"]),
        (["1", "2.0"], ["1", "2"]),
        (["1.0", "1.5"], ["1.0", "1.5"]),
        (["v1.0", "v2.0"], ["v1.0", "v2.0"]),
        (["-1.0", "1.0"], ["-1", "1"]),
    ],
)
def test_whole_numbers_with_decimals_are_the_numbers(labels: list[str], expected: list[str], folder: Path) -> None:
    file = written(folder, "label;text\n" + lines([(label, f"t {i}") for i in range(6) for label in labels]))
    assert list(dict.fromkeys(row.label for row in read(file, training()).rows)) == expected


def test_a_class_is_one_in_whatever_unicode_form_it_is_written(folder: Path) -> None:
    labels = ["política", "economía", *(unicodedata.normalize("NFD", label) for label in ("política", "economía"))]
    rows = [(label, f"texto {i}") for i in range(6) for label in labels]
    for content in ("etiqueta;texto\n" + lines(rows), lines(rows)):
        there = read(written(folder, content), training())
        assert {row.label for row in there.rows} == {"política", "economía"} and len(there.rows) == 24


def test_a_sheet_finds_its_labels_where_they_are(folder: Path) -> None:
    rules = sheet(("sol", "lluvia"))
    for content in (
        "Hola, tú, amigo;sol\nNo;lluvia\n",
        "sol;Hola, tú, amigo\nlluvia;No\n",
        "sep=;\n7;Hola, tú, amigo;sol\n8;No;lluvia\n",
    ):
        there = read(written(folder, content), rules, Choice("2", "3") if content.startswith("sep") else Choice())
        assert pairs(there) == [("sol", "Hola, tú, amigo"), ("lluvia", "No")]


@given(
    content=st.binary(max_size=300)
    | st.text(st.sampled_from('ab,;\t|"\\\n\r{}[]:1.0\ufeff'), max_size=200).map(str.encode)
)
def test_any_file_is_read_or_refused(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("any") / "x.csv"
    file.write_bytes(content)
    for rules in (training(), sheet(("a", "b"))):
        try:
            there = read(file, rules)
        except UserError as error:
            assert str(error).isprintable()
            continue
        assert there.rows and all(row.label or rules.unmarked for row in there.rows)


@pytest.mark.parametrize(
    "content",
    [
        "a," + '"' * 200_000,
        "label,text\n" + 'a,"' * 60_000,
        "," * 200_000,
        ("," * 400 + "\n") * 500,
        "sep=,\n" * 50_000,
        '{"a":' * 100_000,
        ("label,text\n" + 'a,"x\n' * 50_000),
    ],
)
def test_no_file_takes_long(content: str, folder: Path) -> None:
    began = time.process_time()
    with contextlib.suppress(UserError):
        read(written(folder, content), training())
    assert time.process_time() - began < 20
