"""Where the labelled texts come from: the sample, AG_NEWS, or a person's own CSV files."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

from llm_tui import csvfile
from llm_tui.classifier.job import Training
from llm_tui.classifier.sample import CLASSES as SAMPLE_CLASSES
from llm_tui.classifier.sample import stories
from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.i18n import tr

AG_NEWS_CLASSES = ("World", "Sports", "Business", "Sci/Tech")

_LABEL_HEADS = {"label", "labels", "class", "category", "class index", "etiqueta", "clase", "categoría", "categoria"}
_TEXT_HEADS = {
    *("text", "title", "description", "sentence", "content", "review"),
    *("texto", "título", "titulo", "descripción", "descripcion", "frase", "contenido"),
}

MOST_SAMPLE = 1_000_000
"""Rows of the sample: more would teach nothing, and fill the memory."""

T = TypeVar("T")

Row = tuple[str, str]
"""Label and text, as the file has them."""


@dataclass(frozen=True, slots=True)
class Split:
    """`labels[i]` is the class, from 0, of `texts[i]`."""

    texts: list[str]
    labels: list[int]


@dataclass(frozen=True, slots=True)
class Dataset:
    """`synthetic` texts were composed by this program, not written by people."""

    name: str
    classes: tuple[str, ...]
    train: Split
    test: Split
    synthetic: bool = False


def load(job: Training, context: Context) -> Dataset:
    """The rows that a training asks for: the first of each split, as in the course's notebook.

    A single CSV file has no split: it is shuffled, always in the same way, and its last rows are the test rows.

    Raises:
        UserError: there is no such data, or not enough, or it is not what it should be.
    """
    if job.data == "sample":
        train, test = _sample(job.train_size, 0, context), _sample(job.test_size, 1, context)
        return Dataset("sample", SAMPLE_CLASSES, train, test, synthetic=True)
    if job.data == "ag_news":
        from llm_tui.classifier.ag_news import fetch

        return _from_folder(fetch(context), "AG_NEWS", job, context)
    path = job.path()
    if not os.path.exists(path):  # False too for a name that the system does not take
        raise UserError(
            tr(
                f"There is no file or folder {path}: give sample, ag_news, a CSV file, or a folder with train.csv "
                "and test.csv.",
                f"No existe el archivo o la carpeta {path}: indique sample, ag_news, un archivo CSV, o una carpeta "
                "con train.csv y test.csv.",
            )
        )
    return _from_folder(path, path.name, job, context) if path.is_dir() else _from_file(path, job, context)


def _sample(wanted: int, seed: int, context: Context) -> Split:
    if wanted > MOST_SAMPLE:
        raise UserError(
            tr(
                f"The sample has at most {MOST_SAMPLE} rows, and {wanted} were asked for: choose fewer.",
                f"La muestra tiene como máximo {MOST_SAMPLE} filas y se pidieron {wanted}: elija menos.",
            )
        )
    rows = list(_checked(islice(stories(seed), wanted), context))
    return Split([text for text, _ in rows], [label for _, label in rows])


def _from_folder(folder: Path, name: str, job: Training, context: Context) -> Dataset:
    for file in (folder / "train.csv", folder / "test.csv"):
        if not file.is_file():
            raise UserError(
                tr(
                    f"The folder {folder} has no {file.name}: it needs train.csv and test.csv.",
                    f"La carpeta {folder} no tiene {file.name}: necesita train.csv y test.csv.",
                )
            )
    train = _first(folder / "train.csv", job.train_size, "train_size", context)
    test = _first(folder / "test.csv", job.test_size, "test_size", context)
    return _dataset(name, train, test, _class_names(folder, chain(train, test)))


def _from_file(path: Path, job: Training, context: Context) -> Dataset:
    rows = list(_checked(read_rows(path), context))
    wanted = job.train_size + job.test_size
    if wanted > len(rows):
        test = min(job.test_size, max(1, len(rows) // 5))
        raise _too_few(path, len(rows), wanted, f"train_size {len(rows) - test}, test_size {test}")
    random.Random(0).shuffle(rows)
    return _dataset(path.name, rows[: job.train_size], rows[-job.test_size :], None)


def _first(path: Path, wanted: int, size: str, context: Context) -> list[Row]:
    rows = list(_checked(islice(read_rows(path), wanted), context))
    if len(rows) < wanted:
        raise _too_few(path, len(rows), wanted, f"{size} {len(rows)}")
    return rows


def _checked(rows: Iterable[T], context: Context) -> Iterator[T]:
    for count, row in enumerate(rows):
        if count % 1000 == 0:
            context.check()
        yield row


def _too_few(path: Path, there: int, wanted: int, fits: str) -> UserError:
    if not there:
        return UserError(tr(f"{path} has a header and no rows.", f"{path} tiene encabezado y ninguna fila."))
    return UserError(
        tr(
            f"{path} has {there} rows, and {wanted} were asked for: choose at most {fits}.",
            f"{path} tiene {there} filas y se pidieron {wanted}: elija como máximo {fits}.",
        )
    )


def _dataset(name: str, train: list[Row], test: list[Row], names: dict[str, str] | None) -> Dataset:
    """Number the classes of the training rows; `names` gives labels a better name."""
    labels = sorted({label for label, _ in train}, key=lambda x: (len(x), x) if x.isdigit() else (0, x))
    if len(labels) < 2:
        raise UserError(
            tr(
                f"All {len(train)} training rows of {name} have the class “{labels[0]}”: a classifier needs two "
                "classes or more.",
                f"Las {len(train)} filas de entrenamiento de {name} son de la clase «{labels[0]}»: un clasificador "
                "necesita dos clases o más.",
            )
        )
    number = {label: i for i, label in enumerate(labels)}
    for label, _ in test:
        if label not in number:
            raise UserError(
                tr(
                    f"The class “{label}” is in the test rows of {name} and not in its training rows: take more "
                    "training rows, or remove it.",
                    f"La clase «{label}» está en las filas de prueba de {name} y no en las de entrenamiento: tome "
                    "más filas de entrenamiento, o quítela.",
                )
            )
    classes = tuple((names or {}).get(label, label) for label in labels)
    return Dataset(name, classes, _split(train, number), _split(test, number))


def _split(rows: list[Row], number: dict[str, int]) -> Split:
    return Split([text for _, text in rows], [number[label] for label, _ in rows])


def _class_names(folder: Path, rows: Iterable[Row]) -> dict[str, str] | None:
    """Names for the labels 1, 2, ...: from classes.txt, or AG_NEWS's own where the labels are just 1 to 4."""
    listed = folder / "classes.txt"
    if listed.is_file():
        names = [line.strip() for line in csvfile.lines(listed) if line.strip()]
    elif {label for label, _ in rows} == {"1", "2", "3", "4"}:
        names = list(AG_NEWS_CLASSES)
    else:
        return None
    return {str(i): name for i, name in enumerate(names, start=1)}


def read_rows(path: Path) -> Iterator[Row]:
    """Label and text of each row of a CSV file: `label,text` or `class,title,description`, with a header or none.

    With a header the columns are found by name, in any order. Several text columns are joined by a space, as
    torchtext's AG_NEWS does. Semicolons and tabs also separate.

    Raises:
        UserError: it cannot be read, is empty, is not UTF-8, or a row has another number of columns than the first.
    """
    rows = csvfile.rows(path, _expected())
    line, head = next(rows)
    named = _columns(head)
    columns = named or list(range(len(head)))
    if len(columns) < 2:
        raise UserError(
            tr(f"Line {line} of {path} has one column.", f"La línea {line} de {path} tiene una sola columna.")
            + _expected()
        )
    for _, row in rows if named else chain([(line, head)], rows):
        yield row[columns[0]].strip(), " ".join(row[i] for i in columns[1:])


def _expected() -> str:
    return tr(
        " A row is label,text or class,title,description.",
        " Una fila es etiqueta,texto o clase,título,descripción.",
    )


def _columns(head: list[str]) -> list[int] | None:
    """The label column, then the text columns; None where the first row is no header."""
    names = [name.strip().lower() for name in head]
    labels = [i for i, name in enumerate(names) if name in _LABEL_HEADS]
    texts = [i for i, name in enumerate(names) if name in _TEXT_HEADS]
    return [labels[0], *texts] if labels and texts else None
