"""What a folder must be to be a lab, and what a new one begins with."""

from __future__ import annotations

import os
from pathlib import Path

from llm_tui.errors import UserError
from llm_tui.i18n import tr

LAB_TOML = """\
# A lab of llm-tui. / Un laboratorio de llm-tui.
name = {name}

# true: audit.jsonl gets the texts that models are given, not only their SHA-256.
# true: audit.jsonl recibe los textos que se dan a los modelos, no solo su SHA-256.
log_texts = {log_texts}

# true: the folder's group may read and write this lab, not only you.
# true: el grupo de la carpeta puede leer y escribir este laboratorio, no solo usted.
group = false
"""


def default_folder(configured: str) -> Path:
    """The one that is `configured`, else `llm-lab` in the home folder."""
    return Path(os.path.expanduser(configured)) if configured else Path.home() / "llm-lab"


def check(folder: Path) -> str:
    """Say at once what would otherwise go wrong at the first save; returns why a lab that is there is read only."""
    there = folder
    # os.path, because Path.exists raises where a folder on the way may not be entered or a name is too long.
    while not os.path.exists(there) and there != there.parent:
        there = there.parent
    why = None
    if not os.path.isdir(there):
        why = tr(f"{there} is a file", f"{there} es un archivo")
    elif not os.access(there, os.W_OK | os.X_OK):
        parts = ("lab.toml", "exercises", "runs", "audit.jsonl")
        if there == folder and os.access(folder, os.R_OK | os.X_OK) and any((folder / part).exists() for part in parts):
            return tr(
                f"The lab {folder} cannot be written to, so it can only be read: to work in it, copy it to a folder of "
                "your own and open that one with --lab.",
                f"No se puede escribir en el laboratorio {folder}, así que solo se puede leer: para trabajar en él, "
                "cópielo a una carpeta propia y ábrala con --lab.",
            )
        why = tr(f"{there} cannot be written to", f"no se puede escribir en {there}")
    if not why:
        return ""
    raise UserError(
        tr(
            f"The lab {folder} cannot be opened ({why}): choose another folder with --lab.",
            f"No se puede abrir el laboratorio {folder} ({why}): elija otra carpeta con --lab.",
        )
    )
