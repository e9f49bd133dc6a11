"""Exercise 3 in plain mode: the texts with their labels, and what is counted of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.exercises import moderation, moderation_tables
from llm_tui.exercises.counts import kind_name
from llm_tui.exercises.material import KINDS
from llm_tui.exercises.moderation import Answers
from llm_tui.exercises.samples import Sample, pasted, read_samples
from llm_tui.export.table import Table
from llm_tui.foundation.labels_job import ZeroShot
from llm_tui.i18n import Text, tr
from llm_tui.labelled.columns import NO_CHOICE, Doubt
from llm_tui.labelled.columns import Choice as Columns
from llm_tui.plain import words
from llm_tui.plain.desk import Desk, Part
from llm_tui.plain.here import NUMBER_WANTED
from llm_tui.plain.menu import Choice
from llm_tui.playground.tasks import zero_shot

LINES = (
    ("model", Text("Model", "Modelo")),
    ("labels", Text("Labels, parted by commas", "Etiquetas, separadas por comas")),
    ("key_label", Text("Key label, which the table is about", "Etiqueta clave, de la que trata la tabla")),
    ("template", Text("Hypothesis; {} stands for the label", "Hipótesis; {} es la etiqueta")),
    ("other", Text("Hypothesis that it is compared with", "Hipótesis con que se compara")),
)

UNMARKED, WHY, ALL = Text("unmarked", "sin-marcar"), Text("why", "porqué"), Text("all", "todas")


def _choices(desk: Desk) -> Sequence[Choice]:
    return (
        Choice(words.TEXTS, Text("hear the texts, and write into them", "oír los textos, y escribir en ellos"),
               lambda: _texts(desk)),
        Choice(words.CONFIRM, Text("confirm labels that came with their texts as your own marks",
                                   "confirmar como marcas propias etiquetas que venían con su texto"),
               lambda: _confirm(desk)),
        Choice(UNMARKED, Text("take away the labels that came with their texts, to mark them yourself",
                              "quitar las etiquetas que venían con su texto, para marcarlas usted"),
               lambda: _unmark(desk)),
        Choice(words.ADD, Text("add texts, one on each line; after tabs its label and kind",
                               "añadir textos, uno por línea; tras tabuladores, su etiqueta y tipo"),
               lambda: _add(desk)),
        Choice(words.DROP, Text("drop a text", "quitar un texto"), lambda: _drop(desk)),
        Choice(words.OPEN, Text("take the texts from a CSV file", "tomar los textos de un archivo CSV"),
               lambda: _open(desk)),
        Choice(words.SETTINGS, Text("model, labels, key label, hypotheses, threshold",
                                    "modelo, etiquetas, etiqueta clave, hipótesis, umbral"), lambda: _settings(desk)),
        Choice(ALL, Text("every label in the table, or the key label alone",
                         "todas las etiquetas en la tabla, o solo la clave"), lambda: _every(desk)),
        Choice(WHY, Text("hear which words gave a text its label", "oír qué palabras dieron su etiqueta a un texto"),
               lambda: _why(desk)),
    )  # fmt: skip


def _table(desk: Desk) -> Table:
    return moderation_tables.table(desk.answers, i18n.export_language(), desk.note.get("every", False))


def _every(desk: Desk) -> None:
    desk.note["every"] = not desk.note.get("every", False)
    desk.here.read_table(_table(desk))


def _line(sample: object) -> str:
    text, label = getattr(sample, "text", ""), getattr(sample, "label", "")
    own = "" if not label or getattr(sample, "is_own", False) else tr(" (not your mark)", " (no es marca suya)")
    return f"{text} [{label or tr('no label', 'sin etiqueta')}{own}]"


def _pick(desk: Desk) -> int:
    return desk.here.pick(NUMBER_WANTED, [_line(sample) for sample in desk.answers.samples])


def _texts(desk: Desk) -> None:
    row, ask, answers = _pick(desk), desk.here.console.ask, desk.answers
    sample, among = answers.samples[row], ", ".join(answers.label_names())
    said = ask(tr(f"Its true label, one of: {among}.", f"Su etiqueta verdadera, una de: {among}."), sample.label)
    if said not in ("", *answers.label_names()):
        raise UserError(tr(f"“{said}” is none of the labels.", f"«{said}» no es una de las etiquetas."))
    text = ask(tr("The text.", "El texto."), sample.text)
    known = ", ".join(map(str, KINDS.values()))
    before = kind_name(sample.kind, i18n.language())
    kind = ask(tr(f"Its kind: {known}, or another.", f"Su tipo: {known}, u otro."), before)
    changed = {"text": text, "kind": kind} | ({"label": said} if said != sample.label else {})
    desk.change(moderation.with_sample(answers, row, **changed))


def _confirm(desk: Desk) -> None:
    """One by its number, or all that are lacking with a word."""
    asked = tr(
        "Which texts? Numbers parted by spaces, or all.", "¿Qué textos? Números separados por espacios, o todos."
    )
    if not desk.here.console.ahead:
        desk.here.console.say(*(f"{n}. {_line(sample)}" for n, sample in enumerate(desk.answers.samples, start=1)))
    said, answers = desk.here.console.ask(asked).split(), desk.answers
    everyone = said and words.is_word(said[0], Text("all", "todos"))
    there = range(len(answers.samples))
    for row in there if everyone else [words.place(each, len(there)) for each in said]:
        if row is not None and answers.samples[row].label.strip():
            answers = moderation.confirmed(answers, row)
    desk.change(answers)


def _unmark(desk: Desk) -> None:
    without = moderation.unmarked(desk.answers)
    if without == desk.answers:
        raise UserError(tr("No label here came with its text.", "Ninguna etiqueta de aquí venía con su texto."))
    desk.change(without)


def _add(desk: Desk) -> None:
    typed = desk.here.console.ask_lines(tr("The texts.", "Los textos."))
    desk.set(samples=(*desk.answers.samples, *pasted(typed)))


def _drop(desk: Desk) -> None:
    row, samples = _pick(desk), desk.answers.samples
    desk.set(samples=samples[:row] + samples[row + 1 :])


def _open(desk: Desk) -> None:
    path = desk.ask_path(tr("Which CSV file? Its path.", "¿Qué archivo CSV? Su ruta."))
    try:
        _read(desk, path, NO_CHOICE)
    except Doubt as doubt:
        desk.here.console.say(str(doubt))
        ask = desk.here.console.ask
        label = ask(tr("The column of the labels, by name or number.", "La columna de las etiquetas."))
        text = ask(tr("The column of the texts, by name or number.", "La columna de los textos."))
        _read(desk, path, Columns(text, label))


def _read(desk: Desk, path: Path, choice: Columns) -> None:
    samples, said = read_samples(path, desk.answers.label_names(), choice)
    desk.set(samples=samples)
    desk.here.console.say(*said)


def _settings(desk: Desk) -> None:
    asked = desk.asked(LINES)
    said = desk.here.ask_field(moderation.THRESHOLD, str(desk.answers.threshold))
    desk.set(**asked, threshold=moderation.THRESHOLD.read(said))


def _why(desk: Desk) -> None:
    answers: Answers = desk.answers
    sample = answers.samples[_pick(desk)]
    asked = ((zero_shot.LABELS, answers.labels), (zero_shot.HYPOTHESIS, answers.template))
    how = [f"--model={answers.model}", *(f"{field.option}={value}" for field, value in asked)]
    desk.here.command([zero_shot.TASK.command.name, *how, "--why", "--", sample.text])


def _edited(answers: Answers, desk: Desk, row: str, column: str, text: str) -> Answers:
    return replace(answers, comments={**answers.comments, row: text})


def _take_over(answers: Answers, job: ZeroShot) -> Answers:
    return replace(answers, samples=(*answers.samples, Sample(job.texts[0])))


PART = Part(_choices, _edited, table=_table, take_over=_take_over)
