"""What runs in a lab, on the command line: to look at, to follow, and to stop, from any host that sees its folder."""

from __future__ import annotations

import getpass
import json
import os
import shlex
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from llm_tui.cli.options import OPTIONS, lab_folder, with_lab, with_lang
from llm_tui.errors import UserError, reason
from llm_tui.i18n import duration, tr
from llm_tui.signals import Ended
from llm_tui.visible import visible

if TYPE_CHECKING:
    from llm_tui.lab.following import Following, OtherWork
    from llm_tui.launching.launches import Launches
    from llm_tui.launching.record import Task
    from llm_tui.launching.states import Standing

LOOK_SECONDS = 1.0
PATIENCE = 4.0
"""Seconds without work after which `watch` takes it to be over: a sheet may be between two questions."""

NOTHING = 1
"""The exit code where nothing runs."""

LOGIND = ("/usr/lib/systemd/logind.conf.d", "/run/systemd/logind.conf.d", "/etc/systemd/logind.conf.d")


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Say what runs in the lab.", "Dice qué hay en marcha en el laboratorio."),
    help=tr(
        "Say what runs in the lab, in which process on which host, since when, how far it is, and how to stop it. The "
        "exit code is 0 where something runs, 1 where nothing does.",
        "Dice qué hay en marcha en el laboratorio, en qué proceso y equipo, desde cuándo, por dónde va y cómo "
        "detenerlo. El código de salida es 0 si hay algo en marcha y 1 si no.",
    ),
)
@with_lab
@with_lang
@click.option("--json", "as_json", is_flag=True, help=tr("For programs.", "Para programas."))
@click.pass_context
def status(context: click.Context, lab: Path | None, as_json: bool) -> None:
    following = _following(context, lab)
    works, (away, told) = following.look(), _launches(following).standings()
    for sentence in told:
        click.echo(sentence, err=True)
    if as_json:
        click.echo(_json(following, works, away))
    elif works or not away:
        click.echo("\n".join((*_told(following, works), *_told_away(away))))
    else:
        click.echo("\n".join(_told_away(away)))
    sys.exit(0 if works or not all(now.over for _, now in away) else NOTHING)


def _launches(following: Following) -> Launches:
    from llm_tui.lab.lab import Lab
    from llm_tui.launching.launches import Launches

    return Launches(Lab(following.folder))


def _told_away(away: Sequence[tuple[Task, Standing]]) -> Iterator[str]:
    for job, counts in _away_by_job(away).items():
        yield job
        yield from counts


def _away_by_job(away: Sequence[tuple[Task, Standing]]) -> dict[str, list[str]]:
    """What a scheduler has, or has had and the lab has not taken yet: of each job of its, how many tasks stand how."""
    jobs: dict[str, list[Standing]] = {}
    for task, now in away:
        jobs.setdefault(task.id.partition("_")[0], []).append(now)
    return {
        _about(job, standings): [
            visible(f"  {number} × {how}") for how, number in Counter(now.said() for now in standings).items()
        ]
        for job, standings in jobs.items()
    }


def _about(job: str, standings: Sequence[Standing]) -> str:
    if all(now.over for now in standings):
        return tr(
            f"The scheduler is done with job {job}; the lab takes what has come of it when it is next opened:",
            f"El planificador acabó con el trabajo {job}; el laboratorio lo recogerá cuando se abra otra vez:",
        )
    return tr(f"The scheduler has job {job}:", f"El planificador tiene el trabajo {job}:")


def _following(context: click.Context, lab: Path | None) -> Following:
    from llm_tui.lab.following import Following
    from llm_tui.lab.lab import Lab

    return Following(Lab(lab_folder(context, lab, course=False)).folder)


def _json(following: Following, works: Iterable[OtherWork], away: Iterable[tuple[Task, Standing]]) -> str:
    holder = following.holder()
    working = [{**asdict(work.working), "said": work.working.said(), "heard": work.heard} for work in works]
    told = {"lab": str(following.folder), "open": asdict(holder) if holder else None, "working": working}
    told["scheduled"] = [{"job": task.id, "run": task.name, **asdict(now)} for task, now in away]
    return json.dumps(told, ensure_ascii=False, indent=2)


def _told(following: Following, works: list[OtherWork]) -> Iterator[str]:
    from llm_tui.config import read_config
    from llm_tui.lab.claim import where
    from llm_tui.lab.folder import default_folder

    for work in works:
        unseen = "" if work.working.terminal else tr(", without a terminal", ", sin terminal")
        yield visible(f"{where(replace(work.working.by, since=work.working.since))}{unseen}")
        yield f"  {_line(work)}"
        if not work.working.by.is_here() and (silent := time.time() - work.heard) > 60:
            yield tr(f"  no sign of it for {silent:.0f} s", f"  sin señales desde hace {silent:.0f} s")
    if works:
        usual = following.folder == default_folder(read_config(given={}).lab)  # that of a command without options
        of = "" if usual else visible(f" --lab {shlex.quote(str(following.folder))}")
        yield tr(f"To follow it: llm-tui watch{of}. To stop it: llm-tui stop{of}.",
                 f"Para seguirlo: llm-tui watch{of}. Para detenerlo: llm-tui stop{of}.")  # fmt: skip
        if any(work.working.by.is_here() for work in works) and _logind_kills():
            yield _lingering()
        return
    yield tr(
        f"Nothing runs in the lab {following.folder}.", f"No hay nada en marcha en el laboratorio {following.folder}."
    )
    if holder := following.holder():
        yield visible(tr(f"It is open ({where(holder)}).", f"Está abierto ({where(holder)})."))


def _line(work: OtherWork) -> str:
    """What is being done, how far, what waits."""
    now = work.working
    parts = [now.said()]
    if now.total > 0:
        parts.append(f"{now.done}/{now.total}")
    if now.seconds_left is not None:
        parts.append(tr(f"{duration(now.seconds_left)} left", f"quedan {duration(now.seconds_left)}"))
    if now.waiting:
        parts.append(tr(f"{now.waiting} waiting", f"{now.waiting} en espera"))
    return visible(", ".join(parts))


def _logind_kills() -> bool:
    """Whether this machine ends a person's programs when they log out: systemd-logind does where KillUserProcesses is
    set, unless the person lingers.
    """
    drop_ins = (path for folder in LOGIND for path in sorted(Path(folder).glob("*.conf")))
    value = ""
    for path in (Path("/etc/systemd/logind.conf"), *drop_ins):
        try:
            lines = path.read_text(errors="replace").splitlines()
        except OSError:
            continue
        for line in lines:
            name, _, said = line.strip().partition("=")
            value = said.strip().lower() if name.strip() == "KillUserProcesses" else value
    return value in ("yes", "true", "on", "1") and not (Path("/var/lib/systemd/linger") / _me()).exists()


def _me() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a number without a name, as in containers
        return str(os.getuid())


def _lingering() -> str:
    return tr(
        "This machine ends what you have started when you log out (KillUserProcesses of systemd-logind): “loginctl "
        "enable-linger” lets it go on.",
        "Este equipo termina lo que usted inició cuando cierra la sesión (KillUserProcesses de systemd-logind): "
        "«loginctl enable-linger» permite que siga.",
    )


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Follow what runs in the lab until it ends.", "Sigue lo que hay en marcha hasta que termine."),
    help=tr(
        "Follow what runs in the lab, on whatever host, until it ends: a line whenever it has come further. ctrl+c "
        "leaves; the work goes on. The exit code is 1 where nothing runs.",
        "Sigue lo que hay en marcha en el laboratorio, en cualquier equipo, hasta que termine: una línea cada vez que "
        "avanza. ctrl+c deja de mirar; el trabajo sigue. El código de salida es 1 si no hay nada en marcha.",
    ),
)
@with_lab
@with_lang
@click.pass_context
def watch(context: click.Context, lab: Path | None) -> None:
    following = _following(context, lab)
    try:
        if not _follow(following, _launches(following)):
            click.echo("\n".join(_told(following, [])))
            sys.exit(NOTHING)
    except Ended as left:
        click.echo(tr("The work goes on.", "El trabajo sigue."), err=True)
        sys.exit(left.code)
    click.echo(tr("Nothing runs any more.", "Ya no hay nada en marcha."))


def _follow(following: Following, launches: Launches) -> bool:
    """What runs, until nothing does, here or at a scheduler; False where nothing did."""
    said: dict[object, str] = {}
    worked = False
    seen = time.monotonic()
    while True:
        works, (away, told) = following.look(), launches.standings()
        for sentence in told:
            click.echo(sentence, err=True)
        lines: dict[object, str] = {}
        for work in works:
            by = work.working.by
            lines[by] = visible(f"{by.host[:64]}:{by.pid}  {_line(work)}")
        lines |= {job: "\n".join((job, *counts)) for job, counts in _away_by_job(away).items()}
        for what, line in lines.items():
            if said.get(what) != line:
                click.echo(line)
        said |= lines
        if works or not all(now.over for _, now in away):
            worked, seen = True, time.monotonic()
        if not worked or time.monotonic() - seen >= PATIENCE:
            return worked
        time.sleep(LOOK_SECONDS)


@click.command(
    options_metavar=OPTIONS,
    short_help=tr("Stop what runs in the lab.", "Detiene lo que hay en marcha en el laboratorio."),
    help=tr(
        "Ask every program that works in the lab, on whatever host, to stop: as ctrl+x and ctrl+c do where they have a "
        "terminal. What a scheduler has is cancelled. "
        "What is done is kept. It waits until they have; ctrl+c does not take it back.",
        "Pide a cada programa que trabaja en el laboratorio, en cualquier equipo, que se detenga: como ctrl+x y ctrl+c "
        "donde tienen terminal. Lo que tiene un planificador se cancela. "
        "Lo hecho se conserva. Espera a que lo hagan; ctrl+c no lo anula.",
    ),
)
@with_lab
@with_lang
@click.pass_context
def stop(context: click.Context, lab: Path | None) -> None:
    following = _following(context, lab)
    works, cancelled = following.look(), _launches(following).stop()
    if not works and not cancelled:
        click.echo("\n".join(_told(following, [])))
        sys.exit(NOTHING)
    for work in works:
        try:
            work.ask_to_stop()
        except OSError as error:
            why = reason(error)
            raise UserError(
                tr(
                    f"It could not be asked to stop ({why}): {work.folder} cannot be written to.",
                    f"No se le pudo pedir que se detenga ({why}): no se puede escribir en {work.folder}.",
                )
            ) from error
    while following.look():
        time.sleep(LOOK_SECONDS)
    click.echo(tr("Stopped; what is done is kept.", "Detenido; lo hecho se conserva."))
