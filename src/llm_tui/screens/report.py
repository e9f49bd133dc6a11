"""The document to hand in, as it will be written, and what each exercise still lacks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets.option_list import Option
from textual.worker import Worker, WorkerCancelled

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.exercises.registry import count, handed_in
from llm_tui.i18n import Text, tr
from llm_tui.keys import CHOOSE, LIST, TEXT, Key, Place, bindings
from llm_tui.lab.lab import Lab
from llm_tui.screens.whose_keys import AsksWhose
from llm_tui.widgets.exercise_line import exercise_line
from llm_tui.widgets.option_list import OptionList
from llm_tui.widgets.parts import framed
from llm_tui.widgets.styles import stylesheet

if TYPE_CHECKING:
    from llm_tui.report.document import Report
    from llm_tui.report.parts import Part

IN_EXERCISES = Place("exercises", Text("In the exercises", "En los ejercicios"))

SCROLLBAR = 1

MOST_ROWS = 40
"""Of a table, in the preview."""


@dataclass
class Looked(Message):
    """The report as the lab has it now."""

    parts: tuple[Part, ...]
    document: str


class ReportScreen(AsksWhose):
    CSS_PATH = stylesheet("report.tcss")
    NAME = Text("Report", "Informe")
    KEYS = (
        Key("html", "h", "html", Text("HTML", "HTML"),
            Text("Write the report to the lab as one HTML file.",
                 "Escribe el informe en el laboratorio, en un solo HTML.")),
        Key("pdf", "P,shift+p", "pdf", Text("PDF", "PDF"),
            Text("Write the report to the lab as one PDF.", "Escribe el informe en el laboratorio, en un PDF.")),
        Key("word", "D,shift+d", "word", Text("Word", "Word"),
            Text("Write the report to the lab as one Word document.",
                 "Escribe el informe en el laboratorio, en un documento de Word.")),
        Key("notebook", "J,shift+j", "notebook", Text("notebook", "cuaderno"),
            Text("Write the report to the lab as a Jupyter notebook: the plain programs as code, and what they gave.",
                 "Escribe el informe en el laboratorio, en un cuaderno de Jupyter: los programas sencillos como "
                 "código, y lo que dieron.")),
        Key("whose", "I,shift+i", "whose", Text("whose", "de quién"),
            Text("Name, group, course and date: the first lines of the report, and file names; undo takes it back.",
                 "Nombre, grupo, curso y fecha: las primeras líneas del informe, y nombres de archivo; se puede "
                 "deshacer.")),
        replace(CHOOSE, where=IN_EXERCISES, label=Text("open the exercise", "abrir el ejercicio")),
        replace(LIST, action="part('#exercises')", label=Text("exercises", "ejercicios")),
        replace(TEXT, action="part('#document')", label=Text("document", "documento")),
    )  # fmt: skip
    BINDINGS = bindings(KEYS)
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (70, "-narrow"), (100, "-wide")]
    AUTO_FOCUS = "#exercises"
    ABOUT = Text(
        "The {n} exercises in one document, with their state and what everything was made with. Export writes it as "
        "Markdown; a file that you changed by hand is not overwritten: the new one gets a number. On the command line: "
        "llm-tui export; an old course notebook is mended by llm-tui notebook.",
        "Los {n} ejercicios en un documento, con su estado y con qué se hizo todo. Exportar lo escribe en Markdown; "
        "un archivo que usted cambió a mano no se sobrescribe: el nuevo recibe un número. En la línea de órdenes: "
        "llm-tui export; un cuaderno antiguo del curso se repara con llm-tui notebook.",
    ).format(n=count())

    def __init__(self) -> None:
        super().__init__()
        self._parts: tuple[Part, ...] = ()
        self._markdown = ""
        self._looking: Worker[Report | None] | None = None
        self._writing = asyncio.Lock()

    def body(self) -> Iterable[Widget]:
        with Horizontal():
            yield framed(OptionList(id="exercises", markup=False), tr("Exercises", "Ejercicios"))
            yield framed(VerticalScroll(id="document"), tr("Document", "Documento"))

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, self._on_changed)

    def on_screen_resume(self) -> None:
        self.look_again()

    def _on_changed(self, what: str) -> None:
        if what in ("lab", "away") and self.is_current:
            self.look_again()

    def look_again(self) -> None:
        self._looking = self.run_worker(self._look, group="look", exclusive=True)

    async def _look(self) -> Report | None:
        """The report; what was typed last on another screen is in it."""
        await self.host.save()
        try:
            report = await asyncio.to_thread(_report, self.host.lab)
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            return None
        self.post_message(Looked(report.parts, report.markdown()))
        return report

    async def on_looked(self, message: Looked) -> None:
        self._parts = message.parts
        self._list()
        if message.document != self._markdown:
            self._markdown = message.document
            await self._read(_shortened(message.document))

    async def _read(self, document: str) -> None:
        """Have it to read; what draws Markdown is first imported where there is some."""
        from llm_tui.widgets.document import Document

        place = self.query_one("#document", VerticalScroll)
        if not place.query(Document):
            await place.mount(Document(open_links=False))
        place.query_one(Document).update(document)

    def on_resize(self) -> None:
        self.call_after_refresh(self._list)

    def _list(self) -> None:
        exercises = self.query_one("#exercises", OptionList)
        row, room = exercises.highlighted or 0, exercises.size.width - SCROLLBAR
        lines = (exercise_line(part.exercise, str(part.state()), room) for part in self._parts)
        exercises.set_options(map(Option, lines))
        exercises.highlighted = row if self._parts else None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.host.switch_mode(handed_in()[event.option_index].mode)

    def action_part(self, part: str) -> None:
        self.set_class(part == "#document", "-reading")  # on a narrow screen it has the whole width
        self.set_focus(self.query_one(part))

    def action_export(self) -> None:
        self._write("md", lambda report: report.markdown())

    def action_html(self) -> None:
        self._write("html", lambda report: report.html())

    def action_pdf(self) -> None:
        self._write("pdf", lambda report: report.pdf(), tr("Setting the PDF…", "Componiendo el PDF…"))

    def action_word(self) -> None:
        self._write("docx", lambda report: report.word(), tr("Making the Word document…", "Creando el Word…"))

    def action_notebook(self) -> None:
        self._write("ipynb", lambda report: report.notebook(), tr("Making the notebook…", "Creando el cuaderno…"))

    def _write(self, ending: str, make: Callable[[Report], str | bytes], said: str = "") -> None:
        """Each document one after the other, on a thread; keys go on."""
        if said:
            self.notify(said, markup=False)
        self.run_worker(self._written(ending, make), group="written")

    async def _written(self, ending: str, make: Callable[[Report], str | bytes]) -> None:
        async with self._writing:
            self.look_again()
            if report := await self._report():
                try:
                    made = await asyncio.to_thread(make, report)
                except UserError as error:
                    self.notify(str(error), severity="error", markup=False)
                else:
                    await self.write_export(f"report.{ending}", made)

    def action_copy(self) -> None:
        self.run_worker(self._copied(), group="written")

    async def _copied(self) -> None:
        self.look_again()
        if report := await self._report():
            self.host.copy(report.markdown())

    async def _report(self) -> Report | None:
        """Once it is there: who asks at once shall not have an empty one, and who waits while the lab is looked at
        again has the newer. None where it cannot be had, of which the person was told.
        """
        while looking := self._looking:
            try:
                return await looking.wait()
            except WorkerCancelled:
                if looking is self._looking:  # the screen goes
                    return None
        return None


def _report(lab: Lab) -> Report:
    """Called on a thread: the lab may be on a slow file system.

    Raises:
        UserError: it cannot be read.
    """
    from llm_tui.report.document import Report

    return Report.of(lab, i18n.export_language())


def _shortened(document: str) -> str:
    """The document without the rows of long tables: drawing thousands of them would take minutes."""
    lines: list[str] = []
    for is_table, block in groupby(document.split("\n"), lambda line: line.startswith("|")):
        rows = list(block)
        lines += rows[:MOST_ROWS] if is_table else rows
        if is_table and (hidden := len(rows) - MOST_ROWS) > 0:
            said = tr(f"{hidden} more rows in the file.", f"{hidden} filas más en el archivo.")
            lines += ["", f"*{said}*"]
    return "\n".join(lines)
