"""`python tests/snippets/table.py`: every kind of plain program beside llm-tui, as a table: what each of them says of
the same question. On the CPU, with the teaching models and the sample's texts, without a network.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import torch
from model_server import ModelServer, completes, model_server
from printed import CLOSE, printed, same
from programs import started
from snippets.test_classic import measured, without_time
from snippets.test_tokens import printed as cut

from llm_tui.classifier.data import load
from llm_tui.classifier.job import Predict, Retest, Sweep, Training
from llm_tui.classifier.sample import CLASSES as NAMES
from llm_tui.engine.job import Context, run_job
from llm_tui.exercises.material import ENGLISH_SENTENCES, MODERATION, PARAGRAPH, SOURCE_TEXT, SPANISH_SENTENCES
from llm_tui.exercises.subwords import EXAMPLE
from llm_tui.export.markdown import to_markdown
from llm_tui.export.table import Column, Table
from llm_tui.foundation import teaching
from llm_tui.foundation.job import (
    LEAD,
    PROMPT,
    SUMMARIZE,
    TRANSLATE_EN_ES,
    TRANSLATE_ES_EN,
    Generate,
    ModelChoice,
    RoundTrip,
    Score,
    Settings,
)
from llm_tui.foundation.labels_job import Entities, Sentiment, ZeroShot
from llm_tui.foundation.probes import Probing
from llm_tui.i18n import Text
from llm_tui.snippets.snippet import snippet
from llm_tui.snippets.tested import OnTestRows, Tested
from llm_tui.tokenization.job import Compare

LABELS = ("permitido", "spam", "odio", "sensibles")
TRAINING = Training(train_size=2000, test_size=500, epochs=2, device="cpu", seed=1)


def here(model: teaching.Teaching) -> ModelChoice:
    return ModelChoice(model.name, "cpu")


def saved(folder: Path, context: Context) -> Path:
    """A run as the lab keeps it."""
    result = run_job(TRAINING, context)
    (folder / "model.safetensors").write_bytes(result.model.weights)
    (folder / "vocab.json").write_text(result.model.vocabulary, encoding="utf-8")
    (folder / "result.json").write_text(json.dumps({"result": {"classes": result.classes}}), encoding="utf-8")
    return folder


def jobs(run: Path, server: ModelServer) -> Iterator[tuple[str, Any]]:
    """What is asked, by a name."""
    t5, nli, served = here(teaching.T5), here(teaching.ZERO_SHOT), ModelChoice(server.name)
    texts = tuple(text for text, *_ in MODERATION)
    folders = [str(here_.folder) for here_ in (teaching.T5, teaching.ZERO_SHOT)]
    sampling = Settings(40, True, 0.8, 0.9, 40, 7)
    yield "training", TRAINING
    yield "sweep of batch sizes", Sweep(TRAINING, (16, 64), (1,))
    yield "prediction by a saved run", Predict(str(run), "El equipo ganó el partido.")
    yield "test of a saved run", Retest(str(run), TRAINING, 200)
    yield "tokenizers", Compare(EXAMPLE, tuple(folders))
    yield "prompt", Generate(PROMPT, (f"Devuelve 5 términos clave.\n\n{PARAGRAPH}",), t5)
    yield "prompt, sampled", Generate(PROMPT, (PARAGRAPH,), t5, sampling)
    yield "prompt, 3 beams", Generate(PROMPT, (PARAGRAPH,), t5, Settings(40, beams=3, repetition_penalty=1.3))
    yield "prompt with examples", Generate(PROMPT, ("perro",), t5, Settings(20), examples=(("gato", "cat"),))
    yield "prompt of a server", Generate(PROMPT, (PARAGRAPH,), served)
    yield "translation es-en", Generate(TRANSLATE_ES_EN, SPANISH_SENTENCES[:1], t5)
    yield "translation en-es", Generate(TRANSLATE_EN_ES, ENGLISH_SENTENCES[:1], t5)
    yield "there and back", RoundTrip(TRANSLATE_ES_EN, SPANISH_SENTENCES[0], t5, t5)
    yield "summary", Generate(SUMMARIZE, (SOURCE_TEXT,), t5)
    yield "summary, cut input", Generate(SUMMARIZE, (SOURCE_TEXT * 4,), t5)
    yield "summary, lead-3", Generate(SUMMARIZE, (SOURCE_TEXT,), ModelChoice(LEAD))
    yield "ROUGE and chrF", Score((PARAGRAPH, SOURCE_TEXT), SOURCE_TEXT[:400])
    yield "zero-shot", ZeroShot(texts[:6], LABELS, "Este texto es {}.", model=nli)
    yield "zero-shot, each label", ZeroShot(texts[:6], LABELS, "Este texto es {}.", True, nli)
    sheet = ZeroShot(texts, LABELS, "Este texto es {}.", model=nli)
    yield "zero-shot, a whole sheet", Tested(sheet, tuple(label for _, label, *_ in MODERATION), 0.5)
    yield "zero-shot on test rows", OnTestRows(TRAINING, 40, "This example is {}.", nli)
    yield "zero-shot of a server", ZeroShot(texts[:1], LABELS, model=served)
    yield "entities", Entities(("Ana Torres trabaja en Madrid.",), here(teaching.ENTITIES))
    yield "entities in windows", Entities((SOURCE_TEXT * 3,), here(teaching.ENTITIES))
    yield "sentiment", Sentiment(("Qué buena película, me encantó.",), here(teaching.SENTIMENT))
    yield "jailbreak test", Probing(t5, Settings(24))


COLUMNS = (
    Column("program", Text("program", "programa")),
    Column("lines", Text("lines", "líneas"), numeric=True),
    Column("own", Text("llm-tui says", "dice llm-tui")),
    Column("said", Text("the program says", "dice el programa")),
    Column("same", Text("the same", "lo mismo")),
)


def own(job: Any, context: Context) -> str:
    """What llm-tui says, as the program is to print it."""
    if isinstance(job, Sweep):
        sizes = [(size, run_job(replace(job.base, batch_size=size), context)) for size in job.batch_sizes]
        return "".join(f"{size} | {result.accuracy:.3f}\n" for size, result in sizes)
    if isinstance(job, OnTestRows):
        test = load(job.training, context).test
        asked = ZeroShot(tuple(test.texts[: job.rows]), NAMES, job.template, model=job.model)
        found = [text.best for text in run_job(asked, context).texts]
        return f"accuracy {sum(a == b for a, b in zip(test.labels, found, strict=False)) / job.rows:.3f}\n"
    result = run_job(job.job if isinstance(job, Tested) else job, context)
    match job:
        case Training():
            return measured(result)
        case Predict():
            shares = zip(NAMES, result.probabilities, strict=True)
            return "".join(f"{name} {share:.3f}\n" for name, share in sorted(shares, key=lambda pair: -pair[1]))
        case Retest():
            hits = sum(a == b for a, b in zip(result.labels, result.predicted, strict=True))
            return f"accuracy {hits / job.rows:.3f}\n"
        case Compare():
            return "".join(f"{line}\n" for line in cut(result, job))
    return printed(job, result)


def timeless(job: Any, said: str) -> str:
    """Without what is never the same twice, and of what is much its first lines."""
    if isinstance(job, Sweep):
        return re.sub(r" \| [0-9.]+$", "", said.partition("\n")[2], flags=re.MULTILINE)
    return said.partition("\n")[0] + "\n" if isinstance(job, Retest) else without_time(said)


def told(text: str) -> str:
    """The end of what was printed, where the numbers are, on one line."""
    line = " / ".join(text.split("\n")).strip(" /")
    return line if len(line) <= 70 else f"…{line[-69:]}"


def main() -> int:
    torch.set_num_threads(1)
    context = Context(1, lambda event: None, threading.Event())
    rows = []
    with tempfile.TemporaryDirectory() as work, started() as programs, model_server() as server:
        run = Path(work) / "run"
        run.mkdir()
        saved(run, context)
        server.behaviour = completes({"B": 0.6, "A": 0.3})
        for number, (name, job) in enumerate(jobs(run, server)):
            program = snippet(job, "es")
            ours, said = own(job, context), timeless(job, programs.run(program, Path(work) / str(number)))
            agrees = same(said, ours)
            rows.append((name, program.text.count("\n"), told(ours), told(said), "✓" if agrees else "✗"))
            print(f"{name}: {'the same' if agrees else 'ANOTHER'}", file=sys.stderr)
    print(
        to_markdown(Table(COLUMNS, tuple(rows), (Text(f"Numbers to {CLOSE:f}.", f"Números hasta {CLOSE:f}."),)), "en")
    )
    return int(any(row[-1] != "✓" for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())
