"""The main screens, a row each, in the order of their keys."""

from __future__ import annotations

from dataclasses import dataclass

from llm_tui.exercises.registry import EXERCISES, PLAY, count, named, on
from llm_tui.i18n import Text


@dataclass(frozen=True, slots=True)
class Mode:
    """One of the six main screens."""

    name: str
    key: str
    letter: str
    tab: Text
    purpose: Text


def _with_exercises(tab: str, purpose: Text) -> Text:
    """The purpose with the exercises that are done there."""
    return Text("{what} ({which})", "{what} ({which})").format(what=purpose, which=named(on(tab)))


MODES = (
    Mode(
        "home",
        "f2",
        "h",
        Text("Home", "Inicio"),
        Text("the environment and the {n} exercises", "el entorno y los {n} ejercicios").format(n=count()),
    ),
    Mode(
        "train",
        "f3",
        "t",
        Text("Train", "Entrenar"),
        _with_exercises("train", Text("train the news classifier", "entrenar el clasificador de noticias")),
    ),
    Mode(
        "play",
        "f4",
        "p",
        Text("Play", "Probar"),
        _with_exercises("play", Text("prompts to pretrained models", "modelos preentrenados")),
    ),
    Mode(
        "tokens",
        "f5",
        "k",
        Text("Tokens", "Tokens"),
        _with_exercises("tokens", Text("compare tokenizers", "comparar tokenizadores")),
    ),
    Mode(
        "ethics",
        "f6",
        "i",
        Text("Ethics", "Ética"),
        _with_exercises("ethics", Text("the ethics checklist", "la lista de comprobación ética")),
    ),
    Mode(
        "report",
        "f7",
        "d",
        Text("Report", "Informe"),
        Text("the document to hand in", "el documento que se entrega"),
    ),
)

BELONGS = {"flows": "play", "bias": "ethics", **{row.mode: "play" for row in EXERCISES if row.tab == PLAY}}
"""Screens that belong to a main one, and to which."""
