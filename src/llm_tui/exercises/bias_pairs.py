"""Pairs of texts that differ in one thing: those of the program, and a person's own, typed or from a file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import takewhile
from pathlib import Path

from llm_tui.errors import UserError
from llm_tui.exercises import data
from llm_tui.i18n import Text, tr
from llm_tui.labelled.columns import Choice
from llm_tui.labelled.names import KIND_NAMES, is_index, key
from llm_tui.labelled.reader import Rules, first_rows, read
from llm_tui.visible import shortened, visible

MOST = 2000
"""Pairs of a file."""

SHORT = 60
"""Columns of a text where a pair stands in a sentence."""

LANGUAGES: dict[str, Text] = {"es": Text("Spanish", "español"), "en": Text("English", "inglés")}

_BROUGHT: dict[str, Text] = {
    "gender": Text("gender", "género"),
    "name": Text("name", "nombre"),
    "nationality": Text("nationality", "nacionalidad"),
    "accents": Text("accent marks", "tildes"),
    "apostrophes": Text("apostrophes", "apóstrofos"),
    "register": Text("register", "registro"),
    "rioplatense": Text("Río de la Plata", "rioplatense"),
    "mexican": Text("Mexican", "mexicano"),
    "british": Text("British", "británico"),
    "aae": Text("African American", "afroamericano"),
}
"""In what the program's pairs differ, by their keys."""

OWN, _OWN_OF = "own", "{}-own"

KINDS: dict[str, Text] = {
    **_BROUGHT,
    **{_OWN_OF.format(kind): Text(f"{name.en}, own", f"{name.es}, propios") for kind, name in _BROUGHT.items()},
    OWN: Text("own", "propios"),
}
"""With those of a person's pairs that are not counted with the program's; at the end, of those with no kind written."""

_A = ("a", "texta", "textoa", "sentencea", "frasea", "sentmore")
_B = ("b", "textb", "textob", "sentenceb", "fraseb", "sentless")
"""Names of the columns, compared as all names are; CrowS-Pairs' own among them."""


@dataclass(frozen=True, slots=True)
class Pair:
    """`a` and `b` are alike but for one thing, that of its `kind`; `a_is` and `b_is` say what each is in that."""

    kind: str = ""
    a: str = ""
    b: str = ""
    a_is: str = ""
    b_is: str = ""
    language: str = ""

    @property
    def texts(self) -> tuple[str, str]:
        return self.a, self.b

    @property
    def whole(self) -> bool:
        return bool(self.a.strip() and self.b.strip())


@dataclass(frozen=True, slots=True)
class _Set:
    kind: str
    language: str
    a: Text
    b: Text
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sets:
    sets: tuple[_Set, ...]


def _sides(sentence: str) -> tuple[str, str, str, str]:
    """What stands before, in each of the two, and after: "The [nurse|doctor] came." """
    before, _, rest = sentence.partition("[")
    a, _, rest = rest.partition("|")
    b, _, after = rest.partition("]")
    return before, a, b, after


@cache
def _sets() -> tuple[_Set, ...]:
    return data.read("pairs", _Sets).sets


@cache
def shipped(language: str) -> tuple[Pair, ...]:
    """Those that come with the program, kind by kind."""
    return tuple(
        Pair(one.kind, before + a + after, before + b + after, one.a.within(language), one.b.within(language), language)
        for one in _sets()
        if one.language == language
        for before, a, b, after in map(_sides, one.sentences)
    )


def kind_name(kind: str) -> Text:
    return KINDS.get(kind) or Text(kind, kind)


def known_kind(said: str) -> str:
    """The key of a kind that is known by its name in either language, of one or of several; others are the person's
    own, as written.
    """
    names = {key(name).removesuffix("s"): kind for kind, text in KINDS.items() for name in (kind, text.en, text.es)}
    return names.get(key(said).removesuffix("s")) or said.strip() or OWN


def span(a: str, b: str) -> tuple[int, int, int]:
    """Where two texts differ: the characters that they begin alike with, to the end of a word, and where in each the
    part ends from which on they are alike again.
    """
    start = _alike(a, b)
    while start and a[start - 1].isalnum():
        start -= 1
    rest = _alike(a[start:][::-1], b[start:][::-1])
    while rest and a[-rest].isalnum():
        rest -= 1
    return start, len(a) - rest, len(b) - rest


def _alike(one: str, other: str) -> int:
    """With how many of the same characters both begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def read_pairs(path: Path, language: str) -> tuple[Pair, ...]:
    """The pairs of a file: CSV, tabs or JSON lines, with columns `a` and `b`, perhaps `kind`; those that are beside a
    kind may have other names, and two columns alone none. CrowS-Pairs' file is one.

    Raises:
        UserError: it cannot be read, has more than `MOST` rows, a row that has no pair, or more columns without names
            that are known.
    """
    path = Path(os.path.expanduser(path))
    rules = Rules(order="text", unmarked=True, expected=_expected(), classes=False)
    there = read(path, rules, _choice(path, rules), MOST + 1)
    if len(there.rows) > MOST:
        raise UserError(
            tr(f"{path} has more than {MOST} pairs: open a part.", f"{path} tiene más de {MOST} pares: abra una parte.")
        )
    pairs = []
    for line, b, a, kind in there.rows:
        pair = Pair(known_kind(kind), a.strip(), b.strip(), language=language)
        if not pair.whole or pair.a == pair.b or "\0" in a + b:
            raise UserError(
                tr(
                    f"Line {line} of {path} is no pair: it needs two texts that differ.",
                    f"La línea {line} de {path} no es un par: necesita dos textos que se diferencien.",
                )
                + _expected()
            )
        pairs.append(pair)
    return tuple(pairs)


def _choice(path: Path, rules: Rules) -> Choice:
    head = next(iter(first_rows(path, rules, 1)), [])
    a, b = (next((name for name in head if key(name) in names), "") for names in (_A, _B))
    if a and b:
        return Choice(a, b)
    columns = [i for i, name in enumerate(head) if name.strip()]
    if kind := any(key(name) in KIND_NAMES for name in head):
        columns = [i for i in columns if key(head[i]) not in KIND_NAMES and not is_index(head[i])]
    if head and len(columns) != 2:
        raise UserError(
            tr(
                f"It cannot be told which columns of {path} hold the two texts of a pair.",
                f"No se sabe qué columnas de {path} tienen los dos textos de un par.",
            )
            + _expected()
        )
    first, second = columns or (0, 1)
    return Choice(str(first + 1), str(second + 1), header=kind or bool(a or b))


def first_said(pairs: Sequence[Pair]) -> Text:
    """Which pair of a file is the first: where its header was taken for one, a person sees it."""
    a, b = (shortened(visible(text), SHORT) for text in pairs[0].texts)
    return Text(
        "Pairs in the file: {n}; the first: “{a}” / “{b}”.", "Pares en el archivo: {n}; el primero: «{a}» / «{b}»."
    ).format(n=len(pairs), a=a, b=b)


def _expected() -> str:
    return tr(
        " A row is a,b or a,b,kind, and the first row names its columns so.",
        " Una fila es a,b o a,b,tipo, y la primera fila nombra así sus columnas.",
    )


def counted(pair: Pair) -> Pair:
    """A person's own pair in the kind that it is counted in. Only where it says that `a` and `b` are what they are in
    the program's pairs is it counted with those: b - a would else be one thing here and another there.
    """
    there = _brought(pair)
    together = there is None or _sides_of(pair) == (there.a, there.b)
    return pair if together else replace(pair, kind=_OWN_OF.format(pair.kind))


def _brought(pair: Pair) -> _Set | None:
    """The program's pairs of the same kind."""
    return next((one for one in _sets() if (one.kind, one.language) == (pair.kind, pair.language)), None)


def direction(kind: str, texts: Iterable[tuple[str, str]], language: str, own: Iterable[Pair]) -> Text:
    """What the difference b - a of pairs is that were measured as one kind: more than that only where there still are
    all of them and they say the same.
    """
    there = (*map(counted, own), *shipped(language))
    sides = {pair.texts: _sides_of(pair) for pair in there if (pair.kind, pair.language) == (kind, language)}
    found = {sides.get(pair) for pair in texts}
    a, b = (found.pop() if len(found) == 1 else None) or (Text("a", "a"), Text("b", "b"))
    return Text("{b} − {a}", "{b} − {a}").format(a=a, b=b)


def _sides_of(pair: Pair) -> tuple[Text, Text] | None:
    """What `a` and `b` are, in the program's words where those say the same; None where nobody says it."""
    a, b = pair.a_is.strip(), pair.b_is.strip()
    if not (a and b):
        return None
    there = _brought(pair)
    if there and all(key(said) in (key(its.en), key(its.es)) for said, its in ((a, there.a), (b, there.b))):
        return there.a, there.b
    return Text(a, a), Text(b, b)
