"""What a person types for a training, field by field: read, and held to bounds. Light.

Whatever cannot be read, or is out of bounds, raises `FieldError`.
"""

from __future__ import annotations

import math
import os
from pathlib import Path

from llm_tui.engine.devices import MOST_ROOM
from llm_tui.engine.devices import parse as parse_device
from llm_tui.errors import UserError
from llm_tui.fields import NO, YES
from llm_tui.i18n import Text


class FieldError(UserError):
    """One `field` of a sweep does not say what it should; in what is `said`, `{field}` stands for its name."""

    def __init__(self, field: str, said: Text, called: object = ""):
        super().__init__(str(said.format(field=called or field)))
        self.field, self._said = field, said

    def calling(self, it: object) -> FieldError:
        """The same, with the name that the field has for who typed it."""
        return FieldError(self.field, self._said, it)


def _literal(said: str) -> str:
    return said.replace("{", "{{").replace("}", "}}")


def _is(shown: object, wanted: Text) -> Text:
    said = _literal(str(shown))
    return Text(f"{{field}} is “{said}”: write {wanted.en}.", f"{{field}} es «{said}»: escriba {wanted.es}.")


_MOST = 2**31 - 1
_BOUNDS = {
    "train_size": (2, _MOST),
    "test_size": (1, _MOST),
    "batch_size": (1, _MOST),
    "embed_dim": (1, 4096),
    "epochs": (1, _MOST),
    "seed": (0, _MOST),
}
_MOST_RATE = 1e38
"""The weights are float32: beyond it the optimizer itself fails."""


def required(name: str, text: str) -> str:
    """The data or the tokenizer, which no training can be without."""
    if not text.strip():
        raise FieldError(
            name,
            Text(
                "The data or the tokenizer is empty: write sample, ag_news or a path, and basic_english or another.",
                "Los datos o el tokenizador están vacíos: escriba sample, ag_news o una ruta, y basic_english u otro.",
            ),
        )
    return text.strip()


def source(text: str) -> str:
    """The data as a job names it: a path is made absolute, so that it means the same wherever it is read again."""
    name = required("data", text)
    return name if name in ("sample", "ag_news") else os.path.abspath(as_path(name))


def tokenizer(text: str) -> str:
    """A folder is made absolute too; any other name stays."""
    name = required("tokenizer", text)
    folder = as_path(name)
    return os.path.abspath(folder) if os.path.isdir(folder) else name


def as_path(text: str) -> Path:
    """A `~name` that nobody has stays as it is, as in a shell; `Path.expanduser` would raise."""
    return Path(os.path.expanduser(text))


def device(text: str) -> str:
    """`auto`, `cpu`, `cuda` or `cuda:1`."""
    try:
        return parse_device(text)
    except UserError as error:
        raise FieldError("device", Text(*[_literal(str(error))] * 2)) from None


def whole(name: str, text: str) -> int:
    """A whole number within the bounds of its field."""
    try:
        number = int(text.strip().replace("_", ""))
    except ValueError:
        number = -1
    return within(name, number, text.strip())


def within(name: str, number: int, typed: str | None = None) -> int:
    """The number, where the bounds of its field hold it; the sentence shows what was `typed`."""
    least, most = _BOUNDS[name]
    shown = number if typed is None else typed
    if not least <= number <= most:
        raise FieldError(
            name,
            _is(
                shown,
                Text(f"a whole number from {least} to {most}", f"un número entero de {least} a {most}"),
            ),
        )
    return number


def number(text: str) -> float:
    """A comma may stand for the point; NaN where it is none."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return math.nan


def positive(name: str, number: float, typed: str | None = None) -> float:
    """The number, where it is above 0 and float32 can hold it."""
    shown = number if typed is None else typed
    if not 0 < number <= _MOST_RATE:
        raise FieldError(
            name,
            _is(shown, Text("a number above 0, such as 4.0", "un número mayor que 0, como 4.0")),
        )
    return number


def room(gigabytes: float, typed: str | None = None) -> float:
    """So many GB to wait for, 0 for none."""
    if not 0 <= gigabytes <= MOST_ROOM:
        shown = gigabytes if typed is None else typed
        wanted = Text(f"a number from 0 to {MOST_ROOM}", f"un número de 0 a {MOST_ROOM}")
        raise FieldError("wait_for_room", _is(shown, wanted))
    return gigabytes


VOCABULARIES = ("rows", "split")
"""Whose words are known: those of the training rows that are taken, or of all rows of the training split."""


def vocabulary(text: str) -> str:
    """`rows` or `split`, in either language."""
    word = text.strip().lower()
    word = {"filas": "rows", "partición": "split", "particion": "split"}.get(word, word)
    if word not in VOCABULARIES:
        raise FieldError("vocabulary", _is(text.strip(), Text("rows or split", "rows o split")))
    return word


def yes(name: str, text: str) -> bool:
    """Yes or no, in either language."""
    if text.strip().lower() in NO + YES:
        return text.strip().lower() in YES
    raise FieldError(name, _is(text.strip(), Text("yes or no", "sí o no")))


def numbers(name: str, text: str) -> tuple[int, ...]:
    """Whole numbers with commas or semicolons between them, each once."""
    parts = text.replace(";", ",").split(",")
    if rest := next(filter(is_rest, parts), None):
        wanted = Text("whole numbers parted by commas, and 10000 without one inside",
                      "números enteros separados por comas, y 10000 sin coma dentro")  # fmt: skip
        raise FieldError(name, _is(rest.strip(), wanted))
    return tuple(dict.fromkeys(whole(name, part) for part in parts))


def is_rest(part: str) -> bool:
    """Whether a part of a list looks like what a comma between thousands leaves: the 000 of 10,000."""
    return len(part.strip()) > 1 and part.strip().startswith("0")
