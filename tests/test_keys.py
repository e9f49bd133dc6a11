"""The table of keys: every key of every screen and widget is a row of it, and what people read of keys is made of it.

`python tests/test_keys.py` writes the tables of the README anew.
"""

from __future__ import annotations

import re
import textwrap
from inspect import getsource
from itertools import chain
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import key_to_character

from llm_tui import i18n, keymap
from llm_tui.app import LabApp
from llm_tui.cli import classic
from llm_tui.i18n import Text
from llm_tui.keys import APP_KEYS, SCREEN_KEYS, Key
from llm_tui.screens.exercise import TableScreen
from llm_tui.screens.leaving import Dialog
from llm_tui.screens.mode import ModeScreen
from llm_tui.screens.sheet import SheetScreen
from llm_tui.screens.training import TrainingScreen

SHARED: dict[type[DOMNode], Text] = {
    TableScreen: Text("exercises 1 to 6", "ejercicios 1 a 6"),
    SheetScreen: Text("sheets 3 to 6", "hojas 3 a 6"),
}
"""What several screens are, by the class that they build on."""

README = Path(__file__).parents[1] / "README.md"


def holders() -> list[type[DOMNode]]:
    """Every class of ours that binds keys."""
    return [LabApp, *keymap.holders()]


def names(of: type[DOMNode]) -> str:
    return of.__name__


@pytest.mark.parametrize("of", holders(), ids=names)
def test_every_binding_is_a_row_in_both_languages(of):
    rows = {key.id: key for key in vars(of).get("KEYS", ())}
    assert {binding.id for binding in Binding.make_bindings(vars(of).get("BINDINGS", ()))} == rows.keys()
    for key in vars(of)["KEYS"]:
        for text in filter(None, (key.label, key.help, key.where and key.where.name)):
            assert text.en.strip() and text.es.strip(), key
        assert key.id and key.action and key.key, key


def test_prose_names_the_key_that_takes_runs():
    """It says so where no screen is: in the README, and in a sentence of the command line."""
    take = next(key for key in TrainingScreen.KEYS if key.id == "take")
    readme, sentence = README.read_text(encoding="utf-8"), getsource(classic)
    for place in ("on the training screen", "en la pantalla de entrenamiento"):
        assert f"`{take.key}` {place}" in readme
    assert f"; {take.key} on the training " in sentence and f"; {take.key} en la pantalla " in sentence


def test_a_letter_means_one_thing_everywhere():
    """The id of a row stands for what it means."""
    meanings: dict[str, set[str]] = {}
    for key in chain.from_iterable(vars(of).get("KEYS", ()) for of in holders()):
        for name in filter(_is_sign, key.key.split(",")):
            meanings.setdefault(name, set()).add(key.id)
    assert {letter: ids for letter, ids in meanings.items() if len(ids) > 1} == {
        "n": {"table", "no"},  # no: what a window asks is answered by its initial, as its buttons say
        "s": {"setup", "yes"},  # sí
        # In a matrix of attention they move, as in an editor; nothing else there has a letter of these.
        "h": {"html", "head-before", "hide-run"},  # the last one in the list of runs, as p
        "j": {"templates", "next-layer"},
        "k": {"next", "layer-before"},
        "l": {"list", "next-head"},
        # In curves; nothing else on their screens has these signs.
        "comma": {"lower", "rougher"},
        "full_stop": {"higher", "smoother"},
        "p": {"partly", "pin-run"},
        "x": {"sheet", "log-x"},
        "y": {"yes", "log-y"},
    }


def _is_sign(name: str) -> bool:
    """Whether a key writes a sign; a digit is the number of what it stands before."""
    sign = key_to_character(name)
    return sign is not None and sign.isprintable() and not sign.isdigit()


def test_a_letter_after_the_jump_key_means_one_thing_and_what_it_means_without_where_it_has_both():
    letters = [key.letter for key in (*SCREEN_KEYS, *APP_KEYS) if key.letter]
    assert len(set(letters)) == len(letters)
    for key in (*SCREEN_KEYS, *APP_KEYS):
        own = {key_to_character(name) for name in key.key.split(",") if _is_sign(name)}
        assert not own or key.letter in own, key


def test_ids_are_the_same_wherever_the_key_is_the_same():
    keys: dict[str, set[str]] = {}
    for key in chain.from_iterable(vars(of).get("KEYS", ()) for of in holders()):
        keys.setdefault(key.id, set()).add(key.key)
    assert {id: of for id, of in keys.items() if len(of) > 1} == {}


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_guides_name_no_key_that_their_screen_has_not(language):
    i18n.use(language)
    common = {key.shown for key in (*SCREEN_KEYS, *APP_KEYS)} | {"0", "1", "2", "enter", "shift", "mayús"}
    for of in holders():
        if issubclass(of, ModeScreen) and of.GUIDE:
            own = {key.shown for base in of.__mro__ for key in vars(base).get("KEYS", ())}
            own |= {key.shown for widget in holders() for key in vars(widget).get("KEYS", ())}
            named = set(re.findall(r"`([^`\n]{1,9})`", str(of.GUIDE)))
            keys = {re.sub(r"ctrl\+(\w)", lambda m: f"^{m[1].upper()}", name) for name in named if _is_key(name)}
            assert keys <= own | common, of


def _is_key(name: str) -> bool:
    return (len(name) == 1 and name != "≠") or name.startswith("ctrl+") or name in ("space", "espacio")


def readme(language: str) -> str:
    """The table of the README: where, and which keys."""
    i18n.use(language)
    lines = [i18n.tr("| Where | Keys |", "| Dónde | Teclas |"), "| --- | --- |"]
    places: dict[str, list[Key]] = {i18n.tr("everywhere", "en todas partes"): [*SCREEN_KEYS, *APP_KEYS]}
    for of in holders():
        for key in vars(of).get("KEYS", ()):
            name = key.where.name if key.where else SHARED.get(of) or getattr(of, "NAME", None) or ""
            closes = issubclass(of, Dialog) and key.id in ("back", "read")
            if key not in (*SCREEN_KEYS, *APP_KEYS) and not closes and _named(of):
                where = f"{of.NAME}: {name}" if key.where else str(name)  # type: ignore[attr-defined]
                places.setdefault(where, []).append(key)
    for where, keys in places.items():
        cell = ", ".join(f"`{key.shown}` {key.label}" for key in keys)
        lines.append(f"| {where} | {cell} |")
    return "\n".join(lines)


def _named(of: type[DOMNode]) -> bool:
    """Windows that ask say their keys themselves."""
    return hasattr(of, "NAME") or of in SHARED


def part(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=<!-- keys {language} -->\n\n).*?(?=\n\n<!-- /keys -->)", re.DOTALL)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_tables_of_the_readme_are_this_one(language):
    found = part(language).search(README.read_text(encoding="utf-8"))
    assert found and found.group() == readme(language), "python tests/test_keys.py writes them"


def ids() -> str:
    """The names of the rows for a person's own keys."""
    found = sorted({key.id for key in keymap.all_keys()})
    return textwrap.fill(", ".join(f"`{id}`" for id in found) + ".", 120, break_on_hyphens=False)


NAMES = re.compile(r"(?<=<!-- key names -->\n\n).*?(?=\n?<!-- /key names -->)", re.DOTALL)


def test_the_readme_has_the_names_of_the_keys():
    found = NAMES.findall(README.read_text(encoding="utf-8"))
    assert [names.strip() for names in found] == [ids()] * 2, "python tests/test_keys.py writes them"


if __name__ == "__main__":
    text = NAMES.sub(lambda _: f"{ids()}\n", README.read_text(encoding="utf-8"))
    for language in i18n.LANGUAGES:
        table = readme(language)
        text = part(language).sub(lambda _, table=table: table, text)
    README.write_text(text, encoding="utf-8")
