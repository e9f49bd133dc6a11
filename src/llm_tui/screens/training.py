"""Training: exercise 1 from its setup to its table."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static, TextArea
from textual.worker import get_current_worker

from llm_tui import i18n
from llm_tui.classifier.job import DEFAULTS, Diverged, FieldError, Sweep, Training, TrainingResult
from llm_tui.engine.events import Cancelled, Event, Failed, Finished, Metric
from llm_tui.errors import UserError
from llm_tui.exercises import batch_sizes
from llm_tui.exercises.batch_sizes import Answers
from llm_tui.i18n import Text, tr
from llm_tui.lab.runs import Found, Point, Run
from llm_tui.screens.mode import ModeScreen, exercise_panel, titled
from llm_tui.visible import visible
from llm_tui.widgets.autosave import Autosave
from llm_tui.widgets.bars import duration
from llm_tui.widgets.curves import Curve, Curves
from llm_tui.widgets.evaluation import comparison_content, evaluation_content
from llm_tui.widgets.fitted import Fitted
from llm_tui.widgets.form import Field, Form
from llm_tui.widgets.host import JobEvents
from llm_tui.widgets.panes import Pane, Panes
from llm_tui.widgets.plot import COLOURS
from llm_tui.widgets.run_list import RunList
from llm_tui.widgets.sentence import Sentence
from llm_tui.widgets.styles import stylesheet
from llm_tui.widgets.table_editor import TableEditor
from llm_tui.widgets.text_field import TextField

FIELDS = (
    Field("data", Text("data", "datos"), ("sample", "ag_news")),
    Field("train_size", Text("train rows", "entreno")),
    Field("test_size", Text("test rows", "prueba")),
    Field("tokenizer", Text("tokenizer", "tokenizador"), ("basic_english",)),
    Field("batch_size", Text("batch sizes", "lotes")),
    Field("embed_dim", Text("embedding", "embedding")),
    Field("epochs", Text("epochs", "épocas")),
    Field("lr", Text("learn. rate", "tasa apr.")),
    Field("seed", Text("seeds", "semillas")),
    Field("device", Text("device", "dispositivo"), ("auto", "cpu", "cuda:0")),
)

PANES = (
    ("curves", Text("Curves", "Curvas")),
    ("evaluation", Text("Evaluation", "Evaluación")),
    ("try", Text("Try", "Probar")),
    ("compare", Text("Compare", "Comparar")),
)

PARTS = {"s": "#setup Input", "l": "#runs OptionList", "n": "#table DataTable", "w": "#answer"}
"""The letters that go to a part of the screen, where no field takes them as text."""


@dataclass
class Loaded(Message):
    """What the lab holds, read on a thread. `points` are the curves of the runs that are shown, by run id."""

    runs: list[Run]
    points: dict[str, list[Point]]


@dataclass
class Live:
    """A run of this session: what it has reported so far."""

    job: Training
    points: list[Point] = field(default_factory=list)
    ended: bool = False


class TrainingScreen(ModeScreen):
    CSS_PATH = stylesheet("training.tcss")
    BINDINGS = [
        *(Binding(str(i), f"pane('{pane}')", show=False) for i, (pane, _) in enumerate(PANES, start=1)),
        *(Binding(key, f"go('{part}')", show=False) for key, part in PARTS.items()),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]
    AUTO_FOCUS = "#runs OptionList"
    GUIDE = batch_sizes.GUIDE
    DEFINITIONS = batch_sizes.DEFINITIONS
    ABOUT = Text(
        "# Training\n\nFill in the setup (or leave it) and press `ctrl+r`: one run for each batch size and seed. The "
        "curves, the log and the table fill as it goes; `ctrl+x` stops, and what is done is kept.\n\n"
        "- `1` `2` `3` `4` choose curves, evaluation, try a sentence, compare.\n"
        "- `s` goes to the setup, `l` to the list of runs, `n` to the table with the notes, `w` to the answer; `tab` "
        "from part to part; `escape` leaves a field.\n"
        "- In the table: `enter` on a note edits it. In the plots: `←` `→` move a cursor.\n"
        "- In the list of runs: `enter` shows a run's evaluation, `space` marks it for the curves and the comparison, "
        "`d` deletes it.",
        "# Entrenamiento\n\nRellene la configuración (o déjela) y pulse `ctrl+r`: una ejecución por tamaño de lote y "
        "semilla. Las curvas, el registro y la tabla se llenan mientras tanto; `ctrl+x` detiene y lo hecho se "
        "conserva.\n\n"
        "- `1` `2` `3` `4` eligen curvas, evaluación, probar una frase, comparar.\n"
        "- `s` va a la configuración, `l` a la lista de ejecuciones, `n` a la tabla con las notas, `w` a la respuesta; "
        "`tab` de parte en parte; `escape` sale de un campo.\n"
        "- En la tabla: `enter` sobre una nota la edita. En las gráficas: `←` `→` mueven un cursor.\n"
        "- En la lista de ejecuciones: `enter` muestra su evaluación, `espacio` la marca para las curvas y la "
        "comparación, `d` la borra.",
    )

    def __init__(self) -> None:
        super().__init__()
        self._answers = Answers()
        self._sweep = Sweep(Training())
        self._runs: list[Run] = []
        self._points: dict[str, list[Point]] = {}
        self._live: dict[int, Live] = {}
        self._chosen: str | None = None
        self._starting = False
        self._save = Autosave(self, lambda: self.host.lab.save_answers(batch_sizes.NUMBER, self._answers))

    def body(self) -> Iterable[Widget]:
        with Horizontal():
            with Vertical(id="left"):
                yield titled(Form(FIELDS, DEFAULTS, id="setup"), tr("Setup", "Configuración"))
                yield RunList(id="runs")
            with Vertical(id="right"):
                yield Panes([Pane(label, self._pane(name)) for name, label in PANES], id="panes")
                with exercise_panel(batch_sizes.NUMBER):
                    yield TableEditor(id="table")
                    yield Static(batch_sizes.QUESTION.within(i18n.export_language()), id="question", markup=False)
                    yield TextField(id="answer")
                    yield Static(id="footer", markup=False)

    def _pane(self, name: str) -> Widget:
        match name:
            case "curves":
                return Curves(id=name)
            case "try":
                return Sentence(self._run_to_ask, id=name)
            case _:
                return VerticalScroll(Fitted(), id=name)

    def on_mount(self) -> None:
        try:
            self._adopt(self.host.lab.answers(batch_sizes.NUMBER, Answers))
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
        self._show_table()
        self._load()

    async def flush(self) -> None:
        await self._save.flush()

    def _load(self) -> None:
        """Read the runs of the lab on a thread: it may be on a slow file system."""
        wanted, marked, known = self._sweep.runs(), self.query_one(RunList).marked, dict(self._points)

        def read() -> None:
            worker = get_current_worker()
            try:
                runs = self.host.lab.runs.all()
            except UserError as error:
                self.notify(str(error), severity="error", markup=False)
                return
            found = Found(runs)
            shown = {run.id: run for job in wanted if (run := found.run(job))}
            shown |= {run.id: run for run in runs if run.id in marked}
            points = {name: (run.ending and known.get(name)) or run.points() for name, run in shown.items()}
            if not worker.is_cancelled:  # a later reading is under way: this one is old
                self.post_message(Loaded(runs, points))

        self.run_worker(read, thread=True, group="load", exclusive=True)

    def on_loaded(self, message: Loaded) -> None:
        self._runs, self._points = message.runs, message.points
        self.query_one(RunList).show(self._runs)
        self._show_curves()
        self._show_table()
        self._show_evaluation()

    def _adopt(self, answers: Answers) -> None:
        self._answers = answers
        if answers.sweep:
            self._sweep = answers.sweep
        self.query_one(Form).fill({**DEFAULTS, **{k: v for k, v in answers.setup.items() if k in DEFAULTS}})
        self._show_synthetic()
        with self.prevent(TextArea.Changed):
            self.query_one("#answer", TextArea).text = answers.answer

    def _show_synthetic(self) -> None:
        """The sample is no news, and nobody should take it for some."""
        form = self.query_one(Form)
        synthetic = form.values["data"].strip() == "sample"
        form.border_subtitle = tr("synthetic texts", "textos sintéticos") if synthetic else ""

    def _change(self, answers: Answers) -> None:
        self._answers = answers
        self._save.touch()

    # Running.

    async def action_run(self) -> None:
        if self._starting or self._unfinished():
            self.notify(tr("A sweep is running: ctrl+x stops it.", "Hay un barrido en curso: ctrl+x lo detiene."))
            return
        try:
            sweep = Sweep.parse(self.query_one(Form).values)
        except FieldError as error:
            self.notify(str(error), severity="error", markup=False)
            self.query_one(Form).focus_field(error.field)
            return
        self._starting = True
        try:
            left = await asyncio.to_thread(self.host.lab.runs.left, sweep.runs())
        finally:
            self._starting = False
        self._sweep = sweep
        kept = len(sweep.runs()) - len(left)
        if kept:
            said = tr(f"{kept} finished runs are kept", f"se conservan {kept} ejecuciones terminadas")
            self.query_one(Curves).write([said])
        self._live = {self.host.submit(job, self): Live(job) for job in left}
        self.action_pane("curves")
        self._load()

    def _unfinished(self) -> list[int]:
        return [job_id for job_id, live in self._live.items() if not live.ended]

    def on_job_events(self, message: JobEvents) -> None:
        lines: list[str] = []
        ended = False
        for event in message.events:
            if live := self._live.get(event.job_id):
                lines += self._follow(live, event)
                ended = ended or live.ended
        if lines:
            self.query_one(Curves).write(lines)
            self._show_curves()
        if ended:
            self._load()

    def _follow(self, live: Live, event: Event) -> list[str]:
        """Take in one event of a run; returns its lines for the log."""
        size = f"{live.job.batch_size:>4}"
        match event:
            case Metric():
                point = Point(step=event.step, **event.values)  # type: ignore[arg-type]
                live.points.append(point)
                if self._answers.sweep != self._sweep:
                    self._change(replace(self._answers, sweep=self._sweep))
                return [f"{size} {_report(point)}"]
            case Finished(result=TrainingResult() as result):
                live.ended = True
                return [f"{size} {_outcome(result)}"]
            case Failed():
                live.ended = True
                if event.kind != Diverged.__name__:
                    self._give_up()
                self.notify(event.message, severity="error", markup=False, timeout=15)
                return [f"{size} {visible(event.message)}"]
            case Cancelled():
                live.ended = True
                return [f"{size} " + tr("stopped; its curve is kept", "detenida; su curva se conserva")]
        return []

    def _give_up(self) -> None:
        """A run could not be done at all: the others of its sweep could not either. The table shows what it did."""
        for job_id in self._unfinished():
            self._live[job_id].ended = True
            self.host.engine.cancel(job_id)
        self._live.clear()
        self._sweep = self._answers.sweep or Sweep(Training())

    # Showing.

    def action_pane(self, pane: str) -> None:
        self.query_one(Panes).show(pane)
        if pane != "curves":  # what is long is scrolled by the arrow keys at once
            self.set_focus(self.query_one("#try Input" if pane == "try" else f"#{pane}"))

    def action_go(self, part: str) -> None:
        self.set_focus(self.query(part).first(Widget))

    def _show_table(self) -> None:
        language = i18n.export_language()
        answers = replace(self._answers, sweep=self._sweep)
        table = batch_sizes.table(answers, Found(self._runs), language)
        self.query_one(TableEditor).show(table, language)
        footer = " ".join(sentence.within(language) for sentence in table.footer)
        self.query_one("#footer", Static).update(Content(visible(footer)))

    def _show_curves(self) -> None:
        self.query_one(Curves).show(self._curves())

    def _curves(self) -> list[Curve]:
        """The runs of the sweep, one colour a batch size; then the marked ones, with a star."""
        live = {live.job: live.points for live in self._live.values() if live.points}
        found = Found(self._runs)
        sizes = self._sweep.batch_sizes
        curves, drawn = [], set()
        for job in self._sweep.runs():
            run = found.run(job)
            points = live.get(job) or (self._points.get(run.id, []) if run else [])
            label = str(job.batch_size) if job.seed == self._sweep.seeds[0] else ""
            curves.append(Curve(label, points, sizes.index(job.batch_size) % COLOURS))
            drawn |= {run.id} if run else set()
        marked = [run for run in self._runs if run.id in self.query_one(RunList).marked - drawn]
        for number, run in enumerate(marked, start=len(sizes)):
            curves.append(Curve(f"{run.job.batch_size}*", self._points.get(run.id, []), number % COLOURS))
        return curves

    def _run(self) -> Run | None:
        """The run whose evaluation is shown: the chosen one, else the newest that has a result."""
        return self._first(run for run in self._runs if run.result)

    def _run_to_ask(self) -> Run | None:
        return self._first(run for run in self._runs if run.result and run.has_model())

    def _first(self, runs: Iterable[Run]) -> Run | None:
        candidates = list(runs)
        chosen = [run for run in candidates if run.id == self._chosen]
        return next(iter(chosen or candidates), None)

    def _show_evaluation(self) -> None:
        self.query_one("#evaluation Fitted", Fitted).fit(self._evaluation)
        self.query_one("#compare Fitted", Fitted).fit(self._comparison)

    def _evaluation(self, room: int) -> Content:
        run = self._run()
        if run is None or run.result is None:
            return Content(_no_run())
        line = " ".join(visible(run.line()).split())
        return Content.assemble((line, "bold"), "\n", evaluation_content(run.result, room))

    def _comparison(self, room: int) -> Content:
        marked = self.query_one(RunList).marked
        compared = [(run.job, run.result) for run in self._runs if run.id in marked and run.result]
        return comparison_content(compared, room) if compared else Content(_no_marks())

    # The list of runs.

    def on_run_list_chosen(self, message: RunList.Chosen) -> None:
        self._chosen = message.run.id
        self._show_evaluation()
        self.action_pane("evaluation")

    def on_run_list_marks_changed(self) -> None:
        self._load()

    def on_run_list_delete_asked(self, message: RunList.DeleteAsked) -> None:
        from llm_tui.screens.dialogs import ConfirmDialog

        run = message.run
        if run.ending is None and any(self._live[job_id].job == run.job for job_id in self._unfinished()):
            self.notify(tr("This run is training: ctrl+x stops it.", "Se está entrenando: ctrl+x la detiene."))
            return

        def delete(yes: bool | None) -> None:
            if yes:
                self.run_worker(lambda: self._delete(run), thread=True)

        question = tr(
            f"Delete this run with its curve and model? {run.line()}",
            f"¿Borrar esta ejecución con su curva y su modelo? {run.line()}",
        )
        self.app.push_screen(ConfirmDialog(question, tr("Delete", "Borrar")), delete)

    def _delete(self, run: Run) -> None:
        """On a thread."""
        try:
            self.host.lab.runs.delete(run)
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
        self.app.call_later(self._load)

    def action_search(self) -> None:
        self.query_one(RunList).search()

    # What a person writes.

    def on_form_changed(self, message: Form.Changed) -> None:
        self._show_synthetic()
        self._change(replace(self._answers, setup=message.form.values))

    def on_table_editor_edited(self, message: TableEditor.Edited) -> None:
        self._change(self._answers.with_note(message.row, message.text))
        self._show_table()

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        self._change(replace(self._answers, answer=message.text_area.text))

    # Export, copy.

    def _document(self, with_answer: bool) -> str:
        language = i18n.export_language()
        answers = self._answers if with_answer else replace(self._answers, answer="")
        table = batch_sizes.table(answers, Found(self._runs), language)
        return batch_sizes.document(answers, table, language)

    async def action_export(self) -> None:
        if self._answers.sweep is None:
            self.notify(
                tr("There is nothing to export yet: ctrl+r trains.", "Aún no hay nada que exportar: ctrl+r entrena.")
            )
            return
        await self._save.flush()
        await self.write_export(f"exercise-{batch_sizes.NUMBER}.md", self._document(with_answer=True))

    def action_copy(self) -> None:
        self.host.copy(self._document(with_answer=False))


def _report(point: Point) -> str:
    """One line of the log; `point.examples_per_second` in thousands."""
    left = duration(point.seconds_left)
    return tr(
        f"{point.step}/{point.steps} loss {point.loss:.2f} acc {point.accuracy:.2f} "
        f"{point.examples_per_second / 1000:.0f}k ex/s {left}",
        f"{point.step}/{point.steps} pérd {point.loss:.2f} exac {point.accuracy:.2f} "
        f"{point.examples_per_second / 1000:.0f}k ej/s {left}",
    )


def _outcome(result: TrainingResult) -> str:
    return tr(
        f"test accuracy {result.accuracy:.3f} in {result.seconds:.2f} s",
        f"exactitud en prueba {result.accuracy:.3f} en {result.seconds:.2f} s",
    )


def _no_run() -> str:
    return tr("No run has finished yet: ctrl+r trains.", "Aún no ha terminado ninguna ejecución: ctrl+r entrena.")


def _no_marks() -> str:
    return tr(
        "Mark runs with the space bar in the list of runs to compare them here.",
        "Marque ejecuciones con la barra espaciadora en la lista para compararlas aquí.",
    )
