"""Exercise 3: the sheet of texts with their labels, and what a zero-shot model takes them for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Paste
from textual.widget import Widget

from llm_tui import i18n
from llm_tui.engine.job import Job
from llm_tui.exercises import moderation, moderation_tables
from llm_tui.exercises.contract import Beside
from llm_tui.exercises.moderation import Answers
from llm_tui.exercises.samples import Sample, pasted
from llm_tui.export.table import Table
from llm_tui.foundation.labels_job import TEMPLATE, ZeroShot
from llm_tui.i18n import Text, tr
from llm_tui.keys import ADD, DROP, MARK, NEXT, SETUP, Key, Place, bindings, panes, spoken
from llm_tui.labelled.columns import Choice
from llm_tui.paths import pasted as dropped
from llm_tui.paths.kinds import TABLE
from llm_tui.screens.bias_keys import ToThePairs
from llm_tui.screens.sheet import SheetScreen
from llm_tui.screens.why_panes import panes_of
from llm_tui.snippets.tested import Tested
from llm_tui.widgets.exercise_panel import ExercisePanel
from llm_tui.widgets.fitted import Fitted
from llm_tui.widgets.form import Field, Form
from llm_tui.widgets.parts import titled
from llm_tui.widgets.styles import stylesheet
from llm_tui.widgets.table_editor import TableEditor
from llm_tui.widgets.table_view import table_content
from llm_tui.widgets.why.pane import WhyPane

FIELDS = (
    Field("model", Text("model", "modelo")),
    Field("labels", Text("labels", "etiquetas")),
    Field("key_label", Text("key label", "etiqueta clave")),
    Field("template", Text("hypothesis", "hipótesis"), (moderation.SPANISH_TEMPLATE,)),
    Field("other", Text("compared with", "comparada con"), (TEMPLATE,)),
    moderation.THRESHOLD,
)

PANES = (
    ("samples", Text("Texts", "Textos")),
    ("measures", Text("Measures", "Medidas")),
    ("setup", Text("Setup", "Configuración")),
)

IN_TEXTS = Place("samples", Text("In the texts", "En los textos"))

THRESHOLD_STEP = 0.05


class ModerationScreen(SheetScreen[Answers], ToThePairs):
    CSS_PATH = [stylesheet("exercise.tcss"), stylesheet("sheet.tcss"), stylesheet("moderation.tcss")]
    NAME = Text("Exercise 3", "Ejercicio 3")
    PANES = PANES
    KEYS = (
        *panes(PANES),
        replace(ADD, help=Text("Add a text; pasted lines become texts, too.",
                               "Añade un texto; las líneas pegadas también se vuelven textos.")),
        replace(DROP, where=IN_TEXTS, help=Text("Drop the text.", "Quita el texto.")),
        replace(MARK, label=Text("confirm", "confirmar"), where=IN_TEXTS,
            help=Text("Confirm a label that came with its text (?) as your own mark.",
                      "Confirma como marca propia una etiqueta que venía con su texto (?).")),
        Key("unmarked", "N,shift+n", "unmarked", Text("unmarked", "sin marcar"),
            Text("Take away the labels that came with their texts, to mark the texts yourself.",
                 "Quita las etiquetas que venían con su texto, para que usted marque los textos.")),
        replace(NEXT, action="next_label", label=Text("key label", "etiqueta clave"),
            help=Text("The next label is the key label.", "La etiqueta siguiente pasa a ser la clave.")),
        Key("all", "asterisk", "every_label", Text("all labels", "todas las etiquetas"),
            Text("All labels in the table, or the key label alone.",
                 "Todas las etiquetas en la tabla, o solo la clave.")),
        Key("lower", "comma", "threshold(-1)", Text("threshold down", "bajar el umbral")),
        Key("higher", "full_stop", "threshold(1)", Text("threshold up", "subir el umbral")),
        SETUP.goes("go('#setup Input')"),
    )  # fmt: skip
    BINDINGS = bindings(KEYS)
    AUTO_FOCUS = "#samples DataTable"
    EXERCISE = moderation.EXERCISE
    ABOUT = Text(
        "Run asks the model for each text that it was not asked for yet; stop, and what is there stays. Device, "
        "precision and batch size are the playground's.",
        "Ejecutar pregunta al modelo por cada texto por el que aún no se le ha preguntado; al detener, lo hecho se "
        "queda. Dispositivo, precisión y tamaño de lote son los del banco de pruebas.",
    )

    def __init__(self) -> None:
        super().__init__()
        self._every_label = False

    def panes(self) -> list[Widget]:
        values = dict.fromkeys((field.name for field in FIELDS), "")
        return [
            TableEditor(id="samples"),
            VerticalScroll(Fitted(), id="measures"),
            titled(Form(FIELDS, values, models=("model",), id="setup"), tr("Setup", "Configuración")),
        ]

    def fill(self) -> None:
        super().fill()
        a = self.answers
        self.query_one(Form).fill({f.name: str(getattr(a, f.name)) for f in FIELDS})

    def show(self) -> None:
        super().show()
        language = i18n.export_language()
        self.query_one("#samples", TableEditor).show(
            moderation_tables.samples_table(self.answers, language, doubted=True), language
        )
        self.query_one("#measures Fitted", Fitted).fit(lambda room: Content("\n\n").join(self._measures(room)))

    def _measures(self, room: int) -> Iterator[Content]:
        answers, language = self.answers, i18n.export_language()
        if answers.reading(answers.template) is None:
            yield Content(tr(f"{spoken('run')} asks the model.", f"{spoken('run')} pregunta al modelo."))
            return
        # What answers the question comes first.
        for table in reversed(moderation_tables.measures(answers, language).values()):
            yield table_content(table, language, room)

    def take_over(self, job: Job) -> None:
        if isinstance(job, ZeroShot):
            self.change(replace(self.answers, samples=(*self.answers.samples, Sample(job.texts[0]))))
        else:
            super().take_over(job)

    def table(self) -> Table:
        return moderation_tables.table(self.answers, i18n.export_language(), self._every_label)

    def document(self, answers: Answers, known: Beside) -> str:
        return moderation.document(answers, i18n.export_language(), self._every_label)

    def why(self) -> Sequence[WhyPane]:
        """Of the text that the cursor is on, the label that it was given first."""
        done = next(iter(self.code_jobs()), None)
        job = done.job if isinstance(done, Tested) else None
        alone = job is not None and len(job.texts) == 1
        return panes_of(job, moderation.answer_of(self.answers, job)) if job and alone else ()

    def no_why(self) -> str:
        return tr(
            "Go to a text that the model was asked for: there the words of its label are explained.",
            "Vaya a un texto por el que se preguntó al modelo: ahí se explican las palabras de su etiqueta.",
        )

    # What a person changes.

    def on_form_changed(self, message: Form.Changed) -> None:
        values = message.form.values
        threshold = values.pop("threshold").strip().replace(",", ".")
        try:
            values["threshold"] = moderation.THRESHOLD.nearest(float(threshold))  # type: ignore[assignment]
        except ValueError:
            values.pop("threshold", None)  # half typed
        self.change(replace(self.answers, **values), typing="setup")  # type: ignore[arg-type]

    def on_exercise_panel_edited(self, message: ExercisePanel.Edited) -> None:
        comments = {**self.answers.comments, message.row: message.text}
        self.change(replace(self.answers, comments=comments), typing=f"comment {message.row}")

    def on_table_editor_edited(self, message: TableEditor.Edited) -> None:
        changed = moderation.with_sample(self.answers, int(message.row), **{message.column: message.text})
        self.change(changed, typing=f"{message.column} {message.row}")

    def action_add(self) -> None:
        def add(text: str) -> None:
            self.change(replace(self.answers, samples=(*self.answers.samples, Sample(text))))

        self.ask(tr("Add a text", "Añadir un texto"), add)

    def on_paste(self, event: Paste) -> None:
        """What is pasted outside a field, and is no file: a text on each line."""
        if dropped.paths(event.text):
            return
        event.prevent_default()
        if samples := pasted(event.text):
            self.change(replace(self.answers, samples=(*self.answers.samples, *samples)))

    def action_drop(self) -> None:
        row = self.query_one("#samples", TableEditor).row_key
        if row is not None:
            samples = self.answers.samples
            self.change(replace(self.answers, samples=samples[: int(row)] + samples[int(row) + 1 :]))

    def action_mark(self) -> None:
        editor = self.query_one("#samples", TableEditor)
        if (row := editor.row_key) is not None and self.answers.samples[int(row)].label.strip():
            self.change(moderation.confirmed(self.answers, int(row)))
            editor.go_down()

    def action_unmarked(self) -> None:
        without = moderation.unmarked(self.answers)
        if without == self.answers:
            self.notify(tr("No label here came with its text.", "Ninguna etiqueta de aquí venía con su texto."))
        else:
            self.change(without)

    def action_every_label(self) -> None:
        self._every_label = not self._every_label
        self.show()

    def action_next_label(self) -> None:
        labels = self.answers.label_names()
        if labels:
            key = self.answers.key_label
            following = labels[(labels.index(key) + 1) % len(labels)] if key in labels else labels[0]
            self.change(replace(self.answers, key_label=following))
            self.fill()

    def action_threshold(self, steps: int) -> None:
        threshold = round(moderation.THRESHOLD.nearest(self.answers.threshold + steps * THRESHOLD_STEP), 2)
        self.change(replace(self.answers, threshold=threshold))
        self.fill()

    def action_open(self) -> None:
        title = tr("Open a CSV file", "Abrir un archivo CSV")
        self.ask_file(title, lambda path: self.run_worker(self._read(path), group="open", exclusive=True), TABLE,
                      "~/textos.csv")  # fmt: skip

    async def _read(self, path: str) -> None:
        from llm_tui.exercises.samples import read_samples, rules
        from llm_tui.screens.columns import Opened, take_table

        labels = self.answers.label_names()
        table = Opened(Path(path), rules(labels), TABLE.name, path)
        await take_table(self, table, lambda choice: read_samples(table.path, labels, choice), self._take)

    def _take(self, samples: tuple[Sample, ...], choice: Choice) -> None:
        self.change(replace(self.answers, samples=samples))
        self.notify(tr(f"{len(samples)} texts are here now.", f"Ahora hay {len(samples)} textos."), markup=False)
