"""The document to hand in: all seven exercises with their state, and what everything was made with."""

from __future__ import annotations

import json
import platform
from collections import Counter
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from llm_tui import __version__
from llm_tui.errors import UserError
from llm_tui.exercises import EXERCISES, Exercise, batch_sizes, ethics, moderation, subwords, summaries
from llm_tui.exercises.sheets import SHEETS
from llm_tui.exercises.state import State
from llm_tui.export.formats import to_csv, to_json
from llm_tui.export.markdown import escape_markdown, to_markdown
from llm_tui.export.table import Cell, Column, Table
from llm_tui.foundation.tables import model_name
from llm_tui.i18n import Text
from llm_tui.lab import sweeps
from llm_tui.lab.audit import OUTCOMES, job_name
from llm_tui.lab.lab import Lab
from llm_tui.report.evidence import facts

PACKAGES = ("torch", "transformers", "tokenizers", "sentencepiece", "textual")


@dataclass(frozen=True, slots=True)
class Part:
    """One exercise as the lab has it: how far it is, its `document`, empty where nothing was begun, its `tables` by a
    name for files, the exercise's own first. `unreadable` is the file that could not be read or understood.
    """

    exercise: Exercise
    progress: State
    document: str
    tables: dict[str, Table]
    unreadable: str = ""

    @property
    def begun(self) -> bool:
        return bool(self.document)

    def state(self) -> Text:
        """How far it is, in words."""
        if self.unreadable:
            said = Text("{file} in the lab cannot be read", "no se puede leer {file} en el laboratorio")
            return said.format(file=self.unreadable)
        return self.progress.said(self.begun)


def parts(lab: Lab, language: str) -> list[Part]:
    """The seven exercises in the course's order; a file that cannot be read costs its own exercise."""
    found = []
    for exercise in EXERCISES:
        try:
            found.append(part(lab, exercise, language))
        except UserError:
            found.append(Part(exercise, State(), "", {}, lab.file(exercise.number)))
    return found


def part(lab: Lab, exercise: Exercise, language: str) -> Part:
    """One exercise, in the language of the export.

    Raises:
        UserError: its file cannot be read.
    """
    read = _part(lab, exercise, language)
    return replace(read, unreadable=lab.file(exercise.number)) if exercise.number in lab.not_understood else read


def _part(lab: Lab, exercise: Exercise, language: str) -> Part:
    match exercise.number:
        case batch_sizes.NUMBER:
            return _batch_sizes(lab, exercise, language)
        case subwords.NUMBER:
            cuts = lab.answers(subwords.NUMBER, subwords.Answers)
            tables = {"words": subwords.table(cuts, language), "measures": subwords.summary_table(cuts)}
            document = subwords.document(cuts, language) if cuts.measured else ""
            return Part(exercise, subwords.state(cuts), document, tables if document else {})
        case ethics.NUMBER:
            answers = lab.answers(ethics.NUMBER, ethics.Answers)
            said = {fact.key: fact.said.within(language) for fact in facts(lab)}
            document = ethics.document(answers, language, said) if answers != ethics.Answers() else ""
            tables = {"checklist": ethics.table(answers, language, said)} if document else {}
            return Part(exercise, ethics.state(answers), document, tables)
        case number:
            return _sheet(lab, exercise, SHEETS[number], language)


def _batch_sizes(lab: Lab, exercise: Exercise, language: str) -> Part:
    answers = lab.answers(batch_sizes.NUMBER, batch_sizes.Answers)
    found = sweeps.shown(answers, lab.runs.all())
    progress = batch_sizes.state(answers, found)
    if answers.sweep is None:
        return Part(exercise, progress, "", {})
    table = batch_sizes.table(answers, found, language)
    return Part(exercise, progress, batch_sizes.document(answers, table, language), {"batch_sizes": table})


def _sheet(lab: Lab, exercise: Exercise, sheet: Any, language: str) -> Part:
    answers = lab.answers(sheet.NUMBER, sheet.Answers)
    progress = sheet.state(answers)
    if answers == sheet.Answers():
        return Part(exercise, progress, "", {})
    tables: dict[str, Table] = {"table": sheet.table(answers, language)}
    if sheet is moderation:
        tables |= {
            "measures": moderation.measures_table(answers),
            "templates": moderation.templates_table(answers),
            "confusion": moderation.confusion_table(answers),
            "kinds": moderation.kinds_table(answers, language),
            "texts": moderation.samples_table(answers, language),
        }
    elif sheet is summaries:
        tables["figures"] = summaries.facts_table(answers, language)
    return Part(exercise, progress, sheet.document(answers, language), tables)


def markdown(lab: Lab, language: str) -> str:
    """The whole report. The same lab gives the same bytes."""
    title = Text("LLM practice", "Práctica de LLM").within(language)
    written = [f"# {title}: {escape_markdown(lab.name, '#')}", *(_chapter(p, language) for p in parts(lab, language))]
    appendix = Text("Appendix: what it was made with", "Apéndice: con qué se hizo").within(language)
    used = (table.for_reading() for table in _appendix(lab, language).values() if table.rows)
    behind = (to_markdown(table, language).rstrip("\n") for table in used)
    return "\n\n".join([*written, f"## {appendix}", *behind]) + "\n"


def tables(lab: Lab, language: str) -> dict[str, Table]:
    """Every table of the report by a name for files."""
    named = {f"exercise-{p.exercise.number}-{name}": t for p in parts(lab, language) for name, t in p.tables.items()}
    return named | {f"appendix-{name}": table for name, table in _appendix(lab, language).items() if table.rows}


def csv_files(lab: Lab, language: str) -> dict[str, str]:
    """Every table as a file of its own."""
    return {f"{name}.csv": to_csv(table, language) for name, table in tables(lab, language).items()}


def as_json(lab: Lab, language: str) -> str:
    """Every table in one object."""
    named = {name: json.loads(to_json(table, language)) for name, table in tables(lab, language).items()}
    return json.dumps(named, ensure_ascii=False, indent=2) + "\n"


def _chapter(part: Part, language: str) -> str:
    """An exercise under its own heading."""
    exercise = part.exercise
    head = Text("Exercise {n}: {title}", "Ejercicio {n}: {title}").within(language)
    lines = [f"## {head.format(n=exercise.number, title=exercise.title.within(language))}"]
    state = Text("State", "Estado").within(language)
    lines.append(f"**{state}:** {escape_markdown(part.state().within(language))}")
    if part.begun:
        lines.append(part.document.rstrip("\n"))
    return "\n\n".join(lines)


def _appendix(lab: Lab, language: str) -> dict[str, Table]:
    """The environment, the models, the trainings with their seeds, what was asked in numbers."""
    versions = [("llm-tui", __version__), ("Python", platform.python_version())]
    versions += [(name, found) for name in PACKAGES if (found := _version(name))]
    unread: tuple[tuple[Cell, ...], ...] = ()
    try:
        entries = list(lab.log())
    except UserError:
        entries, why = [], Text("audit.jsonl cannot be read", "no se puede leer audit.jsonl")
        unread = ((why.within(language), None, None),)
    ran = [e for e in entries if e.model and e.outcome == "finished"]  # what failed has made nothing here
    models = sorted({(model_name(e.model), e.revision, e.precision, e.device) for e in ran})
    runs = [run for run in reversed(lab.runs.all()) if run.result]
    rows = [
        (r.result.data_name, r.job.batch_size, r.job.epochs, f"{r.job.lr:g}", r.job.seed, r.result.accuracy)
        for r in runs
        if r.result
    ]
    counted = Counter((e.job, e.outcome) for e in entries)
    return {
        "environment": Table(_VERSION_COLUMNS, tuple(versions)),
        "models": Table(_MODEL_COLUMNS, tuple(models)),
        "trainings": Table(_RUN_COLUMNS, tuple(rows)),
        "log": Table(
            _LOG_COLUMNS,
            (
                *unread,
                *(
                    (job_name(job).within(language), OUTCOMES[outcome].within(language), count)
                    for (job, outcome), count in sorted(counted.items())
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


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
