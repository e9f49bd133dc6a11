"""A finished training with a small model, kept in a lab as the program keeps one."""

from __future__ import annotations

from dataclasses import replace

from llm_tui.classifier.job import Mistake, Model, Training, TrainingResult
from llm_tui.classifier.model import build
from llm_tui.classifier.prediction import dump_model
from llm_tui.classifier.tokens import WordEncoder
from llm_tui.engine.events import Finished, Metric, Started
from llm_tui.lab.lab import Lab

WORDS = ["<unk>", "goal", "market", "[b]", "the", "rain", "a", "for"]
CLASSES = ("World", "[b]Sports", "Business")
LED_ASTRAY = "a goal for the [b] market"
RESULT = TrainingResult(
    accuracy=0.75,
    test_loss=0.5,
    seconds=0.25,
    prepare_seconds=0.1,
    steps=10,
    data_name="sample",
    synthetic=True,
    train_rows=100,
    test_rows=60,
    vocabulary_size=len(WORDS),
    classes=CLASSES,
    confusion=((15, 2, 3), (0, 15, 5), (0, 1, 19)),
    mistakes=(
        Mistake("rain for the goal", 0, 1, 0.99),
        Mistake(LED_ASTRAY, 1, 2, 0.98),
        Mistake("a rain a market", 0, 2, 0.7),
    ),
    device="CPU",
    torch="2.13.0",
)
VALUES = {"loss": 1.0, "accuracy": 0.4, "steps": 10, "examples_per_second": 1e4, "seconds_left": 0.0}


def trained() -> Model:
    model = build(len(WORDS), 8, len(CLASSES), 3)
    return Model(dump_model(model, [0, 9, 8, 7, 90, 6, 50, 4]), WordEncoder(WORDS).dump())


def keep_run(lab: Lab) -> None:
    record = lab.runs.recorder(Training(embed_dim=8))
    for event in (Started(1), Metric(1, 10, VALUES), Finished(1, replace(RESULT, model=trained()))):
        record(event)
