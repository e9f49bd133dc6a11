"""What a screen opens: a file that is asked for or dropped on the terminal, read on a thread."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from textual.events import Paste

from llm_tui.errors import UserError
from llm_tui.i18n import tr
from llm_tui.keys import spoken
from llm_tui.paths import pasted, recent
from llm_tui.paths.kinds import TABLE, TEXT, Kind
from llm_tui.widgets.zoom import ZoomScreen

T = TypeVar("T")


class OpensFiles(ZoomScreen):
    """Those that have `action_open` are asked for the file which is dropped on them, with its path in place."""

    _dropped: Sequence[str] = ()

    def on_paste(self, event: Paste) -> None:
        """What is pasted where no field takes it."""
        opens = getattr(self, "action_open", None)
        if self.app.screen is not self or not event.text.strip():
            return
        if opens is not None and (found := pasted.paths(event.text)):
            self._dropped = found
            opens()
        else:
            self._not_pasted()

    def _not_pasted(self) -> None:
        """Say why nothing came of a paste."""
        said = tr("What is pasted goes into a field: go into one first.",
                  "Lo que se pega va a un campo: entre antes en uno.")  # fmt: skip
        if hasattr(self, "action_open"):
            said += tr(
                f" A file that is dropped here opens, as with {spoken('open')}.",
                f" Un archivo que se suelta aquí se abre, como con {spoken('open')}.",
            )
        self.notify(said, markup=False)

    def ask_file(self, title: str, take: Callable[[str], object], kind: Kind = TABLE, example: str = "") -> None:
        """Ask for a file; `take` gets its path, where there is one."""
        from llm_tui.screens.file_dialog import FileDialog

        def asked(path: str | None) -> None:
            if path:
                take(os.path.expanduser(path))

        dropped, self._dropped = self._dropped, ()
        self.app.push_screen(FileDialog(title, kind, example, dropped), asked)

    def open_text(self, take: Callable[[str], None]) -> None:
        """Ask for a text file; `take` gets its text."""
        from llm_tui.exercises.textfile import read_text

        title = tr("Open a text file", "Abrir un archivo de texto")
        self.open_file(title, "~/texto.txt", read_text, take, TEXT)

    def open_file(
        self, title: str, example: str, read: Callable[[Path], T], take: Callable[[T], object], kind: Kind = TABLE
    ) -> None:
        """Ask for a file; `take` gets what `read` has made of it on a thread. Why it cannot be read is said."""

        async def opened(path: str) -> None:
            if (found := await self.read_file(path, kind, read)) is not None:
                take(found)

        self.ask_file(title, lambda path: self.run_worker(opened(path), group="open", exclusive=True), kind, example)

    async def read_file(self, path: str, kind: Kind, read: Callable[[Path], T]) -> T | None:
        """What `read` makes of a file, on a thread; one that could be read is among the recent ones from then on. None
        where it could not be, which is said.
        """

        def kept() -> T:
            found = read(Path(path))
            recent.remember(kind.name, path)
            return found

        try:
            return await asyncio.to_thread(kept)
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            return None
