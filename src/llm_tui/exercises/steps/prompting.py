"""The steps of exercise 6."""

from __future__ import annotations

from collections.abc import Iterator

from llm_tui.exercises.contract import Beside
from llm_tui.exercises.next_step import Step, answer
from llm_tui.exercises.prompting import EXERCISE, TITLES, Answers
from llm_tui.i18n import Text

ANSWER = Text("the model's answer to “{title}” is missing", "falta la respuesta del modelo a «{title}»")
OTHER = Text("“{title}” was asked of another paragraph", "«{title}» se preguntó con otro párrafo")
NOTE = Text("the note on “{title}” is missing", "falta la nota de «{title}»")


def steps(answers: Answers, known: Beside) -> Iterator[Step]:
    """An answer to each instruction, all on one paragraph, a note on each, the answer if it is asked for."""
    runs = {name: answers.prompt(name).run for name in TITLES}
    for name, run in runs.items():
        if run is None:
            yield from _asking(answers, name, ANSWER)
    if len({run.paragraph for run in runs.values() if run}) > 1:
        for name, run in runs.items():
            if run and run.paragraph != answers.paragraph:
                yield from _asking(answers, name, OTHER)
    for name, title in TITLES.items():
        if not answers.prompt(name).note.strip():
            yield Step(NOTE.format(title=title), ("table",), row=name)
    yield from answer(6, EXERCISE.asked_by_course, answers.answer)


def _asking(answers: Answers, name: str, why: Text) -> Iterator[Step]:
    """What leads to an answer on the paragraph as it stands: one that is there is chosen, else the model is asked."""
    prompt, title = answers.prompt(name), TITLES[name]
    if any(run.paragraph == answers.paragraph for run in prompt.runs):
        yield Step(why.format(title=title), ("earlier",), row=name)
    elif not answers.paragraph.strip():
        yield Step(Text("the paragraph is empty", "el párrafo está vacío"), ("enter",), way="pane-2")
    elif not prompt.instruction.strip():
        said = Text("the instruction “{title}” is empty", "la instrucción «{title}» está vacía")
        yield Step(said.format(title=title), ("text",), row=name)
    else:
        yield Step(why.format(title=title), ("run",), row=name)
