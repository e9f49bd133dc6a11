"""One text under several tokenizers: every piece of any text has one place, and the counts are the tokenizers' own."""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AutoTokenizer

from llm_tui.engine.events import Event, Progress
from llm_tui.engine.job import Context, JobCancelled, run_job
from llm_tui.tokenization.job import Compare, Comparison, Tokenized

FAST = ("wordpiece", "unigram", "ascii", "bytes")
FAMILIES = (*FAST, "marian", "lone")

Told = Callable[..., Comparison]

SPANISH = (
    "Mañana veremos las películas: ¿qué hora es?\nEl señor Núñez, 12,5 €.  \r\n\nDon't 日本語 mañana! ½ ﬁn\tn\u0303u"
)

AWKWARD = (
    "", " ", "   ", "\t", "\n", "\r\n", "\r", "\0", "\x1b[31m", "\x7f", "\u2028", "\u00a0", "\u200b", "\ufeff",
    "👩\u200d💻", "👨\u200d👩\u200d👧", "🇪🇸", "❤\ufe0f", "e\u0301", "n\u0303", "\u0301", "a\u030a\u0323",
    "日本語", "カタカナ", "你好，世界", "한글", "\u1112\u1161\u11ab", "שלום", "צה\"ל ג'", "مرحبا", "\u202eabc",
    "[CLS]", "[UNK]", "[/INST]", "<unk>", "</s>", "<|endoftext|>", "▁", "##", "##a", "Ġ", "</w>", "@@",
    "½", "ﬁ", "ﷺ", "ß", "İ", "ＦＵＬＬ", "\ud800", "\udfff", "\ufffd", "\U0010ffff",
    "mañana", "¿qué?", "12,5", "U.S.A.", "don’t", "a_b", "C++", "piezas", "the words",
)  # fmt: skip

any_text = st.text(st.characters(codec=None)) | st.text(st.characters(categories=("Cc", "Cs", "Cf", "Lu", "Zs", "Mn")))
composed = st.lists(st.sampled_from(AWKWARD), max_size=8).map("".join)


def lines_of(text: str) -> list[str]:
    """Those that the tokenizers are given."""
    return [line.removesuffix("\r") for line in text.split("\n")]


def own_ids(original: Any, lines: list[str]) -> list[int]:
    """What the tokenizer's own library answers."""
    if hasattr(original, "piece_to_id"):
        return [id for line in lines for id in original.encode(line)]
    return [id for line in lines for id in original(line, add_special_tokens=False).input_ids]


def by_name(comparison: Comparison, folders: dict[str, Path], family: str) -> Tokenized:
    return next(t for t in comparison.tokenized if t.name == str(folders[family]))


def is_blank(piece: str) -> bool:
    """Sentencepiece's sign for a space, or a byte-level vocabulary's for space, tab and the other controls."""
    return piece != "" and all(char.isspace() or char in "▁ĠĉĊċČč" for char in piece)


@dataclass
class Naive:
    """The pieces of a fast tokenizer and their words, worked out character by character from its own offsets."""

    spans: list[tuple[int, int]]
    unknown: list[bool]
    of_word: list[int | None]

    @classmethod
    def of(cls, comparison: Comparison, original: Any) -> Naive:
        text, spans, unknown, start = comparison.text, [], [], 0
        blank: list[bool | None] = []
        for line in text.split("\n"):
            encoded = original(line.removesuffix("\r"), add_special_tokens=False, return_offsets_mapping=True)
            spans += [(start + a, start + b) for a, b in encoded["offset_mapping"]]
            unknown += [id == original.unk_token_id for id in encoded["input_ids"]]
            blank += map(is_blank, original.convert_ids_to_tokens(encoded["input_ids"]))
            blank += [None]  # the end of the line
            start += len(line) + 1
            spans.append((start - 1 - line.endswith("\r"),) * 2)
            unknown.append(False)
        if original.unk_token == "<|endoftext|>":  # GPT-2's name for what it never needs
            unknown = [False] * len(unknown)
        word_at: dict[int, int] = {}
        for number, unit in enumerate(comparison.words):
            word_at.update(dict.fromkeys(range(comparison.starts[unit], comparison.ends[unit]), number))
        covered = ([word_at[i] for i in range(a, max(b, a + 1)) if i in word_at] for a, b in spans)
        of_word = [words[0] if words else None for words in covered]
        for i in reversed(range(len(spans))):
            if blank[i]:  # what is white space alone belongs to what follows it
                word, at = of_word[i + 1], spans[i + 1][0]
                begin = at if word is None else max(at, comparison.starts[comparison.words[word]])
                of_word[i] = word
                spans[i] = begin, begin
        pieces = [i for i, kind in enumerate(blank) if kind is not None]
        return cls([spans[i] for i in pieces], [unknown[i] for i in pieces], [of_word[i] for i in pieces])

    def cuts(self, comparison: Comparison) -> list[list[tuple[int, int, bool]]]:
        """By word: where its pieces begin and end in it, and whether they are unknown."""
        cuts: list[list[tuple[int, int, bool]]] = [[] for _ in comparison.words]
        for (a, b), unknown, word in zip(self.spans, self.unknown, self.of_word, strict=True):
            if word is not None:
                unit = comparison.words[word]
                start, end = comparison.starts[unit], comparison.ends[unit]
                cuts[word].append((max(a, start), min(b, end), unknown))
        return cuts

    def lost(self, text: str) -> list[str]:
        known: set[int] = set()
        for (a, b), unknown in zip(self.spans, self.unknown, strict=True):
            known.update(() if unknown else range(a, b))
        return [c for i, c in enumerate(text) if not c.isspace() and i not in known]


def check_partition(comparison: Comparison) -> None:
    """Units part the text, words and lines are some of them, and pieces are parted among units."""
    starts, ends = comparison.starts, comparison.ends
    assert len(starts) == len(ends) == len(comparison.different)
    assert starts[0] == 0
    assert list(starts[1:]) == list(ends[:-1])
    assert "".join(map(comparison.unit_text, range(len(starts)))) == comparison.text
    assert all(a < b for a, b in pairwise(starts))
    assert [starts[unit] for unit in comparison.lines] == [
        match.start() for match in re.finditer(r"\r?\n|\r?\Z", comparison.text)
    ][: len(comparison.lines)]
    assert not set(comparison.words) & set(comparison.lines)
    assert all(starts[unit] < ends[unit] for unit in comparison.words)
    for tokenized in comparison.tokenized:
        size = len(tokenized.ids)
        assert len(tokenized.starts) == len(tokenized.ends) == size
        assert [i for unit in range(len(starts)) for i in tokenized.pieces(unit)] == list(range(size))


def check_words(comparison: Comparison) -> None:
    """The pieces of a word cover a character of it, and those of another unit none of any word."""
    is_word = set(comparison.words)
    word_at = [False] * (len(comparison.text) + 1)
    for unit in comparison.words:
        for i in range(comparison.starts[unit], comparison.ends[unit]):
            word_at[i] = True
    for tokenized in comparison.tokenized:
        for unit in range(len(comparison.starts)):
            for piece in tokenized.pieces(unit):
                start = tokenized.starts[piece]
                end = max(tokenized.ends[piece], start + 1)
                assert 0 <= start <= tokenized.ends[piece] <= len(comparison.text)
                if unit in is_word:
                    assert start < comparison.ends[unit] and end > comparison.starts[unit]
                else:
                    assert not any(word_at[start:end])


@pytest.mark.parametrize("kind", ["any", "composed"])
def test_every_piece_of_any_text_has_one_place(
    kind: str, told: Told, folders: dict[str, Path], originals: dict[str, Any]
) -> None:
    @settings(max_examples=200)
    @given(any_text if kind == "any" else composed)
    @example("")
    @example("\n")
    @example("a\r")
    @example("\ud83d\ude00")
    @example("x ﷺ ½")
    @example("[CLS] hola [/INST] <unk> ▁ ## \0 \r\n\r\n  ")
    def holds(text: str) -> None:
        comparison = told(text)
        assert comparison.text == "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
        check_partition(comparison)
        check_words(comparison)
        for family in FAMILIES:
            tokenized = by_name(comparison, folders, family)
            assert list(tokenized.ids) == own_ids(originals[family], lines_of(comparison.text))
            assert tokenized.measures.pieces == len(tokenized.ids)
            assert set(tokenized.shown) == set(tokenized.raw) == set(tokenized.ids)
            assert all(
                map(str.isprintable, "".join(tokenized.shown.values()).replace("\u200d", "").replace("\u200c", ""))
            )
        for unit in comparison.words:
            for tokenized in comparison.tokenized:
                assert len(comparison.cut(tokenized, unit, unit)) == len(tokenized.pieces(unit))

    holds()


@settings(max_examples=200)
@given(composed | st.text(st.sampled_from("aeéñ ¿.'-1日\n\u0301"), max_size=30))
@example(SPANISH)
def test_measures_are_those_of_a_count_by_hand(
    told: Told, folders: dict[str, Path], originals: dict[str, Any], text: str
) -> None:
    comparison = told(text, *FAST)
    for family in FAST:
        measures = by_name(comparison, folders, family).measures
        naive = Naive.of(comparison, originals[family])
        per_word = [len(cut) for cut in naive.cuts(comparison)]
        known = [not any(unknown for _, _, unknown in cut) for cut in naive.cuts(comparison)]
        assert measures.words == len(comparison.words)
        assert measures.word_pieces == sum(per_word)
        assert measures.continued == sum(count > 1 for count in per_word)
        assert measures.whole == sum(count == 1 and known for count, known in zip(per_word, known, strict=True))
        assert measures.unknown == sum(naive.unknown)
        assert measures.bytes == sum(len(line.encode()) for line in lines_of(comparison.text))
        lost = naive.lost(comparison.text)
        assert measures.lost == len(lost)
        assert dict(measures.lost_most).items() <= Counter(lost).items()
        assert [count for _, count in measures.lost_most] == [n for _, n in Counter(lost).most_common(20)]


@settings(max_examples=200)
@given(composed | st.text(st.sampled_from("aeéñ ¿.'-1日\n\u0301"), max_size=30))
@example(SPANISH)
def test_words_that_are_cut_differently_are_those_of_a_comparison_by_hand(
    told: Told, originals: dict[str, Any], text: str
) -> None:
    for families in (("wordpiece", "bytes"), ("unigram", "ascii"), FAST, ("bytes",)):
        comparison = told(text, *families)
        cuts = [Naive.of(comparison, originals[family]).cuts(comparison) for family in families]
        wanted = {unit for unit, *one in zip(comparison.words, *cuts, strict=True) if any(cut != one[0] for cut in one)}
        assert {unit for unit, flag in enumerate(comparison.different) if flag} == wanted


@pytest.mark.parametrize("families", [("wordpiece", "bytes"), FAST])
def test_words_are_proposed_in_the_order_of_how_much_they_differ(families: tuple[str, ...], told: Told) -> None:
    text = "un\nñandú observabilidad pieza 日本 PIEZA xilófono 12,5 zzz mañana la words " * 2 + "ñ" * 61
    comparison = told(text, *families)
    spread: list[tuple[int, bool, int, int]] = []
    for place, unit in enumerate(comparison.words):
        word = comparison.unit_text(unit)
        cuts = [comparison.cut(tokenized, unit, unit) for tokenized in comparison.tokenized]
        counts = [len(cut) for cut in cuts]
        has_letter = any(unicodedata.category(char).startswith("L") for char in word)
        if comparison.different[unit] and len(word) <= 60 and has_letter:
            unknown = any(any(cut.unknown) for cut in cuts)
            spread.append((max(counts) - min(counts), unknown, max(counts), -place))
    texts = [comparison.unit_text(comparison.words[-place]) for *_, place in sorted(spread, reverse=True)]
    wanted = list({word.casefold(): word for word in reversed(texts)}.values())
    assert set(comparison.proposals) == set(wanted) and len(wanted) > 3
    assert list(comparison.proposals) == [
        w for i, w in enumerate(texts) if w.casefold() not in map(str.casefold, texts[:i])
    ]


def test_no_word_is_proposed_for_one_tokenizer_nor_where_all_are_cut_alike(told: Told) -> None:
    assert told(SPANISH, "bytes").proposals == ()
    same = told(SPANISH, "bytes", "bytes")
    assert same.proposals == () and not any(same.different)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_word_of_a_hundred_thousand_letters_is_one_word(
    family: str, told: Told, folders: dict[str, Path], originals: dict[str, Any]
) -> None:
    word = "observabilidad" * 7143
    comparison = told(f"La {word} sola", family)
    check_partition(comparison)
    assert [comparison.unit_text(unit) for unit in comparison.words] == ["La", word, "sola"]
    (tokenized,) = comparison.tokenized
    assert list(tokenized.ids) == own_ids(originals[family], [comparison.text])
    assert len(comparison.cut(tokenized, comparison.words[1], comparison.words[1])) == len(
        tokenized.pieces(comparison.words[1])
    )
    assert tokenized.measures.lost == (len(word) if family == "wordpiece" else 0)


def test_pieces_and_words_of_an_example(told: Told) -> None:
    comparison = told("Mañana, ¿qué?", "wordpiece", "ascii", "bytes")
    mine, plain, level = comparison.tokenized
    assert [comparison.unit_text(unit) for unit in comparison.words] == ["Mañana", "qué"]
    word = comparison.words[1]
    assert comparison.cut(mine, word, word).pieces == ("qu", "##é")
    assert comparison.cut(mine, word, word).spans == ((0, 2), (2, 3))
    assert comparison.cut(plain, word, word).lost == "é"
    assert comparison.cut(level, word, word).pieces == ("qu", "é")
    assert (mine.model, plain.model, level.model) == ("WordPiece", "Unigram", "byte-level BPE")
    assert [t.by_text for t in comparison.tokenized] == [False] * 3


@pytest.mark.parametrize(("word", "lost"), [("mañana", "ñ"), ("películas", "í"), ("¿qué?", "¿é"), ("hello", "")])
def test_letters_that_a_vocabulary_lacks_are_lost(word: str, lost: str, told: Told) -> None:
    comparison = told(word, "ascii")
    (tokenized,) = comparison.tokenized
    assert "".join(char for char, _ in tokenized.measures.lost_most) == lost
    assert tokenized.measures.lost == tokenized.measures.unknown == len(lost)
    assert comparison.cut(tokenized, 0, len(comparison.starts) - 1).lost == lost


@pytest.mark.parametrize("family", ["unigram", "marian", "lone"])
def test_an_unknown_piece_is_known_by_its_id_whatever_its_library_prints(family: str, told: Told) -> None:
    comparison = told("La palabra 日本 está", family)
    (tokenized,) = comparison.tokenized
    first, last = comparison.words[2], comparison.words[3]
    cut = comparison.cut(tokenized, first, last)
    assert any(cut.unknown)
    assert all((piece == "<unk>") == unknown for piece, unknown in zip(cut.pieces, cut.unknown, strict=True))
    assert cut.lost == "日本"
    assert [char for char, _ in tokenized.measures.lost_most] == ["日", "本"]


def of_pieces(folder: Path, *pieces: str, split: bool = True) -> str:
    """A sentencepiece-like tokenizer that knows these; without `split` a space counts to the piece behind it."""
    tokenizer = Tokenizer(models.Unigram([("<unk>", 0.0), *((piece, -1.0) for piece in pieces)], unk_id=0))
    space = pre_tokenizers.Metaspace(prepend_scheme="always")
    words = [pre_tokenizers.WhitespaceSplit(), space] if split else [space]
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(words)
    folder.mkdir()
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "unk_token": "<unk>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    return str(folder)


def test_what_the_piece_of_the_next_word_covers_is_not_lost(tmp_path: Path, context: Context) -> None:
    one = of_pieces(tmp_path / "one", "▁a", "▁las", "▁10:30", "▁日本")
    other = of_pieces(tmp_path / "other", "▁a", "▁las", "▁10", ":30", "▁日", "本")
    comparison = run_job(Compare("a las 10:30 日本", (one, other)), context)
    assert [tokenized.measures.lost for tokenized in comparison.tokenized] == [0, 0]
    assert {word: [cut.pieces for cut in comparison.cuts(word) or ()] for word in ("30", "本")} == {
        "30": [(), (":30",)],
        "本": [(), ("本",)],
    }
    for phrase in ("10", ":", "30", "10:", "10:30", "日", "本"):
        assert [cut.lost for cut in comparison.cuts(phrase) or ()] == ["", ""]


def test_a_phrase_cut_alike_is_so_whichever_piece_the_space_counts_to(tmp_path: Path, context: Context) -> None:
    pieces = "▁la", "▁casa"
    names = of_pieces(tmp_path / "one", *pieces), of_pieces(tmp_path / "other", *pieces, split=False)
    comparison = run_job(Compare("la casa", names), context)
    assert len({tuple(zip(tokenized.starts, tokenized.ends, strict=True)) for tokenized in comparison.tokenized}) == 2
    assert [cut.spans for cut in comparison.cuts("la casa") or ()] == [((0, 2), (3, 7))] * 2


def test_truncation_and_padding_of_a_file_are_switched_off(
    told: Told, folders: dict[str, Path], tmp_path: Path
) -> None:
    original = Tokenizer.from_file(str(folders["wordpiece"] / "tokenizer.json"))
    original.enable_truncation(max_length=3)
    original.enable_padding(length=12, pad_id=0, pad_token="[PAD]")
    original.save(str(tmp_path / "tokenizer.json"))
    config = (folders["wordpiece"] / "tokenizer_config.json").read_text(encoding="utf-8")
    (tmp_path / "tokenizer_config.json").write_text(config, encoding="utf-8")
    context = Context(0, lambda event: None, threading.Event())
    text = "Cada palabra se corta en piezas\nsí"
    (changed,) = run_job(Compare(text, (str(tmp_path),)), context).tokenized
    (plain,) = told(text, "wordpiece").tokenized
    assert changed.ids == plain.ids and len(plain.ids) > 6


def test_a_phrase_is_found_where_its_words_stand(told: Told) -> None:
    comparison = told("salsa y sal, la salsa", "bytes", "ascii")
    assert comparison.find("sals") is None
    assert comparison.find("als") is None
    assert comparison.find("") is None
    found = comparison.find("sal")
    assert found is not None
    assert [comparison.starts[unit] for unit in found] == [8, 8]
    first, last = comparison.find("la salsa") or (0, 0)
    assert comparison.text[comparison.starts[first] : comparison.ends[last]] == "la salsa"
    cuts = comparison.cuts("la salsa")
    assert cuts == tuple(comparison.cut(tokenized, first, last) for tokenized in comparison.tokenized)


def test_a_phrase_that_is_not_in_the_text_is_cut_alone(told: Told) -> None:
    phrases = ("mañana", "piezas  y\tpalabras", " ")
    comparison = told("Nada de eso.", "unigram", "marian", phrases=phrases)
    for phrase in phrases[:2]:
        alone = told(" ".join(phrase.split()), "unigram", "marian")
        whole = 0, len(alone.starts) - 1
        assert comparison.cuts(phrase) == tuple(alone.cut(tokenized, *whole) for tokenized in alone.tokenized)
    assert comparison.cuts("otra cosa") is None


def test_the_premium_is_over_the_pieces_of_the_translation(told: Told, originals: dict[str, Any]) -> None:
    text, english = "Mañana veremos\nlas películas.", "Tomorrow we will watch\r\nthe films."
    comparison = told(text, translation=english)
    for family, tokenized in zip(FAMILIES, comparison.tokenized, strict=True):
        ours, theirs = (len(own_ids(originals[family], lines_of(side))) for side in (text, english))
        assert tokenized.measures.premium == pytest.approx(ours / theirs)
    assert told(text, "bytes").tokenized[0].measures.premium is None


def test_a_stopped_job_ends_at_once(folders: dict[str, Path], events: list[Event]) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(JobCancelled):
        run_job(Compare("Hola", (str(folders["bytes"]),)), Context(1, events.append, stop))
    assert events == []


@pytest.mark.parametrize("family", ["bytes", "marian"])
def test_a_job_stops_in_the_middle_of_a_long_text(family: str, folders: dict[str, Path]) -> None:
    stop = threading.Event()
    told_of: list[Progress] = []

    def listen(event: Event) -> None:
        if isinstance(event, Progress) and event.done:
            told_of.append(event)
            stop.set()

    text = "Cada palabra se corta en piezas, y cada pieza tiene un número.\n" * 40_000
    with pytest.raises(JobCancelled):
        run_job(Compare(text, (str(folders[family]),)), Context(1, listen, stop))
    (last,) = told_of
    assert 0 < last.done < last.total


def test_it_tells_how_far_it_is(folders: dict[str, Path], context: Context, events: list[Event]) -> None:
    lines = 9000
    run_job(Compare("Hola y adiós.\n" * (lines - 1), (str(folders["bytes"]), str(folders["lone"]))), context)
    told = [event for event in events if isinstance(event, Progress)]
    for family in ("bytes", "lone"):
        assert any(event.what == f"opening {folders[family]}" for event in told)
        cutting = [event for event in told if event.what == f"cutting with {folders[family]}"]
        assert len(cutting) > 3
        assert {event.total for event in cutting} == {lines}
        assert [event.done for event in cutting] == sorted({event.done for event in cutting})


EXAMPLE = "La observabilidad de arquitecturas serverless requiere métricas y logs estructurados."


@pytest.mark.real_data
def test_the_example_of_the_course_has_the_pieces_of_the_originals(real_data: Path, context: Context) -> None:
    names = ("bert-base-multilingual-cased", "xlm-roberta-base")
    comparison = run_job(Compare(EXAMPLE, tuple(str(real_data / "tokenizers" / name) for name in names)), context)
    assert [tokenized.measures.pieces for tokenized in comparison.tokenized] == [17, 18]
    assert [comparison.unit_text(unit) for unit in comparison.words] == re.findall(r"\w+", EXAMPLE)
    for name, tokenized in zip(names, comparison.tokenized, strict=True):
        original = AutoTokenizer.from_pretrained(real_data / "tokenizers" / name)
        assert list(tokenized.ids) == original(EXAMPLE, add_special_tokens=False).input_ids


@pytest.mark.real_data
@pytest.mark.parametrize(("word", "lost"), [("mañana", "ñ"), ("películas", "í"), ("¿qué?", "¿")])
def test_t5_loses_letters_of_spanish(word: str, lost: str, real_data: Path, context: Context) -> None:
    comparison = run_job(Compare(word, (str(real_data / "tokenizers" / "t5-small"),)), context)
    (tokenized,) = comparison.tokenized
    assert tokenized.measures.lost_most == ((lost, 1),)
    assert comparison.cut(tokenized, 0, len(comparison.starts) - 1).lost == lost
