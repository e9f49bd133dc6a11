"""What a person sets up in the playground: fields, input, model, examples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.widgets import TextArea

from llm_tui.exercises.registry import Row
from llm_tui.playground import registry
from llm_tui.playground.state import SETTINGS, Playground
from llm_tui.screens.answers import AnswersScreen
from llm_tui.widgets.form import Form

if TYPE_CHECKING:
    from llm_tui.widgets.trial import Measured


class PlaySetup(AnswersScreen[Playground]):
    def __init__(self) -> None:
        super().__init__(Playground())
        self._measured: Measured | None = None

    def _with_prompts(self) -> None:
        """Choose the task that takes examples and templates, where another one is chosen."""
        if not self.answers.current.few_shot:
            name = next(task.name for task in registry.tasks() if task.few_shot)
            self.change(replace(self.answers, task=name))
            self.fill()

    def action_few_shot(self) -> None:
        from llm_tui.screens.examples import ExamplesDialog

        def keep(measured: Measured) -> None:
            self._measured = measured

        self._with_prompts()
        self.app.push_screen(ExamplesDialog(self, self._measured, keep))

    def action_templates(self) -> None:
        from llm_tui.screens.prompt_templates import TemplatesDialog

        self._with_prompts()
        self.app.push_screen(TemplatesDialog(self))

    def change(self, answers: Playground, typing: str = "") -> None:
        another = answers.task != self.answers.task
        super().change(answers, typing)
        if another:
            self.tell_next()

    def first_at_hand(self) -> Sequence[int]:
        return () if self.answers.current.exercise is None else (self.answers.current.exercise,)

    def way_to(self, exercise: Row) -> str:
        return "sheet" if exercise.number == self.answers.current.exercise else ""

    def preset(self) -> Iterable[object]:
        yield from (field.default for task in registry.tasks() for field in (*task.all_fields, *SETTINGS))
        yield from (task.example for task in registry.tasks())

    def on_form_changed(self, message: Form.Changed) -> None:
        if message.form.id == "settings":
            self.change(replace(self.answers, settings=message.form.values), typing="settings")
        else:
            known = self.answers.values()
            values = {name: value for name, value in message.form.values.items() if name in known}
            self.change(self.answers.with_values(values), typing="fields")

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        self.change(self.answers.with_input(message.text_area.text), typing="input")

    def action_models(self) -> None:
        from llm_tui.screens.models import ModelsDialog

        def use(model: str | None) -> None:
            if model is not None:
                self.change(self.answers.with_model(model))
                self.fill()

        self.app.push_screen(ModelsDialog(), use)
