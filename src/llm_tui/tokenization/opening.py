"""A folder's tokenizer as its tokenizer.json says, but for its chance.

transformers 5 rebuilds the tokenizers of nearly all classes (BERT, T5, GPT-2) from their vocabulary, and leaves aside
the normalizer and pre-tokenizer that stand in the file: https://github.com/allenai/open-instruct/issues/1896
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from tokenizers import Tokenizer
from transformers import AutoTokenizer

from llm_tui import files
from llm_tui.decoding import decode
from llm_tui.hub.folder import LARGEST
from llm_tui.i18n import Text
from llm_tui.tokenization.dropout import without_dropout

PROBE = """\
ÁRBOL Árbol árbol  niño n\u0303 ¿Qué?  ¡DON'T don't! I'll 1234567 12.5 año_2024 \u00a0x\tTab  \u201ccomillas\u201d \
Straße İstanbul ﬁn ½ ① Ａ 中文かな กา العربية 👩‍🚀🇪🇸 <b>a&b</b> https://x.org/a?b=c snake_case camelCase 'a "b" (c) \
a\u200bb -- ... \u2026 "ñ"
\n\n  sangría"""
"""Where tokenizers differ in how they treat case, accents, digits, spaces, signs, scripts and ends of lines."""


class _File(msgspec.Struct):
    """What a tokenizer.json says beside its vocabulary."""

    normalizer: msgspec.Raw = msgspec.Raw(b"null")
    pre_tokenizer: msgspec.Raw = msgspec.Raw(b"null")


LEFT_ASIDE = Text(
    "cut as its tokenizer.json says and not as the class of its tokenizer_config.json would",
    "cortado como dice su tokenizer.json y no como lo haría la clase de su tokenizer_config.json",
)
"""What is said of a tokenizer whose class is `left_aside`."""


class Opened(NamedTuple):
    """`left_aside` says that the class in tokenizer_config.json would have cut otherwise than tokenizer.json says."""

    tokenizer: Any
    left_aside: bool


def open_tokenizer(folder: Path) -> Opened:
    """The tokenizer in a folder. Whatever is in it, its code never runs; errors are the library's."""
    tokenizer: Any = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    file = folder / "tokenizer.json"
    if not tokenizer.is_fast:
        return Opened(tokenizer, False)
    backend = without_dropout(tokenizer.backend_tokenizer)
    if not file.is_file() or _says_the_same(backend, file):
        return Opened(tokenizer, False)
    own = without_dropout(Tokenizer.from_file(str(file)))
    if _pieces(backend) == _pieces(own):
        return Opened(tokenizer, False)
    # Part by part: tokens that tokenizer_config.json adds, and what stands around a text, stay.
    backend.normalizer, backend.pre_tokenizer = own.normalizer, own.pre_tokenizer
    if _pieces(backend) != _pieces(own):
        backend.model = own.model
    backend.decoder = own.decoder
    return Opened(tokenizer, True)


def _says_the_same(backend: Any, file: Path) -> bool:
    """Whether the parts of the file that a class could leave aside are those of the open tokenizer, word for word."""
    said = decode(files.read(file, LARGEST), _File)
    return all(
        (None if part is None else msgspec.json.decode(part.__getstate__())) == msgspec.json.decode(raw)
        for part, raw in ((backend.normalizer, said.normalizer), (backend.pre_tokenizer, said.pre_tokenizer))
    )


def _pieces(backend: Any) -> list[int]:
    return list(backend.encode(PROBE, add_special_tokens=False).ids)
