"""How a command holds a lab while it works, and what it says where another program has it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from llm_tui.cli.options import open_lab, option
from llm_tui.errors import UserError
from llm_tui.i18n import tr

if TYPE_CHECKING:
    from llm_tui.lab.lab import Lab

LOOK_SECONDS = 1.0
"""Between two looks at whether another program has closed a lab."""

with_wait = option(
    "--wait",
    is_flag=True,
    help=tr(
        "Where another program has the lab open, wait until it is closed.",
        "Si otro programa tiene abierto el laboratorio, espera a que se cierre.",
    ),
)


@contextmanager
def held(folder: Path, wait: bool = False) -> Iterator[Lab]:
    """A lab that no other program writes answers to for the length of the block.

    Raises:
        OpenElsewhere: another program has it open, and nobody wants to `wait`.
        UserError: it cannot be written to.
    """
    from llm_tui.lab import courses
    from llm_tui.lab.claim import HEARTBEAT

    lab, told, over = open_lab(folder), False, threading.Event()
    while lab.claim() and lab.elsewhere:
        if not wait:
            raise OpenElsewhere(lab.elsewhere)
        if not told:
            told = True
            click.echo(f"{lab.elsewhere} {tr('Waiting…', 'Esperando…')}", err=True)
        time.sleep(LOOK_SECONDS)
    lab.check_writable()
    if said := courses.remember(lab):
        click.echo(said, err=True)

    def beat() -> None:
        while not over.wait(HEARTBEAT):
            lab.claim()

    threading.Thread(target=beat, daemon=True).start()
    try:
        yield lab
    finally:
        over.set()
        courses.remember(lab)  # a lab that was new is there now
        lab.release()


def keep_answers(lab: Lab, exercise: int | str, answers: object) -> None:
    """Save answers; where they cannot be, which the lab has told, the command ends with 2."""
    try:
        lab.save_answers(exercise, answers)
    except UserError:
        raise click.exceptions.Exit(2) from None


class OpenElsewhere(UserError):
    """Another program has the lab open; `who` says which."""

    def __init__(self, who: str):
        self.who = who
        way = tr(
            "Close that one, wait for it with --wait, or choose another lab with --lab.",
            "Cierre el otro, espérelo con --wait, o elija otro laboratorio con --lab.",
        )
        super().__init__(f"{who} {way}")
