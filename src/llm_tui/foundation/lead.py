"""Lead-3: the first three sentences of a text as its summary, the baseline of the field (See et al. 2017). Light: there
is no model.
"""

from __future__ import annotations

from llm_tui import __version__
from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.foundation.facts import split_sentences
from llm_tui.foundation.job import LEAD, SUMMARIZE, Answer, Generate, Generated, Provenance
from llm_tui.i18n import tr

SENTENCES = 3


def lead(job: Generate, context: Context) -> Generated:
    """The first sentences of each text, as they stand; line ends within become spaces. They have no pieces.

    Raises:
        UserError: it is asked for something else than a summary, or a text has no words.
    """
    if job.task != SUMMARIZE:
        raise UserError(
            tr(
                f"{LEAD} takes the first {SENTENCES} sentences of a text: it only summarizes. Choose a model.",
                f"{LEAD} toma las {SENTENCES} primeras oraciones de un texto: solo resume. Elija un modelo.",
            )
        )
    answers = []
    for text in job.texts:
        context.check()
        first = [" ".join(sentence.split()) for sentence in split_sentences(text)[:SENTENCES]]
        if not first:
            raise UserError(tr("The text has no words.", "El texto no tiene palabras."))
        answers.append(Answer(" ".join(first), text, 0, 0, False, True, ""))
    return Generated(tuple(answers), Provenance(LEAD, __version__, "", "", 0, 0.0, version=__version__))
