"""A person's text from a file, a pipe or the command line: exactly its characters, or one sentence on what is wrong."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.exercises import textfile
from llm_tui.exercises.textfile import given_text, read_text, text_of


def pipe(content: bytes, terminal: bool = False) -> SimpleNamespace:
    return SimpleNamespace(buffer=io.BytesIO(content), isatty=lambda: terminal)


def test_a_file_is_read_as_it_is_without_its_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(b"\xef\xbb\xbfMa\xc3\xb1ana\r\n\tel \xe2\x96\x81tren\n\n")
    assert read_text(path) == "Mañana\r\n\tel ▁tren\n\n"


@given(st.text(st.characters(exclude_categories=["Cs"])).filter(str.strip))
def test_whatever_was_written_is_read(text: str) -> None:
    if not text.startswith("\ufeff"):
        assert text_of(io.BytesIO(text.encode()), "x") == text


def test_the_home_folder_may_be_written_as_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "text.txt").write_text("hola", encoding="utf-8")
    assert read_text(Path("~/text.txt")) == "hola"


def absent(path: Path) -> None: ...


def not_utf8(path: Path) -> None:
    path.write_bytes(b"uno\ndos\ncaf\xe9\n")


def utf16(path: Path) -> None:
    path.write_text("hola", encoding="utf-16")


def half_a_character(path: Path) -> None:
    path.write_bytes("mañana, ñ".encode()[:-1])


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(textfile.LARGEST + 1)


WRONG: dict[str, tuple[Any, str]] = {
    "absent": (absent, "No such file"),
    "a folder": (Path.mkdir, "not a plain file"),
    "a pipe": (os.mkfifo, "not a plain file"),
    "Latin-1": (not_utf8, "Line 3"),
    "UTF-16": (utf16, "Line 1"),
    "cut off": (half_a_character, "Line 1"),
    "too large": (huge, "larger than 50 MB"),
    "empty": (Path.touch, "is empty"),
    "white space": (lambda path: path.write_text(" \n\t"), "is empty"),
}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_a_file_is_one_sentence_that_names_it(name: str, language: str, tmp_path: Path) -> None:
    i18n.use(language)
    make, words = WRONG[name]
    path = tmp_path / "text.txt"
    make(path)
    with pytest.raises(UserError) as error:
        read_text(path)
    sentence = str(error.value)
    assert str(path) in sentence
    assert sentence.endswith(".") and "\n" not in sentence
    assert (words in sentence) is (language == "en") or words == "No such file"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("hola")
    path.chmod(0)
    with pytest.raises(UserError, match="Permission denied"):
        read_text(path)


def test_a_path_that_no_system_has_is_said_too() -> None:
    with pytest.raises(UserError, match="cannot be read"):
        read_text(Path("a\0b"))


def test_a_text_of_the_largest_size_is_still_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textfile, "LARGEST", 10)
    path = tmp_path / "text.txt"
    path.write_text("a" * 10)
    assert read_text(path) == "a" * 10


# What a command line was given


def test_the_text_comes_from_the_argument_the_file_or_the_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "text.txt"
    path.write_text("del archivo")
    monkeypatch.setattr(sys, "stdin", pipe("de la tubería".encode()))
    assert given_text("del argumento", None) == "del argumento"
    assert given_text(None, path) == "del archivo"
    assert given_text(None, None) == "de la tubería"


def test_the_name_of_a_file_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("del archivo")
    with pytest.raises(UserError, match=f"--file {path}"):
        given_text(str(path), None)
    assert given_text(str(tmp_path), None) == str(tmp_path)


def test_a_hyphen_reads_the_terminal_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", pipe(b"typed", terminal=True))
    assert given_text("-", None) == "typed"


NO_TEXT = [
    (None, None, pipe(b"", terminal=True), "There is no text"),
    (None, None, None, "There is no text"),
    ("-", None, None, "There is no text"),
    (None, None, pipe(b""), "stdin is empty"),
    (None, None, pipe(b"\xff"), "Line 1 of stdin"),
    ("  ", None, pipe(b"x"), "TEXT is empty"),
    ("caf\udce9", None, pipe(b"x"), "Line 1 of TEXT is not UTF-8"),
    ("hola", Path("x"), pipe(b"x"), "not both"),
    ("-", Path("x"), pipe(b"x"), "not both"),
]


@pytest.mark.parametrize(("text", "file", "stdin", "words"), NO_TEXT)
def test_no_text_or_two_is_one_sentence(text, file, stdin, words, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    with pytest.raises(UserError, match=words):
        given_text(text, file)


def test_a_pipe_that_breaks_is_said_in_one_sentence() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise IsADirectoryError(21, "Is a directory")

    with pytest.raises(UserError, match=r"stdin cannot be read \(Is a directory\)"):
        text_of(Broken(), "stdin")
