"""The lab's folder as a place to write to: whose its files are, whether it is still there, what has gone wrong."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

from llm_tui.errors import UserError, reason
from llm_tui.i18n import tr
from llm_tui.lab.files import (
    GROUP,
    OWN,
    Access,
    append_line,
    cannot_write,
    make_folder,
    open_log,
    read_plain,
    write_atomic,
)


class Gone(UserError):
    """The folder of an open lab is no longer there."""


class Store:
    """All that is written to a lab goes through here.

    The folder is made when something is first written. One that was there and is gone is not made again behind the
    person's back: a disk may be unplugged, a folder renamed. `made` is called when the folder was made, `tell` gets a
    sentence about what went wrong, on any thread.
    """

    def __init__(self, folder: Path, made: Callable[[], object] = lambda: None):
        self.folder = folder
        self._made = made
        self.tell: Callable[[str], None] = lambda sentence: None
        self._seen = os.path.isdir(folder)
        self._troubles: dict[str, object] = {}

    def settings(self) -> dict[str, object]:
        """What lab.toml says; nothing where there is none. Of one that cannot be read, which is told, only that no
        texts are logged: it may say so.
        """
        return self._toml()[1]

    def toml(self) -> str:
        """The text of `settings`."""
        return self._toml()[0]

    def _toml(self) -> tuple[str, dict[str, object]]:
        path = self.folder / "lab.toml"
        try:
            text = read_plain(path).decode().removeprefix("\ufeff")
            # Not at the top: a new lab has no such file, and its first paint need not wait.
            from llm_tui import toml_lines

            said = toml_lines.read(text)
        except (FileNotFoundError, NotADirectoryError):
            return "", {}
        except (OSError, ValueError) as error:
            self.trouble("lab.toml", _not_followed(path, error))
            return "log_texts = false\n", {"log_texts": False}
        self.over("lab.toml")
        return text, said

    def access(self) -> Access:
        return GROUP if self.settings().get("group") is True else OWN

    def write(self, path: Path, content: str | bytes) -> None:
        """Replace a file, in one step.

        Raises:
            UserError: it could not be written; the old version is untouched.
        """
        self._make_for(path)
        write_atomic(path, content, self.access())

    def append(self, path: Path, line: str) -> None:
        """Add one line to a log.

        Raises:
            UserError: it could not be written.
        """
        self._make_for(path)
        append_line(path, line, self.access())

    def open_log(self, path: Path) -> IO[bytes]:
        """A log that is written to for some time.

        Raises:
            UserError: it could not be opened.
        """
        self._make_for(path)
        try:
            return open_log(path, self.access())
        except OSError as error:
            raise cannot_write(path, error) from error

    def make_new(self, folder: Path) -> bool:
        """Make a folder of the lab; False where there is one of this name: making it is the test.

        Raises:
            UserError: it could not be made.
        """
        self._make_for(folder)
        try:
            make_folder(folder, self.access())
        except FileExistsError:
            return False
        except OSError as error:
            raise cannot_write(folder, error) from error
        return True

    def make_folder(self, folder: Path) -> None:
        """A folder of the lab, where it is not there yet.

        Raises:
            UserError: it could not be made.
        """
        self._make_for(folder / "any")

    def gone(self) -> Gone | None:
        """Says so when the folder was there and is there no longer."""
        if os.path.isdir(self.folder):
            self._seen = True
            return None
        return _gone(self.folder) if self._seen else None

    def forget(self) -> None:
        """Take a folder that is gone for one that never was: the next write makes it."""
        self._seen = False

    def share(self) -> None:
        """Where lab.toml was changed to let the group in, open to it what was made before."""
        access = self.access()
        if access is not GROUP or os.stat(self.folder).st_mode & 0o070 == 0o070:
            return
        for parent, _, names in os.walk(self.folder):
            for path, mode in ((parent, access.folder), *((os.path.join(parent, name), access.file) for name in names)):
                with contextlib.suppress(OSError):  # somebody else's
                    if not os.path.islink(path):
                        os.chmod(path, mode)

    def trouble(self, what: str, error: UserError) -> None:
        """Tell the person what went wrong with `what`, once until it is over or something else is wrong."""
        kind = (type(error), getattr(error.__cause__, "errno", None))
        if self._troubles.get(what) != kind:
            self._troubles[what] = kind
            self.tell(str(error))

    def over(self, what: str) -> bool:
        """`what` works again; returns whether the person had been told that it does not."""
        return self._troubles.pop(what, None) is not None

    def _make_for(self, path: Path) -> None:
        """The folder that `path` is to stand in, and those above it as far as they belong to the lab."""
        folder = path.parent
        if os.path.isdir(folder):
            self._seen = True
            return
        if folder == self.folder and self._seen:
            raise _gone(folder)
        try:
            if folder == self.folder:
                folder.parent.mkdir(parents=True, exist_ok=True)
            else:
                self._make_for(folder)
            with contextlib.suppress(FileExistsError):  # another program was faster; a file will be said
                make_folder(folder, self.access())
        except OSError as error:
            raise cannot_write(path, error) from error
        self._seen = True
        if folder == self.folder:
            self._made()


def _gone(folder: Path) -> Gone:
    return Gone(
        tr(
            f"The lab {folder} is no longer there: it was removed or renamed, or its disk is not connected. Nothing is "
            "saved until it is back.",
            f"El laboratorio {folder} ya no está: se borró o cambió de nombre, o su disco no está conectado. No se "
            "guarda nada hasta que vuelva.",
        )
    )


def _not_followed(path: Path, error: OSError | ValueError) -> UserError:
    from llm_tui.toml_lines import NotToml

    why = reason(error) if isinstance(error, OSError) else tr("it is not UTF-8", "no está en UTF-8")
    if isinstance(error, NotToml):
        why = tr(f"line {error.line}: {error.why}", f"línea {error.line}: {error.why}")
    return UserError(
        tr(
            f"{path} cannot be read ({why}): nothing that it says is followed, and no text is logged, until you mend "
            "it in an editor and save it as UTF-8.",
            f"{path} no se puede leer ({why}): no se sigue nada de lo que dice, y no se registra ningún texto, hasta "
            "que lo corrija en un editor y lo guarde como UTF-8.",
        )
    )
