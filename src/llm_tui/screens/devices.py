"""A window with the devices of this machine: what is free on each and who holds it, to look at and to choose from."""

from __future__ import annotations

from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets.option_list import Option

from llm_tui.gpu_facts import choices
from llm_tui.i18n import Text, tr
from llm_tui.keys import CHOOSE, CLOSE, bindings
from llm_tui.screens.leaving import Dialog
from llm_tui.widgets.host import host
from llm_tui.widgets.option_list import OptionList

FIELD = "#field-device"
"""Where a screen asks for a device."""


class DevicesDialog(Dialog[str | None]):
    """Enter on a device gives its name as a person would type it, escape None. The figures are those of the moment in
    which it was opened.
    """

    AUTO_FOCUS = "OptionList"
    KEYS = (CLOSE, replace(CHOOSE, label=Text("take this device", "tomar este dispositivo")))
    BINDINGS = bindings(KEYS)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide") as box:
            box.border_title = tr("Devices", "Dispositivos")
            box.border_subtitle = tr(f"enter chooses, {CLOSE.shown}: leave", f"enter elige, {CLOSE.shown}: dejarlo")
            yield OptionList(markup=False)

    def on_mount(self) -> None:
        machine = host(self).machine
        host(self).changed.subscribe(self, lambda what: self._show() if what == "environment" else None)
        machine.look()
        self._show()

    def _show(self) -> None:
        """What it shows now; the highlight stays where it is."""
        devices, there = self.query_one(OptionList), choices(host(self).machine.gpus)
        before = devices.highlighted
        devices.clear_options()
        devices.add_options(
            Option(_prompt(one.name, one.lines), id=one.name, disabled=not one.can_be_taken) for one in there
        )
        devices.highlighted = before or 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)


def _prompt(name: str, lines: tuple[str, ...]) -> Content:
    first, *others = lines
    below = [Content(f"\n{'':8}{line}") for line in others]
    return Content.assemble((f"{name:<8}", "bold"), first, *below)
