"""What an exercise is. All that the report, the screens and the command line show of one comes from its definition."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar

from llm_tui.course import course
from llm_tui.engine.energy import NOTHING, Energy
from llm_tui.exercises import heats
from llm_tui.exercises.spent import spent
from llm_tui.export.markdown import paragraphs

if TYPE_CHECKING:
    from llm_tui.exercises.again import Stands
    from llm_tui.exercises.batch_sizes import Find
    from llm_tui.exercises.guides import Prose
    from llm_tui.exercises.state import State
    from llm_tui.export.figure import Figure
    from llm_tui.export.table import Table
    from llm_tui.i18n import Text
    from llm_tui.snippets.snippet import Done


class Answers(Protocol):
    """What a student has said and done in an exercise, as the lab keeps it in JSON: a frozen dataclass. Made without
    arguments it is an exercise that nobody has begun.

    Labs of earlier versions do not have a field that is added later, here or in what answers hold: it says nothing by
    default (None, no text), or is marked `Later`. A number or a choice would pass for what was measured or chosen.
    """

    @property
    def answer(self) -> str:
        """The student's answer to the exercise's question."""
        ...

    def with_answer(self, answer: str) -> Self: ...


A = TypeVar("A", bound=Answers)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known beside the answers, looked up when an exercise asks for it; by itself nothing, as without a lab.

    `find` takes the ids of the runs that go before all others, and gives what looks a training up among the lab's runs.
    `pairs` are the tables of what was measured in pairs, by a name for files, in the language of the export.
    `reports` gives what a run told on its way by its id: step, loss and accuracy of each time.
    `facts` are those that an answer can rest on, by the keys that the answers name.
    """

    find: Callable[[Sequence[str]], Find] = lambda kept: lambda job: None
    facts: Callable[[], Mapping[str, Text]] = dict
    reports: Callable[[str], Sequence[tuple[int, float, float]]] = lambda run: ()
    pairs: Callable[[str], Mapping[str, Table]] = lambda language: {}


class Saved(Protocol):
    """Where answers are kept: a lab."""

    def answers(self, exercise: int | str, kind: type[T]) -> T:
        """
        Raises:
            UserError: they cannot be read.
        """
        ...


@dataclass(frozen=True, slots=True)
class HandIn:
    """An exercise as it is handed in: how far it is, and, where it was begun, its `document` in Markdown, its `tables`
    by a name for files, the exercise's own first, its `figures`, and the `energy` that what stands in it took; the
    `jobs` that made it, and what was `printed` of each. `heats` of the figures, the last ones, are a person's;
    `lost` says that those could not be read.
    """

    state: State
    document: str = ""
    tables: Mapping[str, Table] = field(default_factory=dict)
    energy: Energy = NOTHING
    figures: Sequence[Figure] = ()
    jobs: Sequence[Done] = ()
    printed: Sequence[str] = ()
    heats: int = 0
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Exercise(Generic[A]):
    """`number` names its answers in the lab. `own_question` is the guiding one, in the course's words where the course
    asks it (`own_is_asked`); others hold nothing up, unless a course file asks one. `guide` and `definitions` are
    Markdown.

    `tables`, `document`, `state`, `energy` and `figures` are made of the answers and of what is known beside them, the
    first two in the language of the export. `begun` says whether there is something to hand in. `jobs` are those that
    made what stands in it, in its order: what the plain programs are written of; `printed` is, for each of them, what
    its program printed, in the language of the export and as the lab kept it: empty where it did not keep all of it.
    `written` are the texts in it that models wrote, of those jobs that did.
    """

    number: int | str
    answers: type[A]
    own_question: Text
    guide: Text | Prose
    tables: Callable[[A, Beside, str], Mapping[str, Table]]
    document: Callable[[A, Beside, str], str]
    state: Callable[[A, Beside], State]
    definitions: Text | Prose | None = None
    own_is_asked: bool = False
    begun: Callable[[A], bool] = lambda answers: answers != type(answers)()
    energy: Callable[[A, Beside], Energy] = lambda answers, known: spent(answers)
    jobs: Callable[[A, Beside], Sequence[Done]] = lambda answers, known: ()
    figures: Callable[[A, Beside, str], Sequence[Figure]] = lambda answers, known, language: ()
    printed: Callable[[A, Beside, str], Sequence[str]] = lambda answers, known, language: ()
    written: Callable[[A], Sequence[Stands]] = lambda answers: ()

    @property
    def question(self) -> Text:
        return question_of(self.number, self.own_question)

    @property
    def asked_by_course(self) -> bool:
        """Whether the question wants an answer."""
        return self.own_is_asked or course.current().question(self.number) is not None

    def hand_in(self, lab: Saved, known: Beside, language: str) -> HandIn:
        """What the lab has of it.

        Raises:
            UserError: the answers cannot be read.
        """
        answers = lab.answers(self.number, self.answers)
        state = self.state(answers, known)
        (kept, lost), drawn = heats.readable(lab, self.number), heats.curves(lab, self.number)
        why = {f"why-{n}": heat.beside for n, heat in enumerate(kept, start=1) if heat.beside}
        if not self.begun(answers):  # what a new sheet begins with is nothing to hand in
            document = heats.below(heats.with_curves("", drawn, language), kept, language)
            return HandIn(state, document, why, figures=[*drawn, *kept], heats=len(kept), lost=lost)
        tables, energy = self.tables(answers, known, language), self.energy(answers, known)
        figures = self.figures(answers, known, language)
        jobs, printed = self.jobs(answers, known), self.printed(answers, known, language)
        document = heats.with_curves(self.document(answers, known, language), drawn, language)
        document, shown = heats.below(document, kept, language), [*figures, *drawn, *kept]
        return HandIn(state, document, {**tables, **why}, energy, shown, jobs, printed, len(kept), lost)


def question_of(exercise: int | str, question: Text) -> Text:
    """The guiding question of an exercise: the course file's, else the one that it has."""
    return course.current().question(exercise) or question


def answered(question: Text, answer: str, language: str) -> list[str]:
    """The end of a document: question and answer, nothing where there is none."""
    return [f"**{question.within(language)}**\n", paragraphs(answer)] if answer.strip() else []
