"""A real sshd on this machine alone, with keys and a configuration of its own, and the program behind it."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

CONFIG = """\
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/person.pub
PidFile {folder}/pid
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin yes
PermitUserEnvironment no
"""

OVER_THERE = (
    *("PATH", "PYTHONPATH", "LANG", "TERM", "HF_HOME", "HF_HUB_OFFLINE", "LLM_TUI_LAB"),
    *("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"),
)


class Sshd:
    """Sessions through it end when their client is killed, or the server's end of them."""

    def __init__(self, folder: Path, port: int):
        self._folder = folder
        self._port = port

    def command(self, command: list[str], env: Mapping[str, str]) -> list[str]:
        """What a person would type to run `command` on a terminal over there."""
        there = " ".join(shlex.quote(f"{name}={env[name]}") for name in OVER_THERE if name in env)
        known = f"UserKnownHostsFile={self._folder}/known"
        settings = ("StrictHostKeyChecking=no", known, "LogLevel=ERROR", "IdentitiesOnly=yes")
        options = [part for setting in settings for part in ("-o", setting)]
        options += ["-i", f"{self._folder}/person", "-p", str(self._port), "-F", "none"]
        # The shell stays, as a person's does: it is told of the dropped line first, and tells its jobs.
        return ["ssh", "-tt", *options, f"{getpass.getuser()}@127.0.0.1", f"env {there} {shlex.join(command)}; true"]


@contextmanager
def sshd(folder: Path) -> Iterator[Sshd]:
    server = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin")
    if not (server and shutil.which("ssh") and shutil.which("ssh-keygen")):
        pytest.skip("no OpenSSH server and client here")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    folder.mkdir()
    for name in ("host", "person"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "config").write_text(CONFIG.format(port=port, folder=folder))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([server, "-D", "-e", "-f", str(folder / "config")], stderr=log)
        try:
            _listening(process, port, folder / "log")
            yield Sshd(folder, port)
        finally:
            process.terminate()
            process.wait()


def _listening(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + 60
    while True:
        if process.poll() is not None or time.monotonic() > end:
            pytest.skip(f"sshd does not run here: {log.read_text()[-200:]}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)


def its_sshd(pid: int) -> int:
    """The server's process that has the terminal of a program."""
    while pid > 1:
        fields = Path(f"/proc/{pid}/stat").read_text()
        if fields[fields.index("(") :].startswith("(sshd"):
            return pid
        pid = int(fields.rpartition(")")[2].split()[1])
    raise AssertionError("it does not run behind an sshd")
