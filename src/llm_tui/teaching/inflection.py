"""The forms of a Spanish word: a list has each word once, texts have its plural, its feminine and its tenses."""

from __future__ import annotations

import re

_VOWELS = "aeiouáéíóúü"
_ACCENTED = "áéíóú"
_NUCLEUS = re.compile(r"[iuü]*(?P<vowel>[aeoáéíóú]|[iu](?![iuü]*[aeoáéíóú]))[iu]?")
"""What a syllable is built around: a strong vowel, with the weak ones beside it."""
_IRREGULAR = {"régimen": "regímenes", "espécimen": "especímenes", "carácter": "caracteres"}
_ONE_GENDER = ("ior", "yor", "nor", "jor", "eor")
_PLAIN = str.maketrans("áéíóú", "aeiou")
_STRESSED = str.maketrans("aeiou", "áéíóú")
_PARTICIPLES = ("ado", "ada", "ados", "adas"), ("ido", "ida", "idos", "idas")
_PAST = ("é", "ó", "amos", "aron", "aba", "aban", "ando"), ("í", "ió", "imos", "ieron", "ía", "ían", "iendo")
_PRESENT = ("o", "a", "an", "e", "en"), ("o", "e", "en", "a", "an")
_BEFORE_E = (("gu", "gü"), ("c", "qu"), ("g", "gu"), ("z", "c"))
_BEFORE_A = (("gu", "g"), ("g", "j"))


def plural(noun: str) -> str:
    """Of a noun or an adjective of one word, by the rules of spelling (RAE, Ortografía de la lengua española, 2010)."""
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    syllables = [match.start("vowel") for match in _NUCLEUS.finditer(noun)]
    if not syllables or noun[-1] in "íú":
        return f"{noun}es"
    if noun[-1] in _VOWELS:
        return f"{noun}s"
    last, accented = syllables[-1], any(mark in _ACCENTED for mark in noun)
    if noun[-1] in "sx" and noun[last] not in _ACCENTED and len(syllables) > 1:
        return noun
    apart = noun[last] in "íú" and noun[last - 1] in "aeo"  # país: the accent parts two vowels, in the plural too
    if noun[last] in _ACCENTED and noun[-1] in "ns" and not apart:
        return f"{noun[:last]}{noun[last:].translate(_PLAIN)}es"
    if noun[-1] == "n" and len(syllables) > 1 and not accented:
        stressed = syllables[-2]
        return f"{noun[:stressed]}{noun[stressed].translate(_STRESSED)}{noun[stressed + 1 :]}es"
    return f"{noun[:-1]}ces" if noun[-1] == "z" else f"{noun}es"


def of_noun(noun: str) -> list[str]:
    """The plural; of several words nothing."""
    return [] if " " in noun else [plural(noun)]


def of_adjective(adjective: str) -> list[str]:
    """The plural and, where it ends otherwise, the feminine, from the masculine."""
    if " " in adjective:
        return []
    if not adjective.endswith(("o", "or")) or adjective.endswith(_ONE_GENDER):
        return [plural(adjective)]
    feminine = f"{adjective.removesuffix('o')}a"
    return [feminine, plural(adjective), plural(feminine)]


def of_verb(infinitive: str) -> list[str]:
    """Forms of a verb that is regular, spelled as they sound: of present, past, future, and the participles. Where it
    ends in -iar or -uar those whose stress is not told by their spelling (cambia, envía) are left out.
    """
    stem, kind = infinitive[:-2], 0 if infinitive.endswith("ar") else 1
    endings = [*_PAST[kind], *_PARTICIPLES[kind]]
    if not (kind == 0 and stem.endswith(("i", "u")) and not stem.endswith(("gu", "qu"))):
        endings += _PRESENT[kind]
    return [*(_spelled(stem, ending, kind) for ending in endings), f"{infinitive}á", f"{infinitive}án"]


def _spelled(stem: str, ending: str, kind: int) -> str:
    """The stem's last consonant before another vowel than the infinitive's."""
    changes = _BEFORE_E if kind == 0 and ending[0] in "eé" else _BEFORE_A if kind == 1 and ending[0] in "ao" else ()
    for end, written in changes:
        if stem.endswith(end):
            return stem.removesuffix(end) + written + ending
    return stem + ending
