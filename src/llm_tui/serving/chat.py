"""One question to a chat model of a server, and its answer, streamed as server-sent events."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
import msgspec

from llm_tui.errors import UserError
from llm_tui.serving import said
from llm_tui.serving.address import Address
from llm_tui.serving.connection import Connection, Refused
from llm_tui.serving.said import Broken
from llm_tui.serving.stream import MOST_NAME, Reading, Reply, events, whole
from llm_tui.serving.turns import TURNS, Turn

SPARED = ("stream_options", "top_logprobs", "logprobs", "seed")
"""What a question can do without: a server that does not know it is asked without it."""

MOST_MODELS = 1000

_LENGTH, _NEWER_LENGTH = "max_tokens", "max_completion_tokens"
_TURN_SECONDS = 0.05

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and what of the question the server did not know."""

    reply: Reply
    refused: tuple[str, ...]


async def ask(connection: Connection, question: Mapping[str, Any], tell: Tell | None = None) -> Answered:
    """The answer to a question, the body of a request in the words of the API; `tell` hears it piece by piece.

    Raises:
        UserError: the server cannot be asked, or nothing came of it.
    """
    body = {**question, "stream": True, "stream_options": {"include_usage": True}}
    refused: list[str] = []
    while True:
        try:
            reply = await connection.patiently(lambda: _in_turn(connection, body, tell))
        except Refused as error:
            name = _spared(body, error)
            if name is None:
                raise await _why(connection, error) from None
            if name == _LENGTH:
                body[_NEWER_LENGTH] = body.pop(_LENGTH)
            else:
                del body[name]
                refused.append(name)
            continue
        if reply.broken and not reply.text:
            raise UserError(reply.broken)
        return Answered(reply, tuple(refused))


def _spared(body: Mapping[str, Any], error: Refused) -> str | None:
    """What of the question the server complains about and can be left out."""
    if error.status == 404:
        return None
    if _NEWER_LENGTH in error.words and _LENGTH in body:
        return _LENGTH
    return next((name for name in SPARED if name in body and re.search(rf"\b{name}\b", error.words)), None)


async def _why(connection: Connection, error: Refused) -> UserError:
    there = connection.there
    if error.status != 404:
        return said.refused(there, error.status, error.words)
    try:
        names = await models(connection)
    except UserError:
        return said.no_api(there)
    if there.model in names:
        return said.refused(there, error.status, error.words)
    return said.unknown_model(there, names)


async def models(connection: Connection) -> tuple[str, ...]:
    """What a server serves, as it says.

    Raises:
        UserError: it does not say it as the API has it.
    """
    there = connection.there

    async def asked() -> tuple[str, ...]:
        async with connection.request("GET", "/models") as response:
            return _names(await connection.read(response), there)

    try:
        found = await connection.patiently(asked)
    except Refused as error:
        raise (said.no_api(there) if error.status == 404 else said.refused(there, error.status, error.words)) from None
    except Broken as error:
        raise UserError(error.sentence) from None
    if not found:
        raise said.no_models(there)
    return found


def _names(body: bytes, there: Address) -> tuple[str, ...]:
    try:
        listed = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        listed = None
    if not isinstance(listed, dict) or "data" not in listed:
        raise Broken(said.not_json(there))
    rows = listed["data"] if isinstance(listed["data"], list) else []  # Ollama without a model says null
    names = [row.get("id") for row in rows if isinstance(row, dict)]
    return tuple(dict.fromkeys(name for name in names if isinstance(name, str) and _is_name(name)))[:MOST_MODELS]


def _is_name(name: str) -> bool:
    """Whether a model's name can be typed and shown."""
    return bool(name.strip()) and name.isprintable() and len(name) <= MOST_NAME


async def _in_turn(connection: Connection, body: Mapping[str, Any], tell: Tell | None) -> Reply:
    """What was cut off while other questions were under way is asked once more, alone, and not told again."""
    place = connection.there.place
    async with _turn(place) as turn:
        reply = await _asked(connection, body, tell)
    if not (reply.broken and turn.crowded):
        return reply
    TURNS.one_by_one(place)
    async with _turn(place):
        again = await _asked(connection, body, None)
    return again if again.text or not reply.text else replace(reply, broken=again.broken)


@asynccontextmanager
async def _turn(place: str) -> AsyncIterator[Turn]:
    while (turn := TURNS.begin(place)) is None:
        await asyncio.sleep(_TURN_SECONDS)
    try:
        yield turn
    finally:
        TURNS.end(place, turn)


async def _asked(connection: Connection, body: Mapping[str, Any], tell: Tell | None) -> Reply:
    reading = Reading(connection.there)
    async with connection.request("POST", "/chat/completions", msgspec.json.encode(body)) as response:
        try:
            async with aclosing(connection.lines(response)) as lines, aclosing(_events(response, lines)) as found:
                async for event in found:
                    if piece := reading.take(event):
                        connection.piece(piece, tell)
        except Broken as error:
            return reading.reply(error.sentence)
    return reading.reply()


def _events(response: httpx.Response, lines: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    kind = str(response.headers.get("content-type", "")).lower()
    return whole(lines) if "json" in kind and "stream" not in kind else events(lines)
