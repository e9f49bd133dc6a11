"""Fetching AG_NEWS, from a server of this machine: whole and checked, or not at all."""

from __future__ import annotations

import gzip
import hashlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pooch
import pytest

from llm_tui import i18n
from llm_tui.classifier import ag_news
from llm_tui.classifier.ag_news import fetch
from llm_tui.classifier.ag_news_cache import ag_news_fact, ag_news_folder
from llm_tui.classifier.data import load
from llm_tui.classifier.job import Training
from llm_tui.engine.events import Event, Progress
from llm_tui.engine.job import Context, JobCancelled
from llm_tui.errors import UserError

LONG = 60.0  # seconds: far more than anything here takes, so that only a hang fails
FIRST_PART = 16 * 1024

FILES = {
    "train.csv": b"".join(b'"%d","Title","Text %d"\n' % (i % 4 + 1, i) for i in range(3000)),
    "test.csv": b'"1","Title","Text"\n"2","Title","Text"\n',
}


class Server(ThreadingHTTPServer):
    """Serves `files`; after the first part of a file it waits until `go_on` is set.

    `cut` names a file of which it sends no more than the first part before it hangs up.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = dict(FILES)
        self.cut = ""
        self.compresses = False
        self.asked: list[str] = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.url = f"http://127.0.0.1:{self.server_port}/"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of these tests."""


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        name = self.path.lstrip("/")
        self.server.asked.append(name)
        content = self.server.files[name]
        self.send_response(200)
        if self.server.compresses and "gzip" in self.headers["Accept-Encoding"]:
            content = gzip.compress(content)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[:FIRST_PART])
        self.wfile.flush()
        assert self.server.go_on.wait(LONG)
        if name != self.server.cut:
            self.wfile.write(content[FIRST_PART:])

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.go_on.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def a_small_ag_news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files above in place of the real ones, and an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(ag_news, "MD5", {name: hashlib.md5(content).hexdigest() for name, content in FILES.items()})


def in_cache() -> list[str]:
    return sorted(path.name for path in ag_news_folder().glob("*"))


def downloads_end() -> None:
    """Wait until no download runs on behind."""
    for thread in threading.enumerate():
        if thread.name.startswith("download"):
            thread.join(LONG)
            assert not thread.is_alive()


def test_both_files_come_into_the_cache_of_the_user(server: Server, context: Context, tmp_path: Path) -> None:
    assert ag_news_fact()[1] == "not fetched yet"
    folder = fetch(context, server.url)
    assert ag_news_fact()[1] == "in the cache"
    assert folder == ag_news_folder()
    assert folder.is_relative_to(tmp_path / "cache")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == FILES


@pytest.mark.parametrize("compresses", [False, True])
def test_it_tells_how_much_has_come(compresses: bool, server: Server) -> None:
    """Of the size that the file has, even where the server would rather send it compressed."""
    server.compresses = compresses
    server.go_on.clear()
    told: list[Progress] = []

    def listen(event: Event) -> None:
        assert isinstance(event, Progress)
        told.append(event)
        if event.done:
            server.go_on.set()

    fetch(Context(1, listen, threading.Event()), server.url)
    middle = next(event for event in told if event.done)
    assert middle.what == "downloading AG_NEWS, train.csv"
    assert middle.total == len(FILES["train.csv"])
    assert middle.done <= FIRST_PART
    assert all(event.done <= event.total for event in told)


def test_what_is_in_the_cache_is_not_fetched_again(server: Server, context: Context) -> None:
    fetch(context, server.url)
    fetch(context, server.url)
    assert server.asked == ["train.csv", "test.csv"]


def test_a_training_finds_it_in_the_cache(server: Server, context: Context) -> None:
    fetch(context, server.url)
    dataset = load(Training(data="ag_news", train_size=3000, test_size=2), context)
    assert (dataset.name, dataset.classes) == ("AG_NEWS", ("World", "Sports", "Business", "Sci/Tech"))
    assert dataset.train.texts[2999] == "Title Text 2999"


ADVICE = [
    ("en", "AG_NEWS could not be fetched: {} was tried", "put train.csv and test.csv into a folder"),
    ("es", "No se pudo obtener AG_NEWS: se intentó {}", "ponga train.csv y test.csv en una carpeta"),
]


@pytest.mark.parametrize(("language", "tried", "instead"), ADVICE)
def test_other_content_is_refused_and_not_kept(
    language: str, tried: str, instead: str, server: Server, context: Context
) -> None:
    server.files["train.csv"] = b"<html>Sign in to the campus network</html>"
    i18n.use(language)
    with pytest.raises(UserError) as refused:
        fetch(context, server.url)
    assert tried.format(server.url + "train.csv") in str(refused.value)
    assert instead in str(refused.value)
    assert in_cache() == []


def test_a_connection_that_breaks_leaves_nothing_and_the_next_try_succeeds(server: Server, context: Context) -> None:
    server.cut = "train.csv"
    with pytest.raises(UserError) as refused:
        fetch(context, server.url)
    assert server.url + "train.csv" in str(refused.value)
    assert "␊" not in str(refused.value)
    assert in_cache() == []

    server.cut = ""
    fetch(context, server.url)
    assert in_cache() == ["test.csv", "train.csv"]


def test_what_has_come_is_kept_when_the_rest_does_not(server: Server, context: Context) -> None:
    server.files["test.csv"] = b"something else"
    with pytest.raises(UserError, match=r"test\.csv was tried"):
        fetch(context, server.url)
    assert in_cache() == ["train.csv"]
    assert ag_news_fact()[1] == "not fetched yet"


def test_it_can_be_stopped_while_the_server_is_silent(server: Server) -> None:
    server.go_on.clear()
    stop = threading.Event()

    def listen(event: Event) -> None:
        if isinstance(event, Progress) and event.done:
            stop.set()

    with pytest.raises(JobCancelled):
        fetch(Context(1, listen, stop), server.url)
    assert not server.go_on.is_set(), "it stopped without a word from the server"

    server.go_on.set()
    downloads_end()
    assert in_cache() == []


@pytest.mark.parametrize(("language", "tried", "instead"), ADVICE)
def test_without_a_network_it_says_what_to_do(language: str, tried: str, instead: str, context: Context) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
    i18n.use(language)
    with pytest.raises(UserError) as refused:
        fetch(context, url)
    message = str(refused.value)
    assert tried.format(url + "train.csv") + " ([Errno 111] Connection refused)" in message
    assert instead in message
    assert in_cache() == []


@pytest.mark.parametrize(("language", "why"), [("en", "no answer within 0 s"), ("es", "sin respuesta en 0 s")])
def test_a_server_that_never_answers_is_left(
    language: str, why: str, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ag_news, "PATIENCE", 0.2)
    i18n.use(language)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(UserError) as refused:
        fetch(context, f"http://127.0.0.1:{silent.getsockname()[1]}/")
    assert f"({why})" in str(refused.value)
    downloads_end()


def test_the_library_that_downloads_writes_nothing_over_the_screen(
    server: Server, context: Context, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pooch.get_logger(), "handlers", [caplog.handler])  # in place of the one that writes to stderr
    fetch(context, server.url)
    assert caplog.messages == []
