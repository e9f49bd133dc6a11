"""Which words a piece of an answer looked at, and which had to do with it: of the source, or of the prompt and the
answer so far.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from llm_tui.attribution import piece_heats, piece_said
from llm_tui.attribution.job import Attribution
from llm_tui.attribution.piece_job import Looked, Looking, PieceAttribution, PieceExplained, Written
from llm_tui.attribution.piece_said import LAYER, LOOKED, MEAN, NAMES
from llm_tui.export.heat import Heat
from llm_tui.foundation.alternatives import Alternative, Piece
from llm_tui.foundation.job import LEAD, Generate, Generated
from llm_tui.i18n import Text
from llm_tui.keys import LAYERS, Key, bindings
from llm_tui.visible import visible
from llm_tui.widgets.heat import HeatView
from llm_tui.widgets.piece_strip import PieceStrip
from llm_tui.widgets.why.pane import WhyPane

VIEWS = tuple(NAMES)


class SourcePane(WhyPane):
    NAME = Text("Source", "Fuente")
    DEFINITIONS = piece_said.DEFINITIONS
    KEYS = (
        Key("method", "Y,shift+y", "method", Text("looked at, methods", "miró, métodos"),
            Text("Where the piece looked; then, method by method, what had to do with it.",
                 "Adónde miró la pieza; después, método por método, qué tuvo que ver con ella.")),
        *LAYERS,
    )  # fmt: skip
    BINDINGS = bindings(KEYS)

    def __init__(self, of: Written, known: Sequence[Piece] = ()):
        """`known` are the pieces of the answer, where they are known."""
        super().__init__()
        self._of = of
        self._pieces: Sequence[Piece] = known
        self._view = LOOKED
        self._layer: int | None = None
        self._looked: Looked | None = None
        self._explained: dict[tuple[int, str], tuple[PieceExplained, Attribution]] = {}

    def body(self) -> Iterable[Widget]:
        yield PieceStrip()
        yield Static(classes="head", markup=False)
        with VerticalScroll(can_focus=False):
            yield HeatView()
            yield Static(classes="caption", markup=False)

    def begin(self) -> None:
        of = self._of
        self.ask(Looking(of.asked, of.answer, of.pieces, of.count))

    def came(self, job: object, result: object) -> None:
        match job, result:
            case Looking(), Looked(read=read):
                self._looked = result
                if len(self._pieces) != len(read.parts):
                    self._pieces = [_unweighed(part.shown, part.start, part.end) for part in read.parts]
                self.query_one(PieceStrip).show(self._pieces, read.answer)
                if self.display:  # another pane may be in front by now
                    self.screen.set_focus(self.query_one(PieceStrip))
            case PieceAttribution(place=place), PieceExplained(attributions=found):
                self._explained |= {(place, by.method): (result, by) for by in found}
        self._show()

    # What a person chooses.

    def action_method(self) -> None:
        self._view = VIEWS[(VIEWS.index(self._view) + 1) % len(VIEWS)]
        self._look()

    def action_layer(self, by: int) -> None:
        if self._looked is not None:
            self._view = LOOKED
            layers = len(self._looked.layers)
            number = ((-1 if self._layer is None else self._layer) + 1 + by) % (layers + 1)
            self._layer = None if number == 0 else number - 1
            self._show()

    def on_piece_strip_selected(self, message: PieceStrip.Selected) -> None:
        message.stop()
        self._look()

    @property
    def _place(self) -> int:
        return self.query_one(PieceStrip).selected

    def _look(self) -> None:
        """At the piece of the cursor, in this view; what was asked of the one before is asked no further."""
        if self._looked is None:
            return
        self.stop()
        self.say("")
        if self._view != LOOKED and (self._place, self._view) not in self._explained:
            of = self._of
            self.ask(PieceAttribution(of.asked, of.answer, of.pieces, of.count, self._place, (self._view,)))
        self._show()

    # What is shown, and goes out.

    def heats(self) -> Sequence[Heat]:
        if self._looked is None:
            return ()
        if self._view == LOOKED:
            return (piece_heats.looked_at(self._looked, self._layer, self._place, self._of.asked.task),)
        found = self._explained.get((self._place, self._view))
        return (piece_heats.had_to_do(*found, self._of.asked.task),) if found else ()

    def _show(self) -> None:
        shown = self.heats()
        self.query_one(".head", Static).update(self._head())
        view = self.query_one(HeatView)
        view.display = bool(shown)
        view.show(*shown)
        caption = [visible(str(line)) for heat in shown for line in heat.caption]
        self.query_one(".caption", Static).update(Content("\n".join(caption)))

    def _head(self) -> Content:
        """Which view it is, among those that there are, and which layer."""
        names: list[tuple[str, str] | str] = []
        for view in VIEWS:
            names += [(str(NAMES[view]), "bold underline" if view == self._view else "$text-muted"), "  "]
        if self._looked is not None and self._view == LOOKED:
            layer = MEAN if self._layer is None else LAYER
            number = (self._layer or 0) + 1
            names.append((str(layer.format(layer=number, layers=len(self._looked.layers))), "bold $accent"))
        return Content.assemble(*names)


def _unweighed(shown: str, start: int, end: int) -> Piece:
    """A piece of which nobody has asked how likely it was."""
    return Piece(Alternative(shown, 0.0), start, end, None, ())


def panes(job: Generate, result: object) -> list[WhyPane]:
    """For the answer to one text, of a model that can be looked into, where it is known."""
    if job.model.served or job.model.name == LEAD or not isinstance(result, Generated) or len(job.texts) != 1:
        return []
    pieces = tuple(piece.chosen.id for piece in result.pieces if piece.chosen.id is not None)
    answer = result.answers[0]
    of = Written(job, answer.text, pieces, answer.output_pieces)
    return [SourcePane(of, result.pieces)] if answer.text or pieces else []
