"""Attention weights of any encoder or decoder: one pass with the attention that gives them, and then back."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from llm_tui.attribution.attention_job import (
    CROSS,
    DECODER,
    ENCODER,
    ITSELF,
    MOST_PIECES,
    Attended,
    Attention,
    Side,
    Weights,
)
from llm_tui.attribution.embeddings import stoppable
from llm_tui.attribution.piece_job import Written
from llm_tui.attribution.written import row_of, start_of
from llm_tui.engine.failures import give_back
from llm_tui.engine.job import Context
from llm_tui.errors import OutOfMemory, UserError
from llm_tui.foundation.batches import check_pieces, encode
from llm_tui.foundation.checks import check_texts
from llm_tui.foundation.decoding import no_numbers
from llm_tui.foundation.loading import load
from llm_tui.foundation.memory import Loaded, free_memory
from llm_tui.foundation.purpose import GENERATE, SEQUENCE, TOKENS, Purpose
from llm_tui.hub.folder import check_model, read_json
from llm_tui.hub.places import locate
from llm_tui.i18n import Text, tr
from llm_tui.tokenization.loading import cutter_of

ROOM = 2**26
"""Bytes of the weights in a result; where all layers take more, it has one alone."""

_READS = Text("a model that reads or writes text", "un modelo que lee o escribe texto")
MASKED = Purpose("masked", _READS, ("ForMaskedLM",), auto="AutoModelForMaskedLM", stand_ins=())
BARE = Purpose("bare", _READS, ("ForPreTraining", "Model"), auto="AutoModel", stand_ins=())
PURPOSES = {purpose.name: purpose for purpose in (SEQUENCE, TOKENS, GENERATE, MASKED, BARE)}
"""In the order in which an architecture is tried: of those that write some end in Model as well."""

_NAMES = {
    "attentions": ITSELF,
    "encoder_attentions": ENCODER,
    "decoder_attentions": DECODER,
    "cross_attentions": CROSS,
}
"""What transformers calls the sides in what a model gives back."""


def attend(job: Attention, context: Context) -> Attended:
    """The attention of a model in one pass over what it read, and wrote.

    Raises:
        UserError: the text is empty or too long, the model cannot be had or has no attention, or there is no memory.
    """
    check_texts((job.text,))
    purpose = _purpose(job, context)
    loaded = load(job.model, purpose, context)
    given = _row(loaded, job.written, context) if job.written else _read(loaded, job, purpose.writes)
    check_size(loaded, given.ids, given.decoder or ())
    context.progress(0, 0, job.title())
    meter = loaded.meter(context)
    with loaded.answering():
        seen = looked(loaded.model, given.batch(loaded.device), context)
        if not seen.layers:
            raise without(loaded.name)
        # To read a value is to wait for the GPU: before that nothing needs to be done.
        if not all(bool(weights.isfinite().all()) for layers in seen.layers.values() for weights in layers):
            raise no_numbers(loaded.name)
    made_by = loaded.made(meter)
    cutter = cutter_of(loaded.tokenizer)
    ids = (given.ids, seen.decoder or given.decoder or ())
    read, written = (tuple(cutter.shown(id, cutter.raw(id)) for id in side) for side in ids)
    pieces = {ITSELF: (read, read), ENCODER: (read, read), DECODER: (written, written), CROSS: (written, read)}
    whole = _size(seen.layers) <= ROOM
    sides = []
    for name, layers in seen.layers.items():
        asked = min(job.layer, len(layers)) - 1
        kept = tuple(_weights(layer) if whole or i == asked else None for i, layer in enumerate(layers))
        sides.append(Side(name, *pieces[name], kept, writes=purpose.writes and name != ENCODER))
    return Attended(tuple(sides), given.cut, _hybrid(loaded.model, seen.layers), made_by)


# What a model is given.


class _Given(NamedTuple):
    """One input of a model without its padding, and the pieces that its decoder is given, where it has one that writes.
    `cut` says that the text was longer.
    """

    inputs: Mapping[str, Sequence[int]]
    decoder: list[int] | None
    cut: bool

    @property
    def ids(self) -> Sequence[int]:
        return self.inputs["input_ids"]

    def batch(self, device: torch.device) -> dict[str, Tensor]:
        all_ids = {**self.inputs, **({"decoder_input_ids": self.decoder} if self.decoder else {})}
        return {name: torch.tensor([list(values)], device=device) for name, values in all_ids.items()}


def _purpose(job: Attention, context: Context) -> Purpose:
    """What the model is opened for: its architecture says it where the job does not."""
    if job.use:
        return PURPOSES[job.use]
    if job.model.served:
        return BARE  # which says that a server shows nothing of the kind
    folder, _ = locate(job.model.name, context, job.model.revision)
    check_model(folder)
    saved = read_json(folder / "config.json").get("architectures")
    names = [str(name) for name in saved] if isinstance(saved, list) else []
    return next((p for p in PURPOSES.values() if any(name.endswith(p.endings) for name in names)), BARE)


def _read(loaded: Loaded, job: Attention, writes: bool) -> _Given:
    """The text as it is, with what stands behind it; a decoder that writes is at its beginning."""
    (inputs,) = encode(loaded, [job.text], [job.pair] if job.pair else None)
    with loaded.answering():
        whole = loaded.tokenizer(job.text, job.pair or None, split_special_tokens=True, verbose=False)["input_ids"]
    decoder = [start_of(loaded)] if writes and loaded.seq2seq else None
    return _Given(inputs, decoder, len(whole) > len(inputs["input_ids"]))


def _row(loaded: Loaded, written: Written, context: Context) -> _Given:
    """What the model was given, and its answer up to the piece that it wrote last."""
    row = row_of(loaded, written, context)
    inputs = row.inputs(len(row.answer) - 1)
    return _Given(inputs, inputs.pop("decoder_input_ids", None), row.prompt.cut)


def check_size(loaded: Loaded, read: Sequence[int], written: Sequence[int] = ()) -> None:
    """That the attention of these pieces can be held, and the model has each of them; `written` are a decoder's.

    Raises:
        UserError: it cannot.
    """
    most = max(len(read), len(written))
    if most > MOST_PIECES:
        raise UserError(
            tr(
                f"The model reads {most} pieces here, and attention is shown of up to {MOST_PIECES}: of a part of them "
                "it would be another attention. Ask about a shorter text.",
                f"Aquí el modelo lee {most} piezas y la atención se muestra de {MOST_PIECES} como máximo: la de una "
                "parte sería otra atención. Pregunte por un texto más corto.",
            )
        )
    check_pieces(loaded, max(*read, *written))
    config = loaded.model.config
    heads, layers = (int(getattr(config, name, 1) or 1) for name in ("num_attention_heads", "num_hidden_layers"))
    cells = len(read) ** 2 + len(written) * (len(read) + len(written))
    needed = heads * layers * cells * loaded.model.dtype.itemsize
    if loaded.device.type != "cpu":
        give_back()  # torch keeps what answers have worked on, which is free to this one too
    free = free_memory(str(loaded.device))
    if free is not None and needed > free:
        raise OutOfMemory(
            tr(
                f"The attention of {layers} layers takes {needed / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free on "
                f"{loaded.device}: ask about a shorter text.",
                f"La atención de {layers} capas ocupa {needed / 1e9:.1f} GB y en {loaded.device} hay "
                f"{free / 1e9:.1f} GB libres: pregunte por un texto más corto.",
            )
        )


# One pass.


class Seen(NamedTuple):
    """Of each side that a model has, the weights of its layers in their order, shape (heads, rows, columns); and the
    pieces that its decoder was given, if it has one.
    """

    layers: dict[str, list[Tensor]]
    decoder: list[int] | None


def looked(model: Any, batch: Mapping[str, Tensor], context: Context) -> Seen:
    """One pass of a model over a batch of one, with the attention that gives its weights."""
    with torch.inference_mode(), eager(model), stoppable(model, context), _decoder(model) as decoder:
        output = model(**batch, output_attentions=True)
    layers = {}
    for name, side in _NAMES.items():
        # What has no heads is another thing under the same name, as RWKV's.
        found = [weights[0] for weights in output.get(name) or () if weights is not None and weights.dim() == 4]
        if found:
            layers[side] = found
    return Seen(layers, decoder[-1] if decoder else None)


@contextmanager
def eager(model: Any) -> Iterator[None]:
    """Inside, the model has the attention that is written out in full, for the fast ones give no weights; behind, what
    it had before. Each part is told by itself: in transformers 5.17 the stacks of T5 do not hear of it otherwise.
    """
    parts = [part for part in model.modules() if isinstance(part, PreTrainedModel)]
    before = [(part, part.config._attn_implementation) for part in parts]
    fast = [(part, own) for part, own in before if own not in (None, "eager")]
    try:
        for part, _ in fast:
            part.set_attn_implementation("eager")
        yield
    finally:
        for part, own in fast:
            part.set_attn_implementation(own)


@contextmanager
def _decoder(model: Any) -> Iterator[list[list[int]]]:
    """What is yielded holds the pieces that a decoder is given: some models make them of their input by themselves."""
    given: list[list[int]] = []

    def note(module: nn.Module, unnamed: tuple[Any, ...], named: dict[str, Any]) -> None:
        if isinstance(ids := named.get("input_ids"), Tensor):
            given.append(ids[0].tolist())

    decoder = model.get_decoder() if model.config.is_encoder_decoder else model
    if decoder is model:
        yield given
        return
    with decoder.register_forward_pre_hook(note, with_kwargs=True):
        yield given


# What is kept of it.


def _size(layers: Mapping[str, Sequence[Tensor]]) -> int:
    """Bytes of all weights as they are kept, with the mean of the heads."""
    return sum(4 * (w.shape[0] + 1) * w.shape[1] * w.shape[2] for of_side in layers.values() for w in of_side)


def _weights(layer: Tensor) -> Weights:
    layer = layer.float().cpu()
    heads, rows, columns = layer.shape
    together = torch.cat([layer.mean(0, keepdim=True), layer])
    return Weights(heads, rows, columns, array("f", together.numpy().tobytes()))


def _hybrid(model: Any, layers: Mapping[str, Sequence[Tensor]]) -> int:
    """How many layers a model with a single stack has, where not all of them have attention; else 0."""
    own, has = len(layers.get(ITSELF, ())), getattr(model.config, "num_hidden_layers", 0)
    return has if 0 < own < has else 0


def without(name: str) -> UserError:
    return UserError(
        tr(
            f"The model {name} gives no attention weights: it has no attention, as Mamba and RWKV, or its class in "
            "transformers keeps it to itself. Choose another model.",
            f"El modelo {name} no da pesos de atención: no tiene atención, como Mamba y RWKV, o su clase de "
            "transformers no la devuelve. Elija otro modelo.",
        )
    )
