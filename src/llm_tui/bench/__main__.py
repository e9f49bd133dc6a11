"""One subject in a process of its own: it has imported nothing before, and leaves nothing behind.

`python -m llm_tui.bench SUBJECT` reads an `Asked` from standard input, as JSON, and writes its figures, one a line.
What libraries print goes to standard error.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import msgspec

from llm_tui import i18n
from llm_tui.bench.asked import Asked
from llm_tui.bench.subjects import SUBJECTS
from llm_tui.errors import UserError
from llm_tui.i18n import tr
from llm_tui.visible import visible

UNABLE = 2
"""The exit code where a subject says, as the last line of standard error, why it cannot be measured."""


def main(name: str) -> int:
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Asked, dec_hook=lambda kind, text: kind(text))
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    try:
        for figure in import_module(f"llm_tui.bench.{name}").measure(asked):
            out.write(msgspec.json.encode(figure) + b"\n")
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return UNABLE
    except ModuleNotFoundError as error:
        sys.stderr.write(_lacks(error) + "\n")
        return UNABLE
    return 0


def _lacks(error: ModuleNotFoundError) -> str:
    package = visible(error.name or "?")
    return tr(
        f"The reference needs the package {package}: pip install 'llm-tui[bench]'.",
        f"La referencia necesita el paquete {package}: pip install 'llm-tui[bench]'.",
    )


if __name__ == "__main__" and sys.argv[1] in SUBJECTS:
    i18n.choose(sys.argv, os.environ)
    sys.exit(main(sys.argv[1]))
