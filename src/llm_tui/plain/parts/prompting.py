"""Exercise 6 in plain mode: the paragraph, three instructions on it, and the runs of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.exercises.prompting import TITLES, Answers, checked
from llm_tui.exercises.textfile import read_text
from llm_tui.foundation.job import PROMPT
from llm_tui.foundation.tables import made_by
from llm_tui.i18n import Text, tr
from llm_tui.plain import words
from llm_tui.plain.desk import Desk, Part
from llm_tui.plain.menu import Choice
from llm_tui.plain.tables import cell_said

LINES = (
    ("model", Text("Model", "Modelo")),
    ("labels", Text("Labels of the classification, parted by commas", "Etiquetas de la clasificación, con comas")),
)


def _choices(desk: Desk) -> Sequence[Choice]:
    return (
        Choice(words.TEXT, Text("write an instruction", "escribir una instrucción"), lambda: _instruction(desk)),
        Choice(words.RUNS, Text("hear the answers to an instruction, and choose the one to hand in",
                          "oír las respuestas a una instrucción, y elegir la que se entrega"), lambda: _runs(desk)),
        Choice(words.PARAGRAPH, Text("write the paragraph", "escribir el párrafo"),
               lambda: desk.ask_text("paragraph", tr("The paragraph", "El párrafo"))),
        Choice(words.OPEN, Text("take the paragraph from a file", "tomar el párrafo de un archivo"),
               lambda: _open(desk)),
        Choice(words.SETTINGS, Text("model and labels", "modelo y etiquetas"), lambda: desk.ask_settings(LINES)),
    )  # fmt: skip


def _pick(desk: Desk) -> str:
    asked = tr("Which instruction? Its number.", "¿Qué instrucción? Su número.")
    lines = [f"{title}: {desk.answers.prompt(name).instruction}" for name, title in TITLES.items()]
    return list(TITLES)[desk.here.pick(asked, lines)]


def _instruction(desk: Desk) -> None:
    name = _pick(desk)
    text = desk.here.console.ask_lines(tr("The instruction.", "La instrucción."))
    desk.change(desk.answers.with_prompt(name, replace(desk.answers.prompt(name), instruction=text)))


def _runs(desk: Desk) -> None:
    name = _pick(desk)
    answers: Answers = desk.answers
    prompt = answers.prompt(name)
    if not prompt.runs:
        raise UserError(tr("It was not asked yet: run first.", "Aún no se preguntó: ejecute antes."))
    language = i18n.language()
    lines = []
    for run in prompt.runs:
        check = cell_said(checked(answers.check(name, run.output), language))
        by = made_by(run.made_by, task=PROMPT).within(language)
        lost = tr(f" Lost: {run.lost}.", f" Perdidos: {run.lost}.") if run.lost else ""
        lines.append(f"{run.output} ({check}).{lost} {by}")
    asked = tr("Which one is handed in? Its number.", "¿Cuál se entrega? Su número.")
    desk.here.console.say(*(f"{n}. {line}" for n, line in enumerate(lines, start=1)))
    chosen = desk.here.pick(asked, lines, str(prompt.chosen + 1))
    desk.change(answers.with_prompt(name, replace(prompt, chosen=chosen)))


def _open(desk: Desk) -> None:
    desk.set(paragraph=read_text(desk.ask_path(tr("Which file? Its path.", "¿Qué archivo? Su ruta."))).strip())


def _edited(answers: Answers, desk: Desk, row: str, column: str, text: str) -> Answers:
    return answers.with_prompt(row, replace(answers.prompt(row), note=text))


PART = Part(_choices, _edited, take_over=lambda answers, job: replace(answers, paragraph=job.texts[0].strip()))
