"""The engine: jobs run one at a time and in order, can be stopped at any time, and fail without harm to the next."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from llm_tui import i18n
from llm_tui.engine.engine import Engine
from llm_tui.engine.events import Cancelled, Event, Failed, Finished, Log, Metric, Progress, Started, Token
from llm_tui.engine.job import Context, JobCancelled
from llm_tui.errors import UserError
from llm_tui.i18n import Text

LONG = 60.0  # seconds: far more than anything here takes, so that only a hang fails


@dataclass(frozen=True)
class Do:
    """A job that does what the test says."""

    kind: ClassVar[str] = "test"
    name: ClassVar[Text] = Text("test", "prueba")
    runner: ClassVar[str] = f"{__name__}:do"
    imports: ClassVar[tuple[str, ...]] = ()

    act: Callable[[Context], Any] = lambda context: None

    def title(self) -> str:
        return "test"


def do(job: Do, context: Context) -> Any:
    return job.act(context)


class Gate:
    """A job that waits until the test opens it, and only then sees whether it was stopped."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()

    def job(self) -> Do:
        return Do(self._run)

    def _run(self, context: Context) -> None:
        self.entered.set()
        assert self.opened.wait(LONG)
        context.check()


def busy(context: Context) -> None:
    """What a training does: step after step, until it is stopped."""
    while True:
        context.check()


def failing(error: BaseException) -> Do:
    def run(context: Context) -> None:
        raise error

    return Do(run)


def refusing(kind: type[Event], error: Exception) -> Callable[[Event], None]:
    """A listener that cannot take events of one kind, as a full disk cannot."""

    def listener(event: Event) -> None:
        if isinstance(event, kind):
            raise error

    return listener


def kinds(events: list[Event]) -> list[type[Event]]:
    return [type(event) for event in events]


# What a job tells


def test_everything_a_job_tells_arrives_in_order_between_its_start_and_its_end(engine: Engine) -> None:
    def run(context: Context) -> str:
        context.progress(1, 2, "reading", seconds_left=3.0)
        context.metric(7, loss=0.5)
        context.token("ho")
        context.log("almost there")
        return "the result"

    events: list[Event] = []
    job = engine.submit(Do(run), events.append)
    assert engine.wait(LONG)
    assert events == [
        Started(job),
        Progress(job, 1, 2, "reading", 3.0),
        Metric(job, 7, {"loss": 0.5}),
        Token(job, "ho"),
        Log(job, "almost there"),
        Finished(job, "the result"),
    ]


def test_listeners_hear_each_event_in_the_order_in_which_they_were_given(engine: Engine) -> None:
    heard: list[tuple[str, type[Event]]] = []
    engine.submit(
        Do(),
        lambda event: heard.append(("the lab", type(event))),
        lambda event: heard.append(("the screen", type(event))),
    )
    assert engine.wait(LONG)
    assert heard == [
        ("the lab", Started),
        ("the screen", Started),
        ("the lab", Finished),
        ("the screen", Finished),
    ]


def test_a_job_waits_for_its_packages_and_says_so(engine: Engine, tmp_path, monkeypatch) -> None:
    (tmp_path / "heavy_package_of_a_job.py").write_text("loaded = True\n")
    monkeypatch.syspath_prepend(tmp_path)

    @dataclass(frozen=True)
    class Heavy(Do):
        imports: ClassVar[tuple[str, ...]] = ("heavy_package_of_a_job",)

    events: list[Event] = []
    job = engine.submit(Heavy(), events.append)
    assert engine.wait(LONG)
    assert events == [Started(job), Progress(job, 0, 0, "loading heavy_package_of_a_job"), Finished(job, None)]


# The queue


def test_jobs_run_one_at_a_time_in_the_order_in_which_they_came(engine: Engine) -> None:
    steps: list[tuple[int, str]] = []

    def numbered(number: int) -> Do:
        def run(context: Context) -> None:
            steps.append((number, "in"))
            steps.append((number, "out"))

        return Do(run)

    for number in range(20):
        engine.submit(numbered(number))
    assert engine.wait(LONG)
    assert steps == [(number, step) for number in range(20) for step in ("in", "out")]


def test_the_queue_can_be_seen(engine: Engine) -> None:
    gate, second, third = Gate(), Do(), Do()
    first = gate.job()
    ids = [engine.submit(job) for job in (first, second, third)]
    assert gate.entered.wait(LONG)
    assert engine.running() == (ids[0], first)
    assert engine.waiting() == [(ids[1], second), (ids[2], third)]
    assert not engine.wait(timeout=0)
    gate.opened.set()
    assert engine.wait(LONG)
    assert engine.running() is None
    assert engine.waiting() == []


def test_a_job_that_has_come_to_its_end_no_longer_runs_when_its_listeners_hear_of_it(engine: Engine) -> None:
    seen: list[tuple[type[Event], object]] = []
    job = Do()
    number = engine.submit(job, lambda event: seen.append((type(event), engine.running())))
    assert engine.wait(LONG)
    assert seen == [(Started, (number, job)), (Finished, None)]


def test_a_listener_may_submit_the_next_job(engine: Engine) -> None:
    events: list[Event] = []

    def then(event: Event) -> None:
        if isinstance(event, Finished):
            engine.submit(Do(lambda context: "second"), events.append)

    engine.submit(Do(), then)
    assert engine.wait(LONG)
    assert kinds(events) == [Started, Finished]


# Stopping


def test_a_running_job_that_checks_stops_and_the_next_one_runs(engine: Engine) -> None:
    stopped: list[Event] = []
    after: list[Event] = []
    running = threading.Event()

    def run(context: Context) -> None:
        running.set()
        busy(context)

    job = engine.submit(Do(run), stopped.append)
    engine.submit(Do(), after.append)
    assert running.wait(LONG)
    engine.cancel(job)
    assert engine.wait(LONG)
    assert stopped == [Started(job), Cancelled(job)]
    assert kinds(after) == [Started, Finished]


def test_a_waiting_job_that_is_stopped_never_starts_and_says_so_at_once(engine: Engine) -> None:
    gate = Gate()
    dropped: list[Event] = []
    kept: list[Event] = []
    engine.submit(gate.job(), kept.append)
    assert gate.entered.wait(LONG)
    job = engine.submit(Do(), dropped.append)
    engine.submit(Do(), kept.append)
    engine.cancel(job)
    assert dropped == [Cancelled(job)]
    gate.opened.set()
    assert engine.wait(LONG)
    assert dropped == [Cancelled(job)]
    assert kinds(kept) == [Started, Finished, Started, Finished]


def test_cancel_without_a_number_stops_everything(engine: Engine) -> None:
    events: list[Event] = []
    ids = [engine.submit(Do(busy), events.append) for _ in range(3)]
    engine.cancel()
    assert engine.wait(LONG)
    assert {event.job_id for event in events if isinstance(event, Cancelled)} == set(ids)


def test_cancelling_what_is_not_there_harms_nothing(engine: Engine) -> None:
    gate = Gate()
    events: list[Event] = []
    ended = engine.submit(Do())
    engine.submit(gate.job(), events.append)
    assert gate.entered.wait(LONG)
    engine.cancel(ended, 12345)
    gate.opened.set()
    assert engine.wait(LONG)
    assert kinds(events) == [Started, Finished]


def test_a_job_stopped_before_it_does_anything_does_nothing(engine: Engine) -> None:
    ran: list[str] = []
    events: list[Event] = []

    def stop(event: Event) -> None:
        if isinstance(event, Started):
            engine.cancel(event.job_id)

    engine.submit(Do(lambda context: ran.append("ran")), stop, events.append)
    assert engine.wait(LONG)
    assert ran == []
    assert kinds(events) == [Started, Cancelled]


def test_a_library_that_catches_every_exception_cannot_swallow_the_stop(engine: Engine) -> None:
    def run(context: Context) -> str:
        engine.cancel()
        with contextlib.suppress(Exception):  # as libraries do
            context.check()
        return "went on"

    events: list[Event] = []
    engine.submit(Do(run), events.append)
    assert engine.wait(LONG)
    assert kinds(events) == [Started, Cancelled]


@pytest.mark.parametrize(
    "report",
    [
        lambda context: context.check(),
        lambda context: context.progress(1, 2, "x"),
        lambda context: context.metric(1, loss=0.1),
        lambda context: context.token("x"),
        lambda context: context.log("x"),
    ],
)
def test_once_stopped_a_job_can_report_nothing(report: Callable[[Context], None]) -> None:
    events: list[Event] = []
    stop = threading.Event()
    context = Context(1, events.append, stop)
    report(context)
    told = list(events)
    stop.set()
    with pytest.raises(JobCancelled):
        report(context)
    assert events == told


# Failing


def test_an_error_meant_for_a_person_is_told_in_its_own_words(engine: Engine, caplog) -> None:
    class NoData(UserError):
        pass

    events: list[Event] = []
    job = engine.submit(failing(NoData("There is no data: choose some.")), events.append)
    assert engine.wait(LONG)
    assert events[-1] == Failed(job, "There is no data: choose some.", "NoData")
    assert not caplog.records  # a mistake in a field is no defect of the program


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_any_other_error_becomes_one_sentence_and_its_details_go_to_the_log(engine, caplog, language) -> None:
    i18n.use(language)
    events: list[Event] = []
    error = RuntimeError("shape mismatch: \x1b[2Jinvalid argument\nmore on it\n")
    engine.submit(failing(error), events.append)
    assert engine.wait(LONG)
    failed = events[-1]
    assert isinstance(failed, Failed)
    assert failed.kind == "RuntimeError"
    assert "shape mismatch: ␛[2Jinvalid argument" in failed.message
    assert "more on it" not in failed.message
    assert failed.message.isprintable()
    (record,) = caplog.records
    assert record.exc_info and record.exc_info[1] is error
    assert "more on it" in logging.Formatter().format(record)


@pytest.mark.parametrize("error", [UserError("no"), ValueError(), SystemExit(1), KeyboardInterrupt()])
def test_the_engine_goes_on_after_any_failure(engine: Engine, error: BaseException) -> None:
    events: list[Event] = []
    engine.submit(failing(error), events.append)
    engine.submit(Do(lambda context: "fine"), events.append)
    assert engine.wait(LONG)
    assert kinds(events) == [Started, Failed, Started, Finished]
    assert isinstance(events[1], Failed) and events[1].kind == type(error).__name__


def test_a_package_that_is_not_there_fails_the_job_and_not_the_engine(engine: Engine) -> None:
    @dataclass(frozen=True)
    class Needy(Do):
        imports: ClassVar[tuple[str, ...]] = ("no_such_package_anywhere",)

    events: list[Event] = []
    engine.submit(Needy(), events.append)
    engine.submit(Do(), events.append)
    assert engine.wait(LONG)
    assert kinds(events) == [Started, Progress, Failed, Started, Finished]
    assert isinstance(events[2], Failed) and "no_such_package_anywhere" in events[2].message


# Listeners that fail: what cannot be written down has not been done.


@pytest.mark.parametrize("error", [UserError("The disk is full."), OSError(28, "No space left on device")])
@pytest.mark.parametrize("kind", [Started, Metric])
def test_a_listener_that_cannot_take_an_event_fails_the_job(engine: Engine, kind, error) -> None:
    reached: list[str] = []

    def run(context: Context) -> None:
        context.metric(1, loss=0.1)
        reached.append("the end")

    events: list[Event] = []
    engine.submit(Do(run), refusing(kind, error), events.append)
    assert engine.wait(LONG)
    assert reached == []
    assert isinstance(events[-1], Failed)
    assert (str(error.strerror) if isinstance(error, OSError) else str(error)) in events[-1].message


@pytest.mark.parametrize("error", [UserError("The disk is full."), OSError(28, "No space left on device")])
def test_an_ending_that_cannot_be_written_down_is_a_failure_for_those_who_listen_after(engine: Engine, error) -> None:
    before: list[Event] = []
    after: list[Event] = []
    engine.submit(Do(lambda context: "result"), before.append, refusing(Finished, error), after.append)
    engine.submit(Do(), after.append)
    assert engine.wait(LONG)
    assert kinds(before) == [Started, Finished]
    assert kinds(after) == [Started, Failed, Started, Finished]
    assert isinstance(after[1], Failed) and after[1].kind == type(error).__name__


def test_a_listener_that_cannot_take_a_stop_does_not_harm_who_pressed_the_key(engine: Engine) -> None:
    gate = Gate()
    after: list[Event] = []
    engine.submit(gate.job())
    assert gate.entered.wait(LONG)
    job = engine.submit(Do(), refusing(Cancelled, OSError("gone")), after.append)
    engine.cancel(job)
    assert kinds(after) == [Failed]
    gate.opened.set()


# The end


def test_close_stops_the_running_job_and_those_that_wait() -> None:
    engine = Engine()
    events: list[Event] = []
    ids = [engine.submit(Do(busy), events.append) for _ in range(3)]
    assert engine.close(LONG)
    # Told apart from what a person stopped: it is offered again.
    assert {event.job_id for event in events if event == Cancelled(event.job_id, interrupted=True)} == set(ids)
    assert engine.wait(timeout=0)


def test_close_says_when_a_job_does_not_stop_in_time() -> None:
    engine, gate = Engine(), Gate()
    engine.submit(gate.job())
    assert gate.entered.wait(LONG)
    assert not engine.close(timeout=0.01)
    gate.opened.set()
    assert engine.close(LONG)


def test_a_job_that_comes_after_the_end_is_cancelled_and_nobody_waits_for_it() -> None:
    engine = Engine()
    assert engine.close(LONG)
    events: list[Event] = []
    job = engine.submit(Do(), events.append)
    assert events == [Cancelled(job, interrupted=True)]
    assert engine.wait(timeout=0)


def test_an_engine_in_a_with_block_has_ended_after_it() -> None:
    events: list[Event] = []
    with Engine() as engine:
        job = engine.submit(Do(busy), events.append)
    assert events[-1] == Cancelled(job, interrupted=True)


# What works elsewhere.


@dataclass(frozen=True)
class Wait(Do):
    elsewhere: ClassVar[bool] = True


def test_what_only_waits_for_a_server_runs_a_few_at_a_time_and_what_works_here_alone() -> None:
    together, order, open_now, most = threading.Barrier(4), [], [0], [0]
    lock = threading.Lock()

    def here(context: Context) -> None:
        with lock:
            order.append(open_now[0])

    def there(context: Context) -> None:
        with lock:
            open_now[0] += 1
            most[0] = max(most[0], open_now[0])
        together.wait(LONG)  # goes on when four are there
        with lock:
            open_now[0] -= 1

    told: list[Event] = []
    with Engine() as engine:
        engine.submit(Do(here), told.append)
        for _ in range(8):
            engine.submit(Wait(there), told.append)
        engine.submit(Do(here), told.append)
        assert engine.wait(LONG)
    assert most == [4] and order == [0, 0]
    assert sum(isinstance(event, Finished) for event in told) == 10


def test_all_that_wait_for_a_server_are_stopped_together_or_one_by_its_number() -> None:
    begun = threading.Semaphore(0)
    ended: list[Event] = []

    def there(context: Context) -> None:
        begun.release()
        busy(context)

    with Engine() as engine:
        numbers = [engine.submit(Wait(there), ended.append) for _ in range(3)]
        for _ in numbers:
            assert begun.acquire(timeout=LONG)
        assert engine.running() == (numbers[0], Wait(there))
        engine.cancel(numbers[1])
        while not any(isinstance(event, Cancelled) for event in list(ended)):
            threading.Event().wait(0.01)
        engine.cancel()
        assert engine.wait(LONG) and engine.running() is None
    assert next(event.job_id for event in ended if isinstance(event, Cancelled)) == numbers[1]
    assert {event.job_id for event in ended if isinstance(event, Cancelled)} == set(numbers)
