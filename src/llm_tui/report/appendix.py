"""What the report was made with: the environment, the models, the trainings with their seeds, what was asked."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from llm_tui import __version__
from llm_tui.errors import UserError
from llm_tui.export.table import Cell, Column, Table
from llm_tui.foundation.tables import model_name
from llm_tui.i18n import Text
from llm_tui.lab.audit import OUTCOMES, job_name
from llm_tui.lab.lab import Lab
from llm_tui.lab.tally import Tally
from llm_tui.serving.address import is_here

PACKAGES = ("torch", "transformers", "tokenizers", "sentencepiece", "textual")


def appendix(lab: Lab, language: str) -> dict[str, Table]:
    """Its tables by a name for files; some may have no rows."""
    versions = [("llm-tui", __version__), ("Python", platform.python_version())]
    versions += [(name, found) for name in PACKAGES if (found := _version(name))]
    unread: tuple[tuple[Cell, ...], ...] = ()
    try:
        log = lab.tally()
    except UserError:
        log, why = Tally(), Text("audit.jsonl cannot be read", "no se puede leer audit.jsonl")
        unread = ((why.within(language), None, None),)
    models = sorted({(model_name(model), *others) for model, *others in log.made})
    runs = [run for run in reversed(lab.runs.all()) if run.result]
    rows = [
        (r.result.data_name, r.job.batch_size, r.job.epochs, f"{r.job.lr:g}", r.job.seed, r.result.accuracy)
        for r in runs
        if r.result
    ]
    return {
        "environment": Table(_VERSION_COLUMNS, tuple(versions)),
        "models": Table(_MODEL_COLUMNS, tuple(models)),
        "servers": Table(
            _SERVER_COLUMNS, tuple((place, _where(place, language), n) for place, n in sorted(log.sent.items()))
        ),
        "trainings": Table(_RUN_COLUMNS, tuple(rows)),
        "log": Table(
            _LOG_COLUMNS,
            (
                *unread,
                *(
                    (job_name(job).within(language), OUTCOMES[outcome].within(language), count)
                    for (job, outcome), count in sorted(log.ended.items())
                ),
            ),
        ),
    }


_VERSION_COLUMNS = (
    Column("fact", Text("environment", "entorno")),
    Column("value", Text("version", "versión")),
)

_MODEL_COLUMNS = (
    Column("model", Text("model", "modelo")),
    Column("revision", Text("revision", "revisión")),
    Column("precision", Text("precision", "precisión")),
    Column("device", Text("device", "dispositivo")),
)

_SERVER_COLUMNS = (
    Column("server", Text("texts were sent to", "se enviaron textos a")),
    Column("where", Text("where it is", "dónde está")),
    Column("count", Text("times", "veces"), numeric=True),
)

_RUN_COLUMNS = (
    Column("data", Text("training", "entrenamiento")),
    Column("batch_size", Text("batch_size", "batch_size"), numeric=True),
    Column("epochs", Text("epochs", "épocas"), numeric=True),
    Column("lr", Text("learning rate", "tasa de aprendizaje"), numeric=True),
    Column("seed", Text("seed", "semilla"), numeric=True),
    Column("accuracy", Text("accuracy_test", "accuracy_test"), numeric=True),
)

_LOG_COLUMNS = (
    Column("job", Text("log: job", "registro: trabajo")),
    Column("outcome", Text("outcome", "resultado")),
    Column("count", Text("times", "veces"), numeric=True),
)


def _where(place: str, language: str) -> str:
    here = is_here(f"http://{place}")
    return (Text("this machine", "este equipo") if here else Text("elsewhere", "fuera de este equipo")).within(language)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
