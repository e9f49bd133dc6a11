"""What the plain programs of an exercise print, written with what the lab kept of it: the outputs of the report as a
notebook. See the templates of `llm_tui.snippets`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from llm_tui.export.table import Table
from llm_tui.foundation.probes import Probed
from llm_tui.foundation.rouge import Overlap


def lines(*said: str) -> str:
    return "".join(f"{line}\n" for line in said)


def rows(table: Table, columns: int, language: str) -> str:
    """The first columns of a table, parted by bars, if every row has a value in them."""
    shown = [
        [column.show(cell) for column, cell in zip(table.columns[:columns], row, strict=False)] for row in table.rows
    ]
    head = [column.head.within(language) for column in table.columns[:columns]]
    return lines(*map(" | ".join, [head, *shown])) if shown and all(map(all, shown)) else ""


def there_and_back(translation: str, back: str, chrf: float) -> str:
    return lines(translation, back, f"chrF {chrf:.6f}")


def labelled(given: Iterable[tuple[str, Sequence[float]]]) -> list[str]:
    """A line for each text with the label that it was given, `-` for none, and all scores."""
    return [
        f"[{number}] {label}: {' '.join(f'{score:.6f}' for score in scores)}"
        for number, (label, scores) in enumerate(given, start=1)
    ]


def agreement(labels: Sequence[str], true: Sequence[str], given: Sequence[str]) -> list[str]:
    """How often the labels are right, where there is one to hold them against."""
    pairs = [(label, said) for label, said in zip(true, given, strict=True) if label in labels]
    if not pairs:
        return []
    found = [f"accuracy {sum(label == said for label, said in pairs) / len(pairs):.6f}"]
    for key in labels:
        tp = sum(label == said == key for label, said in pairs)
        fp = sum(said == key != label for label, said in pairs)
        found.append(f"{key}: TP {tp}, FP {fp}, precision {f'{tp / (tp + fp):.6f}' if tp + fp else '-'}")
    return found


def overlaps(found: Iterable[Overlap]) -> str:
    return lines(
        *(
            f"[{number}] ROUGE-1 {one.rouge_1.f1:.6f} ROUGE-2 {one.rouge_2.f1:.6f} ROUGE-L {one.rouge_l.f1:.6f} "
            f"chrF {one.chrf:.6f}"
            for number, one in enumerate(found, start=1)
        )
    )


def probes(results: Iterable[Probed]) -> str:
    return lines(*(f"{one.id}: {'kept' if one.passed else 'broken'}: {one.answer!r}" for one in results))
