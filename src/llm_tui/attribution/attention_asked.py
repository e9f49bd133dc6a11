"""From an answer to the question where the model looked. Light."""

from __future__ import annotations

from dataclasses import replace

from llm_tui.attribution.attention_job import Attention
from llm_tui.attribution.piece_job import Written
from llm_tui.foundation.job import LEAD, Generate, Generated, RoundTrip, ThereAndBack
from llm_tui.foundation.labels_job import Classified, Entities, Sentiment, ZeroShot
from llm_tui.foundation.purpose import GENERATE, SEQUENCE, TOKENS

Asked = ZeroShot | Sentiment | Entities | Generate | RoundTrip


def can_be_asked(job: Asked) -> bool:
    """Whether a model answered that is here: nobody can look into one behind a server."""
    return not job.model.served and job.model.name != LEAD


def first(job: Asked) -> Asked | None:
    """What is to be asked again where nobody has the result any more: what was written belongs to the question."""
    if isinstance(job, Generate):
        return alone(job)
    return job if isinstance(job, RoundTrip) else None


def alone(job: Generate) -> Generate:
    """The job for its first text."""
    return replace(job, texts=job.texts[:1])


def question(job: Asked, result: object) -> Attention:
    """Where the model looked as it answered about the first text. Of the labels of a zero-shot question it is the one
    that was found, else the first.
    """
    match job, result:
        case ZeroShot(), _:
            best = result.texts[0].best if isinstance(result, Classified) else 0
            hypothesis = job.template.replace("{}", job.labels[best or 0])
            return Attention(job.texts[0], job.model, SEQUENCE.name, pair=hypothesis)
        case Sentiment(), _:
            return Attention(job.texts[0], job.model, SEQUENCE.name)
        case Entities(), _:
            return Attention(job.texts[0], job.model, TOKENS.name)
        case RoundTrip(), ThereAndBack():
            asked = Generate(job.task, (job.text,), job.model, job.settings)
            return Attention(
                job.text,
                job.model,
                GENERATE.name,
                written=Written(asked, result.there.text, count=result.there.output_pieces),
            )
        case Generate(), Generated():
            ids = tuple(piece.chosen.id for piece in result.pieces if piece.chosen.id is not None)
            answer = result.answers[0]
            written = Written(alone(job), answer.text, ids, answer.output_pieces)
            return Attention(job.texts[0], job.model, GENERATE.name, written=written)
    raise TypeError(f"{type(result).__name__} is no result of {type(job).__name__}")
