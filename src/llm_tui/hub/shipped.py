"""The models that come with the program, and their folders as a library opens them. Light: no torch.

Weights of a byte a number hold six bits of news a number: they lie packed, and are unpacked into the user's cache when
they are first asked for.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import zlib
from importlib.resources import files
from pathlib import Path

from platformdirs import user_cache_path

from llm_tui.errors import UserError, reason
from llm_tui.i18n import tr

PREFIX = "llm-tui/teaching-"
"""How the names of these models begin."""

WEIGHTS = "model.safetensors"
PACKED = f"{WEIGHTS}.gz"


def shipped() -> dict[str, Path]:
    """The folders of the teaching models, by their names; the weights in them may be packed."""
    folders = Path(str(files("llm_tui") / "teaching" / "models")).iterdir()
    return {f"{PREFIX}{folder.name}": folder for folder in folders if folder.is_dir()}


def pack(weights: bytes) -> bytes:
    """As gzip. Huffman's code alone: nothing repeats in weights, and without a search both ways take a tenth of a
    second. The same bytes always, for a gzip of zlib has no date.
    """
    packing = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_HUFFMAN_ONLY)
    return packing.compress(weights) + packing.flush()


def pack_in(folder: Path) -> None:
    """Have packed weights in place of plain ones."""
    (folder / PACKED).write_bytes(pack((folder / WEIGHTS).read_bytes()))
    (folder / WEIGHTS).unlink()


def unpacked(folder: Path) -> Path:
    """The folder of a teaching model with its weights as every library reads them: itself, or its copy in the cache.

    Raises:
        UserError: the copy cannot be written.
    """
    packed = folder / PACKED
    if (folder / WEIGHTS).exists():  # this one's, or a new training's
        return folder
    with packed.open("rb") as file:
        file.seek(-8, os.SEEK_END)  # gzip ends with the checksum and the size of what it holds: RFC 1952
        checksum, size = file.read(4)[::-1].hex(), int.from_bytes(file.read(4), "little")
    kept = user_cache_path("llm-tui") / "models"
    copy = kept / f"teaching-{folder.name}-{checksum}"
    if readable_weights(copy) != size:
        try:
            kept.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=f".{copy.name}-", dir=kept, ignore_cleanup_errors=True) as work:
                _put(_copied(folder, Path(work) / "model"), copy, size)
        except OSError as error:
            raise _not_written(folder.name, copy, reason(error)) from error
        for other in kept.glob(f"teaching-{folder.name}-*"):  # of other versions of the program
            if other != copy:
                shutil.rmtree(other, ignore_errors=True)
    return copy


def _copied(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to, copy_function=shutil.copyfile, ignore=shutil.ignore_patterns(PACKED))
    weights = zlib.decompress((folder / PACKED).read_bytes(), 16 + zlib.MAX_WBITS)
    (to / WEIGHTS).write_bytes(weights)
    # Nothing of it is private, whatever the umask says, and others may share the cache.
    for path in (to, *to.rglob("*")):
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
    return to


def _put(made: Path, copy: Path, size: int) -> None:
    """Give a folder its name; what has it already is another program's, which was quicker, or was broken."""
    try:
        os.rename(made, copy)
    except OSError:
        if readable_weights(copy) != size:
            shutil.rmtree(copy)
            os.rename(made, copy)


def readable_weights(folder: Path) -> int | None:
    """The bytes of the weights of a model in the cache; None where this user cannot read it, or it is not there."""
    try:
        with open(folder / WEIGHTS, "rb") as weights, open(folder / "config.json", "rb"):
            return os.fstat(weights.fileno()).st_size
    except OSError:
        return None


def _not_written(name: str, copy: Path, why: str) -> UserError:
    return UserError(
        tr(
            f"The teaching model {name} could not be unpacked to {copy} ({why}): make room there, or name another "
            "cache folder in XDG_CACHE_HOME.",
            f"No se pudo desempaquetar el modelo didáctico {name} en {copy} ({why}): haga sitio allí, o indique otra "
            "carpeta de caché en XDG_CACHE_HOME.",
        )
    )
