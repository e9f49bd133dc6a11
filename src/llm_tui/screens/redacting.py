"""A text without its personal data: what is proposed to go, one by one, and the text as it then is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.foundation.labels_job import Entities, Recognized
from llm_tui.i18n import Text, number, tr
from llm_tui.keys import CLOSE, MARK, REDACT, bindings, common, spoken
from llm_tui.playground import registry
from llm_tui.playground.tasks import entities
from llm_tui.redaction.done import NAME, Redactions
from llm_tui.redaction.proposals import KINDS, Proposal, proposals, redacted
from llm_tui.redaction.rules import by_form, region
from llm_tui.screens.leaving import Dialog
from llm_tui.screens.mode import ModeScreen
from llm_tui.visible import shortened, visible
from llm_tui.widgets.host import host
from llm_tui.widgets.option_list import OptionList

FILE = "redacted.txt"


class RedactingDialog(Dialog[tuple[Proposal, ...] | None]):
    """Gives the proposals back as the person has them, to be written; escape gives None."""

    AUTO_FOCUS = "#proposed"
    NAME = Text("Redact", "Ocultar datos personales")
    KEYS = (
        replace(MARK, label=Text("takes out or leaves", "quita o deja")),
        common("export").goes("write"),
        common("copy"),
        CLOSE,
    )
    BINDINGS = bindings(KEYS)

    def __init__(self, text: str, proposed: Sequence[Proposal]):
        super().__init__()
        self._text = text
        self._proposed = list(proposed)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide") as box:
            box.border_title = str(self.NAME)
            box.border_subtitle = ", ".join(f"{key.shown}: {key.label}" for key in self.KEYS)
            with VerticalScroll(id="why"):
                yield Static(id="redacted", markup=False)
            yield OptionList(*map(self._line, self._proposed), markup=False, id="proposed")

    def on_mount(self) -> None:
        self._show()

    def _line(self, one: Proposal) -> str:
        score = tr("rule", "regla") if one.score is None else str(number(one.score, 2))
        words = shortened(visible(" ".join(self._text[one.start : one.end].split())), 60)
        return f"[{'x' if one.taken else ' '}] {KINDS[one.kind]}  {words}  {score}"

    def _show(self) -> None:
        shown = redacted(self._text, self._proposed, i18n.export_language())
        self.query_one("#redacted", Static).update(visible(shown, keep_newlines=True))

    def action_mark(self) -> None:
        listed = self.query_one(OptionList)
        if (place := listed.highlighted) is not None:
            self._proposed[place] = replace(self._proposed[place], taken=not self._proposed[place].taken)
            listed.replace_option_prompt_at_index(place, self._line(self._proposed[place]))
            self._show()

    def on_option_list_option_selected(self) -> None:
        self.action_mark()

    def action_copy(self) -> None:
        host(self).copy(redacted(self._text, self._proposed, i18n.export_language()))

    def action_write(self) -> None:
        self.dismiss(tuple(self._proposed))


async def to_the_entities(screen: ModeScreen) -> None:
    """To the task of the playground that finds the names."""
    await screen.host.switch_mode("play")
    await screen.app.run_action(f"screen.task({registry.tasks().index(entities.TASK)})")
    screen.app.notify(
        tr(
            f"Write or paste the text and run ({spoken('run')}); then {REDACT.spoken} again.",
            f"Escriba o pegue el texto y ejecute ({spoken('run')}); después, {REDACT.spoken} otra vez.",
        )
    )


async def redact(screen: ModeScreen, job: object, result: object) -> None:
    """Have the person go through the first text of an answer of the entities' task; what they keep is written. A long
    text is looked through on a thread.
    """
    if not isinstance(job, Entities) or not isinstance(result, Recognized):
        screen.notify(
            tr(
                "Ask for the entities of a text first: its names are then proposed to go.",
                "Pida antes las entidades de un texto: entonces se propone quitar sus nombres.",
            )
        )
        return
    text, found = job.texts[0], result.texts[0]
    proposed = await asyncio.to_thread(lambda: proposals(text, found, by_form(text, region())))
    if not proposed:
        screen.notify(
            tr(
                "Neither the model nor the rules found personal data; read the text yourself all the same.",
                "Ni el modelo ni las reglas encontraron datos personales; lea usted el texto de todos modos.",
            )
        )
        return

    def chosen(kept: tuple[Proposal, ...] | None) -> None:
        if kept is not None:
            screen.run_worker(_write(screen, text, kept))

    screen.app.push_screen(RedactingDialog(text, proposed), chosen)


async def _write(screen: ModeScreen, text: str, kept: tuple[Proposal, ...]) -> None:
    lab = screen.host.lab
    if not await screen.write_export(FILE, redacted(text, kept, i18n.export_language()).rstrip("\n") + "\n"):
        return

    def count() -> None:
        lab.save_answers(NAME, lab.answers(NAME, Redactions).with_text(kept))

    try:
        await asyncio.to_thread(count)
    except UserError as error:
        screen.notify(str(error), severity="error", markup=False)
