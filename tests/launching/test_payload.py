"""What a task runs is the project's own command line, and means the very training that it was made of."""

from __future__ import annotations

import subprocess
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from llm_tui.classifier.job import Training
from llm_tui.cli.classic import asked
from llm_tui.cli.classic import train as command
from llm_tui.launching import payload

words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12)


@settings(max_examples=30)
@given(
    data=st.sampled_from(["sample", "ag_news"]) | words.map(lambda name: f"/data/it's {name}.csv"),
    size=st.integers(1, 4096), seed=st.integers(0, 2**31 - 1), lr=st.floats(1e-3, 100), column=words | st.just(""),
    shuffle=st.booleans(), device=st.sampled_from(["auto", "cpu", "cuda:1"]),
)  # fmt: skip
def test_the_command_line_says_the_training(data, size, seed, lr, column, shuffle, device):
    job = Training(data=data, batch_size=size, seed=seed, lr=lr, device=device, shuffle=shuffle, text_column=column)
    arguments = payload.train(job, Path("/lab/launched/x/y"))
    assert arguments[0] == "train"
    options = [argument.partition("=")[0] for argument in arguments]
    assert len(set(options)) == len(options)
    given = command.make_context("train", arguments[1:]).params
    assert asked(given).runs() == [job]
    assert given["lab"] == Path("/lab/launched/x/y")


def test_the_script_keeps_what_is_said_and_how_it_ended(tmp_path):
    folder = tmp_path / "it's a lab"
    folder.mkdir()
    (folder / "task.sh").write_text(payload.script(["--no-such-option"], folder))
    (folder / payload.ENDED).write_text("0\n")  # of before it was requeued
    environ = {"SLURM_RESTART_COUNT": "1", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(["sh", folder / "task.sh"], env=environ, check=False)
    assert done.returncode == 2
    assert (folder / payload.ENDED).read_text() == "2\n"
    assert (folder / payload.BEGUN).read_text().split()[1:] == ["1"]
    assert "--no-such-option" in (folder / payload.LOG).read_text()


def test_no_secret_stands_in_the_script():
    environ = {
        "HF_TOKEN": "hf_secret",
        "OPENAI_API_KEY": "sk-secret",
        "HF_HOME": "/shared/it's",
        "HF_ENDPOINT": "http://u:pw@h",
    }
    text = payload.script(["train"], Path("/lab/x"), environ)
    assert "secret" not in text and "pw" not in text
    assert """export HF_HOME='/shared/it'"'"'s'""" in text
