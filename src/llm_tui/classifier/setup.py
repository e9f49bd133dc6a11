"""The setup of a sweep: each field that a person can set, written down once for screen and command line. Light."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from llm_tui.classifier import typed
from llm_tui.classifier.job import BASIC_ENGLISH, Sweep, Training
from llm_tui.classifier.typed import FieldError
from llm_tui.fields import Field, Line, OneOf, YesNo
from llm_tui.i18n import Text

_BEFORE = Sweep(Training())

DATA = Line(
    name="data", label=Text("data", "datos"), default=_BEFORE.base.data, choices=("sample", "ag_news"),
    metavar=Text("sample|ag_news|PATH", "sample|ag_news|RUTA"),
    help=Text("The texts: sample (synthetic), ag_news (downloaded once), a CSV, TSV or JSON lines file, or a folder "
              "with train.csv and test.csv.",
              "Los textos: sample (sintéticos), ag_news (se descarga una vez), un archivo CSV, TSV o de líneas JSON, "
              "o una carpeta con train.csv y test.csv."),
)  # fmt: skip
TRAIN_SIZE = Line(
    name="train_size", label=Text("train rows", "entrenamiento"), default=str(_BEFORE.base.train_size), metavar="N",
    help=Text("Rows to train on.", "Filas de entrenamiento."),
)  # fmt: skip
TEST_SIZE = Line(
    name="test_size", label=Text("test rows", "prueba"), default=str(_BEFORE.base.test_size), metavar="N",
    help=Text("Rows to test on.", "Filas de prueba."),
)  # fmt: skip
TOKENIZER = Line(
    name="tokenizer", label=Text("tokenizer", "tokenizador"), default=BASIC_ENGLISH, choices=(BASIC_ENGLISH,),
    metavar=Text("NAME", "NOMBRE"),
    help=Text("What cuts the texts: basic_english of torchtext, or a Hugging Face tokenizer (hub id or folder).",
              "Qué corta los textos: basic_english de torchtext, o uno de Hugging Face (id del hub o carpeta)."),
)  # fmt: skip
VOCABULARY = OneOf(
    name="vocabulary", label=Text("vocabulary", "vocabulario"), default=_BEFORE.base.vocabulary,
    choices=typed.VOCABULARIES,
    help=Text("The words that are known: those of the rows taken, or of the whole train split as in the notebook.",
              "Las palabras que se conocen: las de las filas tomadas, o las de toda la partición de entrenamiento "
              "(split), como en el cuaderno."),
)  # fmt: skip
BATCH_SIZES = Line(
    name="batch_size", label=Text("batch sizes", "lotes"), default=",".join(map(str, _BEFORE.batch_sizes)),
    metavar="B[,B2..]",
    help=Text("Batch sizes, one run each.", "Tamaños de lote, una ejecución cada uno."),
)  # fmt: skip
EMBED_DIM = Line(
    name="embed_dim", label=Text("embedding", "embedding"), default=str(_BEFORE.base.embed_dim), metavar="D",
    help=Text("Embedding size.", "Tamaño del embedding."),
)  # fmt: skip
EPOCHS = Line(
    name="epochs", label=Text("epochs", "épocas"), default=str(_BEFORE.base.epochs), metavar="E",
    help=Text("Passes over the training rows.", "Pasadas por las filas de entrenamiento."),
)  # fmt: skip
RATE = Line(
    name="lr", label=Text("learn. rate", "tasa apr."), default=str(_BEFORE.base.lr), metavar="X",
    help=Text("Learning rate, multiplied by 0.9 after each epoch.",
              "Tasa de aprendizaje; se multiplica por 0.9 tras cada época."),
)  # fmt: skip
SEEDS = Line(
    name="seed", label=Text("seeds", "semillas"), default=",".join(map(str, _BEFORE.seeds)), metavar="S[,S2..]",
    help=Text("Seeds, one run each.", "Semillas, una ejecución cada una."),
)  # fmt: skip
DEVICE = Line(
    name="device", label=Text("device", "dispositivo"), default=_BEFORE.base.device, choices=("auto", "cpu", "cuda:0"),
    metavar="auto|cpu|cuda[:i]", help=Text("The device to train on.", "El dispositivo en que se entrena."),
)  # fmt: skip
ROOM = Line(
    name="wait_for_room", label=Text("wait for GB", "esperar GB"), default="0", metavar="GB",
    help=Text("Begin once so many GB are free on the device; 0 does not wait.",
              "Empieza cuando haya tantos GB libres en el dispositivo; con 0 no espera."),
)  # fmt: skip
SHUFFLE = YesNo(
    name="shuffle", label=Text("shuffle", "barajar"), default="no", choices=("no", "yes"),
    help=Text("Shuffle the files of a folder, always in the same way, before their first rows are taken.",
              "Baraja los archivos de una carpeta, siempre igual, antes de tomar sus primeras filas."),
)  # fmt: skip

FIELDS: tuple[Field[Any], ...] = (
    DATA, TRAIN_SIZE, TEST_SIZE, TOKENIZER, VOCABULARY, BATCH_SIZES, EMBED_DIM, EPOCHS, RATE, SEEDS, DEVICE, ROOM,
    SHUFFLE,
)  # fmt: skip

DEFAULTS = {**{field.name: field.default for field in FIELDS}, "text_column": "", "label_column": ""}
"""What stands in each field before a person changes it; the columns are asked for where they cannot be told."""


def label(field: Field[Any]) -> str:
    """What the screen calls a field."""
    return str(field.label)


def parse_sweep(fields: Mapping[str, str], called: Callable[[Field[Any]], str] = label) -> Sweep:
    """A sweep from what a person typed, by the names of `DEFAULTS`; what is absent keeps its default.

    Raises:
        FieldError: a field does not say what it should; it is named as it is `called` where it was typed.
    """
    try:
        return _sweep({**DEFAULTS, **fields})
    except FieldError as error:
        names = {field.name: called(field) for field in FIELDS}
        raise error.calling(names[error.field]) from None


def _sweep(text: Mapping[str, str]) -> Sweep:
    base = Training(
        data=typed.source(text["data"]),
        train_size=typed.whole("train_size", text["train_size"]),
        test_size=typed.whole("test_size", text["test_size"]),
        tokenizer=typed.tokenizer(text["tokenizer"]),
        vocabulary=typed.vocabulary(text["vocabulary"]),
        embed_dim=typed.whole("embed_dim", text["embed_dim"]),
        epochs=typed.whole("epochs", text["epochs"]),
        lr=typed.positive("lr", typed.number(text["lr"]), text["lr"].strip()),
        device=typed.device(text["device"]),
        text_column=text["text_column"].strip(),
        label_column=text["label_column"].strip(),
        shuffle=typed.yes("shuffle", text["shuffle"]),
        wait_for_room=typed.room(typed.number(text["wait_for_room"] or "0"), text["wait_for_room"].strip()),
    )
    return Sweep(base, typed.numbers("batch_size", text["batch_size"]), typed.numbers("seed", text["seed"]))
