"""The two languages of everything that a person reads: English and Spanish.

Both versions of a sentence stand side by side where it is used, so that neither can be forgotten:
`tr("No run yet.", "Aún no hay ejecuciones.")`. What is made before the language is known, or shown in
another language than the screen's (an export), is a `Text`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

LANGUAGES = ("es", "en")

_language = "en"
_asked = False


def use(language: str, *, asked: bool = False) -> None:
    """Show everything in `language` from now on; `asked` when a person named it, not the locale."""
    global _language, _asked
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {LANGUAGES}, not {language!r}")
    _language, _asked = language, asked


def language() -> str:
    """The language of the screen."""
    return _language


def asked() -> bool:
    """Whether a person named the language."""
    return _asked


def export_language() -> str:
    """The language of tables: the course's, Spanish, unless a person asked for English."""
    return _language if _asked else "es"


def choose(arguments: Sequence[str], environ: Mapping[str, str], configured: str = "") -> None:
    """Set the language from `--lang` among the arguments, else from `--set language=`, else the one that is
    `configured`, else from the locale, else English.

    Runs before the command line is parsed, because its help texts are made as it is built.
    """
    settings = (setting.partition("=") for setting in _values(arguments, "--set"))
    set_so = (value for name, _, value in settings if name == "language")
    for language in (*_values(arguments, "--lang"), *set_so, configured):
        if language in LANGUAGES:
            return use(language, asked=True)
    locale = next((v for k in ("LC_ALL", "LC_MESSAGES", "LANG") if (v := environ.get(k))), "")
    use("es" if re.match(r"es(_|\.|@|$)|spanish", locale, re.IGNORECASE) else "en")


def _values(arguments: Sequence[str], option: str) -> list[str]:
    """What the arguments give an option, the last first: that one counts."""
    found = []
    for argument, following in zip(arguments, [*arguments[1:], ""], strict=False):
        name, equals, value = argument.partition("=")
        if name == option:
            found.append(value if equals else following)
    return found[::-1]


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages; `str()` gives it in the language of the screen."""

    en: str
    es: str

    def __str__(self) -> str:
        return self.within(_language)

    def within(self, language: str) -> str:
        return self.es if language == "es" else self.en

    def format(self, **values: object) -> Text:
        """With `values` in the places that have their names; a value that is a `Text` is put in each language's own."""
        filled = ({name: _within(value, language) for name, value in values.items()} for language in ("en", "es"))
        return Text(*(said.format(**each) for said, each in zip((self.en, self.es), filled, strict=True)))

    def join(self, parts: Iterable[Text]) -> Text:
        """The parts with this text between them."""
        parts = list(parts)
        return Text(self.en.join(part.en for part in parts), self.es.join(part.es for part in parts))


def _within(value: object, language: str) -> object:
    return value.within(language) if isinstance(value, Text) else value


def number(value: float, digits: int = 0) -> Text:
    """A number in a sentence. The one rule for numbers, on screen and in every export: a point before the decimals in
    both languages, as in the course's notebook and in what is typed and pasted (the RAE admits it); thousands are
    parted in sentences alone, in English by commas (1,234.5), in Spanish from five digits on by a space that does not
    break (1234.5, 12 345.6). Cells of tables, settings and identifiers are plain digits.
    """
    english = f"{value:,.{digits}f}"
    whole, point, decimals = english.partition(".")
    if len(whole.lstrip("-").replace(",", "")) < 5:
        whole = whole.replace(",", "")
    return Text(english, whole.replace(",", "\u00a0") + point + decimals)


def percent(share: float) -> Text:
    """A share of 0 to 1 in hundredths: 45% in English, 45 % in Spanish. Nothing and all are said of nothing and all
    alone: <1%, >99%.
    """
    rounded = f"{100 * share:.0f}"
    hundredths = "<1" if rounded == "0" and share > 0 else ">99" if rounded == "100" and share < 1 else rounded
    return Text(f"{hundredths}%", f"{hundredths}\u00a0%")


def duration(seconds: float) -> str:
    """Hours, minutes and seconds as 0:01:05."""
    whole = round(max(0.0, seconds))
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def tr(en: str, es: str) -> str:
    """The sentence in the language of the screen, now."""
    return es if _language == "es" else en
