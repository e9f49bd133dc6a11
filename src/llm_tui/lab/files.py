"""Writing files so that a crash, a full disk or a second program leaves the old version or the new one, never half."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from llm_tui import files
from llm_tui.errors import UserError, reason
from llm_tui.i18n import tr

LARGEST = 64 * 2**20
"""No file of a lab that is read whole is this large, by far."""


def read_plain(path: Path) -> bytes:
    """The content of a plain file. A lab may come from somebody else: pipes and devices, which might never end, and
    files of gigabytes are not read.

    Raises:
        OSError: it could not be read, or is none.
    """
    return files.read(path, LARGEST)


def write_atomic(path: Path, content: str | bytes) -> None:
    """Replace `path` by `content`: a temporary file beside it, fsync, rename. Needs no lock, on NFS either.

    Raises:
        UserError: it could not be written; the old version is untouched.
    """
    data = content.encode() if isinstance(content, str) else content
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~UMASK)
        os.replace(temporary, path)
        temporary = ""
        _sync_folder(path.parent)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        if temporary:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def append_line(path: Path, line: str) -> None:
    """Add one line to a log with a single write, so that lines of several programs do not mix.

    Raises:
        UserError: it could not be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            data = (line + "\n").encode()
            if os.write(handle, data) < len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        finally:
            os.close(handle)
    except OSError as error:
        raise cannot_write(path, error) from error


def cannot_write(path: Path, error: OSError) -> UserError:
    return UserError(
        tr(
            f"{path} could not be written ({reason(error)}): free some space or choose another folder.",
            f"No se pudo escribir {path} ({reason(error)}): libere espacio o elija otra carpeta.",
        )
    )


# The umask can only be read by setting it: once, before threads could disagree.
UMASK = os.umask(0)
os.umask(UMASK)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable; some network file systems do not offer this."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
