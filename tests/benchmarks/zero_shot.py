"""Is zero-shot classification of many texts three times as fast as the pipeline, one text after the other?

    python tests/benchmarks/zero_shot.py

Classifies 64 texts of mixed length under four labels with the project's job and with a loop of single calls of
transformers' own pipeline, in turn, on one CPU thread, with a BERT of random weights. Prints the seconds of both, their
ratio, and how far the scores are apart. It is a measurement, not a test: nothing here runs in the suite.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertForSequenceClassification, pipeline
from transformers.utils import logging

from llm_tui.engine.job import Context, run_job
from llm_tui.foundation.job import ModelChoice
from llm_tui.foundation.labels_job import ZeroShot

RATIO = 3.0
LABELS = ("sports", "politics", "science", "business")
SENTENCE = "the price of a word rose after long talks about trade games votes proofs markets teams and new tools"
WORDS = SENTENCE.split()


def model(folder: Path, hidden: int, layers: int) -> Path:
    """A BERT for inference with random weights, and a tokenizer of whole words."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(
        [*WORDS, *LABELS, "This example is ."],
        trainers.WordPieceTrainer(vocab_size=500, special_tokens=special, show_progress=False),
    )
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]",
        "sep_token": "[SEP]", "model_max_length": 512,
        "model_input_names": ["input_ids", "token_type_ids", "attention_mask"],
    }  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    torch.manual_seed(0)
    names = {"contradiction": 0, "neutral": 1, "entailment": 2}
    BertForSequenceClassification(
        BertConfig(
            vocab_size=500, hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=hidden // 32,
            intermediate_size=4 * hidden, initializer_range=0.1, label2id=names,
            id2label={id: name for name, id in names.items()},
        )
    ).save_pretrained(folder)  # fmt: skip
    return folder


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--texts", type=int, default=64)
    parser.add_argument("--longest", type=int, default=60, help="words of the longest text; the shortest has 5")
    parser.add_argument("--hidden", type=int, default=128)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args(arguments)
    torch.set_num_threads(1)
    logging.disable_progress_bar()
    draw = random.Random(0)
    texts = tuple(" ".join(draw.choices(WORDS, k=draw.randint(5, given.longest))) for _ in range(given.texts))
    print(f"{given.texts} texts of 5 to {given.longest} words, {len(LABELS)} labels, batches of {given.batch_size}")
    print(f"BERT with hidden size {given.hidden}, {given.layers} layers; one thread")
    print(f"torch {torch.__version__}, transformers {transformers.__version__}, {platform.machine()}")
    with tempfile.TemporaryDirectory() as name:
        folder = str(model(Path(name), given.hidden, given.layers))
        job = ZeroShot(texts, LABELS, model=ModelChoice(folder, "cpu"), batch_size=given.batch_size)
        classify = pipeline("zero-shot-classification", model=folder, device="cpu")
        context = Context(0, lambda event: None, threading.Event())
        found = run_job(job, context)  # opens the model: the pipeline is open too
        ours, theirs, apart = [], [], 0.0
        for _ in range(given.rounds):
            began = time.perf_counter()
            found = run_job(job, context)
            ours.append(time.perf_counter() - began)
            began = time.perf_counter()
            expected = [classify(text, list(LABELS)) for text in texts]
            theirs.append(time.perf_counter() - began)
        for text, one in zip(found.texts, expected, strict=True):
            scores = dict(zip(one["labels"], one["scores"], strict=True))
            apart = max(apart, *(abs(text.scores[i] - scores[label]) for i, label in enumerate(LABELS)))
    ratio = statistics.median(theirs) / statistics.median(ours)
    print(f"project   {statistics.median(ours):6.3f} s  ({' '.join(f'{value:.3f}' for value in ours)})")
    print(f"pipeline  {statistics.median(theirs):6.3f} s  ({' '.join(f'{value:.3f}' for value in theirs)})")
    print(f"pipeline/project {ratio:.2f}: {'PASS' if ratio >= RATIO else 'MISS'} (at least {RATIO:g})")
    print(f"scores at most {apart:.1e} apart: {'PASS' if apart <= 1e-5 else 'MISS'} (at most 1e-5)")


if __name__ == "__main__":
    sys.exit(main())
