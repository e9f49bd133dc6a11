"""What each word of two texts had to do with the same logit: a pair that differs in one thing, one under another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from llm_tui.attribution import heats, said
from llm_tui.attribution.job import METHODS, Attribute, Attribution, Explained, OfClass, OfHypothesis, Target
from llm_tui.bias.job import SENTIMENT, AskedPair
from llm_tui.export.heat import Heat
from llm_tui.i18n import Text
from llm_tui.keys import bindings
from llm_tui.visible import visible
from llm_tui.widgets.heat import HeatView
from llm_tui.widgets.why.attribution import QUICKEST, AttributionPane
from llm_tui.widgets.why.pane import WhyPane

SIDE = Text("{side} · {title}", "{side} · {title}")


class PairPane(WhyPane):
    NAME = Text("The two texts", "Los dos textos")
    DEFINITIONS = said.DEFINITIONS
    KEYS = tuple(key for key in AttributionPane.KEYS if key.id == "method")
    BINDINGS = bindings(KEYS)

    def __init__(self, of: tuple[Attribute, Attribute]):
        super().__init__()
        self._of = of
        self._method = QUICKEST[0]
        self._known: dict[tuple[str, str], tuple[Explained, Attribution]] = {}

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(can_focus=False):
            yield Static(classes="head", markup=False)
            yield HeatView()
            yield Static(classes="caption", markup=False)

    def begin(self) -> None:
        self._show()
        for method in QUICKEST:
            for job in self._of:
                self.ask(replace(job, methods=(method,)))

    def came(self, job: Attribute, result: Explained) -> None:
        for attribution in result.attributions:
            self._known[job.text, attribution.method] = result, attribution
        self._show()

    def action_method(self) -> None:
        self._method = METHODS[(METHODS.index(self._method) + 1) % len(METHODS)]
        self._show()

    def heats(self) -> Sequence[Heat]:
        """Of each of the two texts, where it is there."""
        found = [
            (side, heats.heat(job, *self._known[job.text, self._method]))
            for side, job in zip("ab", self._of, strict=True)
            if (job.text, self._method) in self._known
        ]
        return [replace(heat, title=SIDE.format(side=side, title=heat.title)) for side, heat in found]

    def _show(self) -> None:
        shown = self.heats()
        self.query_one(".head", Static).update(Content.styled(str(said.NAMES[self._method]), "bold underline"))
        self.query_one(HeatView).display = bool(shown)
        self.query_one(HeatView).show(*shown)
        lines = dict.fromkeys(str(line) for heat in shown for line in heat.caption)
        self.query_one(".caption", Static).update(Content("\n".join(map(visible, lines))))


def panes(asked: AskedPair, result: object) -> list[WhyPane]:
    """None where a server answered, whose model nobody can look into."""
    if asked.model.served:
        return []
    of: Target = OfClass(asked.label) if asked.task == SENTIMENT else OfHypothesis(asked.label, asked.template)
    a, b = (Attribute(text, of, asked.model) for text in asked.texts)
    return [PairPane((a, b))]
