"""Opening models: what is kept, what is let go, and each way to fail, which is one sentence and breaks nothing."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModelForSequenceClassification

from llm_tui import i18n
from llm_tui.engine import room
from llm_tui.engine.devices import Device
from llm_tui.engine.events import Event, Progress
from llm_tui.engine.job import Context, run_job
from llm_tui.engine.meters import Meter
from llm_tui.errors import UserError
from llm_tui.foundation import loading, memory
from llm_tui.foundation.job import PROMPT, Generate, ModelChoice, Settings
from llm_tui.foundation.labels_job import Entities, Sentiment, ZeroShot
from llm_tui.foundation.loading import load
from llm_tui.foundation.precision import precision_on, size_in_memory
from llm_tui.foundation.purpose import GENERATE, SEQUENCE, TOKENS, Purpose
from llm_tui.foundation.weights import held
from llm_tui.hub import cache, fetching

Folders = dict[str, Path]
TEXT = ("Every word is cut.",)

JOBS: dict[str, Callable[[ModelChoice], Any]] = {
    "zero-shot": lambda model: ZeroShot(TEXT, ("a", "b"), model=model),
    "sentiment": lambda model: Sentiment(TEXT, model),
    "entities": lambda model: Entities(TEXT, model),
    "generate": lambda model: Generate(PROMPT, TEXT, model, Settings(max_new_tokens=3)),
}
OWN = {"zero-shot": "bart-nli", "sentiment": "distilbert", "entities": "tokens", "generate": "t5"}


def cpu(folder: Path | str, precision: str = "auto") -> ModelChoice:
    return ModelChoice(str(folder), "cpu", precision)


def refused(job: Any, context: Context, *parts: str) -> str:
    """The sentence of a job's failure, which must have these parts and another wording in Spanish."""
    said = {}
    for language in ("es", "en"):
        i18n.use(language)
        with pytest.raises(UserError) as caught:
            run_job(job, context)
        said[language] = str(caught.value)
        assert "\n" not in said[language] and said[language].endswith(".")
    assert said["en"] != said["es"]
    for part in parts:
        assert part in said["en"]
    return said["en"]


# What cannot be opened.


@pytest.mark.parametrize("task", JOBS)
def test_a_model_of_another_kind(folders: Folders, context: Context, task: str):
    of_kind = {"zero-shot": SEQUENCE, "sentiment": SEQUENCE, "entities": TOKENS, "generate": GENERATE}
    for other, model in OWN.items():
        if of_kind[other] != of_kind[task]:
            refused(JOBS[task](cpu(folders[model])), context, "is of another kind: this task needs a model that")
    run_job(JOBS[task](cpu(folders[OWN[task]])), context)


@pytest.mark.parametrize(
    ("architecture", "purpose", "fits"),
    [
        ("BartForSequenceClassification", SEQUENCE, True),
        ("T5ForConditionalGeneration", GENERATE, True),
        ("T5WithLMHeadModel", GENERATE, True),
        ("MarianMTModel", GENERATE, True),
        ("EncoderDecoderModel", GENERATE, True),
        ("M2M100ForConditionalGeneration", GENERATE, True),
        ("BertForTokenClassification", TOKENS, True),
        ("DistilBertForSequenceClassification", SEQUENCE, True),
        ("GPT2LMHeadModel", GENERATE, True),
        ("LlamaForCausalLM", GENERATE, True),
        ("BartForConditionalGeneration", GENERATE, True),
        ("BertForMaskedLM", GENERATE, False),
        ("BertModel", SEQUENCE, False),
        ("DistilBertForSequenceClassification", TOKENS, False),
    ],
)
def test_the_architectures_of_real_models(tmp_path: Path, architecture: str, purpose: Purpose, fits: bool):
    AutoConfig.for_model("bert", architectures=[architecture]).save_pretrained(tmp_path)
    if fits:
        loading.config_of(tmp_path, held(tmp_path), "it", purpose)
    else:
        with pytest.raises(UserError, match="of another kind"):
            loading.config_of(tmp_path, held(tmp_path), "it", purpose)


@pytest.mark.parametrize("job", [Sentiment, Entities])
def test_what_looks_into_a_model_has_no_use_for_a_servers(context: Context, job: Any):
    refused(job(TEXT, ModelChoice("http://gpu1:8000/v1#m")), context, "the server gpu1:8000 gives only its answers")


def test_a_missing_head_is_not_made_up(copy: Callable[[str], Path], context: Context):
    folder = copy("distilbert")
    weights = load_file(folder / "model.safetensors")
    del weights["classifier.weight"]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    refused(Sentiment(TEXT, cpu(folder)), context, "do not fit its config.json (classifier.weight)")


def test_truncated_weights(
    copy: Callable[[str], Path], folders: Folders, context: Context, monkeypatch: pytest.MonkeyPatch
):
    folder = copy("distilbert")
    whole = (folder / "model.safetensors").stat().st_size
    os.truncate(folder / "model.safetensors", whole // 2)
    with monkeypatch.context() as patched:  # where the whole file just fits, half of it is not too large
        patched.setattr(memory, "free_memory", lambda device: whole)
        refused(Sentiment(TEXT, cpu(folder)), context, "could not be opened", "its files may be incomplete")
    (folder / "model.safetensors").unlink()
    refused(Sentiment(TEXT, cpu(folder)), context, "could not be opened")
    run_job(Sentiment(TEXT, cpu(folders["distilbert"])), context)


@pytest.mark.parametrize("name", ["distilbert", "t5", "marian"])
def test_a_folder_without_a_tokenizer(copy: Callable[[str], Path], context: Context, name: str):
    folder = copy(name)
    for file in [*folder.glob("tokenizer*"), *folder.glob("vocab*"), *folder.glob("*.spm")]:
        file.unlink()
    job = Sentiment(TEXT, cpu(folder)) if name == "distilbert" else JOBS["generate"](cpu(folder))
    refused(job, context, "has no tokenizer that can be opened")


def test_a_folder_without_anything_and_a_configuration_that_is_none(tmp_path: Path, context: Context):
    refused(Sentiment(TEXT, cpu(tmp_path)), context, "could not be opened")
    (tmp_path / "config.json").write_text("{", encoding="utf-8")
    refused(Sentiment(TEXT, cpu(tmp_path)), context, "could not be opened")


def test_what_is_no_model_of_its_own_is_said_to_be_that(tmp_path: Path, context: Context):
    adapter, gguf = tmp_path / "adapter", tmp_path / "gguf"
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text('{"base_model_name_or_path": "some/base"}', encoding="utf-8")
    (adapter / "adapter_model.safetensors").write_bytes(b"")
    refused(Sentiment(TEXT, cpu(adapter)), context, "is an adapter (LoRA)", "name its base model, some/base,")
    gguf.mkdir()
    (gguf / "model-q4.gguf").write_bytes(b"GGUF")
    refused(JOBS["generate"](cpu(gguf)), context, "as GGUF alone", "name its address")


def test_a_model_of_speech_is_of_another_kind(copy: Callable[[str], Path], context: Context):
    folder = copy("t5")
    AutoConfig.for_model("whisper", architectures=["WhisperForConditionalGeneration"]).save_pretrained(folder)
    refused(JOBS["generate"](cpu(folder)), context, "is of another kind: this task needs a model that writes text")


@pytest.mark.parametrize("method", ["gptq", "awq"])
def test_weights_whose_library_is_not_installed_are_quantized(
    copy: Callable[[str], Path], context: Context, method: str
):
    folder = copy("llama")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["quantization_config"] = {"quant_method": method, "bits": 4, "group_size": 128}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    refused(JOBS["generate"](cpu(folder)), context, "are quantized", "the version of the model that is not quantized")


def test_neither_a_folder_nor_an_id(context: Context):
    refused(Sentiment(TEXT, cpu("no/such/folder")), context, "There is no folder no/such/folder")


def test_an_id_that_is_not_in_the_cache_is_fetched(
    folders: Folders, context: Context, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    def fetch(name: str, context: Context) -> Path:
        raise UserError(i18n.tr(f"The hub cannot be reached for {name}.", f"No se llega al hub: {name}."))

    monkeypatch.setattr(cache, "cached_model", lambda name: None)
    monkeypatch.setattr(fetching, "fetch_model", fetch)
    refused(Sentiment(TEXT, cpu("someone/model")), context, "cannot be reached for someone/model")
    snapshot = shutil.copytree(folders["distilbert"], tmp_path / "0123abc")
    monkeypatch.setattr(fetching, "fetch_model", lambda name, context: snapshot)
    made_by = run_job(Sentiment(TEXT, cpu("someone/model")), context).made_by
    assert (made_by.model, made_by.revision) == ("someone/model", "0123abc")


@pytest.mark.parametrize(("device", "precision", "said"), [
    ("gpu", "auto", "is not a device"), ("cuda:99", "auto", "is not there"), ("cpu", "int3", "is not a precision"),
])  # fmt: skip
def test_a_device_or_a_precision_that_does_not_exist(
    folders: Folders, context: Context, device: str, precision: str, said: str
):
    refused(Sentiment(TEXT, ModelChoice(str(folders["distilbert"]), device, precision)), context, said)


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_half_precision_is_near(folders: Folders, context: Context, precision: str):
    full = run_job(Sentiment(TEXT, cpu(folders["distilbert"])), context)
    half = run_job(Sentiment(TEXT, cpu(folders["distilbert"], precision=precision)), context)
    assert half.made_by.precision == precision
    assert half.texts[0].probabilities == pytest.approx(full.texts[0].probabilities, abs=0.05)


# What cannot be asked.


def test_questions_that_are_not_complete(folders: Folders, context: Context):
    model = cpu(folders["bart-nli"])
    refused(ZeroShot(TEXT, ("a", " "), model=model), context, "A label is missing")
    refused(ZeroShot(TEXT, (), model=model), context, "A label is missing")
    refused(ZeroShot(TEXT, ("a",), "about it", model=model), context, "has no place for the label")
    refused(ZeroShot(TEXT, ("word " * 300,), model=model), context, "make it shorter")
    refused(ZeroShot(TEXT, ("a", "b"), model=cpu(folders["distilbert"])), context, "knows no entailment", "POSITIVE")
    assert run_job(ZeroShot(TEXT, ("a",), model=model), context).texts


@pytest.mark.parametrize("texts", [(), ("",), ("a word", " \n ")])
def test_an_empty_text(folders: Folders, context: Context, texts: tuple[str, ...]):
    for job in (
        ZeroShot(texts, ("a",), model=cpu(folders["bart-nli"])),
        Sentiment(texts, cpu(folders["distilbert"])),
        Entities(texts, cpu(folders["tokens"])),
        Generate(PROMPT, texts, cpu(folders["t5"])),
    ):
        refused(job, context, "The text is empty")


def test_a_tokenizer_without_positions_finds_no_entities(copy: Callable[[str], Path], context: Context, monkeypatch):
    monkeypatch.setattr("transformers.PreTrainedTokenizerFast.is_fast", False)
    refused(Entities(TEXT, cpu(copy("tokens"))), context, "gives no positions")


# Code of a model's own.


def test_code_of_a_models_own_never_runs(copy: Callable[[str], Path], context: Context, tmp_path: Path):
    folder, mark = copy("distilbert"), tmp_path / "ran"
    for name in ("modeling_own.py", "configuration_own.py", "tokenization_own.py"):
        (folder / name).write_text(f"open({str(mark)!r}, 'w')\nclass Own: pass\n", encoding="utf-8")
    (folder / "custom_generate").mkdir()
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    own = {"AutoConfig": "configuration_own.Own", "AutoModelForSequenceClassification": "modeling_own.Own"}
    (folder / "config.json").write_text(json.dumps({**config, "auto_map": own}), encoding="utf-8")
    run_job(Sentiment(TEXT, cpu(folder)), context)
    (folder / "config.json").write_text(
        json.dumps({**config, "auto_map": own, "model_type": "their-own"}), encoding="utf-8"
    )
    refused(Sentiment(TEXT, cpu(folder)), context, "needs code of its own, which is never run")
    assert not mark.exists()


class Evil:
    def __init__(self, mark: Path):
        self.mark = mark

    def __reduce__(self) -> Any:
        return (os.mkdir, (str(self.mark),))


def test_pickled_weights_load_and_malice_in_them_does_not_run(
    copy: Callable[[str], Path], folders: Folders, context: Context, tmp_path: Path
):
    expected = run_job(Sentiment(TEXT, cpu(folders["distilbert"])), context).texts
    folder, mark = copy("distilbert"), tmp_path / "ran"
    weights = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    torch.save(weights, folder / "pytorch_model.bin")
    assert run_job(Sentiment(TEXT, cpu(folder)), context).texts == expected
    torch.save({**weights, "more": Evil(mark)}, folder / "pytorch_model.bin")
    refused(Sentiment(TEXT, cpu(folder)), context, "more than numbers, and such is never loaded here")
    assert not mark.exists()


@pytest.mark.parametrize("task", ["sentiment", "generate"])
def test_pieces_that_the_model_does_not_have_never_reach_it(
    copy: Callable[[str], Path], context: Context, task: str
) -> None:
    """On a GPU such a piece would end the work of the whole process."""
    folder = copy(OWN[task])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    for number in range(400):
        tokenizer.add_tokens([f"añadida{number}"])
    tokenizer.save(str(folder / "tokenizer.json"))
    job = JOBS[task](cpu(folder))
    run_job(job, context)
    context.models.close_all()
    beyond = replace(job, texts=("La palabra añadida399 es nueva.",))
    refused(beyond, context, f"The tokenizer of the model {folder} gives the piece number")


@pytest.mark.parametrize("model", ["t5", "marian", "llama", "bart-nli", "windows", "distilbert"])
def test_the_first_answer_on_a_gpu_has_no_time_in_it_in_which_the_gpu_gets_ready(
    folders: Folders, context: Context, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    """The part of the GPU is taken by the CPU under another name, and getting ready takes an hour."""
    task = {"windows": "entities", "distilbert": "sentiment"}.get(model, "zero-shot" if "nli" in model else "generate")
    job = JOBS[task](cpu(folders[model]))
    expected = run_job(job, context)
    clock = [0.0]
    call = torch.nn.Module.__call__

    def first(module: torch.nn.Module, *given: Any, **named: Any) -> Any:
        clock[0] = clock[0] or 3600.0
        return call(module, *given, **named)

    monkeypatch.setattr(torch.nn.Module, "__call__", first)
    monkeypatch.setattr(Meter.__init__, "__defaults__", (lambda: clock[0],))
    for name in ("choose", "wait_for_room"):
        monkeypatch.setattr(loading, name, lambda *_: Device("cpu:0", "GPU"))
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (7, 5))
    made = run_job(job, context)
    assert clock[0] and made.made_by.seconds == 0
    parts = ("answers",) if task == "generate" else ("texts",)
    assert [getattr(made, part) for part in parts] == [getattr(expected, part) for part in parts]


# Memory.


def open_models(context: Context) -> list[memory.Loaded]:
    """Least recently used first."""
    return context.models.of(memory.MODEL)


@pytest.mark.parametrize("task", JOBS)
@pytest.mark.parametrize(
    "error",
    [
        torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB."),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes."),
        MemoryError(),
    ],
)
def test_memory_that_does_not_suffice(folders: Folders, context: Context, task: str, error: Exception):
    job = JOBS[task](cpu(folders[OWN[task]]))
    run_job(job, context)

    def failing(*_: Any, **__: Any) -> None:
        raise error

    (loaded,) = open_models(context)
    for language in ("es", "en"):
        i18n.use(language)
        loaded = open_models(context)[0]
        loaded.model.forward = failing
        with pytest.raises(UserError, match=r"enough memory|memoria suficiente") as caught:
            run_job(job, context)
        assert "\n" not in str(caught.value)
        assert not open_models(context) and loaded.model is None
        run_job(job, context)


def test_another_error_of_a_model_is_not_taken_for_one_of_memory(folders: Folders, context: Context):
    job = Sentiment(TEXT, cpu(folders["distilbert"]))
    run_job(job, context)

    def failing(*_: Any, **__: Any) -> None:
        raise RuntimeError("something else")

    open_models(context)[0].model.forward = failing
    refused(job, context, "cannot be used (RuntimeError: something else)")
    assert open_models(context)


def test_an_error_of_the_gpu_is_not_blamed_on_the_files_of_the_model(folders: Folders, context: Context):
    job = Sentiment(TEXT, cpu(folders["distilbert"]))
    run_job(job, context)

    def failing(*_: Any, **__: Any) -> None:
        raise torch.AcceleratorError("CUDA error: no kernel image is available for execution on the device\nmore")

    open_models(context)[0].model.forward = failing
    said = refused(job, context, "(CUDA error: no kernel image is available for execution on the device)", "device cpu")
    assert "files" not in said and open_models(context)


def test_a_model_is_opened_once_and_anew_when_its_files_change(
    copy: Callable[[str], Path], context: Context, counted: Callable[[], int]
):
    folder = copy("distilbert")
    first = run_job(Sentiment(TEXT, cpu(folder)), context)
    assert run_job(Sentiment(TEXT, cpu(folder)), context).texts == first.texts
    assert counted() == 1
    weights = load_file(folder / "model.safetensors")
    weights["classifier.bias"] += 1.0
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    assert run_job(Sentiment(TEXT, cpu(folder)), context).texts != first.texts
    assert counted() == 2 and len(open_models(context)) == 1


def test_the_least_recently_used_model_goes_first(
    folders: Folders, context: Context, monkeypatch: pytest.MonkeyPatch, counted: Callable[[], int]
):
    for task in ("sentiment", "entities", "sentiment"):
        run_job(JOBS[task](cpu(folders[OWN[task]])), context)
    assert counted() == 2
    monkeypatch.setattr(memory, "free_memory", lambda device: 10**9 if len(open_models(context)) < 2 else 0)
    run_job(JOBS["generate"](cpu(folders["t5"])), context)
    assert [loaded.name for loaded in open_models(context)] == [str(folders["distilbert"]), str(folders["t5"])]
    monkeypatch.setattr(memory, "free_memory", lambda device: 1)
    refused(JOBS["entities"](cpu(folders["tokens"])), context, "GB are free on cpu: choose a smaller one")
    assert not open_models(context)


@pytest.mark.parametrize("pickled", [False, True])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_model_for_a_gpu_that_is_made_anew_on_the_cpu_has_room_there_or_is_refused(
    copy: Callable[[str], Path], context: Context, monkeypatch: pytest.MonkeyPatch, precision: str, pickled: bool
):
    folder = copy("distilbert")
    if pickled:
        torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
        (folder / "model.safetensors").unlink()
    for name in ("choose", "wait_for_room"):
        monkeypatch.setattr(loading, name, lambda *_: Device("cpu:0", "GPU"))
    job = Sentiment(TEXT, cpu(folder, precision))
    monkeypatch.setattr(memory, "free_memory", lambda device: 1 if device == "cpu" else 10**9)
    if precision != "float32" or pickled:
        refused(job, context, "GB are free on cpu: choose a smaller one")
        assert not open_models(context)
        monkeypatch.setattr(memory, "free_memory", lambda device: 10**9)
    run_job(job, context)


def test_a_model_is_opened_once_there_is_room_and_one_that_is_open_waits_for_none(
    folders: Folders, context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, events: list[Event]
):
    figures = tmp_path / "meminfo"
    monkeypatch.setattr(room, "MEMINFO", figures)

    def have(gigabytes: float) -> None:
        figures.write_text(f"MemTotal: 90000000 kB\nMemAvailable: {gigabytes * 1e6:.0f} kB\n", encoding="ascii")

    monkeypatch.setattr(context, "pause", lambda seconds: have(60))
    have(1)
    choice = ModelChoice(str(folders["distilbert"]), "cpu", wait_for_room=50)
    first = run_job(Sentiment(TEXT, choice), context)
    said = [event.what for event in events if isinstance(event, Progress)]
    assert said[0] == "waiting for 50 GB on cpu: 1.0 GB free"
    assert said[1].startswith("opening ")
    monkeypatch.setattr(context, "pause", pytest.fail)
    have(1)
    assert run_job(Sentiment(TEXT, choice), context).texts == first.texts


@pytest.mark.parametrize(
    ("capability", "precision"),
    [((7, 5), "float32"), ((8, 0), "bfloat16"), ((12, 0), "bfloat16")],
)
def test_auto_is_bfloat16_where_the_gpu_of_the_job_calculates_in_it(
    monkeypatch: pytest.MonkeyPatch, capability: tuple[int, int], precision: str
) -> None:
    """Turing has it by emulation alone. The first GPU of the machine is another one."""
    by_name = {"cuda:0": (9, 0) if capability < (8, 0) else (7, 0), "cuda:1": capability}
    monkeypatch.setattr(torch.cuda, "get_device_capability", by_name.__getitem__)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    assert precision_on("auto", "cuda:1") == precision
    assert precision_on("float32", "cuda:1") == "float32"
    assert precision_on("auto", "cpu") == "float32"


def test_the_size_in_memory_is_that_of_the_precision(folders: Folders, tmp_path: Path):
    folder = folders["distilbert"]
    config = AutoConfig.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder)
    numbers = model.num_parameters()
    assert size_in_memory(held(folder), config.dtype, "float32") == 4 * numbers
    assert size_in_memory(held(folder), config.dtype, "bfloat16") == 2 * numbers
    model.save_pretrained(tmp_path, state_dict={k: w.to(torch.float8_e4m3fn) for k, w in model.state_dict().items()})
    assert size_in_memory(held(tmp_path), config.dtype, "float32") == 4 * numbers
    torch.save(model.half().state_dict(), tmp_path / "pytorch_model.bin")
    (tmp_path / "model.safetensors").unlink()
    assert size_in_memory(held(tmp_path), torch.float16, "float32") == pytest.approx(4 * numbers, rel=0.3)


# How much a model takes.


@pytest.mark.parametrize(
    ("name", "purpose", "most"),
    [
        ("t5", GENERATE, 128), ("bart", GENERATE, 256), ("bart-nli", SEQUENCE, 256), ("tokens", TOKENS, 256),
        ("windows", TOKENS, 24), ("roberta-nli", SEQUENCE, 64), ("gpt2", GENERATE, 256), ("llama", GENERATE, 256),
        ("marian", GENERATE, 128), ("distilbert", SEQUENCE, 256),
    ],
)  # fmt: skip
def test_how_many_pieces_a_model_takes(folders: Folders, context: Context, name: str, purpose: Purpose, most: int):
    loaded = load(cpu(folders[name]), purpose, context)
    assert loaded.most_input == most
    assert loaded.positions == (None if name == "t5" else most)
    if name != "marian":  # a Python tokenizer has its own word on lengths
        assert loaded.tokenizer.pad_token is not None


def test_positions_behind_the_paddings_number_are_fewer(copy: Callable[[str], Path], context: Context):
    folder = copy("roberta-nli")
    config = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    del config["model_max_length"]
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    assert load(cpu(folder), SEQUENCE, context).most_input == 64
    assert len(run_job(ZeroShot(("word " * 200,), ("a",), model=cpu(folder)), context).texts) == 1


def test_opening_draws_nothing_on_the_terminal(folders: Folders, capfd: pytest.CaptureFixture[str]):
    events: list[Event] = []
    for task, name in OWN.items():
        run_job(JOBS[task](cpu(folders[name])), Context(1, events.append, threading.Event()))
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")
