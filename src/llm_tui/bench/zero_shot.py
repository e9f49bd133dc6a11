"""Zero-shot classification of many texts beside single calls of transformers' own pipeline."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from llm_tui.bench.asked import Asked
from llm_tui.bench.figure import Figure, compared
from llm_tui.bench.measure import by_turns
from llm_tui.engine.job import Context, run_job
from llm_tui.engine.prepare import prepare
from llm_tui.foundation.job import ModelChoice
from llm_tui.foundation.labels_job import Classified, ZeroShot
from llm_tui.i18n import Text

TIMES_FASTER = 3.5
APART = 1e-5
LABELS = ("sports", "politics", "science", "business")
SENTENCE = "the price of a word rose after long talks about trade games votes proofs markets teams and new tools"
WORDS = SENTENCE.split()


def measure(asked: Asked) -> Iterator[Figure]:
    """64 texts of 5 to 60 words, four labels, one thread, and a BERT of random weights: four layers of 128."""
    prepare(("torch", "transformers"), lambda what: None)
    import torch
    from transformers import pipeline

    torch.set_num_threads(1)
    draw = random.Random(0)
    texts = tuple(" ".join(draw.choices(WORDS, k=draw.randint(5, 60))) for _ in range(8 if asked.small else 64))
    folder = str(_model(asked.folder, 128, 1 if asked.small else 4))
    context = Context(0, lambda event: None, threading.Event())
    ours = partial(run_job, ZeroShot(texts, LABELS, model=ModelChoice(folder, "cpu")), context)
    classify = pipeline("zero-shot-classification", model=folder, device="cpu")

    def theirs() -> list[Any]:
        return [classify(text, list(LABELS)) for text in texts]

    apart = _apart(ours(), theirs())
    count = len(texts)
    yield compared(
        Text(f"{count} mixed texts, 4 labels, one thread", f"{count} textos distintos, 4 etiquetas, un hilo"),
        Text("single pipeline calls", "llamadas sueltas del pipeline"),
        *by_turns(ours, theirs, asked.pairs),
        TIMES_FASTER,
        at_least=True,
        note=Text(
            f"scores at most {apart:.1e} apart ({APART:.0e} allowed)",
            f"puntuaciones a {apart:.1e} como máximo (se admite {APART:.0e})",
        ),
    )


def _apart(ours: Classified, theirs: list[Any]) -> float:
    """The farthest that a score is from the one of the reference."""
    found = 0.0
    for mine, one in zip(ours.texts, theirs, strict=True):
        scores = dict(zip(one["labels"], one["scores"], strict=True))
        found = max(found, *(abs(mine.scores[i] - scores[label]) for i, label in enumerate(LABELS)))
    return found


def _model(folder: Path, hidden: int, layers: int) -> Path:
    """A BERT for inference with random weights, and a tokenizer of whole words."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import BertConfig, BertForSequenceClassification

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
