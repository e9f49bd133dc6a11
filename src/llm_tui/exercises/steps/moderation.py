"""The steps of exercise 3."""

from __future__ import annotations

from collections.abc import Iterator

from llm_tui.exercises.contract import Beside
from llm_tui.exercises.moderation import Answers, predictions_lacking
from llm_tui.exercises.next_step import Step, answer, listed
from llm_tui.exercises.samples import different, labels_wanted, texts_wanted, unlabelled, unmarked
from llm_tui.i18n import Text

TEXTS = "pane-1"
"""The key of the pane with the texts."""


def steps(answers: Answers, known: Beside) -> Iterator[Step]:
    """Labels, texts, their true labels, the student's own marks, the predictions, a precision, comment and answer."""
    yield from _material(answers)
    marks = list(_marks(answers))
    yield from marks
    if predictions_lacking(answers):
        if not answers.template.strip():
            yield Step(Text("the hypothesis is empty", "la hipótesis está vacía"), ("setup",))
        else:
            yield Step(Text("the predictions are missing", "faltan las predicciones"), ("run",))
        return
    counted = {s.label: s.precision for s in answers.judged(answers.template).agreement}
    if not marks and counted.get(answers.key_label) is None:
        said = Text("no text was given the key label “{label}”", "ningún texto recibió la etiqueta clave «{label}»")
        if any(precision is not None for precision in counted.values()):
            yield Step(said.format(label=answers.key_label), ("next",))
        else:
            high = Text("no text reaches the threshold of {x}", "ningún texto alcanza el umbral de {x}")
            yield Step(high.format(x=f"{answers.threshold:.2f}"), ("lower",))
    if answers.key_label in counted and not answers.comments.get(answers.key_label, "").strip():
        said = Text("the comment on “{label}” is missing", "falta el comentario sobre «{label}»")
        yield Step(said.format(label=answers.key_label), ("table",), row=answers.key_label)
    yield from answer(3, True, answers.answer)


def _material(answers: Answers) -> Iterator[Step]:
    labels = answers.label_names()
    lacking = max(labels_wanted() - len(set(labels)), 2 - len(labels))  # no model can be asked for fewer
    if lacking > 0:
        said = Text("one more label is wanted" if lacking == 1 else "{n} more labels are wanted",
                    "falta una etiqueta más" if lacking == 1 else "faltan {n} etiquetas más")  # fmt: skip
        yield Step(said.format(n=lacking), ("setup",))
    wanted = max(1, texts_wanted())
    if (lacking := wanted - len(different(answers.samples, wanted))) > 0:
        said = Text("one more text is wanted" if lacking == 1 else "{n} more texts are wanted",
                    "falta un texto más" if lacking == 1 else "faltan {n} textos más")  # fmt: skip
        yield Step(said.format(n=lacking), ("add",))


def _marks(answers: Answers) -> Iterator[Step]:
    known, most = set(answers.label_names()), texts_wanted()
    if rows := unlabelled(answers.samples, known, most):
        said = Text("text {n} has no true label", "el texto {n} no tiene etiqueta verdadera")
        if len(rows) > 1:
            said = Text("texts {n} have no true label", "los textos {n} no tienen etiqueta verdadera")
        yield Step(said.format(n=listed(row + 1 for row in rows)), ("edit",), TEXTS, str(rows[0]))
    if rows := unmarked(answers.samples, known, most):
        said = Text("text {n} has no mark of yours", "el texto {n} no tiene marca suya")
        if len(rows) > 1:
            said = Text("texts {n} have no mark of yours", "los textos {n} no tienen marca suya")
        yield Step(said.format(n=listed(row + 1 for row in rows)), ("mark",), TEXTS, str(rows[0]))
