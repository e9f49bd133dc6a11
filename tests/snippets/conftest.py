"""What the tests of plain programs share: the tiny models, and the process that runs programs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from classifier.conftest import job, topics  # noqa: F401  # data to train on
from foundation.conftest import folders, one_thread  # noqa: F401  # the tiny models
from programs import Programs, started
from tokenization.conftest import folders as tokenizers  # noqa: F401

from llm_tui.snippets.snippet import Snippet


@pytest.fixture(scope="session")
def programs() -> Iterator[Programs]:
    with started() as there:
        yield there


class Run(Protocol):
    def __call__(self, snippet: Snippet, **environment: str) -> str: ...


@pytest.fixture
def run(programs: Programs, tmp_path: Path) -> Run:
    """Runs a program in a folder of the test's own, and gives what it prints."""
    return lambda snippet, **environment: programs.run(snippet, tmp_path / snippet.name, **environment)
