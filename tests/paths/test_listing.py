"""What there is in a folder, narrowed and completed, whatever the names are; and what was opened of late."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui.paths import recent
from llm_tui.paths.kinds import CHECKLIST, TABLE
from llm_tui.paths.listing import above, completed, look, narrowed, parted, sized


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b", "Datos", ".oculta"):
        (tmp_path / name).mkdir()
    for name in ("notes.md", "texts.csv", "Textos.TSV", ".hidden.csv", "line\nfeed\x1b[2J.csv", "x" * 255):
        (tmp_path / name).write_text("x" * 3)
    (tmp_path / os.fsdecode(b"caf\xe9.csv")).write_text("")
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "nowhere.csv").symlink_to(tmp_path / "gone")
    (tmp_path / "link").symlink_to(tmp_path / "b")
    return tmp_path


def names(folder: Path, beginning: str, kind=TABLE) -> list[str]:
    return [entry.name for entry in narrowed(look(f"{folder}/").entries, beginning, kind)]


def test_folders_come_first_then_what_fits_and_hidden_ones_after_a_dot(folder):
    assert names(folder, "") == [
        "b", "Datos", "link",
        "caf\udce9.csv", "line\nfeed\x1b[2J.csv", "Textos.TSV", "texts.csv",
        "notes.md", "nowhere.csv", "pipe.csv", "x" * 255,
    ]  # fmt: skip
    assert names(folder, ".") == [".oculta", ".hidden.csv"]
    assert names(folder, "TEX") == ["Textos.TSV", "texts.csv"]
    assert names(folder, "md") == ["notes.md"]  # none begins so: those that hold it
    assert names(folder, "nothing") == []
    assert names(folder, "", CHECKLIST)[:3] == ["b", "Datos", "link"]


def test_accents_do_not_count(tmp_path):
    for name in ("gestión.csv", "ano.csv", "año.csv", "an\u0303os.csv"):
        (tmp_path / name).write_text("")
    assert names(tmp_path, "gestion") == ["gestión.csv"]
    assert names(tmp_path, "tión") == ["gestión.csv"]
    assert set(names(tmp_path, "AÑO")) == {"ano.csv", "año.csv", "an\u0303os.csv"}


def test_what_is_no_plain_file_is_told_from_one(folder):
    entries = {entry.name: entry for entry in look(str(folder)).entries}
    assert entries["link"].folder and not entries["pipe.csv"].plain and not entries["nowhere.csv"].plain
    assert entries["texts.csv"].size == 3 and entries["texts.csv"].plain


@pytest.mark.parametrize(
    ("beginning", "whole"),
    [
        ("t", "Text"),
        ("TEXTS", "texts.csv"),
        ("texto", "Textos.TSV"),
        ("d", "Datos/"),
        ("q", "q"),
        ("", ""),
        ("feed", "line\nfeed\x1b[2J.csv"),
    ],
)
def test_tab_writes_what_all_that_fit_begin_with(folder, beginning, whole):
    found = narrowed(look(str(folder)).entries, beginning, TABLE)
    assert completed(found, beginning) == whole


def test_why_a_folder_cannot_be_read_is_said(folder):
    assert look(f"{folder}/gone/").why and look(f"{folder}/texts.csv/").why and look("/a\0b/").why


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("", ("", "")),
        ("a", ("", "a")),
        ("/t/a", ("/t/", "a")),
        ("~", ("~/", "")),
        ("~/x", ("~/", "x")),
        ("/", ("/", "")),
    ],
)
def test_a_path_is_a_folder_and_a_beginning(typed, parts):
    assert parted(typed) == parts


@given(st.lists(st.sampled_from([".", "..", "a", "~x", "ñ b"]), max_size=4), st.sampled_from(["./", "/", "~/", ""]))
def test_the_folder_above_is_the_one_that_two_dots_name(names, root):
    folder = "".join([root, *(f"{name}/" for name in names)])
    there = os.path.abspath(os.path.expanduser(folder))
    up = above(folder)
    assert up.endswith("/") or there == "/"
    if there != "/":
        assert os.path.abspath(up) == os.path.dirname(there)


def test_recent_files_by_kind_the_last_one_first(own_folders, tmp_path):
    files = [tmp_path / f"{i}.csv" for i in range(25)]
    for file in files:
        file.write_text("")
        recent.remember("table", str(file))
    recent.remember("table", str(files[20]))
    recent.remember("text", os.fsdecode(bytes(tmp_path) + b"/caf\xe9.txt"))
    assert recent.recent("table")[:2] == [str(files[20]), str(files[24])] and len(recent.recent("table")) == 20
    files[24].unlink()
    assert str(files[24]) not in recent.there("table") and len(recent.there("table")) == 19
    assert recent.recent("text") == [f"{tmp_path}/caf\udce9.txt"] and recent.there("text") == []
    assert recent.place().stat().st_mode & 0o77 == 0


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b'{"table": [1, "", "/a"], "text": 3}', b"[" * 100_000])
def test_what_was_kept_may_be_anything(own_folders, content):
    recent.place().parent.mkdir(parents=True, exist_ok=True)
    recent.place().write_bytes(content)
    assert recent.recent("table") in ([], ["/a"])
    recent.remember("table", "/b")
    assert recent.recent("table")[0] == "/b"


def test_recent_files_that_cannot_be_kept_stop_nobody(own_folders):
    recent.place().parent.parent.mkdir(parents=True, exist_ok=True)
    recent.place().parent.write_text("a file in the way")
    recent.remember("table", "/b")
    assert recent.recent("table") == []


@pytest.mark.parametrize(
    ("size", "said"), [(999, "999 B"), (1_500, "1.5 kB"), (2_000_000, "2.0 MB"), (1_249_000_000, "1.2 GB")]
)
def test_a_size_has_one_decimal(size: int, said: str) -> None:
    assert sized(size) == said
