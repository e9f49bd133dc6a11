"""Loss and accuracy of several runs, overlaid, and the log below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from llm_tui.classifier.job import Sweep, Training
from llm_tui.classifier.stability import examples_seen
from llm_tui.i18n import tr
from llm_tui.lab.found import SAME
from llm_tui.lab.runs import Point, Run
from llm_tui.widgets.plot import COLOURS, Plot, Series
from llm_tui.widgets.tail import Tail

MOST_POINTS = 1000
"""Points drawn in all; beyond, every second, fourth, ... of each curve, so that those drawn once stay."""


@dataclass(frozen=True, slots=True)
class Curve:
    """The reports of one run of `job`; without a label it is one of several of its colour."""

    label: str
    job: Training
    points: Sequence[Point]
    colour: int

    def x(self, point: Point, by_examples: bool) -> int:
        """Where a report stands: how many steps, or how many examples, had been done."""
        return examples_seen(self.job, point.step) if by_examples else point.step

    def end(self, by_examples: bool) -> int:
        """Where the training ends."""
        return self.job.train_size * self.job.epochs if by_examples else self.points[-1].steps


class Curves(Vertical):
    """A cursor in one plot reads every curve of both at the same step, or after the same number of examples."""

    DEFAULT_CLASSES = "panel"

    def __init__(self, *, id: str | None = None):
        super().__init__(id=id)
        self._curves: Sequence[Curve] = ()
        self._by_examples = False

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Plot(tr("loss", "pérdida"), low=0.0, id="loss")
            yield Plot(tr("accuracy", "exactitud"), low=0.0, high=1.0, id="accuracy")
        log = Tail()
        log.border_title = tr("Progress", "Avance")
        log.display = False  # until there is something in it
        yield log

    def turn(self) -> None:
        """From steps to examples, and back."""
        self._by_examples = not self._by_examples
        self.show(self._curves)
        for plot in self.query(Plot):
            plot.cursor = None  # it stood at a step

    def show(self, curves: Sequence[Curve]) -> None:
        self._curves = curves
        end = max((curve.end(self._by_examples) for curve in curves if curve.points), default=0)
        name = tr("examples", "ejemplos") if self._by_examples else tr("steps", "pasos")
        stride = 1 << (sum(len(curve.points) for curve in curves) // MOST_POINTS).bit_length()
        thinned = [replace(curve, points=[*curve.points[:-1:stride], *curve.points[-1:]]) for curve in curves]
        for plot in self.query(Plot):
            plot.show([self._series(plot, curve) for curve in thinned], end, name)

    def _series(self, plot: Plot, curve: Curve) -> Series:
        points = [(curve.x(point, self._by_examples), _value(plot, point)) for point in curve.points]
        return Series(curve.label, points, curve.colour)

    def write(self, lines: Sequence[str]) -> None:
        log = self.query_one(Tail)
        log.display = log.display or bool(lines)
        log.write(lines)

    def on_plot_cursor_moved(self, message: Plot.CursorMoved) -> None:
        message.stop()
        for plot in self.query(Plot):
            plot.border_subtitle = "" if message.x is None else self._reading(plot, message.x)

    def _reading(self, plot: Plot, x: float) -> str:
        read = [curve for curve in self._curves if curve.label and curve.points]
        nearest = [min(one.points, key=lambda point: abs(one.x(point, self._by_examples) - x)) for one in read]
        return "  ".join(f"{curve.label} {_value(plot, point):.2f}" for curve, point in zip(read, nearest, strict=True))


def _value(plot: Plot, point: Point) -> float:
    return point.loss if plot.id == "loss" else point.accuracy


def sweep_curves(
    sweep: Sweep,
    live: Mapping[Training, Sequence[Point]],
    ended: Sequence[Run],
    marked: Sequence[Run],
    points: Mapping[str, Sequence[Point]],
) -> list[Curve]:
    """The runs of a sweep, one colour a batch size; then the marked ones, with a star.

    `live` are the curves of this session; `points` those of the runs in the lab, by their ids.
    """
    of_job = {SAME(run.job): points.get(run.id, []) for run in ended}
    curves = []
    for job in sweep.runs():
        label = str(job.batch_size) if job.seed == sweep.seeds[0] else ""
        colour = sweep.batch_sizes.index(job.batch_size) % COLOURS
        curves.append(Curve(label, job, live.get(job) or of_job.get(SAME(job), []), colour))
    for number, run in enumerate(marked, start=len(sweep.batch_sizes)):
        curves.append(Curve(f"{run.job.batch_size}*", run.job, points.get(run.id, []), number % COLOURS))
    return curves
