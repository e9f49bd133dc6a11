"""The questions of the ethics checklist: a list that shows a topic or a state alone, and what is done of each topic."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content
from textual.message import Message
from textual.widgets.option_list import Option

from llm_tui.exercises.checklist import Item
from llm_tui.exercises.ethics import STATES, Answers, checks, meters, topic_name
from llm_tui.i18n import tr
from llm_tui.visible import visible
from llm_tui.widgets.fitted import flowing
from llm_tui.widgets.option_list import OptionList


class Checklist(OptionList):
    """`item` is the question that is chosen, kept as long as it is among those that are listed."""

    @dataclass
    class Moved(Message):
        """A person has chosen another question."""

    def __init__(self, id: str):
        super().__init__(id=id, markup=False)
        self.item: Item | None = None
        self._answers = Answers()
        self._listed: list[Item] = []
        self._topic = ""
        self._state = ""

    def list(self, answers: Answers) -> None:
        """List the questions of `answers` that are of the topic and in the state that are to be shown."""
        self._answers = answers
        wanted = self.item.id if self.item else ""
        self._listed = [
            item
            for item in answers.items()
            if self._topic in ("", item.topic) and self._state in ("", answers.entry(item.id).state)
        ]
        self.set_options(Option(self._line(item)) for item in self._listed)
        row = next((i for i, item in enumerate(self._listed) if item.id == wanted), 0)
        self.highlighted = row if self._listed else None
        self.item = self._listed[row] if self._listed else None
        shown = [str(topic_name(self._topic))] if self._topic else []
        shown += [str(STATES[self._state][1])] if self._state else []
        self.border_title = " · ".join(shown) or tr("All questions", "Todas las preguntas")

    def draw(self, answers: Answers) -> None:
        """The chosen question's line again, as its state is in `answers`; it stays though it is no longer so."""
        self._answers = answers
        if self.item in self._listed and self.item is not None:
            self.replace_option_prompt_at_index(self._listed.index(self.item), self._line(self.item))

    def _line(self, item: Item) -> Content:
        mark, _ = STATES.get(self._answers.entry(item.id).state, STATES["open"])
        return Content(visible(f"{mark} {item.question}"))

    def next_topic(self) -> None:
        """Show the next topic alone; after the last one, all of them."""
        topics = ["", *dict.fromkeys(item.topic for item in self._answers.items())]
        self._topic = topics[(topics.index(self._topic) + 1) % len(topics)] if self._topic in topics else ""
        self.list(self._answers)

    def next_state(self) -> None:
        """Show the next state alone; after the last one, all of them."""
        states = ["", *STATES]
        self._state = states[(states.index(self._state) + 1) % len(states)]
        self.list(self._answers)

    def filter(self) -> None:
        super().filter()
        if self.highlighted is None and self.item is not None:  # what cannot be seen cannot be answered
            self.item = None
            self.post_message(self.Moved())

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        row = event.option_index
        stale = self.highlighted != row or row >= len(self._listed)
        if not stale and self._listed[row] is not self.item:
            self.item = self._listed[row]
            self.post_message(self.Moved())


def meters_content(answers: Answers, room: int) -> Content:
    """The topics with what is done of each, none of them broken by the end of a line."""
    parts = []
    for topic, done, of in meters(answers):
        style = "bold $success" if done == of else ""
        parts.append(
            Content.assemble((visible(str(topic_name(topic))), style), (f" {done}/{of}", style or "$text-muted"))
        )
    return flowing(parts, room)


def checks_content(paragraph: str) -> Content:
    """What the paragraph has, and what it lacks."""
    lines = [
        Content.styled(f"{'✓' if check.passed else '✗'} {check.said}", "$success" if check.passed else "$warning")
        for check in checks(paragraph)
    ]
    return Content("\n").join(lines)
