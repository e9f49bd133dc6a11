"""The definition of a word, against another implementation of Unicode's word boundaries."""

from __future__ import annotations

import functools
import sys
import unicodedata

import numpy as np
import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st
from uniseg.emoji import extended_pictographic
from uniseg.wordbreak import word_break
from uniseg.wordbreak import words as segments

from llm_tui.tokenization import words

# A segment is a word if it has a letter or a digit. Letters are also those marks and signs that the rules treat so, and
# the two letters that they treat as marks (U+FF9E, U+FF9F) are none.
WORD = regex.compile(
    r"(?V1)[[\p{L}\p{N}\p{WB=ALetter}\p{WB=Hebrew_Letter}\p{WB=Numeric}\p{WB=Katakana}]--\p{WB=Extend}]"
)

# By script or by what a rule does with it.
ALPHABETS = {
    "latin": "abzAÑñéß",
    "greek and cyrillic": "αΩжЯ",
    "marks": "\u0301\u0303\u0308\u20e3\ufe0f",
    "apostrophes": "'’‘·:",
    "dots": ".,;…·：．",
    "digits": "0129٣५",
    "links": "_‿\u202f",
    "hebrew": "אבת\"'״׳",
    "arabic": "مرحبا\u0640",
    "katakana": "カタナーｱ゛\uff9e",
    "hiragana and han": "ひらん日本語",
    "korean": "한글가\u1112\u1161",
    "thai": "ไทยกา",
    "emoji": "\u200d👩💻🏽🇪🇸❤©",
    "format": "\u00ad\u2060\u200e\ufeff\u200b",
    "spaces": " \t\u00a0\u3000",
    "line ends": "\n\r\u000b\u2028\u0085",
    "signs": "-+%€@#/¿«»ª²",
}
AWKWARD = "".join(dict.fromkeys("".join(ALPHABETS.values())))

PROPERTIES = [
    "ALetter",
    "CR",
    "Double_Quote",
    "Extend",
    "ExtendNumLet",
    "Format",
    "Hebrew_Letter",
    "Katakana",
    "LF",
    "MidLetter",
    "MidNum",
    "MidNumLet",
    "Newline",
    "Numeric",
    "Regional_Indicator",
    "Single_Quote",
    "WSegSpace",
    "ZWJ",
]


@functools.cache
def agreed() -> list[str]:
    """The characters whose word break property is the same in the tables of both: they follow other versions of
    Unicode, in which some hundred code points differ, most of them not assigned in one of the two.
    """
    every = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    ours = dict.fromkeys(every, "OTHER")
    for name in PROPERTIES:
        spelling = name.upper().replace("_", "")
        ours.update(dict.fromkeys(regex.findall(rf"\p{{WB={name}}}", "".join(every)), spelling))
    pictures = set(regex.findall(r"\p{Extended_Pictographic}", "".join(every)))
    return [
        char
        for char in every
        if unicodedata.category(char) not in ("Cn", "Co")
        and ours[char] == str(word_break(char)).replace("_", "")
        and (char in pictures) == extended_pictographic(char)
    ]


@functools.cache
def letters_and_marks() -> list[str]:
    return [char for char in agreed() if unicodedata.category(char)[0] in "LMN"]


@functools.cache
def others() -> list[str]:
    return [char for char in agreed() if unicodedata.category(char)[0] not in "LMN"]


def found(text: str) -> list[str]:
    """The words that are found in a text."""
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    starts, stops = words.find(text, codes)
    assert np.all(starts[1:] >= stops[:-1]), "in order and apart"
    return [text[start:stop] for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)]


def expected(text: str) -> list[str]:
    return [segment for segment in segments(text) if WORD.search(segment)]


def test_the_two_tables_agree_on_nearly_everything() -> None:
    assert len(agreed()) > 100_000
    assert set(AWKWARD) <= set(agreed())


@settings(max_examples=2000)
@given(st.text(st.sampled_from(AWKWARD), max_size=12))
@example('א"\'א"')
@example("a'\u0301b")
@example("1.\u030811,2")
@example("_a_1_カ_")
@example("a\u200d👩\u200db")
@example("א'1")
@example("א'_")
@example("א'\u0301\u200d👩")
def test_words_of_awkward_characters_are_those_of_the_other_implementation(text: str) -> None:
    assert found(text) == expected(text)


@pytest.mark.parametrize("alphabet", ALPHABETS)
def test_words_around_one_kind_of_character_are_those_of_the_other_implementation(alphabet: str) -> None:
    @settings(max_examples=300)
    @given(st.text(st.sampled_from("ab1א " + ALPHABETS[alphabet]), max_size=10))
    def same(text: str) -> None:
        assert found(text) == expected(text)

    same()


@settings(max_examples=500)
@given(
    st.lists(
        st.deferred(lambda: st.sampled_from(letters_and_marks()) | st.sampled_from(others()))
        | st.sampled_from(AWKWARD),
        max_size=10,
    )
)
def test_words_of_any_character_are_those_of_the_other_implementation(characters: list[str]) -> None:
    text = "".join(characters)
    assert found(text) == expected(text)


def test_every_character_alone_is_a_word_or_none_as_in_the_other_implementation() -> None:
    text = "\n".join(char for char in agreed() if char not in "\r\n")
    assert found(text) == expected(text)


@settings(max_examples=300)
@given(st.lists(st.text(st.sampled_from(AWKWARD.replace("\n", "").replace("\r", "")), max_size=8), max_size=6))
def test_a_line_has_the_same_words_whatever_stands_in_the_lines_around_it(lines: list[str]) -> None:
    assert found("\n".join(lines)) == [word for line in lines for word in found(line)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Cuesta 12,5 % más.", ["Cuesta", "12,5", "más"]),
        ("de los U.S.A.", ["de", "los", "U.S.A"]),
        ("l'Hospitalet y don’t", ["l'Hospitalet", "y", "don’t"]),
        ("un e-mail", ["un", "e", "mail"]),
        ("C++ y C#", ["C", "y", "C"]),
        ("a_b __ _x", ["a_b", "_x"]),
        ("man\u0303ana", ["man\u0303ana"]),
        ("'citas' y «¿qué?»", ["citas", "y", "qué"]),
        ("www.x.org/a?b=3.14", ["www.x.org", "a", "b", "3.14"]),
        ("日本語カタカナ", ["日", "本", "語", "カタカナ"]),
        ("צה\"ל ג'", ["צה\"ל", "ג'"]),
        ("👩\u200d💻 ... —", []),
        ("", []),
    ],
)  # fmt: skip
def test_words_of_examples(text: str, wanted: list[str]) -> None:
    assert found(text) == wanted


def test_a_very_long_line_does_not_take_longer_than_its_length() -> None:
    line = "a" * 100_000 + "\u0301" * 100_000 + "'" * 100_000 + "_" * 100_000 + "a." * 100_000 + "א'" * 20_000
    assert "".join(found(line)).count("a") == 200_000
