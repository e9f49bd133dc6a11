"""Model cards: a few facts, whatever somebody put into the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llm_tui.hub.card import cached_card, read_card


def card(folder: Path, text: str) -> dict[str, str]:
    (folder / "README.md").write_text(text, encoding="utf-8")
    return read_card(folder)


def test_the_facts_of_a_card(tmp_path: Path) -> None:
    text = "---\nlicense: mit\nlanguage:\n- es\n- en\nx:\n- a: b\n---\n# A\n\n### Intended use\n\nTo test.\n\nMore.\n"
    assert card(tmp_path, text) == {"license": "mit", "language": "es, en", "intended use": "To test."}
    assert cached_card(str(tmp_path)) == read_card(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# No facts",
        "---\nlicense: mit\n",
        "---\n- a\n- b\n---\n",
        "---\nlicense: [unclosed\n---\n",
        "---\nlicense: !!python/object/apply:os.system [ls]\n---\n",
        "---\na: &a [x, x]\nlicense: [*a, *a]\n---\n",
        "---\n" + "[" * 5000 + "\n---\n",
    ],
)
def test_what_is_no_card_says_nothing_and_does_nothing(tmp_path: Path, text: str) -> None:
    assert "license" not in {name for name, value in card(tmp_path, text).items() if value not in ("ls",)}


def test_a_folder_without_a_card_and_a_model_that_is_nowhere(tmp_path: Path) -> None:
    assert read_card(tmp_path) == {} and cached_card("nobody/nothing") == {} and cached_card("\0") == {}


@given(text=st.text(st.sampled_from("ab-\n:[]{}&*!#> 'é\x1b"), max_size=80))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_can_be_read(tmp_path: Path, text: str) -> None:
    read = card(tmp_path, f"---\nlicense: mit\n{text}\n---\n{text}")
    assert all(isinstance(value, str) and value for value in read.values())
