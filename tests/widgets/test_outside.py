"""A text in the person's own editor: one that cannot be started is said, and so is what cannot be given to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.app import App

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.widgets import outside
from llm_tui.widgets.outside import edit_outside


def test_an_editor_that_is_no_command_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", "vi '")
    with pytest.raises(UserError, match="The editor vi ' could not be started"):
        edit_outside(App(), "text")


class Giving(App[None]):
    given = False

    @contextmanager
    def suspend(self) -> Iterator[None]:
        self.given = True
        yield


def test_a_terminal_that_cannot_be_opened_is_said_while_the_app_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> None:
        raise OSError(6, "No such device or address")

    monkeypatch.setattr(outside, "open", none, raising=False)
    app = Giving()
    with pytest.raises(UserError, match=r"could not be started.*No such device"):
        edit_outside(app, "text")
    assert not app.given


@pytest.mark.parametrize(("language", "said"), [("en", "make room there"), ("es", "haga sitio allí")])
def test_a_folder_for_temporary_files_that_is_not_there_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: str, said: str
) -> None:
    i18n.use(language)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(UserError, match=f"No such file.*{said}.*TMPDIR"):
        edit_outside(App(), "text")


def test_a_file_that_the_editor_took_away_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "open_outside", lambda app, file: file.unlink())
    with pytest.raises(UserError, match="could not be written or read"):
        edit_outside(App(), "text")
