"""`llm-tui` and `python -m llm_tui`."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from typing import NoReturn

from llm_tui import i18n, signals, streams
from llm_tui.config import read_config
from llm_tui.errors import UserError


def main() -> None:
    gc.disable()  # what is imported stays: looking through it for what has gone takes 20 ms until the first paint
    i18n.choose(sys.argv[1:], os.environ, read_config().language)
    streams.secure()
    code: object = 0
    try:
        with signals.told_to_end(signals.raise_ended):
            from llm_tui.cli import cli
            from llm_tui.cli.spanish import translate_click

            translate_click()
            cli(prog_name="llm-tui")
    except SystemExit as end:
        code = end.code
    except signals.Ended as ended:
        code = ended.code
    except streams.PipeClosed:
        code = streams.PipeClosed.CODE
    except UserError as error:
        code = 2
        print(f"Error: {error}", file=sys.stderr)  # noqa: T201
    _leave(code if isinstance(code, int) else int(code is not None))


def _leave(code: int) -> NoReturn:
    """End the process at once: a thread in the middle of an import or a kernel must not hold it up, and torch's own
    libraries complain on stderr when the interpreter takes them down.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, UserError, streams.PipeClosed):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
