"""Is an answer written as fast with the pieces that were almost said as without?

    python tests/benchmarks/alternatives.py [MODEL...]

Asks each model the same text with and without, by turns in one process, greedy and of a fixed length, on the CPU with
one and with two threads. Prints the seconds of a whole answer, the median of the rounds, and their ratio: the median of
the ratios of the rounds, for a machine is not as fast all the time. The length is that of an answer of the playground.
It is a measurement, not a test: nothing here runs in the suite.
"""

from __future__ import annotations

import statistics
import sys
import threading
import time

import torch

from llm_tui.engine.job import Context, run_job
from llm_tui.engine.prepare import prepare
from llm_tui.foundation.job import PROMPT, TRANSLATE_ES_EN, Generate, ModelChoice, Settings

LONG = (
    "El tren de las ocho llegó a la estación con doce minutos de retraso. La profesora explicó la lección y después "
    "hizo una pregunta difícil. Ana trabaja en una empresa de transporte de Madrid y vive con su hermana. El niño "
    "pequeño soñaba con una montaña cubierta de nieve. Mañana veremos las películas que nos recomendó el médico."
)
ASKED = {
    "llm-tui/teaching-t5": (TRANSLATE_ES_EN, LONG),
    "smollm2-135m-instruct": (PROMPT, "Write a long story about the history of bread."),
}
ROUNDS = 9
MOST = 1.05


def seconds(context: Context, model: str, pieces: bool) -> tuple[float, int]:
    task, text = ASKED[model]
    job = Generate(task, (text,), ModelChoice(model, "cpu", "float32"), Settings(max_new_tokens=128), pieces=pieces)
    began = time.perf_counter()
    made = run_job(job, context)
    took = time.perf_counter() - began
    assert bool(made.pieces) == pieces
    return took, made.answers[0].output_pieces or 0


def main() -> None:
    prepare(("torch", "transformers"), lambda what: None)
    context = Context(0, lambda event: None, threading.Event())
    for model in sys.argv[1:] or ASKED:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            seconds(context, model, False)
            seconds(context, model, True)
            rounds, count = [], 0
            for number in range(ROUNDS):
                took = {}
                for pieces in (False, True) if number % 2 else (True, False):
                    took[pieces], count = seconds(context, model, pieces)
                rounds.append((took[False], took[True]))
            off, on = (statistics.median(each[i] for each in rounds) for i in (0, 1))
            ratio = statistics.median(b / a for a, b in rounds)
            verdict = "PASS" if ratio <= MOST else "MISS"
            print(f"{model}, {threads} thread(s), {count} pieces: without {off:.3f} s, with {on:.3f} s, "
                  f"ratio {ratio:.3f}: {verdict}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
