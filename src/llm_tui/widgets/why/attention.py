"""Where a model looks: the attention of a layer as a matrix, head by head."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from llm_tui.attribution import attention_said as said
from llm_tui.attribution.attention_asked import Asked, can_be_asked, first, question
from llm_tui.attribution.attention_job import MEAN, Attended, Attention, Side, Weights
from llm_tui.export.figure import Figure
from llm_tui.export.heat import Heat
from llm_tui.export.table import Table
from llm_tui.i18n import Text
from llm_tui.keys import HEADS, LAYERS, Key, bindings
from llm_tui.visible import visible
from llm_tui.widgets.matrix import MatrixView, legend
from llm_tui.widgets.why.pane import WhyPane


class AttentionPane(WhyPane):
    """Layers that the first result does not have are asked for when a person comes to them."""

    NAME = Text("Attention", "Atención")
    DEFINITIONS = said.DEFINITIONS
    KEYS = (
        *HEADS,
        *LAYERS,
        Key("side", "enter", "side", Text("encoder, decoder, both", "codificador, decodificador, ambos"),
            Text("The next kind of attention of the model, where it has several.",
                 "El tipo de atención siguiente del modelo, si tiene varios.")),
    )  # fmt: skip
    BINDINGS = bindings(KEYS)

    def __init__(self, job: Asked, result: object):
        super().__init__()
        self._job, self._result = job, result
        self._asking: Attention | None = None
        self._attended: Attended | None = None
        self._side = 0
        self._layer = 1
        self._head = MEAN

    def body(self) -> Iterable[Widget]:
        yield Static(id="which", markup=False)
        yield MatrixView()
        yield Static(id="here", markup=False)
        yield Static(id="caution", markup=False)

    def begin(self) -> None:
        again = first(self._job) if self._result is None else None
        if again is not None:
            self.ask(again)
        else:
            self._look(question(self._job, self._result))

    def came(self, job: Any, result: Any) -> None:
        if not isinstance(job, Attention):
            self._look(question(self._job, result))
        else:
            if self._attended is None:
                self._side = len(result.sides) - 1  # of an encoder-decoder the attention between the two
            self._attended = result  # of layers that do not fit together only the last one is kept
            self._show()

    def _look(self, job: Attention) -> None:
        self._asking = job
        self.ask(job)

    # What a person chooses.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "side":
            return self._attended is not None and len(self._attended.sides) > 1
        return super().check_action(action, parameters)

    def action_side(self) -> None:
        if self._attended is not None:
            self._side = (self._side + 1) % len(self._attended.sides)
            self.query_one(MatrixView).to(0, 0)
            self._show()

    def action_head(self, by: int) -> None:
        if shown := self._shown:
            self._head = (self._head + by) % (shown[1].heads + 1)
            self._show()

    def action_layer(self, by: int) -> None:
        if self._attended is not None:
            self._layer = (self._layer - 1 + by) % len(self._attended.sides[self._side].layers) + 1
            self._show()

    # What is shown, and goes out.

    @property
    def _shown(self) -> tuple[Side, Weights] | None:
        """The side, and its weights in the layer that was chosen, where they are there."""
        if self._attended is None:
            return None
        side = self._attended.sides[self._side]
        self._layer = min(self._layer, len(side.layers))
        weights = side.layers[self._layer - 1]
        return None if weights is None else (side, weights)

    def _show(self) -> None:
        if (shown := self._shown) is None:
            self.stop()
            if self._asking is not None:
                self._look(replace(self._asking, layer=self._layer))
            return
        side, weights = shown
        self._head = min(self._head, weights.heads)
        self.query_one("#which", Static).update(
            Content.assemble(
                (str(said.which(side, self._layer, self._head)), "bold"), (f"   {legend()}", "$text-muted")
            )
        )
        size = weights.rows * weights.columns
        values = weights.values[self._head * size : (self._head + 1) * size]
        self.query_one(MatrixView).show(side.rows, side.columns, values)
        lines = map(str, (*said.left_out(self._attended, side), said.SHORT) if self._attended else ())
        self.query_one("#caution", Static).update(Content.styled("\n".join(lines), "$text-muted"))
        self.refresh_bindings()

    def on_matrix_view_moved(self, message: MatrixView.Moved) -> None:
        if (shown := self._shown) and message.row < shown[1].rows and message.column < shown[1].columns:
            side, weights = shown
            here = said.pair(side, weights, self._head, message.row, message.column)
            most = said.looks_at(side, weights, self._head, message.row)
            self.query_one("#here", Static).update(Content.assemble((visible(here), "bold"), "\n", visible(str(most))))

    def heat(self) -> Heat | None:
        """What the piece of the cursor's row looks at, with the matrix as its figure."""
        if self._attended is None or (shown := self._shown) is None:
            return None
        return said.row_heat(self._attended, shown[0], self._layer, self._head, self.query_one(MatrixView).cursor)

    def tables(self) -> Sequence[Table]:
        if self._attended is None or (shown := self._shown) is None:
            return ()
        return (said.table(self._attended, shown[0], self._layer, self._head),)

    def figures(self) -> Sequence[Figure]:
        """The layer that is shown, of a large one what stands around the cursor."""
        if self._attended is None or (shown := self._shown) is None:
            return ()
        at = self.query_one(MatrixView).cursor
        return (said.figure(self._attended, shown[0], self._layer, self._head, at),)


def panes(job: Asked, result: object) -> list[WhyPane]:
    """None where a server answered, or no model did."""
    return [AttentionPane(job, result)] if can_be_asked(job) else []
