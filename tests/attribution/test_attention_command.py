"""Attention on the command line, and as it is said, tabled and drawn."""

from __future__ import annotations

import csv
import io
import json
import re
from array import array
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from llm_tui.attribution import attention_said as said
from llm_tui.attribution.attention_job import CROSS, Attended, Side, Weights
from llm_tui.cli import cli
from llm_tui.export.shades import MOST
from llm_tui.foundation.job import Provenance

MADE_BY = Provenance("tiny", device="cpu", precision="float32", parameters=1000, seconds=0.1)


def attended(rows: int, columns: int, *, names: str = "p", lacks: float = 0.0) -> Attended:
    """One head, in which every piece looks at the first one half of the time."""
    rest = (0.5 - lacks) / (columns - 1)
    values = array("f", [0.5, *[rest] * (columns - 1)] * rows * 2)
    looking, looked_at = (tuple(f"{names}{n}" for n in range(count)) for count in (rows, columns))
    side = Side(CROSS, looking, looked_at, (Weights(1, rows, columns, values),), writes=True)
    return Attended((side,), False, 0, MADE_BY)


def test_who_looks_where_is_said_and_what_a_sink_of_its_own_takes():
    found = attended(3, 3)
    (side,) = found.sides
    weights = side.weights(1)
    assert (
        said.which(side, 1, 0).es == "atención cruzada (del decodificador a la fuente); capa 1 de 1; media de 1 cabezas"
    )
    assert said.pair(side, weights, 1, 2, 0) == "p2 → p0  0.500"
    assert said.looks_at(side, weights, 0, 1).en == "p1 looks at: p0 0.50, p1 0.25, p2 0.25, to predict p2"
    sinking = attended(3, 3, lacks=0.3).sides[0]
    assert said.looks_at(sinking, sinking.weights(1), 0, 2).en.endswith("; the sink of its own 0.30")


def test_the_table_has_the_strongest_first_with_model_and_caution():
    found = attended(3, 4)
    table = said.table(found, found.sides[0], 1, 1)
    assert [(row[0], row[2]) for row in table.rows[:3]] == [("p0", "p0"), ("p1", "p0"), ("p2", "p0")]
    footer = " ".join(line.en for line in table.footer)
    assert "Jain and Wallace 2019" in footer and "Xiao et al. 2023" in footer and "Model: tiny" in footer
    assert "to predict the next one" in footer


def test_what_a_piece_looks_at_is_heat_on_the_pieces():
    found = attended(3, 4)
    heat = said.row_heat(found, found.sides[0], 1, 0, (1, 2))
    assert heat.title.en.startswith("“p1” (2) looks at: cross-attention")
    assert [heat.word(mark) for mark in heat.marks] == ["p0", "p1", "p2", "p3"]
    assert [mark.value for mark in heat.marks] == pytest.approx([0.5, 1 / 6, 1 / 6, 1 / 6])
    assert heat.svg("en") == said.figure(found, found.sides[0], 1, 0).svg("en")


def test_a_figure_is_one_drawing_whose_names_are_text_and_of_a_large_one_the_part_around_the_cursor():
    found = attended(3, 3, names="<script>")
    drawn = said.figure(found, found.sides[0], 1, 0).svg("en")
    assert ElementTree.fromstring(drawn) is not None and "<script" not in drawn and "&lt;script&gt;" in drawn
    assert said.figure(found, found.sides[0], 1, 0).width > 5 * len(said.figure(found, found.sides[0], 1, 0).title.es)
    found = attended(200, 100)
    figure = said.figure(found, found.sides[0], 1, 0, at=(199, 10))
    assert len(figure.rows) == len(figure.columns) == MOST and figure.rows[-1] == "p199" and figure.columns[0] == "p0"
    assert f"137 to 200 of 200)   at → (1 to {MOST} of 100" in figure.svg("en")
    assert len(figure.svg("en")) < 300_000


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["attention", *arguments], prog_name="llm-tui", catch_exceptions=False)


@pytest.mark.usefixtures("own_folders")
def test_the_command_writes_every_form_of_one_head():
    ask = ("Muy buena.", "--device", "cpu", "--layer", "2", "--head", "3")
    plain = json.loads(run(*ask, "--format", "json").stdout)
    assert (plain["side"], plain["layer"], plain["head"], plain["rows"]) == ("self", 2, 3, plain["columns"])
    assert all(sum(row) == pytest.approx(1, abs=1e-5) for row in plain["weights"])
    table = list(csv.reader(io.StringIO(run(*ask, "--format", "csv").stdout)))
    assert table[0][1:] == [row[0] for row in table[1:]] == plain["rows"]
    assert [[float(cell) for cell in row[1:]] for row in table[1:]] == plain["weights"]
    text = run(*ask).stdout.splitlines()
    assert re.fullmatch(r"self-attention; layer 2 of \d+; head 3 of \d+", text[0])
    assert [line.split(" looks at: ")[0] for line in text[1 : 1 + len(plain["rows"])]] == plain["rows"]
    assert "| pieza" in run(*ask, "--format", "md").stdout
    assert ElementTree.fromstring(run(*ask, "--format", "svg").stdout) is not None
    assert "--head 99 is not there: the model has " in run("Muy buena.", "--head", "99").output
    assert "--layer 99 is not there: the model has " in run("Muy buena.", "--layer", "99").output
    assert "no attention of the kind “cross”" in run("Muy buena.", "--side", "cross").output
    assert "of one text, and these are 2" in run("a", "b").output
