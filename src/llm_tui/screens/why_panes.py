"""Which panes explain what a job has made: a row for each kind of job. Light: a pane is imported when it is wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pkgutil import resolve_name
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llm_tui.snippets.snippet import Done
    from llm_tui.widgets.why.pane import WhyPane

_ATTENTION = "llm_tui.widgets.why.attention:panes"
_OF_PIECES = ("llm_tui.widgets.why.pieces:panes", "llm_tui.widgets.why.source:panes")

ROWS: dict[str, tuple[str, ...]] = {
    "zero-shot": ("llm_tui.widgets.why.attribution:panes", _ATTENTION),
    "sentiment": ("llm_tui.widgets.why.attribution:panes", _ATTENTION),
    "pair": ("llm_tui.widgets.why.pair:panes",),
    "entities": ("llm_tui.widgets.why.attribution:panes", _ATTENTION),
    "generation": (*_OF_PIECES, _ATTENTION),
    "branch": (*_OF_PIECES, _ATTENTION),
    "round-trip": (_ATTENTION,),
    "prediction": ("llm_tui.widgets.why.trained:of_prediction",),
    "retest": ("llm_tui.widgets.why.trained:of_retest",),
}
"""By a job's `kind`, who makes its panes, in their order: `module:function` of the job and its result, giving a list of
panes. The result is None where nobody has it any more (a row of a sheet): the pane asks anew then. A function gives
none where it has nothing to say of this very job: beams have no alternatives, a served model no gradient.
"""


def panes_of(job: Done, result: object = None) -> Sequence[WhyPane]:
    """The panes that explain a job, made anew for each window; none where there is nothing to explain."""
    makers: list[Callable[[Done, object], list[WhyPane]]] = [resolve_name(where) for where in ROWS.get(job.kind, ())]
    return [pane for make in makers for pane in make(job, result)]
