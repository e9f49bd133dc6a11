"""A sheet in plain mode: what it lacks is asked of its models, and kept as it comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from llm_tui.engine.events import Cancelled, Event, Failed, Finished
from llm_tui.engine.job import Job
from llm_tui.exercises.run import Filling, Outcome
from llm_tui.i18n import Text, tr
from llm_tui.plain import words
from llm_tui.plain.menu import Choice
from llm_tui.playground import registry

if TYPE_CHECKING:
    from llm_tui.plain.desk import Desk

RUN = Text("ask the models for what is lacking", "preguntar a los modelos lo que falta")
TEACHING = Text(
    "take the teaching model, which is on this machine", "tomar el modelo didáctico, que está en este equipo"
)
COURSE = Text("take the course's models again", "volver a los modelos del curso")


def sheet_choices(desk: Desk) -> Sequence[Choice]:
    """Those of answers that models fill in; none of others."""
    if not hasattr(desk.answers, "pending"):
        return ()
    stand_ins = bool(registry.of_exercise(desk.row.number))
    return (
        Choice(words.RUN, RUN, lambda: fill(desk)),
        *((Choice(words.TEACHING, TEACHING, lambda: teaching(desk)),) if stand_ins else ()),
        *((Choice(words.COURSE, COURSE, lambda: desk.change(desk.answers.with_models(None))),) if stand_ins else ()),
    )


def teaching(desk: Desk) -> None:
    task = registry.of_exercise(desk.row.number)[0]
    desk.change(desk.answers.with_models(task.stand_in.name))
    desk.here.console.say(task.quality())


def fill(desk: Desk) -> None:
    """
    Raises:
        UserError: the sheet is not such that a model could be asked.
    """
    console, work = desk.here.console, desk.here.work
    desk.learn(desk.part.before_run)
    filling: Filling[object] = Filling()  # type: ignore[type-var]
    filling.start(desk.here.asking())
    come, outcomes = 0, list[Outcome[object]]()

    def hear(job: Job, event: Event) -> None:
        nonlocal come
        if isinstance(event, Finished | Failed | Cancelled):
            outcome = filling.ended(job, event, desk.answers)
            outcomes.append(outcome)
            come += isinstance(event, Finished)
            if outcome.learnt:
                desk.learn(outcome.learnt)
            if outcome.said:
                console.say(f"Error: {outcome.said}")
            if outcome.over:
                work.cancel()

    asked, whole = False, True
    while due := filling.due(desk.answers):
        asked = True
        whole = work.all(due, hear) and whole
    if not asked:
        console.say(tr("Everything has been asked already.", "Ya está todo preguntado."))
    elif any(outcome.absent for outcome in outcomes) and registry.of_exercise(desk.row.number):
        if console.confirm(tr("Ask the teaching model in its place?", "¿Preguntar en su lugar al modelo didáctico?")):
            teaching(desk)
            fill(desk)
    elif whole:
        console.say(tr(f"Done: {come} answers have come.", f"Listo: llegaron {come} respuestas."))
    else:
        console.say(tr("Stopped; what is done is kept.", "Detenido; lo hecho se conserva."))
