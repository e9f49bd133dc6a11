"""From the start to the first paint, beside an empty Textual app."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from llm_tui.bench.asked import Asked
from llm_tui.bench.figure import Figure, compared
from llm_tui.bench.measure import Spent
from llm_tui.bench.program import EMPTY_APP, PAINTED, PROGRAM, processor_time, program, urgent
from llm_tui.i18n import Text

RATIO = 1.4


def measure(asked: Asked) -> Iterator[Figure]:
    """Through a pty, from the fork until the bytes are there; in brackets what the processors did until then."""
    urgent()
    ours, theirs = [], []
    for _ in range(asked.pairs + (not asked.small)):
        theirs.append(_painted(EMPTY_APP, "nothing here"))
        ours.append(_painted(PROGRAM, PAINTED))
    if not asked.small:  # the first ones wrote bytecode and filled the page cache
        del ours[0], theirs[0]
    what = Text("start to first paint", "del arranque a la primera imagen")
    yield compared(what, Text("an empty Textual app", "una aplicación de Textual vacía"), ours, theirs, RATIO)


def _painted(command: Sequence[str], seen: str) -> Spent:
    with program(command) as terminal:
        arrived = terminal.wait_for(seen)
        return Spent(arrived - terminal.started, processor_time(terminal.pid))
