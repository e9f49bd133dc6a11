"""A window with the plain program that does what was just done: to read, to copy, to keep in the lab, to edit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.highlight import highlight
from textual.widgets import Static

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.i18n import Text, tr
from llm_tui.keys import BEFORE, CLOSE, EDITOR, NEXT, Key, bindings, common
from llm_tui.screens.leaving import Dialog
from llm_tui.snippets.snippet import Done, Snippet, snippet
from llm_tui.visible import visible
from llm_tui.widgets.host import host
from llm_tui.widgets.outside import open_outside

SAVE = replace(
    common("export"),
    label=Text("save", "guardar"),
    help=Text("Write the program to the lab, in its folder code.",
              "Escribe el programa en el laboratorio, en su carpeta code."),
)  # fmt: skip
COPY = replace(
    common("copy"),
    help=Text("Copy the program to the terminal's clipboard (OSC 52).",
              "Copia el programa al portapapeles de la terminal (OSC 52)."),
)  # fmt: skip


class CodeDialog(Dialog[None]):
    """The program of the first of some jobs, and on a key that of the next. It is written on a thread, for a person's
    data may have to be looked at.
    """

    NAME = Text("Code", "Código")
    KEYS: tuple[Key, ...] = (
        replace(CLOSE, label=Text("close", "cerrar")),
        COPY,
        SAVE,
        replace(EDITOR, help=Text("Write it to the lab and open it in $EDITOR.",
                                  "Lo escribe en el laboratorio y lo abre en $EDITOR.")),
        replace(NEXT, action="turn(1)", label=Text("next program", "programa siguiente")),
        replace(BEFORE, action="turn(-1)", label=Text("program before", "programa anterior")),
    )  # fmt: skip
    BINDINGS = bindings(KEYS)

    def __init__(self, jobs: Sequence[Done]):
        super().__init__()
        self._jobs = jobs
        self._place = 0
        self._shown: Snippet | None = None
        self._kept: Path | None = None

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog wide") as box:
            box.border_title = str(self.NAME)
            keys = [f"{COPY.shown} {COPY.label}", f"{SAVE.shown} {SAVE.label}", f"{EDITOR.shown} {EDITOR.label}"]
            if len(self._jobs) > 1:
                keys.append(f"{NEXT.shown} {NEXT.label}")
            box.border_subtitle = ", ".join([*keys, f"{CLOSE.shown} {tr('closes', 'cierra')}"])
            yield Static(id="program", markup=False)

    def on_mount(self) -> None:
        self.action_turn(0)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "turn":
            return len(self._jobs) > 1
        return action not in ("copy", "export", "editor") or self._shown is not None

    def action_turn(self, by: int) -> None:
        self._place = (self._place + by) % len(self._jobs)
        self._shown = self._kept = None
        self.run_worker(self._write(self._jobs[self._place]), group="write", exclusive=True)

    async def _write(self, job: Done) -> None:
        number = f" {self._place + 1}/{len(self._jobs)}" if len(self._jobs) > 1 else ""
        box, program = self.query_one(VerticalScroll), self.query_one("#program", Static)
        try:
            self._shown = await asyncio.to_thread(snippet, job, i18n.language())
        except UserError as error:
            box.border_title = f"{self.NAME}{number}: {job.name}"
            program.update(str(error))
        else:
            box.border_title = f"{self.NAME}{number}: {self._shown.name}.py"
            # No character of a program is anything but printable, and line ends; this holds it to that.
            program.update(highlight(visible(self._shown.text, keep_newlines=True), language="python"))
        box.scroll_home(animate=False)
        self.refresh_bindings()

    # What can be done with it.

    def action_copy(self) -> None:
        if self._shown:
            host(self).copy(self._shown.text)

    async def action_export(self) -> None:
        if path := await self._keep():
            self.notify(tr(f"Written: {path}", f"Escrito: {path}"), markup=False)

    async def action_editor(self) -> None:
        """The file in the lab: what a person changes there stays."""
        if path := self._kept or await self._keep():
            try:
                open_outside(self.app, path)
            except UserError as error:
                self.notify(str(error), severity="error", markup=False)

    async def _keep(self) -> Path | None:
        if shown := self._shown:
            try:
                keep = host(self).lab.keep_code
                self._kept = await asyncio.to_thread(keep, f"{shown.name}.py", shown.text, shown.files)
            except UserError as error:
                self.notify(str(error), severity="error", markup=False)
                return None
        return self._kept
