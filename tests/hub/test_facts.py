"""What doctor says of the hub and of the caches."""

from __future__ import annotations

from pathlib import Path

import pytest

from llm_tui import i18n
from llm_tui.hub.cache import caches, remember
from llm_tui.hub.facts import hub_facts
from llm_tui.hub.plan import free_in
from llm_tui.hub.room import Room

GB = 10**9


@pytest.fixture(autouse=True)
def nobody(no_hub: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "https://mirror.uni.es")
    for name in ("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def test_the_mirror_the_proxy_and_that_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://ana:secret@proxy.uni.es:3128")
    way = "https://mirror.uni.es, through the proxy http://proxy.uni.es:3128"
    assert dict(hub_facts())["hub"] == f"{way}, not asked: HF_HUB_OFFLINE is set"
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    assert dict(hub_facts())["hub"] == way
    i18n.use("es")
    assert dict(hub_facts())["hub"] == "https://mirror.uni.es, a través del proxy http://proxy.uni.es:3128"


def test_each_cache_with_the_room_in_it(no_hub: Path, tmp_path: Path) -> None:
    other = tmp_path / "scratch"
    other.mkdir()
    remember(other)
    remember(other)
    caches = [fact.partition(": ") for name, fact in hub_facts() if name == "cache"]
    assert [where for where, _, _ in caches] == [str(no_hub), str(other)]
    assert all(" free on the disk, " in said for _, _, said in caches)


def test_a_cache_on_the_disk_of_another_computer_is_not_forgotten(tmp_path: Path) -> None:
    disks = [tmp_path / name for name in ("of-a", "of-b", "away")]
    a, b, away = disks
    a.mkdir()
    b.mkdir()
    remember(a)
    a.rename(away)  # this is the other computer now
    remember(b)
    assert a not in caches() and b in caches()
    away.rename(a)
    assert caches()[1:] == [a, b]


def test_what_a_killed_fetch_has_left_is_told(no_hub: Path) -> None:
    blobs = no_hub / "models--a--b" / "blobs"
    blobs.mkdir(parents=True)
    (blobs / "0123").write_bytes(b"whole")
    assert "incomplete" not in dict(hub_facts())["cache"]
    (blobs / "0123.89ab.incomplete").write_bytes(b"x" * 2_500_000)
    assert dict(hub_facts())["cache"].endswith("; 2.5 MB in blobs/*.incomplete of fetches that go on or broke off")


@pytest.mark.parametrize(
    ("room", "program", "said"),
    [
        (Room(Path("/x"), 2 * GB, 3 * GB), True, "2.0 GB free on the disk, 3.0 GB left of your quota"),
        (Room(Path("/x"), 2 * GB), True, "2.0 GB free on the disk, no quota"),
        (Room(Path("/x"), 2 * GB), False, "2.0 GB free on the disk, quota unknown (“quota” does not say)"),
    ],
)
def test_what_nobody_knows_of_a_quota_is_not_taken_for_none(
    room: Room, program: bool, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("llm_tui.hub.plan.quota_program", lambda: program)
    assert free_in(room) == said
