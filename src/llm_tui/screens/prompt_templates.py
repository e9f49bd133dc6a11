"""Templates of prompts: one is chosen, its blanks are filled in, and the prompt goes into the input."""

from __future__ import annotations

from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Input, Label, Static, TextArea
from textual.widgets.option_list import Option

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.foundation.settings import MODEL
from llm_tui.i18n import Text, tr
from llm_tui.keys import CLOSE, Key, bindings
from llm_tui.playground.prompts import TEMPLATES, Blank, PromptTemplate, blanks, template
from llm_tui.playground.state import Playground
from llm_tui.screens.answers import AnswersScreen
from llm_tui.screens.leaving import Dialog
from llm_tui.visible import visible
from llm_tui.widgets.line import Line
from llm_tui.widgets.option_list import OptionList
from llm_tui.widgets.parts import barred
from llm_tui.widgets.prompt_aid import PromptAid
from llm_tui.widgets.text_field import TextField

USE = Key("use-prompt", "ctrl+r", "use", Text("put it in the input", "poner en la entrada"),
          Text("Put the prompt in the input of the playground.",
               "Pone la instrucción en la entrada del banco de pruebas."),
          priority=True)  # fmt: skip


class TemplatesDialog(Dialog[None]):
    """What is filled in stays in the playground, which it lies over, template by template."""

    AUTO_FOCUS = "#templates"
    NAME = Text("Templates of prompts", "Plantillas de instrucciones")
    KEYS = (USE, Key("leave-templates", "escape", "dismiss", Text("close", "cerrar")))
    BINDINGS = bindings(KEYS)

    def __init__(self, under: AnswersScreen[Playground]):
        super().__init__()
        self._under = under

    @property
    def _chosen(self) -> PromptTemplate:
        return template(self._under.answers.template)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide") as box:
            box.border_title = str(self.NAME)
            box.border_subtitle = tr(
                f"tab goes on, {USE.shown}: {USE.label}, {CLOSE.shown} closes",
                f"tab sigue, {USE.shown}: {USE.label}, {CLOSE.shown} cierra",
            )
            yield OptionList(*(Option(str(each.title)) for each in TEMPLATES), markup=False, id="templates")
            for blank in blanks():
                with Horizontal(id=f"row-{blank.name}", classes="long" if blank.long else "short"):
                    yield Label(str(blank.label), markup=False)
                    yield _field(blank)
            yield PromptAid(id="aid")
            with barred(VerticalScroll(id="given")):
                yield Static(id="given-text", markup=False)

    def on_mount(self) -> None:
        self.query_one("#templates", OptionList).highlighted = TEMPLATES.index(self._chosen)
        self._fill()

    def _filled(self) -> dict[str, str]:
        return self._under.answers.blanks.get(self._chosen.name, {})

    def _language(self) -> str:
        return self._chosen.language(self._filled(), i18n.language())

    def _prompt(self) -> str:
        return self._chosen.prompt(self._filled(), self._language())

    def _fill(self) -> None:
        """The blanks of the chosen template, as they were left."""
        chosen, filled = self._chosen, self._filled()
        for blank in blanks():
            self.query_one(f"#row-{blank.name}").display = blank in chosen.blanks
            field = self.query_one(f"#blank-{blank.name}")
            if isinstance(field, TextField):
                field.put(filled.get(blank.name, ""))
            elif isinstance(field, Input):
                with self.prevent(Input.Changed):
                    field.value = filled.get(blank.name, "")
                field.placeholder = str(blank.default or blank.help)
        self._show()

    def _show(self) -> None:
        prompt = self._prompt()
        self.query_one("#given-text", Static).update(visible(prompt, keep_newlines=True))
        there = self._under.answers
        self.query_one(PromptAid).look(prompt, there.values()[MODEL.name], answer=there.most_written)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        chosen = TEMPLATES[event.option_index]
        if event.option_list.highlighted == event.option_index and chosen is not self._chosen:
            self._under.change(replace(self._under.answers, template=chosen.name), typing="template")
            self._fill()

    def on_option_list_option_selected(self) -> None:
        self.app.action_focus_next()

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        self._write(message.text_area.id, message.text_area.text)

    def on_input_changed(self, message: Input.Changed) -> None:
        self._write(message.input.id, message.value)

    def on_input_submitted(self) -> None:
        self.app.action_focus_next()

    def _write(self, id: str | None, text: str) -> None:
        there, name, blank = self._under.answers, self._chosen.name, (id or "").removeprefix("blank-")
        if text != self._filled().get(blank, ""):
            filled = {**there.blanks, name: {**self._filled(), blank: text}}
            self._under.change(replace(there, blanks=filled), typing=f"blank {name} {blank}")
            self._show()

    def action_use(self) -> None:
        try:
            self._chosen.check(self._filled())
        except UserError as error:
            self.app.notify(str(error), severity="error", markup=False)
            return
        self._under.change(self._under.answers.with_input(self._prompt()))
        self._under.fill()
        self.dismiss()


def _field(blank: Blank) -> Line | TextField:
    id = f"blank-{blank.name}"
    return barred(TextField(id=id)) if blank.long else Line(id=id)
