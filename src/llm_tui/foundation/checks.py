"""What is asked of a model must be complete, wherever the model is. Light."""

from __future__ import annotations

from collections.abc import Sequence

from llm_tui.errors import UserError
from llm_tui.foundation.branch import Branch
from llm_tui.foundation.job import Generate, Settings
from llm_tui.foundation.labels_job import ZeroShot
from llm_tui.i18n import tr


def check_texts(texts: Sequence[str]) -> None:
    """Raises UserError where there is nothing to ask."""
    if not texts or any(not text.strip() for text in texts):
        raise UserError(tr("The text is empty: write something first.", "El texto está vacío: escriba algo primero."))


def check_settings(settings: Settings) -> None:
    """Raises UserError where one is out of range."""
    if settings.max_new_tokens < 1 or settings.beams < 1 or settings.repetition_penalty <= 0:
        raise UserError(
            tr(
                "A setting is out of range: max_new_tokens and beams begin at 1, and repetition_penalty is above 0.",
                "Un ajuste está fuera de rango: max_new_tokens y beams empiezan en 1, y repetition_penalty es mayor "
                "que 0.",
            )
        )
    if settings.sample and not (settings.temperature > 0 and 0 < settings.top_p <= 1 and settings.top_k >= 0):
        raise UserError(
            tr(
                "A setting for sampling is out of range: temperature is above 0, top_p above 0 and at most 1, and "
                "top_k at least 0.",
                "Un ajuste del muestreo está fuera de rango: temperature es mayor que 0, top_p mayor que 0 y como "
                "máximo 1, y top_k al menos 0.",
            )
        )


def check_branch(job: Generate) -> None:
    """Raises UserError where an answer cannot go on from pieces that are given."""
    if isinstance(job, Branch) and job.settings.beams > 1:
        raise UserError(
            tr(
                "With beams an answer is no row of choices, so none can be taken back: ask with one beam.",
                "Con haces (beams) la respuesta no es una sucesión de elecciones, así que ninguna se puede cambiar: "
                "pregunte con un solo haz.",
            )
        )


def check_question(job: ZeroShot) -> None:
    """Raises UserError where a text, a label or the place for it is missing."""
    check_texts(job.texts)
    if not job.labels or any(not label.strip() for label in job.labels):
        raise UserError(
            tr(
                "A label is missing: give at least one, separated by commas.",
                "Falta una etiqueta: indique al menos una, separadas por comas.",
            )
        )
    if "{}" not in job.template:
        raise UserError(
            tr(
                f"The template “{job.template}” has no place for the label: write {{}} where it belongs.",
                f"La plantilla «{job.template}» no tiene sitio para la etiqueta: escriba {{}} donde va.",
            )
        )
