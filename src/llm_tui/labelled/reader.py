"""The one reader of labelled texts: training and exercise 3 alike."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile, islice
from pathlib import Path

from llm_tui.errors import UserError
from llm_tui.i18n import Text, tr
from llm_tui.labelled import columns as roles
from llm_tui.labelled.cells import JSON, Broken, Nested, NumberedRow, csv_rows, is_json, json_rows
from llm_tui.labelled.columns import NO_CHOICE, Choice, Columns, Doubt, Order, Place
from llm_tui.labelled.dialect import SEPARATORS, Candidate, Dialect, Quoting, candidates, quotings, swallowed
from llm_tui.labelled.lines import HEAD_LINES, LINE_END, head_of
from llm_tui.labelled.names import names_both
from llm_tui.labelled.notes import left_out, supposed_header, understood
from llm_tui.labelled.row import Row, composed


@dataclass(frozen=True, slots=True)
class Rules:
    """What the rows of a file are for. `known` are the only labels there may be, `order` is that of files without a
    header, `unmarked` says that a label may be absent, `expected` is a sentence on what a row should be. Labels that
    are no `classes` are texts, which stay as they are written.
    """

    order: Order
    known: tuple[str, ...] = ()
    unmarked: bool = False
    expected: str = ""
    classes: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """How a file is to be read, judged from its beginning. `dialect` is None for JSON lines."""

    path: Path
    dialect: Dialect | None
    columns: Columns
    width: int
    first_line: int

    def separator(self) -> Text:
        if self.dialect is None:
            return JSON
        sign = self.dialect.separator
        return SEPARATORS.get(sign, Text(f"“{sign}”", f"«{sign}»"))


@dataclass(frozen=True, slots=True)
class Labelled:
    """The rows of a file in its order. `notes` say what was left out."""

    look: Look
    rows: list[Row]
    notes: tuple[Text, ...] = ()

    def said(self) -> Text:
        """What was understood, in one line."""
        return understood(
            self.look.path.name, self.rows, self.look.separator(), self.look.columns, self.look.first_line
        )


def read(
    path: Path,
    rules: Rules,
    choice: Choice = NO_CHOICE,
    most: int | None = None,
    check: Callable[[], None] = lambda: None,
) -> Labelled:
    """The labelled texts of a file: its first `most` rows, or all. `check` is called now and then.

    The file is CSV (comma, semicolon, tab or bar) or JSON lines, in UTF-8. Rows without a character and repeated
    headers are left out, and noted.

    Raises:
        Doubt: it cannot be told which column is which.
        UserError: it cannot be read, is empty, is something else, or a row is not as the others; the line is named.
    """
    look = look_at(path, rules, choice)
    judged = look.dialect
    if judged is None:
        return _Reading(look, rules, choice, check).of(json_rows(path), most)

    def cut(quoting: Quoting) -> tuple[Labelled, _Reading]:
        dialect = replace(judged, quoting=quoting)
        reading = _Reading(replace(look, dialect=dialect), rules, choice, check)
        return reading.of(csv_rows(path, dialect, look.width, rules.expected), most), reading

    broken: Broken | None = None
    for quoting in dropwhile(lambda one: one != judged.quoting, quotings(judged.separator)):
        try:
            there, reading = cut(quoting)
            if quoting == "doubled" and reading.backslashes:
                with contextlib.suppress(Broken):
                    restored, _ = cut("escaped")
                    return restored if len(restored.rows) == len(there.rows) else there
            return there
        except Broken as error:
            broken = broken or error
    raise broken or AssertionError


def look_at(path: Path, rules: Rules, choice: Choice = NO_CHOICE) -> Look:
    """How a file is to be read.

    Raises:
        Doubt, UserError: as of `read`.
    """
    head, whole = head_of(path)
    start = next((number for number, line in enumerate(head, start=1) if line.strip()), None)
    if start is None:
        raise UserError(tr(f"{path} is empty.", f"{path} está vacío.") + rules.expected)
    if is_json(head, path.suffix):
        rows = [row for _, row in islice(json_rows(path), HEAD_LINES)]
        columns = roles.find(rows, choice, rules.order, rules.known, Place(path, start), True)
        return Look(path, None, columns, len(rows[0]), start)
    found = candidates(head, path.suffix, whole)
    if not found:
        raise _one_column(path, head, start, rules.expected)
    best = choose(found, rules, choice, Place(path, start))
    place = Place(path, max(start, best.dialect.skip + 1))
    if len(best.rows[0]) != best.width:
        next(csv_rows(path, best.dialect, best.width, rules.expected))  # says so
    columns = roles.find(best.rows, choice, rules.order, rules.known, place)
    return Look(path, best.dialect, columns, best.width, place.line)


def first_rows(path: Path, rules: Rules, most: int = 6) -> list[list[str]]:
    """The first rows of a file for a person to look at, as `look_at` cuts them; none where it cannot be read."""
    try:
        head, whole = head_of(path)
        if any(map(str.strip, head)) and is_json(head, path.suffix):
            return [row for _, row in islice(json_rows(path), most)]
        found = candidates(head, path.suffix, whole)
        return choose(found, rules, NO_CHOICE, Place(path, 1)).rows[:most] if found else []
    except UserError:
        return []


def _one_column(path: Path, head: Sequence[str], start: int, expected: str) -> UserError:
    """What is wrong with a file that nothing cuts into columns: its quotes, or that it has none."""
    dialect = Dialect(max(SEPARATORS, key="".join(head).count))
    try:
        for _ in csv_rows(path, dialect, 0, expected):
            pass
    except Broken as error:
        return error
    return UserError(
        tr(f"Line {start} of {path} has one column.", f"La línea {start} de {path} tiene una sola columna.") + expected
    )


def choose(found: Sequence[Candidate], rules: Rules, choice: Choice, place: Place) -> Candidate:
    """The way to cut a file that makes sense of it: it names its columns, or has known labels, or cuts all rows alike.

    Raises:
        UserError: several do.
    """
    for sure in (
        [one for one in found if choice != NO_CHOICE and roles.has(one.rows[0], choice)],
        [one for one in found if names_both(one.rows[0])],
        [one for one in found if rules.known and roles.has_labels(one.rows, rules.known)],
    ):
        if len(sure) == 1:
            return sure[0]
    alike = [one for one in found if one.share == 1]
    if len(alike) < 2:
        return max(found, key=lambda one: one.share)
    # In prose a space follows every comma, and a label holds none.
    exact = [one for one in alike if not _prose(one.rows)]
    if len(exact) == 1:
        others = {one.dialect.separator for one in alike} - {exact[0].dialect.separator}
        try:
            label = roles.find(exact[0].rows, choice, rules.order, rules.known, place).label
        except Doubt:
            return exact[0]  # it will be asked about
        if not any(other in row[label] for row in exact[0].rows for other in others):
            return exact[0]
    raise _two_ways(alike, place)


def _prose(rows: Sequence[Sequence[str]]) -> bool:
    return all(cell.startswith(" ") for row in rows for cell in row[1:])


def _two_ways(alike: Sequence[Candidate], place: Place) -> UserError:
    signs = [one.dialect.separator for one in alike]
    en, es = (
        " or ".join(f"“{SEPARATORS[sign].en}”" for sign in signs),
        " o ".join(f"«{SEPARATORS[sign].es}»" for sign in signs),
    )
    return UserError(
        tr(
            f"The rows of {place.path} can be parted by {en} alike: write sep={signs[0]} or sep={signs[1]} in a line "
            "of its own at the beginning, or name the columns in the first line, such as label,text.",
            f"Las filas de {place.path} se pueden separar igual por {es}: escriba sep={signs[0]} o sep={signs[1]} en "
            "una línea propia al principio, o nombre las columnas en la primera línea, como etiqueta,texto.",
        )
    )


class _Reading:
    """One pass over a file, and what was met on the way."""

    def __init__(self, look: Look, rules: Rules, choice: Choice, check: Callable[[], None]):
        self._look = look
        self._rules = rules
        self._choice = choice
        self._check = check
        self._left_out: dict[str, list[int]] = {
            "blank": [],
            "repeated": [],
            "textless": [],
            "nameless": [],
        }
        self._several: list[NumberedRow] = []
        self._backslashes = self._quotes = 0

    @property
    def backslashes(self) -> bool:
        """Whether all quotes in the texts have a backslash before them, as a writer leaves them that escapes so."""
        return 0 < self._quotes == self._backslashes

    def of(self, rows: Iterator[NumberedRow], most: int | None) -> Labelled:
        kept = list(islice(self._rows(rows), most))
        if not kept:
            path = self._look.path
            raise UserError(tr(f"{path} has a header and no rows.", f"{path} tiene encabezado y ninguna fila."))
        self._refuse_swallowed({composed(row.label) for row in kept})
        if not self._rules.known:
            kept = _whole_numbers(kept) if self._rules.classes else kept
            labels = len({row.label for row in kept})
            if self._choice == NO_CHOICE and len(kept) >= roles.MANY and 3 * labels > 2 * len(kept):
                raise roles.own_labels(Place(self._look.path, kept[0].line), self._look.columns.label)
        look, name = self._look, self._look.path.name
        notes = (*supposed_header(name, look.columns, look.first_line), *left_out(name, self._left_out))
        return Labelled(look, kept, notes)

    def _rows(self, rows: Iterator[NumberedRow]) -> Iterator[Row]:
        columns, header = self._look.columns, list(self._look.columns.names)
        label_at, kind_at, text_at = columns.label, columns.kind, columns.texts[0]
        joined = columns.texts if len(columns.texts) > 1 else ()
        used = {label_at, kind_at, *columns.texts}
        nameless = [i for i, name in enumerate(header) if i and i not in used and not name.strip()]
        classes, seen = self._rules.classes, False
        for count, (line, cells) in enumerate(rows):
            if count % 1000 == 0:
                self._check()
            label = composed(cells[label_at]) if classes else cells[label_at].strip()
            text = " ".join([cells[i] for i in joined]) if joined else cells[text_at]
            if (not label or not text or text.isspace()) and not self._wanted(line, cells, label, text):
                continue
            if header and cells == header:
                if seen:
                    self._left_out["repeated"].append(line)
                seen = True
                continue
            if self._look.dialect is None:
                self._refuse_nested(line, [cells[label_at], *(cells[i] for i in columns.texts)])
            elif "\n" in text or "\r" in text:
                self._several.append((line, cells))
            if nameless and any(cells[i].strip() for i in nameless):
                self._left_out["nameless"].append(line)
            if '"' in text or '"' in label:
                self._quotes += text.count('"') + label.count('"')
                self._backslashes += text.count('\\"') + label.count('\\"')
            yield Row(line, label, text, cells[kind_at].strip() if kind_at is not None else "")

    def _wanted(self, line: int, cells: Sequence[str], label: str, text: str) -> bool:
        """Whether a row without a label or without a text is one nevertheless."""
        if not any(map(str.strip, cells)):
            self._left_out["blank"].append(line)
            return False
        if self._rules.unmarked:
            return True
        if not label:
            raise UserError(
                tr(
                    f"Line {line} of {self._look.path} has no label: write it or remove the row.",
                    f"La línea {line} de {self._look.path} no tiene etiqueta: escríbala o quite la fila.",
                )
            )
        self._left_out["textless"].append(line)
        return False

    def _refuse_nested(self, line: int, cells: Sequence[str]) -> None:
        if any(isinstance(cell, Nested) for cell in cells):
            raise UserError(
                tr(
                    f"Line {line} of {self._look.path} has a list or an object where the text or its label should "
                    "be: write one text and one label in each line.",
                    f"La línea {line} de {self._look.path} tiene una lista o un objeto donde va el texto o su "
                    "etiqueta: escriba un texto y una etiqueta en cada línea.",
                )
            )

    def _refuse_swallowed(self, labels: set[str]) -> None:
        """A quote that opens in one row and closes in another makes one text of all the rows between."""
        for line, cells in self._several:
            separator = self._look.dialect.separator if self._look.dialect else ""
            if swallowed(cells, separator, self._look.columns.label, labels):
                opened = line - sum(len(LINE_END.findall(cell)) for cell in cells)
                raise Broken(
                    tr(
                        f"A quote opened in line {opened} of {self._look.path} is closed in line {line} only, and "
                        "the lines between look like rows: close it in its own row, or write it twice.",
                        f"Unas comillas abiertas en la línea {opened} de {self._look.path} se cierran solo en la "
                        f"línea {line}, y las líneas entre ellas parecen filas: ciérrelas antes o escríbalas dobles.",
                    )
                )


_FLOAT = re.compile(r"-?\d+(?:\.0+)?")


def _whole_numbers(rows: list[Row]) -> list[Row]:
    """Labels such as 1.0, which a column with a gap makes of 1, as the whole numbers that they are."""
    labels = {row.label for row in rows}
    if not any(label.endswith(".0") for label in labels) or not all(map(_FLOAT.fullmatch, labels)):
        return rows
    return [row._replace(label=row.label.partition(".")[0]) for row in rows]
