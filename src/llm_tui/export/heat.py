"""A text with signed heat on its words, as plain data: what explains an answer is one of these."""

from __future__ import annotations

import math
from dataclasses import dataclass

from llm_tui.export.markdown import escape_markdown, to_markdown
from llm_tui.export.table import Table
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
    `plus` and `minus` say what a word with such a value does.

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

    def told(self) -> Text:
        """What it shows, for those who do not see it: the words with the largest values, with their signs."""
        most = sorted((m for m in self.marks if m.value), key=lambda m: -abs(m.value))[:MOST_TOLD]
        said = ", ".join(f"{visible(self.word(mark))} {signed(mark.value)}" for mark in most)
        head = Text("{title}. Largest: {said}", "{title}. Los mayores: {said}")
        return head.format(title=self.title, said=said) if said else self.title

    def markdown(self, language: str) -> str:
        """Its title, the text with the value of each word behind it, the table and the sentences below."""
        parts, at = [], 0
        for mark in self.marks:
            parts += [escape_markdown(visible(self.text[at : mark.start], keep_newlines=True))]
            parts += [f"**{escape_markdown(visible(self.word(mark)))}** ({signed(mark.value)})"]
            at = mark.end
        parts.append(escape_markdown(visible(self.text[at:], keep_newlines=True)))
        lines = [f"**{escape_markdown(self.title.within(language))}**", "".join(parts)]
        lines += [to_markdown(self.beside, language)] if self.beside else []
        lines += [escape_markdown(said.within(language)) for said in self.caption]
        return "\n\n".join(line.strip("\n") for line in lines) + "\n"


MOST_TOLD = 8


def signed(value: float, digits: int = 3) -> str:
    """A value with its sign, in `digits` significant figures: +0.31, -2.04; 0 has none."""
    return f"{value:+.{digits}g}" if value else "0"
