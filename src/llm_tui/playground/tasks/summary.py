"""Summarize a text."""

from __future__ import annotations

from llm_tui.export.table import Column, Table
from llm_tui.foundation import facts
from llm_tui.foundation.job import SUMMARIZE, Generate, Generated
from llm_tui.i18n import Text, percent, tr
from llm_tui.playground.generating import Generating
from llm_tui.playground.task import Command


class Summary(Generating):
    name = "summary"
    title = Text("Summary", "Resumen")
    example = (
        "Los modelos de lenguaje escriben, resumen y traducen. En clase permiten probar ideas en minutos, pero pueden "
        "inventar datos, repetir sesgos y ocultar de dónde sale lo que dicen. Por eso conviene medirlos, guardar lo "
        "que se les pregunta y revisar sus respuestas antes de usarlas."
    )
    command = Command(
        "summarize", Text("Summarize texts.", "Resume textos."), Text("Summarize each text.", "Resume cada texto.")
    )
    others = ("sshleifer/distilbart-cnn-12-6", "facebook/bart-large-cnn", "smollm2-135m-instruct")
    measured = SUMMARIZE
    exercise = 5

    def table(self, job: Generate, result: Generated) -> Table:
        table = super().table(job, result)
        columns = (
            Column("compression", Text("compression", "compresión"), numeric=True, digits=2),
            Column("new_words", Text("new words", "palabras nuevas"), numeric=True, digits=2),
        )
        rows = tuple(
            (*row, *_measured(text, answer.text))
            for row, text, answer in zip(table.rows, job.texts, result.answers, strict=True)
        )
        return Table((*table.columns, *columns), rows, table.footer)

    def measures(self, job: Generate, result: Generated) -> str:
        compression, new = _measured(job.texts[0], result.answers[0].text)
        if compression is None or new is None:
            return ""
        return tr(
            f" {percent(compression)} of the source's words; {percent(new)} of its own are not there.",
            f" {percent(compression)} de las palabras de la fuente; el {percent(new)} de las suyas no está allí.",
        )


def _measured(source: str, summary: str) -> tuple[float | None, float | None]:
    """Words of the summary per word of the source, and the share of its words that the source does not have."""
    return facts.compression(source, summary), facts.new_words(source, summary)


TASK = Summary()
