"""A hub of models on this machine: the part of its HTTP interface that fetching a model uses.

`python tests/local_hub.py FOLDER [MB]` serves the files of a folder as every model that is asked for, with weights of
so many megabytes, and writes what HF_ENDPOINT must be: for a person who drives the program by hand.
"""

from __future__ import annotations

import hashlib
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import huggingface_hub
import pytest
from huggingface_hub import constants

REVISION = "0123456789abcdef0123456789abcdef01234567"
LONG = 60.0  # seconds: far more than anything here takes, so that only a hang fails


class Hub(ThreadingHTTPServer):
    """Each model that is asked for has `files`. Of a file's content it sends the first half, and the second when
    `go_on` is set. Every answer has `status`; a hub that is not `sized` tells `sizes`, none as some mirrors. The file
    `broken` is not there.
    """

    daemon_threads = True

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = files
        self.status = 200
        self.revision = REVISION
        self.sized = True
        self.sizes: dict[str, object] = {}
        self.broken = ""
        self.asked: list[str] = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.url = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the tests."""


class Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, body: bool) -> None:
        path = self.path.partition("?")[0]
        name = path.rpartition("/")[2]
        if body:
            self.server.asked.append(path)
        headers = {"X-Repo-Commit": self.server.revision}
        files = self.server.files
        if self.server.status != 200 or ("/resolve/" in path and name == self.server.broken):
            content, headers = b"", {"X-Error-Code": "RepoNotFound"}
        elif path.startswith("/api/models/") and "/tree/" in path:
            tree = [{"type": "file", "path": n, "size": len(c), "oid": _oid(c)} for n, c in files.items()]
            content = json.dumps(tree).encode()
        elif path.startswith("/api/models/"):
            siblings = [{"rfilename": n, **self._size(n)} for n in files]
            content = json.dumps({"id": "a/b", "sha": self.server.revision, "siblings": siblings}).encode()
        else:
            content = files[name]
            headers["ETag"] = f'"{_oid(content)}"'
        self.send_response(404 if "/resolve/" in path and name == self.server.broken else self.server.status)
        for key, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(key, value)
        self.end_headers()
        if body:
            half = len(content) // 2 if "/resolve/" in path else len(content)
            self.wfile.write(content[:half])
            self.wfile.flush()
            if half < len(content):
                assert self.server.go_on.wait(LONG)
                self.wfile.write(content[half:])

    def _size(self, name: str) -> dict[str, object]:
        content = self.server.files[name]
        return {"size": len(content), "blobId": _oid(content)} if self.server.sized else self.server.sizes

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


def _oid(content: bytes) -> str:
    """As git names a content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def files_of(folder: Path, weights: bytes = b"weights" * 100) -> dict[str, bytes]:
    """What a hub has of a model: the files of a folder, weights, a card."""
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    return files | {"model.safetensors": weights, "README.md": b"---\nlicense: mit\n---\n"}


@contextmanager
def serving(files: dict[str, bytes]) -> Iterator[Hub]:
    hub = Hub(files)
    thread = threading.Thread(target=hub.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hub
    finally:
        hub.go_on.set()
        hub.shutdown()
        hub.server_close()
        thread.join()
        huggingface_hub.close_session()


def reach(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the library of this process look for the hub there."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", url + "/{repo_id}/resolve/{revision}/{filename}")
    huggingface_hub.close_session()


if __name__ == "__main__":
    size = int(sys.argv[2]) * 10**6 if len(sys.argv) > 2 else 700
    with serving(files_of(Path(sys.argv[1]), b"w" * size)) as served:
        sys.stdout.write(f"HF_ENDPOINT={served.url} NO_PROXY=127.0.0.1\n")
        sys.stdout.flush()
        threading.Event().wait()
