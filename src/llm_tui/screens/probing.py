"""The test of a model with jailbreaks and escape sequences, which exercise 7 may rest on: asked for, and told of."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import App

from llm_tui.foundation.job import TEXT_MODEL
from llm_tui.foundation.probes import ProbeReport
from llm_tui.i18n import tr
from llm_tui.keys import ADD


def ask_model(app: App[None], model: str, take: Callable[[str], object]) -> None:
    """Ask which model is to be tested; `model` is the one of last time."""
    from llm_tui.screens.dialogs import AskDialog

    def asked(named: str | None) -> None:
        if named is not None:
            take(named)

    title = tr("Test which model? (hub id or folder)", "¿Qué modelo se prueba? (id del hub o carpeta)")
    app.push_screen(AskDialog(title, TEXT_MODEL, model or TEXT_MODEL), asked)


def told(report: ProbeReport) -> str:
    """How the test came out, and what can be done with that."""
    failed, of = sum(not probed.passed for probed in report.results), len(report.results)
    return tr(
        f"The test is done: the model failed {failed} of its {of} attempts; {ADD.spoken} adds it as evidence.",
        f"La prueba terminó: el modelo falló en {failed} de los {of} intentos; {ADD.spoken} la añade como evidencia.",
    )
