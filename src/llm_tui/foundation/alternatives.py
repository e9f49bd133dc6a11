"""The pieces of an answer, each with what the model might have written in its place. Light: no torch, no numpy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from llm_tui.i18n import Text

SHOWN = 20
"""How many pieces are told in the place of each, at the most; what is left of the probability is all others'."""

KEPT_BYTES = 64 * 2**20
"""Of the whole distributions of one answer, at the most."""

END = "⟂"
"""Stands before a piece that ends the answer."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """A piece in the vocabulary's own spelling, safe to show, and its log-probability in nats. A server gives no id.

    `ends` says that it would end the answer.
    """

    text: str
    logprob: float
    id: int | None = None
    ends: bool = False

    @property
    def shown(self) -> str:
        return f"{END} {self.text}" if self.ends else self.text

    @property
    def probability(self) -> float:
        return math.exp(self.logprob)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an answer, in whose text it stands from `start` to `end`, in characters; equal where it has no
    character of its own there, as half of one has not, nor the end.

    The distribution is the one from which the piece was chosen: at temperature 1, without top-k and top-p, after what
    else changes it (a repetition penalty, pieces that the model's own settings forbid or force). `entropy` is of all of
    it, in nats. `alternatives` are its likeliest pieces, the likeliest first, the chosen one among them if it is one of
    those. `first` is what the model itself would have put first, where what else changes it put another there.
    `scores` are the log-probabilities of the whole vocabulary by id, float32 of this machine, where they were kept.

    Of a server's answer there is what the server gives: no entropy, which would need all pieces.
    """

    chosen: Alternative
    start: int
    end: int
    entropy: float | None
    alternatives: tuple[Alternative, ...]
    first: Alternative | None = None
    scores: bytes = field(default=b"", repr=False, compare=False)

    @property
    def surprise(self) -> float:
        """-log p of the piece, in nats."""
        return max(0.0, -self.chosen.logprob)

    @property
    def rank(self) -> int | None:
        """Of the piece among the alternatives, from 1; None where it is not one of them."""
        return next((i for i, each in enumerate(self.alternatives, start=1) if each.text == self.chosen.text
                     and each.id == self.chosen.id), None)  # fmt: skip

    @property
    def others(self) -> float:
        """The probability of all pieces that are not among the alternatives."""
        return max(0.0, 1.0 - math.fsum(each.probability for each in self.alternatives))


def without_scores(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """The same without their whole distributions, which take much memory."""
    return tuple(replace(piece, scores=b"") if piece.scores else piece for piece in pieces)


def perplexity(pieces: Sequence[Piece]) -> float | None:
    """The exponential of the mean surprise; None without pieces."""
    return math.exp(math.fsum(piece.surprise for piece in pieces) / len(pieces)) if pieces else None


OF_WHAT = Text(
    "Probabilities are those of the distribution from which each piece was chosen: at temperature 1, without top-k and "
    "top-p, after a repetition penalty and after pieces that the model's own settings forbid or force.",
    "Las probabilidades son las de la distribución de la que se eligió cada pieza: con temperatura 1, sin top-k ni "
    "top-p, después de la penalización por repetición y de las piezas que los ajustes del modelo prohíben o imponen.",
)

OF_A_SERVER = Text(
    "Probabilities are as the server gives them, of its likeliest pieces alone: without all pieces there is no "
    "entropy, and other settings cannot be tried on them.",
    "Las probabilidades son las que da el servidor, solo de sus piezas más probables: sin todas las piezas no hay "
    "entropía ni se pueden probar en ellas otros ajustes.",
)

BEAMS = Text(
    "With beams there are no pieces to show: an answer is the best of several that are written at the same time, and "
    "none of its pieces was chosen by its own probability alone. With one beam (the setting “beams”) there are.",
    "Con haces no hay piezas que mostrar: la respuesta es la mejor de varias que se escriben a la vez, y ninguna de "
    "sus piezas se eligió solo por su propia probabilidad. Con un haz (el ajuste «haces») sí las hay.",
)

NO_PIECES = Text(
    "There are no probabilities for this answer: its server gives none, or its model's scores are none.",
    "De esta respuesta no hay probabilidades: su servidor no las da, o las puntuaciones de su modelo no lo son.",
)

DEFINITIONS = Text(
    "- **piece**: what the model writes at a time. Of every piece it has a probability, given the input and the pieces "
    "before.\n"
    "- **surprise**: -ln p of the piece that was chosen, in nats (1 nat = 1.44 bits): 0 where no other was possible, "
    "0.69 at p = 0.5, 4.6 at p = 0.01.\n"
    "- **entropy**: the mean surprise over all pieces of the vocabulary, in nats (Shannon 1948): 0 where one piece is "
    "certain, ln V where all V are equally likely. High where the model might have gone on in many ways, even if the "
    "chosen piece is the first.\n"
    "- **alternatives**: the likeliest pieces in its place, and what is left for all others; together they sum to 1. "
    "{of_what}\n"
    "- **temperature** divides the logits: below 1 the likeliest piece gains, above 1 the others do. **top-k** keeps "
    "the k likeliest; **top-p** then as few of the likeliest as reach p together (Holtzman et al. 2020); what is left "
    "is scaled to sum to 1. Tried here, they show what the next draw would have been made from, and ask no model.\n"
    "- **branch**: an answer that goes on from another piece. What stood before is come to again piece by piece, as "
    "when it was written: where pieces are drawn, the draws go on, and with the piece that stood there it is the same "
    "answer.\n"
    "- A confident piece need not be true: probability says how usual a continuation is to the model, no more.\n",
    "- **pieza**: lo que el modelo escribe de una vez. De cada pieza tiene una probabilidad, dada la entrada y las "
    "piezas anteriores.\n"
    "- **sorpresa**: -ln p de la pieza elegida, en nats (1 nat = 1.44 bits): 0 si ninguna otra era posible, 0.69 con "
    "p = 0.5, 4.6 con p = 0.01.\n"
    "- **entropía**: la sorpresa media sobre todas las piezas del vocabulario, en nats (Shannon 1948): 0 si una pieza "
    "es segura, ln V si las V son igual de probables. Es alta donde el modelo podía seguir de muchas maneras, aunque "
    "la pieza elegida sea la primera.\n"
    "- **alternativas**: las piezas más probables en su lugar, y lo que queda para todas las demás; juntas suman 1. "
    "{of_what}\n"
    "- La **temperatura** divide los logits: por debajo de 1 gana la pieza más probable; por encima, las demás. "
    "**top-k** deja las k más probables; **top-p**, después, solo cuantas de las más probables hacen falta para que "
    "juntas lleguen a p (Holtzman et al. 2020); lo que queda se escala para que sume 1. Al probarlos aquí muestran de "
    "qué se habría sorteado la pieza, sin preguntar a ningún modelo.\n"
    "- **rama**: una respuesta que sigue desde otra pieza. A lo anterior se llega otra vez pieza por pieza, como "
    "cuando se escribió: si las piezas se sortean, el sorteo continúa, y con la pieza que estaba ahí la respuesta es "
    "la misma.\n"
    "- Una pieza segura no tiene por qué ser verdad: la probabilidad dice cuán habitual es para el modelo una "
    "continuación, y nada más.\n",
).format(of_what=OF_WHAT)  # fmt: skip
