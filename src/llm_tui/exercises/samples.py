"""Short texts with the label that a student gave them: from a CSV file, or pasted."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from unicodedata import normalize

from llm_tui import csvfile
from llm_tui.errors import UserError
from llm_tui.i18n import tr

MOST = 10_000
"""Rows of a file: the student looks at each of them."""

# Of several such columns the first named here is taken: `comentario` is the text only where no other column is.
_TEXT_HEADS = (
    *("text", "texto", "sentence", "frase", "oración", "oracion", "message", "mensaje", "tweet"),
    *("content", "contenido", "comment", "comentario"),
)
_LABEL_HEADS = (
    *("true label", "true_label", "etiqueta verdadera", "etiqueta_verdadera"),
    *("label", "etiqueta", "class", "clase", "category", "categoría", "categoria"),
)
_KIND_HEADS = ("kind", "tipo", "type", "kind of text", "tipo de texto")


@dataclass(frozen=True, slots=True)
class Sample:
    """A text for a zero-shot model. `label` is the true one as the student marked it, empty while unmarked; `kind`
    the kind of text, such as irony, slang or abbreviation.
    """

    text: str
    label: str = ""
    kind: str = ""


def read_samples(path: Path, labels: Sequence[str]) -> tuple[Sample, ...]:
    """The samples of a CSV file, with a header in any order, or without: `text,label` or `text,label,kind`.

    A label is found among `labels` without regard to case, Unicode form and white space around it, and takes their
    spelling; an empty one is a text still unmarked. Texts are kept as they are.

    Raises:
        UserError: the file cannot be read as CSV in UTF-8, has no rows or more than `MOST`, an empty text, or a label
            that is not one of `labels`.
    """
    path = Path(os.path.expanduser(path))
    rows = csvfile.rows(path, _expected())
    first, head = next(rows)
    named = _columns(head)
    columns = named or range(len(head))
    if not 2 <= len(columns) <= 3:
        raise _refused(path, first, _not_named(len(head)), _expected())
    spelling = {_caseless(label): label for label in labels} | {"": ""}
    samples: list[Sample] = []
    for line, row in rows if named else chain([(first, head)], rows):
        if len(samples) == MOST:
            raise _too_many(path)
        text, label, kind = [*(row[i] for i in columns), ""][:3]
        if "\0" in text + label + kind:
            raise _refused(path, line, _nul())
        if not text.strip():
            raise _refused(path, line, _no_text())
        if (known := spelling.get(_caseless(label))) is None:
            raise _refused(path, line, _unknown(label.strip(), labels), "" if named else _expected())
        samples.append(Sample(text, known, kind.strip()))
    if not samples:
        raise UserError(tr(f"{path} has a header and no rows.", f"{path} tiene encabezado y ninguna fila."))
    return tuple(samples)


def pasted(text: str) -> tuple[Sample, ...]:
    """One sample per line that has a text; after tabs its label and kind, if given, neither of them checked."""
    lines = ([cell.strip() for cell in line.split("\t")] for line in re.split(r"\r\n|\r|\n", text))
    return tuple(Sample(*cells[:3]) for cells in lines if cells[0])


def _caseless(text: str) -> str:
    """Alike for texts that differ only in case, in Unicode form or in the white space around."""
    return normalize("NFC", text.casefold()).strip()


def _columns(head: Sequence[str]) -> list[int] | None:
    """The columns of text, label and, if there, kind; None where the first row is no header."""
    names = [_caseless(name) for name in head]
    texts, labels, kinds = (
        [names.index(head) for head in heads if head in names] for heads in (_TEXT_HEADS, _LABEL_HEADS, _KIND_HEADS)
    )
    return [texts[0], labels[0], *kinds[:1]] if texts and labels else None


def _expected() -> str:
    return tr(
        " A row is text,label or text,label,kind, and the first row may name its columns so.",
        " Una fila es texto,etiqueta o texto,etiqueta,tipo, y la primera fila puede nombrar así sus columnas.",
    )


def _refused(path: Path, line: int, why: str, expected: str = "") -> UserError:
    return UserError(tr(f"Line {line} of {path} {why}.", f"La línea {line} de {path} {why}.") + expected)


def _too_many(path: Path) -> UserError:
    return UserError(
        tr(
            f"{path} has more than {MOST} rows: import a part of it.",
            f"{path} tiene más de {MOST} filas: importe una parte.",
        )
    )


def _not_named(there: int) -> str:
    return tr(
        f"does not name both text and label, so it should have 2 or 3 columns, and it has {there}",
        f"no nombra texto y etiqueta, así que debería tener 2 o 3 columnas, y tiene {there}",
    )


def _nul() -> str:
    return tr(
        "has a NUL character, as no text has: save the file as CSV in UTF-8 and try again",
        "tiene un carácter NUL, que ningún texto tiene: guarde el archivo como CSV en UTF-8 e inténtelo de nuevo",
    )


def _no_text() -> str:
    return tr("has no text: write it or remove the row", "no tiene texto: escríbalo o quite la fila")


def _unknown(label: str, labels: Sequence[str]) -> str:
    label = label if len(label) <= 40 else label[:40] + "…"
    known = ", ".join(labels)
    return tr(
        f"has the label “{label}”, which is not one of {known}: add it to the labels or mend the row",
        f"tiene la etiqueta «{label}», que no es una de {known}: añádala a las etiquetas o corrija la fila",
    )
