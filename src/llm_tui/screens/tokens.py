"""Tokens: exercise 2, the same text under several tokenizers, from the text to the table."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace

from textual.containers import Horizontal
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static, TextArea

from llm_tui import i18n
from llm_tui.engine.events import Cancelled, Failed, Finished
from llm_tui.errors import UserError
from llm_tui.exercises import subwords
from llm_tui.exercises.subwords import Answers
from llm_tui.i18n import Text, tr
from llm_tui.keys import ADD, DROP, LIST, SETUP, TEXT, Place, bindings, panes, spoken
from llm_tui.screens.exercise import TableScreen
from llm_tui.tokenization.job import DEFAULT_TOKENIZERS, Compare, Comparison
from llm_tui.visible import visible
from llm_tui.widgets.comparison import PANES, ComparisonPanes, TokenizerFields
from llm_tui.widgets.exercise_panel import ExercisePanel
from llm_tui.widgets.form import Form
from llm_tui.widgets.host import JobEvents
from llm_tui.widgets.parts import framed
from llm_tui.widgets.styles import stylesheet
from llm_tui.widgets.text_field import TextField
from llm_tui.widgets.token_strip import TokenStrip

STRIP = "TokenStrip"

IN_TABLE = Place("table", Text("In the table", "En la tabla"))

LIVE_CHARACTERS = 20_000
"""Up to this length a text is compared again while it is typed."""

LIVE_SECONDS = 0.7

MOST_BYTES = 5_000_000


class TokensScreen(TableScreen[Answers]):
    CSS_PATH = [stylesheet("exercise.tcss"), stylesheet("tokens.tcss")]
    NAME = Text("Tokens", "Tokens")
    KEYS = (
        *panes(PANES),
        replace(ADD, help=Text("Write a word or a phrase for the table.",
                               "Escriba una palabra o una frase para la tabla.")),
        replace(DROP, where=IN_TABLE, help=Text("Drop the row.", "Quita la fila.")),
        TEXT.goes("go('#text')"),
        replace(SETUP, action="go('#tokenizers Input')", label=Text("tokenizers", "tokenizadores"),
                help=Text("To the tokenizers: hub ids or folders, up to six.",
                          "A los tokenizadores: ids del hub o carpetas, hasta seis.")),
        replace(LIST, action=f"go('{STRIP}')", label=Text("pieces", "piezas")),
    )  # fmt: skip
    BINDINGS = bindings(KEYS)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]
    AUTO_FOCUS = "TokenStrip"
    EXERCISE = subwords.EXERCISE
    ABOUT = Text(
        "Write a text or open one, choose tokenizers, and run. After that a short text is compared again as you type. "
        "│ parts two pieces of a word, ≠ marks a word that is cut differently; below the pieces stand their ids and "
        "their bytes in the text.",
        "Escriba un texto o abra uno, elija tokenizadores y ejecute. Después, un texto corto se vuelve a comparar "
        "mientras escribe. │ separa dos piezas de una palabra y ≠ marca una palabra con otro corte; debajo de las "
        "piezas están sus ids y sus bytes en el texto.",
    )

    def __init__(self) -> None:
        super().__init__()
        self._comparison: Comparison | None = None
        self._asked: dict[int, Compare] = {}
        self._live: Timer | None = None

    def body(self) -> Iterable[Widget]:
        with Horizontal(id="source"):
            yield framed(TextField(id="text"), tr("Text", "Texto"), flat=True)
            yield framed(TokenizerFields(id="tokenizers"), tr("Tokenizers", "Tokenizadores"), flat=True)
        yield ComparisonPanes(id="panes")
        measured = Static(id="measured", markup=False)
        yield ExercisePanel(self.NUMBER, self.question(), below=[measured])

    def stands(self) -> None:
        if all(name in DEFAULT_TOKENIZERS or os.path.isdir(name) for name in self._names()):
            # Nothing to fetch: the text stands there in pieces by itself. The screen is shown first.
            self.host.when_drawn(self, self._compare)

    def fill(self) -> None:
        super().fill()
        answers = self.answers
        self.query_one(TokenizerFields).put(answers.tokenizers)
        self.query_one("#text", TextField).put(answers.text)
        self._panes.translation.put(answers.translation)
        self._compare_soon()

    @property
    def _panes(self) -> ComparisonPanes:
        return self.query_one(ComparisonPanes)

    # Comparing.

    def _names(self) -> list[str]:
        return [name for name in self.answers.tokenizers if name.strip()]

    def action_run(self) -> None:
        self._compare()

    def _compare(self) -> None:
        try:
            job = self.answers.job()
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            self.query_one(TokenizerFields).focus_first()
            return
        if self._asked:
            if job in self._asked.values():
                return
            self.host.engine.cancel(*self._asked)
        self._asked[self.host.submit(job, self)] = job

    def _compare_soon(self) -> None:
        """Again, a moment after the last change, once there has been a first comparison."""
        if self._live is not None:
            self._live.stop()
        if self._comparison and len(self.answers.text) <= LIVE_CHARACTERS:
            self._live = self.set_timer(LIVE_SECONDS, self._compare_again)

    def _compare_again(self) -> None:
        if self._names():
            self._compare()

    def on_jobs_stopping(self) -> None:
        self._asked.clear()  # the same may be asked again at once

    def on_job_events(self, message: JobEvents) -> None:
        for event in message.events:
            match event:
                case Finished(result=Comparison() as comparison):
                    self._asked.pop(event.job_id, None)
                    self._take(comparison)
                case Failed():
                    self._asked.pop(event.job_id, None)
                    self.notify(event.message, severity="error", markup=False)
                case Cancelled():
                    self._asked.pop(event.job_id, None)

    def _take(self, comparison: Comparison) -> None:
        """Show it. A text of before, to which a person may go back, keeps the table that was made of it."""
        self._comparison, now = comparison, self.answers

        def compared(answers: Answers) -> Answers:
            of_it = answers is now or answers.are_of(comparison)
            return answers.with_comparison(comparison) if of_it else answers

        self.learn(compared)
        self._panes.compare(comparison)

    # Showing.

    def show(self) -> None:
        super().show()
        measured = subwords.fragmentation(self.answers.measured).within(i18n.export_language())
        self.query_one("#measured", Static).update(Content(visible(measured)))
        self._panes.measure(self.answers.measured)

    def action_search(self) -> None:
        from llm_tui.screens.dialogs import AskDialog

        def search(wanted: str | None) -> None:
            self.action_go(STRIP)
            if wanted and not self._panes.strip.find(wanted):
                said = tr(
                    f"No word of the text has “{wanted}” in it.", f"Ninguna palabra del texto contiene «{wanted}»."
                )
                self.notify(said, markup=False)

        self.app.push_screen(AskDialog(tr("Find a word", "Buscar una palabra")), search)

    # What a person writes.

    def on_form_changed(self, message: Form.Changed) -> None:
        names = self.query_one(TokenizerFields).names
        self.change(replace(self.answers, tokenizers=names), typing="tokenizers")

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        area = message.text_area
        if area.id == "text":
            self.change(replace(self.answers, text=area.text), typing="text")
        else:
            self.change(replace(self.answers, translation=area.text), typing="translation")
        self._compare_soon()

    def on_exercise_panel_edited(self, message: ExercisePanel.Edited) -> None:
        changed = self.answers.with_observation(message.row, message.text)
        self.change(changed, typing=f"observation {message.row}")

    def on_token_strip_add_asked(self, message: TokenStrip.AddAsked) -> None:
        self._add(message.phrase)

    def action_add(self) -> None:
        self.ask(tr("Add a word or a phrase", "Añadir una palabra o una frase"), self._add)

    def _add(self, phrase: str) -> None:
        phrase = " ".join(phrase.split())
        cuts = self._comparison.cuts(phrase) if self._comparison else None
        self.change(self.answers.with_phrase(phrase, cuts or ()))
        if cuts is None:
            self._compare()
        self.notify(tr(f"In the table: {phrase}", f"En la tabla: {phrase}"), markup=False)

    def action_drop(self) -> None:
        if (phrase := self.panel.editor.row_key) is not None:
            self.change(self.answers.without_phrase(phrase))

    def action_open(self) -> None:
        self.open_text(self._take_text)

    def _take_text(self, text: str) -> None:
        if len(text) > MOST_BYTES:
            said = tr(
                "The file is too long for the screen: llm-tui tokens --file compares it on the command line.",
                "El archivo es demasiado largo para la pantalla: llm-tui tokens --file lo compara en la línea de "
                "órdenes.",
            )
            self.notify(said, severity="error", markup=False)
            return
        self.change(replace(self.answers, text=text))
        self.fill()
        self._compare()

    # Export, copy.

    def copied(self) -> Answers:
        return self.answers.with_answer("")

    def lacking(self) -> str:
        if not self.answers.measured:
            return tr(
                f"There is nothing to export yet: {spoken('run')} compares.",
                f"Aún no hay nada que exportar: {spoken('run')} compara.",
            )
        return ""
