"""A course that nobody has given, by its own file: other labels, texts, models, tokenizers, a question, a checklist. It
is gone through by the commands and handed in.
"""

from __future__ import annotations

import io
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader

from llm_tui import i18n
from llm_tui.cli import cli
from llm_tui.course import course
from llm_tui.exercises import ethics, moderation, translation
from llm_tui.lab.lab import Lab

pytestmark = pytest.mark.usefixtures("own_folders")

COURSE = """\
title = "Ökologie | [b]und[/b] Sprache"
language = "en"
due = 2026-12-18

[models]
entities = "tokens"

[exercise-1]
question = "Which batch size would you take home?"

[exercise-2]
text = "El río crece. La montaña calla."
tokenizers = ["bert-nli", "t5"]

[exercise-3]
labels = ["Wasser", "Wald", "Luft"]
key-label = "Wald"
hypothesis = "Es geht um {}."
model = "bart-nli"
texts = [
  ["El bosque arde.", "Wald", "plain"],
  ["La lluvia vuelve.", "Wasser"],
  "El viento limpia.",
]

[exercise-4]
question = { en = "What would a forester misunderstand?", es = "¿Qué entendería mal un guardabosques?" }
spanish = ["El bosque respira."]
english = ["The forest breathes.", "The river is low."]
model = "marian"

[exercise-5]
systems = ["bart", "t5"]
fallback = "t5"
source = "El bosque respira despacio. El río baja lento. Nadie lo mira."

[exercise-6]
model = "t5"
labels = ["Wald", "Wasser"]
classification = "Wald o Wasser?"
paragraph = "El bosque bebe del río y el río nace en el bosque."

[exercise-7]
checklist = [
  { question = "Who speaks for the forest?", topic = "Bias", reference = "the instructor" },
]
"""

PARAGRAPH = (
    "Bias hides in what our lab never reads. Privacy means that no text of ours leaves this machine. Traceability "
    "comes from logs and versions. Deployment needs a jailbreak test. The life cycle ends with a rollback and audits. "
) * 4 + "I recommend that our course reads what a model says of forests."


@pytest.fixture
def file(folders: dict[str, Path], tmp_path: Path) -> Path:
    """The course file, with its models in folders beside it."""
    beside = tmp_path / "course"
    for name in ("bert-nli", "t5", "bart-nli", "marian", "bart", "tokens"):
        shutil.copytree(folders[name], beside / name)
    (beside / "course.toml").write_text(COURSE, encoding="utf-8")
    return beside / "course.toml"


def test_it_is_gone_through_and_handed_in(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "lab"

    def run(*words: object) -> Result:
        words = (*words, "--course", file, "--lab", folder)
        done = CliRunner().invoke(cli, list(map(str, words)), prog_name="llm-tui", catch_exceptions=False)
        assert done.exit_code == 0, (words, done.stderr)
        return done

    short = ("--max-new-tokens", 4)
    run("train", "--data", "sample", "--train-size", 200, "--test-size", 50, "--device", "cpu")
    run("tokens", "--keep", course_text(file))
    run("exercise", 3)
    run("exercise", 4, *short)
    run("exercise", 5, *short, "--reveal")
    run("exercise", 6, *short)
    found = run("entities", "Ana mira el río.", "--format", "md").stdout
    assert "tokens" in found and "dslim" not in found
    _answer(Lab(folder))
    report = run("export").stdout
    _check(report, file)
    run("export", "--format", "pdf", "-o", tmp_path / "report.pdf")
    pages = PdfReader(io.BytesIO((tmp_path / "report.pdf").read_bytes())).pages
    said = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages)).replace("\u200b", "")
    assert "Who speaks for the forest?" in said and "El bosque respira." in said and "[b]und[/b]" in said
    # Without its file the lab has its texts still, and says which file it was.
    i18n.use("en", asked=True)
    alone = CliRunner().invoke(cli, ["export", "--lab", str(folder)]).stdout
    assert "El bosque respira." in alone and "was not read for this report" in alone


def course_text(file: Path) -> str:
    return re.search(r'text = "(.*)"', file.read_text(encoding="utf-8"))[1]  # type: ignore[index]


def _answer(lab: Lab) -> None:
    """What the student marks, judges and writes."""
    three = lab.answers(3, moderation.Answers)
    for number in range(2):
        three = moderation.confirmed(three, number)
    lab.save_answers(3, moderation.with_sample(replace(three, answer="Irony."), 2, label="Luft"))
    four = lab.answers(4, translation.Answers)
    judged = tuple(replace(s, faultless=s.made.translation, correction="x") for s in four.sentences if s.made)
    lab.save_answers(4, replace(four, sentences=judged))
    seven = ethics.Answers(answer=PARAGRAPH)
    own = next(item for item in seven.items() if item.id.startswith("course-"))
    lab.save_answers(7, seven.with_entry(own.id, ethics.Entry("met", "The foresters do.")))


def _check(report: str, file: Path) -> None:
    heading, _, two, three, four, five, six, seven, *_ = report.split("\n## ")
    assert re.search(r"\*\*Course file:\*\* Ökologie \| \[b\]und\[/b\] Sprache \([0-9a-f]{12}\)", heading), heading
    assert "BERT" not in two and "bert-nli (subwords)" in two and "t5 (subwords)" in two
    assert "other tokenizers" not in two
    assert re.search(r"^\| Wald +\|", three, re.M) and "Es geht um {}." in three and "bart-nli" in three
    # Three labels and three texts are what this course asks for, and all are the student's marks now.
    state = three.split("\n\n")[1]
    assert "label" not in state.replace("key label", "") and "mark" not in state, state
    assert "The forest breathes." in four and "the answer" in four.split("\n\n")[1]  # its question is the course's
    assert "El río baja lento." in five and "words" not in five.split("\n\n")[1]
    assert "Wald o Wasser?" in six and "El bosque bebe" in six
    assert "Who speaks for the forest?" in seven and "The foresters do." in seven and "the instructor" in seven
    assert seven.split("\n\n")[1].startswith("**State:** complete")
    assert course.current().digest in heading
    assert "permitido" not in report and "Monteclaro" not in report
