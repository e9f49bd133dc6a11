"""The fields of exercise 1's next sweep."""

from __future__ import annotations

from collections.abc import Mapping

from llm_tui.classifier.job import Sweep
from llm_tui.classifier.setup import DEFAULTS, FIELDS, parse_sweep
from llm_tui.classifier.typed import FieldError
from llm_tui.i18n import tr
from llm_tui.widgets.form import Form
from llm_tui.widgets.parts import framed


class Setup(Form):
    """What names the columns has no field of its own: that is asked where it cannot be told, and is for these data."""

    def __init__(self) -> None:
        super().__init__(FIELDS, DEFAULTS, id="setup")
        framed(self, tr("Setup", "Configuración"))
        self._data = DEFAULTS["data"]

    def put(self, setup: Mapping[str, str]) -> None:
        """Show what was typed at another time; of what is no field any more, nothing."""
        self.fill({**DEFAULTS, **{name: text for name, text in setup.items() if name in DEFAULTS}})

    def fill(self, values: Mapping[str, str]) -> None:
        super().fill(values)
        self._data = self.values["data"]
        self._show_synthetic()

    def on_form_changed(self) -> None:
        if self.values["data"] != self._data:
            self.fill({"text_column": "", "label_column": ""})
        self._show_synthetic()

    def sweep(self) -> Sweep | None:
        """The sweep that the fields say; None where one does not say what it should, which is told then."""
        try:
            return parse_sweep(self.values)
        except FieldError as error:
            self.notify(str(error), severity="error", markup=False)
            self.focus_field(error.field)
            return None

    def _show_synthetic(self) -> None:
        """The sample is no news, and nobody should take it for some."""
        synthetic = self.values["data"].strip() == "sample"
        self.border_subtitle = tr("synthetic texts", "textos sintéticos") if synthetic else ""
