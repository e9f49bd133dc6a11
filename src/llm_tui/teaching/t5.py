"""The teaching T5: translation both ways, summaries and simple instructions, learned from nothing."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

from llm_tui.teaching import gazetteer
from llm_tui.teaching.grammar import TOPICS, stocks
from llm_tui.teaching.loop import Done, Plan, fit, halved, in_turns, kept
from llm_tui.teaching.parallel import sound, sources, tatoeba, technical
from llm_tui.teaching.record import Record, Source, heldout, save
from llm_tui.teaching.t5_closing import closing
from llm_tui.teaching.t5_instructions import about
from llm_tui.teaching.t5_quality import NAME, Judge, finish, measure
from llm_tui.teaching.t5_summaries import Example
from llm_tui.teaching.t5_texts import DOCUMENTS, examples

__all__ = ["finish", "measure", "train"]

SEED = 5
MODULES = ("t5", "t5_texts", "t5_closing", "t5_instructions", "t5_summaries", "parallel", "gazetteer")
STOCKS = (
    *TOPICS, "pairs", "devops", "entities", "stories", "reports", "instructions", "asking", "rewriting", "closing",
)  # fmt: skip
HELD = ("translation", "devops", "summary", "instructions")
PIECES = 8000
SPECIAL = ["<pad>", "</s>", "<unk>"]
BATCH_PIECES = 4608
"""Of both sides of the examples of a step, padding among them."""
MOST_PIECES = 256
PLAN = Plan(seed=SEED, steps=6600, rate=2e-2, warm_up=150, again=(3200,))
"""The rate is of the size of the weights: T5's begin too far apart for one step for all."""
CLOSING = Plan(seed=SEED, steps=1800, rate=1e-2, warm_up=50, falls=0.3, judged_each=300)
"""At its end every other batch asks for what stands in a text, of which there is little among all the examples."""
KEPT = 0.2
"""The share of the weights before that end in those after it: between the two the model is better at both (Wortsman et
al. 2022, "Robust fine-tuning of zero-shot models"). The share was chosen on the texts to develop against.
"""


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
        d_ff=1024,
        num_layers=4,
        num_decoder_layers=3,
        num_heads=4,
        feed_forward_proj="gated-silu",
        dropout_rate=0.0,
        tie_word_embeddings=True,
        pad_token_id=SPECIAL.index("<pad>"),
        eos_token_id=SPECIAL.index("</s>"),
        decoder_start_token_id=SPECIAL.index("<pad>"),
    )
    net = T5ForConditionalGeneration(config)
    net.generation_config.no_repeat_ngram_size = 6  # a model this small goes round in circles; names come twice
    return net


Encoded = Sequence[tuple[list[int], list[int]]]
"""Examples as pieces: what is given, and what is wanted."""


def batches(encoded: Encoded) -> Callable[[int], list[int]]:
    """For a step the numbers of its examples, of like length, `BATCH_PIECES` together; in a new order each time that
    all were there. There are few shapes: for each new one a CPU's library makes new code, and keeps it.
    """
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, pair in enumerate(encoded):
        groups[_rounded(len(pair[0])), _rounded(len(pair[1]))].append(number)

    def make(rng: random.Random) -> list[list[int]]:
        found = []
        for (source, target), numbers in groups.items():
            order = rng.sample(numbers, len(numbers))
            size = max(1, BATCH_PIECES // (source + target))
            found += [order[first : first + size] for first in range(0, len(order), size)]
        rng.shuffle(found)
        return found

    return in_turns(make, SEED)


def _rounded(length: int) -> int:
    """Up to a multiple of 8, of 32 where it is long."""
    step = 8 if length <= 64 else 32
    return -(-length // step) * step


def loss(net: Any, pairs: Encoded, device: str) -> torch.Tensor:
    """The mean over the pieces wanted."""
    inputs, labels = (pad([pair[side] for pair in pairs], fill).to(device) for side, fill in ((0, 0), (1, -100)))
    begun = net.prepare_decoder_input_ids_from_labels(labels)
    with halved(device):
        logits = net(input_ids=inputs, attention_mask=(inputs != 0).long(), decoder_input_ids=begun).logits
    return torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), labels.flatten())


def pad(rows: Sequence[list[int]], fill: int) -> torch.Tensor:
    longest = _rounded(max(map(len, rows)))
    return torch.tensor([[*row, *[fill] * (longest - len(row))] for row in rows])


def encode(cut: PreTrainedTokenizerFast, texts: Sequence[Example]) -> list[tuple[list[int], list[int]]]:
    sides = [cut([example[side] for example in texts])["input_ids"] for side in (0, 1)]
    return [pair for pair in zip(*sides, strict=True) if max(map(len, pair)) <= MOST_PIECES]


def ending(data: Path, device: str) -> list[Example]:
    """What the training ends with; none of its names of people is a word of the texts that are held out."""
    written = " ".join(text for file in HELD for row in heldout(file) for text in row.values())
    world = gazetteer.names(set(re.findall(r"[^\W\d_]+", written)), SEED)
    everyday = [*tatoeba(data)[0], *filter(sound, technical(data)[0])]
    known = about(everyday, stocks(*TOPICS), random.Random(f"{SEED} ending"), device)
    return list(closing(data, SEED, known, world))


def train(data: Path, folder: Path, device: str) -> None:
    torch.manual_seed(SEED)
    texts = list(examples(data, SEED, device))
    cut = tokenizer([text for example in texts for text in example])
    encoded = encode(cut, texts)
    net: Any = model(len(cut))
    net.to(device)
    batch = batches(encoded)
    print(f"{len(encoded)} examples, {net.num_parameters()} parameters, {len(cut)} pieces", flush=True)

    def fitted(plan: Plan, name: str, drawn: Callable[[int], Encoded]) -> Done:
        return fit(
            net,
            torch.optim.Adafactor(net.parameters(), lr=plan.rate),
            drawn,
            lambda pairs: loss(net, pairs, device),
            plan,
            kept(name, sources(data), MODULES, STOCKS),
            Judge(net, cut, data),
        )

    done = fitted(PLAN, NAME, lambda step: [encoded[number] for number in batch(step)])
    before = [weights.detach().clone() for weights in net.parameters()]
    found = encode(cut, ending(data, device))
    late = batches(found)
    last = fitted(
        CLOSING,
        f"{NAME}-closing",
        lambda step: [found[n] for n in late(step)] if step % 2 else [encoded[n] for n in batch(PLAN.steps + step)],
    )
    with torch.no_grad():
        for weights, old in zip(net.parameters(), before, strict=True):
            weights.lerp_(old, KEPT)
    learned, documents = tatoeba(data)[0], min(DOCUMENTS, sum(map(sound, technical(data)[0])))
    own = len(texts) + len(found) - 2 * (len(learned) // 2 + documents)
    texts_of = (
        Source("Tatoeba, sentence pairs English-Spanish (tatoeba.org)", "CC BY 2.0 FR", len(learned)),
        Source("python-docs-es (CC0), CNCF glossary and OpenTelemetry documentation (their authors)", "CC0, CC BY 4.0",
               documents),
        Source("all-MiniLM-L6-v2 (sentence-transformers), which chose labels for everyday sentences", "Apache-2.0", 0),
        gazetteer.SOURCES[0],
        Source("own templates and words (llm-tui), composed", "that of llm-tui", own),
    )  # fmt: skip
    curve = [*done.curve, *({**judged, "step": PLAN.steps + judged["step"]} for judged in last.curve)]
    settings = {"rate": PLAN.rate, "pieces a step": BATCH_PIECES, "pieces": PIECES, "kept": KEPT, "curve": curve}
    steps, seconds = done.steps + last.steps, done.seconds + last.seconds
    record = Record(NAME, texts_of, SEED, steps, seconds, device, net.num_parameters(), (), settings)
    save(net, cut, record, "", folder)
    finish(record, folder, data)
