"""Why a fetch came to nothing, in one sentence: the hub has it not, the disk is full, nobody answers."""

from __future__ import annotations

import errno
import os
from dataclasses import replace

from huggingface_hub import constants
from huggingface_hub.errors import HfHubHTTPError

from llm_tui.errors import Unavailable, UserError, reason
from llm_tui.hub.child import FULL
from llm_tui.hub.download import causes, root_cause
from llm_tui.hub.plan import Plan
from llm_tui.hub.reach import Silent
from llm_tui.hub.room import elsewhere
from llm_tui.i18n import tr

UNWRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS)


def not_planned(name: str, error: Exception, whole: bool) -> UserError:
    """Of an error before anything was fetched; `whole`: of a model and not its tokenizer alone."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(error, HfHubHTTPError) and status in (401, 403, 404):
        return Unavailable(
            tr(
                f"The hub has no {name} that you may read (HTTP {status}): check its spelling; for a gated or private "
                "one set HF_TOKEN.",
                f"El hub no tiene ningún {name} que usted pueda leer (HTTP {status}): revise cómo se escribe; si es de "
                "acceso restringido, defina HF_TOKEN.",
            )
        )
    files = "'tokenizer*' 'vocab*' 'merges*' '*.codes' '*.model' '*.spm' '*.json'" + (
        " '*.safetensors'" if whole else ""
    )
    command = f"hf download {name} --include {files} --local-dir {name.rpartition('/')[2]}"
    what = tr("model", "modelo") if whole else tr("tokenizer", "tokenizador")
    cache, why = constants.HF_HUB_CACHE, why_not_asked(error)
    return Unavailable(
        tr(
            f"The {what} {name} is not in the cache {cache}, and the hub cannot be reached ({why}): run “{command}” "
            "where there is a connection, bring that folder here and give its path.",
            f"El {what} {name} no está en la caché {cache} y no se puede llegar al hub ({why}): ejecute «{command}» "
            "donde haya conexión, traiga esa carpeta aquí e indique su ruta.",
        )
    )


def why_not_asked(error: Exception) -> str:
    """Why the hub gave no answer, in a few words."""
    if constants.HF_HUB_OFFLINE:
        return "HF_HUB_OFFLINE"
    return str(error) if isinstance(error, Silent) else root_cause(error)


def broken_off(plan: Plan, error: Exception, whole: bool) -> UserError:
    """Of an error in the middle. What is on this machine's side is told apart from what is on the hub's."""
    name, folder = plan.model, plan.room.folder
    if why := _no_room(error):
        way = replace(plan, other=elsewhere(plan.bytes or 0, but=folder)).way_out()
        return UserError(
            tr(
                f"The fetch of {name} ended, for there is no room left in {folder} ({why}); the files that were whole "
                f"are kept, and not fetched again. {way}",
                f"La descarga de {name} terminó porque ya no queda espacio en {folder} ({why}); los archivos que ya "
                f"estaban completos se conservan y no se descargan de nuevo. {way}",
            )
        )
    refused = next((e for e in causes(error) if isinstance(e, OSError) and e.errno in UNWRITABLE), None)
    if refused:
        where = f"{refused.filename or folder}: {reason(refused)}"
        room = replace(plan.room, refused=where)
        return UserError(replace(plan, room=room, other=elsewhere(plan.bytes or 0, but=folder)).said())
    return not_planned(name, error, whole)


def _no_room(error: Exception) -> str:
    """The system's words for a full disk or quota; what is not written in Python has them in its message alone."""
    for cause in causes(error):
        for code in FULL:
            words = os.strerror(code)
            if (isinstance(cause, OSError) and cause.errno == code) or words in str(cause):
                return words
    return ""
