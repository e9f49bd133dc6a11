"""A lab in which all seven exercises have been done, by hand and by models that only answered what is written here."""

from __future__ import annotations

import hashlib
import itertools
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from llm_tui import __version__
from llm_tui.classifier.job import Mistake, Model, Retest, Retested, Trained, Training, TrainingResult
from llm_tui.classifier.setup import parse_sweep
from llm_tui.engine.events import Event, Failed, Finished, Metric, Started
from llm_tui.engine.job import Context, Job, run_job
from llm_tui.exercises import batch_sizes, ethics, flows, moderation, prompting, subwords, summaries, translation
from llm_tui.exercises.checklist import COURSE_ITEMS, TOPICS
from llm_tui.exercises.errors_marked import Mark
from llm_tui.exercises.ethics import Entry
from llm_tui.exercises.flows import Comparison
from llm_tui.exercises.flows_table import FACTS
from llm_tui.exercises.summaries import RUBRIC
from llm_tui.foundation.job import (
    Answer,
    Asking,
    Generate,
    Generated,
    ModelChoice,
    Provenance,
    RoundTrip,
    Score,
    Settings,
    ThereAndBack,
)
from llm_tui.foundation.labels_job import Classified, Labelled, ZeroShot
from llm_tui.foundation.probes import PROBES, Probed, ProbeReport, Probing
from llm_tui.i18n import Text
from llm_tui.lab.lab import Lab
from llm_tui.tokenization.job import DEFAULT_TOKENIZERS, Cut
from llm_tui.tokenization.measures import Measures

ASKING = Asking()

PARAGRAPH = (
    "Los sesgos del clasificador vienen de noticias escritas en inglés; la privacidad se cuida porque ningún texto "
    "sale del equipo. " + "La trazabilidad la da el registro, con la revisión de cada modelo y su semilla. " * 4 + "El "
    "despliegue seguro pide un control de acceso y una prueba de jailbreak por versión. " + "El ciclo de vida termina "
    "con una auditoría y un rollback ensayado. " * 5 + "Recomiendo revisar a mano lo irónico en nuestra clase."
)


def fill(lab: Lab) -> None:
    """Every exercise, complete, and what is handed in beside them."""
    _batch_sizes(lab)
    _subwords(lab)
    _moderation(lab)
    _translation(lab)
    _summaries(lab)
    _prompting(lab)
    _ethics(lab)
    _flows(lab)


def by(model: str) -> Provenance:
    return Provenance(model, "abcdef123456", "CPU", "float32", 77_000_000, 0.5, version=__version__)


def answering() -> Callable[[Job], Any]:
    """What models answer to the jobs of the exercises, in their order; None to another job."""
    kinds = itertools.cycle((0, 1, 2, 3, 0))
    outputs = itertools.cycle(("red", "clúster; nube; red; fallo; examen", "Falló el clúster. Nadie perdió datos."))

    def answer(job: Job) -> object:
        match job:
            case Training():
                return _trained(job)
            case ZeroShot():
                best = job.labels[next(kinds)]
                scores = tuple(0.7 if label == best else 0.1 for label in job.labels)
                return Classified(job.labels, (Labelled(scores),) * len(job.texts), by(job.model.name))
            case RoundTrip():
                there = Answer("The library <is> open.", job.text, 9, 5, False, True, "ñ¿")
                back = Answer("La librería está abierta.", there.text, 5, 6, False, True, "")
                made = by(job.model.name)
                return ThereAndBack(there, back, 61.25, "chrF2|nrefs:1|case:mixed", made, made)
            case Generate(task="summarize"):
                text = f"El clúster del campus falló cuatro veces, según {job.model.name}."
                return Generated((Answer(text, "x", 300, 20, False, True, ""),), by(job.model.name))
            case Generate():
                return Generated((Answer(next(outputs), "x", 90, 5, False, True, "ñ"),), by(job.model.name))
            case Probing():
                return _probed()
        return None

    return answer


def told(lab: Lab, job: Job, result: object, *told: Event) -> None:
    """What the lab writes down of a job."""
    ending = Finished(1, result) if result is not None else Failed(1, "No.", "UserError")
    for listener in lab.listeners(job):
        for event in (Started(1), *told, ending):
            listener(event)


def _flows(lab: Lab) -> None:
    retest = Retest("/labs/ana/runs/r1", Training(), 4, Trained(1.25))
    tested = Retested(("a", "b", "c", "d"), (0, 1, 0, 1), (0, 1, 0, 0), ("World", "Sports"), "sample", True, 10_000,
                      560_004, 0.002, memory=2_240_016, disk=2_300_000)  # fmt: skip
    asked = Comparison(retest, ModelChoice("facebook/bart-large-mnli")).then(tested)
    scores = tuple(Labelled(pair) for pair in ((0.9, 0.1), (0.2, 0.8), (0.7, 0.3), (0.6, 0.4)))
    found = Classified(asked.labels, scores, by("facebook/bart-large-mnli"), 1_629_000_000, 1_630_000_000)
    answers = flows.Answers().with_result(retest, tested).with_result(asked, found)
    for fact in FACTS:
        answers = answers.with_note(fact, "casi igual | sí" if fact == "accuracy" else "ver tabla")
    lab.save_answers(flows.NUMBER, answers.with_answer("Con pocas etiquetas, el preentrenado."))


def _batch_sizes(lab: Lab) -> None:
    sweep = parse_sweep({"data": "sample", "batch_size": "32,64,128", "seed": "0", "device": "cpu"})
    lab.save_answers(
        1,
        batch_sizes.Answers(
            sweep=sweep,
            notes={"32": "lenta | estable", "64": "bien", "128": "rápida"},
            answer="La de 64 equilibra las dos.",
        ),
    )
    for job in sweep.runs():
        result = _trained(job)
        values = {"steps": 157, "loss": 0.3, "accuracy": 0.9, "examples_per_second": 1000.0, "seconds_left": 0.0}
        told(lab, job, result, Metric(1, 157, values))


def _trained(job: Training) -> TrainingResult:
    return TrainingResult(
        accuracy={32: 0.91, 64: 0.9, 128: 0.87}[job.batch_size],
        test_loss=0.3,
        seconds=32 / job.batch_size,
        prepare_seconds=0.1,
        steps=157,
        data_name="sample",
        synthetic=True,
        train_rows=10_000,
        test_rows=4,
        vocabulary_size=3,
        classes=("World", "Sports"),
        confusion=((2, 1), (0, 1)),
        mistakes=(Mistake("a text", 0, 1, 0.9),),
        device="CPU",
        torch="2.13.0",
        model=Model(b"weights", '["<unk>", "a"]'),
    )


def cut_rows() -> tuple[subwords.Row, ...]:
    """The rows of the table of exercise 2, with what was observed of each."""

    def cut(phrase: str, end: int) -> Cut:
        spans = ((0, end), (end, len(phrase)))
        return Cut(tuple(phrase[a:b] for a, b in spans), (1, 2), spans, (False, False), "")

    words = ("microservicio", "observabilidad", "despliegue", "autenticación", "`trazas` | <unk>")
    return tuple(subwords.Row(word, (cut(word, 4), cut(word, 5)), True, f"La corto en «{word[:4]}».") for word in words)


def measured_tokenizers() -> tuple[subwords.Measured, ...]:
    return tuple(
        subwords.Measured(
            name,
            Text("folder", "carpeta"),
            "WordPiece",
            119_547,
            False,
            Measures(5, 10, 10, 3, 2, 0, 0, (), 40),
        )
        for name in DEFAULT_TOKENIZERS
    )


def _subwords(lab: Lab) -> None:
    compared = hashlib.sha256(subwords.EXAMPLE.encode()).hexdigest()
    answers = subwords.Answers(
        rows=cut_rows(), measured=measured_tokenizers(), compared=compared, answer="XLM-R corta menos."
    )
    lab.save_answers(2, answers)


def _moderation(lab: Lab) -> None:
    answers = moderation.Answers()
    samples = tuple(replace(sample, by_hand=True) for sample in answers.samples)
    answers = replace(answers, samples=samples)
    labels = answers.label_names()
    answer = answering()
    for job in answers.pending(ASKING):
        result = answer(job)
        told(lab, job, result)
        answers = answers.with_result(job, result)
    comments = {label: f"la de {label}" for label in labels}
    lab.save_answers(3, replace(answers, comments=comments, answer="Falla más con la ironía."))


def _translation(lab: Lab) -> None:
    answers = translation.Answers()
    answer = answering()
    for job in answers.pending(ASKING):
        result = answer(job)
        told(lab, job, result)
        answers = answers.with_result(job, result)
    marks = (Mark("library", "false_cognate", "major", "bookshop"),)
    sentences = tuple(replace(s, marks=marks, correction="The bookshop is open.") for s in answers.sentences)
    lab.save_answers(4, replace(answers, sentences=sentences, answer="Con glosario."))


def _summaries(lab: Lab) -> None:
    answers = replace(summaries.Answers(), reference="Falló el clúster del campus.")
    answer = answering()
    for _ in range(2):
        for job in answers.pending(ASKING):
            if isinstance(job, Generate):
                result: object = answer(job)
                told(lab, job, result)
            else:
                assert isinstance(job, Score)
                result = run_job(job, Context(1, lambda event: None, threading.Event()))
            answers = answers.with_result(job, result)  # type: ignore[arg-type]
    for slot, name in itertools.product("ab", RUBRIC):
        answers = answers.with_mark(slot, name, "2").with_mark(slot, "note", "fiel | breve")
    lab.save_answers(5, replace(answers, answer="El segundo, por fidelidad."))


def _prompting(lab: Lab) -> None:
    answers = prompting.Answers()
    answer = answering()
    for job in answers.pending(ASKING):
        result = answer(job)
        told(lab, job, result)
        answers = answers.with_result(job, result)
    for name in answers.prompts:
        answers = answers.with_prompt(name, replace(answers.prompt(name), note="obedece"))
    lab.save_answers(6, replace(answers, answer="La más concreta."))


def _ethics(lab: Lab) -> None:
    answers = ethics.Answers(answer=PARAGRAPH)
    evidence = dict(zip(TOPICS, (("errors", "lost"), (), ("run", "log"), ("probes",), ()), strict=True))
    for item in COURSE_ITEMS:
        entry = Entry(state="met", answer="Sí, y está en el registro.", evidence=evidence[item.topic])
        answers = answers.with_entry(item.id, entry)
    worst = Entry("not_met", "Nadie revisa.", "Revisar a mano lo irónico.", "high", "Ana", "2026-03-01")
    answers = answers.with_entry(COURSE_ITEMS[1].id, worst)
    lab.save_answers(7, replace(answers, probed=_probed()))


def _probed() -> ProbeReport:
    results = tuple(Probed(probe.id, number > 0, "no") for number, probe in enumerate(PROBES))
    return ProbeReport(results, by("google/flan-t5-small"), Settings())
