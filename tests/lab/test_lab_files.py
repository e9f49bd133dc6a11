"""Writing files: the old version or the new one, never half."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.lab import files
from llm_tui.lab.files import USUAL, append_line, read_plain, write_atomic


@pytest.mark.parametrize(("content", "written"), [("mañana\n", "mañana\n".encode()), (b"\x00\xff", b"\x00\xff")])
def test_a_file_holds_what_was_written_and_its_folder_nothing_else(tmp_path: Path, content, written: bytes) -> None:
    path = tmp_path / "a" / "file.json"
    path.parent.mkdir()
    write_atomic(path, "an older version, and a longer one")
    write_atomic(path, content)
    assert path.read_bytes() == written
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="permission bits")
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_file_may_be_read_by_whom_the_umask_says(tmp_path: Path, umask: int, mode: int) -> None:
    code = (
        f"import os, sys, pathlib; os.umask({umask})\n"
        "from llm_tui.lab.files import USUAL, append_line, write_atomic\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "write_atomic(folder / 'new', ''), append_line(folder / 'log', '', USUAL)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, timeout=60)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == mode
    assert stat.S_IMODE((tmp_path / "log").stat().st_mode) == mode


def test_what_does_not_fit_on_the_disk_leaves_the_old_version(tmp_path: Path, full_disk) -> None:
    path = tmp_path / "answers.json"
    write_atomic(path, "old")
    with full_disk(), pytest.raises(UserError, match=r"answers\.json could not be written \(.+\): free some space"):
        write_atomic(path, "the new version")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_crash_before_the_last_step_leaves_the_old_version(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "answers.json"
    write_atomic(path, "old")

    def crash(*_: object) -> None:
        assert path.read_text() == "old"
        raise OSError("crash")

    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(UserError):
        write_atomic(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("write", [write_atomic, append_line])
def test_a_folder_in_the_place_of_the_file_is_said_in_one_sentence(tmp_path: Path, write) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(UserError, match="taken could not be written"):
        write(tmp_path / "taken", "x", USUAL)
    i18n.use("es")
    with pytest.raises(UserError, match=r"No se pudo escribir .*taken .*: libere espacio o elija otra carpeta\.$"):
        write(tmp_path / "taken", "x", USUAL)
    assert list(tmp_path.iterdir()) == [tmp_path / "taken"]


@pytest.mark.parametrize("write", [write_atomic, append_line])
def test_a_file_in_the_place_of_the_folder_is_said_in_one_sentence(tmp_path: Path, write) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UserError, match="could not be written"):
        write(tmp_path / "file" / "x", "x", USUAL)
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("write", [write_atomic, append_line])
def test_a_folder_without_permission_is_said_in_one_sentence(tmp_path: Path, write) -> None:
    tmp_path.chmod(0o500)
    if os.access(tmp_path, os.W_OK):
        pytest.skip("root may write everywhere")
    with pytest.raises(UserError, match="could not be written"):
        write(tmp_path / "x", "x", USUAL)
    tmp_path.chmod(0o700)


def test_a_log_grows_line_by_line(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    append_line(log, "one", USUAL)
    append_line(log, "mañana", USUAL)
    assert log.read_text(encoding="utf-8") == "one\nmañana\n"


def test_lines_of_several_writers_do_not_mix(tmp_path: Path) -> None:
    log = tmp_path / "log"
    lines = [[f"{writer}:{number}:{'x' * 3000}" for number in range(50)] for writer in range(4)]

    def write(mine: list[str]) -> None:
        for line in mine:
            append_line(log, line, USUAL)

    writers = [threading.Thread(target=write, args=(mine,)) for mine in lines]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    # One that saw another's line half written may have left an empty one before its own.
    assert sorted(log.read_text().split()) == sorted(line for mine in lines for line in mine)


def test_a_line_of_which_only_the_beginning_fits_is_not_taken_for_written(tmp_path: Path, full_disk) -> None:
    with full_disk(), pytest.raises(UserError, match="could not be written"):
        append_line(tmp_path / "log", "a long line", USUAL)


def test_half_a_line_costs_itself_alone(tmp_path: Path, full_disk) -> None:
    log = tmp_path / "log"
    append_line(log, "1", USUAL)
    with full_disk(), pytest.raises(UserError):
        append_line(log, "the second", USUAL)
    append_line(log, "3", USUAL)
    append_line(log, "4", USUAL)
    assert log.read_text().split("\n") == ["1", "th", "3", "4", ""]


def test_what_might_never_end_is_not_read(tmp_path: Path, monkeypatch) -> None:
    pipe, large, small = tmp_path / "pipe", tmp_path / "large", tmp_path / "small"
    os.mkfifo(pipe)
    monkeypatch.setattr(files, "LARGEST", 10)
    large.write_bytes(b"x" * 11)
    small.write_bytes(b"x" * 10)
    for path in (pipe, large, tmp_path, tmp_path / "absent"):
        with pytest.raises(OSError):
            read_plain(path)
    assert read_plain(small) == b"x" * 10
