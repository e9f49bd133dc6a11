"""A file of answers is written as it always was, and what has not changed is not written anew."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import filled_lab
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui.exercises.registry import handed_in
from llm_tui.lab import json_text, stored
from llm_tui.lab.json_text import written
from llm_tui.lab.lab import Lab


def plain(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2)


@dataclass(frozen=True, slots=True)
class Leaf:
    text: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Tree:
    name: str = ""
    leaves: tuple[Any, ...] = ()
    named: Any = dataclasses.field(default_factory=dict)


LEAVES = st.builds(Leaf, st.text(max_size=3), st.none() | st.floats(allow_nan=False))
VALUES = st.recursive(
    LEAVES | st.text(max_size=3) | st.integers() | st.none() | st.booleans(),
    lambda below: (
        st.lists(below, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=2), below, max_size=3)
        | st.builds(Tree, st.text(max_size=2), st.lists(below, max_size=3).map(tuple), below)
    ),
    max_leaves=12,
)


@given(st.lists(VALUES, min_size=2, max_size=5), st.data())
def test_it_is_what_the_library_writes_whatever_was_written_before(values, data):
    before = None
    for value in values:
        parts = (data.draw(st.sampled_from(values)), value)  # some are the very same objects as before
        tree = Tree("answers", parts, {"one": value, "leaf": Leaf("ñ\n\u2028")})
        before = written(tree, before)
        assert before.text() == plain(tree)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = Lab(tmp_path_factory.mktemp("full") / "lab")
    filled_lab.fill(lab)
    return lab


@pytest.mark.parametrize("row", handed_in(), ids=lambda row: str(row.number))
def test_the_answers_of_each_exercise_are_written_as_the_library_writes_them(full: Lab, row):
    answers = full.answers(row.number, row.exercise().answers)
    first = written(row.exercise().answers())
    again = written(answers, first)
    changed = answers.with_answer("Otra\nrespuesta: «sí».")
    for made, value in ((first, row.exercise().answers()), (again, answers), (written(changed, again), changed)):
        assert made.text() == plain(value)


@pytest.mark.parametrize("row", handed_in(), ids=lambda row: str(row.number))
def test_what_this_version_wrote_is_read_at_once_and_is_the_same_as_read_part_by_part(full, row, monkeypatch):
    content = (full.folder / full.file(row.number)).read_bytes()
    by_parts = stored._Reader().record(msgspec.json.decode(content), row.exercise().answers, "")
    monkeypatch.setattr(stored, "_Reader", None)
    found = stored.read(content, row.exercise().answers)
    assert found.value == by_parts and plain(found.value) == plain(by_parts)
    assert (found.lost, found.unknown) == ((), ())


def test_of_a_thousand_texts_the_one_that_has_changed_is_written(monkeypatch: pytest.MonkeyPatch):
    said: list[object] = []
    whole = json_text._whole
    monkeypatch.setattr(json_text, "_whole", lambda value, indent: said.append(value) or whole(value, indent))
    tree = Tree("sheet", tuple(Leaf(str(n)) for n in range(1000)), {str(n): (n, 0.5) for n in range(1000)})
    before = written(tree, written(tree.leaves[0]))
    said.clear()
    one = Leaf("another")
    typed = replace(tree, leaves=(*tree.leaves[:500], one, *tree.leaves[501:]))
    before = written(typed, before)
    assert said == [one] and before.text() == plain(typed)
    answered = replace(typed, named={**typed.named, "new": (1, 2)})
    assert written(answered, before).text() == plain(answered) and said == [one, (1, 2)]


def test_the_file_of_a_lab_is_the_librarys_after_each_save(tmp_path: Path):
    lab = Lab(tmp_path / "lab")
    row = next(row for row in handed_in() if row.number == 3)
    answers = row.exercise().answers()
    for said in ("a", "ab", "abc"):
        answers = answers.with_answer(said)
        lab.save_answers(3, answers)
        assert (lab.folder / lab.file(3)).read_bytes() == plain(answers) + b"\n"
