"""A text against its reference: ROUGE on words, and chrF on characters."""

from __future__ import annotations

from sacrebleu.metrics.chrf import CHRF

from llm_tui.engine.job import Context
from llm_tui.foundation.job import Score
from llm_tui.foundation.rouge import Overlap, ascii_words_of, rouge_l, rouge_n, words_of


def chrf(hypothesis: str, reference: str) -> float:
    """chrF2, 0 to 100: the F-score, with recall twice as important, of the runs of 1 to 6 characters without spaces
    that both have; 0 where either is empty.

    The texts are compared as they are, without normalization of case or accents. Popović 2015, chrF: character n-gram
    F-score for automatic MT evaluation, https://aclanthology.org/W15-3049
    """
    score: float = CHRF().sentence_score(hypothesis, [reference]).score
    return score


def chrf_signature() -> str:
    """How `chrf` counts, as sacrebleu writes it (Post 2018, https://aclanthology.org/W18-6319)."""
    metric = CHRF()
    # The signature names the number of references, which is known once something has been scored.
    score = metric.sentence_score("", [""])
    return f"{score.name}|{metric.get_signature()}"


def score(job: Score, context: Context) -> tuple[Overlap, ...]:
    """All measures of each text of the job."""
    context.check()
    return tuple(overlap(text, job.reference) for text in job.texts)


def overlap(text: str, reference: str) -> Overlap:
    """All measures of `text` against `reference`; 0 where either is empty."""
    words, others = words_of(text), words_of(reference)
    ascii_words, ascii_others = ascii_words_of(text), ascii_words_of(reference)
    return Overlap(
        rouge_1=rouge_n(1, words, others),
        rouge_2=rouge_n(2, words, others),
        rouge_l=rouge_l(words, others),
        ascii_1=rouge_n(1, ascii_words, ascii_others),
        ascii_2=rouge_n(2, ascii_words, ascii_others),
        ascii_l=rouge_l(ascii_words, ascii_others),
        chrf=chrf(text, reference),
        signature=chrf_signature(),
    )
