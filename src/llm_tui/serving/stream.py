"""A chat completion as it comes, in events of a stream or whole: what is in it, and whether it came to its end."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Any

import msgspec

from llm_tui.serving import said
from llm_tui.serving.address import Address
from llm_tui.serving.logprobs import Pieces, ToldPiece
from llm_tui.serving.said import Broken
from llm_tui.visible import visible

DONE = b"[DONE]"
MOST_CHARACTERS = 400_000
MOST_NAME = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one question: `complete` where the model itself came to an end, `broken` why the server ended before
    it, else empty. Counts are the server's, None where it gives none. `first` are the likeliest beginnings of the
    answer with their log-probability, `pieces` all of it piece by piece; empty where the server gives none.
    """

    text: str
    complete: bool
    broken: str = ""
    input_pieces: int | None = None
    output_pieces: int | None = None
    model: str = ""
    first: tuple[tuple[str, float], ...] = ()
    pieces: tuple[ToldPiece, ...] = ()


async def whole(lines: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """Of an answer that is no stream everything, as one event."""
    yield b"\n".join([line async for line in lines])


async def events(lines: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """The data of each server-sent event up to the one that ends them. A line that no such stream has is an event too:
    it says what the server sends instead.
    """
    data: list[bytes] = []
    async for line in lines:
        name, _, value = line.partition(b":")
        if name == b"data":
            data.append(value.removeprefix(b" "))
        elif line and name not in (b"", b"event", b"id", b"retry"):
            yield line
        elif not line and data:
            event, data = b"\n".join(data), []
            if event.strip() == DONE:
                return
            yield event
    if data and b"\n".join(data).strip() != DONE:
        yield b"\n".join(data)


class Reading:
    """Takes the events of one answer in their order."""

    def __init__(self, there: Address):
        self._there = there
        self._parts: list[str] = []
        self._length = 0
        self._finish = ""
        self._choices = False
        self._model = ""
        self._pieces: tuple[int | None, int | None] = (None, None)
        self._first: tuple[tuple[str, float], ...] = ()
        self._told = Pieces()

    def take(self, event: bytes) -> str:
        """The text that an event brings, perhaps none.

        Raises:
            Broken: it is not of such an answer, says that the server failed, or there is too much of it.
        """
        there = self._there
        try:
            found = msgspec.json.decode(event)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            # The rest of what was cut off is no JSON either.
            raise Broken(said.cut_off(there) if self._choices else said.not_json(there))
        if found.get("error") or found.get("object") == "error":
            raise Broken(said.failed_in_answer(there, words_of(event)))
        self._model = self._model or visible(_text(found.get("model"))[:MOST_NAME])
        self._count(found.get("usage"))
        text = self._choice(found.get("choices"))
        self._length += len(text)
        if self._length > MOST_CHARACTERS:
            raise Broken(said.too_long(there, "answer", MOST_CHARACTERS / 1e6))
        if text:
            self._parts.append(text)
        return text

    def _choice(self, choices: Any) -> str:
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, dict):
            return ""
        self._choices = True
        self._finish = self._finish or _text(choice.get("finish_reason"))
        self._first = self._first or _beginnings(choice.get("logprobs"))
        self._told.take(choice.get("logprobs"))
        written = choice.get("delta") or choice.get("message")
        content = written.get("content") if isinstance(written, dict) else None
        if content is not None and not isinstance(content, str):
            raise Broken(said.not_json(self._there))
        return (content or "").encode(errors="replace").decode()

    def _count(self, usage: Any) -> None:
        if isinstance(usage, dict):
            counts = [usage.get(name) for name in ("prompt_tokens", "completion_tokens")]
            given, made = (count if isinstance(count, int) and 0 <= count < 2**31 else None for count in counts)
            self._pieces = (given, made)

    def reply(self, broken: str = "") -> Reply:
        """What has come. Without a reason for its end the answer was cut off, whatever else ends the stream."""
        if not broken and not self._choices:
            broken = said.no_choices(self._there)
        elif not broken and not self._finish:
            broken = said.cut_off(self._there)
        complete = not broken and self._finish not in ("length", "content_filter")
        text, told = "".join(self._parts), self._told.found()
        return Reply(text, complete, broken, *self._pieces, self._model, self._first, told)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _beginnings(logprobs: Any) -> tuple[tuple[str, float], ...]:
    """The likeliest first pieces, each with its log-probability."""
    try:
        content = logprobs["content"][0]
        rows = content.get("top_logprobs") or [content]
        found = tuple((str(row["token"]), float(row["logprob"])) for row in rows)
    except (TypeError, KeyError, IndexError, ValueError, AttributeError):
        return ()
    return found if all(math.isfinite(logprob) and logprob <= 1e-3 for _, logprob in found) else ()


def words_of(body: bytes) -> str:
    """What a server says in a refusal: its message, wherever the API, FastAPI or Ollama have it; of no JSON the
    beginning.
    """
    try:
        found = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return body[:1000].decode(errors="replace")
    for name in ("error", "message", "detail"):
        if isinstance(found, dict) and found.get(name):
            found = found[name]
    if isinstance(found, dict):
        found = found.get("message") or found
    return found if isinstance(found, str) else msgspec.json.encode(found).decode()[:1000]
