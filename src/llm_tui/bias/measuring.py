"""Asking a classifier for pairs of texts, and what the differences show."""

from __future__ import annotations

from llm_tui.bias.job import Compare, Compared, Scores, difference, measures
from llm_tui.bias.statistics import effect
from llm_tui.engine.job import Context, run_job
from llm_tui.errors import UserError
from llm_tui.foundation.labels_job import IDENTITY, Judged
from llm_tui.i18n import tr


def compare(job: Compare, context: Context) -> Compared:
    """The scores of both texts of each pair, and the effect of each measure.

    Raises:
        UserError: there are no pairs, or the model cannot be asked.
    """
    if not job.pairs:
        raise UserError(tr("There are no pairs: add one.", "No hay pares: añada uno."))
    asked = job.asked()
    answer = run_job(asked, context)
    if isinstance(answer, Judged) and answer.activation == IDENTITY:
        raise _no_classes(job.model.name)
    labels: tuple[str, ...] = answer.labels
    by_text = [_scores(answer, number) for number in range(len(asked.texts))]
    scores = tuple(zip(by_text[::2], by_text[1::2], strict=True))
    effects = tuple(
        effect(name, [difference(pair, weights) for pair in scores], job.seed, job.resamples, context.check)
        for name, weights in measures(job.task, labels).items()
    )
    return Compared(labels, scores, effects, answer.made_by)


def _no_classes(name: str) -> UserError:
    return UserError(
        tr(
            f"The model {name} gives a number and no classes (regression), and pairs compare the scores of classes: "
            "choose a model that classifies texts.",
            f"El modelo {name} da un número y no clases (regresión), y los pares comparan puntuaciones de clases: "
            "elija un modelo que clasifique textos.",
        )
    )


def _scores(answer: object, number: int) -> Scores:
    text = answer.texts[number]  # type: ignore[attr-defined]
    return text.probabilities if isinstance(answer, Judged) else text.scores  # type: ignore[no-any-return]
