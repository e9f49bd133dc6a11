"""Where a model is that needs no hub. Light: no torch."""

from __future__ import annotations

import os
from pathlib import Path

from llm_tui.foundation.packaged import PACKAGED, located
from llm_tui.foundation.teaching import TEACHING


def without_hub(name: str) -> tuple[Path, str] | None:
    """Folder and revision of a person's own folder, a teaching model, or a packaged model; None for any other name.

    Raises:
        Unavailable: a packaged model that was not fetched yet; the sentence has the command.
    """
    own = Path(os.path.expanduser(name)).absolute()
    if os.path.isdir(own):
        return own, ""
    if name in TEACHING:
        return TEACHING[name].folder, TEACHING[name].revision
    if name in PACKAGED:
        return located(PACKAGED[name]), PACKAGED[name].version
    return None
