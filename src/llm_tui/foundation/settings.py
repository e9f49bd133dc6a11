"""The settings with which pretrained models are asked, each written down once: bounds, names, defaults. Light."""

from __future__ import annotations

from typing import Any

from llm_tui.engine.devices import MOST_ROOM
from llm_tui.fields import Field, Line, Name, Number, OneOf, Values, Whole, YesNo
from llm_tui.foundation.job import PRECISIONS, Asking, Settings
from llm_tui.i18n import Text

_BEFORE = Asking()

MAX_NEW_TOKENS = Whole(
    name="max_new_tokens", label=Text("max new tokens", "máx. piezas"), default=str(_BEFORE.settings.max_new_tokens),
    least=1, most=4096, metavar="N", help=Text("The longest answer, in pieces.", "La respuesta más larga, en piezas."),
)  # fmt: skip
SAMPLE = YesNo(
    name="sample", label=Text("sampling", "muestreo"), default="no", choices=("yes", "no"),
    help=Text("Draw each piece at random; else the likeliest.", "Sortea cada pieza; si no, la más probable."),
)  # fmt: skip
TEMPERATURE = Number(
    name="temperature", label=Text("temperature", "temperatura"), default=str(_BEFORE.settings.temperature),
    least=0.01, most=10, metavar="X",
    help=Text("With --sample: below 1 is more cautious.", "Con --sample: por debajo de 1, más prudente."),
)  # fmt: skip
TOP_P = Number(
    name="top_p", label=Text("top-p", "top-p"), default=str(_BEFORE.settings.top_p), least=0.01, most=1, metavar="X",
    help=Text("With --sample: of the likeliest pieces that together reach it.",
              "Con --sample: de las piezas más probables que juntas lo alcanzan."),
)  # fmt: skip
TOP_K = Whole(
    name="top_k", label=Text("top-k", "top-k"), default=str(_BEFORE.settings.top_k), least=1, most=1_000_000,
    metavar="K",
    help=Text("With --sample: of the K likeliest pieces.", "Con --sample: de las K piezas más probables."),
)  # fmt: skip
SEED = Whole(
    name="seed", label=Text("seed", "semilla"), default=str(_BEFORE.settings.seed), least=0, most=2**31 - 1,
    metavar="S",
    help=Text("With --sample: the same seed repeats it.", "Con --sample: la misma semilla lo repite."),
)  # fmt: skip
BEAMS = Whole(
    name="beams", label=Text("beams", "haces"), default=str(_BEFORE.settings.beams), least=1, most=16, metavar="N",
    help=Text("Beams of beam search.", "Haces de la búsqueda en haz."),
)  # fmt: skip
REPETITION_PENALTY = Number(
    name="repetition_penalty", label=Text("repetition pen.", "penal. repet."),
    default=str(_BEFORE.settings.repetition_penalty), least=0.1, most=10, metavar="X",
    help=Text("Above 1 it repeats itself less; without an encoder, the prompt too.",
              "Por encima de 1 se repite menos; sin codificador, tampoco repite tanto el prompt."),
)  # fmt: skip

GENERATION: tuple[Field[Any], ...] = (
    MAX_NEW_TOKENS, SAMPLE, TEMPERATURE, TOP_P, TOP_K, SEED, BEAMS, REPETITION_PENALTY,
)  # fmt: skip
"""How text is generated; their names are those of `Settings`."""

MODEL = Line(
    name="model", label=Text("model", "modelo"), metavar=Text("NAME", "NOMBRE"),
    help=Text("A hub id, a folder, or http://host:8000/v1#name.",
              "Un id del hub, una carpeta o http://host:8000/v1#nombre."),
)  # fmt: skip
"""Which model; what asks one gives it a default."""

DEVICE = Name(
    name="device", label=Text("device", "dispositivo"), default=_BEFORE.device, choices=("auto", "cpu", "cuda:0"),
    metavar="auto|cpu|cuda[:i]", help=Text("Where it runs.", "Dónde se ejecuta."),
)  # fmt: skip
ROOM = Number(
    name="wait_for_room", label=Text("wait for GB", "esperar GB"), default="0", least=0, most=MOST_ROOM, metavar="GB",
    help=Text("Begin once so many GB are free on the device; 0 does not wait.",
              "Empieza cuando haya tantos GB libres en el dispositivo; con 0 no espera."),
)  # fmt: skip
PRECISION = OneOf(
    name="precision", label=Text("precision", "precisión"), default=_BEFORE.precision, choices=PRECISIONS,
    help=Text("auto: bfloat16 on a GPU that has it, else float32.",
              "auto: bfloat16 en una GPU que lo tenga; si no, float32."),
)  # fmt: skip
BATCH_SIZE = Whole(
    name="batch_size", label=Text("batch size", "tamaño de lote"), default=str(_BEFORE.batch_size), least=1, most=4096,
    metavar="B", help=Text("Texts at a time.", "Textos a la vez."),
)  # fmt: skip

WHERE: tuple[Field[Any], ...] = (DEVICE, ROOM, PRECISION, BATCH_SIZE)
"""Where models run, and on how many texts at a time."""


def asking(values: Values, generates: bool = True) -> Asking:
    """How models are asked, from the values of `WHERE` and, where text is generated, of `GENERATION`."""
    settings = Settings(**{field.name: values[field] for field in GENERATION}) if generates else Settings()
    return Asking(values[DEVICE], values[PRECISION], values[BATCH_SIZE], settings, values[ROOM])
