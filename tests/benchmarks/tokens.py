"""Is a comparison of tokenizers within one and a half times the cutting itself?

    python tests/benchmarks/tokens.py [--tokenizer NAME --tokenizer NAME] [--text FILE]

Cuts 1 MB of Spanish text with two tokenizers, opened beforehand, in three ways by turns: (a) their own library's
`encode_batch` on the lines; (b) the same, with the ids and offsets of all pieces read; (c) the whole job: words, units,
measures, differences, proposals. Prints the time of each and the ratios c/a and c/b. It is a measurement, not a test:
nothing here runs in the suite.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import statistics
import sys
import threading
import time
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import tokenizers
from transformers import AutoTokenizer

from llm_tui.engine.job import Context, run_job
from llm_tui.tokenization.job import DEFAULT_TOKENIZERS, Compare
from llm_tui.tokenization.vocabularies import rebuilt

SIZE = 1_000_000  # bytes
MOST = 1.5

WHO = """la profesora|el médico|mi hermano|la vecina del tercero|un señor de Núñez|el equipo de guardia|la orquesta
|nadie|quien espera|una ingeniera de datos|el alcalde|la niña del abrigo rojo|cada alumno|el tren de las ocho
|la administración|su abuela|un grupo de biólogos|el servidor principal""".replace("\n", "").split("|")
DID = """explicó|perdió|encontró|midió con cuidado|no quiso vender|llevó a casa|comparó|dibujó|reparó en silencio
|descubrió|olvidó|pidió|tradujo del inglés|revisó dos veces|guardó durante años|anunció|cortó en piezas|habría preferido
|desconfiguró""".replace("\n", "").split("|")
WHAT = """la lección|un jardín pequeño|las métricas y los registros|el presupuesto de 12,5 millones|aquella canción
|tres películas antiguas|la observabilidad del sistema|una montaña cubierta de nieve|el camión de mudanzas
|los pingüinos del acuario|un e-mail sin asunto|la receta del bizcocho|las arquitecturas distribuidas|el vocabulario
|cien páginas|una pregunta difícil|los árboles de la plaza|el corazón de la ciudad""".replace("\n", "").split("|")
WHEN = """ayer|por la mañana|en el año 1987|después de la lluvia|sin que nadie lo supiera|a las tres y media
|mientras dormíamos|desde entonces|el miércoles pasado|con doce minutos de retraso|al final del verano
|antes de que cerraran|a pesar del frío|según el periódico|otra vez""".replace("\n", "").split("|")
SHAPES = (
    "{who} {did} {what} {when}.",
    "{when}, {who} {did} {what}.",
    "¿{who} {did} {what}?",
    "¡{who} {did} {what} {when}!",
)


def spanish() -> str:
    """Sentences of the stock above, put together at random: one or several on a line."""
    chance = random.Random(0)
    lines: list[str] = []
    size = 0
    while size < SIZE:
        line = " ".join(_sentence(chance) for _ in range(chance.randint(1, 4)))
        lines.append(line)
        size += len(line.encode()) + 1
    return "\n".join(lines)


def _sentence(chance: random.Random) -> str:
    parts = {"who": WHO, "did": DID, "what": WHAT, "when": WHEN}
    sentence = chance.choice(SHAPES).format(**{name: chance.choice(stock) for name, stock in parts.items()})
    first = 1 if sentence[0] in "¿¡" else 0
    return sentence[:first] + sentence[first].upper() + sentence[first + 1 :]


def backend(name: str) -> Any:
    """The tokenizer's own library's object, with truncation and padding off."""
    folder = name if os.path.isdir(name) else rebuilt(name, lambda: None) or name
    opened = AutoTokenizer.from_pretrained(folder).backend_tokenizer
    opened.no_truncation()
    opened.no_padding()
    return opened


def cut(backends: list[Any], lines: list[str]) -> None:
    for one in backends:
        one.encode_batch(lines, add_special_tokens=False)


def cut_and_read(backends: list[Any], lines: list[str]) -> None:
    for one in backends:
        encodings = one.encode_batch(lines, add_special_tokens=False)
        np.fromiter(chain.from_iterable(e.ids for e in encodings), np.int32)
        np.fromiter(chain.from_iterable(chain.from_iterable(e.offsets for e in encodings)), np.int32)


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def report(text: str, names: tuple[str, ...], rounds: int) -> None:
    backends = [backend(name) for name in names]
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    context = Context(0, lambda event: None, threading.Event())
    job = Compare(text, names)
    ways: dict[str, Callable[[], object]] = {
        "a": lambda: cut(backends, lines),
        "b": lambda: cut_and_read(backends, lines),
        "c": lambda: run_job(job, context),
    }
    for work in ways.values():  # opens the job's tokenizers, and starts the library's threads
        work()
    times: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, work in ways.items():
            times[way].append(seconds(work))
    described = {"a": "encode_batch", "b": "encode_batch, ids and offsets read", "c": "the whole job"}
    print(f"\n{'':39}  {'min':>6}  {'median':>6}  seconds, {rounds} rounds by turns")
    for way, values in times.items():
        print(f"({way}) {described[way]:35}  {min(values):6.3f}  {statistics.median(values):6.3f}")
    for other in "ab":
        ratio = statistics.median(times["c"]) / statistics.median(times[other])
        least = min(times["c"]) / min(times[other])
        verdict = "PASS" if ratio <= MOST else "MISS"
        print(f"c/{other} {ratio:.2f} of the medians, {least:.2f} of the least: {verdict} (at most {MOST:g})")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--tokenizer", action="append", help="hub id or folder; give it twice")
    parser.add_argument("--text", type=Path, help="a text file in place of the composed 1 MB")
    parser.add_argument("--rounds", type=int, default=10)
    given = parser.parse_args(arguments)
    names = tuple(given.tokenizer or DEFAULT_TOKENIZERS)
    if len(names) != 2:
        parser.error("give --tokenizer twice, or not at all")
    text = given.text.read_text(encoding="utf-8") if given.text else spanish()
    print(f"{len(text.encode()):,} bytes in {text.count(chr(10)) + 1:,} lines; {' and '.join(names)}")
    print(f"tokenizers {tokenizers.__version__}, Python {platform.python_version()}, {os.cpu_count()} cores")
    report(text, names, given.rounds)


if __name__ == "__main__":
    sys.exit(main())
