"""What `llm-tui doctor` says of the hub: its address, the way to it, and the room in the caches. Nobody is asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from llm_tui.hub import reach
from llm_tui.hub.cache import caches
from llm_tui.hub.plan import free_in
from llm_tui.hub.room import in_words, room_in
from llm_tui.i18n import tr


def hub_facts() -> Iterator[tuple[str, str]]:
    """Name and value of each, as a person reads them."""
    yield "hub", _way()
    for cache in caches():
        room = room_in(cache)
        why = room.refused.removeprefix(f"{cache}: ")
        how = tr(f"can only be read ({why})", f"solo se puede leer ({why})") if why else free_in(room)
        yield tr("cache", "caché"), f"{cache}: {how}{_broken_off(cache)}"


def _broken_off(cache: Path) -> str:
    """What fetches have left that were killed: the hub's library gives each new try a file of its own."""
    size = sum(map(_size, cache.glob("models--*/blobs/*.incomplete")))
    if not size:
        return ""
    left = in_words(size)
    return tr(
        f"; {left} in blobs/*.incomplete of fetches that go on or broke off",
        f"; {left} en blobs/*.incomplete, de descargas en curso o interrumpidas",
    )


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:  # it is whole by now
        return 0


def _way() -> str:
    from huggingface_hub import constants

    parts = [reach.endpoint()]
    if proxy := reach.proxy():
        parts.append(tr(f"through the proxy {proxy}", f"a través del proxy {proxy}"))
    if constants.HF_HUB_OFFLINE:
        parts.append(tr("not asked: HF_HUB_OFFLINE is set", "no se le pregunta: HF_HUB_OFFLINE está definida"))
    return ", ".join(parts)
