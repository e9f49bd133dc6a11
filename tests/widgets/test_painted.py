"""Dialogs that were closed leave nothing behind."""

from __future__ import annotations

import gc

import pytest
from textual._styles_cache import StylesCache
from textual.strip import Strip

from llm_tui.app import LabApp
from llm_tui.lab.lab import Lab


def living(kind: type) -> int:
    gc.collect()
    return sum(1 for thing in gc.get_objects() if type(thing) is kind)


@pytest.mark.parametrize("key", ["ctrl+p", "f1"])
async def test_a_dialog_that_was_closed_keeps_none_of_its_lines(key: str, lab: Lab, engine) -> None:
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(2):
            await pilot.press(key, "escape")
            await pilot.pause()
        before = living(StylesCache), living(Strip)
        for _ in range(4):
            await pilot.press(key, "escape")
            await pilot.pause()
        caches, lines = living(StylesCache), living(Strip)
    assert caches <= before[0] + 4
    assert lines <= before[1] + 20
