"""Pages to read, beside the guide and the definitions of every screen, and the way to where they can be seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from textual.app import App, ComposeResult, SystemCommand
from textual.containers import VerticalScroll
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static
from textual.widgets.option_list import Option

from llm_tui.documentation import TOPICS, Topic
from llm_tui.exercises.reading import PAGES, Page
from llm_tui.i18n import Text, tr
from llm_tui.keys import CLOSE, LIST, Key, bindings, retold
from llm_tui.screens.dialogs import TextDialog
from llm_tui.screens.leaving import Dialog
from llm_tui.widgets.here import rows
from llm_tui.widgets.host import host
from llm_tui.widgets.option_list import OptionList

SHUT = replace(CLOSE, label=Text("close", "cerrar"))


class Seen(Message, bubble=False):
    """A page was read: its example is to stand on the screen where it can be seen."""

    def __init__(self, page: Page):
        super().__init__()
        self.page = page


class PageDialog(Dialog[bool]):
    """A page; the result says whether the person wants to see it."""

    NAME = Text("Page", "Página")
    KEYS = (
        Key("see", "enter", "dismiss(True)", Text("see it", "verlo"),
            Text("Open the screen where it can be seen, with an example set up.",
                 "Abre la pantalla donde se puede ver, con un ejemplo preparado.")),
        SHUT,
    )  # fmt: skip
    BINDINGS = bindings(KEYS)

    def __init__(self, page: Page, known: Iterable[Key]):
        super().__init__()
        self._title, self._markdown = str(page.title), retold(str(page), known)

    def compose(self) -> ComposeResult:
        from textual.widgets import Markdown

        see, shut = (key.shown for key in self.KEYS)
        with VerticalScroll(classes="dialog wide") as box:
            box.border_title = self._title
            box.border_subtitle = tr(
                f"↑ ↓ scroll, {see}: see it, {shut} closes", f"↑ ↓ recorren, {see}: verlo, {shut} cierra"
            )
            yield Markdown(self._markdown, open_links=False)


class ReadingDialog(Dialog[Page | None]):
    """A text of this program's own, in Markdown, and below it the pages that belong to the screen; the result is one
    that the person wants to see.
    """

    AUTO_FOCUS = ".dialog"
    NAME = Text("Guide and definitions", "Guía y definiciones")
    KEYS = (
        replace(LIST, action="to_pages", label=Text("pages to read", "páginas para leer")),
        Key("read", "enter", "dismiss", Text("close", "cerrar")),
        SHUT,
    )
    BINDINGS = bindings(KEYS)

    def __init__(self, title: str, markdown: str, pages: Sequence[Page]):
        super().__init__()
        self._title, self._markdown, self._pages = title, markdown, pages

    def compose(self) -> ComposeResult:
        from textual.widgets import Markdown

        with VerticalScroll(classes="dialog wide") as box:
            box.border_title = self._title
            box.border_subtitle = tr(
                f"↑ ↓ scroll, {LIST.shown}: pages, {SHUT.shown} closes",
                f"↑ ↓ recorren, {LIST.shown}: páginas, {SHUT.shown} cierra",
            )
            if self._markdown:
                yield Markdown(self._markdown, open_links=False)
            yield Static(tr("To read; enter opens a page:", "Para leer; enter abre una página:"), id="of-pages")
            yield OptionList(*(Option(str(page.title)) for page in self._pages), markup=False, id="pages")

    def on_mount(self) -> None:
        pages = self.query_one("#pages", OptionList)
        pages.highlighted = 0
        if not self._markdown:
            self.set_focus(pages)

    def action_to_pages(self) -> None:
        self.set_focus(self.query_one("#pages"))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        page = self._pages[event.option_index]

        def leave() -> None:
            self.dismiss(page)

        def read(see: bool | None) -> None:
            if see:
                self.call_later(leave)  # once the page itself has gone

        self.app.push_screen(PageDialog(page, keys_of(self.app)), read)


def keys_of(app: App[None]) -> list[Key]:
    """The rows of the main screen that is in front, or under the window that is."""
    screen = app.screen_stack[0]
    return [key for node in (app, screen, *screen.query("*")) for key in rows(node)]


def read(app: App[None], page: Page) -> None:
    """Open a page over the main screen."""

    def answered(see: bool | None) -> None:
        if see:
            show(app, page)

    app.push_screen(PageDialog(page, keys_of(app)), answered)


def show(app: App[None], page: Page | None) -> None:
    """Go where a page can be seen, and have its example there."""

    async def going() -> None:
        assert page is not None
        there = host(app.screen)
        await there.switch_mode(page.mode)
        if there.current_mode == page.mode:  # a key may have been faster
            app.screen_stack[0].post_message(Seen(page))

    if page is not None:
        app.run_worker(going())


def commands(app: App[None], screen: Screen[Any]) -> Iterable[SystemCommand]:
    """A command of the palette for each page, and for each part of the documentation."""
    for page in PAGES:
        title = tr(f"Read: {page.title}", f"Leer: {page.title}")
        help = tr("A short page, with where it can be seen.", "Una página breve, con dónde se puede ver.")
        yield SystemCommand(title, help, partial(app.call_later, read, app, page))
    for topic in TOPICS:
        title = tr(f"Documentation: {topic.head}", f"Documentación: {topic.head}")
        yield SystemCommand(title, str(topic.said), partial(app.call_later, _document, app, topic))


def _document(app: App[None], topic: Topic) -> None:
    _, _, text = str(topic).partition("\n")  # its heading is the window's title
    app.push_screen(TextDialog(str(topic.head), retold(text, keys_of(app))))
