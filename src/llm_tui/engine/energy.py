"""Energy as a figure: what a device used while a job worked on it, or why nobody knows; and sums that say what they
lack. Light: who measures is `meters`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from llm_tui.i18n import Text, number

WHYS: dict[str, Text] = {
    "short": Text("too short to measure", "demasiado breve para medirlo"),
    "no-counter": Text("the device has no energy counter", "el dispositivo no tiene contador de energía"),
    "locked": Text(
        "the processor's energy counter may not be read here",
        "aquí no se permite leer el contador de energía del procesador",
    ),
    "failed": Text("the counter failed meanwhile", "el contador falló entretanto"),
    "jumped": Text("the counter went back or jumped", "el contador retrocedió o saltó"),
    "still": Text("the counter does not move", "el contador no se mueve"),
    "unseen": Text(
        "the counter may have begun anew unseen", "el contador pudo volver a empezar sin que se notara"
    ),
    "elsewhere": Text("the model works on a server, not here", "el modelo trabaja en un servidor, no aquí"),
    "with-run": Text("that of the training stands with its run", "la del entrenamiento consta en su ejecución"),
    "unread": Text("what was written of it cannot be read", "no se puede leer lo que se anotó"),
    "unknown": Text("not measured at the time", "no se midió en su momento"),
}  # fmt: skip
"""Why a stretch of work has no figure, by the words that files have for it."""


@dataclass(frozen=True, slots=True)
class Energy:
    """What devices used during `stretches` of work, of which `measured` have a figure.

    `joules` and `seconds` are those of the measured ones together, what an idle device draws anyway included; `joules`
    is None where there are none. `source` is `NVML`, a GPU's counter, or `RAPL`, the processor's. With `shared` other
    processes were on the device too, or may have been: the figure is for all. `why` says why some have none.
    """

    joules: float | None
    seconds: float
    source: str
    shared: bool
    stretches: int
    measured: int
    why: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """
        Raises:
            ValueError: nobody can have measured that.
        """
        figures = (self.joules or 0.0, self.seconds)
        if not (0 <= self.measured <= self.stretches and all(math.isfinite(f) and f >= 0 for f in figures)):
            raise ValueError("no energy")
        if (self.joules is None) != (self.measured == 0):
            raise ValueError("a figure without a measurement, or the other way round")

    @classmethod
    def unknown(cls, why: str) -> Energy:
        """That of one stretch of work without a figure."""
        return cls(None, 0.0, "", False, 1, 0, (why,))

    @property
    def watt_hours(self) -> float | None:
        return None if self.joules is None else self.joules / 3600

    @property
    def whole(self) -> bool:
        """Whether no stretch of the work is left out."""
        return 0 < self.measured == self.stretches

    @property
    def worth_saying(self) -> bool:
        """Whether there is a figure, or a reason of its own why there is none: most machines have no counter at all."""
        return bool(self.measured or {*self.why} - {"no-counter", "unknown"})

    def __add__(self, other: Energy) -> Energy:
        both = [one.joules for one in (self, other) if one.joules is not None]
        return Energy(
            math.fsum(both) if both else None,
            self.seconds + other.seconds,
            ", ".join(_each_once([*self.source.split(", "), *other.source.split(", ")])),
            self.shared or other.shared,
            self.stretches + other.stretches,
            self.measured + other.measured,
            _each_once([*self.why, *other.why]),
        )

    def times(self, count: int) -> Energy:
        """That of `count` stretches of work, each as this one."""
        joules = None if self.joules is None else self.joules * count
        figures = joules, self.seconds * count, self.source, self.shared
        return Energy(*figures, self.stretches * count, self.measured * count, self.why)

    def said(self) -> Text:
        """In a few words, with all that the figure lacks."""
        if not self.stretches:
            return Text("nothing to measure", "nada que medir")
        if self.watt_hours is None:
            return Text("{why}", "{why}").format(why=reasons(self.why))
        figure = Text("{wh} Wh ({source})", "{wh} Wh ({source})")
        parts = [figure.format(wh=number(self.watt_hours, 4), source=self.source)]
        if self.shared:
            parts.append(Text("other processes included", "otros procesos incluidos"))
        if not self.whole:
            lacking = Text("{n} of {all} without a figure: {why}", "{n} de {all} sin cifra: {why}")
            counts = {"n": self.stretches - self.measured, "all": self.stretches}
            parts.append(lacking.format(**counts, why=reasons(self.why)))
        return Text("; ", "; ").join(parts)


NOTHING = Energy(None, 0.0, "", False, 0, 0)
"""That of no work at all."""


def total(energies: Iterable[Energy | None]) -> Energy:
    """The sum. None, what an earlier version did not measure, is a stretch of work without a figure."""
    return sum((Energy.unknown("unknown") if one is None else one for one in energies), NOTHING)


def reasons(why: Iterable[str]) -> Text:
    """Reasons in words; what this version does not know says that there is none."""
    return Text(", ", ", ").join(WHYS.get(one, WHYS["unknown"]) for one in why)


def _each_once(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in parts if part))
