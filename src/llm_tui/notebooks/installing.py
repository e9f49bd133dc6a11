"""The cell that puts packages there which are not: the first one of a mended notebook, and of a report as one."""

from __future__ import annotations

from collections.abc import Sequence

from llm_tui.i18n import Text

_NEEDED = Text(
    "Added by llm-tui: what this notebook needs, and torch and transformers do not bring.",
    "Añadido por llm-tui: lo que este cuaderno necesita, y torch y transformers no traen.",
)


def installing(needs: Sequence[str], language: str) -> str:
    """A cell that installs packages which are not there."""
    pairs = ", ".join(f'("{name}", "{version}")' for name, _, version in (need.partition("==") for need in needs))
    return f"""# {_NEEDED.within(language)}
from importlib.metadata import PackageNotFoundError, version

for package, wanted in [{pairs}]:
    try:
        found = version(package)
    except PackageNotFoundError:
        found = None
    if found is None or wanted not in ("", found):
        requirement = f"{{package}}=={{wanted}}" if wanted else package
        %pip install -q {{requirement}}"""
