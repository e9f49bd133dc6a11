"""config.toml as other people's programs leave it: hostile, linked to, of another system, or written by two at once."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from llm_tui.config import read_config
from llm_tui.config_file import remember
from llm_tui.errors import UserError

HOSTILE: dict[str, Callable[[Path], object]] = {
    "huge": lambda path: path.write_bytes(b"# " + b"x" * 1_000_001),
    "not UTF-8": lambda path: path.write_bytes(b'lab = "\xff"'),
    "a pipe": lambda path: os.mkfifo(path),
    "a folder": lambda path: path.mkdir(),
    "a loop of links": lambda path: path.symlink_to(path),
    "not TOML": lambda path: path.write_text("lab = \x1b[31m\n"),
    "deep": lambda path: path.write_text("a = " + "[" * 9_000),
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_what_cannot_be_read_is_one_sentence_and_is_left_as_it_is(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    path = tmp_path / "config.toml"
    make(path)
    before = os.lstat(path)
    (problem,) = read_config(path).problems
    assert str(path) in problem and problem.isprintable()
    with pytest.raises(UserError) as refused:
        remember("offline", True, path)
    assert str(path) in str(refused.value) and str(refused.value).isprintable()
    after = os.lstat(path)
    assert (after.st_ino, after.st_size) == (before.st_ino, before.st_size)
    assert os.listdir(tmp_path) == ["config.toml"]


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("")
    with pytest.raises(UserError):
        remember("offline", True, tmp_path / "config" / "llm-tui" / "config.toml")


def test_a_link_stays_one_and_who_may_read_the_file_too(tmp_path: Path) -> None:
    """Many keep their configuration in a repository, and link to it."""
    real = tmp_path / "dotfiles" / "llm-tui.toml"
    real.parent.mkdir()
    real.write_text("bell = false\n")
    real.chmod(0o640)
    link = tmp_path / "config.toml"
    link.symlink_to(real)
    remember("offline", True, link)
    assert link.is_symlink()
    assert tomllib.loads(real.read_text()) == {"bell": False, "offline": True}
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("lab = 'a'  # of the course\nbell = true\n", 'lab = "b"  # of the course\nbell = true\n'),
        ('lab = "a # b"\r\n', 'lab = "b"\r\n'),
        ('lab = "a # b" # c # d', 'lab = "b" # c # d'),
        ("\ufeff# head\nbell = true\n", '\ufefflab = "b"\n# head\nbell = true\n'),
        ("  lab = 'a'\n[keys]\nlab = 'f10'\n", "  lab = \"b\"\n[keys]\nlab = 'f10'\n"),
    ],
)
def test_what_stands_beside_a_value_stays(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(before.encode())
    remember("lab", "b", path)
    assert path.read_bytes().decode() == after


def test_two_programs_that_write_at_once_leave_both_values(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    code = (
        "import sys; from pathlib import Path; from llm_tui.config_file import remember\n"
        "for turn in range(25): remember(sys.argv[1], turn % 2 == 0, Path(sys.argv[2]))"
    )
    programs = [subprocess.Popen([sys.executable, "-c", code, name, path]) for name in ("offline", "bell")]
    assert [program.wait(120) for program in programs] == [0, 0]
    assert tomllib.loads(path.read_text()) == {"offline": True, "bell": True}
