"""A comparison word by word: as a table, and as JSON with pieces, ids and offsets. Light: no torch and no numpy."""

from __future__ import annotations

import dataclasses
import json
from array import array
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any

import msgspec

from llm_tui.export.table import Cell, Column, Table
from llm_tui.i18n import Text
from llm_tui.tokenization.job import WORD, Comparison, Tokenized, labels
from llm_tui.tokenization.measures import KINDS, Measures

DIFFERENT = "≠"


def words_table(comparison: Comparison, footer: tuple[Text, ...] = ()) -> Table:
    """One row per word of the text, in its order: how each tokenizer cuts it, and whether they differ."""
    names = labels([tokenized.name for tokenized in comparison.tokenized])
    columns = (
        Column("word", Text("word", "palabra")),
        *(Column(name, Text(f"{name} (subwords)", f"{name} (subwords)")) for name in names),
        Column("different", Text("differ", "difieren")),
    )
    return Table(columns, tuple(_row(comparison, unit) for unit in comparison.words), footer)


def _row(comparison: Comparison, unit: int) -> tuple[Cell, ...]:
    cuts = (comparison.cut(tokenized, unit, unit) for tokenized in comparison.tokenized)
    return (
        comparison.unit_text(unit),
        *(f"{len(cut)}: {' '.join(cut.pieces)}" for cut in cuts),
        DIFFERENT if comparison.different[unit] else "",
    )


def as_json(comparison: Comparison, language: str = "es") -> dict[str, Any]:
    """All that a comparison found out, in plain values.

    `{"text": {"characters", "bytes", "words"}, "word": what a word is, "tokenizers": [{"name", "label", "source",
    "model", "vocabulary", "aligned_by_text", "measures"}], "words": [{"word", "start", "end", "different", "cuts"}]}`,
    with one cut per tokenizer: `{"pieces", "ids", "offsets", "bytes", "unknown", "lost"}`. Pieces have the
    vocabulary's own spelling. Offsets are `[start, end]` as the tokenizer gave them, in characters of the text, and
    `bytes` the same in its UTF-8: a piece may begin with the space before its word. `language` is that of the words
    for a person.
    """
    return {**_head(comparison, language), "words": list(_words(comparison))}


def json_text(comparison: Comparison, language: str = "es", **more: Any) -> str:
    """`as_json` as text, after what is to stand before it; a word takes one line, where indenting would give it fifty.

    The words are written one by one: as plain values, those of a long text would take gigabytes.
    """
    head = json.dumps({**more, **_head(comparison, language)}, ensure_ascii=False, indent=2)
    words = ",\n".join("    " + msgspec.json.encode(word).decode() for word in _words(comparison))
    return f'{head.removesuffix("}").rstrip()},\n  "words": [\n{words}\n  ]\n}}\n'


def _head(comparison: Comparison, language: str) -> dict[str, Any]:
    text = comparison.text
    return {
        "text": {"characters": len(text), "bytes": len(text.encode()), "words": len(comparison.words)},
        "word": WORD.within(language),
        "tokenizers": [
            {
                "name": t.name,
                "label": t.label,
                "source": t.source.within(language),
                "model": t.model,
                "vocabulary": t.vocabulary,
                "aligned_by_text": t.by_text,
                "measures": _measures(t.measures),
            }
            for t in comparison.tokenized
        ],
    }


def _measures(measures: Measures) -> dict[str, Any]:
    """The counts, and what follows from them."""
    counts = {**dataclasses.asdict(measures), "lost_most": dict(measures.lost_most)}
    return counts | {kind.column.key: kind.of(measures) for kind in KINDS}


def _words(comparison: Comparison) -> Iterator[dict[str, Any]]:
    in_bytes = _byte_offsets(comparison.text)
    for unit in comparison.words:
        yield {
            "word": comparison.unit_text(unit),
            "start": comparison.starts[unit],
            "end": comparison.ends[unit],
            "different": bool(comparison.different[unit]),
            "cuts": [_cut(comparison, tokenized, unit, in_bytes) for tokenized in comparison.tokenized],
        }


def _cut(comparison: Comparison, tokenized: Tokenized, unit: int, in_bytes: Callable[[int], int]) -> dict[str, Any]:
    numbers = tokenized.pieces(unit)
    ids = tokenized.ids[numbers.start : numbers.stop].tolist()
    offsets = [(tokenized.starts[i], tokenized.ends[i]) for i in numbers]
    return {
        "pieces": [tokenized.raw[id] for id in ids],
        "ids": ids,
        "offsets": offsets,
        "bytes": [(in_bytes(start), in_bytes(end)) for start, end in offsets],
        "unknown": [id in tokenized.unknown for id in ids],
        "lost": comparison.cut(tokenized, unit, unit).lost,
    }


def _byte_offsets(text: str) -> Callable[[int], int]:
    """From an offset in characters to the one in UTF-8; counted once, for counting from the start of the text at every
    word would take time with the square of its length.
    """
    if text.isascii():
        return lambda offset: offset
    return array("i", accumulate(map(len, map(str.encode, text)), initial=0)).__getitem__
