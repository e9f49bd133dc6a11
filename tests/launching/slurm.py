"""A SLURM of one node for tests, and for trying things out by hand: `python tests/launching/slurm.py` starts one and
says how to use it. It wants Debian's slurm-wlm and munge, and to be root, as slurmd does.

Nothing of the machine's own SLURM is touched: configuration, key, sockets, ports, state and logs are its own.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

WANTED = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol", "srun")

PATHS = ("/usr/sbin", "/usr/bin", "/sbin", "/bin")

CONF = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={daemon}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SwitchType=switch/none
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=1,sched_interval=1,bf_interval=1,requeue_delay=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
ReturnToService=2
SlurmctldTimeout=120
SlurmdTimeout=300
InactiveLimit=0
KillWait=10
MinJobAge=600
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=lab Nodes={host} Default=YES MaxTime=INFINITE State=UP PriorityTier=1 PreemptMode=REQUEUE
PartitionName=urgent Nodes={host} MaxTime=INFINITE State=UP PriorityTier=10
"""


def lacking() -> str:
    """Why there can be none here; empty where there can."""
    missing = [program for program in WANTED if _found(program) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    return "" if os.geteuid() == 0 else "slurmd wants root"


@contextlib.contextmanager
def slurm(folder: Path, cpus: int = 2) -> Iterator[dict[str, str]]:
    """A SLURM that works in `folder`; yields the environment in which its commands are used.

    Raises:
        RuntimeError: it did not begin; what its daemons said is in the message.
    """
    host = socket.gethostname().partition(".")[0]
    for name in ("state", "spool"):
        (folder / name).mkdir(parents=True)
    os.chmod(folder, 0o711)
    ports = _free_ports(2)
    conf = folder / "slurm.conf"
    conf.write_text(CONF.format(host=host, folder=folder, controller=ports[0], daemon=ports[1], cpus=cpus))
    environ = {**os.environ, "SLURM_CONF": str(conf), "PATH": os.pathsep.join([os.environ.get("PATH", ""), *PATHS])}
    with contextlib.ExitStack() as stack:
        stack.enter_context(_munge(folder, environ))
        for command in (["slurmctld", "-D", "-i"], ["slurmd", "-D", "-N", host]):
            stack.enter_context(_daemon(command, folder, environ))
        _wait(lambda: "idle" in _said(["sinfo", "-h", "-o", "%T"], environ), folder)
        try:
            yield environ
        finally:
            subprocess.run(["scancel", "--user=root"], env=environ, capture_output=True, timeout=60, check=False)
            with contextlib.suppress(RuntimeError):
                _wait(lambda: not _said(["squeue", "-h"], environ), folder, seconds=60)


@contextlib.contextmanager
def _munge(folder: Path, environ: dict[str, str]) -> Iterator[None]:
    key = folder / "munge.key"
    key.write_bytes(secrets.token_bytes(1024))
    key.chmod(0o400)
    options = {
        "key-file": key,
        "socket": folder / "munge.socket",
        "pid-file": folder / "munged.pid",
        "log-file": folder / "munged.log",
        "seed-file": folder / "munge.seed",
    }
    command = ["munged", "--foreground", "--force", "--num-threads=2", *(f"--{n}={v}" for n, v in options.items())]
    with _daemon(command, folder, environ):
        _wait((folder / "munge.socket").exists, folder)
        yield


@contextlib.contextmanager
def _daemon(command: list[str], folder: Path, environ: dict[str, str]) -> Iterator[None]:
    program = _found(command[0])
    assert program is not None
    with (folder / f"{command[0]}.out").open("wb") as out:
        process = subprocess.Popen([program, *command[1:]], env=environ, stdout=out, stderr=out, start_new_session=True)
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _found(program: str) -> str | None:
    return shutil.which(program) or shutil.which(program, path=os.pathsep.join(PATHS))


def _free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _said(command: list[str], environ: dict[str, str]) -> str:
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout.strip()


def _wait(true, folder: Path, seconds: float = 90.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            logs = [*folder.glob("*.log"), *folder.glob("*.out")]
            said = "\n".join(f"{log.name}:\n{log.read_text(errors='replace')[-2000:]}" for log in logs)
            raise RuntimeError(f"SLURM did not begin.\n{said}")
        time.sleep(0.2)


def main() -> None:
    if why := lacking():
        sys.exit(why)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    folder = Path(tempfile.mkdtemp(prefix="slurm-"))
    try:
        with contextlib.suppress(KeyboardInterrupt), slurm(folder) as environ:
            for line in (
                "A SLURM of one node runs until ctrl+c. In another terminal:",
                f"  export SLURM_CONF={environ['SLURM_CONF']}",
                "  llm-tui train --launcher slurm --lab DIR     or: llm-tui --lab DIR",
                "  squeue; scontrol requeue JOB; sbatch -p urgent -n 2 --wrap 'sleep 20'  (takes the node from others)",
            ):
                print(line, flush=True)  # noqa: T201
            signal.pause()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
