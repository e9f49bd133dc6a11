"""The zero-shot model: does a text entail a hypothesis about it? Trained on own texts with labels of many names, and on
everyday sentences with the labels that MiniLM finds near to them, so that it also judges labels it has not seen.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from llm_tui.engine.job import run_job
from llm_tui.foundation.job import ModelChoice
from llm_tui.foundation.labels_job import TEMPLATE, ZeroShot
from llm_tui.teaching import encoder
from llm_tui.teaching.grammar import Phrase, Stock, expand, stock
from llm_tui.teaching.lexicon import translations, words
from llm_tui.teaching.record import Measure, Record, Source, card, heldout, save, write

NAME = "zero-shot"
STEPS = 7000
FROZEN = 2
"""The embeddings and so many layers stay as they are: words that no text here has keep their place among the others."""
QUESTIONS = 16
"""A step has so many texts, each with four hypotheses."""
CHOICES = 4
SEED = 11
WARMTH = 0.07
"""By how much two similarities must differ for a label to be e times as good."""

TEMPLATES = {"en": TEMPLATE, "es": "Este texto es {}."}
MODERATION = ("allowed", "spam", "hate", "sensitive")
SIB200 = {
    "science/technology": "ciencia y tecnología", "travel": "viajes", "politics": "política", "sports": "deportes",
    "health": "salud", "entertainment": "entretenimiento", "geography": "geografía",
}  # fmt: skip

FIXED = (
    ("The champion won the race by two seconds.", ("sports", "economy", "health", "cooking"), TEMPLATES["en"]),
    ("¡Ha ganado un viaje gratis! Pulse el enlace antes de medianoche.",
     ("permitido", "spam", "odio", "sensibles"), TEMPLATES["es"]),
    ("El ayuntamiento subirá los impuestos y la oposición pide elecciones.",
     ("música", "política", "deportes", "animales"), TEMPLATES["es"]),
)  # fmt: skip

TITLE = Phrase("Teaching model: zero-shot classification", "Modelo didáctico: clasificación zero-shot")
ABOUT = Phrase(
    "A bilingual BERT of six layers with the classes contradiction and entailment. It knows everyday topics in "
    "English and Spanish and the labels of moderation; irony, slang and rare topics mislead it.",
    "Un BERT bilingüe de seis capas con las clases contradicción e implicación. Conoce temas cotidianos en inglés y "
    "español y las etiquetas de moderación; la ironía, la jerga y los temas raros lo confunden.",
)


@dataclass(frozen=True, slots=True)
class Question:
    """A text, hypotheses about it, how much of the truth each of them holds (together 1), and whether it is entailed
    (1), contradicted (0), or nobody knows (-1).
    """

    text: str
    hypotheses: tuple[str, ...]
    goal: tuple[float, ...]
    entailed: tuple[int, ...]


def train(data: Path, folder: Path, device: str, seconds: float) -> None:
    """Train for at most so many seconds, those of the encoder among them where it is not there yet, and measure."""
    began = time.monotonic()
    start = encoder.encoder(data, device, 0.6 * seconds)
    torch.manual_seed(SEED)
    rng = random.Random(SEED)
    tokenizer = AutoTokenizer.from_pretrained(start)
    model: Any = AutoModelForSequenceClassification.from_pretrained(
        start, label2id={"contradiction": 0, "entailment": 1}, id2label={0: "contradiction", 1: "entailment"},
        attn_implementation="eager", **encoder.UNDROPPED,
    ).to(device)  # fmt: skip
    for part in (model.bert.embeddings, *model.bert.encoder.layer[:FROZEN]):
        part.requires_grad_(False)
    near = Neighbours(data, device)
    print(f"{len(near.labels)} labels, {len(near.sentences)} sentences", flush=True)
    questions = asked(rng, near)

    def some() -> Iterator[list[Question]]:
        while True:
            many = sorted((next(questions) for _ in range(QUESTIONS * 8)), key=lambda question: len(question.text))
            groups = [many[first : first + QUESTIONS] for first in range(0, len(many), QUESTIONS)]
            rng.shuffle(groups)
            yield from groups

    def loss(batch: list[Question]) -> Tensor:
        texts = [question.text for question in batch for _ in question.hypotheses]
        hypotheses = [hypothesis for question in batch for hypothesis in question.hypotheses]
        inputs = tokenizer(texts, hypotheses, truncation="only_first", padding=True, return_tensors="pt").to(device)
        logits = model(**inputs).logits.float()
        goal = torch.tensor([question.goal for question in batch], device=device)
        entailed = torch.tensor([known for question in batch for known in question.entailed], device=device)
        best = functional.cross_entropy(logits[:, 1].view(-1, CHOICES), goal)
        return best + functional.cross_entropy(logits, entailed, ignore_index=-1)

    left = seconds - (time.monotonic() - began)
    steps, took = encoder.fit(model, some(), loss, STEPS, left, 2e-4, device)
    own = sum(
        len(entries) for name in ("topics", "topics_words", "lexicon", "moderation") for entries in stock(name).values()
    )
    sources = (*encoder.SOURCES, Source("own templates and words (llm-tui)", "that of llm-tui", own))
    settings = {"rate": 2e-4, "texts a step": QUESTIONS, "hypotheses a text": CHOICES, "pieces": len(tokenizer)}
    record = Record(
        NAME, sources, SEED, steps, took + encoder.trained_for(), device, model.num_parameters(), (), settings
    )
    save(model, tokenizer, record, "", folder)
    finish(record, folder, data)


def finish(record: Record, folder: Path, data: Path | None) -> None:
    """Measure, and write the record and the card."""
    record = replace(record, measures=measure(folder, data))
    answers = ["| text | labels | answer |", "| --- | --- | --- |"]
    for text, labels, template in FIXED:
        scores = judged(folder, [text], labels, template)[0]
        answers.append(f"| {text} | {', '.join(labels)} | {labels[scores.index(max(scores))]} |")
    write(record, card(TITLE, ABOUT, record, answers, failures(folder)), folder)


class Neighbours:
    """Everyday sentences of both languages, and the labels that MiniLM finds near to them and far from them."""

    def __init__(self, data: Path, device: str) -> None:
        pairs = encoder.tatoeba(data)
        rng = random.Random(SEED)
        own = encoder.words()
        own += [label for slot, labels in stock("topics").items() if slot.startswith("labels_") for label in labels]
        known = {word.en for word in own}
        self.labels = own + [word for word in lexicon(pairs) if word.en not in known]
        self.labels = [label for label in self.labels if not held_out(label)]
        self.sentences = rng.sample([pair for pair in pairs if len(pair.en) > 25], 30_000)
        self.near = encoder.nearness([s.en for s in self.sentences], [label.en for label in self.labels], device)
        self.order = self.near.topk(200, dim=1).indices

    def question(self, rng: random.Random, words: Stock) -> Question:
        number = rng.randrange(len(self.sentences))
        order = self.order[number].tolist()
        chosen = [order[rng.randrange(3)], order[rng.randrange(15, 200)]]
        chosen += rng.sample(range(len(self.labels)), CHOICES - 2)
        near = self.near[number][chosen]
        goal = (near / WARMTH).softmax(0).tolist()
        entailed = tuple(1 if value > 0.4 else 0 if value < 0.12 else -1 for value in near.tolist())
        language = drawn_language(rng)
        hypotheses = stated([self.labels[i] for i in chosen], language, rng, words)
        return Question(self.sentences[number].within(language), hypotheses, tuple(goal), entailed)


def lexicon(pairs: Sequence[Phrase]) -> list[Phrase]:
    """Words that are neither rare nor everywhere, with their translation."""
    counts = Counter(word for pair in set(pairs) for word in words(pair.en))
    spanish = translations([(pair.es, pair.en) for pair in pairs])
    found = ((word, *spanish[word][0]) for word, count in counts.items() if 8 <= count <= 800 and word in spanish)
    return [Phrase(word, best) for word, best, alike in found if alike > 0.45 and min(len(word), len(best)) > 3]


def held_out(label: Phrase) -> bool:
    """Whether a label is one that the model is measured on without having seen it, or begins like one."""
    stems = {row["label"].rstrip("s")[:5] for row in heldout("zero_shot") if row["set"] == "new"}
    return any(word.startswith(tuple(stems)) for word in f"{label.en} {label.es}".lower().split())


def drawn_language(rng: random.Random) -> str:
    """Spanish more often: MiniLM knows English already."""
    return "es" if rng.random() < 0.6 else "en"


def stated(labels: Sequence[Phrase], language: str, rng: random.Random, words: Stock) -> tuple[str, ...]:
    """The labels within one template: of the text's language, or one or both of the other, as students also try."""
    other = {"en": "es", "es": "en"}
    of_template = language if rng.random() < 0.8 else other[language]
    of_labels = of_template if rng.random() < 0.9 else other[of_template]
    template = rng.choice(words["hypotheses"]).within(of_template)
    return tuple(template.replace("{}", label.within(of_labels)) for label in labels)


def asked(rng: random.Random, near: Neighbours) -> Iterator[Question]:
    """Questions without end: half on everyday sentences, a quarter each on topics and of moderation."""
    topics = {**stock("topics_words"), **stock("topics")}
    rules = stock("moderation")
    while True:
        draw = rng.random()
        if draw < 0.25:
            yield on_topic(rng, topics)
        elif draw < 0.75:
            yield near.question(rng, topics)
        else:
            yield moderated(rng, topics, rules)


def on_topic(rng: random.Random, words: Stock) -> Question:
    language = drawn_language(rng)
    text, topic = topical(language, rng, words)
    right = list(words[f"labels_{topic}"])
    names = {label.en for label in right}
    others = [
        label
        for slot, labels in words.items()
        if slot.startswith("labels_")
        for label in labels
        if label.en not in names
    ]
    if rng.random() < 0.2:
        right = [word for word in words[topic] if word.within("en") not in text and word.within("es") not in text]
    return judged_by(text, [rng.choice(right), *rng.sample(others, CHOICES - 1)], language, rng, words)


def topical(language: str, rng: random.Random, words: Stock) -> tuple[str, str]:
    """A text on a topic, and the topic's name."""
    topic = rng.choice([slot.removeprefix("labels_") for slot in words if slot.startswith("labels_")])

    def sentence() -> str:
        own = rng.random() < 0.7
        template = rng.choice(words[f"texts_{topic}"] if own else words["frames"])
        return encoder.spoken(expand(template, {**words, "w": words[topic]}, rng), language)

    text = sentence() if rng.random() < 0.7 else f"{sentence()} {sentence()}"
    return encoder.otherwise(text, rng), topic


def moderated(rng: random.Random, topics: Stock, rules: Stock) -> Question:
    kind = rng.choice(MODERATION)
    language = drawn_language(rng)
    text = encoder.spoken(expand(rng.choice(rules[f"texts_{kind}"]), rules, rng), language)
    if kind == "allowed" and rng.random() < 0.4:
        text = topical(language, rng, topics)[0]
    kinds = [kind, *(other for other in MODERATION if other != kind)]
    labels = [rng.choice(rules[f"labels_{one}"]) for one in kinds]
    return judged_by(encoder.otherwise(text, rng), labels, language, rng, topics)


def judged_by(text: str, labels: Sequence[Phrase], language: str, rng: random.Random, words: Stock) -> Question:
    """The question which of the labels is right: the first."""
    wrong = len(labels) - 1
    return Question(text, stated(labels, language, rng, words), (0.94, *[0.02] * wrong), (1, *[0] * wrong))


def judged(folder: Path, texts: Sequence[str], labels: Sequence[str], template: str) -> list[list[float]]:
    """What the program says of texts: one row a text, one column a label."""
    job = ZeroShot(tuple(texts), tuple(labels), template, model=ModelChoice(str(folder), "cpu"), batch_size=32)
    return [list(text.scores) for text in run_job(job, encoder.context()).texts]


def held(data: Path | None) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """What is measured: its name, its language, and texts with their label."""
    rows = heldout("zero_shot")
    for language, name in (("en", "English"), ("es", "Spanish")):
        for group, what in (("new", "labels and texts held out"), ("known", "texts held out, labels known")):
            texts = [(r["text"], r["label"]) for r in rows if (r["set"], r["language"]) == (group, language)]
            yield f"{what}, {name}", language, texts
        moderation = [(r["text"], r["label"]) for r in heldout("moderation") if r["language"] == language]
        yield f"moderation, texts held out, {name}", language, moderation
    if data is not None:
        lines = (data / "text" / "sib200_es_test.tsv").read_text(encoding="utf-8").splitlines()[1:]
        cells = [line.split("\t") for line in lines if line]
        yield "SIB-200 test, Spanish (CC BY-SA 4.0)", "es", [(text, SIB200[label]) for _, label, text in cells]


def measure(folder: Path, data: Path | None) -> list[Measure]:
    """Accuracy of the label with the best score. Where each label has as many texts, the share of the most frequent one
    is chance.
    """
    found = []
    for name, language, rows in held(data):
        labels = sorted({label for _, label in rows})
        scores = judged(folder, [text for text, _ in rows], labels, TEMPLATES[language])
        right = [labels[row.index(max(row))] == label for row, (_, label) in zip(scores, rows, strict=True)]
        most = Counter(label for _, label in rows).most_common(1)[0][1]
        baseline = "chance" if most * len(labels) == len(rows) else "most frequent label"
        found.append(
            Measure(NAME, name, "accuracy", sum(right) / len(rows), f"{baseline}, {len(labels)} labels",
                    most / len(rows), len(rows))
        )  # fmt: skip
    return found


def failures(folder: Path, most: int = 2) -> list[str]:
    """Held-out texts that the model gives a wrong label, most surely first, a few of each set."""
    lines = ["| text | right | answer |", "| --- | --- | --- |"]
    for _, language, rows in held(None):
        labels = sorted({label for _, label in rows})
        scores = judged(folder, [text for text, _ in rows], labels, TEMPLATES[language])
        wrong = [
            (max(row), text, label, labels[row.index(max(row))])
            for row, (text, label) in zip(scores, rows, strict=True)
            if labels[row.index(max(row))] != label
        ]
        for score, text, label, given in sorted(wrong, reverse=True)[:most]:
            lines.append(f"| {text} | {label} | {given} ({score:.2f}) |")
    return lines
