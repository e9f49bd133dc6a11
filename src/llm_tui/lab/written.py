"""A folder of the lab whose files this program writes and a person may change."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping
from pathlib import Path

import msgspec

from llm_tui.decoding import decode
from llm_tui.errors import UserError
from llm_tui.i18n import tr
from llm_tui.lab.files import read_if_there
from llm_tui.lab.store import Store

_KNOWN = ".written.json"
"""The hash of each file as it was last written by this program."""


class Written:
    """What a person has changed by hand stays as it is: what is written under its name then gets a number.

    One after the other, from whichever thread: each write adds to the hashes that it has found.
    """

    def __init__(self, store: Store, folder: str):
        self._store = store
        self._folder = store.folder / folder
        self._writing = threading.Lock()

    def write(self, name: str, content: str | bytes, beside: Mapping[str, str] | None = None) -> Path:
        """Write a file, after those `beside` it, which it names and which keep their names.

        Raises:
            UserError: it could not be written, or a file beside it was changed by hand.
        """
        with self._writing:
            return self._write(name, content, beside or {})

    def _write(self, name: str, content: str | bytes, beside: Mapping[str, str]) -> Path:
        written, new = self._known(), _bytes(content)
        for other, text in beside.items():
            if not self._is_ours(other, _bytes(text), written):
                raise _changed(self._folder / other)
        stem, dot, ending = name.partition(".")
        number = 1
        while not self._is_ours(candidate := name if number == 1 else f"{stem}-{number}{dot}{ending}", new, written):
            number += 1
        files = {**{other: _bytes(text) for other, text in beside.items()}, candidate: new}
        for file, data in files.items():
            self._store.write(self._folder / file, data)
            written[file] = _digest(data)
        with contextlib.suppress(UserError):  # the file is there; the next one gets a number
            self._store.write(self._folder / _KNOWN, msgspec.json.encode(written))
        return self._folder / candidate

    def _is_ours(self, name: str, new: bytes, written: Mapping[str, str]) -> bool:
        there = read_if_there(self._folder / name)
        return there is None or there == new or _digest(there) == written.get(name)

    def _known(self) -> dict[str, str]:
        try:
            return decode(read_if_there(self._folder / _KNOWN) or b"{}", dict[str, str])
        except msgspec.DecodeError:
            return {}


def _changed(path: Path) -> UserError:
    return UserError(
        tr(
            f"{path} was changed by hand, and the program would read it: rename it, then try again.",
            f"{path} se cambió a mano y el programa lo leería: cámbiele el nombre e inténtelo de nuevo.",
        )
    )


def _bytes(content: str | bytes) -> bytes:
    return content.encode(errors="surrogatepass") if isinstance(content, str) else content


def _digest(content: bytes) -> str:
    import hashlib  # not at the top: it takes 9 ms, before the first paint

    return hashlib.sha256(content).hexdigest()
