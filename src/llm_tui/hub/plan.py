"""What a fetch would do, before it begins: how much, to where, whether it fits there, and where else. Light."""

from __future__ import annotations

import os
import re
import shlex
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from llm_tui.hub.room import Room, elsewhere, in_words, quota_program
from llm_tui.i18n import Text, tr

SPARE = 10**9
"""Bytes that should be left: with fewer it is said that it is close."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`bytes` are those to fetch, None where the hub does not tell sizes. `held` is the folder of a model that is
    there already, whole: then nothing is fetched; `unasked` is why the hub could not be asked for a newer one.
    `other` is a place that has room, where `room` has none; `moved_by` is the variable that names one. `quality` is how
    good the model is, where that was measured.
    """

    model: str
    bytes: int | None
    room: Room
    held: str = ""
    other: Room | None = None
    unasked: str = ""
    moved_by: str = "HF_HOME"
    quality: Text | None = None

    @property
    def left(self) -> int:
        """Bytes that would still be free, as far as the size is known."""
        return self.room.free - (self.bytes or 0)

    @property
    def possible(self) -> bool:
        return bool(self.held) or (not self.room.refused and self.left >= 0)

    def said(self) -> str:
        """What will be done, or why it cannot be; and how good the model is."""
        return f"{self._said()} {self.quality or ''}".rstrip()

    def _said(self) -> str:
        if self.held:
            why = self.unasked
            return tr(
                f"{self.model} is on this machine already, whole, in {self.held}.",
                f"{self.model} ya está completo en este equipo, en {self.held}.",
            ) + (why and tr(f" The hub could not be asked for a newer one: {why}.",
                            f" No se pudo preguntar al hub por uno más nuevo: {why}."))  # fmt: skip
        return self._figures() if self.possible else f"{self._refusal()} {self.way_out()}"

    def doing(self) -> str:
        """A few words for the job bar."""
        left = in_words(self.left)
        close = tr(f", which leaves {left}", f", y deja {left}") if self.left < SPARE else ""
        return tr(f"fetching {self.model}", f"descargando {self.model}") + close

    def _figures(self) -> str:
        size = in_words(self.bytes) if self.bytes is not None else tr("an unknown size", "un tamaño desconocido")
        folder, free = self.room.folder, free_in(self.room)
        said = tr(
            f"Fetching {self.model}: {size} to {folder}; {free}.",
            f"Descargar {self.model}: {size} en {folder}; {free}.",
        )
        if self.left < SPARE:
            left = in_words(self.left)
            said += tr(f" It is close: {left} would be left.", f" Muy justo: quedarían {left}.")
        return said + _unreadable(folder)

    def _refusal(self) -> str:
        folder = self.room.folder
        if why := self.room.refused.removeprefix(f"{folder}: "):
            return tr(
                f"{self.model} cannot be fetched to {folder}, which cannot be written ({why}).",
                f"No se puede descargar {self.model} en {folder}, donde no se puede escribir ({why}).",
            )
        size, free = in_words(self.bytes or 0), free_in(self.room)
        return tr(
            f"{self.model} has no room in {folder}: it takes {size}, and there are {free}.",
            f"{self.model} no cabe en {folder}: ocupa {size} y hay {free}.",
        )

    def way_out(self) -> str:
        if self.other is None:
            return tr(
                f"Free some space, or set {self.moved_by} to a folder of yours that has room.",
                f"Libere espacio, o indique en {self.moved_by} una carpeta suya donde quepa.",
            )
        free = in_words(self.other.free)
        command = shlex.join(["llm-tui", "models", "pull", self.model, "--to", str(self.other.folder)])
        return tr(
            f"There is room elsewhere ({free} free): {command}",
            f"Hay espacio en otra parte ({free} libres): {command}",
        )


def free_in(room: Room) -> str:
    """Room on the disk, and in the quota as far as anybody knows."""
    disk = tr(f"{in_words(room.disk)} free on the disk", f"{in_words(room.disk)} libres en el disco")
    if room.quota is not None:
        left = in_words(room.quota)
        return disk + tr(f", {left} left of your quota", f", {left} libres en su cuota")
    if quota_program():
        return disk + tr(", no quota", ", sin cuota")
    return disk + tr(", quota unknown (“quota” does not say)", ", cuota desconocida («quota» no la indica)")


def planned(model: str, size: int | None, room: Room) -> Plan:
    """The plan, with another place where this one will not do."""
    plan = Plan(model, size, room)
    if plan.possible:
        return plan
    return Plan(model, size, room, other=elsewhere((size or 0) + SPARE, but=room.folder))


def folders_of(cache: Path, model: str) -> tuple[Path, ...]:
    """The folders of the hub's cache in which a fetch of this model writes, as the hub's library documents them."""
    repo = f"models--{model.replace('/', '--')}"
    here, locks = cache / repo, cache / ".locks"
    folders = (cache, here, *(here / name for name in ("blobs", "refs", "snapshots")), locks, locks / repo)
    return tuple(folder for folder in folders if os.path.isdir(folder)) or (cache,)


def _unreadable(folder: Path) -> str:
    """A word on a cache whose group may write: what this person fetches will not be for the group, by the umask."""
    try:
        bits = folder.stat().st_mode
    except OSError:
        return ""
    if not bits & stat.S_IWGRP or umask() & 0o050 == 0:
        return ""
    mask = f"{umask():04o}"
    return tr(
        f" Your umask {mask} keeps it from the group that shares this cache; after “umask 0002” it would not.",
        f" Su umask {mask} lo oculta al grupo que comparte esta caché; tras «umask 0002», no.",
    )


def umask() -> int:
    """This process's, read without changing it; other threads make files meanwhile."""
    try:
        found = re.search(r"^Umask:\s*([0-7]+)", Path("/proc/self/status").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return int(found[1], 8) if found else 0o022


def as_the_umask_says(folder: Path) -> None:
    """Give the files of a folder that are this person's own the permissions which the umask grants new ones: libraries
    leave some that they made as temporary ones to their owner alone. What cannot be looked at, for another program has
    just removed it, stays as it is.
    """
    granted = 0o666 & ~umask()
    for root, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                _grant(os.path.join(root, name), granted)


def _grant(path: str, granted: int) -> None:
    # What is opened is what is asked about: where a group may write, a link may stand there a moment later.
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(handle)
        own = stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()
        if own and granted & ~status.st_mode:
            os.fchmod(handle, stat.S_IMODE(status.st_mode) | granted)
    finally:
        os.close(handle)
