"""Is an answer written as fast with the pieces that were almost said as without?

    python tests/benchmarks/alternatives.py [MODEL...]

Asks each model the same text with and without, by turns in one process, greedy and of a fixed length, on the CPU with
one and with two threads. Prints the seconds of a whole answer in the fastest of the rounds, which others on the machine
have disturbed least, and the ratio; and that of the processor's time, all rounds together.
It is a measurement, not a test: nothing here runs in the suite.
"""

from __future__ import annotations

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
    "llm-tui/teaching-t5": (TRANSLATE_ES_EN, LONG, 25),
    "smollm2-135m-instruct": (PROMPT, "Write a long story about the history of bread.", 5),
}
"""What each model is asked as, the text, and how many rounds."""

MOST = 1.05


def seconds(context: Context, model: str, pieces: bool) -> tuple[float, float, int]:
    """Of the clock and of the processor, and how many pieces were written."""
    task, text, _ = ASKED[model]
    job = Generate(task, (text,), ModelChoice(model, "cpu", "float32"), Settings(max_new_tokens=48), pieces=pieces)
    began, worked = time.perf_counter(), time.process_time()
    made = run_job(job, context)
    took, work = time.perf_counter() - began, time.process_time() - worked
    assert bool(made.pieces) == pieces
    return took, work, made.answers[0].output_pieces or 0


def main() -> None:
    prepare(("torch", "transformers"), lambda what: None)
    context = Context(0, lambda event: None, threading.Event())
    for model in sys.argv[1:] or ASKED:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            seconds(context, model, False)
            seconds(context, model, True)
            took: dict[bool, list[float]] = {False: [], True: []}
            worked, count = {False: 0.0, True: 0.0}, 0
            for number in range(ASKED[model][2]):
                for pieces in (False, True) if number % 2 else (True, False):
                    wall, work, count = seconds(context, model, pieces)
                    took[pieces].append(wall)
                    worked[pieces] += work
            off, on = min(took[False]), min(took[True])
            verdict = "PASS" if on / off <= MOST else "MISS"
            print(
                f"{model}, {threads} thread(s), {count} pieces: without {off:.3f} s, with {on:.3f} s, "
                f"ratio {on / off:.3f} (processor {worked[True] / worked[False]:.3f}): {verdict}",
                flush=True,
            )


if __name__ == "__main__":
    main()
