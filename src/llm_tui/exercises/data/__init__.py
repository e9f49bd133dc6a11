"""Word lists, questions and texts that exercises begin with, as TOML. They come with the program and are trusted."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from llm_tui.decoding import from_toml

T = TypeVar("T")


def read(name: str, of: type[T]) -> T:
    """The file `name`.toml as a dataclass; msgspec.ValidationError if it lacks a value or has one of another type."""
    return from_toml((Path(__file__).parent / f"{name}.toml").read_bytes(), of)
