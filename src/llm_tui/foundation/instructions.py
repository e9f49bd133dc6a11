"""What models are told to do, before the text. Light: it is the same for those here and those of a server."""

from __future__ import annotations

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
