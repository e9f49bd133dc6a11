"""What a reasoning model writes before it answers: <think>…</think>. Light."""

from __future__ import annotations

from llm_tui.i18n import Text

OPEN, CLOSE = "<think>", "</think>"

ALONE = Text(
    "Only the model's thinking was written, and no answer: let it write more.",
    "Solo se escribió el razonamiento del modelo y ninguna respuesta: déjele escribir más.",
)
EACH_ALONE = Text(
    "Only the model's thinking, and no answer: {numbers}.",
    "Solo el razonamiento del modelo y ninguna respuesta: {numbers}.",
)


def answer_of(written: str, prompt: str = "") -> str:
    """The answer without the thinking before it; all that was written where that has not come to its end. Some chat
    templates begin the thinking in the `prompt`.
    """
    _, closed, answer = written.partition(CLOSE)
    begun = OPEN if prompt.rstrip().endswith(OPEN) else ""
    return (answer if closed else begun + written).strip()


def is_thinking(answer: str) -> bool:
    """Whether an answer is the thinking alone."""
    return answer.startswith(OPEN)
