"""Copying: what is sent to a terminal and to the multiplexers on the way, and the file where it cannot arrive."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from driving import eventually, said

from llm_tui.app import LabApp
from llm_tui.widgets import clipboard


@pytest.fixture
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    return monkeypatch


def decoded(sequence: str) -> str:
    found = re.fullmatch("\x1b\\]52;c;([A-Za-z0-9+/=]*)\x07", sequence)
    assert found, sequence
    return base64.b64decode(found[1]).decode()


def test_tmux_gets_it_for_itself_and_to_hand_on():
    first, second = clipboard.sequences("añadir".encode(), {"TMUX": "/tmp/x,1,0"})
    assert decoded(first) == "añadir"
    assert second.startswith("\x1bPtmux;\x1b\x1b]") and second.endswith("\x07\x1b\\")
    assert decoded(second.removeprefix("\x1bPtmux;\x1b").removesuffix("\x1b\\")) == "añadir"


def test_screen_hands_it_on_in_pieces_that_it_takes():
    text = "x" * 10_000
    pieces = list(clipboard.sequences(text.encode(), {"STY": "1.pts"}))
    assert all(piece.startswith("\x1bP") and piece.endswith("\x1b\\") and len(piece) <= 768 for piece in pieces)
    assert decoded("".join(piece[2:-2] for piece in pieces)) == text


async def test_what_is_sent_is_not_called_copied_and_what_cannot_arrive_is_in_a_file(
    lab, engine, notices, plain_terminal
):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        written: list[str] = []
        driver: Any = app._driver
        plain_terminal.setattr(driver, "write", written.append)
        app.copy("uno\ttwo [b]\x1b\n")
        assert [decoded(text) for text in written] == ["uno\ttwo [b]\x1b\n"]
        assert said(notices, "Sent to the terminal's clipboard: 13 characters. No terminal says whether it took them.")
        written.clear()

        app.copy("ñ" * 1_000_000)
        await eventually(pilot, lambda: said(notices, "too long for the clipboard of a terminal. It is in"))
        file = lab.folder / "exports" / "copied.txt"
        assert file.read_text(encoding="utf-8") == "ñ" * 1_000_000

        plain_terminal.setenv("TERM", "linux")
        app.copy("corto")
        await eventually(pilot, lambda: said(notices, "(linux) has no clipboard. It is in"))
        assert file.read_text(encoding="utf-8") == "corto" and not written
