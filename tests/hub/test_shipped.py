"""The weights of the models that come with the program, packed and as a library reads them."""

from __future__ import annotations

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui.errors import UserError
from llm_tui.hub import shipped
from llm_tui.hub.shipped import PACKED, WEIGHTS, pack, pack_in, unpacked


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a packed model, and a cache that is empty."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / WEIGHTS).write_bytes(b"first" * 1000)
    pack_in(folder)
    return folder


@given(st.binary(max_size=5000))
def test_gzip_of_anybodys_reads_what_was_packed_and_the_same_bytes_come_each_time(weights: bytes) -> None:
    assert gzip.decompress(pack(weights)) == weights and pack(weights) == pack(weights)


def test_what_is_packed_is_smaller_and_alone_in_the_folder(model: Path) -> None:
    assert {file.name for file in model.iterdir()} == {"config.json", PACKED}
    assert (model / PACKED).stat().st_size < 5000


def test_it_is_unpacked_once_and_beside_its_other_files(model: Path) -> None:
    copy = unpacked(model)
    assert (copy / WEIGHTS).read_bytes() == b"first" * 1000 and (copy / "config.json").read_text() == "{}"
    before = (copy / WEIGHTS).stat().st_ino
    assert unpacked(model) == copy and (copy / WEIGHTS).stat().st_ino == before
    assert [folder.name for folder in copy.parent.iterdir()] == [copy.name]  # nothing half made


def test_plain_weights_are_taken_as_they_are(model: Path) -> None:
    (model / WEIGHTS).write_bytes(b"of a new training")
    assert unpacked(model) == model


def test_weights_of_a_new_version_are_not_mistaken_for_the_old_ones(model: Path) -> None:
    old = unpacked(model)
    (model / WEIGHTS).write_bytes(b"later" * 1000)
    pack_in(model)
    new = unpacked(model)
    assert (new / WEIGHTS).read_bytes() == b"later" * 1000 and new != old
    assert not old.exists()


def test_a_copy_that_lost_something_is_made_anew(model: Path) -> None:
    copy = unpacked(model)
    (copy / WEIGHTS).write_bytes(b"half")
    assert (unpacked(model) / WEIGHTS).read_bytes() == b"first" * 1000


def test_several_programs_may_ask_at_once(model: Path) -> None:
    start = threading.Barrier(4)

    def ask() -> bytes:
        start.wait()
        return (unpacked(model) / WEIGHTS).read_bytes()

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(ask) for _ in range(4)]
    assert {one.result() for one in asked} == {b"first" * 1000}


def test_a_cache_that_cannot_be_written_is_a_sentence(model: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder would be")
    with pytest.raises(UserError, match=r"could not be unpacked.*XDG_CACHE_HOME"):
        unpacked(model)


def test_a_model_of_the_program_is_packed() -> None:
    assert any((folder / PACKED).is_file() for folder in shipped.shipped().values())
