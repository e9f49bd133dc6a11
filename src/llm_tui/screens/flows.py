"""The two flows side by side: the trained classifier of exercise 1 and a zero-shot model on the same test rows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from textual.containers import Vertical
from textual.widget import Widget

from llm_tui import i18n
from llm_tui.classifier.job import Retest
from llm_tui.engine.events import ENDINGS, Failed, Finished
from llm_tui.errors import UserError
from llm_tui.exercises import flows
from llm_tui.exercises.flows import Answers, Comparison
from llm_tui.exercises.flows_table import table
from llm_tui.export.table import Table
from llm_tui.foundation.labels_job import ZeroShot
from llm_tui.i18n import Text, tr
from llm_tui.keys import BACK, SETUP, TEACHING, bindings, panes, spoken
from llm_tui.launching.comparison import retest
from llm_tui.launching.launches import question
from llm_tui.playground.tasks import zero_shot
from llm_tui.screens.labels import LABELS, DrawsLabels
from llm_tui.screens.may_be_away import MayBeAway
from llm_tui.widgets.exercise_panel import ExercisePanel
from llm_tui.widgets.form import Field, Form
from llm_tui.widgets.host import JobEvents
from llm_tui.widgets.labels_pane import LabelsPane
from llm_tui.widgets.panes import Pane, Panes
from llm_tui.widgets.parts import framed
from llm_tui.widgets.styles import stylesheet

FIELDS = (
    Field(flows.ROWS.name, flows.ROWS.label),
    Field("model", Text("zero-shot model", "modelo zero-shot")),
    Field("template", Text("template", "plantilla")),
)


PANES = (
    ("comparison", Text("Comparison", "Comparación")),
    (LABELS, Text("Labels curve", "Curva de etiquetas")),
)


class FlowsScreen(MayBeAway[Answers], DrawsLabels):
    CSS_PATH = [stylesheet("exercise.tcss"), stylesheet("flows.tcss")]
    NAME = Text("The two flows", "Los dos flujos")
    KEYS = (*panes(PANES), SETUP.goes("fields"), TEACHING, BACK)
    BINDINGS = bindings(KEYS)
    AUTO_FOCUS = "#table DataTable"
    EXERCISE = flows.EXERCISE
    ABOUT = Text(
        "The newest classifier that you trained (exercise 1) and a zero-shot model classify the same test rows. The "
        "table says what each hits, with the interval that so many rows allow, how long a text takes, how large the "
        "model is, and how many labelled examples it needed; up to three models get a column each, and under the table "
        "stands which one has made room for another. Device, precision and batch size are the playground's. The table "
        "stands in the report beside the exercises, and holds nothing up there.",
        "El clasificador más nuevo que entrenó (ejercicio 1) y un modelo zero-shot clasifican las mismas filas de "
        "prueba. La tabla dice cuánto acierta cada uno, con el intervalo que permiten tantas filas, cuánto tarda por "
        "texto, qué tamaño tiene y cuántos ejemplos etiquetados necesitó; hasta tres modelos reciben cada uno su "
        "columna, y bajo la tabla figura cuál dejó su lugar a otro. Dispositivo, precisión y tamaño de lote son los "
        "del banco de pruebas. La tabla está en el informe junto a los ejercicios, y allí no bloquea nada.",
    )

    def __init__(self) -> None:
        super().__init__()
        self._asked: dict[int, tuple[Retest | ZeroShot, Comparison | None]] = {}
        """Each with the comparison that goes on after it; None once it was stopped."""

    def body(self) -> Iterable[Widget]:
        form = framed(Form(FIELDS, self._fields(), models=("model",), id="fields"), tr("Comparison", "Comparación"))
        comparison = Vertical(form, ExercisePanel(self.NUMBER, self.question()), id=PANES[0][0])
        both = (comparison, LabelsPane(id=LABELS))
        yield Panes([Pane(label, pane) for (_, label), pane in zip(PANES, both, strict=True)], id="panes")

    def stands(self) -> None:
        self.host.elsewhere.wake()

    def action_fields(self) -> None:
        """To those of the pane that is shown."""
        self.action_go(f"#{self.query_one(Panes).current} Input")

    def table(self) -> Table:
        """That of the comparison, which is handed in once there is one."""
        return table(self.answers, i18n.export_language())

    def _fields(self) -> dict[str, str]:
        return {field.name: getattr(self.answers, field.name) for field in FIELDS}

    def fill(self) -> None:
        super().fill()
        self.query_one("#fields", Form).fill(self._fields())

    def on_form_changed(self, message: Form.Changed) -> None:
        if message.form.id == "fields":
            self.change(replace(self.answers, **message.form.values), typing="fields")  # type: ignore[arg-type]
        else:
            self.change(replace(self.answers, setup=message.form.values), typing="setup")

    def on_exercise_panel_edited(self, message: ExercisePanel.Edited) -> None:
        self.change(self.answers.with_note(message.row, message.text), typing=f"note {message.row}")

    # Comparing.

    def action_teaching(self) -> None:
        """Ask the teaching model instead of the course's, or the other way round; the curve is asked for on its key."""
        task, asked = zero_shot.TASK, self.answers.model
        self.change(
            replace(self.answers, model=task.course_model if asked == task.stand_in.name else task.stand_in.name)
        )
        self.fill()
        if self.query_one(Panes).current != LABELS:
            self.run_worker(self.action_run())

    async def action_run(self) -> None:
        if self.query_one(Panes).current == LABELS:
            await self.run_curve()
            return
        if self.is_away():
            return
        try:
            comparison = await self._comparison()
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
        else:
            self._submit(comparison.retest, comparison)

    async def action_hand_over(self) -> None:
        """To the scheduler, as one task; a person is asked before."""
        from llm_tui.screens.dialogs import ConfirmDialog

        if self.is_away():
            return
        try:
            comparison = await self._comparison()  # what is typed wrongly is said here, not in an hour
            run = await asyncio.to_thread(self.host.lab.runs.trained)
            settings = {**(await self.playground()).all_settings(), **self._fields()}
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.run_worker(self.host.elsewhere.hand_over_comparison(self.NUMBER, run, settings))

        asked = question(1, self.host.elsewhere.settings, [comparison])
        self.app.push_screen(ConfirmDialog(asked, tr("Hand over", "Encargar")), answered)

    async def _comparison(self) -> Comparison:
        rows = flows.ROWS.read(self.answers.rows)
        asking = await self.asking()
        model = asking.model(self.answers.model)
        run = await asyncio.to_thread(self.host.lab.runs.trained)
        return Comparison(retest(run, rows), model, self.answers.template, asking.batch_size)

    def _submit(self, job: Retest | ZeroShot, of: Comparison) -> None:
        self._asked[self.host.submit(job, self)] = job, of

    def on_jobs_stopping(self) -> None:
        """What is open may still end with a result, and nothing more is asked."""
        self._asked = {number: (job, None) for number, (job, _) in self._asked.items()}

    def on_job_events(self, message: JobEvents) -> None:
        for event in message.events:
            if not isinstance(event, ENDINGS) or self.point_ended(event) or event.job_id not in self._asked:
                continue
            job, comparison = self._asked.pop(event.job_id)
            if isinstance(event, Failed):
                self.notify(event.message, severity="error", markup=False)
            elif isinstance(event, Finished):
                self._take(job, event.result)
                if isinstance(job, Retest) and comparison:
                    self._submit(comparison.then(event.result), comparison)

    def _take(self, job: Retest | ZeroShot, result: Any) -> None:
        if self.answers.with_result(job, result) is self.answers:
            said = tr(
                "A zero-shot model has answered on other rows than the table has by now, and does not stand in it: "
                f"{spoken('run')} compares anew.",
                "Un modelo zero-shot respondió sobre filas distintas de las que la tabla tiene ahora y no figura en "
                f"ella: {spoken('run')} compara de nuevo.",
            )
            self.notify(said, severity="warning")
        self.learn(lambda answers: answers.with_result(job, result))

    def lacking(self) -> str:
        if flows.begun(self.answers):
            return ""
        return tr(
            f"There is nothing to export yet: {spoken('run')} compares.",
            f"Aún no hay nada que exportar: {spoken('run')} compara.",
        )
