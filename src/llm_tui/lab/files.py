"""The files of a lab: who may read and write them, and what is said where one cannot be written."""

from __future__ import annotations

import contextlib
import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from llm_tui import files
from llm_tui.errors import UserError, reason
from llm_tui.i18n import tr

LARGEST = 64 * 2**20
"""No file of a lab that is read whole is this large, by far."""

# The umask can only be read by setting it: once, before threads could disagree.
UMASK = os.umask(0)
os.umask(UMASK)


@dataclass(frozen=True, slots=True)
class Access:
    """Who may read and write what is made: the permission bits of a file, and those of a folder."""

    file: int
    folder: int


USUAL = Access(0o666 & ~UMASK, 0o777 & ~UMASK)
"""What the umask says."""

OWN = Access(0o600, 0o700)
"""The person alone."""

GROUP = Access(0o660, 0o2770)
"""The folder's group too, to which all that is made in it belongs."""


def read_plain(path: Path) -> bytes:
    """The content of a plain file. A lab may come from somebody else: pipes and devices, which might never end, and
    files of gigabytes are not read.

    Raises:
        OSError: it could not be read, or is none.
    """
    return files.read(path, LARGEST)


def read_if_there(path: Path) -> bytes | None:
    """As `read_plain`; None where there is no such file.

    Raises:
        UserError: it could not be read.
    """
    try:
        return read_plain(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise cannot_read(path, error) from error


def write_atomic(path: Path, content: str | bytes, access: Access = USUAL) -> None:
    """Replace `path` by `content`, in one step. The folder must exist.

    Raises:
        UserError: it could not be written; the old version is untouched.
    """
    try:
        files.replace(path, content.encode() if isinstance(content, str) else content, access.file)
    except OSError as error:
        raise cannot_write(path, error) from error


def open_log(path: Path, access: Access) -> IO[bytes]:
    """A file that only grows, unbuffered; its end can be read. The folder must exist.

    Raises:
        OSError: it could not be opened.
    """
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, access.file)
    if access is GROUP:
        with contextlib.suppress(OSError):  # somebody else's of the group
            os.fchmod(handle, access.file)
    return os.fdopen(handle, "a+b", buffering=0)


def append_line(path: Path, line: str, access: Access) -> None:
    """Add one line to a log with a single write, so that lines of several programs do not mix. The folder must exist.

    Raises:
        UserError: it could not be written.
    """
    try:
        with open_log(path, access) as file:
            write_line(file, line.encode())
    except OSError as error:
        raise cannot_write(path, error) from error


def write_line(log: IO[bytes], line: bytes) -> None:
    """Add one line to an open log; half of one that a full disk has cut off stays a line of its own.

    Raises:
        OSError: not all of it could be written.
    """
    data = (b"\n" if _cut_off(log) else b"") + line + b"\n"
    if (log.write(data) or 0) < len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _cut_off(log: IO[bytes]) -> bool:
    if not log.seek(0, os.SEEK_END):
        return False
    log.seek(-1, os.SEEK_END)
    return log.read(1) != b"\n"


def make_folder(path: Path, access: Access) -> None:
    """Make a folder in one that exists.

    Raises:
        OSError: it could not be made, or is there already.
    """
    os.mkdir(path, access.folder)
    if access is GROUP:  # the umask has taken it away
        os.chmod(path, access.folder)


def cannot_read(path: Path, error: OSError) -> UserError:
    return UserError(tr(f"{path} cannot be read ({reason(error)}).", f"{path} no se puede leer ({reason(error)})."))


def cannot_write(path: Path, error: OSError) -> UserError:
    return UserError(
        tr(
            f"{path} could not be written ({reason(error)}): free some space or choose another folder.",
            f"No se pudo escribir {path} ({reason(error)}): libere espacio o elija otra carpeta.",
        )
    )
