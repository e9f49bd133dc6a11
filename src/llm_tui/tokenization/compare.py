"""One text under several tokenizers: units, pieces, measures, and where they differ."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm_tui.engine.job import Context
from llm_tui.i18n import Text, tr
from llm_tui.tokenization import words
from llm_tui.tokenization.job import Compare, Comparison, Cut, Tokenized
from llm_tui.tokenization.loading import Cutter, Encoded, load
from llm_tui.tokenization.measures import Measures
from llm_tui.visible import visible, width

Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]

BATCH_LINES = 2048
BATCH_CHARACTERS = 400_000  # several threads share each batch, and wait for the last of them
BATCH_BY_TEXT = 5_000  # Python is slow
PROPOSALS = 20
MOST_CANDIDATES = 5000
LOST_MOST = 20

_SPACES = np.isin(np.arange(0x3002), [code for code in range(0x3002) if chr(code).isspace()])


def compare(job: Compare, context: Context) -> Comparison:
    """Cut the text with each tokenizer; the translation and the phrases too, for the premium and for the table.

    Raises:
        UserError: a tokenizer could not be had.
    """
    opened = [(name, *load(name, context)) for name in job.tokenizers]
    cutters = {name: cutter for name, cutter, _ in opened}
    text = _clean(job.text)
    spans, lines = _lines(text)
    # All at once: one tokenizer computes without the GIL while the pieces of another are taken over.
    with ThreadPoolExecutor(len(opened)) as pool:
        encoded = {name: pool.submit(_encode, cutter, lines, name, context) for name, cutter in cutters.items()}
        page = Page.of(text, spans, lines)
        cut = [pool.submit(_cut, page, *each, encoded[each[0]].result()) for each in opened]
        parts = [part.result() for part in cut]
    if job.translation:
        english = _lines(_clean(job.translation))[1]
        parallel = [len(_encode(cutter, english, name, context).ids) for name, cutter in cutters.items()]
        parts = [part.with_parallel(count) for part, count in zip(parts, parallel, strict=True)]
    comparison = replace(_assemble(page, parts), translation=job.translation)
    if phrases := [phrase for phrase in job.phrases if phrase.strip()]:
        alone = compare(Compare("\n".join(" ".join(phrase.split()) for phrase in phrases), job.tokenizers), context)
        comparison = replace(comparison, alone=_by_line(alone, phrases))
    return comparison


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A text and its units, as `Comparison` has them.

    `lines` are its lines without their ends; `line_starts` says where they begin. By character of the text, and one
    more behind its end: `unit_at` is the unit that it is in, `word_after` the number of the first word that ends
    behind it, `ink` the number of characters before it that are no white space, `cells` the columns of a terminal that
    those before it take. By word: `word_units`, `word_starts`, `word_ends`.
    """

    text: str
    lines: list[str]
    line_starts: Ints
    starts: Ints
    ends: Ints
    line_units: Ints
    word_units: Ints
    word_starts: Ints
    word_ends: Ints
    unit_at: Ints
    word_after: Ints
    ink: Ints
    cells: Ints

    @classmethod
    def of(cls, text: str, spans: Ints, lines: list[str]) -> Page:
        codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
        size = len(codes)
        word_starts, word_ends = words.find(text, codes)
        # Every line ends with a unit of its own, for pieces that stand for nothing in it; the last one is empty.
        line_ends = spans[:, 1]
        begins = np.zeros(size + 1, bool)
        for bounds in (word_starts, word_ends, spans[:, 0], line_ends):
            begins[bounds] = True
        starts = np.flatnonzero(begins).astype(np.int32)
        ends = np.append(starts[1:], np.int32(size))
        unit_at = np.cumsum(begins, dtype=np.int32) - np.int32(1)
        ended = np.bincount(word_ends, minlength=size + 1)
        ink = ~_SPACES[np.minimum(codes, len(_SPACES) - 1)]
        return cls(
            text=text,
            lines=lines,
            line_starts=spans[:, 0],
            starts=starts,
            ends=ends,
            line_units=unit_at[line_ends],
            word_units=unit_at[word_starts],
            word_starts=word_starts,
            word_ends=word_ends,
            unit_at=unit_at,
            word_after=np.cumsum(ended, dtype=np.int32),
            ink=_before(ink),
            cells=_before(_widths(codes)),
        )

    def unit_of(self, starts: Ints, ends: Ints) -> Ints:
        """The unit of each piece: of the first word of which it covers a character, else of its first character."""
        ends = np.maximum(ends, starts + 1)
        units = self.unit_at[starts]
        if len(self.word_starts):
            word = np.minimum(self.word_after[starts], len(self.word_starts) - 1)
            inside = (self.word_starts[word] < ends) & (self.word_ends[word] > starts)
            units = np.where(inside, self.word_units[word], units)
        return units


def _before(values: NDArray[Any]) -> Ints:
    """The sum of the values before each of them, and of all."""
    sums = np.zeros(len(values) + 1, np.int32)
    np.cumsum(values, dtype=np.int32, out=sums[1:])
    return sums


def _widths(codes: NDArray[np.uint32]) -> Ints:
    """The columns of a terminal that each character takes when it is shown."""
    used = np.flatnonzero(np.bincount(codes)).tolist()
    widths = np.zeros(max(used, default=0) + 1, np.int32)
    widths[used] = [width(visible(chr(code))) for code in used]
    return widths[codes]


def _clean(text: str) -> str:
    """Half of a surrogate pair is no character, and no tokenizer takes it."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def _lines(text: str) -> tuple[Ints, list[str]]:
    """Start and end, shape (n, 2), of each line of a text, without its end, and the lines."""
    spans, lines, start = [], [], 0
    for line in text.split("\n"):
        bare = line.removesuffix("\r")
        spans.append((start, start + len(bare)))
        lines.append(bare)
        start += len(line) + 1
    return np.array(spans, np.int32), lines


def _encode(cutter: Cutter, lines: Sequence[str], name: str, context: Context) -> Encoded:
    """The pieces of each line; some lines at a time, so that it can be stopped in between."""
    most = BATCH_BY_TEXT if cutter.by_text else BATCH_CHARACTERS
    what = tr(f"cutting with {visible(name)}", f"cortando con {visible(name)}")
    parts, first = [], 0
    while first < len(lines):
        last, size = first, 0
        while last < len(lines) and last - first < BATCH_LINES and size < most:
            size += len(lines[last])
            last += 1
        context.progress(first, len(lines), what)
        parts.append(cutter.encode(lines[first:last]))
        first = last
    ids, spans, counts = zip(*parts, strict=True)
    return Encoded(np.concatenate(ids), np.concatenate(spans), np.concatenate(counts))


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The pieces of one tokenizer as arrays, ordered by their units. By unit: `begin` (one more at the end), and the
    number of `columns` that its pieces need; `is_unknown` says of each piece whether it is.
    """

    name: str
    source: Text
    cutter: Cutter
    ids: Ints
    starts: Ints
    ends: Ints
    units: Ints
    begin: Ints
    is_unknown: Flags
    columns: Ints
    raw: dict[int, str]
    shown: dict[int, str]
    measures: Measures

    @property
    def counts(self) -> Ints:
        return np.diff(self.begin)

    def with_parallel(self, pieces: int) -> Part:
        return replace(self, measures=replace(self.measures, parallel=pieces))


def _placed(page: Page, cutter: Cutter, encoded: Encoded) -> tuple[Ints, Ints, Ints]:
    """Start, end and unit of each piece in the text.

    Tokenizers count the space before a word to one piece or another, and some give a piece that is white space alone
    the place of the letter behind it: here it stands before the next piece of its line that is more, in its unit.
    """
    ids, spans, counts = encoded
    starts, ends = (spans + np.repeat(page.line_starts, counts)[:, None]).T
    units = page.unit_of(starts, ends)
    blanks = [id for id in np.flatnonzero(np.bincount(ids)).tolist() if cutter.blank(id, cutter.raw(id))]
    is_blank = np.isin(ids, blanks)
    if not blanks:
        return starts, ends, units
    numbers = np.arange(len(ids))
    following = np.minimum.accumulate(np.where(is_blank, len(ids), numbers)[::-1])[::-1]
    last = np.repeat(np.cumsum(counts), counts)  # the number behind the last piece of the line
    line_ends = page.line_starts + np.fromiter(map(len, page.lines), np.int32, len(page.lines))
    alone = is_blank & (following >= last)
    before = is_blank & ~alone
    units[before] = units[following[before]]
    starts[before] = ends[before] = np.maximum(starts[following[before]], page.starts[units[before]])
    starts[alone] = ends[alone] = np.repeat(line_ends, counts)[alone]
    units[alone] = np.repeat(page.line_units, counts)[alone]
    return starts, ends, units


def _cut(page: Page, name: str, cutter: Cutter, source: Text, encoded: Encoded) -> Part:
    ids = encoded.ids
    starts, ends, units = _placed(page, cutter, encoded)
    if np.any(units[1:] < units[:-1]):  # a tokenizer that gives its pieces in another order than the text
        order = np.argsort(units, kind="stable")
        ids, starts, ends, units = ids[order], starts[order], ends[order], units[order]
    begin = _before(np.bincount(units, minlength=len(page.starts)))
    is_unknown = np.isin(ids, list(cutter.unknown))
    used = np.flatnonzero(np.bincount(ids)).tolist()
    raw = {id: cutter.raw(id) for id in used}
    shown = {id: cutter.shown(id, spelling) for id, spelling in raw.items()}
    widths = np.zeros(max(used, default=0) + 1, np.int32)
    widths[used] = [width(text) for text in shown.values()]
    pieces = np.diff(begin)
    columns = np.bincount(units, widths[ids], len(page.starts)).astype(np.int32) + np.maximum(pieces - 1, 0)
    in_words = pieces[page.word_units]
    unknown_words = np.bincount(units[is_unknown], minlength=len(page.starts))[page.word_units] > 0
    lost = _lost(page, starts, ends, is_unknown)
    measures = Measures(
        words=len(page.word_units),
        pieces=len(ids),
        word_pieces=int(in_words.sum()),
        continued=int((in_words > 1).sum()),
        whole=int(((in_words == 1) & ~unknown_words).sum()),
        unknown=int(is_unknown.sum()),
        lost=lost.total(),
        lost_most=tuple(lost.most_common(LOST_MOST)),
        bytes=len("".join(page.lines).encode()),
    )
    return Part(name, source, cutter, ids, starts, ends, units, begin, is_unknown, columns, raw, shown, measures)


def _lost(page: Page, starts: Ints, ends: Ints, is_unknown: Flags) -> Counter[str]:
    """How often each character is lost; white space is not missed."""
    lost: Counter[str] = Counter()
    for start, end in _missing(page, starts, ends, is_unknown):
        lost.update(char for char in page.text[start:end] if not char.isspace())
    return lost


def _missing(page: Page, starts: Ints, ends: Ints, is_unknown: Flags) -> Iterator[tuple[int, int]]:
    """The spans of the text that no piece covers that stands for something, one behind the other."""
    order = np.argsort(starts[~is_unknown], kind="stable")
    starts, ends = starts[~is_unknown][order], ends[~is_unknown][order]
    reached = np.maximum.accumulate(np.append(0, ends))
    following = np.append(starts, len(page.text))
    gap = (following > reached) & (page.ink[following] > page.ink[reached])
    yield from zip(reached[gap].tolist(), following[gap].tolist(), strict=True)


def lost_spans(cutter: Cutter, text: str) -> list[tuple[int, int]]:
    """The parts of a text, as start and end in characters, that a vocabulary cannot represent."""
    text = _clean(text)
    page = Page.of(text, *_lines(text))
    encoded = cutter.encode(page.lines)
    starts, ends, _ = _placed(page, cutter, encoded)
    missing = _missing(page, starts, ends, np.isin(encoded.ids, list(cutter.unknown)))
    inked = re.compile(r"\S+")
    return [found.span() for start, end in missing for found in inked.finditer(page.text, start, end)]


def _assemble(page: Page, parts: Sequence[Part]) -> Comparison:
    different = np.zeros(len(page.starts), bool)
    for part in parts[1:]:
        different |= _differ(page, parts[0], part)
    widths = np.maximum.reduce([part.columns for part in parts])
    widths += widths > 0
    own = page.cells[page.word_ends] - page.cells[page.word_starts]
    widths[page.word_units] = np.maximum(widths[page.word_units] - 1, own) + 2
    return Comparison(
        text=page.text,
        starts=_array(page.starts),
        ends=_array(page.ends),
        words=_array(page.word_units),
        lines=_array(page.line_units),
        different=different.tobytes(),
        columns=_array(_before(widths)),
        tokenized=tuple(_tokenized(part) for part in parts),
        proposals=_proposals(page, parts, different) if len(parts) > 1 else (),
    )


def _differ(page: Page, one: Part, other: Part) -> Flags:
    """Which units are words that two tokenizers cut at different places, or of which one does not know a part."""
    is_word = np.zeros(len(page.starts), bool)
    is_word[page.word_units] = True
    same_number = is_word & (one.counts == other.counts)
    mine, theirs = same_number[one.units], same_number[other.units]
    units = one.units[mine]
    # As many pieces in each of these words: the n-th of the one stands beside the n-th of the other.
    moved = (
        (np.maximum(one.starts[mine], page.starts[units]) != np.maximum(other.starts[theirs], page.starts[units]))
        | (np.minimum(one.ends[mine], page.ends[units]) != np.minimum(other.ends[theirs], page.ends[units]))
        | (one.is_unknown[mine] != other.is_unknown[theirs])
    )
    differ: Flags = is_word & ~same_number
    differ[units[moved]] = True
    return differ


def _proposals(page: Page, parts: Sequence[Part], different: Flags) -> tuple[str, ...]:
    """The words in which the tokenizers differ most, each spelling once: by the spread of their numbers of pieces,
    then those of which somebody loses a part, then those with the most pieces, then in the order of the text.
    """
    numbers = np.flatnonzero(different[page.word_units])
    units = page.word_units[numbers]
    counts = np.stack([part.counts[units] for part in parts])
    unknown = np.maximum.reduce(
        [np.bincount(part.units[part.is_unknown], minlength=len(page.starts))[units] > 0 for part in parts]
    )
    spread, most = np.ptp(counts, axis=0), np.minimum(counts.max(axis=0), 1023)
    rank = (spread.astype(np.int64) << 11) | (unknown << 10) | most
    if len(rank) > MOST_CANDIDATES:
        best = np.partition(rank, -MOST_CANDIDATES)[-MOST_CANDIDATES]
        numbers, rank = numbers[rank >= best][:MOST_CANDIDATES], rank[rank >= best][:MOST_CANDIDATES]
    order = numbers[np.argsort(-rank, kind="stable")]
    spans = zip(page.word_starts[order].tolist(), page.word_ends[order].tolist(), strict=True)
    found: dict[str, str] = {}
    for word in dict.fromkeys(page.text[start:end] for start, end in spans):
        if len(word) <= 60 and any(unicodedata.category(char)[0] == "L" for char in word):
            found.setdefault(word.casefold(), word)
        if len(found) == PROPOSALS:
            break
    return tuple(found.values())


def _tokenized(part: Part) -> Tokenized:
    cutter = part.cutter
    return Tokenized(
        name=part.name,
        source=part.source,
        model=cutter.model,
        vocabulary=cutter.vocabulary,
        by_text=cutter.by_text,
        begin=_array(part.begin),
        ids=_array(part.ids),
        starts=_array(part.starts),
        ends=_array(part.ends),
        shown=part.shown,
        raw=part.raw,
        unknown=cutter.unknown,
        special=cutter.special,
        measures=part.measures,
    )


def _array(values: Ints) -> array[int]:
    """Plain integers, which a screen can read without numpy, and faster one by one."""
    return array("i", np.ascontiguousarray(values, np.int32).tobytes())


def _by_line(comparison: Comparison, phrases: Sequence[str]) -> dict[str, tuple[Cut, ...]]:
    """The cuts of a text that has one phrase on each line."""
    cuts, first = {}, 0
    for phrase, last in zip(phrases, comparison.lines, strict=True):
        cuts[phrase] = tuple(comparison.cut(tokenized, first, last) for tokenized in comparison.tokenized)
        first = last + 1
    return cuts
