"""Commands that go on when their line drops: what they have done is in the lab, and what they print in the log."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable
from typing import Any, TypeVar

from llm_tui.config import read_config
from llm_tui.signals import lasting
from llm_tui.terminal import log_path

F = TypeVar("F", bound=Callable[..., Any])


def goes_on(command: F) -> F:
    """A command whose work is not lost with the terminal, unless the person wants it so (`keep_running`)."""

    @functools.wraps(command)
    def going_on(*arguments: Any, **options: Any) -> Any:
        if not read_config().keep_running:
            return command(*arguments, **options)
        # Once it has gone nothing tells that a descriptor was a terminal.
        terminals = [descriptor for descriptor in range(3) if os.isatty(descriptor)]
        with lasting(lambda: _leave(terminals)):
            return command(*arguments, **options)

    return going_on  # type: ignore[return-value]


def _leave(terminals: list[int]) -> None:
    """Answers go to the log, progress nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in terminals:
        os.dup2(nowhere, descriptor)
    if 1 in terminals:
        with contextlib.suppress(OSError):
            log = os.open(log_path(), os.O_WRONLY | os.O_APPEND)
            os.dup2(log, 1)
