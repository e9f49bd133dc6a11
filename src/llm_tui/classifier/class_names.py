"""Names for the classes of a folder's rows: by the value of a label, never by its place."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from llm_tui import files
from llm_tui.i18n import Text
from llm_tui.labelled.lines import lines

AG_NEWS_CLASSES = ("World", "Sports", "Business", "Sci/Tech")
LISTED = "classes.txt"


def class_names(folder: Path, labels: Sequence[str], ag_news: bool) -> tuple[dict[str, str], list[Text]]:
    """A name for each label that has one, and what is to be said: from classes.txt, or AG_NEWS's own for its labels.

    A line of classes.txt is the name of a number: the first that of 1, or of 0 where there is a label 0. A list that
    does not fit is left aside, and said.

    Raises:
        UserError: classes.txt is there and cannot be read.
    """
    if not (folder / LISTED).is_file():
        return (_numbered(AG_NEWS_CLASSES, 1) if ag_news or _is_ag_news(folder) else {}), []
    names = [line.strip() for line in lines(folder / LISTED) if line.strip()]
    if set(labels) <= set(names):
        return {}, []
    begins = _begins(labels, len(names))
    if begins is not None:
        return _numbered(names, begins), []
    shown = ", ".join(labels[:6]) + (", …" if len(labels) > 6 else "")
    note = Text(
        "classes.txt does not fit and was left aside: it has {n} names, and the labels are {shown}.",
        "classes.txt no encaja y no se usó: tiene {n} nombres, y las etiquetas son {shown}.",
    )
    return {}, [note.format(n=len(names), shown=shown)]


def _numbered(names: Sequence[str], begins: int) -> dict[str, str]:
    return {str(i): name for i, name in enumerate(names, start=begins)}


def _begins(labels: Sequence[str], names: int) -> int | None:
    """The number of the first name; None where the labels do not tell it."""
    numbers = {int(label) for label in labels if label.isdecimal()}
    if len(numbers) < len(labels) or len(numbers) < 2:
        return None
    if min(numbers) == 0:
        return 0 if max(numbers) < names else None
    return 1 if max(numbers) == names else None


def _is_ag_news(folder: Path) -> bool:
    """Whether the test file is AG_NEWS's, byte for byte."""
    from llm_tui.classifier.ag_news import MD5

    try:
        content = files.read(folder / "test.csv", 10**7)
    except OSError:
        return False
    return hashlib.md5(content, usedforsecurity=False).hexdigest() == MD5["test.csv"]
