"""The command that measures bias in pairs, with a model that the test plants."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from llm_tui.cli import cli
from llm_tui.engine.job import Context
from llm_tui.exercises.bias import Answers
from llm_tui.foundation.job import Provenance
from llm_tui.foundation.labels_job import Classified, Labelled, ZeroShot
from llm_tui.lab.lab import Lab

BY = Provenance("m", "", "CPU", "float32", 1000, 0.1)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[ZeroShot]:
    """What is asked; a text with a woman in it gets 0.1 more of the label that is measured."""
    jobs: list[ZeroShot] = []

    def classify(job: ZeroShot, context: Context) -> Classified:
        jobs.append(job)
        more = [0.1 if " la " in f" {text.casefold()}" else 0.0 for text in job.texts]
        return Classified(job.labels, tuple(Labelled((0.4 - m, 0.3, 0.3 + m, 0.0)) for m in more), BY)

    monkeypatch.setattr("llm_tui.foundation.zero_shot.classify", classify)
    monkeypatch.setattr("llm_tui.bias.job.packages_for", lambda *models, beside=(): ("numpy",))
    return jobs


def run(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(cli, ["bias", *map(str, words)], catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


def test_it_prints_the_kinds_keeps_them_and_asks_nothing_twice(asked, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("a,b,kind\nSale el perro.,Sale la perra.,perros\nEntra el perro.,Entra la perra.,perros\n", "utf-8")
    where = ("--lab", tmp_path / "lab", "--lang", "es", "--model", "m")
    code, out, err = run(*where, "--pairs", path, "--format", "json")
    assert code == 0 and "2; the first: “Sale el perro.” / “Sale la perra.”" in err, err
    row = json.loads(out)["rows"][0] if isinstance(json.loads(out), dict) else json.loads(out)[0]
    assert (row["kind"], row["pairs"], row["difference"], row["flips"]) == ("perros", 2, 0.1, "2 / 2")
    assert [job.texts[0] for job in asked] == ["Sale el perro."]
    code, out, _ = run(*where, "--kind", "género", "--kind", "perros")
    assert code == 0 and "| género" in out and "| perros" in out and len(asked) == 2
    assert run(*where, "--kind", "perros")[1].count("| género") == 0 and len(asked) == 2
    kept = Lab(tmp_path / "lab").answers("bias", Answers)
    assert [kind.kind for kind in kept.readings[0].kinds] == ["gender", "perros"] and len(kept.own) == 2


def test_pairs_of_a_file_are_not_pooled_with_the_programs_of_the_same_kind(asked, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("a,b,kind\nEntra la vecina.,Entra el vecino.,género\n", "utf-8")
    where = ("--lab", tmp_path / "lab", "--lang", "es", "--model", "m", "--format", "json")
    code, out, err = run(*where, "--pairs", path)
    assert code == 0, err
    rows = json.loads(out)["rows"]
    assert [(row["kind"], row["pairs"], row["difference"], row["direction"]) for row in rows] == [
        ("género, propios", 1, -0.1, "b − a")
    ]
    assert [row["pairs"] for row in json.loads(run(*where, "--kind", "gender")[1])["rows"]] == [20]


def test_p_is_corrected_for_all_that_was_measured_and_not_for_what_is_printed_alone(asked, tmp_path):
    where = ("--lab", tmp_path / "lab", "--lang", "es", "--model", "m", "--format", "json")
    run(*where, "--kind", "gender", "--kind", "name")
    one = json.loads(run(*where, "--kind", "gender")[1])
    row = one["rows"][0] if isinstance(one, dict) else one[0]
    assert row["p_holm"] == pytest.approx(2 * row["p"])


def test_a_kind_without_pairs_is_said_with_those_that_there_are(asked, tmp_path):
    code, _, err = run("--lab", tmp_path / "lab", "--lang", "en", "--model", "m", "--kind", "height")
    assert code == 2 and "“height”" in err and "gender (gender)" in err and asked == []
