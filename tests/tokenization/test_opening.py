"""A tokenizer is the one of its folder: what its file says, and the same counts whatever way it was opened."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import AddedToken, Regex, Tokenizer, normalizers, pre_tokenizers

from llm_tui import i18n
from llm_tui.engine.job import Context, run_job
from llm_tui.errors import UserError
from llm_tui.hub import folder as folder_module
from llm_tui.tokenization.compare import lost_spans
from llm_tui.tokenization.job import Compare, Comparison, Tokenized
from llm_tui.tokenization.loading import load

Told = Callable[..., Comparison]
TEXT = "La CASA del niño, año 2024: ¿qué  CASA?"


def written(folder: Path, base: Path, change: Callable[[Tokenizer], None], **config: object) -> Path:
    """The tokenizer of another folder, changed, and the class that tokenizer_config.json names."""
    folder.mkdir()
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    change(tokenizer)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def lower(tokenizer: Tokenizer) -> None:
    tokenizer.normalizer = normalizers.Lowercase()


def digits(tokenizer: Tokenizer) -> None:
    own = [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(own)


def split(tokenizer: Tokenizer) -> None:
    """As Dolma's and Llama 3's: a pattern of its own before the bytes."""
    pattern = pre_tokenizers.Split(Regex(r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|\s+|[^\s\p{L}\p{N}]+"), "isolated")
    level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pattern, level])


@pytest.mark.parametrize("name", ["GPT2Tokenizer", "Qwen2Tokenizer", "RobertaTokenizer", "PreTrainedTokenizerFast", ""])
@pytest.mark.parametrize("change", [lower, digits, split])
def test_what_tokenizer_json_says_is_what_cuts(
    change: Callable[[Tokenizer], None], name: str, folders: dict[str, Path], tmp_path: Path, context: Context
) -> None:
    config = {"tokenizer_class": name} if name else {}
    folder = written(tmp_path / "own", folders["bytes"], change, eos_token="<|endoftext|>", **config)
    cutter, source = load(str(folder), context)
    own = Tokenizer.from_file(str(folder / "tokenizer.json"))
    assert cutter.encode([TEXT]).ids.tolist() == own.encode(TEXT, add_special_tokens=False).ids
    told = {"PreTrainedTokenizerFast": False, "": False}.get(name)
    if told is False:
        assert source.en == "folder"
    elif name == "GPT2Tokenizer":
        assert source.en.startswith("folder, cut as its tokenizer.json says") and "tokenizer.json" in source.es


def test_a_class_that_cuts_as_the_file_says_is_not_mentioned(
    folders: dict[str, Path], tmp_path: Path, context: Context
) -> None:
    folder = written(tmp_path / "own", folders["bytes"], lambda tokenizer: None, tokenizer_class="GPT2Tokenizer")
    assert load(str(folder), context)[1].en == "folder"


@pytest.mark.parametrize("name", ["GPT2Tokenizer", "PreTrainedTokenizerFast"])
def test_dropout_is_for_training_and_changes_no_count(
    name: str, folders: dict[str, Path], tmp_path: Path, context: Context
) -> None:
    def change(tokenizer: Tokenizer) -> None:
        tokenizer.model.dropout = 0.5

    folder = written(tmp_path / "own", folders["bytes"], change, tokenizer_class=name, eos_token="<|endoftext|>")
    cutter, source = load(str(folder), context)
    plain = Tokenizer.from_file(str(folders["bytes"] / "tokenizer.json"))
    assert cutter.encode([TEXT] * 9).ids.tolist() == plain.encode(TEXT, add_special_tokens=False).ids * 9
    assert source.en == "folder"


def test_added_tokens_are_shown_as_they_are_written(folders: dict[str, Path], tmp_path: Path, context: Context) -> None:
    def add(tokenizer: Tokenizer) -> None:
        tokenizer.add_tokens([AddedToken("mañana"), AddedToken("Ġñ"), AddedToken("日本")])

    folder = written(tmp_path / "own", folders["bytes"], add)
    comparison = run_job(Compare("mañana 日本 ñoño", (str(folder),)), context)
    (tokenized,) = comparison.tokenized
    shown = [tokenized.shown[id] for id in tokenized.ids]
    assert shown[0] == "mañana" and "日本" in shown
    assert all("\\x" not in piece or len(piece) == 4 for piece in shown)


def per_word(comparison: Comparison, tokenized: Tokenized) -> list[int]:
    return [len(tokenized.pieces(unit)) for unit in comparison.words]


@pytest.fixture(scope="module")
def t5(folders: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lone model file again, as the tokenizer of a class, which gives offsets."""
    folder = tmp_path_factory.mktemp("ways") / "t5"
    folder.mkdir()
    shutil.copy(folders["lone"] / "spiece.model", folder)
    config = {"tokenizer_class": "T5Tokenizer", "extra_ids": 0}
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


_SOME = "niño xyz w Ñandú ¿ ( 日本 zzz 12,5 … k@w a . (w "
WORDS = st.lists(st.sampled_from(_SOME.split(" ")))


@given(words=WORDS)
@example(words=["xyz", "w", "(zzz"])
def test_the_same_pieces_give_the_same_counts_whatever_way_the_tokenizer_was_opened(
    words: list[str], folders: dict[str, Path], t5: Path, told: Told
) -> None:
    text = " ".join(words)
    comparison = told(text, "lone")
    (lone,) = comparison.tokenized
    (fast,) = run_job(Compare(text, (str(t5),)), Context(0, lambda event: None, threading.Event())).tokenized
    if [lone.raw[id] for id in lone.ids] != [fast.raw[id] for id in fast.ids]:
        return  # sentencepiece gives a run of unknown letters one piece, and the other library one for each
    assert fast.by_text is False and lone.by_text is True
    assert per_word(comparison, lone) == per_word(comparison, fast)
    assert lone.measures.word_pieces == fast.measures.word_pieces
    assert lone.measures.lost_most == fast.measures.lost_most


@pytest.mark.parametrize("family", ["unigram", "marian", "lone", "bytes"])
def test_a_space_that_is_a_piece_of_its_own_belongs_to_the_word_behind_it(family: str, told: Told) -> None:
    text = "La w xilófono (w)  w "
    comparison = told(text, family)
    (tokenized,) = comparison.tokenized
    blanks = {id for id, raw in tokenized.raw.items() if raw in ("▁", "Ġ")}
    assert blanks
    for unit in range(len(comparison.starts)):
        pieces = [tokenized.ids[i] for i in tokenized.pieces(unit)]
        if unit in comparison.words:
            assert not set(pieces) <= blanks
        elif comparison.unit_text(unit).isspace():
            assert not pieces
    first = comparison.cut(tokenized, comparison.words[1], comparison.words[1])
    assert len(first) >= 1 and comparison.unit_text(comparison.words[1]) == "w"


def test_only_what_no_piece_stands_for_is_lost(folders: dict[str, Path], told: Told, context: Context) -> None:
    """A sign that becomes several pieces, one of them unknown, is not lost; a letter that becomes an unknown one is."""
    comparison = told("½ ñ a", "ascii")
    (tokenized,) = comparison.tokenized
    cutter, _ = load(str(folders["ascii"]), context)
    spans = lost_spans(cutter, comparison.text)
    assert [comparison.text[a:b] for a, b in spans] == [char for char, _ in tokenized.measures.lost_most]
    assert "ñ" in dict(tokenized.measures.lost_most) and "a" not in dict(tokenized.measures.lost_most)


KERAS = {"class_name": "Tokenizer", "config": {"num_words": 9}}
WRONG: dict[str, tuple[bytes, str]] = {
    "a pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1469419\n", "git lfs pull"),
    "Keras": (json.dumps(KERAS).encode(), "a tokenizer of Keras"),
    "Keras, twice": (json.dumps(json.dumps(KERAS)).encode(), "a tokenizer of Keras"),
    "a page": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "a web page"),
}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", WRONG)
def test_a_file_of_another_kind_is_known_by_its_first_bytes(
    name: str, language: str, tmp_path: Path, context: Context
) -> None:
    i18n.use(language)
    content, words = WRONG[name]
    (tmp_path / "tokenizer.json").write_bytes(content)
    with pytest.raises(UserError) as caught:
        load(str(tmp_path), context)
    assert str(tmp_path / "tokenizer.json") in str(caught.value) and str(caught.value).endswith(".")
    assert language == "es" or words in str(caught.value)


def test_a_tokenizer_that_is_no_plain_file_or_too_large_is_refused(tmp_path: Path, context: Context) -> None:
    os.mkfifo(tmp_path / "tokenizer.json")
    with pytest.raises(UserError, match="not a plain file"):
        load(str(tmp_path), context)
    (tmp_path / "tokenizer.json").unlink()
    with (tmp_path / "tokenizer.json").open("wb") as file:
        file.truncate(folder_module.LARGEST + 1)
    with pytest.raises(UserError, match="larger than 64 MB"):
        load(str(tmp_path), context)
