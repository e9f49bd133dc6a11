"""Exercise 1 in plain mode: the setup field by field, the sweep, its runs, and questions put to a classifier."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from llm_tui.classifier.job import Predict, Sweep
from llm_tui.classifier.setup import DATA, DEFAULTS, FIELDS, parse_sweep
from llm_tui.engine.events import ENDINGS, Event, Failed, Finished
from llm_tui.engine.job import Job
from llm_tui.errors import UserError
from llm_tui.exercises import batch_sizes
from llm_tui.exercises.batch_sizes import Answers
from llm_tui.export.told import curve
from llm_tui.i18n import Text, tr
from llm_tui.lab import sweeps
from llm_tui.lab.runs import Run
from llm_tui.lab.sweeps import Sweeping
from llm_tui.labelled.columns import Doubt
from llm_tui.plain import words
from llm_tui.plain.console import Back
from llm_tui.plain.desk import Desk, Part
from llm_tui.plain.menu import Choice
from llm_tui.visible import visible

PREDICT, NOTEBOOK = Text("predict", "predecir"), Text("notebook", "cuaderno")


def _choices(desk: Desk) -> Sequence[Choice]:
    return (
        Choice(words.SETTINGS, Text("set what is trained, field by field", "fijar qué se entrena, campo por campo"),
               lambda: _setup(desk)),
        Choice(NOTEBOOK, Text("set the fields as the course's notebook has them",
                              "poner los campos como los tiene el cuaderno del curso"), lambda: _as_in_notebook(desk)),
        Choice(words.RUN, Text("train, once for each batch size and seed",
                               "entrenar, una vez por tamaño de lote y semilla"),
               lambda: _train(desk, parse_sweep(desk.answers.setup))),
        Choice(words.GO_ON, Text("go on with the newest sweep where it was stopped",
                                 "continuar el barrido más nuevo donde se detuvo"), lambda: _go_on(desk)),
        Choice(words.RUNS, Text("hear of the runs of the lab", "oír las ejecuciones del laboratorio"),
               lambda: _runs(desk)),
        Choice(words.TAKE, Text("put the newest runs into the table", "poner en la tabla las ejecuciones nuevas"),
               lambda: _take(desk)),
        Choice(PREDICT, Text("classify a sentence with the newest classifier, and hear why",
                             "clasificar una oración con el clasificador más nuevo, y oír por qué"),
               lambda: _predict(desk)),
    )  # fmt: skip


def _go_on(desk: Desk) -> None:
    standing = sweeps.standing(desk.answers, desk.here.lab.runs.all())
    if standing is None or standing.done == standing.of:
        raise UserError(tr("No sweep was stopped.", "No se detuvo ningún barrido."))
    _train(desk, standing.attempt.sweep)


def _setup(desk: Desk) -> None:
    typed = desk.here.ask_fields(FIELDS, {**DEFAULTS, **desk.answers.setup})
    parse_sweep(typed)  # what is wrong is said at once, and what was typed stays all the same
    desk.set(setup=typed)


def _as_in_notebook(desk: Desk) -> None:
    from llm_tui.classifier import notebook

    typed = {**DEFAULTS, **desk.answers.setup}
    values, said = notebook.values(typed[DATA.name])
    desk.set(setup={**typed, **values})
    desk.here.console.say(said)


def _train(desk: Desk, sweep: Sweep) -> None:
    """
    Raises:
        UserError: a run could not be done at all; the others have been dropped.
    """
    console, work, lab = desk.here.console, desk.here.work, desk.here.lab
    sweeping = Sweeping(desk.answers, sweep, lab.runs.all())
    doubts: list[Failed] = []
    for job in sweeping.kept:
        console.say(tr(f"Kept from before: {_name(job)}.", f"Se conserva la anterior: {_name(job)}."))

    def hear(job: Job, event: Event) -> None:
        outcome = sweeping.told(event)
        if outcome.learnt:
            desk.learn(outcome.learnt)
        if isinstance(event, Failed) and event.kind == Doubt.__name__:
            doubts.append(event)
        elif outcome.said:
            console.say(f"Error: {outcome.said}")
        if outcome.over:
            work.cancel()
        if isinstance(event, Finished):
            console.say(f"{_name(job)}: {event.result.said()}.")
        if isinstance(event, ENDINGS):
            desk.learn(lambda answers: sweeps.pinned(answers, lab.runs.all()))

    whole = work.all(sweeping.left, hear)
    if doubts:
        _ask_columns(desk, doubts[0].message)
    else:
        _tell_end(desk, sweeping, whole)


def _tell_end(desk: Desk, sweeping: Sweeping, whole: bool) -> None:
    console, lab = desk.here.console, desk.here.lab
    _tell_curves(desk, sweeps.ended(sweeping.attempt, lab.runs.all()))
    if not whole:
        console.say(tr("Stopped; the runs so far are kept.", "Detenido; las ejecuciones hechas se conservan."))
    elif not {run.id for run in sweeps.ended(sweeping.attempt, lab.runs.all())} <= set(desk.answers.runs):
        console.say(
            tr(
                f"The table keeps the runs that it has; {words.TAKE} puts these in their place.",
                f"La tabla conserva las ejecuciones que tiene; {words.TAKE} pone estas en su lugar.",
            )
        )


def _ask_columns(desk: Desk, doubt: str) -> None:
    """Which column is which, where the file does not say it; then it is trained with them."""
    desk.here.console.say(doubt)
    ask = desk.here.console.ask
    columns = {
        "label_column": ask(tr("The column of the labels, by name or number.", "La columna de las etiquetas.")),
        "text_column": ask(tr("The column of the texts, by name or number.", "La columna de los textos.")),
    }
    desk.set(setup={**DEFAULTS, **desk.answers.setup, **columns})
    _train(desk, parse_sweep(desk.answers.setup))


def _tell_curves(desk: Desk, runs: Sequence[Run]) -> None:
    """How loss and accuracy went, in sentences."""
    for y, value in ((batch_sizes.LOSS, "loss"), (batch_sizes.ACCURACY, "accuracy")):
        for run in runs:
            if points := [(float(p.step), float(getattr(p, value))) for p in run.points()]:
                desk.here.console.say(f"{_name(run.job)}: {y} {curve(points, batch_sizes.STEP)}.")


def _runs(desk: Desk) -> None:
    """Every run in a line; of one that is chosen, what it measured and how it went."""
    runs = desk.here.lab.runs.all()
    if not runs:
        raise UserError(tr("The lab has no run yet.", "El laboratorio aún no tiene ninguna ejecución."))
    asked = tr("Which run is told whole? Its number, or back.", "¿Qué ejecución se cuenta entera? Su número, o atrás.")
    try:
        run = runs[desk.here.pick(asked, [_line(run) for run in runs])]
    except Back:
        return
    desk.here.console.say(_line(run), run.why(), *_measured(run))
    _tell_curves(desk, [run])
    desk.here.console.say(*_points(run))


def _line(run: Run) -> str:
    job, when = run.job, run.config.started.replace("T", " ")[:16]
    name = Path(run.result.data_name if run.result else job.data).name
    said = (
        tr(
            f"accuracy {run.result.accuracy:.3f}, {run.result.seconds:.2f} seconds",
            f"exactitud {run.result.accuracy:.3f}, {run.result.seconds:.2f} segundos",
        )
        if run.result
        else run.said()
    )
    return visible(f"{when}, {_name(job)}, {name}: {said}.")


def _measured(run: Run) -> Sequence[str]:
    """Accuracy of each class, and what was taken for what."""
    if run.result is None:
        return ()
    classes = run.result.classes
    said = []
    for name, counts in zip(classes, run.result.confusion, strict=True):
        cells = ", ".join(f"{visible(of)} {n}" for of, n in zip(classes, counts, strict=True))
        said.append(
            tr(
                f"True class {visible(name)}, predicted: {cells}.",
                f"Clase verdadera {visible(name)}, predicha: {cells}.",
            )
        )
    return said


MOST_POINTS = 12


def _points(run: Run) -> Sequence[str]:
    """The curve as numbers, a dozen of them at most."""
    points = run.points()
    step = max(1, len(points) // MOST_POINTS)
    kept = [*points[:-1:step], *points[-1:]]
    return [
        tr(f"Step {p.step}: loss {p.loss:.3f}, accuracy {p.accuracy:.3f}.",
           f"Paso {p.step}: pérdida {p.loss:.3f}, exactitud {p.accuracy:.3f}.")
        for p in kept
    ]  # fmt: skip


def _take(desk: Desk) -> None:
    runs = desk.here.lab.runs.all()
    latest = sweeps.latest(desk.answers)
    if latest is None:
        raise UserError(tr("No run has finished yet.", "Aún no ha terminado ninguna ejecución."))
    desk.change(sweeps.taken(desk.answers, latest, runs))


def _predict(desk: Desk) -> None:
    run, console = desk.here.lab.runs.trained(), desk.here.console
    text = console.ask(tr("Which sentence?", "¿Qué oración?"))
    found = desk.here.work.result(Predict(str(run.folder), text))
    assert run.result
    ranked = sorted(zip(found.probabilities, run.result.classes, strict=True), reverse=True)
    console.say(*(f"{visible(name)}: {share:.3f}." for share, name in ranked))
    if found.unknown:
        unknown = visible(", ".join(found.unknown))
        console.say(tr(f"Words that it does not know: {unknown}.", f"Palabras que no conoce: {unknown}."))
    if console.confirm(tr("Hear what each word did for it?", "¿Oír qué hizo cada palabra?")):
        desk.here.command(["predict", "--run", run.id, "--why", "--", text])


def _name(job: object) -> str:
    size, seed = getattr(job, "batch_size", ""), getattr(job, "seed", "")
    return tr(f"batch size {size}, seed {seed}", f"lote de {size}, semilla {seed}")


def _edited(answers: Answers, desk: Desk, row: str, column: str, text: str) -> Answers:
    return answers.with_note(row, text, sweeps.shown(answers, desk.here.lab.runs.all()))


PART = Part(_choices, _edited)
