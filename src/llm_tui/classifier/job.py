"""What can be asked of the classic flow, and what comes back. Light: no torch before a job runs."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import fmean
from typing import ClassVar

from llm_tui.classifier import typed
from llm_tui.classifier.typed import FieldError
from llm_tui.engine.energy import Energy
from llm_tui.errors import UserError
from llm_tui.i18n import Text, tr
from llm_tui.marks import Later, Name

BASIC_ENGLISH = "basic_english"
GAMMA = 0.9

SPLITS = ("train", "test")
FORMS = (".csv", ".tsv", ".jsonl", ".json")
"""How the file of a split may end in a person's folder; the first that is there is taken."""


class Diverged(UserError):
    """The loss of a training is no longer a finite number."""


@dataclass(frozen=True, slots=True)
class Training:
    """One run: train the news classifier once and evaluate it. The defaults are exercise 1's.

    `data` is `sample`, `ag_news`, or the path of a table or of a folder with train.csv and test.csv; `tokenizer` is
    `basic_english` or a Hugging Face tokenizer (hub id or folder). `lr` is multiplied by `gamma` after each epoch.
    `keep_model` says whether the result carries the weights. `text_column` and `label_column` name columns of a
    person's own data, or number them from 1, where it cannot be told what they are. `shuffle` shuffles the files of a
    folder, always in the same way, before their first rows are taken. The training begins once `wait_for_room` GB are
    free on the device. `vocabulary` is one of `typed.VOCABULARIES`; it has no meaning for a Hugging Face tokenizer,
    which brings its own, nor for the sample, whose split has no end.
    """

    kind: ClassVar[str] = "training"
    name: ClassVar[Text] = Text("training", "entrenamiento")
    runner: ClassVar[str] = "llm_tui.classifier.training:train"

    data: Name = "sample"
    train_size: int = 10_000
    test_size: int = 1_000
    tokenizer: Name = BASIC_ENGLISH
    batch_size: int = 64
    embed_dim: int = 128
    epochs: int = 1
    lr: float = 4.0
    gamma: float = GAMMA
    seed: int = 0
    device: Name = "auto"
    keep_model: Later[bool] = True
    text_column: Name = ""
    label_column: Name = ""
    shuffle: Later[bool] = False
    wait_for_room: Later[float] = field(default=0.0, compare=False)  # what is measured is the same
    vocabulary: Later[Name] = "rows"

    def __post_init__(self) -> None:
        """What is read from a lab is held to what a person may type.

        Raises:
            FieldError: a field has a value that nobody could have typed.
        """
        for name in ("data", "tokenizer"):
            typed.required(name, getattr(self, name))
        for name in ("train_size", "test_size", "batch_size", "embed_dim", "epochs", "seed"):
            typed.within(name, getattr(self, name))
        for name in ("lr", "gamma"):
            typed.positive(name, getattr(self, name))
        typed.device(self.device)
        typed.room(self.wait_for_room)
        typed.vocabulary(self.vocabulary)

    @property
    def whole_split(self) -> bool:
        """Whether the words of rows that are not taken are known too."""
        return self.vocabulary == "split" and self.tokenizer == BASIC_ENGLISH and self.data != "sample"

    @property
    def imports(self) -> tuple[str, ...]:
        return ("torch",) if self.tokenizer == BASIC_ENGLISH else ("torch", "transformers")

    def path(self) -> Path:
        """`data` as a path, for a person's own data."""
        return typed.as_path(self.data)

    def stamp(self) -> tuple[tuple[str, int, int], ...]:
        """Name, size and time of change of each data file: another stamp means other data. The sample and AG_NEWS
        have none, for they never change.
        """
        if self.data in ("sample", "ag_news"):
            return ()
        path = self.path()
        files = [path, *(path / f"{split}{form}" for split in SPLITS for form in FORMS), path / "classes.txt"]
        stats = [(file.name, file.stat()) for file in files if os.path.isfile(file)]
        return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)

    def has_splits(self, stamp: Iterable[tuple[str, int, int]]) -> bool:
        """Whether training and test rows are apart, and not parts of one file. Where the data are not here, the `stamp`
        that they had says it: it has the files of a folder.
        """
        if self.data in ("sample", "ag_news"):
            return True
        path = self.path()
        return os.path.isdir(path) if os.path.exists(path) else any(name != path.name for name, *_ in stamp)

    def title(self) -> str:
        return tr(
            f"training, batch {self.batch_size}, seed {self.seed}",
            f"entrenando, lote {self.batch_size}, semilla {self.seed}",
        )


@dataclass(frozen=True, slots=True)
class Sweep:
    """The runs of one experiment: each batch size with each seed, all else equal."""

    kind: ClassVar[str] = "sweep"
    name: ClassVar[Text] = Text("sweep of batch sizes", "barrido de tamaños de lote")

    base: Training
    batch_sizes: tuple[int, ...] = (32, 64, 128)
    seeds: tuple[int, ...] = (0,)

    def __post_init__(self) -> None:
        """
        Raises:
            FieldError: as of `Training`.
        """
        for name, numbers in (("batch_size", self.batch_sizes), ("seed", self.seeds)):
            for number in numbers:
                typed.within(name, number)
            if not numbers or len(set(numbers)) < len(numbers):
                raise FieldError(
                    name,
                    Text("{field}: write one number or several, each once.",
                         "{field}: escriba un número o varios, cada uno una vez."),
                )  # fmt: skip
        if len(self.batch_sizes) * len(self.seeds) > MOST_RUNS:
            raise FieldError(
                "seed",
                Text(f"That would be more than {MOST_RUNS} runs: write fewer batch sizes or seeds.",
                     f"Serían más de {MOST_RUNS} ejecuciones: escriba menos tamaños de lote o semillas."),
            )  # fmt: skip

    def runs(self) -> list[Training]:
        """One training per batch size and seed. Only the first seed of a batch size keeps its weights: they take
        some 10 MB a run, and one model per batch size is enough to try sentences on.
        """
        return [
            replace(self.base, batch_size=size, seed=seed, keep_model=seed == self.seeds[0])
            for size in self.batch_sizes
            for seed in self.seeds
        ]


MOST_RUNS = 1000
"""Of one sweep."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A test text that the model put confidently into the wrong class; `confidence` is its softmax probability."""

    text: str
    label: int
    predicted: int
    confidence: float


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Precision, recall and F1 of one class. `support` is its number of test rows, `predicted` how many got it."""

    name: str
    precision: float
    recall: float
    f1: float
    support: int
    predicted: int

    @property
    def counts(self) -> bool:
        """Whether the test rows say anything of the class: it is the true one of some, or some were put into it."""
        return self.support + self.predicted > 0

    @property
    def scores(self) -> tuple[float | None, ...]:
        """Precision, recall and F1; None where the class does not count."""
        return (self.precision, self.recall, self.f1) if self.counts else (None, None, None)


@dataclass(frozen=True, slots=True)
class Model:
    """All that is needed to use a trained classifier again.

    `weights` are safetensors bytes. `vocabulary` is the JSON text of the word list, or of a Hugging Face tokenizer.
    """

    weights: bytes
    vocabulary: str


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """What a run measured.

    `notes` are what a reader of the figures should know of the rows.

    `seconds` and `energy` are those of the training loop alone, `prepare_seconds` the time of reading and tokenizing (0
    where the run before had prepared the same data). `confusion[i][j]` counts the test rows of class i that were put
    into class j. `accuracy` is on the test rows. `unknown` is the share of the words of the test rows, or of their
    pieces, that the vocabulary does not have; earlier versions did not count them.
    """

    accuracy: float
    test_loss: float
    seconds: float
    prepare_seconds: float
    steps: int
    data_name: str
    synthetic: bool
    train_rows: int
    test_rows: int
    vocabulary_size: int
    classes: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    mistakes: tuple[Mistake, ...]
    device: str
    torch: str
    model: Model | None = None
    notes: tuple[Text, ...] = ()
    energy: Energy | None = None
    unknown: float | None = None

    def said(self) -> str:
        """How the run ended, in a few words; the energy where it was measured."""
        used = f", {self.energy.said()}" if self.energy and self.energy.measured else ""
        return tr(
            f"test accuracy {self.accuracy:.3f} in {self.seconds:.2f} s{used}",
            f"exactitud en prueba {self.accuracy:.3f} en {self.seconds:.2f} s{used}",
        )

    def per_class(self) -> list[ClassScore]:
        """Precision, recall and F1 of each class, from the confusion matrix; 0 where a quotient has no meaning
        (scikit-learn's `zero_division=0`).
        """
        scores = []
        for i, name in enumerate(self.classes):
            hits = self.confusion[i][i]
            support = sum(self.confusion[i])
            predicted = sum(row[i] for row in self.confusion)
            precision = hits / predicted if predicted else 0.0
            recall = hits / support if support else 0.0
            both = precision + recall
            f1 = 2 * precision * recall / both if both else 0.0
            scores.append(ClassScore(name, precision, recall, f1, support, predicted))
        return scores

    def macro_f1(self) -> float:
        """The mean of F1 over the classes that count (scikit-learn's `average="macro"`, which takes the labels that are
        there or were predicted); 0 without test rows.
        """
        counted = [score.f1 for score in self.per_class() if score.counts]
        return fmean(counted) if counted else 0.0


@dataclass(frozen=True, slots=True)
class Prediction:
    """`unknown` of the `words` are not in the vocabulary; `probabilities` follow the order of the classes."""

    probabilities: tuple[float, ...]
    words: int
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Predict:
    """Ask a trained classifier for the class probabilities of one text. `folder` holds the run's model files."""

    kind: ClassVar[str] = "prediction"
    name: ClassVar[Text] = Text("prediction", "predicción")
    runner: ClassVar[str] = "llm_tui.classifier.prediction:predict"
    imports: ClassVar[tuple[str, ...]] = ("torch",)

    folder: Name
    text: str

    def title(self) -> str:
        return tr("classifying a sentence", "clasificando una oración")


@dataclass(frozen=True, slots=True)
class Retested:
    """Test rows of a run, and the class into which its model puts each: `labels` and `predicted` are numbers of
    `classes`. `seconds` is the time of cutting and classifying them all, `energy` what the processor took for it.
    `memory` are the bytes of the weights where they work, `disk` those of the model's files.
    """

    texts: tuple[str, ...]
    labels: tuple[int, ...]
    predicted: tuple[int, ...]
    classes: tuple[str, ...]
    data_name: str
    synthetic: bool
    train_rows: int
    parameters: int
    seconds: float
    energy: Energy | None = None
    memory: int | None = None
    disk: int | None = None


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training loop took."""

    seconds: float
    energy: Energy | None = None


@dataclass(frozen=True, slots=True)
class Retest:
    """Classify the first `rows` test rows of a finished training with its model. `folder` holds the model files.
    `trained` is for whoever takes the result, of another lab perhaps.
    """

    kind: ClassVar[str] = "retest"
    name: ClassVar[Text] = Text("test of a saved model", "prueba de un modelo guardado")
    runner: ClassVar[str] = "llm_tui.classifier.prediction:retest"
    imports: ClassVar[tuple[str, ...]] = ("torch",)

    folder: Name
    training: Training
    rows: int
    trained: Trained | None = field(default=None, compare=False)

    def title(self) -> str:
        return tr("classifying the test rows", "clasificando las filas de prueba")
