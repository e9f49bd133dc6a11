"""A setting is defined once: the form and the command line take the same values, and say it in the reader's words."""

from __future__ import annotations

from typing import Any

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from llm_tui import i18n
from llm_tui.cli.field_options import field_options, values_of
from llm_tui.errors import UserError
from llm_tui.exercises.flows import ROWS
from llm_tui.exercises.moderation import THRESHOLD, Answers
from llm_tui.fields import Field, Labels, Number, Whole, YesNo, read
from llm_tui.foundation.job import Asking, Settings
from llm_tui.foundation.settings import GENERATION, SEED, WHERE, asking
from llm_tui.i18n import Text

FIELDS: tuple[Field[Any], ...] = (*GENERATION, *WHERE)
NUMBERS = [field for field in (*FIELDS, ROWS, THRESHOLD) if isinstance(field, Number | Whole)]


def by_option(field: Field[Any], text: str) -> object | None:
    """What the command line makes of a text; None where it is refused."""
    found: list[object] = []

    @click.command()
    @field_options([field])
    def command(**options: Any) -> None:
        found.append(values_of([field], options)[field])

    CliRunner().invoke(command, [f"{field.option}={text}"])
    return found[0] if found else None


def by_form(field: Field[Any], text: str) -> object | None:
    try:
        return read([field], {field.name: text})[field]
    except UserError:
        return None


def test_what_stands_there_before_is_what_a_job_has_by_itself():
    assert asking(read(FIELDS, {})) == Asking()
    assert asking(read(WHERE, {}), generates=False) == Asking()


@pytest.mark.parametrize("field", NUMBERS, ids=lambda field: field.name)
def test_form_and_command_line_have_the_same_bounds(field: Number | Whole):
    step = 1 if isinstance(field, Whole) else 0.01
    texts = [str(value) for value in (field.least, field.most, field.least - step, field.most + step, "nan")]
    taken = [by_form(field, text) is not None for text in texts]
    assert taken == [True, True, False, False, False]
    assert taken == [by_option(field, text) is not None for text in texts]


@given(st.sampled_from(NUMBERS), st.integers() | st.floats() | st.sampled_from(["x", "", "nan", "1e999", "1.5"]))
def test_no_number_is_taken_by_one_and_refused_by_the_other(field: Number | Whole, value: object):
    assert by_form(field, str(value)) == by_option(field, str(value))


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("field", [*NUMBERS, *(f for f in FIELDS if isinstance(f, YesNo))], ids=lambda f: f.name)
def test_a_wrong_value_is_told_by_the_name_that_the_screen_has_for_it(field: Field[Any], language: str):
    i18n.use(language)
    with pytest.raises(UserError) as told:
        field.read("mucho")
    assert str(told.value).startswith(f"{field.label.within(language)} ")
    assert "mucho" in str(told.value)


def test_bounds_are_said_whole():
    with pytest.raises(UserError, match=f"from 0 to {2**31 - 1}"):
        SEED.read("-1")


def test_a_decimal_comma_is_one():
    assert asking(read(FIELDS, {"temperature": "0,7"})).settings == Settings(temperature=0.7)


def test_a_label_typed_twice_is_one_label_wherever_it_is_typed():
    labels = Labels(name="labels", label=Text("labels", "etiquetas"), help=Text("", ""))
    typed = 'spam, "no, gracias",  spam , permitido,'
    assert labels.read(typed) == ("spam", "no, gracias", "permitido")
    assert by_option(labels, typed) == labels.read(typed) == Answers(labels=typed).label_names()
