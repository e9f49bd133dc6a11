"""What a person wrote is not in the log, whatever the job that it was given to calls it."""

from __future__ import annotations

import dataclasses
import itertools
import json
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import pytest
from jobs import every_job

from llm_tui.classifier.job import Predict, Retest, Training
from llm_tui.engine.events import Cancelled, Started
from llm_tui.engine.job import Job
from llm_tui.foundation.job import Generate, ModelChoice, Score
from llm_tui.foundation.labels_job import ZeroShot
from llm_tui.foundation.models import PullModel
from llm_tui.i18n import Text
from llm_tui.lab.audit import job_name
from llm_tui.lab.lab import Lab
from llm_tui.lab.privacy import settings_of
from llm_tui.marks import Name, Words
from llm_tui.tokenization.job import Compare

JOBS = [job for job in every_job() if job is not Job]


def made(kind: Any, canaries: dict[str, str], at: str = "") -> Any:
    """A value of a type with a canary of its own in every text; `canaries` says where each is, and how it is marked."""
    arguments = typing.get_args(kind)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        new = object.__new__(kind)  # without the checks, which know what may be typed and refuse canaries
        hints = typing.get_type_hints(kind)
        for field in dataclasses.fields(kind):
            before = len(canaries)
            object.__setattr__(new, field.name, made(hints[field.name], canaries, f"{at}.{field.name}"))
            for place in list(canaries)[before:]:
                canaries[place] = canaries[place] or str(field.type)  # as it is written in the source
        return new
    match typing.get_origin(kind) or kind:
        case builtin if builtin is tuple:
            return tuple(made(part, canaries, f"{at}[{i}]") for i, part in enumerate(arguments) if part is not ...)
        case mapping if isinstance(mapping, type) and issubclass(mapping, Mapping):
            return {made(arguments[0], canaries, f"{at}.key"): made(arguments[1], canaries, f"{at}.value")}
        case text if text is str:
            canaries[at] = ""
            return canary(at)
        case simple if simple in (int, float, bool):
            return simple(1)
    return made(next(part for part in arguments if part is not type(None)), canaries, at)


def canary(at: str) -> str:
    return f"canary{at.replace('.', '_')}_end"


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.__name__)
def test_no_text_of_a_job_reaches_the_log_unless_its_type_says_that_it_may(job: type[Any], lab: Lab) -> None:
    marks: dict[str, str] = {}
    asked = made(job, marks)
    (line,) = logged(lab, asked)
    shown = {place for place in marks if canary(place) in line}
    assert shown == {place for place, mark in marks.items() if "Name" in mark or "Words" in mark}
    wrote = ("text", "texts", "phrases", "translation", "reference", "question", "context", "prompt", "sentence")
    assert not {place for place in shown if place.split(".")[1].split("[")[0] in wrote}


def logged(lab: Lab, job: Any) -> list[str]:
    """The lines of the log after `job`, with whatever the lab would write of it."""
    from llm_tui.lab.audit import Auditor, log_of
    from llm_tui.lab.store import Store

    auditor = Auditor(Store(lab.folder), job)
    auditor(Started(1))
    auditor(Cancelled(1))
    return log_of(lab.folder).read_text(encoding="utf-8").splitlines()


@dataclass(frozen=True, slots=True)
class Inner:
    remark: str
    model: Name


@dataclass(frozen=True, slots=True)
class Asked:
    """A job as somebody might write it who knows nothing of the log."""

    kind: ClassVar[str] = "asked"
    name: ClassVar[Text] = Text("asked", "preguntado")
    imports: ClassVar[tuple[str, ...]] = ()
    runner: ClassVar[str] = "nowhere:nothing"

    question: str
    context: tuple[str, ...]
    named: dict[str, str]
    deep: tuple[tuple[Inner, ...], ...]
    perhaps: str | None
    either: Words | str
    chosen: Literal["ill"]
    anything: Any
    where: Path
    noted: Annotated[str, "a note of another kind"]
    model: Name
    models: tuple[Name, ...]
    maybe: Name | None
    labels: Mapping[Words, tuple[Words, ...]]
    top_k: int

    def title(self) -> str:
        return "asking"


ASKED = Asked(
    "I am ill 1", ("I am ill 2",), {"ill 3": "ill 4"}, ((Inner("ill 5", "a/b"),),), "ill 6", "ill 7", "ill",
    ["ill 8", {"ill 9": b"ill 10"}], Path("/home/ill/11"), "ill 12", "c/d", ("e/f", "~/ill/g"), "h", {"x/y": ("z",)}, 3,
)  # fmt: skip


def test_a_job_of_any_shape_is_hashed_where_its_types_say_nothing(lab: Lab) -> None:
    (line,) = logged(lab, ASKED)
    assert "ill" not in line
    told = json.loads(line)["settings"]
    assert told["deep"][0][0]["model"] == "a/b" and told["deep"][0][0]["remark"].startswith("sha256:")
    assert (told["model"], told["models"], told["maybe"]) == ("c/d", ["e/f", "g"], "h")
    assert (told["labels"], told["top_k"]) == ({"x/y": ["z"]}, 3)


def test_who_asks_for_the_texts_has_them_all(lab: Lab) -> None:
    lab.folder.mkdir()
    (lab.folder / "lab.toml").write_text("log_texts = true")
    (line,) = logged(lab, ASKED)
    for number in itertools.chain(range(1, 11), (12,)):
        assert f"ill {number}" in line
    assert "/home/ill" not in line  # whose home it is stays untold


def test_what_the_log_shows_of_a_job_is_what_it_showed() -> None:
    """As version 0.1.0 wrote it, and the revision that was asked for."""
    hashed = "sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"  # printf x | sha256sum
    model = {"name": "a/b", "device": "auto", "precision": "auto", "revision": ""}
    settings = {"max_new_tokens": 128, "sample": False, "temperature": 1.0, "top_p": 1.0, "top_k": 50, "seed": 0,
                "beams": 1, "repetition_penalty": 1.0}  # fmt: skip
    training = {"data": "news.csv", "train_size": 10_000, "test_size": 1000, "tokenizer": "basic_english",
                "batch_size": 64, "embed_dim": 128, "epochs": 1, "lr": 4.0, "gamma": 0.9, "seed": 0, "device": "auto",
                "keep_model": True, "text_column": "2", "label_column": "", "shuffle": False,
                    "vocabulary": "rows"}  # fmt: skip
    trained = Training("/srv/news.csv", text_column="2")
    shown: list[tuple[Any, dict[str, object]]] = [
        (trained, training),
        (Predict("/srv/lab/runs/1", "x"), {"folder": "1", "text": hashed}),
        (Retest("/srv/lab/runs/1", trained, 3), {"folder": "1", "training": training, "rows": 3}),
        (Generate("prompt", ("x",), ModelChoice("a/b")),
         {"task": "prompt", "texts": [hashed], "model": model, "settings": settings, "batch_size": 8,
          "examples": []}),
        (ZeroShot(("x",), ("n/a", "../b"), "./{}.", model=ModelChoice("a/b")),
         {"texts": [hashed], "labels": ["n/a", "../b"], "template": "./{}.", "multi_label": False, "model": model,
          "batch_size": 16}),
        (Score(("x",), "x"), {"texts": [hashed], "reference": hashed}),
        (PullModel("./here/mine", "./up/there"), {"model": "mine", "to": "there"}),
        (Compare("x", ("a/b", "/srv/tok"), "x", ("x",)),
         {"text": hashed, "tokenizers": ["a/b", "tok"], "translation": hashed, "phrases": [hashed]}),
    ]  # fmt: skip
    for job, told in shown:
        assert settings_of(job, texts=False) == told


def test_every_kind_of_job_is_told_in_words() -> None:
    assert len(JOBS) > 10
    for job in JOBS:
        assert job_name(job.kind) == job.name
        assert job.name.en.strip() and job.name.es.strip()


def test_a_kind_of_a_later_version_goes_by_its_own_name() -> None:
    assert job_name("dream").es == "dream"
