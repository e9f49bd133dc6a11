"""The zero-shot model: does a text entail a hypothesis about it? Trained on own texts with labels of many names, and on
whole sentences with the labels that MiniLM finds near to them, so that it also judges labels it has not seen.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
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
from llm_tui.teaching import encoder, parallel
from llm_tui.teaching.grammar import TOPICS, Phrase, Stock, expand, stock, stocks
from llm_tui.teaching.lexicon import translations, words
from llm_tui.teaching.loop import Plan, drawn, fit, halved, kept
from llm_tui.teaching.record import Failure, Measure, Record, Source, accuracy, card, heldout, save, write

NAME = "zero-shot"
FROZEN = 2
"""The embeddings and so many layers stay as they are: words that no text here has keep their place among the others."""
QUESTIONS = 16
"""A step has so many texts, each with four hypotheses."""
CHOICES = 4
SENTENCES = 26_000
"""So many everyday sentences are asked about."""
SEED = 11
PLAN = Plan(seed=SEED, steps=1200, rate=2e-4, warm_up=100, falls=0.5, judged_each=300)
KEPT = 0.2
"""The share of the encoder's layers in those after the training, as the encoder keeps MiniLM's."""
MODULES = ("zero_shot", "encoder", "inflection", "wordpiece", "parallel", "lexicon")
STOCKS = (*encoder.STOCKS, "fields_labels", "moderation", "moderation_more")
TOPICAL = (*TOPICS, "fields", "fields_labels")
NO_TOPICS = ("verbs", "regular_verbs", "adjectives", "linking_words", "verbs_and_linking_words", "judgements")
"""Slots of words that no text is about."""
SAME = 0.55
"""Labels that MiniLM finds so near to each other are not each other's wrong answer."""
WARMTH = 0.07
"""By how much two similarities must differ for a label to be e times as good."""

TEMPLATES = {"en": TEMPLATE, "es": "Este texto es {}."}
MODERATION = ("allowed", "spam", "hate", "sensitive")
ALLOWED = {"en": "allowed", "es": "permitido"}
LINKED = re.compile(r"https?:|www\.|\.(?:com|net|org|es|info|xyz)\b|\d{4,}|enlace|link", re.IGNORECASE)
"""What a spam with a link, or with a number to call, has."""
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


def train(data: Path, folder: Path, device: str) -> None:
    """Train, the encoder first where it is not there yet, and measure."""
    start = encoder.encoder(data, device)
    torch.manual_seed(SEED)
    tokenizer = AutoTokenizer.from_pretrained(start)
    model: Any = AutoModelForSequenceClassification.from_pretrained(
        start, label2id={"contradiction": 0, "entailment": 1}, id2label={0: "contradiction", 1: "entailment"},
        attn_implementation="eager", **encoder.UNDROPPED,
    ).to(device)  # fmt: skip
    for part in (model.bert.embeddings, *model.bert.encoder.layer[:FROZEN]):
        part.requires_grad_(False)
    asking = Asking(data, device)
    print(f"{len(asking.near.labels)} labels, {len(asking.near.sentences)} sentences", flush=True)

    def entailment(texts: list[str], hypotheses: list[str]) -> Tensor:
        inputs = tokenizer(texts, hypotheses, truncation="only_first", padding=True, return_tensors="pt").to(device)
        with halved(device):
            found: Tensor = model(**inputs).logits
        return found.float()

    def loss(batch: list[Question]) -> Tensor:
        texts = [question.text for question in batch for _ in question.hypotheses]
        logits = entailment(texts, [hypothesis for question in batch for hypothesis in question.hypotheses])
        goal = torch.tensor([question.goal for question in batch], device=device)
        entailed = torch.tensor([known for question in batch for known in question.entailed], device=device)
        best = functional.cross_entropy(logits[:, 1].view(-1, CHOICES), goal)
        return best + functional.cross_entropy(logits, entailed, ignore_index=-1)

    trained = [weights for weights in model.parameters() if weights.requires_grad]
    before = [weights.detach().clone() for weights in model.bert.encoder.parameters()]
    batch = drawn(asking.question, QUESTIONS, SEED, lambda question: len(question.text))
    optimizer = torch.optim.AdamW(trained, lr=PLAN.rate, weight_decay=0.01)
    kept_in = kept(NAME, parallel.sources(data), MODULES, STOCKS)
    done = fit(model, optimizer, batch, loss, PLAN, kept_in, lambda: judge(entailment))
    with torch.no_grad():
        for weights, old in zip(model.bert.encoder.parameters(), before, strict=True):
            weights.lerp_(old, KEPT)
    own = sum(len(entries) for name in set(STOCKS) for entries in stock(name).values())
    sources = (*encoder.SOURCES, Source("own templates and words (llm-tui)", "that of llm-tui", own))
    settings = {"rate": PLAN.rate, "texts a step": QUESTIONS, "hypotheses a text": CHOICES, "pieces": len(tokenizer),
                "kept": KEPT, "curve": done.curve}  # fmt: skip
    seconds = done.seconds + encoder.trained_for(start)
    record = Record(NAME, sources, SEED, done.steps, seconds, device, model.num_parameters(), (), settings)
    save(model, tokenizer, record, "", folder)
    finish(record, folder, data)


@torch.inference_mode()
def judge(entailment: Callable[[list[str], list[str]], Tensor]) -> dict[str, float]:
    """Accuracy on the texts to develop against, by set and language."""
    found = {}
    for name, language, rows in own_sets("development"):
        labels = sorted({label for _, label in rows})
        hypotheses = [TEMPLATES[language].replace("{}", label) for label in labels]
        right = 0
        for text, label in rows:
            likely = entailment([text] * len(labels), hypotheses).softmax(-1)[:, 1]
            right += labels[int(likely.argmax())] == label
        found[name] = right / len(rows)
    return found


def finish(record: Record, folder: Path, data: Path | None) -> Record:
    """Measure, and write the record and the card."""
    record = replace(record, measures=measure(folder, data), failures=kinds(folder))
    answers = ["| text | labels | answer |", "| --- | --- | --- |"]
    for text, labels, template in FIXED:
        scores = judged(folder, [text], labels, template)[0]
        answers.append(f"| {text} | {', '.join(labels)} | {labels[scores.index(max(scores))]} |")
    write(record, card(TITLE, ABOUT, record, answers, failures(folder)), folder)
    return record


class Neighbours:
    """Sentences of both languages, and the labels that MiniLM finds near to them and far from them."""

    def __init__(self, data: Path, device: str) -> None:
        pairs = encoder.tatoeba(data)
        rng = random.Random(SEED)
        named = stocks(*TOPICAL, "lexicon", "vocabulary")
        broad = [word for slot, entries in named.items() if slot.startswith("labels_") for word in entries]
        narrow = [word for slot, entries in named.items() if encoder.plain(slot) and slot not in NO_TOPICS
                  for word in entries]  # fmt: skip
        labels = {word.en: word for word in reversed([*broad, *narrow, *lexicon(pairs)])}
        self.labels = [label for label in labels.values() if not held_out(label)]
        everyday = rng.sample([pair for pair in pairs if len(pair.en) > 25], SENTENCES)
        self.sentences = [*everyday, *encoder.own()]
        places = encoder.places([*(s.en for s in self.sentences), *(label.en for label in self.labels)], device)
        self.texts, self.names = places[: len(self.sentences)], places[len(self.sentences) :]
        self.number = {label.en: number for number, label in enumerate(self.labels)}
        self.broad = sorted({self.number[label.en] for label in broad if label.en in self.number})
        self.order = self.nearest(range(len(self.labels)), 200)
        self.order_of_broad = self.nearest(self.broad, 40)

    def nearest(self, numbers: Sequence[int], most: int) -> Tensor:
        """For each sentence so many of these labels, the nearest first."""
        of = torch.tensor(numbers)
        groups = torch.split(self.texts, 2000)
        return torch.cat([of[(some @ self.names[of].T).topk(most, dim=1).indices] for some in groups])

    def question(self, rng: random.Random, words: Stock) -> Question:
        own = rng.random() < 0.5
        number = rng.randrange(SENTENCES, len(self.sentences)) if own else rng.randrange(SENTENCES)
        chosen = self.chosen(number, rng)
        near = self.names[chosen] @ self.texts[number]
        goal = (near / WARMTH).softmax(0).tolist()
        entailed = tuple(1 if value > 0.4 else 0 if value < 0.12 else -1 for value in near.tolist())
        language = drawn_language(rng)
        hypotheses = stated([self.labels[i] for i in chosen], language, rng, words)
        return Question(
            encoder.otherwise(self.sentences[number].within(language), rng), hypotheses, tuple(goal), entailed
        )

    def chosen(self, number: int, rng: random.Random) -> list[int]:
        """Labels for a sentence: one of the nearest, one that is not far, and any; as often only names of topics, as
        people ask for, as all words.
        """
        if rng.random() < 0.5:
            order, others, near, far = self.order_of_broad[number].tolist(), self.broad, 2, 4
        else:
            order, others, near, far = self.order[number].tolist(), list(range(len(self.labels))), 3, 15
        return [order[rng.randrange(near)], order[rng.randrange(far, len(order))], *rng.sample(others, CHOICES - 2)]

    def alike(self, one: Phrase, other: Phrase) -> bool:
        """Whether two labels are nearly the same, as far as they are known."""
        numbers = [self.number.get(label.en) for label in (one, other)]
        if None in numbers:
            return False
        return float(self.names[numbers[0]] @ self.names[numbers[1]]) > SAME


def lexicon(pairs: Sequence[Phrase]) -> list[Phrase]:
    """Words that are neither rare nor everywhere, with their translation."""
    counts = Counter(word for pair in dict.fromkeys(pairs) for word in sorted(words(pair.en)))
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


class Asking:
    """Questions without end: nearly half on whole sentences, the others on topics and of moderation."""

    def __init__(self, data: Path, device: str) -> None:
        self.topics = stocks(*TOPICAL)
        self.rules = stocks("moderation", "moderation_more")
        self.near = Neighbours(data, device)

    def question(self, rng: random.Random) -> Question:
        draw = rng.random()
        if draw < 0.3:
            return self.on_topic(rng)
        if draw < 0.75:
            return self.near.question(rng, self.topics)
        return moderated(rng, self.topics, self.rules)

    def on_topic(self, rng: random.Random) -> Question:
        language = drawn_language(rng)
        text, topic = topical(language, rng, self.topics)
        right = list(self.topics[f"labels_{topic}"])
        if rng.random() < 0.2:
            right = [word for word in self.topics[topic] if word.en not in text and word.es not in text]
        chosen = rng.choice(right)
        names = {label.en for label in self.topics[f"labels_{topic}"]}
        of_others = [slot for slot in self.topics if slot.startswith("labels_") and slot != f"labels_{topic}"]
        others: list[Phrase] = []
        while len(others) < CHOICES - 1:
            label = rng.choice(self.topics[rng.choice(of_others)])
            if label.en not in names and label not in others and not self.near.alike(label, chosen):
                others.append(label)
        return judged_by(text, [chosen, *others], language, rng, self.topics)


def topical(language: str, rng: random.Random, words: Stock) -> tuple[str, str]:
    """A text on a topic, and the topic's name."""
    topic = rng.choice([slot.removeprefix("labels_") for slot in words if slot.startswith("labels_")])

    def sentence() -> str:
        framed = rng.random() > 0.7 or f"texts_{topic}" not in words
        template = rng.choice(words["frames"] if framed else words[f"texts_{topic}"])
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


def own_sets(folder: str) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Our own texts with their label, of `heldout` or `development`: the name of a set, its language, its texts."""
    rows = heldout("zero_shot", folder)
    for language, name in (("en", "English"), ("es", "Spanish")):
        for group, what in (("new", "labels and texts held out"), ("known", "texts held out, labels known")):
            texts = [(r["text"], r["label"]) for r in rows if (r["set"], r["language"]) == (group, language)]
            yield f"{what}, {name}", language, texts
        moderation = [(r["text"], r["label"]) for r in heldout("moderation", folder) if r["language"] == language]
        yield f"moderation, texts held out, {name}", language, moderation


def held(data: Path | None) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """What is measured: its name, its language, and texts with their label."""
    yield from own_sets("heldout")
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
        found.append(accuracy(NAME, name, right, f"{baseline}, {len(labels)} labels", most / len(rows)))
    return found


def kinds(folder: Path) -> list[Failure]:
    """Texts with the wrong label: of each set, and of moderation by what was taken for what is allowed."""
    found = []
    for name, language, rows in own_sets("heldout"):
        labels = sorted({label for _, label in rows})
        scores = judged(folder, [text for text, _ in rows], labels, TEMPLATES[language])
        answers = [labels[row.index(max(row))] for row in scores]
        wrong = sum(answer != label for answer, (_, label) in zip(answers, rows, strict=True))
        found.append(Failure(f"the wrong label: {name}", wrong, len(rows)))
        if "moderation" in name:
            allowed = ALLOWED[language]
            plain = [answer for answer, (text, label) in zip(answers, rows, strict=True)
                     if label == "spam" and not LINKED.search(text)]  # fmt: skip
            found.append(
                Failure(f"spam without a link, {language}, not found", sum(a != "spam" for a in plain), len(plain))
            )
            other = [answer for answer, (_, label) in zip(answers, rows, strict=True) if label != allowed]
            found.append(Failure(f"taken for allowed, {language}", other.count(allowed), len(other)))
            of = [answer for answer, (_, label) in zip(answers, rows, strict=True) if label == allowed]
            found.append(
                Failure(f"allowed, taken for something else, {language}", len(of) - of.count(allowed), len(of))
            )
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
