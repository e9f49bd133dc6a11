"""How far an exercise is, in words: what the course asks for and is not there yet, and what should be said besides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llm_tui.course import course
from llm_tui.i18n import Text

_COMMA, _SEMICOLON = Text(", ", ", "), Text("; ", "; ")


@dataclass(frozen=True, slots=True)
class State:
    """`missing` is what the course asks for and is not there, in the order of its steps; `done_with` what a reader
    should know of an exercise that is done, as in "done with synthetic data"; `optional` what the course does not ask
    for and is not there: it holds nothing up. Of what the course names as an `aim` without asking for it nothing does.
    """

    missing: tuple[Text, ...] = ()
    done_with: tuple[Text, ...] = ()
    optional: tuple[Text, ...] = ()
    aim: bool = False

    @property
    def complete(self) -> bool:
        return self.aim or not self.missing

    def said(self, begun: bool) -> Text:
        """The state in words, the same for Home, the report and the command line."""
        if self.missing:
            head = Text("still: {what}", "aún falta: {what}") if begun else Text("to do: {what}", "por hacer: {what}")
            said = head.format(what=_COMMA.join(self.missing))
            parts = [Text("optional, {what}", "opcional, {what}").format(what=said) if self.aim else said]
        elif self.done_with:
            parts = [Text("done {what}", "hecho {what}").format(what=_COMMA.join(self.done_with))]
        else:
            parts = [Text("complete", "completo")]
        if begun and self.optional:
            parts.append(Text("optional: {what}", "opcional: {what}").format(what=_COMMA.join(self.optional)))
        return _SEMICOLON.join(parts)


ANSWER = Text("the answer", "la respuesta")


def with_answer(missing: Sequence[Text], exercise: int, answer: str) -> State:
    """Of an exercise whose question is not the course's: an answer is optional, unless the course file asks one."""
    lacking = () if answer.strip() else (ANSWER,)
    wanted = course.current().question(exercise) is not None
    return State((*missing, *lacking) if wanted else tuple(missing), optional=() if wanted else lacking)


def counted(n: int, one: Text, several: Text) -> Text:
    """`one` of a single thing, else `several` with its number in the place of `{n}`."""
    return one if n == 1 else several.format(n=n)
