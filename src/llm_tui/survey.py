"""What can be asked of the machine: what it is. Light: the app knows its own survey from what a person asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from llm_tui.i18n import Text, tr


@dataclass(frozen=True, slots=True)
class Survey:
    """The job that looks around on this machine. It asks nothing of the network."""

    kind: ClassVar[str] = "environment"
    name: ClassVar[Text] = Text("look at the environment", "examen del entorno")
    runner: ClassVar[str] = "llm_tui.environment:survey"
    imports: ClassVar[tuple[str, ...]] = ("torch",)
    only_looks: ClassVar[bool] = True

    def title(self) -> str:
        return tr("looking around", "reconociendo el equipo")
