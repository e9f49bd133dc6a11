"""Heat in the hand-in: kept by the lab, five at most, in every form of the report, and gone again."""

from __future__ import annotations

import base64
import io
import json
import math
import re
import zipfile

import pytest

from llm_tui.errors import UserError
from llm_tui.exercises import heats
from llm_tui.exercises.heats import NAME, Heats, Kept
from llm_tui.exercises.registry import handed_in
from llm_tui.export.figure import Curves, Series
from llm_tui.export.heat import Heat, Mark
from llm_tui.export.shades import Shades
from llm_tui.i18n import Text
from llm_tui.lab.lab import Lab
from llm_tui.report.document import Report

HEAT = Heat(
    Text("insult: logit", "insulto: logit"),
    "you <b>fool</b> | dear",
    (Mark(4, 15, 0.75), Mark(18, 22, -0.25)),
    Text("logit", "logit"),
    (Text("By occlusion.", "Por oclusión."),),
)


def named(title: str, text: str = "a b") -> Heat:
    return Heat(Text(title, title), text, (Mark(0, 1, 1.0), Mark(2, 3, math.nan)))


def put(lab: Lab, exercise: int | str, heat: Heat) -> None:
    lab.save_answers(NAME, lab.answers_anew(NAME, Heats).turned(exercise, heat))


def test_the_same_again_takes_it_out_though_the_model_gives_other_last_digits():
    once = Heats().turned(3, HEAT)
    again = Heat(HEAT.title, HEAT.text, (Mark(4, 15, 0.7500001), Mark(18, 22, -0.2499999)), HEAT.unit)
    assert len(once.of(3)) == 1 and not once.of(4)
    assert not once.turned(3, again).of(3)
    another_model = Heat(HEAT.title, HEAT.text, (Mark(4, 15, 0.5), Mark(18, 22, -0.25)), HEAT.unit)
    assert len(once.turned(3, another_model).of(3)) == 2
    assert once.turned(4, HEAT).of(3) == once.of(3)


def test_beside_one_exercise_there_are_five_at_most():
    full = Heats()
    for number in range(heats.MOST):
        full = full.turned(3, named(str(number)))
    with pytest.raises(UserError, match="5"):
        full.turned(3, HEAT)
    assert [kept.title.en for kept in full.turned(3, named("2")).of(3)] == ["0", "1", "3", "4"]
    assert full.turned(4, HEAT).of(4)


def test_it_is_read_as_it_was_written_and_what_cannot_be_drawn_costs_itself_alone(lab):
    put(lab, 3, HEAT)
    put(lab, 3, named("other"))
    fresh = Lab(lab.folder)
    kept = heats.of(fresh, 3)
    assert [heat.marks for heat in kept] == [HEAT.marks, (Mark(0, 1, 1.0),)]
    assert kept[0].title == HEAT.title and kept[0].caption == HEAT.caption and kept[0].beside
    file = lab.folder / "exercises" / f"{NAME}.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    content["kept"]["3"][0]["marks"] = [[4, 900, 1.0]]
    file.write_text(json.dumps(content), encoding="utf-8")
    assert [heat.title.en for heat in heats.of(Lab(lab.folder), 3)] == ["other"]


def test_a_matrix_of_which_a_heat_is_a_row_is_its_figure_in_every_form(lab):
    words = Text("Attention", "Atención")
    matrix = Shades(words, ("a", "<b>"), ("a", "<b>"), ((0.9, 0.1), (0.2514, 0.7486)), words, words)
    heat = Heat(words, "a <b>", (Mark(0, 1, 0.9), Mark(2, 5, 0.1)), matrix=matrix)
    put(lab, 3, heat)
    (kept,) = heats.of(Lab(lab.folder), 3)
    assert kept.svg("es") == matrix.svg("es") and kept.told() == words
    assert kept.matrix.shares == ((0.9, 0.1), (0.251, 0.749))
    html = Report.of(lab, "en").html()
    assert html.count("<svg") == 1 and 'transform="rotate(-90' in html and "&lt;b&gt;" in html
    file = lab.folder / "exercises" / f"{NAME}.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    content["kept"]["3"][0]["matrix"]["shares"] = [[1]]
    file.write_text(json.dumps(content), encoding="utf-8")
    (kept,) = heats.of(Lab(lab.folder), 3)
    assert kept.matrix is None and kept.text == "a <b>"  # a damaged one costs itself alone


def test_a_file_that_cannot_be_read_costs_no_exercise_and_is_named(lab):
    put(lab, 3, HEAT)
    file = lab.folder / "exercises" / f"{NAME}.json"
    for spoil in (lambda: file.write_text("{", encoding="utf-8"), lambda: (file.unlink(), file.mkdir())):
        spoil()
        for part in Report.of(Lab(lab.folder), "en").parts:
            assert not part.unreadable and not part.begun
            assert str(part.state()).startswith(f"a part of exercises/{NAME}.json in the lab cannot be read")


def test_a_long_text_is_kept_as_far_as_anybody_would_read_it():
    long = Heat(HEAT.title, "word " * 20_000, tuple(Mark(5 * i, 5 * i + 4, 1.0) for i in range(20_000)))
    kept = Kept.of(long)
    assert len(kept.text) == heats.MOST_LETTERS and kept.marks[-1][1] <= heats.MOST_LETTERS


def test_a_lab_without_heat_hands_in_what_it_did(lab):
    before = Report.of(lab, "en").markdown()
    put(lab, 3, HEAT)
    assert Report.of(lab, "en").markdown() != before
    put(lab, 3, HEAT)
    assert Report.of(lab, "en").markdown() == before


def test_every_exercise_takes_it_and_a_sheet_that_was_not_begun_is_not_handed_in_for_it(lab):
    for row in handed_in():
        put(lab, row.number, HEAT)
    for part in Report.of(lab, "en").parts:
        assert part.begun and part.document.startswith("**Why this answer**")
        assert "you \\<b>fool\\</b> (+0.75) | dear (-0.25)" in part.document
        assert str(part.state()).endswith("heat: 1")
        assert part.figures() == [HEAT.with_table()]


def test_it_is_in_every_form_of_the_report(lab):
    put(lab, 3, HEAT)
    report = Report.of(lab, "es")
    assert "**Por qué esta respuesta**" in report.markdown() and "Por oclusión." in report.markdown()
    assert report.html().count("<svg") == 1 and "<b>fool" not in report.html()
    assert report.pdf().startswith(b"%PDF")
    with zipfile.ZipFile(io.BytesIO(report.word())) as word:
        assert sum(name.endswith(".svg") for name in word.namelist()) == 1
        assert "Por oclusión." in re.sub(r"<[^>]+>", "", word.read("word/document.xml").decode())
    (pictured,) = (cell for cell in json.loads(report.notebook())["cells"] if "attachments" in cell)
    assert pictured["source"].startswith("![insulto: logit. ") and "(attachment:why-1.svg)" in pictured["source"]
    (svg,) = (picture["image/svg+xml"] for picture in pictured["attachments"].values())
    assert base64.b64decode(svg).decode() == HEAT.svg("es")
    assert any("why-1" in name for name in report.tables())


def curves(name: str = "32", log_y: bool = False) -> Curves:
    line = Series(name, [(0.0, 1.0), (10.0, 0.5)], 1)
    title, unit = Text("Loss <b>", "Pérdida <b>"), Text("steps", "pasos")
    return Curves(title, unit, Text("loss", "pérdida"), (line,), where=Text("step {x}", "el paso {x}"), log_y=log_y)


def test_curves_go_in_and_out_with_the_same_key_and_are_kept_as_they_were_looked_at(lab):
    lab.save_answers(heats.NAME, Heats().with_curves(1, [curves(), curves(log_y=True)]))
    again = lab.answers_anew(heats.NAME, Heats)
    assert [figure.svg("es") for figure in heats.curves(lab, 1)] == [curves().svg("es"), curves(log_y=True).svg("es")]
    assert again.with_curves(1, [curves(), curves(log_y=True)]).curves["1"] == ()
    told = heats.with_curves("# One\n", heats.curves(lab, 1)[:1], "en")
    assert told.startswith("# One\n\n**Loss") and "32: fell from 1 to 0.5 by step 10" in told


def test_curves_of_which_there_are_too_many_are_refused():
    full = Heats()
    for number in range(heats.MOST):
        full = full.with_curves(1, [curves(str(number))])
    with pytest.raises(UserError):
        full.with_curves(1, [curves("more")])
