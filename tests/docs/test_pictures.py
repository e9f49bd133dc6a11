"""The pictures of the README are of the program as it is; `python tests/docs/pictures.py` makes them anew."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection
from pathlib import Path
from xml.etree import ElementTree

import pytest
from docs.pictures import FOLDER, SHOWN, pictures

from llm_tui import i18n
from llm_tui.documentation import SPANISH

README = (FOLDER.parent / "README.md").read_text(encoding="utf-8")


def test_each_half_of_the_page_shows_each_picture_in_its_language() -> None:
    english, _, spanish = README.partition(SPANISH)
    for half, language in ((english, "en"), (spanish, "es")):
        shown = re.findall(r"!\[[^]]+\]\(\.pictures/([^)]+)\)", half)
        assert sorted(shown) == sorted(f"{name}-{language}.svg" for name in SHOWN)


def test_the_pictures_are_small_and_have_nothing_of_a_machine_in_them() -> None:
    files = sorted(FOLDER.iterdir())
    assert [file.name for file in files] == sorted(f"{name}-{each}.svg" for name in SHOWN for each in i18n.LANGUAGES)
    texts = [file.read_text(encoding="utf-8") for file in files]
    assert max(map(len, texts)) < 60_000 and sum(map(len, texts)) < 900_000
    for text in texts:
        root = ElementTree.fromstring(text)
        assert root.tag == "{http://www.w3.org/2000/svg}svg" and len(root) > 30
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"/tmp|@font-face|<image|<script|url\(", text)


async def current(language: str, names: Collection[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async for name, content in pictures(Path(folder), language, names):
            assert (FOLDER / name).read_text("utf-8") == content, f"{name}: python tests/docs/pictures.py makes it anew"


@pytest.mark.usefixtures("own_folders")
async def test_pictures_of_two_screens_are_current() -> None:
    await current("es", ("home", "sheet"))


@pytest.mark.slow
@pytest.mark.usefixtures("own_folders")
@pytest.mark.parametrize("language", i18n.LANGUAGES)
async def test_all_pictures_are_current(language: str) -> None:
    await current(language, tuple(SHOWN))
