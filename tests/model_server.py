"""A small real model server for tests, with every fault that a real one can have: it does what the test says."""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """One request. `asked` is its body, where it has one."""

    protocol_version = "HTTP/1.1"
    server: ModelServer
    asked: dict[str, Any]

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        if self.headers["Content-Type"] != "application/json":  # FastAPI takes nothing else for JSON
            self.send(415, b"", "text/plain")
            return
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, asked: dict[str, Any]) -> None:
        self.asked, served = asked, self.server
        with served.lock:
            served.requests.append((self.path, asked, dict(self.headers)))
            served.open += 1
            served.most_open = max(served.most_open, served.open)
        try:
            listing = self.path.endswith("/models") and not served.bare
            (models_of(served.models) if listing else served.behaviour)(self)
        except (BrokenPipeError, ConnectionResetError):
            served.hung_up.set()
        finally:
            with served.lock:
                served.open -= 1

    # What a behaviour is made of.

    def send(self, status: int, body: bytes, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def begin(self, kind: str = "text/event-stream") -> None:
        """A stream that ends when the connection does."""
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        self.end_headers()

    def event(self, data: object) -> None:
        text = data if isinstance(data, str) else json.dumps(data)
        self.wfile.write(f"data: {text}\n\n".encode())
        self.wfile.flush()

    def until_hung_up(self, every: float = 0.02, piece: bytes = b": still here\n\n") -> None:
        """Say nothing until the other side goes away, and notice it by a comment that no client shows."""
        while not self.server.ended.wait(every):
            self.wfile.write(piece)
            self.wfile.flush()


class ModelServer(ThreadingHTTPServer):
    """`requests` are those that came: path, body, headers. `most_open` says how many were open together."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviour: Behaviour = streams("A", " few", " words.")
        self.models: Sequence[str] = ("tiny",)
        self.bare = False
        self.requests: list[tuple[str, dict[str, Any], dict[str, str]]] = []
        self.lock = threading.Lock()
        self.open = self.most_open = 0
        self.ended = threading.Event()
        self.hung_up = threading.Event()

    def handle_error(self, *_: object) -> None:
        pass

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.place}/v1"

    @property
    def name(self) -> str:
        return f"{self.url}#{self.models[0]}"

    @property
    def questions(self) -> list[dict[str, Any]]:
        return [asked for path, asked, _ in self.requests if path.endswith("/chat/completions")]


@contextmanager
def model_server() -> Iterator[ModelServer]:
    served = ModelServer()
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.ended.set()
        served.shutdown()
        served.server_close()
        thread.join()


def chunk(text: str | None = None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    """One event of a stream, as the API has it."""
    delta = {} if text is None else {"content": text}
    choice = {"index": 0, "delta": delta, "finish_reason": finish, **more}
    return {"object": "chat.completion.chunk", "model": "tiny-2-q4", "choices": [choice]}


def usage(given: int, made: int) -> dict[str, Any]:
    counts = {"prompt_tokens": given, "completion_tokens": made, "total_tokens": given + made}
    return {"object": "chat.completion.chunk", "model": "tiny-2-q4", "choices": [], "usage": counts}


def streams(*pieces: str, finish: str | None = "stop", counts: tuple[int, int] | None = None,
            done: bool = True, pause: float = 0.0) -> Behaviour:  # fmt: skip
    """A good answer, or one that lacks the end that it should have."""

    def behave(handler: Handler) -> None:
        handler.begin()
        for piece in pieces:
            handler.event(chunk(piece))
            time.sleep(pause)
        if finish:
            handler.event(chunk(finish=finish))
        if counts:
            handler.event(usage(*counts))
        if done:
            handler.event("[DONE]")

    return behave


def completes(*pieces: dict[str, float], text: str = "") -> Behaviour:
    """A whole answer, for every question the next of these; with what it could have begun with, where that is given."""
    left = list(pieces)

    def behave(handler: Handler) -> None:
        with handler.server.lock:
            now = left.pop(0) if len(left) > 1 else left[0] if left else {}
        rows = [{"token": piece, "logprob": math.log(share)} for piece, share in now.items()]
        said = {"message": {"role": "assistant", "content": text or next(iter(now))}, "finish_reason": "stop"}
        if rows:
            said["logprobs"] = {"content": [{**rows[0], "top_logprobs": rows}]}
        handler.send(200, json.dumps({"model": "tiny-2", "choices": [said]}).encode())

    return behave


def answers(status: int, body: object = b"", kind: str = "application/json", **headers: str) -> Behaviour:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda handler: handler.send(status, content, kind, **headers)


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """One after the other, the last one for all that come later."""
    left, lock = list(behaviours), threading.Lock()

    def behave(handler: Handler) -> None:
        with lock:
            now = left.pop(0) if len(left) > 1 else left[0]
        now(handler)

    return behave


def models_of(names: Sequence[str]) -> Behaviour:
    return answers(200, {"object": "list", "data": [{"id": name, "object": "model"} for name in names]})
