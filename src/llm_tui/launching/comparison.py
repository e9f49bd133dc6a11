"""The two flows compared elsewhere: what is handed over, and the table of what comes back."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from llm_tui.classifier.job import Retested
from llm_tui.engine.energy import Energy
from llm_tui.errors import UserError, reason
from llm_tui.exercises import flows
from llm_tui.export.table import Table
from llm_tui.fields import Field
from llm_tui.foundation.job import Classified, ZeroShot
from llm_tui.foundation.settings import MODEL, WHERE
from llm_tui.i18n import tr
from llm_tui.lab.results import Found
from llm_tui.lab.runs import Run

NAME = "flows"


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


def table_of(found: Sequence[Found]) -> Table | None:
    """None where one of the flows is lacking; of one that was asked twice the last answer."""
    classic = [one.result for one in found if isinstance(one.result, Retested)]
    asked = [one for one in found if isinstance(one.job, ZeroShot) and isinstance(one.result, Classified)]
    if not classic or not asked or len(classic[-1].texts) != len(asked[-1].job.texts):
        return None
    return flows.table(classic[-1], asked[-1].result, asked[-1].job.template, Energy.unknown("with-run"))
