"""The plain programs of the foundation flow say what llm-tui says: the same words, the same scores to 1e-5."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest
from printed import printed, same

from llm_tui.engine.job import run_job
from llm_tui.foundation.job import (
    LEAD,
    PROMPT,
    SUMMARIZE,
    TRANSLATE_EN_ES,
    TRANSLATE_ES_EN,
    Entities,
    Generate,
    ModelChoice,
    RoundTrip,
    Score,
    Sentiment,
    Settings,
    ZeroShot,
)
from llm_tui.foundation.probes import Probing
from llm_tui.snippets.snippet import snippet

SHORT = Settings(max_new_tokens=12)
LONG = " ".join(["Ana Torres trabaja en una empresa de transporte de Madrid."] * 30)


@pytest.fixture
def agrees(run, context):
    """Runs a job and its program, and fails where they do not say the same. Returns what the program says."""

    def agree(job: Any, language: str = "es") -> str:
        wanted = printed(job, run_job(job, context))
        program = snippet(job, language)
        said = run(program)
        assert same(said, wanted), f"{program.text}\n{said}\n{wanted}"
        return said

    return agree


@pytest.fixture
def here(folders):
    """A tiny model by the name of its folder."""
    return lambda name, **more: ModelChoice(str(folders[name]), "cpu", **more)


WRITING = {
    "t5": ("t5", Generate(TRANSLATE_ES_EN, ("El tren llegó a la estación.",), settings=SHORT)),
    "t5 sampled": ("t5", Generate(SUMMARIZE, ("The train.",), settings=Settings(12, True, 1.3, 0.9, 20, 7))),
    "t5 beams": ("t5", Generate(PROMPT, ("The train.",), settings=Settings(12, beams=3, repetition_penalty=1.2))),
    "t5 cut": ("t5", Generate(SUMMARIZE, (LONG,), settings=SHORT)),
    "t5 several": ("t5", Generate(SUMMARIZE, ("The train.", "A film.", LONG), settings=SHORT)),
    "bart": ("bart", Generate(SUMMARIZE, ("The boy dreamed.",), settings=SHORT)),
    "bart long": ("bart", Generate(SUMMARIZE, ("The boy dreamed.",), settings=Settings(400))),
    "marian": ("marian", Generate(TRANSLATE_ES_EN, ("El tren llegó.",), settings=SHORT)),
    "m2m100": ("m2m100", Generate(TRANSLATE_EN_ES, ("The train.",), settings=SHORT)),
    "gpt2": ("gpt2", Generate(PROMPT, ("The train",), settings=SHORT)),
    "chat": ("llama", Generate(SUMMARIZE, ("The train.",), settings=SHORT)),
    "chat sampled": ("llama", Generate(PROMPT, ("¿Qué es?",), settings=Settings(12, True, 0.7, 0.95, 0, 3))),
    "chat cut": ("llama", Generate(PROMPT, (LONG,), settings=SHORT)),
}


@pytest.mark.parametrize("name", WRITING)
def test_an_answer_is_the_same(agrees, here, name):
    model, job = WRITING[name]
    agrees(replace(cast(Any, job), model=here(model)))


TEXTS = ("Ana Torres trabaja en Madrid.", "The boy dreamed of snow, and Anna Brown of London.")
LABELLING = {
    "zero-shot": ("bert-nli", ZeroShot(TEXTS, ("deporte", "política", "ciencia"))),
    "zero-shot, each label": ("bart-nli", ZeroShot(TEXTS[:1], ("sports", "snow"), multi_label=True)),
    "zero-shot, one label": ("bart-nli", ZeroShot(TEXTS, ("sports",), "Este texto es {}.")),
    "zero-shot, braces": ("bart-nli", ZeroShot(TEXTS, ("sports", "snow"), "{x} is {} {0} and {}")),
    "zero-shot, cut": ("roberta-nli", ZeroShot((LONG, "</s> <s> text"), ("sports", "snow"))),
    "zero-shot, special": ("bart-nli", ZeroShot(("</s> <s> text",), ("sports", "</s>"))),
    "entities": ("tokens", Entities((*TEXTS, "[SEP] Ana [CLS]"))),
    "entities, windows": ("windows", Entities((LONG, "Ana", "[SEP] Ana"))),
    "sentiment": ("distilbert", Sentiment((*TEXTS, "[SEP] Ana"))),
    "sentiment, cut": ("distilbert", Sentiment((LONG,))),
}


@pytest.mark.parametrize("name", LABELLING)
def test_labels_and_their_scores_are_the_same(agrees, here, name):
    model, job = LABELLING[name]
    agrees(replace(cast(Any, job), model=here(model)))


@pytest.mark.parametrize(
    "job",
    [
        Generate(SUMMARIZE, ("Una frase. ¿Otra? ¡La tercera!\nLa cuarta.",), ModelChoice(LEAD)),
        Generate(SUMMARIZE, ("El Dr. Paz y la Sra. Ruiz. Dos. J. Paz. «Tres.» Cuatro.", "Uno"), ModelChoice(LEAD)),
        Score(("The boy dreamed of snow", "años", ""), "El niño soñaba años con snow, of snow the boy."),
    ],
)
def test_what_asks_no_model_is_the_same(agrees, job):
    agrees(job)


def test_there_and_back_is_the_same(agrees, here):
    agrees(RoundTrip(TRANSLATE_ES_EN, "El tren llegó.", here("t5"), here("t5"), SHORT))
    agrees(RoundTrip(TRANSLATE_EN_ES, "The train.", here("marian"), here("llama"), SHORT))
    agrees(RoundTrip(TRANSLATE_EN_ES, "The train.", here("m2m100"), here("m2m100"), SHORT))


def test_probes_have_the_same_answers_and_the_same_judgement(agrees, here):
    agrees(Probing(here("llama"), SHORT))
    agrees(Probing(here("t5"), SHORT))
