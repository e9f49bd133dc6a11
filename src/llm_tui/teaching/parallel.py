"""Sentences that are each other's translation, from other people: Tatoeba's and technical documentation's, with what of
them is held out.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from llm_tui.teaching.grammar import Phrase

FILES = ("tatoeba_en_es.tsv", "tech_en_es.tsv")
HELD_OUT = 100  # of Tatoeba one sentence of so many, with all its translations, is never trained on
HELD_OUT_DOCUMENTS = 10  # of technical documentation one document of so many, as a whole
MOST_LETTERS = 170
MARKS = re.compile(r"[\\`*_{}<>|=~#@\[\]]|::|\(\)")
"""What of documentation is code, not language."""


def sources(data: Path) -> list[Path]:
    """The files, those that are there."""
    return [file for file in (data / "text" / name for name in FILES) if file.exists()]


def tatoeba(data: Path) -> tuple[list[Phrase], list[Phrase]]:
    """The pairs to train on, and those held out."""
    rows = (data / "text" / "tatoeba_en_es.tsv").read_text(encoding="utf-8").splitlines()
    sides: tuple[list[Phrase], list[Phrase]] = ([], [])
    for row in rows:
        english, spanish = row.split("\t")[:2]
        sides[_drawn(english) % HELD_OUT == 0].append(Phrase(english, spanish))
    return sides


def technical(data: Path) -> tuple[list[Phrase], list[Phrase], list[Phrase]]:
    """Pairs out of technical documentation: to train on, to develop against, and held out, by whole documents, each in
    an order drawn by their texts; empty where the file is not among the data.
    """
    file = data / "text" / "tech_en_es.tsv"
    rows = [row.split("\t") for row in file.read_text(encoding="utf-8").split("\n")] if file.exists() else []
    sides: tuple[set[Phrase], set[Phrase], set[Phrase]] = (set(), set(), set())
    for english, spanish, *where in (row[:4] for row in rows if len(row) > 3):
        drawn = _drawn("\t".join(where)) % (4 * HELD_OUT_DOCUMENTS)
        sides[2 if drawn % HELD_OUT_DOCUMENTS == 0 else 1 if drawn == 1 else 0].add(Phrase(english, spanish))
    held = {text for pair in sides[2] for text in (pair.en, pair.es)}
    known = {pair for pair in sides[0] if pair.en not in held and pair.es not in held}
    ordered = [sorted(side, key=lambda p: hashlib.sha256(f"{p.en}\t{p.es}".encode()).digest()) for side in sides[1:]]
    return sorted(known, key=lambda pair: (pair.en, pair.es)), ordered[0], ordered[1]


def _drawn(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:2], "big")


def sound(pair: Phrase) -> bool:
    """Whether two sides can be each other's translation, by their length, and are language more than code."""
    lengths = sorted((len(pair.en), len(pair.es)))
    marks = min(len(MARKS.findall(pair.en)), len(MARKS.findall(pair.es)))
    return (
        lengths[0] > 12 and lengths[1] < min(MOST_LETTERS, 1.9 * lengths[0] + 8) and marks <= 2 and pair.en != pair.es
    )
