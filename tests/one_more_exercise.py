"""One exercise more: all that it takes, in this module and the row that `add` puts into the registry.

Run as a program, it is llm-tui with eight exercises.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from textual.widget import Widget
from textual.widgets import Static

from llm_tui.engine.job import Context
from llm_tui.exercises import registry
from llm_tui.exercises.contract import Exercise, answered
from llm_tui.exercises.state import ANSWER, State, counted
from llm_tui.export.markdown import to_markdown
from llm_tui.export.table import Column, Table
from llm_tui.foundation.job import Asking
from llm_tui.i18n import Text

NUMBER = 8


@dataclass(frozen=True, slots=True)
class Count:
    """The job that counts the letters of a word."""

    kind: ClassVar[str] = "count_letters"
    name: ClassVar[Text] = Text("letters", "letras")
    imports: ClassVar[tuple[str, ...]] = ()
    runner: ClassVar[str] = "one_more_exercise:count"

    word: str

    def title(self) -> str:
        return str(self.name)


def count(job: Count, context: Context) -> int:
    return len(job.word)


@dataclass(frozen=True, slots=True)
class Answers:
    version: int = 1
    words: tuple[str, ...] = ("casa", "árbol | <b>")
    letters: Mapping[str, int] = field(default_factory=dict)
    answer: str = ""

    def with_answer(self, answer: str) -> Answers:
        return replace(self, answer=answer)

    def with_models(self, name: str | None) -> Answers:
        return self

    def pending(self, asking: Asking) -> Iterator[Count]:
        return (Count(word) for word in self.words if word not in self.letters)

    def with_result(self, job: Count, result: int) -> Answers:
        return replace(self, letters={**self.letters, job.word: result})

    def with_failure(self, job: Count, message: str) -> None:
        return None


def table(answers: Answers) -> Table:
    columns = Column("word", Text("word", "palabra")), Column("letters", Text("letters", "letras"), numeric=True)
    return Table(columns, tuple((word, answers.letters.get(word)) for word in answers.words), keys=answers.words)


def state(answers: Answers) -> State:
    uncounted = sum(word not in answers.letters for word in answers.words)
    lacking = (counted(uncounted, Text("a count", "un recuento"), Text("{n} counts", "{n} recuentos")),)
    return State((*(lacking if uncounted else ()), *(() if answers.answer.strip() else (ANSWER,))))


QUESTION = Text("Which word is the longest?", "¿Qué palabra es la más larga?")

EXERCISE = Exercise(
    NUMBER,
    Answers,
    QUESTION,
    Text("# Exercise 8: letters", "# Ejercicio 8: letras"),
    tables=lambda answers, known, language: {"letters": table(answers)},
    document=lambda answers, known, language: "\n".join(
        [to_markdown(table(answers), language), *answered(QUESTION, answers.answer, language)]
    ),
    state=lambda answers, known: state(answers),
    own_is_asked=True,
)


def add() -> None:
    """The row. Whoever imports the registry later finds eight exercises."""
    title, here = Text("Letters of words", "Letras de palabras"), "one_more_exercise"
    more = registry.Row(NUMBER, title, registry.PLAY, f"{here}:EXERCISE", f"{here}:letters_screen")
    registry.EXERCISES = (*registry.EXERCISES, more)


def letters_screen() -> Widget:
    """Keys, and with them all screens, are made of the registry when they are imported: after `add`."""
    from llm_tui import keys
    from llm_tui.screens.sheet import SheetScreen
    from llm_tui.widgets.styles import stylesheet

    class LettersScreen(SheetScreen[Answers]):
        CSS_PATH = [stylesheet("exercise.tcss"), stylesheet("sheet.tcss")]
        NAME = Text("Exercise 8", "Ejercicio 8")
        ABOUT = Text("Run counts the letters.", "Ejecutar cuenta las letras.")
        PANES = (("words", Text("Words", "Palabras")),)
        KEYS = keys.panes(PANES)
        BINDINGS = keys.bindings(KEYS)
        EXERCISE = EXERCISE

        def panes(self) -> list[Widget]:
            return [Static(" ".join(Answers().words), id="words", markup=False)]

    return LettersScreen()


if __name__ == "__main__":
    # Jobs and registry name this module as it is imported, not as it is run.
    import one_more_exercise

    one_more_exercise.add()
    from llm_tui.__main__ import main

    sys.exit(main())
