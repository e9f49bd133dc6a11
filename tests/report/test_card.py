"""The model card of a run: figures that are the run's, words that stay, YAML that the hub's own classes take."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from filled_lab import fill
from huggingface_hub import ModelCard, ModelCardData

from llm_tui import __version__
from llm_tui.classifier.job import Predict, Training
from llm_tui.cli import cli
from llm_tui.engine.events import Event, Finished, Started
from llm_tui.engine.job import Context, run_job
from llm_tui.errors import UserError
from llm_tui.hub.card import read_card
from llm_tui.lab.lab import Lab
from llm_tui.lab.runs import CARD, Run
from llm_tui.lab.whose import Whose
from llm_tui.report.card import OWN, filled, fresh, renewed
from llm_tui.report.card_sections import SENTENCE
from llm_tui.report.evidence import facts
from llm_tui.snippets.snippet import snippet

NOBODY = Whose()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lab in which all was done, to be copied."""
    lab = Lab(tmp_path_factory.mktemp("whole") / "lab")
    fill(lab)
    return lab.folder


@pytest.fixture
def lab(whole: Path, tmp_path: Path) -> Lab:
    return Lab(shutil.copytree(whole, tmp_path / "lab"))


@pytest.fixture
def run(lab: Lab) -> Run:
    return lab.runs.all()[0]


def written(card: str, words: str = "For tests alone.") -> str:
    """The card with words of the student's in its first section."""
    asked = next(
        line for line in card.splitlines() if line.startswith("<!-- For what") or line.startswith("<!-- ¿Para")
    )
    return card.replace(asked, f"{asked}\n{words}")


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_hub_s_classes_read_what_the_run_measured(run: Run, language: str) -> None:
    card = ModelCard(fresh(run, NOBODY, language))
    assert isinstance(card.data, ModelCardData) and card.data.eval_results and run.result
    said = {result.metric_type: result.metric_value for result in card.data.eval_results}
    assert said["accuracy"] == run.result.accuracy
    assert said["loss"] == run.result.test_loss
    f1 = [score.f1 for score in run.result.per_class()]
    assert said["f1"] == pytest.approx(sum(f1) / len(f1), abs=1e-6)
    assert {(r.dataset_name, r.dataset_split, r.task_type) for r in card.data.eval_results} == {
        ("sample", "test", "text-classification")
    }
    assert card.data.pipeline_tag == "text-classification"


@pytest.mark.parametrize("language", ["en", "es"])
def test_its_text_says_data_settings_results_and_limits(run: Run, language: str) -> None:
    text, result = fresh(run, Whose(name="Ana Núñez"), language), run.result
    assert result
    for fact in (
        "Ana Núñez",
        "sample",
        str(run.job.batch_size),
        f"{result.accuracy:.3f}",
        __version__,
        run.id,
        "Wilson",
    ):
        assert fact in text
    for name in result.classes:
        assert f"| {name} " in text
    assert ("synthetic" if language == "en" else "sintéticos") in text
    assert all(f"## {head.within(language)}" in text for head, _ in OWN)


@pytest.mark.parametrize(
    ("name", "files", "said"),
    [
        ("news", ("train.csv", "test.csv", "classes.txt"), "the first of each split"),
        ("train.csv", ("train.csv",), "of one file, shuffled once"),
    ],
)
def test_of_data_that_are_gone_the_run_s_record_says_how_they_were(run: Run, name, files, said) -> None:
    job, stamp = replace(run.job, data=f"/gone/{name}"), tuple((file, 9, 9) for file in files)
    assert said in fresh(replace(run, config=replace(run.config, job=job, stamp=stamp)), NOBODY, "en")


def test_what_is_written_stays_when_the_figures_are_made_anew(run: Run) -> None:
    card = written(fresh(run, NOBODY, "es"), "Para *pruebas*.\n\n<!-- mía -->")
    damaged = card.replace(f"{run.result.accuracy:.3f}", "0.999") if run.result else ""
    assert damaged != card
    assert renewed(damaged, run, NOBODY, "es") == card
    other = renewed(card, run, NOBODY, "en")
    assert "Para *pruebas*.\n\n<!-- mía -->" in other and "| true class" in other


def test_entries_of_the_student_s_in_the_yaml_stay_and_what_was_measured_is_the_run_s(run: Run) -> None:
    card = fresh(run, NOBODY, "en").replace("---\n", "---\nlicense: mit\n", 1)
    made = yaml.safe_load(renewed(card, run, NOBODY, "en").split("---\n")[1])
    assert made["license"] == "mit"
    worse = replace(run, ending=replace(run.ending, result=replace(run.result, accuracy=0.125)))  # type: ignore[type-var]
    made = yaml.safe_load(renewed(card, worse, NOBODY, "en").split("---\n")[1])
    assert made["model-index"][0]["results"][0]["metrics"][0]["value"] == 0.125


@pytest.mark.parametrize("front", ["a: [", "- a", "model-index: 3\nx: : y", f"a: {'[' * 400}{']' * 400}"])
def test_yaml_that_cannot_be_read_is_said_and_nothing_is_lost(run: Run, front: str) -> None:
    with pytest.raises(UserError, match="between the two lines ---"):
        renewed(f"---\n{front}\n---\nMine.", run, NOBODY, "en")


@pytest.mark.parametrize(
    "own",
    ["Mine alone.", "<!-- llm-tui: results -->\nMine, for its end is gone.\n", "<!-- llm-tui: end -->\nMine.", ""],
)
def test_where_the_comments_are_gone_nothing_of_the_student_s_is_taken(run: Run, own: str) -> None:
    kept = renewed(
        f"---\nlicense: mit\n---\n{own}\n<!-- llm-tui: mood -->\nGlad.\n<!-- llm-tui: end -->\n", run, NOBODY, "en"
    )
    assert own in kept and "Glad." in kept
    assert renewed(own, run, NOBODY, "en").endswith(own)


@pytest.mark.parametrize(
    "name",
    ["<!-- llm-tui: end -->", "<!-- llm-tui: about -->", "a|b\n# c", "---", "x\x1b[31m", "${{y}}", "\"': [", "```"],
)
def test_names_from_a_file_are_shown_and_are_nothing_else(run: Run, name: str) -> None:
    assert run.result and run.ending
    hostile = replace(run.result, data_name=name, classes=(name, "b"))
    run = replace(run, ending=replace(run.ending, result=hostile))
    card = fresh(run, NOBODY, "en")
    assert "\x1b" not in card
    assert renewed(card, run, NOBODY, "en") == card
    assert renewed(written(card), run, NOBODY, "en") == written(card)
    assert [head.en for head in filled(written(card))] == ["Intended use"]
    data = ModelCard(card).data
    assert isinstance(data, ModelCardData) and data.eval_results


def test_sections_count_where_something_of_the_student_s_own_stands(run: Run) -> None:
    for language in ("en", "es"):
        card = fresh(run, NOBODY, language)
        assert filled(card) == []
        assert [head.en for head in filled(written(card))] == ["Intended use"]
    assert filled("no card at all") == []


def test_a_card_of_another_system_s_line_ends_is_the_same_card(run: Run) -> None:
    card = written(fresh(run, NOBODY, "en"))
    (run.folder / CARD).write_bytes(card.replace("\n", "\r\n").encode())
    read = run.card() or ""
    assert filled(read) == [OWN[0][0]] and renewed(read, run, NOBODY, "en") == renewed(card, run, NOBODY, "en")


def test_comments_without_an_end_hide_what_follows_as_in_a_browser(run: Run) -> None:
    card = written(fresh(run, NOBODY, "en"))
    assert not filled(card.replace("For tests alone.", "<!-- For tests alone."))
    assert not filled("## Intended use\n" + "<!-- " * 100_000)  # 25 s where each is looked for to the end


def test_a_run_without_a_result_has_no_card(run: Run) -> None:
    with pytest.raises(UserError, match="has no result"):
        fresh(replace(run, ending=None), NOBODY, "en")


# In the lab


def test_it_is_kept_with_the_run_and_what_others_wrote_meanwhile_stays(lab: Lab, run: Run) -> None:
    assert run.card() is None
    assert lab.runs.keep_card(run, "one") == CARD
    assert lab.runs.keep_card(run, "two", CARD, "one") == CARD
    (run.folder / CARD).write_text("from an editor", encoding="utf-8")
    assert lab.runs.keep_card(run, "three", CARD, "two") == "README-2.md"
    assert lab.runs.keep_card(run, "four", "README-2.md", "three") == "README-2.md"
    assert (run.card(), (run.folder / "README-2.md").read_text()) == ("from an editor", "four")
    assert lab.runs.keep_card(run, "a \ud800") == "README-3.md"
    lab.runs.delete(run)
    with pytest.raises(UserError, match="is gone"):
        lab.runs.keep_card(run, "five")


def test_it_is_evidence_of_traceability(lab: Lab, run: Run) -> None:
    assert not [fact for fact in facts(lab) if fact.key.startswith("own-card")]
    lab.runs.keep_card(run, written(fresh(run, NOBODY, "es")))
    fact = next(fact for fact in facts(lab) if fact.key == f"own-card:{run.id}")
    assert fact.topic == "traceability"
    assert "1 of your 4 sections filled: Intended use" in fact.said.en
    assert "1 de sus 4 secciones escritas: Uso previsto" in fact.said.es


def card(*arguments: str) -> str:
    done = CliRunner().invoke(cli, ["card", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_command_prints_the_newest_or_a_named_one_and_what_was_written(lab: Lab, run: Run, tmp_path: Path) -> None:
    where = ("--lab", str(lab.folder))
    assert run.id in card(*where)
    oldest = lab.runs.all()[-1]
    lab.runs.keep_card(oldest, written(fresh(oldest, NOBODY, "en")))
    out = tmp_path / "card.md"
    assert card(*where, "--run", oldest.id, "-o", str(out)) == ""
    assert "For tests alone." in out.read_text(encoding="utf-8")
    assert read_card(tmp_path) == {}
    out.rename(tmp_path / "README.md")
    assert read_card(tmp_path)["pipeline_tag"] == "text-classification"
    refused = CliRunner().invoke(cli, ["card", *where, "--run", "none"])
    assert refused.exit_code == 2 and "has no run none" in refused.output


@pytest.fixture
def trained(lab: Lab) -> Run:
    """A run that was really trained."""
    job = Training(train_size=60, test_size=20, embed_dim=4, device="cpu")
    listeners = lab.listeners(job)

    def tell(event: Event) -> None:
        for listener in listeners:
            listener(event)

    tell(Started(1))
    tell(Finished(1, run_job(job, Context(1, tell, threading.Event()))))
    return lab.runs.all()[0]


def program(card: str) -> str:
    return card.split("```python\n")[1].split("```")[0]


def test_its_program_is_the_plain_one_in_the_card_s_own_folder(run: Run) -> None:
    (run.folder / "vocab.json").write_text('{"tokenizer": "basic_english", "words": ["<unk>"]}')
    text = program(fresh(run, NOBODY, "en")).strip().splitlines()
    plain = snippet(Predict(str(run.folder), SENTENCE), "en").text.strip().splitlines()
    assert [(a, b) for a, b in zip(text, plain, strict=True) if a != b] == [
        ('folder = Path(".")', next(line for line in plain if line.startswith("folder =")))
    ]
    assert str(run.folder) not in fresh(run, NOBODY, "en")
    (run.folder / "vocab.json").unlink()
    assert "were not kept" in fresh(run, NOBODY, "en")


@pytest.mark.slow
def test_its_program_gives_the_classes_of_a_sentence_beside_the_card(trained: Run) -> None:
    text = program(fresh(trained, NOBODY, "en"))
    done = subprocess.run([sys.executable, "-c", text], cwd=trained.folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    shares = [float(line.split()[-1]) for line in done.stdout.splitlines()]
    assert trained.result and len(shares) == len(trained.result.classes)
    assert sum(shares) == pytest.approx(1, abs=0.01)


def test_a_class_that_no_test_row_has_is_not_the_worst_one(run: Run) -> None:
    result = run.result
    assert result
    size = len(result.classes)
    cells = tuple(tuple((5 if i == j else 1) * (i > 0 and j > 0) for j in range(size)) for i in range(size))
    cut = replace(result, confusion=cells, test_rows=sum(map(sum, cells)))
    text = fresh(replace(run, ending=replace(run.ending, result=cut)), NOBODY, "en")  # type: ignore[type-var]
    assert f"| {result.classes[0]} | - | - | - | 0 |" in " ".join(text.split())
    assert f"worst on the class {result.classes[0]} " not in text
    assert isinstance(ModelCard(text).data, ModelCardData)
    empty = replace(result, confusion=((0,) * size,) * size, test_rows=0)  # of a file that somebody wrote
    text = fresh(replace(run, ending=replace(run.ending, result=empty)), NOBODY, "en")  # type: ignore[type-var]
    assert "worst on the class" not in text
