"""A text once per tokenizer, word under word: pieces, their boundaries, and the words that are cut differently."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from llm_tui.i18n import Text, tr
from llm_tui.keys import BEFORE, MARK, NEXT, Bar, Key, bindings, spoken
from llm_tui.tokenization.job import Comparison, Tokenized
from llm_tui.visible import visible

LETTERS = "ABCDEF"
"""What the tokenizers are called in narrow places, in their order."""

BOUNDARY = "│"
DIFFERENT = "≠"
GUTTER = 2


class TokenStrip(ScrollView, can_focus=True):
    """Draws only the rows that are seen, however long the text is.

    The text is wrapped into blocks: a row with the words, and one row for each tokenizer. Arrow keys go from word to
    word, with shift they widen the selection to a phrase.
    """

    COMPONENT_CLASSES = {
        *("strip--even", "strip--odd", "strip--unknown", "strip--special", "strip--boundary"),
        *("strip--label", "strip--word", "strip--different", "strip--selected"),
    }
    NAME = Text("In the pieces", "En las piezas")
    KEYS = (
        Key("word-left", "left", "step(-1)", Text("the word before", "la palabra anterior"), bar=Bar.NEVER),
        Key("word-right", "right", "step(1)", Text("the next word", "la palabra siguiente"), bar=Bar.NEVER),
        Key("select-left", "shift+left", "step(-1, True)", Text("select to the left", "seleccionar a la izquierda"),
            bar=Bar.NEVER),
        Key("select-right", "shift+right", "step(1, True)", Text("select to the right", "seleccionar a la derecha"),
            bar=Bar.NEVER),
        Key("line-up", "up", "block(-1)", Text("a line up", "una línea arriba"), bar=Bar.NEVER),
        Key("line-down", "down", "block(1)", Text("a line down", "una línea abajo"), bar=Bar.NEVER),
        Key("page-up", "pageup", "page(-1)", Text("a page up", "una página arriba"), bar=Bar.NEVER),
        Key("page-down", "pagedown", "page(1)", Text("a page down", "una página abajo"), bar=Bar.NEVER),
        Key("first-word", "home", "step(-1000000000)", Text("the first word", "la primera palabra"), bar=Bar.NEVER),
        Key("last-word", "end", "step(1000000000)", Text("the last word", "la última palabra"), bar=Bar.NEVER),
        replace(NEXT, action="difference(1)", label=Text("next ≠", "siguiente ≠"),
            help=Text("The next word that is cut differently (≠).", "La siguiente palabra con otro corte (≠).")),
        replace(BEFORE, action="difference(-1)", label=Text("≠ before", "≠ anterior"),
            help=Text("The word before that is cut differently (≠).", "La palabra anterior con otro corte (≠).")),
        replace(MARK, action="add", label=Text("to the table", "a la tabla"),
                help=Text("Put the selected word or phrase into the table.",
                               "Lleva a la tabla la palabra o la frase seleccionada.")),
    )  # fmt: skip
    BINDINGS = bindings(KEYS)

    @dataclass
    class Selected(Message):
        """The numbers of the first and the last selected unit, both words."""

        first: int
        last: int

    @dataclass
    class AddAsked(Message):
        phrase: str

    def __init__(self, *, id: str | None = None):
        super().__init__(id=id)
        self.comparison: Comparison | None = None
        self._blocks: list[int] = []
        self._word = 0
        self._anchor = 0
        self._column: int | None = None

    # What is shown.

    def show(self, comparison: Comparison) -> None:
        """Show another comparison; the selection stays on the word with the same number, where there is one."""
        self.comparison = comparison
        self._word = self._anchor = max(0, min(self._word, len(comparison.words) - 1))
        self._wrap()
        self._tell()

    @property
    def selection(self) -> tuple[int, int] | None:
        """First and last selected unit."""
        if self.comparison is None or not self.comparison.words:
            return None
        words = self.comparison.words
        return words[min(self._word, self._anchor)], words[max(self._word, self._anchor)]

    @property
    def phrase(self) -> str:
        """The selected words as they stand in the text."""
        if self.comparison is None or (selection := self.selection) is None:
            return ""
        first, last = selection
        return self.comparison.text[self.comparison.starts[first] : self.comparison.ends[last]]

    def find(self, wanted: str) -> bool:
        """Select the next word that has `wanted` in it, from the one behind the cursor round to it again."""
        comparison = self.comparison
        words = comparison.words if comparison else ()
        order = [*range(self._word + 1, len(words)), *range(0, min(self._word + 1, len(words)))]
        for number in order:
            if comparison and wanted.casefold() in comparison.unit_text(words[number]).casefold():
                self._go(number)
                return True
        return False

    # Layout: each block begins with the unit `_blocks[i]`, and the last entry is one behind the last unit.

    @property
    def _block_height(self) -> int:
        return 1 + len(self.comparison.tokenized) if self.comparison else 1

    def _wrap(self) -> None:
        comparison = self.comparison
        if comparison is None:
            return
        room = max(1, self.scrollable_content_region.width - GUTTER)
        columns, blocks, first = comparison.columns, [], 0
        for line_end in comparison.lines:
            while True:
                blocks.append(first)
                # The space behind the last word of a row may hang over its end.
                fits = bisect_right(columns, columns[first] + room + 1, first + 1, line_end + 2) - 1
                first = max(first + 1, fits)
                if first > line_end or columns[first] == columns[line_end + 1]:
                    break
            first = line_end + 1
        self._blocks = [*blocks, first]
        self.virtual_size = Size(0, len(blocks) * self._block_height)
        self.refresh()

    def on_resize(self, event: Resize) -> None:
        self._wrap()
        self._reveal()

    def _block_of(self, unit: int) -> int:
        return max(0, bisect_right(self._blocks, unit) - 1)

    # Drawing.

    def render_line(self, y: int) -> Strip:
        style, width = self.rich_style, self.size.width
        if self.comparison is None:
            hint = (
                tr(f"{spoken('run')} compares the tokenizers.", f"{spoken('run')} compara los tokenizadores.")
                if y == 0
                else ""
            )
            return Strip([Segment(hint, style)]).adjust_cell_length(width, style)
        block, row = divmod(y + self.scroll_offset.y, self._block_height)
        if block >= len(self._blocks) - 1:
            return Strip.blank(width, style)
        units = range(self._blocks[block], self._blocks[block + 1])
        tokenized = self.comparison.tokenized
        if row:
            segments = [Segment(f"{LETTERS[row - 1]} ", self._style("label"))]
            for unit in units:
                segments += self._pieces(self.comparison, tokenized[row - 1], unit)
        else:
            segments = [Segment("  ", style)]
            for unit in units:
                segments += self._heading(self.comparison, unit)
        return Strip(segments).adjust_cell_length(width, style)

    def _style(self, part: str) -> Style:
        return self.get_component_rich_style(f"strip--{part}")

    def _room(self, comparison: Comparison, unit: int) -> int:
        whole = comparison.columns[unit + 1] - comparison.columns[unit]
        return min(whole, max(1, self.size.width - GUTTER))

    def _is_word(self, comparison: Comparison, unit: int) -> bool:
        at = bisect_right(comparison.words, unit) - 1
        return at >= 0 and comparison.words[at] == unit

    def _heading(self, comparison: Comparison, unit: int) -> list[Segment]:
        room = self._room(comparison, unit)
        if not self._is_word(comparison, unit):
            return [Segment(" " * room, self.rich_style)]
        differs = bool(comparison.different[unit])
        first, last = self.selection or (-1, -1)
        style = self._style("selected" if first <= unit <= last else "different" if differs else "word")
        end = min(comparison.ends[unit], comparison.starts[unit] + room)
        text = visible(comparison.text[comparison.starts[unit] : end])
        mark = Segment(DIFFERENT if differs else " ", self._style("different"))
        return [mark, *_fit([Segment(text, style)], room - 2, self.rich_style), Segment(" ", self.rich_style)]

    def _pieces(self, comparison: Comparison, tokenized: Tokenized, unit: int) -> list[Segment]:
        room = self._room(comparison, unit)
        if room == 0:
            return []
        segments: list[Segment] = []
        width = 0
        for number in tokenized.pieces(unit):
            if segments:
                segments.append(Segment(BOUNDARY, self._style("boundary")))
            id = tokenized.ids[number]
            name = "unknown" if id in tokenized.unknown else "special" if id in tokenized.special else None
            segments.append(Segment(tokenized.shown[id], self._style(name or ("odd" if number % 2 else "even"))))
            width += segments[-1].cell_length + 1
            if width > room:
                break
        if not self._is_word(comparison, unit):
            return _fit(segments, room, self.rich_style)
        return [Segment(" ", self.rich_style), *_fit(segments, room - 1, self.rich_style)]

    # Moving.

    def action_step(self, by: int, widen: bool = False) -> None:
        self._go(self._word + by, widen)

    def action_block(self, by: int) -> None:
        """The word above or below; going on, the column from which the first such step came counts."""
        comparison, selection = self.comparison, self.selection
        if comparison is None or selection is None:
            return
        unit = comparison.words[self._word]
        block = self._block_of(unit)
        column = self._column
        if column is None:
            column = comparison.columns[unit] - comparison.columns[self._blocks[block]]
        step = 1 if by > 0 else -1
        target = block + by
        while 0 <= target < len(self._blocks) - 1:
            if (number := self._word_at(comparison, target, column)) is not None:
                break
            target += step
        else:
            number = len(comparison.words) - 1 if by > 0 else 0
        self._go(number)
        self._column = column

    def _word_at(self, comparison: Comparison, block: int, column: int) -> int | None:
        """The number of the word of a block that stands at a column or before it."""
        first, end = self._blocks[block], self._blocks[block + 1]
        unit = bisect_right(comparison.columns, comparison.columns[first] + column, first + 1, end) - 1
        least = bisect_right(comparison.words, first - 1)
        number = max(bisect_right(comparison.words, unit) - 1, least)
        return number if number < len(comparison.words) and comparison.words[number] < end else None

    def action_page(self, by: int) -> None:
        self.action_block(by * max(1, self.size.height // self._block_height))

    def action_difference(self, by: int) -> None:
        """Go to the next word that is cut differently, or to the one before."""
        comparison = self.comparison
        number = self._word + by
        while comparison and 0 <= number < len(comparison.words):
            if comparison.different[comparison.words[number]]:
                return self._go(number)
            number += by
        said = tr("No other word on this side is cut differently.", "Por este lado no hay más palabras con otro corte.")
        self.notify(said)

    def action_add(self) -> None:
        if self.phrase:
            self.post_message(self.AddAsked(self.phrase))

    def on_click(self, event: Click) -> None:
        if self.comparison is None or not self.comparison.words:
            return
        offset = event.get_content_offset(self)
        if offset is not None:
            block = (offset.y + self.scroll_offset.y) // self._block_height
            if block < len(self._blocks) - 1:
                number = self._word_at(self.comparison, block, max(0, offset.x - GUTTER))
                self._go(self._word if number is None else number)

    def _go(self, number: int, widen: bool = False) -> None:
        if self.comparison is None or not self.comparison.words:
            return
        before = self.selection
        self._column = None
        self._word = max(0, min(number, len(self.comparison.words) - 1))
        if not widen:
            self._anchor = self._word
        if self.selection != before:
            self._reveal()
            self.refresh()
            self._tell()

    def _reveal(self) -> None:
        """Scroll until the block of the selected word is seen."""
        if self.comparison is None or not self.comparison.words:
            return
        top = self._block_of(self.comparison.words[self._word]) * self._block_height
        self.scroll_to_region(Region(0, top, 1, self._block_height), animate=False, force=True, x_axis=False)

    def _tell(self) -> None:
        if selection := self.selection:
            self.post_message(self.Selected(*selection))


def _fit(segments: list[Segment], width: int, blank: Style) -> list[Segment]:
    """Segments filled up to `width` columns, or cut there with an ellipsis."""
    used = sum(segment.cell_length for segment in segments)
    if used <= width:
        return [*segments, Segment(" " * (width - used), blank)]
    fitted, left = [], max(0, width - 1)
    for segment in segments:
        text = segment.text if cell_len(segment.text) <= left else set_cell_size(segment.text, left)
        fitted.append(Segment(text, segment.style))
        left -= cell_len(text)
        if left <= 0:
            break
    return [*fitted, Segment("…" if width > 0 else "", blank)]
