"""Running a model over many inputs of mixed length: sorted by length, some at a time, stoppable in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from inspect import signature

import torch
from torch import Tensor

from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.foundation.decoding import no_numbers
from llm_tui.foundation.memory import Loaded
from llm_tui.i18n import tr

Encoded = Mapping[str, Sequence[int]]
"""One input as a tokenizer gives it: its ids, its mask, and what else the model takes, not padded."""


def encode(loaded: Loaded, texts: Sequence[str], pairs: Sequence[str] | None = None) -> list[dict[str, list[int]]]:
    """The inputs of a model, one for each text, or for each text with its pair, not padded. A text that is too long
    loses its end; its pair must fit. Special tokens that are written in a text are text: BART counts its own.
    """
    limit = loaded.most_input
    with loaded.answering():
        encoded = loaded.tokenizer(
            list(texts),
            None if pairs is None else list(pairs),
            truncation="only_first" if limit else False,
            max_length=limit,
            split_special_tokens=True,
            verbose=False,
        )
        names = input_names(loaded, encoded)
        return [{name: encoded[name][i] for name in names} for i in range(len(texts))]


def are_cut(
    loaded: Loaded, inputs: Sequence[Encoded], texts: Sequence[str], pairs: Sequence[str] | None = None
) -> list[bool]:
    """Which of the inputs that `encode` made of these texts lost their end: only one as long as the model takes can."""
    full = [i for i, input in enumerate(inputs) if len(input["input_ids"]) == loaded.most_input]
    cut = [False] * len(inputs)
    for i in full:
        with loaded.answering():
            pair = None if pairs is None else pairs[i]
            whole = loaded.tokenizer(texts[i], pair, split_special_tokens=True, verbose=False)["input_ids"]
        cut[i] = len(whole) > len(inputs[i]["input_ids"])
    return cut


def input_names(loaded: Loaded, encoded: Mapping[str, object]) -> list[str]:
    """What the model takes of what its tokenizer gives: the ids whatever the tokenizer's settings say."""
    return ["input_ids", *(n for n in loaded.tokenizer.model_input_names if n in encoded and n != "input_ids")]


def label_names(loaded: Loaded, count: int) -> tuple[str, ...]:
    """The names of the model's classes; one that its config.json does not name is called by its number."""
    named = loaded.model.config.id2label
    return tuple(str(named.get(i, f"LABEL_{i}")) for i in range(count))


def class_names(loaded: Loaded, count: int) -> tuple[str, ...]:
    """The same, each of them another: where the config.json calls two alike, all have their number behind them."""
    names = label_names(loaded, count)
    return names if len({*names}) == count else tuple(f"{name} ({i})" for i, name in enumerate(names))


def check_pieces(loaded: Loaded, highest: int) -> None:
    """That the model has a piece of this number. A GPU that is asked for one beyond its table takes no more work of
    the whole process.

    Raises:
        UserError: it does not.
    """
    held = getattr(loaded.model.get_input_embeddings(), "num_embeddings", None)
    if held is not None and highest >= held:
        name = loaded.name
        raise UserError(
            tr(
                f"The tokenizer of the model {name} gives the piece number {highest}, and the model has {held}: its "
                "files do not fit each other; fetch it again, or choose another.",
                f"El tokenizador del modelo {name} da la pieza número {highest} y el modelo tiene {held}: sus archivos "
                "no concuerdan; descárguelo de nuevo o elija otro.",
            )
        )


def logits(
    loaded: Loaded, inputs: Sequence[Encoded], batch_size: int, what: str, context: Context
) -> Iterator[tuple[int, Tensor]]:
    """The number of each input and its logits, float32 on the CPU, shortest input first.

    For a model that labels tokens the logits have one row for each piece of the input, padding left out.

    Raises:
        UserError: the memory does not suffice for a batch, or the model fails or gives no numbers.
    """
    given = batched(loaded, inputs, batch_size, what, context, lambda batch: loaded.model(**batch).logits.float())
    for number, row in given:
        yield number, row if row.dim() == 1 else row[: len(inputs[number]["input_ids"])]


def batched(
    loaded: Loaded,
    inputs: Sequence[Encoded],
    batch_size: int,
    what: str,
    context: Context,
    forward: Callable[[Mapping[str, Tensor]], Tensor],
) -> Iterator[tuple[int, Tensor]]:
    """The number of each input and the row that `forward` gives it, on the CPU, shortest input first. `forward` is
    given a batch as the model takes it, padded, with its mask, and gives a row for each input of it.

    Raises:
        UserError: as `logits`.
    """
    if "attention_mask" not in signature(loaded.model.forward).parameters:  # FNet mixes the padding in
        batch_size = 1
    order = sorted(range(len(inputs)), key=lambda i: len(inputs[i]["input_ids"]))
    for first in range(0, len(order), batch_size):
        numbers = order[first : first + batch_size]
        context.progress(first, len(order), what)
        with torch.inference_mode(), loaded.answering():
            padded = loaded.tokenizer.pad(
                [inputs[i] for i in numbers], padding_side=_padding_side(loaded), return_attention_mask=True
            )
            check_pieces(loaded, max(map(max, padded["input_ids"])))
            batch = {name: torch.tensor(values, device=loaded.device) for name, values in padded.items()}
            rows = forward(batch).cpu()
        if not bool(rows.isfinite().all()):
            raise no_numbers(loaded.name)
        yield from zip(numbers, rows, strict=True)


def _padding_side(loaded: Loaded) -> str:
    """XLNet's classifier reads the last position, whatever the mask says."""
    return "left" if type(loaded.model).__name__ == "XLNetForSequenceClassification" else "right"
