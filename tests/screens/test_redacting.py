"""Personal data taken out of a text, by keys: from exercise 7 to the playground, to a file, and back as evidence."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from driving import eventually, screen_of
from textual.widgets import TextArea

from llm_tui.app import LabApp
from llm_tui.cli import cli
from llm_tui.engine.events import Finished
from llm_tui.errors import UserError
from llm_tui.foundation.job import Provenance
from llm_tui.foundation.labels_job import Entities, Entity, Recognized
from llm_tui.lab.lab import Lab
from llm_tui.redaction.done import NAME, Redactions
from llm_tui.redaction.rules import by_form
from llm_tui.report.evidence import facts
from llm_tui.screens import redacting

TEXT = "Ana y [b]Luis[/b]: ana@uni.es, Londres"
SPANS = (Entity(0, 3, "PER", 0.9), Entity(9, 13, "PER", 0.8), Entity(31, 38, "LOC", 0.7))


async def ask(app: LabApp, pilot: Any, engine: Any) -> None:
    """From the checklist to the proposals for a text."""
    await pilot.press("f6")
    await eventually(pilot, lambda: bool(app.screen.query("#items")))
    await pilot.press("O")
    await eventually(pilot, lambda: app.current_mode == "play" and bool(app.screen.query("#input")))
    await eventually(pilot, lambda: screen_of(app).answers.current.name == "entities")
    await pilot.press("t")
    await eventually(pilot, lambda: app.focused is app.screen.query_one("#input"))
    app.screen.query_one("#input", TextArea).text = TEXT
    await eventually(pilot, lambda: screen_of(app).answers.input == TEXT)
    await pilot.press("ctrl+r")
    await eventually(pilot, lambda: bool(engine.numbers(Entities)))
    engine.end(Finished(engine.numbers(Entities)[-1], Recognized((SPANS,), Provenance("acme/model"))))
    await pilot.press("escape", "O")
    await eventually(pilot, lambda: app.screen.is_modal)


async def test_from_the_checklist_to_a_file_and_back_as_evidence(lab, engine, monkeypatch) -> None:
    looked: list[threading.Thread] = []

    def recorded(*of: str) -> Any:
        looked.append(threading.current_thread())
        return by_form(*of)

    monkeypatch.setattr(redacting, "by_form", recorded)
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await ask(app, pilot, engine)
        assert threading.main_thread() not in looked and len(looked) == 1
        shown = app.screen.query_one("#redacted")
        assert str(shown.render()) == "[PERSONA 1] y [b][PERSONA 2][/b]: [CORREO 1], Londres"
        await pilot.press("down", "space")  # Luis stays
        await pilot.press("end", "space")  # Londres goes
        await eventually(pilot, lambda: str(shown.render()) == "[PERSONA 1] y [b]Luis[/b]: [CORREO 1], [LUGAR 1]")
        await pilot.press("ctrl+e")
        await eventually(pilot, lambda: any(fact.key == "redacted" for fact in facts(Lab(lab.folder))))
    assert (lab.folder / "exports" / "redacted.txt").read_text() == (
        "[PERSONA 1] y [b]Luis[/b]: [CORREO 1], [LUGAR 1]\n"
    )
    (fact,) = [fact for fact in facts(Lab(lab.folder)) if fact.key == "redacted"]
    assert fact.topic == "privacy" and "Ana" not in fact.said.en
    assert fact.said.en.endswith("E-MAIL ×1, PERSON ×1, PLACE ×1; left in by hand: 1; taken out by hand: 1")


async def test_what_could_not_be_written_was_not_redacted(lab, engine, monkeypatch, notices) -> None:
    def full(name: str, document: str) -> Path:
        raise UserError("The disk is full.")

    monkeypatch.setattr(lab, "export", full)
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await ask(app, pilot, engine)
        await pilot.press("ctrl+e")
        await eventually(pilot, lambda: any("The disk is full." in note.message for note in notices))
        await pilot.app.workers.wait_for_complete()
    assert not Lab(lab.folder).answers(NAME, Redactions).texts


async def test_without_an_answer_of_that_task_it_is_said_what_to_do(lab, engine) -> None:
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f4")
        await eventually(pilot, lambda: bool(app.screen.query("#input")))
        await pilot.press("O")
        await eventually(pilot, lambda: any("entities of a text first" in n.message for n in app._notifications))
        assert not app.screen.is_modal


def test_on_the_command_line_rules_need_no_model(tmp_path) -> None:
    done = CliRunner().invoke(cli, ["redact", "--rules-only", "DNI 12345678Z", "Nada.", "--keep", "ip"])
    assert (done.exit_code, done.stdout) == (0, "DNI [DOCUMENTO 1]\nNada.\n")


def test_on_the_command_line_with_the_model_that_comes_with_the_program(tmp_path) -> None:
    given = ["redact", "Ada Lovelace vive en Londres.", "--model", "llm-tui/teaching-entities", "--lab", str(tmp_path)]
    done = CliRunner().invoke(cli, given)
    assert (done.exit_code, done.stdout) == (0, "[PERSONA 1] vive en Londres.\n")
    assert "Ada" not in (tmp_path / "audit.jsonl").read_text()
