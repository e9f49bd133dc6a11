"""What the model for named entities learns from: own frames with names from a broad stock, and everyday sentences whose
Toms and Bostons give way to other names.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Sequence, Set
from pathlib import Path
from typing import NamedTuple

from llm_tui.teaching import encoder
from llm_tui.teaching.grammar import Phrase, Stock, expand, stock, stocks

_MARK = re.compile(r"\[([A-Z]+) ([^\]]+)\]")
_CAPITAL = re.compile(r"\b[A-ZÁÉÍÓÚÑ][\w'-]*")

PEOPLE = ("Tom", "Mary", "John", "María", "Tomás", "Juan")
PLACES = (
    "Boston", "Japan", "Japón", "Australia", "Tokyo", "Tokio", "Paris", "París", "London", "Londres", "China",
    "France", "Francia", "Kyoto", "Kioto", "Canada", "Canadá", "Germany", "Alemania", "Italy", "Italia", "Osaka",
    "India", "Spain", "España", "Europe", "Europa", "Rome", "Roma", "Mexico", "México",
)  # fmt: skip
"""Names of Tatoeba's sentences that give way to those of the stock."""
NOUNS = {
    "org": (
        "the (?:company|bank|firm|factory|team|university|hospital|store|newspaper|government|club|police|committee)",
        "(?:my|his|her|our|their) (?:company|firm|employer|boss|team)",
        "la (?:empresa|compañía|fábrica|universidad|tienda|policía|firma|escuela)",
        "(?:mi|su|nuestra) (?:empresa|compañía)", "(?:mi|su|nuestro) (?:jefe|equipo)", "(?:mis|sus) jefes",
    ),
    "misc": (
        "(?:the|this|that|my|his|your) (?:computer|program|software|machine|camera|printer|website|app|system|phone)",
        "(?:the|this|that|his|her) (?:movie|film|book|novel|song|play|show)",
        "(?:la|esta|esa|mi|su|tu) (?:computadora|máquina|impresora|página|aplicación|cámara|película|novela|canción)",
        "(?:este|ese|mi|su|tu) (?:ordenador|programa|sistema|libro|teléfono|móvil)",
    ),
    "per": (
        "(?:my|his|her|your|our) (?:brother|sister|father|mother|uncle|aunt|wife|husband|son|daughter|friend|teacher"
        "|neighbor|neighbour|cousin|roommate|girlfriend|boyfriend|grandfather|grandmother)",
        "the (?:doctor|teacher|boy|girl|old man|lawyer|nurse|mayor|policeman|actress|professor|thief|prisoner)",
        "(?:mi|tu|su) (?:hermano|hermana|padre|madre|tío|tía|mujer|esposa|marido|hijo|hija|amigo|amiga|profesor"
        "|profesora|vecino|vecina|primo|prima|novio|novia|abuelo|abuela)",
    ),
    "loc": (
        "(?:the|this|that|his|her|our) (?:city|town|village|country|island|mountain|lake|forest|beach|park)",
        "(?:la|esta|esa) (?:ciudad|isla|montaña|playa|aldea|región)", "(?:este|ese|nuestro|su) (?:país|pueblo)",
    ),
}  # fmt: skip
"""Nouns of Tatoeba's sentences that give way to names: what stands around a company also stands around its name."""
NO_NAMES = (
    "I", "French", "English", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Mondays",
    "Sundays", "TV", "Japanese", "Christmas", "Canadian", "American", "Chinese", "German", "Spanish", "Russian",
    "Italian", "British", "Korean", "Greek", "OK", "CD", "CDs", "God", "Dios", "Navidad", "Internet", "January",
    "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
"""Words with a capital that are no entities."""


class Tagged(NamedTuple):
    """A text, and its entities: start and end in characters, and type."""

    text: str
    spans: list[tuple[int, int, str]]


def parsed(marked: str) -> Tagged:
    """A text with its names within marks, such as `[PER Ada] sings`."""
    text, spans, last = "", [], 0
    for match in _MARK.finditer(marked):
        text += marked[last : match.start()]
        spans.append((len(text), len(text) + len(match[2]), match[1]))
        text += match[2]
        last = match.end()
    return Tagged(text + marked[last:], spans)


def named(data: Path) -> list[str]:
    """Everyday sentences with a capital inside: names that nobody has marked."""
    texts = {text for pair in encoder.tatoeba(data) for text in (pair.en, pair.es)}
    known = rf"\b({'|'.join((*PEOPLE, *PLACES, *NO_NAMES))})\b"
    return sorted(text for text in texts if _CAPITAL.search(re.sub(known, "", text), 2))


def frames(data: Path) -> list[Phrase]:
    """Everyday sentences with slots for the names in them; those with other capitals than we know are left out. Their
    two languages are two phrases.
    """
    pairs = encoder.tatoeba(data)
    texts = list(dict.fromkeys(text for pair in pairs for text in (pair.en, pair.es)))
    common = Counter(word for text in texts for word in re.findall(r"(?<=\w )[a-záéíóúñ]+", text))
    found = []
    for text in texts:
        marked = text
        for slot, nouns in NOUNS.items():
            marked = re.sub(rf"\b({'|'.join(nouns)})\b", f"{{{slot}}}", marked, flags=re.IGNORECASE)
        marked = re.sub(rf"\b({'|'.join(PEOPLE)})\b", "{per}", marked)
        marked = re.sub(rf"\b({'|'.join(PLACES)})\b", "{loc}", marked)
        capitals = _CAPITAL.findall(re.sub(r"^[¿¡\"«]*(?=\w)", "", marked))
        begins = re.match(r"[¿¡\"«]*([\w']+)", marked)
        if begins and common[begins[1].lower()] > 5:
            capitals = [word for word in capitals if word != begins[1]]
        if all(word.split("'")[0] in NO_NAMES for word in capitals):
            spanish = bool(re.search(r"[áéíóúñ¿¡]|\b(el|la|que|no|un|una|es|en)\b", text))
            found.append(Phrase("", marked) if spanish else Phrase(marked, ""))
    return found


def together(own: Stock, world: Stock) -> Stock:
    """The own names, and those of the world."""
    return {slot: [*phrases, *world.get(slot, [])] for slot, phrases in own.items()}


MADE = {
    "person": Phrase("{first} {last}", "{first} {last}"),
    "institution": Phrase("{coined} {suffix}", "{coined} {suffix}"),
    "product": Phrase("{tool}", "{tool}"),
    "work": Phrase("{workofart}", "{workofart}"),
}
"""Of what the names of the frames are made where nobody knows them."""


def writer(everyday: Sequence[Phrase], world: Stock, out: Set[str]) -> Callable[[random.Random], Tagged]:
    """Draws one text: from frames with the best-known names or with others, from own templates, or an everyday
    sentence, most with names. No name is one of `out`.
    """
    words = together(stock("entities"), world)
    known_to_all = {"first": words["first"], "last": words["last"], **stocks("wellknown", "entities_more")}
    others = {**words, **stock("entities_more"), **{slot: [made] for slot, made in MADE.items()}}
    known = parts(words)
    named = [[phrase for phrase in everyday if f"{{{slot}}}" in phrase.en + phrase.es] for slot in NOUNS]
    named = [phrases for phrases in named if phrases]

    def write(rng: random.Random) -> Tagged:
        made = any_text(rng)
        return write(rng) if out & {made.text[start:end] for start, end, _ in made.spans} else made

    def any_text(rng: random.Random) -> Tagged:
        draw, language = rng.random(), rng.choice(["en", "es"])
        if draw < 0.5:
            famous = rng.random() < 0.6
            frame = rng.choice(known_to_all["frames"])
            return composed(rng, frame, known_to_all if famous else others, language, None if famous else known)
        if draw < 0.55:
            return composed(rng, rng.choice(known_to_all["nothing"]), words, language, known)
        if draw < 0.67:
            return composed(rng, rng.choice(words["templates"]), words, language, known)
        phrase = rng.choice(rng.choice(named) if draw < 0.94 else everyday)
        return composed(rng, several(phrase), words, "es" if phrase.es else "en", known)

    return write


def parts(words: Stock) -> dict[str, list[str]]:
    """For each type the words of its names, to make new ones of."""
    slots = {"PER": ("first", "last"), "LOC": ("city", "country"), "ORG": ("coined", "company"), "MISC": ("tool",)}
    return {
        type: sorted({w for slot in names for phrase in words[slot] for w in _CAPITAL.findall(phrase.en) if len(w) > 3})
        for type, names in slots.items()
    }


def renamed(marked: str, known: dict[str, list[str]], rng: random.Random) -> str:
    """Every second name becomes one that nobody has, the beginning of one and the end of another, often of another
    type: what a name is has to be read from what stands around it.
    """

    def invented(word: str, type: str) -> str:
        if not word[:1].isupper() or len(word) < 4:
            return word
        heads, tails = (known[type if rng.random() < 0.6 else rng.choice(list(known))] for _ in range(2))
        head, tail = rng.choice(heads), rng.choice(tails)
        return head[: rng.randint(2, len(head) - 1)] + tail[rng.randint(1, len(tail) - 2) :].lower()

    def other(match: re.Match[str]) -> str:
        if rng.random() < 0.5:
            return match[0]
        return f"[{match[1]} {' '.join(invented(word, match[1]) for word in match[2].split(' '))}]"

    return _MARK.sub(other, marked)


def several(phrase: Phrase) -> Phrase:
    """Two names of a sentence are two draws."""
    count = iter("abcdefghijklmnopqrstuvwxyz")
    return Phrase(
        *(
            re.sub(r"\{(per|loc|org|misc)\}", lambda m: f"{{{m[1]}.{next(count, 'z')}}}", t)
            for t in (phrase.en, phrase.es)
        )
    )


def composed(
    rng: random.Random, template: Phrase, words: Stock, language: str, known: dict[str, list[str]] | None
) -> Tagged:
    """A template with its names, as it is written; now and then without accents, or with its point left out. Names are
    `renamed` by what is `known`, where anything is.
    """
    marked = encoder.spoken(expand(template, words, rng), language)
    marked = re.sub(r"\[(LOC|ORG|MISC) (the|la|el|las|los) ", r"\2 [\1 ", marked)
    marked = re.sub(r"\b([Dd])e el (?=\[)", r"\1el ", re.sub(r"\b([Aa]) el (?=\[)", r"\1l ", marked))
    marked = re.sub(r"^(\W*)(the|la|el|las|los) ", lambda m: f"{m[1]}{m[2].capitalize()} ", marked)
    if known:
        marked = renamed(marked, known, rng)
    if rng.random() < 0.1:
        marked = encoder.unaccented(marked)
    if rng.random() < 0.1:
        marked = marked.rstrip(".")
    return parsed(marked)
