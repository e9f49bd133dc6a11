"""The program on a machine with GPUs that are not there: torch sees those of the stand-in for NVIDIA's library, those
with the most memory first, as far as CUDA_VISIBLE_DEVICES shows them; what is sent to one is worked on by the CPU.

    LD_LIBRARY_PATH=... FAKE_NVML=... python tests/fakes/with_gpus.py train ...
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from llm_tui.__main__ import main
from llm_tui.engine import gpus, nvml
from llm_tui.engine.gpus import Seen


def seen() -> tuple[Seen, ...]:
    import torch

    if torch.version.cuda is None:
        stay_on_the_cpu(setattr)
    there = sorted((part for gpu in nvml.read().gpus for part in gpu.slices or (gpu,)), key=lambda part: -part.total)
    shown = os.environ.get("CUDA_VISIBLE_DEVICES")
    if shown is not None:
        names = shown.split(",") if shown not in ("", "-1") else []
        there = [part for i, part in enumerate(there) if str(i) in names or part.uuid in names]
    return tuple(Seen(i, part.uuid.partition("-")[2], part.name, part.total) for i, part in enumerate(there))


def stay_on_the_cpu(put: Callable[[Any, str, Any], object]) -> None:
    """What torch is told to bring to a GPU stays where it is; `put` sets what says so."""
    import torch

    def on_cpu(to: Any) -> Any:
        def moved(self: Any, where: Any, *more: Any, **settings: Any) -> Any:
            return to(self, "cpu" if str(where).startswith("cuda") else where, *more, **settings)

        return moved

    put(torch.version, "cuda", "of a test")
    put(torch.cuda, "get_device_capability", lambda device: (9, 0))
    put(torch.nn.Module, "to", on_cpu(torch.nn.Module.to))
    put(torch.Tensor, "to", on_cpu(torch.Tensor.to))


if __name__ == "__main__":
    gpus.seen = seen
    sys.exit(main())
