"""The GPUs as lines of the home screen and of `llm-tui doctor`: figures, slices, who holds them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from llm_tui.engine.devices import automatic
from llm_tui.engine.gpus import Gpus, Seen, shown_to_cuda
from llm_tui.engine.nvml import Gpu
from llm_tui.engine.room import meminfo
from llm_tui.i18n import tr
from llm_tui.visible import visible


def gpu_facts(gpus: Gpus) -> list[tuple[str, str]]:
    """Name and value of each line, those of one GPU under each other; the lines below its first have no name."""
    rows = [row for number, gpu in enumerate(gpus.reading.gpus) for row in _rows(gpus, number, gpu)]
    silent = [one for one in gpus.seen if gpus.of(one) is None]
    rows += [(one.device, f"{short_name(one.name)}, {one.total / 1e9:.1f} GB") for one in silent]
    if gpus.reading.why and (gpus.seen or not gpus.reading.absent):
        rows.append(("NVML", gpus.reading.why))
    return rows


@dataclass(frozen=True, slots=True)
class Choice:
    """A device as a list offers it; one that cannot be taken is there to be seen."""

    name: str
    lines: tuple[str, ...]
    can_be_taken: bool = True


def choices(gpus: Gpus | None) -> list[Choice]:
    """What can be written for a device, and what is behind it. None is a machine that is still being looked at."""
    if gpus is None:
        return [Choice("auto", (tr("this machine is still being looked at…", "aún se reconoce el equipo…"),))]
    free, total = meminfo("MemAvailable"), meminfo("MemTotal")
    memory = _free(free, total) if free and total else tr("what is free is not known", "no se sabe qué hay libre")
    auto = automatic(gpus)
    found = [Choice("auto", (tr(f"takes {auto.said()}", f"toma {auto.said()}"),)), Choice("cpu", (memory,))]
    takeable = {one.device for one in gpus.seen}
    for name, line in gpu_facts(gpus):
        if name:
            found.append(Choice(name, (line,), name in takeable))
        else:
            found[-1] = replace(found[-1], lines=(*found[-1].lines, line))
    return found


def _rows(gpus: Gpus, number: int, gpu: Gpu) -> Iterator[tuple[str, str]]:
    seen = {id(gpus.of(one)): one for one in gpus.seen}
    name = short_name(gpu.name)
    yield _name(seen.get(id(gpu)), f"GPU {number}"), f"{_figures(name, gpu)}{_why_unseen(gpus, seen, gpu)}"
    if not gpu.slices:
        yield from (("", line) for line in _holders(gpus, gpu))
    for part in gpu.slices:
        yield _name(seen.get(id(part)), ""), _figures(short_name(part.name).removeprefix(f"{name} "), part)
        yield from (("", f"  {line}") for line in _holders(gpus, part))


def short_name(name: str) -> str:
    """The name of a GPU as it is spoken of, safe to show."""
    return visible(name).removeprefix("NVIDIA ").removeprefix("GeForce ")


def _name(one: Seen | None, other: str) -> str:
    return one.device if one else other


def _figures(name: str, gpu: Gpu) -> str:
    figures = [name, _free(gpu.free, gpu.total)]
    if gpu.load is not None:
        figures.append(tr(f"load {gpu.load} %", f"carga {gpu.load} %"))
    if gpu.temperature is not None:
        figures.append(f"{gpu.temperature} °C")
    if gpu.power is not None:
        figures.append(f"{gpu.power:.0f} W")
    return ", ".join(figures)


def _free(free: int, total: int) -> str:
    room, all_of_it = f"{free / 1e9:.1f}", f"{total / 1e9:.1f} GB"
    return tr(f"{room} free of {all_of_it}", f"{room} libres de {all_of_it}")


def _why_unseen(gpus: Gpus, seen: dict[int, Seen], gpu: Gpu) -> str:
    if not gpus.seen or seen.keys() & {id(gpu), *map(id, gpu.slices)}:
        return ""  # where torch sees none, the line on CUDA says why
    if shown_to_cuda() is None:
        return tr("; this torch cannot use it", "; este torch no puede usarla")
    return tr("; hidden from this program", "; oculta para este programa")


def _holders(gpus: Gpus, gpu: Gpu) -> Iterator[str]:
    for process in sorted(gpu.processes, key=lambda process: -(process.memory or 0)):
        holder = gpus.holders[process.pid]
        memory = "" if process.memory is None else f", {process.memory / 1e9:.1f} GB"
        since = f", {_since(holder.since)}" if holder.since else ""
        yield f"{holder.who()}{memory}{since}"


def _since(moment: datetime) -> str:
    today = moment.date() == datetime.now().date()
    when = f"{moment:%H:%M}" if today else f"{moment:%Y-%m-%d %H:%M}"
    return tr(f"since {when}", f"desde las {when}" if today else f"desde el {when}")
