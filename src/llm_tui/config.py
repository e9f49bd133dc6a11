"""The person's own configuration: one TOML file in their configuration folder. What it says wrongly stops nobody: it
is told, with its line, and the standard holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from llm_tui import files
from llm_tui.colours import THEMES
from llm_tui.errors import UserError, reason
from llm_tui.i18n import LANGUAGES, Text, tr
from llm_tui.visible import visible

MOST_BYTES = 1_000_000

TABLES = ("keys", "slurm")
"""What the file may hold, beside what stands alone."""

ALONE = ("keep_running", "language", "lab", "offline", "mouse", "bell", "theme")


def config_path() -> Path:
    return user_config_path("llm-tui") / "config.toml"


@dataclass(frozen=True, slots=True)
class Config:
    """`tables` is what the file says, `problems` what in it cannot be followed, a sentence each. `keep_running`: what
    the program is doing when its line drops goes on. `language` and `lab` are empty where the file says nothing of
    them; `offline`: the hub is not asked for anything. `mouse`: the app has the mouse, and not the terminal.
    `bell`: it rings when long work has ended that nobody looks at. `theme` is empty where the file says nothing of it.
    """

    path: Path
    found: bool = False
    tables: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    problems: Sequence[str] = ()
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict)
    keep_running: bool = True
    language: str = ""
    lab: str = ""
    offline: bool = False
    mouse: bool = True
    bell: bool = True
    theme: str = ""

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
    wanted: dict[str, Callable[[object], bool]] = {
        "keep_running": lambda value: isinstance(value, bool),
        "language": lambda value: value in LANGUAGES,
        "lab": lambda value: isinstance(value, str) and bool(value.strip()) and "\0" not in value,
        "theme": lambda value: value in THEMES,
        **dict.fromkeys(("offline", "mouse", "bell"), lambda value: isinstance(value, bool)),
    }
    alone = {name: values[name] for name in ALONE if name in values}
    problems += [_not_so(_place(path, lines[name,]), name) for name in alone if not wanted[name](alone[name])]
    followed: dict[str, Any] = {name: value for name, value in alone.items() if wanted[name](value)}
    return Config(path, True, tables, problems, lines, **followed)


def remember(name: str, value: str | bool, path: Path | None = None) -> None:
    """Write one value into the file, as a line of it; all else that stands there stays as it is.

    Raises:
        UserError: it cannot be read or written, or is such that no line can be put into it.
    """
    from llm_tui import toml_lines

    path, line = path or config_path(), f"{name} = {_as_toml(value)}"
    try:
        text = files.read(path, MOST_BYTES).decode("utf-8")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(_unkept(path, str(error))) from None
    try:
        end = "\r\n" if "\r\n" in text else "\n"
        at = toml_lines.lines(text).get((name,)) if toml_lines.read(text).keys() & {name} else None
        rows = text.splitlines(keepends=True)
        rows[at - 1 if at else 0 : at or 0] = [line + end]
        changed = "".join(rows)
        if toml_lines.read(changed) != {**toml_lines.read(text), name: value}:
            raise UserError(_unkept(path, tr("write it there yourself", "escríbalo usted allí") + f": {line}"))
        path.parent.mkdir(parents=True, exist_ok=True)
        files.replace(path, changed.encode())
    except toml_lines.NotToml as error:
        raise UserError(_unkept(path, str(error))) from None
    except (OSError, UnicodeEncodeError) as error:
        raise UserError(_unkept(path, reason(error) if isinstance(error, OSError) else str(error))) from None


def _as_toml(value: str | bool) -> str:
    import json

    # What JSON writes is TOML too, but for the one control character that it leaves as it is.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _unkept(path: Path, why: str) -> str:
    return visible(tr(f"{path} does not keep this: {why}.", f"{path} no guarda esto: {why}."))


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


POSSIBLE = {
    "keep_running": Text("true or false, nothing else", "true o false, y nada más"),
    "language": Text('"es" or "en"', '"es" o "en"'),
    "lab": Text("a folder, as text", "una carpeta, como texto"),
    "theme": Text(", ".join(THEMES), ", ".join(THEMES)),
    **dict.fromkeys(("offline", "mouse", "bell"), Text("true or false, nothing else", "true o false, y nada más")),
}


def _not_so(place: str, name: str) -> str:
    said = POSSIBLE[name]
    return visible(
        tr(
            f"{place}: {name} is {said.en}; the standard holds.",
            f"{place}: {name} es {said.es}; vale lo normal.",
        )
    )


def _place(path: Path, line: int) -> str:
    return tr(f"{path}, line {line}", f"{path}, línea {line}")
