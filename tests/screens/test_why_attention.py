"""The pane with the attention of a model: heads, layers and sides by keys, and what goes out of it."""

from __future__ import annotations

from array import array
from dataclasses import replace
from typing import Any

import pytest
from driving import eventually, painted, text_of
from textual.widgets import Static

from llm_tui.app import LabApp
from llm_tui.attribution.attention_asked import question
from llm_tui.attribution.attention_job import CROSS, DECODER, ENCODER, ITSELF, Attended, Attention, Side, Weights
from llm_tui.attribution.piece_job import Written
from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.foundation.job import (
    Answer,
    Generate,
    Generated,
    ModelChoice,
    Provenance,
    RoundTrip,
    Settings,
    ThereAndBack,
)
from llm_tui.foundation.labels_job import Classified, Entities, Labelled, Sentiment, ZeroShot
from llm_tui.screens.why import WhyScreen
from llm_tui.screens.why_panes import panes_of
from llm_tui.widgets.matrix import MatrixView
from llm_tui.widgets.why.attention import AttentionPane

MODEL = ModelChoice("tiny", "cpu")
SAID = Sentiment(("very good",), MODEL)
WRITTEN = Generate("summarize", ("one two", "three"), MODEL, Settings(max_new_tokens=7))
MADE_BY = Provenance("tiny", device="cpu", precision="float32", parameters=1000, seconds=0.1)
ANSWER = Generated((Answer("two", "one two", 2, 1, False, True, ""),), MADE_BY)
PIECES = ("[CLS]", "[b]ver[/b]", "good")
LAYERS = 3


def weights(layer: int, rows: int, columns: int) -> Weights:
    """Head 1 looks at the first piece, head 2 at the one of the layer's number."""
    first = [1.0 if column == 0 else 0.0 for column in range(columns)] * rows
    second = [1.0 if column == layer % columns else 0.0 for column in range(columns)] * rows
    mean = [(a + b) / 2 for a, b in zip(first, second, strict=True)]
    return Weights(2, rows, columns, array("f", [*mean, *first, *second]))


def side(name: str, rows: tuple[str, ...], columns: tuple[str, ...], only: int = 0) -> Side:
    layers = (weights(n, len(rows), len(columns)) if only in (0, n) else None for n in range(1, LAYERS + 1))
    return Side(name, rows, columns, tuple(layers), writes=name in (DECODER, CROSS))


def attend(job: Attention, context: Context) -> Attended:
    if job.text == "fails":
        raise UserError("The model [b]tiny[/b] gives no attention weights.")
    if not job.written:
        return Attended((side(ITSELF, PIECES, PIECES, job.layer),), True, 5, MADE_BY)
    written = ("<pad>", job.written.answer)
    sides = (side(ENCODER, PIECES, PIECES), side(DECODER, written, written), side(CROSS, written, PIECES))
    return Attended(sides, False, 0, MADE_BY)


def generate(job: Generate, context: Context) -> Generated:
    return replace(ANSWER, answers=(replace(ANSWER.answers[0], text=f"{len(job.texts)} asked"),))


@pytest.fixture(autouse=True)
def faked(monkeypatch: pytest.MonkeyPatch) -> None:
    for job, runner in ((Attention, "attend"), (Generate, "generate")):
        monkeypatch.setattr(job, "runner", f"screens.test_why_attention:{runner}")
        monkeypatch.setattr(job, "imports", ())


async def opened(pilot: Any, job: Any, result: object = None) -> AttentionPane:
    (pane,) = (pane for pane in panes_of(job, result) if isinstance(pane, AttentionPane))
    pilot.app.push_screen(WhyScreen([pane]))
    await eventually(pilot, lambda: bool(pane.query(MatrixView)))
    return pane


def which(pane: AttentionPane) -> str:
    return str(pane.query_one("#which", Static).content)


async def test_letters_go_from_head_to_head_and_a_layer_that_is_not_there_is_asked_for(lab):
    async with LabApp(lab).run_test(size=(80, 24)) as pilot:
        pane = await opened(pilot, SAID)
        await eventually(pilot, lambda: "layer 1 of 3; mean of 2 heads" in which(pane))
        assert "[b]ver[" in painted(pilot) and "░ 3 %" in painted(pilot)
        assert "Attention is no explanation" in painted(pilot)
        assert "did not read the text to its end" in painted(pilot) and "3 of the model's 5 layers" in painted(pilot)
        await pilot.press("down", "right")
        await eventually(pilot, lambda: "[b]ver[/b] → [b]ver[/b]  0.500" in text_of(pilot, "#here"))
        assert "[b]ver[/b] looks at: [CLS] 0.50, [b]ver[/b] 0.50" in text_of(pilot, "#here")
        await pilot.press("l", "l")
        await eventually(pilot, lambda: "head 2 of 2" in which(pane))
        await eventually(pilot, lambda: "→ [b]ver[/b]  1.000" in text_of(pilot, "#here"))
        await pilot.press("l", "h")
        await eventually(pilot, lambda: "head 2 of 2" in which(pane))
        await pilot.press("j")
        await eventually(pilot, lambda: "layer 2 of 3; head 2 of 2" in which(pane))
        await eventually(pilot, lambda: "→ [b]ver[/b]  0.000" in text_of(pilot, "#here"))
        await pilot.press("k", "k")
        await eventually(pilot, lambda: "layer 3 of 3" in which(pane))


async def test_an_answer_that_nobody_has_is_asked_again_and_the_sides_are_on_a_key(lab):
    async with LabApp(lab).run_test(size=(80, 24)) as pilot:
        pane = await opened(pilot, WRITTEN)
        await eventually(pilot, lambda: "cross-attention" in which(pane))
        assert "1 asked" in painted(pilot)
        await eventually(pilot, lambda: "<pad> looks at: [CLS] 0.50" in text_of(pilot, "#here"))
        assert "to predict 1 asked" in text_of(pilot, "#here")
        await pilot.press("enter")
        await eventually(pilot, lambda: "encoder, self-attention" in which(pane))
        assert "to predict" not in text_of(pilot, "#here")
        await pilot.press("enter")
        await eventually(pilot, lambda: "decoder, self-attention" in which(pane))


async def test_what_is_exported_names_layer_head_and_model_and_the_strongest_pairs(lab):
    async with LabApp(lab).run_test(size=(80, 24)) as pilot:
        pane = await opened(pilot, WRITTEN, ANSWER)
        await eventually(pilot, lambda: "cross-attention" in which(pane))
        await pilot.press("j", "l")
        await eventually(pilot, lambda: "layer 2 of 3; head 1 of 2" in which(pane))
        document = pane.document("en")
        assert "layer 2 of 3; head 1 of 2" in document and "Model: tiny" in document
        assert "Jain and Wallace 2019" in document and "| two" in document and "1.000" in document
        (figure,) = pane.figures()
        assert figure.told().en.startswith("Attention of tiny: cross-attention")
        assert "capa 2 de 3; cabeza 1 de 2" in figure.svg("es") and "[b]ver[/b]" in figure.svg("es")


async def test_what_fails_is_said(lab):
    async with LabApp(lab).run_test(size=(80, 24)) as pilot:
        await opened(pilot, Entities(("fails",), MODEL))
        await eventually(pilot, lambda: "The model [b]tiny[/b] gives no attention weights." in painted(pilot))
        await pilot.press("l", "j", "enter")
        await pilot.press("ctrl+e")


def test_of_a_label_the_hypothesis_is_read_behind_the_text():
    job = ZeroShot(("a text",), ("cats", "dogs"), "About {}.", model=MODEL)
    found = Classified(job.labels, (Labelled((0.2, 0.8)),), MADE_BY)
    assert question(job, found).pair == "About dogs."
    assert question(job, None).pair == "About cats."
    written = Written(replace(WRITTEN, texts=("one two",)), "two", count=1)
    assert question(WRITTEN, ANSWER) == Attention("one two", MODEL, "generate", written=written)


def test_of_a_translation_there_and_back_it_is_the_way_there():
    job = RoundTrip("translate_en_es", "a dog", MODEL)
    there, back = (replace(ANSWER.answers[0], text=text) for text in ("un perro", "a dog"))
    asked = question(job, ThereAndBack(there, back, 100.0, "", MADE_BY, MADE_BY))
    assert (asked.text, asked.written.answer, asked.written.asked.task) == ("a dog", "un perro", "translate_en_es")


@pytest.mark.parametrize("model", ["http://127.0.0.1:8000/v1#m", "lead-3"])
def test_nobody_looks_into_a_served_model_or_into_none(model: str):
    found = panes_of(replace(WRITTEN, model=ModelChoice(model)), ANSWER)
    assert not any(isinstance(pane, AttentionPane) for pane in found)
