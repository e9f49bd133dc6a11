"""A screen that a person fills in: its answers, the one way to change them, taking back, and keeping."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.message import Message

from llm_tui.errors import UserError
from llm_tui.i18n import tr
from llm_tui.keys import UNDO, spoken
from llm_tui.screens.taking_back import TakesBack
from llm_tui.widgets.autosave import Autosave
from llm_tui.widgets.undo import Undo

if TYPE_CHECKING:
    from llm_tui.engine.job import Job
    from llm_tui.exercises.reading import Page
    from llm_tui.foundation.job import Asking
    from llm_tui.playground.state import Playground
    from llm_tui.screens.reading import Seen

A = TypeVar("A")
T = TypeVar("T")


class HandedOver(Message, bubble=False):
    """What was asked in the playground, for the exercise that is done with its task."""

    def __init__(self, job: Job):
        super().__init__()
        self.job = job


class AnswersScreen(TakesBack[A]):
    """All that it holds is in `answers`, a value that never changes. What a person does goes through `change`, and is
    taken back there, whether it was a letter, a mark, or a row that was deleted.
    """

    NUMBER: ClassVar[int | str]
    """Under what name the lab keeps the answers."""

    answers: A

    def __init__(self, answers: A) -> None:
        super().__init__()
        self.answers = answers
        self._save = Autosave(self, lambda: self.host.lab.save_answers(self.NUMBER, self.answers))

    @abstractmethod
    def fill(self) -> None:
        """Put into the fields what a person has written, where they show something else; nobody has typed it."""

    @abstractmethod
    def show(self) -> None:
        """Show the answers, and what follows from them."""

    def read_answers(self) -> None:
        """From the lab; said where they cannot be read."""
        try:
            self.answers = self.host.lab.answers(self.NUMBER, type(self.answers))
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)

    @property
    def unsaved(self) -> bool:
        """Whether a person has written something here that the lab does not have."""
        return self._save.unsaved

    def renew(self) -> None:
        """What stands in the lab holds from now on, for another program has written it; what was written here goes."""
        self._save.drop()
        try:
            answers = self.host.lab.answers_anew(self.NUMBER, type(self.answers))
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        if answers != self.answers:
            self._undo = Undo()
            self.become(answers, keep=False)
            self._refill()

    async def asking(self) -> Asking:
        """How models are asked, as the playground's settings say: those that stand there, else those of the lab.

        Raises:
            UserError: one of them does not say what it should, or they cannot be read.
        """
        from llm_tui.playground.state import parse_settings

        return parse_settings((await self.playground()).all_settings())

    async def playground(self) -> Playground:
        """As it stands, else as the lab has it.

        Raises:
            UserError: it cannot be read.
        """
        from llm_tui.playground.state import Playground

        if kept := self.host.playground:
            return kept
        return await asyncio.to_thread(self.host.lab.answers, "playground", Playground)

    def preset(self) -> Iterable[object]:
        """What stands in the fields of this screen before a person writes in them, beside what is in new answers."""
        return ()

    def on_seen(self, message: Seen) -> None:
        """The example of a page goes in, to be taken back; where something of the person's own would give way, they are
        asked.
        """
        from llm_tui.exercises import reading
        from llm_tui.screens.dialogs import ConfirmDialog

        page, example = message.page, message.page.example()

        def put(yes: bool | None = True) -> None:
            if yes:
                self.change(reading.set_up(self.answers, example))
                self._refill()
                self.notify(_stands(page), markup=False)

        if reading.is_own(self.answers, example, self.preset()):
            asked = tr(
                f"Something of your own stands here. Put the example of “{page.title}” in its place? "
                f"{UNDO.spoken} brings yours back.",
                f"Aquí hay algo suyo. ¿Poner en su lugar el ejemplo de «{page.title}»? {UNDO.spoken} repone lo suyo.",
            )
            self.app.push_screen(ConfirmDialog(asked, tr("Put it there", "Ponerlo")), put)
        elif example:
            put()

    def on_handed_over(self, message: HandedOver) -> None:
        self.take_over(message.job)

    def take_over(self, job: Job) -> None:
        """What was asked in the playground becomes material of this screen, where it can."""
        said = tr(
            "This exercise takes nothing from the playground.", "Este ejercicio no toma nada del banco de pruebas."
        )
        self.notify(said)

    async def flush(self) -> None:
        await self._save.flush()

    async def settled(self) -> None:
        """Wait until what is being saved has been, or could not be."""
        await self._save.settled()

    def change(self, answers: A, typing: str = "") -> None:
        """What a person does. `typing` names the field in which they write: its letters are taken back together."""
        if answers != self.answers:
            self._undo.keep(self.answers, typing)
            self.become(answers)

    def learn(self, more: Callable[[A], A], keep: bool = True) -> None:
        """What a model or a run has found out: taking back what a person did does not lose it. What need not be kept is
        not written for its own sake.
        """
        self._undo.map(more)
        answers = more(self.answers)
        if answers != self.answers:
            self.become(answers, keep)

    def become(self, answers: A, keep: bool = True) -> None:
        """Have these answers from now on, wherever they come from."""
        self.answers = answers
        if keep:
            self._save.touch()
        self.show()

    def action_undo(self) -> None:
        self._go(self._undo.back(self.answers))

    def action_redo(self) -> None:
        self._go(self._undo.forth(self.answers))

    def _go(self, answers: A) -> None:
        if answers is not self.answers:
            self.become(answers)
            self._refill()

    def _refill(self) -> None:
        from llm_tui.widgets.table_editor import TableEditor

        self.fill()
        for editor in self.query(TableEditor):
            editor.fill()


def place_of(thing: T, things: Sequence[T], before: int) -> int | None:
    """Where something stands that stood at `before` when a window was opened over it: another program may have written
    the answers since. None where it is gone.
    """
    if before < len(things) and things[before] == thing:
        return before
    return things.index(thing) if thing in things else None


def _stands(page: Page) -> str:
    return tr(
        f"The example of “{page.title}” stands here: {spoken('run')} runs it, {UNDO.spoken} takes it away.",
        f"Aquí está el ejemplo de «{page.title}»: {spoken('run')} lo ejecuta y {UNDO.spoken} lo quita.",
    )
