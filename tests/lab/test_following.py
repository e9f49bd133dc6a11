"""What a program does in a lab is seen by others, on this host or another, and stopped from there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from llm_tui import i18n
from llm_tui.classifier.job import Training
from llm_tui.cli import cli
from llm_tui.engine.events import Finished, Metric, Started
from llm_tui.i18n import Text
from llm_tui.lab import following, working
from llm_tui.lab.following import Following
from llm_tui.lab.growing import Growing
from llm_tui.lab.holder import Holder, here
from llm_tui.lab.lab import Lab
from llm_tui.lab.working import Working, stop_name, working_name

# Works in the lab until it is stopped, or its input ends; says then whether it was stopped.
WORKER = """
import sys, threading, time
from dataclasses import dataclass
from pathlib import Path
from llm_tui.engine.engine import Engine
from llm_tui.engine.events import Cancelled
from llm_tui.i18n import Text
from llm_tui.lab.lab import Lab

@dataclass(frozen=True)
class Digging:
    number: int
    kind, name, imports, runner = "dig", Text("digging", "cavar"), (), "__main__:dig"
    def title(self):
        return f"digging hole {self.number}"

over = threading.Event()

def dig(job, context):
    done = 0
    while not over.wait(0.05):
        done += 1
        context.progress(done, 10_000, f"digging hole {job.number} deep", 60.0)
    return "dug"

lab, endings = Lab(Path(sys.argv[1])), []
lab.create()
with Engine() as engine:
    lab.telling.stop = engine.cancel
    for number in range(3):
        job = Digging(number)
        engine.submit(job, *lab.listeners(job), endings.append)
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    engine.wait()
print(sum(isinstance(event, Cancelled) for event in endings))
"""


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path / "lab")


@pytest.fixture
def worker(lab: Lab) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", WORKER, str(lab.folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        pipe.close()  # type: ignore[union-attr]


def wait_for(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, prog_name="llm-tui", catch_exceptions=False)


def status(lab: Lab, *more: str) -> Result:
    return run("status", "--lab", str(lab.folder), *more)


@pytest.mark.usefixtures("own_folders")
def test_work_is_told_watched_and_stopped_from_another_program(
    lab: Lab, worker: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Following(lab.folder)
    wait_for(lambda: [work for work in seen.look() if work.working.done])
    (work,) = seen.look()
    assert work.working.by.pid == worker.pid
    assert (work.working.kind, work.working.total, work.working.waiting) == ("dig", 10_000, 2)
    assert work.working.said() == "digging hole 0 deep"
    i18n.use("es")
    assert work.working.said() == "cavar"
    i18n.use("en")

    told = status(lab)
    assert told.exit_code == 0
    assert f"process {worker.pid}" in told.stdout
    assert "digging hole 0 deep" in told.stdout and "0:01:00 left, 2 waiting" in told.stdout
    assert "llm-tui watch. To stop it: llm-tui stop." in told.stdout
    monkeypatch.setenv("LLM_TUI_LAB", str(lab.folder / "another"))
    of = f"--lab {lab.folder}"
    assert f"llm-tui watch {of}. To stop it: llm-tui stop {of}." in status(lab).stdout
    monkeypatch.delenv("LLM_TUI_LAB")
    assert f"llm-tui watch {of}. To stop it: llm-tui stop {of}." in run("--lab", str(lab.folder), "status").stdout
    told = status(lab, "--json")
    assert json.loads(told.stdout)["working"][0]["by"]["pid"] == worker.pid

    stopped = run("stop", "--lab", str(lab.folder))
    assert (stopped.exit_code, worker.communicate(timeout=60)[0].strip()) == (0, "3")
    assert [path.name for path in lab.folder.iterdir() if path.name.startswith(".")] == []
    nothing = status(lab)
    assert (nothing.exit_code, "Nothing runs" in nothing.stdout) == (1, True)


@pytest.mark.usefixtures("own_folders")
def test_watch_follows_to_the_end(lab: Lab, worker: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llm_tui.cli.working.PATIENCE", 0.3)
    monkeypatch.setattr("llm_tui.cli.working.LOOK_SECONDS", 0.1)
    wait_for(lambda: Following(lab.folder).look())
    assert worker.stdin
    looks = Following.look

    def look(self: Following) -> list[following.OtherWork]:
        found = looks(self)
        if any(work.working.done for work in found):
            worker.stdin.close()
        return found

    monkeypatch.setattr(Following, "look", look)
    watched = run("watch", "--lab", str(lab.folder))
    assert watched.exit_code == 0
    assert f":{worker.pid}  digging hole" in watched.stdout
    assert watched.stdout.splitlines()[-1] == "Nothing runs any more."


def test_a_killed_program_does_nothing_any_more(lab: Lab, worker: subprocess.Popen[str]) -> None:
    seen = Following(lab.folder)
    wait_for(seen.look)
    worker.kill()
    worker.wait()
    assert seen.look() == []
    left = lab.folder / next(path.name for path in lab.folder.iterdir() if path.name.startswith(".working"))
    os.utime(left, (0, 0))
    lab.claim()
    assert not left.exists()
    lab.release()


def elsewhere(lab: Lab, **changes: Any) -> Working:
    """Work that a program on another host has told."""
    lab.create()
    by = Holder("another-host", 1, "other boot", "5", "")
    told = replace(Working(by, "2026-11-26T10:00:00+01:00", "dig", Text("digging", "cavar")), **changes)
    (lab.folder / working_name(by)).write_bytes(msgspec.json.encode(asdict(told)))
    return told


def test_another_host_is_heard_until_it_is_silent_for_long(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    told, seen, now = elsewhere(lab), Following(lab.folder), time.monotonic()
    monkeypatch.setattr("llm_tui.lab.holder.time.monotonic", lambda: now)
    assert [work.working for work in seen.look()] == [told]
    now += 170
    elsewhere(lab, done=1)
    assert seen.look()
    now += 170
    assert seen.look()
    now += 20
    assert seen.look() == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[" * 100_000,
        b'{"by": {"host": "h", "pid": 99999999999}, "since": "", "kind": "", "name": {"en": "", "es": ""}}',
        b'{"by": {"host": "h", "pid": 1}, "since": "", "kind":"", "name": {"en": "", "es": ""}, "done": 2, "total": 1}',
        b'{"by": {"host": "h", "pid": 1}, "since": "", "kind": "", "name": {"en": "", "es": ""}, "done": -1}',
        b'{"by": {"host": "h", "pid": 1}, "since": "", "kind": "", "name": {"en": "%s", "es": ""}}' % (b"x" * 99_999),
    ],
)
@pytest.mark.usefixtures("own_folders")
def test_what_is_no_such_file_is_left_out(lab: Lab, content: bytes) -> None:
    lab.create()
    (lab.folder / ".working-1-00000000.json").write_bytes(content)
    (lab.folder / ".open.json").write_bytes(content)
    assert status(lab).exit_code in (0, 1)
    assert not [work for work in Following(lab.folder).look() if work.working.by.pid == 1]


@pytest.mark.usefixtures("own_folders")
def test_control_characters_of_another_host_do_not_reach_the_terminal(lab: Lab) -> None:
    elsewhere(lab, name=Text("\x1b]52;c;aGk=\x07", ""), by=Holder("h\x1b[2J", 1, "b", "5", ""))
    assert "\x1b" not in status(lab).stdout


def test_a_lab_without_a_folder_has_no_work(tmp_path: Path) -> None:
    assert Following(tmp_path / "none").look() == []
    assert Following(tmp_path / "none").holder() is None


def test_this_program_is_not_another(lab: Lab) -> None:
    lab.create()
    assert lab.claim() == ""
    assert Following(lab.folder).holder() is None
    for listener in lab.listeners(Training()):
        listener(Started(1))
    wait_for((lab.folder / working_name(here())).exists)
    assert Following(lab.folder).look() == []
    lab.release()
    assert not (lab.folder / working_name(here())).exists()


def test_work_is_over_a_while_after_its_last_job(lab: Lab, monkeypatch: pytest.MonkeyPatch, result) -> None:
    """Between two questions of a sheet nobody is told that nothing runs."""
    monkeypatch.setattr(working, "TICK", 0.02)
    lab.create()
    lab.claim()
    file = lab.folder / working_name(here())
    first, second = lab.listeners(Training()), None
    for listener in first:
        listener(Started(1))
    wait_for(file.exists)
    for listener in first:
        listener(Finished(1, result))
    second = lab.listeners(Training(seed=1))
    for listener in second:
        listener(Started(2))
    time.sleep(0.1)
    assert file.exists()
    monkeypatch.setattr(working, "PAUSE", 0.1)
    for listener in second:
        listener(Finished(2, result))
    wait_for(lambda: not file.exists())
    lab.release()


def test_work_is_not_over_while_one_of_several_jobs_runs(lab: Lab, result) -> None:
    """Of those that a server answers some run together, and end in any order."""
    lab.create()
    file = lab.folder / working_name(here())
    first, second = lab.listeners(Training()), lab.listeners(Training(seed=1))
    for number, listeners in enumerate((first, second), start=1):
        for listener in listeners:
            listener(Started(number))
    wait_for(file.exists)
    for listener in second:
        listener(Finished(2, result))
    time.sleep(0.1)
    assert file.exists()  # it is no lasting program: with its last job the work would be over
    for listener in first:
        listener(Finished(1, result))
    wait_for(lambda: not file.exists())


def test_a_wish_to_stop_that_comes_too_late_stops_nothing_later(lab: Lab, monkeypatch: pytest.MonkeyPatch, result):
    monkeypatch.setattr(working, "TICK", 0.02)
    monkeypatch.setattr(working, "BEAT", 0.0)
    stops: list[int] = []
    lab.create()
    lab.telling.stop = lambda: stops.append(1)
    file = lab.folder / working_name(here())
    for number in (1, 2):
        listeners = lab.listeners(Training(seed=number))
        for listener in listeners:
            listener(Started(number))
        wait_for(file.exists)
        seen = {file.stat().st_mtime_ns}
        wait_for(lambda: seen ^ {file.stat().st_mtime_ns})  # noqa: B023 - it has looked for a wish since
        assert stops == []
        for listener in listeners:
            listener(Finished(number, result))
        (lab.folder / stop_name(here())).touch()


def test_the_reports_of_a_run_are_read_as_they_grow(lab: Lab) -> None:
    recorder, values = lab.runs.recorder(Training()), {"steps": 9, "loss": 0.5, "accuracy": 0.5}
    values = {**values, "examples_per_second": 10.0}
    recorder(Started(1))
    recorder(Metric(1, 1, values))
    (run,) = lab.runs.all()
    growing = Growing()
    assert [point.step for point in growing.points(run)] == [1]
    file = run.folder / "metrics.jsonl"
    whole = file.read_bytes()
    with file.open("ab") as more:
        more.write(whole[:10])
    assert [point.step for point in growing.points(run)] == [1]
    with file.open("ab") as more:
        more.write(whole[10:] + whole + b"no point\n")
    assert [point.step for point in growing.points(run)] == [1, 1, 1]
    file.write_bytes(whole)
    assert [point.step for point in growing.points(run)] == [1]
    file.unlink()
    assert [point.step for point in growing.points(run)] == [1]
