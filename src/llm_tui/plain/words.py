"""The words that a person types, in both languages; either is understood, with and without accents."""

from __future__ import annotations

from llm_tui.i18n import Text
from llm_tui.visible import folded

HELP = Text("help", "ayuda")
BACK = Text("back", "atrás")
QUIT = Text("quit", "salir")
LIST = Text("list", "lista")
COMMAND = Text("command", "orden")

YES_WORDS = (Text("yes", "sí"), Text("y", "s"))
NO_WORDS = ("no", "n")

RUN = Text("run", "ejecutar")
GO_ON = Text("continue", "continuar")
TABLE = Text("table", "tabla")
MARKDOWN = Text("markdown", "markdown")
EDIT = Text("edit", "editar")
ANSWER = Text("answer", "respuesta")
SETTINGS = Text("settings", "ajustes")
EXPORT = Text("export", "exportar")
GUIDE = Text("guide", "guía")
DEFINITIONS = Text("definitions", "definiciones")
UNDO = Text("undo", "deshacer")
REDO = Text("redo", "rehacer")
TEACHING = Text("teaching", "didáctico")
COURSE = Text("course", "curso")
MODELS = Text("models", "modelos")
ADD = Text("add", "añadir")
DROP = Text("drop", "quitar")
OPEN = Text("open", "abrir")
TEXT = Text("text", "texto")
TEXTS = Text("texts", "textos")
CONFIRM = Text("confirm", "confirmar")
TAKE = Text("take", "tomar")
DRAFT = Text("draft", "borrador")
QUESTIONS = Text("questions", "preguntas")
MARK = Text("mark", "marcar")
FAULTLESS = Text("faultless", "correcta")
RUNS = Text("runs", "ejecuciones")
PARAGRAPH = Text("paragraph", "párrafo")

OF_KEYS: dict[str, Text] = {
    "run": RUN, "go-on": GO_ON, "take": TAKE, "table": EDIT, "answer": ANSWER, "setup": SETTINGS, "next": SETTINGS,
    "lower": SETTINGS, "text": TEXT, "add": ADD, "edit": TEXTS, "mark": CONFIRM, "draft": DRAFT, "list": QUESTIONS,
    "faultless": FAULTLESS, "earlier": RUNS, "enter": PARAGRAPH,
}  # fmt: skip
"""The word that does what a key of the screens does, by the key's id."""


def bare(said: str) -> str:
    """As words are compared: without case, accents and the spaces around."""
    return folded(said.strip())


def place(said: str, of: int) -> int | None:
    """The place in a list of `of` that a line names by its number; None where it names none."""
    if not said.isdecimal() or len(said) > 9:  # Python reads no number of thousands of digits
        return None
    return int(said) - 1 if 0 < int(said) <= of else None


def _either(word: Text | str) -> tuple[str, ...]:
    return (bare(word),) if isinstance(word, str) else (bare(word.en), bare(word.es))


def is_word(said: str, *words: Text | str) -> bool:
    """Whether a line is one of the words, and nothing else. With a space before it, it is a text."""
    return not said[:1].isspace() and any(bare(said) in _either(word) for word in words)
