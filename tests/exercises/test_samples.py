"""A student's sheet of labelled texts: read as it was written, or one sentence on the row to mend."""

from __future__ import annotations

import csv
import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.exercises import samples as sheets
from llm_tui.exercises.samples import MOST, Sample, pasted

LABELS = ("permitido", "spam", "odio", "Sensación")

OFFER, THANKS = Sample("Gane dinero, ya", "spam", "slang"), Sample("Gracias", "permitido", "")


def read_samples(path: Path, labels: Sequence[str]) -> tuple[Sample, ...]:
    return sheets.read_samples(path, labels)[0]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "textos.csv"


# The forms of a sheet


@pytest.mark.parametrize(
    "content",
    [
        'text,label,kind\n"Gane dinero, ya",spam,jerga\nGracias,permitido,\n',
        '"Gane dinero, ya",spam,jerga\nGracias,permitido,\n',
        'kind,label,text\njerga,spam,"Gane dinero, ya"\n,permitido,Gracias\n',
        "Tipo;Etiqueta;Texto\njerga;spam;Gane dinero, ya\n;permitido;Gracias\n",
        "n\tclase\tmensaje\ttipo\tnota\n1\tspam\tGane dinero, ya\tjerga\tx\n2\tpermitido\tGracias\t \t\n",
        '\ufeff ORACIÓN ,type,Class\r\n"Gane dinero, ya", jerga ,SPAM\r\n\r\nGracias,, Permitido \r\n',
        'jerga,spam,"Gane dinero, ya"\n,permitido,Gracias\n',
        "Gane dinero, ya;spam;jerga\n;;\nGracias;permitido;\n;;\n",
        "comentario;etiqueta;etiqueta verdadera;frase;tipo\n"
        "falla;odio;spam;Gane dinero, ya;jerga\n;spam;permitido;Gracias;\n",
    ],
)
def test_each_form_of_the_same_sheet_is_read(content: str, file: Path) -> None:
    file.write_bytes(content.encode())
    assert read_samples(file, LABELS) == (OFFER, THANKS)


def test_without_kinds_two_columns_do(file: Path) -> None:
    file.write_text("Gracias;permitido\nOferta;spam\n")
    assert read_samples(file, LABELS) == (Sample("Gracias", "permitido"), Sample("Oferta", "spam"))


def test_a_text_may_be_unmarked_and_come_twice(file: Path) -> None:
    file.write_text("texto,etiqueta\nHola,\nHola, \n")
    assert read_samples(file, LABELS) == (Sample("Hola"), Sample("Hola"))


@pytest.mark.parametrize(
    "written",
    ["Sensación", "sensación", "SENSACIÓN", "  sensación\u00a0", unicodedata.normalize("NFD", "SENSACIÓN")],
)
def test_a_label_takes_the_spelling_of_the_exercise(written: str, file: Path) -> None:
    file.write_text(f"Uf,{written}\n", encoding="utf-8")
    assert read_samples(file, LABELS) == (Sample("Uf", "Sensación"),)
    file.write_text("Uf,Sensación\n", encoding="utf-8")
    assert read_samples(file, [written]) == (Sample("Uf", written),)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).filter(str.strip)
samples = st.builds(Sample, texts, st.sampled_from(("", *LABELS)), texts.map(str.strip) | st.just(""))


@given(
    sheet=st.lists(samples, min_size=1),
    order=st.permutations(["text", "label", "kind"]),
    separator=st.sampled_from(",;\t"),
)
def test_what_a_spreadsheet_writes_is_read_back(
    sheet: list[Sample], order: list[str], separator: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("sheet") / "rows.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        rows = [[getattr(sample, name) for name in order] for sample in sheet]
        csv.writer(out, delimiter=separator).writerows([order, *rows])
    assert read_samples(file, LABELS) == tuple(sheet)


def test_the_home_folder_may_be_written_as_a_tilde(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    file.write_text("Gracias,permitido\n")
    assert len(read_samples(Path("~/textos.csv"), LABELS)) == 1


def test_ten_thousand_rows_are_read_and_no_more(file: Path) -> None:
    assert MOST == 10_000
    file.write_text("texto,etiqueta\n" + "Hola,spam\n" * 10_000)
    assert read_samples(file, LABELS) == (Sample("Hola", "spam"),) * 10_000
    file.write_text("texto,etiqueta\n" + "Hola,spam\n" * 10_001)
    with pytest.raises(UserError, match=r"textos\.csv has more than 10000 rows: import a part of it\.$"):
        read_samples(file, LABELS)


# What is refused: English and Spanish words of the sentence.

BAD = {
    "nothing": (b"", "{} is empty. A row is text,label", "{} está vacío. Una fila es texto,etiqueta"),
    "header only": (b"text,label\n", "{} has a header and no rows.", "{} tiene encabezado y ninguna fila."),
    "no text": (
        b"text,label\nHola,spam\n\n \t ,spam\n",
        "Line 4 of {} has no text: write it or remove the row.",
        "La línea 4 de {} no tiene texto: escríbalo o quite la fila.",
    ),
    "unknown label": (
        b"text,label\nHola,spam\nHola, spam! \n",
        "Line 3 of {} has the label “spam!”, which is not one of permitido, spam, odio, Sensación: add it to the "
        "labels or mend the row.",
        "La línea 3 de {} tiene la etiqueta «spam!», que no es una de permitido, spam, odio, Sensación: añádala a las "
        "etiquetas o corrija la fila.",
    ),
    "columns in another order, and a label that is unknown": (
        b"Hola a todos,saludo\n",
        "Line 1 of {} has the label “saludo”",
        "Una fila es texto,etiqueta o texto,etiqueta,tipo",
    ),
    "one column": (
        b"Hola\nAdi\xc3\xb3s\n",
        "Line 1 of {} has one column. A row is",
        "La línea 1 de {} tiene una sola columna. Una fila es",
    ),
    "four columns without header": (
        b"\nHola, qu\xc3\xa9 tal, bien,spam\n",
        "It cannot be told which columns of {} hold the texts and their labels: its line 2 is",
        "No se sabe qué columnas de {} tienen los textos y sus etiquetas: su línea 2 es",
    ),
    "ragged": (
        b"text,label\nHola, t\xc3\xba,spam\n",
        "Line 2 of {} has 3 columns where the others have 2. A row is",
        "La línea 2 de {} tiene 3 columnas y las demás 2. Una fila es",
    ),
    "UTF-16 without a mark": (
        "Hola,spam\n".encode("utf-16-le"),
        "Line 1 of {} is not UTF-8 but UTF-16",
        "La línea 1 de {} no está en UTF-8, sino en UTF-16",
    ),
    "a NUL": (
        b"Hola,spam\nAdi\0s,spam\n",
        "Line 2 of {} has a NUL character",
        "La línea 2 de {} tiene un carácter NUL",
    ),
    "Latin-1": (b"Hola,spam\nAdi\xf3s,spam\n", "Line 2 of {} is not UTF-8", "La línea 2 de {} no está en UTF-8"),
    "open quote": (b'Hola,spam\n"Ad', "a quote opened in line 2", "unas comillas abiertas en la línea 2"),
}


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("bad", BAD)
def test_a_bad_sheet_is_refused_in_words_that_help(bad: str, language: str, file: Path) -> None:
    content, english, spanish = BAD[bad]
    file.write_bytes(content)
    i18n.use(language)
    with pytest.raises(UserError) as refused:
        read_samples(file, LABELS)
    message = str(refused.value)
    assert {"en": english, "es": spanish}[language].format(file) in message
    assert file.name in message and message.endswith(".")


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir, os.mkfifo])
def test_what_is_no_file_is_refused(make, file: Path) -> None:
    make(file)
    with pytest.raises(UserError, match="cannot be read"):
        read_samples(file, LABELS)


def test_what_a_sheet_holds_stays_in_the_text_and_cannot_reach_the_terminal(file: Path) -> None:
    file.write_bytes("\x1b[2JHola\u202e,spam\n".encode())
    assert read_samples(file, LABELS)[0].text == "\x1b[2JHola\u202e"
    file.write_bytes(b"Hola,\x1b[2J\n")
    with pytest.raises(UserError) as refused:
        read_samples(file, LABELS)
    assert "“␛[2J”" in str(refused.value) and str(refused.value).isprintable()


# Pasted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        (" \n\t\n\r\n", ()),
        ("Hola, qué tal\nAdiós", (Sample("Hola, qué tal"), Sample("Adiós"))),
        ("  Hola \r\n\r\nAdiós\r", (Sample("Hola"), Sample("Adiós"))),
        ("Hola\tspam\nAdiós\tcualquiera\t jerga \n", (Sample("Hola", "spam"), Sample("Adiós", "cualquiera", "slang"))),
        ("Hola\t\tjerga\totra", (Sample("Hola", "", "slang"),)),
        ("a\tspam\tIronía\nb\tspam\tmía", (Sample("a", "spam", "irony"), Sample("b", "spam", "mía"))),
        ("\tspam\nHola", (Sample("Hola"),)),
        ("una\u2028sola\x0blínea", (Sample("una\u2028sola\x0blínea"),)),
    ],
)
def test_each_pasted_line_is_a_text_with_label_and_kind_after_tabs(text: str, expected: tuple[Sample, ...]) -> None:
    assert pasted(text) == expected


@given(lines=st.lists(st.text(st.characters(exclude_characters="\t\r\n"))))
def test_nothing_pasted_is_lost(lines: list[str]) -> None:
    assert [sample.text for sample in pasted("\n".join(lines))] == [line.strip() for line in lines if line.strip()]


@given(text=st.text(st.sampled_from(',;\t"\r\n aB\ufeff\0')), label=st.sampled_from(["a", " B ", "", "b a"]))
def test_any_file_is_read_or_refused(text: str, label: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("any") / "rows.csv"
    file.write_bytes(text.encode())
    try:
        read = read_samples(file, [label])
    except UserError:
        return
    assert read and all(sample.text.strip() and sample.label in ("", label) for sample in read)
