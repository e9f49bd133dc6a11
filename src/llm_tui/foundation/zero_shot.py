"""Zero-shot classification by natural language inference, as transformers' own pipeline does it, in batches."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.foundation.batches import are_cut, encode, label_names, logits
from llm_tui.foundation.checks import check_question
from llm_tui.foundation.labels_job import Classified, Labelled, ZeroShot, inference_sides
from llm_tui.foundation.loading import load
from llm_tui.foundation.memory import Loaded
from llm_tui.foundation.purpose import SEQUENCE
from llm_tui.i18n import tr


def classify(job: ZeroShot, context: Context) -> Classified:
    """Score every label for every text (Yin et al. 2019, Benchmarking Zero-shot Text Classification).

    A text that is too long together with its hypothesis loses its end.

    Raises:
        UserError: the question is not complete, or the model cannot be had or is no model for inference.
    """
    check_question(job)
    loaded = load(job.model, SEQUENCE, context)
    entailment, contradiction = sides(loaded)
    hypotheses = [job.template.replace("{}", label) for label in job.labels]
    check_length(loaded, hypotheses)
    premises = [text for text in job.texts for _ in hypotheses]
    beside = hypotheses * len(job.texts)
    meter = loaded.meter(context)  # with the tokenizing: so is the classifier measured that it is compared with
    inputs = encode(loaded, premises, beside)
    found = dict(logits(loaded, inputs, job.batch_size, job.title(), context))
    made_by = loaded.made(meter)
    cut = are_cut(loaded, inputs, premises, beside)
    rows = torch.stack([found[i] for i in range(len(inputs))]).view(len(job.texts), len(job.labels), -1)
    if job.multi_label or len(job.labels) == 1:
        scores = rows[..., [contradiction, entailment]].softmax(-1)[..., 1]
    else:
        scores = rows[..., entailment].softmax(-1)
    lost = (any(cut[first : first + len(hypotheses)]) for first in range(0, len(cut), len(hypotheses)))
    texts = tuple(Labelled(tuple(text), any_cut) for text, any_cut in zip(scores.tolist(), lost, strict=True))
    return Classified(job.labels, texts, made_by, loaded.memory, loaded.disk)


def sides(loaded: Loaded) -> tuple[int, int]:
    """The numbers of the classes “entailment” and “contradiction”. A config.json may name its classes by their numbers
    alone, or write these as text.
    """
    name, config = loaded.name, loaded.model.config
    labels = label_names(loaded, config.num_labels)
    given = config.label2id if isinstance(config.label2id, dict) else {}
    found = inference_sides(labels, given)
    if found is None:
        classes = ", ".join(labels)
        raise UserError(
            tr(
                f"The model {name} knows no entailment (its classes: {classes}): choose one trained on natural "
                "language inference, such as facebook/bart-large-mnli.",
                f"El modelo {name} no conoce la implicación (sus clases: {classes}): elija uno entrenado en inferencia "
                "(NLI), como facebook/bart-large-mnli.",
            )
        )
    return found


def check_length(loaded: Loaded, hypotheses: Sequence[str]) -> None:
    """A hypothesis is never cut, and one piece of the text at least must find room beside it."""
    if loaded.most_input is None:
        return
    room = loaded.most_input - loaded.tokenizer.num_special_tokens_to_add(pair=True)
    for hypothesis in hypotheses:
        with loaded.answering():
            pieces = len(loaded.tokenizer(hypothesis, add_special_tokens=False, verbose=False)["input_ids"])
        if pieces >= room:
            raise UserError(
                tr(
                    f"A label with its template has {pieces} pieces, and the model {loaded.name} takes {room} together "
                    "with the text: make it shorter.",
                    f"Una etiqueta con su plantilla tiene {pieces} piezas y el modelo {loaded.name} admite {room} "
                    "junto con el texto: acórtela.",
                )
            )
