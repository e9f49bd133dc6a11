"""What a task of the playground is. Each is one file of `tasks`; screen, command line, catalogue, log and README read
what stands there, and nothing else knows it by its name.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, Literal, Protocol, TypeVar

from llm_tui.config import read_config
from llm_tui.course import course
from llm_tui.engine.job import Job
from llm_tui.export.table import Table
from llm_tui.fields import Field, Values
from llm_tui.foundation import tables
from llm_tui.foundation.few_shot import Pair
from llm_tui.foundation.job import Asking, ModelChoice, Provenance
from llm_tui.foundation.settings import MODEL
from llm_tui.foundation.teaching import Teaching
from llm_tui.i18n import Text


class Answered(Protocol):
    """What comes back from a pretrained model."""

    @property
    def made_by(self) -> Provenance: ...


J = TypeVar("J", bound=Job)
R = TypeVar("R", bound=Answered)

Style = Literal["", "strong", "accent", "muted"]
Span = tuple[str, Style]
"""A part of an answer as it is shown, and how; safe to show, as `visible` makes it."""


@dataclass(frozen=True, slots=True)
class Given:
    """What is asked: the texts, the model, how, what the task's own fields hold, and the solved examples before each
    text, for a task that takes them. With `pieces` an answer that a model writes comes with its pieces.
    """

    texts: tuple[str, ...]
    model: ModelChoice
    asking: Asking
    values: Values
    examples: tuple[Pair, ...] = ()
    pieces: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A task on the command line; `short` stands in the list of commands."""

    name: str
    short: Text
    help: Text


class Task(ABC, Generic[J, R]):
    """One task. `J` is the job that asks a model for its texts, one answer for each, and `R` what comes back.

    `fields` are its own, beside the input and the model; `definitions` says in Markdown what its words and numbers
    mean, an entry of a list each. `others` are models that it was made for, beside its own `model`. `exercise` is done
    with it. The record of its `stand_in` has the quality at this task under the name `measured`, or else at it alone.
    """

    name: ClassVar[str]
    title: ClassVar[Text]
    example: ClassVar[str]
    command: ClassVar[Command]
    fields: ClassVar[tuple[Field[Any], ...]] = ()
    definitions: ClassVar[Text | None] = None
    model: ClassVar[str]
    others: ClassVar[tuple[str, ...]] = ()
    stand_in: ClassVar[Teaching]
    measured: ClassVar[str] = ""
    exercise: ClassVar[int | None] = None
    generates: ClassVar[bool] = False
    """Whether the settings of generation are for it."""
    few_shot: ClassVar[bool] = False
    """Whether solved examples can stand before its input, and templates make it."""
    of_servers: ClassVar[bool] = False
    """Whether a server's model can do it."""

    @property
    def all_fields(self) -> tuple[Field[Any], ...]:
        """The model first, then its own."""
        return (replace(MODEL, default=self.course_model), *self.fields)

    @property
    def course_model(self) -> str:
        """The one that is named for this time, else the course file's, else the person's own, else the task's."""
        return read_config().model(self.name, course.current().models.get(self.name, ""), self.model)

    def quality(self) -> Text:
        """What its stand-in is, and how good at it."""
        return self.stand_in.quality(self.measured)

    @abstractmethod
    def job(self, given: Given) -> J: ...

    @abstractmethod
    def table(self, job: J, result: R) -> Table:
        """The answers as the exports write them."""

    @abstractmethod
    def plain(self, job: J, result: R) -> list[str]:
        """Each answer as plain text, for the command line."""

    @abstractmethod
    def line(self, job: J, result: R) -> str:
        """The answer to the first text in a few words, for the history and the clipboard."""

    @abstractmethod
    def shown(self, job: J, result: R) -> list[Span]:
        """The answer to the first text in full."""

    def said(self, job: J, result: R) -> str:
        """One line on what made the answer."""
        return str(tables.made_by(result.made_by))

    def not_whole(self, job: J, result: R) -> list[Text]:
        """What of the texts that were asked, or of their answers, was left out: a sentence each."""
        return []

    def back(self, given: Mapping[str, str], result: R) -> tuple[dict[str, str], str] | None:
        """The fields and the input that ask for the way back, from the fields that were asked with; None where there
        is none.
        """
        return None
