"""How a plain program reads the labelled rows of a training: the values for `programs/_rows.py.jinja`."""

from __future__ import annotations

import csv
import io
import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any
from unicodedata import is_normalized

from llm_tui.classifier.ag_news import MD5, URL
from llm_tui.classifier.ag_news_cache import ag_news_folder
from llm_tui.classifier.class_names import AG_NEWS_CLASSES
from llm_tui.classifier.data import load, rules, split_of
from llm_tui.classifier.job import Training
from llm_tui.classifier.sample import CLASSES, compose
from llm_tui.engine.job import Context
from llm_tui.labelled.reader import Look, first_rows
from llm_tui.snippets.home import at_home
from llm_tui.snippets.literal import Code

_SPLITS = ("train", "test")

_ROWS = Code("rows")
"""What reads a file; of a test file that is written in another way `test_rows` does."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is put into the template, the modules that it imports, and the files that it reads from beside itself."""

    values: Mapping[str, Any]
    modules: tuple[str, ...] = ()
    members: tuple[tuple[str, str], ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


def reading(job: Training, only_test: bool = False) -> Reading:
    """A person's own files are looked into, for how they are parted and which labels they have. `only_test` leaves the
    training rows out.

    Raises:
        UserError: they cannot be read.
    """
    sizes = {"train_size": job.train_size, "test_size": job.test_size, "shuffle": False, "one_file": False}
    match job.data:
        case "sample":
            found = _sample(job)
        case "ag_news":
            found = _ag_news(job)
            sizes["shuffle"] = job.shuffle
        case _:
            found = _own(job, only_test)
            sizes |= {"shuffle": job.shuffle and job.path().is_dir(), "one_file": not job.path().is_dir()}
    values = {
        "only_test": only_test,
        "fetched": False,
        **sizes,
        **found.values,
    }
    if values["shuffle"] or values["one_file"]:
        return replace(found, values=values, modules=(*found.modules, "random"))
    return replace(found, values=values, members=(*found.members, ("itertools", "islice")))


@lru_cache(maxsize=2)
def _composed(size: int, seed: int) -> str:
    return _table(*compose(size, seed))


def _sample(job: Training) -> Reading:
    """Its texts are this program's own: they lie beside the plain one, as AG_NEWS would."""
    sizes = zip(_SPLITS, (job.train_size, job.test_size), (0, 1), strict=True)
    files = {f"sample_{split}_{size}.csv": _composed(size, seed) for split, size, seed in sizes}
    train_file, test_file = files
    names, labels = list(CLASSES), [str(i + 1) for i in range(len(CLASSES))]
    ways = [{"name": _ROWS, "form": "pair"}]
    values = {"ways": ways, "train_file": train_file, "test_file": test_file, "labels": labels, "names": names}
    return Reading(values, ("csv",), files=files)


def _table(texts: Sequence[str], classes: Iterable[int]) -> str:
    written = io.StringIO(newline="")
    rows = ((label + 1, text) for text, label in zip(texts, classes, strict=True))
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()


def _ag_news(job: Training) -> Reading:
    """The classes that there are in the first rows, where the files are there already; else all four."""
    folder = ag_news_folder()
    labels, names = ["1", "2", "3", "4"], list(AG_NEWS_CLASSES)
    if all((folder / name).is_file() for name in MD5):
        found = load(job, nobody())
        labels, names = list(found.labels), list(found.classes)
    values = {
        "ways": [{"name": _ROWS, "form": "ag_news"}],
        "fetched": True,
        "folder": at_home(folder),
        "address": URL,
        "sums": tuple(MD5.items()),
        "train_file": Code('os.path.join(folder, "train.csv")'),
        "test_file": Code('os.path.join(folder, "test.csv")'),
        "labels": labels,
        "names": names,
    }
    return Reading(values, ("csv", "hashlib", "os"), (("urllib.request", "urlretrieve"),))


def _own(job: Training, only_test: bool) -> Reading:
    """The files of a folder may be written each in its own way."""
    path = job.path()
    found = load(job, nobody())
    files = [split_of(path, split) for split in _SPLITS] if path.is_dir() else [path, path]
    cells = [_cells(look, found.labels) for look in found.looks[-1 if only_test else 0 :]]
    ways = [{"name": _ROWS, **cells[0]}]
    if cells[-1] != cells[0]:
        ways.append({"name": Code("test_rows"), **cells[-1]})
    values: dict[str, Any] = {
        "train_file": at_home(files[0]),
        "test_file": at_home(files[1]),
        "labels": list(found.labels),
        "names": list(found.classes),
        "ways": ways,
    }
    modules = {"json" if way["form"] == "fields" else "csv" for way in ways}
    if any(way.get("quoting") == "escaped" for way in ways):
        modules.add("re")
    if any("unicodedata" in str(way["label_code"]) for way in ways):
        modules.add("unicodedata")
    return Reading(values, ("os", *modules))


def _cells(look: Look, labels: Sequence[str]) -> dict[str, Any]:
    """Where in a line the label and the texts are, and how the label is written."""
    columns, written = (look.columns.label, *look.columns.texts), look.path.read_text("utf-8-sig")
    label = _label_code(look, labels)
    label = label if is_normalized("NFC", written) else f'unicodedata.normalize("NFC", {label})'
    in_common = {"label_code": Code(label), "marks": re.search("^\ufeff", written, re.MULTILINE) is not None}
    if look.dialect is None:
        return {"form": "fields", "columns": tuple(look.columns.names[i] for i in columns), **in_common}
    return {
        **in_common,
        "form": "cells",
        "columns": columns,
        "header": list(look.columns.names),
        "separator": look.dialect.separator,
        "quoting": look.dialect.quoting,
        "skip": bool(look.dialect.skip),
    }


_WHOLE = re.compile(r"-?\d+")


def _label_code(look: Look, labels: Sequence[str]) -> str:
    """Labels such as 1.0 are the whole numbers that they are, and a `true` of JSON is written in small letters."""
    if look.dialect is None and set(labels) <= {"true", "false"}:
        return "label.lower()"
    written = (row[look.columns.label] for row in first_rows(look.path, rules(), 50) if len(row) == look.width)
    if all(map(_WHOLE.fullmatch, labels)) and any(cell.strip().endswith(".0") for cell in written):
        return 'label.strip().partition(".")[0]'
    return "label.strip()"


def nobody() -> Context:
    """Of whom nobody hears and whom nobody stops."""
    return Context(0, lambda event: None, threading.Event())
