"""What the tests of plain programs ask tiny models for: each by the name of a model and a job that names none."""

from __future__ import annotations

from llm_tui.foundation.job import PROMPT, SUMMARIZE, TRANSLATE_EN_ES, TRANSLATE_ES_EN, Generate, Settings
from llm_tui.foundation.labels_job import Entities, Sentiment, ZeroShot

SHORT = Settings(max_new_tokens=12)
LONG = " ".join(["Ana Torres trabaja en una empresa de transporte de Madrid."] * 30)

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
    "t5 few-shot": ("t5", Generate(PROMPT, ("A film.",), settings=SHORT, examples=(("It's {x}", "«a»"), ("b", "c")))),
    "gpt2 few-shot cut": ("gpt2", Generate(SUMMARIZE, (LONG,), settings=SHORT, examples=(("a", "b"),))),
    "chat few-shot": ("llama", Generate(PROMPT, ("A film.", "Snow"), settings=SHORT, examples=(("a", "b"),))),
    "chat few-shot cut": ("llama", Generate(SUMMARIZE, (LONG,), settings=SHORT, examples=(("a", "b"),))),
    "chat cut": ("llama", Generate(PROMPT, (LONG,), settings=SHORT)),
}

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
