"""Models and tokenizers of the hub: what the local cache has, and fetching what it has not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]
from tqdm.auto import tqdm

from llm_tui.engine.download import Meter, root_cause, wait_for
from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.i18n import tr

TOKENIZER_FILES = [
    "tokenizer*",
    "vocab*",
    "merges.txt",
    "*.model",
    "*.spm",
    "*_map.json",
    "added_tokens.json",
    "config.json",
]
"""What a tokenizer may need of a repository; never weights."""


def is_id(name: str) -> bool:
    """Whether `name` is spelled as a hub id."""
    try:
        validate_repo_id(name)
    except HFValidationError:
        return False
    return name.count("/") <= 1


def cached(name: str) -> Path | None:
    """The folder of the local cache with the files of a hub id, its name being the revision; None if absent."""
    try:
        return Path(snapshot_download(name, allow_patterns=TOKENIZER_FILES, local_files_only=True))
    except (LocalEntryNotFoundError, OSError, ValueError):
        return None


def fetch(name: str, context: Context) -> Path:
    """The folder of the local cache with the tokenizer of a hub id, fetched from the hub.

    Raises:
        UserError: it could not be had; the sentence says how to bring it from elsewhere.
    """
    meter = Meter(tr(f"fetching {name}", f"descargando {name}"))

    def work() -> str:
        return snapshot_download(name, allow_patterns=TOKENIZER_FILES, tqdm_class=_reporting_to(meter))

    try:
        return Path(wait_for(work, meter, context))
    except Exception as error:  # whatever a hub or the way to it answers
        raise UserError(_advice(name, error)) from error


def _reporting_to(meter: Meter) -> type[Any]:
    """A progress bar that shows nothing and tells `meter`; only the ones that count bytes are of interest."""

    class Bar(tqdm):  # type: ignore[type-arg, misc]
        def __init__(self, *args: Any, **settings: Any):
            settings.pop("name", None)
            super().__init__(*args, **{**settings, "disable": False, "gui": True})

        def display(self, *args: Any, **settings: Any) -> None:
            pass

        def update(self, n: float | None = 1) -> bool | None:
            if self.unit == "B":
                meter.total = int(self.total or 0)
                meter.update(int(n or 0))
            return bool(super().update(n))

    return Bar


def _advice(name: str, error: Exception) -> str:
    status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(error, HfHubHTTPError) and status in (401, 403, 404):
        return tr(
            f"The hub has no {name} that you may read (HTTP {status}): check its spelling; for a gated or private one "
            "set HF_TOKEN.",
            f"El hub no tiene ningún {name} que usted pueda leer (HTTP {status}): revise cómo se escribe; si es de "
            "acceso restringido, defina HF_TOKEN.",
        )
    why = root_cause(error)
    command = (
        f"hf download {name} --include 'tokenizer*' 'vocab*' '*.model' '*.json' --local-dir {name.rpartition('/')[2]}"
    )
    return tr(
        f"The tokenizer {name} is not in the local cache, and the hub cannot be reached ({why}): run “{command}” where "
        "there is a connection, bring that folder here and give its path.",
        f"El tokenizador {name} no está en la caché local y no se puede llegar al hub ({why}): ejecute «{command}» "
        "donde haya conexión, traiga esa carpeta aquí e indique su ruta.",
    )
