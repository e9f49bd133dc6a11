"""The steps of exercise 2."""

from __future__ import annotations

from collections.abc import Iterator

from llm_tui.exercises.contract import Beside
from llm_tui.exercises.next_step import Step, answer
from llm_tui.exercises.observations import is_observed
from llm_tui.exercises.subwords import PROPOSED, Answers, different, is_compared, text_lacks
from llm_tui.i18n import Text

MORE = Text("{n} more words are wanted that the tokenizers cut differently",
            "faltan {n} palabras más que los tokenizadores corten distinto")  # fmt: skip
ONE_MORE = Text("one more word is wanted that the tokenizers cut differently",
                "falta una palabra más que los tokenizadores corten distinto")  # fmt: skip
OBSERVATION = Text("your own observation on “{phrase}” is missing", "falta su propia observación sobre «{phrase}»")


def steps(answers: Answers, known: Beside) -> Iterator[Step]:
    """The text, the comparison, five words, an observation of each, the answer."""
    if lacks := text_lacks(answers):
        yield Step(Text("the course asks for {what}", "el curso pide {what}").format(what=lacks), ("text",))
    if not is_compared(answers):
        if len({name.strip() for name in answers.tokenizers} - {""}) < 2:
            yield Step(Text("two tokenizers are wanted", "hacen falta dos tokenizadores"), ("setup",))
        said = Text("the text is not compared as it stands", "el texto no está comparado tal como está")
        yield Step(said, ("run",))
        return
    words = different(answers)
    if (lacking := PROPOSED - len(words)) > 0:
        yield Step(ONE_MORE if lacking == 1 else MORE.format(n=lacking), ("add",))
    names = [measured.name for measured in answers.measured]
    open_ = [row for row in words if not is_observed(row.observation, row.phrase, row.cuts, names)]
    for row in open_[: max(0, min(PROPOSED, len(words)) - (len(words) - len(open_)))]:
        yield Step(OBSERVATION.format(phrase=row.phrase), ("table",), row=row.phrase)
    yield from answer(2, True, answers.answer)
