"""The letters that plain mode sends: no escape, no line drawing, no block, no braille, wherever a text comes from."""

from __future__ import annotations

import re
import unicodedata

from llm_tui.visible import visible

_DRAWN = re.compile("[\u2500-\u259f\u2800-\u28ff]")

SPACE = "\u2581"
"""The space as a tokenizer shows it: the one block that is a letter."""

_LEVEL = frozenset("─━┄┅┈┉╌╍═╴╶╸╺╼╾")
_UPRIGHT = frozenset("│┃┆┇┊┋╎╏║╵╷╹╻╽╿")

_MARKS = {"\u0301": "'", "\u0300": "`", "\u0303": "~", "\u0308": '"', "\u0302": "^", "\u0327": ","}
"""How an accent is written behind its letter where only ASCII can be sent."""

_SIGNS = {
    "“": '"', "”": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "…": "...", "–": "-", "—": "-", "−": "-", "·": ".",
    "→": "->", "←": "<-", "≈": "~", "±": "+-", "×": "x", "≠": "!=", "≥": ">=", "≤": "<=", "\u00a0": " ", "¿": "?",
    "¡": "!", "º": "o", "ª": "a", "⟨": "<", "⟩": ">", "€": "EUR",
}  # fmt: skip


def plain(text: str) -> str:
    """`text` with nothing in it that a terminal obeys, and nothing that is drawn rather than read. Lines stay lines."""
    text = visible(text.expandtabs(4), keep_newlines=True)
    return _DRAWN.sub(lambda found: _undrawn(found[0]), text)


def _undrawn(char: str) -> str:
    if char == SPACE:
        return "_"
    if char in _LEVEL:
        return "-"
    if char in _UPRIGHT:
        return "|"
    if char < "\u2580":
        return "+"
    return "#" if char < "\u2800" else f"\u27e8{ord(char):04X}\u27e9"


def spelled(text: str) -> str:
    """`text` in ASCII: an accent stands behind its letter, "n~" for "ñ", so that "año" and "ano" stay apart."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", "".join(_SIGNS.get(char, char) for char in text))
    return "".join(_MARKS.get(char, char) for char in apart).encode("ascii", "backslashreplace").decode()
