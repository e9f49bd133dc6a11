"""The policy of exercise 1's sweeps, for screen and command line: what is to be run, and when the table takes it.

A table keeps the runs that it shows until the student puts others in their place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from llm_tui.classifier.job import Diverged, Sweep, Training
from llm_tui.engine.events import Event, Failed, Metric
from llm_tui.errors import UserError
from llm_tui.exercises.batch_sizes import Answers, Attempt
from llm_tui.exercises.run import Outcome
from llm_tui.i18n import tr
from llm_tui.lab.found import SAME, RunIndex
from llm_tui.lab.runs import ENDED, Run


def shown(answers: Answers, runs: Sequence[Run]) -> RunIndex:
    """Where the table of `answers` finds its runs, among all of the lab."""
    return RunIndex(runs, answers.runs)


def pinned(answers: Answers, runs: Sequence[Run]) -> Answers:
    return answers.pinned(shown(answers, runs))


def plan(answers: Answers, sweep: Sweep, runs: Sequence[Run]) -> tuple[Attempt, list[Training]]:
    """How to run `sweep`, and what of it is still to be run: one that was interrupted goes on from its finished runs,
    one that was complete is trained anew, all of it.
    """
    jobs = sweep.runs()
    attempt = answers.latest if answers.latest and answers.latest.sweep == sweep else Attempt(sweep)
    found = _found(attempt, runs)
    if left := [job for job in jobs if not found.reusable(job)]:
        return attempt, left
    anew = {SAME(job) for job in jobs}
    return Attempt(sweep, tuple(run.id for run in runs if SAME(run.job) in anew)), jobs


def begun(answers: Answers, attempt: Attempt, runs: Sequence[Run]) -> Answers:
    """When the first report of an attempt has come; `runs` are those of before. An empty table is for its runs."""
    answers = pinned(answers, runs)
    table = answers if answers.runs else replace(answers, sweep=attempt.sweep)
    return replace(table, latest=attempt)


class Sweeping:
    """A sweep that is begun. It has no engine and no lab of its own: who drives it submits what is `left`, passes on
    what these runs tell, and does what follows. `kept` are the trainings whose finished runs it goes on from.
    """

    def __init__(self, answers: Answers, sweep: Sweep, runs: Sequence[Run]):
        self.attempt, self.left = plan(answers, sweep, runs)
        self.kept = [job for job in sweep.runs() if job not in self.left]
        self.reported = False
        """Whether a run has got so far as to measure something: before that, nothing was begun."""
        self.diverged = False
        self._before = runs

    def handed_over(self) -> Outcome[Answers]:
        """What is left runs somewhere: from now on it is begun."""
        self.reported = True
        return Outcome(lambda answers: begun(answers, self.attempt, self._before))

    def told(self, event: Event) -> Outcome[Answers]:
        """A run that diverges ends alone; what keeps one from being done at all keeps the others from it too."""
        match event:
            case Metric() if not self.reported:
                return self.handed_over()
            case Failed(kind=Diverged.__name__):
                self.diverged = True
                return Outcome(said=event.message)
            case Failed():
                return Outcome(said=event.message, over=True)
        return Outcome()


def latest(answers: Answers) -> Attempt | None:
    """What was begun last; in a lab of an older version that is the sweep of its table."""
    return answers.latest or (Attempt(answers.sweep) if answers.sweep else None)


def ended(attempt: Attempt, runs: Sequence[Run]) -> list[Run]:
    """The runs of an attempt that have come to their end."""
    found = _found(attempt, runs)
    return [run for job in attempt.sweep.runs() if (run := found.run(job))]


def open_runs(attempt: Attempt, runs: Sequence[Run]) -> list[Run]:
    """The newest run of each of an attempt's trainings, where that has not ended; `runs` are newest first."""
    wanted = {SAME(job) for job in attempt.sweep.runs()}
    newest: dict[object, Run] = {}
    for run in runs:
        if run.id not in attempt.before and SAME(run.job) in wanted:
            newest.setdefault(SAME(run.job), run)
    return [run for run in newest.values() if run.ending is None]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an attempt has come: `done` of its `of` runs have ended. `fresh` where the table lacks some of them."""

    attempt: Attempt
    done: int
    of: int
    fresh: bool


def standing(answers: Answers, runs: Sequence[Run]) -> Standing | None:
    """That of the latest attempt."""
    attempt = latest(answers)
    if attempt is None:
        return None
    done = {run.id for run in ended(attempt, runs)}
    return Standing(attempt, len(done), len(attempt.sweep.runs()), not done <= set(pinned(answers, runs).runs))


def sweep_of(chosen: Sequence[Run]) -> Sweep | None:
    """The sweep that these runs are, one for each batch size and seed; None where they are none."""
    jobs = [replace(run.job, keep_model=True) for run in chosen if run.state in ENDED]
    if not jobs or len(jobs) < len(chosen):
        return None
    sizes, seeds = ({getattr(job, name) for job in jobs} for name in ("batch_size", "seed"))
    given = Training()
    sweep = Sweep(
        replace(jobs[0], batch_size=given.batch_size, seed=given.seed), tuple(sorted(sizes)), tuple(sorted(seeds))
    )
    one_version = all(run.config.stamp == chosen[0].config.stamp for run in chosen)
    return sweep if one_version and sorted(map(SAME, jobs)) == sorted(map(SAME, sweep.runs())) else None


def taken(answers: Answers, attempt: Attempt, runs: Sequence[Run], marked: Sequence[Run] = ()) -> Answers:
    """With the `marked` runs in the table, else those of the attempt that have ended. The notes stay, and are for the
    runs of before.

    Raises:
        UserError: the marked runs are no sweep.
    """
    sweep = sweep_of(marked) if marked else attempt.sweep
    if sweep is None:
        raise UserError(
            tr(
                "These runs are no sweep: mark finished ones of one setup, one for each batch size and seed.",
                "Estas ejecuciones no son un barrido: marque ejecuciones terminadas de una misma configuración, una "
                "por tamaño de lote y semilla.",
            )
        )
    return replace(pinned(answers, runs), sweep=sweep, runs=tuple(run.id for run in marked or ended(attempt, runs)))


def _found(attempt: Attempt, runs: Sequence[Run]) -> RunIndex:
    return RunIndex(run for run in runs if run.id not in attempt.before)
