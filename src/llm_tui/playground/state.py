"""What stands in the fields of the playground, task by task, kept in the lab from one session to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from llm_tui.engine.job import Job
from llm_tui.exercises.few_shot import instructed, with_instruction
from llm_tui.fields import read
from llm_tui.foundation.few_shot import Example, Pair, pairs
from llm_tui.foundation.job import Asking
from llm_tui.foundation.settings import BATCH_SIZE, DEVICE, GENERATION, MAX_NEW_TOKENS, MODEL, PRECISION, ROOM, asking
from llm_tui.marks import Each
from llm_tui.playground import registry
from llm_tui.playground.registry import AnyTask
from llm_tui.playground.task import Given
from llm_tui.playground.tasks.prompt import INSTRUCTION

T = TypeVar("T")

SETTINGS = (*GENERATION, BATCH_SIZE, DEVICE, ROOM, PRECISION)
"""What can be set of every task, in the order of the screen."""


@dataclass(frozen=True, slots=True)
class Playground:
    """`inputs` and `fields` by the name of their task; what is absent is the task's own. `task` is the chosen one.
    `examples` stand before the question of a prompt. `blanks` has what is filled in of each template of a prompt, and
    `template` is the one that was chosen last.
    """

    task: str = ""
    inputs: dict[str, str] = field(default_factory=dict)
    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    examples: Each[Example] = ()
    template: str = ""
    blanks: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def current(self) -> AnyTask:
        return registry.task(self.task)

    @property
    def input(self) -> str:
        return self.inputs.get(self.current.name, self.current.example)

    def values(self) -> dict[str, str]:
        """The fields of the chosen task, as they stand."""
        kept = self.fields.get(self.current.name, {})
        return {field.name: kept.get(field.name, field.default) for field in self.current.all_fields}

    def all_settings(self) -> dict[str, str]:
        return {field.name: self.settings.get(field.name, field.default) for field in SETTINGS}

    def with_input(self, text: str) -> Playground:
        return replace(self, inputs={**self.inputs, self.current.name: text})

    def with_values(self, values: Mapping[str, str]) -> Playground:
        return replace(self, fields={**self.fields, self.current.name: dict(values)})

    def with_model(self, name: str) -> Playground:
        return self.with_values({**self.values(), MODEL.name: name})

    def with_question(self, asked: Playground) -> Playground:
        """What stood in the fields of `asked` for its task, with the settings; what other tasks have stays."""
        name = asked.current.name
        inputs, fields = _with(self.inputs, asked.inputs, name), _with(self.fields, asked.fields, name)
        examples = asked.examples if asked.current.few_shot else self.examples
        return replace(self, task=asked.task, inputs=inputs, fields=fields, settings=asked.settings, examples=examples)

    def eased(self, way: str) -> Playground:
        """The settings changed so that less memory is needed: a smaller `batch_size`, half `precision`, or the CPU as
        `device`.
        """
        settings = self.all_settings()
        batch = settings["batch_size"].strip()
        eased = {
            "batch_size": str(max(1, int(batch) // 2)) if batch.isdecimal() else "1",
            "precision": "bfloat16",
            "device": "cpu",
        }
        return replace(self, settings={**settings, way: eased[way]})

    @property
    def most_written(self) -> int:
        """How many pieces an answer may have; 0 where the field does not say."""
        typed = self.all_settings()[MAX_NEW_TOKENS.name].strip()
        return int(typed) if typed.isdecimal() else 0

    def asked(self) -> tuple[str, tuple[Pair, ...]]:
        """The text that the chosen task would ask, with the instruction before it, and the examples before that."""
        if not self.current.few_shot:
            return self.input, ()
        before = self.values().get(INSTRUCTION.name, "")
        return with_instruction(before, self.input), instructed(before, pairs(self.examples))

    def job(self) -> Job:
        """The job that asks the chosen task's model for the input.

        Raises:
            UserError: a field does not say what it should.
        """
        task, texts, how = self.current, self.values(), parse_settings(self.all_settings())
        model, shown = how.model(texts[MODEL.name]), pairs(self.examples) if task.few_shot else ()
        job: Job = task.job(Given((self.input,), model, how, read(task.fields, texts), shown, pieces=True))
        return job


def _with(now: Mapping[str, T], then: Mapping[str, T], name: str) -> dict[str, T]:
    """`now`, with what `then` has under this name."""
    kept = {key: value for key, value in now.items() if key != name}
    return {**kept, name: then[name]} if name in then else kept


def parse_settings(texts: Mapping[str, str]) -> Asking:
    """How to ask, from what a person typed, by the names of `SETTINGS`.

    Raises:
        UserError: a field does not say what it should.
    """
    return asking(read(SETTINGS, texts))
