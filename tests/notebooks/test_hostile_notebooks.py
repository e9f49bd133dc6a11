"""Notebooks that nobody writes: each is told in a sentence, or left, and soon."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from llm_tui.errors import UserError
from llm_tui.notebooks.file import Notebook, read_notebook
from llm_tui.notebooks.mending import look


def notebook(code: str) -> Notebook:
    cells = [nbformat.v4.new_code_cell(code, id="c0")]
    return Notebook(json.loads(nbformat.writes(nbformat.v4.new_notebook(cells=cells))))


def test_a_name_of_a_thousand_parts_and_a_cell_of_many_magics_are_left_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    assert look(notebook(f"with t{'.a' * 1000}.as_target_tokenizer():\n    x"), "en").findings
    magics = notebook("x = 1\n" * 50 + "%load a\n" * 20 + "tok.encode_plus(1)")
    assert look(magics, "en").findings
    monkeypatch.setattr("llm_tui.notebooks.code.MOST_PARSED", 2_000)
    assert look(magics, "en").unread


def test_absurd_metadata_cost_a_sentence_at_most(tmp_path: Path) -> None:
    path = tmp_path / "absurd.ipynb"
    whole = json.loads(notebook("tok.encode_plus(1)").dump())
    absurd: list[object] = ["5", None, []]
    for minor in absurd:
        path.write_text(json.dumps({**whole, "nbformat_minor": minor}))
        with pytest.raises(UserError, match="no Jupyter notebook"):
            read_notebook(path)
    nested = json.dumps({**whole, "x": "here"}).replace('"here"', "[" * 700 + "]" * 700)
    path.write_text(nested)
    copy = look(read_notebook(path), "en").copy
    assert copy is not None
    try:
        assert json.loads(copy.dump())["x"] == json.loads(nested)["x"]
    except UserError as error:  # by how deep this Python goes
        assert "nested" in str(error)
    path.write_text(json.dumps({**whole, "metadata": {"kernelspec": {"language": "R\x1b"}}}))
    with pytest.raises(UserError, match=r"language \(R␛\)"):
        read_notebook(path)
