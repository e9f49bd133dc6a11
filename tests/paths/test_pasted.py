"""What terminals paste for files that are dropped on them."""

from __future__ import annotations

import shlex
from pathlib import PurePosixPath
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui.paths.pasted import paths

NAMES = st.text(st.characters(exclude_characters="\0/\n\r", exclude_categories=["Cs"]), min_size=1, max_size=20)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))


@given(st.lists(PATHS, min_size=1, max_size=3))
def test_what_a_shell_would_quote_comes_back(there):
    assert paths(" ".join(f"'{path.replace(chr(39), chr(39) + chr(92) + chr(39) * 2)}'" for path in there) + " ") == (
        tuple(there)
    )
    assert paths("\n".join(f"file://{quote(path)}" for path in there) + "\r\n") == tuple(there)
    assert paths(" ".join(PurePosixPath(path).as_uri() for path in there)) == tuple(
        str(PurePosixPath(path)) for path in there
    )


@given(st.text())
def test_any_text_is_paths_or_none(text):
    assert all(path[0] in "/~" or path.startswith("file:") for path in paths(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/home/ana/my\\ data/año.csv ", ("/home/ana/my data/año.csv",)),
        ('"/home/ana/my data.csv"\n', ("/home/ana/my data.csv",)),
        ("/home/ana/my data.csv", ("/home/ana/my data.csv",)),
        ("/a/b.csv /c/d e.csv", ("/a/b.csv", "/c/d e.csv")),
        ("/a/b.csv '/c/d e.csv'", ("/a/b.csv", "/c/d e.csv")),
        ("file:///tmp/a%20b%23c.csv", ("/tmp/a b#c.csv",)),
        ("file://host.example/tmp/a.csv", ("/tmp/a.csv",)),
        ("file:///tmp/a#b?c.csv", ("/tmp/a#b?c.csv",)),
        ("file:///tmp/%ff.csv", ("/tmp/\udcff.csv",)),
        ("~/a.csv", ("~/a.csv",)),
        ("'/it isn't closed", ()),
        ("a/b.csv", ()),
        ("/a.csv and some prose\nmore", ()),
        ("Hello, world", ()),
        ("/a\0b", ()),
        ("", ()),
        ("\n \n", ()),
        (shlex.quote("/tmp/it's.csv"), ("/tmp/it's.csv",)),
        ("/" * 200_000, ()),
    ],
)
def test_a_paste_of_each_terminal(text, found):
    assert paths(text) == found
