"""The pieces of an answer as a table, and as heat. Light."""

from __future__ import annotations

from collections.abc import Sequence

from llm_tui.export.heat import Heat, Mark
from llm_tui.export.table import Column, Table
from llm_tui.foundation.alternatives import OF_A_SERVER, OF_WHAT, Piece, perplexity
from llm_tui.foundation.job import Provenance
from llm_tui.foundation.tables import made_by
from llm_tui.i18n import Text, number, percent

OTHERS = 3
"""How many of the likeliest others a row of the table has."""

_COLUMNS = (
    Column("number", Text("no.", "n.º"), numeric=True),
    Column("piece", Text("piece", "pieza")),
    Column("probability", Text("probability", "probabilidad"), numeric=True, digits=4),
    Column("surprise", Text("surprise (nats)", "sorpresa (nats)"), numeric=True),
    Column("entropy", Text("entropy (nats)", "entropía (nats)"), numeric=True),
    Column("others", Text("likeliest others", "otras más probables")),
)


def pieces_table(pieces: Sequence[Piece], by: Provenance, more: Text | None = None) -> Table:
    """A row for each piece; of the likeliest others each with its probability."""
    rows = tuple(
        (place, piece.chosen.shown, piece.chosen.probability, piece.surprise, piece.entropy, _others(piece))
        for place, piece in enumerate(pieces, start=1)
    )
    table = Table(_COLUMNS, rows, (*said_of(pieces, by), made_by(by, more)))
    return table.for_reading()


def _others(piece: Piece) -> str:
    others = [each for each in piece.alternatives if each != piece.chosen]
    return ", ".join(f"{each.shown} {each.probability:.3f}" for each in others[:OTHERS])


def said_of(pieces: Sequence[Piece], by: Provenance) -> tuple[Text, ...]:
    """How surprising the answer is, and what its probabilities are."""
    whole = perplexity(pieces)
    if whole is None:
        return ()
    mean = sum(piece.surprise for piece in pieces) / len(pieces)
    said = Text(
        "{count} pieces; mean surprise {mean} nats (perplexity {whole}).",
        "{count} piezas; sorpresa media {mean} nats (perplejidad {whole}).",
    ).format(count=len(pieces), mean=number(mean, 2), whole=number(whole, 2))
    return (said, OF_WHAT if by.served is None else OF_A_SERVER)


def labels(pieces: Sequence[Piece], text: str) -> list[str]:
    """Each piece as it stands in the answer's text; what has no character of its own there, as its vocabulary writes
    it.
    """
    return [text[piece.start : piece.end] or piece.chosen.shown for piece in pieces]


def pieces_heat(pieces: Sequence[Piece], text: str, by: Provenance, more: Text | None = None) -> Heat:
    """The surprise on each piece."""
    marks: list[Mark] = []
    parts, at = [], 0
    for row, (piece, label) in enumerate(zip(pieces, labels(pieces, text), strict=True)):
        between = " " if piece.chosen.ends and at else ""
        at += len(between)
        marks.append(Mark(at, at + len(label), piece.surprise, _share(piece), row))
        parts.append(between + label)
        at += len(label)
    title = Text("Surprise of each piece, -ln p", "Sorpresa de cada pieza, -ln p")
    table = pieces_table(pieces, by, more)
    return Heat(title, "".join(parts), tuple(marks), Text("nats", "nats"), (), table)


def _share(piece: Piece) -> Text:
    return Text("p {p}", "p {p}").format(p=percent(piece.chosen.probability))
