"""Waiting for room on a device: what it waits for, that it ends, and that it can be ended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.gpus import GB, Fail, FakeGpu, Machine

from llm_tui import i18n
from llm_tui.config import give
from llm_tui.engine import devices, gpus, room
from llm_tui.engine.devices import CPU, Device
from llm_tui.engine.engine import Engine
from llm_tui.engine.events import Cancelled, Event, Log, Progress
from llm_tui.engine.gpus import Seen
from llm_tui.engine.holders import Holder
from llm_tui.engine.job import Context, JobCancelled
from llm_tui.engine.room import wait_for_room
from llm_tui.errors import UserError

GPU = FakeGpu("GPU-aa", "NVIDIA H200", 139 * GB, processes=((4242, 97 * GB),))
OTHER = FakeGpu("GPU-bb", "NVIDIA L4", 24 * GB, 20 * GB)


@pytest.fixture(autouse=True)
def machine(gpu_machine: Machine, monkeypatch) -> Machine:
    seen = (Seen(0, "aa", "NVIDIA H200", 139 * GB), Seen(1, "bb", "NVIDIA L4", 24 * GB))
    monkeypatch.setattr(gpus, "seen", lambda: seen)
    monkeypatch.setattr(gpus, "holders", lambda pids: {pid: Holder(pid, "ana", "python") for pid in pids})
    monkeypatch.setattr(devices, "_taken", "")
    monkeypatch.setattr(room, "SECONDS", 0.01)
    return gpu_machine


def told(events: list[Event]) -> list[str]:
    return [event.what for event in events if isinstance(event, Progress)]


class Waiting(Context):
    """A job's context in which the machine changes at each look."""

    def __init__(self, events: list[Event], changes: Iterator[object]):
        super().__init__(1, events.append, threading.Event())
        self._changes = changes

    def pause(self, seconds: float) -> None:
        super().pause(seconds)
        next(self._changes)


def test_others_go_and_the_job_begins(machine: Machine, events):
    machine.write(replace(GPU, used=137 * GB), OTHER)
    used = (130, 130, 98)

    def changes() -> Iterator[None]:
        for gigabytes in used:
            machine.write(replace(GPU, used=gigabytes * GB), OTHER)
            yield

    assert wait_for_room("cuda:0", 40, Waiting(events, changes())).name == "cuda:0"
    assert told(events) == [
        "waiting for 40 GB on cuda:0: 2.0 GB free; 97.0 GB held by ana: python (4242)",
        "waiting for 40 GB on cuda:0: 9.0 GB free; 97.0 GB held by ana: python (4242)",
    ]  # the second look found nothing new


def test_what_is_waited_for_is_said_in_spanish(machine: Machine, events):
    i18n.use("es")
    machine.write(replace(GPU, used=137 * GB), OTHER)
    with pytest.raises(StopIteration):
        wait_for_room("cuda:0", 40, Waiting(events, iter(())))
    assert told(events) == ["a la espera de 40 GB en cuda:0: 2.0 GB libres; 97.0 GB de ana: python (4242)"]


def test_auto_takes_whichever_has_room_first(machine: Machine, events):
    machine.write(replace(GPU, used=130 * GB), OTHER)

    def changes() -> Iterator[None]:
        machine.write(replace(GPU, used=130 * GB), replace(OTHER, used=1 * GB))
        yield

    assert wait_for_room("auto", 20, Waiting(events, changes())).name == "cuda:1"
    assert "on cuda:0: 9.0 GB free" in told(events)[0]


@pytest.mark.parametrize("gigabytes", [0, 5])
def test_nobody_waits_where_there_is_room_or_none_is_asked_for(machine: Machine, events, gigabytes):
    machine.write(replace(GPU, used=130 * GB), OTHER)
    assert wait_for_room("auto", gigabytes, Waiting(events, iter(()))).name == "cuda:0"
    assert events == []


@pytest.mark.parametrize("device", ["cpu", "cuda:1"])
@pytest.mark.parametrize("gigabytes", [0, 0.001])
def test_auto_waits_where_the_person_has_set(machine: Machine, context, device: str, gigabytes: float):
    give([f"device={device}"])
    machine.write(replace(GPU, used=0), replace(OTHER, used=0))
    assert wait_for_room("auto", gigabytes, context).name == device


@pytest.mark.parametrize("wanted", ["auto", "cuda:0"])
def test_what_will_never_be_free_is_refused_at_once(machine: Machine, context, wanted: str):
    machine.write(GPU, OTHER)
    with pytest.raises(UserError, match=r"^140 GB will never be free on cuda:0, which has 139.0 GB in all: wait"):
        wait_for_room(wanted, 140, context)
    i18n.use("es")
    with pytest.raises(UserError, match=r"^Nunca habrá 140 GB libres en cuda:0, que tiene 139.0 GB en total: espere"):
        wait_for_room(wanted, 140, context)


def test_where_nobody_knows_what_is_free_it_says_so_and_begins(machine: Machine, events, context):
    machine.write(GPU, fails=(Fail(9),))
    assert wait_for_room("cuda:0", 40, context).name == "cuda:0"
    assert [event.text for event in events if isinstance(event, Log)] == [
        "What is free on cuda:0 cannot be known (NVIDIA's driver is not loaded): the job starts without waiting for "
        "room."
    ]


def test_a_driver_that_fails_while_it_is_waited_for_ends_the_wait(machine: Machine, events):
    machine.write(replace(GPU, used=137 * GB), OTHER)

    def changes() -> Iterator[None]:
        machine.write(GPU, OTHER, fails=(Fail(15),))
        yield

    assert wait_for_room("cuda:0", 40, Waiting(events, changes())).name == "cuda:0"
    assert any(isinstance(event, Log) and "does not answer any more" in event.text for event in events)


def test_the_memory_of_the_machine_is_waited_for_on_the_cpu(tmp_path: Path, events, monkeypatch):
    figures = tmp_path / "meminfo"
    monkeypatch.setattr(room, "MEMINFO", figures)
    figures.write_text("MemTotal: 8000000 kB\nMemAvailable: 1000000 kB\n", encoding="ascii")

    def changes() -> Iterator[None]:
        figures.write_text("MemTotal: 8000000 kB\nMemAvailable: 4000000 kB\n", encoding="ascii")
        yield

    assert wait_for_room("cpu", 4, Waiting(events, changes())) == CPU
    assert told(events) == ["waiting for 4 GB on cpu: 1.0 GB free"]
    with pytest.raises(UserError, match=r"never be free on cpu, which has 8\.2 GB"):
        wait_for_room("cpu", 9, Waiting(events, iter(())))


def test_what_is_free_is_known_of_each_device_without_cuda(machine: Machine, tmp_path: Path, monkeypatch):
    machine.write(GPU, replace(OTHER, slices=(FakeGpu("MIG-cc", "NVIDIA L4 MIG", 5 * GB, 4 * GB),)))
    monkeypatch.setattr(room, "MEMINFO", tmp_path / "none")
    assert room.free(Device("cuda:0", "", "aa")) == 139 * GB
    assert room.free(Device("cuda:0", "", "cc")) == 1 * GB
    monkeypatch.setattr(gpus, "seen", lambda: (Seen(0, "cc", "NVIDIA L4 MIG", 5 * GB, own=3 * GB),))
    assert room.free(Device("cuda:0", "", "cc")) == 4 * GB
    assert room.free(Device("cuda:0", "", "dd")) is room.free(CPU) is None


def test_a_job_that_waits_is_stopped_at_once(machine: Machine, monkeypatch):
    """With the real engine, and a pause that would outlast the test."""
    monkeypatch.setattr(room, "SECONDS", 3600.0)
    machine.write(replace(GPU, used=137 * GB), OTHER)
    waits, ended = threading.Event(), threading.Event()
    last: list[Event] = []

    def listen(event: Event) -> None:
        last.append(event)
        if isinstance(event, Progress):
            waits.set()
        if isinstance(event, Cancelled):
            ended.set()

    with Engine() as engine:
        engine.submit(Wait(), listen)
        assert waits.wait(60)
        engine.cancel()
        assert ended.wait(60)


class Wait:
    kind, name, imports = "wait", i18n.Text("wait", "espera"), ()
    runner = f"{__name__}:run_wait"

    def title(self) -> str:
        return "waits"


def run_wait(job: Wait, context: Context) -> object:
    return wait_for_room("cuda:0", 40, context)


def test_a_wait_that_is_over_before_it_began_does_not_pause(machine: Machine, context, stop):
    machine.write(replace(GPU, used=137 * GB), OTHER)
    stop.set()
    with pytest.raises(JobCancelled):
        wait_for_room("cuda:0", 40, context)


def test_this_programs_own_share_is_no_obstacle(machine: Machine, monkeypatch, context, events):
    mine = {4242: Holder(4242, mine=True)}
    monkeypatch.setattr(gpus, "holders", lambda pids: mine)
    machine.write(replace(GPU, used=137 * GB), OTHER)
    assert wait_for_room("cuda:0", 90, context).name == "cuda:0"
    assert events == []
