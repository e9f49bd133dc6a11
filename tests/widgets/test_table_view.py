"""Tables that are read: in as many columns as there are."""

from __future__ import annotations

import re

import pytest

from llm_tui.export.table import Column, Table
from llm_tui.i18n import Text
from llm_tui.widgets.table_view import table_content


def column(name: str, numeric: bool = True) -> Column:
    return Column(name, Text(name, name), numeric)


TABLE = Table(
    (column("system", numeric=False), column("accuracy"), column("compression"), column("new words")),
    (("one", 0.5, 12, 3), ("another one", 0.25, 7, 1234)),
)


def lines(room: int, sideways: bool = False) -> list[str]:
    return str(table_content(TABLE, "en", room, sideways)).split("\n")


def test_a_table_that_fits_is_as_it_is():
    assert lines(0) == lines(50) == [
        "system       accuracy  compression  new words",
        "one             0.500           12          3",
        "another one     0.250            7       1234",
    ]  # fmt: skip


def test_heads_over_numbers_give_way_and_no_number_does():
    assert lines(28) == [
        "system      accur… com… new…",
        "one          0.500   12    3",
        "another one  0.250    7 1234",
    ]  # fmt: skip


@pytest.mark.parametrize("room", range(1, 60))
def test_no_line_is_longer_than_its_room_and_no_number_is_cut_into_another(room):
    whole = {"0.500", "12", "3", "0.250", "7", "1234"}
    shown = [re.findall(r"\d+(?:\.\d+)?", line) for line in lines(room)]
    assert all(len(line) <= room for line in lines(room))
    assert {number for line in shown for number in line} <= whole
    if room >= 17:  # the longest name of a row, and the widest number beside it
        assert sorted(number for line in shown for number in line) == sorted(whole)


def test_columns_that_do_not_fit_stand_below_beside_the_names_of_the_rows():
    assert lines(20) == [
        "system      accuracy",
        "one            0.500",
        "another one    0.250",
        "",
        "system      compres…",
        "one               12",
        "another one        7",
        "",
        "system      new wor…",
        "one                3",
        "another one     1234",
    ]


def test_a_turned_table_has_each_value_at_its_name():
    turned = [line.split("  ") for line in lines(40, sideways=True)]
    assert [[cell.strip() for cell in line if cell.strip()] for line in turned] == [
        ["system", "one", "another one"],
        ["accuracy", "0.500", "0.250"],
        ["compression", "12", "7"],
        ["new words", "3", "1234"],
    ]


def test_columns_stand_below_each_other_whatever_the_script():
    table = Table((column("class", numeric=False), column("日本語")), (("スポーツ", 12), ("sport", 7)))
    assert str(table_content(table, "en")).split("\n") == [
        "class     日本語",
        "スポーツ      12",
        "sport          7",
    ]
    assert str(table_content(table, "en", 12)).split("\n")[1] == "スポーツ  12"
