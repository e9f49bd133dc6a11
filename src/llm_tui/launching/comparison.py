"""The two flows compared elsewhere: what is handed over. What comes back goes into the answers, as that of a sheet."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llm_tui.classifier.job import Retest, Trained
from llm_tui.errors import UserError, reason
from llm_tui.exercises import flows
from llm_tui.exercises.flows import Comparison
from llm_tui.fields import Field, read
from llm_tui.foundation.labels_job import TEMPLATE
from llm_tui.foundation.settings import MODEL, WHERE, asking
from llm_tui.i18n import tr
from llm_tui.lab.runs import Run

NAME = flows.NUMBER


def retest(run: Run, rows: int) -> Retest:
    """What the classifier of a run does on its first test rows."""
    trained = Trained(run.result.seconds, run.result.energy) if run.result else None
    return Retest(str(run.folder), run.job, rows, trained)


def asked(run: Run, settings: Mapping[str, str]) -> Comparison:
    """What is compared with the classifier of a run; `settings` as of `arguments`.

    Raises:
        UserError: one of them does not say what it should.
    """
    values = read((flows.ROWS, MODEL, *WHERE), settings)
    how, template = asking(values, generates=False), settings.get("template", TEMPLATE)
    return Comparison(retest(run, values[flows.ROWS]), how.model(values[MODEL]), template, how.batch_size)


def arguments(settings: Mapping[str, str], lab: Path) -> list[str]:
    """Of `llm-tui`; `settings` are what a person typed of rows, template and model, and where models run."""
    fields: tuple[Field[Any], ...] = (flows.ROWS, MODEL, *WHERE)
    options = [f"{field.option}={settings[field.name].strip()}" for field in fields]
    return ["compare-flows", f"--lab={lab}", f"--template={settings['template']}", *options]


def bring_along(run: Run, lab: Path) -> None:
    """The classifier, into the lab of the task: that of the person may have another one by then.

    Raises:
        UserError: it could not be copied.
    """
    try:
        shutil.copytree(run.folder, lab / "runs" / run.id)
    except OSError as error:
        raise UserError(
            tr(
                f"The run {run.id} could not be copied to {lab} ({reason(error)}).",
                f"No se pudo copiar la ejecución {run.id} a {lab} ({reason(error)}).",
            )
        ) from error
