"""The table of the two flows: a row for each fact, a column for each flow, and one for the student's notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from llm_tui.engine.energy import Energy, total
from llm_tui.exercises.agreement import wilson
from llm_tui.export import energy
from llm_tui.export.table import Cell, Column, Own, Table
from llm_tui.foundation.tables import made_by, model_name
from llm_tui.i18n import Text

if TYPE_CHECKING:
    from llm_tui.exercises.flows import Answers, Classic, Foundation

MOST_MODELS = 3
"""Beside the classifier: with another one the first gives way."""

CLASSIC = Text("classic", "clásico")
ZERO_SHOT = Text("zero-shot", "zero-shot")

FACTS = {
    "model": Text("model", "modelo"),
    "accuracy": Text("accuracy", "exactitud"),
    "interval": Text("95% interval", "intervalo del 95 %"),
    "milliseconds": Text("ms per text", "ms por texto"),
    "train_time_s": Text("training (s)", "entrenamiento (s)"),
    "parameters": Text("parameters (M)", "parámetros (M)"),
    "labelled": Text("labelled examples", "ejemplos etiquetados"),
    "memory_mb": Text("memory (MB)", "memoria (MB)"),
    "disk_mb": Text("on disk (MB)", "en disco (MB)"),
}
"""What the table says of each flow."""

ENERGY = {
    "training_wh": Text("training (Wh)", "entrenamiento (Wh)"),
    "energy_wh": Text("test (Wh)", "prueba (Wh)"),
    "energy_mwh_per_text": Text("mWh per text", "mWh por texto"),
}
"""Besides, where anything of it was measured."""

MILLIWATT_HOUR = 3.6
"""Joules."""

OF_BOTH = Text("of the training loop, and of the test", "del bucle de entrenamiento, y de la prueba")

OTHER = Text("(another comparison)", "(otra comparación)")


def facts(answers: Answers) -> dict[str, Text]:
    """The rows of the table: their heads, by the keys that the notes have."""
    classic = answers.classic
    if classic is None:
        return FACTS
    known = total([classic.train_energy, classic.energy, *(one.made_by.energy for one in answers.asked)])
    return FACTS | ENERGY if known.measured else FACTS


def table(answers: Answers, language: str) -> Table:
    """A column for each flow that was compared; none where nothing was. Words of its own are in the `language`."""
    rows, columns, footer = facts(answers), [], tuple[Text, ...]()
    if classic := answers.classic:
        columns = [_of_classic(classic), *(_of_model(one, classic.rows) for one in answers.asked)]
        footer = (*_footer(classic, answers.asked), *_gave_way(answers))
    stale = answers.stale()
    cells = tuple(
        (head.within(language), *(column.get(key) for column in columns), _note(answers, key, stale, language))
        for key, head in rows.items()
    )
    notes = Column("notes", Text("notes", "notas"), editable=True)
    return Table(
        (Column("fact", Text("fact", "dato")), *_heads(answers), notes),
        cells,
        footer,
        tuple(rows),
        {(key, "notes"): answers.notes.get(key, "") for key in rows},
    )


def _heads(answers: Answers) -> list[Column]:
    heads = [("classic", CLASSIC)] if answers.classic else []
    for number in range(1, len(answers.asked) + 1):
        which = Text(f"{ZERO_SHOT.en} {number}", f"{ZERO_SHOT.es} {number}") if number > 1 else ZERO_SHOT
        heads.append((which.en.replace(" ", "_").replace("-", "_"), which))
    return [Column(key, head, numeric=True) for key, head in heads]


def _note(answers: Answers, key: str, stale: set[str], language: str) -> str:
    note = answers.notes.get(key, "")
    return f"{OTHER.within(language)} {note}" if key in stale else note


def _of_classic(classic: Classic) -> dict[str, Cell]:
    return {
        "model": "EmbeddingBag",
        **_tested(classic.hits, classic.rows, classic.seconds),
        "train_time_s": Own.of(classic.train_seconds, 2),
        **_size(classic.parameters, classic.memory, classic.disk),
        "labelled": classic.train_rows,
        "training_wh": _energy(classic.train_energy),
        "energy_wh": _energy(classic.energy),
        "energy_mwh_per_text": _energy(classic.energy, MILLIWATT_HOUR * classic.rows),
    }


def _of_model(one: Foundation, rows: int) -> dict[str, Cell]:
    """What the training of a pretrained model took nobody knows here."""
    by = one.made_by
    return {
        "model": model_name(by.model),
        **_tested(one.hits, rows, by.seconds),
        **_size(by.parameters, one.memory, one.disk),
        "labelled": 0,
        "energy_wh": _energy(by.energy),
        "energy_mwh_per_text": _energy(by.energy, MILLIWATT_HOUR * rows),
    }


def _tested(hits: int, rows: int, seconds: float | None) -> dict[str, Cell]:
    interval = wilson(hits, rows)
    assert interval is not None  # there is no test set without rows
    low, high = interval
    return {
        "accuracy": Own(hits / rows, 3),
        "interval": f"{low:.3f}-{high:.3f}",
        "milliseconds": Own.of(None if seconds is None else 1000 * seconds / rows, 2),
    }


def _size(parameters: int | None, memory: int | None, disk: int | None) -> dict[str, Cell]:
    """Each in millions: of parameters, of bytes."""
    return {
        "parameters": Own.of(None if parameters is None else parameters / 1e6, 2),
        "memory_mb": Own.of(None if memory is None else memory / 1e6, 1),
        "disk_mb": Own.of(None if disk is None else disk / 1e6, 1),
    }


def _energy(one: Energy | None, unit: float = energy.UNIT) -> Cell:
    cell = energy.cell(one, unit)
    return Own(cell, energy.COLUMN.digits) if isinstance(cell, float) else cell


def _footer(classic: Classic, models: Sequence[Foundation]) -> tuple[Text, ...]:
    """What made the figures, and why some are not there."""
    data = Text(
        "Data: {name}{synthetic}, the first {rows} test rows.",
        "Datos: {name}{synthetic}, las primeras {rows} filas de prueba.",
    )
    synthetic = Text(" (synthetic texts)", " (textos sintéticos)") if classic.synthetic else Text("", "")
    said = [data.format(name=classic.data_name, synthetic=synthetic, rows=classic.rows)]
    for one in models:
        said.append(made_by(one.made_by, Text(" Hypothesis: “{t}”.", " Hipótesis: «{t}».").format(t=one.template)))
    said += _lacking(classic, models)
    known = (classic.train_energy, classic.energy, *(one.made_by.energy for one in models))
    if total(known).measured:
        said.append(energy.footnote(known, OF_BOTH))
    return tuple(said)


def _gave_way(answers: Answers) -> list[Text]:
    if not answers.gave_way:
        return []
    named = [
        Text("{model} (“{t}”)", "{model} («{t}»)").format(model=model_name(model), t=template)
        for model, template in answers.gave_way
    ]
    said = Text(
        "Up to {most} models stand beside the classifier; measured on these rows too, and without a column by now: "
        "{names}.",
        "Junto al clasificador hay hasta {most} modelos; medidos también con estas filas y ya sin columna: {names}.",
    )
    return [said.format(most=MOST_MODELS, names=Text(", ", ", ").join(named))]


def _lacking(classic: Classic, models: Sequence[Foundation]) -> list[Text]:
    said = [
        Text(
            "How long a pretrained model was trained, and on how much, nobody knows here.",
            "Cuánto se entrenó un modelo preentrenado, y con cuántos datos, aquí no lo sabe nadie.",
        )
    ]
    if classic.train_seconds is None:
        said.append(
            Text("The run of the classifier is not in this lab: how long it was trained is not known.",
                 "La ejecución del clasificador no está en este laboratorio: no se sabe cuánto se entrenó.")
        )  # fmt: skip
    if any(one.made_by.served for one in models):
        said.append(Text("A server does not say how large its model is.",
                         "Un servidor no dice qué tamaño tiene su modelo."))  # fmt: skip
    elif None in (classic.memory, classic.disk, *(n for one in models for n in (one.memory, one.disk))):
        said.append(Text("What is empty was not measured at the time.", "Lo vacío no se midió en su momento."))
    return said
