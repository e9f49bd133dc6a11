"""The steps of exercise 1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from llm_tui.classifier.setup import parse_sweep
from llm_tui.classifier.typed import FieldError
from llm_tui.exercises.batch_sizes import Answers, Attempt, Row, asked_for, not_as_asked
from llm_tui.exercises.contract import Beside
from llm_tui.exercises.next_step import Step, answer, listed
from llm_tui.i18n import Text

WANTED = Text("the course asks for {what}", "el curso pide {what}")
NOTE = Text("note of batch size {size} is missing", "falta la nota del lote de {size}")
STALE = Text("note of batch size {size} is of other runs", "la nota del lote de {size} es de otras ejecuciones")


def steps(answers: Answers, known: Beside) -> Iterator[Step]:
    """The training as the course asks for it, its runs in the table, a note on each batch size, the answer."""
    find = known.find(answers.runs)
    runs = [row for job in answers.sweep.runs() if (row := find(job))] if answers.sweep else []
    if answers.sweep is None or list(asked_for(answers.sweep, runs)):
        yield from _training(answers, known)
    if answers.sweep is None:
        return
    stale = answers.stale(find)
    for size in map(str, answers.sweep.batch_sizes):
        said = STALE if size in stale else None if answers.notes.get(size, "").strip() else NOTE
        if said:
            yield Step(said.format(size=size), ("table",), row=size)
    yield from answer(1, True, answers.answer)


def _training(answers: Answers, known: Beside) -> Iterator[Step]:
    """What leads to a table as the course asks for it: where the newest sweep is one, its runs are taken; where it
    could become one, it goes on; else another one is trained, with the right fields.
    """
    attempt = answers.latest or (Attempt(answers.sweep) if answers.sweep else None)
    ended = _ended(attempt, known) if attempt else []
    if attempt and not list(not_as_asked(attempt.sweep, ended)):
        if left := len(attempt.sweep.runs()) - len(ended):
            said = Text("the sweep is not at its end, {n} of its runs are left",
                        "el barrido no ha terminado, le quedan {n} ejecuciones")  # fmt: skip
            one = Text("the sweep is not at its end, one run is left",
                       "el barrido no ha terminado, le queda una ejecución")  # fmt: skip
            yield Step((one if left == 1 else said).format(n=left), ("go-on",))
            return
        if not list(asked_for(attempt.sweep, ended)):
            yield Step(
                Text("the new runs are not in the table", "las ejecuciones nuevas no están en la tabla"), ("take",)
            )
            return
    yield from _setup(answers, attempt, ended)


def _setup(answers: Answers, attempt: Attempt | None, ended: Sequence[Row]) -> Iterator[Step]:
    """The fields of the next sweep; where they are as the course asks, that it is trained."""
    try:
        sweep = parse_sweep(answers.setup)
    except FieldError as error:
        yield Step(Text("a field of the setup is wrong: {why}", "un campo de la configuración está mal: {why}").format(
            why=str(error).removesuffix(".")), ("setup",))  # fmt: skip
        return
    again = attempt is not None and attempt.sweep == sweep
    if wanted := list(not_as_asked(sweep, ended if again else ())):
        yield Step(WANTED.format(what=wanted[0]), ("setup",))
    elif again and (diverged := [row.job.batch_size for row in ended if row.diverged]):
        said = Text("the loss of batch size {sizes} diverged: a smaller learning rate is needed",
                    "la pérdida del lote de {sizes} divergió: hace falta una tasa de aprendizaje menor")  # fmt: skip
        yield Step(said.format(sizes=listed(dict.fromkeys(diverged))), ("setup",))
    else:
        sizes = listed(sweep.batch_sizes)
        yield Step(Text("train the batch sizes {sizes}", "entrene los lotes de {sizes}").format(sizes=sizes), ("run",))


def _ended(attempt: Attempt, known: Beside) -> list[Row]:
    """The runs of an attempt that have come to their end."""
    find = known.find(())
    found = (find(job) for job in attempt.sweep.runs())
    return [row for row in found if row and row.run not in attempt.before]
