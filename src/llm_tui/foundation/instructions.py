"""What chat models are told to do, before the text. Light: it is the same for those here and those of a server."""

from __future__ import annotations

from llm_tui.foundation.job import PROMPT, SUMMARIZE, TRANSLATE_EN_ES, TRANSLATE_ES_EN

INSTRUCTIONS = {
    TRANSLATE_ES_EN: "Translate this text from Spanish into English. Answer with the translation alone.\n\n",
    TRANSLATE_EN_ES: "Traduce este texto del inglés al español. Responde solo con la traducción.\n\n",
    SUMMARIZE: "Resume este texto en español en una o dos frases.\n\n",
    PROMPT: "",
}
