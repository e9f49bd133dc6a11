"""The lab's log: one line for each job that started, and nothing in it that says who sat there."""

from __future__ import annotations

import json
import os
import threading
from datetime import datetime
from pathlib import Path

import pytest

from llm_tui import __version__
from llm_tui.classifier.job import Predict, Training, TrainingResult
from llm_tui.decoding import decode
from llm_tui.engine.events import Cancelled, Event, Failed, Finished, Metric, Progress, Started
from llm_tui.engine.job import Job
from llm_tui.errors import UserError
from llm_tui.foundation.job import Generate, ModelChoice
from llm_tui.foundation.labels_job import ZeroShot
from llm_tui.foundation.models import PullModel
from llm_tui.lab import audit
from llm_tui.lab.audit import entries
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
        Training(data="home/ana.gomez/news.csv"),
        Training(data=HOME),
        Training(data="~ana.gomez"),
        Training(data="~ana.gomez/course/news.csv"),
        Generate("prompt", ("x",), ModelChoice("~/course/mine")),
        Generate("prompt", ("x",), ModelChoice("./course/mine")),
        Generate("prompt", ("x",), ModelChoice("../course/mine")),
        Generate("prompt", ("x",), ModelChoice("../ana.gomez")),
        Generate("prompt", ("x",), ModelChoice("~")),
        PullModel(f"file://{HOME}/course/mine"),
        ZeroShot(("x",), ("a", f"b {HOME}/course"), template=f"Of {HOME}: {{}}."),
        Predict(folder=f"{HOME}/llm-lab/runs/20260101-120000-b32-s0", text="Peace talks resume"),
    ],
)
def test_no_path_tells_whose_home_it_is(lab: Lab, job: Job, monkeypatch) -> None:
    monkeypatch.setenv("HOME", HOME)
    tell(lab, job, Started(1), Cancelled(1))
    written = (lab.folder / "audit.jsonl").read_text()
    assert "ana.gomez" not in written
    assert "~" not in written
    if not isinstance(job, ZeroShot):
        assert not {"course", "tokenizers", "llm-lab"} & set(written.replace('"', "/").split("/"))


@pytest.mark.parametrize("home", ["/home/ana.gomez", "/nfs/students/ana.gomez", "/root"])
@pytest.mark.parametrize("texts", [False, True])
def test_no_token_and_no_home_is_in_the_log_whoever_typed_it(lab: Lab, monkeypatch, home: str, texts: bool) -> None:
    """Also where the texts themselves are asked for."""
    monkeypatch.setenv("HOME", home)
    monkeypatch.setenv("HF_TOKEN", "a-token-of-another-kind")
    lab.folder.mkdir()
    (lab.folder / "lab.toml").write_text(f"log_texts = {str(texts).lower()}")
    secret = f"hf_{'aB3' * 11} and a-token-of-another-kind, in {home}/notes and ~/notes"
    job = ZeroShot(
        (secret, "~ana.gomez/x"), (secret,), secret + " {}", model=ModelChoice(f"{home}/a-token-of-another-kind")
    )
    tell(lab, job, Started(1), Cancelled(1))
    written = (lab.folder / "audit.jsonl").read_text()
    for part in ("aB3", "another-kind", home, "ana.gomez", "~"):
        assert part not in written
    assert ("in …/notes" in json.loads(written)["settings"]["texts"][0]) == texts


def test_a_folder_is_named_by_its_last_part_and_a_hub_id_whole(lab: Lab) -> None:
    names = ("~/x", "./x", "../x", "/models/x", "some/where/x/", "google/flan-t5-small", "hf_internal_testing/tiny")
    lines = [tell(lab, PullModel(name), Started(1), Cancelled(1))[-1] for name in names]
    assert [line["settings"]["model"] for line in lines] == ["x"] * 5 + list(names[5:])


def test_labels_and_templates_are_no_paths(lab: Lab) -> None:
    job = ZeroShot(("x",), ("n/a", "../b", "a/b/c"), "./This is {}.")
    (line,) = tell(lab, job, Started(1), Cancelled(1))
    assert line["settings"]["labels"] == ["n/a", "../b", "a/b/c"]
    assert line["settings"]["template"] == "./This is {}."


def test_what_a_student_typed_is_not_in_the_log(lab: Lab) -> None:
    tell(lab, Predict(folder="run", text="I feel ill today"), Started(1), Cancelled(1))
    assert "ill" not in (lab.folder / "audit.jsonl").read_text()


def test_the_texts_are_there_where_the_student_asks_for_them(lab: Lab) -> None:
    job = Generate("prompt", ("I feel ill today", "half \ud83d"))
    lab.create()
    (line,) = tell(lab, job, Started(1), Cancelled(1))
    assert all(text.startswith("sha256:") for text in line["settings"]["texts"])
    toml = lab.folder / "lab.toml"
    toml.write_text(toml.read_text().replace("log_texts = false", "log_texts = true"), encoding="utf-8")
    *_, line = tell(lab, job, Started(1), Cancelled(1))
    assert line["settings"]["texts"] == ["I feel ill today", "half ?"]
    for other in ("'true'", "1", "[true]"):
        toml.write_text(f"log_texts = {other}")
        *_, line = tell(lab, job, Started(1), Cancelled(1))
        assert "ill" not in json.dumps(line)


@pytest.mark.parametrize(
    "content",
    [b"log_texts = false\nname = Ana\n", 'log_texts = false\nname = "María"'.encode("latin-1"),
     "\ufefflog_texts = false\n".encode()],
)  # fmt: skip
def test_a_lab_whose_file_says_no_or_cannot_be_read_has_no_texts_in_its_log(
    lab: Lab, content: bytes, monkeypatch
) -> None:
    """Whatever the person's own configuration says of new labs."""
    monkeypatch.setenv("LLM_TUI_LOG_TEXTS", "true")
    lab.folder.mkdir()
    (lab.folder / "lab.toml").write_bytes(content)
    (line,) = tell(lab, Generate("prompt", ("I feel ill today",)), Started(1), Cancelled(1))
    assert "ill" not in json.dumps(line)


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


# Reading it


def test_what_was_written_is_read(lab: Lab, result: TrainingResult) -> None:
    tell(lab, Training(seed=3), Started(1), Metric(1, 1, {"loss": 0.5}), Finished(1, result))
    tell(lab, Generate("prompt", ("x",), ModelChoice("a/b")), Started(2), Cancelled(2))
    training, asked = lab.log()
    assert (training.job, training.model, training.device, training.outcome) == ("training", "", "CPU", "finished")
    assert "seed=3" in training.settings
    assert (asked.job, asked.model, asked.outcome) == ("generation", "a/b", "cancelled")
    assert asked.moment() is not None
    assert asked.seconds is not None


def test_there_may_be_no_log(lab: Lab) -> None:
    assert list(lab.log()) == []
    assert not lab.folder.exists()


def test_what_a_kill_has_left_is_skipped_and_counted(tmp_path: Path) -> None:
    line = json.dumps({"job": "training", "outcome": "failed"})
    (tmp_path / "log").write_text(f"{line}\n\n{line[:9]}\n{line}\n{line[:-1]}")
    found = entries(tmp_path / "log")
    assert [entry.job for entry in found] == ["training"] * 2
    assert found.skipped == 2


def test_a_line_without_end_is_not_kept_in_memory(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(audit, "LONGEST", 1000)
    line = json.dumps({"job": "training", "outcome": "failed"})
    fits = json.dumps({"job": "training", "outcome": "failed", "x": ""})
    fits = fits.replace('""', '"' + "x" * (1000 - len(fits) - 1) + '"')
    (tmp_path / "log").write_text(f"{line}\n{'x' * 10_000}\n{fits}\n{line}")
    found = entries(tmp_path / "log")
    assert len(list(found)) == 3
    assert found.skipped == 1


def test_a_log_that_is_none_is_said(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(UserError, match="cannot be read"):
            list(entries(path))


def test_nothing_of_an_entry_is_unsafe_to_show(tmp_path: Path) -> None:
    bad = "\x1b[2J\u202e"
    fields = dict.fromkeys(("time", "job", "device", "revision", "precision"), bad)
    settings = {bad: [bad], "model": bad, "deep": {"x": bad}}
    (tmp_path / "log").write_text(json.dumps({**fields, "outcome": "failed", "settings": settings}))
    (entry,) = entries(tmp_path / "log")
    shown = (entry.time, entry.job, entry.device, entry.revision, entry.precision, entry.model, entry.settings)
    assert all(part.isprintable() and part for part in shown)
    assert entry.moment() is None


def test_of_a_number_that_none_can_hold_the_part_is_empty_and_the_others_are_there(tmp_path: Path) -> None:
    (tmp_path / "log").write_text('{"outcome":"failed","job":"training","seconds":1e999,"settings":{"n":2e999}}')
    (entry,) = entries(tmp_path / "log")
    assert (entry.job, entry.outcome, entry.seconds, entry.settings) == ("training", "failed", None, "")
    assert entry.fields == {"outcome": "failed", "job": "training"}


def test_of_a_thousand_entries_those_that_are_asked_are_read_whole(tmp_path: Path, monkeypatch) -> None:
    read: list[bytes] = []
    monkeypatch.setattr(audit, "decode", lambda line, kind: read.append(line) or decode(line, kind))
    line = '{"outcome":"failed","job":"job %d","settings":{"text":"ñ"}}\n'
    (tmp_path / "log").write_text("".join(line % n for n in range(1000)))
    *_, last = entries(tmp_path / "log")
    assert not read and (last.job, last.outcome, last.settings) == ("job 999", "failed", "text=ñ")
    assert len(read) == 1
