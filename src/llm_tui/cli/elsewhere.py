"""Handing work over to a scheduler on the command line, and following it until it is back."""

from __future__ import annotations

import contextlib
import io
import shlex
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click

from llm_tui.config import read_config
from llm_tui.errors import UserError
from llm_tui.exercises import flows
from llm_tui.exercises.batch_sizes import Answers
from llm_tui.exercises.registry import row
from llm_tui.exercises.sheet import Sheet
from llm_tui.foundation.job import Asking
from llm_tui.i18n import tr
from llm_tui.lab.found import SAME
from llm_tui.lab.lab import Lab
from llm_tui.lab.runs import Run
from llm_tui.lab.sweeps import Sweeping
from llm_tui.launching.comparison import NAME, asked
from llm_tui.launching.launches import AwaySheet, Launches, of_the_node
from llm_tui.launching.record import Launch
from llm_tui.launching.settings import Settings, read_settings
from llm_tui.playground.state import parse_settings
from llm_tui.signals import Ended, told_to_end
from llm_tui.visible import visible

S = TypeVar("S", bound=Sheet)

LOOK_SECONDS = 1.0

Keep = Callable[[Callable[[Answers], Answers]], None]
KeepBack = Callable[[Sequence[tuple[Any, Any]]], tuple[flows.Answers, bool]]
"""Puts jobs with their results into the answers; returns these, and whether they are saved."""


def _settings() -> Settings:
    """What [slurm] says; what in it cannot be followed is told."""
    found, refused = read_settings(read_config())
    for sentence in refused:
        _say(sentence)
    return found


def _submit(how: Callable[..., Launch], *what: object) -> Launch:
    """Why it is not accepted is one sentence: submitit prints besides what sbatch has said."""
    settings = _settings()
    with contextlib.redirect_stderr(io.StringIO()):
        return how(*what, settings)


def train_elsewhere(sweeping: Sweeping, lab: Lab, keep: Keep, launcher: str, detach: bool) -> int:
    """Hand over what is left of a sweep but for what is elsewhere already, and follow all of it until it is back, as
    far as nobody wants to `detach`. Returns the exit code: 0, 2 where a run did not come to its end, 128 and the
    signal's number where the program was told to end.

    Raises:
        UserError: it was not accepted.
    """
    launches = Launches(lab)
    launches.look()
    away = launches.training()
    due = [job for job in sweeping.left if SAME(job) not in away]
    if due:
        launch = _submit(launches.train, due, launcher)
        _say(_handed_over(launch, len(due)))
        outcome = sweeping.handed_over()
        assert outcome.learnt is not None
        keep(outcome.learnt)
    if detach:
        raise click.exceptions.Exit(0)
    names = [run.id for run in launches.look().away if SAME(run.job) in {SAME(job) for job in sweeping.left}]
    code = follow(launches, set(names))
    return code or _how(lab, names)


def follow(launches: Launches, names: set[str]) -> int:
    """Say how tasks stand, each time that this changes, until none of `names` is elsewhere any more."""
    over, told = threading.Event(), list[int]()

    def stop(number: int) -> None:
        told.append(number)
        over.set()

    said: dict[str, str] = {}
    with told_to_end(stop):
        while True:
            look = launches.look()
            for sentence in look.told:
                _say(sentence)
            away = [run for run in look.away if run.id in names]
            for run in away:
                if said.get(run.id) != run.said():
                    said[run.id] = run.said()
                    _say(visible(f"b{run.job.batch_size} s{run.job.seed}: {run.said()}"))
            if not away or over.wait(LOOK_SECONDS):
                break
    return _told(launches, told[0]) if told else 0


def typed(value: object) -> str:
    """The value of an option as a person types it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def fill_elsewhere(
    sheet: S, before: S, how: Asking, lab: Lab, exercise: int | str, settings: dict[str, str], given: Mapping[str, Any]
) -> S:
    """Hand over what a sheet lacks, and put in what comes back; the lab is held. What was handed over earlier of this
    sheet, as it was `before` this command, comes back first.

    Raises:
        UserError: it was not accepted, or did not come to its end, or something else is elsewhere still.
        Exit: nobody waits for it.
    """
    launches = Launches(lab)

    def put(away: AwaySheet) -> None:
        nonlocal sheet
        sheet = away.put_into(sheet)
        lab.save_answers(exercise, sheet)
        launches.brought(away)

    def same(away: AwaySheet) -> bool:
        there = parse_settings(away.launch.settings or {})
        return list(before.pending(there)) == list(sheet.pending(how))

    _earlier(launches, exercise, same, put, given["detach"])
    lab.save_answers(exercise, sheet)
    if lacking := list(sheet.pending(how)):
        _hand_over(launches.fill, lacking, given, exercise, sheet, settings)
        _follow_task(launches, exercise, put)
    return sheet


def compare_elsewhere(
    lab: Lab, run: Run, comparison: flows.Comparison, settings: dict[str, str], given: Mapping[str, Any], keep: KeepBack
) -> flows.Answers:
    """Hand over the comparison of the two flows, unless it is elsewhere already, `keep` what comes back, and give the
    answers with it. What the lab could not save stays where it is, to be fetched again.

    Raises:
        UserError: it was not accepted, or did not come to its end, or another one is elsewhere still.
        Exit: nobody waits for it.
    """
    launches = Launches(lab)
    answers: flows.Answers | None = None

    def put(away: AwaySheet) -> None:
        nonlocal answers
        answers, saved = keep([(one.job, one.result) for one in away.found if one.result is not None])
        if saved:
            launches.brought(away)

    def same(away: AwaySheet) -> bool:
        there = launches.launched.task(away.launch, away.task) / "runs" / run.id
        said = away.launch.settings
        return said is None or (there.is_dir() and asked(run, said) == comparison)

    if not _earlier(launches, NAME, same, put, given["detach"], bit_by_bit=False):
        _hand_over(launches.compare, [comparison], given, run, settings)
        _follow_task(launches, NAME, put, bit_by_bit=False)
    return answers or keep([])[0]  # the app may have taken it meanwhile


def _earlier(
    launches: Launches,
    exercise: int | str,
    same: Callable[[AwaySheet], bool],
    put: Callable[[AwaySheet], None],
    detach: bool,
    bit_by_bit: bool = True,
) -> bool:
    """See to what was handed over earlier. Where it asks the `same`, it is followed until it is back, and this returns
    True; another one that is over is taken home.

    Raises:
        UserError: it did not come to its end, or another one is elsewhere still.
        Exit: nobody waits for it.
    """
    if (away := _away(launches, exercise)) is None:
        return False
    if same(away):
        if detach and not away.standing.over:
            _say(away.standing.said())
            raise click.exceptions.Exit(0)
        _follow_task(launches, exercise, put, bit_by_bit)
        return True
    if away.standing.over:
        put(away)
        if away.standing.phase != "finished":
            _say(away.standing.said())
    if _away(launches, exercise):
        raise _asks_something_else(launches, exercise)
    return False


def _away(launches: Launches, exercise: int | str) -> AwaySheet | None:
    return next((away for away in launches.look().sheets if away.exercise == exercise), None)


def _asks_something_else(launches: Launches, exercise: int | str) -> UserError:
    what, of = row(exercise).short, f"--lab {shlex.quote(str(launches.launched.folder.parent))}"
    return UserError(
        visible(
            tr(
                f"{what.en}: what was handed over earlier asks something else, and is not back yet; wait for it "
                f"(llm-tui watch {of}), or cancel it (llm-tui stop {of}), and then ask again.",
                f"{what.es}: lo encargado antes pide otra cosa y aún no ha vuelto; espérelo (llm-tui watch {of}) o "
                f"cancélelo (llm-tui stop {of}), y pida esto después.",
            )
        )
    )


def _hand_over(how: Callable[..., Launch], jobs: Sequence[object], given: Mapping[str, Any], *what: object) -> None:
    """As one task.

    Raises:
        UserError: it was not accepted.
        Exit: nobody waits for it.
    """
    if given["launcher"] == "slurm" and (said := of_the_node(jobs)):
        _say(said)
    _say(_handed_over(_submit(how, *what, given["launcher"]), 1))
    if given["detach"]:
        raise click.exceptions.Exit(0)


def _follow_task(
    launches: Launches, exercise: int | str, put: Callable[[AwaySheet], None], bit_by_bit: bool = True
) -> None:
    """Say how the task of an exercise stands, and `put` what it has found out where it belongs, until it is back."""
    over, told, said = threading.Event(), list[int](), ""

    def stop(number: int) -> None:
        told.append(number)
        over.set()

    with told_to_end(stop):
        while away := _away(launches, exercise):
            if bit_by_bit or away.standing.over:
                put(away)
            if away.standing.phase == "finished":
                return
            if away.standing.over:
                raise UserError(away.standing.said())
            if said != (said := away.standing.said()):
                _say(said)
            if over.wait(LOOK_SECONDS):
                raise click.exceptions.Exit(_told(launches, told[0]))


def _told(launches: Launches, number: int) -> int:
    """ctrl+c is a person who stops it; who ends this program otherwise does not mean what is elsewhere."""
    if number == signal.SIGINT:
        launches.stop()
        _say(tr("Stopped: what waited or ran is cancelled.", "Detenido: lo que esperaba o corría queda cancelado."))
    else:
        _say(tr("What was handed over goes on.", "Lo encargado continúa."))
    return Ended(number).code


def _how(lab: Lab, names: list[str]) -> int:
    """2 where one of these runs has no result, which is said."""
    code = 0
    for run in lab.runs.all():
        if run.id in names and run.result is None:
            code = 2
            why = f": {run.ending.message}" if run.ending and run.ending.message else ""
            _say(visible(f"b{run.job.batch_size} s{run.job.seed}: {run.said()}{why}"))
    return code


def _handed_over(launch: Launch, number: int) -> str:
    job = launch.tasks[0].id.partition("_")[0]
    runs = tr(f"{number} runs", f"{number} ejecuciones") if number > 1 else tr("one task", "una tarea")
    return tr(f"Handed over: {runs}, job {job}.", f"Encargado: {runs}, trabajo {job}.")


def _say(line: str) -> None:
    click.echo(line, err=True)
