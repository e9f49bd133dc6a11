"""The checklist of exercise 7, and the student's own from a file."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.exercises import checklist_file
from llm_tui.exercises.checklist import COURSE_ITEMS, EXTENDED_ITEMS, TOPICS, Item
from llm_tui.exercises.checklist_file import read_items
from llm_tui.i18n import Text

DEON = (Path(__file__).parents[1] / "deon.yml").read_text(encoding="utf-8")

OWN_YAML = """\
title: Lista del grupo 3
items:
  - id: 1.10
    topic: Privacidad
    question:
      es: ¿Se borró el texto?
      en: Was the text deleted?
    reference: RGPD, art. 17
  - topic: safe deployment
    question: |
      ¿Funciona en
      la terminal?
  - {question: yes}
"""

OWN_TOML = """\
title = "Lista del grupo 3"

[[items]]
id = "1.10"
topic = "Privacidad"
question = { es = "¿Se borró el texto?", en = "Was the text deleted?" }
reference = "RGPD, art. 17"

[[items]]
topic = "safe deployment"
question = '''
¿Funciona en
la terminal?'''

[[items]]
question = "yes"
"""


def written(folder: Path, content: str | bytes, name: str = "mine.yml") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# The program's own


def test_every_topic_of_the_course_has_its_questions_in_both_languages():
    assert list(TOPICS) == ["bias", "privacy", "traceability", "deployment", "lifecycle"]
    for topic in TOPICS:
        assert 4 <= sum(item.topic == topic for item in COURSE_ITEMS) <= 5
        assert sum(item.topic == topic for item in EXTENDED_ITEMS) >= 5
    items = (*COURSE_ITEMS, *EXTENDED_ITEMS)
    assert len({item.id for item in items}) == len({item.question.en for item in items}) == len(items)
    for item in items:
        english, spanish = item.question.en, item.question.es
        assert item.topic in TOPICS and "?" in english and "¿" not in english
        assert spanish.count("¿") == spanish.count("?") > 0


def test_the_second_set_says_where_each_question_comes_from():
    assert 25 <= len(EXTENDED_ITEMS) <= 35
    references = [item.reference for item in EXTENDED_ITEMS]
    known = r"deon, “.+”|(Model Cards|Datasheets for Datasets) \(.+ 20\d\d\), .+|NIST AI 600-1, (GV|MP|MS|MG)-[\d.-]+"
    owasp = sorted(reference for reference in references if reference.startswith("OWASP LLM"))
    assert [reference[:12] for reference in owasp] == [f"OWASP LLM{n:02}:" for n in range(1, 11)]
    assert all(re.fullmatch(known, reference) for reference in references if reference not in owasp)


# A file of the student's own


def test_deons_checklist_imports_as_it_is(tmp_path):
    items = read_items(written(tmp_path, DEON))
    assert [item.id for item in items] == ["A.1", "A.2", "B.1", "B.3", "E.2"]
    assert [item.topic for item in items] == ["Data Collection"] * 2 + ["Data Storage"] * 2 + ["Deployment"]
    text = "Roll back: Is there a way to turn off or roll back the model in production if necessary?"
    assert items[-1] == Item("E.2", "Deployment", Text(text, text), "Data Science Ethics Checklist, E.2")


@pytest.mark.parametrize(("name", "content"), [("mine.yaml", OWN_YAML), ("mine.TOML", OWN_TOML)])
def test_questions_of_ones_own_in_yaml_and_in_toml(name, content, tmp_path):
    items = read_items(written(tmp_path, content, name))
    question = Text("Was the text deleted?", "¿Se borró el texto?")
    assert items[0] == Item("1.10", "privacy", question, "RGPD, art. 17")
    assert items[1].topic == "deployment" and str(items[1].question) == "¿Funciona en la terminal?"
    assert items[2].topic == "Lista del grupo 3" and items[2].question == Text("yes", "yes")
    assert len({item.id for item in items}) == 3


def test_one_language_does_for_both_and_the_file_names_a_topic_without_a_name(tmp_path):
    (item,) = read_items(written(tmp_path, "items: [{question: {es: '¿Y bien?'}, reference: null}]", "grupo.yml"))
    assert (item.topic, item.question, item.reference) == ("grupo", Text("¿Y bien?", "¿Y bien?"), "")


def test_an_id_without_a_name_stays_with_its_question(tmp_path):
    before = {item.question.en: item.id for item in read_items(written(tmp_path, "items: [question: A, question: B]"))}
    after = {
        item.question.en: item.id
        for item in read_items(written(tmp_path, "items: [question: B, question: C, question: A]"))
    }
    assert before.items() <= after.items()


@pytest.mark.parametrize(
    ("content", "topics"),
    [
        ("b: &b {topic: Sesgo}\nitems:\n- <<: *b\n  question: A\n", ["Sesgo"]),
        (
            "b: &b {topic: Sesgo}\nitems:\n- <<: *b\n  question: A\n  topic: Otro\n- {question: B, <<: *b}\n",
            ["Otro", "Sesgo"],
        ),
        (
            "c: &c {topic: C}\nb: &b {topic: B, id: x}\n"
            "items: [{<<: [*c, *b], question: A}, {<<: [*b, *c], question: B}]",
            ["C", "B"],
        ),
        ("b: &b {topic: B}\nc: &c {<<: *b, id: x}\nitems: [{<<: *c, question: A}]", ["B"]),
        ("t: &t {title: T}\nsections: [{<<: *t, lines: &l [{line: A}]}, {title: U, lines: *l}]", ["T", "U"]),
        ("l: &l [{line: A}]\nsections: [{title: T, lines: *l}]", ["T"]),
    ],
)
def test_what_is_taken_over_from_another_mapping_is_read(content, topics, tmp_path):
    assert [item.topic for item in read_items(written(tmp_path, content))] == topics


def test_an_id_that_is_taken_gets_a_number(tmp_path):
    ids = ["a", "a-2", "a", "a", "bias-1"]
    items = read_items(written(tmp_path, json.dumps({"items": [{"id": id, "question": "?"} for id in ids]})))
    assert [item.id for item in items] == ["a", "a-2", "a-3", "a-4", "bias-1-2"]


@pytest.mark.parametrize("same", [False, True])
def test_five_thousand_items_are_read_within_seconds_and_more_are_refused(same, tmp_path):
    lines = [f"  - {{id: q{0 if same else n}, question: Is it {n}}}\n" for n in range(5000)]
    began = time.process_time()
    items = read_items(written(tmp_path, "items:\n" + "".join(lines)))
    assert time.process_time() - began < 10
    assert len({item.id for item in items}) == 5000
    with pytest.raises(UserError, match="more than 5000 items"):
        read_items(written(tmp_path, "items:\n" + "".join(lines) + "  - {question: One more}\n"))


WRONG: dict[str, tuple[Any, ...]] = {
    "nothing": ("mine.yml", "", "is empty"),
    "only a remark": ("mine.yml", "# later\n", "has no questions"),
    "no items": ("mine.yml", "items: []", "has no questions"),
    "only a text": ("mine.txt", "¿Se borró el texto?", "has no questions"),
    "only a list": ("mine.yml", "- question: A", "has no questions"),
    "other names": ("mine.toml", "[preguntas]\na = 1", "has no questions"),
    "Latin-1": ("mine.yml", "items:\n- question: ¿Y?".encode("latin-1"), "Line 2"),
    "no YAML": ("mine.yml", "items:\n  - question: a: b", r"not valid YAML \(line 2"),
    "no TOML": ("mine.toml", "[[items]]\nquestion = A", r"not valid TOML .*line 2"),
    "a control character": ("mine.yml", "items: [{question: \x1b[31m}]", "not valid YAML"),
    "a character that is none": ("mine.yml", 'items: [{question: "\\Uffffffff"}]', "not valid YAML"),
    "an item that is a text": ("mine.yml", "items: [{question: A}, B]", "item 2 of .* no fields"),
    "an item without a question": ("mine.yml", "items: [{question: A}, {id: b}]", "item 2 of .* no question"),
    "a question in no language": ("mine.yml", "items: [{question: {fr: A}}]", "item 1 of .* no question"),
    "a question that is a list": ("mine.yml", "items: [{question: [A]}]", "item 1 of .* “question” is not a text"),
    "a number for a text": ("mine.toml", "items = [{question = 'A', id = 3}]", "item 1 of .* “id” is not a text"),
    "a date for a text": ("mine.toml", "items = [{question = 2026-10-09}]", "item 1 of .* “question” is not a text"),
    "items that are no list": ("mine.yml", "items: {question: A}", "“items” is not a list"),
    "a section that is a text": ("mine.yml", "sections: [A]", "section 1 of .* no fields"),
    "lines that are no list": ("mine.yml", "sections: [{lines: A}]", "section 1 of .* “lines” is not a list"),
    "a section without lines": (
        "mine.yml",
        "sections: [{lines: [{line: A}]}, {title: B}]",
        "In section 2 of .* there are no “lines”: write its questions under “lines”",
    ),
    "a section whose lines are not there": ("mine.yml", "sections:\n- title: B\n  lines:\n", "section 1 .* no “lines”"),
    "a section of lines with another name": (
        "mine.yml",
        "sections: [{title: B, line: [{line: A}]}]",
        "In section 1 of .*, what stands under “line” is not read: write the questions under “lines”",
    ),
    "a section of items": (
        "mine.toml",
        "[[sections]]\n[[sections.items]]\nquestion = 'A'",
        "section 1 .* “items” is not",
    ),
    "lines and items in one section": (
        "mine.yml",
        "sections: [{lines: [{line: A}], items: [{question: B}]}]",
        "section 1 of .* “items” is not read",
    ),
    "questions under another name": (
        "mine.yml",
        "items: [{question: A}]\npreguntas: [{question: B}]",
        "“preguntas” is not read: write the questions under “sections” or “items”",
    ),
    "a field that stands twice": (
        "mine.yml",
        "items:\n- question: A\n  question: B",
        "line 3: “question” stands twice",
    ),
    "sections that stand twice": (
        "mine.yml",
        "sections: []\nitems: [{question: A}]\nsections: []",
        "“sections” stands",
    ),
    "a text merged": ("mine.yml", "items:\n- <<: A\n  question: B", "line 2: “<<” takes over a mapping only"),
    "a line that says nothing": (
        "mine.yml",
        "sections: [{lines: [{line_id: A.1}]}]",
        "line 1 of section 1 of .*no quest",
    ),
    "a title that is a list": ("mine.yml", "title: [a]\nitems: [{question: A}]", "“title” is not a text"),
    "two documents": ("mine.yml", "items: [{question: A}]\n---\nitems: []", "not valid YAML"),
    "too large": ("mine.yml", "#" * (checklist_file.LARGEST + 1), "larger than 1 MB"),
    "a very long question": ("mine.yml", f"items: [{{question: {'a' * 2001}}}]", "item 1 of .* 2000 characters"),
}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_with_a_file_is_one_sentence_that_names_it(case, language, tmp_path):
    i18n.use(language)
    name, content, words = WRONG[case]
    path = written(tmp_path, content, name)
    with pytest.raises(UserError) as error:
        read_items(path)
    sentence = str(error.value)
    assert str(path) in sentence and sentence.endswith(".") and "\n" not in sentence
    assert language == "es" or re.search(words, sentence)


def test_what_is_no_file_is_refused_and_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "pipe.yml")
    for path in (tmp_path, tmp_path / "pipe.yml", tmp_path / "none.yml"):
        with pytest.raises(UserError, match=re.escape(str(path))):
            read_items(path)


def test_a_yaml_file_makes_no_objects(tmp_path):
    trap = tmp_path / "trap"
    for call in (f"!!python/object/apply:os.mkdir ['{trap}']", f"!!python/object/new:os.mkdir ['{trap}']"):
        with pytest.raises(UserError):
            read_items(written(tmp_path, f"items: [{{question: {call}}}]"))
    assert not trap.exists()


LAUGHS = "a0: &a0 [{question: ha}]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 9}]\n" for n in range(1, 40))
MANY_FIELDS = "a: &a {" + "".join(f"k{i}: x, " for i in range(2000)) + "}\n"
MERGES = "a0: &a0 {question: ha}\n" + "".join(f"a{n}: &a{n} {{<<: [{f'*a{n - 1}, ' * 9}]}}\n" for n in range(1, 40))
HOSTILE = {
    "many fields merged many times": (
        "mine.yml",
        MANY_FIELDS + "items: [" + "{<<: *a}, " * 2000 + "]",
        "100 fields at",
    ),
    "merges of merges of merges": ("mine.yml", MERGES + "items: [*a39, B]", "item 2 of .* no fields"),
    "a mapping that takes over itself": ("mine.yml", "items: [&a {<<: *a}]", "not valid YAML"),
    "a billion laughs": ("mine.yml", LAUGHS + "items: *a39", "no fields"),
    "an item 100,000 times": ("mine.yml", f"a: &a {{question: ha}}\nitems: [{'*a, ' * 100_000}]", "more than 5000"),
    "a long text many times": ("mine.yml", f"a: &a {'ha' * 10**5}\nitems: [{'{question: *a},' * 4000}]", "2000 char"),
    "lines many times": (
        "mine.yml",
        f"a: &a {{lines: [{'{line: A},' * 4000}]}}\nsections: [{'*a,' * 50_000}]",
        "more than 5000",
    ),
    "a list that holds itself": ("mine.yml", "items: &a [*a]", "not valid YAML"),
    "deep lists": ("mine.yml", "items: " + "[" * 200_000, "nested too deeply"),
    "deep mappings": ("mine.yml", "? " * 200_000, "nested too deeply"),
    "deep arrays": ("mine.toml", "items = " + "[" * 200_000, "nested too deeply"),
    "a number of a million digits": ("mine.toml", "items = " + "1" * 900_000, "not valid TOML"),
    "a key of 300,000 parts": ("mine.toml", "\nitems." + "a." * 300_000 + "b = 1", "line 2: too many dots"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_soon(case, tmp_path):
    name, content, words = HOSTILE[case]
    began = time.process_time()
    with pytest.raises(UserError, match=words):
        read_items(written(tmp_path, content, name))
    assert time.process_time() - began < 20


_MARKS = st.sampled_from(
    ["items", "question", "sections", "lines", ": ", "- ", "\n  ", "\n", "[", "]", "{", "}", '"', "'"]
)
_ODD = st.sampled_from(
    ["&a ", "*a", "!!int ", "<<", "? ", "|\n", "\\ud800", "\\x", "%YAML 9", "---", "=", "[[", ".", "1"]
)


@given(st.lists(st.one_of(_MARKS, _ODD, st.text(max_size=3))).map("".join), st.sampled_from(["f.yml", "f.toml"]))
def test_whatever_a_file_holds_gives_items_or_a_sentence(tmp_path_factory, content, name):
    path = written(tmp_path_factory.mktemp("any"), content.encode("utf-8", "replace"), name)
    try:
        items = read_items(path)
    except UserError as error:
        assert str(path) in str(error)
    else:
        assert items and all(item.id and item.topic and item.question.en.encode() for item in items)


_words = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1).filter(
    lambda text: text not in ("~", "null")
)
_ids = _words.filter(lambda id: all(id != item.id for item in (*COURSE_ITEMS, *EXTENDED_ITEMS)))


@given(st.lists(st.tuples(_ids, _words, _words), min_size=1, max_size=5, unique_by=lambda item: item[0]))
def test_what_was_written_is_read(tmp_path_factory, items):
    content = {"items": [{"id": id, "question": q, "reference": r} for id, q, r in items]}
    path = written(tmp_path_factory.mktemp("any"), json.dumps(content))
    assert [(item.id, item.question.en, item.reference) for item in read_items(path)] == items
