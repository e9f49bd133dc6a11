"""Why, on the command line: signs always, colours only where a terminal has them, each word in CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import math

import pytest
from click import unstyle

from llm_tui import i18n
from llm_tui.cli.why import lines, write_heats
from llm_tui.export.heat import Heat, Mark
from llm_tui.i18n import Text

HEAT = Heat(
    Text("good: logit", "bueno: logit"),
    "so good =bad \x1b[31m",
    (Mark(0, 2, 0.01), Mark(3, 7, 2.0), Mark(8, 12, -1.5), Mark(13, 18, math.nan)),
    Text("logit", "logit"),
    (Text("By hand.", "A mano."),),
)


def test_signs_and_bars_stand_below_the_words_and_colours_add_nothing_that_is_not_said():
    plain = list(lines(HEAT, 80, colours=False))
    assert plain[:5] == [
        "good: logit",
        "so good =bad ␛[31m",
        "+  +███ -███ ?",
        "",
        "+ for it  - against it  █ the largest: 2 logit",
    ]
    assert plain[-1] == "By hand." and "| good |" in "\n".join(plain)
    coloured = list(lines(HEAT, 80, colours=True))
    assert [unstyle(line) for line in coloured] == plain and coloured != plain


def test_a_narrow_terminal_wraps():
    assert list(lines(HEAT, 8, colours=False))[1:5] == ["so good", "+  +███", "=bad", "-███"]


def test_in_a_pipe_no_escape_is_written(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: False, raising=False)
    write_heats([HEAT], "text", None)
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize("form", ["text", "md", "csv", "json"])
def test_a_file_has_what_was_asked_for(tmp_path, form):
    i18n.use("en", asked=True)
    file = tmp_path / "out"
    write_heats([HEAT, HEAT], form, file)
    content = file.read_text(encoding="utf-8")
    assert "\x1b" not in content or form == "csv"
    if form == "md":
        assert content == f"{HEAT.markdown('en')}\n{HEAT.markdown('en')}"
    elif form == "csv":
        rows = list(csv.reader(io.StringIO(content)))
        assert rows[0] == ["explained", "word", "start", "end", "value", "unit"] and len(rows) == 9
        assert rows[2] == ["good: logit", "good", "3", "7", "2.0", "logit"]
        assert rows[3][1] == "'=bad", "a spreadsheet would compute it"
    elif form == "json":
        (first, _) = json.loads(content)["heats"]
        assert first["words"][1] == {"word": "good", "start": 3, "end": 7, "value": 2.0}
        assert first["words"][3]["value"] is None and first["said"] == ["By hand."]
    else:
        assert content.count("good: logit") == 2
