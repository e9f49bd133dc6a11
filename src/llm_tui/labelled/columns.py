"""Which column holds the label and which the text: by their names, else by what is in them, else by a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from llm_tui.errors import UserError
from llm_tui.i18n import tr
from llm_tui.labelled.lines import one_line
from llm_tui.labelled.names import KIND_NAMES, exact, is_index, key, named_label, named_texts, names_both
from llm_tui.labelled.row import composed
from llm_tui.visible import shortened

FEW = 4
"""Below so many rows nothing can be told from what is in a column."""
MOST_SHOWN = 8
"""Cells of a row that are shown in a sentence."""
LONGEST_SHOWN = 24
"""Columns of a cell that is shown in a sentence."""
MANY = 10
"""From so many rows on a label that does not come again is no label."""
LONGEST_LABEL = 100


class Doubt(UserError):
    """A person has to say which column is which: on the command line as the end of the sentence says."""

    def __init__(self, why: str):
        super().__init__(why + _way_out())

    @staticmethod
    def without_way_out(message: str) -> str:
        """The sentence for a screen, which has its own way."""
        return message.removesuffix(_way_out())


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person says: names of columns, or their numbers from 1, several texts parted by commas; empty: nothing.
    `header` says whether the first row is one, where that is known and no name in it tells.
    """

    text: str = ""
    label: str = ""
    header: bool | None = None


NO_CHOICE = Choice()


@dataclass(frozen=True, slots=True)
class Columns:
    """Indices of columns, from 0. `names` is the header, empty where the first row is a row. It is `supposed` to be one
    where nothing but its label speaks for it.
    """

    label: int
    texts: tuple[int, ...]
    kind: int | None = None
    names: tuple[str, ...] = ()
    supposed: bool = False


Order = Literal["label", "text"]
"""What comes first where no header says it."""


def has(first: Sequence[str], choice: Choice) -> bool:
    """Whether a row names all columns that a person chose by a name."""
    keys = [key(cell) for cell in first]
    return all(key(part) in keys for part in one_line(f"{choice.text},{choice.label}"))


def has_labels(rows: Sequence[Sequence[str]], known: Sequence[str]) -> bool:
    """Whether a column has known labels and no others, but for a header."""
    columns = list(zip(*rows[1:] or rows, strict=False))
    return any(_Side(column).within(known) for column in columns)


def find(
    rows: Sequence[Sequence[str]], choice: Choice, order: Order, known: Sequence[str], where: Place, named: bool = False
) -> Columns:
    """The columns of the rows at the beginning of a file; the first may be a header, and is one where `named` says so.

    `known` are the labels that there may be, where that is known.

    Raises:
        Doubt: it cannot be told.
        UserError: a person chose a column that is not there.
    """
    first, width = rows[0], len(rows[0])
    there = [row for row in rows[1:] if len(row) == width and any(map(str.strip, row))]
    body = [row for row in there if row != first]
    label, texts = _chosen_label(first, choice.label, where), _chosen(first, choice.text, where)
    if label is None:
        label = named_label(first)
    texts = texts or tuple(i for i in named_texts(first) if i != label)
    if label is None and not texts and not named:
        return _without_names([first, *there], order, known, where)
    sides = [_Side(column) for column in zip(*body, strict=True)] or [_Side(()) for _ in first]
    if label is None:
        label = _label_beside(texts, first, sides, known, where)
    if not texts:
        texts = _texts_beside(label, first, sides, where)
    header, supposed = named or names_both(first), False
    if not header and choice == NO_CHOICE:
        again = any(composed(first[i]) in sides[i].counts for i in (label, *texts))
        header = not first[label].isdecimal() and not again
        if not header:  # what looked like a name is the text of a row, or its label
            return _without_names([first, *there], order, known, where)
    elif not header:
        header, supposed = _chosen_header(first, there, label, choice)
    names = [name if header and i not in (label, *texts) else "" for i, name in enumerate(first)]
    return Columns(label, texts, exact(names, KIND_NAMES), tuple(first) if header else (), supposed)


def _chosen_header(
    first: Sequence[str], body: Sequence[Sequence[str]], label: int, choice: Choice
) -> tuple[bool, bool]:
    """Whether the first row is a header where a person chose the columns, and whether its label alone says so."""
    if choice.header is not None:
        return choice.header, False
    if any(part.isdecimal() for part in one_line(f"{choice.text},{choice.label}")):
        alone = _alone(first, body, label)
        return alone, alone
    return has(first, choice), False


@dataclass(frozen=True, slots=True)
class Place:
    """Where the first row stands, for the sentences."""

    path: Path
    line: int


class _Side:
    """What is in a column of the rows that were looked at."""

    def __init__(self, cells: Iterable[str]):
        self.cells = [composed(cell) for cell in cells]
        self.counts = Counter(cell for cell in self.cells if cell)

    @property
    def index(self) -> bool:
        """Whole numbers, each another: nobody's label and nobody's text."""
        return len(self.cells) >= FEW and len(self.counts) == len(self.cells) and all(map(str.isdecimal, self.counts))

    @property
    def labels(self) -> bool:
        """Short, and coming again and again."""
        few = len(self.cells) < FEW or 2 * len(self.counts) <= len(self.cells)
        return few and bool(self.counts) and max(map(len, self.counts)) <= LONGEST_LABEL

    @property
    def single_words(self) -> bool:
        return not any(" " in cell for cell in self.counts)

    @property
    def length(self) -> int:
        return sum(map(len, self.cells))

    def within(self, known: Sequence[str]) -> bool:
        caseless = {composed(label).casefold() for label in known}
        return bool(self.counts) and all(label.casefold() in caseless for label in self.counts)


def _without_names(rows: Sequence[Sequence[str]], order: Order, known: Sequence[str], where: Place) -> Columns:
    """The columns of rows without a header, or with one whose names say nothing."""
    first = rows[0]
    sides = [_Side(column) for column in zip(*rows[1:] or rows, strict=True)]
    keep_blank = order == "text" and len(sides) <= 3  # texts that are not marked yet
    usable = [i for i, side in enumerate(sides) if not side.index and (side.counts or keep_blank)]
    if len(usable) < 2 or len(usable) > 3:
        raise _doubt(where, first)
    label = _label_among(usable, sides, order, known, where, first)
    rest = [i for i in usable if i != label]
    if order == "text":
        text = max(rest, key=lambda i: sides[i].length) if known and sides[label].within(known) else rest[0]
        return Columns(label, (text,), next((i for i in rest if i != text), None))
    if _alone(first, rows[1:], label):
        raise _looks_like_header(where, first[label])
    return Columns(label, tuple(rest))


def _label_among(
    usable: Sequence[int],
    sides: Sequence[_Side],
    order: Order,
    known: Sequence[str],
    where: Place,
    first: Sequence[str],
) -> int:
    fitting = [i for i in usable if sides[i].within(known)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise _doubt(where, first)
    customary = usable[0] if order == "label" else usable[1]
    rows = len(sides[0].cells)
    if order == "text" or rows < FEW:
        return customary
    repeating = [i for i in usable if sides[i].labels]
    if customary in repeating:
        others = [i for i in repeating if i != customary and sides[i].single_words]
        if others and rows >= MANY:
            raise _doubt(where, first)
        return customary
    if len(repeating) == 1:
        return repeating[0]
    if rows < MANY:
        return customary
    raise own_labels(where, customary)


def _alone(first: Sequence[str], body: Sequence[Sequence[str]], label: int) -> bool:
    """Whether the first row has a label that no other row has, where the others share theirs: it is a header. One that
    comes again is the same in all its cells, where the rows of a label differ.
    """
    same = [row for row in body if row[label].strip() == first[label].strip()]
    others = [row for row in body if row[label].strip() != first[label].strip()]
    side = _Side(row[label] for row in others)
    if len(others) < FEW or not side.labels or any(row != first for row in same):
        return False
    return not same or len(set(map(tuple, others))) > len(side.counts)


def _label_beside(texts: Sequence[int], first: Sequence[str], sides: Sequence[_Side], known: Sequence[str],
                  where: Place) -> int:  # fmt: skip
    left = _left(texts, first, sides)
    fitting = [i for i in left if sides[i].within(known)]
    if len(fitting) == 1:
        return fitting[0]
    likely = [i for i in left if sides[i].labels or (len(left) == 1 and len(sides[i].cells) < FEW)]
    if len(likely) == 1:
        return likely[0]
    raise _doubt(where, first)


def _texts_beside(label: int, first: Sequence[str], sides: Sequence[_Side], where: Place) -> tuple[int, ...]:
    left = _left((label,), first, sides)
    likely = left if len(left) == 1 else [i for i in left if not sides[i].labels and not sides[i].single_words]
    if len(likely) == 1:
        return (likely[0],)
    raise _doubt(where, first)


def _left(taken: Sequence[int], first: Sequence[str], sides: Sequence[_Side]) -> list[int]:
    """Columns that may be wanted: neither taken nor an index nor blank."""
    left = (i for i in range(len(first)) if i not in taken and not is_index(first[i]))
    return [i for i in left if not sides[i].cells or (sides[i].counts and not sides[i].index)]


def _chosen_label(first: Sequence[str], choice: str, where: Place) -> int | None:
    found = _chosen(first, choice, where)
    if len(found) > 1:
        raise UserError(
            tr("Name one column of labels, not several.", "Indique una sola columna de etiquetas, no varias.")
        )
    return found[0] if found else None


def _chosen(first: Sequence[str], choice: str, where: Place) -> tuple[int, ...]:
    """The columns that a person named or numbered."""
    return tuple(dict.fromkeys(_column(first, part, where) for part in one_line(choice)))


def _column(first: Sequence[str], name: str, where: Place) -> int:
    keys = [key(cell) for cell in first]
    if name.isdecimal():  # even where a cell of the first row is this number
        if 0 < int(name) <= len(first):
            return int(name) - 1
    elif name in first:
        return first.index(name)
    elif key(name) in keys:
        return keys.index(key(name))
    there = _shown(first)
    raise UserError(
        tr(
            f"{where.path} has no column “{name}”: its line {where.line} is “{there}”; give one of these names, or a "
            f"number from 1 to {len(first)}.",
            f"{where.path} no tiene la columna «{name}»: su línea {where.line} es «{there}»; indique uno de esos "
            f"nombres, o un número de 1 a {len(first)}.",
        )
    )


def _shown(first: Sequence[str]) -> str:
    shown = (shortened(cell, LONGEST_SHOWN) for cell in first[:MOST_SHOWN])
    return " | ".join(shown) + (" | …" if len(first) > MOST_SHOWN else "")


def _way_out() -> str:
    return tr(
        " Say which columns hold them with --text-column and --label-column (a name, or a number from 1), or name "
        "them in a first line such as label,text.",
        " Diga qué columnas los tienen con --text-column y --label-column (un nombre, o un número desde 1), o "
        "nómbrelas en una primera línea como etiqueta,texto.",
    )


def _doubt(where: Place, first: Sequence[str]) -> Doubt:
    there = _shown(first)
    return Doubt(
        tr(
            f"It cannot be told which columns of {where.path} hold the texts and their labels: its line {where.line} "
            f"is “{there}”.",
            f"No se sabe qué columnas de {where.path} tienen los textos y sus etiquetas: su línea {where.line} es "
            f"«{there}».",
        )
    )


def _looks_like_header(where: Place, name: str) -> Doubt:
    shown = shortened(name, LONGEST_SHOWN)
    return Doubt(
        tr(
            f"Line {where.line} of {where.path} looks like a header: no other row has the label “{shown}”.",
            f"La línea {where.line} de {where.path} parece un encabezado: ninguna otra fila tiene la etiqueta "
            f"«{shown}».",
        )
    )


def own_labels(where: Place, label: int) -> Doubt:
    return Doubt(
        tr(
            f"In {where.path} nearly every row has a label of its own in column {label + 1}, so that column holds no "
            "labels.",
            f"En {where.path} casi cada fila tiene una etiqueta propia en la columna {label + 1}, así que esa columna "
            "no tiene etiquetas.",
        )
    )
