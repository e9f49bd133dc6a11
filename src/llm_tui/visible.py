"""Text from outside, made safe to show: control characters are seen, not sent."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import accumulate

# C0 controls have their own pictures from U+2400 on, DEL at U+2421.
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}


def visible(text: str, *, keep_newlines: bool = False) -> str:
    """`text` with every control and direction character replaced by a visible sign.

    Escape sequences cannot reach the terminal, and no character can turn the reading direction of what follows.
    """
    if text.isprintable():
        return text
    return "".join(_sign(char, keep_newlines) for char in text)


def _sign(char: str, keep_newlines: bool) -> str:
    if char == "\n" and keep_newlines:
        return char
    if ord(char) in _PICTURES:
        return _PICTURES[ord(char)]
    if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") and char not in "\u200d\u200c":
        return f"\u27e8{ord(char):04X}\u27e9"
    return char


_NEVER_IN_XML = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"  # compiled when it is wanted, in 4 ms


def legal(text: str) -> str:
    """`text` with a sign for each character that no XML may hold: neither a Word document nor an SVG."""
    return re.sub(_NEVER_IN_XML, lambda found: f"\u27e8{ord(found[0]):04X}\u27e9", text)


def visible_in_place(text: str) -> str:
    """As `visible`, with one sign for each character and tabs as they are, for a text that is edited."""
    if text.isprintable():
        return text
    signs = (char if char == "\t" else _sign(char, False) for char in text)
    return "".join(sign if len(sign) == 1 else "\ufffd" for sign in signs)


# What most texts are made of: Latin letters without separate accents, no soft hyphen, and the signs of printing.
_NARROW = re.compile("[\x00-\xac\xae-\u02ff\u2010-\u2027\u20a0-\u20bf]*")


def _is_narrow(text: str) -> bool:
    """Whether each character is sure to take one column."""
    return text.isascii() or _NARROW.fullmatch(text) is not None


def width(text: str) -> int:
    """The columns of a terminal that a text takes (UAX #11): two for a wide character, none for a mark."""
    if _is_narrow(text):
        return len(text)
    return sum(
        2 if unicodedata.east_asian_width(char) in "WF" else unicodedata.category(char) not in ("Mn", "Me", "Cf")
        for char in text
    )


def shortened(text: str, room: int) -> str:
    """`text` in `room` columns of a terminal; where it takes more, it ends in an ellipsis."""
    narrow = _is_narrow(text)
    if (len(text) if narrow else width(text)) <= room:
        return text
    kept = room - 1 if narrow else sum(end < room for end in accumulate(map(width, text)))
    return f"{text[:kept]}…" if room > 0 else ""


def leftward(text: str) -> bool:
    """Whether it is written from right to left, by its first letter (UAX #9, P2)."""
    strong = (side for char in text if (side := unicodedata.bidirectional(char)) in ("L", "R", "AL"))
    return next(strong, "L") != "L"


def padded(text: str, room: int, right: bool = False) -> str:
    """`text` with the spaces that it lacks of `room` columns, behind it or, at the `right` edge, before it."""
    gap = " " * (room - width(text))
    return gap + text if right else text + gap


_LAST_ACCENT = "\u036f"
_ACCENTS = re.compile(f"[\u0300-{_LAST_ACCENT}]+")


def folded(text: str) -> str:
    """As a search sees it: neither case nor accents count."""
    text = text.casefold()
    if text.isascii():
        return text
    text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))  # nearly all there are in Latin letters, at once
    if max(text, default="") <= _LAST_ACCENT:
        return text
    return "".join(sign for sign in text if not unicodedata.combining(sign))


def has(text: str, words: Sequence[str]) -> bool:
    """Whether each of `words`, folded as `text` is, stands in it."""
    return all(word in text for word in words)
