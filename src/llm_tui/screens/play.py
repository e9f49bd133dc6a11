"""Play: tasks for pretrained models, the input above and the answer below, written while it is made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets.option_list import Option

from llm_tui import i18n
from llm_tui.engine.events import Failed, Finished
from llm_tui.errors import UserError
from llm_tui.exercises.registry import row
from llm_tui.foundation.branch import Branch
from llm_tui.foundation.settings import MODEL
from llm_tui.i18n import Text, tr
from llm_tui.keys import bindings, spoken
from llm_tui.playground import registry
from llm_tui.playground.session import Asked, Session
from llm_tui.playground.state import SETTINGS, Playground
from llm_tui.screens.answers import HandedOver
from llm_tui.screens.play_keys import HISTORY_PART, KEYS, SETTINGS_PART
from llm_tui.screens.play_setup import PlaySetup
from llm_tui.screens.redacting import redact
from llm_tui.screens.why_panes import panes_of
from llm_tui.snippets.snippet import Done
from llm_tui.widgets.answers import AnswerPane
from llm_tui.widgets.form import Form
from llm_tui.widgets.host import JobEvents
from llm_tui.widgets.option_list import OptionList
from llm_tui.widgets.parts import framed
from llm_tui.widgets.prompt_aid import PromptAid
from llm_tui.widgets.styles import stylesheet
from llm_tui.widgets.text_field import TextField
from llm_tui.widgets.why.pane import WhyPane


class PlayScreen(PlaySetup):
    CSS_PATH = stylesheet("play.tcss")
    NAME = Text("Playground", "Banco de pruebas")
    KEYS = KEYS
    BINDINGS = bindings(KEYS)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    AUTO_FOCUS = "#tasks"
    NUMBER = "playground"
    DEFINITIONS = registry.definitions()
    ABOUT = Text(
        "Choose a task, write an input, and run; stopping takes no longer than one piece.",
        "Elija una tarea, escriba una entrada y ejecute; detener no tarda más que una pieza.",
    )

    def __init__(self) -> None:
        super().__init__()
        self._session = Session()

    def body(self) -> Iterable[Widget]:
        names = (f"{number} {task.title}" for number, task in enumerate(registry.tasks(), start=1))
        fields = registry.fields()  # of every task: the form shows those of the chosen one
        with Horizontal():
            yield framed(OptionList(*map(Option, names), id="tasks"), tr("Tasks", "Tareas"))
            with Vertical(id="middle"):
                yield Form(fields, {f.name: f.default for f in fields}, models=[MODEL.name], id="fields")
                yield framed(TextField(id="input"), tr("Input", "Entrada"))
                yield PromptAid(id="aid")
                yield AnswerPane(id="answers")
            with Vertical(id="right"):
                settings = Form(SETTINGS, self.answers.all_settings(), id="settings")
                yield framed(settings, tr("Settings", "Ajustes"))
                yield framed(OptionList(id="history", markup=False), tr("Session", "Sesión"))

    def on_mount(self) -> None:
        self.read_answers()
        self.host.playground = self.answers
        self.fill()
        self.show()

    def become(self, answers: Playground, keep: bool = True) -> None:
        self.host.playground = answers
        super().become(answers, keep)

    def fill(self) -> None:
        """Put the chosen task's fields and input on the screen."""
        playground, form = self.answers, self.query_one("#fields", Form)
        form.fill(playground.values())
        form.show_only(playground.values())
        self.query_one("#settings", Form).fill(playground.all_settings())
        self.query_one("#tasks", OptionList).highlighted = registry.tasks().index(playground.current)
        self.query_one("#input", TextField).put(playground.input)

    def show(self) -> None:
        text, examples = self.answers.asked()
        model = self.answers.values()[MODEL.name]
        answer = self.answers.most_written if self.answers.current.generates else 0
        self.query_one(PromptAid).look(text, model, examples, answer)

    # Asking.

    def action_run(self) -> None:
        try:
            asked = Asked(self.answers, self.answers.job())
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self._session.ask(self.host.submit(asked.job, self), asked)
        self._show_answer()

    def branch_off(self, job: Branch) -> None:
        """The answer that it branches off stays beside it."""
        if (first := self._session.shown) is not None:
            self.query_one(AnswerPane).keep(first)
            self._session.ask(self.host.submit(job, self), Asked(first.playground, job, of=first))
            self._show_answer()

    def _put(self, playground: Playground) -> None:
        """What was asked, or could be, stands in the fields of its task."""
        self.change(self.answers.with_question(playground))
        self.fill()

    def _ask(self, playground: Playground) -> None:
        """Ask what stands in these fields."""
        self._put(playground)
        self.action_run()

    def action_way_back(self) -> None:
        """The way back of a translation: its answer becomes the input in the other direction."""
        shown = self._session.shown
        back = shown.task.back(shown.playground.values(), shown.result) if shown and shown.answered else None
        if shown is None or back is None:
            self.notify(
                tr("There is no translation to go back from.", "No hay ninguna traducción que traducir de vuelta.")
            )
            return
        values, text = back
        self._ask(replace(self.answers, task=shown.task.name).with_values(values).with_input(text))

    def action_teaching(self) -> None:
        """Ask the teaching model instead of the task's own, or the other way round."""
        task, asked = self.answers.current, self.answers.values()[MODEL.name]
        self._ask(self.answers.with_model(task.course_model if asked == task.stand_in.name else task.stand_in.name))

    def on_job_events(self, message: JobEvents) -> None:
        for event in message.events:
            match event, self._session.hear(event):
                case Finished(), Asked():
                    self._list_session()
                case Failed() as failed, Asked() as asked:
                    self._offer(asked, failed)
        self._show_answer()

    def _offer(self, asked: Asked, event: Failed) -> None:
        """Another way to ask the same. Why it is wanted stands in the window; the answer says it when that has gone."""

        def leave() -> None:
            asked.ending = event.message
            self._show_answer()

        title, ways = asked.otherwise(event.kind)
        if ways:
            asked.ending = tr("no answer", "sin respuesta")
            said, playgrounds = [str(way) for way, _ in ways], [playground for _, playground in ways]
            self.offer(str(title), event.message, said, lambda row: self._ask(playgrounds[row]), leave)

    # The exercise that is done with a task.

    def action_sheet(self) -> None:
        if (number := self.answers.current.exercise) is None:
            self.notify(tr("No exercise is done with this task.", "Ningún ejercicio se hace con esta tarea."))
        else:
            self.host.switch_mode(row(number).mode)

    async def action_send(self) -> None:
        """What was asked goes to its exercise."""
        shown = self._session.shown
        if shown is None or shown.task.exercise is None:
            self.notify(tr("Nothing was asked that an exercise takes.", "No se preguntó nada que un ejercicio tome."))
            return
        await self.host.switch_mode(row(shown.task.exercise).mode)
        self.app.screen_stack[0].post_message(HandedOver(shown.job))  # a window may be open there

    # Showing.

    def _show_answer(self) -> None:
        if self._session.shown is not None:
            self.query_one(AnswerPane).show(self._session.shown)

    def _list_session(self) -> None:
        past = tuple(self._session.past)
        self.query_one("#history", OptionList).put((Option(asked.listed()) for asked in past), past)

    def _answer(self) -> Asked | None:
        """What is shown, where it is an answer; else the person is told how to get one."""
        shown = self._session.shown
        if shown is None or not shown.answered:
            run = spoken("run")
            self.notify(tr(f"There is no answer yet: {run} asks.", f"Aún no hay respuesta: {run} pregunta."))
            return None
        return shown

    async def action_redact(self) -> None:
        shown = self._session.shown
        await redact(self, shown and shown.job, shown and shown.result)

    def action_compare(self) -> None:
        """Keep the answer that is shown beside the next one; the same key again takes it away."""
        if not self.query_one(AnswerPane).drop() and (shown := self._answer()):
            self.query_one(AnswerPane).keep(shown)

    def action_task(self, number: int) -> None:
        self.change(replace(self.answers, task=registry.tasks()[number].name))
        self.fill()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        stale = event.option_list.highlighted != event.option_index
        of_tasks = event.option_list.id == "tasks" and not stale
        if of_tasks and registry.tasks()[event.option_index] is not self.answers.current:
            self.action_task(event.option_index)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_list.id == "history":
            self._session.shown = self._session.past[event.option_index]
            self._put(self._session.shown.playground)
            self._show_answer()
        else:
            self.set_focus(self.query_one("#input"))

    def action_go(self, part: str) -> None:
        self.query_one("#right").set_class(part in (SETTINGS_PART, HISTORY_PART), "wanted")
        visible_parts = [widget for widget in self.query(part) if widget.display and widget.parent.display]  # type: ignore[union-attr]
        if visible_parts:
            self.set_focus(visible_parts[0])

    # Export, copy, code.

    def code_jobs(self) -> Sequence[Done]:
        shown = self._session.shown
        return [shown.job] if shown and shown.answered else []

    def why(self) -> Sequence[WhyPane]:
        shown = self._session.shown
        return panes_of(shown.job, shown.result) if shown and shown.answered else ()

    def why_exercise(self) -> int | str | None:
        return self._session.shown.task.exercise if self._session.shown else None

    async def action_export(self) -> None:
        """The answer that is shown; from the list of the session all of them, in the order in which they came."""
        if shown := self._answer():
            language = i18n.export_language()
            if self.query_one("#history").has_focus:
                await self.write_export("play-session.md", self._session.document(language))
            else:
                await self.write_export(f"play-{shown.task.name}.md", shown.document(language))

    def action_copy(self) -> None:
        if self._session.shown is not None and self._session.shown.answered:
            self.host.copy(self._session.shown.line())
