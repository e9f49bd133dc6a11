"""What a fetch says before it begins, where it goes, and what is left of one that ends in the middle."""

from __future__ import annotations

import errno
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from local_hub import Hub, files_of, reach, serving

from llm_tui import i18n
from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.hub import cache, fetching
from llm_tui.hub.fetching import fetch_model, plan_model
from llm_tui.hub.places import locate
from llm_tui.hub.plan import Plan
from llm_tui.hub.room import Room
from llm_tui.hub.shipped import shipped

NAME = "somebody/little-one"
MB, GB = 10**6, 10**9
CACHE = Path("/home/ana/.cache/huggingface/hub")
OTHER = Room(Path("/scratch/ana/huggingface/hub"), 800 * GB)


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def hub(no_hub: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub of one model with 3 MB of weights; the person's own folders are empty, and there is no quota."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr("llm_tui.hub.room.quota_program", lambda: False)
    for name in ("SCRATCH", "TMPDIR", "USER"):
        monkeypatch.delenv(name, raising=False)
    with serving(files_of(next(iter(shipped().values())), b"w" * 3 * MB)) as hub:
        reach(hub.url, monkeypatch)
        yield hub


def refusal(context: Context, to: str = "") -> str:
    with pytest.raises(UserError) as refused:
        fetch_model(NAME, context, to)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def fetched(hub: Hub) -> list[str]:
    return [path.rpartition("/")[2] for path in hub.asked if "/resolve/" in path]


@pytest.mark.parametrize(
    ("plan", "words", "palabras"),
    [
        (
            Plan(NAME, 308 * MB, Room(CACHE, 12 * GB, 4 * GB)),
            f"Fetching {NAME}: 308 MB to {CACHE}; 12.0 GB free on the disk, 4.0 GB left of your quota.",
            f"Descargar {NAME}: 308 MB en {CACHE}; 12.0 GB libres en el disco, 4.0 GB libres en su cuota.",
        ),
        (
            Plan(NAME, None, Room(CACHE, 500 * MB, 12 * GB)),
            f"Fetching {NAME}: an unknown size to {CACHE}; 500 MB free on the disk, 12.0 GB left of your quota. It is "
            "close: 500 MB would be left.",
            f"Descargar {NAME}: un tamaño desconocido en {CACHE}; 500 MB libres en el disco, 12.0 GB libres en su "
            "cuota. Muy justo: quedarían 500 MB.",
        ),
        (
            Plan(NAME, 3 * GB, Room(CACHE, 12 * GB, 1 * GB), other=OTHER),
            f"{NAME} has no room in {CACHE}: it takes 3.0 GB, and there are 12.0 GB free on the disk, 1.0 GB left of "
            f"your quota. There is room elsewhere (800.0 GB free): llm-tui models pull {NAME} --to {OTHER.folder}",
            f"{NAME} no cabe en {CACHE}: ocupa 3.0 GB y hay 12.0 GB libres en el disco, 1.0 GB libres en su cuota. Hay "
            f"espacio en otra parte (800.0 GB libres): llm-tui models pull {NAME} --to {OTHER.folder}",
        ),
        (
            Plan(NAME, 3 * GB, Room(CACHE, 12 * GB, 4 * GB, "/data: Read-only file system")),
            f"{NAME} cannot be fetched to {CACHE}, which cannot be written (/data: Read-only file system). Free some "
            "space, or set HF_HOME to a folder of yours that has room.",
            f"No se puede descargar {NAME} en {CACHE}, donde no se puede escribir (/data: Read-only file system). "
            "Libere espacio, o indique en HF_HOME una carpeta suya donde quepa.",
        ),
        (
            Plan(NAME, 0, Room(CACHE, 1), held="/x"),
            f"{NAME} is on this machine already, whole, in /x.",
            f"{NAME} ya está completo en este equipo, en /x.",
        ),
    ],
)
def test_what_a_plan_says(plan: Plan, words: str, palabras: str) -> None:
    assert plan.said() == words
    i18n.use("es")
    assert plan.said() == palabras


def test_a_command_that_is_offered_can_be_copied() -> None:
    other = Room(Path("/scratch/ana's own/hub"), 800 * GB)
    said = Plan(NAME, 3 * GB, Room(CACHE, 1 * GB), other=other).said()
    command = said[said.index("llm-tui") :]
    assert shlex.split(command) == ["llm-tui", "models", "pull", NAME, "--to", str(other.folder)]


def test_what_another_program_removes_meanwhile_hinders_no_fetch(
    hub: Hub, context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a link that stands in a file's place a moment later opens nothing to others."""
    secret = tmp_path / "secret"
    secret.touch(0o600)
    walk = os.walk

    def changing(folder: Path) -> Iterator[tuple[str, list[str], list[str]]]:
        for root, folders, names in walk(folder):
            (Path(root) / "link").symlink_to(secret)
            yield root, folders, ["gone", "link", *names]

    monkeypatch.setattr("llm_tui.hub.plan.os.walk", changing)
    assert fetch_model(NAME, context).is_dir()
    assert secret.stat().st_mode & 0o777 == 0o600


def test_the_job_bar_says_when_it_is_close() -> None:
    assert Plan(NAME, 2 * GB, Room(CACHE, 12 * GB)).doing() == f"fetching {NAME}"
    close = Plan(NAME, 2 * GB, Room(CACHE, 12 * GB, 2 * GB + 300 * MB))
    assert close.doing() == f"fetching {NAME}, which leaves 300 MB"
    i18n.use("es")
    assert close.doing() == f"descargando {NAME}, y deja 300 MB"


def test_a_plan_counts_what_is_not_here_yet(hub: Hub, context: Context, no_hub: Path) -> None:
    plan = plan_model(NAME, context)
    weights = len(hub.files["model.safetensors"])
    assert plan.bytes and weights < plan.bytes <= sum(map(len, hub.files.values()))
    assert plan.room.folder == no_hub
    assert not no_hub.exists() and not fetched(hub), "nothing was fetched"
    there = fetch_model(NAME, context)
    assert plan_model(NAME, context).held == str(there)
    hub.files["model.safetensors"] = b"another"
    hub.revision = "f" * 40
    assert plan_model(NAME, context).bytes == 7, "what did not change is here"


@pytest.mark.parametrize(
    "file", ["bpe.codes", "tekken.json", "target_vocab.json", "prophetnet.tokenizer", "dict.txt", "qwen.tiktoken"]
)
def test_the_vocabulary_comes_by_whatever_name_it_has(hub: Hub, context: Context, file: str) -> None:
    hub.files[file] = b"{}"
    assert (fetch_model(NAME, context) / file).is_file()


@pytest.mark.parametrize(
    ("file", "words"), [("adapter_config.json", "is an adapter (LoRA)"), ("model-q4.gguf", "as GGUF alone")]
)
def test_what_is_no_model_of_its_own_is_not_fetched(hub: Hub, context: Context, file: str, words: str) -> None:
    del hub.files["model.safetensors"]
    hub.files[file] = b"{}"
    assert words in refusal(context) and not fetched(hub)


def test_a_newer_revision_that_broke_off_hides_no_older_one(
    hub: Hub, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = fetch_model(NAME, context)
    hub.files["model.safetensors"] = b"n" * 2 * MB
    hub.revision = "f" * 40
    hub.broken = "model.safetensors"
    with pytest.raises(UserError):
        fetch_model(NAME, context)
    reach("http://127.0.0.1:9", monkeypatch)
    assert locate(NAME, context) == (there, there.name)


def test_a_hub_that_tells_no_sizes_is_fetched_from_all_the_same(
    hub: Hub, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "sized", False)
    assert plan_model(NAME, context).bytes is None
    monkeypatch.setattr(hub, "sizes", {"size": "much", "blobId": "../../x"})
    assert plan_model(NAME, context).bytes is None
    assert (fetch_model(NAME, context) / "model.safetensors").is_file()


def test_what_does_not_fit_does_not_begin(
    hub: Hub, context: Context, no_hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(9 * MB, 7 * MB, 2 * MB))
    said = refusal(context)
    assert f"{NAME} has no room in {no_hub}" in said and "set HF_HOME" in said
    assert not fetched(hub) and not no_hub.exists()


def test_a_model_fetched_to_another_place_is_found_there_from_then_on(
    hub: Hub, context: Context, no_hub: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("SCRATCH", str(scratch))
    roomy = str(scratch)
    monkeypatch.setattr(
        shutil, "disk_usage", lambda path: Usage(9 * GB, 0, 9 * GB if str(path).startswith(roomy) else MB)
    )
    other = scratch / "huggingface" / "hub"
    said = refusal(context)
    assert said.endswith(f"llm-tui models pull {NAME} --to {other}")
    folder = fetch_model(NAME, context, to=str(other))
    assert folder.is_relative_to(other) and not no_hub.exists()
    reach("http://127.0.0.1:9", monkeypatch)
    assert locate(NAME, context) == (folder, folder.name)
    assert [model.name for model in cache.cached_models()] == [NAME]
    assert cache.remove(NAME)
    assert cache.cached_models() == () and not (other / f"models--{NAME.replace('/', '--')}").exists()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_disk_that_is_full_in_the_middle_is_said_as_such(
    hub: Hub, context: Context, no_hub: Path, code: int, wrapped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = os.strerror(code)

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError(f"Data error: {words} (os error {code})") if wrapped else OSError(code, words)

    monkeypatch.setattr(fetching, "snapshot_download", fail)
    said = refusal(context)
    assert said.startswith(f"The fetch of {NAME} ended, for there is no room left in {no_hub} ({words})")
    i18n.use("es")
    assert f"ya no queda espacio en {no_hub} ({words})" in refusal(context)


def test_files_that_were_whole_are_not_fetched_again_when_a_disk_was_full(
    hub: Hub, context: Context, no_hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_hub.mkdir(parents=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", no_hub], capture_output=True)
    if mounted.returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        assert f"{NAME} has no room in {no_hub}: it takes 3." in refusal(context)
        with monkeypatch.context() as patch:  # somebody else fills it in the meantime
            patch.setattr(shutil, "disk_usage", lambda path: Usage(9 * GB, 0, 9 * GB))
            assert "no room left" in refusal(context)
        subprocess.run(["mount", "-o", "remount,size=20m", no_hub], check=True)
        before = len(fetched(hub))
        folder = fetch_model(NAME, context)
        assert (folder / "model.safetensors").stat().st_size == 3 * MB
        again = fetched(hub)[before:]
        assert "model.safetensors" in again and len(again) < len(set(fetched(hub))), "the small ones were kept"
    finally:
        subprocess.run(["umount", no_hub], check=True)


def test_a_cache_that_can_only_be_read_is_read_and_not_written(
    hub: Hub, context: Context, no_hub: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = fetch_model(NAME, context)
    real = tempfile.TemporaryFile

    def refuse(*args: Any, dir: Path, **settings: Any) -> Any:
        if dir.is_relative_to(no_hub):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return real(*args, dir=dir, **settings)

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert locate(NAME, context) == (there, there.name)
    with pytest.raises(UserError, match=r"cannot be written .*Read-only file system.* --to ") as refused:
        fetch_model("somebody/other", context)
    usual = Path(os.environ["HOME"]) / ".cache" / "huggingface" / "hub"
    assert str(refused.value).endswith(f"--to {usual}")
    assert fetch_model("somebody/other", context, to=str(usual)).is_relative_to(usual)
    assert fetch_model("somebody/third", context).is_relative_to(usual), "a person has said so"
