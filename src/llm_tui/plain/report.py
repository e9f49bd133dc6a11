"""The report in plain mode: how far every exercise is, the document, and writing it in each of its forms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from llm_tui import i18n
from llm_tui.i18n import Text, tr
from llm_tui.lab.whose import LINES, Whose
from llm_tui.plain import words
from llm_tui.plain.here import Here
from llm_tui.plain.menu import Choice, choose
from llm_tui.report.document import Report

TITLE = Text("Report", "Informe")

FORMS: dict[str, tuple[Text, Callable[[Report], str | bytes]]] = {
    "md": (Text("Markdown", "Markdown"), Report.markdown),
    "html": (Text("HTML", "HTML"), Report.html),
    "pdf": (Text("PDF", "PDF"), Report.pdf),
    "docx": (Text("Word", "Word"), Report.word),
    "ipynb": (Text("notebook", "cuaderno"), Report.notebook),
}

READ, WHOSE = Text("read", "leer"), Text("whose", "quién")


def open_report(here: Here) -> None:
    choose(here.console, TITLE, lambda: _states(here), lambda: _choices(here))


def _report(here: Here) -> Report:
    return Report.of(here.lab, i18n.export_language())


def _states(here: Here) -> Sequence[str]:
    return [f"{part.exercise.heading}: {part.state()}." for part in _report(here).parts]


def _choices(here: Here) -> Sequence[Choice]:
    write = Text("write the report to the lab as {form}", "escribir el informe en el laboratorio, en {form}")
    first, *others = FORMS
    forms = [
        Choice(words.EXPORT if ending == first else FORMS[ending][0], write.format(form=FORMS[ending][0]),
               _writes(here, ending))
        for ending in (first, *others)
    ]  # fmt: skip
    return [
        Choice(READ, Text("read the whole document", "leer el documento entero"),
               lambda: here.console.say(_report(here).markdown())),
        *forms,
        Choice(WHOSE, Text("say whose hand-in it is", "decir de quién es la entrega"), lambda: ask_whose(here)),
    ]  # fmt: skip


def _writes(here: Here, ending: str) -> Callable[[], None]:
    return lambda: here.export(f"report.{ending}", FORMS[ending][1](_report(here)))


def ask_whose(here: Here) -> None:
    """Name, group, course and date, each of which may stay empty."""
    whose: Whose = here.lab.whose
    for name, head in LINES.items():
        said = here.console.ask(f"{head}.", getattr(whose, name))
        whose = replace(whose, **{name: said})  # type: ignore[arg-type]
    asked = tr("Put the name into the names of files too?", "¿Poner el nombre también en los nombres de archivo?")
    here.lab.save_whose(replace(whose, in_file_names=here.console.confirm(asked)))
