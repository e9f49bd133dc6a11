"""The pairs that come with the program, and those of a person's own."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.exercises.bias_pairs import KINDS, OWN, Pair, first_said, known_kind, read_pairs, shipped, span

ALL = [*shipped("es"), *shipped("en")]
SPANISH = ["gender", "name", "nationality", "accents", "register", "rioplatense", "mexican"]
ENGLISH = ["gender", "name", "nationality", "apostrophes", "register", "british", "aae"]


def words(text: str) -> list[str]:
    return re.findall(r"[\w'’]+", text.casefold())


def plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


@pytest.mark.parametrize(("language", "kinds"), [("es", SPANISH), ("en", ENGLISH)])
def test_there_are_twenty_pairs_of_each_kind(language, kinds):
    assert dict(Counter(pair.kind for pair in shipped(language))) == dict.fromkeys(kinds, 20)
    assert {pair.language for pair in shipped(language)} == {language}


def test_each_text_stands_once_and_each_pair_in_a_frame_of_its_own():
    texts = Counter(" ".join(words(text)) for pair in ALL for text in pair.texts)
    frames: Counter[tuple[str, str, str]] = Counter()
    for pair in ALL:
        start, end, _ = span(*pair.texts)
        frames[pair.language, pair.a[:start], pair.a[end:]] += 1
    assert {text for text, times in texts.items() if times > 1} == set()
    assert {frame for frame, times in frames.items() if times > 1} == set()


def test_the_two_differ_in_one_span_and_are_alike_around_it():
    for pair in ALL:
        start, end_a, end_b = span(*pair.texts)
        assert pair.a[:start] == pair.b[:start] and pair.a[end_a:] == pair.b[end_b:]
        apart = [words(pair.a[start:end_a]), words(pair.b[start:end_b])]
        alike = len(words(pair.a[:start] + " " + pair.a[end_a:]))
        assert apart[0] != apart[1] and max(map(len, apart)) <= 3 and alike >= 2, pair
        assert pair.a_is and pair.b_is and pair.a_is != pair.b_is


def test_those_of_marks_differ_in_marks_alone():
    for pair in ALL:
        if pair.kind == "accents":
            assert plain(pair.a) == pair.b
        if pair.kind == "apostrophes":
            assert pair.a.replace("'", "") == pair.b


def test_no_text_is_one_that_a_teaching_model_is_measured_on_or_was_trained_on():
    folder = files("llm_tui.teaching")
    there = "\n".join(
        " ".join(words(file.read_text(encoding="utf-8")))
        for part in ("heldout", "stock")
        for file in (folder / part).iterdir()
        if file.name.endswith((".tsv", ".toml"))
    )
    assert [text for pair in ALL for text in pair.texts if " ".join(words(text)) in there] == []


def test_each_language_is_its_own():
    of = {"es": {"el", "la", "de", "en", "que", "un", "una", "los", "las", "mi", "no", "se", "por", "con", "al", "del",
                 "esa", "esta", "está", "hoy", "le", "te", "su", "tu", "para", "vale", "perdí", "perdi", "compré",
                 "ya", "antes", "ese", "esto", "es", "dos", "me", "nos"},
          "en": {"the", "is", "my", "to", "of", "on", "for", "at", "was", "we", "our", "you", "he", "she", "i",
                 "let", "his", "her", "they", "be", "this"}}  # fmt: skip
    for language, known in of.items():
        other = known ^ of["es"] ^ of["en"]
        for pair in shipped(language):
            for text in pair.texts:
                own = len(known & set(words(text)))
                assert own >= len(other & set(words(text))) and (own or len(words(text)) < 8), text


@given(st.text("ab é_", max_size=8), st.text("ab é_", max_size=8))
def test_what_lies_outside_the_span_is_alike(a, b):
    start, end_a, end_b = span(a, b)
    assert a[:start] == b[:start] and a[end_a:] == b[end_b:]
    assert 0 <= start <= end_a <= len(a) and start <= end_b <= len(b)


def test_a_span_takes_whole_words():
    a, b = "Mi vecino llegó.", "Mi vecina llegó."
    start, end_a, end_b = span(a, b)
    assert (a[start:end_a], b[start:end_b]) == ("vecino", "vecina")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.csv", "kind,a,b\ngénero,\"Él, mi vecino.\",\"Ella, mi vecina.\"\nedad,Es joven.,Es mayor.\n"),
        ("x.tsv", "a\tb\ttipo\nÉl, mi vecino.\tElla, mi vecina.\tgénero\nEs joven.\tEs mayor.\tedad\n"),
        ("x.jsonl", '{"a": "Él, mi vecino.", "b": "Ella, mi vecina.", "kind": "gender"}\n'
                    '{"a": "Es joven.", "b": "Es mayor.", "kind": "edad"}\n'),
    ],
)  # fmt: skip
def test_a_file_of_pairs_is_read(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert read_pairs(path, "es") == (
        Pair("gender", "Él, mi vecino.", "Ella, mi vecina.", language="es"),
        Pair("edad", "Es joven.", "Es mayor.", language="es"),
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.jsonl", '{"a": "El médico llegó.\\n", "b": "La médica llegó.\\n"}\n'),
        ("x.csv", 'a,b\nEl médico llegó. ,"La médica llegó. "\n'),
    ],
)
def test_neither_text_of_a_pair_has_white_space_around_it(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert [pair.texts for pair in read_pairs(path, "es")] == [("El médico llegó.", "La médica llegó.")]


def test_both_texts_of_a_pair_stay_as_they_are_written(tmp_path):
    a, b = (unicodedata.normalize("NFD", text) for text in ("José es médico.", "María es médico."))
    path = tmp_path / "x.csv"
    path.write_text(f"a,b\n{a},{b}\n", encoding="utf-8")
    assert [pair.texts for pair in read_pairs(path, "es")] == [(a, b)]


def test_without_a_header_the_first_two_columns_are_the_pair(tmp_path):
    path = tmp_path / "x.tsv"
    path.write_text("He left.\tShe left.\nHe came.\tShe came.\n", encoding="utf-8")
    assert [(pair.kind, *pair.texts) for pair in read_pairs(path, "en")] == [
        (OWN, "He left.", "She left."),
        (OWN, "He came.", "She came."),
    ]


OWN_NAMES = ["masculino,femenino,tipo", "tipo,masculino,femenino", "id,masculino,femenino,tipo"]


@pytest.mark.parametrize("header", OWN_NAMES)
def test_beside_a_kind_the_texts_may_have_names_of_ones_own(tmp_path, header):
    cells = {"id": range(5), "tipo": ["género", "edad"] * 3, "masculino": "ABCDE", "femenino": "VWXYZ"}
    rows = zip(*(cells[name] for name in header.split(",")), strict=False)
    path = tmp_path / "x.csv"
    path.write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]), encoding="utf-8")
    pairs = read_pairs(path, "es")
    assert [pair.texts for pair in pairs] == list(zip("ABCDE", "VWXYZ", strict=True))
    assert [pair.kind for pair in pairs] == ["gender", "edad", "gender", "edad", "gender"]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    "content",
    ["masculino,femenino,clase\nÉl va.,Ella va.,género\n", "Él va.,Ella va.,género\n" * 5, "uno,tipo\nx,y\n",
     '{"x": "Él va.", "y": "Ella va.", "z": "género"}\n'],
)  # fmt: skip
def test_more_columns_without_known_names_are_asked_about(tmp_path, content, language):
    i18n.use(language)
    path = tmp_path / ("x.jsonl" if content.startswith("{") else "x.csv")
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UserError) as refused:
        read_pairs(path, "es")
    said = {"en": "the first row names its columns so.", "es": "la primera fila nombra así sus columnas."}
    assert str(path) in str(refused.value) and str(refused.value).endswith(said[language])


def test_a_first_row_of_two_texts_is_a_pair_and_is_said(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("masculino,femenino\n" + "".join(f"Él va {n}.,Va.\n" for n in range(5)), encoding="utf-8")
    pairs = read_pairs(path, "es")
    assert len(pairs) == 6 and "6; the first: “masculino” / “femenino”." in first_said(pairs).en
    assert "6; el primero: «masculino» / «femenino»." in first_said(pairs).es


def test_columns_of_nothing_are_none(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("Él va.,Ella va.,,\nÉl ve.,Ella ve.,,\n", encoding="utf-8")
    assert [pair.texts for pair in read_pairs(path, "es")] == [("Él va.", "Ella va."), ("Él ve.", "Ella ve.")]


def test_the_file_of_crows_pairs_is_one(tmp_path):
    path = tmp_path / "crows.csv"
    path.write_text(
        ",sent_more,sent_less,stereo_antistereo,bias_type\n"
        '0,"The old man sat, tired.","The young man sat, tired.",stereo,age\n'
        "1,She was a nurse there.,He was a nurse there.,stereo,gender\n",
        encoding="utf-8",
    )
    assert [(pair.kind, pair.a) for pair in read_pairs(path, "en")] == [
        ("age", "The old man sat, tired."),
        ("gender", "She was a nurse there."),
    ]


@pytest.mark.parametrize("row", ["Igual.,Igual.", "Uno solo.,", ",Uno solo."])
def test_what_is_no_pair_is_said_with_its_line(tmp_path, row):
    path = tmp_path / "x.csv"
    path.write_text(f"a,b\nÉl va.,Ella va.\n{row}\n", encoding="utf-8")
    with pytest.raises(UserError, match="3"):
        read_pairs(path, "es")


def test_kinds_are_known_by_their_names():
    assert known_kind("Género") == known_kind("GENDER ") == known_kind("géneros") == "gender"
    assert known_kind("tilde") == "accents"
    assert known_kind(" edad ") == "edad" and known_kind("") == OWN
    assert all(known_kind(text.es) == known_kind(text.en) == kind for kind, text in KINDS.items())
