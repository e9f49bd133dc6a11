"""Zero-shot classification by a chat model of a server: it is asked which label fits, and answers with a letter."""

from __future__ import annotations

import math
import re
import string
import time
from collections.abc import Iterator, Mapping, Sequence

from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.foundation.checks import check_question
from llm_tui.foundation.labels_job import Classified, Labelled, ZeroShot
from llm_tui.foundation.questions import LEAST, WHETHER, WHICH
from llm_tui.foundation.served import all_of, check_model, labelled, made, question
from llm_tui.i18n import tr
from llm_tui.serving.address import address
from llm_tui.serving.chat import Answered
from llm_tui.serving.connection import Connection, connected

LETTERS = string.ascii_uppercase
YES, NO = "yes", "no"

LOGPROBS, ANSWER = "logprobs", "answer"

_HOW = {"max_tokens": 8, "temperature": 0, "logprobs": True, "top_logprobs": 20}
_ALSO = {"sí": YES, "si": YES}
_STRIPPED = string.whitespace + string.punctuation + "▁Ġ¡¿«»“”‘’"


def classify(job: ZeroShot, context: Context) -> Classified:
    """Score every label for every text: by the log-probability of the first piece of the answer, where the server gives
    any for each of them, each score being the share of one letter among the letters that were asked for (with
    `multi_label` of “yes” among yes and no); else by the answer, 1 for the label that it names and 0 for the others.

    Raises:
        UserError: the question is not complete, there are more labels than letters, or the server cannot be asked.
    """
    check_question(job)
    statements = [job.template.replace("{}", label) for label in job.labels]
    whether = job.multi_label or len(statements) == 1
    if not whether and len(statements) > len(LETTERS):
        raise UserError(
            tr(
                f"A server is asked for one of {len(LETTERS)} labels at the most, and there are {len(statements)}.",
                f"A un servidor se le pregunta por {len(LETTERS)} etiquetas como máximo, y hay {len(statements)}.",
            )
        )
    there = address(job.model.name)
    asked_for = [YES, NO] if whether else list(LETTERS[: len(statements)])
    texts = list(_questions(job.texts, statements, whether))

    async def asked(connection: Connection) -> list[Answered]:
        await check_model(connection)
        connection.total = len(texts)
        return await all_of(connection, [question(there, text, _HOW) for text in texts])

    began = time.monotonic()
    answered = connected(there, context, job.title(), asked)
    made_by = made(there, job.model.name, answered, time.monotonic() - began)
    if broken := next((each.reply.broken for each in answered if each.reply.broken), ""):
        raise UserError(broken)
    rows = [_shares(each.reply.first, asked_for) for each in answered]
    by_logprobs = all(rows)
    if not by_logprobs:
        otherwise = _ALSO if whether else _otherwise(job, statements)
        rows = [_named(each.reply.text, asked_for, otherwise) for each in answered]
    return Classified(
        job.labels,
        tuple(Labelled(scores) for scores in _by_text(rows, len(job.texts), whether)),
        labelled(made_by, LOGPROBS if by_logprobs else ANSWER),
    )


def _questions(texts: Sequence[str], statements: Sequence[str], whether: bool) -> Iterator[str]:
    listed = "\n".join(f"{letter}. {statement}" for letter, statement in zip(LETTERS, statements, strict=False))
    for text in texts:
        if whether:
            yield from (_filled(WHETHER, {"text": text, "statement": statement}) for statement in statements)
        else:
            yield _filled(WHICH, {"text": text, "statements": listed})


def _filled(form: str, parts: Mapping[str, str]) -> str:
    """What is put in is not read for places itself, as it would be part by part."""
    return form.format_map(parts)


def _by_text(rows: Sequence[Sequence[float]], texts: int, whether: bool) -> Iterator[tuple[float, ...]]:
    """The scores of the labels for each text."""
    if not whether:
        yield from map(tuple, rows)
        return
    each = len(rows) // texts
    for first in range(0, len(rows), each):
        yield tuple(row[0] for row in rows[first : first + each])


def _shares(first: Sequence[tuple[str, float]], asked_for: Sequence[str]) -> list[float]:
    """The share of each answer that was asked for among all of them; nothing where they are not what the model is about
    to say.
    """
    found = dict.fromkeys(asked_for, 0.0)
    by_form = {_plain(answer): answer for answer in asked_for} | (_ALSO if YES in asked_for else {})
    for piece, logprob in first:
        if answer := by_form.get(_plain(piece)):
            found[answer] += math.exp(logprob)
    whole = sum(found.values())
    return [share / whole for share in found.values()] if whole >= LEAST else []


def _named(text: str, asked_for: Sequence[str], said_otherwise: dict[str, str]) -> list[float]:
    """1 for what the answer names and 0 for the others; 0 for all where it names none. A letter is named by itself or
    before a mark such as a full stop: “A” also begins sentences.
    """
    letters = {_plain(answer): answer for answer in asked_for}
    begins = re.match(r"\W*(\w+)" if YES in asked_for else r"\W*(\w)(?=[.):;\]]|\s*$|\s*\n)", text)
    named = (said_otherwise | letters).get(_plain(text))
    if named is None and begins:
        named = letters.get(_plain(begins[1])) or (_ALSO.get(_plain(begins[1])) if YES in asked_for else None)
    return [float(answer == named) for answer in asked_for]


def _otherwise(job: ZeroShot, statements: Sequence[str]) -> dict[str, str]:
    """What a letter stands for, each label that is another one's in no form."""
    by_form: dict[str, list[str]] = {}
    for letter, label, statement in zip(LETTERS, job.labels, statements, strict=False):
        for form in {_plain(label), _plain(statement)}:
            by_form.setdefault(form, []).append(letter)
    return {form: letters[0] for form, letters in by_form.items() if len(letters) == 1}


def _plain(text: str) -> str:
    return text.strip(_STRIPPED).casefold()
