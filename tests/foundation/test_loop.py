"""The loop in which several answers are written: what `generate` writes, without computing what has ended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer, MistralConfig, MistralForCausalLM

from llm_tui.engine.job import Context, run_job
from llm_tui.foundation.job import PROMPT, Generate, ModelChoice, Settings
from llm_tui.foundation.loading import load
from llm_tui.foundation.loop import without_ended
from llm_tui.foundation.purpose import GENERATE

TEXTS = (
    "Every word is cut.",
    "The observability of a system is measured with logs and metrics.",
    "Anna Brown works in London.",
    "Ana Torres explicó la lección; el tren de las ocho llegó con doce minutos de retraso.",
)
MOST = 12
CHANGED = {
    "no_repeat_ngram_size": 2, "min_new_tokens": 4, "forced_eos_token_id": 7, "bad_words_ids": [[9], [11, 12]],
    "suppress_tokens": [20, 21],
}  # fmt: skip
Folders = dict[str, Path]


def given(name: str, folder: Path) -> tuple[Any, dict[str, Tensor], int]:
    """A model with random weights, a batch for it, and how many pieces stand before an answer."""
    if name == "sliding":
        torch.manual_seed(3)
        ids = torch.randint(5, 99, (4, 11))
        mask = (torch.arange(11) >= torch.tensor([[0], [4], [9], [2]])).long()  # padding on the left
        config = MistralConfig(
            vocab_size=100, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2,
            num_key_value_heads=1, sliding_window=6, initializer_range=0.5, pad_token_id=0,
        )  # fmt: skip
        return MistralForCausalLM(config).eval(), {"input_ids": ids, "attention_mask": mask}, 11
    seq2seq = name in ("t5", "bart")
    auto = AutoModelForSeq2SeqLM if seq2seq else AutoModelForCausalLM
    tokenizer = AutoTokenizer.from_pretrained(folder, padding_side="right" if seq2seq else "left")
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    batch = tokenizer(list(TEXTS), return_tensors="pt", padding=True, return_token_type_ids=False)
    return auto.from_pretrained(folder).eval(), dict(batch), 1 if seq2seq else batch["input_ids"].shape[1]


@pytest.mark.parametrize("name", ["t5", "bart", "gpt2", "sliding"])
@pytest.mark.parametrize("settings", [{}, CHANGED], ids=["plain", "changed"])
def test_it_writes_what_generate_writes(folders: Folders, name: str, settings: dict[str, Any]):
    model, batch, begin = given(name, folders.get(name, Path()))
    options = {"max_new_tokens": MOST, "num_beams": 1, "do_sample": False, "pad_token_id": 1, **settings}
    written = model.generate(**batch, **options)[:, begin:].tolist()
    seen = sorted({id for row in written for id in row}, key=lambda id: len({_last(row, id) for row in written}))
    for end in seen[-2:]:  # those that end some answers early, and others late or never
        expected = model.generate(**batch, **options, eos_token_id=[end])
        found = model.generate(**batch, **options, eos_token_id=[end], custom_generate=without_ended)
        assert found.tolist() == expected.tolist()
        assert len({_last(row, end) for row in written}) > 1  # else the test would say nothing


def _last(row: list[int], end: int) -> int:
    """The number of its last piece, from 1, if a piece ends it."""
    return row.index(end) + 1 if end in row else MOST


@pytest.mark.parametrize("name", ["t5", "gpt2"])
def test_a_batch_goes_on_without_the_answers_that_have_ended(
    folders: Folders, context: Context, name: str, monkeypatch: pytest.MonkeyPatch
):
    loaded = load(ModelChoice(str(folders[name]), "cpu"), GENERATE, context)
    model, batch, begin = given(name, folders[name])
    written = model.generate(**batch, max_new_tokens=MOST, num_beams=1, eos_token_id=None)[:, begin:].tolist()
    end = next(id for row in written for id in row if len({_last(row, id) for row in written}) > 2)
    lasts = [_last(row, end) for row in written]
    monkeypatch.setattr(loaded.model.generation_config, "eos_token_id", [end])
    widths: list[int] = []
    head = loaded.model.get_output_embeddings()
    hook = head.register_forward_hook(lambda module, given, output: widths.append(len(output)))
    job = Generate(PROMPT, TEXTS, ModelChoice(str(folders[name]), "cpu"), Settings(MOST))
    answers = run_job(job, context).answers
    hook.remove()
    assert widths == [sum(last >= place for last in lasts) for place in range(1, max(lasts) + 1)]
    assert [answer.output_pieces for answer in answers] == [
        last - (end in row) for row, last in zip(written, lasts, strict=True)
    ]


@pytest.mark.parametrize(
    "more",
    [{"sample": True}, {"beams": 2}, {"repetition_penalty": 1.2}, {"precision": "float16"}, {"own_ngrams": 2}],
    ids=str,
)
def test_what_could_change_the_others_is_left_to_generate(
    folders: Folders, context: Context, more: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    def never(*arguments: Any, **more: Any) -> None:
        raise AssertionError("written in the loop")

    settings = dict(more)
    choice = ModelChoice(str(folders["bart"]), "cpu", settings.pop("precision", "float32"))
    own = load(choice, GENERATE, context).model.generation_config
    monkeypatch.setattr(own, "encoder_no_repeat_ngram_size", settings.pop("own_ngrams", None))
    monkeypatch.setattr("llm_tui.foundation.generation.without_ended", never)
    made = run_job(Generate(PROMPT, TEXTS, choice, Settings(MOST, **settings)), context)
    assert len(made.answers) == len(TEXTS)
