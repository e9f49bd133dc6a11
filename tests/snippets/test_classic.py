"""The plain programs of the classic flow print what llm-tui measured: accuracy and loss to their digits, and the same
confusion matrix, probabilities and table.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from programs import write
from tokenizers import Tokenizer, pre_tokenizers

from llm_tui.classifier import ag_news
from llm_tui.classifier.job import Predict, Retest, Sweep, Training, TrainingResult
from llm_tui.engine.job import run_job
from llm_tui.errors import UserError
from llm_tui.exercises import flows
from llm_tui.exercises.contract import Beside
from llm_tui.exercises.flows import Comparison
from llm_tui.foundation.job import ModelChoice
from llm_tui.snippets import rows
from llm_tui.snippets.snippet import Snippet, snippet

SAMPLE = Training(train_size=200, test_size=60, batch_size=16, embed_dim=8, epochs=2, device="cpu", seed=5)


def measured(result: TrainingResult) -> str:
    """What the program of a training prints, but for its time."""
    counts = zip(result.classes, map(list, result.confusion), strict=True)
    lines = [f"accuracy {result.accuracy:.3f}, loss {result.test_loss:.3f}", *(f"{name} {row}" for name, row in counts)]
    return "".join(f"{line}\n" for line in lines)


def without_time(said: str) -> str:
    return re.sub(r"train_time .*\n", "", said)


def rows_of(topics: Path, split: str) -> list[list[str]]:
    with (topics / f"{split}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


Change = Callable[[Path, Training], Training]


def headed(topics: Path, job: Training) -> Training:
    """Semicolons, a header that comes again, blank lines, a row without a text, and an index."""
    for split in ("train", "test"):
        lines = [f'{i};"{text}";{label}' for i, (label, text) in enumerate(rows_of(topics, split))]
        lines[3:3] = ["", ";;", "i;texto;clase", f"9;;{rows_of(topics, split)[0][0]}"]
        (topics / f"{split}.csv").write_text("\n".join(["\ufeffi;texto;clase", *lines]), encoding="utf-8")
    return job


def json_lines(topics: Path, job: Training) -> Training:
    for split in ("train", "test"):
        lines = [
            json.dumps({"body": text, "n": 1, "label": label == "clima"}) for label, text in rows_of(topics, split)
        ]
        (topics / f"{split}.jsonl").write_text("\n\n".join(lines), encoding="utf-8")
        (topics / f"{split}.csv").unlink()
    return replace(job, label_column="label", text_column="body")


def escaped(topics: Path, job: Training) -> Training:
    """Quotes and backslashes with a backslash before them, and labels such as 1.0, which a column with a gap has."""
    numbers = {"cocina": "1.0", "fútbol": "2.0", "clima": "10.0"}
    for split in ("train", "test"):
        lines = [f'{numbers[label]},"un \\"sí\\" C:\\x {text}","{text}"' for label, text in rows_of(topics, split)]
        (topics / f"{split}.csv").write_text("\n".join(lines), encoding="utf-8")
    return job


def tabs(topics: Path, job: Training) -> Training:
    """A quote is a character, and a line names the sign between the cells."""
    for split in ("train", "test"):
        lines = ["sep=\t", *(f'{label}\t" {text}' for label, text in rows_of(topics, split))]
        (topics / f"{split}.csv").write_text("\n".join(lines), encoding="utf-8")
    return replace(job, vocabulary="split", train_size=100)


def shuffled(topics: Path, job: Training) -> Training:
    return replace(job, shuffle=True, train_size=100, test_size=40, vocabulary="split")


def one_file(topics: Path, job: Training) -> Training:
    return replace(job, data=str(topics / "train.csv"), train_size=120, test_size=60, vocabulary="split")


def two_ways(topics: Path, job: Training) -> Training:
    """The test rows in a file of another form, whose columns stand otherwise; and labels below 0."""
    numbers = {"cocina": "-1.0", "fútbol": "0.0", "clima": "1.0"}
    lines = [f'{numbers[label]},"{text}"' for label, text in rows_of(topics, "train")]
    (topics / "train.csv").write_text("\n".join(["label,text", *lines]), encoding="utf-8")
    lines = [f"{text}\t{float(numbers[label]):.0f}" for label, text in rows_of(topics, "test")]
    (topics / "test.tsv").write_text("\n".join(["text\tlabel", *lines]), encoding="utf-8")
    (topics / "test.csv").unlink()
    return replace(job, shuffle=True, train_size=100, test_size=40)


def put_together(topics: Path, job: Training) -> Training:
    """Tables of a spreadsheet in one file, each with its mark and its header, and a class in two Unicode forms."""
    for split in ("train", "test"):
        lines = [f'{label},"{text}"\n' for label, text in rows_of(topics, split)]
        lines = [unicodedata.normalize("NFD", line) if i % 2 else line for i, line in enumerate(lines)]
        parts = ["\ufeffclase,texto\n", *lines[:20], "\ufeffclase,texto\n", *lines[20:30], "\ufeff", *lines[30:]]
        (topics / f"{split}.csv").write_text("".join(parts), encoding="utf-8")
    return job


CHANGES = (headed, json_lines, escaped, tabs, shuffled, one_file, two_ways, put_together)


@pytest.mark.parametrize("change", CHANGES, ids=lambda it: it.__name__)
def test_a_training_on_data_of_ones_own_is_the_same(change: Change, topics, job, run, context):
    asked = change(topics, replace(job, epochs=1))
    assert without_time(run(snippet(asked, "es"))) == measured(run_job(asked, context))


def test_a_training_with_a_hugging_face_tokenizer_is_the_same(job, tokenizers, run, context):
    asked = replace(job, tokenizer=str(tokenizers["wordpiece"]), epochs=1)
    assert without_time(run(snippet(asked, "en"))) == measured(run_job(asked, context))


def apart(tokenizer: Tokenizer) -> None:
    own = [pre_tokenizers.Split("o", "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(own)


def by_chance(tokenizer: Tokenizer) -> None:
    tokenizer.model.dropout = 0.5


@pytest.mark.parametrize("change", [apart, by_chance])
def test_a_tokenizer_cuts_as_its_file_says_and_without_chance(change, job, tokenizers, tmp_path, run, context):
    """Neither of which transformers does with one that is called GPT-2's."""
    folder = Path(shutil.copytree(tokenizers["bytes"], tmp_path / "own"))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    change(tokenizer)
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {"tokenizer_class": "GPT2Tokenizer", "eos_token": "<|endoftext|>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    asked = replace(job, tokenizer=str(folder), epochs=1)
    assert without_time(run(snippet(asked, "es"))) == measured(run_job(asked, context))


@pytest.fixture
def news(tmp_path, monkeypatch) -> Path:
    """A folder that passes for AG_NEWS's, with rows of its form."""
    folder = tmp_path / "ag_news"
    folder.mkdir()
    for name, count in (("train.csv", 90), ("test.csv", 30)):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            written = csv.writer(file, quoting=csv.QUOTE_ALL)
            written.writerows((str(i % 4 + 1), f"Title {i % 7}", f'News "{i % 4}" \\of {i % 5}') for i in range(count))
    sums = {name: hashlib.md5((folder / name).read_bytes()).hexdigest() for name in ag_news.MD5}
    monkeypatch.setattr(rows, "MD5", sums)
    for module in ("llm_tui.snippets.rows", "llm_tui.classifier.ag_news"):
        monkeypatch.setattr(f"{module}.ag_news_folder", lambda: folder)
    return folder


def test_a_training_on_ag_news_is_the_same(news, run, context):
    asked = replace(SAMPLE, data="ag_news", train_size=60, test_size=30, vocabulary="split")
    program = snippet(asked, "es")
    assert without_time(run(program)) == measured(run_job(asked, context))
    assert ag_news.URL in program.text
    (news / "test.csv").write_bytes(b"1,other,data\n")
    with pytest.raises(AssertionError, match="md5"):
        run(program)


def test_a_sweep_prints_the_table(run, context):
    sweep = Sweep(SAMPLE, (16, 32), (0, 1))
    said = run(snippet(sweep, "es")).splitlines()
    assert said[0] == "batch_size | accuracy_test | tiempo_train (s)"
    for line, size in zip(said[1:], sweep.batch_sizes, strict=True):
        results = [run_job(replace(SAMPLE, batch_size=size, seed=seed), context) for seed in (0, 1)]
        first, second = (result.accuracy for result in results)
        mean, deviation = (first + second) / 2, abs(first - second) / 2**0.5
        assert line.startswith(f"{size} | {mean:.3f} ± {deviation:.3f} | ")


GPU = """device = torch.device("cpu")
torch.cuda.synchronize = lambda device: print("waited")
clock = time.perf_counter
time.perf_counter = lambda: print("read") or clock()
"""
"""In the place of the line that chooses a device: one that is not called cpu, and says when it is waited for."""


@pytest.mark.parametrize("asked", [SAMPLE, Sweep(SAMPLE, (16, 32), (0, 1)), Sweep(SAMPLE, (16,), (0,))])
def test_on_a_gpu_the_clock_is_read_when_its_work_is_done_and_the_first_time_counts_for_nothing(asked, run):
    plain = run(snippet(asked, "es"))
    base = asked.base if isinstance(asked, Sweep) else asked
    there = replace(base, device="auto")
    program = snippet(replace(asked, base=there) if isinstance(asked, Sweep) else there, "es")
    line = 'device = "cuda" if torch.cuda.is_available() else "cpu"\n'
    assert line in program.text
    said = run(replace(program, text=program.text.replace(line, GPU))).splitlines()
    trainings = len(asked.batch_sizes) * len(asked.seeds) if isinstance(asked, Sweep) else 1
    assert [each for each in said if each in ("waited", "read")] == ["waited", "read"] * 2 * (trainings + 1)
    assert said[:4] == ["waited", "read"] * 2
    results = "".join(f"{each}\n" for each in said if each not in ("waited", "read"))
    time = re.compile(r"train_time .*|\| [^|\n]*$", re.MULTILINE)
    assert time.sub("", results) == time.sub("", plain)


@pytest.fixture(params=["words", "pieces"])
def saved(request, tokenizers, tmp_path, context) -> tuple[Path, Training, TrainingResult]:
    """A run that was saved: its folder, what was asked, and what was measured."""
    tokenizer = "basic_english" if request.param == "words" else str(tokenizers["wordpiece"])
    asked = replace(SAMPLE, tokenizer=tokenizer)
    result = run_job(asked, context)
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(result.model.weights)
    (folder / "vocab.json").write_text(result.model.vocabulary, encoding="utf-8")
    (folder / "result.json").write_text(json.dumps({"result": {"classes": result.classes}}), encoding="utf-8")
    return folder, asked, result


def test_a_saved_run_says_the_same_of_a_sentence_and_of_its_test_rows(saved, run, context):
    folder, asked, result = saved
    predict = Predict(str(folder), 'The "team" won\nthe match; 3:1! {{ 7 }} añós')
    shares = zip(result.classes, run_job(predict, context).probabilities, strict=True)
    wanted = [f"{name} {share:.3f}" for name, share in sorted(shares, key=lambda pair: -pair[1])]
    assert run(snippet(predict, "es")).splitlines() == wanted
    retest = Retest(str(folder), asked, 50)
    retested = run_job(retest, context)
    hits = sum(a == b for a, b in zip(retested.labels, retested.predicted, strict=True))
    said = run(snippet(retest, "es")).splitlines()
    assert said[0] == f"accuracy {hits / 50:.3f}"
    assert sum(sum(json.loads(line[line.index("[") :])) for line in said[1:]) == 50


@pytest.mark.parametrize("change", [two_ways, shuffled], ids=lambda it: it.__name__)
def test_a_saved_run_says_the_same_of_shuffled_test_rows_of_ones_own(change, topics, job, tmp_path, run, context):
    asked = change(topics, replace(job, epochs=1))
    model = run_job(asked, context).model
    (tmp_path / "model.safetensors").write_bytes(model.weights)
    (tmp_path / "vocab.json").write_text(model.vocabulary, encoding="utf-8")
    retest = Retest(str(tmp_path), asked, 30)
    retested = run_job(retest, context)
    hits = sum(a == b for a, b in zip(retested.labels, retested.predicted, strict=True))
    assert run(snippet(retest, "es")).startswith(f"accuracy {hits / 30:.3f}\n")


def test_a_program_runs_in_a_new_interpreter_without_llm_tui(tmp_path, context):
    program = snippet(SAMPLE, "es")
    file = write(program, tmp_path)
    hidden = f"import sys, runpy; sys.modules['llm_tui'] = None; runpy.run_path({str(file)!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", hidden], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert without_time(done.stdout) == measured(run_job(SAMPLE, context))
    assert not done.stderr


def test_the_sample_lies_beside_the_program_under_names_that_say_its_size():
    program: Snippet = snippet(SAMPLE, "es")
    assert set(program.files) == {"sample_train_200.csv", "sample_test_60.csv"}


def test_data_that_are_gone_are_said(tmp_path):
    gone: Any = replace(SAMPLE, data=str(tmp_path / "gone.csv"))
    with pytest.raises(UserError, match=r"gone\.csv"):
        snippet(gone, "es")
    with pytest.raises(UserError, match="has no model"):
        snippet(Predict(str(tmp_path), "text"), "es")


def test_the_two_flows_have_a_program_each_that_hits_the_same_rows(topics, job, folders, tmp_path, run, context):
    result = run_job(job, context)
    (tmp_path / "model.safetensors").write_bytes(result.model.weights)
    (tmp_path / "vocab.json").write_text(result.model.vocabulary, encoding="utf-8")
    comparison = Comparison(Retest(str(tmp_path), job, 12), ModelChoice(str(folders["bert-nli"]), "cpu"))
    retested = run_job(comparison.retest, context)
    asked = comparison.then(retested)
    answers = flows.Answers().with_result(comparison.retest, retested).with_result(asked, run_job(asked, context))
    classic, foundation = (run(snippet(done, "es")).splitlines() for done in flows.jobs(answers, Beside()))
    assert classic[0].startswith(f"accuracy {answers.classic.hits / 12:.3f}, ")
    assert f"accuracy {answers.asked[0].hits / 12:.3f}" in foundation
