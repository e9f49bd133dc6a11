"""A column of labelled fields, one line each."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from rich.cells import cell_len
from rich.segment import Segment
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.suggester import SuggestFromList
from textual.widgets import Input

from llm_tui.i18n import Text
from llm_tui.keys import Bar, Key, bindings
from llm_tui.serving import servers
from llm_tui.visible import visible
from llm_tui.widgets.line import OneLine


class Named(Protocol):
    """What a form shows of a field: a `Field`, or one of `llm_tui.fields`."""

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> Text: ...

    @property
    def choices(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Field:
    """`choices` are offered while a person types; anything else may be typed too."""

    name: str
    label: Text
    choices: tuple[str, ...] = ()


class Entry(OneLine):
    """A field that says, while nobody writes in it, where its text goes on beyond it. In a form it has its label at the
    left, as wide as its padding there: a widget of its own for each would take most of the time of a first visit.
    """

    label = ""

    def render_lines(self, crop: Region) -> list[Strip]:
        lines, room = super().render_lines(crop), self.styles.padding.left
        if not self.label or not lines or crop.y or crop.x >= room:
            return lines
        assert isinstance(self.parent, Form)
        style = self.parent.get_component_rich_style("form--label")
        label = Strip([Segment(self.label, style)]).adjust_cell_length(room, style.background_style)
        lines[0] = Strip.join([label.crop(crop.x, crop.right), lines[0].crop(room - crop.x)])
        return lines

    def render_line(self, y: int) -> Strip:
        strip, room, left = super().render_line(y), self.scrollable_content_region.width, round(self.scroll_x)
        if y or self.has_focus or room < 2:
            return strip
        more = Strip([Segment("…", self.rich_style)])
        if cell_len(self.value) > left + room:
            strip = Strip.join([strip.crop(0, room - 1), more])
        return Strip.join([more, strip.crop(1)]) if left else strip


class Form(VerticalScroll, can_focus=False):
    """Arrow keys go from field to field, and so does enter; none of them leaves the form."""

    DEFAULT_CLASSES = "panel"
    COMPONENT_CLASSES = {"form--label"}

    NAME = Text("In fields", "En los campos")
    KEYS = (
        Key("next-field", "down", "move(1)", Text("the next field", "el campo siguiente"), bar=Bar.NEVER),
        Key("field-before", "up", "move(-1)", Text("the field before", "el campo anterior"), bar=Bar.NEVER),
    )
    BINDINGS = bindings(KEYS)

    @dataclass
    class Changed(Message):
        """A person has changed a field."""

        form: Form

    def __init__(
        self,
        fields: Iterable[Named],
        values: Mapping[str, str],
        *,
        models: Container[str] = (),
        id: str | None = None,
    ):
        """`models` names the fields that hold a model: those of servers are offered there as well."""
        super().__init__(id=id)
        self._models = models
        self._fields = tuple(fields)
        self._values = dict(values)

    def compose(self) -> ComposeResult:
        served = servers.names() if self._models else ()
        for field in self._fields:
            choices = (*field.choices, *served) if field.name in self._models else field.choices
            suggester = SuggestFromList(choices) if choices else None
            entry = Entry(
                self._values[field.name],
                name=field.name,
                id=f"field-{field.name}",
                compact=True,
                suggester=suggester,
                select_on_focus=False,
            )
            entry.label = visible(str(field.label))
            yield entry

    @property
    def values(self) -> dict[str, str]:
        return dict(self._values)

    def fill(self, values: Mapping[str, str]) -> None:
        """Put `values` into the fields; this is no change by a person."""
        self._values.update(values)
        for field in self.query(Input):
            if field.value != self._values[field.name or ""]:
                field.value = self._values[field.name or ""]
                field.cursor_position = len(field.value)

    def show_only(self, names: Container[str]) -> None:
        """Leave away the fields that are not among `names`."""
        for field in self.query(Input):
            field.display = (field.name or "") in names

    def focus_field(self, name: str) -> None:
        self.screen.set_focus(self.query_one(f"#field-{name}", Input))

    def action_move(self, steps: int) -> None:
        fields = [field for field in self.query(Input) if field in self.screen.focus_chain]
        there = next((i for i, field in enumerate(fields) if field is self.screen.focused), 0) + steps
        if 0 <= there < len(fields):
            self.screen.set_focus(fields[there])

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        # What stands there now: since the message was sent, `fill` may have put something else there.
        name, value = event.input.name or "", event.input.value
        if self._values[name] != value:
            self._values[name] = value
            self.post_message(self.Changed(self))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_move(1)
