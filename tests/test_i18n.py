"""The two languages: which one is shown, and that nothing was written in one of them only."""

from __future__ import annotations

import ast
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import llm_tui
from llm_tui import i18n
from llm_tui.exercises.checklist import COURSE_ITEMS, EXTENDED_ITEMS
from llm_tui.i18n import Text, tr


@pytest.mark.parametrize(
    ("arguments", "environ", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "es_ES.UTF-8"}, "es"),
        ([], {"LANG": "es"}, "es"),
        ([], {"LANG": "en_GB.UTF-8"}, "en"),
        ([], {"LANG": "C"}, "en"),
        ([], {"LANG": "fr_FR.UTF-8"}, "en"),
        ([], {"LC_ALL": "C", "LANG": "es_ES"}, "en"),
        ([], {"LC_ALL": "", "LC_MESSAGES": "es_MX", "LANG": "en_US"}, "es"),
        (["--lang", "es"], {"LANG": "en_US"}, "es"),
        (["--lang=en", "train"], {"LANG": "es_ES"}, "en"),
        (["train", "--lang", "en"], {"LANG": "es_ES"}, "en"),
        (["--lang", "fr"], {"LANG": "es_ES"}, "es"),  # refused later, in the language of the locale
        (["--lang"], {"LANG": "es_ES"}, "es"),
        (["--language", "en"], {"LANG": "es_ES"}, "es"),
        (["--set", "language=es", "export"], {"LANG": "en_US"}, "es"),
        (["--set=language=es"], {"LANG": "en_US"}, "es"),
        (["--set", "language=en", "--set", "language=es"], {}, "es"),
        (["--set", "language=es", "export", "--lang", "en"], {"LANG": "es_ES"}, "en"),
        (["--set", "theme=en", "--set"], {"LANG": "es_ES"}, "es"),
    ],
)
def test_the_language_is_that_of_the_option_else_of_the_locale_else_english(arguments, environ, language) -> None:
    i18n.choose(arguments, environ)
    assert i18n.language() == language
    assert tr("yes", "sí") == str(Text("yes", "sí")) == {"en": "yes", "es": "sí"}[language]


@pytest.mark.parametrize(
    ("arguments", "locale", "language"),
    [
        ([], "en_US", "es"),  # the course is in Spanish; the locale is only the screen's
        ([], "es_ES", "es"),
        (["--lang", "en"], "es_ES", "en"),
        (["--lang", "es"], "en_US", "es"),
        (["--set", "language=en"], "es_ES", "en"),
    ],
)
def test_exports_are_spanish_unless_english_is_asked_for(arguments, locale, language) -> None:
    i18n.choose(arguments, {"LANG": locale})
    assert i18n.export_language() == language


def test_a_language_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="fr"):
        i18n.use("fr")
    assert i18n.language() == "en"


def test_a_text_can_be_shown_in_another_language_than_the_screens() -> None:
    text = Text("{n} runs", "{n} ejecuciones").format(n=3)
    assert (text.within("en"), text.within("es"), str(text)) == ("3 runs", "3 ejecuciones", "3 runs")


MISTAKES = """
from llm_tui import i18n
i18n.use("LANGUAGE")
import click
from click.testing import CliRunner
from llm_tui.cli.spanish import translate_click

translate_click()

@click.group()
def cli(): ...

@cli.command()
@click.option("--count", type=click.IntRange(1, 9), required=True)
@click.option("--format", "form", type=click.Choice(["md", "csv"]))
@click.option("--force", is_flag=True)
def train(count, form, force): ...

for mistake in ("--help", "trian", "train --help", "train --count x", "train --count 0", "train --cuont 1",
                "train --forcat 1", "train --count", "train --count 1 --format pdf", "train --count 1 --force=1",
                "train --count 1 y"):
    print(CliRunner().invoke(cli, mistake.split()).output)

import gettext
assert gettext.gettext("Missing option") == "Missing option"  # other libraries ask it too
"""


def mistakes(language: str) -> str:
    code = MISTAKES.replace("LANGUAGE", language)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout


def test_mistakes_on_the_command_line_are_told_in_spanish() -> None:
    shown = mistakes("es")
    for sentence in (
        "Uso:",
        "Opciones",
        "Órdenes",
        "Muestra esta ayuda y termina.",
        "No existe la orden 'trian'.",
        "'x' no es un número válido",
        "0 no está en el intervalo 1<=x<=9.",
        "No existe la opción",
        "le falta su valor",
        "'pdf' no es una de estas opciones: 'md', 'csv'.",
        "Sobra este argumento: y",
    ):
        assert sentence in shown
    english = r"Usage|Options|Show this|Try |Invalid|No such|Did you|requires|does not|is not|Got"
    assert re.findall(english, shown) == []


def test_in_english_click_speaks_for_itself() -> None:
    assert "Usage:" in mistakes("en")
    assert "Uso:" not in mistakes("en")


# Both languages, everywhere. Sentences are made where they are needed, so the source itself is asked.

SOURCE = Path(llm_tui.__file__).parent
README = Path(__file__).parents[1] / "README.md"


@cache
def sentences() -> tuple[tuple[str, ast.expr, ast.expr], ...]:
    """Place, English and Spanish of every `tr(...)` and `Text(...)` of the package that is written out."""
    return tuple(_sentences())


def _sentences() -> Iterator[tuple[str, ast.expr, ast.expr]]:
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("tr", "Text"):
                named = {keyword.arg: keyword.value for keyword in node.keywords}
                both = [*node.args, *(named[name] for name in ("en", "es") if name in named)]
                if len(both) == 2 and all(isinstance(part, ast.Constant | ast.JoinedStr) for part in both):
                    yield f"{path.relative_to(SOURCE)}:{node.lineno}", both[0], both[1]


def values(sentence: ast.expr) -> set[str]:
    """What a sentence mentions: the expressions of an f-string, the fields of a template."""
    if isinstance(sentence, ast.JoinedStr):
        named = (ast.unparse(part.value) for part in sentence.values if isinstance(part, ast.FormattedValue))
        return {re.sub(r"(^|\.)(?:en|es)$|\[[01]\]$", "", name) for name in named}  # a language's own of a pair
    assert isinstance(sentence, ast.Constant)
    return {name for _, name, _, _ in string.Formatter().parse(str(sentence.value)) if name is not None}


def is_empty(sentence: ast.expr) -> bool:
    return isinstance(sentence, ast.Constant) and not sentence.value.strip()


def test_every_sentence_is_written_in_both_languages() -> None:
    places = sentences()
    assert len(places) > 50  # the search itself works
    assert [place for place, en, es in places if is_empty(en) != is_empty(es)] == []


def test_both_languages_mention_the_same_things() -> None:
    differing = [(place, values(en) ^ values(es)) for place, en, es in sentences()]
    assert [(place, names) for place, names in differing if names] == []


@pytest.mark.parametrize(
    ("value", "digits", "english", "spanish"),
    [
        (0.5, 2, "0.50", "0.50"),
        (1234.5, 1, "1,234.5", "1234.5"),
        (12345.6, 1, "12,345.6", "12\u00a0345.6"),
        (1_000_000, 0, "1,000,000", "1\u00a0000\u00a0000"),
        (-98765, 0, "-98,765", "-98\u00a0765"),
    ],
)
def test_numbers_in_sentences_follow_one_rule(value: float, digits: int, english: str, spanish: str) -> None:
    assert i18n.number(value, digits) == i18n.Text(english, spanish)
    said = i18n.Text("{n} rows", "{n} filas").format(n=i18n.number(value, digits))
    assert (said.en, said.es) == (f"{english} rows", f"{spanish} filas")


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0"), (0.004, "<1"), (0.006, "1"), (0.45, "45"), (0.996, ">99"), (1.0, "100"), (1.2, "120")],
)
def test_a_share_is_nothing_or_all_only_where_it_is(share: float, said: str) -> None:
    assert i18n.percent(share) == i18n.Text(f"{said}%", f"{said}\u00a0%")


def test_no_number_in_a_spanish_sentence_has_a_comma_for_its_decimals() -> None:
    assert [(place, es) for place, _, es in spoken() if re.search(r"(?<![\d,`])\d+,\d(?![\d,])", es)] == []


# Spanish as it should be.

SAME = {
    *(
        "HTML",
        "PDF",
        "Markdown",
        "markdown",
        "Word",
        "IBAN",
        "TP",
        "FP",
        "F1",
        "MB",
        "Wh",
        "ROUGE-1",
        "ROUGE-2",
        "ROUGE-L",
        "chrF",
        "chrF:",
        "batch_size",
        "accuracy_test",
    ),
    *("logits", "top-p", "top-k", "embedding", "editor", "enter", "no", "no:", "No", "esc", "original", "Original"),
    *("jailbreak", "zero-shot", "Zero-shot", "few-shot", "Few-shot:", "Tokens", "subwords", "bytes"),
    *("logit", "softmax", "nats", "p", "Holm", "a", "b", "W", "e", "gpu", "error", "s", "log"),
    *("llm-tui", "import", "torch", "fastText"),
}
"""Words that are the same in both languages, or that the course writes so in Spanish."""

BANNED = {
    r"resumidor": "modelos de resumen",
    r"\bfallad[ao]s?\b": "a full sentence: falló en ...",
    r"\bentreno\b": "entrenamiento",
    r"\bdadas?\b(?! )": "predicha",
    r"^puntos$": "puntuación",
    r"zero-shot e[sn]\b": "en español, en inglés",
    r"\bPreparación\b": "Configuración: one name for one thing",
    r"(?<!\()\bmodel cards?\b": "ficha (model card)",
    r"\blo normal\b|\bvalor normal\b|por omisión|por defecto|tecla de siempre": "predeterminado",
    r"\*\*parte\*\*": "aporte: what a word adds to a logit",
    r"\bvin(?:o|ieron)\b|\b[Vv]ino\*": "apareció: a word in training",
    r"(?<!mapa de )(?<!mapas de )\bcalor\b": "mapa de calor",
    r"\bmezclar\b": "barajar",
    r"penalización (?:de|por repetir)": "penalización por repetición",
    r"desviación estándar": "desviación típica",
    r"\b[Ii]ntro\b|`escape`|, o escape|`mayúsculas`|mayúsculas y flechas": "enter, esc, mayús: as the tables of keys",
    r"\bcabeceras?\b": "encabezado",
    r"precisión media": "media precisión",
    r"matriz de sombras": "matriz de tonos",
    r"\bhablan? (?:sobre todo )?de\b|de la que más habla": "habla a favor de",
    r"informe anterior|último informe": "punto: the report is what is handed in",
    r"laboratorio de textos": "banco de pruebas",
    r"\bsin tiempo\b": "tiempo agotado",
    r"\bse mataron\b|\bmatar\b|\bmuertes\b": "terminado a la fuerza",
    r"\bno retienen? nada\b": "no bloquea nada",
    r"\barreglo\b": "array de trabajos (job array)",
    r"\boctetos?\b": "bytes",
    r"\bplante(?:a|ar) textos\b": "clasificar, dar",
    r"\bdel del\b": "al del",
    r"\bcorridas?\b": "ejecución",
    r"\bremover\b|\bsetear\b|\bchequear\b|\bresetear\b|\bloguear\b": "an English word in disguise",
    r"\b(?:tu|tus|tú|puedes|debes|elige tu|escribe tu)\b": "usted",
}
"""What a Spanish sentence does not say, and what it says instead."""


def spoken() -> Iterator[tuple[str, str, str]]:
    """Place, English and Spanish of the sentences, what is filled in being left out, of the pages and the questions."""
    for place, en, es in sentences():
        yield place, words(en), words(es)
    for path in sorted(SOURCE.rglob("*.en.md")):
        spanish = path.with_name(path.name.replace(".en.", ".es."))
        yield path.name, path.read_text(encoding="utf-8"), spanish.read_text(encoding="utf-8")
    for item in (*COURSE_ITEMS, *EXTENDED_ITEMS):
        yield item.id, item.question.en, item.question.es


def spanish() -> Iterator[tuple[str, str]]:
    """Place and Spanish of these, of this project's page and of what the plain programs say of themselves."""
    yield from ((place, es) for place, _, es in spoken())
    yield "README.md", README.read_text(encoding="utf-8").partition("\n# Español\n")[2]
    for path in sorted(SOURCE.rglob("*.jinja")):
        yield path.name, "\n".join(re.findall(r"# es: (.*)", path.read_text(encoding="utf-8")))


def words(sentence: ast.expr) -> str:
    if isinstance(sentence, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in sentence.values)
    assert isinstance(sentence, ast.Constant)
    return re.sub(r"{[^}]*}", "{}", str(sentence.value))


def test_a_sentence_is_not_the_same_in_both_languages() -> None:
    same = [
        (place, en)
        for place, en, es in spoken()
        if en == es and "llm-tui models" not in en and set(re.findall(r"[^\W\d_][\w:-]*", en.replace("{}", ""))) - SAME
    ]
    assert same == []


def test_a_spanish_sentence_has_no_banned_word() -> None:
    found = [(place, es, why) for place, es in spanish() for word, why in BANNED.items() if re.search(word, es)]
    assert found == []


NOT_SO = {
    r"letter's log-probability|log-probabilidad de esa letra": "a score is a probability: the scores sum to 1",
    r"each other piece|cada otra pieza": "a piece takes from itself too",
    r"what stands before it alone|solo ve lo que está antes": "a piece sees itself too",
    r"could give any value|podrían dar cualquier": "an interval is of the proportion, not of other samples",
    r"the accuracy lies that|está la exactitud que": "an interval has values, and says not where the accuracy is",
    r"so lopsided as|sale tan desigual": "a p value counts what is at least so far out",
    r"el mejor conjunto|best whole|en conjunto es más probable": "with beams it is the best by the mean of its pieces",
    r"so many labels came free|tantas etiquetas salieron": "between n pieces are n - 1 boundaries",
    r"nobody uses the model as it is": "many do",
    r"since the report before": "the report is what is handed in",
    r"What libraries wrote|Lo que escribieron las bibliotecas": "F8 has all that was said, and the log",
    r"Exercise 1 in a minute|ejercicio 1 en un minuto": "the tour takes five, as the page says",
    r"traducción que deshacer": "nothing is undone: it is translated back",
    r"1 is the least|lo mínimo es 1": "a piece may span several words",
    r"Solo su orden": "their order by itself: other things can too",
    r"las menos posibles": "as few as reach p together, not the least possible ones",
    r"dimensions of its core|dimensiones de su núcleo": "MQM of 2014 has other dimensions than the core of today",
    r"una referencia que a los modelos": "lead-3 is a baseline; a reference is what a summary is compared with",
    r"cross-entropy of the rows|entropía cruzada media de las filas": "the loss of a curve is a mean over the batches",
}
"""What was said and is not so, and what is."""


def test_no_text_says_what_is_not_so() -> None:
    english = [*((place, en) for place, en, _ in spoken()), ("README.md", README.read_text(encoding="utf-8"))]
    flat = [(place, " ".join(text.split())) for place, text in (*english, *spanish())]
    assert [(place, why) for place, text in flat for said, why in NOT_SO.items() if re.search(said, text)] == []


def test_one_label_is_one_thing() -> None:
    """Short labels, such as names of panes and columns: the same in Spanish wherever they are the same in English."""
    labels: dict[str, set[str]] = {}
    for _, en, es in spoken():
        if 1 <= len(en.split()) <= 2 and en[:1].isupper() and not en.endswith("."):
            labels.setdefault(en, set()).add(es)
    several = {en: es for en, es in labels.items() if len({label.casefold() for label in es}) > 1}
    assert several == {}
