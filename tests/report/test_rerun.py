"""An answer of the log asked for again: the same job, and what came held against what was logged."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner

from llm_tui.cli import cli
from llm_tui.engine.events import Finished, Started
from llm_tui.errors import UserError
from llm_tui.exercises.rerun import TOLERANCE, Rerun, compared, outcome, table
from llm_tui.foundation.job import Answer, Generate, Generated, ModelChoice, Provenance, Settings
from llm_tui.foundation.labels_job import Classified, Entities, Entity, Labelled, Recognized, ZeroShot
from llm_tui.lab.lab import Lab
from llm_tui.report.evidence import facts
from llm_tui.report.rerun import again, answers_of, held_against

COMMIT = "0123456789" * 4
BY = Provenance("acme/model", COMMIT, "CPU", "float32", 10, 0.5)
ASKED = Generate("prompt", ("¿Qué es «CI»?", "otra\u0301"), ModelChoice("acme/model"), Settings(7), 2)
ANSWERS = tuple(Answer(text, "source", 3, 4, False, True, "") for text in ("Integración continua.", "No."))
GENERATED = Generated(ANSWERS, BY)
SORTED = ZeroShot(("uno",), ("a", "b"), model=ModelChoice("acme/model"))


def scored(*scores: float) -> Classified:
    return Classified(("a", "b"), (Labelled(scores),), BY)


def logged(lab: Lab, job: Any, result: Any) -> None:
    listeners = lab.listeners(job)
    for event in (Started(1), Finished(1, result)):
        for listener in listeners:
            listener(event)


def test_the_job_is_the_same_one_at_the_revision_of_the_log(lab: Lab) -> None:
    logged(lab, ASKED, GENERATED)
    (entry,) = answers_of(lab)
    assert "CI" not in json.dumps(entry.fields)  # the log has hashes alone
    assert again(lab, entry, ASKED.texts) == replace(ASKED, model=replace(ASKED.model, revision=COMMIT))


def test_texts_of_the_lab_need_not_be_given(lab: Lab) -> None:
    from llm_tui.exercises import prompting
    from llm_tui.playground import registry

    lab.save_answers(prompting.NUMBER, replace(prompting.Answers(), answer="¿uno?"))
    example = registry.tasks()[0].example
    for text in (example, "¿uno?"):
        logged(lab, replace(SORTED, texts=(text,)), scored(0.75, 0.25))
        assert again(lab, answers_of(lab)[0]).texts == (text,)


def test_who_has_texts_logged_needs_none_of_them_elsewhere(lab: Lab) -> None:
    lab.folder.mkdir()
    (lab.folder / "lab.toml").write_text("log_texts = true")
    logged(lab, ASKED, GENERATED)
    (entry,) = answers_of(lab)
    assert again(lab, entry).texts == ASKED.texts
    (first, _) = held_against(entry, GENERATED).answers
    assert first.then == first.now == "Integración continua."


def test_what_cannot_be_asked_again_is_a_sentence(lab: Lab) -> None:
    logged(lab, ASKED, GENERATED)
    with pytest.raises(UserError, match="log_texts"):
        again(lab, answers_of(lab)[0])
    folder = replace(SORTED, model=ModelChoice("/srv/models/mine"))
    logged(lab, folder, replace(scored(1.0, 0.0), made_by=replace(BY, model="/srv/models/mine", revision="")))
    with pytest.raises(UserError, match="--model"):
        again(lab, answers_of(lab)[0], ["uno"])
    assert again(lab, answers_of(lab)[0], ["uno"], "/srv/models/mine") == folder


@pytest.mark.parametrize("settings", [{}, {"texts": 3}, {"texts": [["x"]], "labels": None}, []])
def test_an_entry_of_anybodys_making_is_a_sentence(lab: Lab, settings: object) -> None:
    line = {"job": "zero-shot", "outcome": "finished", "settings": settings, "revision": COMMIT, "time": "\x1b[31m"}
    lab.folder.mkdir()
    (lab.folder / "audit.jsonl").write_text(json.dumps(line) + "\n")
    with pytest.raises(UserError):
        again(lab, answers_of(lab)[0])


@pytest.mark.parametrize("revision", ["../../etc", "main", "0" * 39, "G" * 40])
def test_only_a_commit_is_a_revision(lab: Lab, revision: str) -> None:
    logged(lab, SORTED, replace(scored(0.75, 0.25), made_by=replace(BY, revision=revision)))
    assert again(lab, answers_of(lab)[0], ["uno"]).model.revision == ""


@pytest.mark.parametrize(
    ("then", "now", "same"),
    [
        ((0.75, 0.25), (0.75, 0.25), True),
        ((0.75, 0.25), (0.75 + TOLERANCE / 2, 0.25 - TOLERANCE / 2), True),
        ((0.75, 0.25), (0.751, 0.249), False),
        ((1.0, 0.0), (0.0, 1.0), False),
    ],
)
def test_scores_are_the_same_but_for_their_last_digits(lab: Lab, then: Any, now: Any, same: bool) -> None:
    logged(lab, SORTED, scored(*then))
    found = held_against(answers_of(lab)[0], scored(*now))
    assert [answer.same for answer in found.answers] == [same]
    assert (("the same answer" if same else "another answer") in outcome(found).en) and found.same == int(same)


def test_another_text_another_span_and_another_length_are_seen(lab: Lab) -> None:
    logged(lab, ASKED, GENERATED)
    other = replace(GENERATED, answers=(ANSWERS[0], replace(ANSWERS[1], text="Sí.")))
    found = held_against(answers_of(lab)[0], other)
    assert [answer.same for answer in found.answers] == [True, False]
    assert "1 of 2" in outcome(found).en and "1 de 2" in outcome(found).es
    spans = Recognized(((Entity(0, 3, "PER", 0.9),),), BY)
    logged(lab, Entities(("Ana",), ModelChoice("acme/model")), spans)
    entry = answers_of(lab)[0]
    assert held_against(entry, spans).same == 1
    for changed in ((), (Entity(0, 2, "PER", 0.9),), (Entity(0, 3, "ORG", 0.9),), spans.texts[0] * 2):
        assert held_against(entry, replace(spans, texts=(changed,))).same == 0


def test_what_may_explain_a_difference_stands_beside_it(lab: Lab) -> None:
    logged(lab, SORTED, scored(0.75, 0.25))
    found = held_against(answers_of(lab)[0], replace(scored(0.5, 0.5), made_by=replace(BY, device="H200")))
    rows = {row[0]: row[1:] for row in table(found, "es").rows}
    assert rows["dispositivo"] == ("CPU", "H200", "no") and rows["revisión"] == (COMMIT, COMMIT, "sí")
    assert rows["torch"][0] == rows["torch"][1] != ""


def test_a_log_of_an_earlier_version_has_no_answer_and_says_so(lab: Lab) -> None:
    logged(lab, SORTED, scored(0.75, 0.25))
    file = lab.folder / "audit.jsonl"
    line = json.loads(file.read_text())
    for later in ("answer", "versions"):
        del line[later]
    file.write_text(json.dumps(line) + "\n")
    found = held_against(answers_of(lab)[0], scored(0.75, 0.25))
    assert not found.answers and "no answer to compare" in outcome(found).en
    assert ("torch", "not logged") in [row[:2] for row in table(found, "en").rows]


def test_it_is_evidence_for_exercise_7(lab: Lab) -> None:
    from llm_tui.exercises.ethics import NUMBER, Answers

    logged(lab, SORTED, scored(0.75, 0.25))
    found = held_against(answers_of(lab)[0], replace(scored(0.75, 0.25), made_by=replace(BY, precision="bfloat16")))
    lab.save_answers(NUMBER, Answers(rerun=found))
    (fact,) = [fact for fact in facts(Lab(lab.folder)) if fact.key == "rerun"]
    assert fact.topic == "traceability" and "the same answer" in fact.said.en
    assert "precisión float32 entonces, bfloat16 ahora" in fact.said.es


def test_on_the_command_line_with_a_model(tmp_path: Any) -> None:
    run = CliRunner().invoke
    lab = ("--lab", str(tmp_path / "lab"))
    assert run(cli, ["sentiment", "Good.", "--model", "llm-tui/teaching-sentiment", *lab]).exit_code == 0
    done = run(cli, ["rerun", "1", "Good.", "--format", "json", *lab])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["rows"][0]["same"] == "sí"
    listed = json.loads(run(cli, ["rerun", "--list", "--format", "json", *lab]).stdout)["rows"]
    assert [row["number"] for row in listed] == [1, 2]  # asking again is logged too
    assert run(cli, ["rerun", "9", *lab]).exit_code == 2


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ({"score": None}, {"score": 0.9}),  # JSON has no other sign for what is no number
        ({"score": "x"}, {"score": 0.9}),
        ({"score": 0.5}, {"score": float("nan")}),
        ({"a": 0.5, "b": 0.5}, {"a": 0.5, "b": float("nan")}),
        ({"label": "x", "score": 0.5}, {"label": "y", "score": 0.5000001}),
    ],
)
def test_what_is_no_score_is_never_the_same_as_one(then: dict[str, object], now: dict[str, object]) -> None:
    (found,) = compared(then, now)
    assert not found.same
    shown = table(Rerun("2026", "zero-shot", "m", answers=(found,)), "en").rows[0]
    assert str(shown[-1]).lower() == "no"


def test_a_line_of_the_log_that_nobody_wrote_is_none_of_this_version(lab: Lab) -> None:
    logged(lab, ASKED, GENERATED)
    path = lab.folder / "audit.jsonl"
    line = json.loads(path.read_text()) | {"settings": "here"}
    path.write_text(json.dumps(line).replace('"here"', '{"a":' * 900 + "1" + "}" * 900) + "\n")
    for entry in answers_of(Lab(lab.folder)):
        with pytest.raises(UserError, match="not one of this version"):
            again(lab, entry)
