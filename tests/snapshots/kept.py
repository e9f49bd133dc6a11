"""What is kept of a scene in a file of its own: its text by language and size, its styles by theme.

`python tests/snapshots/make.py` writes them all anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from string import ascii_letters

from rich.style import Style
from textual.strip import Strip

FOLDER = Path(__file__).parent / "kept"

HEAD = "=== "


def written(scene: str, parts: Mapping[str, Iterable[str]]) -> None:
    lines = [line for name, part in parts.items() for line in (HEAD + name, *part)]
    (FOLDER / f"{scene}.txt").write_text("\n".join([*lines, ""]), "utf-8")


def read(scene: str) -> dict[str, list[str]]:
    """The parts by their names; nothing of a scene that is not kept."""
    parts: dict[str, list[str]] = {}
    file = FOLDER / f"{scene}.txt"
    for line in file.read_text("utf-8").splitlines() if file.exists() else ():
        if line.startswith(HEAD):
            parts[line.removeprefix(HEAD)] = current = []
        else:
            current.append(line)
    return parts


def styles(strips: Iterable[Strip]) -> list[str]:
    """A line for each line of the screen: letters for its styles, each with the number of columns that have it; below,
    what the letters mean. Lines like the one above are left out.
    """
    names: dict[str, str] = {}
    lines = []
    for strip in strips:
        cells = [_said(segment.style) for segment in strip for _ in range(segment.cell_length)]
        runs = [(said, len(list(same))) for said, same in groupby(cells)]
        lines.append(" ".join(f"{names.setdefault(said, _letter(len(names)))}{count}" for said, count in runs))
    shown = [line if number == 0 or line != lines[number - 1] else '"' for number, line in enumerate(lines)]
    return [*shown, *(f"{letter}: {said}" for said, letter in names.items())]


def _letter(number: int) -> str:
    return ascii_letters[number % 52] + "'" * (number // 52)


def _said(style: Style | None) -> str:
    style = style or Style.null()
    marks = [name for name in ("bold", "dim", "italic", "underline", "reverse") if getattr(style, name)]
    return " ".join([_name(style.color), "on", _name(style.bgcolor), *marks])


def _name(color: object) -> str:
    return "default" if color is None else color.name  # type: ignore[attr-defined]
