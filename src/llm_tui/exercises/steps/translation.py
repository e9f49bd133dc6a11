"""The steps of exercise 4."""

from __future__ import annotations

from collections.abc import Iterator

from llm_tui.exercises.contract import Beside
from llm_tui.exercises.next_step import Step, answer, listed
from llm_tui.exercises.translation import EXERCISE, FROM, Answers, sentences_lacking, there_in
from llm_tui.i18n import Text


def steps(answers: Answers, known: Beside) -> Iterator[Step]:
    """Sentences each way, their translations, what is wrong in each, the corrections, the answer if it is asked for."""
    for direction, lacking in sentences_lacking(answers).items():
        said = Text("{n} more sentences in {language} are wanted", "faltan {n} oraciones más en {language}")
        one = Text("one more sentence in {language} is wanted", "falta una oración más en {language}")
        said = (one if lacking == 1 else said).format(n=lacking, language=FROM[direction])
        yield Step(said, ("add",))
    sentences = [(number, each) for number, each in enumerate(answers.sentences) if each.text.strip()]
    if rows := [number for number, sentence in sentences if answers.made(sentence) is None]:
        said = Text("sentence {n} is not translated there and back", "la oración {n} no está traducida ida y vuelta")
        if len(rows) > 1:
            said = Text("sentences {n} are not translated there and back",
                        "las oraciones {n} no están traducidas ida y vuelta")  # fmt: skip
        yield Step(said.format(n=listed(row + 1 for row in rows)), ("run",))
    for number, sentence in sentences:
        made = answers.made(sentence)
        if made is None or answers.judged(sentence):
            continue
        if there_in(made):
            said = Text("translation {n} is not judged", "la traducción {n} no está juzgada")
            yield Step(said.format(n=number + 1), ("text", "faultless"), row=str(number))
        else:
            yield _correction(number)
    for number, sentence in sentences:
        if answers.wants_correction(sentence):
            yield _correction(number)
    yield from answer(4, EXERCISE.asked_by_course, answers.answer)


def _correction(number: int) -> Step:
    said = Text("the correction of sentence {n} is missing", "falta la corrección de la oración {n}")
    return Step(said.format(n=number + 1), ("table",), row=str(number))
