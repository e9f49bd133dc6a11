"""How much room there is, by the disk and by the quota program, and where else there is some."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui.hub import room
from llm_tui.hub.room import Room, elsewhere, in_words, room_in

GB = 10**9
HEAD = """\
Disk quotas for user ana (uid 1000):
     Filesystem   blocks   quota   limit   grace   files   quota   limit   grace
"""
LINE = "server:/export/home {used} {soft} {hard} 0 300 0 0 0\n"


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory from another machine, as the system tells it, without a quota program; disks have 100 GB."""
    home = tmp_path / "my home"
    home.mkdir()
    mounts = tmp_path / "mountinfo"
    where = str(home.resolve()).replace(" ", "\\040")
    mounts.write_text(
        "1 0 0:1 / / rw - ext4 /dev/vda rw\n"
        f"2 1 0:2 / {where} rw,nosuid shared:3 - nfs4 server:/export/home rw\n"
        f"3 1 0:3 / {where}ly rw - tmpfs tmpfs rw\n"
    )
    monkeypatch.setattr(room, "MOUNTS", mounts)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(200 * GB, 100 * GB, 100 * GB))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(home))
    for name in ("SCRATCH", "TMPDIR", "USER"):
        monkeypatch.delenv(name, raising=False)
    return home


def quota(home: Path, said: str, code: int = 0) -> None:
    """A quota program that says so."""
    program = home.parent / "bin" / "quota"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\n/bin/cat <<'END'\n{said}END\nexit {code}\n")
    program.chmod(0o755)


def test_without_a_quota_program_the_disk_alone_counts(home: Path) -> None:
    assert room_in(home / "not" / "yet") == Room(home / "not" / "yet", 100 * GB)


@pytest.mark.parametrize(
    ("used", "soft", "hard", "code", "left"),
    [
        ("2000000", "0", "5000000", 0, 3_000_000 * 1024),
        ("2000000", "4000000", "0", 0, 2_000_000 * 1024),
        ("4500000*", "4000000", "5000000", 1, 500_000 * 1024),
        ("5000001*", "4000000", "5000000", 1, 0),
        ("2000000", "0", "0", 0, None),
    ],
)
def test_what_is_left_of_a_quota(home: Path, used: str, soft: str, hard: str, code: int, left: int | None) -> None:
    quota(home, HEAD + LINE.format(used=used, soft=soft, hard=hard), code)
    found = room_in(home / "cache")
    assert found.quota == left
    assert found.free == (100 * GB if left is None else min(left, 100 * GB))


def test_the_quota_of_another_disk_does_not_count_and_the_narrowest_does(home: Path) -> None:
    mounts = home.parent / "mountinfo"
    mounts.write_text(mounts.read_text().replace("server:/export/home", "/dev/sdb1"))
    lines = "/dev/sda1 0 1 1 0 1 0 0 0\n/dev/sdb1 0 900 1000 0 1 0 0 0\n/dev/sdb1 300 0 700 0 1 0 0 0\n"
    quota(home, HEAD + lines)
    assert room_in(home).quota == 400 * 1024


@pytest.mark.parametrize("said", ["Disk quotas for user ana (uid 1000): none\n", "", "quota: error 5\n/dev/sdb1\n"])
def test_a_program_that_knows_of_none_gives_none(home: Path, said: str) -> None:
    quota(home, said)
    assert room_in(home).quota is None


def test_a_quota_program_that_waits_for_a_server_is_left(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "PATIENCE", 0.2)
    monkeypatch.setattr(room, "_silent", False)
    quota(home, "")
    (home.parent / "bin" / "quota").write_text("#!/bin/sh\nexec /bin/sleep 600\n")
    assert room_in(home) == Room(home, 100 * GB)
    monkeypatch.setattr(room, "PATIENCE", 600)
    assert room_in(home) == Room(home, 100 * GB), "it is not asked again"


@given(said=st.text(st.sampled_from("/dev 019*\n-x"), max_size=60))
def test_whatever_a_quota_program_says_is_read(said: str) -> None:
    assert all(limit > 0 and used >= 0 for _, used, limit in room.limits(said))


def test_what_cannot_be_written_is_named_with_the_systems_words(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    assert not room_in(home).refused
    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert room_in(home / "not" / "yet").refused == f"{home}: Read-only file system"


def test_other_places_are_those_that_the_environment_names_and_that_have_room(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = home / ".cache" / "huggingface" / "hub"
    assert elsewhere(GB, but=tmp_path) == Room(usual, 100 * GB)
    assert elsewhere(GB, but=usual) is None
    monkeypatch.setenv("SCRATCH", str(tmp_path / "absent"))
    assert elsewhere(GB, but=usual) is None
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    assert elsewhere(GB, but=usual) == Room(tmp_path / "temporary" / "huggingface" / "hub", 100 * GB)
    (tmp_path / "absent").mkdir()
    assert elsewhere(GB, but=usual) == Room(tmp_path / "absent" / "huggingface" / "hub", 100 * GB)
    assert elsewhere(101 * GB, but=usual) is None
    monkeypatch.setattr(os, "geteuid", lambda: 12_345)
    assert elsewhere(GB, but=usual) is None, "in another person's folder anybody may have put anything"


@pytest.mark.parametrize(
    ("size", "shown"), [(0, "0.0 MB"), (1_500_000, "1.5 MB"), (307_900_000, "308 MB"), (3_100_000_000, "3.1 GB")]
)
def test_sizes_in_words(size: int, shown: str) -> None:
    assert in_words(size) == shown
