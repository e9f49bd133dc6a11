"""What a killed program leaves in a lab: temporary files, and folders of runs that never came to their config."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from llm_tui.lab.files import read_plain

if TYPE_CHECKING:
    from llm_tui.lab.stored import Unreadable

MARGIN = 5.0
"""Seconds. What is younger may still be written by a program that does not claim the lab."""

_OURS = {
    "": r"lab\.toml|\.?open\.json|\.working-\d+-[0-9a-f]{8}\.json|\.stop-\d+-[0-9a-f]{8}",
    "exercises": r"(\d+|[a-z]+)(\.\d{8}-\d{6}-\d{6})?\.json",
    "exports": r"[\w.-]+\.(md|html|csv|json|txt|pdf|docx|ipynb)|\.written\.json",
    "code": r"[\w.-]+\.(py|csv|txt|json)|\.written\.json",
    "runs": r"(config|result|vocab)\.json|model\.safetensors|README(-\d+)?\.md",
}
"""The files that are written to each folder of a lab; for `runs`, to each folder in it."""

_TEMPORARY = {folder: re.compile(rf"\.({names})\.[a-z0-9_]{{8}}") for folder, names in _OURS.items()}
"""As `tempfile` names them, with the name of the file that they were to become."""

_SIGNS = re.compile(r"\.(working-\d+-[0-9a-f]{8}\.json|stop-\d+-[0-9a-f]{8})")
"""What a program writes every few seconds while it works; whole, and of no use once it has ended."""

SILENT = 180.0
"""Seconds after which such a sign is of a program that has ended."""

_RUN = re.compile(r"\d{8}-\d{6}-\d{6}-b\d+-s\d+(-\d+)?")


def left_behind(lab: Path) -> Iterator[Path]:
    """The temporary files, and the folders of runs in which there is nothing else, or a curve of nobody knows what."""
    for folder in ("", "exercises", "exports", "code"):
        yield from (path for path in _entries(lab / folder) if _temporary(path, folder))
    for run in run_folders(lab):
        yield from _left_in(run)


def _left_in(run: Path) -> list[Path]:
    try:
        files = sorted(run / name for name in os.listdir(run))
    except OSError:  # what a disk does not give now need not be empty
        return []
    temporary = [path for path in files if _temporary(path, "runs")]
    return [run] if all(path in temporary or path.name == "metrics.jsonl" for path in files) else temporary


def damage(folder: Path) -> OSError | Unreadable | None:
    """Why no list has the run of a folder: its config was read and is none, or is not there; or it cannot be read, as
    on a disk that is full or away, and may be another time.
    """
    from llm_tui.lab import stored
    from llm_tui.lab.runs import Config

    try:
        found = stored.read(read_plain(folder / "config.json"), Config)
    except FileNotFoundError as error:
        return stored.Unreadable(str(error))
    except (OSError, stored.Unreadable) as error:
        return error
    return stored.Unreadable(", ".join(found.lost)) if found.lost else None


def run_folders(lab: Path) -> Iterator[Path]:
    """All that are named as folders of runs are."""
    for path in _entries(lab / "runs"):
        if _RUN.fullmatch(path.name) and path.is_dir() and not path.is_symlink():
            yield path


def clean(lab: Path, before: float) -> list[Path]:
    """Delete what was left behind; only what is older than the time `before`, as the file system has it. Returns what
    is gone.
    """
    gone = []
    signs = [(path, SILENT) for path in _entries(lab) if _SIGNS.fullmatch(path.name)]
    for path, margin in [*((path, MARGIN) for path in left_behind(lab)), *signs]:
        with contextlib.suppress(OSError):
            if path.lstat().st_mtime < before - margin:
                delete(path)
                gone.append(path)
    return gone


def delete(path: Path) -> None:
    """
    Raises:
        OSError: it could not be deleted.
    """
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _temporary(path: Path, folder: str) -> bool:
    try:
        return bool(_TEMPORARY[folder].fullmatch(path.name)) and stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _entries(folder: Path) -> Iterator[Path]:
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    yield from (folder / name for name in names)
