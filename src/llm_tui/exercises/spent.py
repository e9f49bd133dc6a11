"""What the answers of a sheet took: the energies of all answers of models that stand in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from functools import cache
from typing import Any, get_args, get_type_hints

from llm_tui.engine.energy import Energy, total
from llm_tui.foundation.job import LEAD, Provenance
from llm_tui.i18n import Text


def spent(answers: object) -> Energy:
    """The sum. An answer that stands in two places of a sheet was made once; lead-3 is no model, and takes none."""
    made = [by for by in _provenances(answers) if by.model != LEAD]
    return total([*{by: by.energy for by in made if by.energy}.values(), *(None for by in made if not by.energy)])


def _provenances(value: Any) -> Iterator[Provenance]:
    if isinstance(value, Provenance):
        yield value
    elif is_dataclass(value):
        for name in _holding(value.__class__):
            yield from _provenances(getattr(value, name))
    elif isinstance(value, Mapping | tuple):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _provenances(part)


@cache
def _holding(kind: type[Any]) -> tuple[str, ...]:
    """The fields of a dataclass in which a provenance can be: a sheet is looked through with every key, and may have
    thousands of texts.
    """
    return tuple(name for name, hint in get_type_hints(kind).items() if _can_hold(hint))


def _can_hold(hint: Any) -> bool:
    if isinstance(hint, type) and is_dataclass(hint):
        return hint is Provenance or bool(_holding(hint))
    return any(map(_can_hold, get_args(hint)))


def said(energy: Energy) -> Text | None:
    """Of a sheet, in a sentence; None where nobody could have measured anything."""
    if not energy.worth_saying:
        return None
    return Text("Energy, all together: {said}.", "Energía en total: {said}.").format(said=energy.said())
