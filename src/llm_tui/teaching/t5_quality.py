"""How good the teaching T5 is, on texts written by hand before it was trained, on Tatoeba's held-out
sentences and on technical documentation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sacrebleu import corpus_bleu, corpus_chrf

from llm_tui.engine.job import run_job
from llm_tui.foundation.job import PROMPT, SUMMARIZE, TRANSLATE_EN_ES, TRANSLATE_ES_EN, Generate, ModelChoice, Settings
from llm_tui.foundation.overlap import overlap
from llm_tui.teaching import encoder
from llm_tui.teaching.grammar import Phrase
from llm_tui.teaching.record import Measure, Record, card, heldout, write
from llm_tui.teaching.t5_texts import tatoeba, technical

NAME = "t5"
DIRECTIONS = {"es-en": (TRANSLATE_ES_EN, "es", "en"), "en-es": (TRANSLATE_EN_ES, "en", "es")}
MOST_OF_OTHERS = 300
"""Pairs of other people's that are measured."""
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
    "A T5 of four layers each way that learned both languages from nothing. It translates short everyday sentences, "
    "shortens short texts, mostly to their first sentence, and follows the instructions that it knows; long sentences, "
    "rare words and anything else it gets wrong, fluently. Technical documentation it translates worse than leaving "
    "the text as it is would (the rows “technical documentation” below): it is no translator for that.",
    "Un T5 de cuatro capas por lado que aprendió los dos idiomas desde cero. Traduce oraciones breves y cotidianas, "
    "acorta textos cortos, casi siempre a su primera oración, y sigue las instrucciones que conoce; con oraciones "
    "largas, palabras raras y todo lo demás se equivoca, con soltura. La documentación técnica la traduce peor que si "
    "dejara el texto como está (filas «technical documentation» de arriba): no sirve para traducirla.",
)  # fmt: skip


def asked(folder: Path, task: str, texts: Sequence[str], longest: int = 96) -> list[str]:
    """The model's answers, through the program's own job."""
    job = Generate(task, tuple(texts), ModelChoice(str(folder), "cpu"), Settings(max_new_tokens=longest), batch_size=32)
    return [answer.text for answer in run_job(job, encoder.context()).answers]


def measure(folder: Path, data: Path | None) -> list[Measure]:
    """Translations by chrF and BLEU beside copying the source, summaries by ROUGE-L beside the text's first sentence
    and all of it, labels by accuracy beside chance.
    """
    found = []
    rows = heldout("translation")
    sets = {"own sentences": [Phrase(row["en"], row["es"]) for row in rows]}
    if data is not None:
        sets["Tatoeba, held out (CC BY 2.0 FR)"] = tatoeba(data)[1][:MOST_OF_OTHERS]
        sets[TECHNICAL] = technical(data)[:MOST_OF_OTHERS]
    for direction, (task, source, target) in DIRECTIONS.items():
        for name, pairs in ((name, pairs) for name, pairs in sets.items() if pairs):
            given, wanted = ([pair.within(language) for pair in pairs] for language in (source, target))
            answers = asked(folder, task, given)
            for metric, score in (("chrF", corpus_chrf), ("BLEU", corpus_bleu)):
                value, copied = (score(texts, [wanted]).score for texts in (answers, given))
                found.append(Measure(f"translation {direction}", name, metric, value, "copying", copied, len(pairs)))
    return [*found, *_summaries(folder), *_labels(folder)]


def _summaries(folder: Path) -> list[Measure]:
    found = []
    for language in ("es", "en"):
        rows = [row for row in heldout("summary") if row["language"] == language]
        texts = [row["text"] for row in rows]
        first = [re.split(r"(?<=[.!?]) ", text, maxsplit=1)[0] for text in texts]
        value, *baselines = (_rouge_l(given, rows) for given in (asked(folder, SUMMARIZE, texts), first, texts))
        for name, baseline in zip(("the first sentence", "copying"), baselines, strict=True):
            found.append(Measure(f"summary {language}", "own texts", "ROUGE-L", value, name, baseline, len(rows)))
    return found


def _rouge_l(given: Sequence[str], rows: Sequence[dict[str, str]]) -> float:
    return sum(overlap(text, row["summary"]).rouge_l.f1 for text, row in zip(given, rows, strict=True)) / len(rows)


def _labels(folder: Path) -> list[Measure]:
    rows = [row for row in heldout("instructions") if row["kind"] == "label"]
    answers = asked(folder, PROMPT, [_prompt(row) for row in rows], 16)
    right = sum(
        answer.casefold().strip(" .") == row["wanted"].casefold() for answer, row in zip(answers, rows, strict=True)
    )
    return [
        Measure(
            "instructions", "own texts, one label of three", "accuracy", right / len(rows), "chance", 1 / 3, len(rows)
        )
    ]


def _prompt(row: dict[str, str]) -> str:
    return f"{row['instruction']}\n\n{row['text']}"


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


def finish(record: Record, folder: Path, data: Path | None) -> None:
    """Measure, and write the record and the card."""
    record = replace(record, measures=measure(folder, data))
    lines = ["| task | text | answer |", "| --- | --- | --- |"]
    for task, texts in FIXED.items():
        answers = asked(folder, task, texts)
        lines += [f"| {task} | {' '.join(text.split())} | {said} |" for text, said in zip(texts, answers, strict=True)]
    write(record, card(TITLE, ABOUT, record, lines, failures(folder)), folder)
