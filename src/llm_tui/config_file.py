"""Writing a person's config.toml: one value into it, with all else left as it is, or all of it to begin with."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from llm_tui import files
from llm_tui.config import MOST_BYTES, config_path
from llm_tui.config_options import OPTIONS, TABLES, Option
from llm_tui.errors import UserError, reason
from llm_tui.i18n import Text, tr
from llm_tui.visible import visible

_HEAD = Text(
    "What you have set for llm-tui. A line holds once its # is taken away.",
    "Lo que usted ha configurado para llm-tui. Una línea vale cuando se le quita la #.",
)


def remember(name: str, value: str | bool, path: Path | None = None) -> None:
    """Write one value into the file; all else that stands there stays as it is. A link to a file stays a link.

    Raises:
        UserError: it cannot be read or written, or is such that no line can be put into it.
    """
    from llm_tui import toml_lines

    path = path or config_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone_in(path.parent):
            real = Path(os.path.realpath(path))
            try:
                text = files.read(path, MOST_BYTES).decode("utf-8")
                mode = stat.S_IMODE(real.stat().st_mode)
            except FileNotFoundError:
                text, mode = "", 0o600
            files.replace(real, _with(name, value, text, path).encode(), mode)
    except toml_lines.NotToml as error:
        raise UserError(_unkept(path, str(error))) from None
    except (OSError, UnicodeError) as error:
        raise UserError(_unkept(path, reason(error) if isinstance(error, OSError) else str(error))) from None


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Of two programs that write at once the second waits, and reads what the first wrote."""
    import fcntl

    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _with(name: str, value: str | bool, text: str, path: Path) -> str:
    """The file's text with this value: in the line that has the name, else in one above all others."""
    from llm_tui import toml_lines

    bare = text.removeprefix("\ufeff")
    line, end = f"{name} = {toml_lines.as_toml(value)}", "\r\n" if "\r\n" in text else "\n"
    there = toml_lines.read(bare)
    rows = re.split(r"(?<=\n)", bare) if bare else []
    if name in there:
        at = toml_lines.lines(bare)[name,] - 1
        rows[at] = _instead(rows[at], line, {name: there[name]})
    else:
        rows.insert(0, line + end)
    changed = "".join(rows)
    if toml_lines.read(changed) != {**there, name: value}:
        raise UserError(_unkept(path, tr("write it there yourself", "escríbalo usted allí") + f": {line}"))
    return text[: len(text) - len(bare)] + changed


def _instead(row: str, line: str, said: Mapping[str, object]) -> str:
    """The row with another value, and what stands before and behind the value: a comment, the end of the line."""
    from llm_tui import toml_lines

    start = len(row) - len(row.lstrip(" \t"))
    for place in re.finditer(r"(?<![ \t])[ \t]*+(#|\r?\n|$)", row[:2000]):
        try:
            if toml_lines.read(row[: place.start()]) == said:
                return row[:start] + line + row[place.start() :]
        except toml_lines.NotToml:
            continue
    return row  # its value goes on below


def documented() -> str:
    """The file to begin with: every option with what it is for, as a comment, and its standard."""
    lines = [f"# {_HEAD}"]
    for one in (one for one in OPTIONS if "." not in one.name):
        lines += ["", *_about(one), f"# {one.name} = {_shown(one)}"]
    for table, help in TABLES.items():
        lines += ["", f"# {help}", f"# [{table}]"]
        for one in (one for one in OPTIONS if one.name.startswith(f"{table}.")):
            lines.append(f"# {one.name.partition('.')[2]} = {_shown(one)}")
    return "\n".join(lines) + "\n"


def _about(one: Option) -> Iterator[str]:
    yield f"# {one.help}"
    ways = tr(f"Or the variable {one.variable}", f"O la variable {one.variable}")
    flag = one.flag or f"--set {one.name}=…"
    yield tr(f"# It is {one.wanted}. {ways}, or {flag}.", f"# Es {one.wanted}. {ways}, o {flag}.")


def _shown(one: Option) -> str:
    from llm_tui.toml_lines import as_toml

    shown = one.standard if one.example is None else one.example
    return as_toml(list(shown) if isinstance(shown, tuple) else shown)


def _unkept(path: Path, why: str) -> str:
    return visible(tr(f"{path} does not keep this: {why}.", f"{path} no guarda esto: {why}."))
