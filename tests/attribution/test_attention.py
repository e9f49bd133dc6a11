"""Attention weights: those of plain transformers for models of each kind, and the model as it was before."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import torch
import transformers
from torch import Tensor

from llm_tui.attribution import attention
from llm_tui.attribution.attention import looked
from llm_tui.attribution.attention_job import CROSS, DECODER, ENCODER, ITSELF, Attention
from llm_tui.attribution.piece_job import Written
from llm_tui.engine.job import Context, JobCancelled, run_job
from llm_tui.engine.meters import Meter
from llm_tui.errors import OutOfMemory, UserError
from llm_tui.foundation.job import Generate, ModelChoice
from llm_tui.foundation.loading import load
from llm_tui.foundation.purpose import SEQUENCE

IDS = torch.tensor([[3, 4, 5, 6, 7, 8, 9, 2]])
STACK: dict[str, Any] = {
    "vocab_size": 40, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32,
    "max_position_embeddings": 64, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2,
}  # fmt: skip
GROUPED = {**STACK, "num_key_value_heads": 1}
TWO: dict[str, Any] = {
    "vocab_size": 40, "d_model": 16, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 2,
    "decoder_attention_heads": 2, "encoder_ffn_dim": 32, "decoder_ffn_dim": 32, "max_position_embeddings": 64,
    "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 2,
}  # fmt: skip
GPT = {"vocab_size": 40, "hidden_size": 16, "bos_token_id": 1, "eos_token_id": 2}
NEAR = {"layer_types": ["sliding_attention", "full_attention"], "sliding_window": 3, "head_dim": 8}

ENCODERS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "bert": ("BertForSequenceClassification", "BertConfig", STACK),
    "distilbert": (
        "DistilBertForSequenceClassification", "DistilBertConfig",
        {"vocab_size": 40, "dim": 16, "n_layers": 2, "n_heads": 2, "hidden_dim": 32},
    ),
    "roberta": ("RobertaForTokenClassification", "RobertaConfig", STACK),
    "xlm-roberta": ("XLMRobertaForMaskedLM", "XLMRobertaConfig", STACK),
    "electra": ("ElectraForSequenceClassification", "ElectraConfig", {**STACK, "embedding_size": 8}),
    "albert": ("AlbertForSequenceClassification", "AlbertConfig", {**STACK, "embedding_size": 8}),
    "deberta": (
        "DebertaV2ForSequenceClassification", "DebertaV2Config",
        {**STACK, "relative_attention": True, "position_buckets": 8, "pos_att_type": ["p2c", "c2p"]},
    ),
    "modernbert": (
        "ModernBertForSequenceClassification", "ModernBertConfig",
        {**STACK, "num_hidden_layers": 2, "cls_token_id": 1, "sep_token_id": 2},
    ),
}  # fmt: skip
CAUSAL: dict[str, tuple[str, str, dict[str, Any]]] = {
    "gpt2": ("GPT2LMHeadModel", "GPT2Config", {**GPT, "n_layer": 2, "n_head": 2, "n_positions": 64}),
    "gpt-neo": (
        "GPTNeoForCausalLM", "GPTNeoConfig",
        {**GPT, "num_layers": 2, "num_heads": 2, "attention_types": [[["global", "local"], 1]], "window_size": 3},
    ),
    "bloom": ("BloomForCausalLM", "BloomConfig", {**GPT, "n_layer": 2, "n_head": 2}),
    "llama": ("LlamaForCausalLM", "LlamaConfig", GROUPED),
    "qwen2": ("Qwen2ForCausalLM", "Qwen2Config", GROUPED),
    "qwen3": ("Qwen3ForCausalLM", "Qwen3Config", {**GROUPED, "head_dim": 8}),
    "gemma2": ("Gemma2ForCausalLM", "Gemma2Config", {**GROUPED, **NEAR}),
    "gemma3": ("Gemma3ForCausalLM", "Gemma3TextConfig", {**GROUPED, **NEAR}),
}  # fmt: skip
BOTH: dict[str, tuple[str, str, dict[str, Any]]] = {
    "t5": (
        "T5ForConditionalGeneration", "T5Config",
        {"vocab_size": 40, "d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 2, "num_heads": 2,
         "decoder_start_token_id": 0},
    ),
    "bart": ("BartForConditionalGeneration", "BartConfig", TWO),
    "marian": ("MarianMTModel", "MarianConfig", TWO),
    "bart-nli": ("BartForSequenceClassification", "BartConfig", TWO),
}  # fmt: skip
KINDS = {**ENCODERS, **CAUSAL, **BOTH}
QUICK = ("bert", "deberta", "gemma2", "bart-nli")
"""Of each way to come by the weights one: the import of a kind takes a second."""


def some(*kinds: dict[str, Any]) -> list[Any]:
    """Of all kinds the quick ones are always tried."""
    names = (name for group in kinds for name in group)
    return [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in names]


THEIRS = {ITSELF: "attentions", ENCODER: "encoder_attentions", DECODER: "decoder_attentions", CROSS: "cross_attentions"}


@cache
def tiny(kind: str) -> Any:
    name, config, settings = KINDS[kind]
    torch.manual_seed(7)
    model = getattr(transformers, name)(getattr(transformers, config)(**settings))
    for weights in model.parameters():
        if weights.dim() > 1:
            torch.nn.init.normal_(weights, std=0.5)
    return model.eval()


def batch(kind: str) -> dict[str, Tensor]:
    writes = kind in BOTH and kind != "bart-nli"
    return {"input_ids": IDS, "attention_mask": torch.ones_like(IDS)} | (
        {"decoder_input_ids": IDS[:, :5]} if writes else {}
    )


def implementations(model: Any) -> set[str]:
    """Of the model and of its parts, which may have settings of their own."""
    parts = (m.config for m in model.modules() if isinstance(m, transformers.PreTrainedModel))
    return {config._attn_implementation for config in parts}


@pytest.mark.parametrize("kind", some(KINDS))
def test_the_weights_are_those_of_plain_transformers_and_the_model_is_as_before(kind: str, context: Context):
    model, given = tiny(kind), batch(kind)
    had = implementations(model)
    with torch.inference_mode():
        before = model(**given).logits
    seen = looked(model, given, context)
    assert implementations(model) == had
    with torch.inference_mode():
        assert torch.equal(model(**given).logits, before)
    plain = type(model)._from_config(model.config, attn_implementation="eager").eval()
    plain.load_state_dict(model.state_dict())
    with torch.inference_mode():
        theirs = plain(**given, output_attentions=True)
    assert list(seen.layers) == ([ENCODER, DECODER, CROSS] if kind in BOTH else [ITSELF])
    for side, layers in seen.layers.items():
        assert len(layers) == 2
        for ours, other in zip(layers, theirs[THEIRS[side]], strict=True):
            assert torch.allclose(ours, other[0], atol=1e-6, rtol=0)
            assert torch.allclose(ours.sum(-1), torch.ones(()), atol=1e-5)
            assert ours.std() > 1e-3  # else the test would say nothing


@pytest.mark.parametrize("kind", some(CAUSAL, BOTH))
def test_nothing_looks_at_what_comes_later(kind: str, context: Context):
    seen = looked(tiny(kind), batch(kind), context)
    for layer in seen.layers[DECODER if kind in BOTH else ITSELF]:
        assert not layer.triu(1).any()


def test_a_window_that_slides_ends_where_the_model_says(context: Context):
    near, far = looked(tiny("gemma2"), batch("gemma2"), context).layers[ITSELF]
    assert not near.tril(-3).any() and far.tril(-3).all(dim=0).any()


def test_the_pieces_that_a_classifier_gives_its_decoder_are_told(context: Context):
    assert looked(tiny("bart-nli"), batch("bart-nli"), context).decoder == [2, *IDS[0, :-1].tolist()]


def test_stopped_between_two_layers_or_failed_the_model_is_as_before():
    model, given = tiny("bart-nli"), batch("bart-nli")
    had, before = implementations(model), model(**given).logits
    through = Counting(-1)
    looked(model, given, through)
    stopped = Counting(through.count // 2)
    with pytest.raises(JobCancelled):
        looked(model, given, stopped)
    assert stopped.count == through.count // 2
    with pytest.raises(IndexError):
        looked(model, {"input_ids": IDS, "decoder_input_ids": IDS + 1000}, Counting(-1))
    assert implementations(model) == had
    assert torch.equal(model(**given).logits, before)
    assert not any(module._forward_pre_hooks for module in model.modules())


class Counting(Context):
    """Stopped at the check of this number."""

    def __init__(self, last: int):
        self.count, self.last, self.ended = 0, last, threading.Event()
        super().__init__(0, lambda event: None, self.ended)

    def check(self) -> None:
        self.count += 1
        if self.count == self.last:
            self.ended.set()
        super().check()


@pytest.mark.parametrize("config", ["RwkvConfig", pytest.param("MambaConfig", marks=pytest.mark.slow)])
def test_a_model_without_attention_has_none(config: str, context: Context):
    settings = getattr(transformers, config)(vocab_size=40, hidden_size=16, num_hidden_layers=2)
    model = transformers.AutoModelForCausalLM.from_config(settings).eval()
    assert looked(model, {"input_ids": IDS}, context).layers == {}


@pytest.mark.slow
def test_of_a_model_some_of_whose_layers_have_no_attention_those_that_have_are_there(context: Context):
    config = transformers.Lfm2Config(**GROUPED, layer_types=["conv", "full_attention"], block_multiple_of=8)
    model = transformers.AutoModelForCausalLM.from_config(config).eval()
    (layer,) = looked(model, {"input_ids": IDS}, context).layers[ITSELF]
    assert torch.allclose(layer.sum(-1), torch.ones(()), atol=1e-5)


# The whole job, with the models that come with the program.


@pytest.fixture(scope="module")
def warm() -> Context:
    """The models stay open from test to test."""
    return Context(1, lambda event: None, threading.Event())


def cpu(name: str) -> ModelChoice:
    return ModelChoice(f"llm-tui/teaching-{name}", "cpu")


def test_a_text_and_what_stands_behind_it_in_pieces_with_special_tokens(warm: Context):
    found = run_job(Attention("La casa es azul.", cpu("zero-shot"), "sequence", pair="Esto trata de casas."), warm)
    (side,) = found.sides
    assert side.name == ITSELF and side.rows == side.columns and not found.cut
    assert side.rows[0] == "[CLS]" and side.rows.count("[SEP]") == 2 and side.rows[-1] == "[SEP]"
    weights = side.layers[0]
    assert weights.rows == weights.columns == len(side.rows)
    for row in range(weights.rows):
        for head in range(weights.heads + 1):
            assert sum(weights.row(head, row)) == pytest.approx(1, abs=1e-5)
        heads = [weights.at(head, row, 3) for head in range(1, weights.heads + 1)]
        assert weights.at(0, row, 3) == pytest.approx(sum(heads) / weights.heads, abs=1e-6)


def test_the_strongest_of_a_layer_are_told_in_order(warm: Context):
    (side,) = run_job(Attention("Muy bueno, de verdad.", cpu("sentiment")), warm).sides
    told = side.strongest(2, 2, 5)
    everything = sorted(side.layers[1].values[2 * len(side.rows) ** 2 : 3 * len(side.rows) ** 2], reverse=True)
    assert [value for value, _, _ in told] == everything[:5]
    assert all(side.layers[1].at(2, row, column) == value for value, row, column in told)


def test_an_answer_is_looked_at_as_it_was_written(warm: Context):
    written = Written(Generate("translate_en_es", ("a dog",), cpu("t5")), "un perro")
    found = run_job(Attention("a dog", cpu("t5"), "generate", written=written), warm)
    encoder, decoder, cross = found.sides
    assert "dog" in "".join(encoder.rows) and encoder.rows[-1] == "</s>"
    assert "".join(decoder.rows[1:]).replace("▁", " ").strip() == "un perro"
    assert decoder.rows[0] == "<pad>" and cross.rows == decoder.rows and cross.columns == encoder.rows


def test_of_what_does_not_fit_the_layer_that_is_asked_for_is_there(warm: Context, monkeypatch: pytest.MonkeyPatch):
    (whole,) = run_job(Attention("Una casa.", cpu("sentiment")), warm).sides
    monkeypatch.setattr(attention, "ROOM", 1000)
    for layer in (2, 99):
        (part,) = run_job(Attention("Una casa.", cpu("sentiment"), layer=layer), warm).sides
        there = [i for i, weights in enumerate(part.layers) if weights]
        assert there == [min(layer, len(whole.layers)) - 1]
        assert part.layers[there[0]] == whole.layers[there[0]]


def test_a_long_text_is_refused_and_what_the_model_cuts_is_said(warm: Context, monkeypatch: pytest.MonkeyPatch):
    job = Attention("Una casa. " * 300, cpu("sentiment"))
    assert run_job(job, warm).cut
    monkeypatch.setattr(attention, "MOST_PIECES", 100)
    with pytest.raises(UserError, match="up to 100: of a part of them it would be another attention"):
        run_job(job, warm)
    with pytest.raises(UserError, match="GB are free on cpu: ask about a shorter text"):
        monkeypatch.setattr(attention, "free_memory", lambda device: 10)
        run_job(Attention("Una casa.", cpu("sentiment")), warm)


def test_the_time_of_a_pass_ends_when_its_weights_can_be_read(warm: Context, monkeypatch: pytest.MonkeyPatch):
    """A GPU is still at work when the pass returns."""
    done: list[str] = []
    stop, finite = Meter.stop, Tensor.isfinite
    monkeypatch.setattr(Meter, "stop", lambda self: (done.append("stopped"), stop(self))[1])
    monkeypatch.setattr(Tensor, "isfinite", lambda self: (done.append("read"), finite(self))[1])
    run_job(Attention("Una casa.", cpu("sentiment")), warm)
    assert done.index("stopped") > done.index("read")
    assert "read" not in done[done.index("stopped") :]


def test_a_gpu_that_has_no_memory_for_the_pass_says_so_as_it_is_read(context: Context, monkeypatch: pytest.MonkeyPatch):
    def full(weights: Tensor) -> Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")

    monkeypatch.setattr(Tensor, "isfinite", full)
    with pytest.raises(OutOfMemory, match="the open models were let go"):
        run_job(Attention("Una casa.", cpu("sentiment")), context)


def test_what_torch_keeps_of_a_gpu_is_free_to_the_attention(warm: Context, monkeypatch: pytest.MonkeyPatch):
    loaded = replace(load(cpu("sentiment"), SEQUENCE, warm), device=torch.device("cuda:0"))
    kept = [2**40]
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.cuda, "empty_cache", kept.clear)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (2**40 - sum(kept), 2**40))
    attention.check_size(loaded, [1, 2, 3])
    assert not kept
