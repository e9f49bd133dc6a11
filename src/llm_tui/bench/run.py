"""Each subject in its own process, and what machine it was."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import IO

import msgspec

from llm_tui import i18n
from llm_tui.bench.__main__ import UNABLE
from llm_tui.bench.asked import Asked
from llm_tui.bench.figure import Figure
from llm_tui.decoding import decode
from llm_tui.environment import installed
from llm_tui.errors import UserError
from llm_tui.i18n import tr
from llm_tui.visible import visible

PACKAGES = ("torch", "transformers", "tokenizers", "textual", "fasttext-numpy2-wheel")


def measured(name: str, asked: Asked) -> Iterator[Figure]:
    """The figures of a subject as they come; who stops asking stops the measurement.

    Raises:
        UserError: the subject cannot be measured here, or its process ended otherwise than well.
    """
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as said:
        with _process(name, said) as process:
            assert process.stdin and process.stdout
            with suppress(BrokenPipeError):  # it has ended: its exit code says more
                process.stdin.write(msgspec.json.encode(replace(asked, folder=Path(folder)), enc_hook=str))
                process.stdin.close()
            for line in process.stdout:
                yield decode(line, Figure)
        if process.returncode:
            said.seek(0)
            raise UserError(_why(name, process.returncode, said.read().decode(errors="replace")))


@contextmanager
def _process(name: str, said: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "llm_tui.bench", name, "--lang", i18n.language()]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=said, start_new_session=True) as process:
        try:
            yield process
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, 9)  # with what the subject has started
            raise


def _why(name: str, code: int, said: str) -> str:
    last = visible(said.strip().rpartition("\n")[2])
    if code == UNABLE:
        return last
    return tr(
        f"The measurement of {name} ended with code {code}: {last}",
        f"La medición de {name} terminó con el código {code}: {last}",
    )


def conditions() -> dict[str, str]:
    """The load now, and the versions that the figures are of."""
    versions = {package: installed(package) for package in PACKAGES}
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    return {"load": load, "processors": str(os.cpu_count()), "python": platform.python_version()} | versions
