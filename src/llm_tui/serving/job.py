"""What can be asked of a server beside its models' answers, and how it answered. Light."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from llm_tui.i18n import Text, tr
from llm_tui.marks import Name


@dataclass(frozen=True, slots=True)
class AddServer:
    """Ask a server for the models that it serves, and keep it among those that the person has named. Returns the
    models as they are typed where a model is named.
    """

    kind: ClassVar[str] = "server"
    name: ClassVar[Text] = Text("list of a server's models", "lista de modelos de un servidor")
    runner: ClassVar[str] = "llm_tui.serving.adding:add"
    imports: ClassVar[tuple[str, ...]] = ("httpx",)

    server: Name

    def title(self) -> str:
        return tr("asking a server for its models", "preguntando a un servidor por sus modelos")


@dataclass(frozen=True, slots=True)
class Served:
    """How a server answered: its address, what it calls the model (empty where it does not say), and the day, in ISO
    8601: later it may answer otherwise. `refused` are the settings that it does not know. `labelled_by` says how it
    chose labels: `logprobs`, `answer`, or both where some texts were labelled so and some so.
    """

    by: str
    model: str
    day: str
    refused: tuple[str, ...] = ()
    labelled_by: str = ""

    def after(self, before: Served) -> Served:
        """With what an answer before this one says beside it."""
        return replace(
            self,
            model=_both(before.model, self.model),
            day=_both(before.day, self.day),
            refused=tuple(dict.fromkeys((*before.refused, *self.refused))),
            labelled_by=_both(before.labelled_by, self.labelled_by),
        )


def _both(one: str, other: str) -> str:
    return ", ".join(dict.fromkeys(part for part in (*one.split(", "), *other.split(", ")) if part))
