"""A text in the person's own editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from textual.app import App
from textual.widgets import TextArea

from llm_tui import signals
from llm_tui.errors import UserError, reason
from llm_tui.i18n import tr


def edit_outside(app: App[Any], text: str) -> str:
    """The text as it was left in $VISUAL, $EDITOR or vi, which has the terminal meanwhile.

    Raises:
        UserError: the editor could not be started, or the file for it not be written or read.
    """
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            file = Path(folder) / "text.md"
            file.write_text(text, encoding="utf-8")
            open_outside(app, file)
            return file.read_text(encoding="utf-8", errors="replace").rstrip("\n")
    except OSError as error:
        why = reason(error)
        raise UserError(
            tr(
                f"The file for the editor could not be written or read in the folder for temporary files ({why}): make "
                "room there, or name another one in TMPDIR.",
                f"No se pudo escribir o leer el archivo para el editor en la carpeta de archivos temporales ({why}): "
                "haga sitio allí, o indique otra en TMPDIR.",
            )
        ) from error


def open_outside(app: App[Any], file: Path) -> None:
    """A file in the person's own editor, until it is left.

    Raises:
        UserError: the editor could not be started.
    """
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        command = [*shlex.split(editor), str(file)]
        with open("/dev/tty", "r+b", buffering=0) as terminal:
            if failed := _run(app, command, terminal):
                raise failed
    except (OSError, ValueError) as error:  # ValueError: a quotation mark that nothing closes
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise UserError(
            tr(
                f"The editor {editor} could not be started ({why}): set EDITOR to another.",
                f"No se pudo iniciar el editor {editor} ({why}): indique otro en EDITOR.",
            )
        ) from error


def _run(app: App[Any], command: Sequence[str], terminal: IO[bytes]) -> OSError | None:
    """Why it could not be started. It is not raised: Textual takes the terminal back at the end of `suspend` alone."""
    with signals.deaf(), app.suspend():
        try:
            subprocess.run(command, check=False, stdin=terminal, stdout=terminal, stderr=terminal)
        except OSError as error:
            return error
    return None


def rewrite_outside(area: TextArea) -> None:
    """The text of a field as it comes back from the editor, in one step.

    Raises:
        UserError: the editor could not be started, or the file for it not be written or read.
    """
    text = edit_outside(area.app, area.text)
    if text != area.text.rstrip("\n"):
        area.replace(text, (0, 0), area.document.end)
