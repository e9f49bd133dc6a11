"""What an answer of the ethics checklist can rest on: the facts of the lab, looked up and chosen from."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from textual.message import Message

from llm_tui.errors import UserError
from llm_tui.exercises.checklist import Item
from llm_tui.exercises.ethics import Entry
from llm_tui.i18n import tr
from llm_tui.report.evidence import Fact, facts
from llm_tui.screens.mode import ModeScreen


@dataclass
class Known(Message):
    """What the lab knows now."""

    facts: tuple[Fact, ...]


def look_up(screen: ModeScreen) -> None:
    """Tell the screen what is `Known`; looked up on a thread: the lab may be on a slow file system."""

    def look() -> None:
        try:
            screen.post_message(Known(facts(screen.host.lab)))
        except UserError:
            return

    screen.run_worker(look, thread=True, exclusive=True, group="facts")


async def choose(
    screen: ModeScreen,
    item: Item | None,
    entry: Callable[[], Entry],
    take: Callable[[Entry], None],
) -> None:
    """Ask for a fact, those of the item's topic first. It is put to the entry; one that is there is taken away. The lab
    is asked anew, behind what was not saved yet: a key may be faster than what was looked up.
    """
    from llm_tui.screens.dialogs import ChoiceDialog

    await screen.flush()
    try:
        known = await asyncio.to_thread(facts, screen.host.lab)
    except UserError as error:
        screen.notify(str(error), severity="error", markup=False)
        return
    if not known or item is None:
        screen.notify(
            tr("The lab has no facts yet: do an exercise.", "El laboratorio aún no tiene hechos: haga un ejercicio.")
        )
        return
    order = sorted(known, key=lambda fact: fact.topic != item.topic)

    def chosen(row: int | None) -> None:
        if row is not None:
            key, now = order[row].key, entry()
            kept = tuple(other for other in now.evidence if other != key)
            take(replace(now, evidence=kept if key in now.evidence else (*kept, key)))

    title = tr("Evidence from this lab", "Evidencia de este laboratorio")
    screen.host.open_late(ChoiceDialog(title, str(item.question), [str(fact.said) for fact in order]), chosen)
