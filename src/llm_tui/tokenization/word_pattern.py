"""The one definition of a word as an expression of the `regex` package. Light."""

from __future__ import annotations

# The rules as one expression. Marks, format characters and joiners belong to what they follow (WB4); an emoji that is
# joined to a word by ZWJ belongs to it too (WB3c).
_EXTEND = r"[\p{WB=Extend}\p{WB=Format}\p{WB=ZWJ}]*+"
_LETTER = r"[\p{WB=ALetter}\p{WB=Hebrew_Letter}]"
_HEBREW = r"\p{WB=Hebrew_Letter}"
_BETWEEN_LETTERS = (
    rf"[\p{{WB=MidLetter}}\p{{WB=MidNumLet}}']{_EXTEND}(?={_LETTER})"
    rf"|(?<={_HEBREW}{_EXTEND})\"{_EXTEND}(?={_HEBREW})"
)
_LETTERS = rf"(?:{_LETTER}{_EXTEND})++(?:(?:{_BETWEEN_LETTERS})(?:{_LETTER}{_EXTEND})*+)*+"
_DIGIT = rf"\p{{WB=Numeric}}{_EXTEND}"
_DIGITS = rf"(?:{_DIGIT})++(?:[\p{{WB=MidNum}}\p{{WB=MidNumLet}}']{_EXTEND}(?:{_DIGIT})++)*+"
_RUN = rf"(?:(?:{_LETTERS}|{_DIGITS})++|(?:\p{{WB=Katakana}}{_EXTEND})++)"
_LINK = rf"(?:\p{{WB=ExtendNumLet}}{_EXTEND})"
_FIRST_LINKS = (
    rf"(?:(?<!\p{{WB=ExtendNumLet}}{_EXTEND}){_LINK}++)?+"  # of a run of them only the first can begin a word
)
_LINKED = rf"{_FIRST_LINKS}{_RUN}(?:{_LINK}++{_RUN})*+{_LINK}*+(?:(?<={_HEBREW}{_EXTEND})'{_EXTEND})?+"
# Scripts that write no spaces (Han, Hiragana, Thai): the default rules part every letter.
_SINGLE = (
    rf"[[\p{{L}}\p{{N}}]--[\p{{WB=ALetter}}\p{{WB=Hebrew_Letter}}\p{{WB=Numeric}}\p{{WB=Katakana}}"
    rf"\p{{WB=ExtendNumLet}}\p{{WB=Extend}}]]{_EXTEND}"
)
WORD = rf"(?V1)(?:{_LINKED}|{_SINGLE})(?:(?<=\u200d)\p{{Extended_Pictographic}}{_EXTEND})*+"
