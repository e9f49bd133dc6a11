"""Which rows of the table of keys hold here and now."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from textual import actions
from textual.dom import DOMNode
from textual.keys import key_to_character
from textual.screen import Screen
from textual.widget import Widget

from llm_tui.i18n import Text, tr
from llm_tui.keys import APP_KEYS, SCREEN_KEYS, Bar, Key


class Held(NamedTuple):
    """A row, and the widget, screen or app that lists it."""

    node: DOMNode
    key: Key

    @property
    def title(self) -> str:
        """Where it holds and what it does, in a few words."""
        return f"{self.key.group or place(self.node, self.key)}: {self.key.label}"


def rows(node: DOMNode) -> tuple[Key, ...]:
    """What `node` lists, its own class before those that it builds on."""
    return _listed(type(node))


@cache
def _listed(kind: type[DOMNode]) -> tuple[Key, ...]:
    return tuple(key for of in kind.__mro__ for key in vars(of).get("KEYS", ()))


def place(node: DOMNode | type[DOMNode], key: Key) -> Text:
    """Where a row holds: a part of the screen, a widget, a screen."""
    return key.where.name if key.where else getattr(node, "NAME", Text("Window", "Ventana"))


def within(screen: Screen[Any], id: str) -> bool:
    """Whether the widget of this id has the focus, or one in it."""
    return screen.focused is not None and any(node.id == id for node in screen.focused.ancestors_with_self)


def in_field(screen: Screen[Any]) -> bool:
    """Whether a text field has the focus, of whatever kind."""
    return getattr(screen.focused, "cursor_blink", None) is not None


def writing(screen: Screen[Any]) -> bool:
    """Whether the next letter is text: in a field that can be written in, or in the filter of a list."""
    return screen.focused is not None and screen.focused.check_consume_key("a", "a")


def possible(screen: Screen[Any]) -> Iterator[Held]:
    """What a person can do on `screen` as it stands, from where the focus is outwards: nothing while parts of it are
    still to come, which its actions would ask.
    """
    if not screen.is_mounted:
        return
    taken: set[tuple[str, ...]] = set()
    for node in (screen.focused or screen).ancestors_with_self:
        for key in rows(node):
            if key.keys not in taken and _works(screen, node, key):
                taken.add(key.keys)
                yield Held(node, key)


def by_key(screen: Screen[Any]) -> Iterator[Held]:
    """Those that their key reaches: a field takes letters as text."""
    focused = screen.focused
    for held in possible(screen):
        if focused is None or held.key.priority or not typed(focused, held.key):
            yield held


def typed(field: Widget, key: Key) -> bool:
    """Whether `field` takes this key as text."""
    name = key.keys[0]
    return field.check_consume_key(name, key.shown if len(key.shown) == 1 else key_to_character(name))


def sections(screen: Screen[Any]) -> Iterator[tuple[str, list[Key]]]:
    """All rows of `screen`, under where they hold: first what can be done from where the person is, then the screen,
    its parts, every screen, with what is possible later.
    """
    common = (*SCREEN_KEYS, *APP_KEYS)
    here = [held.key for held in possible(screen) if held.key not in common or held.key.bar is Bar.FIRST]
    yield tr("Here and now", "Aquí y ahora"), here
    by_place: dict[str, list[Key]] = {}
    kinds = {type(node): node for node in screen.walk_children(with_self=True)}
    for node in kinds.values():
        for key in rows(node):
            if key not in SCREEN_KEYS and key not in here and key not in by_place.setdefault(str(place(node, key)), []):
                by_place[str(place(node, key))].append(key)
    yield from ((head, keys) for head, keys in by_place.items() if keys)
    has = getattr(screen, "has", lambda action: hasattr(screen, f"action_{action}"))
    everywhere = [*(key for key in SCREEN_KEYS if has(key.action)), *APP_KEYS]
    yield tr("On every screen", "En todas las pantallas"), [key for key in everywhere if key not in here]


def _works(screen: Screen[Any], node: DOMNode, key: Key) -> bool:
    if key.where is not None and not within(screen, key.where.id):
        return False
    destination, name, parameters = actions.parse(key.action)
    target = {"": node, "app": screen.app, "screen": screen, "focused": screen.focused}[destination]
    return hasattr(target, f"action_{name}") and bool(target.check_action(name, parameters))  # type: ignore[union-attr]
