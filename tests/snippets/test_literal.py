"""What a student, a model or a file says goes into a program as a literal, whatever it is, and never becomes code."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import llm_tui.snippets
from llm_tui.classifier.job import Predict, Training
from llm_tui.foundation.job import PROMPT, Generate, ModelChoice, RoundTrip, Score
from llm_tui.foundation.labels_job import Entities, Sentiment, ZeroShot
from llm_tui.snippets.literal import Code, literal
from llm_tui.snippets.program import program
from llm_tui.snippets.snippet import snippet
from llm_tui.tokenization.job import Compare

HOSTILE = (
    '"); import os; os.system("rm -rf ~")  #', "'''", '"""', '"""\nimport evil\n"""', "\\", '\\\\"', "a\\\nb",
    "\x00\x1b[31m", "\ud800", "\u202eabc\u2066", "עברית", "{{ 7 * 7 }}", "{% raw %}{{ evil }}", "{# #}", "# es: evil",
    "\n# en: evil()\n", "\r\n\x0b\x0c\x1c\x85\u2028\u2029x", "{evil}", "%s", "\nimport evil\n", "f'{evil()}'",
    "</s> <s>", " ", "\t\n", "a" * 300, "word " * 80 + "\n" * 5,
)  # fmt: skip

texts = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(), max_size=200))

values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.lists(inner, max_size=4).map(tuple), st.dictionaries(texts, inner, max_size=3)
    ),
    max_leaves=6,
)


@given(values)
def test_a_literal_evaluates_to_its_value_and_is_printable(value):
    said = literal(value)
    assert ast.literal_eval(said) == value
    assert all(line.isprintable() for line in said.split("\n"))


def test_what_has_no_literal_is_refused():
    class Sly(str):
        def __repr__(self) -> str:
            return "evil()"

    assert literal(Sly("x")) == '"x"'
    assert literal([Sly("x")]) == '["x"]'
    for value in (object(), {1, 2}, b"x", Path("x"), lambda: 0, float("nan"), float("inf")):
        with pytest.raises(TypeError):
            literal(value)
    assert literal(Code("os.sep")) == "os.sep"


def shape(text: str, value: str) -> str:
    """The syntax tree of a program but for the literal that its variable `text` is set to."""
    tree = ast.parse(text)
    (said,) = (node for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "text")
    assert isinstance(said.value, ast.Constant) and said.value.value == value
    said.value = ast.Constant("…")
    return ast.dump(tree)


@given(texts)
def test_a_program_differs_in_the_text_alone(text):
    given: dict[str, Any] = dict.fromkeys(("modules", "members", "heavy", "installed"), ())
    given |= {"pieces": False, "named": True, "folder": "run"}
    plain = program("prediction", "es", text="¿harmless?", **given)
    assert shape(program("prediction", "es", text=text, **given), text) == shape(plain, "¿harmless?")


def names(text: str) -> set[str]:
    """All that a program calls, reads, or imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Name():
                found.add(node.id)
            case ast.Attribute():
                found.add(node.attr)
            case ast.alias():
                found.update(node.name.split("."))
            case ast.FunctionDef() | ast.ClassDef():
                found.add(node.name)
    return found


OURS = {
    word
    for file in Path(llm_tui.snippets.__file__).parent.rglob("*")
    if file.suffix in (".py", ".jinja")
    for word in re.findall(r"\w+", file.read_text(encoding="utf-8"))
}
"""Every word of this program's own sources."""


def asked(text: str) -> list[Any]:
    model = ModelChoice("google/flan-t5-small")
    return [
        ZeroShot((text, "x"), ("a", text or "b"), f"{text} {{}}", model=model),
        Generate(PROMPT, (text,), model),
        Generate(PROMPT, (text,), ModelChoice("some/chat", revision=text)),
        RoundTrip("translate_es_en", text, model, model),
        Entities((text,), model),
        Sentiment((text,), ModelChoice(text or "m")),
        Score((text,), text),
        Compare(text, ("no-such/tokenizer", text or "x"), text, (text, "a b")),
    ]


@pytest.mark.parametrize("place", range(len(asked(""))))
@settings(max_examples=40)
@given(text=texts)
def test_no_program_says_anything_that_is_not_its_own(place, text):
    job = asked(text)[place]
    for language in ("en", "es"):
        assert names(snippet(job, language).text) <= OURS


def test_labels_names_and_columns_of_a_file_are_literals(tmp_path):
    label, column = '"); evil()  #', 'label"]); evil("'
    rows = [{"text": f"uno {i}", column: label if i % 2 else "{{ evil }}"} for i in range(20)]
    file = tmp_path / "evil'\"{{ evil }}.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    training = Training(data=str(file), train_size=10, test_size=5, label_column=column, text_column="text")
    text = snippet(training, "en").text
    assert names(text) <= OURS and "evil" not in names(text)


def test_a_sentence_to_a_saved_run_is_a_literal(tmp_path):
    (tmp_path / "vocab.json").write_text('{"tokenizer": "basic_english", "words": ["<unk>"]}', encoding="utf-8")
    for text in HOSTILE:
        assert shape(snippet(Predict(str(tmp_path), text), "en").text, text)
