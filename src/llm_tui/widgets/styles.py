"""Where the stylesheets are: inside an installed package, or at the top of a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def stylesheet(name: str) -> Path:
    """The path of a `.tcss` file. A wheel carries them in the package; an editable install reads the checkout's own."""
    installed = _PACKAGE / "styles" / name
    return installed if installed.is_file() else _PACKAGE.parents[1] / "styles" / name
