"""A session in plain mode: the lab is claimed, the line is opened, Home is said, and all is saved at the end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from llm_tui import __version__, i18n
from llm_tui.course import course
from llm_tui.errors import UserError
from llm_tui.exercises.registry import Row, handed_in
from llm_tui.foundation.models import ListModels
from llm_tui.foundation.tables import models_table
from llm_tui.i18n import Text, tr
from llm_tui.lab import courses
from llm_tui.lab.claim import HEARTBEAT
from llm_tui.lab.lab import Lab
from llm_tui.plain import play, words
from llm_tui.plain.console import Console, Leave, standard
from llm_tui.plain.desk import Desk
from llm_tui.plain.here import Here
from llm_tui.plain.menu import Choice, choose
from llm_tui.plain.report import TITLE as REPORT
from llm_tui.plain.report import ask_whose, open_report
from llm_tui.plain.work import Work
from llm_tui.playground import registry
from llm_tui.report.parts import parts
from llm_tui.signals import told_to_end

HOME = Text("Home", "Inicio")
DEVICES, LANGUAGE, WHOSE = Text("devices", "dispositivos"), Text("language", "idioma"), Text("whose", "quién")

Command = Callable[[Sequence[str]], None]


def run(lab: Lab, command: Command, notices: Sequence[str] = (), line: Console | None = None) -> None:
    """The whole session; it ends when the person leaves, or when there is nothing more to read.

    Raises:
        Ended: the program was told to end, and all is saved.
    """
    console = line or standard()
    lab.tell = console.say
    with _claimed(lab) as (said, lent):
        work = Work(console, lab)
        here = Here(console, lab, work, lambda given: _commanded(console, lab, lent, command, given))
        console.say(
            tr(f"llm-tui {__version__}, plain mode. Lab: {lab.folder}.",
               f"llm-tui {__version__}, modo sencillo. Laboratorio: {lab.folder}."),
            *notices, said, course.current().line(date.today()),
        )  # fmt: skip
        try:
            with told_to_end(work.signalled):
                _home(here)
        except Leave:
            pass
        finally:
            work.close()
            for number in list(lab.unsaved):
                console.say(lab.unsaved[number])
    console.say(tr("Everything is saved in the lab. Goodbye.", "Todo está guardado en el laboratorio. Hasta luego."))


@contextmanager
def _claimed(lab: Lab) -> Iterator[tuple[str, threading.Lock]]:
    """The lab is this program's for the length of the block; where another one has it, it is only read. Yields what is
    to be said, and what is held while a command has the lab.
    """
    over, lent = threading.Event(), threading.Lock()
    said = lab.claim()
    lab_said = courses.remember(lab)

    def beat() -> None:
        while not over.wait(HEARTBEAT):
            if lent.acquire(blocking=False):
                try:
                    if not over.is_set() and not lab.read_only:  # else what is held of it may be old
                        lab.claim()
                finally:
                    lent.release()

    threading.Thread(target=beat, name="claim", daemon=True).start()
    try:
        yield " ".join(filter(None, (said, lab_said))), lent
    finally:
        over.set()
        courses.remember(lab)  # a lab that was new is there now
        with lent:  # not while it is being claimed again
            lab.release()


def _commanded(console: Console, lab: Lab, lent: threading.Lock, command: Command, given: Sequence[str]) -> None:
    """A command of the command line has the lab to itself. Where another program has it afterwards, or no longer, that
    is said.
    """
    with lent:
        before = lab.read_only
        lab.lend()
        try:
            command(given)
        finally:
            if (now := lab.claim()) != before:
                console.say(now or tr("The lab can be written to here now.",
                                      "Ahora se puede escribir aquí en el laboratorio."))  # fmt: skip


def _home(here: Here) -> None:
    """
    Raises:
        Leave: the person leaves. There is nothing to go back to.
    """
    playing = play.Play(here)
    while True:
        choose(here.console, HOME, lambda: (), lambda: _choices(here, playing))
        here.console.say(tr("This is Home; quit leaves.", "Esto es Inicio; salir termina."))


def _choices(here: Here, playing: play.Play) -> Sequence[Choice]:
    states = {part.exercise.number: part.state() for part in parts(here.lab, i18n.export_language())}
    return [
        *(Choice(_word(row), f"{row.title}. {states[row.number]}", _opens(here, row)) for row in handed_in()),
        Choice(play.NAME, Text("put texts to models, task by task", "dar textos a modelos, tarea por tarea"),
               playing.open),
        Choice(Text(REPORT.en.lower(), REPORT.es.lower()), Text("what is handed in, and writing it",
                                                                "lo que se entrega, y escribirlo"),
               lambda: open_report(here)),
        Choice(WHOSE, Text("say whose hand-in it is", "decir de quién es la entrega"), lambda: ask_whose(here)),
        Choice(words.MODELS, Text("which models there are", "qué modelos hay"), lambda: _models(here)),
        Choice(DEVICES, Text("what this machine is", "qué equipo es este"), lambda: here.command(["doctor"])),
        Choice(LANGUAGE, Text("español o inglés", "Spanish or English"), lambda: _language(here.console)),
        Choice(words.COMMAND, Text("any command of the command line, such as: command card, command log, command bias",
                                   "cualquier orden de la línea de órdenes, como: orden card, orden log, orden bias"),
               lambda: _command(here)),
    ]  # fmt: skip


def _word(row: Row) -> Text:
    if isinstance(row.number, str):
        return Text(row.number, "flujos" if row.number == "flows" else row.number)
    return Text(row.short.en.lower(), row.short.es.lower())


def _opens(here: Here, row: Row) -> Callable[[], None]:
    return lambda: Desk(here, row).open()


def _models(here: Here) -> None:
    models = here.work.result(ListModels(registry.offered(), of_servers=registry.of_servers()))
    here.read_table(models_table(models))
    here.console.say(
        tr("To fetch one: command models pull, and its name.", "Para descargar uno: orden models pull, y su nombre.")
    )


def _language(console: Console) -> None:
    said = console.ask(tr("Which language, es or en?", "¿Qué idioma, es o en?"), i18n.language()).strip().lower()
    if said not in i18n.LANGUAGES:
        raise UserError(tr("There are es and en.", "Hay es y en."))
    i18n.use(said, asked=True)


def _command(here: Here) -> None:
    import shlex

    typed = here.console.ask(tr("Which command? As in a shell, without llm-tui.",
                                "¿Qué orden? Como en una terminal, sin llm-tui."))  # fmt: skip
    try:
        given = shlex.split(typed)
    except ValueError as error:
        raise UserError(tr("A quotation mark is not closed.", "Hay unas comillas sin cerrar.")) from error
    here.command(given)
