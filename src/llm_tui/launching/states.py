"""How a task stands: what the scheduler says of it, and what its own folder shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from llm_tui.i18n import Text, tr
from llm_tui.visible import visible

Phase = Literal["waiting", "requeued", "running", "finished", "failed", "timed out", "cancelled", "preempted", "unseen"]

OVER: tuple[Phase, ...] = ("finished", "failed", "timed out", "cancelled", "preempted", "unseen")

PHASES: dict[Phase, Text] = {
    "waiting": Text("waits", "espera"),
    "requeued": Text("requeued", "reencolada"),
    "running": Text("runs", "en marcha"),
    "finished": Text("finished", "terminada"),
    "failed": Text("failed", "falló"),
    "timed out": Text("timed out", "tiempo agotado"),
    "cancelled": Text("cancelled", "cancelada"),
    "preempted": Text("preempted", "desalojada"),
    "unseen": Text("not seen", "no visible"),
}

_OF_SLURM: dict[str, Phase] = {
    **dict.fromkeys(("PENDING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "SPECIAL_EXIT", "RESV_DEL_HOLD"), "waiting"),
    **dict.fromkeys(("CONFIGURING", "RUNNING", "COMPLETING", "STAGE_OUT", "RESIZING", "SIGNALING"), "running"),
    **dict.fromkeys(("SUSPENDED", "STOPPED"), "waiting"),
    "COMPLETED": "finished",
    "CANCELLED": "cancelled",
    "REVOKED": "cancelled",
    "TIMEOUT": "timed out",
    "DEADLINE": "timed out",
    "PREEMPTED": "preempted",
}
"""SLURM's words for the state of a job (squeue(1), JOB STATE CODES); what is not here is a failure."""

_WHY = {
    "Resources": Text("no room yet", "sin sitio"),
    "Priority": Text("others first", "otros antes"),
    "JobArrayTaskLimit": Text("its turn", "su turno"),
    "BeginTime": Text("soon", "pronto"),
    "PartitionTimeLimit": Text("asks for more time than the partition gives", "pide más tiempo que el de la partición"),
    "PartitionDown": Text("the partition is down", "la partición no está en servicio"),
    "ReqNodeNotAvail": Text("its node is not available", "su nodo no está disponible"),
    "AssocGrpGRES": Text("your account has its GPUs in use", "su cuenta ya usa sus GPU"),
    "QOSMaxJobsPerUserLimit": Text("you have your most jobs running", "ya corre su máximo de trabajos"),
    "JobHeldUser": Text("held", "retenido"),
    "JobHeldAdmin": Text("held by an administrator", "retenido por la administración"),
    "launch failed requeued held": Text("could not begin; held", "no pudo empezar; retenido"),
}
"""SLURM's reasons for waiting that a person should understand; others are said as SLURM says them."""


SIGNAL = 128
"""From here on an exit code is that of a task that was told to end: it may begin again."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a scheduler says of a task: its state in SLURM's words, why it waits, on which node it is. `begun` is how
    often it was seen to have begun before the scheduler was asked.
    """

    state: str
    why: str = ""
    node: str = ""
    begun: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What the folder of a task shows. `begun` counts how often it has begun, `code` is how it ended, `last` the last
    line that it has said; `stopped` says that a person has stopped it from here.
    """

    begun: int = 0
    host: str = ""
    code: int | None = None
    last: str = ""
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """`why` is in words: why it waits, or how it went wrong. `where` is the node."""

    phase: Phase
    why: str = ""
    where: str = ""

    @property
    def over(self) -> bool:
        return self.phase in OVER

    def said(self) -> str:
        """In a few words: `waits: no room yet`, `runs on node1`."""
        if self.phase == "running" and self.where:
            return tr(f"on {self.where}", f"en {self.where}")
        return f"{PHASES[self.phase]}: {self.why}" if self.why else str(PHASES[self.phase])


def standing(heard: Heard | None, seen: Seen, settled: bool, folder: object) -> Standing:
    """Of a task. `heard` is None where the scheduler no longer knows it. What a task has written itself is believed
    first: SLURM forgets. `settled` says that so much time has passed since its end that what it wrote would be here:
    another host's files come late.
    """
    if seen.code is not None and seen.code < SIGNAL:
        return _by_code(seen)
    phase = _OF_SLURM.get(heard.state.split()[0], "failed") if heard and heard.state else "failed"
    if heard and phase == "waiting":
        return _waiting(heard, seen)
    told_to_end = heard is None and (seen.stopped or seen.code is not None)
    if phase == "running" or (phase in ("finished", "failed") and not settled and not told_to_end):
        return Standing("running", where=_node(heard, seen))
    return Standing("cancelled", where=_node(heard, seen)) if told_to_end else _over(phase, heard, seen, folder)


def _waiting(heard: Heard, seen: Seen) -> Standing:
    if heard.begun < seen.begun:
        return Standing("running", where=visible(seen.host))  # since the scheduler was asked
    why = visible(str(_WHY.get(heard.why, heard.why if heard.why != "None" else "")))
    return Standing("requeued" if seen.begun else "waiting", why)


def _over(phase: Phase, heard: Heard | None, seen: Seen, folder: object) -> Standing:
    node = _node(heard, seen)
    if heard is None:
        return Standing("failed", tr("the scheduler knows it no longer", "el planificador ya no lo conoce"), node)
    if not seen.begun and phase in ("finished", "failed"):
        return Standing("unseen", _unseen(heard.node, folder))
    if phase == "finished":
        return Standing("failed", tr("it ended without a result", "acabó sin resultado"), node)
    return Standing(phase, visible(heard.state) if phase == "failed" else "", node)


def _node(heard: Heard | None, seen: Seen) -> str:
    return visible(heard.node if heard and heard.node else seen.host)


def _by_code(seen: Seen) -> Standing:
    if seen.code == 0:
        return Standing("finished", where=visible(seen.host))
    said = visible(seen.last.removeprefix("Error: ").strip())
    return Standing("failed", said or tr(f"exit code {seen.code}", f"código {seen.code}"), visible(seen.host))


def _unseen(node: str, folder: object) -> str:
    there = tr(f"on {node} ", f"en {node} ") if node else ""
    return visible(
        tr(
            f"it ended {there}without a word in {folder}: the lab must be on a file system that this host and the node "
            "both see; choose such a folder with --lab.",
            f"acabó {there}sin escribir nada en {folder}: el laboratorio debe estar en un sistema de archivos que vean "
            "este equipo y el nodo; elija una carpeta así con --lab.",
        )
    )
