"""Exercise 5 in plain mode: the source, two summaries that are marked before it is said who wrote which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from llm_tui import i18n
from llm_tui.course import course
from llm_tui.errors import UserError
from llm_tui.exercises import summaries
from llm_tui.exercises.summaries import FEWEST_WORDS, MOST_WORDS, Answers, name_of
from llm_tui.exercises.textfile import read_text
from llm_tui.foundation import facts
from llm_tui.i18n import Text, tr
from llm_tui.plain import words
from llm_tui.plain.desk import Desk, Part
from llm_tui.plain.menu import Choice

LINES = (
    ("system_a", Text("System A", "Sistema A")),
    ("system_b", Text("System B", "Sistema B")),
    ("fallback", Text("Fallback, for one that cannot be had", "Sustituto, si uno no se puede cargar")),
)

SUMMARIES, REFERENCE, OTHER = (
    Text("summaries", "resúmenes"), Text("reference", "referencia"), Text("other", "otro"),
)  # fmt: skip


def _choices(desk: Desk) -> Sequence[Choice]:
    return (
        Choice(SUMMARIES, Text("hear both summaries", "oír los dos resúmenes"), lambda: _tell(desk)),
        Choice(words.TEXT, Text("write the source", "escribir la fuente"), lambda: _source(desk)),
        Choice(words.OPEN, Text("take the source from a file", "tomar la fuente de un archivo"), lambda: _open(desk)),
        Choice(OTHER, Text("put the given text in the other language", "poner el texto dado en el otro idioma"),
               lambda: _other(desk)),
        Choice(REFERENCE, Text("write a summary by a person, to compare both with it",
                               "escribir un resumen de una persona, para comparar ambos con él"),
               lambda: desk.ask_text("reference", tr("The reference", "La referencia"))),
        Choice(words.SETTINGS, Text("the systems", "los sistemas"), lambda: desk.ask_settings(LINES)),
    )  # fmt: skip


def _tell(desk: Desk) -> None:
    answers: Answers = desk.answers
    say = desk.here.console.say
    for slot in answers.order():
        summary = answers.summary(slot)
        text = summary.text if summary else tr("It is not there yet.", "Aún no está.")
        say(f"{name_of(answers, slot, i18n.language())}:", text)
        say(*(tr(f"Hint: {hint}", f"Pista: {hint}") for hint in summaries.hints(answers, slot)))


def _source(desk: Desk) -> None:
    desk.ask_text("source", tr("The source", "La fuente"))
    n = facts.word_count(desk.answers.source)
    desk.here.console.say(
        tr(f"{n} words; {FEWEST_WORDS} to {MOST_WORDS} are asked for.",
           f"{n} palabras; se piden de {FEWEST_WORDS} a {MOST_WORDS}.")
    )  # fmt: skip


def _open(desk: Desk) -> None:
    desk.set(source=read_text(desk.ask_path(tr("Which file? Its path.", "¿Qué archivo? Su ruta."))))


def _other(desk: Desk) -> None:
    given = course.current().summaries
    other = {given.source: given.source_en, given.source_en: given.source}.get(desk.answers.source)
    if not other:
        raise UserError(tr("The source is a text of your own: it stays.", "La fuente es un texto suyo: se queda."))
    desk.set(source=other)


PART = Part(
    _choices,
    lambda answers, desk, row, column, text: answers.with_mark(row, column, text),
    before_run=Answers.again,
    take_over=lambda answers, job: replace(answers, source=job.texts[0]),
)
