"""Exercise 6: three instructions on one paragraph, what the model will see, and every run of each."""

from __future__ import annotations

from dataclasses import replace

from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static, TextArea
from textual.widgets.option_list import Option

from llm_tui.engine.job import Job
from llm_tui.exercises import prompting
from llm_tui.exercises.prompting import TITLES, Answers, Prompt, checked
from llm_tui.foundation.job import PROMPT, TEXT_MODEL, Generate, Settings
from llm_tui.foundation.tables import energy_of, made_by
from llm_tui.i18n import Text, tr
from llm_tui.keys import CHOOSE, EARLIER, LIST, SETUP, TEXT, Place, bindings, panes, spoken
from llm_tui.screens.sheet import SheetScreen
from llm_tui.visible import visible
from llm_tui.widgets.exercise_panel import ExercisePanel
from llm_tui.widgets.form import Field, Form
from llm_tui.widgets.option_list import OptionList
from llm_tui.widgets.parts import ruled, titled
from llm_tui.widgets.prompt_aid import PromptAid
from llm_tui.widgets.styles import stylesheet
from llm_tui.widgets.text_field import TextField
from llm_tui.widgets.zoom import PANEL

FIELDS = (
    Field("model", Text("model", "modelo"), (TEXT_MODEL,)),
    Field("labels", Text("labels", "etiquetas")),
)

PANES = (
    ("work", Text("Prompts", "Instrucciones")),
    ("paragraph", Text("Paragraph", "Párrafo")),
    ("setup", Text("Setup", "Configuración")),
)

IN_PROMPTS = Place("prompts", Text("In the instructions", "En las instrucciones"))
IN_RUNS = Place("runs", Text("In the runs", "En las ejecuciones"))

NAMES = tuple(TITLES)


class PromptingScreen(SheetScreen[Answers]):
    CSS_PATH = [stylesheet("exercise.tcss"), stylesheet("sheet.tcss"), stylesheet("prompting.tcss")]
    NAME = Text("Exercise 6", "Ejercicio 6")
    PANES = PANES
    KEYS = (
        *panes(PANES),
        replace(CHOOSE, where=IN_PROMPTS, label=Text("edit", "editar"),
                help=Text("Edit the instruction.", "Edita la instrucción.")),
        replace(CHOOSE, where=IN_RUNS, label=Text("hand in", "entregar"),
                help=Text("Choose the run to hand in.", "Elige la ejecución que se entrega.")),
        replace(LIST, action="go('#prompts')", label=Text("prompts", "instrucciones")),
        replace(TEXT, action="go('#instruction')", label=Text("instruction", "instrucción")),
        replace(EARLIER, action="go('#runs')", label=Text("runs", "ejecuciones"),
                help=Text("To the runs of this instruction.", "A las ejecuciones de esta instrucción.")),
        SETUP.goes("go('#setup Input')"),
    )  # fmt: skip
    BINDINGS = bindings(KEYS)
    AUTO_FOCUS = "#prompts"
    EXERCISE = prompting.EXERCISE
    ABOUT = Text(
        "Run asks what was not asked in these words yet. How models generate is set in the playground.",
        "Ejecutar pregunta lo que aún no se preguntó con estas palabras. Cómo se genera se ajusta en el banco de "
        "pruebas.",
    )

    def __init__(self) -> None:
        super().__init__()
        self._chosen = NAMES[0]

    def panes(self) -> list[Widget]:
        values = dict.fromkeys((field.name for field in FIELDS), "")
        prompts = ruled(OptionList(*(str(title) for title in TITLES.values()), id="prompts", markup=False))
        instruction = TextField(id="instruction")
        output = VerticalScroll(Static(id="answer-text", markup=False), id="output")
        work = Horizontal(
            Vertical(prompts, ruled(OptionList(id="runs", markup=False), tr("Runs", "Ejecuciones")), id="chosen"),
            Vertical(
                ruled(instruction, tr("Instruction", "Instrucción")),
                PromptAid(id="aid"),
                ruled(output, tr("Answer", "Respuesta")),
                classes=PANEL,
            ),
            id="work",
        )
        paragraph = Vertical(TextField(id="paragraph-text"), id="paragraph")
        return [
            work,
            paragraph,
            titled(Form(FIELDS, values, models=("model",), id="setup"), tr("Setup", "Configuración")),
        ]

    def chosen_text(self) -> str:
        return self.answers.given(self._chosen)

    @property
    def _prompt(self) -> Prompt:
        return self.answers.prompt(self._chosen)

    def fill(self) -> None:
        super().fill()
        self.query_one("#paragraph-text", TextField).put(self.answers.paragraph)
        self.query_one(Form).fill({field.name: getattr(self.answers, field.name) for field in FIELDS})
        self.query_one("#prompts", OptionList).highlighted = NAMES.index(self._chosen)
        self._choose(self._chosen)

    def _choose(self, name: str) -> None:
        self._chosen = name
        self.query_one("#instruction", TextField).put(self._prompt.instruction)

    def show(self) -> None:
        super().show()
        self._show_prompt()

    def _show_prompt(self) -> None:
        """What stands beside the list: all that a move in it changes."""
        prompt, answers = self._prompt, self.answers
        playground = self.host.playground
        most = playground.most_written if playground else Settings().max_new_tokens
        self.query_one(PromptAid).look(answers.given(self._chosen), answers.model, answer=most)
        runs = self.query_one("#runs", OptionList)
        lines = []
        for number, run in enumerate(prompt.runs):
            passed = answers.check(self._chosen, run.output).passed
            lines.append(f"{'●' if number == prompt.chosen else ' '} {'✓' if passed else '✗'} {run.output}")
        runs.put((Option(visible(line)) for line in lines), prompt.runs)
        runs.highlighted = runs.highlighted or 0
        self.query_one("#answer-text", Static).update(self._answer())

    def _answer(self) -> Content:
        """The run that is handed in, with its check; what is being written, while it is."""
        run = self._prompt.run
        given = self.answers.given(self._chosen)
        for job, written in self.streams.items():
            if isinstance(job, Generate) and job.texts[0] == given:
                return Content(visible(written, keep_newlines=True))
        if run is None:
            return Content.styled(tr(f"{spoken('run')} asks.", f"{spoken('run')} pregunta."), "$text-muted")
        check = self.answers.check(self._chosen, run.output)
        parts: list[str | tuple[str, str]] = [
            visible(run.output, keep_newlines=True),
            "\n",
            (checked(check, tr("en", "es")), "bold $success" if check.passed else "bold $warning"),
        ]
        if run.instruction != self._prompt.instruction:
            parts.append(("\n" + visible(f"↳ {run.instruction}"), "$text-muted"))
        if run.lost:
            parts.append((tr(f"\nlost: {visible(run.lost)}", f"\nperdidos: {visible(run.lost)}"), "bold $error"))
        by = [made_by(run.made_by, task=PROMPT), *filter(None, [energy_of(run.made_by)])]
        parts.append(("\n" + visible(" ".join(map(str, by))), "$text-muted"))
        return Content.assemble(*parts)

    def written(self, job: Generate) -> None:
        self.query_one("#answer-text", Static).update(self._answer())

    # What a person changes.

    def become(self, answers: Answers, keep: bool = True) -> None:
        self.streams = {job: text for job, text in self.streams.items() if job in self._asked.values()}
        super().become(answers, keep)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        stale = event.option_list.highlighted != event.option_index
        if event.option_list.id == "prompts" and not stale and NAMES[event.option_index] != self._chosen:
            self._choose(NAMES[event.option_index])
            self._show_prompt()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_list.id == "prompts":
            self.set_focus(self.query_one("#instruction"))
        else:
            chosen = replace(self._prompt, chosen=event.option_index)
            self.change(self.answers.with_prompt(self._chosen, chosen))

    def sheet_text_changed(self, area: TextArea) -> None:
        if area.id == "instruction" and area.text != self._prompt.instruction:
            prompt = replace(self._prompt, instruction=area.text)
            self.change(self.answers.with_prompt(self._chosen, prompt), typing=f"instruction {self._chosen}")
        elif area.id == "paragraph-text" and area.text != self.answers.paragraph:
            self.change(replace(self.answers, paragraph=area.text), typing="paragraph")

    def on_form_changed(self, message: Form.Changed) -> None:
        self.change(replace(self.answers, **message.form.values), typing="setup")  # type: ignore[arg-type]

    def on_exercise_panel_edited(self, message: ExercisePanel.Edited) -> None:
        prompt = replace(self.answers.prompt(message.row), note=message.text)
        self.change(self.answers.with_prompt(message.row, prompt), typing=f"note {message.row}")

    def action_open(self) -> None:
        self.open_text(self._take_paragraph)

    def take_over(self, job: Job) -> None:
        if isinstance(job, Generate):
            self._take_paragraph(job.texts[0])
        else:
            super().take_over(job)

    def _take_paragraph(self, text: str) -> None:
        self.change(replace(self.answers, paragraph=text.strip()))
        self.fill()
