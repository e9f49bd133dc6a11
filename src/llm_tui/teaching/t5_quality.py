"""How good the teaching T5 is, on texts written by hand before it was trained, on Tatoeba's held-out
sentences and on technical documentation."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from sacrebleu import BLEU, CHRF, corpus_chrf

from llm_tui.bias.statistics import interval
from llm_tui.engine.job import run_job
from llm_tui.foundation.facts import invented
from llm_tui.foundation.instructions import PREFIXES
from llm_tui.foundation.job import PROMPT, SUMMARIZE, TRANSLATE_EN_ES, TRANSLATE_ES_EN, Generate, ModelChoice, Settings
from llm_tui.foundation.overlap import overlap
from llm_tui.teaching import encoder
from llm_tui.teaching.chat import Case, found_in_text, names_kept
from llm_tui.teaching.grammar import Phrase
from llm_tui.teaching.parallel import tatoeba, technical
from llm_tui.teaching.record import Failure, Measure, Record, accuracy, card, heldout, write

NAME = "t5"
DIRECTIONS = {"es-en": (TRANSLATE_ES_EN, "es", "en"), "en-es": (TRANSLATE_EN_ES, "en", "es")}
OWN = {"own everyday sentences": "translation", "own sentences on DevOps": "devops"}
MOST_OF_OTHERS = 600
"""Pairs of other people's that are measured."""
DRAWS = 1000
"""Of each bootstrap interval."""
POOR = 30
"""The chrF below which a translation of a sentence says something else."""
FACTS = "no name or number that the text lacks"
KINDS = {
    "label": (16, "one label of three", "chance"),
    "terms": (64, "five key terms", "copying"),
    "rewrite": (128, "a formal rewriting", "copying"),
}
"""Of instructions: the longest answer in pieces, what is asked for, and what costs nothing."""
METRICS = {"label": "accuracy", "terms": "all five found in the text", "rewrite": "names and numbers kept"}
TECHNICAL = "technical documentation, held out (CC0, CC BY 4.0)"

FIXED = {
    TRANSLATE_EN_ES: (
        "The server did not answer last night.",
        "My neighbour sells bread and cheese at the market.",
        "We need more memory for the new database.",
    ),
    TRANSLATE_ES_EN: (
        "Mi hermana trabaja en un hospital.",
        "El tren de la mañana llegó con dos horas de retraso.",
        "Nadie ha revisado la copia de seguridad.",
    ),
    SUMMARIZE: (
        "La biblioteca cerrará en agosto porque hay que cambiar el tejado. Los libros se guardarán en el ayuntamiento. "
        "Los estudiantes podrán usar una sala del instituto.",
        "The bus to the airport no longer stops in our street. The driver says that the street is too narrow. Many "
        "people now walk to the station with their bags.",
        "El equipo perdió los datos de una semana. Nadie había probado la copia. Desde entonces la prueban cada lunes.",
    ),
    PROMPT: (
        "¿De qué trata el texto? Responde con una palabra: deportes, salud o cocina.\n\n"
        "El equipo ganó el partido en el último minuto.",
        "Choose one label: travel, music or economy.\n\nThe guitarist broke two strings in the first song.",
        "¿Qué es un contenedor?",
    ),
}
"""Three texts a task, whose answers are in the card, right or wrong."""

TITLE = Phrase(
    "Teaching model: translation, summary, instructions", "Modelo didáctico: traducción, resumen, instrucciones"
)
ABOUT = Phrase(
    "A T5 of four layers to read and three to write that learned both languages from nothing. It translates sentences, "
    "everyday ones and those of technical documentation, and explains the twenty terms that it learned. Of three "
    "labels it mostly chooses the right one. Its summaries merge two facts of a text where they can, and are still "
    "behind the text's first sentence: some say what the text does not. Five key terms that all stand in the text it "
    "finds in one of three; a formal version mostly keeps names and numbers, by few changes. Long sentences, rare "
    "names and anything else it gets wrong, fluently.",
    "Un T5 de cuatro capas para leer y tres para escribir que aprendió los dos idiomas desde cero. Traduce "
    "oraciones, cotidianas y de documentación técnica, y explica los veinte términos que aprendió. De tres etiquetas "
    "elige las más de las veces la correcta. Sus resúmenes unen dos hechos del texto si pueden, y aún quedan por "
    "detrás de la primera oración: algunos dicen lo que el texto no dice. Cinco términos clave que estén todos en el "
    "texto los halla una vez de cada tres; una versión formal conserva las más de las veces los nombres y los números, "
    "con pocos cambios. Con oraciones largas, nombres raros y todo lo demás se equivoca, con soltura.",
)  # fmt: skip


class Judge:
    """How good a model is while it is trained, on texts to develop against."""

    def __init__(self, net: Any, cut: Any, data: Path) -> None:
        self.net, self.cut = net, cut
        rows = heldout("translation", "development")
        self.pairs = {
            "technical": technical(data)[1][:40],
            "own": [Phrase(row["en"], row["es"]) for row in rows[:40]],
        }

    def __call__(self) -> dict[str, float]:
        found = {}
        for name, pairs in self.pairs.items():
            for direction, (task, source, target) in DIRECTIONS.items():
                given, wanted = ([pair.within(language) for pair in pairs] for language in (source, target))
                answers = self.answers([f"{PREFIXES[task]}{text}" for text in given], 80)
                found[f"{name} {direction}, chrF"] = corpus_chrf(answers, [wanted]).score
        rows = heldout("summary", "development")
        scores = _rouges(self.answers([f"{PREFIXES[SUMMARIZE]}{row['text']}" for row in rows], 60), rows)
        found["summary, ROUGE-L"] = sum(scores) / len(scores)
        rows = [row for row in heldout("instructions", "development") if row["kind"] == "label"]
        found["label of three"] = sum(_right(self.answers([_prompt(row) for row in rows], 12), rows)) / len(rows)
        return found

    @torch.inference_mode()
    def answers(self, texts: Sequence[str], longest: int) -> list[str]:
        inputs = self.cut(list(texts), return_tensors="pt", padding=True).to(self.net.device)
        return list(
            self.cut.batch_decode(self.net.generate(**inputs, max_new_tokens=longest), skip_special_tokens=True)
        )


def asked(folder: Path, task: str, texts: Sequence[str], longest: int = 96) -> list[str]:
    """The model's answers, through the program's own job."""
    job = Generate(task, tuple(texts), ModelChoice(str(folder), "cpu"), Settings(max_new_tokens=longest), batch_size=32)
    return [answer.text for answer in run_job(job, encoder.context()).answers]


def measure(folder: Path, data: Path | None) -> list[Measure]:
    """Translations by chrF and BLEU beside copying the source, summaries by ROUGE-L beside the text's first sentence
    and all of it, and by their names and numbers, answers to instructions by what can be checked of them. The 95 %
    intervals are Wilson's or of bootstrap draws (Koehn 2004 by sacrebleu; of ROUGE-L BCa).
    """
    sets = {name: [Phrase(row["en"], row["es"]) for row in heldout(file)] for name, file in OWN.items()}
    if data is not None:
        sets["Tatoeba, held out (CC BY 2.0 FR)"] = tatoeba(data)[1][:MOST_OF_OTHERS]
        sets[TECHNICAL] = technical(data)[2][:MOST_OF_OTHERS]
    found = []
    for direction, (task, source, target) in DIRECTIONS.items():
        for name, pairs in ((name, pairs) for name, pairs in sets.items() if pairs):
            given, wanted = ([pair.within(language) for pair in pairs] for language in (source, target))
            answers = asked(folder, task, given)
            for metric in (CHRF(), BLEU()):
                score = metric.corpus_score(answers, [wanted], n_bootstrap=DRAWS)
                told = json.loads(score.format(8, signature=str(metric.get_signature()), is_json=True))
                low, high = (told["confidence_mean"] + sign * told["confidence_var"] for sign in (-1, 1))
                copied = metric.corpus_score(given, [wanted]).score
                found.append(
                    Measure(f"translation {direction}", name, told["name"].removesuffix("2"), told["score"], "copying",
                            copied, len(pairs), low, high)
                )  # fmt: skip
    return [*found, *_summaries(folder), *_instructions(folder)]


def _summaries(folder: Path) -> list[Measure]:
    found = []
    for language in ("es", "en"):
        rows = [row for row in heldout("summary") if row["language"] == language]
        texts = [row["text"] for row in rows]
        answers = asked(folder, SUMMARIZE, texts)
        scores = _rouges(answers, rows)
        low, high = interval(scores, 0, DRAWS)
        first = [re.split(r"(?<=[.!?]) ", text, maxsplit=1)[0] for text in texts]
        for name, given in (("the first sentence", first), ("copying", texts)):
            other, value = (sum(values) / len(rows) for values in (_rouges(given, rows), scores))
            task = f"summary {language}"
            found.append(Measure(task, "own texts", "ROUGE-L", value, name, other, len(rows), low, high))
        kept = [not invented(text, answer) for answer, text in zip(answers, texts, strict=True)]
        found.append(accuracy(f"summary {language}", "own texts", kept, "copying", 1.0, FACTS))
    return found


def _rouges(given: Sequence[str], rows: Sequence[dict[str, str]]) -> list[float]:
    return [overlap(text, row["summary"]).rouge_l.f1 for text, row in zip(given, rows, strict=True)]


def _instructions(folder: Path) -> list[Measure]:
    found = []
    for kind, (longest, what, free_name) in KINDS.items():
        rows = [row for row in heldout("instructions") if row["kind"] == kind]
        answers = asked(folder, PROMPT, [_prompt(row) for row in rows], longest)
        right = judged(kind, answers, rows)
        copied = judged(kind, [row["text"] for row in rows], rows)
        free = 1 / 3 if free_name == "chance" else sum(copied) / len(rows)
        found.append(accuracy("instructions", f"own texts, {what}", right, free_name, free, METRICS[kind]))
    return found


def judged(kind: str, answers: Sequence[str], rows: Sequence[dict[str, str]]) -> list[bool]:
    """Whether each answer to an instruction is what was asked for."""
    if kind == "label":
        return _right(answers, rows)
    judge = found_in_text if kind == "terms" else names_kept
    return [
        judge(Case(row["text"], "", (), row["language"]), answer) for answer, row in zip(answers, rows, strict=True)
    ]


def _right(answers: Sequence[str], rows: Sequence[dict[str, str]]) -> list[bool]:
    return [a.casefold().strip(" .") == row["wanted"].casefold() for a, row in zip(answers, rows, strict=True)]


def _prompt(row: dict[str, str]) -> str:
    return f"{row['instruction']}\n\n{row['text']}"


def kinds(folder: Path) -> list[Failure]:
    """Answers that fail in a way that can be counted: translations that leave words as they are or say something else,
    labels that were not offered, summaries that copy or have names of their own.
    """
    found = []
    for direction, (task, source, target) in DIRECTIONS.items():
        rows = [*heldout("translation"), *heldout("devops")]
        answers = asked(folder, task, [row[source] for row in rows])
        left = sum(
            len(_untranslated(row[source], row[target], said)) > 0 for row, said in zip(rows, answers, strict=True)
        )
        poor = sum(corpus_chrf([said], [[row[target]]]).score < POOR for row, said in zip(rows, answers, strict=True))
        found.append(Failure(f"translation {direction}: a word left as it is", left, len(rows)))
        found.append(Failure(f"translation {direction}: chrF below {POOR}", poor, len(rows)))
    rows = heldout("summary")
    answers = asked(folder, SUMMARIZE, [row["text"] for row in rows])
    strange = sum(bool(invented(row["text"], said)) for row, said in zip(rows, answers, strict=True))
    first = sum(row["text"].startswith(said.rstrip(".")) for row, said in zip(rows, answers, strict=True))
    found += [Failure("summary: a name or number that the text lacks", strange, len(rows)),
              Failure("summary: the text's beginning, word for word", first, len(rows))]  # fmt: skip
    rows = [row for row in heldout("instructions") if row["kind"] == "label"]
    answers = asked(folder, PROMPT, [_prompt(row) for row in rows], 16)
    not_offered = sum(
        said.casefold().strip(" .") not in row["instruction"].casefold()
        for row, said in zip(rows, answers, strict=True)
    )
    found += [Failure("label: another of the three", len(rows) - not_offered - sum(_right(answers, rows)), len(rows)),
              Failure("label: none that was offered", not_offered, len(rows))]  # fmt: skip
    return found


def _untranslated(source: str, wanted: str, said: str) -> set[str]:
    """Words of the source that the answer has and the translation lacks."""
    before, right, after = (
        {word.casefold() for word in re.findall(r"[^\W\d_]{4,}", t)} for t in (source, wanted, said)
    )
    return before & after - right


def failures(folder: Path, most: int = 4) -> list[str]:
    """Held-out sentences that the model translates worst, and labels that it gets wrong."""
    lines = ["| given | wanted | answer |", "| --- | --- | --- |"]
    rows = heldout("translation")
    for task, source, target in DIRECTIONS.values():
        answers = asked(folder, task, [row[source] for row in rows])
        worst = sorted(
            (corpus_chrf([answer], [[row[target]]]).score, row[source], row[target], answer)
            for answer, row in zip(answers, rows, strict=True)
        )
        lines += [f"| {given} | {wanted} | {answer} |" for _, given, wanted, answer in worst[:most]]
    return lines


def finish(record: Record, folder: Path, data: Path | None) -> Record:
    """Measure, and write the record and the card."""
    record = replace(record, measures=measure(folder, data), failures=kinds(folder))
    lines = ["| task | text | answer |", "| --- | --- | --- |"]
    for task, texts in FIXED.items():
        answers = asked(folder, task, texts)
        lines += [f"| {task} | {' '.join(text.split())} | {said} |" for text, said in zip(texts, answers, strict=True)]
    write(record, card(TITLE, ABOUT, record, lines, failures(folder)), folder)
    return record
