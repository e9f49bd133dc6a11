"""What can be explained of an answer: which logits there are. Light."""

from __future__ import annotations

from llm_tui.attribution.job import Attribute, OfClass, OfHypothesis, OfSpan, Target
from llm_tui.foundation.job import ModelChoice
from llm_tui.foundation.labels_job import Classified, Entities, Judged, Recognized, Sentiment, ZeroShot

Asked = ZeroShot | Sentiment | Entities


def targets(job: Asked, result: object, number: int = 0) -> list[Target]:
    """The logits behind the answer to the text of this number, what was answered first. Without a result those of a
    zero-shot question in its order, of others none.
    """
    match job, result:
        case ZeroShot(), Classified():
            scores = result.texts[number].scores
            order = sorted(range(len(job.labels)), key=lambda i: -scores[i])
            return [OfHypothesis(job.labels[i], job.template) for i in order]
        case ZeroShot(), _:
            return [OfHypothesis(label, job.template) for label in job.labels]
        case Sentiment(), Judged():
            logits = result.texts[number].logits
            return [OfClass(result.labels[i]) for i in sorted(range(len(logits)), key=lambda i: -logits[i])]
        case Entities(), Recognized():
            return [OfSpan(found.start, found.end, found.type) for found in result.texts[number]]
    return []


def question(job: Asked, of: Target, methods: tuple[str, ...], number: int = 0) -> Attribute:
    """Why the answer to the text of this number: asked of the model that gave it."""
    model: ModelChoice = job.model
    return Attribute(job.texts[number], of, model, methods)
