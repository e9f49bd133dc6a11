"""A course file to begin with: what comes with the program, with comments in the person's language."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from llm_tui.course.course import Course
from llm_tui.exercises.registry import EXERCISES
from llm_tui.exercises.systems import COURSE_SYSTEMS
from llm_tui.foundation.job import TEXT_MODEL
from llm_tui.foundation.labels_job import ZERO_SHOT_MODEL
from llm_tui.i18n import Text, tr
from llm_tui.playground import registry
from llm_tui.tokenization.job import DEFAULT_TOKENIZERS


def text() -> str:
    """The whole file. Read again it changes nothing but the title."""
    lines = [*_head(), *_models()]
    for row, part in zip(EXERCISES, _PARTS, strict=False):
        lines += ["", f"# {row.title}", f"[exercise-{row.number}]", *_question(row.number), *part()]
    return "\n".join(lines) + "\n"


def _head() -> Iterator[str]:
    yield tr(
        "# A course file of llm-tui. Every key is optional: what is not here stays as it comes with the program.",
        "# Un archivo de curso de llm-tui. Toda clave es opcional: lo que no esté aquí queda como lo trae el programa.",
    )
    yield tr(
        "# Models and tokenizers: a hub id, a folder beside this file, or a server (http://host:8000/v1#name).",
        "# Modelos y tokenizadores: un id del hub, una carpeta junto a este archivo, o un servidor "
        "(http://host:8000/v1#nombre).",
    )
    yield f"title = {_quoted(tr('LLM practice', 'Práctica de LLM'))}"
    yield tr("# The day is shown; nothing is locked after it.", "# El día se muestra; después nada se bloquea.")
    yield "# due = 2026-12-18"
    yield tr(
        "# The language of the program, unless the person has named one.",
        "# El idioma del programa, salvo que la persona haya elegido uno.",
    )
    yield "# language = 'es'"


def _models() -> Iterator[str]:
    yield ""
    yield tr("# The playground's models, by task.", "# Los modelos del banco de pruebas, por tarea.")
    yield "[models]"
    yield from (f"{task.name} = {_quoted(task.model)}" for task in registry.tasks())


def _question(number: int | str) -> Iterator[str]:
    """One that the course does not ask stays a comment: in the file it would be asked."""
    exercise = next(row for row in EXERCISES if row.number == number).exercise()
    said = exercise.own_question
    line = f"question = {{ es = {_quoted(said.es)}, en = {_quoted(said.en)} }}"
    if exercise.own_is_asked:
        yield line
    else:
        yield tr("# Without this line its answer is optional.", "# Sin esta línea, su respuesta es opcional.")
        yield f"# {line}"


def _subwords() -> Iterator[str]:
    yield f"text = {_passage(Course().subwords.text)}"
    yield f"tokenizers = {_list(DEFAULT_TOKENIZERS)}"


def _moderation() -> Iterator[str]:
    part = Course().moderation
    yield f"labels = {_list(part.labels)}"
    yield f"key-label = {_quoted(part.key_label)}"
    yield f"hypothesis = {_quoted(part.hypothesis)}"
    yield f"model = {_quoted(ZERO_SHOT_MODEL)}"
    yield tr(
        "# Text, label and kind (plain, irony, slang, abbreviation, or your own); without a label students mark it.",
        "# Texto, etiqueta y tipo (plain, irony, slang, abbreviation, o propio); sin etiqueta, la marca el estudiante.",
    )
    yield from _lines("texts", (f"[{', '.join(map(_quoted, row))}]" for row in part.texts))


def _translation() -> Iterator[str]:
    part = Course().translation
    yield f"model = {_quoted(TEXT_MODEL)}"
    yield from _lines("spanish", map(_quoted, part.spanish))
    yield from _lines("english", map(_quoted, part.english))


def _summaries() -> Iterator[str]:
    part = Course().summaries
    yield f"systems = {_list(COURSE_SYSTEMS)}"
    yield f"fallback = {_quoted(TEXT_MODEL)}"
    yield f"source = {_passage(part.source)}"
    yield tr("# The same in English, if there is any.", "# Lo mismo en inglés, si lo hay.")
    yield f"source-en = {_passage(part.source_en)}"


def _prompting() -> Iterator[str]:
    part = Course().prompting
    yield f"model = {_quoted(TEXT_MODEL)}"
    yield f"labels = {_list(part.labels)}"
    yield f"classification = {_quoted(part.classification)}"
    yield f"terms = {_quoted(part.terms)}"
    yield f"rewriting = {_quoted(part.rewriting)}"
    yield f"paragraph = {_passage(part.paragraph)}"


def _ethics() -> Iterator[str]:
    yield tr("# Questions of your own, after the course's.", "# Preguntas propias, tras las del curso.")
    yield "# checklist = ["
    topic, question = Text("privacy", "privacidad"), Text("Whose data are these?", "¿De quién son estos datos?")
    yield f"#   {{ question = {_quoted(str(question))}, topic = {_quoted(str(topic))} }},"
    yield "# ]"


_PARTS: tuple[Callable[[], Iterable[str]], ...] = (
    tuple, _subwords, _moderation, _translation, _summaries, _prompting, _ethics
)  # fmt: skip
"""Of each exercise, in their order."""


def _quoted(said: str) -> str:
    """JSON's strings are TOML's."""
    return json.dumps(said, ensure_ascii=False)


def _passage(said: str) -> str:
    escaped = said.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'"""\n{escaped}"""'


def _list(parts: tuple[str, ...]) -> str:
    return f"[{', '.join(map(_quoted, parts))}]"


def _lines(name: str, parts: Iterator[str]) -> Iterator[str]:
    yield f"{name} = ["
    yield from (f"  {part}," for part in parts)
    yield "]"
