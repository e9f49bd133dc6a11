"""Where AG_NEWS is kept once it has been fetched. Light: home tells whether it is there."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_cache_path

from llm_tui.i18n import tr


def ag_news_folder() -> Path:
    """Where AG_NEWS is kept once it has been fetched, in the user's cache folder."""
    return user_cache_path("llm-tui") / "ag_news"


def ag_news_fetched() -> bool:
    """Whether the cache has AG_NEWS."""
    return all((ag_news_folder() / name).is_file() for name in ("train.csv", "test.csv"))


def ag_news_fact() -> tuple[str, str]:
    """Whether the cache has AG_NEWS, as one of the facts of the environment."""
    there = ag_news_fetched()
    return ("AG_NEWS", tr("in the cache", "en la caché") if there else tr("not fetched yet", "aún no descargado"))
