"""Room for what is fetched: on the disk, in the person's quota, and where else on this machine. Light."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from llm_tui.errors import reason

PATIENCE = 2.0  # seconds for the quota program, which asks servers that may be silent; they are asked once
MOUNTS = Path("/proc/self/mountinfo")

_silent = False


@dataclass(frozen=True, slots=True)
class Room:
    """What may be written to a folder, which need not be there yet: bytes by the disk, and by the narrowest of the
    person's quotas, None where none is known. `refused` is why nothing can be written, empty where it can.
    """

    folder: Path
    disk: int
    quota: int | None = None
    refused: str = ""

    @property
    def free(self) -> int:
        return self.disk if self.quota is None else min(self.disk, self.quota)


def room_in(folder: Path) -> Room:
    """Looked up now. What refuses to be written may lie deeper: see `first_refusal`."""
    there = _existing(folder)
    try:
        disk = shutil.disk_usage(there).free  # what a plain user may take: the system keeps some for itself
    except OSError as error:
        return Room(folder, 0, refused=reason(error))
    return Room(folder, disk, _quota(there), first_refusal(folder))


def first_refusal(*folders: Path) -> str:
    """Which of some folders, or of the next ones above that are there, cannot be written, and why; empty if none. A
    file is made and goes again: permissions alone do not say it on a network's disks.
    """
    for folder in folders:
        there = _existing(folder)
        try:
            tempfile.TemporaryFile(dir=there).close()
        except OSError as error:
            return f"{there}: {reason(error)}{_owner(there)}"
    return ""


def elsewhere(needed: int, but: Path) -> Room | None:
    """The first of the other folders which the environment names that has room for so many bytes."""
    for folder in _candidates():
        if folder != but and (room := room_in(folder)).free >= needed and not room.refused:
            return room
    return None


def quota_program() -> bool:
    """Whether anybody here can say a quota."""
    return not _silent and shutil.which("quota") is not None


def in_words(size: int) -> str:
    if size >= 10**9:
        return f"{size / 1e9:.1f} GB"
    return f"{size / 1e6:.0f} MB" if size >= 10**7 else f"{size / 1e6:.1f} MB"


def _candidates() -> Iterator[Path]:
    """Folders for a cache of the hub: its usual one, then on the scratch disks, in folders that are the person's own:
    in /tmp anybody may have put models there. Whether TMPDIR lasts, nobody knows.
    """
    yield Path.home() / ".cache" / "huggingface" / "hub"
    user = os.environ.get("USER", "")
    for place in (os.environ.get("SCRATCH"), user and f"/scratch/{user}", os.environ.get("TMPDIR")):
        if place and _is_own(place):
            yield Path(place).absolute() / "huggingface" / "hub"


def _is_own(folder: str) -> bool:
    try:
        status = os.stat(folder)
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()


def _existing(folder: Path) -> Path:
    """The folder, or the next one above it that is there."""
    return next((there for there in (folder, *folder.parents) if os.path.isdir(there)), Path("/"))


def _owner(folder: Path) -> str:
    """Whose a folder is, where it is another user's."""
    import pwd

    try:
        owner = folder.stat().st_uid
        return "" if owner == os.geteuid() else f", {pwd.getpwuid(owner).pw_name}"
    except (OSError, KeyError):
        return ""


def _quota(folder: Path) -> int | None:
    """Bytes that are left of the narrowest of the person's quotas and their groups' on the disk of a folder."""
    global _silent
    if not quota_program():
        return None
    try:
        # Exits with 1 where a quota is exceeded; -p: a number for the days of grace, so that no column is empty.
        said = subprocess.run(
            ["quota", "-w", "-p", "-u", "-g"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            env=os.environ | {"LC_ALL": "C"},
            check=False,
        ).stdout.decode(errors="replace")
    except subprocess.TimeoutExpired:
        _silent = True
        return None
    except OSError:
        return None
    names = _mount(folder)
    left = [limit - used for name, used, limit in limits(said) if name in names]
    return max(0, min(left)) if left else None


def limits(said: str) -> Iterator[tuple[str, int, int]]:
    """Disk, bytes used and bytes allowed, of each line of the quota program that has a limit."""
    for line in said.splitlines():
        match line.split():
            case [name, used, soft, hard, *_] if limit := _blocks(hard) or _blocks(soft):
                yield name, _blocks(used), limit


def _blocks(field: str) -> int:
    """Bytes of a figure in blocks of 1024; an asterisk marks what is exceeded."""
    return int(field.rstrip("*")) * 1024 if re.fullmatch(r"\d+\*?", field) else 0


def _mount(folder: Path) -> set[str]:
    """How the quota program may call the disk of a folder: by its device or its export, or where it is mounted."""
    best: tuple[str, str] = ("", "")
    try:
        lines = MOUNTS.read_text(errors="replace").splitlines()
    except OSError:
        return set()
    real = str(folder.resolve())
    for line in lines:
        before, _, after = line.partition(" - ")
        where, source = _unescaped(before.split()[4]), _unescaped(after.split()[1])
        inside = where == "/" or real == where or real.startswith(f"{where}/")
        if inside and len(where) >= len(best[0]):  # of several in one place the last is on top
            best = where, source
    return set(best)


def _unescaped(field: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), field)
