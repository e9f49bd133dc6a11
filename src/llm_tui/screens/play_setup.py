"""What a person sets up in the playground: fields, input, model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from textual.widgets import TextArea

from llm_tui.playground import registry
from llm_tui.playground.state import SETTINGS, Playground
from llm_tui.screens.answers import AnswersScreen
from llm_tui.widgets.form import Form


class PlaySetup(AnswersScreen[Playground]):
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
