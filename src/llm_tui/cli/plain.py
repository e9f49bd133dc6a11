"""Plain mode on the command line: when it opens, and what it may ask of the other commands."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from llm_tui.config import read_config
from llm_tui.errors import UserError
from llm_tui.i18n import tr
from llm_tui.signals import Ended
from llm_tui.terminal import why_unfit


def wanted(asked: bool) -> bool:
    """Whether plain mode opens: where a person asks for it, and where no screen can be shown."""
    return asked or read_config().value("plain") or why_unfit() is not None


def open_plain(context: click.Context, folder: Path, log: int, notice: str) -> None:
    """
    Raises:
        UserError: the folder cannot be a lab.
        Ended: the program was told to end, and all is saved.
    """
    from llm_tui.cli.why import SPOKEN
    from llm_tui.lab.lab import Lab
    from llm_tui.plain import session
    from llm_tui.plain.console import Stopped

    def command(given: Sequence[str]) -> None:
        try:
            _invoke(context, given)
        except Ended as ended:
            if ended.number != 2:
                raise
            raise Stopped from ended

    lab = Lab(folder)
    context.obj = folder  # the lab of every command that is typed here
    context.meta[SPOKEN] = True
    messages = os.dup(2)
    os.dup2(log, 2)  # what libraries say there is for the log
    try:
        session.run(lab, command, [notice, *read_config().problems])
    finally:
        os.dup2(messages, 2)


def _invoke(context: click.Context, given: Sequence[str]) -> None:
    """A command with the lab that is open; what it prints comes the way of plain mode."""
    group = context.command
    assert isinstance(group, click.Group)
    before, sys.stderr = sys.stderr, sys.stdout
    try:
        if not given or given[0] in ("-h", "--help"):
            click.echo(group.get_help(context))
            return
        name, found, rest = group.resolve_command(context, list(given))
        assert found is not None
        with found.make_context(name, rest, parent=context) as inner:
            found.invoke(inner)
    except click.exceptions.Exit:
        pass
    except click.ClickException as error:
        raise UserError(error.format_message()) from error
    except SystemExit:
        pass
    except click.Abort as error:
        raise UserError(tr("It was left.", "Se dejó.")) from error
    finally:
        sys.stderr = before
