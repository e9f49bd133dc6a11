"""The two flows in plain mode: the newest classifier and a zero-shot model on the same test rows."""

from __future__ import annotations

from collections.abc import Sequence

from llm_tui.exercises import flows, labels
from llm_tui.exercises.flows import Answers, Comparison
from llm_tui.i18n import Text, tr
from llm_tui.launching.comparison import retest
from llm_tui.plain import words
from llm_tui.plain.desk import Desk, Part
from llm_tui.plain.menu import Choice
from llm_tui.playground.tasks import zero_shot

LINES = (
    ("rows", Text("Test rows", "Filas de prueba")),
    ("model", Text("Zero-shot model", "Modelo zero-shot")),
    ("template", Text("Hypothesis; {} stands for the label", "Hipótesis; {} es la etiqueta")),
)

CURVE = Text("curve", "curva")


def _choices(desk: Desk) -> Sequence[Choice]:
    return (
        Choice(words.RUN, Text("compare them", "compararlos"), lambda: _compare(desk)),
        Choice(words.SETTINGS, Text("rows, model, hypothesis", "filas, modelo, hipótesis"),
               lambda: desk.ask_settings(LINES)),
        Choice(words.TEACHING, Text("take the teaching model, which is on this machine",
                                    "tomar el modelo didáctico, que está en este equipo"),
               lambda: desk.set(model=zero_shot.TASK.stand_in.name)),
        Choice(CURVE, Text("draw the labels curve: accuracy by labelled examples",
                           "trazar la curva de etiquetas: exactitud por ejemplos etiquetados"),
               lambda: _curve(desk)),
    )  # fmt: skip


def _compare(desk: Desk) -> None:
    answers: Answers = desk.answers
    rows, asking, work = flows.ROWS.read(answers.rows), desk.here.asking(), desk.here.work
    run = desk.here.lab.runs.trained()
    asked = Comparison(retest(run, rows), asking.model(answers.model), answers.template, asking.batch_size)
    tested = work.result(asked.retest)
    desk.learn(lambda now: now.with_result(asked.retest, tested))
    job = asked.then(tested)
    found = work.result(job)
    desk.learn(lambda now: now.with_result(job, found))
    desk.here.read_table(desk.table())


def _curve(desk: Desk) -> None:
    """That of the settings which the lab has; a person is asked before it takes another one's place."""
    answers: Answers = desk.answers
    if another := labels.replaces(answers.curve, labels.parse(answers.setup, answers.model, answers.template)):
        asked = tr(
            "The lab has a curve with other settings or of other data. Begin this one in its place?",
            "El laboratorio tiene una curva con otros ajustes o de otros datos. ¿Empezar esta en su lugar?",
        )
        if not desk.here.console.confirm(asked):
            return
    typed = {**labels.DEFAULTS, **answers.setup}
    options = [f"{field.option}={typed[field.name]}" for field in labels.FIELDS]
    how = [f"--model={answers.model}", f"--template={answers.template}", *options]
    desk.here.command(["labels-curve", *how, *(["--take"] if another else [])])
    desk.renew()


PART = Part(_choices, lambda answers, desk, row, column, text: answers.with_note(row, text))
