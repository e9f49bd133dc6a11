"""Play: six tasks for pretrained models, the input above and the answer below, written while it is made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static, TextArea
from textual.widgets.option_list import Option

from llm_tui import i18n
from llm_tui.engine.events import Cancelled, Event, Failed, Finished, Token
from llm_tui.engine.job import Job
from llm_tui.errors import Unavailable, UserError
from llm_tui.exercises import guides
from llm_tui.exercises.registry import row
from llm_tui.export.markdown import to_markdown
from llm_tui.foundation import teaching
from llm_tui.foundation.job import OutOfMemory
from llm_tui.i18n import Text, tr
from llm_tui.keys import ADD, CHOOSE, EARLIER, LIST, SETUP, TEACHING, TEXT, Bar, Key, Place, bindings
from llm_tui.playground.state import SETTINGS, TASKS, Playground, Task
from llm_tui.screens.answers import AnswersScreen
from llm_tui.screens.mode import absent
from llm_tui.visible import shortened, visible
from llm_tui.widgets.answers import answer_content, answer_line, answer_table
from llm_tui.widgets.form import Field, Form
from llm_tui.widgets.host import JobEvents
from llm_tui.widgets.option_list import OptionList
from llm_tui.widgets.prompt_aid import PromptAid
from llm_tui.widgets.styles import stylesheet
from llm_tui.widgets.text_field import TextField

FIELDS = (
    Field("model", Text("model", "modelo")),
    Field("labels", Text("labels", "etiquetas")),
    Field("template", Text("template", "plantilla")),
    Field("multi_label", Text("several", "varias"), ("yes", "no")),
    Field("direction", Text("direction", "sentido"), ("es-en", "en-es")),
)

SETTING_FIELDS = tuple(Field(field.name, field.label, field.choices) for field in SETTINGS)

SETTINGS_PART, HISTORY_PART = "#settings Input", "#history"

IN_TASKS = Place("tasks", Text("In the tasks", "En las tareas"))
IN_HISTORY = Place("history", Text("In the answers of this session", "En las respuestas de esta sesión"))

EXERCISE_OF = {"zero-shot": 3, "translation": 4, "summary": 5, "prompt": 6}

EASIER = {
    "batch_size": Text("half the batch size", "la mitad del tamaño de lote"),
    "precision": Text("half precision (bfloat16)", "media precisión (bfloat16)"),
    "device": Text("on the CPU", "en la CPU"),
}
"""What can be done where a device has no room, by the setting that it changes."""


@dataclass
class Asked:
    """One question of this session: what stood in the fields, its job, what has been written of the answer, and how it
    ended.
    """

    playground: Playground
    job: Job
    written: str = ""
    result: object = None
    ending: str = ""

    @property
    def task(self) -> Task:
        return self.playground.current


class PlayScreen(AnswersScreen[Playground]):
    CSS_PATH = stylesheet("play.tcss")
    NAME = Text("Playground", "Banco de pruebas")
    KEYS = (
        *(
            Key(f"task-{number}", str(number), f"task({number - 1})", task.title,
                Text(f"The task “{task.title.en}”.", f"La tarea «{task.title.es}»."), Bar.NEVER)
            for number, task in enumerate(TASKS, start=1)
        ),
        Key("sheet", "x", "sheet", Text("exercise", "ejercicio"),
            Text("Open the exercise that is done with this task.", "Abre el ejercicio que se hace con esta tarea.")),
        TEACHING,
        replace(ADD, action="send", label=Text("add to exercise", "añadir al ejercicio"),
                help=Text("Add what was asked to the exercise.", "Añade al ejercicio lo que se preguntó.")),
        Key("compare", "c", "compare", Text("keep beside", "dejar al lado"),
            Text("Keep the answer beside the next one, to compare models, settings or wordings; again, take it away.",
                 "Deja la respuesta al lado de la siguiente, para comparar modelos, ajustes o redacciones; otra vez, "
                 "la quita.")),
        Key("models", "m", "models", Text("models", "modelos"),
            Text("The models: what is here, what fits; fetch, remove, use.",
                 "Los modelos: cuáles están, cuáles caben; descargar, borrar, usar.")),
        Key("flows", "f", "app.switch_mode('flows')", Text("two flows", "dos flujos"),
            Text("Compare the classifier of exercise 1 with a zero-shot model.",
                 "Compara el clasificador del ejercicio 1 con un modelo zero-shot.")),
        Key("translate-back", "b", "back", Text("translate back", "traducir de vuelta"),
            Text("Translate the answer back.", "Traduce de vuelta la respuesta.")),
        replace(CHOOSE, where=IN_TASKS, label=Text("write", "escribir"),
                help=Text("Write this task's input.", "Escribe la entrada de esta tarea.")),
        replace(CHOOSE, where=IN_HISTORY, label=Text("put back", "reponer"),
                help=Text("Put an answer back, with its input and settings.",
                          "Repone una respuesta, con su entrada y sus ajustes.")),
        replace(TEXT, action="go('#input')", label=Text("input", "entrada")),
        replace(SETUP, action="go('#fields Input')", label=Text("model", "modelo"),
                help=Text("To the model and what else the task has; any hub id or folder will do.",
                          "Al modelo y a lo demás de la tarea; sirve cualquier id del hub o carpeta.")),
        Key("settings", "e", f"go('{SETTINGS_PART}')", Text("settings", "ajustes"),
            Text("To the settings of the generation; the definitions say what each does.",
                 "A los ajustes de la generación; las definiciones dicen qué hace cada uno."), Bar.PART),
        replace(LIST, action="go('#tasks')", label=Text("tasks", "tareas")),
        replace(EARLIER, action=f"go('{HISTORY_PART}')", label=Text("session", "sesión"),
                help=Text("To the answers of this session; exporting from there writes all of them.",
                          "A las respuestas de esta sesión; exportar desde allí las escribe todas.")),
    )  # fmt: skip
    BINDINGS = bindings(KEYS)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    AUTO_FOCUS = "#tasks"
    NUMBER = "playground"
    DEFINITIONS = guides.definitions("play")
    ABOUT = Text(
        "Choose a task, write an input, and run; stopping takes no longer than one piece.",
        "Elija una tarea, escriba una entrada y ejecute; detener no tarda más que una pieza.",
    )

    def __init__(self) -> None:
        super().__init__(Playground())
        self._asked: dict[int, Asked] = {}
        self._history: list[Asked] = []
        self._shown: Asked | None = None

    def body(self) -> Iterable[Widget]:
        with Horizontal():
            tasks = OptionList(*(Option(f"{i} {task.title}") for i, task in enumerate(TASKS, start=1)), id="tasks")
            tasks.border_title = tr("Tasks", "Tareas")
            yield tasks
            with Vertical(id="middle"):
                values = dict.fromkeys((field.name for field in FIELDS), "")
                yield Form(FIELDS, values, id="fields")
                text = TextField(id="input")
                text.border_title = tr("Input", "Entrada")
                yield text
                yield PromptAid(id="aid")
                with Horizontal(id="answers"):
                    with VerticalScroll(id="pinned") as pinned:
                        pinned.border_title = tr("Kept beside", "Al lado")
                        yield Static(id="other", markup=False)
                    with VerticalScroll(id="output") as output:
                        output.border_title = tr("Answer", "Respuesta")
                        yield Static(id="answer", markup=False)
                        yield Static(id="line", markup=False)
            with Vertical(id="right"):
                settings = Form(SETTING_FIELDS, self.answers.all_settings(), id="settings")
                settings.border_title = tr("Settings", "Ajustes")
                yield settings
                history = OptionList(id="history", markup=False)
                history.border_title = tr("Session", "Sesión")
                yield history

    def on_mount(self) -> None:
        self.read_answers()
        self.host.playground = self.answers
        self.fill()
        self.show()

    def fill(self) -> None:
        """Put the chosen task's fields and input on the screen."""
        playground = self.answers
        values = playground.values()
        form = self.query_one("#fields", Form)
        form.fill({**dict.fromkeys((field.name for field in FIELDS), ""), **values})
        form.show_only(values)
        self.query_one("#settings", Form).fill(playground.all_settings())
        self.query_one("#tasks", OptionList).highlighted = TASKS.index(playground.current)
        self.query_one("#input", TextField).put(playground.input)

    def become(self, answers: Playground, keep: bool = True) -> None:
        self.host.playground = answers
        super().become(answers, keep)

    def show(self) -> None:
        self.query_one(PromptAid).look(self.answers.input, self.answers.values()["model"])

    # Asking.

    def action_run(self) -> None:
        try:
            job = self.answers.job()
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self._ask(Asked(self.answers, job))

    def action_back(self) -> None:
        """The way back of a translation: its answer becomes the input in the other direction."""
        shown, result = self._shown, self._shown.result if self._shown else None
        if shown is None or shown.task.name != "translation" or result is None:
            self.notify(tr("There is no translation to go back from.", "No hay ninguna traducción que deshacer."))
            return
        values = self.answers.values()
        other = "en-es" if values["direction"].strip() == "es-en" else "es-en"
        answer = result.answers[0].text  # type: ignore[attr-defined]
        self.change(self.answers.with_values({**values, "direction": other}).with_input(answer))
        self.fill()
        self.action_run()

    def action_models(self) -> None:
        from llm_tui.screens.models import ModelsDialog

        def use(model: str | None) -> None:
            if model is not None:
                self.change(self.answers.with_values({**self.answers.values(), "model": model}))
                self.fill()

        self.app.push_screen(ModelsDialog(), use)

    def action_teaching(self) -> None:
        """Ask the teaching model instead of the task's own, or the other way round."""
        task = self.answers.current
        stand_in = teaching.for_task(task.name).name
        self._use(task.fields["model"] if self.answers.values()["model"] == stand_in else stand_in)

    def _use(self, model: str) -> None:
        self.change(self.answers.with_values({**self.answers.values(), "model": model}))
        self.fill()
        self.action_run()

    def action_sheet(self) -> None:
        """The exercise that is done with this task."""
        number = EXERCISE_OF.get(self.answers.current.name)
        if number is None:
            self.notify(tr("No exercise is done with this task.", "Ningún ejercicio se hace con esta tarea."))
        else:
            self.host.switch_mode(row(number).mode)

    async def action_send(self) -> None:
        """What was asked goes to the sheet of its exercise."""
        shown = self._shown
        number = EXERCISE_OF.get(shown.task.name) if shown else None
        if shown is None or number is None:
            said = tr(
                "Nothing was asked that an exercise could take.", "No se preguntó nada que un ejercicio pueda tomar."
            )
            self.notify(said)
            return
        await self.host.switch_mode(row(number).mode)
        self.app.screen.receive(shown.job)  # type: ignore[attr-defined]

    def _ask(self, asked: Asked) -> None:
        self._shown = asked
        self._asked[self.host.submit(asked.job, self)] = asked
        self._show_answer()

    def on_job_events(self, message: JobEvents) -> None:
        for event in message.events:
            if asked := self._asked.get(event.job_id):
                self._follow(asked, event)
        self._show_answer()

    def _follow(self, asked: Asked, event: Event) -> None:
        match event:
            case Token():
                asked.written += event.text
            case Finished():
                asked.result = event.result
                self._remember(asked)
            case Failed(kind=OutOfMemory.__name__ | Unavailable.__name__):
                self._offer(asked, event)
            case Failed():
                asked.ending = event.message
            case Cancelled():
                asked.ending = tr("stopped", "detenida")
        if isinstance(event, Finished | Failed | Cancelled):
            del self._asked[event.job_id]

    def _offer(self, asked: Asked, event: Failed) -> None:
        """Another way to ask the same. Why it is wanted stands in the window; the answer says it when that has gone."""

        def ease(row: int) -> None:
            self.change(asked.playground.eased(tuple(EASIER)[row]))
            self.fill()
            self.action_run()

        def leave() -> None:
            asked.ending = event.message
            self._show_answer()

        asked.ending = tr("no answer", "sin respuesta")
        if event.kind == OutOfMemory.__name__:
            easier = [str(way) for way in EASIER.values()]
            self.offer(tr("Not enough memory", "Falta memoria"), event.message, easier, ease, leave)
        else:
            model = teaching.for_task(asked.task.name)
            quality = [str(model.quality(asked.task.name))]
            self.offer(absent(), event.message, quality, lambda _: self._use(model.name), leave)

    def _remember(self, asked: Asked) -> None:
        self._history.insert(0, asked)
        history = self.query_one("#history", OptionList)
        history.set_options(
            Option(f"{past.task.title}: {_short(answer_line(past.job, past.result))}") for past in self._history
        )

    # Showing.

    def _show_answer(self) -> None:
        asked = self._shown
        if asked is None:
            return
        content = Content(visible(asked.written, keep_newlines=True))
        line = tr("asking…", "preguntando…")
        if asked.result is not None:
            content, line = answer_content(asked.job, asked.result)
        elif asked.ending:
            line = asked.ending
            if not asked.written:  # there is room for the whole sentence
                content, line = Content(visible(asked.ending)), ""
        # Another task may have been chosen since: an answer is never taken for that one's.
        self.query_one("#output").border_title = tr(f"Answer: {asked.task.title}", f"Respuesta: {asked.task.title}")
        self.query_one("#answer", Static).update(content)
        self.query_one("#line", Static).update(Content(visible(line)))

    def action_compare(self) -> None:
        """Keep the answer that is shown beside the next one; the same key again takes it away."""
        pinned, shown = self.query_one("#pinned"), self._shown
        if pinned.has_class("wanted"):
            pinned.remove_class("wanted")
        elif shown is None or shown.result is None:
            self.notify(tr("There is no answer yet: ctrl+r asks.", "Aún no hay respuesta: ctrl+r pregunta."))
        else:
            content, line = answer_content(shown.job, shown.result)
            asked = Content.styled(f"\n\n{_short(shown.job.texts[0])}\n{visible(line)}", "$text-muted")  # type: ignore[attr-defined]
            self.query_one("#other", Static).update(content + asked)
            pinned.add_class("wanted")

    def action_task(self, number: int) -> None:
        self.change(replace(self.answers, task=TASKS[number].name))
        self.fill()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        stale = event.option_list.highlighted != event.option_index
        if event.option_list.id == "tasks" and not stale and TASKS[event.option_index] is not self.answers.current:
            self.action_task(event.option_index)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_list.id == "history":
            self._shown = self._history[event.option_index]
            self.change(self._shown.playground)
            self.fill()
            self._show_answer()
        else:
            self.set_focus(self.query_one("#input"))

    def action_go(self, part: str) -> None:
        self.query_one("#right").set_class(part in (SETTINGS_PART, HISTORY_PART), "wanted")
        visible_parts = [widget for widget in self.query(part) if widget.display and widget.parent.display]  # type: ignore[union-attr]
        if visible_parts:
            self.set_focus(visible_parts[0])

    # What a person writes.

    def on_form_changed(self, message: Form.Changed) -> None:
        if message.form.id == "settings":
            self.change(replace(self.answers, settings=message.form.values), typing="settings")
        else:
            known = self.answers.current.fields
            values = {name: value for name, value in message.form.values.items() if name in known}
            self.change(self.answers.with_values(values), typing="fields")

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        self.change(self.answers.with_input(message.text_area.text), typing="input")

    # Export, copy.

    async def action_export(self) -> None:
        """The answer that is shown; from the list of the session all of them, in the order in which they came."""
        shown = self._shown
        if shown is None or shown.result is None:
            self.notify(tr("There is no answer yet: ctrl+r asks.", "Aún no hay respuesta: ctrl+r pregunta."))
        elif self.query_one("#history").has_focus:
            await self.write_export("play-session.md", "\n".join(map(_document, reversed(self._history))))
        else:
            await self.write_export(f"play-{shown.task.name}.md", _document(shown))

    def action_copy(self) -> None:
        if self._shown is not None and self._shown.result is not None:
            self.host.copy(answer_line(self._shown.job, self._shown.result))


def _document(asked: Asked) -> str:
    language = i18n.export_language()
    table = to_markdown(answer_table(asked.job, asked.result), language)
    return f"**{asked.task.title.within(language)}**\n\n{table}"


def _short(text: str) -> str:
    return shortened(visible(" ".join(text.split())), 50)
