"""The servers that a person has named, kept beside their configuration; and who may be given their key. Light."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
from platformdirs import user_config_path

from llm_tui import files
from llm_tui.config import read_config
from llm_tui.decoding import decode
from llm_tui.errors import UserError, reason
from llm_tui.i18n import tr
from llm_tui.serving.address import Address, address

MOST_BYTES = 1_000_000

KEYS = ("LLM_TUI_API_KEY", "OPENAI_API_KEY")
"""The environment variables that may hold a key, the first that does."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A server as its address, without a model, and what it served when it was last asked."""

    address: str
    models: tuple[str, ...] = ()


def path() -> Path:
    return user_config_path("llm-tui") / "servers.json"


def kept() -> tuple[Kept, ...]:
    """Those that a person has named; none where the file cannot be read: they can be named again."""
    try:
        there = decode(files.read(path(), MOST_BYTES), tuple[Kept, ...])
        return tuple(server for server in there if _is_plain(server))
    except (OSError, ValueError, RecursionError):
        return ()


def _is_plain(server: Kept) -> bool:
    try:
        return address(server.address).server == server.address
    except UserError:
        return False


def keep(there: Address, models: Sequence[str]) -> None:
    """Add a server, or what it serves now.

    Raises:
        UserError: the file could not be written.
    """
    others = (server for server in kept() if server.address != there.server)
    _write([*others, Kept(there.server, tuple(models))])


def forget(there: Address) -> bool:
    """Whether there was such a server to forget.

    Raises:
        UserError: the file could not be written.
    """
    before = kept()
    after = [server for server in before if server.address != there.server]
    if len(after) < len(before):
        _write(after)
    return len(after) < len(before)


def _write(servers: Iterable[Kept]) -> None:
    file = path()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        files.replace(file, msgspec.json.format(msgspec.json.encode(list(servers)), indent=2) + b"\n")
    except OSError as error:
        raise UserError(
            tr(
                f"The list of servers {file} could not be written ({reason(error)}).",
                f"No se pudo escribir la lista de servidores {file} ({reason(error)}).",
            )
        ) from error


def names() -> tuple[str, ...]:
    """The served models, as they are typed where a model is named."""
    return tuple(address(server.address).of(model) for server in kept() for model in server.models)


def key() -> str:
    """The person's key; empty where the environment has none."""
    return next((found for name in KEYS if (found := os.environ.get(name, "").strip())), "")


def knows(there: Address) -> bool:
    """Whether the person has named this server, on the same way."""
    named = [address(server.address) for server in kept()]
    for said in read_config().value("servers"):
        with suppress(UserError):
            named.append(address(said))
    return any((one.scheme, one.place) == (there.scheme, there.place) for one in named)


def key_for(there: Address) -> str:
    """The key, for a server that the person has named, and on the same way: with TLS where they named it so. A lab of
    somebody else's may name another one, which is not given it.

    Raises:
        UserError: what the environment has cannot be a key.
    """
    found = key() if knows(there) else ""
    if found and not (found.isascii() and found.isprintable()):
        raise UserError(
            tr(
                f"The environment variable {KEYS[0]} or {KEYS[1]} holds what cannot be a key: only ASCII characters "
                "can be sent.",
                f"La variable de entorno {KEYS[0]} o {KEYS[1]} contiene algo que no puede ser una clave: solo se "
                "pueden enviar caracteres ASCII.",
            )
        )
    return found


def without_key(text: str) -> str:
    """A server's words without the person's key, which some repeat."""
    secret = key()
    return text.replace(secret, "…") if secret else text
