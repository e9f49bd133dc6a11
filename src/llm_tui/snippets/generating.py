"""The programs of the answers that a model writes: a prompt, a translation and its way back, a summary."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from llm_tui.foundation.branch import Branch
from llm_tui.foundation.facts import ABBREVIATIONS, split_sentences
from llm_tui.foundation.few_shot import one_text
from llm_tui.foundation.instructions import INSTRUCTIONS, OTHER_WAY
from llm_tui.foundation.job import LEAD, Generate, ModelChoice, RoundTrip, Settings
from llm_tui.foundation.lead import SENTENCES
from llm_tui.foundation.tables import unasked
from llm_tui.serving import servers
from llm_tui.serving.address import address
from llm_tui.snippets.literal import Code
from llm_tui.snippets.model import Model, model_of
from llm_tui.snippets.program import program
from llm_tui.snippets.snippet import Snippet

MOST_QUOTED = 8000
"""Characters of texts that stand in a program; more are read from beside it."""

GREEDY = Settings()


@dataclass(frozen=True, slots=True)
class Way:
    """How a model is asked: one of this machine, or one of a `server`. `room` is what its input may not be longer than,
    in pieces, 0 where it is not. `key` says that a key of the environment goes to the server, `here` that this is on
    this machine, `unasked` which of the settings a server has no place for.
    """

    model: Any
    instruction: str
    server: str = ""
    key: bool = False
    here: bool = False
    unasked: str = ""
    source_language: str = ""
    target_language: str = ""
    room: int = 0
    most_output: int = 0

    @property
    def min_length(self) -> int:
        """What the model's own least length is brought down to, 0 where it stays."""
        return self.most_output if self.model.min_length > self.most_output else 0

    @property
    def seq2seq(self) -> bool:
        return bool(self.model.seq2seq)

    @property
    def chat(self) -> bool:
        return bool(self.server) or bool(self.model.chat)


def generate(job: Generate, language: str) -> Snippet:
    """One text, or several, one after the other."""
    if job.model.name == LEAD:
        return _lead(job, language)
    around = one_text(job.examples, "")
    way = way_of(job.model, job.task, job.texts, job.settings, around)
    texts, files = quoted(job.texts, bool(way.server))
    text = program(
        "generate",
        language,
        way=way,
        model=way.model,
        task=job.task,
        texts=texts,
        many=len(texts) > 1,
        texts_file=next(iter(files), ""),
        examples=[tuple(quoted(pair, bool(way.server))[0]) for pair in job.examples],
        settings=job.settings,
        begun=list(job.begun) if isinstance(job, Branch) else [],
        needs=needs_of([way], job.settings, json=bool(files)),
    )
    return Snippet(job.task, text, files)


def round_trip(job: RoundTrip, language: str) -> Snippet:
    """There and back, with chrF between the text and the way back."""
    there = way_of(job.model, job.task, [job.text], job.settings)
    # A translation has no more pieces than the model may write; of these few are longer than four bytes.
    back = way_of(job.back, OTHER_WAY[job.task], ["." * 4 * job.settings.max_new_tokens], job.settings)
    plain = not any((way.server, way.target_language) != ("", "") for way in (there, back))
    text = program(
        "round_trip",
        language,
        there=there,
        back=back,
        examples=[],
        same=plain and job.model == job.back and bool(there.instruction),
        alike=plain and _alike(there, back),
        text=quoted([job.text], bool(there.server or back.server))[0][0],
        settings=job.settings,
        needs=needs_of([there, back], job.settings, chrf=True),
    )
    return Snippet("round_trip", text)


def _alike(there: Way, back: Way) -> bool:
    """Whether the models are opened and asked in the same way, as the two of a pair are that translate and no more."""
    kinds = {
        replace(
            way,
            model=replace(
                way.model, name="", revision=bool(way.model.revision), guessed=False, positions=0, most_input=0
            ),
        )
        for way in (there, back)
    }
    apart = there.instruction or there.room or there.model.own_cut or there.model.in_home or back.model.in_home
    return len(kinds) == 1 and not apart


def way_of(choice: ModelChoice, task: str, texts: Sequence[str], settings: Settings = GREEDY, around: str = "") -> Way:
    """How the model of a job is asked for its texts, with examples around them."""
    if choice.served:
        there = address(choice.name)
        return Way(
            there.model,
            INSTRUCTIONS[task],
            server=there.server,
            key=servers.knows(there),
            here=there.is_here,
            unasked=Code(", ".join(f"{name} {value:g}" for name, value in unasked(settings).items())),
        )
    model = model_of(choice)
    instruction = model.instruction(task)
    room = model.most_input or 0
    if not model.seq2seq:
        room -= settings.max_new_tokens  # the answer stands in the same row
    return Way(
        model,
        instruction,
        source_language=model.language(task, 0).strip("_"),
        target_language=model.language(task, 1),
        room=room if room > 0 and any(model.may_cut(around + instruction + text, room) for text in texts) else 0,
        most_output=model.most_output(settings.max_new_tokens),
    )


def needs_of(ways: Sequence[Way], settings: Settings | None, **more: bool) -> dict[str, Any]:
    """What the program imports."""
    here: list[Model] = [way.model for way in ways if not way.server]
    elsewhere = next((model.cache for model in here if model.cache), "")
    return {
        "json": False,
        "chrf": False,
        "words": False,
        "pairs": False,
        "auto": "",
        "renumbered": False,
        "cache": elsewhere,
        "os": bool(elsewhere) or any(way.key for way in ways) or any(model.in_home for model in here),
        "bisect": any(way.room for way in ways),
        "httpx": any(way.server for way in ways),
        "torch": any(model.wants_torch for model in here) or bool(here and settings and settings.sample),
        "download": any(model.own_cut and model.revision for model in here),
        "tokenizers": any(model.own_cut for model in here),
        "seq2seq": any(model.seq2seq for model in here),
        "causal": any(not model.seq2seq for model in here),
        **more,
    }


def quoted(texts: Sequence[str], served: bool = False) -> tuple[list[str], dict[str, str]]:
    """The texts as a program has them, and the file that it reads them from where they are too long to stand in it.
    Programs that lie in one folder may have other texts each: the file is named by its own.
    """
    sent = [text.encode(errors="replace").decode() if served else text for text in texts]
    if sum(map(len, sent)) <= MOST_QUOTED:
        return sent, {}
    content = json.dumps(sent, indent=1) + "\n"
    return sent, {f"texts-{hashlib.sha256(content.encode()).hexdigest()[:8]}.json": content}


_ENDS = re.compile(r"(?<=[.?!…])\s+")


def _lead(job: Generate, language: str) -> Snippet:
    """Three lines, where they cut these texts as the program does; else with the abbreviations that it knows."""
    simple = all(_first(_ENDS.split(text.strip())) == _first(split_sentences(text)) for text in job.texts)
    texts, files = quoted(job.texts)
    text = program(
        "lead",
        language,
        texts=texts,
        many=len(texts) > 1 or bool(files),
        texts_file=next(iter(files), ""),
        simple=simple,
        abbreviations=" ".join(sorted(ABBREVIATIONS)),
    )
    return Snippet(LEAD.replace("-", "_"), text, files)


def _first(sentences: Sequence[str]) -> str:
    return " ".join(" ".join(sentences[:SENTENCES]).split())
