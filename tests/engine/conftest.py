"""What the tests of the engine share: a language, and an engine that has ended when the test has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from llm_tui import i18n
from llm_tui.engine.engine import Engine


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    i18n.use("en")
    yield
    i18n.use("en")


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = Engine()
    yield engine
    assert engine.close(timeout=10)
