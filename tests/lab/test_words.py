"""What the log has in short English is told in words, in both languages: no kind of job is left out."""

from __future__ import annotations

import ast
from pathlib import Path

import llm_tui
from llm_tui.lab.audit import JOBS, job_name


def test_every_kind_of_job_has_a_name_in_both_languages() -> None:
    kinds = {
        node.value.value
        for path in Path(llm_tui.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "kind"
        if isinstance(node.value, ast.Constant) and node.value.value
    }
    assert len(kinds) > 10 and kinds == set(JOBS)


def test_a_kind_of_a_later_version_goes_by_its_own_name() -> None:
    assert job_name("dream").es == "dream"
