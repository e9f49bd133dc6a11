"""The labels curve: accuracy against the number of labelled examples, for each method, and where their lines cross."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from llm_tui.classifier.job import Training
from llm_tui.classifier.setup import DATA
from llm_tui.classifier.typed import is_rest
from llm_tui.errors import UserError
from llm_tui.exercises.agreement import wilson
from llm_tui.exercises.labels_crossing import Level, crossing
from llm_tui.export.figure import Curves, Series
from llm_tui.export.table import Cell, Column, Table
from llm_tui.fields import Line, Whole
from llm_tui.foundation.job import Asking
from llm_tui.foundation.labels_job import TEMPLATE, ZERO_SHOT_MODEL
from llm_tui.foundation.tables import model_name
from llm_tui.i18n import Text, number, tr
from llm_tui.labels.job import (
    BATCH,
    CLASSIC,
    EPOCHS,
    FEW_SHOT,
    PROBE,
    RATE,
    STEPS,
    ZERO_SHOT,
    Measure,
    Point,
)
from llm_tui.marks import Each, Name

COUNTS = (0, 4, 16, 64, 256, 1_000, 10_000)
"""Of labelled examples."""

MOST_SHOTS = 64
"""Examples before a question: more are asked of nobody."""

POOL = 10_000
"""Rows that are drawn from, where there are so many, however few are wanted: the first few of a file may all be of one
class, and another draw of them would be the same.
"""

MOST_ROWS = 1_000_000

NAMES = {
    CLASSIC: Text("training", "entrenar"),
    PROBE: Text("linear probe", "sonda lineal"),
    FEW_SHOT: Text("few-shot", "few-shot"),
    ZERO_SHOT: Text("zero-shot", "zero-shot"),
}

SEEDS = Whole(
    name="seeds", label=Text("seeds", "semillas"), default="3", least=1, most=20, metavar="N",
    help=Text("How often rows are drawn anew.", "Cuántas veces se sortean filas."),
)  # fmt: skip
TEST_ROWS = Whole(
    name="test_rows", label=Text("test rows", "filas de prueba"), default="500", least=10, most=100_000, metavar="N",
    help=Text("Test rows, the same for every point.", "Filas de prueba, las mismas para cada punto."),
)  # fmt: skip

T_95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093)  # fmt: skip
"""The 0.975 quantile of Student's t by degrees of freedom, from 1 on."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a curve is of: `chat` is the model that gets the examples in its prompt, empty where none does."""

    data: Name = "sample"
    seeds: int = 3
    test_rows: int = 500
    model: Name = ZERO_SHOT_MODEL
    template: str = TEMPLATE
    chat: Name = ""
    counts: tuple[int, ...] = COUNTS
    text_column: Name = ""
    label_column: Name = ""
    shuffle: bool = False

    def training(self) -> Training:
        """
        Raises:
            FieldError: a value that nobody could have typed.
        """
        return Training(
            data=self.data, train_size=max(*self.counts, POOL), test_size=self.test_rows, keep_model=False,
            text_column=self.text_column, label_column=self.label_column, shuffle=self.shuffle,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Curve:
    """The points of a curve so far, of data files with this `stamp`. `left_out` says why a method has no more of them,
    by its name.
    """

    setup: Setup = Setup()
    points: Each[Point] = ()
    left_out: dict[str, str] = field(default_factory=dict)
    stamp: tuple[tuple[str, int, int], ...] = ()

    def continues(self, other: Curve) -> bool:
        """Whether the points of both may stand in one curve."""
        return (self.setup, self.stamp) == (other.setup, other.stamp)

    def again(self) -> Curve:
        """What could not be asked is asked again."""
        return replace(self, left_out={})

    def pending(self, asking: Asking) -> Iterator[Measure]:
        """The points that are lacking, the fewest examples first.

        Raises:
            UserError: the setup is not such that anybody could be asked.
        """
        done = {(point.method, point.count, point.seed) for point in self.points}
        for job in self.jobs(asking):
            asked = (job.method, job.count, job.seed) not in done and job.method not in self.left_out
            if asked and job.count <= self.pool and not self._ended(job):
                yield job

    @property
    def pool(self) -> int:
        """How many rows there are to draw from, as far as that is known."""
        return self.points[0].pool if self.points else max(*self.setup.counts, POOL)

    def _ended(self, job: Measure) -> bool:
        """Whether examples no longer find room before the question: of the other draws of so many not asked either, the
        mean would be of those with the shortest texts.
        """
        return any(p.method == job.method and p.hits is None and p.count <= job.count for p in self.points)

    def jobs(self, asking: Asking) -> list[Measure]:
        """All of them, in the order in which they are done."""
        setup, training = self.setup, replace(self.setup.training(), device=asking.device)
        model = asking.model(setup.model)
        seeds = range(setup.seeds)
        found = [Measure(ZERO_SHOT, 0, 0, training, model, setup.template, asking.batch_size)]
        chat = asking.model(setup.chat) if setup.chat.strip() else None
        for count in sorted(setup.counts):
            for seed in seeds if count else ():
                found.append(Measure(CLASSIC, count, seed, training))
                if not model.served:
                    found.append(Measure(PROBE, count, seed, training, model, batch_size=asking.batch_size))
            if chat and count <= MOST_SHOTS:
                some = seeds if count else range(1)  # no example, nothing to draw
                found += [Measure(FEW_SHOT, count, seed, training, chat, batch_size=asking.batch_size) for seed in some]
        return [replace(job, stamp=self.stamp) for job in found]

    def with_result(self, job: Measure, result: Point) -> Curve:
        return replace(self, points=(*self.points, result))

    def with_failure(self, job: Measure, message: str) -> Curve | None:
        """The others go on; without the data that the curve began with there are none."""
        if job.method == CLASSIC or self.setup.training().stamp() != self.stamp:
            return None
        return replace(self, left_out={**self.left_out, job.method: message})

    def of(self, method: str) -> dict[int, list[Point]]:
        """The points of a method by the number of examples, where all have a figure and learnt from so many."""
        found: dict[int, list[Point]] = {}
        for point in sorted(self.points, key=lambda point: (point.count, point.seed)):
            if point.method == method:
                found.setdefault(point.count, []).append(point)
        return {count: points for count, points in found.items()
                if all(point.hits is not None and count <= point.pool for point in points)}  # fmt: skip

    def line(self, method: str) -> list[Level]:
        return [level(count, points) for count, points in self.of(method).items()]


COUNTED = Line(
    name="counts", label=Text("labels", "etiquetas"), default=",".join(map(str, COUNTS)), metavar="N,N,...",
    help=Text("Numbers of labelled examples.", "Números de ejemplos etiquetados."),
)  # fmt: skip
CHAT = Line(
    name="chat", label=Text("few-shot model", "modelo few-shot"), default="", metavar=Text("NAME", "NOMBRE"),
    help=Text("The model that gets examples in its prompt; none without it.",
              "El modelo que recibe ejemplos en su prompt; sin él, ninguno."),
)  # fmt: skip

FIELDS = (DATA, COUNTED, SEEDS, TEST_ROWS, CHAT)
"""What a person types of a curve, beside the zero-shot model and its template; none of it is needed."""

DEFAULTS = {field.name: field.default for field in FIELDS}


def parse(texts: Mapping[str, str], model: str, template: str) -> Setup:
    """
    Raises:
        UserError: a field does not say what it should.
    """
    said = {**DEFAULTS, **texts}
    return Setup(
        data=DATA.read(said["data"]), seeds=SEEDS.read(said["seeds"]), test_rows=TEST_ROWS.read(said["test_rows"]),
        model=model.strip(), template=template, chat=said["chat"].strip(), counts=read_counts(said["counts"]),
    )  # fmt: skip


def typed(setup: Setup) -> dict[str, str]:
    """What a person types for a setup, model and template too."""
    counts = ",".join(map(str, setup.counts))
    return {"data": setup.data, "counts": counts, "seeds": str(setup.seeds), "test_rows": str(setup.test_rows),
            "chat": setup.chat, "model": setup.model, "template": setup.template}  # fmt: skip


def begun(curve: Curve | None, setup: Setup) -> Curve:
    """That of a setup: one that was interrupted goes on, another one or one of other data files begins anew."""
    anew = Curve(setup, stamp=setup.training().stamp())
    return curve.again() if curve and curve.continues(anew) else anew


def replaces(curve: Curve | None, setup: Setup) -> bool:
    """Whether the curve of a setup would take the place of points that it does not go on from."""
    return bool(curve and curve.points and not begun(curve, setup).points)


def read_counts(typed: str) -> tuple[int, ...]:
    """Whole numbers parted by commas or spaces.

    Raises:
        UserError: they are none.
    """
    parts = typed.replace(",", " ").split()
    whole = all(part.isdecimal() and int(part) <= MOST_ROWS and not is_rest(part) for part in parts)
    if not parts or not whole:
        raise UserError(
            tr(
                f"“{typed}” are no numbers of examples: write some from 0 to {MOST_ROWS}, parted by commas, and 10000 "
                "without one inside.",
                f"«{typed}» no son números de ejemplos: escriba algunos de 0 a {MOST_ROWS}, separados por comas, y "
                "10000 sin coma dentro.",
            )
        )
    return tuple(sorted({int(part) for part in parts}))


def level(count: int, points: Sequence[Point]) -> Level:
    """The mean accuracy of several draws and its 95 % interval: that of the mean over the draws by Student's t, or
    Wilson's of the test rows, whichever is wider. What few draws do not show, few test rows may.
    """
    shares = [(point.hits or 0) / point.rows for point in points]
    mean = statistics.fmean(shares)
    low, high = wilson(mean * points[0].rows, points[0].rows) or (0.0, 1.0)
    if len(shares) > 1:
        half = T_95[min(len(shares) - 2, len(T_95) - 1)] * statistics.stdev(shares) / math.sqrt(len(shares))
        if 2 * half > high - low:
            low, high = max(0.0, mean - half), min(1.0, mean + half)
    return Level(count, mean, low, high, single=len(shares) == 1 and count > 0)


def table(curve: Curve, language: str = "es") -> Table:
    """A row for each number of examples; the mean with the ends of its interval."""
    methods = [name for name in NAMES if curve.of(name)]
    lines = {name: {level.count: level for level in curve.line(name)} for name in methods}
    rows: list[tuple[Cell, ...]] = []
    for count in sorted({count for line in lines.values() for count in line}):
        rows.append((count, *(_cell(lines[name], count, name == ZERO_SHOT) for name in methods)))
    columns = [Column("labelled", Text("labels", "etiquetas"), numeric=True)]
    columns += [Column(name.replace("-", "_"), NAMES[name], numeric=True) for name in methods]
    return Table(
        tuple(columns),
        tuple(rows),
        tuple(_footer(curve)) if curve.points else (),
        title=Text("Accuracy by labelled examples", "Exactitud según los ejemplos etiquetados"),
    )


def _cell(line: dict[int, Level], count: int, is_level: bool) -> str | None:
    found = line.get(0) if is_level else line.get(count)
    return f"{found.mean:.3f} ({found.low:.2f}-{found.high:.2f})" if found else None


def answers(curve: Curve) -> list[Text]:
    """How many labels until training wins, in sentences: where the lines cross."""
    pairs = ((CLASSIC, ZERO_SHOT), (PROBE, ZERO_SHOT), (CLASSIC, PROBE))
    return [crossing(NAMES[one], curve.line(one), NAMES[other], curve.line(other), other == ZERO_SHOT)
            for one, other in pairs if curve.line(one) and curve.line(other)]  # fmt: skip


def _footer(curve: Curve) -> Iterator[Text]:
    yield from answers(curve)
    first, setup = curve.points[0], curve.setup
    synthetic = Text(" (synthetic texts)", " (textos sintéticos)") if first.synthetic else Text("", "")
    yield Text(
        "Data: {name}{synthetic}, the first {rows} test rows; examples drawn from the first {pool} training rows, of "
        "each class one in turn as long as it has some (draws: {seeds}, seeds from 0), the same for all methods. In "
        "brackets the 95% interval: over the draws by Student's t, or Wilson's of the test rows where that is wider. "
        "{devices}.",
        "Datos: {name}{synthetic}, las primeras {rows} filas de prueba; ejemplos sorteados de las primeras {pool} "
        "filas de entrenamiento, de cada clase uno por turno mientras tenga (sorteos: {seeds}, semillas desde 0), los "
        "mismos para todos los métodos. Entre paréntesis el intervalo del 95 %: entre sorteos según la t de Student, o "
        "el de Wilson de las filas de prueba si es más ancho. {devices}.",
    ).format(
        name=first.data_name, synthetic=synthetic, rows=number(first.rows), pool=number(first.pool),
        seeds=setup.seeds, devices=", ".join(dict.fromkeys(point.device for point in curve.points if point.device)),
    )  # fmt: skip
    yield Text(
        "Training: the classifier of exercise 1, from nothing, its vocabulary from the examples as well: at least "
        "{epochs} epochs and {steps} steps with batches of {batch}, "
        "learning rate {rate} falling to a tenth, embedding size {dim}.",
        "Entrenar: el clasificador del ejercicio 1, desde cero, también con su vocabulario de los ejemplos: al menos "
        "{epochs} épocas y {steps} pasos con lotes de {batch}, "
        "tasa de aprendizaje {rate} que baja a la décima parte, embedding de {dim}.",
    ).format(epochs=EPOCHS, steps=STEPS, batch=BATCH, rate=f"{RATE:g}", dim=setup.training().embed_dim)
    yield Text(
        "Zero-shot: {model}. Linear probe: logistic regression on the mean of the last hidden states of its encoder, "
        "which is not trained.",
        "Zero-shot: {model}. Sonda lineal: regresión logística sobre la media de los últimos estados ocultos de su "
        "codificador, que no se entrena.",
    ).format(model=model_name(setup.model))
    if curve.of(FEW_SHOT):
        yield Text("Few-shot: {model}.", "Few-shot: {model}.").format(model=model_name(setup.chat))
    if cut := max(point.cut for point in curve.points):
        said = Text("Texts that reach the encoder's limit, so that their end may be lost: {n}.",
                    "Textos que llegan al límite del codificador y pueden perder su final: {n}.")  # fmt: skip
        yield said.format(n=number(cut))
    if any(level.single for method in NAMES for level in curve.line(method)):
        yield Text(
            "Where there is one draw alone, the interval is that of the test rows: how much another draw would change "
            "is not in it.",
            "Donde hay un solo sorteo, el intervalo es el de las filas de prueba: no incluye cuánto cambiaría otro "
            "sorteo.",
        )
    yield from _lacking(curve)
    without_room = (point.count for point in curve.points if point.hits is None and point.count <= point.pool)
    if (ended := min(without_room, default=None)) is not None:
        yield Text("From {n} examples on they find no room before the text.",
                   "Desde {n} ejemplos ya no caben antes del texto.").format(n=ended)  # fmt: skip
    for method, why in curve.left_out.items():
        yield Text("{method}: {why}", "{method}: {why}").format(method=NAMES.get(method, method), why=why)


def _lacking(curve: Curve) -> Iterator[Text]:
    """The numbers of labels that there are no rows for, and the means of fewer draws than were asked for."""
    if more := [number(count) for count in sorted(curve.setup.counts) if count > curve.pool]:
        yield Text("More labels than there are rows to draw from, so not measured: {counts}.",
                   "Más etiquetas que filas de las que sortear, por lo que no se miden: {counts}.").format(
                       counts=Text("; ", "; ").join(more))  # fmt: skip
    few = [(name, count, len(points)) for name in NAMES for count, points in curve.of(name).items()
           if count and len(points) < curve.setup.seeds]  # fmt: skip
    if few:
        cell = Text("{method} {count} ({draws})", "{method} {count} ({draws})")
        cells = (cell.format(method=NAMES[name], count=number(count), draws=draws) for name, count, draws in few)
        yield Text("Means of fewer than {seeds} draws, in brackets of how many: {cells}.",
                   "Medias de menos de {seeds} sorteos, entre paréntesis de cuántos: {cells}.").format(
                       seeds=curve.setup.seeds, cells=Text("; ", "; ").join(cells))  # fmt: skip


def figure(curve: Curve, language: str = "es") -> Curves:
    """The curve for paper."""
    end = max((point.count for point in curve.points), default=1)
    series = []
    for colour, name in enumerate(name for name in NAMES if curve.of(name)):
        line = curve.line(name)
        if name == ZERO_SHOT:
            line = [line[0], replace(line[0], count=end)]
        points, spread = [(level.count, level.mean) for level in line], [(level.low, level.high) for level in line]
        series.append(Series(NAMES[name].within(language), points, colour, spread))
    title = Text("Accuracy by labelled examples", "Exactitud según los ejemplos etiquetados")
    x, y = Text("labelled examples", "ejemplos etiquetados"), Text("accuracy", "exactitud")
    return Curves(title, x, y, tuple(series), 0.0, 1.0, True, table(curve), Text("{x} examples", "{x} ejemplos"))
