"""What a task runs: the project's own command line, in a shell script that a person can read and run by hand."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from llm_tui.classifier import setup
from llm_tui.classifier.job import Training
from llm_tui.fields import YesNo
from llm_tui.foundation.settings import GENERATION, WHERE
from llm_tui.playground import registry
from llm_tui.playground.generating import Generating

BEGUN, ENDED, LOG = "begun", "ended", "log.txt"
"""What a task writes into its folder: a line each time that it begins, its exit code, and all that it says."""

_PASSED_ON = (
    "PYTHONPATH", "PYTHONUTF8", "HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HUB_OFFLINE",
    "TRANSFORMERS_OFFLINE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "LANG", "LC_ALL", "LC_MESSAGES",
)  # fmt: skip
"""What of the environment is written into the script. SLURM hands on the rest, tokens among it, where the site lets
it; none of them is written into a file.
"""


def train(job: Training, lab: Path) -> list[str]:
    """The arguments of `llm-tui` that do this training in a lab of its own."""
    said = {
        setup.DATA: job.data, setup.TRAIN_SIZE: job.train_size, setup.TEST_SIZE: job.test_size,
        setup.TOKENIZER: job.tokenizer, setup.BATCH_SIZES: job.batch_size, setup.EMBED_DIM: job.embed_dim,
        setup.EPOCHS: job.epochs, setup.RATE: job.lr, setup.SEEDS: job.seed, setup.DEVICE: job.device,
        setup.ROOM: job.wait_for_room, setup.VOCABULARY: job.vocabulary,
    }  # fmt: skip
    options = [f"{field.option}={value}" for field, value in said.items()]
    columns = (("--text-column", job.text_column), ("--label-column", job.label_column))
    options += [f"{name}={column}" for name, column in columns if column]
    return ["train", f"--lab={lab}", *options, *([setup.SHUFFLE.option] if job.shuffle else [])]


def fill(number: int | str, settings: Mapping[str, str], lab: Path) -> list[str]:
    """The arguments that fill the sheet of an exercise in a lab of its own; `settings` as of the playground."""
    generates = any(isinstance(task, Generating) for task in registry.of_exercise(number))
    options = []
    for field in (*WHERE, *GENERATION) if generates else WHERE:
        if isinstance(field, YesNo):
            options += [field.option] if field.read(settings[field.name]) else []
        else:
            options.append(f"{field.option}={settings[field.name].strip()}")
    # One that was killed on another node may have left its claim: it is waited for until that is stale.
    return ["exercise", str(number), f"--lab={lab}", "--wait", *options]


def script(arguments: Sequence[str], folder: Path, environ: Mapping[str, str] = os.environ) -> str:
    """The shell script of one task that works in `folder`."""
    here = shlex.quote(str(folder))
    exports = [f"export {name}={shlex.quote(environ[name])}" for name in _PASSED_ON if environ.get(name)]
    lines = (
        "#!/bin/sh",
        *exports,
        f"rm -f {here}/{ENDED}",
        f'echo "$(uname -n) ${{SLURM_RESTART_COUNT:-0}}" >> {here}/{BEGUN} || exit 1',
        f"cd {shlex.quote(os.getcwd())}",
        # In the background, so that this shell hears a signal at once, and hands it on.
        f"{shlex.join([sys.executable, '-m', 'llm_tui', *arguments])} >> {here}/{LOG} 2>&1 &",
        "child=$!",
        "trap 'kill -TERM \"$child\"' TERM INT",
        'wait "$child"',
        "code=$?",
        '[ "$code" -gt 128 ] && wait "$child"',
        f"echo $code > {here}/.{ENDED} && mv {here}/.{ENDED} {here}/{ENDED}",
        "exit $code",
    )
    return "\n".join(lines) + "\n"
