"""What of a job may stand in the log: never a person's text, unless the person asks for it, nor a token, nor a path."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from llm_tui.marks import Logged
from llm_tui.serving.address import is_address, shown
from llm_tui.serving.servers import KEYS

_TOKENS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", *KEYS)

HIDDEN = "…"
"""Stands in the log for a token and for a home folder."""


def settings_of(job: Any, texts: bool) -> dict[str, object]:
    """The fields of a job as the log may have them.

    The type of a field says whether what is in it is in clear (`Name`, `Words`). Every other text is told by its
    SHA-256, or, where the person wants their `texts` in the log, as it is but for tokens and home folders.
    """
    return {name: _told(getattr(job, name), mark, texts) for name, mark in _marks(type(job)).items()}


def _told(value: Any, mark: Logged | None, texts: bool) -> object:
    if mark is Logged.PIECES:
        value, mark = " ".join(map(str, value)), None
    if value is None or isinstance(value, bool | int | float):
        return value
    if is_dataclass(value):
        return settings_of(value, texts)
    if isinstance(value, Mapping):
        return {str(_told(key, mark, texts)): _told(part, mark, texts) for key, part in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [_told(part, mark, texts) for part in value]
    text = str(value)
    if mark is None and not texts:
        import hashlib  # not at the top: it takes 9 ms, before the first paint

        return f"sha256:{hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()}"
    if mark is Logged.NAME and is_address(text):  # where a text went stands in clear, without what may be a key
        return _private(shown(text))
    # A hub id has one slash at most.
    is_path = mark is Logged.NAME and (text.startswith(("/", "~", ".")) or text.count("/") > 1)
    return _private(_last_part(text) if is_path else text)


def _marks(kind: type[Any]) -> dict[str, Logged | None]:
    """How each field may be logged: as all of the texts that it can hold are marked, or not at all. What makes no
    difference to the result is no setting of it.
    """
    hints = get_type_hints(kind, include_extras=True)
    found = {field.name: set(_in(hints[field.name])) for field in fields(kind) if field.compare}
    return {name: marks.pop() if len(marks) == 1 else None for name, marks in found.items()}


def _in(hint: Any) -> Iterator[Logged | None]:
    """The marks of what a type can hold that would be written as a text. A dataclass has its own."""
    noted = [note for note in getattr(hint, "__metadata__", ()) if isinstance(note, Logged)]
    if noted:
        yield from noted
    elif get_origin(hint) is not Literal and get_args(hint):
        for argument in get_args(hint):
            yield from _in(argument)
    elif hint not in (bool, int, float, NoneType, Ellipsis) and not is_dataclass(hint):
        yield None


_PRIVATE = re.compile(
    r"\b(?:hf|api_org)_[A-Za-z0-9]{16,}|\bsk-[A-Za-z0-9_-]{16,}|/(?:home|Users)/[^/\s]+|~[\w.-]*(?=/)"
)


def _last_part(path: str) -> str:
    """The name of a file or folder; that of a home folder would be the name of a person."""
    home = os.path.basename(os.path.expanduser("~"))
    whole = os.path.normpath(os.path.join("/", os.path.expanduser(path)))
    name = os.path.basename(whole)
    somebody = path.startswith("~") and "/" not in path.rstrip("/")
    return HIDDEN if somebody or name in ("", home) or _PRIVATE.fullmatch(whole) else name


def _private(text: str) -> str:
    """`text` without tokens of the hub, keys of servers and paths of home folders; and without the halves of surrogate
    pairs, which JSON does not have.
    """
    for token in (os.environ.get(name, "").strip() for name in _TOKENS):
        if token:
            text = text.replace(token, HIDDEN)
    home = os.path.expanduser("~").rstrip("/")
    if home:
        text = re.sub(rf"{re.escape(home)}(?![\w.-])", HIDDEN, text)
    return _PRIVATE.sub(HIDDEN, text).encode(errors="replace").decode()
