"""Text from a model of a server: the same questions as a chat model here is asked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from llm_tui import __version__
from llm_tui.engine.energy import Energy
from llm_tui.engine.job import Context
from llm_tui.foundation.alternatives import SHOWN
from llm_tui.foundation.checks import check_settings, check_texts
from llm_tui.foundation.few_shot import Pair, messages
from llm_tui.foundation.instructions import INSTRUCTIONS
from llm_tui.foundation.job import Answer, Generate, Generated, Provenance, Settings
from llm_tui.foundation.served_pieces import served_pieces
from llm_tui.foundation.thinking import answer_of
from llm_tui.serving import said
from llm_tui.serving.address import Address, address
from llm_tui.serving.chat import Answered, ask, models
from llm_tui.serving.connection import Connection, connected
from llm_tui.serving.job import Served


def generate(job: Generate, context: Context) -> Generated:
    """An answer to each text; one text alone is told piece by piece, of several a few are asked at a time.

    Raises:
        UserError: a text is empty, a setting is out of range, or the server cannot be asked.
    """
    check_texts(job.texts)
    check_settings(job.settings)
    there = address(job.model.name)
    sources = [INSTRUCTIONS[job.task] + text for text in job.texts]
    alone = len(sources) == 1

    async def asked(connection: Connection) -> list[Answered]:
        await check_model(connection)
        connection.total = job.settings.max_new_tokens if alone else len(sources)
        asking = how(job.settings) | (WITH_PIECES if alone and job.pieces else {})
        questions = [question(there, source, asking, job.examples) for source in sources]
        return await all_of(connection, questions, context.token if alone else None)

    began = time.monotonic()
    answered = connected(there, context, job.title(), asked)
    answers = tuple(_answer(source, each) for source, each in zip(sources, answered, strict=True))
    pieces = served_pieces(answered[0].reply, answers[0].text) if alone else ()
    return Generated(answers, made(there, job.model.name, answered, time.monotonic() - began), pieces)


WITH_PIECES = {"logprobs": True, "top_logprobs": SHOWN}
"""What is asked for besides, so that an answer comes with its pieces."""


async def check_model(connection: Connection) -> None:
    """
    Raises:
        UserError: the address names no model; the sentence has those that the server has.
    """
    if not connection.there.model:
        raise said.unknown_model(connection.there, await models(connection))


def question(there: Address, text: str, settings: Mapping[str, Any], examples: Sequence[Pair] = ()) -> dict[str, Any]:
    """What a chat model of a server is asked, in the words of the API, after `examples`."""
    said = messages(examples, text)
    for message in said:  # half of a surrogate pair is no character
        message["content"] = message["content"].encode(errors="replace").decode()
    return {"model": there.model, "messages": said, **settings}


def how(settings: Settings) -> dict[str, Any]:
    """The settings that the API has; see `tables.not_asked` for the others."""
    if not settings.sample:
        return {"max_tokens": settings.max_new_tokens, "temperature": 0}
    return {
        "max_tokens": settings.max_new_tokens,
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "seed": settings.seed,
    }


async def all_of(connection: Connection, questions: list[dict[str, Any]], tell: Any = None) -> list[Answered]:
    """The answers in the order of their questions; the first one that fails ends all of them."""

    async def one(question: dict[str, Any]) -> Answered:
        answered = await ask(connection, question, tell)
        connection.done += tell is None
        return answered

    tasks = [asyncio.ensure_future(one(question)) for question in questions]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


def made(there: Address, name: str, answered: list[Answered], seconds: float) -> Provenance:
    called = ", ".join(dict.fromkeys(each.reply.model for each in answered if each.reply.model))
    day = datetime.now().astimezone().date().isoformat()
    refused = tuple(dict.fromkeys(name for each in answered for name in each.refused if name == "seed"))
    served = Served(there.server, called, day, refused)
    revision, energy = " ".join(filter(None, (called, day))), Energy.unknown("elsewhere")
    return Provenance(name, revision, there.server, "", None, seconds, served, energy, __version__)


def _answer(source: str, answered: Answered) -> Answer:
    reply = answered.reply
    counts = (reply.input_pieces, reply.output_pieces)
    return Answer(answer_of(reply.text), source, *counts, False, reply.complete, "", reply.broken)


def labelled(made_by: Provenance, way: str) -> Provenance:
    """With how the labels were chosen."""
    return replace(made_by, served=made_by.served and replace(made_by.served, labelled_by=way))
