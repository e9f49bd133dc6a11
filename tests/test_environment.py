"""The survey of the machine, for the home screen and for `llm-tui doctor`."""

from __future__ import annotations

import platform
import threading
from pathlib import Path

import huggingface_hub.constants
import pytest

from llm_tui import i18n
from llm_tui.engine.job import Context, JobCancelled, run_job
from llm_tui.environment import Survey, installed
from llm_tui.hub.cache import CachedModel, cached_models


@pytest.fixture
def cache(tmp_path: Path, monkeypatch) -> Path:
    folder = tmp_path / "hub"
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(folder))
    return folder


def keep(cache: Path, name: str, size: int) -> None:
    """A model as the hub's client leaves it on disk."""
    repo = cache / f"models--{name.replace('/', '--')}"
    for folder in ("blobs", "refs", "snapshots/0123"):
        (repo / folder).mkdir(parents=True)
    (repo / "blobs" / "abc").write_bytes(b"x" * size)
    (repo / "refs" / "main").write_text("0123")
    (repo / "snapshots" / "0123" / "model.bin").symlink_to("../../blobs/abc")


def test_the_models_at_hand_are_listed_largest_first(cache: Path) -> None:
    keep(cache, "google/small", 10)
    keep(cache, "google/large", 1000)
    assert cached_models() == (CachedModel("google/large", 1000), CachedModel("google/small", 10))


def test_a_machine_that_never_fetched_a_model_has_none(cache: Path) -> None:
    assert cached_models() == ()


def test_the_survey_says_what_is_here(cache: Path) -> None:
    import torch

    found = run_job(Survey(), Context(1, lambda event: None, threading.Event()))
    assert found.python == platform.python_version()
    assert found.torch == torch.__version__
    assert found.models == ()
    assert found.cache == str(cache)
    assert bool(found.cuda) != bool(found.no_cuda)  # a GPU, or why there is none


def test_the_survey_can_be_stopped(cache: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(JobCancelled):
        run_job(Survey(), Context(1, lambda event: None, stop))


def test_a_package_that_is_absent_is_said_to_be_in_both_languages() -> None:
    assert installed("no-such-package-anywhere") == "not installed"
    i18n.use("es")
    assert installed("no-such-package-anywhere") == "no instalado"
