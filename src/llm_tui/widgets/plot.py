"""Curves in a terminal, to be looked at by keys: a cursor, a window, scales, smoothing.

Only the cells that have changed are drawn again, which matters over a slow line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from llm_tui.i18n import Text
from llm_tui.keys import Bar, Key, bindings
from llm_tui.widgets.axis import Axis
from llm_tui.widgets.drawing import AXIS, COLOURS, FAINT, Cell, Series, changes, draw, over, y_axis
from llm_tui.widgets.parts import FRAMED
from llm_tui.widgets.view import Smoothed, View, at_or_before, thinned, within

MOST_POINTS = 1000
"""Points drawn in all."""

NOTHING = Text("", "")

NEARER, AROUND = 0.5, 0.25
"""A step of the zoom, and the share of the window by which it is moved."""


class Plot(Widget, can_focus=True):
    """Curves over a common x axis from 0 to `x_end`, with a cursor that the arrow keys move. With `log_x` the axis is
    logarithmic from the least x above 0 on, and 0 stands apart at its left end.

    Colour is not the only sign: each curve carries its mark and its label at its end.
    """

    DEFAULT_CLASSES = FRAMED
    NAME = Text("In the curves", "En las curvas")
    KEYS = (
        Key("cursor-left", "left", "move(-1)", Text("cursor to the left", "cursor a la izquierda"), bar=Bar.NEVER),
        Key("cursor-right", "right", "move(1)", Text("cursor to the right", "cursor a la derecha"),
            Text("A cursor, with the value of every curve there: its last point at or before it.",
                 "Un cursor, con el valor de cada curva allí: su último punto hasta ahí.")),
        Key("nearer", "plus", "zoom(1)", Text("nearer", "acercar"),
            Text("See half of the x axis, around the cursor; the y axis fits what is seen.",
                 "Muestra la mitad del eje x, en torno al cursor; el eje y se ajusta a lo que se ve.")),
        Key("farther", "minus", "zoom(-1)", Text("farther", "alejar"), bar=Bar.NEVER),
        Key("window-left", "shift+left", "pan(-1)", Text("window to the left", "ventana a la izquierda"),
            bar=Bar.NEVER),
        Key("window-right", "shift+right", "pan(1)", Text("window to the right", "ventana a la derecha"),
            bar=Bar.NEVER),
        Key("log-y", "y", "log_y", Text("log y", "y log"),
            Text("A logarithmic y axis; again, an even one.", "Eje y logarítmico; otra vez, lineal.")),
        Key("log-x", "x", "log_x", Text("log x", "x log"),
            Text("A logarithmic x axis; again, an even one.", "Eje x logarítmico; otra vez, lineal."),
            bar=Bar.NEVER),
        Key("smoother", "full_stop", "smooth(1)", Text("smoother", "suavizar"),
            Text("Smooth the curves more; what was measured stays faint behind them.",
                 "Suaviza más las curvas; lo medido queda tenue detrás.")),
        Key("rougher", "comma", "smooth(-1)", Text("less smooth", "suavizar menos"), bar=Bar.NEVER),
        Key("no-cursor", "escape", "drop_cursor", Text("no cursor", "sin cursor")),
        Key("as-at-first", "home", "reset", Text("as at first", "como al principio"),
            Text("All of the curves, unsmoothed, on the scales that they had at first.",
                 "Las curvas enteras, sin suavizar, en sus escalas iniciales."), bar=Bar.NEVER),
    )  # fmt: skip
    BINDINGS = bindings(KEYS)
    COMPONENT_CLASSES = {"plot--axis", "plot--cursor", *(f"plot--{i}" for i in range(COLOURS))}

    cursor: reactive[int | None] = reactive(None)

    @dataclass
    class CursorMoved(Message):
        """`x` is where the cursor stands, in units of the x axis; None when it has gone."""

        plot: Plot
        x: float | None

    @dataclass
    class Looked(Message):
        """The plot is looked at otherwise."""

        plot: Plot
        view: View

    def __init__(
        self,
        title: str,
        *,
        low: float | None = None,
        high: float | None = None,
        log_x: bool = False,
        id: str | None = None,
    ):
        super().__init__(id=id)
        self.border_title = title
        self.view = self._first = View(log_x=log_x)
        self._bounds = low, high
        self._series: Sequence[Series] = ()
        self._smooth: list[tuple[Sequence[object], Smoothed]] = []
        self._end, self._unit = 0.0, NOTHING
        self._axis = Axis(0.0)
        self._at: float | None = None
        self._rows: list[list[Cell]] = []

    def show(self, series: Sequence[Series], x_end: float, x_name: Text = NOTHING) -> None:
        """Draw these curves; cells that stay as they are, are not sent again."""
        if x_name != self._unit:
            self.view = replace(self.view, window=None)  # it was in other units
        self._series, self._end, self._unit = series, x_end, x_name
        self._redraw()

    def look(self, view: View) -> None:
        """As another plot beside it is looked at; its y axis stays its own."""
        self.view = replace(view, log_y=self.view.log_y)
        self._redraw()

    def readings(self, x: float) -> list[tuple[Series, tuple[float, float]]]:
        """The last point at or before `x` of each curve that has a label and one, as measured."""
        found = ((one, at_or_before(one.points, x)) for one in self._series if one.label)
        return [(one, point) for one, point in found if point]

    @property
    def seen(self) -> list[Series]:
        """What is drawn: smoothed, in the window, thinned."""
        return list(self._seen(self.view))

    def on_resize(self) -> None:
        self._redraw()

    def watch_cursor(self) -> None:
        self._at = None if self.cursor is None else self._axis.at(self.cursor / max(1, self._columns - 1))
        self._redraw()
        self.post_message(self.CursorMoved(self, self._at))

    def stand(self, x: float | None) -> None:
        """Have the cursor where that of another plot beside it is."""
        self._at = x
        self._redraw()

    def action_move(self, columns: int) -> None:
        width = self._columns
        start = width - 1 if self.cursor is None else self.cursor + columns
        self.cursor = min(max(0, start), width - 1)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "reset":
            return self.view != self._first or self.cursor is not None
        return self.cursor is not None if action == "drop_cursor" else True

    def action_drop_cursor(self) -> None:
        self.cursor = None

    def action_zoom(self, nearer: int) -> None:
        middle = self._axis.at(0.5) if self._at is None else self._at
        self._look(self.view.zoomed(NEARER**nearer, middle, self._end))

    def action_pan(self, way: int) -> None:
        self._look(self.view.panned(way * AROUND, self._end))

    def action_log_y(self) -> None:
        self._look(replace(self.view, log_y=not self.view.log_y))

    def action_log_x(self) -> None:
        self._look(replace(self.view, log_x=not self.view.log_x))

    def action_smooth(self, by: int) -> None:
        self._look(self.view.smoother(by))

    def action_reset(self) -> None:
        self.cursor = None
        self._look(self._first)

    def _look(self, view: View) -> None:
        self.view = view
        self._redraw()
        self.post_message(self.Looked(self, view))
        self.refresh_bindings()

    @property
    def _columns(self) -> int:
        return max(1, self.size.width - AXIS)

    def _keep_cursor(self) -> None:
        """The cursor stays at its value, whatever the axis and the width are now, where that is still seen."""
        if self._at is None:
            self.set_reactive(Plot.cursor, None)
            return
        seen = min(max(self._axis.begin, self._at), self._axis.end)
        self.set_reactive(Plot.cursor, round(self._axis.share(seen) * (self._columns - 1)))
        if seen != self._at:
            self._at = seen
            self.post_message(self.CursorMoved(self, seen))

    def _redraw(self) -> None:
        width, height = self.size
        view = self.view
        seen = list(self._seen(view))
        xs = (x for one in seen for x, _ in (*one.points[:2], *one.points[-1:]))
        self._axis = over(Axis.over(self._end, xs, view.log_x, str(self._unit)), view.window)
        self._keep_cursor()
        up = y_axis(seen, self._bounds, view.log_y, fit=view.window is not None)
        self.border_subtitle = str(view.said(self._unit)).lstrip()
        rows = draw(seen, self._axis, up, width, height, self.cursor)
        before, self._rows = self._rows, rows
        if len(rows) != len(before) or (rows and len(rows[0]) != len(before[0])):
            self.refresh()
        elif changed := [Region(x, y, wide, 1) for y, x, wide in changes(before, rows)]:
            self.refresh(*changed)

    def _seen(self, view: View) -> Iterator[Series]:
        """What is drawn of the curves: smoothed, in the window, thinned."""
        most = max(MOST_POINTS // max(len(self._series), 1), 2)
        for one, smooth in zip(self._series, self._smoothed(view), strict=True):
            drawn = [
                within(points, view.window, most) if view.window else thinned(points, most)
                for points in ((smooth, one.points) if view.smoothing else (one.points, ()))
            ]
            spans = [s for s in one.spans if view.window is None or view.window[0] <= s[0] <= view.window[1]]
            yield replace(one, points=drawn[0], behind=drawn[1], spans=spans)

    def _smoothed(self, view: View) -> list[Sequence[tuple[float, float]]]:
        """Smoothed as they grow: what was smoothed of the same points stays."""
        if not view.smoothing:
            self._smooth = []
            return [()] * len(self._series)
        known = {id(source): smooth for source, smooth in self._smooth if smooth.weight == view.smoothing}
        self._smooth = []
        for one in self._series:
            smooth = known.get(id(one.points))
            if smooth is None or len(smooth.points) > len(one.points):
                smooth = Smoothed(view.smoothing)
            self._smooth.append((one.points, smooth))
        return [smooth.follow(one.points) for one, (_, smooth) in zip(self._series, self._smooth, strict=True)]

    def render_line(self, y: int) -> Strip:
        if y >= len(self._rows):
            return Strip.blank(self.size.width, self.rich_style)
        segments = [
            Segment("".join(char for char, _ in run), self._style(colour)) for colour, run in _runs(self._rows[y])
        ]
        return Strip(segments).adjust_cell_length(self.size.width)  # the size may be new, and the rows not yet

    def _style(self, colour: int) -> Style:
        name = {-1: "plot--axis", -2: "plot--cursor"}.get(colour, f"plot--{colour % FAINT % COLOURS}")
        style = self.get_component_rich_style(name)
        return style + Style(dim=True) if colour >= FAINT else style


def _runs(row: list[Cell]) -> Iterator[tuple[int, list[Cell]]]:
    start = 0
    for x in range(1, len(row) + 1):
        if x == len(row) or row[x][1] != row[start][1]:
            yield row[start][1], row[start:x]
            start = x
