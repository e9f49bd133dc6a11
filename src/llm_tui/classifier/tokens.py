"""Text to ids: torchtext's `basic_english` with its vocabulary, or a Hugging Face tokenizer with its own."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, repeat
from pathlib import Path
from typing import Protocol

from llm_tui.classifier.basic_english import basic_english, each_basic_english, located
from llm_tui.classifier.job import BASIC_ENGLISH
from llm_tui.errors import UserError
from llm_tui.hub.folder import check_tokenizer
from llm_tui.i18n import tr
from llm_tui.tokenization.dropout import without_dropout

UNKNOWN = "<unk>"


class Numbering(Protocol):
    """Turns texts into lists of ids."""

    def encode(self, texts: Sequence[str]) -> Iterator[list[int]]: ...


class Encoder(Numbering, Protocol):
    """A numbering with ids below `size`; `dump` gives what `load_encoder` needs to make it again."""

    size: int
    unknown_id: int | None
    """The id of what is not in the vocabulary; None where nothing is unknown."""

    def unknown(self, text: str) -> list[str]:
        """The words of `text` that the vocabulary does not have."""
        ...

    def entries(self) -> list[str]:
        """What stands at each id, as a person reads it; empty where there is a gap."""
        ...

    def cut(self, text: str) -> list[tuple[int, int, int]]:
        """The ids that `encode` gives, each with the start and the end of its characters in the text."""
        ...

    def dump(self) -> str: ...


class WordEncoder:
    """`basic_english` words and a torchtext vocabulary, in which id 0 stands for every unknown word."""

    def __init__(self, words: list[str]):
        self._words = words
        self._ids = dict(zip(words, range(len(words)), strict=True))
        self.size = len(words)
        self.unknown_id: int | None = 0

    @classmethod
    def counted(cls, counts: Mapping[str, int]) -> WordEncoder:
        """With torchtext's vocabulary of the words that were counted: the most frequent first, then by the alphabet."""
        words = sorted(word for word in counts if word != UNKNOWN)
        return cls([UNKNOWN, *sorted(words, key=counts.__getitem__, reverse=True)])

    def encode(self, texts: Sequence[str]) -> Iterator[list[int]]:
        get = self._ids.get
        return (list(map(get, words, repeat(0))) for words in each_basic_english(texts))

    def ids(self, words: Iterable[str]) -> list[int]:
        return list(map(self._ids.get, words, repeat(0)))

    def unknown(self, text: str) -> list[str]:
        return [word for word in basic_english(text) if not self._ids.get(word)]

    def entries(self) -> list[str]:
        return list(self._words)

    def cut(self, text: str) -> list[tuple[int, int, int]]:
        return [(self._ids.get(word, 0), start, end) for word, start, end in located(text)]

    def dump(self) -> str:
        return json.dumps({"tokenizer": BASIC_ENGLISH, "words": self._words}, ensure_ascii=False)


class FirstSight:
    """Numbers each word as it first comes, and so cuts the training texts only once: their vocabulary is known
    afterwards.
    """

    def __init__(self) -> None:
        self._ids: defaultdict[str, int] = defaultdict()
        self._ids.default_factory = self._ids.__len__

    def encode(self, texts: Sequence[str]) -> Iterator[list[int]]:
        return (list(map(self._ids.__getitem__, words)) for words in each_basic_english(texts))

    def vocabulary(self, counts: Sequence[int]) -> tuple[WordEncoder, list[int]]:
        """The encoder with torchtext's vocabulary, most frequent word first, and the id in it of each number.

        `counts[i]` is how often the word with number i came.
        """
        encoder = WordEncoder.counted(dict(zip(self._ids, counts, strict=True)))
        return encoder, encoder.ids(self._ids)


class PieceEncoder:
    """A Hugging Face fast tokenizer: its pieces, its ids, without special tokens, truncation or padding."""

    BATCH = 256

    def __init__(self, backend_json: str, left_aside: bool = False):
        from tokenizers import Tokenizer

        self.left_aside = left_aside
        """As of `tokenization.opening`."""
        self._tokenizer = without_dropout(Tokenizer.from_str(backend_json))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.size = max(self._tokenizer.get_vocab(with_added_tokens=True).values()) + 1
        model = json.loads(backend_json)["model"]
        name = model.get("unk_token") or model.get("unk_id")
        self.unknown_id: int | None = self._tokenizer.token_to_id(name) if isinstance(name, str) else name

    @classmethod
    def load(cls, name: str, folder: Path | None = None) -> PieceEncoder:
        """The tokenizer called `name` from `folder`, or from the folder of that name.

        Raises:
            UserError: it cannot be loaded, or is no fast tokenizer.
        """
        from llm_tui.tokenization.opening import open_tokenizer  # not at the top: it brings transformers along

        folder = folder or Path(name)
        check_tokenizer(folder)
        try:
            opened = open_tokenizer(folder)
        except Exception as error:  # whatever is in the folder
            first = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise UserError(
                tr(
                    f"The tokenizer {name} could not be loaded ({first}): give basic_english, a folder with a "
                    "tokenizer.json, or a hub id.",
                    f"No se pudo cargar el tokenizador {name} ({first}): indique basic_english, una carpeta con "
                    "tokenizer.json, o un id del hub.",
                )
            ) from error
        backend = getattr(opened.tokenizer, "backend_tokenizer", None)
        if backend is None:
            raise UserError(
                tr(
                    f"The tokenizer {name} is not a fast one: choose one that has a tokenizer.json.",
                    f"El tokenizador {name} no es de los rápidos: elija uno que tenga tokenizer.json.",
                )
            )
        return cls(backend.to_str(), opened.left_aside)

    def encode(self, texts: Sequence[str]) -> Iterator[list[int]]:
        batches = iter(texts)
        while batch := list(islice(batches, self.BATCH)):
            for encoding in self._tokenizer.encode_batch_fast(batch, add_special_tokens=False):
                yield encoding.ids

    def unknown(self, text: str) -> list[str]:
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return [text[a:b] for i, (a, b) in zip(encoding.ids, encoding.offsets, strict=True) if i == self.unknown_id]

    def entries(self) -> list[str]:
        names = [""] * self.size
        for name, i in self._tokenizer.get_vocab(with_added_tokens=True).items():
            names[i] = name
        return names

    def cut(self, text: str) -> list[tuple[int, int, int]]:
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return [(i, a, b) for i, (a, b) in zip(encoding.ids, encoding.offsets, strict=True)]

    def dump(self) -> str:
        return str(self._tokenizer.to_str())


def load_encoder(dumped: str) -> Encoder:
    """The encoder that `dump` wrote.

    Raises:
        ValueError: the text is something else.
    """
    content = json.loads(dumped)
    if not isinstance(content, dict):
        raise ValueError("the vocabulary is no JSON object")
    if content.get("tokenizer") != BASIC_ENGLISH:
        try:
            return PieceEncoder(dumped)
        except Exception as error:  # tokenizers raises nothing narrower
            raise ValueError(f"the vocabulary is no tokenizer: {error}") from error
    words = content.get("words")
    if not (isinstance(words, list) and words and all(isinstance(word, str) for word in words)):
        raise ValueError("the vocabulary holds no list of words")
    return WordEncoder(words)
