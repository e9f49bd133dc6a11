"""Where the labelled texts come from: the sample, AG_NEWS, or a person's own files."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from pathlib import Path
from typing import TypeVar

from llm_tui.classifier.class_names import class_names
from llm_tui.classifier.job import FORMS, SPLITS, Training
from llm_tui.classifier.sample import CLASSES as SAMPLE_CLASSES
from llm_tui.classifier.sample import stories
from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.i18n import Text, tr
from llm_tui.labelled.columns import Choice
from llm_tui.labelled.notes import odd
from llm_tui.labelled.reader import Labelled, Look, Rules, read
from llm_tui.labelled.row import Row

MOST_SAMPLE = 1_000_000
"""Rows of the sample: more would teach nothing, and fill the memory."""

SORTED_FROM = 20
"""Rows from which on it is no chance that those of each class stand together."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Split:
    """`labels[i]` is the class, from 0, of `texts[i]`."""

    texts: list[str]
    labels: list[int]


@dataclass(frozen=True, slots=True)
class Dataset:
    """`synthetic` texts were composed by this program, not written by people. `said` is what was understood of each
    file, `notes` is what a reader of the table should know of the rows. `labels` are the classes as they stand in the
    files, which were read as `looks` say.
    """

    name: str
    classes: tuple[str, ...]
    train: Split
    test: Split
    synthetic: bool = False
    said: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()
    labels: tuple[str, ...] = ()
    looks: tuple[Look, ...] = ()


def load(job: Training, context: Context, up_to: bool = False) -> Dataset:
    """The rows that a training asks for: the first of each split, as in the course's notebook.

    A single file has no split: it is shuffled, always in the same way, and its last rows are the test rows. The files
    of a folder are shuffled in the same way if the training asks for it. With `up_to` there may be fewer training rows
    than are asked for.

    Raises:
        UserError: there is no such data, or not enough, or it is not what it should be.
    """
    if job.data == "sample":
        train, test = _sample(job.train_size, 0, context), _sample(job.test_size, 1, context)
        return Dataset("sample", SAMPLE_CLASSES, train, test, synthetic=True)
    if job.data == "ag_news":
        from llm_tui.classifier.ag_news import fetch

        job = replace(job, label_column="1", text_column="2,3")
        return _from_folder(fetch(context), "AG_NEWS", job, context, up_to)
    path = job.path()
    if not os.path.exists(path):  # False too for a name that the system does not take
        raise UserError(
            tr(
                f"There is no file or folder {path}: give sample, ag_news, a file with a table, or a folder with "
                "train.csv and test.csv.",
                f"No existe el archivo o la carpeta {path}: indique sample, ag_news, un archivo con una tabla, o una "
                "carpeta con train.csv y test.csv.",
            )
        )
    return (
        _from_folder(path, path.name, job, context, up_to) if path.is_dir() else _from_file(path, job, context, up_to)
    )


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


def table_of(job: Training) -> Path:
    """The file whose columns a person names for a training on their own data."""
    path = job.path()
    return split_of(path, "train") if path.is_dir() else path


def split_of(folder: Path, split: str) -> Path:
    """The file of a split: the first that is there by the forms of its name, else train.csv or test.csv."""
    there = (folder / f"{split}{form}" for form in FORMS)
    return next((file for file in there if file.is_file()), folder / f"{split}{FORMS[0]}")


def rules() -> Rules:
    """What the rows of training data are."""
    return Rules(
        order="label",
        expected=tr(
            " A row is label,text or class,title,description.",
            " Una fila es etiqueta,texto o clase,título,descripción.",
        ),
    )


def whole_split(job: Training, context: Context) -> Iterator[str]:
    """The texts of all rows of the training split, taken or not; of a single file, all that are no test rows.

    Raises:
        UserError: as of `load`.
    """
    if job.data == "ag_news":
        from llm_tui.classifier.ag_news import fetch

        path, choice = split_of(fetch(context), "train"), Choice("2,3", "1")
    else:
        path, choice = table_of(job), Choice(job.text_column, job.label_column)
    rows = read(path, rules(), choice, check=context.check).rows
    if not job.path().is_dir() and job.data != "ag_news":
        _shuffle(rows)
        del rows[-job.test_size :]
    return (row.text for row in rows)


def _from_folder(folder: Path, name: str, job: Training, context: Context, up_to: bool) -> Dataset:
    files = [split_of(folder, split) for split in SPLITS]
    for file in files:
        if not file.is_file():
            raise UserError(
                tr(
                    f"The folder {folder} has no {file.name}: it needs train.csv and test.csv (or .tsv, or .jsonl).",
                    f"La carpeta {folder} no tiene {file.name}: necesita train.csv y test.csv (o .tsv, o .jsonl).",
                )
            )
    choice = Choice(job.text_column, job.label_column)
    train = _first(files[0], job.train_size, "train_size", choice, job, context, up_to)
    if not train.look.columns.names:  # the other file has the same columns, whatever may be in them
        columns = train.look.columns
        choice = Choice(",".join(str(i + 1) for i in columns.texts), str(columns.label + 1), header=False)
    test = _first(files[1], job.test_size, "test_size", choice, job, context)
    rows, test_rows = train.rows[: job.train_size], test.rows[: job.test_size]
    labels = sorted({row.label for row in (*rows, *test_rows)})
    names, note = class_names(folder, labels, job.data == "ag_news")
    notes = [*train.notes, *test.notes, *odd(rows), *note, *_order(rows, job)]
    return _dataset(name, rows, test_rows, names, not job.shuffle, (train, test), notes)


def _from_file(path: Path, job: Training, context: Context, up_to: bool) -> Dataset:
    there = read(path, rules(), Choice(job.text_column, job.label_column), check=context.check)
    rows, wanted = there.rows, (1 if up_to else job.train_size) + job.test_size
    if wanted > len(rows):
        test = min(job.test_size, max(1, len(rows) // 5))
        raise _too_few(there, wanted, f"train_size {len(rows) - test}, test_size {test}")
    notes = [*there.notes, *odd(rows)]
    _shuffle(rows)
    return _dataset(
        path.name, rows[: -job.test_size][: job.train_size], rows[-job.test_size :], {}, False, (there,), notes
    )


def _first(
    path: Path, wanted: int, size: str, choice: Choice, job: Training, context: Context, up_to: bool = False
) -> Labelled:
    """The rows that are wanted of a file, all of them where they are shuffled."""
    there = read(path, rules(), choice, None if job.shuffle else wanted, context.check)
    if len(there.rows) < (1 if up_to else wanted):
        raise _too_few(there, wanted, f"{size} {len(there.rows)}")
    if job.shuffle:
        _shuffle(there.rows)
    return there


def _shuffle(rows: list[Row]) -> None:
    """Always in the same way: the runs of a sweep, whatever their seeds, learn from the same rows."""
    random.Random(0).shuffle(rows)


def _checked(rows: Iterable[T], context: Context) -> Iterator[T]:
    for count, row in enumerate(rows):
        if count % 1000 == 0:
            context.check()
        yield row


def _too_few(there: Labelled, wanted: int, fits: str) -> UserError:
    path, rows = there.look.path, len(there.rows)
    said = tr(
        f"{path} has {rows} rows, and {wanted} were asked for: choose at most {fits}.",
        f"{path} tiene {rows} filas y se pidieron {wanted}: elija como máximo {fits}.",
    )
    return UserError(" ".join([said, *map(str, there.notes)]))


def _order(rows: Sequence[Row], job: Training) -> Iterator[Text]:
    """A word on rows that stand sorted by class, of which only the first are taken, and on those that were shuffled."""
    if job.shuffle:
        yield Text(
            "The rows of each file were shuffled (seed 0) before the first were taken.",
            "Las filas de cada archivo se barajaron (semilla 0) antes de tomar las primeras.",
        )
        return
    labels = [row.label for row in rows]
    changes = sum(a != b for a, b in pairwise(labels))
    if len(rows) >= SORTED_FROM and changes == len(set(labels)) - 1:
        yield Text(
            "The training rows are sorted by class, so the first of them may not show what the others are: --shuffle "
            "shuffles them before they are taken.",
            "Las filas de entrenamiento están ordenadas por clase, así que las primeras pueden no ser como las demás: "
            "--shuffle las baraja antes de tomarlas.",
        )


def _dataset(
    name: str, train: list[Row], test: list[Row], names: dict[str, str], in_order: bool,
    there: Sequence[Labelled], notes: Iterable[Text],
) -> Dataset:  # fmt: skip
    """Number the classes of the training rows; `names` gives labels a better name."""
    labels = sorted({row.label for row in train}, key=lambda x: (len(x), x) if x.isdigit() else (0, x))
    way_out = _if_sorted() if in_order else ""
    if len(labels) < 2:
        raise UserError(
            tr(
                f"All {len(train)} training rows of {name} have the class “{labels[0]}”: a classifier needs two "
                "classes or more.",
                f"Las {len(train)} filas de entrenamiento de {name} son de la clase «{labels[0]}»: un clasificador "
                "necesita dos clases o más.",
            )
            + way_out
        )
    number = {label: i for i, label in enumerate(labels)}
    tested = {row.label for row in test}
    for label in (row.label for row in test):
        if label not in number:
            raise UserError(
                tr(
                    f"The class “{label}” is in the test rows of {name} and not in its training rows: take more "
                    "training rows, or remove it.",
                    f"La clase «{label}» está en las filas de prueba de {name} y no en las de entrenamiento: tome "
                    "más filas de entrenamiento, o quítela.",
                )
                + way_out
            )
    if len(tested) < len(labels):
        notes = [*notes, _few_tested(len(tested), len(labels), in_order)]
    classes = tuple(names.get(label, label) for label in labels)
    return Dataset(
        name,
        classes,
        _split(train, number),
        _split(test, number),
        said=tuple(each.said() for each in there),
        notes=tuple(notes),
        labels=tuple(labels),
        looks=tuple(each.look for each in there),
    )


def _if_sorted() -> str:
    return tr(
        " If the file is sorted by class, take more rows, or shuffle them with --shuffle.",
        " Si el archivo está ordenado por clase, tome más filas, o barájelas con --shuffle.",
    )


def _few_tested(tested: int, classes: int, in_order: bool) -> Text:
    way_out = Text(
        " If the file is sorted, take more of them, or --shuffle.",
        " Si el archivo está ordenado, tome más, o --shuffle.",
    )
    said = Text(
        "The test rows are of {n} of the {k} classes, and the accuracy is measured on these alone.",
        "Las filas de prueba son de {n} de las {k} clases, y la exactitud se mide solo con ellas.",
    ).format(n=tested, k=classes)
    return Text(said.en + way_out.en, said.es + way_out.es) if in_order else said


def _split(rows: list[Row], number: dict[str, int]) -> Split:
    return Split([row.text for row in rows], [number[row.label] for row in rows])
