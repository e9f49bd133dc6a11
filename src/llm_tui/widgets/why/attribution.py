"""What each word had to do with the answer of a classifier, by three methods, one after another or side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from llm_tui.attribution import heats, said
from llm_tui.attribution.job import GRADIENT, INTEGRATED, METHODS, OCCLUSION, Attribute, Attribution, Explained, Target
from llm_tui.attribution.targets import Asked, question, targets
from llm_tui.export.heat import Heat
from llm_tui.export.table import Table
from llm_tui.i18n import Text, tr
from llm_tui.keys import BEFORE, NEXT, Key, bindings
from llm_tui.visible import shortened, visible
from llm_tui.widgets.heat import HeatView
from llm_tui.widgets.why.pane import WhyPane

QUICKEST = (OCCLUSION, GRADIENT, INTEGRATED)
"""The order in which they are asked; the first is shown first."""

_MOST_NAME = 30


class AttributionPane(WhyPane):
    NAME = Text("Words", "Palabras")
    DEFINITIONS = said.DEFINITIONS
    KEYS = (
        Key("method", "Y,shift+y", "method", Text("method", "método"),
            Text("What the next method says of the words.", "Lo que dice de las palabras el método siguiente.")),
        Key("compare", "c", "compare", Text("side by side", "lado a lado"),
            Text("What all methods say, one under another, and how far they agree; again, one alone.",
                 "Lo que dicen todos los métodos, uno bajo otro, y en qué coinciden; otra vez, uno solo.")),
        replace(NEXT, action="turn(1)", help=Text("What speaks for the next label, or entity.",
                                                  "Qué habla a favor de la etiqueta o entidad siguiente.")),
        replace(BEFORE, action="turn(-1)"),
    )  # fmt: skip
    BINDINGS = bindings(KEYS)

    def __init__(self, of: Sequence[Attribute]):
        """`of` are the questions that there are, a logit each; what was answered stands first."""
        super().__init__()
        self._of = list(of)
        self._place = 0
        self._method = QUICKEST[0]
        self._beside = False
        self._known: dict[tuple[Target, str], tuple[Explained, Attribution]] = {}

    def body(self) -> Iterable[Widget]:
        yield Static(classes="head", markup=False)
        yield HeatView()
        with VerticalScroll():
            yield Static(classes="caption", markup=False)

    def begin(self) -> None:
        self._show()
        for method in QUICKEST:
            if (self._job.of, method) not in self._known:
                self.ask(replace(self._job, methods=(method,)))

    def came(self, job: Attribute, result: Explained) -> None:
        for attribution in result.attributions:
            self._known[job.of, attribution.method] = result, attribution
        self._show()

    # What a person chooses.

    def action_method(self) -> None:
        self._beside = False
        self._method = METHODS[(METHODS.index(self._method) + 1) % len(METHODS)]
        self._show()

    def action_compare(self) -> None:
        self._beside = not self._beside
        self._show()

    def action_turn(self, by: int) -> None:
        """The methods of the logit before are asked no further, and nobody need hear that they were stopped."""
        if len(self._of) == 1:
            self.notify(tr("There is only this one.", "Solo hay esta."))
            return
        self.stop()
        self._place = (self._place + by) % len(self._of)
        self.begin()

    # What is shown, and goes out.

    @property
    def _job(self) -> Attribute:
        return self._of[self._place]

    def _found(self) -> dict[str, tuple[Explained, Attribution]]:
        """What there is of the logit, by method."""
        return {
            method: self._known[self._job.of, method] for method in METHODS if (self._job.of, method) in self._known
        }

    def heats(self) -> Sequence[Heat]:
        """The one that is shown, or all that are there side by side."""
        found = self._found()
        if self._beside:
            return [heats.heat(self._job, explained, by, alone=False) for explained, by in found.values()]
        return [heats.heat(self._job, *found[self._method])] if self._method in found else []

    def heat(self) -> Heat | None:
        """The one that the cursor is on, with all that is said of it."""
        found, at = self._found(), self.query_one(HeatView).selected
        method = list(found)[at[0] if at else 0] if self._beside and found else self._method
        return heats.heat(self._job, *found[method]) if method in found else None

    def tables(self) -> Sequence[Table]:
        """Side by side, one of all."""
        found = self._found()
        if not self._beside or not found:
            return []
        explained = next(iter(found.values()))[0]
        beside = heats.table(self._job, explained, {method: by for method, (_, by) in found.items()})
        return [replace(beside, footer=(*beside.footer, *self._agreement()))]

    def _agreement(self) -> list[Text]:
        """How far the methods agree, and what is said of all of them."""
        found = list(self._found().values())
        return [*heats.agreement([by for _, by in found]), *heats.said_of_all(self._job, found[0][0])] if found else []

    def _show(self) -> None:
        shown = self.heats()
        self.query_one(".head", Static).update(self._head())
        self.query_one(HeatView).show(*(shown or [heats.waiting(self._job, self._method)]))
        caption = self._agreement() if self._beside else [line for heat in shown for line in heat.caption]
        self.query_one(".caption", Static).update(Content("\n".join(visible(str(line)) for line in caption)))

    def _head(self) -> Content:
        """Which of the labels it is, and which method, among those that there are."""
        names = [heats.named(of.of, of.text) for of in self._of]
        label = shortened(visible(names[self._place]), _MOST_NAME)
        labels = f"{label} {self._place + 1}/{len(names)}"
        found = self._found()
        methods: list[tuple[str, str] | str] = []
        for method in METHODS:
            here = self._beside or method == self._method
            waiting = "" if method in found else "…"
            methods += [(f"{said.NAMES[method]}{waiting}", "bold underline" if here else "$text-muted"), "  "]
        return Content.assemble((labels, "bold $accent"), "  ", *methods)


def panes(job: Asked, result: object) -> list[WhyPane]:
    """For the answer to the first text; none where no logit is known. Of a server's it says that nobody can look into
    its model.
    """
    of = [question(job, target, METHODS) for target in targets(job, result)]
    return [AttributionPane(of)] if of else []
