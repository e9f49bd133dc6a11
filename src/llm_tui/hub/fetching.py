"""Fetching models and tokenizers from the hub."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi, constants, snapshot_download
from huggingface_hub.errors import HfHubHTTPError
from tqdm.auto import tqdm

from llm_tui.engine.job import Context
from llm_tui.errors import Unavailable
from llm_tui.hub.download import Meter, root_cause, wait_for
from llm_tui.hub.repository import MODEL_FILES, PICKLED_WEIGHTS, SAFE_WEIGHTS, TOKENIZER_FILES
from llm_tui.i18n import tr


def fetch_tokenizer(name: str, context: Context) -> Path:
    """The folder of the local cache with the tokenizer of a hub id, fetched from the hub.

    Raises:
        UserError: it could not be had; the sentence says how to bring it from elsewhere.
    """
    return _fetch(name, lambda: TOKENIZER_FILES, context)


def fetch_model(name: str, context: Context) -> Path:
    """The folder of the local cache with tokenizer, model card and weights of a hub id, fetched from the hub: the
    weights as safetensors, and only where there are none the pickled ones. A fetch that broke off is taken up again.

    Raises:
        UserError: it could not be had; the sentence says how to bring it from elsewhere.
    """

    def files() -> list[str]:
        there = [file.rfilename for file in HfApi().model_info(name).siblings or []]
        safe = any(fnmatch(file, SAFE_WEIGHTS) for file in there)
        wanted = SAFE_WEIGHTS if safe else PICKLED_WEIGHTS
        return [*MODEL_FILES, wanted, f"{wanted}.index.json"]

    return _fetch(name, files, context, weights=True)


def _fetch(name: str, files: Callable[[], Sequence[str]], context: Context, weights: bool = False) -> Path:
    meter = Meter(tr(f"fetching {name}", f"descargando {name}"))

    def work() -> str:
        return snapshot_download(name, allow_patterns=list(files()), tqdm_class=_reporting_to(meter))

    try:
        return Path(wait_for(work, meter, context))
    except Exception as error:  # whatever a hub or the way to it answers
        raise Unavailable(_advice(name, error, weights)) from error


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


def _advice(name: str, error: Exception, weights: bool) -> str:
    status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(error, HfHubHTTPError) and status in (401, 403, 404):
        return tr(
            f"The hub has no {name} that you may read (HTTP {status}): check its spelling; for a gated or private one "
            "set HF_TOKEN.",
            f"El hub no tiene ningún {name} que usted pueda leer (HTTP {status}): revise cómo se escribe; si es de "
            "acceso restringido, defina HF_TOKEN.",
        )
    why = "HF_HUB_OFFLINE" if constants.HF_HUB_OFFLINE else root_cause(error)
    files = "'tokenizer*' 'vocab*' 'merges*' '*.model' '*.spm' '*.json'" + (" '*.safetensors'" if weights else "")
    command = f"hf download {name} --include {files} --local-dir {name.rpartition('/')[2]}"
    what = tr("model", "modelo") if weights else tr("tokenizer", "tokenizador")
    cache = constants.HF_HUB_CACHE
    return tr(
        f"The {what} {name} is not in the cache {cache}, and the hub cannot be reached ({why}): run “{command}” where "
        "there is a connection, bring that folder here and give its path.",
        f"El {what} {name} no está en la caché {cache} y no se puede llegar al hub ({why}): ejecute «{command}» donde "
        "haya conexión, traiga esa carpeta aquí e indique su ruta.",
    )
