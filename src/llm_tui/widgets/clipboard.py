"""The clipboard of the terminal, which takes what it is sent (OSC 52) or does not, and never says so."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Iterator, Mapping
from typing import Any

from textual.app import App

from llm_tui.errors import UserError
from llm_tui.i18n import number, tr
from llm_tui.widgets.host import host

MOST = 100_000
"""Characters of a sequence, base64 in it, that terminals take: hterm and older xterm drop what is longer, tmux what is
longer than its buffer of 1 MB.
"""
SCREEN_PIECE = 500
"""Characters that GNU screen hands on at a time: it drops a string of more than 768."""
FILE = "copied.txt"


def copy(app: App[Any], text: str) -> None:
    """Send `text` to the terminal's clipboard, or, where it is known not to arrive there, into a file of the lab."""
    data = text.encode("utf-8", "replace")
    app._clipboard = text
    if why := _unfit(os.environ, 4 * len(data) / 3):
        app.run_worker(_write(app, data, why))
        return
    if app._driver is not None:
        for sequence in sequences(data, os.environ):
            app._driver.write(sequence)
    app.notify(
        tr(
            f"Sent to the terminal's clipboard: {number(len(text))} characters. No terminal says whether it took them.",
            f"Enviado al portapapeles de la terminal: {number(len(text))} caracteres. Ninguna terminal dice "
            "si los tomó.",
        ),
        markup=False,
    )


def sequences(data: bytes, environ: Mapping[str, str]) -> Iterator[str]:
    """What sends it: to the terminal, and through the multiplexer that the program runs in."""
    sequence = f"\x1b]52;c;{base64.b64encode(data).decode()}\x07"
    if environ.get("STY"):  # screen has no clipboard to give on: it hands strings on
        for at in range(0, len(sequence), SCREEN_PIECE):
            yield f"\x1bP{sequence[at : at + SCREEN_PIECE]}\x1b\\"
        return
    yield sequence
    if environ.get("TMUX"):
        # With set-clipboard off or external tmux leaves the one above out; with allow-passthrough it hands this one on.
        yield f"\x1bPtmux;\x1b{sequence}\x1b\\"


def _unfit(environ: Mapping[str, str], characters: float) -> str:
    """Why it is known not to arrive; empty where it may."""
    kind = environ.get("TERM", "")
    if kind.startswith(("linux", "vt", "dumb")):
        return tr(f"This terminal ({kind}) has no clipboard.", f"Esta terminal ({kind}) no tiene portapapeles.")
    if characters > MOST:
        return tr(
            "It is too long for the clipboard of a terminal.",
            "Es demasiado largo para el portapapeles de una terminal.",
        )
    return ""


async def _write(app: App[Any], data: bytes, why: str) -> None:
    lab = host(app.screen).lab
    try:
        path = await asyncio.to_thread(lab.export, FILE, data)
    except UserError as error:
        app.notify(f"{why} {error}", severity="error", markup=False)
        return
    app.notify(tr(f"{why} It is in {path}.", f"{why} Está en {path}."), timeout=20, markup=False)
