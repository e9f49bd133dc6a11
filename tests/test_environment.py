"""The survey of the machine, for the home screen and for `llm-tui doctor`."""

from __future__ import annotations

import errno
import os
import platform
import tempfile
import threading
from pathlib import Path

import huggingface_hub.constants
import pytest

from llm_tui import i18n
from llm_tui.engine.job import Context, JobCancelled, run_job
from llm_tui.environment import Environment, installed
from llm_tui.survey import Survey


@pytest.fixture
def cache(tmp_path: Path, monkeypatch) -> Path:
    folder = tmp_path / "hub"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "XDG_CACHE_HOME"))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(folder))
    return folder


def test_the_survey_says_what_is_here(cache: Path) -> None:
    import torch

    found = run_job(Survey(), Context(1, lambda event: None, threading.Event()))
    assert found.python == platform.python_version()
    assert found.torch == torch.__version__
    assert found.models == ()
    assert found.cache == str(cache)
    assert bool(found.cuda) != bool(found.no_cuda)  # a GPU, or why there is none


def test_a_cache_that_can_only_be_read_says_so(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    assert "read" not in dict(survey_facts())["models"]
    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert dict(survey_facts())["models"].endswith(f"({cache}, can only be read)")
    i18n.use("es")
    assert dict(survey_facts())["modelos"].endswith(f"({cache}, solo se puede leer)")


def survey_facts() -> list[tuple[str, str]]:
    found: Environment = run_job(Survey(), Context(1, lambda event: None, threading.Event()))
    return found.facts()


def test_the_survey_can_be_stopped(cache: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(JobCancelled):
        run_job(Survey(), Context(1, lambda event: None, stop))


def test_a_package_that_is_absent_is_said_to_be_in_both_languages() -> None:
    assert installed("no-such-package-anywhere") == "not installed"
    i18n.use("es")
    assert installed("no-such-package-anywhere") == "no instalado"
