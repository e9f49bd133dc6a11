"""Answers of pretrained models as tables, with what made them in the footer. Light."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from llm_tui.export.table import Column, Table
from llm_tui.foundation.job import LEAD, Provenance, Settings
from llm_tui.foundation.models import ModelState
from llm_tui.foundation.teaching import TEACHING
from llm_tui.i18n import Text, number
from llm_tui.serving.address import is_here
from llm_tui.serving.job import Served

TEXT = Column("text", Text("text", "texto"))
LABEL = Column("label", Text("label", "etiqueta"))
"""Columns that several tables have."""


ONE_CUT = Text("The text was cut: it is longer than the model takes.",
               "El texto se cortó: es más largo de lo que admite el modelo.")  # fmt: skip
CUT = Text("Cut, for they are longer than the model takes: texts {numbers}.",
           "Cortados, pues son más largos de lo que admite el modelo: textos {numbers}.")  # fmt: skip

ENDLESS = Text("The answer reached its limit: the end is missing.", "La respuesta llegó a su límite: falta el final.")

MOST_NUMBERED = 20


def numbered(said: Text, holds: Iterable[bool]) -> list[Text]:
    """The sentence with the numbers, from 1, of those of which it holds; nothing where that is none."""
    numbers = [str(number) for number, does in enumerate(holds, start=1) if does]
    more = ["…"] if len(numbers) > MOST_NUMBERED else []
    return [said.format(numbers=", ".join([*numbers[:MOST_NUMBERED], *more]))] if numbers else []


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
    if by.served is not None:
        return Text("", "").join([_served(by, by.served), *([more] if more else [])])
    revision = f" @ {by.revision[:7]}" if by.revision else ""
    said = Text(
        "Model: {name}; {millions} M parameters; {device}; {precision}; {seconds} s{version}.",
        "Modelo: {name}; {millions} M de parámetros; {device}; {precision}; {seconds} s{version}.",
    ).format(
        name=f"{model_name(by.model)}{revision}",
        millions=_or_dash(by.parameters and by.parameters / 1e6, 1),
        device=by.device or "-",
        precision=by.precision or "-",
        seconds=_or_dash(by.seconds, 2),
        version=_version(by),
    )
    quality = [TEACHING[by.model].quality(task)] if by.model in TEACHING else []
    said = Text(" ", " ").join([*quality, said])
    return said if more is None else Text("", "").join([said, more])


def each_made_by(made: Iterable[tuple[Provenance, Text | None]], task: str = "") -> tuple[Text, ...]:
    """A sentence for each maker of answers, and way to make them, in the order of first appearance; each with the time
    of all its answers.
    """
    found: dict[object, tuple[Provenance, Text | None]] = {}
    for by, more in made:
        before, _ = found.get((by.maker, more), (None, None))
        found[by.maker, more] = by.after(before), more
    return tuple(made_by(by, more, task) for by, more in found.values())


def _version(by: Provenance) -> str:
    """That of the program which made the answer; one that did not write it down is not said to be today's."""
    return f"; llm-tui {by.version}" if by.version else ""


def _served(by: Provenance, served: Served) -> Text:
    """Which server answered, where that is, and what of the answer is the server's own affair."""
    left = Text("", "") if is_here(served.by) else Text("the texts left this machine, and ",
                                                        "los textos salieron de este equipo, y ")  # fmt: skip
    said = Text(
        "Model: {name}, served by {server} (as “{called}”, {day}): {left}answers may change when the server does; "
        "{seconds} s{version}.",
        "Modelo: {name}, servido por {server} (como «{called}», {day}): {left}las respuestas pueden cambiar cuando "
        "cambie el servidor; {seconds} s{version}.",
    ).format(
        name=by.model.partition("#")[2] or by.model,
        server=served.by,
        called=served.model or "?",
        day=served.day,
        left=left,
        seconds=_or_dash(by.seconds, 2),
        version=_version(by),
    )
    unknown = Text(" The server does not know {names}.", " El servidor no conoce {names}.")
    more = [unknown.format(names=", ".join(served.refused))] if served.refused else []
    if served.labelled_by:
        more.append(LABELLED_BY["logprobs" if by.scored else "answer"])
    return Text("", "").join([said, *more])


LABELLED_BY = {
    "logprobs": Text(
        " Labels by the log-probability of the answer's first piece.",
        " Etiquetas según la log-probabilidad de la primera pieza de la respuesta.",
    ),
    "answer": Text(
        " Labels by the answer alone, for the server gives no usable log-probabilities: there are no scores.",
        " Etiquetas solo según la respuesta, pues el servidor no da log-probabilidades útiles: no hay puntuaciones.",
    ),
}


def energy_of(by: Provenance) -> Text | None:
    """One sentence on what an answer took; None where nobody could have measured it."""
    if by.energy is None or not by.energy.worth_saying:
        return None
    return Text("Energy: {said}.", "Energía: {said}.").format(said=by.energy.said())


def _or_dash(value: float | None, digits: int) -> Text:
    return Text("-", "-") if value is None else number(value, digits)


def how(settings: Settings, by: Provenance | None = None) -> Text:
    """One sentence on how the text was generated; a server is only asked for what its API has."""
    if by is not None and by.served is not None:
        return _asked(settings)
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


def _asked(settings: Settings) -> Text:
    length = f"max_tokens {settings.max_new_tokens}"
    if settings.sample:
        chosen = f"temperature {settings.temperature:g}, top_p {settings.top_p:g}, seed {settings.seed}, {length}"
        said = Text(
            f" Sampling: {chosen}; a seed repeats an answer only where the server follows it.",
            f" Muestreo: {chosen}; una semilla solo repite una respuesta si el servidor la sigue.",
        )
    else:
        said = Text(f" Greedy: temperature 0, {length}.", f" Voraz: temperature 0, {length}.")
    return Text("", "").join([said, not_asked(settings)])


def not_asked(settings: Settings) -> Text:
    """What of the settings no server was asked for, with a space before it; nothing where that is nothing."""
    names = unasked(settings)
    said = Text(
        " Not asked of the server, whose API has no such setting: {names}.",
        " No se le pidió al servidor, cuya API no tiene ese ajuste: {names}.",
    )
    return said.format(names=", ".join(names)) if names else Text("", "")


def unasked(settings: Settings) -> dict[str, float]:
    """The settings that the API of servers does not have, by their names, where they would change an answer."""
    return {
        **({"top_k": settings.top_k} if settings.sample else {}),
        **({"beams": settings.beams} if settings.beams > 1 else {}),
        **({"repetition_penalty": settings.repetition_penalty} if settings.repetition_penalty != 1 else {}),
    }


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
            model.served or (model.revision[:7] if model.usable else None),
            model.bytes / 1e6 if model.bytes else None,
            model.weights,
            model.licence,
            {True: "✓", False: "✗", None: None}[model.fits],
        )
        for model in models
    )
    return Table(columns, rows)
