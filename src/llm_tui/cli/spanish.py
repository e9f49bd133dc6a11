"""click's own sentences in Spanish: it ships no catalogue of its own."""

from __future__ import annotations

import click.core
import click.decorators
import click.exceptions
import click.formatting
import click.parser
import click.termui
import click.types

from llm_tui import i18n

_MODULES = (
    click.core, click.decorators, click.exceptions, click.formatting, click.parser, click.termui, click.types,
)  # fmt: skip

_SENTENCES = {
    "Usage:": "Uso:",
    "Options": "Opciones",
    "Commands": "Órdenes",
    "Error: {message}": "Error: {message}",
    "Try '{command} {option}' for help.": "«{command} {option}» explica cómo se usa.",
    "Show this message and exit.": "Muestra esta ayuda y termina.",
    "Show the version and exit.": "Muestra la versión y termina.",
    "default: {default}": "predeterminado: {default}",
    "Invalid value: {message}": "Valor no válido: {message}",
    "Invalid value for {param_hint}: {message}": "Valor no válido para {param_hint}: {message}",
    "No such command {name!r}.": "No existe la orden {name!r}.",
    "No such option: {name}": "No existe la opción {name}",
    "No such option {name!r}.": "No existe la opción {name!r}.",
    "Did you mean {possibility}?": "¿Quiso decir {possibility}?",
    "(Possible options: {possibilities})": "(Opciones posibles: {possibilities})",
    "(Did you mean one of: {possibilities}?)": "(¿Quiso decir una de estas: {possibilities}?)",
    "Option {name!r} does not take a value.": "La opción {name!r} no lleva valor.",
    "Missing option": "Falta la opción",
    "Missing argument": "Falta el argumento",
    "Missing command.": "Falta la orden.",
    "Choose from:\n\t{choices}": "Elija entre:\n\t{choices}",
    "Aborted!": "Interrumpido.",
    "%(prog)s, version %(version)s": "%(prog)s, versión %(version)s",
    "Option {name!r} requires an argument.": "A la opción {name!r} le falta su valor.",
    "{value!r} is not a valid {number_type}.": "{value!r} no es un número válido ({number_type}).",
    "{value!r} is not {choice}.": "{value!r} no es {choice}.",
    "{value!r} is not one of {choices}.": "{value!r} no es una de estas opciones: {choices}.",
    "Got unexpected extra argument ({args})": "Sobra este argumento: {args}",
    "Got unexpected extra arguments ({args})": "Sobran estos argumentos: {args}",
    "required": "obligatoria",
    "{value} is not in the range {range}.": "{value} no está en el intervalo {range}.",
    "{name} {filename!r} is not readable.": "No se puede leer {filename!r}.",
}


def translate_click() -> None:
    """In Spanish, let click's modules ask for their sentences here, where they ask gettext.

    Only click's own names are bound anew: gettext itself belongs to the whole process, and finds the language of a
    catalogue in the environment, not in `--lang`.
    """
    if i18n.language() == "es":
        for module in _MODULES:
            for name, say in (("_", _say), ("ngettext", _count)):
                if hasattr(module, name):
                    setattr(module, name, say)


def _say(message: str) -> str:
    return _SENTENCES.get(message, message)


def _count(one: str, many: str, n: int) -> str:
    return _say(one if n == 1 else many)
