"""A translation and its way back, by tiny real models; and exercise 4 done with them, by the real engine."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import torch
from driving import cells, eventually, text_of
from sacrebleu.metrics.chrf import CHRF
from textual.widgets import TextArea

from llm_tui.app import LabApp
from llm_tui.engine.events import Event, Token
from llm_tui.engine.job import Context, JobCancelled, run_job
from llm_tui.exercises.translation import Answers, Sentence
from llm_tui.foundation import round_trip
from llm_tui.foundation.job import (
    TRANSLATE_EN_ES,
    TRANSLATE_ES_EN,
    Answer,
    Generate,
    Generated,
    ModelChoice,
    Provenance,
    RoundTrip,
    Settings,
)
from llm_tui.lab.lab import Lab
from llm_tui.playground.state import Playground

TEXT = "El niño pequeño explicó la lección en la estación de Madrid."
TEXTS = (TEXT, "Every word is cut into pieces.", "La observabilidad se mide con registros.", "Un tren.")
SHORT = Settings(max_new_tokens=12)


def model(folder: Path) -> ModelChoice:
    return ModelChoice(str(folder), "cpu")


@pytest.mark.parametrize(("there", "back"), [("t5", "t5"), ("t5", "marian"), ("marian", "t5")])
@pytest.mark.parametrize(("task", "other"), [(TRANSLATE_ES_EN, TRANSLATE_EN_ES), (TRANSLATE_EN_ES, TRANSLATE_ES_EN)])
def test_both_ways_are_those_of_two_plain_jobs(folders, context, there, back, task, other):
    first, second = model(folders[there]), model(folders[back])
    returns: set[str] = set()
    for text in (*TEXTS, *(f"{word} {n}" for n, word in enumerate(TEXT.split() * 3))):
        if len(returns) > 2 and returns - {""}:
            break
        trip = run_job(RoundTrip(task, text, first, second, SHORT), context)
        translated = run_job(Generate(task, (text,), first, SHORT), context).answers[0]
        assert trip.there == translated
        if translated.text:
            assert trip.back == run_job(Generate(other, (translated.text,), second, SHORT), context).answers[0]
            assert (trip.made_by.model, trip.back_by.model) == (first.name, second.name)
            returns.add(trip.back.text)
    assert returns - {""}  # else the test would say nothing


def test_chrf_is_sacrebleus_with_its_signature(folders, context, monkeypatch):
    def returning(job: Generate, context: Context) -> Generated:
        said = {TRANSLATE_ES_EN: "The small child.", TRANSLATE_EN_ES: "El niño chico explicó la clase en Madrid."}
        answer = Answer(said[job.task], job.texts[0], 1, 1, False, True, "")
        return Generated((answer,), Provenance("m", "", "CPU", "float32", 1, 0.1))

    monkeypatch.setattr(round_trip, "generate", returning)
    trip = run_job(RoundTrip(TRANSLATE_ES_EN, TEXT), context)
    metric = CHRF()
    score = metric.sentence_score("El niño chico explicó la clase en Madrid.", [TEXT])
    assert trip.chrf == pytest.approx(score.score, abs=1e-12)
    assert 10 < trip.chrf < 90
    assert trip.signature == f"chrF2|{metric.get_signature()}"


@pytest.mark.parametrize("nothing", ["", " \n ", "<think>Shall I?"])
def test_an_empty_translation_has_an_empty_way_back(context, monkeypatch, nothing):
    asked: list[Generate] = []
    by = Provenance("m", "", "CPU", "float32", 1, 0.1)

    def silent(job: Generate, context: Context) -> Generated:
        asked.append(job)
        return Generated((Answer(nothing, job.texts[0], 1, 0, False, True, "ñ"),), by)

    monkeypatch.setattr(round_trip, "generate", silent)
    trip = run_job(RoundTrip(TRANSLATE_ES_EN, TEXT), context)
    assert len(asked) == 1
    assert (trip.back.text, trip.chrf, trip.there.lost, trip.back_by) == ("", 0, "ñ", by)


@pytest.mark.parametrize("name", ["t5", "marian"])
def test_the_pieces_of_both_ways_are_told(folders, events: list[Event], context, name):
    trip = run_job(RoundTrip(TRANSLATE_ES_EN, TEXT, model(folders[name]), model(folders[name]), SHORT), context)
    told = [event.text for event in events if isinstance(event, Token)]
    parting = told.index("\n")
    assert "".join(told[:parting]).strip() == trip.there.text
    assert "".join(told[parting:]).strip() == trip.back.text
    assert told.count("\n") == 1 and told[0].strip()


@pytest.mark.parametrize("at", [3, 15])
@pytest.mark.parametrize("name", ["t5", "marian"])
def test_a_stop_ends_either_way_within_one_piece(folders, name, at):
    stop, steps = threading.Event(), 0
    parted: list[int] = []

    def listen(event: Event) -> None:
        if isinstance(event, Token) and event.text == "\n":
            parted.append(steps)

    def stepping(module: Any, *_: Any) -> None:
        nonlocal steps
        if hasattr(module, "generation_config"):
            steps += 1
            if steps == at:
                stop.set()

    handle = torch.nn.modules.module.register_module_forward_hook(stepping)
    choice = model(folders[name])
    try:
        with pytest.raises(JobCancelled):
            run_job(RoundTrip(TRANSLATE_ES_EN, TEXT, choice, choice, SHORT), Context(1, listen, stop))
    finally:
        handle.remove()
    assert steps == at
    assert bool(parted) == (at == 15)  # the first way takes 12 pieces at most


async def test_the_sheet_is_done_with_real_models_from_empty_to_exported(folders, tmp_path):
    lab = Lab(tmp_path / "my-lab")
    lab.save_answers(4, Answers(sentences=()))
    lab.save_answers("playground", Playground())
    app = LabApp(lab)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.switch_mode("sheet-4")
        await eventually(pilot, lambda: bool(app.screen.query("#sentences")))
        await pilot.pause()
        await pilot.press("s", "ctrl+u", *str(folders["t5"]), "down", "ctrl+u", *str(folders["marian"]))
        await pilot.press("escape", "l")
        for sentence in ("El tren de Madrid.", "La lección."):
            await pilot.press("a", *sentence, "enter")
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: all(row[2] for row in cells(pilot)), 60)
        target = app.screen.query_one("#target", TextArea)
        await pilot.press("t", "ctrl+home", "shift+right", "shift+right", "space", "2", "3", "enter")
        await pilot.press("n", "enter", *"Mejor así", "enter", "ctrl+e")
        file = lab.folder / "exports" / "exercise-4.md"
        await eventually(pilot, file.exists)
        assert "chrF" in text_of(pilot, "#facts")
        assert target.text
        await pilot.press("ctrl+q")
    answers = lab.answers(4, Answers)
    by = {(s.made.made_by.model, s.made.back_by.model) for s in answers.sentences if s.made}
    assert by == {(str(folders["t5"]), str(folders["marian"]))}
    assert [s.text for s in answers.sentences] == ["El tren de Madrid.", "La lección."]
    assert all(isinstance(s, Sentence) and s.made and "ó" in s.made.lost for s in answers.sentences[1:])
    assert len([mark for s in answers.sentences for mark in s.marks]) == 1
    written = file.read_text(encoding="utf-8")
    assert "**Corrección sugerida:** Mejor así" in written
    assert str(folders["t5"].parent) not in written
