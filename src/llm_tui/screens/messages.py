"""What was said since the program began, whole, the newest first; and behind it the end of the log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from llm_tui.i18n import Text, tr
from llm_tui.keys import bindings, common
from llm_tui.screens.searched import SEARCH, SHUT, Searched
from llm_tui.terminal import log_path
from llm_tui.visible import folded, visible
from llm_tui.widgets import clipboard
from llm_tui.widgets.notices import KINDS, STYLES, Messages, Told


class MessagesDialog(Searched):
    """All messages of this session; what is typed after the search key leaves those alone that have it."""

    NAME = Text("Messages", "Mensajes")
    KEYS = (
        SEARCH,
        replace(common("copy"), help=Text("Copy the messages that are shown.", "Copia los mensajes que se muestran.")),
        SHUT,
    )
    BINDINGS = bindings(KEYS)

    def __init__(self, messages: Messages, logged: str):
        super().__init__()
        self._messages = tuple(reversed(messages.kept))
        self._logged = logged

    def compose(self) -> ComposeResult:
        search, copy, close = (key.shown for key in self.KEYS)
        with VerticalScroll(classes="dialog wide") as box:
            box.border_title = str(self.NAME)
            box.border_subtitle = tr(
                f"{search} search, {copy} copy, {close} closes", f"{search} buscar, {copy} copiar, {close} cierra"
            )
            yield self.field(tr("part of a message", "parte de un mensaje"))
            yield Static(self._shown(), id="messages", markup=False)
            yield Static(Content.styled(tr(f"The log, {log_path()}", f"El registro, {log_path()}"), "bold $accent"))
            logged = visible(self._logged, keep_newlines=True) or tr(
                "Nothing has been written.", "No se ha escrito nada."
            )
            yield Static(logged, id="logged", markup=False)

    def _found(self) -> list[Told]:
        part = folded(self.part)
        return [told for told in self._messages if part in folded(told.text)]

    def _shown(self) -> Content:
        found = self._found()
        if not found:
            none = tr("There is no such message.", "No hay ningún mensaje así.") if self._messages else tr(
                "Nothing was said yet.", "Aún no se ha dicho nada."
            )  # fmt: skip
            return Content.styled(f"{none}\n", "$text-muted")
        return Content("\n").join([*map(_block, found), Content("")])

    def searched(self) -> None:
        self.query_one("#messages", Static).update(self._shown())

    def action_copy(self) -> None:
        clipboard.copy(self.app, "\n".join(_lines(self._found())))


def _block(told: Told) -> Content:
    head = f"{told.when:%H:%M:%S} {KINDS[told.severity]}"
    return Content.assemble((head, f"bold {STYLES[told.severity]}"), f"\n{told.said}")


def _lines(found: list[Told]) -> Iterator[str]:
    return (f"{told.when:%H:%M:%S} {KINDS[told.severity]}: {told.said}" for told in found)
