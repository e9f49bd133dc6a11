"""What is asked about a model's attention, and what comes back. Light: no torch before a job runs."""

from __future__ import annotations

import heapq
from array import array
from dataclasses import dataclass, field
from typing import ClassVar

from llm_tui.attribution.piece_job import Written
from llm_tui.foundation.job import ModelChoice, Provenance
from llm_tui.i18n import Text, tr
from llm_tui.marks import Name

MOST_PIECES = 512
"""More is no picture that anybody could read, and memory with the square of it."""

ITSELF, ENCODER, DECODER, CROSS = "self", "encoder", "decoder", "cross"

SIDES: dict[str, Text] = {
    ITSELF: Text("self-attention", "autoatención"),
    ENCODER: Text("encoder, self-attention", "codificador, autoatención"),
    DECODER: Text("decoder, self-attention", "decodificador, autoatención"),
    CROSS: Text("cross-attention (decoder to source)", "atención cruzada (del decodificador a la fuente)"),
}
"""The first is that of a model with an encoder or a decoder alone."""

MEAN = 0
"""The number of the mean of the heads, where those of the heads begin with 1."""


@dataclass(frozen=True, slots=True)
class Attention:
    """Where the attention of a model lies over `text`, in one pass.

    `use` is the name of the purpose that the model is opened for; without one its architecture says it. `pair` is what
    a classifier reads behind the text. A model that writes reads the text as it did for what it has `written`; where
    that is nothing, as it is. Of the layers that do not fit into the memory of a result, `layer` is there, counted
    from 1.
    """

    kind: ClassVar[str] = "attention"
    name: ClassVar[Text] = Text("attention", "atención")
    runner: ClassVar[str] = "llm_tui.attribution.attention:attend"
    imports: ClassVar[tuple[str, ...]] = ("torch", "transformers")

    text: str
    model: ModelChoice
    use: Name = ""
    pair: str = ""
    written: Written | None = None
    layer: int = 1

    def title(self) -> str:
        return tr(f"looking at the attention of {self.model.name}", f"mirando la atención de {self.model.name}")


@dataclass(frozen=True, slots=True)
class Weights:
    """The attention of one layer, shape (1 + heads, rows, columns) in `values`: the mean of the heads comes first."""

    heads: int
    rows: int
    columns: int
    values: array[float]

    def at(self, head: int, row: int, column: int) -> float:
        return self.values[(head * self.rows + row) * self.columns + column]

    def row(self, head: int, row: int) -> array[float]:
        """What each column gets of a row, which sums to 1 unless the model has a sink of its own."""
        first = (head * self.rows + row) * self.columns
        return self.values[first : first + self.columns]


@dataclass(frozen=True, slots=True)
class Side:
    """One kind of attention of a model: each of the pieces `rows` looks at the pieces `columns`. A layer that did not
    fit is None. With `writes` a row is what the model looked at to write the piece of the next row.
    """

    name: Name
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    layers: tuple[Weights | None, ...]
    writes: bool = False

    def weights(self, layer: int) -> Weights:
        """Those of a layer, counted from 1.

        Raises:
            LookupError: it is not there.
        """
        weights = self.layers[layer - 1]
        if weights is None:
            raise LookupError(f"layer {layer} did not fit")
        return weights

    def strongest(self, layer: int, head: int, most: int) -> list[tuple[float, int, int]]:
        """The largest weights of a layer that is there, with their row and column; those of equal weight in order."""
        weights = self.weights(layer)
        size = weights.rows * weights.columns
        values = weights.values[head * size : (head + 1) * size]
        places = heapq.nlargest(most, range(size), key=values.__getitem__)
        return [(values[place], *divmod(place, weights.columns)) for place in places]


@dataclass(frozen=True, slots=True)
class Attended:
    """The sides that the model has, the encoder's first; millions of weights, of which the log has none.

    `cut` says that the model did not read the text to its end, `hybrid` how many layers it has where some of them have
    no attention, else 0.
    """

    sides: tuple[Side, ...] = field(compare=False, repr=False)
    cut: bool
    hybrid: int
    made_by: Provenance
