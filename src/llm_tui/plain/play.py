"""The playground in plain mode: its tasks, asked and answered; nothing here knows one of them by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from llm_tui import i18n
from llm_tui.engine.events import Event, Finished, Token
from llm_tui.engine.job import Job
from llm_tui.errors import UserError
from llm_tui.exercises.registry import row
from llm_tui.exercises.textfile import read_text
from llm_tui.fields import Field, OneOf, YesNo
from llm_tui.foundation.settings import GENERATION, MODEL
from llm_tui.foundation.tables import energy_of
from llm_tui.i18n import Text, tr
from llm_tui.plain import words
from llm_tui.plain.console import Console
from llm_tui.plain.desk import Desk
from llm_tui.plain.here import Here
from llm_tui.plain.menu import Choice, choose
from llm_tui.plain.work import JobFailed
from llm_tui.playground import registry
from llm_tui.playground.registry import AnyTask
from llm_tui.playground.session import Asked, Session
from llm_tui.playground.state import SETTINGS, Playground
from llm_tui.visible import visible

NAME = Text("playground", "banco")
TITLE = Text("Playground", "Banco de pruebas")

WHY, BACKWARD, HAND_OVER, ANSWERS = (
    Text("why", "porqué"), Text("return", "vuelta"), Text("exercise", "ejercicio"), Text("answers", "respuestas"),
)  # fmt: skip

_SENTENCE_END = re.compile(r"[.!?…\n](?=\s|$)")


class Play:
    """`playground` is what stands in the fields, saved with every change, as on the screen."""

    def __init__(self, here: Here):
        self.here = here
        self.playground = here.playground()
        self.session = Session()

    def open(self) -> None:
        choose(self.here.console, TITLE, lambda: (), self._tasks)

    def _keep(self, playground: Playground) -> None:
        self.playground = playground
        with suppress(UserError):  # told by the lab
            self.here.lab.save_answers("playground", playground)

    def _tasks(self) -> Sequence[Choice]:
        settings = Text("how models are asked, of every task", "cómo se pregunta a los modelos, en todas las tareas")
        given = Text("hear the answers of this session", "oír las respuestas de esta sesión")
        export = Text("write the answers of this session to the lab", "escribir las respuestas de esta sesión")
        definitions = Text("what its words and numbers mean", "qué significan sus palabras y cifras")
        return [
            *(Choice(_word(task), _short(task), _opens(self, task))
              for task in registry.tasks()),
            Choice(words.SETTINGS, settings, self._settings),
            Choice(ANSWERS, given, self._answers),
            Choice(words.EXPORT, export, self._export),
            Choice(words.DEFINITIONS, definitions, lambda: self.here.read_prose(registry.definitions())),
        ]  # fmt: skip

    def _settings(self) -> None:
        typed = self.here.ask_fields(SETTINGS, self.playground.all_settings())
        self._keep(replace(self.playground, settings=typed))

    def _answers(self) -> None:
        if not self.session.past:
            raise UserError(tr("Nothing was asked yet.", "Aún no se ha preguntado nada."))
        self.here.console.say(*(f"{asked.question()}: {asked.listed()}" for asked in reversed(self.session.past)))

    def _export(self) -> None:
        if not self.session.past:
            raise UserError(tr("Nothing was asked yet.", "Aún no se ha preguntado nada."))
        self.here.export("playground.md", self.session.document(i18n.export_language()))

    # One task.

    def task(self, task: AnyTask) -> None:
        self._keep(replace(self.playground, task=task.name))
        choose(self.here.console, task.title, self._head, self._choices)

    def _head(self) -> Sequence[str]:
        return (
            tr(f"Model: {self.playground.values()[MODEL.name]}.", f"Modelo: {self.playground.values()[MODEL.name]}."),
            tr(f"Input: {visible(self.playground.input)}", f"Entrada: {visible(self.playground.input)}"),
        )

    def _choices(self) -> Sequence[Choice]:
        task = self.playground.current
        last = next((asked for asked in self.session.past if asked.task is task), None)
        into = Text("put it into exercise {n}", "ponerlo en el ejercicio {n}")
        back = last and task.back(last.playground.values(), last.result)
        return [
            Choice(words.RUN, Text("ask the model", "preguntar al modelo"), self.ask),
            Choice(words.TEXT, Text("write the input", "escribir la entrada"), self._input),
            Choice(words.OPEN, Text("take the input from a file", "tomar la entrada de un archivo"), self._open),
            Choice(words.SETTINGS, Text("the model, and what the task asks besides",
                                        "el modelo y los campos de la tarea"),
                   self._fields),
            Choice(words.TEACHING, Text("take the teaching model, which is on this machine",
                                        "tomar el modelo didáctico, que está en este equipo"), self._teaching),
            Choice(words.COURSE, Text("take the course's model again", "volver al modelo del curso"), self._course),
            Choice(WHY, Text("ask again, and hear what each word did for the answer",
                             "preguntar otra vez, y oír qué hizo cada palabra por la respuesta"), self._why),
            *([Choice(BACKWARD, Text("put the way back", "preguntar la vuelta"), lambda: self._backward(*back))]
              if back else []),
            *([Choice(HAND_OVER, into.format(n=task.exercise),
                      lambda: self._hand_over(last.job if last else None))] if last and task.exercise else []),
        ]  # fmt: skip

    def ask(self) -> None:
        """
        Raises:
            UserError: a field does not say what it should, or the model could not be asked.
        """
        asked = Asked(self.playground, self.playground.job())
        told = Streamed(self.here.console)

        def hear(job: Job, event: Event) -> None:
            if event.job_id not in self.session._waiting:
                self.session.ask(event.job_id, asked)
            self.session.hear(event)
            if isinstance(event, Token):
                told.hear(event.text)
            elif isinstance(event, Finished):
                told.end()

        try:
            result = self.here.work.result(asked.job, hear)
        except JobFailed as failed:
            self._otherwise(asked, failed)
            return
        self._tell(asked, result, told.text)

    def _tell(self, asked: Asked, result: object, streamed: str) -> None:
        task, say = asked.task, self.here.console.say
        whole = "".join(text for text, _ in task.shown(asked.job, result))
        if not task.generates:
            self.here.read_table(task.table(asked.job, result))
        elif " ".join(streamed.split()) != " ".join(whole.split()):
            say(whole)
        say(task.said(asked.job, result), energy_of(getattr(result, "made_by", None)) or "")  # type: ignore[arg-type]

    def _otherwise(self, asked: Asked, failed: JobFailed) -> None:
        """What else could be asked, where there is something."""
        _, ways = asked.otherwise(failed.kind)
        if not ways:
            raise failed
        self.here.console.say(f"Error: {failed}")
        row = self.here.pick(tr("Ask otherwise? A number, or back.", "¿Preguntar de otro modo? Un número, o atrás."),
                             [said for said, _ in ways])  # fmt: skip
        self._keep(ways[row][1])
        self.ask()

    def _input(self) -> None:
        self._keep(self.playground.with_input(self.here.console.ask_lines(tr("The input.", "La entrada."))))

    def _open(self) -> None:
        from pathlib import Path

        path = Path(self.here.console.ask(tr("Which file? Its path.", "¿Qué archivo? Su ruta.")).strip())
        self._keep(self.playground.with_input(read_text(path).strip()))

    def _fields(self) -> None:
        typed = self.here.ask_fields(self.playground.current.all_fields, self.playground.values())
        self._keep(self.playground.with_values(typed))

    def _teaching(self) -> None:
        task = self.playground.current
        self._keep(self.playground.with_model(task.stand_in.name))
        self.here.console.say(task.quality())

    def _course(self) -> None:
        self._keep(self.playground.with_model(self.playground.current.course_model))

    def _backward(self, fields: dict[str, str], text: str) -> None:
        self._keep(self.playground.with_values(fields).with_input(text))
        self.ask()

    def _hand_over(self, job: Job | None) -> None:
        number = self.playground.current.exercise
        assert number is not None
        desk = Desk(self.here, row(number))
        if desk.part.take_over is None:
            raise UserError(
                tr("This exercise takes nothing from the playground.",
                   "Este ejercicio no toma nada del banco de pruebas.")
            )  # fmt: skip
        desk.change(desk.part.take_over(desk.answers, job))
        self.here.console.say(tr(f"It stands in exercise {number}.", f"Está en el ejercicio {number}."))

    def _why(self) -> None:
        task, typed = self.playground.current, self.playground.values()
        given = [*zip(task.all_fields, (typed[field.name] for field in task.all_fields), strict=True)]
        if task.generates:
            settings = self.playground.all_settings()
            given += [(field, settings[field.name]) for field in GENERATION]
        options = [option for field, value in given for option in command_option(field, value)]
        self.here.command([task.command.name, *options, "--why", "--", self.playground.input])


def command_option(field: Field[Any], value: str) -> list[str]:
    """As the command line has it, where it is not the standard."""
    if value == field.default and field.name != MODEL.name and not field.required:
        return []
    if isinstance(field, YesNo):
        return [field.option] if field.read(value) else []
    words = field.said.items() if isinstance(field, OneOf) else ()
    return [f"{field.option}={next((word for word, choice in words if choice == value), value)}"]


def _word(task: AnyTask) -> Text:
    return Text(task.title.en.lower(), task.title.es.lower())


def _short(task: AnyTask) -> str:
    return str(task.command.short).rstrip(".")


def _opens(play: Play, task: AnyTask) -> Callable[[], None]:
    return lambda: play.task(task)


class Streamed:
    """What a model writes, told in whole sentences as they come."""

    def __init__(self, console: Console):
        self._console = console
        self._told = 0
        self.text = ""

    def hear(self, piece: str) -> None:
        self.text += piece
        for found in _SENTENCE_END.finditer(self.text, self._told):
            if found.end() == len(self.text):  # it may go on
                break
            self._console.say(self.text[self._told : found.end()].strip())
            self._told = found.end()

    def end(self) -> None:
        self._console.say(self.text[self._told :].strip())
        self._told = len(self.text)
