"""Options of the command line made from fields. The app opens without any."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import click

from llm_tui.cli.options import F, option
from llm_tui.errors import UserError
from llm_tui.fields import Field, Number, OneOf, Values, Whole, YesNo
from llm_tui.i18n import tr


class _Bounded(click.FloatRange):
    """A number as its field reads it: click takes NaN for one that lies in every range."""

    def __init__(self, field: Number | Whole):
        super().__init__(field.least, field.most)
        self._field = field

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return self._field.read(str(value))
        except UserError:
            wanted = self._field.wanted
            self.fail(tr(f"“{value}” is not {wanted}.", f"«{value}» no es {wanted}."), param, ctx)


def field_option(field: Field[Any], unset: bool = False) -> Callable[[F], F]:
    """The option of a field; its value is that of the field, or the text of one. `unset` has it None where it is not
    given.
    """
    settings: dict[str, Any] = {"help": str(field.help), "metavar": str(field.metavar) or None}
    match field:
        case YesNo():
            return option(field.option, field.name, is_flag=True, help=str(field.help))
        case Number() | Whole():
            settings["type"] = _Bounded(field)
        case OneOf(said=said):
            settings["type"] = click.Choice(list(said) or field.choices)
    if field.required or unset:
        return option(field.option, field.name, required=field.required, **settings)
    return option(field.option, field.name, default=_default(field), show_default=True, **settings)


def _default(field: Field[Any]) -> object:
    if isinstance(field, OneOf):
        return next((word for word, choice in field.said.items() if choice == field.default), field.default)
    return field.read(field.default)


def field_options(fields: Sequence[Field[Any]]) -> Callable[[F], F]:
    def add(command: F) -> F:
        for field in reversed(fields):
            command = field_option(field)(command)
        return command

    return add


def generating(command: F) -> F:
    """Of a command whose answers are texts that a model writes."""
    from llm_tui.foundation.settings import GENERATION

    return field_options(GENERATION)(command)


def values_of(fields: Iterable[Field[Any]], given: Mapping[str, Any]) -> Values:
    """What the options of `fields` hold.

    Raises:
        UserError: a field does not say what it should.
    """
    raw = {field.name: given[field.name] for field in fields}
    return Values({f.name: f.read(raw[f.name]) if isinstance(raw[f.name], str) else raw[f.name] for f in fields})
