"""Small windows over a screen: a text to read, a question, the letters of the jump key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key as KeyEvent
from textual.widgets import Button, Input, Static

from llm_tui.i18n import Text, tr
from llm_tui.keys import CLOSE, Key, bindings
from llm_tui.screens.leaving import Dialog
from llm_tui.visible import visible
from llm_tui.widgets.fitted import Fitted, flowing
from llm_tui.widgets.line import Line
from llm_tui.widgets.option_list import OptionList

READ = (replace(CLOSE, label=Text("close", "cerrar")), Key("read", "enter", "dismiss", Text("close", "cerrar")))


def _closing() -> str:
    return tr(f"↑ ↓ scroll, {CLOSE.shown} closes", f"↑ ↓ recorren, {CLOSE.shown} cierra")


class TextDialog(Dialog[None]):
    """A text of this program's own, in Markdown; any of escape, enter and q closes it."""

    KEYS = READ
    BINDINGS = bindings(KEYS)

    def __init__(self, title: str, markdown: str):
        super().__init__()
        self._title = title
        self._markdown = markdown

    def compose(self) -> ComposeResult:
        from textual.widgets import Markdown

        with VerticalScroll(classes="dialog wide") as box:
            box.border_title = self._title
            box.border_subtitle = _closing()
            yield Markdown(self._markdown, open_links=False)


NO = Key("no", "escape,n", "answer(False)", Text("no", "no"))
YES = Key("yes", "y,s", "answer(True)", Text("yes", "sí"))


class ConfirmDialog(Dialog[bool]):
    """A question before something that cannot be undone; escape says no."""

    KEYS = (
        NO,
        YES,
        Key("other-button", "left,right", "app.focus_next", Text("the other button", "el otro botón")),
    )
    BINDINGS = bindings(KEYS)

    def __init__(self, question: str, yes: str):
        super().__init__()
        self._question = question
        self._yes = yes

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(visible(self._question), markup=False)
            with Horizontal():
                yield Button(f"No ({NO.shown})", id="no", compact=True)
                yield Button(f"{self._yes} ({_yes_shown()})", id="yes", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        self.dismiss(yes)


def _yes_shown() -> str:
    """The key for yes: by the standard each language has its own letter."""
    return tr("y", "s") if YES.key == ",".join(YES.keys) else YES.shown


class AskDialog(Dialog[str | None]):
    """One line to write: enter gives it back, be it empty, escape gives None."""

    KEYS = (CLOSE,)
    BINDINGS = bindings(KEYS)

    def __init__(self, title: str, placeholder: str = "", text: str = ""):
        super().__init__()
        self._title = title
        self._placeholder = placeholder
        self._text = text

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide") as box:
            box.border_title = self._title
            box.border_subtitle = tr(f"enter: go on, {CLOSE.shown}: leave", f"enter: seguir, {CLOSE.shown}: dejarlo")
            yield Line(self._text, placeholder=self._placeholder)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())


class ChoiceDialog(Dialog[int | None]):
    """Some ways to go on: a digit, or enter on a line, gives its place, escape None."""

    AUTO_FOCUS = "#choices"
    KEYS = (CLOSE,)
    BINDINGS = bindings(KEYS)

    def __init__(self, title: str, said: str, choices: Sequence[str]):
        super().__init__()
        self._title = title
        self._said = said
        self._choices = choices

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide") as box:
            box.border_title = self._title
            box.border_subtitle = tr(
                f"a digit or enter chooses, {CLOSE.shown}: leave", f"una cifra o enter elige, {CLOSE.shown}: dejarlo"
            )
            with VerticalScroll(id="why"):
                yield Static(visible(self._said), markup=False)
            lines = (visible(f"{number} {choice}") for number, choice in enumerate(self._choices, start=1))
            yield OptionList(*lines, markup=False, id="choices")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)

    def on_key(self, event: KeyEvent) -> None:
        if event.key.isdecimal() and 0 < int(event.key) <= len(self._choices):
            event.stop()
            self.dismiss(int(event.key) - 1)


SCROLLING = ("up", "down", "pageup", "pagedown", "home", "end")


class JumpDialog(Dialog[str | None]):
    """Every key that is possible now, by a plain letter; the result is the id of the key."""

    def __init__(self, keys: list[Key]):
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        groups: dict[str, list[Content]] = {}
        for key in self._keys:
            letter = Content.assemble((key.letter, "bold $accent"), f" {key.label}")
            groups.setdefault(str(key.group), []).append(letter)
        with VerticalScroll(classes="dialog wide", id="letters") as box:
            box.border_title = tr("Press a letter", "Pulse una letra")
            box.border_subtitle = tr("↑ ↓ look, any other key closes", "↑ ↓ mirar, otra tecla cierra")
            for group, parts in groups.items():
                yield Static(Content.styled(group, "$text-muted"))
                letters = Fitted(classes="letters")
                letters.fit(partial(flowing, parts, gap=3))
                yield letters

    def on_key(self, event: KeyEvent) -> None:
        if event.key in SCROLLING:  # the list's own
            return
        event.stop()
        found = (key.id for key in self._keys if key.letter in (event.character, event.key))
        self.dismiss(next(found, None))
