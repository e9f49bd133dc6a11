"""A model's word embeddings in the middle of a question: looked at, replaced, and asked for gradients.

A hook on the module that looks the pieces up serves every architecture: those that scale what they looked up, and BART,
which finds its own end of sequence by the ids and so cannot be given embeddings instead of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from llm_tui.engine.job import Context

Inputs = Mapping[str, Tensor]
Read = Callable[[Any], Tensor]
"""From what the model gives, one number for each input of the batch."""


class Lookup(NamedTuple):
    """One call of an embedding: the module, the ids [batch, pieces], and what it gave [batch, pieces, dimension]."""

    module: nn.Module
    ids: Tensor
    vectors: Tensor


def lookups(model: nn.Module, inputs: Inputs) -> tuple[list[Lookup], Any]:
    """Every time that the model looks pieces up, in order: an encoder-decoder does it twice. And what it gives."""
    seen: list[Lookup] = []

    def look(module: nn.Module, given: tuple[Tensor, ...], vectors: Tensor) -> None:
        seen.append(Lookup(module, given[0], vectors))

    with torch.no_grad(), _hooked(_tables(model), look):
        return seen, model(**inputs)


def gradients(model: nn.Module, inputs: Inputs, vectors: Sequence[Tensor], read: Read) -> tuple[Tensor, list[Tensor]]:
    """What is read of each input [batch] where the lookups give `vectors`, and its gradients by them, detached.

    No parameter is changed, nor gets a gradient.
    """
    leaves = [given.detach().requires_grad_() for given in vectors]
    order = iter(leaves)

    def give(module: nn.Module, given: tuple[Tensor, ...], looked_up: Tensor) -> Tensor:
        return next(order)

    with torch.enable_grad(), _frozen(model), _hooked(_tables(model), give):
        values = read(model(**inputs))
        found = torch.autograd.grad(values.sum(), leaves)
    return values.detach(), [gradient.detach() for gradient in found]


@contextmanager
def stoppable(model: nn.Module, context: Context) -> Iterator[None]:
    """Inside, a person who stops the job ends it at the next module that the model goes through, or comes back by."""

    def back(gradient: Tensor) -> None:
        context.check()

    def before(module: nn.Module, given: tuple[Any, ...]) -> None:
        context.check()
        for tensor in given:
            if isinstance(tensor, Tensor) and tensor.requires_grad:
                tensor.register_hook(back)  # type: ignore[no-untyped-call]

    with ExitStack() as hooks:
        for module in model.modules():
            hooks.callback(module.register_forward_pre_hook(before).remove)
        yield


def _tables(model: Any) -> list[nn.Module]:
    """The modules that look pieces up: encoder and decoder may have one each, over the same weights."""
    own = model.get_input_embeddings()
    same = (m for m in model.modules() if isinstance(m, nn.Embedding) and m.weight is own.weight)
    return list(dict.fromkeys([own, *same]))


@contextmanager
def _hooked(modules: Sequence[nn.Module], hook: Callable[..., Tensor | None]) -> Iterator[None]:
    with ExitStack() as hooks:
        for module in modules:
            hooks.callback(module.register_forward_hook(hook).remove)
        yield


@contextmanager
def _frozen(model: nn.Module) -> Iterator[None]:
    """Inside, no parameter asks for a gradient: what leads to those alone is not kept."""
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    try:
        for parameter in learning:
            parameter.requires_grad_(False)
        yield
    finally:
        for parameter in learning:
            parameter.requires_grad_(True)
