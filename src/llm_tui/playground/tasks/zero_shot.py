"""Classify a text without training."""

from __future__ import annotations

from llm_tui.export.table import Cell, Column, Table
from llm_tui.fields import Labels, Line, YesNo
from llm_tui.foundation import tables, teaching
from llm_tui.foundation.labels_job import TEMPLATE, ZERO_SHOT_MODEL, Classified, Labelled, ZeroShot
from llm_tui.i18n import Text, tr
from llm_tui.playground.task import Command, Given, Span, Task
from llm_tui.visible import visible

LABELS = Labels(
    name="labels", label=Text("labels", "etiquetas"), default="DevOps, ciberseguridad, finanzas, educación",
    metavar="A,B,...", required=True, help=Text("Separated by commas.", "Separadas por comas."),
)  # fmt: skip
HYPOTHESIS = Line(
    name="template", label=Text("template", "plantilla"), default=TEMPLATE, metavar="T",
    help=Text("The hypothesis, {} being the label.", "La hipótesis; {} es la etiqueta."),
)  # fmt: skip
MULTI_LABEL = YesNo(
    name="multi_label", label=Text("several", "varias"), default="no", choices=("yes", "no"),
    help=Text("Several labels may be right.", "Varias etiquetas pueden ser correctas."),
)  # fmt: skip

BAR = 24
NO_LABEL = "-"


class ZeroShotTask(Task[ZeroShot, Classified]):
    name = "zero-shot"
    title = Text("Zero-shot", "Zero-shot")
    example = "El equipo despliega con canary releases y vigila métricas y logs estructurados."
    command = Command(
        "classify",
        Text("Classify texts without training (zero-shot).", "Clasifica textos sin entrenar (zero-shot)."),
        Text(
            "Score each label for each text by natural language inference.",
            "Puntúa cada etiqueta de cada texto mediante inferencia (NLI).",
        ),
    )
    fields = (LABELS, HYPOTHESIS, MULTI_LABEL)
    definitions = Text(
        """\
- **zero-shot**: a model for natural language inference says how far the text entails the template with the label in it
  (Yin et al. 2019). With one right label the scores sum to 1; with several (multi-label) each has its own.
  A served chat model is asked for the letter of a label: the score is that letter's probability among the letters where
  the server gives any; else the answer alone names the label, and there are no scores.
""",
        """\
- **zero-shot**: un modelo de inferencia (NLI) dice hasta qué punto el texto implica la plantilla con la etiqueta puesta
  (Yin et al. 2019). Con una sola correcta las puntuaciones suman 1; con varias, cada una tiene la suya.
  A un modelo de chat servido se le pide la letra de una etiqueta: la puntuación es la probabilidad de esa letra entre
  las letras si el servidor da alguna; si no, la etiqueta la nombra la respuesta sola, y no hay puntuaciones.
""",
    )
    model = ZERO_SHOT_MODEL
    stand_in = teaching.ZERO_SHOT
    of_servers = True
    exercise = 3

    def job(self, given: Given) -> ZeroShot:
        values = given.values
        return ZeroShot(
            given.texts, values[LABELS], values[HYPOTHESIS], values[MULTI_LABEL], given.model, given.asking.batch_size
        )

    def table(self, job: ZeroShot, result: Classified) -> Table:
        columns = (
            tables.TEXT,
            tables.LABEL,
            *(Column(label, Text(label, label), numeric=True) for label in result.labels),
        )
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (text, _label(result, scores), *(scores.scores if result.made_by.scored else [None] * len(result.labels)))
            for text, scores in zip(job.texts, result.texts, strict=True)
        )
        more = Text(f" Hypothesis: “{job.template}”.", f" Hipótesis: «{job.template}».")
        return Table(columns, rows, (*self.not_whole(job, result), tables.made_by(result.made_by, more)))

    def not_whole(self, job: ZeroShot, result: Classified) -> list[Text]:
        return tables.numbered(tables.CUT, (text.cut for text in result.texts))

    def plain(self, job: ZeroShot, result: Classified) -> list[str]:
        if not result.made_by.scored:
            return [_label(result, text) or NO_LABEL for text in result.texts]
        return [
            "  ".join(f"{label} {score:.3f}" for label, score in zip(result.labels, text.scores, strict=True))
            for text in result.texts
        ]

    def line(self, job: ZeroShot, result: Classified) -> str:
        label = _label(result, result.texts[0])
        if label is None or not result.made_by.scored:
            return label or NO_LABEL
        return f"{label} {max(result.texts[0].scores):.3f}"

    def shown(self, job: ZeroShot, result: Classified) -> list[Span]:
        """A bar for each label, the best first; where there are no scores, the labels alone."""
        scores, best = result.texts[0].scores, result.texts[0].best
        order = sorted(range(len(scores)), key=lambda i: -scores[i])
        width = max(len(visible(label)) for label in result.labels)
        spans: list[Span] = []
        for i in order:
            full = round(scores[i] * BAR)
            bar = f"{'█' * full}{'░' * (BAR - full)}  {scores[i]:.3f}" if result.made_by.scored else "●" * (i == best)
            line = f"{visible(result.labels[i]).ljust(width)}  {bar}".rstrip()
            spans += [(line, "strong" if i == best else ""), ("\n", "")]
        if best is None:
            said = tr("The model named no label.", "El modelo no nombró ninguna etiqueta.")
            return [*spans, ("\n", ""), (said, "accent")]
        return [*spans, (str(tables.ONE_CUT), "accent")] if result.texts[0].cut else spans[:-1]


def _label(result: Classified, scores: Labelled) -> str | None:
    """None where none was given."""
    return None if scores.best is None else result.labels[scores.best]


TASK = ZeroShotTask()
