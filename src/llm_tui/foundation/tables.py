"""Answers of pretrained models as tables, with what made them in the footer. Light."""

from __future__ import annotations

from collections.abc import Sequence

from llm_tui import __version__
from llm_tui.export.table import Column, Table
from llm_tui.foundation.job import LEAD, Provenance, Settings
from llm_tui.foundation.models import ModelState
from llm_tui.foundation.teaching import TEACHING
from llm_tui.i18n import Text, number

TEXT = Column("text", Text("text", "texto"))
LABEL = Column("label", Text("label", "etiqueta"))
"""Columns that several tables have."""


def model_name(name: str) -> str:
    """A hub id as it is, of a folder the last part: the rest tells whose home it is in."""
    return name.rstrip("/").rpartition("/")[2] if name.startswith(("/", "~", ".")) else name


def made_by(by: Provenance, more: Text | None = None, task: str = "") -> Text:
    """One sentence on what made an answer; `task` is that of a `Generate` job."""
    if by.model == LEAD:
        said = Text(
            "{name}: the first three sentences of the source, without a model; llm-tui {version}.",
            "{name}: las tres primeras oraciones de la fuente, sin ningún modelo; llm-tui {version}.",
        )
        return said.format(name=LEAD, version=by.revision)
    revision = f" @ {by.revision[:7]}" if by.revision else ""
    said = Text(
        "Model: {name}; {millions} M parameters; {device}; {precision}; {seconds} s; llm-tui {version}.",
        "Modelo: {name}; {millions} M de parámetros; {device}; {precision}; {seconds} s; llm-tui {version}.",
    ).format(
        name=f"{model_name(by.model)}{revision}",
        millions=_or_dash(by.parameters and by.parameters / 1e6, 1),
        device=by.device or "-",
        precision=by.precision or "-",
        seconds=_or_dash(by.seconds, 2),
        version=__version__,
    )
    quality = [TEACHING[by.model].quality(task)] if by.model in TEACHING else []
    said = Text(" ", " ").join([*quality, said])
    return said if more is None else Text("", "").join([said, more])


def _or_dash(value: float | None, digits: int) -> Text:
    return Text("-", "-") if value is None else number(value, digits)


def how(settings: Settings) -> Text:
    """One sentence on how the text was generated."""
    common = f"max_new_tokens {settings.max_new_tokens}, repetition_penalty {settings.repetition_penalty:g}"
    if settings.sample:
        chosen = (
            f"temperature {settings.temperature:g}, top_p {settings.top_p:g}, top_k {settings.top_k}, "
            f"seed {settings.seed}, {common}"
        )
        return Text(f" Sampling: {chosen}.", f" Muestreo: {chosen}.")
    if settings.beams > 1:
        return Text(
            f" Beam search: {settings.beams} beams, {common}.", f" Búsqueda en haz: {settings.beams} haces, {common}."
        )
    return Text(f" Greedy: {common}.", f" Voraz: {common}.")


def models_table(models: Sequence[ModelState]) -> Table:
    columns = (
        Column("model", Text("model", "modelo")),
        Column("tasks", Text("tasks", "tareas")),
        Column("cached", Text("in the cache", "en la caché")),
        Column("megabytes", Text("MB", "MB"), numeric=True, digits=1),
        Column("weights", Text("weights", "pesos")),
        Column("licence", Text("licence", "licencia")),
        Column("fits", Text("fits", "cabe")),
    )
    rows = tuple(
        (
            model.name,
            ", ".join(model.tasks),
            model.revision[:7] if model.usable else None,
            model.bytes / 1e6 if model.bytes else None,
            model.weights,
            model.licence,
            {True: "✓", False: "✗", None: None}[model.fits],
        )
        for model in models
    )
    return Table(columns, rows)
