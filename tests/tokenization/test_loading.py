"""Opening a tokenizer by folder or hub id: where it is found, and one sentence where there is none."""

from __future__ import annotations

import json
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from local_hub import REVISION, Hub, files_of, reach, serving
from tokenizers import Tokenizer, models, pre_tokenizers

from llm_tui import i18n
from llm_tui.engine.events import Event, Progress
from llm_tui.engine.job import Context, JobCancelled
from llm_tui.errors import UserError
from llm_tui.hub.fetching import fetch_tokenizer
from llm_tui.tokenization.loading import load

LONG = 60.0  # seconds: far more than anything here takes, so that only a hang fails
NAME = "somebody/little-one"
LINE = "Cada palabra se corta en piezas"

# What must be said: of the name, and of what to do.
NO_FOLDER = {"en": ("There is no folder {}", "give a folder"), "es": ("No existe la carpeta {}", "indique una carpeta")}
NOT_OPENED = {
    "en": ("The tokenizer {} could not be opened", "needs a tokenizer.json"),
    "es": ("No se pudo abrir el tokenizador {}", "necesita un tokenizer.json"),
}
NO_HUB = {
    "en": ("The tokenizer {} is not in the cache", "run “hf download {} "),
    "es": ("El tokenizador {} no está en la caché", "ejecute «hf download {} "),
}
NOT_ON_HUB = {"en": ("The hub has no {}", "check its spelling"), "es": ("El hub no tiene ningún {}", "revise cómo se")}
LANGUAGES = ("en", "es")


def refusal(name: str, context: Context, said: dict[str, tuple[str, str]], language: str) -> str:
    """The one sentence with which a name is refused."""
    i18n.use(language)
    with pytest.raises(UserError) as refused:
        load(name, context)
    message = str(refused.value)
    for part in said[language]:
        assert part.format(name) in message
    assert "\n" not in message and "Traceback" not in message
    return message


@pytest.fixture(autouse=True)
def cache(no_hub: Path) -> Path:
    return no_hub


def in_cache(cache: Path, source: Path, name: str = NAME) -> Path:
    """The files of a folder laid out as the hub's library keeps them."""
    repository = cache / f"models--{name.replace('/', '--')}"
    snapshot = repository / "snapshots" / REVISION
    for folder in (snapshot, repository / "blobs", repository / "refs"):
        folder.mkdir(parents=True)
    (repository / "refs" / "main").write_text(REVISION)
    for number, path in enumerate(sorted(source.iterdir())):
        shutil.copyfile(path, repository / "blobs" / str(number))
        (snapshot / path.name).symlink_to(repository / "blobs" / str(number))
    return snapshot


def pieces(name: str | Path, context: Context) -> list[str]:
    cutter, _ = load(str(name), context)
    return [cutter.raw(id) for id in cutter.encode([LINE]).ids.tolist()]


@pytest.mark.parametrize(
    ("family", "model", "by_text"),
    [
        ("wordpiece", "WordPiece", False),
        ("unigram", "Unigram", False),
        ("bytes", "byte-level BPE", False),
        ("marian", "MarianTokenizer", True),
        ("lone", "sentencepiece", True),
    ],
)
def test_a_folder_is_opened(
    family: str, model: str, by_text: bool, folders: dict[str, Path], context: Context, originals: dict[str, Any]
) -> None:
    cutter, source = load(str(folders[family]), context)
    assert (cutter.model, cutter.by_text) == (model, by_text)
    assert source.en == "folder"
    own = originals[family]
    assert cutter.vocabulary == (own.get_piece_size() if family == "lone" else len(own))
    encoded = cutter.encode([LINE, "", LINE])
    assert encoded.counts.tolist() == [len(encoded.ids) // 2, 0, len(encoded.ids) // 2]
    assert encoded.spans.shape == (len(encoded.ids), 2)


def test_a_folder_with_nothing_but_a_tokenizer_json_is_opened(
    folders: dict[str, Path], tmp_path: Path, context: Context
) -> None:
    shutil.copyfile(folders["unigram"] / "tokenizer.json", tmp_path / "tokenizer.json")
    assert pieces(tmp_path, context) == pieces(folders["unigram"], context)


def test_an_id_in_the_cache_is_opened_without_a_hub(folders: dict[str, Path], cache: Path, context: Context) -> None:
    in_cache(cache, folders["wordpiece"])
    _, source = load(NAME, context)
    assert source.en == f"hub, revision {REVISION[:7]}"
    assert pieces(NAME, context) == pieces(folders["wordpiece"], context)


def test_a_cached_id_without_a_tokenizer_is_not_taken_for_one(cache: Path, tmp_path: Path, context: Context) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.json").write_text("{}")
    in_cache(cache, other)
    with pytest.raises(UserError):
        load(NAME, context)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["/no/such/folder", "./missing", "a name with spaces", "../x/y", "ññ", "\x1b[31mred"])
def test_a_missing_folder_or_a_misspelt_id_is_one_sentence(name: str, language: str, context: Context) -> None:
    said = {key: (first.replace("{}", name.replace("\x1b", "␛")), second) for key, (first, second) in NO_FOLDER.items()}
    assert "\x1b" not in refusal(name, context, said, language)


def test_a_server_shows_no_tokenizer(context: Context) -> None:
    with pytest.raises(UserError, match=r"shows no tokenizer: give the hub id of m \(gpu1:8000\)'s"):
        load("http://gpu1:8000/v1#m", context)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("content", [None, b"", b"{", b"{}", b"\xff\xfe\x00", b'{"model": {"type": "BPE"}}', b"[]"])
def test_an_empty_folder_or_a_broken_file_is_one_sentence(
    content: bytes | None, language: str, tmp_path: Path, context: Context
) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    if content is not None:
        (folder / "tokenizer.json").write_bytes(content)
    refusal(str(folder), context, NOT_OPENED, language)


def test_a_broken_model_file_is_one_sentence(tmp_path: Path, context: Context) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "spiece.model").write_bytes(b"no model")
    refusal(str(folder), context, NOT_OPENED, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_id_without_a_hub_is_one_sentence(language: str, context: Context) -> None:
    refusal(NAME, context, NO_HUB, language)


def test_a_file_that_has_changed_is_opened_anew(folders: dict[str, Path], tmp_path: Path, context: Context) -> None:
    folder = tmp_path / "changing"
    shutil.copytree(folders["unigram"], folder)
    first = load(str(folder), context)[0]
    assert load(str(folder), context)[0] is first
    other = Tokenizer(models.WordLevel({"Cada": 0, "[UNK]": 1}, unk_token="[UNK]"))
    other.pre_tokenizer = pre_tokenizers.Whitespace()
    other.save(str(folder / "tokenizer.json"))
    os.utime(folder / "tokenizer.json", (2_000_000_000, 2_000_000_000))
    assert pieces(folder, context) == ["Cada"] + ["[UNK]"] * 5


def test_code_in_a_folder_is_never_run(folders: dict[str, Path], tmp_path: Path, context: Context) -> None:
    folder, mark = tmp_path / "remote", tmp_path / "ran"
    shutil.copytree(folders["wordpiece"], folder)
    (folder / "code.py").write_text(
        f"from pathlib import Path\nPath({str(mark)!r}).touch()\n"
        "from transformers import PreTrainedTokenizerFast\nclass Own(PreTrainedTokenizerFast): pass\n"
    )
    auto = {"AutoTokenizer": ["code.Own", "code.Own"], "AutoConfig": "code.Own"}
    for name, more in (("tokenizer_config.json", {"tokenizer_class": "Own"}), ("config.json", {"model_type": "own"})):
        (folder / name).write_text(json.dumps({**more, "auto_map": auto}))
    try:
        load(str(folder), context)
    except UserError as error:
        assert str(folder) in str(error)
    assert not mark.exists()


@pytest.fixture
def server(folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The hub, on this machine."""
    with serving(files_of(folders["wordpiece"])) as server:
        reach(server.url, monkeypatch)
        yield server


def test_an_id_is_fetched_from_the_hub_without_its_weights(
    server: Hub, folders: dict[str, Path], context: Context, events: list[Event]
) -> None:
    assert pieces(NAME, context) == pieces(folders["wordpiece"], context)
    fetched = [path.rpartition("/")[2] for path in server.asked if "/resolve/" in path]
    assert sorted(fetched) == ["tokenizer.json", "tokenizer_config.json"]
    told = [event for event in events if isinstance(event, Progress) and event.what == f"fetching {NAME}"]
    assert told
    wanted = sum(len(server.files[name]) for name in fetched)
    assert all(event.done <= event.total <= wanted for event in told if event.total)


def test_the_progress_of_a_fetch_is_told_in_bytes(server: Hub, context: Context, events: list[Event]) -> None:
    size = 50 * 1024 * 1024
    server.files = {"tokenizer.json": b" " * size}
    server.go_on.clear()
    threading.Timer(1.0, server.go_on.set).start()
    fetch_tokenizer(NAME, context)
    told = [event for event in events if isinstance(event, Progress) and event.total]
    assert {event.total for event in told} == {size}
    assert any(0 < event.done < size for event in told)
    assert [event.done for event in told] == sorted(event.done for event in told)


def test_what_was_fetched_is_in_the_cache_from_then_on(server: Hub, context: Context) -> None:
    first = load(NAME, context)
    asked = len(server.asked)
    assert load(NAME, context) == first
    assert len(server.asked) == asked


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", [401, 403, 404])
def test_an_id_that_the_hub_does_not_have_is_one_sentence(
    status: int, language: str, server: Hub, context: Context
) -> None:
    server.status = status
    assert f"HTTP {status}" in refusal(NAME, context, NOT_ON_HUB, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hub_that_does_not_answer_is_one_sentence(
    language: str, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        reach(f"http://127.0.0.1:{nobody.getsockname()[1]}", monkeypatch)
    assert "Connection refused" in refusal(NAME, context, NO_HUB, language)


def test_a_fetch_can_be_stopped_while_the_hub_is_silent(server: Hub, cache: Path) -> None:
    server.go_on.clear()
    before = threading.active_count()
    stop = threading.Event()
    timer = threading.Timer(0.5, stop.set)
    timer.start()
    began = time.perf_counter()
    with pytest.raises(JobCancelled):
        load(NAME, Context(1, lambda event: None, stop))
    assert time.perf_counter() - began < LONG / 4
    left = [thread for thread in threading.enumerate() if thread.name.startswith("fetching")]
    assert left and all(thread.daemon for thread in left), "the program can end while it runs"
    server.go_on.set()
    for thread in left:
        thread.join(LONG)
        assert not thread.is_alive()
    assert threading.active_count() < before + 20
    context = Context(2, lambda event: None, threading.Event())
    assert load(NAME, context)[0].model == "WordPiece", "the next try succeeds"
