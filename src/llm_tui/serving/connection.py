"""Asking a server over HTTP: stopped at once, bounded in everything that comes, never sent on elsewhere.

The requests of a job run in one event loop on the thread of the job, so that all of them stop when it is stopped.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from email.utils import parsedate_to_datetime
from typing import TypeVar, cast

import httpx

from llm_tui import __version__
from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.serving import said
from llm_tui.serving.address import Address
from llm_tui.serving.said import Broken
from llm_tui.serving.servers import key_for
from llm_tui.serving.stream import words_of
from llm_tui.serving.turns import AT_ONCE

T = TypeVar("T")

CONNECT_SECONDS = 3.0
FIRST_SECONDS = 600.0
"""A server may read a long text, or load a model, before its first piece."""
STALL_SECONDS = 60.0
"""Between two pieces."""
MOST_PAUSE = 120.0
"""How long a server that is busy, or not ready, is waited for in all."""
READY_SECONDS = 2.0
"""Between two questions to a server that does not say when to ask again."""
LINE_BYTES = 1_000_000
ANSWER_BYTES = 32_000_000
REFUSAL_BYTES = 65_536

_STOP_SECONDS = 0.05
_QUIET_SECONDS = 2.0


class Later(Exception):
    """The server wants to be asked again, after so many seconds where it says how many."""

    def __init__(self, status: int, seconds: float | None):
        super().__init__()
        self.status, self.seconds = status, seconds


class Refused(Exception):
    """The server does not take the request, in its own words."""

    def __init__(self, status: int, words: str):
        super().__init__()
        self.status, self.words = status, words


class Connection:
    """The way to one server, for the length of a job. `done` of `total` answers have come."""

    def __init__(self, there: Address, client: httpx.AsyncClient, context: Context, title: str):
        self.there = there
        self.done, self.total = 0, 0
        self._client = client
        self._context = context
        self._title = title
        self._heard = time.monotonic()
        self._pausing: tuple[bool, float] | None = None

    @asynccontextmanager
    async def request(self, method: str, path: str, body: bytes | None = None) -> AsyncIterator[httpx.Response]:
        """An answer that the server is ready to give, read to no end yet.

        Raises:
            UserError: the server cannot be reached, or is none.
            Later: it is busy, or not ready.
            Refused: it does not take the request.
        """
        url = f"{self.there.server}{path}"
        try:
            request = self._client.build_request(method, url, content=body)
            async with asyncio.timeout(FIRST_SECONDS):
                response = await self._client.send(request, stream=True)
        except TimeoutError:
            raise UserError(said.silent(self.there, FIRST_SECONDS)) from None
        except httpx.InvalidURL as error:
            raise said.unreachable(self.there, str(error)) from None
        except (httpx.ConnectTimeout, httpx.PoolTimeout):
            raise said.not_connected(self.there, CONNECT_SECONDS) from None
        except httpx.RemoteProtocolError as error:
            raise said.no_answer(self.there, str(error)) from None
        except (httpx.TransportError, ssl.SSLError) as error:
            raise said.unreachable(self.there, _reason(error)) from None
        try:
            self.heard()
            await self._check(response)
            yield response
        finally:
            await response.aclose()

    async def _check(self, response: httpx.Response) -> None:
        status, kind = response.status_code, response.headers.get("content-type", "").lower()
        if response.is_redirect or 300 <= status < 400:
            raise said.redirects(self.there, response.headers.get("location", "?"))
        if status in (401, 403) and "html" not in kind:
            raise said.wants_key(self.there)
        if status in (429, 503):
            raise Later(status, _retry_after(response.headers.get("retry-after", "")))
        if "html" in kind and status != 404:
            raise said.web_page(self.there)
        if status != 200:
            raise Refused(status, words_of(await self.read(response, REFUSAL_BYTES, cut=True)))

    async def chunks(self, response: httpx.Response, most: int) -> AsyncGenerator[bytes, None]:
        """What comes, as it comes; `most` bytes of it at the most.

        Raises:
            Broken: it ends before its time, is silent for too long, or does not end.
        """
        total, patience = 0, FIRST_SECONDS
        async with aclosing(cast(AsyncGenerator[bytes, None], response.aiter_raw())) as pieces:
            while (piece := await self._next(pieces, patience)) is not None:
                self.heard()
                total, patience = total + len(piece), STALL_SECONDS
                if total > most:
                    raise Broken(said.too_long(self.there, "answer", most / 1e6))
                yield piece

    async def _next(self, pieces: AsyncIterator[bytes], patience: float) -> bytes | None:
        try:
            async with asyncio.timeout(patience):
                return await anext(pieces, None)
        except TimeoutError:
            raise Broken(said.silent(self.there, patience)) from None
        except (httpx.TransportError, httpx.StreamError):
            raise Broken(said.cut_off(self.there)) from None

    async def read(self, response: httpx.Response, most: int = ANSWER_BYTES, cut: bool = False) -> bytes:
        """The whole of a short answer; where it may be `cut`, no more than its beginning.

        Raises:
            Broken: as `chunks`.
        """
        whole = bytearray()
        try:
            async with aclosing(self.chunks(response, most)) as pieces:
                async for piece in pieces:
                    whole += piece
        except Broken:
            if not cut:
                raise
        return bytes(whole)

    async def lines(self, response: httpx.Response) -> AsyncGenerator[bytes, None]:
        """The lines of a stream without their ends.

        Raises:
            Broken: as `chunks`, or a line does not end.
        """
        rest = b""
        async with aclosing(self.chunks(response, ANSWER_BYTES)) as pieces:
            async for piece in pieces:
                *whole, rest = (rest + piece).split(b"\n")
                for line in whole:
                    yield line.rstrip(b"\r")
                if len(rest) > LINE_BYTES:
                    raise Broken(said.too_long(self.there, "line", LINE_BYTES / 1e6))
        if rest:
            yield rest

    async def patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """What `ask` returns, asked again for as long as the server is busy or not ready, within bounds.

        Raises:
            UserError: it stays so.
        """
        paused, turn = 0.0, READY_SECONDS
        while True:
            try:
                return await ask()
            except Later as later:
                wait, loading = turn if later.seconds is None else later.seconds, later.status == 503
                if paused + wait > MOST_PAUSE:
                    raise self._too_late(later, paused) from None
            await self._pause(loading, wait)
            paused, turn = paused + max(wait, 0.1), min(2 * turn, 30.0)

    def _too_late(self, later: Later, paused: float) -> UserError:
        if later.status == 503:
            return said.still_loading(self.there, paused)
        return said.busy(self.there, later.seconds)

    async def _pause(self, loading: bool, seconds: float) -> None:
        self._pausing = (loading, time.monotonic() + seconds)
        self.tell()
        try:
            await asyncio.sleep(seconds)
        finally:
            self._pausing = None
            self.heard()

    def heard(self) -> None:
        """Something has come."""
        self._heard = time.monotonic()

    def piece(self, text: str, tell: Callable[[str], None] | None) -> None:
        """A piece of an answer has come; where there is one answer alone, it is told, and counted."""
        if tell is not None:
            tell(text)
            self.done = min(self.done + 1, self.total)

    def tell(self) -> None:
        """How far it is, or what it waits for."""
        now = time.monotonic()
        if self._pausing is not None:
            loading, until = self._pausing
            self._context.progress(0, 0, said.pausing(self.there, loading, max(0.0, until - now)))
        elif now - self._heard > _QUIET_SECONDS:
            self._context.progress(self.done, self.total, said.waiting(self.there, now - self._heard))
        else:
            self._context.progress(self.done, self.total, self._title)


def connected(there: Address, context: Context, title: str, ask: Callable[[Connection], Awaitable[T]]) -> T:
    """What `ask` makes of a connection to a server. A stop closes it within 200 ms, whatever is being waited for.

    Raises:
        UserError: as `ask`, or the person's key cannot be one.
    """
    headers = {
        "User-Agent": f"llm-tui/{__version__}",
        "Accept-Encoding": "identity",
        "Content-Type": "application/json",
    }
    if key := key_for(there):
        headers["Authorization"] = f"Bearer {key}"

    try:
        made = _client(there, headers)
    except (ImportError, ValueError) as error:  # of a proxy that the environment names
        raise said.bad_proxy(there, str(error)) from error

    async def asking() -> T:
        async with made as client:
            connection = Connection(there, client, context, title)
            return await _watched(ask(connection), connection, context)

    loop = asyncio.new_event_loop()  # asyncio.run would wait for a thread that looks up a name, after a stop too
    try:
        return loop.run_until_complete(asking())
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def _client(there: Address, headers: dict[str, str]) -> httpx.AsyncClient:
    """A proxy of the environment is asked for what is elsewhere: it knows nothing of this machine's own servers."""
    verify: ssl.SSLContext | bool = False  # without TLS, for which reading the certificates takes its time
    if there.scheme == "https":
        verify = httpx.create_ssl_context()
        verify.load_default_certs(ssl.Purpose.SERVER_AUTH)  # a lab's own authority is mostly known to the system
    return httpx.AsyncClient(
        headers=headers,
        timeout=httpx.Timeout(None, connect=CONNECT_SECONDS, write=STALL_SECONDS),
        limits=httpx.Limits(max_connections=AT_ONCE),
        follow_redirects=False,
        trust_env=not there.is_here,
        verify=verify,
    )


async def _watched(asking: Awaitable[T], connection: Connection, context: Context) -> T:
    """Look every few milliseconds whether the job is to stop; say every second how far it is."""
    task, told = asyncio.ensure_future(asking), 0.0
    try:
        while not task.done():
            context.check()
            if time.monotonic() - told >= 1:
                told = time.monotonic()
                connection.tell()
            await asyncio.wait({task}, timeout=_STOP_SECONDS)
        return task.result()
    finally:
        task.cancel()
        await asyncio.wait({task}, timeout=1)
        if task.done() and not task.cancelled():
            task.exception()  # of one that failed while it was stopped nobody asks


def _reason(error: BaseException) -> str:
    """The operating system's own words, where the library wraps them."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ExceptionGroup):
            cause = cause.exceptions[0]
        if isinstance(cause, socket.gaierror):
            return cause.strerror or str(cause)
        if isinstance(cause, OSError) and cause.errno:
            return os.strerror(cause.errno)  # asyncio puts its own words, with the address, in their place
        cause = cause.__cause__ or cause.__context__
    return str(error) or type(error).__name__


def _retry_after(said: str) -> float | None:
    """Seconds, or a date, as RFC 9110 has them; None of what is neither."""
    if re.fullmatch(r"[0-9]{1,9}", said.strip()):
        return float(said)
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None
