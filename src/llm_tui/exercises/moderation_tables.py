"""What the labels of texts come to, as tables: the course's, what is counted beside it, and the sheet itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llm_tui.exercises import counts
from llm_tui.exercises.judged import sheet_rows
from llm_tui.export.table import Column, Table
from llm_tui.foundation.tables import CUT, each_made_by, numbered
from llm_tui.i18n import Text

if TYPE_CHECKING:
    from llm_tui.exercises.moderation import Answers


def table(answers: Answers, language: str = "es", every_label: bool = False) -> Table:
    """The course's table: of the key label, or of every one."""
    columns = (
        Column("label", Text("label", "etiqueta")),
        Column("tp", Text("TP", "TP"), numeric=True),
        Column("fp", Text("FP", "FP"), numeric=True),
        Column("precision", Text("precision ≈ TP/(TP+FP)", "precisión ≈ TP/(TP+FP)"), numeric=True),
        Column("comment", Text("comment", "comentario"), editable=True),
    )
    scores = [s for s in answers.judged(answers.template).agreement if every_label or s.label == answers.key_label]
    any_judged = answers.judged(answers.template).texts > 0  # else a 0 would look like a count
    rows = tuple(
        (
            s.label,
            *((s.tp, s.fp, counts.or_dash(s.precision)) if any_judged else (None, None, None)),
            answers.comments.get(s.label, ""),
        )
        for s in scores
    )
    return Table(columns, rows, footer(answers), tuple(s.label for s in scores))


def tables(answers: Answers, language: str = "es", every_label: bool = False) -> dict[str, Table]:
    """All that the exercise hands in, by a name for files: the course's table, what is measured beside it, and in the
    end the sheet.
    """
    return {
        "table": table(answers, language, every_label),
        **measures(answers, language),
        "texts": samples_table(answers, language),
    }


def measures(answers: Answers, language: str = "es") -> dict[str, Table]:
    """What is counted beside the course's table."""
    templates = answers.templates()
    now = answers.judged(answers.template)
    return {
        "measures": counts.by_label({template: answers.judged(template).agreement for template in templates}),
        "templates": counts.by_template({template: answers.judged(template).pairs for template in templates}),
        "confusion": counts.matrix(answers.label_names(), now.pairs),
        "kinds": counts.by_kind(now.kinds, language),
    }


def samples_table(answers: Answers, language: str = "es", doubted: bool = False) -> Table:
    """The sheet itself; rows are named by their number from 0. `doubted` labels, which are not the student's, have a
    question mark.
    """
    columns = (
        Column("number", Text("n.", "n.º"), numeric=True),
        Column("verdict", Text("=", "=")),
        Column("label", Text("true", "verdadera"), editable=True, among=tuple(answers.label_names())),
        Column("given", Text("predicted", "predicha")),
        Column("score", Text("score", "puntuación"), numeric=True, digits=2),
        Column("text", Text("text", "texto"), editable=True),
        Column("kind", Text("kind", "tipo"), editable=True),
    )
    reading, samples = answers.reading(answers.template), answers.samples
    measured = reading is None or all(by.scored for by in reading.makers)
    given = answers.scored(answers.template)
    keys, rows, held = sheet_rows(samples, given, answers.label_names(), doubted, measured, language)
    return Table(columns, rows, keys=keys, held=held, title=Text("Texts", "Textos"))


def footer(answers: Answers) -> tuple[Text, ...]:
    """What made the numbers, and how little so few texts prove."""
    reading = answers.reading(answers.template)
    texts = answers.judged(answers.template).texts
    if reading is None or not texts:
        return (
            Text(
                "No text with a true label has been classified yet: there is nothing to count.",
                "Aún no se ha clasificado ningún texto con etiqueta verdadera: no hay nada que contar.",
            ),
        )
    said = Text(
        " Hypothesis: “{template}”; threshold {threshold:.2f}; {n} texts with a true label: few, see the interval.",
        " Hipótesis: «{template}»; umbral {threshold:.2f}; {n} textos con etiqueta verdadera: pocos, vea el intervalo.",
    )
    cut = frozenset(reading.cut)
    more = said.format(template=reading.template, threshold=answers.threshold, n=texts)
    return (
        *numbered(CUT, (sample.text in cut for sample in answers.samples)),
        *each_made_by((by, more) for by in reading.makers),
    )
