"""What the six main screens have in common: the frame, and which of the common keys they answer to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.widget import Widget
from textual.widgets import Input

from llm_tui.errors import UserError
from llm_tui.i18n import Text, tr
from llm_tui.keys import SCREEN_KEYS, Key, bindings, retold
from llm_tui.screens.asking_why import AsksWhy
from llm_tui.screens.cells import OpensCells
from llm_tui.screens.drawn_once import DrawnOnce
from llm_tui.screens.leaving import NeverHalf
from llm_tui.screens.opening import OpensFiles
from llm_tui.screens.telling_next import TellsNext
from llm_tui.widgets.bars import JobBar, KeyBar, TopBar
from llm_tui.widgets.here import in_field, rows, within
from llm_tui.widgets.host import Host, host
from llm_tui.widgets.next_step import NextStep
from llm_tui.widgets.panes import Panes

if TYPE_CHECKING:
    from llm_tui.exercises.guides import Prose


class ModeScreen(DrawnOnce, NeverHalf[None], TellsNext, AsksWhy, OpensCells, OpensFiles):
    """A main screen. It has those of the common actions (`run`, `export`, ...) for which it defines `action_...`."""

    NAME: ClassVar[Text]
    ABOUT: ClassVar[Text]
    """What F1 says of this screen, beside its keys."""
    KEYS: ClassVar[tuple[Key, ...]] = SCREEN_KEYS
    BINDINGS = bindings(KEYS)
    GUIDE: ClassVar[Text | Prose | None] = None
    """What the exercise of this screen asks for, in Markdown."""
    DEFINITIONS: ClassVar[Text | Prose | None] = None
    """What the numbers of this screen mean, in Markdown."""

    def compose(self) -> ComposeResult:
        self._fit()
        yield TopBar()
        with Container(id="body"):
            yield from self.body()
        yield NextStep(self.working)
        yield JobBar()
        yield KeyBar()

    def _fit(self) -> None:
        """Be of this size before anything stands here: Textual would style all of it again."""
        size = self.app.size
        for length, breakpoints in (
            (size.width, self.HORIZONTAL_BREAKPOINTS),
            (size.height, self.VERTICAL_BREAKPOINTS),
        ):
            fitting = [name for least, name in breakpoints or () if length >= least]
            self.add_class(*fitting[-1:], update=False)

    @on(events.ScreenResume)
    def _stay_styled(self, event: events.ScreenResume) -> None:
        """It is styled already: what changes on it meanwhile changes its styles, and new colours are seen to."""
        event.refresh_styles = False

    def about(self) -> str:
        """What F1 says of it: what to do next, whole, and what it is for."""
        return "\n\n".join(filter(None, (self.query_one(NextStep).whole(), str(self.ABOUT))))

    def body(self) -> Iterable[Widget]:
        """What stands between the top line and the job bar."""
        return ()

    async def flush(self) -> None:
        """Save what is not saved yet; the app calls it before it quits."""

    def leave_field(self) -> None:
        """Where the focus goes when a person leaves a text field."""
        self.set_focus(None)

    @property
    def host(self) -> Host:
        return host(self)

    def has(self, action: str) -> bool:
        """Whether this screen has something for a common key to do, now or at another time."""
        match action:
            case "enter":
                return bool(self.query(Panes))
            case "code":
                return type(self).code_jobs is not AsksWhy.code_jobs
            case "why":
                return self.explains()
        return hasattr(self, f"action_{action}")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a key of this screen does something now: where it holds for a part alone, only there."""
        if action == "enter" and self.focused is not None:
            return False
        if action == "back" and (in_field(self) or self.maximized):
            return False  # escape goes out one step at a time
        if any(action == key.action for key in SCREEN_KEYS) and not self.has(action):
            return False
        places = [key.where for key in rows(self) if key.action == action]
        return not places or any(place is None or within(self, place.id) for place in places)

    def action_pane(self, pane: str) -> None:
        """Show a pane and go into it, but not into a field: the next letter is a key still."""
        self.query_one(Panes).show(pane)
        first = _first(self.query_one(f"#{pane}"))
        self.set_focus(None if first is None or first.check_consume_key("a", "a") else first)

    def action_enter(self) -> None:
        """Into the pane that is shown, be it a field."""
        self.set_focus(_first(self.query_one(f"#{self.query_one(Panes).current}")))

    def action_go(self, part: str) -> None:
        """To a part of the screen; the pane that it is in is shown."""
        widget = self.query(part).first(Widget)
        around = {node.id for node in widget.ancestors_with_self}
        for panes in self.query(Panes):
            for pane in panes.panes:
                if pane.name in around:
                    panes.show(pane.name)
        self.set_focus(widget)

    def action_back(self) -> None:
        """From a screen that belongs to the playground."""
        self.host.switch_mode("play")

    def action_guide(self) -> None:
        self._tell(tr("Guide", "Guía"), self.GUIDE)

    def action_definitions(self) -> None:
        self._tell(tr("Definitions", "Definiciones"), self.DEFINITIONS)

    def _tell(self, title: str, text: Text | Prose | str | None) -> None:
        """A text with the person's own keys, and the pages that belong to this screen."""
        from llm_tui.exercises import reading
        from llm_tui.screens.reading import ReadingDialog, keys_of, show

        told = retold(str(text), keys_of(self.app)) if text else ""
        pages = reading.of(self.host.current_mode)
        title = title if told else tr("Pages to read", "Páginas para leer")
        self.app.push_screen(ReadingDialog(title, told, pages), lambda page: show(self.app, page))

    def action_code(self) -> None:
        from llm_tui.screens.code import CodeDialog

        if jobs := self.code_jobs():
            self.app.push_screen(CodeDialog(jobs))
        else:
            self.notify(self.no_code())

    def no_code(self) -> str:
        """Why there is no program to show."""
        return tr(
            "Nothing was done here yet of which there could be a program.",
            "Aquí aún no se hizo nada de lo que pudiera haber un programa.",
        )

    def action_devices(self) -> None:
        """Show the devices; one that is chosen goes into this screen's field for it, where there is one."""
        from llm_tui.screens.devices import FIELD, DevicesDialog

        def chosen(device: str | None) -> None:
            for field in self.query(FIELD).results(Input) if device else ():
                field.value = device or ""
                self.notify(tr(f"The device is {device} now.", f"El dispositivo es ahora {device}."), markup=False)

        self.app.push_screen(DevicesDialog(), chosen)

    def ask(self, title: str, take: Callable[[str], object], example: str = "") -> None:
        """Ask for a line; `take` gets what is written, where there is something."""
        from llm_tui.screens.dialogs import AskDialog

        def asked(written: str | None) -> None:
            if written:
                take(written)

        self.app.push_screen(AskDialog(title, example), asked)

    def offer(
        self,
        title: str,
        said: str,
        choices: Sequence[str],
        use: Callable[[int], None],
        leave: Callable[[], None] = lambda: None,
    ) -> None:
        """Another way? `use` gets the row of the one that is chosen; where none is, `leave` is called."""
        from llm_tui.screens.dialogs import ChoiceDialog

        def chosen(row: int | None) -> None:
            if row is None:
                leave()
            else:
                use(row)

        self.host.open_late(ChoiceDialog(title, said, choices), chosen)

    async def write_export(self, name: str, document: str | bytes) -> bool:
        """Write a document to the lab's exports, with whose it is in its name where that is wanted, and say where, or
        why not; whether it was written.
        """
        lab = self.host.lab
        try:
            path = await asyncio.to_thread(lambda: lab.export(lab.whose.file_name(name), document))
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            return False
        self.notify(tr(f"Written: {path}", f"Escrito: {path}"), markup=False)
        if self.host.tour:
            self.host.tour.wrote = True
            self.host.changed.publish("tour")
        return True


def _first(inside: Widget) -> Widget | None:
    """What takes the focus first in a pane."""
    return next((widget for widget in (inside, *inside.query("*").results(Widget)) if widget.focusable), None)


def absent() -> str:
    return tr("The model is not here", "El modelo no está aquí")
