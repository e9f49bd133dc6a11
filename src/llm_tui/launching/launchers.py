"""The schedulers, through submitit: to hand over, to hear how tasks stand, to cancel."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from llm_tui.errors import UserError, reason
from llm_tui.i18n import tr
from llm_tui.launching.settings import Settings
from llm_tui.launching.states import Heard
from llm_tui.visible import visible

SECONDS = 20.0
"""How long an answer of SLURM is waited for."""


class Launcher(Protocol):
    def submit(self, scripts: Sequence[Path], folder: Path, name: str, settings: Settings) -> list[str]:
        """Hand over a script for each task; returns the number that each has there.

        Raises:
            UserError: they were not accepted.
        """
        ...

    def ask(self, ids: Iterable[str]) -> Mapping[str, Heard]:
        """What is known of these tasks; those that are not known are absent.

        Raises:
            UserError: the scheduler does not answer.
        """
        ...

    def cancel(self, ids: Sequence[str]) -> None:
        """
        Raises:
            UserError: it was not accepted.
        """
        ...


def launcher(name: str) -> Launcher:
    return Local() if name == "local" else Slurm()


def slurm_here() -> bool:
    """Whether this machine can hand anything to SLURM."""
    return shutil.which("sbatch") is not None


class Slurm:
    """Many tasks are one array."""

    def submit(self, scripts: Sequence[Path], folder: Path, name: str, settings: Settings) -> list[str]:
        if not slurm_here():
            raise UserError(
                tr(
                    "SLURM is not on this machine: there is no sbatch. Start llm-tui on the cluster's login machine.",
                    "SLURM no está en este equipo: no hay sbatch. Inicie llm-tui en el equipo de acceso del clúster.",
                )
            )
        submitit = _submitit()
        try:
            executor = submitit.SlurmExecutor(folder=folder)
            executor.update_parameters(**_parameters(settings, name))
            executor.parameters["map_count"] = len(scripts)
            listing = folder / "tasks.txt"
            listing.write_text("".join(f"{script}\n" for script in scripts), encoding="utf-8")
            # A task knows its number only; the line of the list that has it is its script.
            command = f'sh "$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" {shlex.quote(str(listing))})"'
            array = executor._submit_command(command).job_id
        except submitit.core.utils.FailedJobError as error:
            raise _refused(str(error)) from error
        except (OSError, RuntimeError, ValueError) as error:
            raise _refused(reason(error) if isinstance(error, OSError) else str(error)) from error
        return [f"{array}_{number}" for number in range(len(scripts))]

    def ask(self, ids: Iterable[str]) -> Mapping[str, Heard]:
        wanted = set(ids)
        arrays = ",".join(sorted({id.partition("_")[0] for id in wanted}))
        done = _run(["squeue", "--noheader", "--array", "--states=all", f"--jobs={arrays}", "--format=%i|%T|%r|%N"])
        if done.returncode and "Invalid job id" not in done.stderr:
            raise _silent(done.stderr)
        rows = (line.strip().split("|") for line in done.stdout.splitlines())
        heard = {row[0]: Heard(row[1], row[2], row[3]) for row in rows if len(row) == 4 and row[0] in wanted}
        return {**self._recorded(wanted - heard.keys()), **heard}

    def _recorded(self, wanted: set[str]) -> dict[str, Heard]:
        """Of those that squeue has forgotten, from SLURM's accounting, where the site keeps one."""
        if not wanted or shutil.which("sacct") is None:
            return {}
        arrays = ",".join(sorted({id.partition("_")[0] for id in wanted}))
        done = _run(["sacct", "--allocations", "--parsable2", f"--jobs={arrays}", "--format=JobID,State,NodeList"])
        if done.returncode:
            return {}
        rows = _submitit().slurm.slurm.SlurmInfoWatcher().read_info(done.stdout)
        return {id: Heard(row["State"], "", row["NodeList"]) for id, row in rows.items() if id in wanted}

    def cancel(self, ids: Sequence[str]) -> None:
        done = _run(["scancel", *ids])
        if done.returncode:
            raise _silent(done.stderr)


class Local:
    """Each task a process of its own on this machine, with no queue: for trying out what is handed over."""

    def submit(self, scripts: Sequence[Path], folder: Path, name: str, settings: Settings) -> list[str]:
        executor = _submitit().LocalExecutor(folder=folder)
        executor.update_parameters(timeout_min=7 * 24 * 60)
        return [executor._submit_command(f"sh {shlex.quote(str(script))}").job_id for script in scripts]

    def ask(self, ids: Iterable[str]) -> Mapping[str, Heard]:
        return {id: Heard("RUNNING", node=os.uname().nodename) for id in ids if _runs(int(id))}

    def cancel(self, ids: Sequence[str]) -> None:
        for id in ids:
            if _runs(int(id)):
                os.kill(int(id), signal.SIGTERM)


def _runs(pid: int) -> bool:
    """Whether this is a process of submitit's that has not ended."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"submitit" in command


def _submitit() -> Any:
    try:
        import submitit
        import submitit.core.utils
        import submitit.slurm.slurm
    except ImportError as error:
        raise UserError(
            tr(
                "Handing over wants the package submitit: pip install 'llm-tui[slurm]'.",
                "Para encargarlo hace falta el paquete submitit: pip install 'llm-tui[slurm]'.",
            )
        ) from error
    return submitit


def _parameters(settings: Settings, name: str) -> dict[str, object]:
    """What the person has set; what they have not is SLURM's to decide, and not submitit's."""
    asked = {
        "job_name": name,
        "partition": settings.partition or None,
        "account": settings.account or None,
        "time": settings.time or None,
        "gpus_per_node": settings.gpus or None,
        "setup": list(settings.setup) or None,
        "wckey": None,
        # Without srun: a step of its own would begin anew, and be signalled apart.
        "use_srun": False,
        "stderr_to_stdout": True,
        "additional_parameters": {"requeue": True, **settings.additional()},
    }
    return {name: value for name, value in asked.items() if value is not None or name in ("wckey", "time")}


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=SECONDS, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _silent(reason(error) if isinstance(error, OSError) else tr("no answer", "sin respuesta")) from error


def _silent(why: str) -> UserError:
    said = visible(" ".join(why.split()))
    return UserError(
        tr(
            f"SLURM does not answer ({said}); what it was given goes on.",
            f"SLURM no responde ({said}); lo que se le encargó continúa.",
        )
    )


def _refused(why: str) -> UserError:
    said = visible(" ".join(why.split()))
    return UserError(
        tr(
            f"The scheduler did not take it: {said}; see [slurm] in config.toml.",
            f"El planificador no lo aceptó: {said}; vea [slurm] en config.toml.",
        )
    )
