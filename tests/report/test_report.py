"""The document to hand in: whole, the same each time, readable by other programs, whatever is in it."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import shutil
import subprocess
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from filled_lab import fill
from gfm import shown, tables
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from llm_tui import __version__, i18n
from llm_tui.cli import cli
from llm_tui.engine.events import Failed, Started
from llm_tui.exercises import ethics, flows, moderation, prompting, subwords, summaries, translation
from llm_tui.exercises.checklist import COURSE_ITEMS
from llm_tui.exercises.ethics import Answers, Entry
from llm_tui.exercises.labels import Curve
from llm_tui.exercises.material import SOURCE_TEXT
from llm_tui.exercises.registry import handed_in
from llm_tui.export.formats import to_csv, to_json
from llm_tui.export.html import to_html
from llm_tui.foundation.job import Generate, ModelChoice
from llm_tui.i18n import Text
from llm_tui.lab.lab import Lab
from llm_tui.labels.job import ZERO_SHOT, Point
from llm_tui.report.document import Report
from llm_tui.report.parts import part, parts

GOLDEN = Path(__file__).parent / "golden"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture
def full(lab: Lab) -> Lab:
    fill(lab)
    return lab


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, words)


def without_versions(document: str) -> str:
    """Without what is another on each machine: the table of the environment, the versions under other tables."""
    document = document.replace(f"version:{version('sacrebleu')}", "version:X").replace(
        f"llm-tui {__version__}", "llm-tui X"
    )
    lines = document.split("\n")
    start = next(i for i, line in enumerate(lines) if re.match(r"\| (environment|entorno)", line))
    return "\n".join([*lines[:start], *itertools.dropwhile(lambda line: line.startswith("|"), lines[start:])])


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_whole_report_is_as_it_was(full: Lab, language: str, tmp_path: Path) -> None:
    """After a wanted change: look at what is written beside the golden file, and put it in its place."""
    written = without_versions(Report.of(full, language).markdown())
    golden = GOLDEN / f"report-{language}.md"
    if not golden.exists() or written != golden.read_text(encoding="utf-8"):
        new = tmp_path / golden.name
        new.write_text(written, encoding="utf-8")
        pytest.fail(f"the report is another one than {golden}: compare it with {new}")


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_report_has_the_seven_exercises_in_the_courses_order_and_what_made_it(full: Lab, language: str) -> None:
    document = Report.of(full, language).markdown()
    heads = [line for line in document.split("\n") if line.startswith("## ")]
    assert [re.findall(r"\d", head)[:1] for head in heads] == [[str(n)] for n in range(1, 8)] + [[], []]
    states = [str(p.state()) for p in parts(full, language)]
    assert states[0] == "done with synthetic data"
    assert states[1:] == [*["complete"] * 6, "done with synthetic data"]
    environment = next(table for table in tables(document) if table[0][0] in ("environment", "entorno"))
    assert ["torch", version("torch")] in environment and ["transformers", version("transformers")] in environment
    for answer in ("La de 64 equilibra las dos", "Falla más con la ironía", "El segundo, por fidelidad"):
        assert answer in document
    assert "abcdef123456" in document  # the revision of the models


def test_the_same_lab_gives_the_same_bytes(full: Lab) -> None:
    first = [Report.of(full, "es").markdown(), Report.of(full, "es").json(), Report.of(full, "es").csv_files()]
    again = Lab(full.folder)
    assert [
        Report.of(again, "es").markdown(),
        Report.of(again, "es").json(),
        Report.of(again, "es").csv_files(),
    ] == first
    path = full.export("report.md", Report.of(full, "es").markdown())
    before = path.read_bytes()
    assert full.export("report.md", Report.of(full, "es").markdown()) == path and path.read_bytes() == before


def test_a_report_changed_by_hand_stays(full: Lab) -> None:
    path = full.export("report.md", Report.of(full, "es").markdown())
    path.write_text("mine", encoding="utf-8")
    assert full.export("report.md", Report.of(full, "es").markdown()).name == "report-2.md"
    assert path.read_text() == "mine"


def test_an_empty_lab_has_a_report_that_says_what_is_missing(lab: Lab) -> None:
    document = Report.of(lab, "en").markdown()
    assert document.count("**State:** to do: ") == 7 and not lab.folder.exists()
    assert "to do: the paragraph" in document
    (table,) = tables(document)  # the environment alone
    assert table[0] == ["environment", "version"]


def test_the_hand_in_has_the_texts_that_its_tables_are_about(full: Lab) -> None:
    document = Report.of(full, "es").markdown()
    assert subwords.EXAMPLE in document  # exercise 2
    for paragraph in SOURCE_TEXT.strip().split("\n\n"):  # exercise 5
        assert paragraph in document
    answers = full.answers(2, subwords.Answers)
    full.save_answers(2, replace(answers, text="Otro texto. Y más."))
    assert "El texto o su traducción cambió después de la comparación" in Report.of(full, "es").markdown()


def test_a_model_that_never_ran_is_not_among_those_that_were_used(full: Lab) -> None:
    job = Generate("summarize", ("x",), ModelChoice("somebody/absent"))
    for listener in full.listeners(job):
        for event in (Started(1), Failed(1, "No.", "Unavailable")):
            listener(event)
    used = next(table for table in tables(Report.of(full, "es").markdown()) if table[0][0] == "modelo")
    assert "somebody/absent" not in [row[0] for row in used] and "google/flan-t5-small" in [row[0] for row in used]
    assert "fallido" in Report.of(full, "es").markdown()  # it is in the log


@pytest.mark.parametrize("language", ["es", "en"])
def test_no_column_is_empty_but_those_that_the_student_fills_in(lab: Lab, language: str) -> None:
    """A lab that was begun everywhere and finished nowhere."""
    lab.save_answers(3, replace(moderation.Answers(), answer="x"))
    lab.save_answers(4, replace(translation.Answers(), answer="x"))
    lab.save_answers(5, replace(summaries.Answers(), answer="x"))
    lab.save_answers(6, replace(prompting.Answers(), answer="x"))
    own: tuple[str, ...] = (
        "comentario",
        "notas",
        "breve nota",
        "TP",
        "FP",
        "precisión ≈ TP/(TP+FP)",
        "comment",
        "notes",
        "brief note",
    )
    own += ("precision ≈ TP/(TP+FP)", "cobertura (0-2)", "coherencia (0-2)", "fidelidad (0-2)")
    own += ("coverage (0-2)", "coherence (0-2)", "fidelity (0-2)")
    document = Report.of(lab, language).markdown()
    for table in tables(document):
        for head, *cells in zip(*table, strict=True):
            assert any(cells) or head in own, head
    assert tr_in(language, "No text with a true label has been classified", "Aún no se ha clasificado") in document
    assert tr_in(language, "not translated yet", "aún sin traducir") in document
    assert tr_in(language, "not asked yet", "aún sin preguntar") in document


def tr_in(language: str, english: str, spanish: str) -> str:
    return Text(english, spanish).within(language)


HOSTILE = st.text(st.sampled_from("ab |`<unk>\n\\*_[]&#~ñ▁é!:/.\x1b$@"), min_size=1, max_size=20)


@given(hostile=st.lists(HOSTILE, min_size=5, max_size=5))
@settings(max_examples=100)
def test_exercise_7_is_read_back_whatever_is_in_it(hostile: list[str]) -> None:
    answer, mitigation, owner, date, severity = hostile
    entry = Entry("partly", answer, mitigation, severity, owner, date)
    (table,) = tables(ethics.document(Answers().with_entry(COURSE_ITEMS[3].id, entry), "en"))
    head, row = table
    read = dict(zip(head, row, strict=True))
    for name in ("answer", "mitigation", "severity", "owner", "date"):
        assert read.get(name, "") == shown(getattr(entry, name)).strip(), name


@given(hostile=HOSTILE)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_in_a_lab_gets_out_of_its_cell_or_paragraph(tmp_path_factory, hostile: str) -> None:
    lab = Lab(tmp_path_factory.mktemp("lab"))
    lab.save_answers(7, Answers(answer=hostile).with_entry(COURSE_ITEMS[0].id, Entry("met", hostile)))
    document = Report.of(lab, "es").markdown()
    heads = [t.content for before, t in itertools.pairwise(MarkdownIt("gfm-like").parse(document))
             if before.type == "heading_open"]  # fmt: skip
    assert len(heads) == 10 and "\x1b" not in document
    html = to_html(document, "es", hostile)
    assert "<unk" not in html and html.count("<table>") == 2 and "\x1b" not in html


# The command line.


def test_export_writes_the_report_and_each_exercise_alone(full: Lab, tmp_path: Path) -> None:
    folder = str(full.folder)
    assert run("export", "--lab", folder).output == Report.of(full, "es").markdown()
    for exercise in handed_in():
        alone = run("export", "--lab", folder, "--exercise", str(exercise.number))
        assert alone.exit_code == 0 and alone.output == part(full, exercise, "es").document
        assert tables(alone.output) or exercise.number == 4  # the course's form for it is a list
        rows = list(csv.reader(io.StringIO(
            run("export", "--lab", folder, "--exercise", str(exercise.number), "--format", "csv").stdout
        )))  # fmt: skip
        assert len({len(row) for row in rows}) == 1 and len(rows) > 1
    named = json.loads(run("export", "--lab", folder, "--format", "json").output)
    assert {name.split("-")[1] for name in named if name.startswith("exercise")} == set("1234567")
    page = tmp_path / "report.html"
    assert run("export", "--lab", folder, "--format", "html", "-o", str(page)).exit_code == 0
    refused = run("export", "--lab", folder, "--format", "html", "-o", str(page))
    assert refused.exit_code == 2 and "exists already" in refused.output


def test_json_of_an_exercise_has_all_its_tables_and_csv_says_which_it_leaves_out(full: Lab) -> None:
    for exercise in handed_in():
        words = ("export", "--lab", str(full.folder), "--exercise", str(exercise.number), "--format")
        first, *others = part(full, exercise, "es").tables.items()
        read, written = json.loads(run(*words, "json").stdout), run(*words, "csv")
        more = {name: json.loads(to_json(table, "es")) for name, table in others}
        assert read == json.loads(to_json(first[1], "es")) | ({"tables": more} if more else {})
        assert written.stdout == to_csv(first[1], "es")
        named = [name for name, table in others if table.rows]
        assert bool(named) == (f"left out: {', '.join(named)}. --format json" in written.stderr)


def test_of_a_labels_curve_alone_its_table_is_exported(lab: Lab) -> None:
    point = Point(ZERO_SHOT, 0, 0, 70, 100, 500, 4, "sample", True, 1.0, "CPU")
    lab.save_answers("flows", flows.Answers(curve=Curve(points=(point,))))
    done = run("export", "--lab", str(lab.folder), "--exercise", "flows", "--format", "csv")
    assert (done.exit_code, done.stderr) == (0, "")
    assert list(csv.reader(io.StringIO(done.stdout))) == [["etiquetas", "zero-shot"], ["0", "0.700 (0.60-0.78)"]]


def test_every_table_is_a_csv_file(full: Lab, tmp_path: Path) -> None:
    folder, target = str(full.folder), tmp_path / "tables"
    refused = run("export", "--lab", folder, "--format", "csv")
    assert refused.exit_code == 2 and "-o" in refused.output
    assert run("export", "--lab", folder, "--format", "csv", "-o", str(target)).exit_code == 0
    written = {file.name: file.read_text(encoding="utf-8") for file in target.iterdir()}
    assert written == Report.of(full, "es").csv_files() and len(written) > 12
    (target / "exercise-1-batch_sizes.csv").write_text("mine")
    refused = run("export", "--lab", folder, "--format", "csv", "-o", str(target))
    assert refused.exit_code == 2 and (target / "exercise-1-batch_sizes.csv").read_text() == "mine"
    assert run("export", "--lab", folder, "--format", "csv", "-o", str(target), "--force").exit_code == 0
    assert (target / "exercise-1-batch_sizes.csv").read_text() == written["exercise-1-batch_sizes.csv"]


def test_an_exercise_that_was_not_begun_is_refused_in_a_sentence(lab: Lab) -> None:
    for number in range(1, 8):
        refused = run("export", "--lab", str(lab.folder), "--exercise", str(number))
        assert refused.exit_code == 2 and f"nothing of exercise {number}" in refused.output


def test_what_was_not_begun_is_said_with_the_command_that_keeps_it(lab: Lab) -> None:
    told = {
        row.number: run("export", "--lab", str(lab.folder), "--exercise", str(row.number)).output for row in handed_in()
    }
    for number in (1, 3, 4, 5, 6):
        assert f"“llm-tui exercise {number} --lab {lab.folder}”" in told[number]
    assert f"“llm-tui exercise 2 --keep --lab {lab.folder}”" in told[2]
    assert f"“llm-tui compare-flows --lab {lab.folder}”" in told["flows"]
    assert "do it in the app, or" in told[7]


def test_the_report_of_a_lab_that_is_read_only_can_be_made(full: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {p: p.stat().st_mtime_ns for p in full.folder.rglob("*") if p.is_file()}
    assert run("export", "--lab", str(full.folder)).exit_code == 0
    assert {p: p.stat().st_mtime_ns for p in full.folder.rglob("*") if p.is_file()} == before


# HTML.


def test_the_page_needs_nothing_else_and_obeys_nothing_that_is_in_it(full: Lab) -> None:
    answers = full.answers(7, Answers)
    hostile = (
        '<script>alert(1)</script> <img src="http://x.org/a.png"> ![x](http://x.org/b.png) [y](javascript:alert(1))'
    )
    full.save_answers(7, replace(answers, answer=hostile))
    page = to_html(Report.of(full, "es").markdown(), "es", "lab <b>")
    assert "<script" not in page and "<img" not in page and "href" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "<title>lab &lt;b&gt;</title>" in page


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.slow), "es"])  # the longer words of the two
def test_the_page_opens_in_a_browser_without_an_error(full: Lab, language: str, tmp_path: Path) -> None:
    assert CHROMIUM is not None
    i18n.use(language)
    page = tmp_path / "report.html"
    page.write_text(to_html(Report.of(full, language).markdown(), language, full.name), encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    flags += ["--disable-component-update", "--disable-sync", f"--user-data-dir={tmp_path / 'profile'}"]
    command = [CHROMIUM, *flags, "--enable-logging=stderr", "--v=0", "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.count("<table>") == page.read_text(encoding="utf-8").count("<table>") > 10
    assert f'<html lang="{language}">' in done.stdout and "CONSOLE" not in done.stderr


# What cannot be read


def damage(path: Path, how: str) -> None:
    if how == "no file":
        path.unlink()
        path.mkdir()
    else:
        path.write_text("{")


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.slow), "es"])  # the same road in both
@pytest.mark.parametrize("how", ["no file", "damaged"])
@pytest.mark.parametrize("number", [1, 2, 3, 4, 6, 7])
def test_a_file_that_cannot_be_read_costs_its_exercise_and_no_other(tmp_path, number, how, language):
    lab = Lab(tmp_path / "my-lab")
    fill(lab)
    whole = {each.exercise.number: each for each in parts(lab, language)}
    damage(lab.folder / "exercises" / f"{number}.json", how)
    for found in parts(Lab(lab.folder), language):
        if found.exercise.number == number:
            assert f"exercises/{number}.json" in str(found.state())
            assert not found.begun
        elif found.exercise.number != 7:  # its evidence comes from the others
            assert found == whole[found.exercise.number]
        else:
            assert found.begun
    assert f"exercises/{number}.json" in Report.of(Lab(lab.folder), language).markdown()


def test_a_log_that_cannot_be_read_costs_the_report_its_log_alone(tmp_path):
    lab = Lab(tmp_path / "my-lab")
    fill(lab)
    damage(lab.folder / "audit.jsonl", "no file")
    document = Report.of(lab, "es").markdown()
    assert "no se puede leer audit.jsonl" in document
    assert document.count("**Estado:**") == 8
    assert "Recomiendo revisar" in document
