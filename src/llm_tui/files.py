"""Files: those of other people, of which kind and size are asked before anything is read; and writing one so that a
crash, a full disk or a second program leaves the old version or the new one, never half.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from llm_tui.i18n import Text, tr

HEAD = 1024
"""Bytes that tell what a file is."""


def opened(path: str | os.PathLike[str], most: int | None = None) -> IO[bytes]:
    """A plain file, open to be read: a pipe would block whoever asks, and a device might never end.

    Raises:
        OSError: there is none, it may not be read, is no plain file, or is larger than `most` bytes.
        ValueError: a NUL in the path.
    """
    # Without O_NONBLOCK opening a pipe waits for somebody who writes. What is opened is what is asked about.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        _check(handle, most)
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def read(path: str | os.PathLike[str], most: int) -> bytes:
    """The content of a plain file of at most `most` bytes.

    Raises:
        OSError: as of `opened`.
        ValueError: a NUL in the path.
    """
    with opened(path, most) as file:
        return file.read(most)


def stamp_of(folder: str | os.PathLike[str]) -> tuple[tuple[str, int, int], ...]:
    """Name, size and time of change of each file in a folder: another stamp means that it holds something else.

    Raises:
        OSError: it is no folder, or cannot be read.
        ValueError: a NUL in the path.
    """
    with os.scandir(folder) as there:
        files = [(entry.name, entry.stat()) for entry in there if entry.is_file()]
    return tuple(sorted((name, status.st_size, status.st_mtime_ns) for name, status in files))


def _check(handle: int, most: int | None) -> None:
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        raise _not_plain()
    if not status.st_size:
        # The system's own files, such as /proc/kmsg, have no size, and content that may never end.
        try:
            empty = not os.read(handle, 1)
        except BlockingIOError:
            empty = False
        if not empty:
            raise _not_plain()
    if most is not None and status.st_size > most:
        size = f"{most / 1e6:,.0f} MB"
        raise OSError(tr(f"larger than {size}", f"ocupa más de {size}"))


def _not_plain() -> OSError:
    return OSError(tr("not a plain file", "no es un archivo normal"))


def replace(path: Path, content: bytes, mode: int = 0o600, lasting: bool = True) -> None:
    """Put `content` in the place of a file: a temporary one beside it, fsync, rename. Needs no lock, on NFS either. The
    folder must exist. What is not `lasting`, the running programs need alone: it is not waited for until it is on the
    disk.

    Raises:
        OSError: it could not be written; the old version is untouched.
    """
    with _beside(path, content, mode, lasting) as temporary:
        os.replace(temporary, path)
    if lasting:
        _sync_folder(path.parent)


def create(path: Path, content: bytes, mode: int = 0o600) -> bool:
    """Write a file that only the running programs need, whole from the first moment on; False where there is one by
    now. The folder must exist.

    Raises:
        OSError: it could not be written.
    """
    with _beside(path, content, mode, lasting=False) as temporary:
        try:
            os.link(temporary, path)  # unlike a rename it replaces nothing, on NFS either
        except FileExistsError:
            return False
        except OSError:  # a file system without links
            os.rename(temporary, path)
    return True


@contextlib.contextmanager
def _beside(path: Path, content: bytes, mode: int, lasting: bool) -> Iterator[str]:
    """A hidden file with this content beside `path`, for as long as it is needed; a `lasting` one is on the disk."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        os.chmod(temporary, mode)
        yield temporary
    finally:
        with contextlib.suppress(OSError):  # it has its place by now
            os.unlink(temporary)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable; some network file systems do not offer this."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def no_text(head: bytes) -> Text | None:
    """What a file is that begins with these bytes and is no text of a person's; it completes “X is ...”."""
    return next((what for beginning, what in _BEGINNINGS.items() if head.startswith(beginning)), None)


def no_data(head: bytes) -> Text | None:
    """As `no_text`, of a file with a table, a model's settings or weights: these are no web pages."""
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    settings = bare.replace(b'\\"', b'"').lstrip(b'"')  # Keras's are often written as JSON in JSON
    if what := no_text(head):
        return what
    if bare.startswith((b"<!doctype html", b"<html")):
        return Text(
            "a web page: fetch the file itself, not the page that shows it",
            "una página web: descargue el archivo, no la página que lo muestra",
        )
    if settings.startswith(b"{") and b'"class_name"' in settings and b'"tokenizer"' in settings:
        return Text(
            "a tokenizer of Keras, which is another kind: use one with a tokenizer.json of Hugging Face",
            "un tokenizador de Keras, que es de otra clase: use uno con un tokenizer.json de Hugging Face",
        )
    return None


_BEGINNINGS = {
    b"version https://git-lfs.github.com/spec/": Text(
        "a Git LFS pointer, not the file itself: run “git lfs pull” in its folder",
        "un puntero de Git LFS, no el archivo: ejecute «git lfs pull» en su carpeta",
    ),
    b"PAR1": Text("a Parquet file: export it as text (CSV)", "un archivo Parquet: expórtelo como texto (CSV)"),
    b"PK\x03\x04": Text(
        "a workbook or a ZIP archive: export the sheet as CSV, or unpack it",
        "un libro de cálculo o un archivo ZIP: exporte la hoja como CSV, o descomprímalo",
    ),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": Text(
        "an old workbook: export the sheet as CSV", "un libro de cálculo antiguo: exporte la hoja como CSV"
    ),
    b"\x1f\x8b": Text("compressed with gzip: unpack it", "un archivo comprimido con gzip: descomprímalo"),
    b"ARROW1": Text(
        "a Feather or Arrow file: export it as text (CSV)", "un archivo Feather o Arrow: expórtelo como texto (CSV)"
    ),
    b"BZh": Text("compressed with bzip2: unpack it", "un archivo comprimido con bzip2: descomprímalo"),
    b"\xfd7zXZ\0": Text("compressed with xz: unpack it", "un archivo comprimido con xz: descomprímalo"),
    b"\x28\xb5\x2f\xfd": Text("compressed with zstd: unpack it", "un archivo comprimido con zstd: descomprímalo"),
    b"SQLite format 3\0": Text(
        "a SQLite database: export the table as CSV", "una base de datos SQLite: exporte la tabla como CSV"
    ),
    b"{\\rtf": Text("an RTF document: save it as plain text", "un documento RTF: guárdelo como texto sin formato"),
    b"%PDF-": Text("a PDF: save its text as a text file", "un PDF: guarde su texto como archivo de texto"),
}
