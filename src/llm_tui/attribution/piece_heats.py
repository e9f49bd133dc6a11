"""Where a piece of an answer looked, and what had to do with it, as heat on the words before it. Light."""

from __future__ import annotations

from collections.abc import Sequence

from llm_tui.attribution import piece_said as said
from llm_tui.attribution.job import Attribution
from llm_tui.attribution.piece_job import Looked, PieceExplained, Read, Trace
from llm_tui.export.heat import Heat, Mark, signed
from llm_tui.export.table import Cell, Column, Table
from llm_tui.foundation.job import Generated
from llm_tui.foundation.tables import made_by
from llm_tui.i18n import Text, percent
from llm_tui.visible import visible

ANSWER = "\n\n→ "
"""Stands before the answer, behind its prompt."""

WORD = Column("word", Text("word", "palabra"))


def looked_at(looked: Looked, layer: int | None, place: int, task: str = "") -> Heat:
    """Where the piece of this number, from 0, looked in a layer, from 0, or in the mean of all: in the source, and of a
    causal model in the answer so far. `task` is that of the question.
    """
    row, layers = looked.row(layer, place), len(looked.layers)
    where = said.MEAN if layer is None else said.LAYER
    what = Text("{looked}, {where}", "{looked}, {where}").format(
        looked=said.NAMES[said.LOOKED], where=where.format(layer=(layer or 0) + 1, layers=layers)
    )
    share = percent(row[-1])
    caption = [said.ITSELF if looked.read.causal else said.CROSS, said.REST.format(share=share), said.CAUTION]
    caption += [*_said_of(looked.read), made_by(looked.made_by, task=task)]
    column = Column("share", Text("share of its attention", "parte de su atención"), numeric=True)
    return _heat(looked.read, place, what, row[:-1], said.OF_ATTENTION, caption, column, (said.SEEN, said.NOT_SEEN))


def had_to_do(explained: PieceExplained, by: Attribution, task: str = "") -> Heat:
    """What a method says of the words before a piece, as `looked_at`."""
    caption = [said.DEFINED[by.method].format(mask=visible(explained.mask))]
    if by.baseline is None:
        caption.append(said.PLAIN.format(logprob=signed(explained.logprob)))
    else:
        numbers = {"total": by.total, "logprob": explained.logprob, "baseline": by.baseline}
        told = {name: signed(value) for name, value in numbers.items()}
        told["difference"] = signed(explained.logprob - by.baseline)
        caption.append(said.SUM.format(points=by.steps, gap=signed(explained.gap(by) or 0.0, 2), **told))
    if by.special:
        caption.append(said.SPECIAL[explained.read.causal].format(told=signed(by.special, 2)))
    caption += [said.OF_METHODS, *_said_of(explained.read), made_by(explained.made_by, task=task)]
    column = Column(by.method, said.NAMES[by.method], numeric=True)
    signs = (said.FOR, said.AGAINST)
    name = said.NAMES[by.method]
    return _heat(explained.read, explained.place, name, by.values, said.NATS, caption, column, signs)


def _said_of(read: Read) -> list[Text]:
    """What is not as it was when the answer was written."""
    cut = [said.CUT] if read.cut else []
    if read.apart:
        return [*cut, said.APART.format(text=visible(read.answer))]
    return [*cut, said.ANEW] if read.anew else cut


def _heat(
    read: Read,
    place: int,
    what: Text,
    values: Sequence[float],
    unit: Text,
    caption: Sequence[Text],
    column: Column,
    signs: tuple[Text, Text],
) -> Heat:
    part = read.parts[place]
    # A piece without a character of its own, as the end, stands behind what has one.
    own = (read.answer[part.start : part.end] or part.shown).strip() or part.shown
    title = said.TITLE.format(place=place + 1, piece=visible(own), what=what)
    before = [i for i, u in enumerate(read.units) if not u.of_hypothesis or (place and u.start < max(part.start, 1))]
    # One text, so that all its words have one scale.
    text = f"{read.source}{ANSWER}{read.answer}" if read.causal else read.source
    marks: list[Mark] = []
    rows: list[tuple[Cell, ...]] = []
    for number in before:
        of = read.units[number]
        shift = len(read.source) + len(ANSWER) if of.of_hypothesis else 0
        # Of a word that the piece goes on with there is what stood before it.
        end = min(of.end, max(part.start, of.start + 1)) if of.of_hypothesis else of.end
        marks.append(Mark(of.start + shift, end + shift, values[number]))
        rows.append((text[of.start + shift : end + shift], values[number]))
    return Heat(title, text, tuple(marks), unit, tuple(caption), Table((WORD, column), tuple(rows)), *signs)


def cut_anew(job: Trace, made: Generated) -> Text:
    """What is said of an answer that was gone through again in pieces that nobody had kept."""
    answer = made.answers[0]
    same = answer.text == job.answer.strip() and job.count in (None, answer.output_pieces)
    return said.ANEW if same else said.APART.format(text=visible(answer.text))
