"""What a model would see of an input before it is asked, as a job. Light: no torch before it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from llm_tui.i18n import Text, tr
from llm_tui.marks import Name


@dataclass(frozen=True, slots=True)
class Aid:
    """What a model would see of an input: its number of pieces without special tokens, how many of them have room at
    most (None: no limit is known), and what its vocabulary does not have, as start and end in characters.

    `source` is the whole text that it would be given, where that was asked for; then the rest is of that.
    """

    pieces: int
    most: int | None
    lost: tuple[tuple[int, int], ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Inspect:
    """Look at an input with a model's tokenizer, where it is on this machine; else the result is None. `whole`: as the
    model gets it, with `examples` before it and in its chat template. `answer` is how many pieces an answer may have,
    which a causal model writes into the same row.
    """

    kind: ClassVar[str] = "aid"
    name: ClassVar[Text] = Text("count of pieces", "recuento de piezas")
    runner: ClassVar[str] = "llm_tui.foundation.aid:inspect"
    imports: ClassVar[tuple[str, ...]] = ("torch", "transformers")
    only_looks: ClassVar[bool] = True

    text: str
    model: Name
    examples: tuple[tuple[str, str], ...] = ()
    whole: bool = False
    answer: int = 0

    def title(self) -> str:
        return tr("counting pieces", "contando piezas")
