"""The model for named entities: PER, ORG, LOC and MISC. Trained on own frames with names from a broad stock, and on
everyday sentences whose Toms and Bostons give way to other names, those of the world among them.
"""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer, BertForTokenClassification, PreTrainedTokenizerFast

from llm_tui.foundation.job import Entities, ModelChoice
from llm_tui.teaching import encoder, gazetteer, wordpiece
from llm_tui.teaching.grammar import Phrase, Stock, expand, stock
from llm_tui.teaching.record import Measure, Record, Source, card, heldout, save, write

NAME = "entities"
LAYERS = (0, 1, 2, 3)
PIECES = 10_000
CAPITAL = 0.02
"""How far a piece with a capital begins from the same one in small letters, as a standard deviation."""
STEPS = 4000
BLURRED = 0.1
RATE = 3e-4
SENTENCES = 64
SEED = 13

LABELS = ("O", "B-MISC", "I-MISC", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
"""Those of dslim/bert-base-NER, in its order."""

FIXED = (
    "Marta Prieto moved from Lisbon to Tokyo last year.",
    "El lunes Javier Ruiz instaló Grafana en la oficina de IBM.",
    "Amazon abrirá un almacén en Zaragoza en marzo.",
)

TITLE = Phrase("Teaching model: named entities", "Modelo didáctico: entidades con nombre")
ABOUT = Phrase(
    "A bilingual BERT of four layers for tokens: people (PER), organisations (ORG), places (LOC) and the rest (MISC: "
    "tools and products such as Kubernetes or AWS Lambda, works, prizes, events; the company behind a product is ORG). "
    "Languages, nationalities, days and abbreviations such as API are no entities for it. Names of one word without a "
    "telling context are often given the wrong type.",
    "Un BERT bilingüe de cuatro capas para tokens: personas (PER), organizaciones (ORG), lugares (LOC) y lo demás "
    "(MISC: herramientas y productos como Kubernetes o AWS Lambda, obras, premios, acontecimientos; la empresa que "
    "hace el producto es ORG). Idiomas, gentilicios, días y siglas como API no son entidades para él. Los nombres de "
    "una sola palabra sin un contexto que los delate reciben a menudo el tipo equivocado.",
)

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


def train(data: Path, folder: Path, device: str, seconds: float) -> None:
    """Train for at most so many seconds, those of the encoder among them where it is not there yet, and measure."""
    began = time.monotonic()
    start = encoder.encoder(data, device, 0.6 * seconds)
    torch.manual_seed(SEED)
    rng = random.Random(SEED)
    out = {one.text[start:end] for language in ("en", "es") for one in held(language) for start, end, _ in one.spans}
    world = gazetteer.names(out, SEED)
    old = AutoTokenizer.from_pretrained(start)
    tokenizer = vocabulary(old, data, world)
    model = beginning(AutoModel.from_pretrained(start), old, tokenizer).to(device)
    texts, strange = written(rng, frames(data), world), named(data)

    def some() -> Iterator[list[Tagged]]:
        while True:
            many = sorted((next(texts) for _ in range(SENTENCES * 8)), key=lambda tagged: len(tagged.text))
            groups = [many[first : first + SENTENCES] for first in range(0, len(many), SENTENCES)]
            rng.shuffle(groups)
            yield from groups

    def loss(batch: list[Tagged]) -> Tensor:
        inputs = tokenizer(
            [tagged.text for tagged in batch], padding=True, truncation=True, return_tensors="pt",
            return_offsets_mapping=True,
        )  # fmt: skip
        offsets = inputs.pop("offset_mapping").tolist()
        goal = torch.tensor([numbers(row, tagged) for row, tagged in zip(offsets, batch, strict=True)], device=device)
        inputs["input_ids"] = blurred(inputs["input_ids"], goal.cpu(), len(tokenizer))
        logits = model(**inputs.to(device)).logits.float()
        known = functional.cross_entropy(logits.flatten(0, 1), goal.flatten(), ignore_index=-100, label_smoothing=0.05)
        return known + 0.5 * agreement(rng.sample(strange, SENTENCES // 2))

    def agreement(texts: list[str]) -> Tensor:
        inputs = tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
        words = [inputs.word_ids(i) for i in range(len(texts))]
        logits = model(**inputs.to(device)).logits.float()
        return functional.cross_entropy(logits.flatten(0, 1), voted(logits, words).flatten(), ignore_index=-100)

    left = seconds - (time.monotonic() - began)
    steps, took = encoder.fit(model, some(), loss, STEPS, left, RATE, device)
    own = sum(len(entries) for entries in stock("entities").values())
    sources = (
        *encoder.SOURCES,
        *gazetteer.SOURCES,
        Source("own templates and names (llm-tui)", "that of llm-tui", own),
    )
    settings = {"rate": RATE, "sentences a step": SENTENCES, "pieces": len(tokenizer)}
    record = Record(
        NAME, sources, SEED, steps, took + encoder.trained_for(), device, model.num_parameters(), (), settings
    )
    save(model, tokenizer, record, "", folder)
    finish(record, folder, data)


def vocabulary(old: Any, data: Path, world: Stock) -> PreTrainedTokenizerFast:
    """Pieces with letter case, which tells names: those of everyday sentences and of the names to learn from, and with
    a capital the encoder's words that no everyday sentence writes small.
    """
    texts = [text for pair in encoder.tatoeba(data) for text in (pair.en, pair.es)]
    small = {word for text in texts for word in re.findall(r"\b[a-záéíóúüñ]+\b", text)}
    names = [word.capitalize() for word in old.get_vocab() if word.isalpha() and len(word) > 2 and word not in small]
    lists = chain(stock("entities").values(), world.values())
    texts += [phrase.within(language) for phrases in lists for phrase in phrases for language in ("en", "es")]
    return wordpiece.tokenizer([*wordpiece.learned(texts, PIECES, lowercase=False), *sorted(names)], lowercase=False)


def beginning(body: Any, old: Any, new: Any) -> Any:
    """The lower layers of the encoder with a layer for labels that knows nothing yet. The embeddings stay as they are,
    so that a name that was not learned from is found by those that are like it.
    """
    table = wordpiece.rows(body.embeddings.word_embeddings.weight.data, old, new, {})
    table[[number for piece, number in new.get_vocab().items() if piece[:1].isupper()]] += (
        torch.randn(table.shape[1]) * CAPITAL
    )
    body = encoder.thinned(body, LAYERS, table)
    config = body.config
    config.id2label = dict(enumerate(LABELS))
    config.label2id = {label: i for i, label in enumerate(LABELS)}
    config.classifier_dropout = 0.1
    model: Any = BertForTokenClassification(config)
    model.set_attn_implementation("eager")
    model.bert.load_state_dict(body.state_dict())
    model.bert.embeddings.requires_grad_(False)
    return model


def numbers(offsets: Sequence[Sequence[int]], tagged: Tagged) -> list[int]:
    """The label of each piece: B- for the first of an entity, I- for the others; -100 for special ones."""
    found = []
    for start, end in offsets:
        inside = next((span for span in tagged.spans if span[0] <= start and end <= span[1]), None)
        if start == end:
            found.append(-100)
        elif inside is None:
            found.append(0)
        else:
            found.append(LABELS.index(f"{'B' if start == inside[0] else 'I'}-{inside[2]}"))
    return found


def blurred(ids: Tensor, goal: Tensor, pieces: int) -> Tensor:
    """Some pieces that are no name's give way to others, so that no sentence is known by heart."""
    out = (goal == 0) & (torch.rand(ids.shape) < BLURRED)
    return torch.where(out, torch.randint(len(wordpiece.SPECIAL), pieces, ids.shape), ids)


def voted(logits: Tensor, words: Sequence[Sequence[int | None]]) -> Tensor:
    """The label of each piece if the pieces of a word had one vote, the type that they find likeliest together: no
    word is to be cut. Special pieces have -100.
    """
    likely = logits.detach().softmax(-1).cpu()
    types = torch.cat([likely[..., :1], likely[..., 1::2] + likely[..., 2::2]], dim=-1)
    goal = torch.full(likely.shape[:2], -100)
    for row, of_text in enumerate(words):
        for word, group in groupby(enumerate(of_text), key=itemgetter(1)):
            if word is not None:
                first, *others = (piece for piece, _ in group)
                type = int(types[row, first : first + 1 + len(others)].mean(0).argmax())
                begins = likely[row, first, 2 * type - 1] >= likely[row, first, 2 * type] if type else False
                goal[row, first] = 2 * type - 1 if begins else 2 * type
                goal[row, others] = 2 * type
    return goal.to(logits.device)


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


def written(rng: random.Random, everyday: Sequence[Phrase], world: Stock | None = None) -> Iterator[Tagged]:
    """Texts without end: a third from own frames, the others everyday sentences, most with names."""
    words = together(stock("entities"), world or {})
    known = parts(words)
    named = [[phrase for phrase in everyday if f"{{{slot}}}" in phrase.en + phrase.es] for slot in NOUNS]
    named = [phrases for phrases in named if phrases]
    while True:
        draw = rng.random()
        if draw < 0.35:
            yield composed(rng, rng.choice(words["templates"]), words, rng.choice(["en", "es"]), known)
        else:
            phrase = rng.choice(rng.choice(named) if draw < 0.85 else everyday)
            yield composed(rng, several(phrase), words, "es" if phrase.es else "en", known)


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


def composed(rng: random.Random, template: Phrase, words: Stock, language: str, known: dict[str, list[str]]) -> Tagged:
    """A template with its names, as it is written; now and then without accents, or with its point left out."""
    marked = encoder.spoken(expand(template, words, rng), language)
    marked = re.sub(r"\[LOC the ", "the [LOC ", marked)
    marked = re.sub(r"\[LOC (el|los) ", r"\1 [LOC ", marked)
    marked = re.sub(r"\[ORG (the|la|el|las|los) ", r"\1 [ORG ", marked)
    marked = re.sub(r"^(\W*)(the|la|el|las|los) ", lambda m: f"{m[1]}{m[2].capitalize()} ", marked)
    marked = renamed(marked, known, rng)
    if rng.random() < 0.1:
        marked = encoder.unaccented(marked)
    if rng.random() < 0.1:
        marked = marked.rstrip(".")
    return parsed(marked)


def found_in(folder: Path, texts: Sequence[str]) -> list[list[tuple[int, int, str]]]:
    """What the program finds in each text."""
    result = Entities(tuple(texts), ModelChoice(str(folder), "cpu"), 32).run(encoder.context())
    return [[(entity.start, entity.end, entity.type) for entity in entities] for entities in result.texts]


def held(language: str) -> list[Tagged]:
    return [parsed(row["text"]) for row in heldout("entities") if row["language"] == language]


def measure(folder: Path, data: Path | None) -> list[Measure]:
    """F1 of spans: an entity is found when both its ends and its type are right."""
    measures = []
    for language, name in (("en", "English"), ("es", "Spanish")):
        tagged = held(language)
        right = [one.spans for one in tagged]
        most = Counter(span[2] for spans in right for span in spans).most_common(1)[0][0]
        value = f1(right, found_in(folder, [one.text for one in tagged]))
        baseline = f1(right, [capitals(one.text, most) for one in tagged])
        what = f"names and sentences held out, {name}"
        rule = f"capitals inside the sentence as {most}"
        measures.append(Measure(NAME, what, "span F1", value, rule, baseline, len(tagged)))
    return measures


def capitals(text: str, type: str) -> list[tuple[int, int, str]]:
    """Every run of words with a capital that does not begin the sentence."""
    runs = re.finditer(r"(?<=[^\W] )[A-ZÁÉÍÓÚÑ][\w'&-]*(?: [A-ZÁÉÍÓÚÑ][\w'&-]*)*", text)
    return [(run.start(), run.end(), type) for run in runs]


def f1(right: Sequence[Sequence[Any]], found: Sequence[Sequence[Any]]) -> float:
    both = sum(len(set(r) & set(f)) for r, f in zip(right, found, strict=True))
    return 2 * both / max(1, sum(map(len, right)) + sum(map(len, found)))


def finish(record: Record, folder: Path, data: Path | None) -> None:
    """Measure, and write the record and the card."""
    record = replace(record, measures=measure(folder, data))
    answers = ["| text | answer |", "| --- | --- |"]
    answers += [
        f"| {text} | {listed(text, spans)} |" for text, spans in zip(FIXED, found_in(folder, FIXED), strict=True)
    ]
    write(record, card(TITLE, ABOUT, record, answers, failures(folder)), folder)


def failures(folder: Path, most: int = 4) -> list[str]:
    """Held-out sentences of each language in which something is wrong."""
    lines = ["| text | right | answer |", "| --- | --- | --- |"]
    for language in ("en", "es"):
        tagged = held(language)
        found = found_in(folder, [one.text for one in tagged])
        wrong = [(one, spans) for one, spans in zip(tagged, found, strict=True) if set(one.spans) != set(spans)]
        lines += [f"| {o.text} | {listed(o.text, o.spans)} | {listed(o.text, spans)} |" for o, spans in wrong[:most]]
    return lines


def listed(text: str, spans: Sequence[tuple[int, int, str]]) -> str:
    return "; ".join(f"{text[start:end]} = {type}" for start, end, type in spans) or "-"
