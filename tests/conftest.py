"""What many tests share: the language, a lab in a temporary folder, and an engine that a test drives by hand."""

from __future__ import annotations

import gc
import itertools
import logging
import os
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from driving import Notice
from fakes import gpus, rapl
from hypothesis import settings
from idle import nothing_left
from textual.app import App
from textual.css.stylesheet import Stylesheet
from textual.notifications import SeverityLevel

from llm_tui import config, i18n
from llm_tui.course import in_use
from llm_tui.engine.engine import Listener
from llm_tui.engine.events import Cancelled, Event
from llm_tui.engine.job import Context, Job
from llm_tui.hub import cache
from llm_tui.lab.lab import Lab
from llm_tui.screens import elsewhere

# No deadline that a busy machine could miss, and the same examples each time.
settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.load_profile("steady")

# Every few hundred widgets the collector would walk over all of torch: a seventh of the time of tests with a screen.
gc.set_threshold(100_000, 50, 100)


LONG = (
    "test_acceptance.py",
    "test_notebook.py",
    "test_app.py",
    "test_cli.py",
    "test_round_trip.py",
    "test_sheet_killed.py",
    "test_house.py",
    "test_packaged.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest come first, then those of many tests: none is left that one worker does while the
    others have nothing to do.
    """
    many = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path.name not in LONG, -many[item.path], str(item.path)))


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: tests with a screen wait for half of their time."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(autouse=True, scope="session")
def stylesheets_parsed_once() -> Iterator[None]:
    """Each app parses Textual's stylesheets and ours anew: a sixth of the time of all tests that have a screen."""
    parse, parsed = Stylesheet._parse_rules, {}

    def parse_once(self, css, **source):
        key = (css, *source.values(), *self._variables.items())
        if key not in parsed:
            parsed[key] = parse(self, css, **source)
        return parsed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parse_once)
        yield


@pytest.fixture(autouse=True, scope="module")
def what_was_there_is_not_looked_through_again() -> None:
    """Where memory is short the collector is asked for it, and it would walk over all of torch each time: a second."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def pilot_waits_for_what_is_left() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in ("textual.app", "textual.pilot"):
            patch.setattr(f"{module}.wait_for_idle", nothing_left)
        yield


@pytest.fixture(autouse=True, scope="session")
def a_test_leaves_the_app_as_a_person_does() -> Iterator[None]:
    """What was typed is saved then, and what a thread brings later finds no screen, which is no fault. Textual's own
    end of a test takes the app away in mid-air.
    """
    from llm_tui.app import LabApp

    taken_away = LabApp._shutdown

    async def left(self: LabApp) -> None:
        if self.is_running and not self.ending.begun:
            await self.save()

        def after_the_end(error: Exception) -> None:
            logging.getLogger("left").error("after the end", exc_info=error)

        self._handle_exception = after_the_end  # type: ignore[method-assign]
        await taken_away(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LabApp, "_shutdown", left)
        yield


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Tests read English sentences unless they ask for Spanish; tables stay in the course's Spanish. What a command
    line has set holds for its own test alone.
    """
    i18n.use("en")
    yield
    i18n.use("en")
    config.give(())
    in_use.use(None)


@pytest.fixture(autouse=True)
def powercap(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> rapl.Powercap:
    """A processor whose energy nobody counts, until a test writes what its counters show: a test says the same on every
    machine.
    """
    folder = tmp_path_factory.getbasetemp() / f"powercap-{next(_numbers)}"
    monkeypatch.setattr("llm_tui.engine.meters.POWERCAP", folder)
    return rapl.Powercap(folder)


_numbers = itertools.count()


@pytest.fixture(autouse=True)
def no_other_caches(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The caches of the hub that the person who runs the tests has fetched to are none of a test's, until it has a
    folder of its own for what programs remember.
    """
    usual, nowhere = cache._others, tmp_path_factory.getbasetemp() / f"hub-caches-{next(_numbers)}"
    monkeypatch.setattr(cache, "_others", lambda: nowhere if os.environ.get("XDG_CACHE_HOME") == _OWN else usual())


_OWN = os.environ.get("XDG_CACHE_HOME")


@pytest.fixture(autouse=True)
def no_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same keys whether the machine has SLURM or not; a test of handing over brings its own."""
    monkeypatch.setattr(elsewhere.Elsewhere, "possible", False)


@pytest.fixture
def notices(monkeypatch: pytest.MonkeyPatch) -> list[Notice]:
    """What apps tell in their corner, in its order; it stays when the corner is empty again."""
    told: list[Notice] = []
    notify = App.notify

    def keep(self: App[None], message: str, *, severity: SeverityLevel = "information", **others: Any) -> None:
        told.append(Notice(message, severity))
        notify(self, message, severity=severity, **others)

    monkeypatch.setattr(App, "notify", keep)
    return told


@pytest.fixture
def never_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, the next letter comes before a person seems to write no more."""
    monkeypatch.setattr("llm_tui.ahead.QUIET", 3600.0)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path / "my-lab")


@pytest.fixture(scope="session", autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the program keeps of its use is not the one's who runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture
def no_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the hub, which cannot be reached: for this process, and for those that it starts."""
    monkeypatch.setenv("HF_HOME", str(tmp_path / "HF_HOME"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "XDG_CACHE_HOME"))  # names other caches of the hub
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    cache = tmp_path / "HF_HOME" / "hub"
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(cache))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("llm_tui.hub.reach._silent", False)
    return cache


@pytest.fixture
def own_folders(no_hub: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program keeps everything in the folder of the test."""
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("LLM_TUI_LAB", str(tmp_path / "lab"))


@pytest.fixture
def events() -> list[Event]:
    """What the job of the test has told."""
    return []


@pytest.fixture
def stop() -> threading.Event:
    """Set it and the job of the test stops."""
    return threading.Event()


@pytest.fixture
def context(events: list[Event], stop: threading.Event) -> Context:
    return Context(1, events.append, stop)


@pytest.fixture(scope="session")
def nvml_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return gpus.compiled(tmp_path_factory.mktemp("nvml"))


@pytest.fixture
def gpu_machine(nvml_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[gpus.Machine]:
    """A machine with the GPUs that the test writes: as NVML shows them, to this process and to those it starts with the
    machine's `environment`. The library that pynvml has is the test's own: it has counted nothing yet.
    """
    own = tmp_path / "nvml" / nvml_library.name
    own.parent.mkdir()
    own.write_bytes(nvml_library.read_bytes())
    machine = gpus.Machine(own, tmp_path / "gpus.txt")
    machine.write()
    with machine.here(monkeypatch):
        yield machine


@pytest.fixture
def real_data() -> Path:
    """The folder with real data, for tests marked `real_data`."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("LLM_TUI_REAL_DATA", beside))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}: set LLM_TUI_REAL_DATA")
    return folder


class FakeEngine:
    """Has the engine's methods and no thread: a test says what the jobs tell, and when."""

    def __init__(self) -> None:
        self.jobs: dict[int, Job] = {}
        self._listeners: dict[int, tuple[Listener, ...]] = {}
        self._ids = itertools.count(1)
        self._waiting: list[int] = []
        self.closed = False

    def submit(self, job: Job, *listeners: Listener) -> int:
        job_id = next(self._ids)
        self.jobs[job_id], self._listeners[job_id] = job, listeners
        self._waiting.append(job_id)
        return job_id

    def running(self) -> tuple[int, Job] | None:
        return (self._waiting[0], self.jobs[self._waiting[0]]) if self._waiting else None

    def waiting(self) -> list[tuple[int, Job]]:
        return [(job_id, self.jobs[job_id]) for job_id in self._waiting[1:]]

    def wait(self, timeout: float | None = None) -> bool:
        return not self._waiting

    def cancel(self, *ids: int) -> None:
        for job_id in [job_id for job_id in self._waiting if not ids or job_id in ids]:
            self.tell(Cancelled(job_id))
            self._waiting.remove(job_id)

    def close(self, timeout: float) -> bool:
        self.cancel()
        self.closed = True
        return True

    def tell(self, *events: Event) -> None:
        for event in events:
            for listener in self._listeners[event.job_id]:
                listener(event)

    def end(self, event: Event) -> None:
        """Tell the last event of a job, which then has left the engine."""
        self.tell(event)
        self._waiting.remove(event.job_id)

    def numbers(self, kind: type) -> list[int]:
        return [job_id for job_id, job in self.jobs.items() if isinstance(job, kind)]

    def open(self, kind: type) -> list[int]:
        """The numbers of those that have not ended."""
        return [job_id for job_id in self.numbers(kind) if job_id in self._waiting]


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()
