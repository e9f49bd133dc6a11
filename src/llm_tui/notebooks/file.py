"""A notebook as a file (nbformat 3 and 4): read within bounds, and written with cells that were changed.

What is not changed stays as it was: metadata, outputs, and whatever else somebody's program put there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llm_tui import files
from llm_tui.errors import UserError, reason
from llm_tui.i18n import tr
from llm_tui.visible import visible

MOST_BYTES = 64 * 2**20
MOST_CELLS = 5_000
MOST_CODE = 5_000_000
"""Characters of all cells together."""


@dataclass(frozen=True, slots=True)
class Notebook:
    """Its JSON, as nbformat 4; `cells` are those of the file, in their order."""

    content: Mapping[str, Any]

    @property
    def cells(self) -> list[dict[str, Any]]:
        cells: list[dict[str, Any]] = self.content["cells"]
        return cells

    def language(self) -> str:
        """The programming language that it says it is in; Python where it says nothing."""
        metadata = self.content.get("metadata")
        found: Any = "python"
        for key, name in (("kernelspec", "language"), ("language_info", "name")):
            part = metadata.get(key) if isinstance(metadata, dict) else None
            found = part.get(name, found) if isinstance(part, dict) else found
        return str(found)

    def changed(self, sources: Mapping[int, str], before: Mapping[int, str]) -> Notebook:
        """With new sources of cells, by their index, and new code cells `before` others. A cell whose code is another
        has no output yet.
        """
        cells = []
        for index, cell in enumerate(self.cells):
            if index in before:
                cells.append(self._code_cell(before[index]))
            if index in sources:
                cell = {**cell, "source": _as_it_was(cell["source"], sources[index])}
                if cell["cell_type"] == "code":
                    cell |= {"outputs": [], "execution_count": None}
            cells.append(cell)
        return Notebook({**self.content, "cells": cells})

    def _code_cell(self, text: str) -> dict[str, Any]:
        cell: dict[str, Any] = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
        if self.content.get("nbformat_minor", 0) >= 5:
            cell["id"] = f"llm-tui-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
        return {**cell, "source": text.splitlines(keepends=True)}

    def dump(self) -> bytes:
        """As Jupyter writes it: UTF-8, indented by one space.

        Raises:
            UserError: lists stand in lists deeper than can be written.
        """

        def text(ascii_alone: bool) -> bytes:
            return (json.dumps(self.content, ensure_ascii=ascii_alone, indent=1) + "\n").encode()

        try:
            return text(False)
        except UnicodeEncodeError:  # half a character, which JSON has an escape for
            return text(True)
        except RecursionError:
            raise UserError(
                tr(
                    "What is nested in the notebook is too deep to be written again: take it out in Jupyter, and try "
                    "again.",
                    "Lo que hay anidado en el cuaderno es demasiado profundo para escribirlo de nuevo: quítelo en "
                    "Jupyter y vuelva a intentarlo.",
                )
            ) from None


def source(cell: Mapping[str, Any]) -> str:
    """The text of a cell."""
    said = cell["source"]
    return said if isinstance(said, str) else "".join(said)


def _as_it_was(before: object, text: str) -> str | list[str]:
    return text if isinstance(before, str) else text.splitlines(keepends=True)


def read_notebook(path: Path) -> Notebook:
    """
    Raises:
        UserError: it cannot be read, is no notebook, or is a larger one than a person writes.
    """
    try:
        content = files.read(path, MOST_BYTES)
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise UserError(
            tr(
                f"{path} could not be read ({why}): give a notebook, FILE.ipynb.",
                f"No se pudo leer {path} ({why}): indique un cuaderno, ARCHIVO.ipynb.",
            )
        ) from error
    try:
        notebook = Notebook(_as_4(json.loads(content.decode("utf-8-sig"))))
        notebook.dump()  # what is nested too deeply to be written is no notebook of a person's
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise _no_notebook(path) from error
    if len(notebook.cells) > MOST_CELLS or sum(len(source(cell)) for cell in notebook.cells) > MOST_CODE:
        raise UserError(
            tr(
                f"{path} is too large: {MOST_CELLS} cells and {MOST_CODE} characters are read at most. Split it.",
                f"{path} es demasiado grande: se leen como máximo {MOST_CELLS} celdas y {MOST_CODE} caracteres. "
                "Divídalo.",
            )
        )
    if not notebook.language().lower().startswith(("python", "ipython")):
        said = visible(notebook.language())[:40]
        raise UserError(
            tr(
                f"{path} is a notebook in another language ({said}): only Python is mended.",
                f"{path} es un cuaderno en otro lenguaje ({said}): solo se repara Python.",
            )
        )
    return notebook


def _no_notebook(path: Path) -> UserError:
    return UserError(
        tr(
            f"{path} is no Jupyter notebook of format 3 or 4: open it in Jupyter and save it again as .ipynb.",
            f"{path} no es un cuaderno de Jupyter de formato 3 o 4: ábralo en Jupyter y guárdelo de nuevo como .ipynb.",
        )
    )


def _as_4(content: Any) -> dict[str, Any]:
    """
    Raises:
        ValueError, KeyError, TypeError, AttributeError: it is no notebook.
    """
    if not isinstance(content, dict):
        raise ValueError
    if content.get("nbformat") == 3:
        import nbformat

        convert: Callable[..., Any] = nbformat.convert
        as_node: Callable[..., Any] = nbformat.from_dict
        try:
            content = json.loads(json.dumps(convert(as_node(content), 4)))
        except Exception as error:  # whatever its converter meets in a notebook that is none
            raise ValueError from error
    if content.get("nbformat") != 4 or not isinstance(content.get("nbformat_minor", 0), int):
        raise ValueError
    if not isinstance(content["cells"], list) or not all(map(_is_cell, content["cells"])):
        raise ValueError
    found: dict[str, Any] = content
    return found


def _is_cell(cell: Any) -> bool:
    said = cell["source"]
    lines = [said] if isinstance(said, str) else said
    return isinstance(cell["cell_type"], str) and isinstance(lines, list) and all(isinstance(x, str) for x in lines)
