"""Exercise 4: sentences translated there and back, and the errors that the student marks in them."""

from __future__ import annotations

from dataclasses import replace

from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static, TextArea
from textual.widgets.option_list import Option

from llm_tui import i18n
from llm_tui.engine.job import Job
from llm_tui.exercises import translation
from llm_tui.exercises.errors_marked import Mark
from llm_tui.exercises.translation import Answers, Sentence
from llm_tui.foundation.job import TRANSLATE_ES_EN, Generate, RoundTrip
from llm_tui.i18n import Text, tr
from llm_tui.keys import DROP, bindings, spoken
from llm_tui.screens.answers import place_of
from llm_tui.screens.marking import ask_mark, marked_words
from llm_tui.screens.sheet import SheetScreen
from llm_tui.screens.translation_keys import KEYS, PANES
from llm_tui.visible import visible
from llm_tui.widgets.exercise_panel import ExercisePanel
from llm_tui.widgets.form import Field, Form
from llm_tui.widgets.option_list import OptionList
from llm_tui.widgets.parts import ruled, titled
from llm_tui.widgets.styles import stylesheet
from llm_tui.widgets.text_field import TextField
from llm_tui.widgets.translated import found_content, sentence_lines
from llm_tui.widgets.zoom import PANEL

SUGGESTED = ("google/flan-t5-small", "Helsinki-NLP/opus-mt-es-en", "Helsinki-NLP/opus-mt-en-es")

FIELDS = (
    Field("model_es_en", Text("Spanish to English", "español a inglés"), SUGGESTED),
    Field("model_en_es", Text("English to Spanish", "inglés a español"), SUGGESTED),
)


class TranslationScreen(SheetScreen[Answers]):
    CSS_PATH = [stylesheet("exercise.tcss"), stylesheet("sheet.tcss"), stylesheet("translation.tcss")]
    NAME = Text("Exercise 4", "Ejercicio 4")
    PANES = PANES
    KEYS = KEYS
    BINDINGS = bindings(KEYS)
    AUTO_FOCUS = "#sentences"
    EXERCISE = translation.EXERCISE
    ABOUT = Text(
        "Run translates each sentence that was not translated yet, and its translation back; stop, and what is there "
        "stays. ⚑ is a hint from a word list. How models generate is set in the playground.",
        "Ejecutar traduce cada oración aún sin traducir, y de vuelta su traducción; al detener, lo hecho se queda. ⚑ "
        "es una pista de una lista de palabras. Cómo se genera se ajusta en el banco de pruebas.",
    )

    def __init__(self) -> None:
        super().__init__()
        self._number = 0

    def panes(self) -> list[Widget]:
        values = dict.fromkeys((field.name for field in FIELDS), "")
        work = Horizontal(
            ruled(OptionList(id="sentences", markup=False)),
            Vertical(
                ruled(TextField(id="source"), tr("Original", "Original")),
                ruled(TextField(id="target", read_only=True), tr("Translation", "Traducción")),
                ruled(VerticalScroll(Static(id="facts", markup=False), id="found")),
                ruled(OptionList(id="marks", markup=False)),
                classes=PANEL,
            ),
            id="work",
        )
        return [
            work,
            titled(Form(FIELDS, values, models=("model_es_en", "model_en_es"), id="setup"), tr("Models", "Modelos")),
        ]

    def fill(self) -> None:
        super().fill()
        self.query_one(Form).fill({field.name: getattr(self.answers, field.name) for field in FIELDS})
        self._choose(self._number)

    def _list(self) -> None:
        sentences = self.query_one("#sentences", OptionList)
        lines = list(sentence_lines(self.answers))
        if sentences.option_count == len(lines):
            for index, (option, line) in enumerate(zip(sentences.options, lines, strict=True)):
                if line != option.prompt:
                    sentences.replace_option_prompt_at_index(index, line)
        else:
            sentences.set_options(map(Option, lines))
            sentences.highlighted = self._number if lines else None

    @property
    def _sentence(self) -> Sentence | None:
        sentences = self.answers.sentences
        return sentences[self._number] if self._number < len(sentences) else None

    def _choose(self, number: int) -> None:
        self._number = max(0, min(number, len(self.answers.sentences) - 1))
        self.query_one("#source", TextField).put(self._sentence.text if self._sentence else "")
        self._show_sentence()

    def show(self) -> None:
        super().show()
        self._list()
        self._show_sentence()

    def _show_sentence(self) -> None:
        """What stands beside the list: all that a move in it changes."""
        sentence = self._sentence
        made = self.answers.made(sentence) if sentence else None
        target = self.query_one("#target", TextArea)
        translated = visible(made.translation, keep_newlines=True) if made else ""
        if target.text != translated:
            target.text = translated
        self.query_one("#facts", Static).update(self._facts())
        marks = self.query_one("#marks", OptionList)
        row = marks.highlighted or 0
        lines = [visible(line) for line in self._mark_lines(sentence)] if sentence else []
        marks.set_options(map(Option, lines))
        marks.highlighted = min(row, len(lines) - 1) if lines else None
        if marks.has_focus and not lines:
            self.set_focus(target)  # else Textual goes to the next one, where keys are letters
        marks.display = bool(lines)

    def _mark_lines(self, sentence: Sentence) -> list[str]:
        language = i18n.export_language()
        return [translation.said_of(self.answers, sentence, mark, language) for mark in sentence.marks]

    def chosen_text(self) -> str:
        return self._sentence.text if self._sentence else ""

    def _facts(self) -> Content:
        """What was found out of the chosen sentence; what is being written, while it is."""
        sentence = self._sentence
        if sentence is not None:
            if found := found_content(self.answers, sentence):
                return found
            for job, written in self.streams.items():
                if isinstance(job, RoundTrip) and self._is_of(job, sentence):
                    return Content(visible(written, keep_newlines=True))
        return Content.styled(tr(f"{spoken('run')} translates.", f"{spoken('run')} traduce."), "$text-muted")

    def _is_of(self, job: RoundTrip, sentence: Sentence) -> bool:
        """Whether what a job writes is about this sentence, by the models that are chosen."""
        wanted = (sentence.text, translation.TASKS[sentence.direction], *self.answers.models(sentence.direction))
        return (job.text, job.task, job.model.name, job.back.name) == wanted

    def take_over(self, job: Job) -> None:
        if isinstance(job, Generate):
            self._add(job.texts[0], translation.ES_EN if job.task == TRANSLATE_ES_EN else translation.EN_ES)
        else:
            super().take_over(job)

    def _add(self, text: str, direction: str) -> None:
        self._number = len(self.answers.sentences)
        self.change(replace(self.answers, sentences=(*self.answers.sentences, Sentence(text, direction))))
        self._choose(self._number)

    def written(self, job: RoundTrip) -> None:
        self.query_one("#facts", Static).update(self._facts())

    # What a person changes.

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        stale = event.option_list.highlighted != event.option_index
        if event.option_list.id == "sentences" and not stale and event.option_index != self._number:
            self._choose(event.option_index)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_list.id == "sentences":
            self.set_focus(self.query_one("#source"))

    def sheet_text_changed(self, area: TextArea) -> None:
        if area.id == "source" and self._sentence and area.text != self._sentence.text:
            sentence = replace(self._sentence, text=area.text)
            self.change(self.answers.with_sentence(self._number, sentence), typing=f"sentence {self._number}")

    def on_form_changed(self, message: Form.Changed) -> None:
        self.change(replace(self.answers, **message.form.values), typing="setup")  # type: ignore[arg-type]

    def on_exercise_panel_edited(self, message: ExercisePanel.Edited) -> None:
        number = int(message.row)
        sentence = replace(self.answers.sentences[number], correction=message.text)
        self.change(self.answers.with_sentence(number, sentence), typing=f"correction {number}")

    def action_mark(self) -> None:
        """Ask what is wrong with the words that are selected in the translation."""
        span, number = marked_words(self.query_one("#target", TextArea)), self._number
        if not span or (sentence := self._sentence) is None:
            self.notify(tr("There is no translated word to mark.", "No hay ninguna palabra traducida que marcar."))
            return

        def add(mark: Mark) -> None:
            sentences = self.answers.sentences
            at = place_of(_identity(sentence), [*map(_identity, sentences)], number)
            if at is None:
                self.notify(_gone(span), severity="warning", markup=False)
            else:
                marked = replace(sentences[at], marks=(*sentences[at].marks, mark))
                self.change(self.answers.with_sentence(at, marked))

        ask_mark(self.app, span, add)

    def action_faultless(self) -> None:
        """No error was found in the translation; the same key again takes that back."""
        sentence = self._sentence
        made = self.answers.made(sentence) if sentence else None
        if sentence is None or made is None or not made.translation:
            self.notify(tr("There is no translation to judge yet.", "Aún no hay ninguna traducción que juzgar."))
        elif self.answers.standing(sentence):
            self.notify(
                tr(
                    f"Errors are marked in it: drop them first ({DROP.spoken} in their list).",
                    f"Tiene errores marcados: quítelos antes ({DROP.spoken} en su lista).",
                )
            )
        else:
            faultless = "" if self.answers.faultless(sentence) else made.translation
            self.change(self.answers.with_sentence(self._number, replace(sentence, faultless=faultless)))

    def action_add(self) -> None:
        """In the direction of the sentence that is chosen, unless the course asks for more in the other alone."""
        direction = self._sentence.direction if self._sentence else translation.ES_EN
        lacking = translation.sentences_lacking(self.answers)
        direction = direction if direction in lacking or not lacking else next(iter(lacking))
        title = tr(f"Add a sentence ({direction})", f"Añadir una oración ({direction})")
        self.ask(title, lambda text: self._add(text, direction))

    def action_drop(self) -> None:
        sentence, marks = self._sentence, self.query_one("#marks", OptionList)
        if sentence is None:
            return
        if marks.has_focus and marks.highlighted is not None:
            row = marks.highlighted
            kept = sentence.marks[:row] + sentence.marks[row + 1 :]
            self.change(self.answers.with_sentence(self._number, replace(sentence, marks=kept)))
        elif self.query_one("#sentences").has_focus:
            others = self.answers.sentences
            number = self._number
            self._number = max(0, min(number, len(others) - 2))
            self.change(replace(self.answers, sentences=others[:number] + others[number + 1 :]))
            self._choose(self._number)


def _identity(sentence: Sentence) -> tuple[str, str]:
    """What makes it this sentence, whatever was made of it since, and marked in it."""
    return sentence.text, sentence.direction


def _gone(span: str) -> str:
    return tr(
        f"The mark on “{span}” was not added: its sentence is no longer in the sheet, which another program has "
        "written. Choose a sentence that is there.",
        f"No se añadió la marca en «{span}»: su oración ya no está en la hoja, que otro programa escribió. Elija una "
        "oración que esté.",
    )
