"""The precision that a model is opened in, and what its weights take in it."""

from __future__ import annotations

import torch

from llm_tui.errors import UserError
from llm_tui.foundation.job import PRECISIONS
from llm_tui.foundation.weights import Held
from llm_tui.i18n import tr

AMPERE = (8, 0)
"""The compute capability from which on GPUs calculate in bfloat16."""

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


def precision_on(wanted: str, device: str) -> str:
    """The precision for a device by torch's name. Before Ampere torch has bfloat16 by emulation, which is slow.

    Raises:
        UserError: it is spelled otherwise.
    """
    if wanted not in PRECISIONS:
        raise UserError(
            tr(
                f"“{wanted}” is not a precision: write one of {', '.join(PRECISIONS)}.",
                f"«{wanted}» no es una precisión: escriba una de {', '.join(PRECISIONS)}.",
            )
        )
    if wanted != "auto":
        return wanted
    if device == "cpu":
        return "float32"
    return "bfloat16" if torch.version.hip or torch.cuda.get_device_capability(device) >= AMPERE else "float32"


def is_made_anew(there: Held, stored: torch.dtype | None, precision: str) -> bool:
    """Whether the weights take memory as they are opened; others stay in the pages of their file."""
    return bool(there.pickled) or (stored or torch.float32) != DTYPES[precision]


def size_in_memory(there: Held, stored: torch.dtype | None, precision: str) -> int:
    """Bytes that the weights will take in memory; pickled files are in the precision `stored` that the configuration
    names.
    """
    pickled = there.pickled // (stored or torch.float32).itemsize
    return (there.numbers - there.pickled + pickled) * DTYPES[precision].itemsize
