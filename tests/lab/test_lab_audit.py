"""The lab's log: one line for each job that started, and nothing in it that says who sat there."""

from __future__ import annotations

import json
import threading
from datetime import datetime
from pathlib import Path

import pytest

from llm_tui import __version__
from llm_tui.classifier.job import Predict, Training, TrainingResult
from llm_tui.engine.events import Cancelled, Event, Failed, Finished, Metric, Progress, Started
from llm_tui.engine.job import Job
from llm_tui.lab.lab import Lab


def tell(lab: Lab, job: Job, *events: Event) -> list[dict]:
    """The log after `job` has told its events to the lab."""
    listeners = lab.listeners(job)
    for event in events:
        for listener in listeners:
            listener(event)
    log = lab.folder / "audit.jsonl"
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


@pytest.mark.parametrize(
    ("ending", "outcome"), [(Cancelled(1), "cancelled"), (Failed(1, "No data.", "UserError"), "failed")]
)
def test_each_started_job_leaves_one_line_however_it_ends(lab: Lab, ending: Event, outcome: str) -> None:
    (line,) = tell(lab, Training(), Started(1), Progress(1, 0, 0, "reading"), ending)
    assert line["outcome"] == outcome
    assert line["device"] is None


def test_the_line_says_what_was_run_where_and_for_how_long(lab: Lab, result: TrainingResult) -> None:
    job = Training(batch_size=32, seed=3, lr=0.5)
    (line,) = tell(lab, job, Started(1), Metric(1, 1, {"loss": 0.5}), Finished(1, result))
    assert (line["job"], line["outcome"], line["device"], line["llm_tui"]) == (
        "training",
        "finished",
        "CPU",
        __version__,
    )
    assert (line["settings"]["batch_size"], line["settings"]["seed"], line["settings"]["lr"]) == (32, 3, 0.5)
    assert line["seconds"] >= 0
    assert datetime.fromisoformat(line["time"]).tzinfo is not None


def test_a_job_that_never_started_leaves_no_trace(lab: Lab) -> None:
    assert tell(lab, Training(), Cancelled(1)) == []
    assert not lab.folder.exists()


def test_the_log_only_grows(lab: Lab) -> None:
    tell(lab, Training(seed=1), Started(1), Cancelled(1))
    lines = tell(Lab(lab.folder), Training(seed=2), Started(1), Cancelled(1))
    assert [line["settings"]["seed"] for line in lines] == [1, 2]


HOME = "/home/ana.gomez"


@pytest.mark.parametrize(
    "job",
    [
        Training(data=f"{HOME}/course/news.csv"),
        Training(data="~/course/news.csv"),
        Training(data="../ana.gomez/news.csv"),
        Training(tokenizer=f"{HOME}/tokenizers/mine"),
        Training(tokenizer="../ana.gomez/mine"),
        Predict(folder=f"{HOME}/llm-lab/runs/20260101-120000-b32-s0", text="Peace talks resume"),
    ],
)
def test_no_path_tells_whose_home_it_is(lab: Lab, job: Job) -> None:
    tell(lab, job, Started(1), Cancelled(1))
    written = (lab.folder / "audit.jsonl").read_text()
    assert "ana.gomez" not in written
    assert "~" not in written
    assert not {"course", "tokenizers", "llm-lab"} & set(written.replace('"', "/").split("/"))


def test_what_a_student_typed_is_not_in_the_log(lab: Lab) -> None:
    tell(lab, Predict(folder="run", text="I feel ill today"), Started(1), Cancelled(1))
    assert "ill" not in (lab.folder / "audit.jsonl").read_text()


def test_what_a_student_needs_to_repeat_a_job_is_still_there(lab: Lab) -> None:
    job = Training(data=f"{HOME}/news.csv", tokenizer="google/flan-t5-small")
    (line,) = tell(lab, job, Started(1), Cancelled(1))
    assert line["settings"]["data"] == "news.csv"
    assert line["settings"]["tokenizer"] == "google/flan-t5-small"


def test_lines_of_two_labs_open_at_once_are_all_there(lab: Lab) -> None:
    def use(seed: int) -> None:
        mine = Lab(lab.folder)
        for _ in range(20):
            for listener in mine.listeners(Training(seed=seed)):
                listener(Started(1))
                listener(Cancelled(1))

    users = [threading.Thread(target=use, args=(seed,)) for seed in range(3)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    lines = [json.loads(line) for line in Path(lab.folder / "audit.jsonl").read_text().splitlines()]
    assert sorted(line["settings"]["seed"] for line in lines) == [0] * 20 + [1] * 20 + [2] * 20
