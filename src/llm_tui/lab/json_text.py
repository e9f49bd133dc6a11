"""Answers as the JSON of their file. They are written every half second while a person types, and may be a sheet of
thousands of texts of which one has changed: what is the very same object as the last time is not written anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any

import msgspec

from llm_tui.kept import compared


@dataclass(frozen=True, slots=True)
class Written:
    """A value, and its JSON as it stands at some indentation, in pieces: megabytes are put together once. Where it was
    written part by part: the names of these, none in a list, their values, their lines, and those of them that have
    parts of their own, of which the line has the name alone.
    """

    value: Any
    pieces: Sequence[bytes]
    names: Sequence[str] = ()
    values: Sequence[Any] = ()
    lines: Sequence[bytes] = ()
    parts: Sequence[Written | None] = ()

    def text(self, end: bytes = b"") -> bytes:
        return b"".join((*self.pieces, end))


_NOTHING = Written(object(), ())
"""Nothing is that value."""


def written(value: object, before: Written | None = None) -> Written:
    """What `msgspec.json.format` makes of it with two spaces, byte for byte; `before` is what was written last."""
    return _whole(value, 0) if before is None else _again(value, before, 0)


def _whole(value: object, indent: int) -> Written:
    text = msgspec.json.format(msgspec.json.encode(value), indent=2)
    return Written(value, (text.replace(b"\n", b"\n" + b" " * indent),))


def _again(value: object, before: Written, indent: int) -> Written:
    """Part by part, as far as it has parts that have some."""
    if before.value is value:
        return before
    names, values = _parts(value)
    if not any(map(_opens, values)):
        return _whole(value, indent)
    if type(before.value) is not type(value):
        before = _NOTHING
    old = min(len(before.lines), len(values))
    fresh = {*compared(before.values[:old], values[:old]), *range(old, len(values))}
    fresh.update(compared(before.names[:old], names[:old]))
    more = [None] * (len(values) - old)
    lines: list[Any] = [*before.lines[:old], *more]
    parts: list[Written | None] = [*before.parts[:old], *more]
    for place in fresh:
        part = _again(values[place], parts[place] or _NOTHING, indent + 2)
        name = msgspec.json.encode(names[place]) + b": " if names else b""
        parts[place] = part if part.lines else None
        lines[place] = name if part.lines else name + part.text()
    return Written(value, _together(lines, parts, b"{}" if names else b"[]", indent), names, values, lines, parts)


def _together(lines: Sequence[bytes], parts: Sequence[Written | None], around: bytes, indent: int) -> Sequence[bytes]:
    line = b"\n" + b" " * indent
    begin, between, end = around[:1] + line + b"  ", b"," + line + b"  ", line + around[1:]
    if not any(parts):
        return begin, between.join(lines), end
    pieces = [begin]
    for own, part in zip(lines, parts, strict=True):
        pieces += (own, *(part.pieces if part else ()), between)
    return [*pieces[:-1], end]


def _parts(value: Any) -> tuple[Sequence[str], Sequence[Any]]:
    """Their names and values; none where it has none, or is no object and no list."""
    if isinstance(value, tuple):
        return (), value
    if isinstance(value, Mapping):
        return (list(value), list(value.values())) if {*map(type, value)} <= {str} else ((), ())
    names = _fields(value.__class__)
    return names, [getattr(value, name) for name in names]


@cache
def _fields(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def _opens(value: Any) -> bool:
    return isinstance(value, tuple | Mapping) or bool(_fields(value.__class__))
