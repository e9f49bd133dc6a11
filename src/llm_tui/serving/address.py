"""Where a served model is: `http://host:port/v1#name`. Light: the screen's thread reads addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass
from typing import Any
from urllib.parse import urlsplit

from llm_tui.errors import UserError
from llm_tui.i18n import tr

EXAMPLE = "http://host:8000/v1#name"

STANDARD_PATH = "/v1"
PORTS = {"http": 80, "https": 443}

_HOST = re.compile(r"[\w.:-]+")
_PATH = re.compile(r"[\w.~%/-]*")


@dataclass(frozen=True, slots=True)
class Address:
    """A server, and one of the models that it serves; `model` is empty where none is named. `host` is without the
    brackets of IPv6, `path` without the slash in the end.
    """

    scheme: str
    host: str
    port: int
    path: str
    model: str

    @property
    def place(self) -> str:
        """`host:port`, as a person names a server."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def server(self) -> str:
        """The server's address without a model."""
        return f"{self.scheme}://{self.place}{self.path}"

    @property
    def name(self) -> str:
        """The whole address, as it is typed where a model is named."""
        return self.of(self.model) if self.model else self.server

    @property
    def is_here(self) -> bool:
        """Whether the server is on this machine: what is sent to it does not leave it."""
        if self.host == "localhost":
            return True
        import ipaddress  # not at the top: most people have no server, and the first paint need not wait

        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def of(self, model: str) -> str:
        """Another model of the same server, as it is typed."""
        return f"{self.server}#{model}"


def is_address(name: str) -> bool:
    """Whether a model's name means a server; it may be a wrong address all the same."""
    return name.strip().lower().startswith(("http://", "https://"))


def address(name: str) -> Address:
    """
    Raises:
        UserError: it is no address, or one with a password or a key in it. The sentence does not repeat these.
    """
    before, _, model = name.strip().partition("#")
    try:
        parts = urlsplit(before)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise _no_address(name) from None
    if parts.username is not None or parts.password is not None or "?" in before:
        raise UserError(
            tr(
                f"The address of {host} has a password or a key in it, which would be stored and shown: leave it out, "
                "and put the key into the environment variable LLM_TUI_API_KEY.",
                f"La dirección de {host} contiene una contraseña o una clave, que se guardaría y se mostraría: "
                "quítela y ponga la clave en la variable de entorno LLM_TUI_API_KEY.",
            )
        )
    scheme = parts.scheme.lower()
    if scheme not in PORTS or not _HOST.fullmatch(host) or not _PATH.fullmatch(parts.path) or port == 0:
        raise _no_address(name)
    path = parts.path.rstrip("/")
    return Address(scheme, host, port or PORTS[scheme], path or STANDARD_PATH, model.strip())


def _no_address(name: str) -> UserError:
    said = shown(name)
    return UserError(
        tr(
            f"“{said}” is no address of a model: write one such as {EXAMPLE}.",
            f"«{said}» no es la dirección de un modelo: escriba una como {EXAMPLE}.",
        )
    )


def shown(name: str) -> str:
    """An address as it may be shown and logged, whatever somebody typed: without a password and without what follows
    a question mark, which may be a key.
    """
    before, mark, model = name.strip().partition("#")
    scheme, slashes, rest = before.partition("://")
    place, slash, path = rest.partition("/")
    place, _, _ = place.rpartition("@")[2].partition("?")
    return f"{scheme}{slashes}{place}{slash}{path.partition('?')[0].rpartition('@')[2]}{mark}{model}"


def is_here(server: str) -> bool:
    """Whether what is sent to this address stays on this machine; not where it is none."""
    try:
        return address(server).is_here
    except UserError:
        return False


def short(name: str) -> str:
    """A model's name in few words: of a served one the name and where it is."""
    if not is_address(name):
        return name
    before, _, model = shown(name).partition("#")
    place = before.partition("://")[2].partition("/")[0]
    return f"{model} ({place})" if model else place


def served_by(job: Any) -> list[Address]:
    """The servers that a job sends texts to, each once: those of the models that its fields name."""
    found: dict[str, Address] = {}
    for field in fields(job):
        choice = getattr(job, field.name)
        name = getattr(choice, "name", None) if is_dataclass(choice) else None
        if isinstance(name, str) and is_address(name):
            try:
                there = address(name)
            except UserError:  # nothing is sent there
                continue
            found.setdefault(there.place, there)
    return list(found.values())
