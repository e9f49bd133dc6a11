"""Solved examples before a question: what a person keeps of them, and the prompt that they make. Light."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from llm_tui.errors import UserError
from llm_tui.i18n import tr
from llm_tui.visible import visible

Pair = tuple[str, str]
"""An input and its answer."""


@dataclass(frozen=True, slots=True)
class Example:
    """A solved example; one that is not `on` stays where it is, and no model gets it."""

    input: str
    answer: str
    on: bool = True

    @property
    def whole(self) -> bool:
        return bool(self.input.strip() and self.answer.strip())


SIGN = "=>"
"""Between an input and its answer, where both are typed in one line."""


def typed(line: str) -> Example:
    """An example that a person typed in one line: `input => answer`.

    Raises:
        UserError: it has no sign, or nothing before or behind it.
    """
    given, sign, answer = line.rpartition(SIGN)
    example = Example(given.strip(), answer.strip())
    if not sign or not example.whole:
        raise UserError(
            tr(
                f"“{visible(line)}” is no example: write an input, {SIGN}, and its answer.",
                f"«{visible(line)}» no es un ejemplo: escriba una entrada, {SIGN} y su respuesta.",
            )
        )
    return example


def pairs(examples: Iterable[Example]) -> tuple[Pair, ...]:
    """Those that a model gets, in their order: what is on, and has both parts."""
    return tuple((example.input, example.answer) for example in examples if example.on and example.whole)


def messages(examples: Sequence[Pair], question: str) -> list[dict[str, str]]:
    """What a chat model gets: each example as something that a person said and it answered, then the question."""
    turns = [turn for given, answer in examples for turn in (("user", given), ("assistant", answer))]
    return [{"role": role, "content": said} for role, said in (*turns, ("user", question))]


def one_text(examples: Sequence[Pair], question: str) -> str:
    """What a model without a chat template gets: the examples and the question in the form of Brown et al. (2020), with
    the sign of the answer last. Without examples it is the question alone.
    """
    if not examples:
        return question
    return "".join([*(f"Q: {given}\nA: {answer}\n\n" for given, answer in examples), f"Q: {question}\nA:"])
