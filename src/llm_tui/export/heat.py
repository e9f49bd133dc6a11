"""A text with signed heat on its words, as plain data: what explains an answer is one of these."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from llm_tui.export.heat_drawn import WIDTH, drawn
from llm_tui.export.heat_lines import level
from llm_tui.export.markdown import escape_markdown, paragraphs, to_markdown
from llm_tui.export.shades import Shades
from llm_tui.export.table import Column, Table
from llm_tui.i18n import Text
from llm_tui.visible import visible

NOTHING = Text("", "")
FOR, AGAINST = Text("for it", "a favor"), Text("against it", "en contra")


@dataclass(frozen=True, slots=True)
class Mark:
    """The characters `start` to `end` of the text, and their signed `value` in the heat's unit; what is not finite has
    no shade. `said` stands beside the value where the cursor is on it, `row` is the one of the table beside it.
    """

    start: int
    end: int
    value: float
    said: Text = NOTHING
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Heat:
    """What has no mark had no say, or is not heated. Marks stand in the order of the text and do not overlap.

    `title` says what is explained ("Sports: share of the logit"), `unit` what a value is ("logit", "nats"), `caption`
    in sentences how it was made: method, model, gap, a caution, the source. `beside` is the table of the values.
    `plus` and `minus` say what a word with such a value does. As a figure it is the `matrix` of which it is a row,
    where it is one.

    Raises:
        ValueError: marks overlap, are empty, out of order, or lie outside the text.
    """

    title: Text
    text: str
    marks: tuple[Mark, ...]
    unit: Text = NOTHING
    caption: tuple[Text, ...] = ()
    beside: Table | None = None
    plus: Text = FOR
    minus: Text = AGAINST
    matrix: Shades | None = None

    def __post_init__(self) -> None:
        at = 0
        for mark in self.marks:
            if not at <= mark.start < mark.end <= len(self.text):
                raise ValueError(f"the mark {mark.start} to {mark.end} overlaps, is out of order, or outside the text")
            at = mark.end

    @property
    def largest(self) -> float:
        """The largest value without its sign; 0 where there is none."""
        return max((abs(mark.value) for mark in self.marks if math.isfinite(mark.value)), default=0.0)

    def word(self, mark: Mark) -> str:
        """The characters of a mark, as they are in the text."""
        return self.text[mark.start : mark.end]

    # As a figure.

    def told(self) -> Text:
        """What it shows, for those who do not see it: the words with the largest values, with their signs."""
        if self.matrix:
            return self.matrix.told()
        said = ", ".join(f"{visible(self.word(mark))} {signed(mark.value)}" for mark in self.most(MOST_TOLD))
        head = Text("{title}. Largest: {said}", "{title}. Los mayores: {said}")
        return head.format(title=self.title, said=said) if said else self.title

    @property
    def width(self) -> int:
        return self.matrix.width if self.matrix else WIDTH

    def svg(self, language: str) -> str:
        return self.matrix.svg(language) if self.matrix else drawn(self, language)

    # In words and numbers.

    def most(self, count: int) -> list[Mark]:
        """Those with the largest values, the largest first."""
        numbers = [mark for mark in self.marks if mark.value and math.isfinite(mark.value)]
        return sorted(numbers, key=lambda mark: -abs(mark.value))[:count]

    def values(self, count: int) -> Table:
        """The words with the largest values, with their share of the largest."""
        unit = Text(" ({unit})", " ({unit})").format(unit=self.unit) if str(self.unit) else NOTHING
        head, largest = Text("value{unit}", "valor{unit}").format(unit=unit), self.largest
        digits = max(0, 2 - math.floor(math.log10(largest))) if largest else 0
        columns = (WORD, Column("value", head, numeric=True, digits=min(digits, MOST_DIGITS)), SHARE)
        rows = ((self.word(mark), mark.value, abs(mark.value) / largest) for mark in self.most(count))
        return Table(columns, tuple(rows))

    def with_table(self) -> Heat:
        """With a table beside it: its own, else that of the largest values."""
        return self if self.beside else replace(self, beside=self.values(MOST_ROWS))

    def inline(self, language: str) -> str:
        """The text with the value of each word behind it, in Markdown; of small values and of what is far behind it is
        said that they are left out.
        """
        parts, at, quiet, largest = list[str](), 0, 0, self.largest
        written = [mark for mark in self.marks if mark.end <= MOST_LETTERS]
        for mark in written:
            loud = level(mark.value, largest) > 0 or not math.isfinite(mark.value)
            quiet += not loud
            parts += [self.text[at : mark.start], visible(self.word(mark)), f" ({signed(mark.value)})" * loud]
            at = mark.end
        parts.append(self.text[at : max(at, MOST_LETTERS)])
        said = [LEFT_OUT] * (len(self.text) > max(at, MOST_LETTERS)) + [SMALL] * bool(quiet)
        sentences = "".join(f"\n*{sentence.within(language)}*\n" for sentence in said)
        return paragraphs("".join(parts)) + sentences

    def markdown(self, language: str) -> str:
        """Its title, the text with the values, the table, and the sentences below that say how it was made."""
        table = self.with_table().beside
        parts = [f"**{escape_markdown(self.title.within(language), '*')}**", self.inline(language)]
        parts += [to_markdown(table, language)] if table and table.rows else []
        parts += [paragraphs(said.within(language)) for said in self.caption]
        return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"


MOST_TOLD, MOST_ROWS = 8, 10
"""Words that a sentence names, and rows of a table, of those with the largest values."""

MOST_DIGITS = 9
"""Decimals of a value, of which three are no zeros."""

MOST_LETTERS = 3000
"""Characters of a text that is written with its values."""

WORD = Column("word", Text("word", "palabra"))
SHARE = Column("share_of_largest", Text("share of the largest", "parte del mayor"), numeric=True, digits=2)

SMALL = Text(
    "Values under a twentieth of the largest are not written.", "No se escriben los valores de menos de un veinteavo "
    "del mayor.",
)  # fmt: skip
LEFT_OUT = Text("The rest of the text is left out.", "El resto del texto se omite.")


def signed(value: float, digits: int = 3) -> str:
    """A value with its sign, in `digits` significant figures: +0.31, -2.04; 0 has none."""
    return f"{value:+.{digits}g}" if value else "0"
