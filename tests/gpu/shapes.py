"""Models of the real ones' shapes with random weights, in folders as the hub has them: nothing is fetched.

Each has a tokenizer, and none ends an answer by itself. On the CPU they are small.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import torch
from gpu.bench import Bench
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import (
    BartConfig,
    BartForSequenceClassification,
    LlamaConfig,
    LlamaForCausalLM,
    T5Config,
    T5ForConditionalGeneration,
)

from llm_tui.foundation import teaching

SENTENCE = "the price of a word rose after long talks about trade games votes proofs markets teams and new tools"
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
OPEN: dict[str, Any] = {"tie_word_embeddings": False, "decoder_start_token_id": 0}
NLI = ["contradiction", "neutral", "entailment"]


def t5_small(bench: Bench) -> Path:
    """Of flan-t5-small, with the teaching model's tokenizer."""
    width, inner, layers, heads, vocabulary = (512, 1024, 8, 6, 32128) if bench.gpu else (64, 128, 2, 2, 20_000)
    config = T5Config(
        vocab_size=vocabulary, d_model=width, d_kv=64, d_ff=inner, num_layers=layers, num_heads=heads,
        feed_forward_proj="gated-gelu", **OPEN,
    )  # fmt: skip
    folder = bench.folder / "t5-small"
    if not folder.exists():
        _save(bench, T5ForConditionalGeneration, config, folder)
        for file in teaching.T5.folder.glob("*token*.json"):
            shutil.copy(file, folder)
    return folder


def bart_large(bench: Bench) -> Path:
    """Of bart-large-mnli."""
    width, layers, heads, vocabulary = (1024, 12, 16, 50265) if bench.gpu else (32, 2, 2, 400)
    config = BartConfig(
        vocab_size=vocabulary, d_model=width, encoder_layers=layers, decoder_layers=layers,
        encoder_attention_heads=heads, decoder_attention_heads=heads, encoder_ffn_dim=4 * width,
        decoder_ffn_dim=4 * width, max_position_embeddings=1024, pad_token_id=1, bos_token_id=0, eos_token_id=2,
        decoder_start_token_id=2, id2label=dict(enumerate(NLI)), label2id={label: i for i, label in enumerate(NLI)},
    )  # fmt: skip
    folder = bench.folder / "bart-large"
    if not folder.exists():
        _save(bench, BartForSequenceClassification, config, folder)
        _byte_level(folder)
    return folder


def causal(bench: Bench) -> Path:
    """A billion parameters, in bfloat16 on disk."""
    width, layers, heads, vocabulary = (2048, 18, 32, 32_000) if bench.gpu else (64, 2, 4, 400)
    config = LlamaConfig(
        vocab_size=vocabulary, hidden_size=width, intermediate_size=4 * width, num_hidden_layers=layers,
        num_attention_heads=heads, num_key_value_heads=heads // 4, max_position_embeddings=4096, pad_token_id=1,
        bos_token_id=0, eos_token_id=None, tie_word_embeddings=True,
    )  # fmt: skip
    folder = bench.folder / "causal"
    if not folder.exists():
        _save(bench, LlamaForCausalLM, config, folder, torch.bfloat16)
        _byte_level(folder)
    return folder


def _save(bench: Bench, architecture: Any, config: Any, folder: Path, dtype: torch.dtype = torch.float32) -> None:
    torch.manual_seed(5)
    with torch.device(bench.device):  # a CPU would draw a billion numbers for half a minute
        model = architecture(config)
    if getattr(model, "generation_config", None) is not None:
        model.generation_config.eos_token_id = None
    model.to(dtype).save_pretrained(folder)
    del model
    if bench.gpu:
        torch.cuda.empty_cache()


def _byte_level(folder: Path) -> None:
    """Like BART's."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    tokenizer.train_from_iterator(
        [SENTENCE],
        trainers.BpeTrainer(
            vocab_size=380, special_tokens=SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )  # fmt: skip
    tokenizer.save(str(folder / "tokenizer.json"))
    said = {
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "cls_token": "<s>", "sep_token": "</s>",
        "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>", "model_max_length": 1024,
    }  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(said), encoding="utf-8")
