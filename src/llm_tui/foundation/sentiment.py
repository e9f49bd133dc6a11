"""A text on its way to a class, step by step: what AutoTokenizer and AutoModel do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llm_tui.engine.job import Context
from llm_tui.foundation.batches import are_cut, class_names, encode, logits
from llm_tui.foundation.checks import check_texts
from llm_tui.foundation.labels_job import IDENTITY, SIGMOID, SOFTMAX, Judged, Sentiment, Steps, activation
from llm_tui.foundation.loading import load
from llm_tui.foundation.purpose import SEQUENCE
from llm_tui.visible import visible

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    SOFTMAX: lambda logits: logits.softmax(-1),
    SIGMOID: lambda logits: logits.sigmoid(),
    IDENTITY: lambda logits: logits,
}


def judge(job: Sentiment, context: Context) -> Judged:
    """Pieces, ids, logits and what the activation makes of them, for each text.

    Raises:
        UserError: a text is empty, or the model cannot be had or does not classify texts.
    """
    check_texts(job.texts)
    loaded = load(job.model, SEQUENCE, context)
    inputs = encode(loaded, job.texts)
    meter = loaded.meter(context)
    found = dict(logits(loaded, inputs, job.batch_size, job.title(), context))
    made_by = loaded.made(meter)
    cut = are_cut(loaded, inputs, job.texts)
    with loaded.answering():
        spelled = [loaded.tokenizer.convert_ids_to_tokens(input["input_ids"]) for input in inputs]
    named = activation(loaded.model.config.problem_type, loaded.model.config.num_labels)
    steps = []
    for i, input in enumerate(inputs):
        ids = tuple(input["input_ids"])
        pieces = tuple(visible(str(piece)) for piece in spelled[i])
        logits_of, scores = (tuple(row.tolist()) for row in (found[i], ACTIVATIONS[named](found[i])))
        steps.append(Steps(pieces, ids, logits_of, scores, cut[i]))
    return Judged(class_names(loaded, len(found[0])), tuple(steps), made_by, named)
