"""Python in a process of its own, which can be stopped at any time."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable

from llm_tui.i18n import tr

TICK = 0.1  # seconds from one look at a process to the next
FULL = (errno.ENOSPC, errno.EDQUOT)


def run_python(arguments: list[str], report: Callable[[], None], **environment: str) -> tuple[int, str]:
    """Run Python with `arguments`; its exit code and what it wrote. `report` is called while it runs, and what that
    raises ends the process.

    Raises:
        OSError: it found no room on the disk.
    """
    command = [sys.executable, "-P", *arguments]  # -P: a pip.py in the folder where one stands is not pip
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | environment,
        start_new_session=True,  # ctrl+c is for the program, which then ends the process
    ) as process:
        try:
            while True:
                report()
                try:
                    output = process.communicate(timeout=TICK)[0].decode(errors="replace")
                    break
                except subprocess.TimeoutExpired:
                    continue
        finally:
            process.kill()
    for code in FULL:
        if process.returncode and os.strerror(code) in output:
            raise OSError(code, os.strerror(code))
    return process.returncode, output


def last_line(output: str) -> str:
    """The last thing that a process said, for a sentence."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1][:200].removeprefix("ERROR: ") if lines else tr("it said nothing", "sin mensaje")
