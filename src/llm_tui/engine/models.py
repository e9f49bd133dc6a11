"""What is open on the worker thread from one job to the next. Light: it does not know what it holds."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

Key = tuple[object, ...]


class ModelCache:
    """What jobs leave open for those after them: models, tokenizers, the data of a training; of each kind the least
    recently used first. The engine's, and only its thread comes here.

    The first part of a key is the kind. What has a method `close` is closed when it is let go: whoever still holds it,
    a job on its way out of an error for one, then does not hold its weights.
    """

    def __init__(self) -> None:
        self._open: OrderedDict[Key, Any] = OrderedDict()

    def find(self, key: Key) -> Any | None:
        """What is open under a key, from now on the most recently used; None where nothing is."""
        if key in self._open:
            self._open.move_to_end(key)
        return self._open.get(key)

    def keep(self, key: Key, opened: Any, most: int | None = None) -> None:
        """Keep something open; with `most`, so many of its kind at the most."""
        self._open[key] = opened
        self._open.move_to_end(key)
        if most is not None:
            self.close(*self.keys(key[0])[:-most])

    def keys(self, kind: object) -> list[Key]:
        return [key for key in self._open if key[0] == kind]

    def of(self, kind: object) -> list[Any]:
        """What is open of a kind."""
        return [self._open[key] for key in self.keys(kind)]

    def close(self, *keys: Key) -> None:
        """Let go of what is open under these keys."""
        for key in keys:
            opened = self._open.pop(key)
            if hasattr(opened, "close"):
                opened.close()

    def close_all(self) -> None:
        self.close(*list(self._open))
