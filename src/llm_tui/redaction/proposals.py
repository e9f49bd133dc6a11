"""What in a text may be personal data, from a model and from rules, and the text with a name for each in its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from llm_tui.foundation.labels_job import Entity, tag
from llm_tui.i18n import Text

PERSON, ORGANIZATION, PLACE, OTHER, DATA = "person", "organization", "place", "other", "data"
EMAIL, PHONE, IBAN, CARD, ID, IP, LINK = "email", "phone", "iban", "card", "id", "ip", "link"

KINDS: dict[str, Text] = {
    PERSON: Text("PERSON", "PERSONA"),
    ORGANIZATION: Text("ORGANIZATION", "ORGANIZACIÓN"),
    PLACE: Text("PLACE", "LUGAR"),
    OTHER: Text("OTHER", "OTRO"),
    DATA: Text("DATA", "DATO"),
    EMAIL: Text("E-MAIL", "CORREO"),
    PHONE: Text("PHONE", "TELÉFONO"),
    IBAN: Text("IBAN", "IBAN"),
    CARD: Text("CARD", "TARJETA"),
    ID: Text("ID NUMBER", "DOCUMENTO"),
    IP: Text("IP ADDRESS", "DIRECCIÓN IP"),
    LINK: Text("LINK WITH A SECRET", "ENLACE CON SECRETO"),
}
"""In the order of a list, with the words that stand in the place of one."""

OPTIONAL = (ORGANIZATION, PLACE, OTHER)
"""Not personal data by themselves: proposed, and left in the text until a person says otherwise."""

_OF_TYPES = {
    **dict.fromkeys(("PER", "PERSON"), PERSON),
    "ORG": ORGANIZATION,
    **dict.fromkeys(("LOC", "GPE", "FAC"), PLACE),
    **dict.fromkeys(("MISC", "NORP", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE"), OTHER),
    **dict.fromkeys(("DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL"), OTHER),
}
"""Those of CoNLL-2003 and OntoNotes. Of any other it is not known whose data they are (SURNAME, PASSPORT): `DATA`."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A span of a text, from `start` to `end` in characters, and its kind. `score` is the model's, None where a rule
    found it, or another place has the same name. `taken`: it goes.
    """

    start: int
    end: int
    kind: str
    score: float | None = None
    taken: bool = True


def proposals(text: str, found: Sequence[Entity], by_rules: Iterable[Proposal]) -> tuple[Proposal, ...]:
    """What rules and a model's entities propose, in the order of the text, none over another: rules before the model,
    the longer before the shorter. A name that the model has seen once is proposed wherever it stands.
    """
    named = [_whole(text, entity) for entity in found if entity.start < entity.end]
    ranked = [sorted(group, key=lambda one: one.start - one.end) for group in (by_rules, named, _again(text, named))]
    kept: list[Proposal] = []
    covered = bytearray(len(text))
    for one in (one for group in ranked for one in group):
        if one.start < one.end and not any(covered[one.start : one.end]):
            covered[one.start : one.end] = b"\1" * (one.end - one.start)
            kept.append(replace(one, taken=one.kind not in OPTIONAL))
    return tuple(sorted(kept, key=lambda one: one.start))


def _whole(text: str, entity: Entity) -> Proposal:
    """Of whole words: half of a name that stayed would tell it."""
    start, end = entity.start, entity.end
    while start > 0 and _in_word(text[start - 1]) and _in_word(text[start]):
        start -= 1
    while end < len(text) and _in_word(text[end]) and _in_word(text[end - 1]):
        end += 1
    kind = _OF_TYPES.get(tag(entity.type)[1].upper(), DATA)
    return Proposal(start, end, kind, entity.score)


def _in_word(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char).startswith("M")


_STEP = re.compile(r"\w+|\W")
"""A word, or what stands between two, letter by letter: a name goes from the beginning of one to the end of another."""


def _again(text: str, named: Iterable[Proposal]) -> Iterator[Proposal]:
    """All names are looked for at once: both they and the text may be many thousands."""
    seen = {text[one.start : one.end]: one.kind for one in named}
    places: dict[str, list[int]] = {name: [] for name in seen if name.strip()}
    tree: dict[str, Any] = {}
    for name in places:
        node = tree
        for step in _STEP.findall(name):
            node = node.setdefault(step, {})
        node[_END] = name
    before = ""
    for step in _STEP.finditer(text):
        if step[0] in tree and not _goes_on(before[-1:]):
            for name in _names_at(text, step, tree):
                places[name].append(step.start())
        before = step[0]
    for name, found in places.items():
        yield from (Proposal(at, at + len(name), seen[name]) for at in found)


_END = ""
"""What no step is: where a name ends."""


def _names_at(text: str, first: re.Match[str], tree: dict[str, Any]) -> Iterator[str]:
    """Those that begin here, and after which no word goes on."""
    step: re.Match[str] | None = first
    while step is not None and (node := tree.get(step[0])) is not None:
        if _END in node and not _goes_on(text[step.end() : step.end() + 1]):
            yield node[_END]
        tree, step = node, _STEP.match(text, step.end())


def _goes_on(char: str) -> bool:
    """Whether a word does with it, as `\\w` has it; not at an end of the text, where it is empty."""
    return char.isalnum() or char == "_"


def redacted(text: str, proposed: Iterable[Proposal], language: str) -> str:
    """The text with `[PERSON 1]` and the like in place of what is taken: the same number for the same words."""
    parts, at = [], 0
    numbers: dict[str, dict[str, int]] = {}
    for one in sorted((one for one in proposed if one.taken), key=lambda one: one.start):
        of_kind = numbers.setdefault(one.kind, {})
        number = of_kind.setdefault(_plain(text[one.start : one.end]), len(of_kind) + 1)
        parts += [text[at : one.start], f"[{KINDS[one.kind].within(language)} {number}]"]
        at = one.end
    return "".join([*parts, text[at:]])


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
