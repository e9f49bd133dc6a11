"""The preset: the numbers that stand in the course's notebook."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from llm_tui.classifier import ag_news, notebook
from llm_tui.classifier.ag_news_cache import ag_news_folder
from llm_tui.classifier.job import Sweep, Training
from llm_tui.classifier.setup import DEFAULTS, parse_sweep


@pytest.fixture
def unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ag_news, "answers", lambda: False)


@pytest.fixture
def fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    ag_news_folder().mkdir(parents=True)
    for name in ("train.csv", "test.csv"):
        (ag_news_folder() / name).touch()


def test_it_is_the_notebook_s_training(fetched: None) -> None:
    """Written off from the notebook, cell by cell; the seed is nobody's."""
    values, said = notebook.values("sample")
    base = Training(
        data="ag_news", train_size=2000, test_size=1000, embed_dim=64, epochs=1, lr=4.0, gamma=0.9, vocabulary="split"
    )
    assert parse_sweep({**DEFAULTS, **values}) == Sweep(base, batch_sizes=(64,), seeds=(0,))
    for number in ("2000", "1000", "64", "4.0", "split", "ag_news", "gamma 0.9"):
        assert number in said


def test_without_ag_news_the_sample_stays_and_it_is_said(
    unreachable: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    values, said = notebook.values("sample")
    assert "data" not in values
    assert "stay “sample”" in said


def test_own_data_stay_and_own_options_too(unreachable: None) -> None:
    values, said = notebook.values("/srv/news.csv")
    assert "data" not in values and "The data stay yours" in said
    assert notebook.values("ag_news")[1].endswith("gamma 0.9.")
    values, said = notebook.values("sample", {"data", "train_size"})
    assert not {"data", "train_size"} & set(values) and said.endswith("gamma 0.9.")


class Answering(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self.send_response(200 if self.path == "/there/test.csv" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_whether_it_can_be_fetched_is_asked_for_and_nothing_is_fetched(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ag_news, "GLANCE", 60)  # only a hang takes so long
    assert ag_news.answers(f"{server}/there/")
    assert not ag_news.answers(f"{server}/gone/")
    assert not ag_news.answers("http://127.0.0.1:9/")
