"""The teaching T5: translation both ways, summaries and simple instructions, learned from nothing."""

from __future__ import annotations

import json
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

from llm_tui.teaching.record import Record, Source, save
from llm_tui.teaching.t5_quality import NAME, finish, measure
from llm_tui.teaching.t5_texts import Example, examples, tatoeba

__all__ = ["finish", "measure", "train"]

SEED = 5
PIECES = 8000
SPECIAL = ["<pad>", "</s>", "<unk>"]
BATCH_PIECES = 2304
MOST_PIECES = 320
LEARNING_RATE = 2e-2  # of the size of the weights: T5's begin too far apart for one step for all
WARM_UP = 300
STEPS = 20_000


def tokenizer(texts: Sequence[str]) -> PreTrainedTokenizerFast:
    """Byte-pair encoding in which a word's space is its first character, as SentencePiece has it; a character that was
    not in the texts becomes its bytes, so that none is lost.
    """
    trained = Tokenizer(models.BPE(unk_token="<unk>"))
    trained.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(), pre_tokenizers.Digits(individual_digits=True)]
    )
    byte_pieces = [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(
        vocab_size=PIECES - len(byte_pieces), special_tokens=SPECIAL, min_frequency=2, show_progress=False
    )
    trained.train_from_iterator(texts, trainer)
    written = json.loads(trained.to_str())
    vocabulary = written["model"]["vocab"]
    for piece in byte_pieces:
        vocabulary[piece] = len(vocabulary)
    written["model"]["byte_fallback"] = True
    whole = Tokenizer.from_str(json.dumps(written))
    whole.normalizer = normalizers.NFC()
    whole.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    whole.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", SPECIAL.index("</s>"))]
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=whole, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", model_max_length=512,
        model_input_names=["input_ids", "attention_mask"],
    )  # fmt: skip


def model(pieces: int) -> T5ForConditionalGeneration:
    config = T5Config(  # type: ignore[call-arg]
        vocab_size=pieces,
        d_model=256,
        d_kv=64,
        d_ff=512,
        num_layers=4,
        num_decoder_layers=4,
        num_heads=4,
        feed_forward_proj="gated-gelu",
        dropout_rate=0.0,
        tie_word_embeddings=True,
        pad_token_id=SPECIAL.index("<pad>"),
        eos_token_id=SPECIAL.index("</s>"),
        decoder_start_token_id=SPECIAL.index("<pad>"),
    )
    net = T5ForConditionalGeneration(config)
    net.generation_config.no_repeat_ngram_size = 3  # a model this small goes round in circles
    return net


def batches(encoded: Sequence[tuple[list[int], list[int]]], rng: random.Random) -> Iterator[list[int]]:
    """Numbers of examples of like length, `BATCH_PIECES` together, in a new order each time. There are few shapes: for
    each new one a CPU's library makes new code, and keeps it.
    """
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, pair in enumerate(encoded):
        groups[_rounded(len(pair[0])), _rounded(len(pair[1]))].append(number)
    found = []
    for (source, target), numbers in groups.items():
        rng.shuffle(numbers)
        size = max(1, BATCH_PIECES // max(source, target))
        found += [numbers[first : first + size] for first in range(0, len(numbers), size)]
    rng.shuffle(found)
    yield from found


def _rounded(length: int) -> int:
    """Up to a multiple of 8, of 32 where it is long."""
    step = 8 if length <= 64 else 32
    return -(-length // step) * step


def fit(net: Any, encoded: Sequence[tuple[list[int], list[int]]], device: str, seconds: float) -> tuple[int, float]:
    """Train for `STEPS` steps or `seconds`, whichever ends first; the learning rate falls as that end comes near."""
    rng = random.Random(SEED)
    net.to(device).train()
    optimizer = torch.optim.Adafactor(net.parameters(), lr=LEARNING_RATE)
    start, step, smooth = time.monotonic(), 0, 0.0
    todo = chain.from_iterable(batches(encoded, rng) for _ in iter(int, 1))
    while (done := max(step / STEPS, (time.monotonic() - start) / seconds)) < 1:
        some = next(todo)
        inputs, labels = (pad([encoded[i][side] for i in some], fill) for side, fill in ((0, 0), (1, -100)))
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * min(step / WARM_UP, 1.0, 1.15 * (1 - done) + 0.005)
        with torch.autocast(device.partition(":")[0], dtype=torch.bfloat16):
            logits = net(
                input_ids=inputs.to(device), attention_mask=(inputs != 0).to(device), labels=labels.to(device)
            ).logits
        loss = torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), labels.to(device).flatten())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()  # type: ignore[no-untyped-call]
        step += 1
        smooth = loss.item() if step == 1 else 0.98 * smooth + 0.02 * loss.item()
        if step % 100 == 0:
            print(f"step {step}, {time.monotonic() - start:.0f} s, loss {smooth:.3f}", flush=True)
    net.eval()
    return step, time.monotonic() - start


def pad(rows: Sequence[list[int]], fill: int) -> torch.Tensor:
    longest = _rounded(max(map(len, rows)))
    return torch.tensor([[*row, *[fill] * (longest - len(row))] for row in rows])


def encode(cut: PreTrainedTokenizerFast, texts: Sequence[Example]) -> list[tuple[list[int], list[int]]]:
    sides = [cut([example[side] for example in texts])["input_ids"] for side in (0, 1)]
    return [pair for pair in zip(*sides, strict=True) if max(map(len, pair)) <= MOST_PIECES]


def train(data: Path, folder: Path, device: str, seconds: float) -> None:
    torch.manual_seed(SEED)
    texts = list(examples(data, SEED, device))
    cut = tokenizer([text for example in texts for text in example])
    encoded = encode(cut, texts)
    net = model(len(cut))
    print(
        f"{len(encoded)} examples, {sum(len(a) + len(b) for a, b in encoded)} pieces, "
        f"{net.num_parameters()} parameters, {len(cut)} pieces in the vocabulary",
        flush=True,
    )
    steps, took = fit(net, encoded, device, seconds)
    pairs = len(tatoeba(data)[0])
    sources = (
        Source("Tatoeba, sentence pairs English-Spanish (tatoeba.org)", "CC BY 2.0 FR", pairs),
        Source("all-MiniLM-L6-v2 (sentence-transformers), which chose labels for everyday sentences", "Apache-2.0", 0),
        Source("own templates and words (llm-tui), composed", "that of llm-tui", len(texts) - 2 * pairs),
    )
    settings = {"rate": LEARNING_RATE, "pieces a step": BATCH_PIECES, "pieces": PIECES}
    record = Record(NAME, sources, SEED, steps, took, device, net.num_parameters(), (), settings)
    save(net, cut, record, "", folder)
    finish(record, folder, data)
