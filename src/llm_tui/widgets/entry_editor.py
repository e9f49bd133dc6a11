"""One item of the ethics checklist: its question, and what the student says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static, TextArea

from llm_tui.exercises import ethics
from llm_tui.exercises.checklist import Item
from llm_tui.exercises.ethics import STATES, Entry, topic_name
from llm_tui.i18n import Text, tr
from llm_tui.keys import ADD
from llm_tui.visible import visible
from llm_tui.widgets.form import Field, Form
from llm_tui.widgets.parts import ruled
from llm_tui.widgets.text_field import TextField

SEVERITIES = tuple(said for name in ethics.SEVERITIES.values() for said in (name.en, name.es))

FIELDS = (
    Field("mitigation", Text("mitigation", "mitigación")),
    Field("severity", Text("severity", "gravedad"), SEVERITIES),
    Field("owner", Text("owner", "responsable")),
    Field("date", Text("date", "fecha")),
)


class EntryEditor(Vertical):
    """Shows an entry, and says when a person has changed it."""

    DEFAULT_CLASSES = "panel"

    class Changed(Message):
        def __init__(self, item: Item, entry: Entry):
            super().__init__()
            self.item = item
            self.entry = entry

    def __init__(self, id: str):
        super().__init__(id=id)
        self._item: Item | None = None
        self._entry = Entry()
        self._said: Mapping[str, str] = {}

    def compose(self) -> ComposeResult:
        yield Static(id="question", markup=False)
        yield ruled(TextField(id="said"), tr("Answer", "Respuesta"))
        yield Form(FIELDS, dict.fromkeys((field.name for field in FIELDS), ""), id="fields")
        yield ruled(VerticalScroll(Static(id="facts", markup=False), id="evidence", can_focus=False))

    def show(self, item: Item | None, entry: Entry) -> None:
        """An item with its entry."""
        self._item, self._entry = item, entry
        self.query_one("#said", TextField).put(entry.answer)
        self.query_one(Form).fill({field.name: getattr(entry, field.name) for field in FIELDS})
        self.query_one("#question", Static).update(_question(item, entry))
        self._show_facts()

    def know(self, said: Mapping[str, str]) -> None:
        """The facts of the lab by their keys, as they are now."""
        self._said = said
        self._show_facts()

    def _show_facts(self) -> None:
        facts = _facts(self._item, self._entry, self._said)
        self.query_one("#facts", Static).update(Content("\n").join(facts))

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        message.stop()
        if message.text_area.text != self._entry.answer:
            self._change(replace(self._entry, answer=message.text_area.text))

    def on_form_changed(self, message: Form.Changed) -> None:
        message.stop()
        self._change(replace(self._entry, **message.form.values))  # type: ignore[arg-type]

    def _change(self, entry: Entry) -> None:
        if self._item is not None and entry != self._entry:
            self._entry = entry
            self._show_facts()
            self.post_message(self.Changed(self._item, entry))


def _question(item: Item | None, entry: Entry) -> Content:
    if item is None:
        return Content(tr("No question is so.", "Ninguna pregunta está así."))
    mark, name = STATES.get(entry.state, STATES["open"])
    return Content.assemble(
        (visible(f"{mark} {name} · {topic_name(item.topic)}"), "$accent"),
        "\n",
        (visible(str(item.question)), "bold"),
        (visible(f"  ({item.reference})" if item.reference else ""), "$text-muted"),
    )


def _facts(item: Item | None, entry: Entry, said: Mapping[str, str]) -> Iterable[Content]:
    """What the answer rests on, and what it still wants."""
    lines = [Content(f"• {visible(said.get(key, key))}") for key in entry.evidence]
    if entry.state == "not_met" and not entry.mitigation.strip():
        wanted = tr("✗ not met: what will be done about it?", "✗ no se cumple: ¿qué se hará?")
        lines.append(Content.styled(wanted, "$warning"))
    if item is not None and not lines:
        hint = tr(f"{ADD.spoken}: evidence from your lab", f"{ADD.spoken}: evidencia de su laboratorio")
        lines.append(Content.styled(hint, "$text-muted"))
    return lines
