"""The checklist and the paragraph of exercise 7 on their screen, by keys alone."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from driving import eventually, said, screen_of, text_of
from filled_lab import PARAGRAPH, fill
from gfm import tables
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, TextArea

from llm_tui.app import LabApp
from llm_tui.engine.events import Finished, Started
from llm_tui.exercises import moderation
from llm_tui.exercises.checklist import COURSE_ITEMS
from llm_tui.exercises.ethics import Answers, state
from llm_tui.foundation.job import ModelChoice, Provenance, Settings
from llm_tui.foundation.labels_job import Judged, Sentiment, Steps
from llm_tui.foundation.probes import PROBES, Probed, ProbeReport, Probing
from llm_tui.lab.lab import Lab
from llm_tui.report.evidence import facts


@asynccontextmanager
async def ethics(lab: Lab, engine, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    app = LabApp(lab, engine)
    async with app.run_test(size=size) as pilot:
        await pilot.press("f6")
        await eventually(pilot, lambda: bool(app.screen.query("#items")))
        await pilot.pause()
        yield pilot


async def open_checklist(pilot: Pilot[None], path: Path) -> None:
    await pilot.press("ctrl+l")
    await eventually(pilot, lambda: isinstance(pilot.app.focused, Input) and pilot.app.screen.is_modal)
    assert pilot.app.focused is not None
    pilot.app.focused.post_message(Paste(str(path)))
    await pilot.press("enter")
    await eventually(pilot, lambda: not pilot.app.screen.is_modal)


def items(pilot: Pilot[None]) -> list[str]:
    listed = pilot.app.screen.query_one("#items", OptionList)
    return [str(listed.get_option_at_index(row).prompt) for row in range(listed.option_count)]


def marks(pilot: Pilot[None], number: int) -> list[str]:
    return [line[:3] for line in items(pilot)[:number]]


def kept(lab: Lab) -> Answers:
    return Lab(lab.folder).answers(7, Answers)


async def test_the_whole_exercise_by_keys_exported_and_read_back(lab, engine) -> None:
    async with ethics(lab, engine) as pilot:
        assert len(items(pilot)) == 25 and items(pilot)[0].startswith("[ ] ")
        await pilot.press("exclamation_mark", "enter", *"Solo inglés | <unk>", "escape")
        assert text_of(pilot, "#facts") == "✗ not met: what will be done about it?"
        await pilot.press("s", *"Añadir textos", "tab", *"high", "tab", *"Ana", "tab", *"2026-03-01", "escape")
        for _ in range(24):
            await pilot.press("down", "space")
        await eventually(pilot, lambda: marks(pilot, 25) == ["[!]"] + ["[x]"] * 24)
        assert "Bias 5/5" in text_of(pilot, "#meters") and "Life cycle 5/5" in text_of(pilot, "#meters")
        await pilot.press("g")
        text = pilot.app.screen.query_one("#text", TextArea)
        await eventually(pilot, lambda: text.text.startswith("Sobre sesgos: Solo inglés | <unk>. Recomiendo: Añadir"))
        assert text_of(pilot, "#checks").count("✗") == 6
        await pilot.press(*["ctrl+u"] * 4)  # each takes a line of the screen
        await eventually(pilot, lambda: text.text == "")
        pilot.app.screen.post_message(Paste(PARAGRAPH))
        await eventually(pilot, lambda: "✗" not in text_of(pilot, "#checks"))
        await pilot.press("ctrl+e")
        file = lab.folder / "exports" / "exercise-7.md"
        await eventually(pilot, file.exists)
    written = file.read_text(encoding="utf-8")
    assert written.startswith("Los sesgos del clasificador")
    ((head, first, *rest),) = tables(written)
    assert head == ["tema", "pregunta", "estado", "respuesta", "mitigación", "gravedad", "responsable", "fecha"]
    assert first[2:] == ["[!] no cumplida", "Solo inglés | <unk>", "Añadir textos", "alta", "Ana", "2026-03-01"]
    assert len(rest) == 24 and {row[2] for row in rest} == {"[x] cumplida"}
    assert state(kept(lab)).complete


async def test_states_filters_search_undo_and_redo(lab, engine) -> None:
    async with ethics(lab, engine) as pilot:
        for key, mark in (
            ("space", "[x]"),
            ("p", "[~]"),
            ("exclamation_mark", "[!]"),
            ("minus", "[-]"),
            ("minus", "[ ]"),
        ):
            await pilot.press(key)
            await eventually(pilot, lambda mark=mark: marks(pilot, 1) == [mark])
        await pilot.press("u")
        await eventually(pilot, lambda: marks(pilot, 1) == ["[-]"])
        await pilot.press("u", "u", "U")
        await eventually(pilot, lambda: marks(pilot, 1) == ["[!]"])
        await pilot.press("k")
        assert len(items(pilot)) == 5
        await pilot.press("k", "space")
        await eventually(pilot, lambda: marks(pilot, 1) == ["[x]"])
        await pilot.press("k", "k", "k", "k", "S", "S")  # every topic again; what is open, then what is met
        await eventually(pilot, lambda: marks(pilot, 9) == ["[x]"])
        await pilot.press("S")
        await eventually(pilot, lambda: marks(pilot, 9) == [])  # nothing is so in part, and nothing breaks
        await pilot.press("space", "enter", "escape", "a", "S", "S", "S")
        await eventually(pilot, lambda: len(items(pilot)) == 25)
        await pilot.press("slash", *"rollback", "enter")
        chosen = pilot.app.screen.query_one("#items", OptionList)
        await eventually(pilot, lambda: "rollback" in items(pilot)[chosen.highlighted or 0])


async def test_what_was_typed_is_taken_back_as_one_and_moving_on_keeps_it(lab, engine) -> None:
    async with ethics(lab, engine) as pilot:
        await pilot.press("space", "enter", *"uno dos", "escape", "down", "enter", *"tres", "escape", "up")
        said = pilot.app.screen.query_one("#said", TextArea)
        await eventually(pilot, lambda: said.text == "uno dos")
        await pilot.press("u")
        await pilot.press("down")
        await eventually(pilot, lambda: said.text == "")
        await pilot.press("up", "u")
        await eventually(pilot, lambda: said.text == "")
        assert marks(pilot, 1) == ["[x]"]
        await pilot.press("U")
        await eventually(pilot, lambda: said.text == "uno dos")
        await pilot.press("s", *"Algo", "escape")
        entry = lambda: kept(lab).entry(COURSE_ITEMS[0].id)  # noqa: E731
        await eventually(pilot, lambda: entry().mitigation == "Algo")
    assert entry().answer == "uno dos"


async def test_evidence_of_the_lab_is_put_in_and_taken_out_and_follows_the_lab(lab, engine) -> None:
    fill(lab)
    async with ethics(lab, engine, (120, 40)) as pilot:
        shown = lambda: text_of(pilot, "#facts")  # noqa: E731
        await eventually(pilot, lambda: "errors by kind of text" in shown())
        await pilot.press("down", "a")
        await eventually(pilot, lambda: bool(pilot.app.screen.query("OptionList")) and pilot.app.screen.is_modal)
        await pilot.press("enter")  # facts of this topic come first
        await eventually(pilot, lambda: "• errors by kind of text (exercise 3): plain 6/8" in shown())
        await pilot.press("a")
        await eventually(pilot, lambda: pilot.app.screen.is_modal)
        await pilot.press("enter")
        await eventually(pilot, lambda: "errors by kind" not in shown())


async def test_evidence_goes_to_the_question_that_its_window_names(lab, engine, monkeypatch) -> None:
    fill(lab)
    looked = threading.Event()
    monkeypatch.setattr("llm_tui.screens.evidence.facts", lambda lab: (looked.wait(30), facts(lab))[1])
    async with ethics(lab, engine, (120, 40)) as pilot:
        await pilot.press("a", "a", "down")  # while the lab is looked through
        looked.set()
        await eventually(pilot, lambda: pilot.app.screen.is_modal and bool(pilot.app.screen.query("#why Static")))
        assert text_of(pilot, "#why Static") == str(COURSE_ITEMS[0].question)
        await pilot.press("enter")
        await eventually(pilot, lambda: kept(lab).entry(COURSE_ITEMS[0].id).evidence == ("lost",), 20)  # not "errors"
        assert not kept(lab).entry(COURSE_ITEMS[1].id).evidence
        assert not pilot.app.screen.is_modal, "it is asked once"


async def test_what_is_exported_or_copied_rests_on_what_the_lab_knows_then(lab, engine, monkeypatch) -> None:
    def errors() -> str:
        return next(fact.said.es for fact in facts(Lab(lab.folder)) if fact.key == "errors")

    fill(lab)
    looked = threading.Event()
    monkeypatch.setattr("llm_tui.screens.evidence.facts", lambda lab: (looked.wait(60), ())[1])
    async with ethics(lab, engine) as pilot:  # which does not know any fact yet
        before = errors()
        await pilot.press("ctrl+e")
        file = lab.folder / "exports" / "exercise-7.md"
        await eventually(pilot, file.exists)
        assert before in file.read_text(encoding="utf-8")
        sheet = lab.answers(3, moderation.Answers)
        other = tuple(replace(sample, kind="irony") for sample in sheet.samples)
        lab.save_answers(3, replace(sheet, samples=other))
        assert errors() != before
        await pilot.press("ctrl+y")
        await eventually(pilot, lambda: errors() in pilot.app.clipboard)
        looked.set()


async def test_a_test_of_a_model_leaves_its_result_as_evidence(lab, engine, notices) -> None:
    async with ethics(lab, engine) as pilot:
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: pilot.app.screen.is_modal)
        await pilot.press("enter")
        await eventually(pilot, lambda: bool(engine.numbers(Probing)))
        (number,) = engine.numbers(Probing)
        by = Provenance(engine.jobs[number].model.name, "", "CPU", "float32", 1, 0.5)
        results = tuple(Probed(probe.id, False, "\x1b[31m[b]no[/b]") for probe in PROBES)
        engine.end(Finished(number, ProbeReport(results, by, Settings())))
        await eventually(pilot, lambda: said(notices, "failed"))
        await eventually(pilot, lambda: (report := kept(lab).probed) is not None and not report.results[0].passed)
        await pilot.press("a")
        await eventually(pilot, lambda: pilot.app.screen.is_modal)
        await pilot.press("enter")
        await eventually(pilot, lambda: "google/flan-t5-small" in text_of(pilot, "#facts"))


async def test_the_second_set_and_checklists_of_ones_own(lab, engine, tmp_path: Path, notices) -> None:
    deon = Path(__file__).parents[1] / "deon.yml"
    (tmp_path / "no.yml").write_text("- just\n- words\n")
    async with ethics(lab, engine) as pilot:
        await pilot.press("plus")
        await eventually(pilot, lambda: len(items(pilot)) == 60)
        await pilot.press("plus")
        await eventually(pilot, lambda: len(items(pilot)) == 25)
        for path in (tmp_path / "no.yml", tmp_path / "gone.yml", deon, deon):
            await open_checklist(pilot, path)
        await eventually(pilot, lambda: len(items(pilot)) == 30)
        assert items(pilot)[-1].endswith("roll back the model in production if necessary?")
        assert "Data Collection 0/2" in text_of(pilot, "#meters")
        notes = [note.message for note in notices if note.severity == "error"]
        assert len(notes) == 2 and "no.yml" in notes[0] and "gone.yml" in notes[1]
        await pilot.press("u")
        await eventually(pilot, lambda: len(items(pilot)) == 25)


async def test_a_thousand_questions_are_listed_found_and_answered(lab, engine, tmp_path: Path) -> None:
    lines = "".join(f"      - line_id: X.{n}\n        line: Is [b]this[/b] question {n}?\n" for n in range(1000))
    many = tmp_path / "many.yml"
    many.write_text(f"sections:\n  - title: Many\n    section_id: X\n    lines:\n{lines}")
    async with ethics(lab, engine) as pilot:
        await open_checklist(pilot, many)
        await eventually(pilot, lambda: len(items(pilot)) == 1025)
        await pilot.press("end", "space", "slash", *"question 500", "enter", "p")
        await eventually(pilot, lambda: "Many 2/1000" in text_of(pilot, "#meters"))
        listed = items(pilot)
        assert listed[-1] == "[x] Is [b]this[/b] question 999?" and listed[525] == "[~] Is [b]this[/b] question 500?"
        await eventually(pilot, lambda: "X.999" in kept(lab).entries)


async def test_the_form_goes_through_every_field_and_escape_goes_back_to_the_questions(lab, engine) -> None:
    async with ethics(lab, engine) as pilot:
        await pilot.press("s")
        assert isinstance(pilot.app.focused, Input)
        await pilot.press("escape")
        assert pilot.app.focused is pilot.app.screen.query_one("#items")
        await pilot.press("Q", *"texto", "escape", "1")
        assert pilot.app.focused is pilot.app.screen.query_one("#items")
        await pilot.press("down", "space")
        await eventually(pilot, lambda: marks(pilot, 2) == ["[ ]", "[x]"])
        await eventually(pilot, lambda: kept(lab).answer == "texto")


@pytest.mark.parametrize("keys", ["ctrl+l", "ctrl+r"])
@pytest.mark.parametrize("name", ["x" * 300, "~no-such-person/x"])
async def test_a_name_that_can_be_no_file_is_said_in_a_sentence(lab, keys: str, name: str, notices) -> None:
    async with ethics(lab, None) as pilot:
        await pilot.press(keys)
        await eventually(pilot, lambda: isinstance(pilot.app.focused, Input))
        pilot.app.focused.value = name
        await pilot.press("enter")
        await eventually(pilot, lambda: any(note.severity == "error" for note in notices))
        assert "error of the program" not in "".join(note.message for note in notices)
        await pilot.pause(0.5)
        assert pilot.app.is_running


async def test_an_answer_of_the_log_is_asked_for_again_and_is_evidence(lab, engine) -> None:
    job = Sentiment(("Bien.",), ModelChoice("acme/model"))
    answer = Judged(("NO", "YES"), (Steps(("Bien",), (1,), (0.0, 1.0), (0.3, 0.7), False),), Provenance("acme/model"))
    lab.save_answers(7, Answers(answer="Bien."))
    listeners = lab.listeners(job)
    for event in (Started(1), Finished(1, replace(answer, made_by=Provenance("acme/model", "0" * 40, "CPU")))):
        for listener in listeners:
            listener(event)
    async with ethics(lab, engine) as pilot:
        for _ in range(2):  # the second key comes while the log is read: one dialog opens
            screen_of(pilot.app).action_rerun()
        await eventually(pilot, lambda: pilot.app.screen.is_modal)
        await pilot.press("1")
        await eventually(pilot, lambda: bool(engine.numbers(Sentiment)))
        assert engine.jobs[engine.numbers(Sentiment)[-1]].model.revision == "0" * 40
        engine.end(Finished(engine.numbers(Sentiment)[-1], answer))
        await eventually(pilot, lambda: pilot.app.screen.is_modal and bool(pilot.app.screen.query("Markdown")))
        await pilot.press("escape")
        await eventually(pilot, lambda: kept(lab).rerun is not None)
        assert not pilot.app.screen.is_modal
    found = kept(lab).rerun
    assert found and found.same == 1 and found.answers[0].same
