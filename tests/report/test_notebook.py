"""The report as a notebook: what stands in it, that it is one, and that it gives what the program had."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner
from filled_lab import fill, told
from lxml import etree
from markdown_it import MarkdownIt
from printed import same

from llm_tui import i18n
from llm_tui.classifier.setup import parse_sweep
from llm_tui.cli import cli
from llm_tui.engine.events import Event, Metric
from llm_tui.engine.job import Context, run_job
from llm_tui.exercises import batch_sizes, ethics, moderation, prompting, subwords, summaries, translation
from llm_tui.exercises.registry import row
from llm_tui.foundation.job import Asking, ModelChoice, Settings
from llm_tui.foundation.probes import Probing
from llm_tui.hub.shipped import shipped
from llm_tui.lab.lab import Lab
from llm_tui.lab.whose import Whose
from llm_tui.report.document import Report
from llm_tui.report.parts import part

T5, ZERO_SHOT = "llm-tui/teaching-t5", "llm-tui/teaching-zero-shot"
ASKING = Asking("cpu", settings=Settings(max_new_tokens=8))


def cells(lab: Lab, language: str = "es") -> list[Any]:
    notebook = nbformat.reads(Report.of(lab, language).notebook(), 4)
    nbformat.validate(notebook)
    return list(notebook.cells)


def of(kind: str, found: list[Any]) -> list[Any]:
    return [cell for cell in found if cell.cell_type == kind]


def programs(found: list[Any]) -> list[Any]:
    """The code cells that did something for the report."""
    return [cell for cell in of("code", found) if cell.outputs]


@pytest.fixture
def full(lab: Lab) -> Lab:
    fill(lab)
    return lab


@pytest.mark.parametrize("language", ["es", "en"])
def test_what_the_student_wrote_is_text_and_the_programs_are_code_with_what_they_gave(full: Lab, language: str) -> None:
    found = cells(full, language)
    written = "\n\n".join(cell.source for cell in of("markdown", found))
    for section in Report.of(full, language).sections():
        assert section in written and not re.search(r"\$|\\\\", section)
    assert len(re.findall(r"^## ", written, re.M)) == len(Report.of(full, language).sections()) - 1
    outputs = [cell.outputs[0] for cell in programs(found)]
    said = [output.text for output in outputs if output.output_type == "stream"]
    handed = [each.hand_in for each in Report.of(full, language).parts]
    assert len(outputs) == sum(len(each.jobs) for each in handed) > 20
    assert said == [text for each in handed for text in each.printed if text] and len(said) == 21
    assert sum("La librería está abierta.\nchrF 61.250000\n" in text for text in said) == 10
    assert "32 | 0.910 | 1.00\n64 | 0.900 | 0.50\n" in said[0]
    shown = next(output for output in outputs if output.output_type == "display_data")  # of exercise 2, not kept whole
    assert "microservicio" in shown.data["text/markdown"] and "microservicio" in shown.data["text/plain"]
    assert any("image/svg+xml" in output.get("data", {}) for cell in programs(found) for output in cell.outputs)
    comments = "".join(cell.source for cell in of("code", found))
    assert ("Añadido" in comments) == ("tabla del ejercicio" in comments) == (language == "es")


def test_the_same_lab_gives_the_same_bytes_and_each_cell_its_own_id(full: Lab) -> None:
    first = Report.of(full, "es").notebook()
    assert Report.of(Lab(full.folder), "es").notebook() == first
    ids = [cell.id for cell in nbformat.reads(first, 4).cells]
    assert len(set(ids)) == len(ids)
    other = replace(full.answers(6, prompting.Answers), answer="Otra.")
    full.save_answers(6, other)
    six = part(full, row(6), "es")
    alone = replace(Report.of(full, "es"), parts=(six,), appendix={})
    changed = nbformat.reads(alone.notebook(), 4)
    assert len({cell.id for cell in changed.cells} - set(ids)) == 1  # a cell that stays has the id that it had


def test_whose_it_is_and_what_it_takes_to_run_it_stand_above(full: Lab) -> None:
    full.save_whose(Whose(name="Ana $5 y $6"))
    first, second = cells(full)[:2]
    assert "Ana <span>&#36;</span>5 y <span>&#36;</span>6" in first.source and "llm-tui" in first.source
    assert '("sacrebleu", ""), ("torchtext", "0.6.0")' in second.source and "%pip" in second.source


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", "con torch y transformers lo que hizo llm-tui para este informe; si necesitan algo más, lo instala la "),
        ("en", "with torch and transformers what llm-tui did for this report; where they need more, the next cell "),
    ],
)
def test_it_says_that_what_its_programs_need_besides_is_installed(full: Lab, language: str, said: str) -> None:
    first, second = cells(full, language)[:2]
    assert said in first.source and "%pip" in second.source


def test_a_lab_in_which_nothing_was_done_gives_a_notebook_without_code(lab: Lab) -> None:
    assert not of("code", cells(lab)) and not lab.folder.exists()


def test_text_of_a_students_is_no_code_and_no_formula(lab: Lab) -> None:
    hostile = '"""\n%%bash\nrm -rf /\n$x$ \\(y\\) \\begin{z} a\\_b C:\\$ <img src=x onerror=alert(1)>'
    lab.save_answers(4, replace(translation.Answers(), answer=hostile))
    found = cells(lab)
    (cell,) = (cell for cell in found if "bash" in cell.source)
    assert cell.cell_type == "markdown" and "\\<img" in cell.source
    # The signs in which Jupyter's MathJax sees a formula, whatever escapes them in Markdown, stand in elements alone.
    page = MarkdownIt().render(cell.source)
    assert "".join(etree.HTML(page).itertext()).count(r"$x$ \(y\) \begin{z} a\_b C:\$") == 1
    assert not re.search(r"\$[^<]|\\[(\[be]", re.sub(r"<span>.</span>", "", page))
    assert not re.search(r"(?<!&#)\$|\\(?:\\|begin)", cell.source)


def test_the_command_writes_it_whole_or_of_one_exercise_and_replaces_nothing(full: Lab, tmp_path: Path) -> None:
    def run(*words: str) -> int:
        arguments = ("export", "--lab", str(full.folder), "--format", "ipynb", "-o", str(tmp_path / "r.ipynb"), *words)
        return CliRunner().invoke(cli, arguments).exit_code

    assert run() == 0 and (tmp_path / "r.ipynb").read_text() == Report.of(full, i18n.export_language()).notebook()
    assert run() == 2 and run("--force", "--exercise", "6") == 0
    one = nbformat.read(tmp_path / "r.ipynb", 4)
    nbformat.validate(one)
    assert len(programs(one.cells)) == 3 and "Apéndice" not in str(one)


# What it gives when it is run.


def done(job: Any, lab: Lab | None = None) -> Any:
    events: list[Event] = []
    result = run_job(job, Context(1, events.append, threading.Event()))
    if lab:
        told(lab, job, result, *(event for event in events if isinstance(event, Metric)))
    return result


def worked(lab: Lab) -> None:
    """Each exercise, small, by the teaching models."""
    sizes = {"train_size": "200", "test_size": "80", "batch_size": "32,64", "embed_dim": "8", "seed": "0"}
    sweep = parse_sweep({"data": "sample", "device": "cpu", **sizes})
    lab.save_answers(1, batch_sizes.Answers(sweep=sweep))
    for job in sweep.runs():
        done(job, lab)
    names = tuple(str(shipped()[name]) for name in (T5, "llm-tui/teaching-sentiment"))
    words = subwords.Answers(text="La observabilidad.\n¿Mañana?", tokenizers=names)
    lab.save_answers(2, words.with_comparison(done(words.job())))
    marked: Any = moderation.Answers()
    marked = replace(marked, samples=marked.samples[4:7], other="").with_models(ZERO_SHOT)
    given: Any = translation.Answers()
    given = replace(given, sentences=(given.sentences[0], given.sentences[-1])).with_models(T5)
    told_short = "Ana Torres trabaja en Madrid. El tren llegó tarde. No hubo daños."
    summed: Any = summaries.Answers(source=told_short, reference="Ana trabaja.", unblinded=True).with_models(T5)
    prompts: Any = prompting.Answers().with_models(T5)
    for number, answers in ((3, marked), (4, given), (5, summed), (6, prompts)):
        for _ in range(2):  # what is compared comes after what is written
            for asked in answers.pending(ASKING):
                answers = answers.with_result(asked, done(asked))
        lab.save_answers(number, answers)
    probed = done(Probing(ModelChoice(T5, "cpu"), Settings(max_new_tokens=3)))
    lab.save_answers(7, replace(ethics.Answers(), probed=probed))


def test_executed_it_gives_what_the_program_had(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    from nbclient import NotebookClient

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # more of them take the other tests' cores
    worked(lab)
    torch.set_num_threads(threads)
    folders = {name: str(tmp_path / name) for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR")}
    for name, value in {**folders, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "TQDM_DISABLE": "1"}.items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.reads(Report.of(lab, "es").notebook(), 4)
    before = json.loads(json.dumps(programs(notebook.cells)))
    NotebookClient(
        notebook, timeout=600, startup_timeout=600, resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    after = [cell for cell in of("code", notebook.cells) if cell.id in {cell["id"] for cell in before}]
    assert len(before) == len(after) == 12
    for old, new in zip(before, after, strict=True):
        said = "".join(output.text for output in new.outputs if output.get("name") == "stdout")
        kept = old["outputs"][0]
        if kept["output_type"] == "stream":
            wanted = kept["text"]
            if "batch_size" in wanted:  # a time is another one each time
                said, wanted = (re.sub(r"\d+\.\d\d$", "#", text, flags=re.M) for text in (said, wanted))
            assert same(said, wanted), f"{new.source}\n{said}\n{wanted}"
        else:
            words = lab.answers(2, subwords.Answers)
            for line in words.rows:
                for cut in line.cuts:
                    assert f"{line.phrase} | {len(cut.pieces)}: {' '.join(cut.pieces)}" in said
