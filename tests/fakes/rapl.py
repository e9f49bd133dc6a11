"""A processor whose energy is counted: the kernel's folder `powercap`, as Linux has it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

WRAPS_AT = 262143.328850
"""Joules at which the counters of many processors begin anew."""


@dataclass(frozen=True)
class Powercap:
    folder: Path

    def write(self, *joules: float, wraps_at: float = WRAPS_AT) -> None:
        """What each package's counter shows. Beside the packages stand what belongs to one, what counts it once more,
        and a zone of the whole board.
        """
        for number, shown in enumerate(joules):
            self._zone(f"intel-rapl:{number}", f"package-{number}", shown, wraps_at)
            self._zone(f"intel-rapl:{number}:0", "core", shown / 2, wraps_at)
            self._zone(f"intel-rapl-mmio:{number}", f"package-{number}", shown, wraps_at)
        self._zone(f"intel-rapl:{len(joules)}", "psys", 5.0, wraps_at)
        (self.folder / "intel-rapl").mkdir(exist_ok=True)

    def _zone(self, name: str, kind: str, joules: float, wraps_at: float) -> None:
        zone = self.folder / name
        zone.mkdir(parents=True, exist_ok=True)
        for file, text in (
            ("name", kind),
            ("energy_uj", str(round(joules * 1e6))),
            ("max_energy_range_uj", str(round(wraps_at * 1e6))),
        ):
            (zone / file).write_text(f"{text}\n", encoding="ascii")


class Growing:
    """A counter that has counted 5 J more each time that it is read, and as fast as anybody likes."""

    source, step = "RAPL", 1e-9
    wraps_at: tuple[float | None, ...] = (None,)

    def __init__(self) -> None:
        self.joules = 0.0

    def read(self) -> tuple[float, ...]:
        self.joules += 5.0
        return (self.joules,)

    def shared(self) -> bool:
        return True
