"""Loss and accuracy of several runs, overlaid, and the log below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from llm_tui.classifier.job import Sweep, Training
from llm_tui.classifier.stability import examples_seen
from llm_tui.exercises.looks import Looks
from llm_tui.export import figure
from llm_tui.i18n import Text, tr
from llm_tui.lab.found import SAME
from llm_tui.lab.runs import Point, Run
from llm_tui.visible import shortened, visible
from llm_tui.widgets.axis import short
from llm_tui.widgets.drawing import COLOURS, Series
from llm_tui.widgets.parts import framed
from llm_tui.widgets.plot import Plot
from llm_tui.widgets.tail import Tail

By = Literal["steps", "examples", "seconds"]

UNITS: Mapping[By, Text] = {
    "steps": Text("steps", "pasos"),
    "examples": Text("examples", "ejemplos"),
    "seconds": Text("s", "s"),
}
"""Of the x axis; a key goes from each to the next one."""


ROOM = 20
"""Rows for plots, log and readings together."""

NO_BREAK = "\u00a0"

MOST_LABEL = 10
"""Columns of the name of a run at the end of its curve."""

WHERE: Mapping[By, Text] = {
    "steps": Text("step {x}", "el paso {x}"),
    "examples": Text("{x} examples", "{x} ejemplos"),
    "seconds": Text("{x} s", "{x} s"),
}

FIGURES = {
    "loss": (Text("Loss of the curves shown", "Pérdida de las curvas mostradas"),
             Text("loss (nats)", "pérdida (nats)")),
    "accuracy": (Text("Accuracy of the curves shown", "Exactitud de las curvas mostradas"),
                 Text("accuracy", "exactitud")),
}  # fmt: skip
"""Title and y axis of the pictures, by the ids of the plots."""


@dataclass(frozen=True, slots=True)
class Curve:
    """The reports of one run of `job`; without a label it is one of several of its colour. `run` is its id in
    the lab, where it has one.
    """

    label: str
    job: Training
    points: Sequence[Point]
    colour: int
    run: str = ""

    def x(self, point: Point, by: By) -> float | None:
        """Where a report stands: after how many steps, examples or seconds. None where no time was kept."""
        if by == "seconds":
            return point.seconds
        return examples_seen(self.job, point.step) if by == "examples" else point.step

    def end(self, by: By) -> float:
        """Where the training ends, or has come to."""
        if by == "examples":
            return self.job.train_size * self.job.epochs
        return self.points[-1].steps if by == "steps" else self.points[-1].seconds or 0.0


class _Track:
    """The points of a curve for each plot, made once for each report."""

    def __init__(self) -> None:
        self.loss: list[tuple[float, float]] = []
        self.accuracy: list[tuple[float, float]] = []
        self._taken = 0
        self._last: Point | None = None

    def follow(self, curve: Curve, by: By) -> _Track:
        """These points and what came since; another track where the curve is another one."""
        if self._taken > len(curve.points) or (self._taken and curve.points[self._taken - 1] != self._last):
            return _Track().follow(curve, by)
        for point in curve.points[self._taken :]:
            if (x := curve.x(point, by)) is not None:
                self.loss.append((x, point.loss))
                self.accuracy.append((x, point.accuracy))
        self._taken, self._last = len(curve.points), curve.points[-1] if curve.points else None
        return self


class Curves(Vertical):
    """A cursor in one plot reads every curve of both at the same place; what is zoomed in one is in both."""

    DEFAULT_CLASSES = "panel"

    def __init__(self, *, id: str | None = None):
        super().__init__(id=id)
        self._curves: Sequence[Curve] = ()
        self._tracks: dict[tuple[int, Training, By], _Track] = {}
        self._by: By = "steps"
        self._x: float | None = None
        self._written = False

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Plot(tr("loss (nats)", "pérdida (nats)"), low=0.0, id="loss")
            yield Plot(tr("accuracy", "exactitud"), low=0.0, high=1.0, id="accuracy")
        readout = Static(markup=False, id="readout")
        readout.display = False  # until there is a cursor
        yield readout
        log = framed(Tail(), tr("Progress", "Avance"))
        log.display = False  # until there is something in it
        yield log

    def turn(self) -> Text | None:
        """From steps to examples, to seconds, and back. Returns what is missing there."""
        order = list(UNITS)
        self._by = order[(order.index(self._by) + 1) % len(order)]
        self.show(self._curves)
        for plot in self.query(Plot):
            plot.cursor = None  # it stood at a step
        return self._timeless()

    def _timeless(self) -> Text | None:
        old = [curve for curve in self._curves if curve.points and curve.points[-1].seconds is None]
        if self._by != "seconds" or not old:
            return None
        return Text(
            "{n} curves are not shown: those runs are of an earlier version, which kept no times.",
            "No se muestran {n} curvas: esas ejecuciones son de una versión anterior, que no guardaba tiempos.",
        ).format(n=len(old))

    def show(self, curves: Sequence[Curve]) -> None:
        self._curves = curves
        tracks = self._tracks
        keys = [(place, curve.job, self._by) for place, curve in enumerate(curves)]
        self._tracks = {
            key: tracks.get(key, _Track()).follow(curve, self._by) for key, curve in zip(keys, curves, strict=True)
        }
        end = max((curve.end(self._by) for curve in curves if curve.points), default=0)
        for plot in self.query(Plot):
            series = [
                Series(curve.label, track.loss if plot.id == "loss" else track.accuracy, curve.colour)
                for curve, track in zip(curves, self._tracks.values(), strict=True)
            ]
            plot.show(series, end, UNITS[self._by])
        self._read()

    def figures(self) -> list[figure.Curves]:
        """What is shown, as pictures: those that there are curves of; of one plot, where the focus is in it."""
        plots = [plot for plot in self.query(Plot) if plot.has_focus] or self.query(Plot)
        return [made for plot in plots if (made := self._figure(plot)).series]

    def _figure(self, plot: Plot) -> figure.Curves:
        title, y = FIGURES[str(plot.id)]
        view, unit, where = plot.view, UNITS[self._by], WHERE[self._by]
        if (looked := view.said(unit)).en:
            title = Text("{title} ({looked})", "{title} ({looked})").format(title=title, looked=looked)
        if (changed := replace(view, window=None, log_x=False).said(unit)).en:  # a mean is not what was measured
            y = Text("{y} · {changed}", "{y} · {changed}").format(y=y, changed=changed)
        lines = tuple(figure.Series(one.label, one.points, one.colour) for one in plot.seen if one.points)
        return figure.Curves(title, unit, y, lines, logarithmic=view.log_x, where=where, log_y=view.log_y)

    def write(self, lines: Sequence[str]) -> None:
        log = self.query_one(Tail)
        self._written = self._written or bool(lines)
        log.write(lines)
        self._make_room()

    def on_plot_cursor_moved(self, message: Plot.CursorMoved) -> None:
        message.stop()
        self._x = message.x
        for plot in self.query(Plot):
            if plot is not message.plot:
                plot.stand(message.x)
        self._read()

    def on_plot_looked(self, message: Plot.Looked) -> None:
        message.stop()
        for plot in self.query(Plot):
            if plot is not message.plot:
                plot.look(message.view)

    def _read(self) -> None:
        """Below the plots, a line for each: where the cursor stands, and every curve there."""
        readout = self.query_one("#readout", Static)
        readout.display = self._x is not None
        self._make_room()
        if self._x is not None:
            readout.update(Content("\n").join(read(plot, self._x) for plot in self.query(Plot)))

    def on_resize(self) -> None:
        self._make_room()

    def _make_room(self) -> None:
        """Where there is little, what the cursor reads stands in place of the log."""
        self.query_one(Tail).display = self._written and (self._x is None or self.size.height >= ROOM)


def read(plot: Plot, x: float) -> Content:
    """What each curve of a plot had reached at `x`, in its colour behind its mark; no line breaks within one."""
    name = str(plot.border_title).split(" (")[0]
    parts = [Content(tr(f"{name} up to {short(x)}:", f"{name} hasta {short(x)}:"))]
    for one, (_, value) in plot.readings(x):
        colour = plot.get_component_styles(f"plot--{one.colour % COLOURS}").color
        parts.append(
            Content.styled(f"{one.marked.replace(' ', NO_BREAK)}{NO_BREAK}{value:.3g}", Style(foreground=colour))
        )
    return Content("  ").join(parts)


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
    of_job = {SAME(run.job): run.id for run in ended}
    curves = []
    for job in sweep.runs():
        label = str(job.batch_size) if job.seed == sweep.seeds[0] else ""
        colour = sweep.batch_sizes.index(job.batch_size)
        run = of_job.get(SAME(job), "")
        curves.append(Curve(label, job, live.get(job) or points.get(run, []), colour, run))
    for number, other in enumerate(marked, start=len(sweep.batch_sizes)):
        curves.append(Curve(f"{other.job.batch_size}*", other.job, points.get(other.id, []), number, other.id))
    return curves


def as_looked_at(curves: Sequence[Curve], looks: Looks) -> list[Curve]:
    """With the names that a person gave them, without those that are hidden, the pinned one on top."""
    shown = [
        replace(curve, label=shortened(visible(looks.names.get(curve.run, curve.label)), MOST_LABEL))
        for curve in curves
        if not curve.run or curve.run not in looks.hidden
    ]
    return sorted(shown, key=lambda curve: bool(curve.run) and curve.run == looks.pin)
