"""A file of the lab in which a part is missing: it opens, the rest is whole, and no figure is made up."""

from __future__ import annotations

import copy
import dataclasses
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
from absurd_lab import ANSWERS
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from llm_tui.exercises import moderation, prompting, subwords
from llm_tui.export.table import Measure
from llm_tui.lab.audit import Entry, entries
from llm_tui.lab.lab import Lab
from llm_tui.lab.stored import Unreadable, read
from llm_tui.marks import Each, Later
from llm_tui.playground.state import Playground
from llm_tui.report.document import Report

WHOLE = Path(__file__).parent / "labs" / "1"
STORED: dict[str, Any] = {**{str(n): kind for n, kind in ANSWERS.items()}, "playground": Playground}

Place = tuple[str | int, ...]
"""Where a field is in a file: names and numbers, from the outside in."""


def fields(value: Any, at: Place = ()) -> Iterator[Place]:
    """Every name of every object, however deep."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        if isinstance(value, dict):
            yield (*at, key)
        yield from fields(part, (*at, key))


def without(content: Any, at: Place) -> Any:
    content = copy.deepcopy(content)
    owner = content
    for key in at[:-1]:
        owner = owner[key]
    del owner[at[-1]]
    return content


FILES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (WHOLE / "exercises").iterdir()}
RUNS = {
    path.relative_to(WHOLE).as_posix(): json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((WHOLE / "runs").glob("*/*.json"))
    if path.name in ("config.json", "result.json")
}
PLACES = [(name, at) for name, content in FILES.items() for at in fields(content)]
RUN_PLACES = [(name, at) for name, content in RUNS.items() for at in fields(content)]


def json_of(value: object) -> Any:
    return json.loads(msgspec.json.encode(value))


def known(read: Any, there: Any) -> Any:
    """What was read, without what says nothing and does not stand in the file: a later version has more fields."""
    match read, there:
        case dict(), dict():
            return {
                key: known(part, there.get(key))
                for key, part in read.items()
                if key in there or not (part in SAYS_NOTHING or (key, part) in LATER)
            }
        case list(), list() if len(read) == len(there):
            return [known(part, other) for part, other in zip(read, there, strict=True)]
    return read


SAYS_NOTHING: tuple[Any, ...] = (None, "", [], {})


def made_up(read: Any, there: Any, at: str = "") -> list[str]:
    """What was read and did not stand in the file, but for what says nothing and for what the type itself says that
    earlier versions did.
    """
    if read == there or read in SAYS_NOTHING:
        return []
    match read, there:
        case dict(), dict():
            return [
                more
                for key, part in read.items()
                if key in there or (key, part) not in LATER
                for more in (
                    made_up(part, there[key], f"{at}.{key}") if key in there else made_up(part, None, f"{at}.{key}")
                )
            ]
        case list(), list():  # elements may be lacking, and are in their order
            rest = iter(there)
            return [f"{at}.{i}" for i, part in enumerate(read) if all(made_up(part, other) for other in rest)]
    return [at]


LATER = [
    ("energy", False),
    ("looks", {"names": {}, "hidden": [], "pin": ""}),
    ("chosen", 0),
    ("state", "open"),
    ("shuffle", False),
    ("keep_model", True),
    ("wait_for_room", 0.0),
    ("vocabulary", "rows"),
    ("version", 1),
    ("complete", True),
]
NEW = {name: json_of(kind()) for name, kind in STORED.items()}


@pytest.mark.parametrize("name", FILES)
def test_each_field_that_is_taken_away_costs_itself_alone(name: str) -> None:
    """Every one of them, one at a time."""
    for at in fields(FILES[name]):
        damaged = without(FILES[name], at)
        found = read(json.dumps(damaged).encode(), STORED[name])
        told = known(json_of(found.value), FILES[name])
        first = at[0]
        assert {k: v for k, v in told.items() if k != first} == {k: v for k, v in FILES[name].items() if k != first}, at
        if len(at) == 1:
            assert told[first] == NEW[name][first] and not found.lost, at  # as a new sheet begins
        else:
            assert made_up(told[first], damaged[first]) == [], at
        assert all(lost.startswith(str(first)) for lost in found.lost)


Cells = dict[str, Any]


def cells(lab: Lab) -> dict[str, list[Cells]]:
    """The rows of every table of the report; not their numbers, which are counted anew."""
    return {
        name: [
            {c.key: cell for c, cell in zip(table.columns, row, strict=True) if c.key != "number"} for row in table.rows
        ]
        for name, table in Report.of(lab, "es").tables().items()
    }


def same(row: Cells, was: Cells) -> bool:
    """Whether each figure of a row is the one that it was, or none."""
    figures = (int, float, Measure)
    return row.keys() == was.keys() and all(
        cell in (was[key], None) or not isinstance(cell, figures) for key, cell in row.items()
    )


ORIGINAL = cells(Lab(WHOLE))
ACCURACIES = {content["result"]["accuracy"] for content in RUNS.values() if content.get("result")}


@settings(max_examples=25, phases=(Phase.explicit, Phase.generate))
@given(
    st.lists(st.sampled_from(PLACES), min_size=1, max_size=3, unique_by=lambda place: place[0]),
    st.sampled_from(RUN_PLACES),
)
def test_a_lab_without_some_of_its_fields_opens_and_no_figure_is_made_up(
    places: list[tuple[str, Place]], of_run: tuple[str, Place]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(shutil.copytree(WHOLE, Path(folder) / "lab"))
        for name, at in places:
            (lab.folder / f"exercises/{name}.json").write_text(json.dumps(without(FILES[name], at)), encoding="utf-8")
        run, at = of_run
        (lab.folder / run).write_text(json.dumps(without(RUNS[run], at)), encoding="utf-8")
        assert Report.of(lab, "en").markdown()
        for name, rows in cells(lab).items():
            if name == "exercise-1-batch_sizes":  # the mean of the runs that there are
                means = [row["accuracy_test"] for row in rows if row["accuracy_test"]]
                assert all(mean.n > 1 or mean.mean in ACCURACIES for mean in means)
            elif name == "exercise-1-stability":  # likewise
                spreads = {row["spread"] for row in ORIGINAL[name]}
                assert {row["spread"] for row in rows} <= {*spreads, None}
            elif not (name.startswith("exercise-3") and "3" in dict(places)):  # it counts the texts that there are
                assert all(any(same(row, was) for was in ORIGINAL[name]) for row in rows), name


# What is lost is told, and stays where it was.


def opened(tmp_path: Path, name: str, content: Any) -> tuple[Lab, list[str]]:
    """The whole lab with another content of one file, and what is said when it is read."""
    lab, said = Lab(shutil.copytree(WHOLE, tmp_path / "lab")), list[str]()
    (lab.folder / name).write_text(json.dumps(content), encoding="utf-8")
    lab.tell = said.append
    return lab, said


def state_of(lab: Lab, number: int) -> str:
    return next(str(part.state()) for part in Report.of(lab, "en").parts if part.exercise.number == number)


def test_without_one_count_a_sheet_opens_whole_but_for_the_count(tmp_path: Path) -> None:
    lab, said = opened(tmp_path, "exercises/2.json", without(FILES["2"], ("measured", 1, "measures", "word_pieces")))
    answers, whole = lab.answers(2, subwords.Answers), Lab(WHOLE).answers(2, subwords.Answers)
    assert answers.rows == whole.rows and answers.answer == whole.answer and said == []
    first, second = subwords.summary_table(answers).rows
    of_whole = subwords.summary_table(whole).rows
    assert first == of_whole[0]
    assert [a for a, b in zip(second, of_whole[1], strict=True) if a != b] == [None]  # the fertility
    assert "the comparison of the text as it stands" in [str(missing) for missing in subwords.state(answers).missing]
    assert "0.00" not in str(subwords.fragmentation(answers.measured))
    lab.save_answers(2, answers)
    assert said == [] and len(list((lab.folder / "exercises").glob("2*.json"))) == 1  # nothing was set aside


def test_whose_cuts_they_are_is_not_guessed(tmp_path: Path) -> None:
    """The table's columns are named by the tokenizers: without one of their names no cut is shown."""
    lab, _ = opened(tmp_path, "exercises/2.json", without(FILES["2"], ("measured", 0, "name")))
    answers = lab.answers(2, subwords.Answers)
    assert answers.measured == () and len(answers.rows) == 6
    assert all(row[1:3] == (None, None) for row in subwords.table(answers).rows)


@pytest.mark.parametrize(
    ("number", "at", "rows"),
    [
        (2, ("rows", 1, "phrase"), "rows"),
        (3, ("samples", 0, "text"), "samples"),
        (3, ("readings", 0, "made_by"), "readings"),
        (4, ("sentences", 2, "text"), "sentences"),
        (7, ("own", 0, "question"), "own"),
    ],
)
def test_a_row_without_what_makes_it_one_is_left_out_alone_and_stays_in_the_file(
    tmp_path: Path, number: int, at: Place, rows: str
) -> None:
    damaged = without(FILES[str(number)], at)
    lab, said = opened(tmp_path, f"exercises/{number}.json", damaged)
    answers: Any = lab.answers(number, ANSWERS[number])
    whole: Any = Lab(WHOLE).answers(number, ANSWERS[number])
    left = list(getattr(whole, rows))
    del left[int(at[1])]
    assert list(getattr(answers, rows)) == left
    assert dataclasses.replace(answers, **{rows: getattr(whole, rows)}) == whole
    (sentence,) = said
    assert f"({rows}.{at[1]})" in sentence
    told = f"a part of exercises/{number}.json in the lab cannot be read; "
    assert state_of(lab, number).startswith(told)
    aside = lab.save_answers(number, answers)
    assert aside is not None and json.loads(aside.read_text(encoding="utf-8")) == damaged
    assert lab.answers(number, ANSWERS[number]) == answers
    assert not str(next(p for p in Report.of(lab, "en").parts if p.exercise.number == number).state()).startswith(
        "a part"
    )


@pytest.mark.parametrize("name", ["job", "stamp"])
def test_a_run_is_shown_with_all_that_it_was_made_with_or_not_at_all(tmp_path: Path, name: str) -> None:
    run, config = next((path, content) for path, content in RUNS.items() if path.endswith("config.json"))
    lab, _ = opened(tmp_path, run, without(config, (name,)))
    assert len(lab.runs.all()) == len(Lab(WHOLE).runs.all()) - 1
    assert [folder.name for folder in lab.unreadable_runs()] == [Path(run).parent.name]
    for setting in ("data", "lr", "seed", "device"):  # whose defaults would pass for what was chosen
        (lab.folder / run).write_text(json.dumps(without(config, ("job", setting))))
        assert len(lab.unreadable_runs()) == 1
    for later in ("shuffle", "text_column", "keep_model"):
        (lab.folder / run).write_text(json.dumps(without(config, ("job", later))))
        assert not lab.unreadable_runs()


def test_a_run_without_a_figure_has_not_ended(tmp_path: Path) -> None:
    run, result = next((path, content) for path, content in RUNS.items() if content.get("result"))
    for figure in ("accuracy", "seconds", "confusion", "classes"):
        lab, _ = opened(tmp_path / figure, run, without(result, ("result", figure)))
        states = {run.id: run.state for run in lab.runs.all()}
        assert states[Path(run).parent.name] == "unfinished" and len(states) == 9


def test_what_a_newer_program_wrote_beside_is_not_destroyed(tmp_path: Path) -> None:
    newer = {**FILES["6"], "mood": "glad", "prompts": {**FILES["6"]["prompts"]}}
    newer["prompts"]["terms"] = {**newer["prompts"]["terms"], "rating": 5}
    lab, said = opened(tmp_path, "exercises/6.json", newer)
    answers = lab.answers(6, prompting.Answers)
    assert answers == Lab(WHOLE).answers(6, prompting.Answers) and said == []
    aside = lab.save_answers(6, dataclasses.replace(answers, answer="mine"))
    assert aside is not None and json.loads(aside.read_text(encoding="utf-8")) == newer
    assert lab.save_answers(6, dataclasses.replace(answers, answer="mine too")) is None


def test_a_value_of_another_type_costs_itself_alone(tmp_path: Path) -> None:
    damaged = copy.deepcopy(FILES["3"])
    damaged["answer"] = 3
    damaged["comments"]["spam"] = ["x"]
    damaged["samples"][2] = "a text"
    lab, said = opened(tmp_path, "exercises/3.json", damaged)
    answers, whole = lab.answers(3, moderation.Answers), Lab(WHOLE).answers(3, moderation.Answers)
    assert answers.answer == "" and set(answers.comments) == set(whole.comments) - {"spam"}
    assert answers.samples == whole.samples[:2] + whole.samples[3:] and answers.readings == whole.readings
    assert len(said) == 1


LATIN_1 = '{"answer": "mañana"}'.encode("latin-1")


@pytest.mark.parametrize("content", [b"", b"[]", b"3", b"{", b"[" * 100_000, b'{"version": 2}', LATIN_1])
def test_a_file_that_says_nothing_is_not_understood_at_all(lab: Lab, content: bytes) -> None:
    (lab.folder / "exercises").mkdir(parents=True)
    (lab.folder / "exercises" / "3.json").write_bytes(content)
    assert lab.answers(3, moderation.Answers) == moderation.Answers()
    assert 3 in lab.not_understood and 3 not in lab.incomplete


@dataclass(frozen=True, slots=True)
class Inner:
    count: int
    note: str = ""
    limit: int = 5
    since: Later[int] = 7


@dataclass(frozen=True, slots=True)
class Outer:
    many: tuple[Inner, ...] = ()
    each: Each[Inner] = ()
    named: Mapping[str, Inner] = field(default_factory=dict)
    perhaps: Inner | None = None


def test_a_default_that_says_something_is_taken_of_new_sheets_alone() -> None:
    good, bad = {"count": 1, "limit": 2}, {"count": 1}
    inner = Inner(1, "", 2, 7)
    outer = {"many": [good, bad], "each": [good, bad, good], "named": {"a": bad, "b": good}, "perhaps": bad}
    found = read(json.dumps(outer).encode(), Outer)
    assert found.value == Outer((), (inner, inner), {"b": inner}, None)
    assert found.lost == ("many", "each.1", "named.a", "perhaps") and found.unknown == ()
    with pytest.raises(Unreadable):
        read(b"{}", Inner)


# Files of lines.


def test_a_report_of_a_curve_without_a_figure_is_no_point_of_it(tmp_path: Path) -> None:
    lab = Lab(shutil.copytree(WHOLE, tmp_path / "lab"))
    run = next(run for run in lab.runs.all() if len(run.points()) == 3)
    curve, whole = run.folder / "metrics.jsonl", run.points()
    first, *others = curve.read_text().splitlines()
    for name in json.loads(first):
        curve.write_text("\n".join([json.dumps(without(json.loads(first), (name,))), *others]))
        points = run.points()
        if name == "seconds_left":  # an early version did not write it, and no curve shows it
            assert [point.loss for point in points] == [point.loss for point in whole]
        else:
            assert points == whole[1:], name


def test_a_line_of_the_log_without_a_field_has_a_gap_there(tmp_path: Path) -> None:
    lab = Lab(shutil.copytree(WHOLE, tmp_path / "lab"))
    log = lab.folder / "audit.jsonl"
    last = json.loads(log.read_text(encoding="utf-8").splitlines()[-2])
    (whole,) = lab_log(log, last)
    for name in last:
        found = lab_log(log, without(last, (name,)))
        if name == "outcome":
            assert found == []
            continue
        for part in ("time", "job", "model", "revision", "device", "precision", "seconds", "energy", "settings"):
            shown = getattr(found[0], part)
            assert shown == getattr(whole, part) or shown in ("", None)
    assert Report.of(lab, "es").markdown()


def lab_log(log: Path, line: dict[str, Any]) -> list[Entry]:
    log.write_text(json.dumps(line) + "\n", encoding="utf-8")
    return list(entries(log))


@pytest.mark.parametrize("setting", ["name", "log_texts", "group"])
def test_a_lab_whose_settings_lack_one_has_its_default(tmp_path: Path, setting: str) -> None:
    lab = Lab(shutil.copytree(WHOLE, tmp_path / "my-lab"))
    toml = lab.folder / "lab.toml"
    lines = toml.read_text(encoding="utf-8").splitlines()
    toml.write_text("\n".join(line for line in lines if not line.startswith(setting)), encoding="utf-8")
    assert lab.name == ("my-lab" if setting == "name" else Lab(WHOLE).name)
    assert Report.of(lab, "es").markdown()
