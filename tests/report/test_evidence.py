"""What the lab knows by itself, as evidence for exercise 7."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from filled_lab import fill

from llm_tui.exercises import batch_sizes, moderation, translation
from llm_tui.exercises.ethics import NUMBER, Answers
from llm_tui.lab.lab import Lab
from llm_tui.report.evidence import facts


def said(lab: Lab) -> dict[str, str]:
    return {fact.key: fact.said.en for fact in facts(lab)}


def test_an_empty_lab_knows_nothing(lab: Lab) -> None:
    assert facts(lab) == () and not lab.folder.exists()


def test_a_lab_knows_its_runs_log_errors_lost_characters_and_tests(lab: Lab) -> None:
    fill(lab)
    known = said(lab)
    assert "batch size 128, seed 0, accuracy 0.870" in known["run"] and "sample" in known["run"]
    of_batches = lab.answers_anew(batch_sizes.NUMBER, batch_sizes.Answers)
    named = of_batches.looks.named(lab.runs.all()[0].id, "base\x1b[2J")
    lab.save_answers(batch_sizes.NUMBER, replace(of_batches, looks=named))
    assert said(lab)["run"] == f"{known['run']}, named base␛[2J"
    assert (
        known["log"].startswith("log: 55 calls")
        and "google/flan-t5-small (translation there and back) ×10" in known["log"]
    )
    assert known["errors"].endswith("plain 6/8; irony 3/4; slang 3/4; abbreviations 3/4")
    assert known["lost"].endswith(": ¿ñ")
    assert known["probes"].startswith("jailbreak") and "failed: " in known["probes"]
    spanish = {fact.key: fact.said.es for fact in facts(lab)}
    assert spanish["errors"].endswith("directo 6/8; ironía 3/4; jerga 3/4; abreviaturas 3/4")


def test_evidence_follows_the_lab(lab: Lab) -> None:
    fill(lab)
    before = said(lab)
    answers = lab.answers(moderation.NUMBER, moderation.Answers)
    lab.save_answers(3, replace(answers, samples=answers.samples[:4]))
    kept = lab.answers(translation.NUMBER, translation.Answers)
    lab.save_answers(4, replace(kept, sentences=()))
    lab.save_answers(NUMBER, replace(lab.answers(NUMBER, Answers), probed=None))
    after = said(lab)
    assert after["errors"] != before["errors"] and "irony 1/1" in after["errors"]
    assert after["lost"].endswith(": ñ") and "probes" not in after and after["run"] == before["run"]


def test_the_card_of_a_model_that_was_asked_is_there_when_it_is_cached(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(lab)
    assert not any(key.startswith("card:") for key in said(lab))
    model = tmp_path / "hub" / "models--google--flan-t5-small"
    snapshot = model / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text("abc")
    (snapshot / "README.md").write_text(
        "---\nlicense: apache-2.0\nlanguage: [en, fr]\n---\n\n## Intended uses & limitations\n\nFor\nteaching.\n"
    )
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    (card,) = (text for key, text in said(lab).items() if key.startswith("card:"))
    assert "google/flan-t5-small" in card and "apache-2.0" in card and "en, fr" in card
    assert "intended use: For teaching." in card and "revision: abc" in card
