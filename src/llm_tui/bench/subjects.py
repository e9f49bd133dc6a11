"""What there is to measure: a row each."""

from __future__ import annotations

from llm_tui.i18n import Text

SUBJECTS: dict[str, Text] = {
    "checklist": Text("a key in a long checklist", "una tecla en una lista larga"),
    "curves": Text("a redraw of the training screen's curves", "un redibujo de las curvas del entrenamiento"),
    "sheet": Text("a sheet of 10,000 texts", "una hoja de 10 000 textos"),
    "lab": Text("a lab of 2,000 runs", "un laboratorio con 2000 ejecuciones"),
    "growth": Text("how cost grows with ten times as much", "cómo crece el coste con diez veces más"),
    "screens": Text(
        "the first visit of each screen, and from one to another", "la primera visita de cada pantalla, y de una a otra"
    ),
    "keys": Text("from a key to the screen, whatever is done meanwhile", "de la tecla a la pantalla, pase lo que pase"),
    "sent": Text("bytes over the line, and how soon it ends", "bytes por la línea, y lo pronto que termina"),
    "start": Text("from the start to the first paint", "del arranque a la primera imagen"),
    "memory": Text("memory with the home screen up", "memoria con la pantalla de inicio"),
    "cutting": Text("two tokenizers over 1 MB", "dos tokenizadores sobre 1 MB"),
    "first_answer": Text("first answer of each teaching model", "primera respuesta de cada modelo didáctico"),
    "generation": Text("greedy answers, on the CPU", "respuestas voraces, en la CPU"),
    "training": Text(
        "exercise 1 beside fastText and the notebook's loop", "el ejercicio 1 junto a fastText y al bucle del cuaderno"
    ),
    "zero_shot": Text("zero-shot classification of 64 texts", "clasificación zero-shot de 64 textos"),
}
"""A module of this room, with `measure(asked: Asked) -> Iterator[Figure]`, and what it measures, in one line."""
