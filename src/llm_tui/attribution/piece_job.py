"""What is asked about the pieces of an answer that a model wrote, and what comes back. Light: no torch before a job
runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from llm_tui.attribution.job import METHODS, Attribution, Unit
from llm_tui.foundation.job import Generate, Provenance
from llm_tui.i18n import Text, tr
from llm_tui.marks import Name, Pieces


@dataclass(frozen=True, slots=True)
class Written:
    """An answer that stands somewhere, with what was `asked` for it: one text. `pieces` are its ids as `generate` gave
    them, where they are known; else its text is cut into pieces anew. `count` is how many they were, without the end,
    where that is known.
    """

    imports: ClassVar[tuple[str, ...]] = ("torch", "transformers")

    asked: Generate
    answer: str
    pieces: Pieces = ()
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Trace(Written):
    """How likely each piece of an answer was, and what might have stood there: the model goes through it again."""

    kind: ClassVar[str] = "trace"
    name: ClassVar[Text] = Text("probabilities of a written answer", "probabilidades de una respuesta escrita")
    runner: ClassVar[str] = "llm_tui.attribution.trace:trace"

    def title(self) -> str:
        return tr("going through the answer again", "recorriendo de nuevo la respuesta")


@dataclass(frozen=True, slots=True)
class Looking(Written):
    """Where the model looked as it wrote each piece: of an encoder-decoder in its source (cross-attention), of a causal
    model in its prompt and in the answer so far.
    """

    kind: ClassVar[str] = "looking"
    name: ClassVar[Text] = Text("what the pieces looked at", "adónde miraron las piezas")
    runner: ClassVar[str] = "llm_tui.attribution.looking:look"

    def title(self) -> str:
        return tr("asking where each piece looked", "preguntando adónde miró cada pieza")


@dataclass(frozen=True, slots=True)
class PieceAttribution(Written):
    """How much each word had to do with the log-probability of one piece, number `place` from 0, by each of the
    `methods`; calculated in float32 whatever the precision of the answer was.
    """

    kind: ClassVar[str] = "piece-attribution"
    name: ClassVar[Text] = Text("attribution of a piece", "atribución de una pieza")
    runner: ClassVar[str] = "llm_tui.attribution.piece:explain"

    place: int = 0
    methods: tuple[Name, ...] = METHODS

    def title(self) -> str:
        return tr(f"asking why piece {self.place + 1}", f"preguntando por qué la pieza {self.place + 1}")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the answer as it is shown, and where it stands in the answer's text, in characters."""

    shown: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Read:
    """What a model read and wrote, in words and pieces. `source` is what it was given, without its chat template, and
    `cut` where its end was left out; `answer` is what it wrote. `units` are words of the source, and of a causal model,
    marked `of_hypothesis`, of the answer. Where the answer was cut into pieces `anew`, it may have been generated in
    others; with `apart`, it was.
    """

    source: str
    answer: str
    units: tuple[Unit, ...]
    parts: tuple[Part, ...]
    causal: bool
    cut: bool
    anew: bool
    apart: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """For each layer, shape (pieces, units + 1): the share of its attention that each piece gave to each unit, the mean
    of the heads, as the model came to write that piece. The last column is what went to special tokens and templates.
    A row sums to 1.
    """

    read: Read = field(compare=False)
    layers: tuple[Sequence[float], ...] = field(compare=False)
    made_by: Provenance

    def row(self, layer: int | None, piece: int) -> list[float]:
        """Of one layer, from 0, or the mean of all."""
        width = len(self.read.units) + 1
        rows = [values[piece * width : (piece + 1) * width] for values in self.layers]
        if layer is not None:
            return list(rows[layer])
        return [sum(column) / len(rows) for column in zip(*rows, strict=True)]


@dataclass(frozen=True, slots=True)
class PieceExplained:
    """What the methods say of the `logprob` of a piece, in nats; `special` of each is what special tokens, templates,
    and, of an encoder-decoder, the answer so far had to do with it. `mask` is the token that hid a word.
    """

    read: Read = field(compare=False)
    place: int
    logprob: float
    attributions: tuple[Attribution, ...]
    made_by: Provenance
    mask: str = ""

    def gap(self, by: Attribution) -> float | None:
        """By how much the values miss the difference that they should sum to; None of a method without one."""
        return None if by.baseline is None else by.total - (self.logprob - by.baseline)
