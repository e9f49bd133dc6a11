"""Home: what it has read moves its parts once, for a line may be slow."""

from __future__ import annotations

from driving import eventually, painted
from textual.geometry import Region
from textual.message import Message
from textual.screen import Screen

from llm_tui.app import LabApp
from llm_tui.exercises.registry import handed_in
from llm_tui.lab.lab import Lab
from llm_tui.screens.home import Exercises, HomeScreen, Looked

PARTS = ("#body", "#exercises", "#recent", "#facts", "#environment")


async def test_the_parts_move_once_for_all_that_was_read(lab: Lab, engine):
    arranged: list[list[Region]] = []

    def keep(screen: Screen[object]) -> None:
        arranged.append([screen.query_one(part).region for part in PARTS])

    def moves() -> int:
        made = [one for one, before in zip(arranged[1:], arranged, strict=False) if one != before]
        arranged[:-1] = []
        return len(made)

    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await eventually(pilot, lambda: "to do: 10 translations" in painted(pilot))
        app.screen.screen_layout_refresh_signal.subscribe(app.screen, keep)
        keep(app.screen)
        for state, shown in (("", "one run"), ("to do: " + "what is long " * 3, "another run")):
            app.screen.post_message(Looked([state] * len(handed_in()), [shown]))
            height = len(handed_in()) * (2 if state else 1)
            await eventually(pilot, lambda height=height: app.screen.query_one("#exercises").size.height == height)
            await eventually(pilot, lambda shown=shown: shown in painted(pilot))
            await eventually(pilot, lambda: len(arranged) > 1)
            await pilot.pause(0.2)
            assert moves() <= 2, "the list, and what stands below it: at once, where the machine is not busy"


async def test_the_first_image_of_the_list_has_the_size_it_keeps_until_the_lab_was_read(lab: Lab, engine):
    sizes: list[tuple[int, int]] = []

    def hear(message: Message) -> None:
        if isinstance(message, Exercises.Resized):
            sizes.append(app.screen.query_one("#exercises").size)

    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24), message_hook=hear) as pilot:
        assert isinstance(app.screen, HomeScreen)
        await eventually(pilot, lambda: "to do: 10 translations" in painted(pilot) and len(set(sizes)) > 1)
    assert sizes[0] == (78, len(handed_in()))
    assert len(set(sizes)) == 2
