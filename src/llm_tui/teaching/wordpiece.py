"""The vocabularies of the encoders: WordPiece, and where the embeddings of new pieces begin."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from torch import Tensor
from transformers import PreTrainedTokenizerFast

SPANISH = 10_000
POSITIONS = 256
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LATIN = re.compile(r"(?:##)?(?:[a-z]+|[0-9]+)|[!-/:-@\[-`{-~]")


def vocabulary(old: Any, spanish: Sequence[str]) -> PreTrainedTokenizerFast:
    """All of MiniLM's pieces in Latin letters, for what it knows of a rare word it does not know of the word's parts;
    and those that Spanish needs beside them: small letters, with accents.
    """
    known = sorted(old.get_vocab().items(), key=itemgetter(1))
    english = [piece for piece, _ in known if LATIN.fullmatch(piece)]
    return tokenizer([*english, *learned(spanish, SPANISH, lowercase=True)], lowercase=True)


def learned(texts: Sequence[str], size: int, lowercase: bool) -> list[str]:
    """So many pieces of these texts, by WordPiece's training. Of pieces that are wanted as often it takes those whose
    letters it has numbered first, and it numbers them in an order of chance: here they are given to it in theirs.
    """
    trained = untrained({}, lowercase)
    assert trained.normalizer is not None
    letters = sorted({letter for text in texts for letter in trained.normalizer.normalize_str(text)} - {" "})
    inside = [f"##{letter}" for letter in letters if letter.isalnum()]
    trainer = trainers.WordPieceTrainer(vocab_size=size, special_tokens=[*letters, *inside], show_progress=False)
    trained.train_from_iterator(texts, trainer)
    return sorted(trained.get_vocab())


def untrained(pieces: dict[str, int], lowercase: bool) -> Tokenizer:
    """WordPiece with accents: Spanish needs them."""
    found = Tokenizer(models.WordPiece(pieces, unk_token="[UNK]"))
    found.normalizer = normalizers.BertNormalizer(lowercase=lowercase, strip_accents=False)
    found.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    found.decoder = decoders.WordPiece()
    return found


def tokenizer(pieces: Sequence[str], lowercase: bool) -> PreTrainedTokenizerFast:
    """BERT's, with these pieces behind the special ones."""
    numbered = {piece: number for number, piece in enumerate(dict.fromkeys([*SPECIAL, *pieces]))}
    found = untrained(numbered, lowercase)
    found.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    names = ("pad", "unk", "cls", "sep", "mask")
    tokens = {f"{name}_token": token for name, token in zip(names, SPECIAL, strict=True)}
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=found, model_max_length=POSITIONS,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"], **tokens,
    )  # fmt: skip


def rows(table: Tensor, old: Any, new: Any, translated: Mapping[str, Sequence[tuple[str, float]]]) -> Tensor:
    """Where the pieces of a new vocabulary begin, one row each: where the same piece of the old one is, else where the
    English words are that a word is `translated` by, else at the mean of the old pieces that it is made of.
    """
    known = old.get_vocab()

    def made_of(text: str, inside: bool) -> list[int]:
        parts = old.tokenize(text)
        if inside:
            parts = [f"##{part}" if f"##{part}" in known else part for part in (p.removeprefix("##") for p in parts)]
        return [known[part] for part in parts or ["[UNK]"]]

    found = torch.empty(len(new), table.shape[1])
    for piece, number in new.get_vocab().items():
        whole = piece if piece in SPECIAL else piece.lower()
        if whole in known:
            found[number] = table[known[whole]]
        elif whole in translated:
            words = translated[whole]
            places = torch.stack([table[made_of(word, False)].mean(0) * weight for word, weight in words])
            found[number] = places.sum(0) / sum(weight for _, weight in words)
        else:
            found[number] = table[made_of(whole.removeprefix("##"), whole.startswith("##"))].mean(0)
    return found
