"""A window with the themes: each is tried where the cursor is, and the one that is chosen is kept."""

from __future__ import annotations

import asyncio

from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static
from textual.widgets.option_list import Option

from llm_tui.colours import THEMES
from llm_tui.config_file import remember
from llm_tui.errors import UserError
from llm_tui.i18n import tr
from llm_tui.keys import CHOOSE, CLOSE, bindings
from llm_tui.screens.leaving import Dialog
from llm_tui.widgets.option_list import OptionList
from llm_tui.widgets.themes import without_colours


class ThemesDialog(Dialog[str | None]):
    """Enter gives the name of a theme, escape None: then the colours are what they were."""

    AUTO_FOCUS = "OptionList"
    KEYS = (CLOSE, CHOOSE)
    BINDINGS = bindings(KEYS)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = tr("Theme", "Tema")
            box.border_subtitle = tr(
                f"enter keeps it, {CLOSE.shown}: leave", f"enter lo guarda, {CLOSE.shown}: dejarlo"
            )
            yield OptionList(*(_option(name) for name in THEMES), markup=False)
            if without_colours():
                yield Static(
                    tr("NO_COLOR is set: they are seen where it is not.", "NO_COLOR está definida: se ven sin ella.")
                )

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = list(THEMES).index(self.app.theme)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_id and not without_colours():
            self.app.theme = event.option_id

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)


def kept(app: App[None], before: str, chosen: str | None) -> None:
    """Have the theme that was chosen, and write into the person's file that it is theirs; else the one of before."""
    app.theme = before if without_colours() else chosen or before
    if chosen:
        app.run_worker(_remembered(app, chosen))


async def _remembered(app: App[None], chosen: str) -> None:
    """On a thread: the file may be far away."""
    try:
        await asyncio.to_thread(remember, "theme", chosen)
    except UserError as error:
        app.notify(str(error), severity="error", markup=False)


def _option(name: str) -> Option:
    return Option(Content.assemble((f"{name:<15}", "bold"), str(THEMES[name])), id=name)
