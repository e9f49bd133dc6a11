"""What a person's configuration says of the scheduler: the table [slurm] of config.toml."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llm_tui.i18n import Text, tr
from llm_tui.visible import visible

if TYPE_CHECKING:
    from llm_tui.config import Config

TABLE = "slurm"


@dataclass(frozen=True, slots=True)
class Settings:
    """What is asked of SLURM for each task; empty, it decides. `time` as sbatch takes it (minutes, or HH:MM:SS),
    `gpus` for each task, `options` any other options of sbatch, `setup` lines of shell before the program begins.
    """

    partition: str = ""
    account: str = ""
    time: str = ""
    gpus: int = 0
    options: tuple[str, ...] = ()
    setup: tuple[str, ...] = ()

    def said(self) -> str:
        """In a few words, for a question."""
        parts = [
            *([tr(f"partition {self.partition}", f"partición {self.partition}")] if self.partition else []),
            *([tr(f"account {self.account}", f"cuenta {self.account}")] if self.account else []),
            *([tr(f"time {self.time}", f"tiempo {self.time}")] if self.time else []),
            *([f"{self.gpus} GPU"] if self.gpus else []),
            *self.options,
        ]
        return visible(", ".join(parts)) or tr("SLURM's own settings", "los ajustes propios de SLURM")

    def additional(self) -> dict[str, object]:
        """`options` as submitit takes them: --name=value by name, a name alone as True."""
        split = (option.removeprefix("#SBATCH").strip().lstrip("-").partition("=") for option in self.options)
        return {name: value if equals else True for name, equals, value in split}


def _word(value: object) -> str | None:
    """One word, for it stands on a line of its own among those that sbatch reads."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if re.fullmatch(r"[\w.,:@%+/-]+", text) else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 64 else None


def _options(value: object) -> tuple[str, ...] | None:
    options = _lines(value)
    wanted = re.compile(r"(#SBATCH\s+)?--[a-z][a-z-]*(=\S.*)?")
    return options if options is not None and all(map(wanted.fullmatch, options)) else None


def _lines(value: object) -> tuple[str, ...] | None:
    if isinstance(value, list) and all(isinstance(line, str) and line.strip().isprintable() for line in value):
        return tuple(line.strip() for line in value)
    return None


_READ: Mapping[str, tuple[Callable[[object], object | None], Text]] = {
    "partition": (_word, Text("one word", "una palabra")),
    "account": (_word, Text("one word", "una palabra")),
    "time": (_word, Text("minutes or HH:MM:SS", "minutos o HH:MM:SS")),
    "gpus": (_number, Text("a whole number from 0 to 64", "un número entero de 0 a 64")),
    "options": (_options, Text('a list such as ["--mem=16G"]', 'una lista como ["--mem=16G"]')),
    "setup": (_lines, Text('a list such as ["module load cuda"]', 'una lista como ["module load cuda"]')),
}


def read_settings(config: Config) -> tuple[Settings, list[str]]:
    """What [slurm] says, and what in it cannot be followed, a sentence each; there SLURM decides."""
    found: dict[str, object] = {}
    refused = []
    for name, value in config.tables.get(TABLE, {}).items():
        if name not in _READ:
            known = ", ".join(_READ)
            why = tr(f"there is no setting “{name}”; there are {known}", f"no hay ningún ajuste «{name}»; hay {known}")
        else:
            read, wanted = _READ[name]
            if (understood := read(value)) is not None:
                found[name] = understood
                continue
            why = tr(f"“{name}” is {wanted}", f"«{name}» es {wanted}")
        refused.append(visible(f"{config.where(TABLE, name)}: {why}."))
    return Settings(**found), refused  # type: ignore[arg-type]
