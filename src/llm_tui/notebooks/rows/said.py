"""What several rows say."""

from __future__ import annotations

from llm_tui.i18n import Text

V5 = "transformers 5.0"
NO_SUCH = Text("the import fails: the name is gone", "la importación falla: el nombre ya no existe")
NO_ARGUMENT = Text("TypeError: there is no such argument", "TypeError: ese argumento ya no existe")
NO_METHOD = Text("AttributeError: there is no such method", "AttributeError: ese método ya no existe")
IGNORED = Text(
    "it is ignored without a word: the result is another one", "se pasa por alto sin avisar: el resultado es otro"
)


def instead(code: str) -> Text:
    return Text(f"{code} in its place", f"en su lugar, {code}")
