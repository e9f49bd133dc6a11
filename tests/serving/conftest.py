from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from model_server import ModelServer, model_server

from llm_tui.serving import servers, turns


@pytest.fixture
def served() -> Iterator[ModelServer]:
    with model_server() as there:
        yield there


@pytest.fixture(autouse=True)
def nobodys_servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No server is named yet, there is no key and no proxy, and nothing is remembered of other tests' servers."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in (*servers.KEYS, "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("llm_tui.serving.chat.TURNS", turns.Turns())
