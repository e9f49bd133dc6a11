"""Where a model is: a person's folder, with the program, in the hub's cache."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from llm_tui import __version__
from llm_tui.engine.job import Context
from llm_tui.errors import Unavailable, UserError
from llm_tui.hub.packaged import PACKAGED
from llm_tui.hub.places import at_hand, locate, without_hub
from llm_tui.hub.shipped import PREFIX, shipped


@pytest.fixture(autouse=True)
def nothing_at_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


def place(name: str) -> tuple[Path, str]:
    return locate(name, Context(1, lambda event: None, threading.Event()))


def test_a_folder_of_ones_own_comes_before_every_other_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (f"{PREFIX}t5", next(iter(PACKAGED)), "google/flan-t5-small"):
        (tmp_path / name).mkdir(parents=True)
        assert place(name) == (tmp_path / name, "")
        assert at_hand(name) == tmp_path / name


def test_the_teaching_models_are_there_without_anything() -> None:
    assert {"t5", "zero-shot", "entities", "sentiment"} == {name.removeprefix(PREFIX) for name in shipped()}
    for name, folder in shipped().items():
        opened, revision = place(name)
        assert revision == __version__ and (opened / "model.safetensors").is_file()
        assert {file.name for file in folder.iterdir()} - {"model.safetensors.gz"} <= {f.name for f in opened.iterdir()}


@pytest.mark.parametrize("end", ["", "..", "../models/t5", "t5/../t5", "none"])
def test_a_name_that_only_begins_like_theirs_is_none_of_theirs(end: str) -> None:
    assert without_hub(f"{PREFIX}{end}") is None


def test_a_packaged_model_that_was_not_fetched_says_the_command() -> None:
    name = next(iter(PACKAGED))
    with pytest.raises(Unavailable, match=f"llm-tui models pull {name}"):
        place(name)
    assert at_hand(name) is None


@pytest.mark.parametrize("name", ["no folder/of/mine", "../up", "a/b/c"])
def test_what_is_neither_folder_nor_id_is_a_sentence(name: str) -> None:
    with pytest.raises(UserError, match="no hub id either"):
        place(name)
    assert at_hand(name) is None


def test_an_id_that_is_in_no_cache_is_not_at_hand_and_nothing_is_fetched() -> None:
    assert at_hand("google/flan-t5-small") is None
