"""What models are told to do, before the text. Light: it is the same for those here and those of a server."""

from __future__ import annotations

from collections.abc import Callable

from llm_tui.foundation.job import PROMPT, SUMMARIZE, TRANSLATE_EN_ES, TRANSLATE_ES_EN

INSTRUCTIONS = {
    TRANSLATE_ES_EN: "Translate this text from Spanish into English. Answer with the translation alone.\n\n",
    TRANSLATE_EN_ES: "Traduce este texto del inglés al español. Responde solo con la traducción.\n\n",
    SUMMARIZE: "Resume este texto en español en una o dos frases.\n\n",
    PROMPT: "",
}
"""What chat models are told."""

PREFIXES = {
    TRANSLATE_ES_EN: "translate Spanish to English: ",
    TRANSLATE_EN_ES: "translate English to Spanish: ",
    SUMMARIZE: "Resume en una o dos frases: ",
    PROMPT: "",
}
"""What models of the T5 family are told."""

T5 = {"t5", "mt5", "umt5", "longt5", "switch_transformers"}

DIRECTIONS = {TRANSLATE_ES_EN: ("es", "en"), TRANSLATE_EN_ES: ("en", "es")}

OTHER_WAY = {TRANSLATE_ES_EN: TRANSLATE_EN_ES, TRANSLATE_EN_ES: TRANSLATE_ES_EN}

LANGUAGES = {"es": ("spa_Latn", "es_XX", "__es__"), "en": ("eng_Latn", "en_XX", "__en__")}
"""The tokens by which NLLB, mBART and M2M-100 know the two languages."""

CALLED = {"es": ("es", "spa"), "en": ("en", "eng")}
"""What translators call the two languages."""

CODES = {language: (f"<2{names[0]}>", *(f">>{name}<<" for name in names)) for language, names in CALLED.items()}
"""The pieces before a text that tell MADLAD-400 and Marian's models of several languages which one to write."""


def code_of(task: str, known: Callable[[str], bool], target: object) -> str:
    """The piece that tells a translator of several languages which one to write; empty where there is none. `known`
    says whether a piece is in its vocabulary, `target` is the language that it writes if that is one alone.
    """
    if task not in DIRECTIONS or target in CALLED[language := DIRECTIONS[task][1]]:
        return ""
    return next(filter(known, CODES[language]), "")
