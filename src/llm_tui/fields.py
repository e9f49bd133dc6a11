"""What a person can set: one definition, from which a form is made, an option of the command line, and the value."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from llm_tui.errors import UserError
from llm_tui.i18n import Text, tr
from llm_tui.labelled.lines import one_line

T = TypeVar("T")

YES = ("yes", "sí", "si", "y", "s", "1", "true")
NO = ("no", "n", "0", "false", "")


@dataclass(frozen=True, kw_only=True, eq=False)
class Field(ABC, Generic[T]):
    """A value that a person types: `default` is what stands there before, as text; `choices` are offered meanwhile.

    `name` is what the lab stores it under, `label` what the screen calls it. On the command line it is the option
    `flag`, or its name with two dashes, with `help` and `metavar`; a `required` one has no default there.
    """

    name: str
    label: Text
    default: str = ""
    choices: tuple[str, ...] = ()
    help: Text
    metavar: str | Text = ""
    flag: str = ""
    required: bool = False

    @abstractmethod
    def read(self, text: str) -> T:
        """The value that a person typed.

        Raises:
            UserError: the text is none, in a sentence that names the field.
        """

    @property
    def wanted(self) -> Text:
        """What may be typed, in words."""
        return Text("a text", "un texto")

    @property
    def option(self) -> str:
        return self.flag or f"--{self.name.replace('_', '-')}"

    def _refused(self, text: str) -> UserError:
        return UserError(
            tr(
                f"{self.label} is “{text}”: write {self.wanted}.",
                f"{self.label} es «{text}»: escriba {self.wanted}.",
            )
        )


class Line(Field[str]):
    """Text as it is typed."""

    def read(self, text: str) -> str:
        return text


class Name(Field[str]):
    """Text without the spaces around it; where there is none, the default."""

    def read(self, text: str) -> str:
        return text.strip() or self.default


class Labels(Field[tuple[str, ...]]):
    """Labels typed in one line with commas, each once; one that holds a comma is written in quotes."""

    def read(self, text: str) -> tuple[str, ...]:
        return one_line(text)


class YesNo(Field[bool]):
    """A flag on the command line."""

    @property
    def wanted(self) -> Text:
        return _one_of(word for word in YES + NO if word)

    def read(self, text: str) -> bool:
        said = text.strip().lower()
        if said not in YES + NO:
            raise self._refused(text.strip())
        return said in YES


@dataclass(frozen=True, kw_only=True, eq=False)
class OneOf(Field[str]):
    """One of its `choices`; `said` has another word for each where the command line has other words."""

    said: Mapping[str, str] = field(default_factory=dict)

    @property
    def wanted(self) -> Text:
        return _one_of(self.choices)

    def read(self, text: str) -> str:
        typed = text.strip().lower()
        said = self.said.get(typed, typed)
        if said not in self.choices:
            raise self._refused(text.strip())
        return said


def _one_of(words: Iterable[str]) -> Text:
    listed = ", ".join(words)
    return Text(f"one of {listed}", f"uno de {listed}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Bounded(Field[T]):
    """A value from `least` to `most`."""

    least: float
    most: float

    def nearest(self, value: float) -> float:
        """The value that is allowed and nearest to `value`."""
        return min(self.most, max(self.least, value))

    def _wanted(self, what: Text) -> Text:
        return Text("{what} from {least} to {most}", "{what} de {least} a {most}").format(
            what=what, least=self.least, most=self.most
        )


class Number(Bounded[float]):
    """A number, with a point or a comma."""

    @property
    def wanted(self) -> Text:
        return self._wanted(Text("a number", "un número"))

    def read(self, text: str) -> float:
        written = text.strip().replace(",", ".")
        try:
            value = float(written)
        except ValueError:
            raise self._refused(written) from None
        if not self.least <= value <= self.most:  # nor is NaN
            raise self._refused(written)
        return value


class Whole(Bounded[int]):
    """A whole number."""

    @property
    def wanted(self) -> Text:
        return self._wanted(Text("a whole number", "un número entero"))

    def read(self, text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise self._refused(text.strip()) from None
        if not self.least <= value <= self.most:
            raise self._refused(text.strip())
        return value


class Values:
    """What a person set; a field is the key of its value."""

    def __init__(self, values: Mapping[str, Any]):
        self._values = dict(values)

    def __getitem__(self, field: Field[T]) -> T:
        return cast(T, self._values[field.name])


def read(fields: Iterable[Field[Any]], texts: Mapping[str, str]) -> Values:
    """The values of `fields`, from what a person typed, by their names; what is absent has the default.

    Raises:
        UserError: a field does not say what it should.
    """
    return Values({field.name: field.read(texts.get(field.name, field.default)) for field in fields})
