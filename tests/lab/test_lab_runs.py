"""The runs of a lab: written down as they go, read back whatever became of the files, and continued after a kill."""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from llm_tui import __version__, i18n
from llm_tui.classifier.job import Diverged, Model, Sweep, Training, TrainingResult
from llm_tui.engine.engine import Engine
from llm_tui.engine.events import Cancelled, Event, Failed, Finished, Metric, Progress, Started
from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.exercises.batch_sizes import Answers, Row
from llm_tui.lab import files, runs, sweeps
from llm_tui.lab.found import RunIndex
from llm_tui.lab.lab import Lab
from llm_tui.lab.runs import Point, Run, Runs

DIVERGED = Failed(1, "The loss is gone.", Diverged.__name__)


def metric(step: int, loss: float = 0.5) -> Metric:
    values = {"steps": 157, "loss": loss, "accuracy": 0.25, "examples_per_second": 1000.0, "seconds_left": 2.0}
    return Metric(1, step, values)


def record(runs: Runs, job: Training, *events: Event) -> None:
    """What the lab hears of one training; without an ending the program was killed."""
    listener = runs.recorder(job)
    for event in (Started(1), Progress(1, 0, 0, "reading"), *events):
        listener(event)


def only(runs: Runs) -> Run:
    (run,) = runs.all()
    return run


# Writing down


def test_a_finished_run_can_be_read_back(lab: Lab, result: TrainingResult) -> None:
    job = Training(batch_size=32, seed=7)
    record(lab.runs, job, metric(1, 1.4), metric(157, 0.5), Finished(1, result))
    run = only(lab.runs)
    assert (run.job, run.state, run.config.version) == (job, "finished", __version__)
    assert run.result == replace(result, model=None)
    assert run.points() == [Point(1, 157, 1.4, 0.25, 1000.0, 2.0), Point(157, 157, 0.5, 0.25, 1000.0, 2.0)]
    assert run.has_model()
    assert (run.folder / "model.safetensors").read_bytes() == b"weights"
    assert (run.folder / "vocab.json").read_text() == '["<unk>", "a", "b"]'
    assert "b32-s7" in run.id
    assert "0.750" in run.line()


def test_a_run_that_does_not_keep_its_weights_has_no_model(lab: Lab, result: TrainingResult) -> None:
    record(lab.runs, Training(keep_model=False), metric(1), Finished(1, replace(result, model=None)))
    run = only(lab.runs)
    assert run.state == "finished"
    assert not run.has_model()


@pytest.mark.parametrize(
    ("ending", "state", "message"),
    [
        (DIVERGED, "diverged", "The loss is gone."),
        (Failed(1, "The disk is full.", "UserError"), "failed", "The disk is full."),
        (Cancelled(1), "stopped", ""),
        (Cancelled(1, interrupted=True), "interrupted", ""),
    ],
)
def test_a_run_that_came_to_no_result_says_how_it_ended_and_keeps_its_points(lab, ending, state, message) -> None:
    record(lab.runs, Training(), metric(1), metric(2), ending)
    run = only(lab.runs)
    assert run.ending is not None
    assert (run.state, run.ending.message, run.result) == (state, message, None)
    assert [point.step for point in run.points()] == [1, 2]
    assert not run.has_model()


@pytest.mark.parametrize("ending", [DIVERGED, Failed(1, "No data.", "UserError"), Cancelled(1)])
def test_a_training_that_never_reported_leaves_nothing_behind(lab: Lab, ending: Event) -> None:
    record(lab.runs, Training(), ending)
    assert lab.runs.all() == []
    assert not lab.folder.exists()


def test_a_run_can_be_watched_and_is_unfinished_after_a_kill(lab: Lab) -> None:
    record(lab.runs, Training(), metric(1))
    run = only(lab.runs)
    assert (run.state, run.result) == ("unfinished", None)
    assert [point.step for point in run.points()] == [1]
    assert "unfinished" in run.line()
    i18n.use("es")
    assert "sin acabar" in run.line()


def test_two_programs_that_start_the_same_run_at_once_do_not_share_a_folder(lab: Lab, result: TrainingResult) -> None:
    recorders = [Lab(lab.folder).runs.recorder(Training()) for _ in range(3)]
    for event in (Started(1), metric(1), Finished(1, result)):
        for recorder in recorders:
            recorder(event)
    assert [[point.step for point in run.points()] for run in lab.runs.all()] == [[1], [1], [1]]


def test_a_full_disk_stops_the_recording_in_one_sentence(lab: Lab, full_disk) -> None:
    recorder = lab.runs.recorder(Training())
    for before in (Started(1), metric(1)):
        recorder(before)
    for event in (metric(2), Failed(1, "The disk is full.", "UserError")):
        with full_disk(), pytest.raises(UserError, match="could not be written"):
            recorder(event)


def test_a_run_that_never_got_onto_the_disk_leaves_no_folder(lab: Lab, full_disk) -> None:
    lab.create()
    recorder = lab.runs.recorder(Training())
    recorder(Started(1))
    with full_disk(), pytest.raises(UserError, match="could not be written"):
        recorder(metric(1))
    recorder(Failed(1, "The disk is full.", "UserError"))
    assert list((lab.folder / "runs").iterdir()) == []


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_finished_training_whose_weights_do_not_fit_is_finished_without_them(
    lab: Lab, result: TrainingResult, monkeypatch, language: str
) -> None:
    i18n.use(language)
    sync, told = os.fsync, list[str]()
    lab.tell = told.append

    def fsync(handle: int) -> None:
        if os.fstat(handle).st_size > 100_000:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    large = replace(result, model=Model(b"x" * 200_000, '["<unk>"]'))
    for seed in (1, 2, 3):
        record(lab.runs, Training(seed=seed), metric(1), Finished(1, large))
    for run in lab.runs.all():
        assert (run.state, run.result) == ("finished", replace(large, model=None))
        assert not run.has_model()
        assert sorted(path.name for path in run.folder.iterdir()) == ["config.json", "metrics.jsonl", "result.json"]
    (sentence,) = told  # one notice, not one a run
    assert "No space left on device" in sentence

    record(lab.runs, Training(seed=4), metric(1), Finished(1, result))
    assert lab.runs.trained().job.seed == 4
    record(lab.runs, Training(seed=5), metric(1), Finished(1, large))
    assert len(told) == 2, "it was over in between"


def test_what_a_training_measured_is_on_the_disk_before_its_weights(lab: Lab, result, monkeypatch) -> None:
    order: list[str] = []
    replaced = os.replace

    def replace_(source: str, target: Path) -> None:
        order.append(Path(target).name)
        replaced(source, target)

    monkeypatch.setattr(os, "replace", replace_)
    record(lab.runs, Training(), metric(1), Finished(1, result))
    assert order[order.index("config.json") :] == ["config.json", "result.json", "vocab.json", "model.safetensors"]


def test_the_newest_run_comes_first(lab: Lab, result: TrainingResult) -> None:
    for name, seed in (("20260101-120000-b64-s1", 1), ("20260102-090000-b64-s2", 2), ("20251231-235959-b64-s0", 0)):
        record(lab.runs, Training(seed=seed), metric(1), Finished(1, result))
        (new,) = (run for run in lab.runs.all() if run.job.seed == seed)
        new.folder.rename(new.folder.with_name(name))
    assert [run.job.seed for run in lab.runs.all()] == [2, 1, 0]


def test_what_has_ended_is_read_once_and_again_where_its_files_are_others(
    lab: Lab, result: TrainingResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(3):
        record(lab.runs, Training(seed=seed), metric(1), Finished(1, result))
    record(lab.runs, Training(seed=3), metric(1))  # killed, or under way in another program
    read: list[str] = []
    read_run = runs.read_run
    monkeypatch.setattr(runs, "read_run", lambda folder: read.append(folder.name) or read_run(folder))
    first, second = lab.runs.all(), lab.runs.all()
    assert first == second and len(read) == 4 + 1
    ended = next(run for run in first if run.job.seed == 1)
    unfinished = next(run for run in first if run.ending is None)
    config = (ended.folder / "config.json").read_text()
    files.write_atomic(ended.folder / "config.json", config.replace('"seed": 1', '"seed": 9'))
    (first[-1].folder / "result.json").unlink()  # a person's own doing
    files.write_atomic(unfinished.folder / "result.json", (ended.folder / "result.json").read_bytes())
    read.clear()
    now = {run.id: run for run in lab.runs.all()}
    assert (
        now[ended.id].job.seed == 9 and now[first[-1].id].ending is None and now[unfinished.id].result == ended.result
    )
    assert sorted(read) == sorted([ended.id, first[-1].id, unfinished.id])
    lab.runs.delete(now[ended.id])
    assert ended.id not in [run.id for run in lab.runs.all()]


# Reading what is damaged, or was put there by somebody else


def test_points_before_a_cut_are_kept_wherever_the_file_was_cut(lab: Lab) -> None:
    record(lab.runs, Training(), metric(1), metric(2), metric(3))
    run = only(lab.runs)
    whole = (run.folder / "metrics.jsonl").read_bytes()
    ends = [i for i, byte in enumerate(whole) if byte == ord("\n")]
    for cut in range(len(whole) + 1):
        (run.folder / "metrics.jsonl").write_bytes(whole[:cut])
        assert [point.step for point in run.points()] == [n + 1 for n, end in enumerate(ends) if end <= cut]


@pytest.mark.parametrize(
    "line", [b"", b"{}", b"7", b"\xff", b'{"step": "1"}', b'{"x": ' + b"[" * 100_000, b"\x00" * 100, b"NaN"]
)
def test_a_damaged_line_costs_no_other_point(lab: Lab, line: bytes) -> None:
    record(lab.runs, Training(), metric(1), metric(2))
    path = only(lab.runs).folder / "metrics.jsonl"
    first, second = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([first, line, second]))
    assert [point.step for point in only(lab.runs).points()] == [1, 2]


def test_a_loss_that_is_no_number_is_no_point_of_the_curve(lab: Lab) -> None:
    record(lab.runs, Training(), metric(1), metric(2, float("nan")), DIVERGED)
    assert [point.step for point in only(lab.runs).points()] == [1]


def test_without_reports_there_are_no_points(lab: Lab) -> None:
    record(lab.runs, Training(), metric(1))
    run = only(lab.runs)
    (run.folder / "metrics.jsonl").unlink()
    assert run.points() == []
    (run.folder / "metrics.jsonl").mkdir()
    assert run.points() == []


NO_CONFIG = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"{}",
    b"\xff\xfe",
    b'{"job": 7, "stamp": [], "started": "", "version": ""}',
    b'{"job": {"batch_size": "32"}, "stamp": [], "started": "", "version": ""}',
    b'{"job": {}, "stamp": [["a"]], "started": "", "version": ""}',
    b'{"job": {"lr": 1e999}, "stamp": [], "started": "", "version": ""}',
    b'{"job": {}, "x": ' + b"[" * 100_000,
    b'{"job": {}, "stamp": [], "started": "ma\xf1ana", "version": ""}',
]


@pytest.mark.parametrize("content", NO_CONFIG)
def test_a_folder_without_a_sound_config_is_no_run_and_hides_no_other(lab: Lab, content: bytes) -> None:
    record(lab.runs, Training(), metric(1))
    stranger = lab.folder / "runs" / "zzz"
    stranger.mkdir()
    (stranger / "config.json").write_bytes(content)
    assert only(lab.runs).folder != stranger


def put_a_file(place: Path) -> None:
    place.write_text("notes to myself")


def put_a_folder_for_the_config(place: Path) -> None:
    (place / "config.json").mkdir(parents=True)


def put_a_loop(place: Path) -> None:
    place.symlink_to(place)


def put_a_link_to_nowhere(place: Path) -> None:
    place.symlink_to("/nowhere/at/all")


def put_a_pipe_for_the_config(place: Path) -> None:
    place.mkdir()
    os.mkfifo(place / "config.json")  # reading it would wait for ever


@pytest.mark.parametrize(
    "put", [put_a_file, put_a_folder_for_the_config, put_a_loop, put_a_link_to_nowhere, put_a_pipe_for_the_config]
)
def test_what_is_no_run_is_passed_over(lab: Lab, put: Callable[[Path], None]) -> None:
    record(lab.runs, Training(), metric(1))
    stranger = lab.folder / "runs" / "zzz"
    put(stranger)
    assert only(lab.runs).folder != stranger


def test_a_huge_config_is_not_read(lab: Lab, monkeypatch) -> None:
    record(lab.runs, Training(), metric(1))
    config = only(lab.runs).folder / "config.json"
    monkeypatch.setattr(files, "LARGEST", 10_000)
    config.write_bytes(config.read_bytes() + b" " * 10_000)
    assert lab.runs.all() == []


def test_a_file_in_the_place_of_the_runs_is_no_run(lab: Lab) -> None:
    lab.folder.mkdir()
    (lab.folder / "runs").write_text("not a folder")
    assert lab.runs.all() == []


def damaged(result: TrainingResult, **changes: object) -> bytes:
    import msgspec

    plain = msgspec.to_builtins(replace(result, model=None))
    return json.dumps({"state": "finished", "message": "", "result": plain | changes}).encode()


@pytest.mark.parametrize(
    "content",
    [
        lambda result: b"",
        lambda result: b"{",
        lambda result: b'{"state": "won"}',
        lambda result: b'{"state": "finished"}',
        lambda result: b'{"state": "finished", "x": ' + b"[" * 100_000,
        lambda result: damaged(result, accuracy=None),
        lambda result: damaged(result, accuracy="high"),
        lambda result: damaged(result, classes=["World"]),
        lambda result: damaged(result, confusion=[]),
        lambda result: damaged(result, confusion=[[1], [2, 3]]),
        lambda result: damaged(result, mistakes=[{"text": "", "label": 9, "predicted": 0, "confidence": 1.0}]),
        lambda result: damaged(result, mistakes=[{"text": "", "label": 0, "predicted": -1, "confidence": 1.0}]),
    ],
)
def test_a_run_whose_ending_cannot_be_right_is_unfinished(lab: Lab, result: TrainingResult, content) -> None:
    record(lab.runs, Training(), metric(1), Finished(1, result))
    ending = only(lab.runs).folder / "result.json"
    ending.write_bytes(content(result))
    run = only(lab.runs)
    assert (run.state, run.result) == ("unfinished", None)
    ending.write_bytes(damaged(result))  # the same file, undamaged
    assert only(lab.runs).state == "finished"


def test_a_lab_that_is_gone_is_not_one_without_runs(lab: Lab, result: TrainingResult) -> None:
    record(lab.runs, Training(), metric(1), Finished(1, result))
    before, runs = lab.runs.changed(), lab.runs.all()
    elsewhere = lab.folder.rename(lab.folder.with_name("elsewhere"))
    with pytest.raises(UserError, match="no longer there"):
        lab.runs.all()
    assert lab.runs.changed() == before
    elsewhere.rename(lab.folder)
    assert (lab.runs.changed(), lab.runs.all()) == (before, runs)


def test_the_beginning_and_the_end_of_a_run_are_seen_by_one_look(lab: Lab, result: TrainingResult) -> None:
    seen = [lab.runs.changed()]
    recorder = lab.runs.recorder(Training())
    for event in (Started(1), metric(1), Finished(1, result)):
        time.sleep(0.01)  # a file system's clock has ticks
        recorder(event)
        seen.append(lab.runs.changed())
    time.sleep(0.01)
    lab.runs.delete(only(lab.runs))
    seen.append(lab.runs.changed())
    assert seen[0] == seen[1] == 0
    assert len(set(seen[1:])) == 4


# Deleting


def test_a_deleted_run_is_gone_with_all_its_files(lab: Lab, result: TrainingResult) -> None:
    record(lab.runs, Training(seed=1), metric(1), Finished(1, result))
    record(lab.runs, Training(seed=2), metric(1), Finished(1, result))
    first, second = lab.runs.all()
    lab.runs.delete(first)
    assert not first.folder.exists()
    assert only(lab.runs) == second


def test_a_run_that_cannot_be_deleted_is_said_in_both_languages(lab: Lab) -> None:
    record(lab.runs, Training(), metric(1))
    run = only(lab.runs)
    lab.runs.delete(run)
    with pytest.raises(UserError, match=rf"The run {run.id} could not be deleted"):
        lab.runs.delete(run)
    i18n.use("es")
    with pytest.raises(UserError, match=rf"No se pudo borrar la ejecución {run.id}"):
        lab.runs.delete(run)


def test_deleting_a_link_to_a_run_touches_nothing_behind_it(lab: Lab, tmp_path: Path) -> None:
    elsewhere = Lab(tmp_path / "elsewhere")
    record(elsewhere.runs, Training(), metric(1))
    original = only(elsewhere.runs)
    (lab.folder / "runs").mkdir(parents=True)
    (lab.folder / "runs" / "link").symlink_to(original.folder)
    with pytest.raises(UserError):
        lab.runs.delete(only(lab.runs))
    assert only(elsewhere.runs) == original


# Going on after a kill


@pytest.fixture
def sweep(tmp_path: Path) -> Sweep:
    data = tmp_path / "news.csv"
    data.write_text("label,text\n1,a\n2,b\n")
    return Sweep(Training(data=str(data)), batch_sizes=(32, 64), seeds=(0, 1))


def done(lab: Lab, jobs: list[Training], result: TrainingResult) -> None:
    for job in jobs:
        record(lab.runs, job, metric(1), Finished(1, result if job.keep_model else replace(result, model=None)))


def left(lab: Lab, sweep: Sweep) -> list[Training]:
    return sweeps.plan(Answers(), sweep, lab.runs.all())[1]


def test_in_an_empty_lab_the_whole_sweep_is_left(lab: Lab, sweep: Sweep) -> None:
    assert left(lab, sweep) == sweep.runs()


def test_a_killed_sweep_goes_on_from_its_finished_runs(lab: Lab, sweep: Sweep, result: TrainingResult) -> None:
    jobs = sweep.runs()
    done(lab, jobs[:2], result)
    record(lab.runs, jobs[2], metric(1))  # killed in the middle of this one
    assert left(Lab(lab.folder), sweep) == jobs[2:]


@pytest.mark.parametrize(
    "ending", [Cancelled(1), Cancelled(1, interrupted=True), Failed(1, "The disk is full.", "UserError")]
)
def test_a_run_that_was_stopped_or_failed_is_left(lab: Lab, sweep: Sweep, result: TrainingResult, ending) -> None:
    jobs = sweep.runs()
    done(lab, jobs[1:], result)
    record(lab.runs, jobs[0], metric(1), ending)
    assert left(lab, sweep) == jobs[:1]


def test_a_complete_sweep_is_trained_anew(lab: Lab, sweep: Sweep, result: TrainingResult) -> None:
    done(lab, sweep.runs(), result)
    assert left(lab, sweep) == sweep.runs()


def test_a_diverged_run_would_diverge_again_and_is_not_repeated(lab: Lab, sweep: Sweep, result) -> None:
    jobs = sweep.runs()
    record(lab.runs, jobs[0], metric(1), DIVERGED)
    assert left(lab, sweep) == jobs[1:]
    done(lab, jobs[1:], result)
    assert left(lab, sweep) == jobs


def test_runs_of_other_settings_do_not_count(lab: Lab, sweep: Sweep, result: TrainingResult) -> None:
    done(lab, sweep.runs()[:2], result)
    other = replace(sweep, base=replace(sweep.base, lr=0.5))
    assert left(lab, other) == other.runs()


def test_runs_on_data_that_has_changed_do_not_count(lab: Lab, sweep: Sweep, result: TrainingResult) -> None:
    jobs = sweep.runs()
    done(lab, jobs[:2], result)
    data = Path(sweep.base.data)
    before = data.stat()
    data.write_text("label,text\n1,a\n2,b\n1,c\n")
    assert left(lab, sweep) == jobs
    data.write_text("label,text\n1,b\n2,a\n")  # of the same size, and later
    os.utime(data, ns=(before.st_atime_ns, before.st_mtime_ns + 1_000_000_000))
    assert left(lab, sweep) == jobs
    os.utime(data, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert left(lab, sweep) == jobs[2:]


def test_runs_of_another_version_of_the_program_do_not_count(lab: Lab, sweep: Sweep, result: TrainingResult) -> None:
    jobs = sweep.runs()
    done(lab, jobs[:1], result)
    path = only(lab.runs).folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"version": "0.0.1"}))
    assert left(lab, sweep) == jobs


def test_a_run_that_lost_its_model_is_trained_again_where_the_model_is_wanted(lab, sweep, result) -> None:
    jobs = sweep.runs()
    done(lab, jobs[:3], result)
    assert [job.keep_model for job in jobs] == [True, False, True, False]
    for run in lab.runs.all():
        (run.folder / "model.safetensors").unlink(missing_ok=True)
    assert left(lab, sweep) == [jobs[0], jobs[2], jobs[3]]


# Looking up


def test_the_newest_ended_run_of_a_training_is_the_one_that_counts(lab: Lab, result: TrainingResult) -> None:
    job = Training()
    for number, accuracy in enumerate((0.5, 0.6)):
        record(lab.runs, job, metric(1), Finished(1, replace(result, accuracy=accuracy)))
        (new,) = (run for run in lab.runs.all() if run.result and run.result.accuracy == accuracy)
        new.folder.rename(new.folder.with_name(f"2026010{number}-120000-b64-s0"))
    record(lab.runs, job, metric(1), Cancelled(1))
    found = RunIndex(lab.runs.all())
    expected = replace(result, accuracy=0.6, model=None)
    assert found(job) == Row(job, expected, False, __version__, "20260101-120000-b64-s0")
    # Whether the weights were kept makes no difference to the numbers.
    row = found(replace(job, keep_model=False))
    assert row is not None and row.result == expected
    assert found(replace(job, seed=1)) is None


def test_a_diverged_run_is_found_without_a_result(lab: Lab) -> None:
    record(lab.runs, Training(), metric(1), DIVERGED)
    assert RunIndex(lab.runs.all())(Training()) == Row(Training(), None, True, __version__, only(lab.runs).id)


# The data of a training


def test_the_stamp_names_the_files_of_the_data(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Training().stamp() == ()
    folder = tmp_path / "data"
    folder.mkdir()
    for name, size in (("train.csv", 3), ("test.csv", 2), ("readme.txt", 9)):
        (folder / name).write_bytes(b"x" * size)
    assert [(name, size) for name, size, _ in Training(data=str(folder)).stamp()] == [("train.csv", 3), ("test.csv", 2)]
    assert [name for name, _, _ in Training(data=str(folder / "test.csv")).stamp()] == ["test.csv"]


def test_a_run_has_the_stamp_of_the_data_files_as_they_were_when_it_began(lab: Lab, tmp_path: Path) -> None:
    data = tmp_path / "rows.csv"
    data.write_text("a,one\n", encoding="utf-8")
    job = Training(data=str(data))
    read, recorder = job.stamp(), lab.runs.recorder(job)
    recorder(Started(1))
    data.write_text("a,one\nb,two\n", encoding="utf-8")  # while it waits for room
    recorder(metric(1))
    assert only(lab.runs).config.stamp == read != job.stamp()


@pytest.mark.parametrize("data", ["x" * 5000, "~nobody-of-this-name/x.csv", "/root/none/x.csv"])
def test_data_that_is_not_there_has_no_stamp(data: str) -> None:
    assert Training(data=data).stamp() == ()


# Together with the engine


def rehearsal(given: Callable[[Context], TrainingResult]) -> Training:
    """A training that does what the test says, without torch."""

    class Rehearsal(Training):
        runner = f"{__name__}:rehearse"
        imports = ()
        act = staticmethod(given)

    return Rehearsal()


def rehearse(job: Any, context: Context) -> TrainingResult:
    return job.act(context)


def test_what_the_engine_runs_is_in_the_lab(lab: Lab, result: TrainingResult) -> None:
    def act(context: Context) -> TrainingResult:
        context.metric(1, steps=1, loss=0.5, accuracy=0.25, examples_per_second=1000.0)
        # A report is on disk before the next step: a kill at any moment costs nothing that was seen.
        assert [point.step for point in only(lab.runs).points()] == [1]
        return result

    events: list[Event] = []
    with Engine() as engine:
        job = rehearsal(act)
        engine.submit(job, *lab.listeners(job), events.append)
        assert engine.wait(60)
    assert isinstance(events[-1], Finished), events[-1]
    assert only(lab.runs).result == replace(result, model=None)
    assert len((lab.folder / "audit.jsonl").read_text().splitlines()) == 1


def test_when_the_disk_is_full_the_person_is_told_just_that(lab: Lab, result: TrainingResult, full_disk) -> None:
    with ExitStack() as until_the_end, Engine() as engine:

        def act(context: Context) -> TrainingResult:
            context.metric(1, steps=2, loss=0.5, accuracy=0.25, examples_per_second=1000.0)
            until_the_end.enter_context(full_disk())
            context.metric(2, steps=2, loss=0.5, accuracy=0.25, examples_per_second=1000.0)
            return result

        events: list[Event] = []
        job = rehearsal(act)
        engine.submit(job, *lab.listeners(job), events.append)
        assert engine.wait(60)
    assert isinstance(events[-1], Failed)
    assert "could not be written" in events[-1].message
    assert only(lab.runs).state == "unfinished"


def test_a_table_does_not_mix_runs_on_two_versions_of_a_data_file(lab: Lab, result, tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    first, second = (Training(data=str(data), batch_size=size) for size in (8, 16))
    data.write_text("old\n")
    for job in (first, second):
        record(lab.runs, job, Started(1), metric(1), Finished(1, result))
    data.write_text("new version\n")
    record(lab.runs, first, Started(1), metric(1), Finished(1, result))
    found = RunIndex(lab.runs.all())
    assert found(first) is not None
    assert found(second) is None
