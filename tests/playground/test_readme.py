"""The README lists the tasks as the registry has them. `python tests/playground/test_readme.py` writes its tables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from llm_tui import i18n
from llm_tui.i18n import tr
from llm_tui.playground import registry

README = Path(__file__).parents[2] / "README.md"


def table(language: str) -> str:
    i18n.use(language)
    head = tr(
        "| Task | Command | The course's model | Without a hub | Exercise |",
        "| Tarea | Orden | Modelo del curso | Sin hub | Ejercicio |",
    )
    rows = (
        f"| {task.title} | `llm-tui {task.command.name}` | `{task.model}` | `{task.stand_in.name}` | "
        f"{task.exercise or '–'} |"
        for task in registry.tasks()
    )
    return "\n".join([head, "| --- | --- | --- | --- | --- |", *rows])


def part(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=<!-- tasks {language} -->\n\n).*?(?=\n\n<!-- /tasks -->)", re.DOTALL)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_tables_of_the_readme_are_the_registrys(language: str):
    found = part(language).search(README.read_text(encoding="utf-8"))
    assert found and found.group() == table(language), "python tests/playground/test_readme.py writes them"


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    for language in i18n.LANGUAGES:
        written = table(language)
        text = part(language).sub(lambda _, written=written: written, text)
    README.write_text(text, encoding="utf-8")
