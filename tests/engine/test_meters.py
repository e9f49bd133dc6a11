"""Meters, on a clock and counters of the test: no figure that nobody measured."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import pynvml
import pytest
from fakes.gpus import GB, Fail, FakeGpu, Machine
from fakes.rapl import WRAPS_AT, Powercap
from hypothesis import given
from hypothesis import strategies as st

from llm_tui.engine.energy import Energy
from llm_tui.engine.engine import Engine
from llm_tui.engine.events import Cancelled, Event, Failed, Finished
from llm_tui.engine.gpus import Seen
from llm_tui.engine.job import Context, JobCancelled
from llm_tui.engine.meters import MOST_WATTS, Meter, Rapl, counted, counter_of
from llm_tui.errors import UserError
from llm_tui.i18n import Text


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Shown:
    """A counter of one part that shows what the test says."""

    source, step = "NVML", 0.1

    def __init__(self, joules: float | None, wraps_at: float | None = None):
        self.joules, self.wraps_at, self.others = joules, (wraps_at,), False

    def read(self) -> tuple[float, ...] | None:
        return None if self.joules is None else (self.joules,)

    def shared(self) -> bool:
        return self.others


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def measured(clock: Clock) -> Callable[..., Energy]:
    """What a meter finds whose counter shows one reading after the other, so many seconds apart."""

    def measure(*joules: float | None, apart: float = 10.0, wraps_at: float | None = None) -> Energy:
        first, *others = joules
        counter = Shown(first, wraps_at)
        meter = Meter(counter, clock)
        for counter.joules in others[:-1]:
            clock.now += apart
            meter.look()
        counter.joules = others[-1]
        clock.now += apart
        return meter.stop()

    return measure


def test_it_is_what_the_counter_has_counted(measured) -> None:
    assert measured(1000.0, 1500.0, 1700.0) == Energy(700.0, 20.0, "NVML", False, 1, 1)


def test_what_is_shorter_than_ten_steps_of_the_counter_is_not_measured(measured) -> None:
    assert measured(1000.0, 1060.0, apart=0.9).why == ("short",)
    assert measured(1000.0, 1070.0, apart=1.1).joules == 70.0


@pytest.mark.parametrize(
    ("readings", "why"),
    [
        ((None, 5.0), "no-counter"),
        ((5.0, None), "failed"),
        ((5.0, None, 9.0), "failed"),
        ((5.0, 4.0), "jumped"),
        ((500.0, 4.0, 900.0), "jumped"),
        ((5.0, 5.0 + 1e6), "jumped"),
        ((5.0, 5.0, 5.0), "still"),
    ],
)
def test_a_counter_that_cannot_be_trusted_gives_no_figure(measured, readings, why: str) -> None:
    assert measured(*readings) == Energy.unknown(why)


def test_a_counter_that_begins_anew_is_followed(measured) -> None:
    assert measured(WRAPS_AT - 100, 50.0, wraps_at=WRAPS_AT).joules == pytest.approx(150.0)


def test_work_longer_than_a_turn_of_the_counter_has_a_figure_as_it_was_looked_at_meanwhile(measured) -> None:
    turns = [(at * 900.0) % WRAPS_AT for at in range(0, 601)]  # 900 J in 10 s: more than two turns
    assert measured(*turns, wraps_at=WRAPS_AT).joules == pytest.approx(540_000)
    assert measured(0.0, 900.0, apart=6000.0, wraps_at=WRAPS_AT).why == ("unseen",)  # which nobody looked at


def test_it_is_read_now_and_then_and_not_at_every_step(clock: Clock) -> None:
    counter = Shown(0.0)
    meter = Meter(counter, clock)
    counter.joules = None
    for _ in range(100):
        clock.now += 0.04
        meter.look()
    counter.joules = 100.0
    assert meter.stop().joules == 100.0


def test_the_first_stop_counts(clock: Clock) -> None:
    counter = Shown(0.0)
    meter = Meter(counter, clock)
    clock.now, counter.joules = 2.0, 60.0
    first = meter.stop()
    clock.now, counter.joules = 4.0, 400.0
    meter.look()
    assert (meter.stop(), meter.seconds) == (first, 2.0)


def test_another_process_that_was_there_only_meanwhile_is_flagged(clock: Clock) -> None:
    counter = Shown(0.0)
    meter = Meter(counter, clock)
    clock.now, counter.joules, counter.others = 6.0, 60.0, True
    meter.look()
    clock.now, counter.others = 8.0, False
    assert meter.stop() == Energy(60.0, 8.0, "NVML", True, 1, 1)


@given(
    st.lists(st.tuples(st.floats(0, 20), st.one_of(st.none(), st.floats(0, 1e7))), min_size=2, max_size=12),
    st.one_of(st.none(), st.floats(1, 1e6)),
)
def test_no_order_of_readings_gives_a_negative_figure_or_one_that_no_device_could_use(
    readings: list[tuple[float, float | None]], wraps_at: float | None
) -> None:
    clock, (_, first), *others = Clock(), *readings
    counter = Shown(first, wraps_at)
    meter = Meter(counter, clock)
    for wait, joules in others:
        clock.now += wait
        counter.joules = joules
        meter.look()
    energy = meter.stop()
    if energy.joules is None:
        assert energy.why and energy.watt_hours is None
    else:
        assert 0 < energy.joules <= MOST_WATTS * (energy.seconds + len(readings))
        assert first is not None and readings[-1][1] is not None


@given(st.floats(0, WRAPS_AT), st.floats(0, 30_000), st.floats(10, 60))
def test_one_turn_between_two_readings_costs_nothing(before: float, used: float, seconds: float) -> None:
    found = counted(before, (before + used) % WRAPS_AT, WRAPS_AT, seconds)
    assert found == pytest.approx(used, abs=1e-3)


# The processor's.


def test_each_package_of_the_processor_is_counted_once(powercap: Powercap, clock: Clock) -> None:
    powercap.write(100.0, WRAPS_AT - 10)
    counter = counter_of("cpu")
    assert isinstance(counter, Rapl)
    meter = Meter(counter, clock)
    clock.now = 0.5
    powercap.write(130.0, 15.0)
    energy = meter.stop()
    assert energy.joules == pytest.approx(30.0 + 25.0)
    assert (energy.source, energy.shared) == ("RAPL", True)  # it counts all that runs on the processor


def test_a_processor_without_counters_says_so(powercap: Powercap) -> None:
    assert counter_of("cpu") == "no-counter"
    powercap.write()
    assert counter_of("cpu") == "no-counter"  # that of the board alone


def test_counters_that_vanish_meanwhile_give_no_figure(powercap: Powercap, clock: Clock) -> None:
    powercap.write(100.0)
    meter = Meter(counter_of("cpu"), clock)
    clock.now = 1.0
    (powercap.folder / "intel-rapl:0" / "energy_uj").unlink()
    assert meter.stop() == Energy.unknown("failed")


@pytest.fixture
def nobody() -> Iterator[None]:
    """Not the administrator, for the length of a test."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    yield
    os.seteuid(before)


def test_counters_that_only_the_administrator_may_read_are_said_to_be_so(powercap: Powercap, request) -> None:
    powercap.write(100.0)
    (powercap.folder / "intel-rapl:0" / "energy_uj").chmod(0)
    request.getfixturevalue("nobody")
    assert counter_of("cpu") == "locked"


# A GPU's, through NVIDIA's library.


MINE = ((os.getpid(), GB),)


@pytest.fixture
def two_gpus(gpu_machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Torch sees them in another order than the driver, and this program is in no container."""
    monkeypatch.setattr("llm_tui.engine.meters.contained", lambda: False)
    seen = (Seen(0, "2", "NVIDIA H200", 139 * GB), Seen(1, "1", "NVIDIA H200", 139 * GB))
    monkeypatch.setattr("llm_tui.engine.gpus.seen", lambda: seen)
    gpu_machine.write(*(FakeGpu(f"GPU-{i}", energy=joules, processes=MINE) for i, joules in ((1, 1000.0), (2, 7000.0))))
    return gpu_machine


def test_the_counter_is_that_of_the_gpu_that_the_job_is_on(two_gpus: Machine, clock: Clock) -> None:
    meters = [Meter(counter_of(device), clock) for device in ("cuda:1", "cuda", "cuda:0", "cuda:2")]
    clock.now = 2.0
    two_gpus.write(FakeGpu("GPU-1", energy=1300.5, processes=MINE), FakeGpu("GPU-2", energy=7100.0, processes=MINE))
    found = [meter.stop() for meter in meters]
    assert found[0] == Energy(300.5, 2.0, "NVML", False, 1, 1)
    assert [energy.joules for energy in found[1:]] == [100.0, 100.0, None]
    assert found[3].why == ("no-counter",)  # there is no third one


@pytest.mark.parametrize(
    ("before", "after", "shared"),
    [
        (MINE, MINE, False),
        ((), MINE, True),  # it was at work there, and the list has left it out: as it may have others
        ((), (), True),
        (MINE, (*MINE, (4242, GB)), True),
        ((*MINE, (4242, GB)), MINE, True),
        (((4242, GB),), MINE, True),  # gone before this one was there
        (((4242, GB),), ((4242, GB),), True),
    ],
)
def test_other_processes_on_the_gpu_are_flagged(two_gpus: Machine, clock: Clock, before, after, shared: bool) -> None:
    two_gpus.write(FakeGpu("GPU-1", energy=1000.0, processes=before))
    meter = Meter(counter_of("cuda:1"), clock)
    clock.now = 2.0
    two_gpus.write(FakeGpu("GPU-1", energy=1300.0, processes=after))
    assert meter.stop() == Energy(300.0, 2.0, "NVML", shared, 1, 1)


def test_in_a_container_others_may_be_on_the_gpu_whatever_the_driver_lists(
    two_gpus: Machine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It leaves out the processes of other containers."""
    monkeypatch.setattr("llm_tui.engine.meters.contained", lambda: True)
    two_gpus.write(FakeGpu("GPU-1", energy=1000.0, processes=MINE))
    meter = Meter(counter_of("cuda:1"), clock)
    clock.now = 2.0
    two_gpus.write(FakeGpu("GPU-1", energy=1300.0, processes=MINE))
    assert meter.stop() == Energy(300.0, 2.0, "NVML", True, 1, 1)


def test_a_driver_that_fails_in_mid_run_gives_no_figure(two_gpus: Machine, clock: Clock) -> None:
    meter = Meter(counter_of("cuda:1"), clock)
    clock.now = 6.0
    two_gpus.write(fails=(Fail(pynvml.NVML_ERROR_GPU_IS_LOST),))
    meter.look()
    clock.now = 12.0
    two_gpus.write(FakeGpu("GPU-1", energy=1900.0))  # it is back, and what was meanwhile nobody knows
    assert meter.stop() == Energy.unknown("failed")


def test_a_driver_that_was_loaded_anew_gives_no_figure(two_gpus: Machine, clock: Clock) -> None:
    meter = Meter(counter_of("cuda:1"), clock)
    clock.now = 6.0
    two_gpus.write(FakeGpu("GPU-1", energy=12.0))
    assert meter.stop() == Energy.unknown("jumped")


def test_slices_old_gpus_and_machines_without_a_driver_have_no_counter(two_gpus: Machine) -> None:
    part = FakeGpu("MIG-1", "NVIDIA A100 MIG 1g.5gb", 5 * GB)
    two_gpus.write(FakeGpu("GPU-1", slices=(part,)), FakeGpu("GPU-2", energy=None))
    assert counter_of("cuda:1") == "no-counter"
    assert Meter(counter_of("cuda:0")).stop() == Energy.unknown("no-counter")
    two_gpus.write(fails=(Fail(pynvml.NVML_ERROR_DRIVER_NOT_LOADED),))
    assert counter_of("cuda:0") == "no-counter"


# In the engine.


@dataclass(frozen=True)
class Use:
    """A job that works on the processor until it has used so much, and then ends as the test says."""

    kind: ClassVar[str] = "use"
    name: ClassVar[Text] = Text("use", "uso")
    runner: ClassVar[str] = f"{__name__}:use"
    imports: ClassVar[tuple[str, ...]] = ()

    powercap: Powercap
    joules: tuple[float, ...]
    end: Callable[[], None] = lambda: None

    def title(self) -> str:
        return "use"


def use(job: Use, context: Context) -> None:
    for joules in job.joules:
        meter = context.meter("cpu")
        before = (counter_of("cpu").read() or (0.0,))[0]
        while meter.seconds < 0.011:  # ten steps of the counter
            context.check()
        job.powercap.write(before + joules)
        if job.end is Use.end:
            meter.stop()
    job.end()


def fail() -> None:
    raise UserError("no more")


def stopped() -> None:
    raise JobCancelled


def test_jobs_in_a_row_have_each_their_own(powercap: Powercap, engine: Engine) -> None:
    powercap.write(100.0)
    told: list[Event] = []
    engine.submit(Use(powercap, (30.0,)), told.append)
    engine.submit(Use(powercap, (5.0, 2.0)), told.append)
    engine.submit(Use(powercap, ()), told.append)
    assert engine.wait(60)
    first, second, third = (event.energy for event in told if isinstance(event, Finished))
    assert (first.joules, first.stretches) == (pytest.approx(30.0), 1)
    assert (second.joules, second.stretches) == (pytest.approx(7.0), 2)
    assert third is None  # nothing was at work


@pytest.mark.parametrize("end", [fail, stopped], ids=["failed", "stopped"])
def test_what_a_job_used_that_came_to_no_end_is_known_too(powercap: Powercap, engine: Engine, end) -> None:
    powercap.write(100.0)
    told: list[Event] = []
    engine.submit(Use(powercap, (30.0,), end), told.append)
    assert engine.wait(60)
    assert isinstance(told[-1], Failed | Cancelled)
    assert told[-1].energy.joules == pytest.approx(30.0)
