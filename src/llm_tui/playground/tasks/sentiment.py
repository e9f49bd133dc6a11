"""Tell the sentiment of a text, step by step."""

from __future__ import annotations

from collections.abc import Sequence

from llm_tui.export.table import Column, Table
from llm_tui.foundation import tables, teaching
from llm_tui.foundation.labels_job import SENTIMENT_MODEL, Judged, Sentiment
from llm_tui.i18n import Text, tr
from llm_tui.playground.task import Command, Given, Span, Task
from llm_tui.visible import visible

COLUMNS = (
    tables.TEXT,
    tables.LABEL,
    Column("score", Text("score", "puntuación"), numeric=True),
    Column("logits", Text("logits", "logits")),
)


class SentimentTask(Task[Sentiment, Judged]):
    name = "sentiment"
    title = Text("Sentiment", "Sentimiento")
    example = "The new pipeline is a joy to work with!"
    command = Command(
        "sentiment",
        Text("Tell the sentiment of texts.", "Dice el sentimiento de los textos."),
        Text("Classify each text with a model for sequences.", "Clasifica cada texto con un modelo de secuencias."),
    )
    definitions = Text(
        "- **logits, softmax**: the numbers that a model gives out, and what makes probabilities of them.\n",
        "- **logits, softmax**: los números que da el modelo, y lo que los convierte en probabilidades.\n",
    )
    model = SENTIMENT_MODEL
    stand_in = teaching.SENTIMENT

    def job(self, given: Given) -> Sentiment:
        return Sentiment(given.texts, given.model, given.asking.batch_size)

    def table(self, job: Sentiment, result: Judged) -> Table:
        rows = tuple(
            (
                text,
                result.labels[steps.best],
                steps.probabilities[steps.best],
                ", ".join(f"{label} {logit:.3f}" for label, logit in zip(result.labels, steps.logits, strict=True)),
            )
            for text, steps in zip(job.texts, result.texts, strict=True)
        )
        return Table(COLUMNS, rows, (*self.not_whole(job, result), tables.made_by(result.made_by)))

    def not_whole(self, job: Sentiment, result: Judged) -> list[Text]:
        return tables.numbered(tables.CUT, (steps.cut for steps in result.texts))

    def plain(self, job: Sentiment, result: Judged) -> list[str]:
        return [f"{result.labels[steps.best]} {steps.probabilities[steps.best]:.3f}" for steps in result.texts]

    def line(self, job: Sentiment, result: Judged) -> str:
        return self.plain(job, result)[0]

    def shown(self, job: Sentiment, result: Judged) -> list[Span]:
        """What AutoTokenizer and AutoModel do, one after the other."""
        steps = result.texts[0]
        pieces = "  ".join(f"{piece} {id}" for piece, id in zip(steps.pieces, steps.ids, strict=True))
        cut = f"\n{tables.ONE_CUT}" if steps.cut else ""
        return [
            (tr("1. pieces and ids  ", "1. piezas e ids  "), "accent"), (pieces, ""),
            ("\n", ""), ("2. logits  ", "accent"), (_by_label(result, steps.logits, "+.3f"), ""),
            ("\n", ""), ("3. softmax  ", "accent"), (_by_label(result, steps.probabilities, ".3f"), ""),
            ("\n", ""), (tr("4. prediction  ", "4. predicción  "), "accent"),
            (visible(result.labels[steps.best]), "strong"), (cut, ""),
        ]  # fmt: skip


def _by_label(result: Judged, numbers: Sequence[float], form: str) -> str:
    return "  ".join(f"{visible(label)} {number:{form}}" for label, number in zip(result.labels, numbers, strict=True))


TASK = SentimentTask()
