"""The two flows side by side: the trained classifier of exercise 1 and a zero-shot model on the same test rows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from llm_tui import i18n
from llm_tui.classifier.job import Retest
from llm_tui.engine.events import ENDINGS, Failed, Finished
from llm_tui.errors import UserError
from llm_tui.exercises import flows, guides
from llm_tui.exercises.flows import Comparison
from llm_tui.export.markdown import to_markdown
from llm_tui.export.table import Table
from llm_tui.foundation.job import TEMPLATE, ZERO_SHOT_MODEL
from llm_tui.i18n import Text, tr
from llm_tui.keys import BACK, bindings, spoken
from llm_tui.lab.results import Found
from llm_tui.launching.comparison import table_of
from llm_tui.launching.launches import question
from llm_tui.screens.handing_sheet import MayBeAway
from llm_tui.screens.mode import titled
from llm_tui.visible import visible
from llm_tui.widgets.fitted import Fitted
from llm_tui.widgets.form import Field, Form
from llm_tui.widgets.host import JobEvents
from llm_tui.widgets.styles import stylesheet
from llm_tui.widgets.table_view import table_content

FIELDS = (
    Field(flows.ROWS.name, flows.ROWS.label),
    Field("model", Text("zero-shot model", "modelo zero-shot")),
    Field("template", Text("template", "plantilla")),
)


@dataclass(frozen=True, slots=True)
class Entered:
    """What stands in the fields, as it was typed."""

    rows: str = flows.ROWS.default
    model: str = ZERO_SHOT_MODEL
    template: str = TEMPLATE


class FlowsScreen(MayBeAway[Entered]):
    NUMBER = "flows"
    CSS_PATH = stylesheet("flows.tcss")
    NAME = Text("The two flows", "Los dos flujos")
    KEYS = (BACK,)
    BINDINGS = bindings(KEYS)
    AUTO_FOCUS = "Form Input"
    DEFINITIONS = guides.definitions("flows")
    ABOUT = Text(
        "The newest classifier that you trained (exercise 1) and a zero-shot model classify the same test rows. The "
        "table says what each hits, with the interval that so many rows allow, how long a text takes, how large the "
        "model is, and how many labelled examples it needed. Device, precision and batch size are the playground's.",
        "El clasificador más nuevo que entrenó (ejercicio 1) y un modelo zero-shot clasifican las mismas filas de "
        "prueba. La tabla dice cuánto acierta cada uno, con el intervalo que permiten tantas filas, cuánto tarda por "
        "texto, qué tamaño tiene y cuántos ejemplos etiquetados necesitó. Dispositivo, precisión y tamaño de lote son "
        "los del banco de pruebas.",
    )

    def __init__(self) -> None:
        super().__init__(Entered())
        self._asked: dict[int, Comparison] = {}
        self._table: Table | None = None

    def body(self) -> Iterable[Widget]:
        yield titled(
            Form(FIELDS, asdict(Entered()), models=("model",), id="fields"), tr("The two flows", "Los dos flujos")
        )
        with titled(VerticalScroll(id="result"), tr("Comparison", "Comparación")):
            yield Fitted(id="table")

    def on_mount(self) -> None:
        self.read_answers()
        self.fill()
        self.query_one("#table", Fitted).fit(self._result)
        self.host.elsewhere.wake()  # a comparison that has come back waits for this screen

    def fill(self) -> None:
        self.query_one(Form).fill(asdict(self.answers))

    def show(self) -> None:
        """Nothing of the fields stands anywhere else."""

    def on_form_changed(self, message: Form.Changed) -> None:
        self.change(Entered(**message.form.values), typing="fields")

    async def action_run(self) -> None:
        if self.is_away():
            return
        try:
            comparison = await self._comparison()
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
        else:
            self._go_on(comparison)

    async def action_hand_over(self) -> None:
        """To the scheduler, as one task; a person is asked before."""
        from llm_tui.screens.dialogs import ConfirmDialog

        if self.is_away():
            return
        try:
            comparison = await self._comparison()  # what is typed wrongly is said here, not in an hour
            run = await asyncio.to_thread(self.host.lab.runs.trained)
            settings = {**(await self.playground()).all_settings(), **asdict(self.answers)}
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.run_worker(self.host.elsewhere.hand_over_comparison(run, settings))

        asked = question(1, self.host.elsewhere.settings, [comparison])
        self.app.push_screen(ConfirmDialog(asked, tr("Hand over", "Encargar")), answered)

    def compared(self, found: Sequence[Found]) -> None:
        """What a comparison elsewhere has found out."""
        self._table = table_of(found) or self._table
        self.query_one("#table", Fitted).fit(self._result)

    async def _comparison(self) -> Comparison:
        fields = asdict(self.answers)
        rows = flows.ROWS.read(fields["rows"])
        asking = await self.asking()
        model = asking.model(fields["model"])
        run = await asyncio.to_thread(self.host.lab.runs.trained)
        comparison = Comparison(Retest(str(run.folder), run.job, rows), model, fields["template"], asking.batch_size)
        return replace(comparison, training=run.result.energy if run.result else None)

    def _go_on(self, comparison: Comparison) -> None:
        if job := comparison.due():
            self._asked[self.host.submit(job, self)] = comparison
        else:
            self._table = comparison.table()
            self.query_one("#table", Fitted).fit(self._result)

    def on_job_events(self, message: JobEvents) -> None:
        for event in message.events:
            if not isinstance(event, ENDINGS):
                continue
            comparison = self._asked.pop(event.job_id)
            if isinstance(event, Failed):
                self.notify(event.message, severity="error", markup=False)
            elif isinstance(event, Finished):
                self._go_on(comparison.with_result(event.result))

    def _result(self, room: int) -> Content:
        if self._table is None:
            return Content(
                tr(
                    f"{spoken('run')} compares them; {BACK.spoken} goes back.",
                    f"{spoken('run')} los compara; {BACK.spoken} vuelve.",
                )
            )
        language = i18n.export_language()
        footer = " ".join(sentence.within(language) for sentence in self._table.footer)
        table = table_content(self._table, language, room, sideways=True)
        return Content.assemble(table, "\n\n", (visible(footer), "$text-muted"))

    def _document(self) -> str | None:
        if self._table is None:
            self.notify(
                tr(f"There is no table yet: {spoken('run')} compares.", f"Aún no hay tabla: {spoken('run')} compara.")
            )
            return None
        return to_markdown(self._table, i18n.export_language())

    async def action_export(self) -> None:
        if document := self._document():
            await self.write_export("flows.md", document)

    def action_copy(self) -> None:
        if document := self._document():
            self.host.copy(document)
