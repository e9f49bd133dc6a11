"""Plain programs, run as a student runs them, and what they print. See tests/snippets/zygote.py."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from llm_tui.snippets.snippet import Snippet

ZYGOTE = Path(__file__).parent / "snippets" / "zygote.py"


class Programs:
    """Runs programs in forks of one process, which is started by the first one."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(self, snippet: Snippet, folder: Path, **environment: str) -> str:
        """What the program prints; it lies in the folder with its files. `environment` is added to its own.

        Raises:
            AssertionError: it fails.
        """
        file = write(snippet, folder)
        output, errors = folder / "output.txt", folder / "errors.txt"
        paths = {"file": file, "folder": folder, "output": output, "errors": errors}
        process = self._started()
        assert process.stdin and process.stdout
        request = {**{name: str(path) for name, path in paths.items()}, "environment": environment}
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        status = process.stdout.readline().strip()
        said = errors.read_text(encoding="utf-8", errors="replace") if errors.exists() else "the process is gone"
        assert status == "0", f"{snippet.name} ended with {status}:\n{said}\n{snippet.text}"
        return output.read_bytes().decode()  # a carriage return of a model stays one

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(ZYGOTE)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                env={**os.environ, "PYTHONUTF8": "1"},
            )  # fmt: skip
        return self._process

    def close(self) -> None:
        if self._process:
            self._process.communicate()


def write(snippet: Snippet, folder: Path) -> Path:
    """The program's file, with the files that it reads beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {f"{snippet.name}.py": snippet.text, **snippet.files}.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return folder / f"{snippet.name}.py"


@contextmanager
def started() -> Iterator[Programs]:
    programs = Programs()
    try:
        yield programs
    finally:
        programs.close()
