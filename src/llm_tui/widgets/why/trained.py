"""What the panes of a trained classifier share: its scores, read once for a window; and which panes there are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from llm_tui.classifier.job import Mistake, Predict, Prediction, Retest
from llm_tui.classifier.why_job import Scores, Weigh
from llm_tui.i18n import Text
from llm_tui.keys import BEFORE, NEXT, Key, bindings
from llm_tui.lab.runs import Run, read_run
from llm_tui.widgets.why.pane import WhyPane

CLASSES = (
    Key(NEXT.id, NEXT.key, "turn(1)", Text("next class", "clase siguiente")),
    Key(BEFORE.id, BEFORE.key, "turn(-1)", Text("class before", "clase anterior")),
)


@dataclass
class Trained:
    """The classifier of a run: its folder, its classes, and, once a pane has asked for them, its scores."""

    folder: str
    classes: tuple[str, ...]
    scores: Scores | None = None


class OfTrained(WhyPane):
    """A pane that needs the scores. `draw` is called when they are there, and whenever a person asks for another
    class.
    """

    KEYS: ClassVar[tuple[Key, ...]] = CLASSES
    BINDINGS = bindings(KEYS)

    def __init__(self, trained: Trained):
        super().__init__()
        self.trained = trained

    def begin(self) -> None:
        if self.trained.scores is None:
            self.ask(Weigh(self.trained.folder))
        else:
            self.draw(self.trained.scores)

    def came(self, job: Any, result: Any) -> None:
        self.trained.scores = result
        self.draw(result)

    def redraw(self) -> None:
        if self.trained.scores is not None:
            self.draw(self.trained.scores)

    def draw(self, scores: Scores) -> None:
        """Show what they say."""


def of_prediction(job: Predict, result: Prediction | None) -> list[WhyPane]:
    """Of a sentence that was put to a run."""
    run = read_run(Path(job.folder))
    return panes(run, job.text) if run else []


def of_retest(job: Retest, result: object) -> list[WhyPane]:
    run = read_run(Path(job.folder))
    return panes(run) if run else []


def panes(run: Run, text: str = "", mistake: Mistake | None = None) -> list[WhyPane]:
    """Of a run with a model, and a text for it; none where the run has none."""
    from llm_tui.widgets.why.class_words import ClassWords
    from llm_tui.widgets.why.word_directions import WordDirections
    from llm_tui.widgets.why.word_neighbours import WordNeighbours
    from llm_tui.widgets.why.word_shares import WordShares

    if run.result is None or not run.has_model():
        return []
    trained = Trained(str(run.folder), run.result.classes)
    return [WordShares(trained, text, mistake), ClassWords(trained), WordNeighbours(trained), WordDirections(trained)]
