"""What the local cache of the hub holds, laid out as the hub's client leaves it on disk."""

from __future__ import annotations

import os
from pathlib import Path

import huggingface_hub.constants
import pytest

from llm_tui.hub import cache as hub
from llm_tui.hub.cache import CachedModel, cached_models


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "hub"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "XDG_CACHE_HOME"))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(folder))
    return folder


def keep(cache: Path, name: str, size: int, kind: str = "models") -> None:
    repo = cache / f"{kind}--{name.replace('/', '--')}"
    for folder in ("blobs", "refs", "snapshots/0123"):
        (repo / folder).mkdir(parents=True)
    (repo / "blobs" / "abc").write_bytes(b"x" * size)
    (repo / "refs" / "main").write_text("0123")
    (repo / "snapshots" / "0123" / "model.bin").symlink_to("../../blobs/abc")


def test_the_models_at_hand_are_listed_largest_first(cache: Path) -> None:
    keep(cache, "google/small", 10)
    keep(cache, "google/large", 1000)
    assert cached_models() == (CachedModel("google/large", 1000), CachedModel("google/small", 10))


def test_a_machine_that_never_fetched_a_model_has_none(cache: Path) -> None:
    assert cached_models() == ()


def test_what_is_no_folder_holds_none(cache: Path) -> None:
    cache.touch()
    assert cached_models() == ()


def test_data_sets_are_no_models(cache: Path) -> None:
    keep(cache, "google/small", 10)
    keep(cache, "google/texts", 99, "datasets")
    assert cached_models() == (CachedModel("google/small", 10),)
    assert hub.remove("google/texts") is None
    assert (cache / "datasets--google--texts").is_dir()


@pytest.mark.parametrize("number", range(6))  # the library's order is that of a set
def test_of_two_models_with_one_revision_the_named_one_is_removed(cache: Path, number: int) -> None:
    for copy in range(6):
        keep(cache, f"google/copy-{copy}", 10 * (copy + 1))
    assert hub.remove(f"google/copy-{number}") == 10 * (number + 1)
    assert {model.name for model in cached_models()} == {f"google/copy-{n}" for n in range(6) if n != number}
    assert hub.remove(f"google/copy-{number}") is None


def revision(cache: Path, name: str, files: dict[str, str], when: int) -> Path:
    """A revision with these files; what has no content is a link to nothing, as of a fetch that broke off."""
    folder = cache / f"models--{name.replace('/', '--')}" / "snapshots" / f"{when:040d}"
    folder.mkdir(parents=True)
    for file, content in files.items():
        if content:
            (folder / file).write_text(content)
        else:
            (folder / file).symlink_to("../../blobs/nothing")
    os.utime(folder, (when, when))
    refs = folder.parents[1] / "refs"
    refs.mkdir(exist_ok=True)
    (refs / "main").write_text(folder.name)
    return folder


PARTS = '{"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}'


@pytest.mark.parametrize(
    "broken",
    [
        {"config.json": "{}"},
        {"config.json": "{}", "model.safetensors": ""},
        {"config.json": "{}", "model-1.safetensors": "w", "model.safetensors.index.json": PARTS},
        {"config.json": "{}", "model-1.safetensors": "w", "model-2.safetensors": "", "README.md": "x"},
    ],
)
def test_a_model_that_is_here_in_part_does_not_hide_the_whole_one(cache: Path, broken: dict[str, str]) -> None:
    assert hub.cached_model("google/small") is None
    revision(cache, "google/small", broken, 5)
    assert hub.cached_model("google/small") is None
    parts = {"model-1.safetensors": "w", "model-2.safetensors": "w", "model.safetensors.index.json": PARTS}
    whole = revision(cache, "google/small", {"config.json": "{}", **parts}, 2)
    revision(cache, "google/small", {"config.json": "{}", "model.safetensors": "w"}, 1)
    (cache / "models--google--small" / "refs" / "main").write_text(f"{5:040d}")
    assert hub.cached_model("google/small") == whole
