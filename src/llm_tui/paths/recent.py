"""The files that a person has opened of late, by what they were opened for: kept in the program's state, for the next
question of that kind. Their paths alone, never what is in them.
"""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

from platformdirs import user_state_path

from llm_tui import files

log = logging.getLogger(__name__)

MOST = 20
"""Of one kind."""

MOST_BYTES = 2_000_000


def place() -> Path:
    return user_state_path("llm-tui") / "recent.json"


def recent(kind: str) -> list[str]:
    """The last one first; none where nothing was kept, or it cannot be read."""
    return _kept().get(kind, [])


def there(kind: str) -> list[str]:
    """Those that are there still. It may take as long as a network."""
    return [path for path in recent(kind) if os.path.exists(path)]


def remember(kind: str, path: str) -> None:
    """Put one before the others. What cannot be kept stops nobody."""
    path = os.path.abspath(os.path.expanduser(path))
    kept = _kept()
    kept[kind] = [path, *(other for other in kept.get(kind, []) if other != path)][:MOST]
    try:
        place().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.replace(place(), json.dumps(kept, indent=1).encode("ascii"), lasting=False)
    except OSError:
        log.warning("recent files could not be kept", exc_info=True)


def _kept() -> dict[str, list[str]]:
    try:
        found = json.loads(files.read(place(), MOST_BYTES))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        log.warning("recent files could not be read", exc_info=True)
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        kind: [path for path in paths if isinstance(path, str) and path and "\0" not in path][:MOST]
        for kind, paths in found.items()
        if isinstance(paths, list)
    }
