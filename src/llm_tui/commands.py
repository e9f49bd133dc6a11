"""What a person opens on any screen, by its name in the palette or by its key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from textual.app import SystemCommand
from textual.screen import Screen

from llm_tui.i18n import tr
from llm_tui.screens.mode import ModeScreen
from llm_tui.screens.notices import ShowsNotices
from llm_tui.screens.tour import Tours
from llm_tui.terminal import end_of_log
from llm_tui.widgets.here import possible, sections, writing

if TYPE_CHECKING:
    from llm_tui.ahead import Ahead

T = TypeVar("T")


class Commands(ShowsNotices, Tours):
    """An app whose commands can be looked for, and whose windows do not pile up."""

    ahead: Ahead

    async def action_press(self, key_id: str) -> None:
        """Do what a key would do, where it would do something."""
        held = next((held for held in possible(self.screen) if held.key.id == key_id), None)
        if held is not None:
            await self.run_action(held.key.action, held.node)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        from llm_tui.screens import reading

        for held in possible(screen):
            if held.key.id != "palette":
                yield SystemCommand(held.title, f"{held.key.shown}: {held.key.said}", self._pressing(held.key.id))
        yield from reading.commands(self, screen)
        yield from self.tour_commands()
        yield SystemCommand(
            tr("Program: theme", "Programa: tema"),
            tr("Choose the colours.", "Elige los colores."),
            self.action_change_theme,
        )
        yield SystemCommand(
            tr("Program: picture of the screen", "Programa: imagen de la pantalla"),
            tr("Save the screen as SVG.", "Guarda la pantalla como SVG."),
            lambda: self.set_timer(0.1, self.deliver_screenshot),
        )

    def _pressing(self, key_id: str) -> Callable[[], object]:
        return lambda: self.call_later(self.action_press, key_id)

    def action_command_palette(self) -> None:
        from llm_tui.screens.palette import Palette

        self._open(Palette(placeholder=tr("Search for a command…", "Buscar una orden…")))

    def search_themes(self) -> None:
        from llm_tui.screens.themes import ThemesDialog, kept

        self._open(ThemesDialog(), partial(kept, self, self.theme))

    def _open(self, window: Screen[T], answered: Callable[[T | None], None] | None = None) -> None:
        """Open a window over a screen; not over another window, where a key that is held down would pile them up."""
        if isinstance(self.screen, ModeScreen):
            self.push_screen(window, answered)

    def open_late(self, window: Screen[T], answered: Callable[[T | None], None] | None = None) -> None:
        """Open a window that comes by itself, or a while after its key: not while a person writes, whose letters and
        digits would answer it.
        """
        if writing(self.screen) and (rest := self.ahead.rest):
            self.set_timer(rest, partial(self.open_late, window, answered))
        else:
            self.push_screen(window, answered)

    def action_jump(self) -> None:
        from llm_tui.screens.dialogs import JumpDialog

        def press(key_id: str | None) -> None:
            if key_id is not None:
                self.call_later(self.action_press, key_id)

        rows = [held.key for held in possible(self.screen) if held.key.letter and held.key.id != "jump"]
        self._open(JumpDialog(rows), press)

    def action_help(self) -> None:
        from llm_tui.keymap import everywhere
        from llm_tui.screens.help import HelpDialog

        screen = self.screen
        if isinstance(screen, ModeScreen):
            self.push_screen(HelpDialog(str(screen.NAME), screen.about(), list(sections(screen)), everywhere))

    async def action_log(self) -> None:
        from llm_tui.screens.messages import MessagesDialog

        self._open(MessagesDialog(self.messages, await asyncio.to_thread(end_of_log)))
