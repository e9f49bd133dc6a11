"""The clipboard of the terminal."""

from __future__ import annotations

import base64
import os
from typing import Any

from textual.app import App

from llm_tui.i18n import tr


def copy(app: App[Any], text: str) -> None:
    """Send `text` to the terminal's clipboard (OSC 52), and through tmux where the app runs in it."""
    app.copy_to_clipboard(text)
    if os.environ.get("TMUX") and app._driver is not None:
        encoded = base64.b64encode(text.encode()).decode()
        app._driver.write(f"\x1bPtmux;\x1b\x1b]52;c;{encoded}\x07\x1b\\")
    app.notify(
        tr(
            f"Sent to the terminal's clipboard: {len(text)} characters.",
            f"Enviado al portapapeles de la terminal: {len(text)} caracteres.",
        )
    )
