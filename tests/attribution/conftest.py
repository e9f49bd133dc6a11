"""Tiny classifiers of many architectures with random weights, calm enough for their gradients to be integrated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from foundation.conftest import (
    BART,
    BERT,
    NLI,
    TAGS,
    bart_config,
    byte_level,
    named,
    one_thread,  # noqa: F401
    save,
    t5_tokenizer,
    wordpiece,
)
from transformers import (
    AlbertConfig,
    AlbertForSequenceClassification,
    BartForSequenceClassification,
    BertConfig,
    BertForTokenClassification,
    DebertaV2Config,
    DebertaV2ForSequenceClassification,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    ElectraConfig,
    ElectraForSequenceClassification,
    GPT2Config,
    GPT2ForSequenceClassification,
    RobertaConfig,
    RobertaForSequenceClassification,
    T5Config,
    T5ForSequenceClassification,
)

CALM = 0.2
"""The spread of the weights."""


def byt5(folder: Path, config: T5Config) -> Path:
    """A tokenizer in Python that gives no offsets."""
    folder.mkdir()
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "ByT5Tokenizer"}), encoding="utf-8")
    return save(folder, T5ForSequenceClassification(T5Config(**{**config.to_dict(), "vocab_size": 384})), None)


@pytest.fixture(scope="session")
def classifiers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder of each, by its architecture."""
    root = tmp_path_factory.mktemp("classifiers")
    torch.manual_seed(8)
    size: dict[str, Any] = {"vocab_size": 300, "hidden_size": 16, "num_attention_heads": 2, "intermediate_size": 24}
    like_bert = {**size, "num_hidden_layers": 2, "max_position_embeddings": 80, "initializer_range": CALM}
    bert, bart = wordpiece(), byte_level(["<s>", "<pad>", "</s>", "<unk>", "<mask>"], roberta=True)
    classes = named(NLI)
    distil = DistilBertConfig(vocab_size=300, dim=16, n_layers=1, n_heads=2, hidden_dim=24, initializer_range=CALM,
                              max_position_embeddings=80, **classes)  # fmt: skip
    ends: dict[str, Any] = {"decoder_start_token_id": 0, "pad_token_id": 0, "eos_token_id": 1}
    t5 = T5Config(vocab_size=300, d_model=16, d_kv=8, d_ff=24, num_layers=1, num_heads=2,
                  feed_forward_proj="gated-gelu", **ends, **classes)  # fmt: skip
    gpt2 = GPT2Config(vocab_size=300, n_positions=80, n_embd=16, n_layer=1, n_head=2, initializer_range=CALM,
                      bos_token_id=0, eos_token_id=0, pad_token_id=0, **classes)  # fmt: skip
    bart_like = bart_config(**classes)
    bart_like.init_std, bart_like.scale_embedding = 0.1, True
    roberta = RobertaConfig(**like_bert, pad_token_id=1, **classes)
    deberta = DebertaV2Config(**like_bert, relative_attention=True, pos_att_type=["c2p", "p2c"], **classes)
    masked = {**BART, "mask_token": "<mask>"}
    t5_marks = {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    like_distil = {**BERT, "model_input_names": ["input_ids", "attention_mask"]}
    return {
        "albert": save(
            root / "albert",
            AlbertForSequenceClassification(AlbertConfig(**like_bert, embedding_size=8, **classes)), bert, **BERT,
        ),
        "bart": save(root / "bart", BartForSequenceClassification(bart_like), bart, **masked),
        "deberta": save(root / "deberta", DebertaV2ForSequenceClassification(deberta), bert, **BERT),
        "distilbert": save(root / "distilbert", DistilBertForSequenceClassification(distil), bert, **like_distil),
        "electra": save(
            root / "electra",
            ElectraForSequenceClassification(ElectraConfig(**like_bert, embedding_size=8, **classes)), bert, **BERT,
        ),
        "gpt2": save(root / "gpt2", GPT2ForSequenceClassification(gpt2), byte_level(["<|endoftext|>"]),
                     eos_token="<|endoftext|>"),
        "roberta": save(root / "roberta", RobertaForSequenceClassification(roberta), bart, **masked),
        "t5": save(root / "t5", T5ForSequenceClassification(t5), t5_tokenizer(), **t5_marks),
        "bytes": byt5(root / "bytes", t5),
        "tokens": save(root / "tokens", BertForTokenClassification(BertConfig(**like_bert, **named(TAGS))), bert,
                       **BERT),
        "windows": save(
            root / "windows",
            BertForTokenClassification(BertConfig(**{**like_bert, "max_position_embeddings": 24}, **named(TAGS))),
            bert, **BERT, model_max_length=24,
        ),
    }  # fmt: skip
