"""Pretrained models by hub id or folder: found, looked at, and opened on a device."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import transformers
from torch import nn
from transformers import AutoConfig
from transformers.utils import logging

from llm_tui import files
from llm_tui.engine.devices import Device, choose
from llm_tui.engine.failures import first_line, is_lack_of_memory
from llm_tui.engine.job import Context
from llm_tui.engine.models import Key
from llm_tui.engine.room import wait_for_room
from llm_tui.errors import Unavailable, UserError, reason
from llm_tui.foundation import memory
from llm_tui.foundation.batches import check_pieces
from llm_tui.foundation.decoding import check_start, own_settings
from llm_tui.foundation.job import ModelChoice
from llm_tui.foundation.memory import Loaded, Stamp
from llm_tui.foundation.precision import DTYPES, is_made_anew, precision_on, size_in_memory
from llm_tui.foundation.purpose import SEQUENCE, Purpose
from llm_tui.foundation.weights import Held, bounded, check_settings, held
from llm_tui.hub import folder as files_of
from llm_tui.hub.places import locate
from llm_tui.hub.repository import check_whole_model
from llm_tui.i18n import tr
from llm_tui.serving.address import address
from llm_tui.tokenization.opening import open_tokenizer
from llm_tui.visible import visible

logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it would draw on the terminal

PARTS = ("encoder", "decoder", "text_config")
"""Configurations in that of a model which is made of others: bert2bert's, or of one that looks at pictures."""

NO_LIMIT = 10**6
"""Tokenizers that know of no limit give a huge number."""


def load(choice: ModelChoice, purpose: Purpose, context: Context) -> Loaded:
    """The model for a purpose, opened where it is not open yet.

    Weights are safetensors, or pickled ones read with `weights_only=True`; code of a model's own never runs.

    Raises:
        UserError: it cannot be had, is no such model, or there is no memory for it.
    """
    if choice.served:
        raise _elsewhere(choice.name)
    device = choose(choice.device)
    precision = precision_on(choice.precision, device.name)
    try:
        folder, revision = locate(choice.name, context, choice.revision)
    except Unavailable as error:
        raise Unavailable(f"{error} {purpose.instead()}") from error
    stamp = _stamp(folder, choice.name)
    memory.forget_changed(context.models, folder, stamp)

    def key() -> Key:
        return (memory.MODEL, folder, stamp, device.name, precision, purpose)

    known: Loaded | None = context.models.find(key())
    if known:
        context.placed(device)
        known.name, known.revision = choice.name, revision  # a folder can be asked for by more than one name
        return known
    device = wait_for_room(choice.device, choice.wait_for_room, context)  # of `auto` it may be another one now
    precision = precision_on(choice.precision, device.name)
    context.placed(device)
    context.progress(0, 0, tr(f"opening {visible(choice.name)}", f"abriendo {visible(choice.name)}"))
    files_of.check_model(folder)
    base = files_of.read_json(folder / "adapter_config.json").get("base_model_name_or_path")
    check_whole_model([file.name for file in folder.iterdir()], choice.name, visible(str(base or "")))
    with memory.answering(context.models, choice.name, device.name):
        loaded = _read(folder, choice, purpose, device, precision, context)
        if device.name != "cpu":
            _first_pass(loaded, purpose)
    loaded.revision, loaded.stamp = revision, stamp
    context.models.keep(key(), loaded)
    return loaded


def _read(
    folder: Path, choice: ModelChoice, purpose: Purpose, device: Device, precision: str, context: Context
) -> Loaded:
    """The model in a folder, on its device."""
    there = held(folder)
    config = config_of(folder, there, choice.name, purpose)
    tokenizer = _tokenizer(folder, choice.name)
    size = size_in_memory(there, config.dtype, precision)
    memory.make_room(context.models, choice.name, device.name, size)
    if device.name != "cpu" and is_made_anew(there, config.dtype, precision):  # on the CPU, and then moved
        memory.make_room(context.models, choice.name, "cpu", size)
    with bounded(there, choice.name, context):
        model = open_model(folder, config, choice.name, purpose, precision).to(device.name).eval()
    if purpose == SEQUENCE:  # GPT-2 and its like find the end of a text by it: as the tokenizer pads, so must they read
        model.config.get_text_config().pad_token_id = tokenizer.pad_token_id
    elif getattr(model.config, "pad_token_id", None) is None:  # some configurations do not know of it
        model.config.pad_token_id = tokenizer.pad_token_id
    if purpose.writes:
        model.generation_config = own_settings(model)
        check_start(model, choice.name)
    positions = _positions(model)
    limits = [limit for limit in (positions, _limit(tokenizer.model_max_length)) if limit]
    most, where = min(limits, default=None), torch.device(device.name)
    how = (where, device.label, precision)
    return Loaded(choice.name, "", model, tokenizer, *how, positions, most, context.models, folder)


def _first_pass(loaded: Loaded, purpose: Purpose) -> None:
    """The first work of a kind on a GPU loads its kernels: the time of no answer is to hold that."""
    ids = loaded.tokenizer("a", return_tensors="pt", verbose=False)["input_ids"]
    check_pieces(loaded, int(ids.max()))
    given = {"input_ids": ids.to(loaded.device)}
    if purpose.writes and loaded.seq2seq:
        given["decoder_input_ids"] = given["input_ids"][:, :1]
    with torch.inference_mode():
        loaded.model(**given)


def _positions(model: Any) -> int | None:
    """How many pieces the model has positions for, by its configuration or its table of positions.

    Tables of RoBERTa and its like begin behind the padding's number: they have fewer places than rows.
    """
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and isinstance(module, nn.Embedding) and module.padding_idx is not None:
            return module.num_embeddings - module.padding_idx - 1
    names = ("max_encoder_position_embeddings", "max_position_embeddings", "n_positions")
    parts = (getattr(model.config, part, None) for part in PARTS)
    known = (_limit(getattr(part, name, None)) for part in (model.config, *parts) for name in names)
    return next((limit for limit in known if limit), None)


def _limit(said: Any) -> int | None:
    """A limit that a file of settings gives, where it is one."""
    return int(said) if isinstance(said, int | float) and 0 < said < NO_LIMIT else None


def _stamp(folder: Path, name: str) -> Stamp:
    try:
        return files.stamp_of(folder)
    except OSError as error:
        raise _unreadable(name, reason(error)) from error


def config_of(folder: Path, there: Held, name: str, purpose: Purpose) -> Any:
    """The model's configuration, which must be that of a model for `purpose`.

    The architecture that it was saved with decides: transformers would fill up a missing head with noise.
    """
    check_settings(files_of.read_json(folder / "config.json"), there, name)
    try:
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    except Exception as error:  # whatever is in the folder
        raise _unreadable(name, first_line(error)) from error
    saved = config.architectures if isinstance(config.architectures, list) else []
    if saved and not any(str(architecture).endswith(purpose.endings) for architecture in saved):
        raise _wrong_kind(name, purpose)
    return config


def open_model(folder: Path, config: Any, name: str, purpose: Purpose, precision: str) -> Any:
    """The model on the CPU.

    Raises:
        UserError: the files are no such model, or not whole.
    """
    # BART has a class for each of the two: what was saved with an encoder is read with one.
    auto_class = getattr(transformers, purpose.auto_class(config.is_encoder_decoder))

    def read(**more: Any) -> tuple[Any, Any]:
        return auto_class.from_pretrained(  # type: ignore[no-any-return]
            folder,
            config=config,
            dtype=DTYPES[precision],
            trust_remote_code=False,
            local_files_only=True,
            weights_only=True,
            output_loading_info=True,
            **more,
        )

    try:
        model, report = read()
        unexpected = report["unexpected_keys"]
        if report["missing_keys"] and unexpected and all(key.startswith("module.") for key in unexpected):
            model, report = read(key_mapping={"^module.": ""})  # saved from training on several GPUs
    except UserError:
        raise
    except Exception as error:  # whatever is in the folder
        if is_lack_of_memory(error):
            raise
        if "Unrecognized configuration class" in str(error):
            raise _wrong_kind(name, purpose) from error
        quantized = getattr(config, "quantization_config", None)
        if quantized and isinstance(error, ImportError):
            raise _quantized(name) from error
        raise _unreadable(name, first_line(error)) from error
    if strange := [*report["missing_keys"], *report["mismatched_keys"]]:
        raise _not_fitting(name, str(strange[0])) if config.architectures else _wrong_kind(name, purpose)
    return model


def _elsewhere(name: str) -> UserError:
    where = address(name).place
    return UserError(
        tr(
            f"This task looks into a model, and the server {where} gives only its answers: name a hub id or a folder.",
            f"Esta tarea mira dentro del modelo, y el servidor {where} solo da sus respuestas: indique un id del "
            "hub o una carpeta.",
        )
    )


def _unreadable(name: str, why: str) -> UserError:
    if "weights_only" in why or "Weights only load failed" in why:  # PyTorch's advice is to trust it
        return UserError(
            tr(
                f"The weights of the model {name} are a pickle that may hold more than numbers, and such is never "
                "loaded here: choose a model with safetensors.",
                f"Los pesos del modelo {name} son un pickle que puede contener más que números, y eso aquí nunca se "
                "carga: elija un modelo con safetensors.",
            )
        )
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


def _quantized(name: str) -> UserError:
    return UserError(
        tr(
            f"The weights of the model {name} are quantized, and the library that reads them so is not installed: "
            "choose the version of the model that is not quantized.",
            f"Los pesos del modelo {name} están cuantizados y la biblioteca que los lee así no está instalada: elija "
            "la versión del modelo sin cuantizar.",
        )
    )


def _not_fitting(name: str, key: str) -> UserError:
    return UserError(
        tr(
            f"The weights of the model {name} do not fit its config.json ({key}): fetch it again, or choose another.",
            f"Los pesos del modelo {name} no corresponden a su config.json ({key}): descárguelo de nuevo, o elija "
            "otro.",
        )
    )


def _wrong_kind(name: str, purpose: Purpose) -> UserError:
    wanted = purpose.wanted
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
        tokenizer = open_tokenizer(folder).tokenizer
        tokenizer.truncation_side = "right"  # a text that is too long loses its end, whatever the files say
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token or tokenizer.convert_ids_to_tokens(0)
    except Exception as error:  # whatever is in the folder
        raise UserError(sentence) from error
    # transformers 5 makes an empty tokenizer where there is no vocabulary; some, of bytes, need none.
    needed = set(tokenizer.vocab_files_names.values())  # GPT-2's do not name the file that it is saved in now
    there = any((folder / file).exists() for file in (*needed, "tokenizer.json", "tekken.json"))
    if needed and not there and not next(folder.glob("*.model"), None):
        raise UserError(sentence)
    return tokenizer
