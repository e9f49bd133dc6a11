"""Where a model is, and how it is had: without the hub, from its cache, or from the hub itself. Light: no torch."""

from __future__ import annotations

import os
from pathlib import Path

from llm_tui import __version__
from llm_tui.engine.job import Context
from llm_tui.errors import Unavailable, UserError
from llm_tui.hub import cache
from llm_tui.hub.packaged import PACKAGED, located
from llm_tui.hub.shipped import PREFIX, shipped, unpacked
from llm_tui.i18n import tr


def without_hub(name: str) -> tuple[Path, str] | None:
    """Folder and revision of a person's own folder, a teaching model, whose weights may be packed, or a packaged model;
    None for any other name.

    Raises:
        Unavailable: a packaged model that was not fetched yet; the sentence has the command.
    """
    own = Path(os.path.expanduser(name)).absolute()
    if os.path.isdir(own):
        return own, ""
    if name.startswith(PREFIX) and name in (there := shipped()):
        return there[name], __version__
    if name in PACKAGED:
        return located(PACKAGED[name]), PACKAGED[name].version
    return None


def at_hand(name: str) -> Path | None:
    """The folder of a model that is on this machine, perhaps without its weights; None where it is not."""
    from llm_tui.hub.repository import TOKENIZER_FILES, is_id

    try:
        there = without_hub(name)
    except Unavailable:
        return None
    if there:
        return there[0]
    return cache.cached(name, TOKENIZER_FILES) if is_id(name) else None


def locate(name: str, context: Context, revision: str = "") -> tuple[Path, str]:
    """The folder with a model's files, and its revision: one that needs no hub, else the hub's cache, else the hub. A
    `revision` is one of the hub's, and is looked for in the cache alone.

    Raises:
        UserError: it is nowhere to be had.
    """
    from llm_tui.hub import fetching
    from llm_tui.hub.repository import is_id

    if there := without_hub(name):
        return unpacked(there[0]) if there[0] in shipped().values() else there[0], there[1]
    if not is_id(name):
        raise UserError(
            tr(
                f"There is no folder {name}, and it is no hub id either: give a folder with a model, or an id such as "
                "google/flan-t5-small.",
                f"No existe la carpeta {name}, y tampoco es un id del hub: indique una carpeta con un modelo, o un id "
                "como google/flan-t5-small.",
            )
        )
    if revision:
        return _pinned(name, revision), revision
    snapshot = cache.cached_model(name) or fetching.fetch_model(name, context)
    return snapshot, snapshot.name


def _pinned(name: str, revision: str) -> Path:
    from llm_tui.hub.repository import TOKENIZER_FILES, is_whole

    found = cache.cached(name, TOKENIZER_FILES, revision)
    if found and is_whole(found):
        return found
    command = f"hf download {name} --revision {revision}"
    raise Unavailable(
        tr(
            f"The revision {revision[:12]} of {name} is not in the cache any more: “{command}” brings it.",
            f"La revisión {revision[:12]} de {name} ya no está en la caché: «{command}» la trae.",
        )
    )
