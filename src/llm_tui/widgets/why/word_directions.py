"""The trained vectors of the most frequent words, by their first two principal directions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from textual.widget import Widget

from llm_tui.classifier import explained
from llm_tui.classifier.why_job import Directions, Plane
from llm_tui.export.table import Table
from llm_tui.i18n import Text
from llm_tui.widgets.why.pane import WhyPane
from llm_tui.widgets.why.trained import Trained
from llm_tui.widgets.word_plane import WordPlane


class WordDirections(WhyPane):
    NAME = Text("Vectors", "Vectores")
    DEFINITIONS = Text(
        f"**Principal directions**: {explained.DIRECTIONS.en}",
        f"**Direcciones principales**: {explained.DIRECTIONS.es}",
    )

    def __init__(self, trained: Trained):
        super().__init__()
        self._trained = trained

    def body(self) -> Iterable[Widget]:
        yield WordPlane()

    def begin(self) -> None:
        self.ask(Directions(self._trained.folder))

    def came(self, job: Any, result: Plane) -> None:
        self.query_one(WordPlane).show(result, self._trained.classes)

    def tables(self) -> Sequence[Table]:
        plane = self.query_one(WordPlane).plane
        return [explained.directions(plane, self._trained.classes)] if plane else []
