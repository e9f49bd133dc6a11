"""What the tests of pretrained models share: a tiny model of each architecture, with random weights that give diverse
outputs, each in a folder as the hub has them.
"""

from __future__ import annotations

import json
import math
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from sentencepiece import SentencePieceProcessor, SentencePieceTrainer
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    BartForSequenceClassification,
    BertConfig,
    BertForSequenceClassification,
    BertForTokenClassification,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    M2M100Config,
    M2M100ForConditionalGeneration,
    MarianConfig,
    MarianMTModel,
    RobertaConfig,
    RobertaForSequenceClassification,
    T5Config,
    T5ForConditionalGeneration,
)

from llm_tui.foundation import loading

SENTENCES = """\
La observabilidad de un sistema se mide con registros y métricas.
Mañana veremos las películas que nos recomendó el señor Núñez.
El niño pequeño soñaba con una montaña cubierta de nieve.
Cada palabra se corta en piezas, y cada pieza tiene un número.
El tren de las ocho llegó a la estación con doce minutos de retraso.
La profesora explicó la lección y después hizo una pregunta difícil.
Ana Torres trabaja en una empresa de transporte de Madrid.
The observability of a system is measured with logs and metrics.
Tomorrow we will watch the films that Mr. Brown told us about.
The little boy dreamed of a mountain covered in snow.
Every word is cut into pieces, and every piece has a number.
The eight o'clock train reached the station twelve minutes late.
The teacher explained the lesson and then asked a hard question.
Anna Brown works for a transport company in London.
This example is about sports, politics, science or business.
""".splitlines()

CHAT = (
    "{% for m in messages %}<|user|>{{ m['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)

SMALL: dict[str, Any] = {"vocab_size": 300, "max_position_embeddings": 256}
ENDS: dict[str, Any] = {"decoder_start_token_id": 0, "tie_word_embeddings": False}
WIDE = 0.5
"""The spread of random weights at which different inputs get different answers."""


def counted_pieces(words: Iterable[str], room: int, inner: str = "") -> list[tuple[str, int]]:
    """Each character of the words and the parts that make up most of them, at most `room`, with how often each occurs.

    The trainers of WordPiece and Unigram settle ties differently in each run, and the random weights of a model would
    belong to other pieces each time. `inner` goes before a piece that does not begin its word.
    """
    counts = Counter(
        (inner if start else "") + word[start:end]
        for word in words
        for start in range(len(word))
        for end in range(start + 1, len(word) + 1)
    )

    def rank(piece: str) -> tuple[bool, int, str]:
        length = len(piece.removeprefix(inner))
        return length > 1, -counts[piece] * length, piece

    return [(piece, counts[piece]) for piece in sorted(counts, key=rank)[:room]]


def wordpiece() -> Tokenizer:
    """Like BERT's."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words = re.findall(r"\w+|[^\w\s]", " ".join(SENTENCES))
    pieces = [*special, *(piece for piece, _ in counted_pieces(words, 300 - len(special), inner="##"))]
    tokenizer = Tokenizer(models.WordPiece({piece: id for id, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return tokenizer


def unigram(sentences: list[str], special: list[str]) -> Tokenizer:
    """Like those of sentencepiece, with `special` as its first pieces."""
    words = ["\u2581" + word for sentence in sentences for word in sentence.split()]
    pieces = counted_pieces(words, 290)
    total = sum(count for _, count in pieces)
    scores = [(piece, 0.0) for piece in special] + [(piece, math.log(count / total)) for piece, count in pieces]
    tokenizer = Tokenizer(models.Unigram(scores, unk_id=special.index("<unk>")))
    tokenizer.add_special_tokens(special)
    return tokenizer


def t5_tokenizer() -> Tokenizer:
    """Like T5's, of English sentences alone: no ñ in its vocabulary."""
    tokenizer = unigram([sentence for sentence in SENTENCES if sentence.isascii()], ["<pad>", "</s>", "<unk>"])
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing("$A </s>", "$A </s> $B </s>", [("</s>", 1)])
    return tokenizer


def byte_level(special: list[str], roberta: bool = False) -> Tokenizer:
    """Like BART's and RoBERTa's, or like GPT-2's."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = (
        processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
        if roberta
        else processors.ByteLevel(trim_offsets=False)
    )
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        SENTENCES,
        trainers.BpeTrainer(vocab_size=300, special_tokens=special, initial_alphabet=alphabet, show_progress=False),
    )
    return tokenizer


BERT = {
    "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "mask_token": "[MASK]",
    "model_input_names": ["input_ids", "token_type_ids", "attention_mask"],
}  # fmt: skip
BART = {"bos_token": "<s>", "cls_token": "<s>", "sep_token": "</s>", "eos_token": "</s>", "pad_token": "<pad>",
        "unk_token": "<unk>"}  # fmt: skip


def save(folder: Path, model: Any, tokenizer: Tokenizer | None, **config: Any) -> Path:
    """A folder as the hub has them, with weights in safetensors."""
    model.save_pretrained(folder)
    if tokenizer:
        tokenizer.save(str(folder / "tokenizer.json"))
        config = {"tokenizer_class": "PreTrainedTokenizerFast", **config}
        (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def bart_config(**more: Any) -> BartConfig:
    return BartConfig(
        **SMALL, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=2, decoder_attention_heads=2,
        encoder_ffn_dim=64, decoder_ffn_dim=64, init_std=WIDE, pad_token_id=1, bos_token_id=0, eos_token_id=2,
        decoder_start_token_id=2, **more,
    )  # fmt: skip


def bert_config(labels: list[str], **more: Any) -> BertConfig:
    return BertConfig(
        **{**SMALL, **more}, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        initializer_range=WIDE, **named(labels),
    )  # fmt: skip


def named(labels: list[str]) -> dict[str, Any]:
    return {"id2label": dict(enumerate(labels)), "label2id": {label: i for i, label in enumerate(labels)}}


NLI = ["contradiction", "neutral", "entailment"]
TAGS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]


def marian(folder: Path) -> Path:
    """Like opus-mt's: a tokenizer in Python over two sentencepiece models."""
    folder.mkdir()
    SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES), model_prefix=str(folder / "source"), vocab_size=200,
        hard_vocab_limit=False, minloglevel=2,
    )  # fmt: skip
    (folder / "source.vocab").unlink()
    (folder / "source.model").replace(folder / "source.spm")
    (folder / "target.spm").write_bytes((folder / "source.spm").read_bytes())
    processor = SentencePieceProcessor(model_file=str(folder / "source.spm"))
    ids = {"</s>": 0, "<unk>": 1}
    for number in range(processor.get_piece_size()):
        ids.setdefault(processor.id_to_piece(number), len(ids))
    ids["<pad>"] = len(ids)
    (folder / "vocab.json").write_text(json.dumps(ids), encoding="utf-8")
    config = {"tokenizer_class": "MarianTokenizer", "source_lang": "es", "target_lang": "en", "model_max_length": 512}
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    pad = ids["<pad>"]
    model = MarianMTModel(
        MarianConfig(
            vocab_size=len(ids), max_position_embeddings=128, d_model=32, encoder_layers=2, decoder_layers=2,
            encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=64, decoder_ffn_dim=64,
            init_std=WIDE, pad_token_id=pad, eos_token_id=0, decoder_start_token_id=pad, forced_eos_token_id=0,
        )
    )  # fmt: skip
    model.generation_config.bad_words_ids = [[pad]]
    return save(folder, model, None)


def m2m100(folder: Path) -> Path:
    """Like NLLB: the language to write in is the first piece that is made."""
    config = M2M100Config(
        **SMALL, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=2, decoder_attention_heads=2,
        encoder_ffn_dim=64, decoder_ffn_dim=64, init_std=WIDE, pad_token_id=1, bos_token_id=0, eos_token_id=2,
        decoder_start_token_id=2,
    )  # fmt: skip
    special = ["<s>", "<pad>", "</s>", "<unk>", "eng_Latn", "spa_Latn"]
    tokenizer = unigram(SENTENCES, special)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    extra = {"tokenizer_class": "NllbTokenizer", "src_lang": "eng_Latn", "extra_special_tokens": special[4:]}
    return save(folder, M2M100ForConditionalGeneration(config), tokenizer, **{**BART, **extra})


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder of each model, by its architecture or by what it does."""
    root = tmp_path_factory.mktemp("models")
    torch.manual_seed(5)
    bart = byte_level(["<s>", "<pad>", "</s>", "<unk>", "<mask>"], roberta=True)
    special = ["<|endoftext|>", "<|user|>", "<|assistant|>", "<|end|>"]
    gpt = {"eos_token": "<|endoftext|>"}
    t5 = {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>", "model_max_length": 128}
    roberta = RobertaConfig(
        vocab_size=300, max_position_embeddings=66, hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=64, pad_token_id=1, initializer_range=WIDE, **named(NLI),
    )  # fmt: skip
    distil = DistilBertConfig(
        **SMALL, dim=32, n_layers=2, n_heads=2, hidden_dim=64, initializer_range=WIDE, **named(["NEGATIVE", "POSITIVE"])
    )
    llama = LlamaConfig(
        **SMALL, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
        initializer_range=WIDE, eos_token_id=[0, 3], bos_token_id=None,
    )  # fmt: skip
    gpt2 = GPT2Config(
        vocab_size=300, n_positions=256, n_embd=32, n_layer=2, n_head=2, initializer_range=WIDE, bos_token_id=0,
        eos_token_id=0,
    )  # fmt: skip
    t5_config = T5Config(
        vocab_size=300, d_model=32, d_kv=16, d_ff=64, num_layers=2, num_heads=2, initializer_factor=1.0,
        **ENDS,
    )  # fmt: skip
    bert = wordpiece()
    t5_model = T5ForConditionalGeneration(t5_config)
    for matrix in (weights for weights in t5_model.parameters() if weights.dim() > 1):
        torch.nn.init.normal_(matrix, std=WIDE)
    return {
        "t5": save(root / "t5", t5_model, t5_tokenizer(), **t5),
        "bart": save(root / "bart", BartForConditionalGeneration(bart_config()), bart, **BART),
        "bart-nli": save(root / "bart-nli", BartForSequenceClassification(bart_config(**named(NLI))), bart, **BART),
        "bert-nli": save(root / "bert-nli", BertForSequenceClassification(bert_config(NLI[::-1])), bert, **BERT),
        "roberta-nli": save(
            root / "roberta-nli", RobertaForSequenceClassification(roberta), bart, **BART, model_max_length=64
        ),
        "tokens": save(root / "tokens", BertForTokenClassification(bert_config(TAGS)), bert, **BERT),
        "windows": save(
            root / "windows", BertForTokenClassification(bert_config(TAGS, max_position_embeddings=24)), bert,
            **BERT, model_max_length=24,
        ),
        "distilbert": save(
            root / "distilbert", DistilBertForSequenceClassification(distil), bert,
            **{**BERT, "model_input_names": ["input_ids", "attention_mask"]},
        ),
        "gpt2": save(root / "gpt2", GPT2LMHeadModel(gpt2), byte_level(special), **gpt),
        "llama": save(root / "llama", LlamaForCausalLM(llama), byte_level(special), **gpt, chat_template=CHAT),
        "marian": marian(root / "marian"),
        "m2m100": m2m100(root / "m2m100"),
    }  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """A tiny model is slower with more threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How often weights have been read."""
    names: list[str] = []
    original = loading.open_model

    def counting(*arguments: Any) -> Any:
        names.append(arguments[2])
        return original(*arguments)

    monkeypatch.setattr(loading, "open_model", counting)
    return lambda: len(names)


@pytest.fixture
def copy(folders: dict[str, Path], tmp_path: Path) -> Callable[[str], Path]:
    """A folder of the test's own, to spoil."""
    return lambda name: Path(shutil.copytree(folders[name], tmp_path / name))
