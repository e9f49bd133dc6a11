"""The two flows side by side, the course's fourth aim: a classifier trained from scratch and a zero-shot model on the
same test rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from llm_tui.classifier.job import Retest, Retested
from llm_tui.engine.energy import Energy, total
from llm_tui.exercises.agreement import wilson
from llm_tui.export import energy
from llm_tui.export.table import Cell, Column, Table
from llm_tui.fields import Whole
from llm_tui.foundation.job import TEMPLATE, Asking, Classified, ModelChoice, ZeroShot
from llm_tui.foundation.tables import made_by
from llm_tui.i18n import Text

COLUMNS = (
    Column("flow", Text("flow", "flujo")),
    Column("accuracy", Text("accuracy", "exactitud"), numeric=True),
    Column("interval", Text("95% interval", "intervalo del 95 %")),
    Column("milliseconds", Text("ms per text", "ms por texto"), numeric=True, digits=2),
    Column("parameters", Text("parameters (M)", "parámetros (M)"), numeric=True, digits=2),
    Column("labelled", Text("labelled examples", "ejemplos etiquetados"), numeric=True),
)

MILLIWATT_HOUR = 3.6
"""Joules."""

ENERGY = (
    Column("training_wh", Text("training (Wh)", "entrenamiento (Wh)"), numeric=True, digits=4),
    Column("energy_wh", Text("energy of the test (Wh)", "energía de la prueba (Wh)"), numeric=True, digits=4),
    Column("energy_mwh_per_text", Text("mWh per text", "mWh por texto"), numeric=True, digits=4),
)
"""Columns for what was measured, where anything was."""

OF_BOTH = Text("of the training loop, and of the time per text", "del bucle de entrenamiento, y del tiempo por texto")

ROWS = Whole(
    name="rows", label=Text("test rows", "filas de prueba"), default="100", least=1, most=100_000, metavar="N",
    help=Text("Test rows.", "Filas de prueba."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comparison:
    """The comparison step by step: one job is due after the other, for a zero-shot model is asked for the very rows
    that the classifier was tested with. `training` is the energy of the run whose model the classifier is.
    """

    retest: Retest
    model: ModelChoice
    template: str = TEMPLATE
    batch_size: int = Asking().batch_size
    classic: Retested | None = None
    foundation: Classified | None = None
    training: Energy | None = None

    def due(self) -> Retest | ZeroShot | None:
        """The next job; None where both have classified the rows."""
        if self.classic is None:
            return self.retest
        if self.foundation is None:
            texts, classes = self.classic.texts, self.classic.classes
            return ZeroShot(texts, classes, self.template, False, self.model, self.batch_size)
        return None

    def with_result(self, result: Retested | Classified) -> Comparison:
        """With what the job that was due has found out."""
        if isinstance(result, Retested):
            return replace(self, classic=result)
        return replace(self, foundation=result)

    def table(self) -> Table | None:
        """None where a job is still due."""
        if self.classic is None or self.foundation is None:
            return None
        return table(self.classic, self.foundation, self.template, self.training)


def table(classic: Retested, foundation: Classified, template: str, training: Energy | None = None) -> Table:
    """One row per flow. `foundation` has scored the classes, in their order, for the same texts."""
    hits = (_hits(classic.labels, classic.predicted), _hits(classic.labels, [text.best for text in foundation.texts]))
    rows = len(classic.labels)
    zero_shot = foundation.made_by
    data = Text(
        "Data: {name}{synthetic}, the first {rows} test rows.",
        "Datos: {name}{synthetic}, las primeras {rows} filas de prueba.",
    )
    synthetic = Text(" (synthetic texts)", " (textos sintéticos)") if classic.synthetic else Text("", "")
    facts = Text(
        data.en.format(name=classic.data_name, synthetic=synthetic.en, rows=rows),
        data.es.format(name=classic.data_name, synthetic=synthetic.es, rows=rows),
    )
    hypothesis = Text(" Hypothesis: “{template}”.", " Hipótesis: «{template}».").format(template=template)
    plain = Table(
        COLUMNS,
        (
            ("classic", *_measured(hits[0], rows, classic.seconds, classic.parameters), classic.train_rows),
            ("foundation (zero-shot)", *_measured(hits[1], rows, zero_shot.seconds, zero_shot.parameters), 0),
        ),
        (facts, made_by(zero_shot, hypothesis)),
    )
    return _with_energy(plain, training, (classic.energy, zero_shot.energy), rows)


def _with_energy(plain: Table, training: Energy | None, tests: tuple[Energy | None, Energy | None], n: int) -> Table:
    """With what training and tests of `n` texts took, where anything of it was measured. What the training of the
    pretrained model took nobody knows here.
    """
    known = (training, *tests)
    if not total(known).measured:
        return plain
    trained = (energy.cell(training, column=ENERGY[0]), None)
    cells = [
        (of, energy.cell(test), energy.cell(test, MILLIWATT_HOUR * n)) for of, test in zip(trained, tests, strict=True)
    ]
    rows = tuple((*row, *more) for row, more in zip(plain.rows, cells, strict=True))
    return replace(plain, columns=COLUMNS + ENERGY, rows=rows, footer=(*plain.footer, energy.footnote(known, OF_BOTH)))


def _hits(labels: Sequence[int], predicted: Sequence[int | None]) -> int:
    return sum(a == b for a, b in zip(labels, predicted, strict=True))


def _measured(hits: int, rows: int, seconds: float | None, parameters: int | None) -> tuple[Cell, ...]:
    interval = wilson(hits, rows)
    assert interval is not None  # there is no test set without rows
    low, high = interval
    each = None if seconds is None else 1000 * seconds / rows
    return hits / rows, f"{low:.3f}-{high:.3f}", each, None if parameters is None else parameters / 1e6
