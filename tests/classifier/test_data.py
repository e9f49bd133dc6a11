"""A person's own CSV files: every form that is taken, and one clear sentence about every other."""

from __future__ import annotations

import csv
import json
import os
import stat
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui import i18n
from llm_tui.classifier.class_names import AG_NEWS_CLASSES
from llm_tui.classifier.corpus import prepare
from llm_tui.classifier.data import Dataset, load, rules
from llm_tui.classifier.job import Training
from llm_tui.engine.events import Event, Log
from llm_tui.engine.job import Context, JobCancelled
from llm_tui.errors import UserError
from llm_tui.labelled.reader import read
from llm_tui.labelled.row import composed


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "news.csv"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    return folder


def read_rows(file: Path) -> list[tuple[str, str]]:
    return [(row.label, row.text) for row in read(file, rules()).rows]


def ask(data: Path | str, context: Context, train: int = 4, test: int = 2) -> Dataset:
    return load(Training(data=str(data), train_size=train, test_size=test), context)


def write(path: Path, rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


# The forms of a file


@pytest.mark.parametrize(
    "content",
    [
        "sport,He won\npolitics,She spoke\n",
        "label,text\nsport,He won\npolitics,She spoke\n",
        "text,label\nHe won,sport\nShe spoke,politics\n",
        "id,text,date,label\n1,He won,today,sport\n2,She spoke,today,politics\n",
        "class,title,description\nsport,He,won\npolitics,She,spoke\n",
        "description,class,title\nHe,sport,won\nShe,politics,spoke\n",  # texts are joined in the order of the file
        "sport,He,won\npolitics,She,spoke\n",
        " Etiqueta , TEXTO \nsport,He won\npolitics,She spoke\n",
        "label;text\nsport;He won\npolitics;She spoke\n",
        "sport\tHe won\npolitics\tShe spoke\n",
        "\ufeffsport,He won\npolitics,She spoke\n",
        "\ufefflabel,text\nsport,He won\npolitics,She spoke\n",
        '"sport","He won"\n"politics","She spoke"\n',
        '"label","text"\r\n"sport","He won"\r\n"politics","She spoke"\r\n',
        "sport,He won\rpolitics,She spoke\r",
        "\n\nlabel,text\n\nsport,He won\n\n\npolitics,She spoke\n\n",
        "sport,He won\npolitics,She spoke",
        "sport ,He won\n politics,She spoke\n",
    ],
)
def test_each_form_of_the_same_rows_is_read(content: str, file: Path) -> None:
    file.write_bytes(content.encode())
    assert read_rows(file) == [("sport", "He won"), ("politics", "She spoke")]


def test_a_quoted_text_keeps_its_separators_quotes_and_lines(file: Path) -> None:
    file.write_text('label;text\na;"x; y, ""z""\nand on"\n')
    assert read_rows(file) == [("a", 'x; y, "z"\nand on')]


letters = st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff\r\n")
labels = st.text(letters).map(composed).filter(len)
texts = st.text(letters | st.sampled_from("\r\n")).filter(str.strip)


@given(rows=st.lists(st.tuples(labels, texts), min_size=1, max_size=9))
def test_what_a_spreadsheet_writes_is_read_back(
    rows: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("spreadsheet") / "rows.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, quoting=csv.QUOTE_ALL).writerows([("label", "text"), *rows])
    assert read_rows(file) == rows


# A folder


def test_a_folder_gives_the_first_rows_of_each_file(folder: Path, context: Context) -> None:
    (folder / "train.csv").write_text("ciencia,t0\nfútbol,t1\nciencia,t2\n")
    (folder / "test.csv").write_text("label,text\nfútbol,t3\nciencia,t4\n")
    dataset = ask(folder, context, train=2, test=1)
    assert (dataset.name, dataset.synthetic) == ("news", False)
    assert dataset.classes == ("ciencia", "fútbol")
    assert (dataset.train.texts, dataset.train.labels) == (["t0", "t1"], [0, 1])
    assert (dataset.test.texts, dataset.test.labels) == (["t3"], [1])


AG_NEWS_LIKE = '"3","Title","Text"\n"1","Title","Text"\n"4","Title","Text"\n"2","Title","Text"\n'


def test_the_names_of_ag_news_are_for_ag_news_alone(folder: Path, context: Context) -> None:
    (folder / "train.csv").write_text(AG_NEWS_LIKE)
    (folder / "test.csv").write_text(AG_NEWS_LIKE)
    dataset = ask(folder, context)
    assert dataset.classes == ("1", "2", "3", "4")
    assert dataset.train.labels == [2, 0, 3, 1]
    assert dataset.train.texts[0] == "Title Text"


def test_a_folder_of_that_name_is_not_ag_news(tmp_path: Path, context: Context) -> None:
    """As it is exported elsewhere, with labels from 0, of which 0 is the news of the world."""
    folder = tmp_path / "AG_NEWS"
    folder.mkdir()
    for name in ("train.csv", "test.csv"):
        write(folder / name, [("text", "label"), *((f"text {i}", str(i % 4)) for i in range(8))])
    assert ask(folder, context, train=8, test=8).classes == ("0", "1", "2", "3")


def test_a_list_of_classes_names_them(folder: Path, context: Context) -> None:
    (folder / "train.csv").write_text(AG_NEWS_LIKE)
    (folder / "test.csv").write_text(AG_NEWS_LIKE)
    (folder / "classes.txt").write_text("Mundo\nDeporte\n\nEconomía \nCiencia\n")
    assert ask(folder, context).classes == ("Mundo", "Deporte", "Economía", "Ciencia")


def test_numbers_without_names_keep_their_order(folder: Path, context: Context) -> None:
    rows = "10,a\n9,b\n2,c\n"
    (folder / "train.csv").write_text(rows)
    (folder / "test.csv").write_text(rows)
    dataset = ask(folder, context, train=3, test=3)
    assert dataset.classes == ("2", "9", "10")
    assert dataset.train.labels == [2, 1, 0]


def test_the_test_file_has_the_columns_of_the_training_file_whatever_is_in_it(folder: Path, context: Context) -> None:
    rows = [(str(i % 3 + 1), f"title {i}", f"text {i}") for i in range(30)]
    write(folder / "train.csv", rows)
    write(folder / "test.csv", [("3", "1", "2"), ("2", "3", "1")])
    test = ask(folder, context, train=30, test=2).test
    assert (test.texts, test.labels) == (["1 2", "3 1"], [2, 1])


def test_where_the_training_file_has_no_header_the_first_test_row_is_a_row(folder: Path, context: Context) -> None:
    write(folder / "train.csv", [("abc"[i % 3], f"texto {i}, de hoy") for i in range(30)])
    write(folder / "test.csv", [("c", "el primero"), *(("ab"[i % 2], f"prueba {i}") for i in range(9))])
    dataset = ask(folder, context, train=30, test=10)
    assert dataset.test.texts[0] == "el primero" and dataset.test.labels[0] == 2 and not dataset.looks[1].columns.names
    write(folder / "test.csv", [("label", "text"), *(("ab"[i % 2], f"prueba {i}") for i in range(9))])
    assert ask(folder, context, train=30, test=9).test.texts[0] == "prueba 0", "a header that says so is one"


@pytest.mark.parametrize("form", [".tsv", ".jsonl", ".json"])
def test_the_files_of_a_folder_may_have_other_forms(form: str, folder: Path, context: Context) -> None:
    for name in ("train", "test"):
        rows = [("sol" if i % 2 else "nube", f"texto {i}") for i in range(12)]
        written = ("\t".join(row) if form == ".tsv" else json.dumps({"label": row[0], "text": row[1]}) for row in rows)
        (folder / f"{name}{form}").write_text("".join(f"{line}\n" for line in written))
    job = Training(data=str(folder), train_size=12, test_size=12)
    before = job.stamp()
    assert load(job, context).classes == ("nube", "sol")
    (folder / f"test{form}").write_text("")
    assert job.stamp() != before


# Names of classes: by value


def labelled(folder: Path, labels: Sequence[str], names: Sequence[str] = ()) -> None:
    rows = [("label", "text"), *((label, f"text {i}") for i in range(6) for label in labels)]
    write(folder / "train.csv", rows)
    write(folder / "test.csv", rows)
    if names:
        (folder / "classes.txt").write_text("".join(f"{name}\n" for name in names), encoding="utf-8")


@pytest.mark.parametrize(
    ("labels", "names", "expected"),
    [
        (["1", "2", "3", "4"], (), ("1", "2", "3", "4")),
        (["1", "2", "3"], ["uno", "dos", "tres"], ("uno", "dos", "tres")),
        (["0", "1", "2"], ["cero", "uno", "dos"], ("cero", "uno", "dos")),
        (["0", "2"], ["cero", "uno", "dos"], ("cero", "dos")),
        (["1", "3"], ["uno", "dos", "tres"], ("uno", "tres")),
        (["1.0", "2.0"], ["uno", "dos"], ("uno", "dos")),
        (["a", "b"], ["b", "a", "c"], ("a", "b")),
    ],
)
def test_a_name_belongs_to_the_value_of_a_label(
    labels: list[str], names: Sequence[str], expected: tuple[str, ...], folder: Path, context: Context
) -> None:
    labelled(folder, labels, names)
    dataset = ask(folder, context, train=12, test=12)
    assert (dataset.classes, dataset.notes) == (expected, ())


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["1", "2", "5", "9"], "abcd"),  # gaps
        (["1", "2"], "abc"),  # whether a is 0 or 1 is not said
        (["0", "3"], "abc"),  # beyond the list
        (["-1", "1"], "ab"),
        (["x", "y"], "ab"),
    ],
)
def test_a_list_of_names_that_does_not_fit_is_left_aside_and_said(
    labels: list[str], names: str, folder: Path, context: Context
) -> None:
    labelled(folder, labels, names)
    dataset = ask(folder, context, train=len(labels) * 2, test=len(labels))
    assert dataset.classes == tuple(labels)
    (note,) = dataset.notes
    assert f"classes.txt does not fit and was left aside: it has {len(names)} names, and the labels are" in note.en
    assert f"classes.txt no encaja y no se usó: tiene {len(names)} nombres, y las etiquetas son" in note.es


# The order of a folder


def sorted_folder(folder: Path, rows: int = 40) -> None:
    for name in ("train.csv", "test.csv"):
        write(folder / name, [(str(i * 4 // rows + 1), f"text {i}") for i in range(rows)])


def test_a_sorted_file_has_a_way_out(folder: Path, context: Context) -> None:
    sorted_folder(folder)
    assert "If the file is sorted by class, take more rows, or shuffle them with --shuffle." in refusal(folder, context)
    job = Training(data=str(folder), train_size=20, test_size=20, shuffle=True)
    shuffled = load(job, context)
    assert shuffled.classes == ("1", "2", "3", "4") and len(set(shuffled.train.texts)) == 20
    assert shuffled == load(replace(job, seed=5), context), "the rows are the same whatever the seed of a run"
    assert any("were shuffled (seed 0)" in note.en and "semilla 0" in note.es for note in shuffled.notes)


@pytest.mark.parametrize(
    ("train", "test", "english"),
    [
        (40, 10, "The test rows are of 1 of the 4 classes"),
        (40, 20, "The test rows are of 2 of the 4 classes"),
        (35, 35, "The training rows are sorted by class"),
    ],
)
def test_what_the_first_rows_of_a_sorted_file_are_is_said(
    train: int, test: int, english: str, folder: Path, context: Context
) -> None:
    sorted_folder(folder)
    notes = ask(folder, context, train, test).notes
    assert any(english in note.en and "--shuffle" in note.en and "--shuffle" in note.es for note in notes)


def test_rows_in_any_order_need_no_word(folder: Path, context: Context) -> None:
    labelled(folder, ["a", "b", "c"])
    assert ask(folder, context, train=18, test=9).notes == ()


# Labels that look odd


def test_classes_of_one_row_and_of_other_capitals_are_said_with_their_line(file: Path, context: Context) -> None:
    rows = [("label", "text"), *(("spam", f"t {i}") for i in range(9)), *(("ham", f"u {i}") for i in range(9))]
    write(file, [*rows, ("Ham", "v"), ("sapm", "w")])
    both = ask(file, context, train=19, test=1).notes
    notes = [note.en for note in both]
    assert both[0].es == "Clases de una sola fila, con su línea: «Ham» (20), «sapm» (21)."
    assert notes[0] == "Classes of one row alone, with its line: “Ham” (20), “sapm” (21)."
    assert notes[1] == "Classes that differ in capitals alone: ham, Ham."


def test_what_was_understood_is_told_before_the_training(topics: Path, events: list[Event], context: Context) -> None:
    prepare(Training(data=str(topics), train_size=100, test_size=50), context)
    train, test = (event.text for event in events if isinstance(event, Log))
    assert train.startswith("train.csv: 100 rows, 3 classes (") and test.startswith("test.csv: 50 rows, 3 classes (")


@pytest.mark.real_data
def test_ag_news_itself(real_data: Path, context: Context) -> None:
    dataset = ask(real_data / "ag_news", context, train=10_000, test=7_600)
    assert dataset.classes == AG_NEWS_CLASSES
    assert sorted(dataset.test.labels) == sorted([0, 1, 2, 3] * 1_900)
    assert len(dataset.train.texts) == 10_000


# One file, split


def sorted_file(path: Path, rows: int) -> Path:
    """Rows that differ, all of one class before all of the other."""
    path.write_text("".join(f"{'early' if i < rows / 2 else 'late'},text {i}\n" for i in range(rows)))
    return path


def test_one_file_is_split_into_rows_that_do_not_meet(file: Path, context: Context) -> None:
    dataset = ask(sorted_file(file, 100), context, train=70, test=30)
    assert dataset.name == "news.csv"
    train, test = set(dataset.train.texts), set(dataset.test.texts)
    assert train | test == {f"text {i}" for i in range(100)}
    assert not train & test
    assert set(dataset.test.labels) == {0, 1}, "the rows of a sorted file must be shuffled first"


def test_one_file_is_always_split_in_the_same_way(file: Path, context: Context) -> None:
    sorted_file(file, 100)
    assert ask(file, context, train=70, test=30) == ask(file, context, train=70, test=30)
    fewer = ask(file, context, train=20, test=30)
    assert fewer.test.texts == ask(file, context, train=70, test=30).test.texts, "another size, the same test"


# What is refused: in each case the words are the heart of the sentence, in both languages.


def refusal(data: Path | str, context: Context, train: int = 4, test: int = 2) -> str:
    with pytest.raises(UserError) as refused:
        ask(data, context, train, test)
    return str(refused.value)


TEN = "a,x\nb,y\n" * 5

BAD_FILES = {
    "empty": (b"", "is empty", "está vacío"),
    "only a mark": ("\ufeff".encode(), "is empty", "está vacío"),
    "blank lines": (b"\n\n", "is empty", "está vacío"),
    "header only": (b"label,text\n", "has a header and no rows", "tiene encabezado y ninguna fila"),
    "one column": (b"hello\nbye\n", "Line 1 of {} has one column", "La línea 1 de {} tiene una sola columna"),
    "one column, late": (b"\n\nhello\n", "Line 3 of {} has one column", "La línea 3 de {} tiene una sola columna"),
    "too few columns": (
        b"a,x,x\nb,y\n",
        "Line 2 of {} has 2 columns where the others have 3",
        "La línea 2 de {} tiene 2 columnas y las demás 3",
    ),
    "too many columns": (
        b'a,x\n\n"b","y\nz",w\n',
        "Line 4 of {} has 3 columns where the others have 2",
        "La línea 4 de {} tiene 3 columnas y las demás 2",
    ),
    "not UTF-8": (
        b"label,text\n" + TEN.encode() * 2000 + "a,mañana\n".encode("latin-1"),
        "Line 20002 of {} is not UTF-8",
        "La línea 20002 de {} no está en UTF-8",
    ),
    "cut within a character": ("a,x\nb,ñ".encode()[:-1], "Line 2 of {} is not UTF-8", "línea 2 de {} no está en UTF-8"),
    "UTF-16": (TEN.encode("utf-16"), "Line 1 of {} is not UTF-8", "La línea 1 de {} no está en UTF-8"),
    "open quote": (
        b'a,x\nb,"y\n' + TEN.encode(),
        "a quote opened in line 2 is not closed",
        "unas comillas abiertas en la línea 2 no se cierran",
    ),
    "open quote at the end": (
        TEN.encode() + b'b,"y',
        "a quote opened in line 11 is not closed",
        "unas comillas abiertas en la línea 11 no se cierran",
    ),
    "giant field": (
        b"a,x\nb," + b"y" * 200_000,
        "{} cannot be read as CSV at line 2",
        "{} no se puede leer como CSV en la línea 2",
    ),
    "one class": (
        b"a,x\n" * 6,
        "All 4 training rows of news.csv have the class “a”",
        "Las 4 filas de entrenamiento de news.csv son de la clase «a»",
    ),
    "too few rows": (
        b"a,x\nb,y\n" * 2,
        "{} has 4 rows, and 6 were asked for: choose at most train_size 3, test_size 1",
        "{} tiene 4 filas y se pidieron 6: elija como máximo train_size 3, test_size 1",
    ),
}


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("bad", BAD_FILES)
def test_a_bad_file_is_refused_in_one_sentence(bad: str, language: str, file: Path, context: Context) -> None:
    content, english, spanish = BAD_FILES[bad]
    file.write_bytes(content)
    i18n.use(language)
    message = refusal(file, context)
    assert {"en": english, "es": spanish}[language].format(file) in message
    assert file.name in message
    assert message.endswith(".")
    assert "␊" not in message


@pytest.mark.parametrize(
    ("language", "words"), [("en", "There is no file or folder {}"), ("es", "No existe el archivo o la carpeta {}")]
)
@pytest.mark.parametrize("name", ["absent.csv", "~nobody-has-this-name/x.csv", "x" * 300, "a\0b"])
def test_data_that_is_not_there_is_refused(
    name: str, language: str, words: str, context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    i18n.use(language)
    assert words.format(name.replace("\0", "␀")) in refusal(name, context)


@pytest.mark.parametrize(("language", "words"), [("en", "cannot be read"), ("es", "no se puede leer")])
def test_what_cannot_be_opened_is_refused_with_the_systems_reason(
    language: str, words: str, file: Path, context: Context
) -> None:
    os.mknod(file, stat.S_IFSOCK | 0o600)  # which nobody can open, not even root
    i18n.use(language)
    assert f"{file} {words} (No such device or address)." in refusal(file, context)


@pytest.mark.parametrize(("language", "words"), [("en", "has no {}: it needs"), ("es", "no tiene {}: necesita")])
@pytest.mark.parametrize("absent", ["train.csv", "test.csv"])
def test_a_folder_needs_both_files(absent: str, language: str, words: str, folder: Path, context: Context) -> None:
    for name in {"train.csv", "test.csv"} - {absent}:
        (folder / name).write_text(TEN)
    i18n.use(language)
    message = refusal(folder, context)
    assert f"{folder} {words.format(absent)} train.csv" in message


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "{} has 10 rows, and 11 were asked for: choose at most {} 10."),
        ("es", "{} tiene 10 filas y se pidieron 11: elija como máximo {} 10."),
    ],
)
@pytest.mark.parametrize(("short", "train", "test"), [("train", 11, 10), ("test", 10, 11)])
def test_a_folder_with_too_few_rows_says_how_many_it_has(
    short: str, train: int, test: int, language: str, words: str, folder: Path, context: Context
) -> None:
    for name in ("train.csv", "test.csv"):
        (folder / name).write_text(TEN)
    i18n.use(language)
    assert refusal(folder, context, train, test) == words.format(folder / f"{short}.csv", f"{short}_size")


def test_where_rows_are_too_few_those_left_out_are_counted(file: Path, context: Context) -> None:
    file.write_text("label,text\n" + "a,x\nb,y\n" * 5 + "label,text\n,\n")
    assert refusal(file, context, 6, 5).endswith(
        "has 10 rows, and 11 were asked for: choose at most train_size 8, test_size 2. "
        "news.csv: empty rows, left out: 1 (line 13). news.csv: repeated headers, left out: 1 (line 12)."
    )


def test_rows_beyond_those_asked_for_are_not_looked_at(folder: Path, context: Context) -> None:
    (folder / "train.csv").write_text(TEN + "spoilt\n")
    (folder / "test.csv").write_text(TEN)
    assert len(ask(folder, context, train=10, test=10).train.texts) == 10


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "The class “c” is in the test rows of news and not in its training rows"),
        ("es", "La clase «c» está en las filas de prueba de news y no en las de entrenamiento"),
    ],
)
def test_a_class_that_only_the_test_rows_have_is_refused(
    language: str, words: str, folder: Path, context: Context
) -> None:
    (folder / "train.csv").write_text(TEN)
    (folder / "test.csv").write_text("a,x\nc,y\n")
    i18n.use(language)
    assert words in refusal(folder, context)


def test_what_a_file_holds_cannot_reach_the_terminal(tmp_path: Path, context: Context) -> None:
    folder = tmp_path / "x\x1b[2J"
    folder.mkdir()
    (folder / "train.csv").write_text(TEN)
    (folder / "test.csv").write_text("a,x\n\x1b]0;hi\x07\u202e,y\n")
    message = refusal(folder, context)
    assert "The class “␛]0;hi␇⟨202E⟩” is in the test rows of x␛[2J" in message
    assert message.isprintable()


def test_reading_can_be_stopped(file: Path, context: Context, stop: threading.Event) -> None:
    file.write_text(TEN)
    stop.set()
    with pytest.raises(JobCancelled):
        ask(file, context)
