"""Tell the sentiment of a text, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from llm_tui.export.table import Column, Table
from llm_tui.foundation import tables, teaching
from llm_tui.foundation.labels_job import IDENTITY, SENTIMENT_MODEL, SIGMOID, SOFTMAX, Judged, Sentiment
from llm_tui.i18n import Text, tr
from llm_tui.playground.task import Command, Given, Span, Task
from llm_tui.visible import visible

COLUMNS = (
    tables.TEXT,
    tables.LABEL,
    Column("score", Text("score", "puntuación"), numeric=True),
    Column("logits", Text("logits", "logits")),
)

ACTIVATIONS = {
    SOFTMAX: Text("softmax", "softmax"),
    SIGMOID: Text("sigmoid", "sigmoide"),
    IDENTITY: Text("identity (regression)", "identidad (regresión)"),
}


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
        "- **logits, softmax**: the numbers that a model gives out, and what makes probabilities of them. Where "
        "several classes can be right, or there is one alone, the **sigmoid** makes one of each by itself; the number "
        "of a **regression** stays as it is.\n",
        "- **logits, softmax**: los números que da el modelo, y lo que los convierte en probabilidades. Donde pueden "
        "ser correctas varias clases, o hay una sola, la **sigmoide** hace una de cada uno por separado; el número de "
        "una **regresión** queda como está.\n",
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
        return Table(_columns(result), rows, (*self.not_whole(job, result), tables.made_by(result.made_by)))

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
            ("\n", ""), (f"3. {ACTIVATIONS[result.activation]}  ", "accent"),
            (_by_label(result, steps.probabilities, ".3f"), ""),
            ("\n", ""), (tr("4. prediction  ", "4. predicción  "), "accent"),
            (visible(result.labels[steps.best]), "strong"), (cut, ""),
        ]  # fmt: skip


def _columns(result: Judged) -> tuple[Column, ...]:
    """The column of the scores says what made them, where that is not the softmax."""
    if result.activation == SOFTMAX:
        return COLUMNS
    text, label, score, logits = COLUMNS
    said = Text("{score} ({by})", "{score} ({by})").format(score=score.head, by=ACTIVATIONS[result.activation])
    return text, label, replace(score, head=said), logits


def _by_label(result: Judged, numbers: Sequence[float], form: str) -> str:
    return "  ".join(f"{visible(label)} {number:{form}}" for label, number in zip(result.labels, numbers, strict=True))


TASK = SentimentTask()
