"""What the tasks have in common whose answer is a text that a model writes."""

from __future__ import annotations

from llm_tui.export.table import Cell, Column, Table
from llm_tui.foundation import tables, teaching
from llm_tui.foundation.branch import Branch
from llm_tui.foundation.job import LEAD, TEXT_MODEL, Answer, Generate, Generated, Provenance
from llm_tui.foundation.thinking import ALONE, EACH_ALONE, is_thinking
from llm_tui.i18n import Text, tr
from llm_tui.playground.task import Given, Span, Task
from llm_tui.visible import visible

COLUMNS = (
    tables.TEXT,
    Column("answer", Text("answer", "respuesta")),
    Column("input_pieces", Text("input pieces", "piezas de entrada"), numeric=True),
    Column("output_pieces", Text("output pieces", "piezas de salida"), numeric=True),
    Column("lost", Text("lost characters", "caracteres perdidos")),
)


NOT_WHOLE = Text(
    "Not whole, for the server ended in mid-answer: {numbers}.",
    "Incompletas, pues el servidor se cortó a mitad de la respuesta: {numbers}.",
)
"""With the numbers of the answers from 1."""


UNFINISHED = Text("Answers that reached their limit: {numbers}.", "Respuestas que llegaron a su límite: {numbers}.")


EXAMPLES = Text("Solved examples before the text: {n}.", "Ejemplos resueltos antes del texto: {n}.")


BRANCH = Text(
    "From piece {place} on: “{taken}” in place of “{instead}”.",
    "Desde la pieza {place}: «{taken}» en lugar de «{instead}».",
)


class Generating(Task[Generate, Generated]):
    """A task says what it is asked as; see `Generate`."""

    model = TEXT_MODEL
    stand_in = teaching.T5
    generates = True
    of_servers = True

    def asked_as(self, given: Given) -> str:
        """The `task` of the job."""
        return self.measured

    def job(self, given: Given) -> Generate:
        asking = given.asking
        task, texts = self.asked_as(given), given.texts
        return Generate(task, texts, given.model, asking.settings, asking.batch_size, given.examples, given.pieces)

    def table(self, job: Generate, result: Generated) -> Table:
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (
                text,
                answer.text,
                *_pieces(answer, result.made_by),
                "".join(dict.fromkeys(answer.lost)),
            )
            for text, answer in zip(job.texts, result.answers, strict=True)
        )
        said = tables.numbered(NOT_WHOLE, (bool(answer.broken) for answer in result.answers))
        said += self.not_whole(job, result)
        said += [EXAMPLES.format(n=len(job.examples))] if job.examples else []
        said += _branched(job)
        return Table(
            COLUMNS,
            rows,
            (
                *said,
                tables.made_by(result.made_by, tables.how(job.settings, result.made_by), job.task),
            ),
        )

    def not_whole(self, job: Generate, result: Generated) -> list[Text]:
        """Beside what a server broke off, which ends a command with an error of its own."""
        return [
            *tables.numbered(tables.CUT, (answer.cut for answer in result.answers)),
            *tables.numbered(EACH_ALONE, (is_thinking(answer.text) for answer in result.answers)),
            *tables.numbered(UNFINISHED, (not answer.complete and not answer.broken for answer in result.answers)),
        ]

    def plain(self, job: Generate, result: Generated) -> list[str]:
        return [answer.text for answer in result.answers]

    def line(self, job: Generate, result: Generated) -> str:
        return result.answers[0].text

    def shown(self, job: Generate, result: Generated) -> list[Span]:
        return [(visible(result.answers[0].text, keep_newlines=True), "")]

    def said(self, job: Generate, result: Generated) -> str:
        answer = result.answers[0]
        said = _counted(answer, result.made_by) + self.measures(job, result)
        if job.examples:
            said += f" {EXAMPLES.format(n=len(job.examples))}"
        for branched in _branched(job):
            said += f" {branched}"
        if answer.cut:
            said += f" {tables.ONE_CUT}"
        if answer.broken:
            said += f" {answer.broken}"
        elif not answer.complete:
            said += tr(" The answer reached its limit.", " La respuesta llegó a su límite.")
        if is_thinking(answer.text):
            said += f" {ALONE}"
        if answer.lost:
            lost = "".join(dict.fromkeys(answer.lost))
            said += tr(f" Lost: {lost}.", f" Perdidos: {lost}.")
        unasked = tables.not_asked(job.settings) if result.made_by.served else ""
        return f"{said} {tables.made_by(result.made_by, task=job.task)}{unasked}".strip()

    def measures(self, job: Generate, result: Generated) -> str:
        """What is counted of the answer beside its pieces, in a sentence that begins with a space."""
        return ""


def _branched(job: Generate) -> list[Text]:
    """What was taken in place of what, where the answer is a branch."""
    if not isinstance(job, Branch):
        return []
    return [BRANCH.format(place=job.place, taken=visible(job.taken), instead=visible(job.instead))]


def _pieces(answer: Answer, by: Provenance) -> tuple[int | None, int | None]:
    """How many went in and came out; a summarizer that is no model has none."""
    return (None, None) if by.model == LEAD else (answer.input_pieces, answer.output_pieces)


def _counted(answer: Answer, by: Provenance) -> str:
    """The pieces; nothing where there are none, or a server does not count them."""
    into, out = _pieces(answer, by)
    if into is None or out is None:
        return ""
    speed = out / by.seconds if by.seconds else 0.0
    return tr(
        f"{into} pieces in, {out} out, {speed:.0f}/s.",
        f"{into} piezas de entrada, {out} de salida, {speed:.0f}/s.",
    )
