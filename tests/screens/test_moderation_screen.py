"""The sheet of exercise 3 on its screen, by keys alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from driving import cells, eventually, said, screen_of, text_of
from textual.events import Paste
from textual.pilot import Pilot

from llm_tui.app import LabApp
from llm_tui.engine.events import Cancelled, Failed, Finished
from llm_tui.exercises.moderation import Answers
from llm_tui.foundation.job import Provenance
from llm_tui.foundation.labels_job import Classified, Labelled, ZeroShot
from llm_tui.lab.lab import Lab
from llm_tui.screens.cells import CellDialog
from llm_tui.screens.columns import ColumnsDialog
from llm_tui.widgets.here import by_key
from llm_tui.widgets.table_editor import TableEditor

BY = Provenance("somebody/nli", "abcdef1234", "CPU", "float32", 77_000_000, 0.5)


@asynccontextmanager
async def sheet(lab: Lab, engine) -> AsyncIterator[Pilot[None]]:
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        app.switch_mode("sheet-3")
        await eventually(pilot, lambda: bool(app.screen.query("#samples DataTable")))
        await pilot.pause()
        yield pilot


def answer(engine, number: int, best: str) -> None:
    job = engine.jobs[number]
    scores = tuple(0.7 if label == best else 0.1 for label in job.labels)
    engine.end(Finished(number, Classified(job.labels, tuple(Labelled(scores) for _ in job.texts), BY)))


async def test_from_empty_to_exported_by_keys(lab, engine):
    async with sheet(lab, engine) as pilot:
        assert len(cells(pilot, "#samples")) == 20 and cells(pilot, "#samples")[0][2:4] == ["permitido ?", ""]
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(engine.numbers(ZeroShot)) == 40)  # two hypotheses
        first, second, *others = engine.numbers(ZeroShot)
        answer(engine, first, "permitido")
        await eventually(pilot, lambda: cells(pilot, "#samples")[0][1:5] == ["✓", "permitido ?", "permitido", "0.70"])
        assert cells(pilot, "#samples")[1][3] == ""  # they come one after the other
        for number in (second, *others):
            answer(engine, number, "spam")
        await eventually(pilot, lambda: cells(pilot, "#samples")[19][3] == "spam")
        assert cells(pilot, "#table") == [["spam", "5", "14", "0.263", ""]]
        await pilot.press("n", "enter", *"muy pocos | textos", "enter", "Q", *"Con la ironía.")
        await pilot.press("ctrl+e")
        file = lab.folder / "exports" / "exercise-3.md"
        await eventually(pilot, file.exists)
    written = file.read_text(encoding="utf-8")
    assert "muy pocos \\| textos" in written and "Con la ironía." in written
    again = Lab(lab.folder).answers(3, Answers)
    assert again.comments == {"spam": "muy pocos | textos"} and len(again.readings) == 2


async def test_labels_that_came_with_the_program_are_confirmed_or_taken_away(lab, engine, notices):
    def labels() -> list[str]:
        return [row[2] for row in cells(pilot, "#samples")]

    async with sheet(lab, engine) as pilot:
        await pilot.press("space", "space", "down", "enter", "enter")  # two confirmed, the fourth set to what it is
        await eventually(pilot, lambda: [" ?" in label for label in labels()[:5]] == [False, False, True, False, True])
        await pilot.press("N")
        await eventually(pilot, lambda: labels() == ["permitido", "permitido", "", "permitido", *[""] * 16])
        await pilot.press("up", "enter", *"permitido", "enter")
        await pilot.press("N")
        await eventually(pilot, lambda: said(notices, "No label"))
        await eventually(
            pilot, lambda: [s.by_hand for s in Lab(lab.folder).answers(3, Answers).samples][:4] == [True] * 4
        )


async def test_a_label_that_is_none_of_the_sheets_stays_and_is_said_to_count_for_nothing(lab, engine, notices):
    async with sheet(lab, engine) as pilot:
        await pilot.press("space", "up", "enter", "ctrl+u", *"spam", "enter")
        await pilot.press("enter", *"[x]", "escape")
        await eventually(pilot, lambda: said(notices, "“spam[x]”, which does not count: write one of permitido, spam"))
        assert cells(pilot, "#samples")[0][2] == "spam[x]" and len(notices) == 1


async def test_what_is_stopped_goes_on_and_a_failure_asks_nothing_more(lab, engine, notices):
    async with sheet(lab, engine) as pilot:
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: bool(engine.numbers(ZeroShot)))
        answer(engine, engine.numbers(ZeroShot)[0], "odio")
        await eventually(pilot, lambda: cells(pilot, "#samples")[0][3] == "odio")
        await pilot.press("ctrl+x")
        await eventually(pilot, lambda: not engine.open(ZeroShot))
        await pilot.pause(0.5)
        before = len(engine.numbers(ZeroShot))
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(engine.numbers(ZeroShot)) == before + 39)
        engine.end(Failed(engine.numbers(ZeroShot)[before], "No [b]model[/b].", "UserError"))
        await eventually(pilot, lambda: said(notices, "No [b]model[/b]."))
        await eventually(pilot, lambda: not engine.open(ZeroShot))
        assert len(engine.numbers(ZeroShot)) == before + 39


async def test_run_right_after_the_stop_asks_anew_when_what_was_stopped_has_ended(lab, engine, monkeypatch):
    async with sheet(lab, engine) as pilot:
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(engine.open(ZeroShot)) == 40)
        monkeypatch.setattr(engine, "cancel", lambda *numbers: None)  # the end of each is told below
        await pilot.press("ctrl+x", "ctrl+r")
        stopped = engine.open(ZeroShot)
        for number in stopped:
            engine.end(Cancelled(number))
        await eventually(pilot, lambda: len(engine.open(ZeroShot)) == 40)
        again = engine.open(ZeroShot)
        await pilot.press("ctrl+r", "ctrl+x")  # the last word is the stop
        for number in again:
            engine.end(Cancelled(number))
        await eventually(pilot, lambda: not screen_of(pilot.app).host.works_for(screen_of(pilot.app)))
        await pilot.pause()
        assert engine.numbers(ZeroShot) == [*stopped, *again]


async def test_the_table_follows_the_key_label_the_threshold_and_all_labels(lab, engine):
    async with sheet(lab, engine) as pilot:
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: bool(engine.numbers(ZeroShot)))
        for number in engine.numbers(ZeroShot):
            answer(engine, number, "spam")
        await eventually(pilot, lambda: cells(pilot, "#table") == [["spam", "5", "15", "0.250", ""]])
        await pilot.press("k")
        await eventually(pilot, lambda: cells(pilot, "#table") == [["odio", "0", "0", "-", ""]])
        await pilot.press("asterisk")
        await eventually(
            pilot, lambda: [row[0] for row in cells(pilot, "#table")] == ["permitido", "spam", "odio", "sensibles"]
        )
        await pilot.press(*["full_stop"] * 15)
        await eventually(pilot, lambda: cells(pilot, "#table")[1][1:4] == ["0", "0", "-"])
        await pilot.press(*["comma"] * 15, "2")
        measures = "#measures Static"
        await eventually(pilot, lambda: "0.11-0.47" in text_of(pilot, measures))  # Wilson's, of 5 in 20
        assert "ironía" in text_of(pilot, measures)  # tables are in the language of the export


async def test_texts_are_typed_pasted_edited_dropped_and_imported(lab, engine, tmp_path, notices):
    async with sheet(lab, engine) as pilot:
        await pilot.press("a", *"Uno [b]más[/b]", "enter")
        await eventually(pilot, lambda: cells(pilot, "#samples")[-1][5] == "Uno [b]más[/b]")
        pilot.app.screen.post_message(Paste("Dos\todio\n\nTres"))
        await eventually(pilot, lambda: [row[5] for row in cells(pilot, "#samples")[-2:]] == ["Dos", "Tres"])
        assert cells(pilot, "#samples")[-2][2] == "odio"
        await pilot.press("enter", *"X", "enter")
        await eventually(pilot, lambda: cells(pilot, "#samples")[0][2] == "permitidoX")
        await pilot.press("d")
        await eventually(pilot, lambda: len(cells(pilot, "#samples")) == 22)
        await pilot.press("ctrl+z")
        await eventually(
            pilot, lambda: len(cells(pilot, "#samples")) == 23 and cells(pilot, "#samples")[0][2] == "permitidoX"
        )
        await pilot.press("ctrl+t")
        await eventually(pilot, lambda: len(cells(pilot, "#samples")) == 22)

        file = tmp_path / "texts.csv"
        file.write_text("texto,etiqueta\nHola,permitido\nAdiós,nada\n", encoding="utf-8")
        await pilot.press("ctrl+l", *str(file), "enter")
        await eventually(pilot, lambda: said(notices, "ine 3") and said(notices, "nada"))
        assert len(cells(pilot, "#samples")) == 22
        file.write_text("texto,etiqueta\nHola,permitido\nAdiós,Spam\n", encoding="utf-8")
        await pilot.press("ctrl+l", *str(file), "enter")
        await eventually(pilot, lambda: isinstance(pilot.app.screen, ColumnsDialog))
        await pilot.press("enter")
        await eventually(pilot, lambda: not isinstance(pilot.app.screen, ColumnsDialog))
        await eventually(pilot, lambda: [row[2] for row in cells(pilot, "#samples")] == ["permitido", "spam"])


async def test_what_is_pasted_into_the_answer_is_the_answers_alone(lab, engine, notices, tmp_path):
    (tmp_path / "notes.csv").touch()
    async with sheet(lab, engine) as pilot:
        await pilot.press("Q")
        for text in ("Con la ironía.\nSin la ironía.", f"{tmp_path / 'notes.csv'}"):
            pilot.app.post_message(Paste(text))
            await eventually(pilot, lambda text=text: screen_of(pilot.app).answers.answer.endswith(text))
            await pilot.pause()
        assert len(cells(pilot, "#samples")) == 20
        assert not pilot.app.screen.is_modal and not notices


async def test_one_row_after_the_other_is_dropped_where_the_cursor_is(lab, engine):
    async with sheet(lab, engine) as pilot:
        texts = [row[5] for row in cells(pilot, "#samples")]
        await pilot.press(*["down"] * 5, "d", "d")
        await eventually(pilot, lambda: [row[5] for row in cells(pilot, "#samples")] == texts[:5] + texts[7:])
        await pilot.press("ctrl+z")
        await eventually(pilot, lambda: [row[5] for row in cells(pilot, "#samples")] == texts[:5] + texts[6:])
        await pilot.press("d")
        await eventually(pilot, lambda: [row[5] for row in cells(pilot, "#samples")] == texts[:5] + texts[7:])


async def test_while_a_filter_is_typed_no_key_drops_a_row_or_is_named_for_it(lab, engine):
    def named() -> set[str]:
        return {held.key.id for held in by_key(pilot.app.screen)}

    async with sheet(lab, engine) as pilot:
        assert {"drop", "sort"} <= named()
        await pilot.press("/", *"id", "delete")
        editor = pilot.app.screen.query_one("#samples", TableEditor)
        assert editor.wanted == "id" and not {"drop", "sort", "setup"} & named() and "unfilter" in named()
        await pilot.press("escape")
        assert len(cells(pilot, "#samples")) == 20 and {"drop", "sort"} <= named()


async def test_another_model_is_asked_anew_and_the_first_is_remembered(lab, engine):
    async with sheet(lab, engine) as pilot:
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: bool(engine.numbers(ZeroShot)))
        for number in engine.numbers(ZeroShot):
            answer(engine, number, "spam")
        await eventually(pilot, lambda: cells(pilot, "#samples")[19][3] == "spam")
        await pilot.press("s", "end", *"-x", "escape", "1")
        await eventually(pilot, lambda: cells(pilot, "#samples")[0][3] == "")
        before = len(engine.numbers(ZeroShot))
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(engine.numbers(ZeroShot)) == before + 40)
        assert engine.jobs[engine.numbers(ZeroShot)[-1]].model.name == "facebook/bart-large-mnli-x"
        await pilot.press("ctrl+x", "s", "end", "backspace", "backspace", "escape", "1")
        await eventually(pilot, lambda: cells(pilot, "#samples")[0][3] == "spam")


async def test_a_window_over_a_cell_closes_when_another_program_has_emptied_the_table(lab, engine):
    async with sheet(lab, engine) as pilot:
        screen = screen_of(pilot.app)
        await pilot.press("colon")
        await eventually(pilot, lambda: isinstance(pilot.app.screen, CellDialog))
        Lab(lab.folder).save_answers(3, Answers(samples=()))
        screen.renew()
        await pilot.press("k")
        await eventually(pilot, lambda: pilot.app.screen is screen)
