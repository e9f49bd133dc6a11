"""The exercises of the course, a row each, in the course's order. A row is all that is known of one before its module
is imported.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pkgutil import resolve_name
from typing import TYPE_CHECKING

from llm_tui.i18n import Text

if TYPE_CHECKING:
    from llm_tui.exercises.contract import Answers, Exercise

PLAY = "play"
"""The main screen whose exercises are sheets: models fill them in."""


@dataclass(frozen=True, slots=True)
class Row:
    """`tab` is the main screen on which the exercise is done. `definition`, `screen` and `command` say where its parts
    are, as `module:name`: its `Exercise`; the class of the screen that opens for it; what does it on the command line;
    `steps` what tells the steps of its work; `plain` what plain mode has of it beyond what its definition gives.
    A sheet without a command of its own has the one that every sheet has; other exercises without one have none.

    `number` is a word for what is handed in beside the exercises; it names the answers in the lab, as numbers do.
    """

    number: int | str
    title: Text
    tab: str
    definition: str
    screen: str
    command: str = ""
    steps: str = ""
    plain: str = ""

    @property
    def mode(self) -> str:
        """The app's name for its screen."""
        if isinstance(self.number, str):
            return self.number
        return f"sheet-{self.number}" if self.tab == PLAY else self.tab

    @property
    def key(self) -> str:
        """What goes there from Home: the digit, or the letter that the playground has for it."""
        return str(self.number)[0]

    @property
    def heading(self) -> Text:
        """As a heading says it: "Exercise 3: Zero-shot moderation"."""
        if isinstance(self.number, str):
            return self.title
        return Text("Exercise {n}: {title}", "Ejercicio {n}: {title}").format(n=self.number, title=self.title)

    @property
    def short(self) -> Text:
        """As a sentence says it: "Exercise 3"."""
        if isinstance(self.number, str):
            return self.title
        return Text(f"Exercise {self.number}", f"Ejercicio {self.number}")

    @property
    def file(self) -> str:
        """What the names of its files begin with: `exercise-3`."""
        return self.number if isinstance(self.number, str) else f"exercise-{self.number}"

    def exercise(self) -> Exercise[Answers]:
        from llm_tui.exercises.contract import Exercise

        found = resolve_name(self.definition)
        if not isinstance(found, Exercise) or found.number != self.number:
            raise TypeError(f"{self.definition} is not exercise {self.number}")
        return found


EXERCISES: tuple[Row, ...] = (
    Row(
        1,
        Text("News classifier: batch sizes", "Clasificador de noticias: tamaños de lote"),
        "train",
        "llm_tui.exercises.batch_sizes:EXERCISE",
        "llm_tui.screens.training:TrainingScreen",
        "llm_tui.cli.classic:train",
        "llm_tui.exercises.steps.batch_sizes:steps",
        "llm_tui.plain.parts.batch_sizes:PART",
    ),
    Row(
        2,
        Text("Subwords in Spanish", "Subpalabras en español"),
        "tokens",
        "llm_tui.exercises.subwords:EXERCISE",
        "llm_tui.screens.tokens:TokensScreen",
        "llm_tui.cli.tokens:tokens",
        "llm_tui.exercises.steps.subwords:steps",
        "llm_tui.plain.parts.subwords:PART",
    ),
    Row(
        3,
        Text("Zero-shot moderation", "Moderación zero-shot"),
        PLAY,
        "llm_tui.exercises.moderation:EXERCISE",
        "llm_tui.screens.moderation:ModerationScreen",
        "llm_tui.cli.sheets.moderation:command",
        "llm_tui.exercises.steps.moderation:steps",
        "llm_tui.plain.parts.moderation:PART",
    ),
    Row(
        4,
        Text("Translation there and back", "Traducción de ida y vuelta"),
        PLAY,
        "llm_tui.exercises.translation:EXERCISE",
        "llm_tui.screens.translation:TranslationScreen",
        "llm_tui.cli.sheets.translation:command",
        "llm_tui.exercises.steps.translation:steps",
        "llm_tui.plain.parts.translation:PART",
    ),
    Row(
        5,
        Text("Two summarizers", "Dos modelos de resumen"),
        PLAY,
        "llm_tui.exercises.summaries:EXERCISE",
        "llm_tui.screens.summaries:SummariesScreen",
        "llm_tui.cli.sheets.summaries:command",
        "llm_tui.exercises.steps.summaries:steps",
        "llm_tui.plain.parts.summaries:PART",
    ),
    Row(
        6,
        Text("Three prompts for one paragraph", "Tres instrucciones para un párrafo"),
        PLAY,
        "llm_tui.exercises.prompting:EXERCISE",
        "llm_tui.screens.prompting:PromptingScreen",
        "llm_tui.cli.sheets.prompting:command",
        "llm_tui.exercises.steps.prompting:steps",
        "llm_tui.plain.parts.prompting:PART",
    ),
    Row(
        7,
        Text("Ethics and risks", "Ética y riesgos"),
        "ethics",
        "llm_tui.exercises.ethics:EXERCISE",
        "llm_tui.screens.ethics:EthicsScreen",
        steps="llm_tui.exercises.steps.ethics:steps",
        plain="llm_tui.plain.parts.ethics:PART",
    ),
)

BESIDE: tuple[Row, ...] = (
    Row(
        "flows",
        Text("The two flows", "Los dos flujos"),
        PLAY,
        "llm_tui.exercises.flows:EXERCISE",
        "llm_tui.screens.flows:FlowsScreen",
        "llm_tui.cli.flows:compare_flows",
        plain="llm_tui.plain.parts.flows:PART",
    ),
)
"""What the course names as an aim and asks for in no exercise: handed in behind them, and counted nowhere."""


def handed_in() -> tuple[Row, ...]:
    """All that the report has a chapter of, in its order."""
    return (*EXERCISES, *BESIDE)


def row(number: int | str) -> Row:
    """That of an exercise by its number, of what is handed in beside them by its word."""
    return next(row for row in handed_in() if row.number == number)


def on(tab: str) -> list[int]:
    """The numbers of the exercises that are done on a main screen."""
    return [row.number for row in EXERCISES if row.tab == tab and isinstance(row.number, int)]


_COUNTS = (
    Text("no", "ningún"), Text("one", "un"), Text("two", "dos"), Text("three", "tres"), Text("four", "cuatro"),
    Text("five", "cinco"), Text("six", "seis"), Text("seven", "siete"), Text("eight", "ocho"), Text("nine", "nueve"),
    Text("ten", "diez"), Text("eleven", "once"), Text("twelve", "doce"),
)  # fmt: skip


def count() -> Text:
    """How many exercises there are, in words."""
    return _COUNTS[n] if (n := len(EXERCISES)) < len(_COUNTS) else Text(str(n), str(n))


def named(numbers: Iterable[int]) -> Text:
    """Exercises in a sentence: "exercise 1", "exercises 3 to 6", "exercises 3 to 6 and 8"."""
    numbers = sorted(numbers)
    head = Text("exercise ", "ejercicio ") if len(numbers) == 1 else Text("exercises ", "ejercicios ")
    return Text("", "").join([head, ranges(numbers)])


def ranges(numbers: Iterable[int]) -> Text:
    """Numbers in a sentence, three and more in a row as their ends: "1, 3 to 6 and 8"."""
    numbers = sorted(numbers)
    starts = [n for before, n in pairwise([-2, *numbers]) if n != before + 1]
    ends = [n for n, after in pairwise([*numbers, numbers[-1] + 2]) if after != n + 1] if numbers else []
    parts: list[Text] = []
    for start, end in zip(starts, ends, strict=True):
        if end - start > 1:
            parts.append(Text(f"{start} to {end}", f"{start} a {end}"))
        else:
            parts += [Text(str(n), str(n)) for n in range(start, end + 1)]
    *before, last = parts
    return Text(" and ", " y ").join([Text(", ", ", ").join(before), last]) if before else last
