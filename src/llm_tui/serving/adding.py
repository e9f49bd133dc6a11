"""A server becomes one of those that a person has named."""

from __future__ import annotations

from llm_tui.engine.job import Context
from llm_tui.serving import servers
from llm_tui.serving.address import address
from llm_tui.serving.chat import models
from llm_tui.serving.connection import Connection, connected
from llm_tui.serving.job import AddServer


def add(job: AddServer, context: Context) -> tuple[str, ...]:
    """The models that it serves, as they are typed. Naming it is what lets it have the person's key: so it is among the
    named ones before it is asked, and stays where it answers.

    Raises:
        UserError: the address is none, the server cannot be asked, or the list of servers not written.
    """
    there = address(job.server)
    known = next((server.models for server in servers.kept() if server.address == there.server), None)
    servers.keep(there, known or ())

    async def asked(connection: Connection) -> tuple[str, ...]:
        return await models(connection)

    try:
        found = connected(there, context, job.title(), asked)
    except BaseException:  # a stop is one too
        if known is None:
            servers.forget(there)
        raise
    servers.keep(there, found)
    return tuple(there.of(model) for model in found)
