"""Short texts with the label that a student gave them: from a file, or pasted."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from unicodedata import normalize

from llm_tui.course import course
from llm_tui.errors import UserError
from llm_tui.exercises.material import KINDS, MODERATION
from llm_tui.exercises.state import counted
from llm_tui.i18n import Text, tr
from llm_tui.kept import Rows
from llm_tui.labelled.columns import NO_CHOICE, Choice
from llm_tui.labelled.lines import lines_of
from llm_tui.labelled.reader import Rules, read
from llm_tui.visible import shortened

MOST = 10_000
"""Rows of a file: the student looks at each of them."""

_SHIPPED = {(text, label) for text, label, _ in MODERATION}


@dataclass(frozen=True, slots=True)
class Sample:
    """A text for a zero-shot model. `label` is the true one as somebody marked it, empty while unmarked; `kind` the
    kind of text, such as irony, slang or abbreviation. `by_hand` says whether the student set or confirmed the label;
    None where nobody wrote that down.
    """

    text: str
    label: str = ""
    kind: str = ""
    by_hand: bool | None = None

    @property
    def is_own(self) -> bool:
        """Whether the label is the student's: one that came with the text, and that nobody confirmed, is not."""
        return (self.text, self.label) not in _SHIPPED if self.by_hand is None else self.by_hand


LABELS_WANTED, TEXTS_WANTED = 4, 20
"""Of a course that brings no fewer."""


def labels_wanted() -> int:
    return min(LABELS_WANTED, len(course.current().moderation.labels))


def texts_wanted() -> int:
    return min(TEXTS_WANTED, len(course.current().moderation.texts))


def given_samples(texts: Iterable[tuple[str, str, str]]) -> tuple[Sample, ...]:
    """Texts with labels and kinds that somebody else brought: their labels are not the student's."""
    return tuple(Sample(text, label, known_kind(kind), False if label else None) for text, label, kind in texts)


def read_samples(
    path: Path, labels: Sequence[str], choice: Choice = NO_CHOICE
) -> tuple[tuple[Sample, ...], tuple[Text, ...]]:
    """The samples of a file, and what is to be said of it: CSV or JSON lines, with a header in any order, or without
    one: `text,label` or `text,label,kind`. `choice` names columns where their names say nothing.

    A label is found among `labels` without regard to case, Unicode form and white space around it, and takes their
    spelling; an empty one is a text still unmarked. Texts are kept as they are.

    Raises:
        Doubt: it cannot be told which column is which.
        UserError: the file cannot be read, has no rows or more than `MOST`, an empty text, or a label that is not one
            of `labels`.
    """
    path = Path(os.path.expanduser(path))
    there = read(path, rules(labels), choice, MOST + 1)
    if len(there.rows) > MOST:
        raise _too_many(path)
    spelling = {_caseless(label): label for label in labels} | {"": ""}
    samples: list[Sample] = []
    for line, label, text, kind in there.rows:
        if "\0" in text + label + kind:
            raise _refused(path, line, _nul())
        if not text.strip():
            raise _refused(path, line, _no_text())
        if (known := spelling.get(_caseless(label))) is None:
            named = bool(there.look.columns.names)
            raise _refused(path, line, _unknown(label, labels), "" if named else rules(labels).expected)
        samples.append(Sample(text, known, known_kind(kind)))
    return tuple(samples), (there.said(), *there.notes)


def rules(labels: Sequence[str]) -> Rules:
    """What the rows of a sheet are."""
    return Rules(
        order="text",
        known=tuple(labels),
        unmarked=True,
        expected=tr(
            " A row is text,label or text,label,kind, and the first row may name its columns so.",
            " Una fila es texto,etiqueta o texto,etiqueta,tipo, y la primera fila puede nombrar así sus columnas.",
        ),
    )


def pasted(text: str) -> tuple[Sample, ...]:
    """One sample per line that has a text; after tabs its label and kind, if given, neither of them checked."""
    rows = ([*(cell.strip() for cell in line.split("\t")), "", ""] for line in lines_of(text))
    return tuple(Sample(text, label, known_kind(kind)) for text, label, kind, *_ in rows if text)


def known_kind(said: str) -> str:
    """The key of a kind of text that is known by its name in any language, of one or of several; others are the
    student's own, as written. Under two spellings one kind would be counted as two.
    """
    known = {_of_one(name): kind for kind, text in KINDS.items() for name in (kind, text.en, text.es)}
    return known.get(_of_one(said), said)


def _of_one(name: str) -> str:
    return _caseless(name).removesuffix("s")


texts_of = Rows[str](attrgetter("text"))
"""The text of each sample: the same object until one of them is another."""


def different(samples: Iterable[Sample], most: int | None = None) -> set[str]:
    """Their texts, without the empty ones; no more than `most`, and no further looked for."""
    found: set[str] = set()
    for sample in samples:
        if most is not None and len(found) >= most:
            break
        if sample.text.strip():
            found.add(sample.text)
    return found


def unlabelled(samples: Sequence[Sample], known: Container[str], most: int) -> list[int]:
    """The first rows whose labels are lacking in a set of `most` different texts, by their numbers from 0."""
    if len(different(_labelled(samples, known), most)) == most:
        return []
    texts, labelled = different(samples), different(_labelled(samples, known))
    return _first(samples, texts - labelled, min(most, len(texts)) - len(labelled))


def unmarked(samples: Sequence[Sample], known: Container[str], most: int) -> list[int]:
    """The first rows of it whose labels are nobody's mark, by their numbers from 0."""
    if len(different((sample for sample in _labelled(samples, known) if sample.is_own), most)) == most:
        return []
    texts, labelled = different(samples), different(_labelled(samples, known))
    own = {sample.text for sample in samples if sample.text in labelled and sample.is_own}
    return _first(samples, labelled - own, min(most, len(texts), len(labelled)) - len(own), known)


def _labelled(samples: Iterable[Sample], known: Container[str]) -> Iterator[Sample]:
    return (sample for sample in samples if sample.label in known)


def _first(samples: Sequence[Sample], texts: set[str], most: int, known: Container[str] | None = None) -> list[int]:
    """The first row of each of some texts, `most` of them; where `known` is given, the first with such a label."""
    rows: dict[str, int] = {}
    for number, sample in enumerate(samples):
        if sample.text in texts and (known is None or sample.label in known):
            rows.setdefault(sample.text, number)
    return sorted(rows.values())[: max(0, most)]


def marks_lacking(samples: Sequence[Sample], known: Container[str], most: int) -> Iterator[Text]:
    """What a set of `most` different texts lacks: texts, labels that are `known`, labels of the student's own."""
    texts, labelled = different(samples), different(_labelled(samples, known))
    own = {sample.text for sample in samples if sample.text in labelled and sample.is_own}
    if (lacking := most - len(texts)) > 0:
        yield counted(lacking, Text("one more text", "un texto más"), Text("{n} more texts", "{n} textos más"))
    wanted = min(most, len(texts))
    if (lacking := wanted - len(labelled)) > 0:
        yield counted(lacking, Text("the true label of a text", "la etiqueta verdadera de un texto"),
                      Text("the true labels of {n} texts", "las etiquetas verdaderas de {n} textos"))  # fmt: skip
    if (lacking := min(wanted, len(labelled)) - len(own)) > 0:
        yield counted(
            lacking,
            Text("your own mark on a text", "su propia marca en un texto"),
            Text("your own marks on {n} texts", "sus propias marcas en {n} textos"),
        )  # fmt: skip


def _caseless(text: str) -> str:
    """Alike for texts that differ only in case, in Unicode form or in the white space around."""
    return normalize("NFC", text.casefold()).strip()


def _refused(path: Path, line: int, why: str, expected: str = "") -> UserError:
    return UserError(tr(f"Line {line} of {path} {why}.", f"La línea {line} de {path} {why}.") + expected)


def _too_many(path: Path) -> UserError:
    return UserError(
        tr(
            f"{path} has more than {MOST} rows: import a part of it.",
            f"{path} tiene más de {MOST} filas: importe una parte.",
        )
    )


def _nul() -> str:
    return tr(
        "has a NUL character, as no text has: save the file as CSV in UTF-8 and try again",
        "tiene un carácter NUL, que ningún texto tiene: guarde el archivo como CSV en UTF-8 e inténtelo de nuevo",
    )


def _no_text() -> str:
    return tr("has no text: write it or remove the row", "no tiene texto: escríbalo o quite la fila")


def _unknown(label: str, labels: Sequence[str]) -> str:
    label = shortened(label, 40)
    known = ", ".join(labels)
    return tr(
        f"has the label “{label}”, which is not one of {known}: add it to the labels or mend the row",
        f"tiene la etiqueta «{label}», que no es una de {known}: añádala a las etiquetas o corrija la fila",
    )
