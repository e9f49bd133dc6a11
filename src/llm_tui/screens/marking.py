"""An error of a translation as the course and MQM mark it: which words, what kind, how severe, corrected how."""

from __future__ import annotations

import re
from collections.abc import Callable

from textual.app import App
from textual.widgets import TextArea

from llm_tui.exercises.errors_marked import COURSE_TYPES, MQM_TYPES, SEVERITIES, Mark
from llm_tui.i18n import Text, tr


def ask_mark(app: App[None], span: str, add: Callable[[Mark], None]) -> None:
    """Ask for type, severity and correction of the error in `span`; leaving any of the questions adds nothing."""
    from llm_tui.screens.dialogs import AskDialog, ChoiceDialog

    def ask_correction(type: str, severity: int | None) -> None:
        def corrected(correction: str | None) -> None:
            if correction is not None and severity is not None:
                add(Mark(span, type, list(SEVERITIES)[severity], correction))

        if severity is not None:
            app.push_screen(AskDialog(tr("Correction, if any", "Corrección, si la hay")), corrected)

    def ask_severity(type: str) -> None:
        choices = [str(severity) for severity in SEVERITIES.values()]
        dialog = ChoiceDialog(tr("How severe?", "¿Cuán grave?"), span, choices)
        app.push_screen(dialog, lambda severity: ask_correction(type, severity))

    def ask_type(types: dict[str, Text], more: str | None) -> None:
        def chosen(place: int | None) -> None:
            if place == len(types):
                ask_type(MQM_TYPES, None)
            elif place is not None:
                ask_severity(list(types)[place])

        choices = [*map(str, types.values()), *([more] if more else [])]
        app.push_screen(ChoiceDialog(tr("Which error?", "¿Qué error?"), span, choices), chosen)

    ask_type(COURSE_TYPES, tr("more: the dimensions of MQM", "más: las dimensiones de MQM"))


def marked_words(area: TextArea) -> str:
    """The words that are selected, else the one under the cursor; empty where there is none."""
    if area.selected_text.strip():
        return " ".join(area.selected_text.split())
    row, column = area.cursor_location
    line = area.document.get_line(row)
    return next((m.group() for m in re.finditer(r"[\w'’-]+", line) if m.start() <= column <= m.end()), "")
