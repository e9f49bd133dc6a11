"""A text in the person's own editor: one that cannot be started is said."""

from __future__ import annotations

import pytest
from textual.app import App

from llm_tui.errors import UserError
from llm_tui.widgets.outside import edit_outside


def test_an_editor_that_is_no_command_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", "vi '")
    with pytest.raises(UserError, match="The editor vi ' could not be started"):
        edit_outside(App(), "text")
