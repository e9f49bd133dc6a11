"""The one error that a person is meant to read."""

from __future__ import annotations

from llm_tui.visible import visible


class UserError(Exception):
    """What happened, to what, and what to do, in one clear sentence in the person's language.

    The command line prints it and exits with 2; a screen shows it. Anything else that is raised is a defect of the
    program and goes to the log. Names and contents in the sentence come from files and people: they are made visible
    here, once.
    """

    def __init__(self, message: str):
        super().__init__(visible(message))


class Unavailable(UserError):
    """A model that this machine does not have, and that could not be fetched; another one may do."""


class NotTaken(UserError):
    """A question that a model or its server does not take, however often it is asked; a shorter one may do."""


class OutOfMemory(UserError):
    """A device had no room for a model or for what a job was working on; less of it, or another device, may help."""


def reason(error: OSError) -> str:
    """The operating system's own words for an error, without the path that the sentence around it names."""
    return error.strerror or str(error) or type(error).__name__
