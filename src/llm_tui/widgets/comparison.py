"""A comparison of tokenizers: its pieces and what is behind them, its measures, and the text in the other language."""

from __future__ import annotations

from collections.abc import Sequence

from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from llm_tui.exercises.subwords import Measured
from llm_tui.i18n import Text, tr
from llm_tui.keys import spoken
from llm_tui.tokenization.job import DEFAULT_TOKENIZERS, MOST_TOKENIZERS, WORD, Comparison, label
from llm_tui.widgets.form import Field, Form
from llm_tui.widgets.panes import Pane, Panes
from llm_tui.widgets.parts import framed, ruled
from llm_tui.widgets.text_field import TextField
from llm_tui.widgets.token_detail import detail_content, measures_content
from llm_tui.widgets.token_strip import LETTERS, TokenStrip

SUGGESTED = (
    *DEFAULT_TOKENIZERS,
    *("google/flan-t5-small", "facebook/bart-large-mnli", "dslim/bert-base-NER", "gpt2"),
    "distilbert-base-uncased-finetuned-sst-2-english",
)

FIELDS = tuple(Field(letter, Text(letter, letter), SUGGESTED) for letter in LETTERS[:MOST_TOKENIZERS])

PANES = (
    ("pieces", Text("Pieces", "Piezas")),
    ("measures", Text("Measures", "Medidas")),
    ("translation", Text("English", "Inglés")),
)


class TokenizerFields(Form):
    """A field for each tokenizer that can be compared."""

    def __init__(self, id: str):
        super().__init__(FIELDS, dict.fromkeys((field.name for field in FIELDS), ""), id=id)

    @property
    def names(self) -> tuple[str, ...]:
        """What stands in the fields, in their order."""
        return tuple(self.values[field.name] for field in FIELDS)

    def put(self, names: Sequence[str]) -> None:
        """Show `names`; nobody has typed them."""
        self.fill(dict(zip((field.name for field in FIELDS), (*names, *[""] * MOST_TOKENIZERS), strict=False)))

    def focus_first(self) -> None:
        self.focus_field(FIELDS[0].name)


class ComparisonPanes(Panes):
    """What is behind the selected words follows the selection."""

    def __init__(self, id: str):
        super().__init__([Pane(label, _pane(name)) for name, label in PANES], id=id)
        self._comparison: Comparison | None = None

    @property
    def strip(self) -> TokenStrip:
        return self.query_one(TokenStrip)

    @property
    def translation(self) -> TextField:
        return self.query_one("#translation TextField", TextField)

    def compare(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self.strip.show(comparison)

    def measure(self, measured: Sequence[Measured]) -> None:
        """The measures side by side; how to come by some, where there are none."""
        if measured:
            content = measures_content([label(m.name) for m in measured], [m.measures for m in measured])
        else:
            run = spoken("run")
            content = Content(tr(f"{run} compares the tokenizers.", f"{run} compara los tokenizadores."))
        for figures in self.query(".figures").results(Static):
            figures.update(content)

    def on_token_strip_selected(self, message: TokenStrip.Selected) -> None:
        if self._comparison is not None:
            content = detail_content(self._comparison, message.first, message.last)
            self.query_one("#detail Static", Static).update(content)


def _pane(name: str) -> Widget:
    match name:
        case "pieces":
            detail = ruled(VerticalScroll(Static(markup=False), id="detail"))
            beside = VerticalScroll(*_figures(), id="beside", can_focus=False)
            return Horizontal(Vertical(TokenStrip(), detail), beside, id=name, classes="panel")
        case "measures":
            return framed(VerticalScroll(*_figures(), id=name))
    hint = tr(
        "The same text in English: with it the premium of Spanish over English is measured.",
        "El mismo texto en inglés: con él se mide el sobrecoste del español frente al inglés.",
    )
    return framed(Vertical(Static(hint, markup=False), TextField(), id=name))


def _figures() -> tuple[Static, Static]:
    """Where the measures stand, and below them the definition of a word."""
    return Static(markup=False, classes="figures"), Static(f"\n{WORD}", markup=False, classes="definition")
