"""The programs of what pretrained models find in a text, labels and entities, and of scores and probes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from llm_tui.errors import UserError
from llm_tui.foundation import probes
from llm_tui.foundation.job import PROMPT, Score
from llm_tui.foundation.labels_job import Entities, Sentiment, ZeroShot
from llm_tui.foundation.questions import LEAST, WHETHER, WHICH
from llm_tui.i18n import tr
from llm_tui.snippets import literal
from llm_tui.snippets.classic import imports_of
from llm_tui.snippets.generating import needs_of, quoted, way_of
from llm_tui.snippets.model import Model, model_of
from llm_tui.snippets.program import program
from llm_tui.snippets.rows import reading
from llm_tui.snippets.snippet import Snippet
from llm_tui.snippets.tested import InPairs, OnTestRows, Tested

_MARKS = re.compile(r"<[^\s<>]{1,40}>|\[[A-Z]{2,10}\]")
"""What a text has that may be spelled as a special token."""


def zero_shot(job: ZeroShot, language: str) -> Snippet:
    """The pipeline of transformers, which gives the same scores."""
    return _labels(job, language)


def tested(done: Tested, language: str) -> Snippet:
    """The same, and how often it is right."""
    return _labels(done.job, language, done.true, done.threshold)


def tested_rows(done: OnTestRows, language: str) -> Snippet:
    """On the test rows of a training.

    Raises:
        UserError: a server would have to be asked, or the rows cannot be read.
    """
    if done.model.served:
        raise UserError(
            tr(
                "Of test rows that a server labelled there is no plain program: compare with a model of this machine.",
                "De filas de prueba que etiquetó un servidor no hay programa sencillo: compare con un modelo de este "
                "equipo.",
            )
        )
    rows, model = reading(done.training, only_test=True), model_of(done.model)
    modules = ("os",) if model.in_home or model.cache else ()
    members = [
        (
            "transformers",
            "AutoModelForSequenceClassification, AutoTokenizer, pipeline" if model.renumbered else "pipeline",
        ),
        *([("tokenizers", "Tokenizer")] if model.own_cut else []),
    ]
    members += [("huggingface_hub", "hf_hub_download")] if model.own_cut and model.revision else []
    text = program(
        "zero_shot_rows",
        language,
        **rows.values,
        **imports_of(rows, modules, members, ("torch",) if model.wants_torch else ()),
        model=model,
        rows_asked=done.rows,
        template=done.template,
        filled=not _plain(done.template),
    )
    return Snippet("zero_shot_rows", text, rows.files)


def in_pairs(done: InPairs, language: str) -> Snippet:
    """With the differences of each two texts, their interval and the sign test; not of what a server answered."""
    # The measure stands in a comment, on one line whatever a label is.
    pairs = {
        "measure": literal.Code(literal.quoted(done.measure)),
        "weights": list(done.weights),
        "seed": done.seed,
        "resamples": done.resamples,
    }
    job = done.job
    if isinstance(job, Sentiment):
        return _labelling("sentiment", language, model_of(job.model), job.texts, pairs=pairs)
    return _labels(job, language, pairs=pairs)


def _labels(
    job: ZeroShot, language: str, true: Sequence[str] = (), threshold: float = 0.0, pairs: dict[str, Any] | None = None
) -> Snippet:
    """With the `true` labels of the texts, where any is known."""
    true = true if set(true) & set(job.labels) else ()
    if job.model.served:
        return _served_labels(job, language, true, threshold)
    filled = [job.template.replace("{}", label) for label in job.labels]
    model, longest = model_of(job.model), max(filled, key=lambda said: len(said.encode(errors="surrogatepass")))
    return _labelling(
        "zero_shot",
        language,
        model,
        job.texts,
        beside=longest,
        labels=list(job.labels),
        template=job.template,
        filled=not _plain(job.template),
        multi_label=job.multi_label,
        known=list(true),
        threshold=threshold,
        pairs=pairs,
    )


def _plain(template: str) -> bool:
    """Whether `format` puts a label where the program does."""
    try:
        return template.format("label") == template.replace("{}", "label")
    except (IndexError, KeyError, ValueError, AttributeError):
        return False


def entities(job: Entities, language: str) -> Snippet:
    """The pipeline of transformers; where a text may be too long for the model, windows and groups by hand."""
    model = model_of(job.model)
    return _labelling("entities", language, model, job.texts, other_tags=model.other_tags)


def sentiment(job: Sentiment, language: str) -> Snippet:
    """Step by step: pieces, ids, logits, probabilities."""
    return _labelling("sentiment", language, model_of(job.model), job.texts)


def _labelling(name: str, language: str, model: Model, texts: Sequence[str], beside: str = "", **more: Any) -> Snippet:
    said, files = quoted(texts)
    cut = any(model.may_cut(text + beside) for text in texts)
    needs = {**needs_of([], None), "json": bool(files), "cache": model.cache, "os": bool(model.cache) or model.in_home}
    needs |= {
        "torch": model.wants_torch or name == "sentiment" or cut,
        "tokenizers": model.own_cut,
        "pairs": bool(more.get("pairs")),
        "renumbered": name == "zero_shot" and model.renumbered,
        "download": model.own_cut and bool(model.revision),
        "auto": {"sentiment": "sequence", "entities": "tokens" if cut else "pipeline"}.get(name, "pipeline"),
    }
    text = program(
        name,
        language,
        model=model,
        own_cut=model.own_cut,
        texts=said,
        texts_file=next(iter(files), ""),
        cut=cut,
        marks=any(_MARKS.search(text) for text in (*texts, beside)),
        needs=needs,
        **{"pairs": None, **more},
    )
    return Snippet(name, text, files)


def _served_labels(job: ZeroShot, language: str, true: Sequence[str], threshold: float) -> Snippet:
    """A chat model of a server, which is asked for the letter of the statement that fits."""
    whether = job.multi_label or len(job.labels) == 1
    texts, files = quoted(job.texts, served=True)
    text = program(
        "served_labels",
        language,
        way=way_of(job.model, PROMPT, job.texts),
        question=WHETHER if whether else WHICH,
        whether=whether,
        labels=quoted(job.labels, served=True)[0],
        template=job.template,
        least=LEAST,
        known=list(true),
        threshold=threshold,
        texts=texts,
        texts_file=next(iter(files), ""),
    )
    return Snippet("zero_shot", text, files)


def score(job: Score, language: str) -> Snippet:
    """ROUGE on words, and chrF."""
    texts, files = quoted(job.texts)
    text = program("score", language, texts=texts, texts_file=next(iter(files), ""), reference=job.reference)
    return Snippet("scores", text, files)


def probe(job: probes.Probing, language: str) -> Snippet:
    """Every probe, and whether the answer kept the rule."""
    way = way_of(job.model, PROMPT, [probe.prompt for probe in probes.PROBES], job.settings)
    text = program(
        "probe",
        language,
        way=way,
        model=way.model,
        settings=job.settings,
        examples=[],
        secret=probes.CANARY,
        active=probes.ACTIVE.pattern,
        probes=[(probe.id, probe.kind, probe.prompt) for probe in probes.PROBES],
        needs={**needs_of([way], job.settings), "words": True},
    )
    return Snippet("probes", text)
