"""The real engine, which has ended when the test has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from llm_tui.engine.engine import Engine


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = Engine()
    yield engine
    assert engine.close(timeout=60)
