"""Pretrained models by hub id or folder: found, opened on a device, kept as long as there is room."""

from __future__ import annotations

import gc
import math
import time
import traceback
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import nn
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    AutoTokenizer,
)
from transformers.utils import logging

from llm_tui.engine.devices import choose
from llm_tui.engine.job import Context
from llm_tui.errors import Unavailable, UserError, reason
from llm_tui.foundation import teaching
from llm_tui.foundation.job import PRECISIONS, ModelChoice, OutOfMemory, Provenance
from llm_tui.foundation.places import without_hub
from llm_tui.i18n import Text, tr
from llm_tui.tokenization import hub
from llm_tui.visible import visible

GENERATE, SEQUENCE, TOKENS = "generate", "sequence", "tokens"

logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it would draw on the terminal

_WANTED = {
    GENERATE: Text("a model that writes text", "un modelo que escribe texto"),
    SEQUENCE: Text("a model that classifies texts", "un modelo que clasifica textos"),
    TOKENS: Text("a model that labels tokens", "un modelo que etiqueta tokens"),
}

_ENDINGS = {
    GENERATE: ("ForConditionalGeneration", "LMHeadModel", "ForCausalLM", "MTModel"),
    SEQUENCE: ("ForSequenceClassification",),
    TOKENS: ("ForTokenClassification",),
}
"""How the names of the architectures for a purpose end."""

_TEACHING = {
    GENERATE: (teaching.T5,),
    SEQUENCE: (teaching.ZERO_SHOT, teaching.SENTIMENT),
    TOKENS: (teaching.ENTITIES,),
}

NO_LIMIT = 10**6
"""Tokenizers that know of no limit give a huge number."""

_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}

MARGIN = 1.2
"""Of the size of its weights a model needs this much to be loaded and to answer something short."""


@dataclass(eq=False)
class Loaded:
    """An open model with its tokenizer. `revision` is the hub's or a package's, or empty for a folder. `positions` is
    how many pieces the model has positions for, `most_input` how many it takes at most, special tokens among them; None
    where no limit is known.
    """

    name: str
    revision: str
    model: Any
    tokenizer: Any
    device: torch.device
    device_label: str
    precision: str
    positions: int | None
    most_input: int | None

    @property
    def seq2seq(self) -> bool:
        return bool(self.model.config.is_encoder_decoder)

    def made(self, seconds: float) -> Provenance:
        return Provenance(
            self.name, self.revision, self.device_label, self.precision, self.model.num_parameters(), seconds
        )


Key = tuple[object, ...]

_kept: OrderedDict[Key, Loaded] = OrderedDict()
"""Open models, least recently used first. Only the engine's thread comes here."""


def load(choice: ModelChoice, purpose: str, context: Context) -> Loaded:
    """The model for a purpose (`generate`, `sequence`, `tokens`), opened where it is not open yet.

    Weights are safetensors, or pickled ones read with `weights_only=True`; code of a model's own never runs.

    Raises:
        UserError: it cannot be had, is no such model, or there is no memory for it.
    """
    device = choose(choice.device)
    precision = _precision(choice.precision, device.name)
    try:
        folder, revision = locate(choice.name, context)
    except Unavailable as error:
        raise Unavailable(f"{error} {_instead(purpose)}") from error
    stamp = _stamp(folder, choice.name)
    _forget_changed(folder, stamp)
    key = (folder, stamp, purpose, device.name, precision)
    if key in _kept:
        _kept.move_to_end(key)
        _kept[key].name, _kept[key].revision = choice.name, revision  # a folder can be asked for by more than one name
        return _kept[key]
    context.progress(0, 0, tr(f"opening {visible(choice.name)}", f"abriendo {visible(choice.name)}"))
    config = _config(folder, choice.name, purpose)
    tokenizer = _tokenizer(folder, choice.name)
    _make_room(choice.name, device.name, _size(folder, config, precision))
    context.check()
    with reporting_memory(choice.name, device.name):
        model = _open(folder, config, choice.name, purpose, precision).to(device.name).eval()
    if model.config.pad_token_id is None:  # GPT-2 and its like find the end of a text by it
        model.config.pad_token_id = tokenizer.pad_token_id
    positions = _positions(model)
    known = [limit for limit in (positions, tokenizer.model_max_length) if limit and limit < NO_LIMIT]
    most = int(min(known)) if known else None
    where = torch.device(device.name)
    loaded = Loaded(choice.name, revision, model, tokenizer, where, device.label, precision, positions, most)
    _kept[key] = loaded
    return loaded


def _instead(purpose: str) -> str:
    """The teaching models for a purpose."""
    names = " / ".join(model.name for model in _TEACHING[purpose])
    return tr(f"Or use {names}, which comes with llm-tui.", f"O use {names}, que viene con llm-tui.")


def _precision(wanted: str, device: str) -> str:
    if wanted not in PRECISIONS:
        raise UserError(
            tr(
                f"“{wanted}” is not a precision: write one of {', '.join(PRECISIONS)}.",
                f"«{wanted}» no es una precisión: escriba una de {', '.join(PRECISIONS)}.",
            )
        )
    if wanted != "auto":
        return wanted
    return "bfloat16" if device.startswith("cuda") and torch.cuda.is_bf16_supported() else "float32"


def _positions(model: Any) -> int | None:
    """How many pieces the model has positions for, by its configuration or its table of positions.

    Tables of RoBERTa and its like begin behind the padding's number: they have fewer places than rows.
    """
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and isinstance(module, nn.Embedding) and module.padding_idx is not None:
            return module.num_embeddings - module.padding_idx - 1
    names = ("max_encoder_position_embeddings", "max_position_embeddings", "n_positions")
    known = (getattr(model.config, name, None) for name in names)
    return next((int(limit) for limit in known if limit and 0 < limit < NO_LIMIT), None)


def locate(name: str, context: Context) -> tuple[Path, str]:
    """The folder with a model's files, and its revision: one that needs no hub, else the hub's cache, else the hub.

    Raises:
        UserError: it is nowhere to be had.
    """
    if there := without_hub(name):
        return there
    if not hub.is_id(name):
        raise UserError(
            tr(
                f"There is no folder {name}, and it is no hub id either: give a folder with a model, or an id such as "
                "google/flan-t5-small.",
                f"No existe la carpeta {name}, y tampoco es un id del hub: indique una carpeta con un modelo, o un id "
                "como google/flan-t5-small.",
            )
        )
    snapshot = hub.cached(name)
    if snapshot is None or not hub.weights(snapshot):
        snapshot = hub.fetch_model(name, context)
    return snapshot, snapshot.name


def _size(folder: Path, config: Any, precision: str) -> int:
    """Bytes that the weights will take in memory; pickled files are in the precision that the configuration names."""
    stored = (config.dtype or torch.float32).itemsize
    return sum(_numbers(file, stored) for file in hub.weights(folder)) * _DTYPES[precision].itemsize


def _numbers(file: Path, stored: int) -> int:
    """How many numbers a file of weights holds; each has `stored` bytes in a file that does not say it."""
    try:
        with safe_open(file, "pt") as weights:
            return sum(math.prod(weights.get_slice(name).get_shape()) for name in weights.keys())  # noqa: SIM118
    except SafetensorError:  # pickled, or broken, which is told when it is opened
        return file.stat().st_size // stored


Stamp = tuple[tuple[str, int, int], ...]


def _stamp(folder: Path, name: str) -> Stamp:
    """Name, size and time of each file of the folder: another stamp is another model."""
    try:
        files = [(file.name, file.stat()) for file in folder.iterdir() if file.is_file()]
    except OSError as error:
        raise _unreadable(name, reason(error)) from error
    return tuple(sorted((file, stat.st_size, stat.st_mtime_ns) for file, stat in files))


def _config(folder: Path, name: str, purpose: str) -> Any:
    """The model's configuration, which must be that of a model for `purpose`.

    The architecture that it was saved with decides: transformers would fill up a missing head with noise.
    """
    try:
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    except Exception as error:  # whatever is in the folder
        raise _unreadable(name, _first_line(error)) from error
    saved = config.architectures or []
    if saved and not any(architecture.endswith(_ENDINGS[purpose]) for architecture in saved):
        raise _wrong_kind(name, purpose)
    return config


def _open(folder: Path, config: Any, name: str, purpose: str, precision: str) -> Any:
    """The model on the CPU.

    Raises:
        UserError: the files are no such model, or not whole.
    """
    # BART has a class for each of the two: what was saved with an encoder is read with one.
    writer = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
    others = {SEQUENCE: AutoModelForSequenceClassification, TOKENS: AutoModelForTokenClassification}
    try:
        model, report = others.get(purpose, writer).from_pretrained(
            folder,
            config=config,
            dtype=_DTYPES[precision],
            trust_remote_code=False,
            local_files_only=True,
            weights_only=True,
            output_loading_info=True,
        )
    except Exception as error:  # whatever is in the folder
        if _is_lack_of_memory(error):
            raise
        raise _unreadable(name, _first_line(error)) from error
    if report["missing_keys"] or report["mismatched_keys"]:
        raise _wrong_kind(name, purpose)
    return model


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _unreadable(name: str, why: str) -> UserError:
    if "trust_remote_code" in why or "custom code" in why:
        return UserError(
            tr(
                f"The model {name} needs code of its own, which is never run here: choose another model.",
                f"El modelo {name} necesita código propio, que aquí nunca se ejecuta: elija otro modelo.",
            )
        )
    return UserError(
        tr(
            f"The model {name} could not be opened ({why}): its files may be incomplete; fetch it again, or choose "
            "another.",
            f"No se pudo abrir el modelo {name} ({why}): puede que sus archivos estén incompletos; descárguelo de "
            "nuevo o elija otro.",
        )
    )


def _wrong_kind(name: str, purpose: str) -> UserError:
    wanted = _WANTED[purpose]
    return UserError(
        tr(
            f"The model {name} is of another kind: this task needs {wanted}.",
            f"El modelo {name} es de otra clase: esta tarea necesita {wanted}.",
        )
    )


def _tokenizer(folder: Path, name: str) -> Any:
    """The model's tokenizer; one without a padding token pads with its end of text, which the mask keeps out."""
    sentence = tr(
        f"The model {name} has no tokenizer that can be opened: its folder needs a tokenizer.json or its vocabulary "
        "beside the weights.",
        f"El modelo {name} no tiene un tokenizador que se pueda abrir: su carpeta necesita un tokenizer.json o su "
        "vocabulario junto a los pesos.",
    )
    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    except Exception as error:  # whatever is in the folder
        raise UserError(sentence) from error
    # transformers 5 makes an empty tokenizer where there is no vocabulary; some, of bytes, need none.
    needed = set(tokenizer.vocab_files_names.values())
    if needed and not any((folder / file).exists() for file in needed) and not next(folder.glob("*.model"), None):
        raise UserError(sentence)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token or tokenizer.convert_ids_to_tokens(0)
    return tokenizer


# Memory.


def free_memory(device: str) -> int | None:
    """Bytes that are free on a device; None where nobody knows."""
    if device.startswith("cuda"):
        return int(torch.cuda.mem_get_info(torch.device(device))[0])
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            line = next((line for line in file if line.startswith("MemAvailable:")), None)
        return int(line.split()[1]) * 1024 if line else None
    except (OSError, ValueError):
        return None


def _make_room(name: str, device: str, size: int) -> None:
    """Let go of open models, least recently used first, until a new one of `size` bytes fits.

    Raises:
        OutOfMemory: it does not fit on the empty device; Linux would end the whole program.
    """
    while (free := free_memory(device)) is not None and free < size * MARGIN:
        oldest = next((key for key, loaded in _kept.items() if str(loaded.device) == device), None)
        if oldest is not None:
            _let_go(oldest)
        elif free < size:
            raise OutOfMemory(
                tr(
                    f"The model {name} takes {size / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free on {device}: choose "
                    "a smaller one, or half precision.",
                    f"El modelo {name} ocupa {size / 1e9:.1f} GB y en {device} hay {free / 1e9:.1f} GB libres: elija "
                    "uno menor, o media precisión.",
                )
            )
        else:
            return


def _forget_changed(folder: Path, stamp: Stamp) -> None:
    for key in [key for key in _kept if key[0] == folder and key[1] != stamp]:
        _let_go(key)


def release() -> None:
    """Let go of all open models."""
    _let_go(*_kept)


def _let_go(*keys: Key) -> None:
    for key in keys:
        # Whoever still holds the rest, a job on its way out of an error for one, does not hold the weights.
        _kept.pop(key).model = None
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _is_lack_of_memory(error: BaseException) -> bool:
    """On the CPU torch raises a plain RuntimeError."""
    known = isinstance(error, (MemoryError, torch.OutOfMemoryError))
    return known or (isinstance(error, RuntimeError) and "allocate memory" in str(error))


@contextmanager
def reporting_memory(name: str, device: str) -> Iterator[None]:
    """Turns running out of memory into a sentence, with all open models let go."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not _is_lack_of_memory(error):
            raise
        what = _first_line(error).partition(". ")[0].rstrip(".")
        traceback.clear_frames(error.__traceback__)  # they hold what the model was working on
        release()
        free = free_memory(device)
        gigabytes = "?" if free is None else f"{free / 1e9:.1f}"
        raise OutOfMemory(
            tr(
                f"There was not enough memory on {device} for {name} ({what}); the open models were let go, and "
                f"{gigabytes} GB are free now: take a smaller batch, half precision, or the CPU.",
                f"No hubo memoria suficiente en {device} para {name} ({what}); se soltaron los modelos abiertos y "
                f"ahora hay {gigabytes} GB libres: use un lote menor, media precisión o la CPU.",
            )
        ) from error


class Stopwatch:
    """Seconds that a model worked, for its answers' provenance."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._began
