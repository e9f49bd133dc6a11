"""What a person has set: on the command line (`--set`), in the environment, or in one TOML file in their configuration
folder, the first of these that says something. What is said wrongly stops nobody: it is told, with its line, and what
comes next holds.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from llm_tui import files, i18n
from llm_tui.config_options import OPTIONS, TABLES, TASKS, Option, option
from llm_tui.errors import UserError, reason
from llm_tui.i18n import Text, tr
from llm_tui.visible import visible

MOST_BYTES = 1_000_000

FRESH = 2.0
"""Seconds: no file system's clock is coarser."""

_given: dict[str, tuple[Any, str]] = {}
"""What the command line has set, by name, and with which option of its own."""

_told: dict[tuple[object, ...], Config] = {}
"""What a file says, by its path, its stamp and the language: it is asked for again and again while screens are made."""

_passed_on: dict[str, str] = {}
"""Variables that this program has set itself, of what a person has set elsewhere."""


def config_path() -> Path:
    return user_config_path("llm-tui") / "config.toml"


def give(settings: Sequence[str], flags: Mapping[str, tuple[Any, str]] | None = None) -> None:
    """Take what the command line sets, as name=value each. `flags`: what options of their own have set, by name, and
    the options; they count before the others.

    Raises:
        UserError: a setting is not of that form, there is no such option, or it cannot be that.
    """
    given: dict[str, tuple[Any, str]] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals or name not in (one.name for one in OPTIONS):
            more = "" if equals else tr("; write name=value", "; escriba nombre=valor")
            raise UserError(_no_such("--set", name, more))
        value = option(name).from_text(text)
        if value is None:
            raise UserError(_not_so("--set", option(name)))
        given[name] = value, f"--set {name}"
    _given.clear()
    _given.update(given | dict(flags or {}))


def for_libraries(found: Config, environ: MutableMapping[str, str]) -> None:
    """Tell the hub's library, which looks into the environment when it is imported, what a person has set."""
    offline = "1" if found.offline else "0" if environ.get("HF_HUB_OFFLINE") else ""
    wanted = {"HF_HOME": os.path.expanduser(found.value("cache")), "HF_HUB_OFFLINE": offline}
    for variable, text in wanted.items():
        if text and environ.get(variable) != text:
            environ[variable] = _passed_on[variable] = text


@dataclass(frozen=True, slots=True)
class Config:
    """`values` is what holds of each option that somebody has set, `sources` who. `tables` are the file's tables of
    names of their own, `problems` what cannot be followed, a sentence each, `lines` where in the file all of it stands.
    """

    path: Path
    found: bool = False
    tables: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    problems: Sequence[str] = ()
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    this_time: frozenset[str] = frozenset()
    """The options that the command line or the environment has set."""

    def value(self, name: str) -> Any:
        """What holds of an option: what somebody has set, else the standard."""
        return self.values.get(name, option(name).standard)

    def where(self, table: str, name: str = "") -> str:
        """The file and the line in which a name, or the table itself, stands."""
        return str(_place(self.path, self.lines.get((table, name)) or self.lines.get((table,), 1)))

    def models(self) -> dict[str, str]:
        """The models that a person has set, by the names of the tasks."""
        return {task: model for task in TASKS if (model := self.value(f"models.{task}"))}

    def model(self, task: str, of_course: str, standard: str) -> str:
        """The model of a task: who names one for this time comes before the course, the course before config.toml."""
        own = self.models().get(task, "")
        named = own if f"models.{task}" in self.this_time else ""
        return named or of_course or own or standard

    @property
    def keep_running(self) -> bool:
        """Whether what the program is doing when its line drops goes on."""
        return bool(self.value("keep_running"))

    @property
    def language(self) -> str:
        """Empty where nobody has set it."""
        return str(self.value("language"))

    @property
    def lab(self) -> str:
        """The folder of the lab; empty where nobody has set it."""
        return str(self.value("lab"))

    @property
    def mouse(self) -> bool:
        """Whether the app has the mouse, and not the terminal."""
        return bool(self.value("mouse"))

    @property
    def bell(self) -> bool:
        """Whether it rings when long work has ended that nobody looks at."""
        return bool(self.value("bell"))

    @property
    def offline(self) -> bool:
        """Whether the hub is asked for nothing."""
        return bool(self.value("offline"))


def read_config(
    path: Path | None = None,
    environ: Mapping[str, str] | None = None,
    given: Mapping[str, tuple[Any, str]] | None = None,
) -> Config:
    """What holds, of the command line, the environment and the file; `given` in place of what this command line has."""
    found = _file(path or config_path())
    values, sources, problems = dict(found.values), dict(found.sources), list(found.problems)
    environ = os.environ if environ is None else environ
    given = _given if given is None else given
    this_time = set()
    for one in OPTIONS:
        text = environ.get(one.variable, "").strip()
        if one.name in given:
            values[one.name], sources[one.name] = given[one.name]
            this_time.add(one.name)
        elif text and _passed_on.get(one.variable) != text:
            source = tr(f"the variable {one.variable}", f"la variable {one.variable}")
            value = one.from_text(text)
            if value is None:
                problems.append(_not_so(source, one))
            else:
                values[one.name], sources[one.name] = value, source
                this_time.add(one.name)
    return replace(found, values=values, sources=sources, problems=problems, this_time=frozenset(this_time))


def _file(path: Path) -> Config:
    """What the file says, in the language that is spoken: read anew where its stamp is another. A file that was just
    written is read each time, for it may be written again within the same tick of its file system.
    """
    try:
        status = os.stat(path)
    except OSError:
        return _read_file(path)
    stamp = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    told = (str(path), stamp, i18n.language())
    found = _told.get(told)
    if found is None:
        found = _read_file(path)
        if time.time() - status.st_mtime > FRESH:
            _told.clear()
            _told[told] = found
    return found


def _read_file(path: Path) -> Config:
    try:
        text = files.read(path, MOST_BYTES).decode("utf-8-sig")
    except FileNotFoundError:
        return Config(path)
    except OSError as error:
        return Config(path, True, problems=[_unread(str(path), reason(error))])
    except UnicodeDecodeError:
        return Config(path, True, problems=[_unread(str(path), tr("it is not UTF-8", "no está en UTF-8"))])
    return understood(path, text)


def understood(path: Path, text: str) -> Config:
    """What the text of a file says."""
    from llm_tui import toml_lines  # not at the top: most people have no such file, and the first paint need not wait

    try:
        said = toml_lines.read(text)
    except toml_lines.NotToml as error:
        why = tr(f"it is not TOML ({error.why.en})", f"no es TOML ({error.why.es})")
        return Config(path, True, problems=[_unread(str(_place(path, error.line)), why)])
    lines = toml_lines.lines(text)
    tables = {name: table for name, table in said.items() if name in TABLES and isinstance(table, dict)}
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    problems: list[str] = []
    for name, value in _flat(said):
        at = _place(path, lines.get(tuple(name.split(".")), 1))
        if name in tables:
            continue
        if name in TABLES:
            problems.append(_no_table(str(at), name))
        elif name not in (one.name for one in OPTIONS):
            problems.append(_no_such(str(at), name))
        elif (read := option(name).read(value)) is None:
            problems.append(_not_so(str(at), option(name)))
        else:
            values[name], sources[name] = read, str(at)
    return Config(path, True, tables, problems, lines, values, sources)


def _flat(said: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in said.items():
        if name == "models" and isinstance(value, dict):
            yield from ((f"models.{task}", model) for task, model in value.items())
        else:
            yield name, value


def _unread(place: str, why: str) -> str:
    return visible(
        tr(f"{place}: {why}; nothing of this file is followed.", f"{place}: {why}; no se sigue nada de este archivo.")
    )


def _no_such(place: str, name: str, more: str = "") -> str:
    known = [*(one.name for one in OPTIONS), *(f"[{table}]" for table in TABLES)]
    near = get_close_matches(name, known, n=1)
    if near:
        hint = tr(f"did you mean {near[0]}?", f"¿quería decir {near[0]}?")
    else:
        hint = tr(f"there are {', '.join(known)}.", f"hay {', '.join(known)}.")
    return visible(
        tr(
            f"{place}: there is no setting “{name}”{more}; {hint}",
            f"{place}: no hay ningún ajuste «{name}»{more}; {hint}",
        )
    )


def _no_table(place: str, name: str) -> str:
    said = tr(f"[{name}] is a table, on a line of its own", f"[{name}] es una tabla, en una línea propia")
    return visible(f"{place}: {said}.")


def _not_so(place: str, one: Option) -> str:
    return visible(
        tr(
            f"{place}: {one.name} is {one.wanted.en}, nothing else; this is not followed.",
            f"{place}: {one.name} es {one.wanted.es}, y nada más; esto no se sigue.",
        )
    )


def _place(path: Path, line: int) -> Text:
    return Text(f"{path}, line {line}", f"{path}, línea {line}")
