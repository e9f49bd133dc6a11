"""Models with settings of their own: an answer, or one sentence about the model; an error of the program never."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from llm_tui import i18n
from llm_tui.engine.job import Context, run_job
from llm_tui.errors import UserError
from llm_tui.foundation.job import PROMPT, Generate, ModelChoice, Settings
from llm_tui.foundation.labels_job import Entities, Sentiment, ZeroShot

Folders = dict[str, Path]
TEXTS = ("Every word is cut.", "Ana Torres works in London.")
SHORT = Settings(max_new_tokens=6)
FILES = ("config.json", "generation_config.json", "tokenizer_config.json")


def asked(folder: Path, settings: Settings = SHORT, texts: tuple[str, ...] = TEXTS) -> Any:
    choice = ModelChoice(str(folder), "cpu")
    jobs = {
        "distilbert": lambda: Sentiment(texts, choice),
        "tokens": lambda: Entities(texts, choice),
        "bart-nli": lambda: ZeroShot(texts, ("sport", "science"), model=choice),
    }
    return jobs.get(folder.name, lambda: Generate(PROMPT, texts, choice, settings))()


def change(file: Path, **settings: Any) -> None:
    content = json.loads(file.read_text(encoding="utf-8")) | settings
    kept = {name: value for name, value in content.items() if value is not ABSENT}
    file.write_text(json.dumps(kept), encoding="utf-8")


ABSENT = object()
WITHOUT_EFFECT: list[dict[str, Any]] = [
    {"return_dict_in_generate": True, "output_scores": True},
    {"num_beams": 4, "num_return_sequences": 2},
    {"num_beams": 4, "num_beam_groups": 2, "diversity_penalty": 0.5},
    {"stop_strings": ["\n\n"]},
    {"max_length": 2, "max_new_tokens": 1, "max_time": 1e-9},
    {"do_sample": True, "temperature": 0.0, "top_k": -3, "typical_p": 9},
    {"penalty_alpha": 0.6, "top_k": 4},
    {"dola_layers": "high"},
    {"prompt_lookup_num_tokens": 3},
    {"cache_implementation": "static", "use_cache": False},
    {"guidance_scale": 3.0},
    {"watermarking_config": {"bias": 2.5}},
    {"transformers_version": 5, "custom_entry": {"a": 1}},
]


@pytest.mark.parametrize("settings", WITHOUT_EFFECT, ids=str)
@pytest.mark.parametrize("name", ["t5", "llama"])
def test_settings_that_are_no_business_of_the_model_change_nothing(
    name: str, settings: dict[str, Any], folders: Folders, copy: Callable[[str], Path], context: Context
) -> None:
    folder = copy(name)
    change(folder / "generation_config.json", **settings)
    expected = run_job(asked(folders[name]), context).answers
    assert [answer.text for answer in run_job(asked(folder), context).answers] == [answer.text for answer in expected]


def test_what_changes_what_a_model_writes_is_kept(copy: Callable[[str], Path], context: Context) -> None:
    folder = copy("t5")
    before = run_job(asked(folder), context).answers[0]
    change(folder / "generation_config.json", suppress_tokens=[*range(3, 250)])
    assert run_job(asked(folder), context).answers[0].text != before.text


def refused(folder: Path, context: Context, *words: str, settings: Settings = SHORT) -> None:
    for language in ("es", "en"):
        i18n.use(language)
        with pytest.raises(UserError) as caught:
            run_job(asked(folder, settings), context)
        assert "\n" not in str(caught.value) and str(caught.value).endswith(".")
    for word in words:
        assert word in str(caught.value)


def test_a_decoder_that_does_not_know_where_to_begin_is_said(copy: Callable[[str], Path], context: Context) -> None:
    folder = copy("t5")
    for name in FILES[:2]:
        change(folder / name, decoder_start_token_id=ABSENT, pad_token_id=ABSENT)
    refused(folder, context, "with which piece its answers begin")


def spoil(folder: Path, key: str = "") -> None:
    file = folder / "model.safetensors"
    weights = load_file(file)
    key = next(name for name in weights if key in name and weights[name].dim() > 1)
    weights[key] = weights[key].float() * float("nan")
    save_file(weights, file, {"format": "pt"})


@pytest.mark.parametrize("name", ["distilbert", "tokens", "bart-nli", "t5", "llama", "gpt2"])
def test_weights_that_are_no_numbers_are_said(name: str, copy: Callable[[str], Path], context: Context) -> None:
    folder = copy(name)
    spoil(folder)
    refused(folder, context, "gives no numbers (NaN)")


@pytest.mark.parametrize("settings", [Settings(6, sample=True), Settings(6, beams=3)], ids=["sampling", "beams"])
def test_no_way_of_generating_makes_an_answer_of_them(
    settings: Settings, copy: Callable[[str], Path], context: Context
) -> None:
    folder = copy("t5")
    spoil(folder)
    refused(folder, context, "gives no numbers (NaN)", settings=settings)


@pytest.mark.parametrize("pickled", [False, True])
@pytest.mark.parametrize("name", ["distilbert", "t5"])
def test_weights_saved_from_several_gpus_are_the_same_model(
    name: str, pickled: bool, folders: Folders, copy: Callable[[str], Path], context: Context
) -> None:
    folder = copy(name)
    weights = {f"module.{key}": value for key, value in load_file(folder / "model.safetensors").items()}
    if pickled:
        (folder / "model.safetensors").unlink()
        torch.save(weights, folder / "pytorch_model.bin")
    else:
        save_file(weights, folder / "model.safetensors", {"format": "pt"})
    there, expected = (run_job(asked(each), context) for each in (folder, folders[name]))
    assert (there.texts == expected.texts) if name == "distilbert" else (there.answers == expected.answers)


def test_classes_without_a_name_are_called_by_their_number(copy: Callable[[str], Path], context: Context) -> None:
    folder = copy("distilbert")
    change(folder / "config.json", id2label={"0": "NEGATIVE", "7": "POSITIVE"}, label2id={"NEGATIVE": 0, "POSITIVE": 7})
    assert run_job(asked(folder), context).labels == ("NEGATIVE", "LABEL_1")


# Random settings


VALUES: list[Any] = [
    None, ABSENT, True, False, -1, 0, 1, 2, 3, 7, 299, 300, 10**6, 10**10, -0.5, 0.5, 1.5, 1e9, "", "x", "gelu", "1",
    "none", [], [0], [3, "x"], [[1]], [None], {}, {"0": "a"}, {"a": {"b": [1]}}, "<|user|>", {"content": "</s>"},
]  # fmt: skip
MORE_KEYS = {
    "config.json": """
        id2label label2id num_labels problem_type tie_word_embeddings is_encoder_decoder torch_dtype model_type
        architectures quantization_config attn_implementation rope_scaling rope_parameters layer_types sliding_window
        auto_map task_specific_params pruned_heads output_attentions return_dict use_cache hidden_act
        chunk_size_feed_forward
    """,
    "generation_config.json": """
        eos_token_id bos_token_id pad_token_id decoder_start_token_id num_beams bad_words_ids forced_bos_token_id
        forced_eos_token_id suppress_tokens begin_suppress_tokens min_length length_penalty no_repeat_ngram_size
        early_stopping sequence_bias constraints force_words_ids max_length num_return_sequences stop_strings
        return_dict_in_generate
    """,
    "tokenizer_config.json": """
        model_max_length padding_side truncation_side model_input_names pad_token eos_token unk_token bos_token
        cls_token extra_special_tokens chat_template additional_special_tokens added_tokens_decoder tokenizer_class
        clean_up_tokenization_spaces split_special_tokens add_prefix_space legacy src_lang
    """,
}


def mutate(folder: Path, dice: random.Random) -> str:
    """Change one to three settings of the folder at random; what was changed."""
    said = []
    for _ in range(dice.randint(1, 3)):
        file = folder / dice.choice([name for name in FILES if (folder / name).exists()])
        keys = [*json.loads(file.read_text(encoding="utf-8")), *MORE_KEYS[file.name].split()]
        key, value = dice.choice(keys), dice.choice(VALUES)
        change(file, **{key: value})
        said.append(f"{file.name}: {key} = {'absent' if value is ABSENT else repr(value)}")
    return "; ".join(said)


MODELS = ["distilbert", "tokens", "bart-nli", "t5", "llama", "gpt2", "bart"]


@pytest.mark.parametrize("seed", range(int(os.environ.get("SEEDS", "20"))))
@pytest.mark.parametrize("name", MODELS)
def test_random_settings_give_an_answer_or_one_sentence(
    name: str, seed: int, copy: Callable[[str], Path], context: Context
) -> None:
    folder = copy(name)
    changed = mutate(folder, random.Random(f"{name} {seed}"))
    try:
        run_job(asked(folder, texts=TEXTS[:1]), context)
    except UserError as error:
        assert "\n" not in str(error), changed
    except Exception as error:
        raise AssertionError(changed) from error
