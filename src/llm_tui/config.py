"""The person's own configuration: one TOML file in their configuration folder. What it says wrongly stops nobody: it
is told, with its line, and the standard holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_config_path

from llm_tui import files
from llm_tui.errors import reason
from llm_tui.i18n import tr
from llm_tui.visible import visible

MOST_BYTES = 1_000_000

TABLES = ("keys", "slurm")
"""What the file may hold, beside what stands alone."""

ALONE = ("keep_running",)


def config_path() -> Path:
    return user_config_path("llm-tui") / "config.toml"


@dataclass(frozen=True, slots=True)
class Config:
    """`tables` is what the file says, `problems` what in it cannot be followed, a sentence each. `keep_running`: what
    the program is doing when its line drops goes on.
    """

    path: Path
    found: bool = False
    tables: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    problems: Sequence[str] = ()
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict)
    keep_running: bool = True

    def where(self, table: str, name: str = "") -> str:
        """The file and the line in which a name, or the table itself, stands."""
        return _place(self.path, self.lines.get((table, name)) or self.lines.get((table,), 1))


def read_config(path: Path | None = None) -> Config:
    """What the file says; nothing where there is none."""
    path = path or config_path()
    try:
        text = files.read(path, MOST_BYTES).decode("utf-8-sig")
    except FileNotFoundError:
        return Config(path)
    except OSError as error:
        return Config(path, True, problems=[_unread(str(path), reason(error))])
    except UnicodeDecodeError:
        return Config(path, True, problems=[_unread(str(path), tr("it is not UTF-8", "no está en UTF-8"))])
    from llm_tui import toml_lines  # not at the top: most people have no such file, and the first paint need not wait

    try:
        values = toml_lines.read(text)
    except toml_lines.NotToml as error:
        return Config(path, True, problems=[_unread(_place(path, error.line), tr("it is not TOML", "no es TOML"))])
    lines = toml_lines.lines(text)
    tables = {name: table for name, table in values.items() if name in TABLES and isinstance(table, dict)}
    known = (*tables, *ALONE)
    problems = [_unknown(_place(path, lines[name,]), name) for name in values if name not in known]
    keep_running = values.get("keep_running", True)
    if not isinstance(keep_running, bool):
        problems.append(_neither(_place(path, lines["keep_running",]), "keep_running"))
    return Config(path, True, tables, problems, lines, keep_running is not False)


def _unread(place: str, why: str) -> str:
    return visible(
        tr(f"{place}: {why}; nothing of this file is followed.", f"{place}: {why}; no se sigue nada de este archivo.")
    )


def _unknown(place: str, name: str) -> str:
    known = ", ".join((*ALONE, *(f"[{table}]" for table in TABLES)))
    return visible(
        tr(
            f"{place}: there is no setting “{name}”; the file may hold {known}.",
            f"{place}: no hay ningún ajuste «{name}»; el archivo puede tener {known}.",
        )
    )


def _neither(place: str, name: str) -> str:
    return visible(
        tr(
            f"{place}: {name} is true or false, nothing else; the standard holds.",
            f"{place}: {name} es true o false, y nada más; vale lo normal.",
        )
    )


def _place(path: Path, line: int) -> str:
    return tr(f"{path}, line {line}", f"{path}, línea {line}")
