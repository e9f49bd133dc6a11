"""The share of each word of a sentence, and what another sentence would give, as it is typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Label

from llm_tui import i18n
from llm_tui.classifier import explained
from llm_tui.classifier.job import Mistake
from llm_tui.classifier.why_job import Explained, Scores
from llm_tui.export.heat import Heat
from llm_tui.i18n import Text, tr
from llm_tui.keys import AGAINST, DROP, TEXT, UNDO, bindings
from llm_tui.visible import padded, visible, width
from llm_tui.widgets.fitted import Fitted
from llm_tui.widgets.heat import HeatText, HeatView
from llm_tui.widgets.line import Line
from llm_tui.widgets.table_view import table_content
from llm_tui.widgets.why.trained import CLASSES, OfTrained, Trained

BAR = 24


class WordShares(OfTrained):
    """The class that is explained is the predicted one until a person asks for another. Of a mistake its rival is the
    true class, else the best of the others.
    """

    NAME = Text("Shares", "Aportes")
    DEFINITIONS = Text(
        "**Share of the logit**: the model takes the mean of the word vectors, so a word that comes once adds "
        "`W_c · e_i / n` to the logit of class c; n is the number of words. Where a tokenizer cuts words into pieces, "
        "n is the number of pieces, and a word adds what its pieces add. Bias and shares are the logit, exactly.\n\n"
        "**Unknown words** are counted as the unknown word of the vocabulary, which has a vector and a share like any "
        "other. With `basic_english` no training text has it, so its vector is as it was drawn: what it says is "
        "chance. That of a tokenizer may have come in training.\n\n"
        "**What if**: change the line; bars and heat are computed anew from the same numbers, without asking the "
        "model. It would give the same.\n\n"
        "Source: Joulin et al. 2016, Bag of Tricks for Efficient Text Classification.",
        "**Aporte al logit**: el modelo toma la media de los vectores de las palabras; una palabra que aparece una vez "
        "suma `W_c · e_i / n` al logit de la clase c; n es el número de palabras. Si un tokenizador corta las palabras "
        "en piezas, n es el número de piezas, y una palabra suma lo que suman las suyas. El sesgo y los aportes son el "
        "logit, exactamente.\n\n"
        "**Las palabras desconocidas** cuentan como la palabra desconocida del vocabulario, que tiene un vector y un "
        "aporte como cualquier otra. Con `basic_english` ningún texto de entrenamiento la tiene: su vector es el que "
        "salió al azar, y lo que dice es azar. La de un tokenizador pudo aparecer en el entrenamiento.\n\n"
        "**¿Y si...?**: cambie la línea; las barras y el mapa de calor se calculan con los mismos números, sin "
        "preguntar al modelo. Daría lo mismo.\n\n"
        "Fuente: Joulin et al. 2016, Bag of Tricks for Efficient Text Classification.",
    )
    KEYS = (
        replace(TEXT, action="text", label=Text("what if", "¿y si...?"),
                help=Text("Change the sentence: bars and heat follow.",
                          "Cambia la oración: las barras y el mapa de calor la siguen.")),
        *CLASSES,
        AGAINST,
        replace(DROP, label=Text("leave the word out", "quitar la palabra")),
        UNDO,
    )  # fmt: skip
    BINDINGS = bindings(KEYS)

    def __init__(self, trained: Trained, text: str = "", mistake: Mistake | None = None):
        super().__init__(trained)
        self._first = text
        self._typed = _on_a_line(text)
        self._mistake = mistake
        self._chosen: int | None = None
        self._earlier: list[str] = []
        self._against = mistake is not None
        self._told: Explained | None = None
        self._before: Explained | None = None

    def body(self) -> Iterable[Widget]:
        yield HeatView()
        with Horizontal(classes="line"):
            yield Label(tr("what if:", "¿y si...?"))
            line = Line(self._typed, placeholder=tr("a sentence: the bars follow", "una oración: las barras la siguen"))
            line.select_on_focus = False  # it is changed, not written anew
            yield line
        with VerticalScroll(classes="told"):
            yield Fitted()

    def draw(self, scores: Scores) -> None:
        line = self.query_one(Line).value
        self._told = scores.explain(self._first if line == self._typed else line)
        self._before = self._before or self._told
        self.query_one(HeatView).show(*self.heats())
        self.query_one(".told Fitted", Fitted).fit(self._content)

    @property
    def _of(self) -> int:
        if self._chosen is not None or self._told is None:
            return self._chosen or 0
        return self._told.predicted

    def _rival(self, told: Explained) -> int | None:
        label = self._mistake.label if self._mistake else None
        return label if label is not None and label != self._of else told.rival(self._of)

    def heats(self) -> Sequence[Heat]:
        told = self._told
        return [explained.heat(told, self.trained.classes, self._of, self._rival(told), self._against)] if told else []

    def _content(self, room: int) -> Content:
        told, classes = self._told, self.trained.classes
        if told is None:
            return Content("")
        said = explained.unknown(told)
        if self._mistake and told.text == self._first:
            said = [*explained.cut(told, self._mistake), *said]
        table = explained.shares(told, classes, self._of, self._rival(told), self._against)
        return Content("\n").join(
            [
                *self._bars(told),
                Content(str(explained.summed(told, classes, self._of))),
                table_content(table, i18n.language(), room),
                *(Content.styled(str(sentence), "$text-muted") for sentence in said),
            ]
        )

    def _bars(self, told: Explained) -> list[Content]:
        """The probabilities, and what a change has made of them."""
        wide = max(map(width, map(visible, self.trained.classes)))
        before = self._before or told
        lines = []
        for i, name in enumerate(self.trained.classes):
            probability = told.probabilities[i]
            moved = round(probability - before.probabilities[i], 3) + 0.0  # no minus before a zero
            full = round(probability * BAR)
            bar = f"{'█' * full}{'░' * (BAR - full)}"
            change = f" {moved:+.3f}" if told.text != before.text else ""
            true = f" {tr('(true)', '(verdadera)')}" if self._mistake and self._mistake.label == i else ""
            here = "›" if i == self._of else " "
            line = f"{here}{padded(visible(name), wide)} {bar} {probability:.3f}{change}{true}"
            lines.append(Content.styled(line, "bold" if i == told.predicted else ""))
        return lines

    # Keys.

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        self.redraw()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.query_one(HeatText).focus()

    def action_text(self) -> None:
        self.query_one(Line).focus()

    def action_turn(self, by: int) -> None:
        self._chosen = (self._of + by) % len(self.trained.classes)
        self.redraw()

    def action_against(self) -> None:
        self._against = not self._against
        self.redraw()

    def action_drop(self) -> None:
        """Leave the word that the cursor is on out of the sentence."""
        view = self.query_one(HeatView)
        if self._told is None or view.selected is None:
            return
        mark = view.heats[0].marks[view.selected[1]]
        text, line = _on_a_line(self._told.text), self.query_one(Line)
        self._earlier.append(line.value)
        line.value = f"{text[: mark.start].rstrip()} {text[mark.end :].lstrip()}".strip()

    def action_undo(self) -> None:
        """The sentence before a word was left out of it, or before it was typed on."""
        line = self.query_one(Line)
        if self._earlier:
            line.value = self._earlier.pop()
        else:
            line.action_undo()
        line.cursor_position = len(line.value)


def _on_a_line(text: str) -> str:
    """Each sign in its place; a line has no other line in it."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
