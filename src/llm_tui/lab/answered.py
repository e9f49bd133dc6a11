"""What of a model's answer may stand in the log, so that a later one can be held against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import msgspec

from llm_tui.lab.privacy import settings_of

MOST_BYTES = 16_384
"""Of one answer in the log; those to more texts than fit are not kept."""

DIGITS = 6
"""Decimals of a score."""

_LEFT_OUT = ("made_by", "back_by", "labels", "units")
"""What made an answer stands in the log beside it, the labels among what was asked; where each word of a text stands
would tell how long its words are.
"""

PACKAGES = ("torch", "transformers", "tokenizers")


def answer_of(result: Any, texts: bool) -> dict[str, object] | None:
    """The answer of a pretrained model: its numbers, and of its texts the SHA-256, or the `texts` themselves. None
    where the result is no such answer, or too long.
    """
    if not hasattr(result, "made_by"):
        return None
    told = {name: _rounded(value) for name, value in settings_of(result, texts).items() if name not in _LEFT_OUT}
    return told if told and len(msgspec.json.encode(told)) <= MOST_BYTES else None


@cache
def versions() -> Mapping[str, str]:
    """Of the packages that an answer depends on."""
    return dict(_versions())


def _versions() -> Iterator[tuple[str, str]]:
    from importlib.metadata import PackageNotFoundError, version  # not at the top: not before the first paint

    for package in PACKAGES:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            continue


def _rounded(value: object) -> object:
    match value:
        case float():
            return round(value, DIGITS)
        case dict():
            return {name: _rounded(part) for name, part in value.items()}
        case list():
            return [_rounded(part) for part in value]
    return value
