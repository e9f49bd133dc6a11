"""A numbered list of what can be done: a person chooses by number or word, until they go back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from llm_tui.errors import UserError
from llm_tui.i18n import Text, tr
from llm_tui.plain.console import Back, Console, Leave, Stopped
from llm_tui.plain.words import BACK, HELP, LIST, QUIT, bare, is_word, place
from llm_tui.terminal import log_path


@dataclass(frozen=True, slots=True)
class Choice:
    """`word` chooses it, `said` is what it does, in a sentence without a full stop."""

    word: Text
    said: Text | str
    do: Callable[[], object]


Choices = Callable[[], Sequence[Choice]]


def choose(console: Console, title: object, head: Callable[[], Sequence[object]], choices: Choices) -> None:
    """Do what is chosen, again and again. The whole list is said at first and on an empty line, afterwards what has
    changed in it.

    Raises:
        Leave: the person leaves.
    """
    told: set[str] = set()
    console.say(f"{title}.")
    while True:
        there = choices()
        lines = [f"{n}. {choice.word}: {_ended(choice.said)}" for n, choice in enumerate(there, start=1)]
        said = [*map(str, head()), *lines]
        console.say(*(line for line in said if line not in told))
        told = set(said)
        console.say(
            tr(f"{title}: type a number or a word, or help.", f"{title}: escriba un número o una palabra, o ayuda.")
        )
        line = console.read().strip()
        if not line or is_word(line, LIST):
            told = set()
        elif is_word(line, BACK):
            return
        elif is_word(line, QUIT):
            raise Leave
        elif is_word(line, HELP):
            console.say(*_help())
        elif (found := _found(line, there)) is None:
            console.say(_unknown(line, there))
        else:
            chosen, console.ahead = found
            attempt(console, chosen.do)
            console.ahead = ""


def attempt(console: Console, do: Callable[[], object]) -> None:
    """What goes wrong is one sentence, and the loop goes on."""
    try:
        do()
    except Back:
        console.say(tr("Nothing was changed.", "No se cambió nada."))
    except Stopped:
        console.say(tr("Stopped; what is done is kept.", "Detenido; lo hecho se conserva."))
    except UserError as error:
        console.say(f"Error: {error}")
    except Leave:
        raise
    except Exception as error:
        logging.getLogger(__name__).error("plain mode met a defect", exc_info=error)
        console.say(
            tr(
                f"Error: this stopped on an error of the program ({type(error).__name__}); {log_path()} has the "
                "details.",
                f"Error: esto se detuvo por un error del programa ({type(error).__name__}); los detalles están en "
                f"{log_path()}.",
            )
        )


def _ended(said: object) -> str:
    """With its full stop."""
    return f"{said}" if str(said).endswith(("?", ".", "!")) else f"{said}."


def _found(line: str, there: Sequence[Choice]) -> tuple[Choice, str] | None:
    """What a line chooses, and what stands behind the word: the whole line before its first word."""
    first, _, rest = line.partition(" ")
    for said, behind in ((line, ""), (first, rest.strip())):
        if (at := place(said, len(there))) is not None:
            return there[at], behind
        if match := next((one for one in there if bare(said) in (bare(one.word.en), bare(one.word.es))), None):
            return match, behind
    return None


def _unknown(line: str, there: Sequence[Choice]) -> str:
    words = ", ".join(str(choice.word) for choice in there)
    return tr(
        f"“{line}” is nothing that can be done here. There is: {words}; and list, help, back, quit.",
        f"«{line}» no se puede hacer aquí. Hay: {words}; y lista, ayuda, atrás, salir.",
    )


def _help() -> tuple[str, ...]:
    return (
        tr("A number or a word of the list does what stands there.",
           "Un número o una palabra de la lista hace lo que allí dice."),
        tr("What stands behind the word answers its first question, as in: edit 2.",
           "Lo que va detrás de la palabra responde a su primera pregunta, como en: editar 2."),
        tr("An empty line, or list, says the list again. At a question it keeps what stands there.",
           "Una línea vacía, o lista, repite la lista. En una pregunta, conserva lo que hay."),
        tr("back goes one step back; quit saves and leaves, and so does the end of the input.",
           "atrás vuelve un paso; salir guarda y termina, y también el fin de la entrada."),
        tr("A text of several lines ends with a line that is a full stop.",
           "Un texto de varias líneas termina con una línea que sea un punto."),
        tr("To write back or quit as a text, begin the line with a space; a space alone empties what stands there.",
           "Para escribir atrás o salir como texto, empiece con un espacio; un espacio solo vacía lo que hay."),
        tr("ctrl+c stops what runs and keeps what is done; once more, it leaves.",
           "ctrl+c detiene lo que está en marcha y conserva lo hecho; otra vez, termina."),
    )  # fmt: skip
