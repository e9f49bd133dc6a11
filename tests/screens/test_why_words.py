"""What each word had to do with an answer, in the window that says why: from the playground, from a row of a sheet."""

from __future__ import annotations

from driving import eventually, painted, said, screen_of
from textual.widgets import Static

from llm_tui.app import LabApp
from llm_tui.attribution.job import (
    GRADIENT,
    INTEGRATED,
    OCCLUSION,
    Attribute,
    Attribution,
    Explained,
    OfClass,
    OfHypothesis,
    Unit,
)
from llm_tui.engine.events import Cancelled, Finished
from llm_tui.foundation.job import Provenance
from llm_tui.foundation.labels_job import Classified, Judged, Labelled, Sentiment, Steps, ZeroShot
from llm_tui.screens.why import WhyScreen
from llm_tui.widgets.host import JobEvents
from llm_tui.widgets.why.attribution import AttributionPane

BY = Provenance("somebody/nli", "abcdef1234", "CPU", "float32", 77_000_000, 0.5)
TEXT = "a [b]good[/b] film"
UNITS = (Unit(0, 1), Unit(2, 5), Unit(5, 9), Unit(9, 13), Unit(14, 18))
VALUES = {
    GRADIENT: Attribution(GRADIENT, (0.1, 0.0, -0.5, 0.0, 0.2), 0.7),
    INTEGRATED: Attribution(INTEGRATED, (0.1, 0.2, 1.5, 0.0, 0.2), 0.0, -0.5, 513),
    OCCLUSION: Attribution(OCCLUSION, (0.1, 0.0, 0.75, 0.0, 0.2)),
}


def explained(job: Attribute) -> Explained:
    found = tuple(VALUES[method] for method in job.methods)
    return Explained(UNITS, found, 1.25, 0, len(job.text), "[MASK]", BY)


def answer(engine) -> None:
    """Everything that was asked so far, once."""
    for number in engine.numbers(Attribute):
        if number not in engine.ended:
            engine.ended.add(number)
            engine.end(Finished(number, explained(engine.jobs[number])))


async def opened(pilot, engine):
    """The window over a sentiment that was answered: POSITIVE, before NEGATIVE."""
    engine.ended = set()
    await pilot.press("f4")
    await eventually(pilot, lambda: bool(pilot.app.screen.query("#tasks")))
    screen = pilot.app.screen
    screen.action_task(5)
    screen._ask(screen.answers.with_input(TEXT))
    await eventually(pilot, lambda: bool(engine.numbers(Sentiment)))
    steps = Steps(("a",), (1,), (-0.25, 1.25), (0.2, 0.8), False)
    engine.end(Finished(engine.numbers(Sentiment)[0], Judged(("NEGATIVE", "POSITIVE"), (steps,), BY)))
    await eventually(pilot, lambda: screen._session.shown.answered)
    screen.set_focus(None)
    await pilot.press("w")
    await eventually(pilot, lambda: isinstance(pilot.app.screen, WhyScreen))
    await eventually(pilot, lambda: len(engine.numbers(Attribute)) == 3)


async def test_the_words_of_an_answer_by_each_method_and_of_the_next_label(lab, engine, notices):
    app = LabApp(lab, engine)
    async with app.run_test(size=(100, 40)) as pilot:
        await opened(pilot, engine)
        jobs = [engine.jobs[number] for number in engine.numbers(Attribute)]
        assert {job.of for job in jobs} == {OfClass("POSITIVE")} and {job.text for job in jobs} == {TEXT}
        await pilot.press("H")  # the text alone stands there: it goes into no report
        await eventually(pilot, lambda: said(notices, "There is no heat here"))
        answer(engine)
        await eventually(pilot, lambda: "[MASK]" in painted(pilot))
        shown = ("POSITIVE 1/2", "[b]good", "occlusion: logit of POSITIVE")
        await eventually(pilot, lambda: all(words in painted(pilot) for words in shown))
        await pilot.press("Y", "Y")
        told = ("integrated gradients: logit of POSITIVE", "513 points: the values sum to +2", "gap +0.25, 14.3%",
                "No more points are tried")  # fmt: skip
        await eventually(pilot, lambda: all(words in painted(pilot) for words in told))
        await pilot.press("k")
        await eventually(pilot, lambda: len(engine.numbers(Attribute)) == 6 and "NEGATIVE 2/2" in painted(pilot))
        await eventually(pilot, lambda: "logit of POSITIVE" not in painted(pilot) and "513" not in painted(pilot))
        answer(engine)
        await eventually(pilot, lambda: "513 points" in painted(pilot) and "logit of NEGATIVE" in painted(pilot))
        await pilot.press("K")
        await eventually(pilot, lambda: "integrated gradients: logit of POSITIVE" in painted(pilot))
        assert len(engine.numbers(Attribute)) == 6  # what is known is not asked again


async def test_side_by_side_the_methods_say_how_far_they_agree_and_it_is_exported(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(100, 50)) as pilot:
        await opened(pilot, engine)
        answer(engine)
        await pilot.press("c")
        wanted = [f"{name}: logit" for name in ("gradient × input", "integrated gradients", "occlusion")]
        wanted += ["integrated gradients / occlusion: rank correlation", "5 of the 5 words", "Adebayo"]
        await eventually(pilot, lambda: all(words in painted(pilot) for words in wanted))
        await pilot.press("end")  # the cursor is on the last: that goes, with all that is said of it
        pane = app.screen.query_one(AttributionPane)
        await eventually(pilot, lambda: str(pane.heat().title) == "occlusion: logit of POSITIVE")
        assert str(pane.heat().caption[-1]).startswith("Model: ")
        await pilot.press("ctrl+e")
        file = lab.folder / "exports" / "why-attribution.md"
        await eventually(pilot, file.exists)
    written = file.read_text(encoding="utf-8")
    assert "| palabra | gradiente × entrada | gradientes integrados | oclusión |" in written
    assert "513 puntos" in written


async def test_from_a_row_of_the_sheet_the_label_that_was_given_is_explained_first(lab, engine, notices):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        app.switch_mode("sheet-3")
        await eventually(pilot, lambda: bool(app.screen.query("#samples DataTable")))
        await pilot.press("w")
        await eventually(pilot, lambda: said(notices, "Go to a text that the model was asked for"))
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: bool(engine.numbers(ZeroShot)))
        number = engine.numbers(ZeroShot)[0]
        job = engine.jobs[number]
        scores = tuple(0.7 if label == "spam" else 0.1 for label in job.labels)
        engine.end(Finished(number, Classified(job.labels, tuple(Labelled(scores) for _ in job.texts), BY)))
        await eventually(pilot, lambda: "spam" in str(screen_of(app).answers.predicted(job.template)[:1]))
        await pilot.press("w")
        await eventually(pilot, lambda: isinstance(app.screen, WhyScreen) and bool(engine.numbers(Attribute)))
        asked = engine.jobs[engine.numbers(Attribute)[0]]
        assert asked.of == OfHypothesis("spam", job.template) and asked.text == job.texts[0]
        assert asked.model.name == BY.model
        pane = app.screen.query_one(AttributionPane)
        await eventually(pilot, lambda: "asked; the job bar" in painted(pilot))
        before = engine.numbers(Attribute)
        await pilot.press("k")
        await eventually(pilot, lambda: len(engine.numbers(Attribute)) == len(before) + 3)
        pane.on_job_events(JobEvents([Cancelled(number) for number in before]))
        assert "asked; the job bar" in str(pane.query_one(".said", Static).content)  # of the next label
