"""Chat templates, which come with models and are programs: rendered where they can be ended. Light."""

from __future__ import annotations

import json
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.foundation import template_process
from llm_tui.foundation.few_shot import Pair, messages
from llm_tui.i18n import tr

TICK = 0.05  # seconds from one look at the wish to stop to the next


class TemplateError(UserError):
    """A chat template that gives no text."""


class Renderer:
    """Renders the chat templates of one job in a process of its own, which has little memory and little time; it is
    started by the first one, and gone when the block ends.
    """

    def __init__(self, model: str, context: Context):
        self._model = model
        self._context = context
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Renderer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process:
            self.process.kill()
            self.process.communicate()

    def prompt(self, tokenizer: Any, text: str, examples: Sequence[Pair] = ()) -> str:
        """What a chat model is given for one message of a person, by its tokenizer's template; `examples` are messages
        before it, with their answers.

        Raises:
            TemplateError: as of `render`.
        """
        try:
            template = tokenizer.get_chat_template()
        except ValueError:  # several, and none of them is the default
            raise self._refused(tr("it has several, and no default", "tiene varias y ninguna predeterminada")) from None
        said = {"messages": messages(examples, text), "add_generation_prompt": True, "enable_thinking": False}
        return self.render(template, {**said, "tools": None, "documents": None, **tokenizer.special_tokens_map})

    def render(self, template: str, variables: Mapping[str, Any]) -> str:
        """The text that a template makes of its variables: the same as transformers' `apply_chat_template`.

        Raises:
            TemplateError: it has a mistake, raises an error of its own, or takes too much time or memory.
        """
        request = json.dumps({"template": template, "variables": variables}, default=str) + "\n"
        if self.process is None:
            self.process = _start()
        assert self.process.stdin and self.process.stdout
        try:
            self.process.stdin.write(request.encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            raise self._refused(self.process.wait()) from None
        answer: dict[str, str] = json.loads(self._line(self.process.stdout) or "{}")
        if "text" not in answer:
            raise self._refused(answer.get("error") or self.process.wait())
        return answer["text"]

    def _line(self, output: IO[bytes]) -> bytes:
        """The next line that the process writes; empty where it ended."""
        parts: list[bytes] = []
        while not parts or not parts[-1].endswith(b"\n"):
            self._context.check()
            if select.select([output], [], [], TICK)[0]:
                part = output.read1(2**16)  # type: ignore[attr-defined]
                if not part:
                    return b""
                parts.append(part)
        return b"".join(parts)

    def _refused(self, why: str | int) -> TemplateError:
        if why == -signal.SIGXCPU:
            seconds = template_process.SECONDS
            why = tr(f"more than {seconds} s of computing", f"más de {seconds} s de cálculo")
        elif isinstance(why, int):
            why = tr(f"it ended with {why}", f"terminó con {why}")
        return TemplateError(
            tr(
                f"The chat template of the model {self._model} makes no prompt ({why}): choose another model, or mend "
                "its chat_template.",
                f"La plantilla de chat del modelo {self._model} no da ningún prompt ({why}): elija otro "
                "modelo, o corrija su chat_template.",
            )
        )


def _start() -> subprocess.Popen[bytes]:
    file = Path(template_process.__file__)
    return subprocess.Popen(
        [sys.executable, "-P", str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # ctrl+c is for the program, which then ends the process
    )
