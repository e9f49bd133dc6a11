"""What machine this is: the facts of the home screen and of `llm-tui doctor`."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass

from llm_tui.engine import gpus
from llm_tui.engine.devices import Device, automatic, no_cuda_reason
from llm_tui.engine.gpus import SHOWN_TO_CUDA, Gpus, shown_to_cuda
from llm_tui.engine.job import Context
from llm_tui.gpu_facts import gpu_facts, short_name
from llm_tui.hub.cache import CachedModel, cached_models, hub_cache
from llm_tui.hub.room import first_refusal
from llm_tui.i18n import tr
from llm_tui.survey import Survey
from llm_tui.visible import visible


@dataclass(frozen=True, slots=True)
class Environment:
    """`cuda` is the CUDA version of a usable GPU, or empty with `no_cuda` saying why there is none. `unwritable` is why
    the hub's `cache` can only be read, empty where it can be written.
    """

    python: str
    system: str
    processors: int
    torch: str
    transformers: str
    cuda: str
    no_cuda: str
    gpus: Gpus
    models: tuple[CachedModel, ...]
    cache: str
    unwritable: str = ""

    def device(self, in_use: Device | None = None) -> tuple[str, ...]:
        """Where models run, at length and in short: on what is in use, else where `auto` would put them."""
        device = in_use or automatic(self.gpus)
        one = next((one for one in self.gpus.seen if one.uuid == device.uuid), None)
        if one is None:
            return (device.name,)
        gpu = self.gpus.of(one)
        memory = f"{f'{gpu.used / 1e9:.1f}/' if gpu else ''}{one.total / 1e9:.0f} GB"
        return (f"{one.device} {short_name(one.name)} {memory}", f"{one.device} {memory}", one.device)

    def facts(self) -> list[tuple[str, str]]:
        """Name and value of each fact, as a person reads them."""
        rows = [
            *gpu_facts(self.gpus),
            ("Python", f"{self.python}, {self.system}, " + tr(f"{self.processors} CPUs", f"{self.processors} CPU")),
            ("torch", self.torch),
            ("transformers", self.transformers),
            ("CUDA", self._cuda()),
        ]
        held = sum(model.bytes for model in self.models)
        cache = self.cache + (tr(", can only be read", ", solo se puede leer") if self.unwritable else "")
        rows.append(
            (
                tr("models", "modelos"),
                tr(
                    f"{len(self.models)} in the cache, {_gigabytes(held)} ({cache})",
                    f"{len(self.models)} en la caché, {_gigabytes(held)} ({cache})",
                ),
            )
        )
        return rows

    def _cuda(self) -> str:
        said = self.cuda or tr(f"no: {self.no_cuda}", f"no: {self.no_cuda}")
        shown = shown_to_cuda()
        if shown is None:
            return said
        seen, there = len(self.gpus.seen), len(self.gpus.reading.gpus)
        of = tr(f" ({seen} of {there} GPUs)", f" ({seen} de {there} GPU)") if there else ""
        return f"{said}; {SHOWN_TO_CUDA}={visible(shown)}{of}"


def survey(job: Survey, context: Context) -> Environment:
    """What torch, NVML and the hub's cache say."""
    import torch

    context.check()
    there = gpus.look(gpus.seen())
    cuda = torch.version.cuda if there.seen else None
    return Environment(
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        processors=os.cpu_count() or 1,
        torch=str(torch.__version__),
        transformers=installed("transformers"),
        cuda=cuda or "",
        no_cuda="" if cuda else no_cuda_reason(),
        gpus=there,
        models=cached_models(),
        cache=str(hub_cache()),
        unwritable=first_refusal(hub_cache(), hub_cache() / ".locks"),
    )


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"


def installed(package: str) -> str:
    """The version of an installed package, without importing it."""
    # Here and not at the top, where its 14 ms would delay the first paint.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return tr("not installed", "no instalado")
