"""A window with the model card of a run: its figures are the run's, all else is written here and saved by itself."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import TextArea

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.i18n import Text, tr
from llm_tui.keys import CLOSE, Key, bindings, common
from llm_tui.lab.runs import CARD, Run
from llm_tui.report.card import fresh, renewed
from llm_tui.screens.leaving import Dialog
from llm_tui.widgets.autosave import Autosave
from llm_tui.widgets.host import host
from llm_tui.widgets.text_field import TextField

ANEW = replace(
    common("run"),
    label=Text("figures anew", "cifras de nuevo"),
    help=Text("Make the parts between the comments anew from the run; your words stay.",
              "Rehace desde la ejecución las partes entre comentarios; sus palabras se quedan."),
)  # fmt: skip
SAVE = replace(
    common("export"),
    help=Text("Write the card to the lab's exports.", "Escribe la ficha en las exportaciones del laboratorio."),
)
COPY = replace(
    common("copy"),
    help=Text("Copy the card to the terminal's clipboard (OSC 52).",
              "Copia la ficha al portapapeles de la terminal (OSC 52)."),
)  # fmt: skip


class CardField(TextField):
    """Takes back by itself what is typed: a card is no part of a screen's answers."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return TextArea.check_action(self, action, parameters)


class CardDialog(Dialog[None]):
    """Opens the card that the lab has of the run, else one that is new, which the lab gets with the first letter."""

    NAME = Text("Model card", "Ficha del modelo")
    KEYS: tuple[Key, ...] = (replace(CLOSE, action="leave_card", label=Text("close", "cerrar")), ANEW, SAVE, COPY)
    BINDINGS = bindings(KEYS)

    def __init__(self, run: Run):
        super().__init__()
        self._run = run
        self._file = CARD
        self._kept: str | None = None
        """What the lab's file held when it was read or written last."""
        self._text = ""
        self._told = False
        self._save = Autosave(self, self._write)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide") as box:
            box.border_title = f"{self.NAME}: {self._run.id}"
            keys = (
                *(f"{key.shown} {key.label}" for key in (ANEW, SAVE, COPY)),
                f"{CLOSE.shown} {tr('closes', 'cierra')}",
            )
            box.border_subtitle = ", ".join(keys)
            yield CardField(id="card", read_only=True)

    @property
    def _field(self) -> CardField:
        return self.query_one(CardField)

    def on_mount(self) -> None:
        self.run_worker(self._open())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is copied or written before the card is there."""
        if action in ("run", "export", "copy"):
            return bool(self._text)
        return super().check_action(action, parameters)

    async def _open(self) -> None:
        """On a thread: it looks at the run's files, and the hub's classes take half a second to load."""
        lab, run, language = host(self).lab, self._run, i18n.language()
        try:
            self._kept = await asyncio.to_thread(run.card)
            new = "" if self._kept else await asyncio.to_thread(fresh, run, lab.whose, language)
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            self.dismiss(None)
            return
        self._text = self._kept or new
        with self.prevent(TextArea.Changed):
            self._field.load_text(self._text)
        self._field.move_cursor((_first_asked(self._text), 0), center=True)
        self._field.read_only = bool(lab.read_only)
        self._field.focus()

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        message.stop()
        if message.text_area.text != self._text:
            self._text = message.text_area.text
            self._told = False
            self._save.touch()

    def _write(self) -> None:
        """On a thread."""
        text = self._text
        try:
            name = host(self).lab.runs.keep_card(self._run, text, self._file, self._kept)
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            raise
        if name != self._file:
            said = tr(
                f"Somebody else has changed {self._file}: what you write here is kept in {name} beside it.",
                f"Alguien más cambió {self._file}: lo que usted escribe aquí se guarda al lado, en {name}.",
            )
            self.notify(said, severity="warning", markup=False)
        self._file, self._kept = name, text

    async def flush(self) -> None:
        await self._save.flush()

    async def action_leave_card(self) -> None:
        """What could not be saved keeps the window open once."""
        await self.flush()
        if self._save.unsaved and not self._told:
            self._told = True
            said = tr(
                f"The card is not saved: {COPY.spoken} copies it; leave again to lose what is not saved.",
                f"La ficha no está guardada: {COPY.spoken} la copia; salga otra vez y se pierde lo no guardado.",
            )
            self.notify(said, severity="warning", markup=False)
            return
        self.dismiss(None)

    async def action_run(self) -> None:
        if self._field.read_only:
            return
        lab, run, text, language = host(self).lab, self._run, self._field.text, i18n.language()
        try:
            made = await asyncio.to_thread(lambda: renewed(text, run, lab.whose, language))
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        if made != text and self._field.text == text:
            self._field.replace(made, (0, 0), self._field.document.end)
        self.notify(tr("The figures are those of the run.", "Las cifras son las de la ejecución."))

    def action_copy(self) -> None:
        host(self).copy(self._field.text)

    async def action_export(self) -> None:
        await self.flush()
        name, text = f"model-card-{self._run.id}.md", self._field.text
        try:
            path = await asyncio.to_thread(host(self).lab.export, name, text)
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self.notify(tr(f"Written: {path}", f"Escrito: {path}"), markup=False)


def _first_asked(card: str) -> int:
    """The line below the first question to the student."""
    lines = card.split("\n")
    return next((i for i, line in enumerate(lines, start=1) if line.startswith("<!-- ") and "llm-tui:" not in line), 0)
