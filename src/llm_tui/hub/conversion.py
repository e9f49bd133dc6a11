"""How a packaged model is converted: a GGUF file becomes a folder as the hub has them. Torch runs in a process of its
own, which can be stopped at any time.
"""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.hub.child import last_line, run_python
from llm_tui.hub.packaged import Packaged
from llm_tui.hub.shipped import WEIGHTS
from llm_tui.i18n import tr


def converted(model: Packaged, gguf: Path, folder: Path, context: Context) -> Path:
    """The folder, written from the GGUF file.

    Raises:
        UserError: the file is no whole chat model, or there is not enough memory.
    """
    what = tr(f"converting {model.name}, some ten seconds", f"convirtiendo {model.name}, unos diez segundos")
    program = f"import sys; from {__name__} import convert; convert(*sys.argv[1:])"
    code, output = run_python(
        ["-c", program, str(gguf), str(folder)],
        lambda: context.progress(0, 0, what),
        HF_HUB_OFFLINE="1",
        TQDM_DISABLE="1",
    )
    if code:
        why = last_line(output) if code > 0 else tr(f"signal {-code}", f"señal {-code}")
        raise UserError(
            tr(
                f"The model {model.name} could not be converted ({why}): it takes 2 GB of free memory, and current "
                "versions of transformers and gguf.",
                f"No se pudo convertir el modelo {model.name} ({why}): hacen falta 2 GB de memoria libre y versiones "
                "actuales de transformers y gguf.",
            )
        )
    return folder


def convert(file: str, folder: str) -> None:
    """Write the chat model in a GGUF file to a folder: safetensors in bfloat16, tokenizer and chat template.

    Raises:
        ValueError: the file is no whole chat model.
    """
    import gguf
    import numpy

    class Reader(gguf.GGUFReader):
        """It takes a million slices of its file, each of which costs several of a plain array."""

        def __setattr__(self, name: str, value: object) -> None:
            super().__setattr__(name, value.view(numpy.ndarray) if isinstance(value, numpy.memmap) else value)

    # transformers reads the file anew for the tokenizer, the configuration and the weights, and lists the names of all
    # weights anew for each weight: two thirds of the time.
    vars(gguf).update(GGUFReader=cache(Reader), get_tensor_name_map=cache(gguf.get_tensor_name_map))
    source = Path(file)
    fields = gguf.GGUFReader(file).fields

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
    with torch.device("meta"):  # a model without numbers, to begin with: those that chance would give it are not needed
        model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)  # type: ignore[no-untyped-call]
    # Not from_pretrained with gguf_file: that wants the package accelerate, for nothing.
    read = load_gguf_checkpoint(file, return_tensors=True, model_to_load=model)  # type: ignore[no-untyped-call]
    weights = {name: weight.to(torch.bfloat16) for name, weight in read["tensors"].items()}
    if missing := {name for name, _ in model.named_parameters()} - set(weights):
        raise ValueError(f"no weights for {min(missing)}")
    model.load_state_dict(weights, strict=False, assign=True)
    model.tie_weights()  # an output matrix that is the input's has no weights of its own
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    shutil.copymode(Path(folder) / "config.json", Path(folder) / WEIGHTS)  # safetensors makes it private
