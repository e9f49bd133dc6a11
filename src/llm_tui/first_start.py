"""The first start: three questions at most, each of which can be skipped, and all of them with one key."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from textual.app import App, ComposeResult
from textual.widgets import Static

from llm_tui import i18n
from llm_tui.config import read_config
from llm_tui.config_file import remember
from llm_tui.errors import UserError
from llm_tui.i18n import Text, tr
from llm_tui.keys import Key, bindings
from llm_tui.screens.dialogs import AskDialog, ChoiceDialog
from llm_tui.signals import Ended
from llm_tui.terminal import OwnTerminal
from llm_tui.widgets.styles import stylesheet
from llm_tui.widgets.themes import use_themes, without_colours

LANGUAGES = {"es": "Español", "en": "English"}

SKIP = Key(
    "skip", "ctrl+x", "skip", Text("skip all questions", "saltar todas las preguntas"),
    Text("Skip all questions: the standard holds.", "Salta todas las preguntas: quedan los valores predeterminados."),
    priority=True,
)  # fmt: skip


@dataclass
class Chosen:
    """What a person chose; None where they skipped the question, and the standard holds."""

    language: str | None = None
    lab: str | None = None
    offline: bool | None = None

    def keep(self) -> str:
        """Follow it now, and write it into the configuration for the next time; returns what is to be said where that
        could not be done.
        """
        said: list[str] = []
        if self.offline:
            os.environ["HF_HUB_OFFLINE"] = "1"
        for name, value in vars(self).items():
            if value is not None and value is not False:  # asking the hub is the standard
                try:
                    remember(name, value)
                except UserError as error:
                    said.append(str(error))
        return " ".join(dict.fromkeys(said))


class FirstStart(App[Chosen]):
    """Gives what was chosen; nothing where the person has left the program."""

    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = [stylesheet("panels.tcss"), stylesheet("app.tcss")]
    KEYS = (SKIP,)
    outward = None
    """Nothing runs here that somebody could wait for."""
    BINDINGS = bindings(KEYS)

    def __init__(self, folder: Path, environ: Mapping[str, str], terminal: OwnTerminal | None = None):
        from llm_tui.app import own_driver

        super().__init__(driver_class=own_driver() if terminal else None, ansi_color=without_colours() or None)
        use_themes(self, str(read_config().values.get("theme", "")))
        self.terminal = terminal
        self.ending = self
        self._folder = folder
        self._environ = environ
        self._chosen = Chosen()
        self._number = len(list(self._questions()))
        self._running_loop: asyncio.AbstractEventLoop | None = None

    def compose(self) -> ComposeResult:
        yield Static(self._welcome(), markup=False)

    def _welcome(self) -> str:
        if self._number == 1:
            return tr(f" llm-tui: one question, once. {SKIP.shown} skips it.",
                      f" llm-tui: una pregunta, una sola vez. {SKIP.shown} la salta.")  # fmt: skip
        number = {2: Text("two", "dos"), 3: Text("three", "tres")}[self._number]
        return tr(
            f" llm-tui: {number} questions, once. {SKIP.shown} skips all.",
            f" llm-tui: {number} preguntas, una sola vez. {SKIP.shown} las salta todas.",
        )

    def on_mount(self) -> None:
        self.animation_level = "none"
        self._running_loop = asyncio.get_running_loop()
        self.run_worker(self._ask())

    async def _ask(self) -> None:
        for ask in self._questions():
            await ask()
        self.exit(self._chosen)

    def _questions(self) -> Iterator[Callable[[], Awaitable[None]]]:
        if not i18n.asked():
            yield self._language
        yield self._lab
        if "HF_HUB_OFFLINE" not in self._environ:
            yield self._offline

    async def _language(self) -> None:
        order = sorted(LANGUAGES, key=lambda language: language != i18n.language())
        said = "¿En qué idioma? · In which language?"
        row = await self.push_screen_wait(ChoiceDialog("Idioma · Language", said, [LANGUAGES[name] for name in order]))
        if row is not None:
            self._chosen.language = order[row]
            i18n.use(order[row], asked=True)
            self.query_one(Static).update(self._welcome())

    async def _lab(self) -> None:
        title = tr("The folder for your work (the lab)", "La carpeta para su trabajo (el laboratorio)")
        folder = await self.push_screen_wait(AskDialog(title, text=str(self._folder)))
        if folder and Path(os.path.expanduser(folder)) != self._folder:
            self._chosen.lab = folder if folder.startswith("~") else os.path.abspath(folder)

    async def _offline(self) -> None:
        said = tr(
            "Exercises 3 to 6 ask pretrained models. Some come with the program; others are fetched from the hub.",
            "Los ejercicios 3 a 6 usan modelos preentrenados. Unos vienen con el programa; otros se descargan del hub.",
        )
        choices = [
            tr("fetch models when I ask for one", "descargar modelos cuando yo pida uno"),
            tr("stay offline: only what is on this machine", "sin conexión: solo lo que hay en este equipo"),
        ]
        row = await self.push_screen_wait(ChoiceDialog(tr("Network", "Red"), said, choices))
        if row is not None:
            self._chosen.offline = row == 1

    def action_skip(self) -> None:
        self.exit(self._chosen)

    def told(self, number: int) -> None:
        """The line has dropped, or the system ends the program. On any thread, and in a signal's handler.

        Raises:
            Ended: there is no screen yet.
        """
        if self._running_loop is None:
            raise Ended(number)
        self._running_loop.call_soon_threadsafe(partial(self.exit, return_code=Ended(number).code))
