"""The line of everything in a TOML file, held against `tomllib` and a writer of TOML."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui.toml_lines import NotToml, Place, lines, read

WRITTEN = '''\
a = 1
"b c".d = """x
y"""

[t] # a comment with = and [
k = [
  1.5, 1979-05-27 07:32:00,
  ["x", 'y # "'],
  {p = 1, q = [2,
  3]},
]
[[u.v]]
n = 1
[[u.v]]
n = '][' # two
[u.v.w]
z = """"quoted""""
'''


def places(value: object, at: Place = ()) -> Iterator[Place]:
    """Everything that a reader of TOML has found."""
    if at:
        yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in inner:
        yield from places(part, (*at, name))


def test_each_table_key_and_element_has_its_line() -> None:
    found = lines(WRITTEN)
    assert set(found) == set(places(read(WRITTEN)))
    assert [found[at] for at in [("a",), ("b c", "d"), ("t",), ("t", "k"), ("t", "k", 1), ("t", "k", 2, 1)]] == [
        1, 2, 5, 6, 7, 8]  # fmt: skip
    assert found["t", "k", 3, "q", 1] == 10 and found["u", "v", 1, "n"] == 15 and found["u", "v", 1, "w", "z"] == 17


QUOTED = st.text(st.sampled_from("ab=[]{}#.,'\n\\ñ"), max_size=6).map(
    lambda text: '"' + text.replace("\\", "\\\\").replace("\n", "\\n") + '"'
)
LEAF = st.one_of(QUOTED, st.sampled_from(["1", "-1.5e3", "true", "2026-12-18", "'''a\nb'''", '"""\n"" c\n"""']))
VALUE = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=3).map(lambda parts: "[\n" + ", # ]\n".join(parts) + "]"), max_leaves=6
)


@given(st.lists(st.tuples(st.sampled_from(["k = ", '"a.b" = ', "d.e = ", "[t]\n"]), VALUE), max_size=6, unique_by=str))
def test_nothing_is_found_that_is_not_there_and_each_line_has_its_name(parts: list[tuple[str, str]]) -> None:
    text = ""
    for number, (head, value) in enumerate(parts):
        text += f"[t{number}]\nn = {value}\n" if head == "[t]\n" else f"x{number}.{head}{value}\n"
    try:
        said = read(text)
    except NotToml:
        return
    found, by_line = lines(text), text.split("\n")
    assert set(found) == set(places(said))
    for at, line in found.items():
        if isinstance(at[-1], str) and at[-1].isalnum():
            assert at[-1] in by_line[line - 1]


@pytest.mark.parametrize(
    ("text", "line"),
    [("a = 1\nb = ", 2), ("a = 1\na = 2\n", 2), ("[t\n", 1), ("x = " + "[" * 5000, 1), ("a = 1\n" + "b." * 200, 2)],
)
def test_what_is_no_toml_has_its_line(text: str, line: int) -> None:
    with pytest.raises(NotToml) as raised:
        read(text)
    assert raised.value.line == line and "\n" not in raised.value.why.en


@pytest.mark.parametrize(
    "text",
    [
        'a = "no end\n', "a = 'no end\n", 'a = """no end', "a = word", "a 1", "= 1", "a = 1 b = 2", "a = 1\na = 2",
        "[a]\n[a]", "a = {b = 1, b = 2}", "a = [1", "a = [1 2]", "a = {b = 1", "[a", "[[a]", 'a = "C:\\temp\\q"',
    ],
)  # fmt: skip
def test_the_slips_of_a_hand_are_told_in_both_languages(text: str) -> None:
    with pytest.raises(NotToml) as raised:
        read(text)
    assert raised.value.why.es != raised.value.why.en
