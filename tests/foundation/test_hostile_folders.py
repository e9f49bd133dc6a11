"""Folders of models that somebody else made: nothing in them takes long, fills the memory, or is a riddle."""

from __future__ import annotations

import json
import os
import resource
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from llm_tui import i18n
from llm_tui.engine.job import Context, JobCancelled, run_job
from llm_tui.errors import UserError
from llm_tui.foundation.job import PROMPT, Generate, ModelChoice, Settings
from llm_tui.foundation.labels_job import Sentiment
from llm_tui.foundation.loading import load
from llm_tui.foundation.purpose import GENERATE, SEQUENCE, TOKENS
from llm_tui.foundation.weights import Held, bounded
from llm_tui.hub import folder as folder_module

Folders = dict[str, Path]
TEXT = ("Every word is cut.",)


@pytest.fixture
def little_memory() -> Iterator[None]:
    """What takes gigabytes fails, instead of being slow."""
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with open("/proc/self/status") as status:
        used = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData"))
    resource.setrlimit(resource.RLIMIT_DATA, (used + 1_500_000_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_DATA, before)


def job(folder: Path) -> Any:
    choice = ModelChoice(str(folder), "cpu")
    writes = folder.name in ("t5", "llama", "marian", "gpt2", "bart")
    return Generate(PROMPT, TEXT, choice, Settings(max_new_tokens=3)) if writes else Sentiment(TEXT, choice)


def refused(folder: Path, context: Context, words: str) -> None:
    for language in ("es", "en"):
        i18n.use(language)
        with pytest.raises(UserError) as caught:
            run_job(job(folder), context)
        assert "\n" not in str(caught.value) and str(caught.value).endswith(".")
    assert words in str(caught.value)


def change(file: Path, **settings: Any) -> None:
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | settings), encoding="utf-8")


ABSURD = [
    ("distilbert", {"n_layers": 10**7}),
    ("distilbert", {"n_layers": 10**12}),
    ("distilbert", {"num_labels": 10**9, "id2label": None, "label2id": None}),
    ("distilbert", {"vocab_size": 10**9}),
    ("distilbert", {"dim": 10**6}),
    ("distilbert", {"hidden_dim": 10**15}),
    ("distilbert", {"max_position_embeddings": 10**10}),
    ("t5", {"num_layers": 10**7}),
    ("t5", {"num_decoder_layers": 10**7}),
    ("t5", {"d_ff": 10**12}),
    ("llama", {"num_hidden_layers": 10**7}),
    ("llama", {"head_dim": 10**9}),
    ("llama", {"text_config": {"num_hidden_layers": 10**9}}),
    ("bart", {"encoder_layers": 10**8}),
    ("marian", {"max_position_embeddings": 10**9}),
    ("gpt2", {"n_positions": 10**9}),
]


@pytest.mark.parametrize(("name", "settings"), ABSURD, ids=[f"{name}-{settings}" for name, settings in ABSURD])
def test_a_configuration_that_asks_for_more_than_the_weights_hold(
    name: str, settings: dict[str, Any], copy: Callable[[str], Path], context: Context, little_memory: None
) -> None:
    folder = copy(name)
    change(folder / "config.json", **settings)
    refused(folder, context, "asks for more than its weights hold")


def test_pickled_weights_are_no_way_round_it(
    copy: Callable[[str], Path], context: Context, little_memory: None
) -> None:
    folder = copy("distilbert")
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    change(folder / "config.json", n_layers=10**7)
    refused(folder, context, "asks for more than its weights hold")


@pytest.mark.parametrize(
    "name", ["t5", "bart", "marian", "m2m100", "gpt2", "llama", "distilbert", "tokens", "roberta-nli"]
)
def test_no_model_that_is_whole_is_refused(name: str, folders: Folders, context: Context) -> None:
    purpose = {"distilbert": SEQUENCE, "roberta-nli": SEQUENCE, "tokens": TOKENS}.get(name, GENERATE)
    assert load(ModelChoice(str(folders[name]), "cpu"), purpose, context).model.num_parameters() > 0


def test_building_a_model_can_be_stopped() -> None:
    stop = threading.Event()
    stop.set()
    context = Context(1, lambda event: None, stop)
    with pytest.raises(JobCancelled), bounded(Held(10, 10, 10), "mine", context):
        torch.nn.Sequential(torch.nn.Linear(2, 2))
    assert torch.nn.Sequential(torch.nn.Linear(2, 2))  # and afterwards nothing watches


NO_PLAIN_FILES: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "a folder": Path.mkdir,
    "a device": lambda path: path.symlink_to("/dev/zero"),
}
READ = ("model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json", "generation_config.json",
        "chat_template.jinja")  # fmt: skip


@pytest.mark.parametrize("kind", NO_PLAIN_FILES)
@pytest.mark.parametrize("file", READ)
def test_what_is_no_plain_file_is_not_waited_for(
    file: str, kind: str, copy: Callable[[str], Path], context: Context
) -> None:
    folder = copy("t5")
    (folder / file).unlink(missing_ok=True)
    NO_PLAIN_FILES[kind](folder / file)
    refused(folder, context, "not a plain file")


@pytest.mark.parametrize("file", ["tokenizer.json", "config.json", "chat_template.jinja"])
def test_a_file_that_takes_gigabytes_once_it_is_read(file: str, copy: Callable[[str], Path], context: Context) -> None:
    folder = copy("llama")
    with (folder / file).open("wb") as opened:
        opened.truncate(folder_module.LARGEST + 1)
    refused(folder, context, "larger than 64 MB")


@pytest.mark.parametrize("file", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_pointer_in_place_of_a_file_is_known(file: str, copy: Callable[[str], Path], context: Context) -> None:
    folder = copy("distilbert")
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 1469419\n"
    (folder / file).write_text(pointer, encoding="utf-8")
    refused(folder, context, f"{file} is a Git LFS pointer, not the file itself")


@pytest.mark.parametrize("part", ["../elsewhere.safetensors", "/dev/zero", "absent.safetensors"])
def test_weights_in_parts_are_those_of_the_folder(part: str, copy: Callable[[str], Path], context: Context) -> None:
    folder = copy("distilbert")
    names = list(load_file(folder / "model.safetensors"))
    shutil.copy(folder / "model.safetensors", folder.parent / "elsewhere.safetensors")
    (folder / "model.safetensors").unlink()
    index = {"metadata": {}, "weight_map": dict.fromkeys(names, part)}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    refused(folder, context, "there is no file")


def test_a_pickle_that_holds_more_than_numbers_is_said_without_advice_to_trust_it(
    copy: Callable[[str], Path], context: Context
) -> None:
    """PyTorch's own words tell a person to load it with weights_only=False."""
    folder = copy("distilbert")
    torch.save({**load_file(folder / "model.safetensors"), "more": threading.Event}, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    refused(folder, context, "more than numbers")
    with pytest.raises(UserError) as caught:
        load(ModelChoice(str(folder), "cpu"), SEQUENCE, context)
    assert "weights_only" not in str(caught.value)
