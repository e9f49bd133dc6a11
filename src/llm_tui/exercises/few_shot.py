"""Few-shot prompts on a small set: how often the answer is right with 0, 1, 2 and 4 examples before the question."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import fmean

from llm_tui.errors import UserError
from llm_tui.exercises import data
from llm_tui.exercises.agreement import wilson
from llm_tui.export.table import Cell, Column, Table
from llm_tui.foundation import tables
from llm_tui.foundation.few_shot import SIGN, Example, Pair
from llm_tui.foundation.job import PROMPT, Asking, Generate, Generated, ModelChoice, Settings
from llm_tui.i18n import Text, tr
from llm_tui.labelled.columns import NO_CHOICE, Choice
from llm_tui.labelled.reader import Rules, first_rows, read
from llm_tui.visible import shortened

COUNTS = (0, 1, 2, 4)
"""Of examples, each of which is a row of the table."""

SHORT = 60
"""Characters of an example where many stand in a sentence."""

MOST = 1_000
"""Rows of a person's own file."""

COLUMNS = (
    Column("examples", Text("examples", "ejemplos"), numeric=True),
    Column("right", Text("right", "aciertos"), numeric=True),
    Column("rows", Text("of", "de"), numeric=True),
    Column("accuracy", Text("accuracy", "exactitud"), numeric=True),
    Column("interval", Text("95 % interval", "intervalo 95 %")),
    Column("input_pieces", Text("input pieces", "piezas de entrada"), numeric=True, digits=1),
    Column("cut", Text("cut", "cortadas"), numeric=True),
)

RULE = Text(
    "Right: the whole answer is the expected one, but for case, accents (the tilde of ñ counts) and the punctuation "
    "that opens and closes it: full stops, quotation marks, brackets, the asterisks of Markdown; + - # % and symbols "
    "count. The interval is Wilson's. Input pieces: the mean of a prompt.",
    "Acierto: toda la respuesta es la esperada, sin contar mayúsculas, acentos (la tilde de la ñ sí cuenta) ni la "
    "puntuación que la abre y la cierra: puntos, comillas, paréntesis, los asteriscos de Markdown; + - # % y los "
    "símbolos sí cuentan. El intervalo es el de Wilson. Piezas de entrada: la media por prompt.",
)


@dataclass(frozen=True, slots=True)
class Shipped:
    """What comes with the program, in one language."""

    instruction: str
    examples: tuple[Pair, ...]
    rows: tuple[Pair, ...]

    def with_examples(self) -> tuple[Example, ...]:
        return tuple(Example(*pair) for pair in self.examples)


@dataclass(frozen=True, slots=True)
class _Both:
    en: Shipped
    es: Shipped


@cache
def _both() -> _Both:
    return data.read("few_shot", _Both)


def shipped(language: str) -> Shipped:
    return _both().es if language == "es" else _both().en


@dataclass(frozen=True, slots=True)
class Trial:
    """The rows of a set, each an input and its expected answer, to be asked after so many of `examples`."""

    rows: tuple[Pair, ...]
    examples: tuple[Pair, ...]
    instruction: str = ""
    name: str = ""

    @property
    def asked(self) -> tuple[Pair, ...]:
        """Without the rows whose text is an example: its answer stands in the prompt."""
        seen = {_folded(given) for given, _ in self.examples}
        return tuple(row for row in self.rows if _folded(row[0]) not in seen)

    def counts(self) -> tuple[int, ...]:
        return tuple(count for count in COUNTS if count <= len(self.examples))

    def job(self, count: int, model: ModelChoice, how: Asking) -> Generate:
        """Ask every row after the first `count` examples.

        Raises:
            UserError: there is no row to ask.
        """
        if not self.asked:
            raise UserError(
                tr(
                    "There is nothing to measure on: every row of the set is an example.",
                    "No hay con qué medir: todas las filas del conjunto son ejemplos.",
                )
            )
        texts = tuple(with_instruction(self.instruction, given) for given, _ in self.asked)
        examples = instructed(self.instruction, self.examples[:count])
        return Generate(PROMPT, texts, model, how.settings, how.batch_size, examples)

    def table(self, made: Sequence[Generated], settings: Settings) -> Table:
        """A row for each count of which there are answers, in the order of `counts`. `settings` are the jobs'."""
        rows = tuple(self._row(count, each) for count, each in zip(self.counts(), made, strict=False))
        return Table(COLUMNS, rows, tuple(self._said(made, settings)))

    def _said(self, made: Sequence[Generated], settings: Settings) -> Iterator[Text]:
        yield RULE
        if self.name:
            yield Text("Set: {name}.", "Conjunto: {name}.").format(name=self.name)
        if left_out := len(self.rows) - len(self.asked):
            said = Text("Left out, for they are examples: {n} rows.", "Sin contar {n} filas, que son ejemplos.")
            yield said.format(n=left_out)
        if self.instruction.strip():
            yield Text("Before each text: “{text}”", "Antes de cada texto: «{text}»").format(text=self.instruction)
        if self.examples:
            listed = "; ".join(f"{shortened(given, SHORT)} {SIGN} {answer}" for given, answer in self.examples)
            yield Text("Examples, in this order: {all}.", "Ejemplos, en este orden: {all}.").format(all=listed)
        by = [each.made_by for each in made]
        yield from tables.each_made_by([(one, tables.how(settings, one)) for one in by], PROMPT)

    def _row(self, count: int, made: Generated) -> tuple[Cell, ...]:
        asked = self.asked
        right = sum(same(answer.text, wanted) for answer, (_, wanted) in zip(made.answers, asked, strict=True))
        low, high = wilson(right, len(asked)) or (0.0, 1.0)
        pieces = [answer.input_pieces for answer in made.answers if answer.input_pieces is not None]
        cut = sum(answer.cut for answer in made.answers)
        mean = fmean(pieces) if pieces else None
        return count, right, len(asked), right / len(asked), f"{low:.3f}-{high:.3f}", mean, cut


def with_instruction(instruction: str, text: str) -> str:
    """The instruction, an empty line, the text, as exercise 6 has it; without an instruction the text."""
    return f"{instruction.strip()}\n\n{text}" if instruction.strip() else text


def instructed(instruction: str, examples: Sequence[Pair]) -> tuple[Pair, ...]:
    """Each example asked as the question will be."""
    return tuple((with_instruction(instruction, given), answer) for given, answer in examples)


def same(answer: str, expected: str) -> bool:
    """Whether an answer is the expected one by `RULE`."""
    return bool(_plain(answer)) and _plain(answer) == _plain(expected)


_OTHER_ANSWERS = "#%‰&*/@\\"
"""Punctuation to Unicode that makes another answer: C#, 5 %, A*."""

_EMPHASIS = re.compile(r"(\*{1,3}|`{1,3})([^\s*`](?:.*[^\s*`])?)\1")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()).casefold())


def _plain(text: str) -> str:
    parts = unicodedata.normalize("NFD", _folded(text))
    bare = re.sub(r"(?<!n)\u0303|[\u0300-\u0302\u0304-\u036f]", "", parts)
    inside = _inside(unicodedata.normalize("NFC", bare))
    while emphasised := _EMPHASIS.fullmatch(inside):
        inside = _inside(emphasised[2])
    return inside or _folded(text)


def _inside(text: str) -> str:
    """Without the punctuation at its ends; .5 is a number, and not 5."""
    signs = "".join(filter(_opens_or_closes, set(text)))
    inside = text.strip(signs)
    before = text[: len(text) - len(text.lstrip(signs))]
    return before[-1:] + inside if before.endswith((".", ",")) and inside[:1].isdigit() else inside


def _opens_or_closes(char: str) -> bool:
    return char == " " or (unicodedata.category(char) in ("Ps", "Pe", "Pi", "Pf", "Po") and char not in _OTHER_ANSWERS)


def _named(path: Path, rules: Rules) -> Choice:
    """The columns, where the first row names them as people name an input and its answer."""
    names = [name for row in first_rows(path, rules, 1) for name in row]
    text, answer = (next((name for name in names if _plain(name) in of), "") for of in (_TEXTS, _ANSWERS))
    return Choice(text, answer) if text and answer else NO_CHOICE


_TEXTS = ("input", "entrada", "text", "texto", "question", "pregunta", "prompt")
_ANSWERS = ("answer", "respuesta", "output", "salida", "expected", "esperada", "label", "etiqueta")


def read_pairs(path: Path) -> tuple[Pair, ...]:
    """The rows of a table of two columns, text and answer, with a header or without: CSV, TSV or JSON lines.

    Raises:
        Doubt: it cannot be told which column is which.
        UserError: the file cannot be read, has no rows, or more than `MOST`.
    """
    path = Path(os.path.expanduser(path))
    expected = tr(" A row is text,answer.", " Una fila es texto,respuesta.")
    rules = Rules(order="text", expected=expected, classes=False)
    there = read(path, rules, _named(path, rules), MOST + 1)
    if len(there.rows) > MOST:
        raise UserError(
            tr(
                f"{path} has more than {MOST} rows: give a part of it.",
                f"{path} tiene más de {MOST} filas: indique una parte.",
            )
        )
    return tuple((row.text, row.label) for row in there.rows)
