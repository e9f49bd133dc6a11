"""A window that asks whose hand-in it is."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Checkbox, Input, Label, Static

from llm_tui.i18n import Text, tr
from llm_tui.keys import CLOSE, FIELD_KEYS, bindings
from llm_tui.lab.whose import LINES, Whose
from llm_tui.screens.leaving import Dialog
from llm_tui.widgets.line import Line


class Box(Checkbox):
    """One that is told apart from a marked one without colours."""

    BUTTON_LEFT, BUTTON_RIGHT = "[", "]"

    @property
    def BUTTON_INNER(self) -> str:  # type: ignore[override]
        return "x" if self.value else " "


class WhoseDialog(Dialog[Whose | None]):
    """A field a line, each of which may stay empty, and whether file names have the name. Enter in any field gives
    what they hold, escape None.
    """

    KEYS = (CLOSE, *FIELD_KEYS)
    BINDINGS = bindings(KEYS)

    def __init__(self, whose: Whose):
        super().__init__()
        self._whose = whose

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide") as box:
            box.border_title = tr("Whose hand-in is it?", "¿De quién es la entrega?")
            box.border_subtitle = tr(f"enter: keep, {CLOSE.shown}: leave", f"enter: guardar, {CLOSE.shown}: dejarlo")
            for name, head in LINES.items():
                with Horizontal(classes="field"):
                    yield Label(str(head), markup=False)
                    yield Line(getattr(self._whose, name), placeholder=str(_WHAT[name]), id=name)
            said = tr("the name in file names too (space)", "el nombre también en los nombres de archivo (espacio)")
            yield Box(said, self._whose.in_file_names, id="in_file_names", compact=True)
            yield Static(
                tr(
                    "On the first lines of the report; all of it may stay empty.",
                    "En las primeras líneas del informe; todo puede quedar vacío.",
                ),
                markup=False,
            )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        texts = {name: self.query_one(f"#{name}", Line).value for name in LINES}
        self.dismiss(Whose(**texts, in_file_names=self.query_one(Checkbox).value).cleaned())


_WHAT = {
    "name": Text("name or names", "nombre o nombres"),
    "group": Text("group", "grupo"),
    "course": Text("course", "curso"),
    "date": Text("as it is to stand there", "tal como debe figurar"),
}
