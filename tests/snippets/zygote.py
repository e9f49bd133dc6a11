"""Runs plain programs as fresh processes would, each in a fork of this one, which has imported what they need
already. In the fork llm_tui cannot be imported, and no other machine be reached.

Each line of its input is a request (JSON): the file, the folder to run it in, where output and errors go, and what is
added to the environment. The exit status comes back as a line.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import signal
import socket
import sys
import traceback
from pathlib import Path
from typing import Any

os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}

MOST_SECONDS = 300
"""Only a hang takes longer, on the slowest machine too."""

IMPORTED = {
    "torch": ("torch", "numpy"),
    "transformers": ("transformers.models.auto.tokenization_auto",),
    "AutoModelFor": ("transformers.models.auto.modeling_auto", "transformers.models.t5.modeling_t5"),
    "Seq2SeqLM": ("transformers.models.bart.modeling_bart",),
    "pipeline": ("transformers.pipelines", "transformers.models.bert.modeling_bert"),
    "sacrebleu": ("sacrebleu.metrics.chrf",),
}
"""By a word of the program: what several of them need, and takes its time to be imported."""


def serve() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        program = Path(request["file"]).read_text(encoding="utf-8")
        for name in (name for word, names in IMPORTED.items() if word in program for name in names):
            importlib.import_module(name)
        if torch := sys.modules.get("torch"):
            torch.set_num_threads(1)  # as the tests have it; and a pool of threads does not outlive a fork
        child = os.fork()
        if not child:
            run(**request)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()
    os._exit(0)  # taking all of it down would take seconds


def run(file: str, folder: str, output: str, errors: str, environment: dict[str, str]) -> None:
    """In the fork: never returns."""
    code = 1
    try:
        signal.alarm(MOST_SECONDS)
        for path, number in ((output, 1), (errors, 2)):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        sys.modules["llm_tui"] = None  # type: ignore[assignment]
        socket.getaddrinfo, socket.socket.connect = _found, _connect  # type: ignore[method-assign, assignment]
        os.environ |= environment
        sys.argv = [file]
        os.chdir(folder)
        runpy.run_path(file, run_name="__main__")
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        sys.stderr.write(f"{end}\n")
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


_getaddrinfo, _own_connect = socket.getaddrinfo, socket.socket.connect


def _found(host: Any, *more: Any, **others: Any) -> Any:
    if host not in ("127.0.0.1", b"127.0.0.1"):
        raise socket.gaierror(socket.EAI_NONAME, "no other machine is reached from a test")
    return _getaddrinfo(host, *more, **others)


def _connect(self: socket.socket, address: Any) -> None:
    if isinstance(address, tuple) and address[0] != "127.0.0.1":
        raise ConnectionRefusedError("no other machine is reached from a test")
    _own_connect(self, address)


if __name__ == "__main__":
    serve()
