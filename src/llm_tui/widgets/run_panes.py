"""What is seen of trained runs, a pane each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content

from llm_tui.classifier.job import Predict, Retest, Training
from llm_tui.engine.events import Event, Picture
from llm_tui.exercises.batch_sizes import Attempt
from llm_tui.exercises.looks import Looks
from llm_tui.export.table import Table
from llm_tui.i18n import Text
from llm_tui.lab import sweeps
from llm_tui.lab.runs import Point, Run
from llm_tui.widgets.curves import Curves, as_looked_at, sweep_curves
from llm_tui.widgets.evaluation import compare_content
from llm_tui.widgets.fitted import Fitted
from llm_tui.widgets.mistakes import Evaluation
from llm_tui.widgets.panes import Pane, Panes
from llm_tui.widgets.sentence import Sentence
from llm_tui.widgets.settings_diff import settings_content
from llm_tui.widgets.vectors import Vectors

if TYPE_CHECKING:
    from llm_tui.widgets.why.pane import WhyPane

PANES = (
    ("curves", Text("Curves", "Curvas")),
    ("evaluation", Text("Evaluation", "Evaluación")),
    ("try", Text("Predict", "Predecir")),
    ("compare", Text("Compare", "Comparar")),
    ("vectors", Text("Vectors", "Vectores")),
)


class RunPanes(Panes):
    """The curves of a sweep, how well one run does, what it makes of a sentence, several runs beside each other, and
    the word vectors.
    """

    def __init__(self) -> None:
        self._runs: Sequence[Run] = ()
        self._marked: Sequence[Run] = ()
        self._looks = Looks()
        self._chosen = ""
        self._points: Mapping[str, Sequence[Point]] = {}
        self._steady: Table | None = None
        widgets = (
            Curves(id="curves"),
            Evaluation(id="evaluation"),
            Sentence(self._run_to_ask, id="try"),
            VerticalScroll(Fitted(), id="compare"),
            Vectors(id="vectors"),
        )
        super().__init__([Pane(label, widget) for (_, label), widget in zip(PANES, widgets, strict=True)], id="panes")

    @property
    def curves(self) -> Curves:
        return self.query_one(Curves)

    def know(self, runs: Sequence[Run], marked: Sequence[Run], looks: Looks) -> None:
        """The runs that there are, newest first, those that a person has marked or pinned, and their names."""
        self._runs, self._marked, self._looks = runs, marked, looks
        self._show()

    def draw(
        self, attempt: Attempt, live: Mapping[Training, Sequence[Point]], points: Mapping[str, Sequence[Point]]
    ) -> None:
        """The curves of an attempt and of the marked runs: `live` those of this session, `points` those of the lab by
        the ids of their runs.
        """
        ended = sweeps.ended(attempt, self._runs)
        drawn = {run.id for run in ended}
        also = [run for run in self._marked if run.id not in drawn]
        self.curves.show(as_looked_at(sweep_curves(attempt.sweep, live, ended, also, points), self._looks))
        if points != self._points:
            self._points = dict(points)
            self._compare()

    def steady(self, table: Table | None) -> None:
        """How stable the trainings of the exercise's table are."""
        self._steady = table
        self._compare()

    def choose(self, run: Run) -> None:
        """Show how well this one does, and ask it for sentences."""
        self._chosen = run.id
        self._show()
        self.query_one(Vectors).forget()

    def show(self, name: str) -> None:
        super().show(name)
        if name == "vectors":
            self.query_one(Vectors).look(self._run_to_ask())

    def follow(self, event: Event, jobs: Mapping[int, Training]) -> None:
        """What a training shows of its vectors."""
        if isinstance(event, Picture) and event.job_id in jobs:
            self.query_one(Vectors).grow(jobs[event.job_id], event.what)

    def _show(self) -> None:
        run = self._first(run for run in self._runs if run.result or run.id == self._chosen)
        self.query_one(Evaluation).show(run)
        self._compare()

    def _compare(self) -> None:
        marked, points, steady, looks = self._marked, self._points, self._steady, self._looks

        def content(room: int) -> Content:
            compared = compare_content(marked, points, steady, looks, room)
            settings = settings_content(marked, looks, room)
            return Content("\n\n").join([compared, settings]) if settings else compared

        self.query_one("#compare Fitted", Fitted).fit(content)

    @property
    def evaluated(self) -> Run | None:
        """The chosen run, else the newest that can be asked, else the newest."""
        shown = self._first(run for run in self._runs if run.result)
        return shown if shown and shown.id == self._chosen else self._run_to_ask() or shown

    def _run_to_ask(self) -> Run | None:
        return self._first(run for run in self._runs if run.result and run.has_model())

    def done(self) -> list[Training | Retest | Predict]:
        """What the pane that is shown tells of: a sentence; a run that was trained, and tested if it has its model."""
        sentence = self.query_one(Sentence).done() if self.current == "try" else None
        run = self._first(run for run in self._runs if run.result)
        of_run: list[Training | Retest] = []
        if run and run.result:
            tested = [Retest(str(run.folder), run.job, run.result.test_rows)] if run.has_model() else []
            of_run = [run.job, *tested]
        return [*([sentence] if sentence else []), *of_run]

    def why(self) -> Sequence[WhyPane]:
        """What explains the sentence, or the mistake, that is looked at; else what the words of the run say."""
        from llm_tui.widgets.why import trained

        if self.current == "try" and (answered := self.query_one(Sentence).answered):
            return trained.panes(*answered)
        evaluation = self.query_one(Evaluation)
        if self.current == "evaluation" and evaluation.run and (mistake := evaluation.mistake):
            return trained.panes(evaluation.run, mistake.text, mistake)
        run = self.evaluated
        return trained.panes(run) if run else ()

    def _first(self, runs: Iterable[Run]) -> Run | None:
        """The chosen one among them, else the newest."""
        candidates = list(runs)
        return next((run for run in candidates if run.id == self._chosen), next(iter(candidates), None))
