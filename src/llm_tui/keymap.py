"""The whole table of keys, and a person's own keys for its rows."""

from __future__ import annotations

import pkgutil
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from inspect import getmembers, isclass
from string import punctuation

from textual.dom import DOMNode
from textual.keys import Keys, _character_to_key, key_to_character

import llm_tui.screens
import llm_tui.widgets
from llm_tui.config import Config
from llm_tui.i18n import tr
from llm_tui.keys import APP_KEYS, SCREEN_KEYS, Key, shown_as
from llm_tui.visible import visible
from llm_tui.widgets.here import place

TABLE = "keys"

MODIFIERS = frozenset(("ctrl", "alt", "shift", "super", "meta", "hyper"))

NEEDED = frozenset(("tab", "shift+tab", "ctrl+c", "ctrl+i", "ctrl+m", "ctrl+j", "ctrl+h", "ctrl+left_square_bracket"))
"""What goes from field to field, and what a terminal sends for tab, enter, backspace and escape."""

FUNCTION = re.compile(r"f([1-9]|1\d|2[0-4])")


def holders() -> Iterator[type[DOMNode]]:
    """Every class of the screens and widgets that lists keys."""
    for package in (llm_tui.screens, llm_tui.widgets):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for _, of in getmembers(import_module(module.name), isclass):
                if of.__module__ == module.name and issubclass(of, DOMNode) and {"KEYS", "BINDINGS"} & vars(of).keys():
                    yield of


def all_keys() -> list[Key]:
    """Every row there is."""
    return [*APP_KEYS, *(key for of in holders() for key in vars(of).get("KEYS", ()))]


def everywhere() -> Iterator[tuple[str, list[Key]]]:
    """The rows of every screen and widget under where they hold, those of all screens last."""
    for of in holders():
        by_place: dict[str, list[Key]] = {}
        for key in vars(of).get("KEYS", ()):
            if key not in SCREEN_KEYS:
                by_place.setdefault(str(place(of, key)), []).append(key)
        yield from by_place.items()
    yield tr("On every screen", "En todas las pantallas"), [*SCREEN_KEYS, *APP_KEYS]


def own_keys(config: Config, rows: Sequence[Key]) -> tuple[dict[str, str], list[str]]:
    """What the person's `[keys]` make of the keys of `rows`: the rows that have others, by their ids, and what cannot
    be followed, a sentence each; there the standard holds.
    """
    wanted: dict[str, tuple[str, ...]] = {}
    refused: dict[str, str] = {}
    for name, value in config.tables.get(TABLE, {}).items():
        of = [key for key in rows if key.id == name]
        why = _unknown(name, {key.id for key in rows}) if not of else ""
        keys = _names(value)
        if why := why or _refused(value, keys, of):
            refused[name] = why
        else:
            wanted[name] = keys
    standard = {id: _standard(rows, id) for id in dict.fromkeys(key.id for key in rows)}
    while (clash := _clash(wanted, standard)) is not None:
        name, key, other = clash
        del wanted[name]
        said, to = shown_as(key), next(str(row.label) for row in rows if row.id == other)
        refused[name] = tr(f"“{said}” is the key of “{other}” ({to})", f"«{said}» es la tecla de «{other}» ({to})")
    told = [
        visible(f"{config.where(TABLE, name)}: {why}{_instead(name in standard)}.") for name, why in refused.items()
    ]
    return {name: ",".join(keys) for name, keys in wanted.items()}, told


def for_textual(own: Mapping[str, str], rows: Sequence[Key]) -> dict[str, str]:
    """The keymap as Textual wants it: it takes a key away from all rows that had it, so those keep it by name."""
    standard = {row.id: set(row.key.split(",")) for row in rows}
    lost = {key for id in own for key in standard[id]}
    return {**{row.id: row.key for row in rows if lost & standard[row.id]}, **own}


def _standard(rows: Sequence[Key], id: str) -> frozenset[str]:
    return frozenset(name for row in rows if row.id == id for name in row.key.split(","))


def _names(value: object) -> tuple[str, ...]:
    """The keys of an entry as Textual names them: a sign by its name, a capital as terminals of yesterday and of today
    send it; with ctrl there is none.
    """
    found: list[str] = []
    for part in value.split(",") if isinstance(value, str) else ():
        *before, last = part.strip().rsplit("+", 1) if len(part.strip()) > 1 else [part.strip()]
        with_it = [word for part in before for word in part.lower().split("+")]
        if with_it == ["shift"] and len(last) == 1 and last.isalpha():
            with_it, last = [], last.upper()
        if len(last) != 1 or "ctrl" in with_it:
            last = last.lower()
        found.append("+".join([*with_it, _character_to_key(last) if len(last) == 1 else last]))
        if not with_it and len(last) == 1 and last.isupper():
            found.append(f"shift+{last.lower()}")
    return tuple(found)


def _refused(value: object, keys: tuple[str, ...], rows: Sequence[Key]) -> str:
    """Why these keys cannot be those of the rows; empty where they can."""
    if not isinstance(value, str) or not all(keys):
        return tr('a key is text, such as "ctrl+t" or "f12,t"', 'una tecla es texto, como "ctrl+t" o "f12,t"')
    for key in keys:
        if not _is_key(key):
            like = tr(
                "“ctrl+t”, “f12”, “t” or “question_mark” are keys", "«ctrl+t», «f12», «t» o «question_mark» lo son"
            )
            return tr(f"“{key}” is no key; {like}", f"«{key}» no es ninguna tecla; {like}")
        if key in NEEDED and not all(key in row.key.split(",") for row in rows):  # its own may be written down
            return tr(f"“{key}” is needed by fields and terminals", f"«{key}» la necesitan los campos y la terminal")
        if any(row.priority for row in rows) and not _beside_text(key):
            return tr(
                f"this works in text fields too, where “{key}” writes or moves: give it ctrl, alt or an F key",
                f"esto vale también en los campos de texto, donde «{key}» escribe o mueve: use ctrl, alt o una tecla F",
            )
    if any("escape" in row.key.split(",") for row in rows) and not any(map(_beside_text, keys)):
        return tr(
            "this leads out of fields and windows: one of its keys must be escape, or have ctrl, alt or an F",
            "esto saca de campos y ventanas: una de sus teclas debe ser escape, o llevar ctrl, alt o una F",
        )
    return ""


def _instead(is_key: bool) -> str:
    return tr("; it keeps its standard key", "; se queda con su tecla predeterminada") if is_key else ""


def _unknown(name: str, known: set[str]) -> str:
    near = get_close_matches(name, known, n=1)
    en, es = (f" (is it “{near[0]}”?)", f" (¿es «{near[0]}»?)") if near else ("", "")
    return tr(f"no key is named “{name}”{en}", f"ninguna tecla se llama «{name}»{es}")


def _is_key(key: str) -> bool:
    *before, name = key.split("+")
    if not name or not MODIFIERS.issuperset(before):
        return False
    return name in _NAMED or FUNCTION.fullmatch(name) is not None or _sign(name) is not None


_NAMED = frozenset(key.value for key in Keys if "+" not in key.value and "<" not in key.value)


_SIGNS = {_character_to_key(sign): sign for sign in punctuation}
"""Those that Textual names otherwise than Unicode, minus for one, it does not find again."""


def _sign(name: str) -> str | None:
    sign = _SIGNS.get(name) or key_to_character(name)
    return sign if sign is not None and not unicodedata.category(sign).startswith("C") else None


def _beside_text(key: str) -> bool:
    """Whether a key neither writes nor moves in a text field."""
    *before, name = key.split("+")
    return name == "escape" or bool({"ctrl", "alt"} & set(before)) or FUNCTION.fullmatch(name) is not None


def _clash(
    wanted: Mapping[str, tuple[str, ...]], standard: Mapping[str, frozenset[str]]
) -> tuple[str, str, str] | None:
    """The last entry whose key is another row's: its name, the key, and the other. Rows that have a key in common by
    the standard hold in different places, and may have one in common again.
    """
    now = {**standard, **wanted}
    for name, keys in reversed(list(wanted.items())):
        for key in keys:
            for other, others in now.items():
                if other != name and key in others and not standard[name] & standard[other]:
                    return name, key, other
    return None
