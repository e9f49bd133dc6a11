"""What a chat model is asked for a label. Light: the programs of these questions have them too."""

from __future__ import annotations

LEAST = 0.05
"""Where all the answers that were asked for are less likely together, the model is about to say something else, and how
likely they are says nothing."""

WHICH = """\
Text:
{text}

Which of these statements fits the text best?
{statements}

Answer with the letter alone."""

WHETHER = """\
Text:
{text}

Does this statement fit the text?
{statement}

Answer with yes or no alone."""
