"""A cache that two people share: real users of this machine, by their numbers, and a folder that keeps its group."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from local_hub import Hub, files_of, reach, serving

from llm_tui import i18n
from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.hub import cache
from llm_tui.hub.fetching import fetch_model, plan_model
from llm_tui.hub.packaged import PACKAGED
from llm_tui.hub.places import locate
from llm_tui.hub.shipped import WEIGHTS, pack_in, shipped, unpacked

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may become other users")

ANA, LUIS, LAB = 60_001, 60_002, 60_010
NAME = "somebody/little-one"


@contextmanager
def being(user: int, umask: int = 0o022) -> Iterator[None]:
    """Whatever is written, or may not be, within the block is so by this user, who is in the group of the lab."""
    mask = os.umask(umask)
    groups = os.getgroups()
    os.setgroups([LAB])
    os.setegid(user)
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)
        os.umask(mask)


@pytest.fixture
def shared(no_hub: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache in a folder whose group is the lab's, and stays so for what is made in it; a hub; no quota."""
    top = Path(tempfile.mkdtemp(prefix="llm-tui-"))  # not pytest's, which root alone may enter
    top.chmod(0o755)
    folder = top / "hub"
    folder.mkdir()
    os.chown(folder, ANA, LAB)
    folder.chmod(0o2775)
    for user in (ANA, LUIS):
        (top / str(user)).mkdir()
        os.chown(top / str(user), user, user)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(folder))
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(top / "token"))
    monkeypatch.setattr("llm_tui.hub.room.quota_program", lambda: False)
    for name in ("SCRATCH", "TMPDIR", "USER"):
        monkeypatch.delenv(name, raising=False)
    yield folder
    shutil.rmtree(top)


@pytest.fixture
def hub(shared: Path, monkeypatch: pytest.MonkeyPatch, context: Context) -> Iterator[Hub]:
    with serving(files_of(next(iter(shipped().values())))) as hub:
        reach(hub.url, monkeypatch)
        fetch_model("some/import", context, to=str(shared.parent / "first"))  # what other users may not read
        cache.cached_models()
        yield hub


def home(user: int, shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(shared.parent / str(user)))
    monkeypatch.setenv("XDG_CACHE_HOME", str(shared.parent / str(user)))


def test_what_one_person_fetches_another_opens_and_adds_to(
    hub: Hub, shared: Path, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    home(ANA, shared, monkeypatch)
    with being(ANA, 0o002):
        assert "umask" not in plan_model(NAME, context).said()
        there = fetch_model(NAME, context)
    for path in shared.rglob("*"):
        if not path.is_symlink():
            assert path.stat().st_gid == LAB
            assert path.stat().st_mode & 0o040, f"{path} is not for the group"
    home(LUIS, shared, monkeypatch)
    with being(LUIS, 0o002):
        assert locate(NAME, context) == (there, there.name)
        assert [model.name for model in cache.cached_models()] == [NAME]
        assert fetch_model("somebody/other", context).is_relative_to(shared)


def test_what_the_umask_hides_stays_hidden_and_is_said_before(
    hub: Hub, shared: Path, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    home(ANA, shared, monkeypatch)
    with being(ANA, 0o077):
        said = plan_model(NAME, context).said()
        assert "umask 0077 keeps it from the group that shares this cache" in said
        i18n.use("es")
        assert "umask 0077 lo oculta al grupo que comparte esta caché" in plan_model(NAME, context).said()
        there = fetch_model(NAME, context)
    assert (there / "model.safetensors").stat().st_mode & 0o077 == 0


def test_a_cache_that_the_second_person_may_not_write_is_read(
    hub: Hub, shared: Path, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    home(ANA, shared, monkeypatch)
    with being(ANA):
        there = fetch_model(NAME, context)
    home(LUIS, shared, monkeypatch)
    with being(LUIS):
        assert locate(NAME, context) == (there, there.name)
        with pytest.raises(UserError) as refused:
            fetch_model("somebody/other", context)
        said = str(refused.value)
        assert f"cannot be written ({shared / '.locks'}: Permission denied" in said
        assert said.endswith(f"--to {shared.parent / str(LUIS) / '.cache/huggingface/hub'}")
        with pytest.raises(UserError, match="could not be deleted from the cache"):
            cache.remove(NAME)
    assert (there / "model.safetensors").is_file()


def test_a_cache_that_may_not_even_be_entered_holds_nothing(
    hub: Hub, shared: Path, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    home(LUIS, shared, monkeypatch)
    shared.chmod(0o700)
    with being(LUIS):
        assert cache.cached_models() == ()
        with pytest.raises(UserError, match="cannot be written"):
            fetch_model(NAME, context)


def test_another_persons_token_in_a_shared_folder_is_nobodys_hindrance(
    hub: Hub, shared: Path, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = shared.parent / "token"
    token.write_text("hf_of_ana")
    token.chmod(0o600)
    home(LUIS, shared, monkeypatch)
    with being(LUIS, 0o002):
        assert fetch_model(NAME, context).is_relative_to(shared)


@pytest.fixture
def teaching(shared: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a packed model, and the cache of this program in the folder that is shared."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(shared))
    with being(ANA, 0o002):
        (shared / "llm-tui" / "models").mkdir(parents=True)
    folder = shared.parent / "tiny"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / WEIGHTS).write_bytes(b"small" * 1000)
    pack_in(folder)
    return folder


def test_a_teaching_model_that_one_person_unpacks_another_opens(teaching: Path) -> None:
    with being(ANA, 0o077):
        copy = unpacked(teaching)
    with being(LUIS):
        assert unpacked(teaching) == copy
        assert (copy / WEIGHTS).read_bytes() == b"small" * 1000 and (copy / "config.json").read_text() == "{}"


@pytest.mark.parametrize("hidden", [WEIGHTS, "config.json"])
def test_a_teaching_model_that_another_person_keeps_closed_is_a_sentence(teaching: Path, hidden: str) -> None:
    with being(ANA):
        (unpacked(teaching) / hidden).chmod(0o600)
    with being(LUIS), pytest.raises(UserError, match=r"could not be unpacked.*Permission denied.*XDG_CACHE_HOME"):
        unpacked(teaching)


def test_a_packaged_model_that_another_person_keeps_closed_is_not_there(teaching: Path) -> None:
    model = next(iter(PACKAGED.values()))
    with being(ANA, 0o077):
        model.folder.mkdir()
        for name in (WEIGHTS, "config.json"):
            (model.folder / name).touch()
        assert model.present
    with being(LUIS):
        assert not model.present
