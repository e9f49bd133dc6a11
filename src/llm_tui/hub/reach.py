"""Whether anybody answers at the hub's address. Nobody waits twice for one that is silent."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from llm_tui.engine.job import Context
from llm_tui.hub.download import Meter, causes, root_cause, wait_for
from llm_tui.i18n import tr

T = TypeVar("T")

PATIENCE = 3.0
"""Seconds for the first answer, the look-up of the name included: a firewall that drops packets never says no."""

PATIENCE_AGAIN = 10.0
"""The same where a person asks a hub again that was silent: the way to it may be slow."""

_silent = False


class Silent(Exception):
    """Nobody answered; its words are for a sentence's brackets."""


def ask(question: Callable[[float], T], meter: Meter, context: Context, again: bool = False) -> T:
    """The hub's first answer, on the way through its library, or what that raises for one. `question` gets the seconds
    after which the connection that was left behind may be given up.

    A hub that was silent once is not asked for the rest of the program, unless `again`: a person wants it.

    Raises:
        Silent: nobody answered.
    """
    from huggingface_hub import get_session

    global _silent
    if _silent and not again:
        raise Silent(
            tr(
                f"{_where()} was silent; fetching a model from the list asks it again",
                f"{_where()} no respondió; descargar un modelo de la lista vuelve a preguntarle",
            )
        )
    get_session()  # reads certificates: what is slow on this machine is not the hub's silence
    patience = PATIENCE_AGAIN if _silent else PATIENCE
    try:
        answer = wait_for(lambda: question(2 * patience), meter, context, patience)
    except Exception as error:
        _silent = any(map(_is_silence, causes(error)))
        if not _silent:
            raise
        where = _where()
        if isinstance(error, TimeoutError):
            why = tr(f"no answer from {where} within {patience:.0f} s", f"{where} no respondió en {patience:.0f} s")
        else:
            cause = root_cause(error)
            why = tr(f"no answer from {where}: {cause}", f"{where} no respondió: {cause}")
        raise Silent(why) from error
    _silent = False
    return answer


def endpoint() -> str:
    """The hub's address: HF_ENDPOINT, where it is set."""
    from huggingface_hub import constants

    return constants.ENDPOINT


def proxy() -> str:
    """The proxy on the way to the hub, without a password; empty where there is none."""
    parts = urlsplit(endpoint())
    proxies = getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all", "")
    if not found or proxy_bypass(parts.hostname or ""):
        return ""
    scheme, _, rest = found.rpartition("://")
    return f"{scheme or 'http'}://{rest.rpartition('@')[2]}"


def _where() -> str:
    host = urlsplit(endpoint()).hostname or endpoint()
    way = proxy()
    return tr(f"{host} through the proxy {way}", f"{host} a través del proxy {way}") if way else host


def _is_silence(error: BaseException) -> bool:
    """Whether time ran out: ours, an HTTP library's, or the system's for a name or for a machine beside this one."""
    if isinstance(error, socket.gaierror):
        return error.errno == socket.EAI_AGAIN
    waited = isinstance(error, TimeoutError) or type(error).__name__.endswith("Timeout")
    return waited or (isinstance(error, OSError) and error.errno == errno.EHOSTUNREACH)
