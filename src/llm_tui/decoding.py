"""Files as dataclasses, on whatever thread.

msgspec puts down what it knows of a dataclass before it knows all of it, and other threads may run in between: one that
decodes the same dataclass then takes half of it, and the program ends with a segmentation fault. So a dataclass is
looked at for the first time by one thread alone.
"""

from __future__ import annotations

import threading
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_alone = threading.RLock()
_decoders: dict[Any, Any] = {}


def decode(content: bytes | str | msgspec.Raw, kind: type[T]) -> T:
    """The value that a JSON text holds.

    Raises:
        msgspec.DecodeError: it holds none of this kind.
    """
    decoder = _decoders.get(kind)
    if decoder is None:
        with _alone:
            decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    try:
        value: T = decoder.decode(content)
    except UnicodeDecodeError as error:  # msgspec leaves it as Python has it
        raise msgspec.DecodeError(str(error)) from error
    return value


def from_toml(content: bytes, kind: type[T]) -> T:
    """The value that a TOML text holds.

    Raises:
        msgspec.DecodeError: it holds none of this kind.
    """
    with _alone:
        return msgspec.toml.decode(content, type=kind)


def convert(value: object, kind: type[T]) -> T:
    """A value of mappings and lists as one of this kind.

    Raises:
        msgspec.ValidationError: it is none.
    """
    with _alone:
        return msgspec.convert(value, kind)
