"""Files of other people: what is no plain file, or too large, is told before anything of it is read."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from llm_tui import files, i18n

MAKERS: dict[str, Callable[[Path], object]] = {
    "a folder": Path.mkdir,
    "a pipe that nobody writes to": os.mkfifo,
    "a link to a pipe": lambda path: (os.mkfifo(path.with_name("pipe")), path.symlink_to("pipe")),
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "a file of the system": lambda path: path.symlink_to("/proc/self/status"),
}


@pytest.mark.parametrize("name", MAKERS)
def test_what_is_no_plain_file_is_refused_at_once(name: str, tmp_path: Path) -> None:
    i18n.use("en")
    path = tmp_path / "file"
    MAKERS[name](path)
    with pytest.raises(OSError, match="not a plain file"):
        files.read(path, 100)
    with pytest.raises(OSError, match="not a plain file"):
        files.opened(path)


def test_a_file_of_the_system_that_waits_for_more_is_refused(tmp_path: Path) -> None:
    """As /proc/kmsg: a plain file without a size that gives nothing until something happens."""
    i18n.use("en")
    waiting = Path("/proc/kmsg")
    try:
        os.close(os.open(waiting, os.O_RDONLY | os.O_NONBLOCK))
    except OSError:
        pytest.skip("this machine does not let anybody read its kernel's log")
    with pytest.raises(OSError, match="not a plain file"):
        files.read(waiting, 100)


@pytest.mark.parametrize(("language", "words"), [("en", "larger than 2 MB"), ("es", "ocupa más de 2 MB")])
def test_a_file_that_is_too_large_is_not_read(language: str, words: str, tmp_path: Path) -> None:
    i18n.use(language)
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.truncate(2_000_001)
    with pytest.raises(OSError, match=words):
        files.read(path, 2_000_000)
    with files.opened(path) as whole:
        assert len(whole.read()) == 2_000_001


def test_a_plain_file_is_read_whole_and_an_empty_one_too(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"mesa")
    assert files.read(path, 4) == b"mesa"
    path.write_bytes(b"")
    assert files.read(path, 4) == b""


def a_workbook() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    return content.getvalue()


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", "git lfs pull"),
        (b"PAR1\x15\x04", "Parquet"),
        (a_workbook(), "workbook"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"\n<!DOCTYPE html>\n<html>", "web page"),
        (b'{"class_name": "Tokenizer", "config": {"num_words": null}}', "Keras"),
    ],
)
def test_files_of_another_kind_are_known_by_their_first_bytes(head: bytes, words: str) -> None:
    what = files.no_data(head)
    assert what and words in what.en and what.es


@pytest.mark.parametrize("head", [b"", b"texto,etiqueta\n", b'{"text": "hola"}', b"version 2 de la tabla\n", b"PARA1"])
def test_tables_and_settings_are_not_taken_for_another_kind(head: bytes) -> None:
    assert files.no_data(head) is None
