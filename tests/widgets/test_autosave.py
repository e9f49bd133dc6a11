"""What is being saved when nobody waits for it any more is waited for by the next who does."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from textual.widget import Widget

from llm_tui.widgets.autosave import Autosave


class Owner(Widget):
    def set_timer(self, *args: Any, **names: Any) -> Any:
        """None: nothing is saved but what is flushed here."""


async def test_who_looks_while_a_write_is_under_way_that_another_gave_up_sees_what_it_wrote():
    """The report was read twice: the first reading was given up while it waited for a write, and the second found
    nothing to save, and read the file as it was before.
    """
    began, goes_on, written = threading.Event(), threading.Event(), list[str]()

    def write() -> None:
        began.set()
        assert goes_on.wait(60)
        written.append("saved")

    save = Autosave(Owner(), write)
    save.touch()
    first = asyncio.create_task(save.flush())
    await asyncio.to_thread(began.wait, 60)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert first.cancelled() and save.unsaved
    second = asyncio.create_task(save.flush())
    await asyncio.sleep(0)
    goes_on.set()
    await second
    assert written == ["saved"] and not save.unsaved


async def test_nothing_is_begun_where_all_is_saved():
    save = Autosave(Owner(), lambda: 1 / 0)
    await save.flush()
    assert not save.unsaved
