"""Reading a file of the lab part by part: what an earlier version did not write, or an accident took, costs itself
alone.

A field that a file lacks has its default where that says nothing (None, no text, nothing in it), or where the type says
that it is what earlier versions did (`Later`). Any other default would pass for what was measured or chosen: without
such a field, or with one that is not of its type, the value that it is a field of cannot be read. Then that value is
left out: an optional one is None, an entry of a mapping and an element of `Each` are not there, a field has its
default. Lists that are no `Each` are read whole or not at all, for their elements may belong to those of another.

The fields of the file's own type may all be lacking: a new sheet begins with the same.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from llm_tui.decoding import convert, decode
from llm_tui.errors import UserError
from llm_tui.marks import Lacking

A = TypeVar("A")


class Unreadable(ValueError):
    """Nothing of a file can be read, or not the part that this names."""


@dataclass(frozen=True, slots=True)
class Stored(Generic[A]):
    """What a file says. `lost` names the parts that could not be read, `unknown` those that this version does not
    have: as `readings.0.scores`, with the numbers of elements from 0.
    """

    value: A
    lost: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def read(content: bytes, kind: type[A]) -> Stored[A]:
    """The value of a dataclass that a JSON file holds.

    Raises:
        Unreadable: it holds none.
    """
    if (value := _as_written(content, kind)) is not None:
        return Stored(value)
    reader = _Reader()
    try:
        value = reader.record(decode(content, object), kind, "")
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unreadable(str(error)) from error
    return Stored(value, tuple(_outermost(reader.lost)), tuple(reader.unknown))


def _as_written(content: bytes, kind: type[A]) -> A | None:
    """The value that this version would write exactly as it stands there, at once: nothing is lost or unknown. None of
    any other file.
    """
    try:
        value = decode(content, kind)
        return value if msgspec.json.format(msgspec.json.encode(value), indent=2) == content.rstrip(b"\n") else None
    except (msgspec.MsgspecError, ValueError, TypeError, UserError, RecursionError):
        return None


class _Reader:
    def __init__(self) -> None:
        self.lost: list[str] = []
        self.unknown: list[str] = []
        self._fields: dict[Any, dict[str, tuple[Any, bool]]] = {}

    def record(self, there: Any, kind: type[A], at: str) -> A:
        """
        Raises:
            Unreadable: a field is missing that is needed, or a value is one that nobody could have typed.
        """
        if not isinstance(there, dict):
            raise Unreadable(at)
        if kind not in self._fields:
            self._fields[kind] = _fields(kind, of_file=not at)
        fields, values = self._fields[kind], dict[str, Any]()
        for name, (hint, spare) in fields.items():
            if name in there:
                values |= self._or_lost(there[name], hint, _below(at, name), spare)
            elif not spare:
                raise Unreadable(_below(at, name))
        self.unknown += [_below(at, name) for name in there.keys() - fields.keys()]
        try:
            return kind(**values)
        except (ValueError, UserError) as error:
            raise Unreadable(f"{at}: {error}") from error

    def _or_lost(self, there: Any, hint: Any, at: str, spare: bool) -> dict[str, Any]:
        """A field by its name; nothing, where it cannot be read and can be spared."""
        try:
            return {at.rpartition(".")[2]: self._value(there, hint, at)}
        except Unreadable:
            if not spare:
                raise
            self.lost.append(at)
            return {}

    def _value(self, there: Any, hint: Any, at: str) -> Any:
        bare, marks = _unmarked(hint)
        origin, arguments = get_origin(bare), get_args(bare)
        if isinstance(bare, type) and dataclasses.is_dataclass(bare):
            return self.record(there, bare, at)
        if origin in (Union, UnionType) and arguments[1:] == (NoneType,) and there is not None:
            return self._optional(there, arguments[0], at)
        if isinstance(origin, type) and issubclass(origin, Mapping) and isinstance(there, dict):
            return self._entries(there, bare, at)
        each = Lacking.EACH in marks
        if origin is tuple and isinstance(there, list) and (each or dataclasses.is_dataclass(arguments[0])):
            return self._elements(there, arguments[0], at, each)
        try:
            return convert(there, bare)
        except msgspec.ValidationError as error:
            raise Unreadable(at) from error

    def _optional(self, there: Any, hint: Any, at: str) -> Any:
        try:
            return self._value(there, hint, at)
        except Unreadable:
            self.lost.append(at)
            return None

    def _entries(self, there: dict[str, Any], hint: Any, at: str) -> dict[str, Any]:
        of = get_args(hint)[1]
        if not dataclasses.is_dataclass(of):  # all at once where all is well: there may be thousands
            with contextlib.suppress(msgspec.ValidationError):
                return dict(convert(there, hint))
        found = {}
        for key, part in there.items():
            try:
                found[key] = self._value(part, of, f"{at}.{key}")
            except Unreadable:
                self.lost.append(f"{at}.{key}")
        return found

    def _elements(self, there: list[Any], hint: Any, at: str, each: bool) -> tuple[Any, ...]:
        found = []
        for number, part in enumerate(there):
            try:
                found.append(self._value(part, hint, f"{at}.{number}"))
            except Unreadable:
                if not each:
                    raise
                self.lost.append(f"{at}.{number}")
        return tuple(found)


def _unmarked(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    return (hint.__origin__, hint.__metadata__) if get_origin(hint) is Annotated else (hint, ())


def _outermost(parts: list[str]) -> Iterator[str]:
    """Without what is a part of another one."""
    known = set(parts)
    for part in dict.fromkeys(parts):
        if not any(part[:end] in known for end, char in enumerate(part) if char == "."):
            yield part


def _below(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


def _fields(kind: Any, of_file: bool) -> dict[str, tuple[Any, bool]]:
    """The type of each field, and whether a file can lack it: of its own type all that a new sheet begins with."""
    hints = _hints(kind)
    return {f.name: (hints[f.name], _can_be_spared(f, hints[f.name], of_file)) for f in dataclasses.fields(kind)}


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _can_be_spared(field: dataclasses.Field[Any], hint: Any, of_file: bool) -> bool:
    factory = field.default_factory
    default = factory() if factory is not dataclasses.MISSING else field.default
    if Lacking.LATER in _unmarked(hint)[1] or default is None or default in ("", (), {}):
        return True
    return of_file and default is not dataclasses.MISSING
