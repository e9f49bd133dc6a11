"""The one window that asks for a file: a line with completion, over what there is in the folder that it names."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static
from textual.widgets.option_list import Option

from llm_tui.i18n import Text, number, tr
from llm_tui.keys import CLOSE, Key, bindings
from llm_tui.paths import recent
from llm_tui.paths.kinds import Kind
from llm_tui.paths.listing import MOST, Entry, Listing, above, completed, look, narrowed, parted, sized
from llm_tui.screens.leaving import Dialog
from llm_tui.visible import shortened, visible
from llm_tui.widgets.option_list import OptionList
from llm_tui.widgets.path_line import PathLine

SHOWN = 200
"""Names in the list: who looks for another types on."""
WIDEST = 56
"""Columns of a name in the list."""

UP = Entry("..", folder=True)
"""The folder above: the last line, which the key up comes to first."""


class Looked(Message):
    """A folder has been looked at."""

    def __init__(self, folder: str, listing: Listing):
        super().__init__()
        self.folder = folder
        self.listing = listing


class Remembered(Message):
    """The recent files that are there still."""

    def __init__(self, paths: Sequence[str]):
        super().__init__()
        self.paths = paths


class _Line(Option):
    """A line of the list, and what it stands for: a recent path, or an entry of the folder."""

    def __init__(self, prompt: Content, one: str | Entry):
        super().__init__(prompt)
        self.one = one


class FileDialog(Dialog[str | None]):
    """Gives the path of a file, `~` as it was written; of a folder where the question is about one too; escape gives
    None. Folders are read on threads that nobody waits for: a network may be silent.
    """

    AUTO_FOCUS = "PathLine"
    KEYS = (
        CLOSE,
        Key("complete-path", "tab", "complete", Text("complete", "completar")),
        Key("file-before", "up", "move('up')", Text("the file before", "el archivo anterior")),
        Key("next-file", "down", "move('down')", Text("the next file", "el archivo siguiente")),
        Key("files-page-before", "pageup", "move('page_up')", Text("a page up", "una página arriba")),
        Key("files-next-page", "pagedown", "move('page_down')", Text("a page down", "una página abajo")),
    )
    BINDINGS = bindings(KEYS)

    def __init__(self, title: str, kind: Kind, example: str = "", dropped: Sequence[str] = ()):
        super().__init__()
        self._title = title
        self._kind = kind
        self._example = example
        self._dropped = dropped
        self._folder: str | None = None
        self._listing: Listing | None = None
        self._recent: Sequence[str] = ()
        self._found: list[Entry] = []
        self._offered: list[str | Entry] = []
        """What the lines of the list stand for: a recent path, or an entry of the folder."""
        self._signs: dict[str, str] = {}
        """Paths that cannot be written in a line, by the signs that stand for them there."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide") as box:
            box.border_title = self._title
            box.border_subtitle = tr(
                f"tab completes, ↑ ↓ choose, enter opens, {CLOSE.shown}: leave",
                f"tab completa, ↑ ↓ eligen, enter abre, {CLOSE.shown}: dejarlo",
            )
            yield PathLine(placeholder=self._example)
            files = OptionList(markup=False, id="files")
            files.can_focus = False
            yield files
            yield Static(id="said", markup=False)

    def on_mount(self) -> None:
        self._on_thread(lambda: Remembered(recent.there(self._kind.name)))
        if self._dropped:
            self._drop(self._dropped)
        else:
            self._follow()

    @property
    def _line(self) -> PathLine:
        return self.query_one(PathLine)

    @property
    def _files(self) -> OptionList:
        return self.query_one("#files", OptionList)

    @property
    def _typed(self) -> str:
        """What is meant by what stands in the line."""
        text = self._line.value
        signs = max(filter(text.startswith, self._signs), key=len, default="")
        return self._signs.get(signs, "") + text[len(signs) :]

    def _write(self, path: str) -> None:
        text = visible(path)
        if text != path:
            self._signs[text] = path
        self._line.put(text)

    # What there is.

    def _on_thread(self, made: Callable[[], Message]) -> None:
        def make() -> None:
            with contextlib.suppress(RuntimeError):  # the app has ended meanwhile
                self.post_message(made())

        threading.Thread(target=make, name="folder", daemon=True).start()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._follow()

    def _follow(self) -> None:
        folder, _ = parted(self._typed)
        if folder != self._folder:
            self._folder, self._listing = folder, None
            self._on_thread(lambda: Looked(folder, look(folder)))
        self._show()

    def on_looked(self, message: Looked) -> None:
        if message.folder == self._folder:
            self._listing = message.listing
            self._show()

    def on_remembered(self, message: Remembered) -> None:
        self._recent = message.paths
        self._show()

    def _show(self) -> None:
        typed = self._typed
        listing = self._listing or Listing()
        self._found = narrowed(listing.entries, parted(typed)[1], self._kind)
        up = () if parted(typed)[1] or not above(self._folder or "") else (UP,)
        self._offered = [*(() if typed.strip() else self._recent), *self._found[:SHOWN], *up]
        at = self._files.highlighted
        self._files.set_options(_Line(self._told(one), one) for one in self._offered)
        self._files.highlighted = at if at is not None and at < len(self._offered) and not typed.strip() else None
        self._files.display = bool(self._offered)
        self.query_one("#said", Static).update(visible(self._said(listing)))

    def _told(self, one: str | Entry) -> Content:
        """A line of the list: what does not fit the question is grey."""
        if isinstance(one, str):
            return Content.assemble(shortened(visible(one), WIDEST), (tr("  recent", "  reciente"), "$text-muted"))
        name = shortened(visible(one.name), WIDEST)
        if one.folder:
            return Content.styled(f"{name}/", "bold")
        if not one.plain:
            return Content.styled(f"{name}  {tr('no plain file', 'no es un archivo normal')}", "$text-muted")
        fits = self._kind.fits(one.name)
        return Content.assemble((name, "" if fits else "$text-muted"), (f"  {sized(one.size or 0)}", "$text-muted"))

    def _said(self, listing: Listing) -> str:
        folder = self._folder or "./"
        if self._listing is None:
            return tr(f"Looking into {folder} …", f"Mirando en {folder} …")
        if listing.why:
            return tr(f"{folder} cannot be read: {listing.why}.", f"{folder} no se puede leer: {listing.why}.")
        if listing.more:
            return tr(
                f"{folder} holds more than {number(MOST)} names: not all are here; a path can be typed whole.",
                f"{folder} tiene más de {number(MOST)} nombres: aquí no están todos; se puede escribir la ruta entera.",
            )
        left = len(self._found) - SHOWN
        if left > 0:
            return tr(f"{number(left)} more: type on.", f"{number(left)} más: siga escribiendo.")
        if not self._found:
            return tr(f"Nothing in {folder} is called so.", f"En {folder} nada se llama así.")
        return ""

    def on_path_line_dropped(self, message: PathLine.Dropped) -> None:
        message.stop()
        self._drop(message.paths)

    def _drop(self, paths: Sequence[str]) -> None:
        """The first takes the place of what stands in the line."""
        self._write(paths[0])
        if len(paths) > 1:
            self.notify(
                tr(
                    f"{len(paths)} files were dropped; the first is here.",
                    f"Se soltaron {len(paths)} archivos; aquí está el primero.",
                ),
                markup=False,
            )

    # What is chosen.

    def action_complete(self) -> None:
        if (at := self._files.highlighted) is not None:
            self._enter(self._offered[at])
        else:
            folder, beginning = parted(self._typed)
            self._write(folder + completed(self._found, beginning))

    def action_move(self, way: str) -> None:
        if self._offered:
            getattr(self._files, f"action_cursor_{way}" if way in ("up", "down") else f"action_{way}")()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click."""
        event.stop()
        if isinstance(event.option, _Line):  # the list may have been filled anew meanwhile
            self._take(event.option.one)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if (at := self._files.highlighted) is not None:
            self._take(self._offered[at])
            return
        typed = self._typed.strip()
        named = next((one for one in self._found if one.folder and one.name == parted(typed)[1]), None)
        if typed and not self._kind.folders and (named or typed.endswith("/")):
            self._write(typed if typed.endswith("/") else f"{typed}/")
        else:
            self.dismiss(typed or None)

    def _take(self, one: str | Entry) -> None:
        if isinstance(one, Entry) and one.folder:
            self._enter(one)
        else:
            self.dismiss(self._path(one))

    def _enter(self, one: str | Entry) -> None:
        self._write(self._path(one) + ("/" if isinstance(one, Entry) and one.folder else ""))

    def _path(self, one: str | Entry) -> str:
        if one is UP:
            return above(self._folder or "").removesuffix("/")
        return one if isinstance(one, str) else f"{self._folder or ''}{one.name}"
