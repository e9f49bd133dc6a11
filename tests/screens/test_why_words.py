"""What each word had to do with an answer, in the window that says why: from the playground, from a row of a sheet."""

from __future__ import annotations

from driving import eventually, painted, said, screen_of

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
from llm_tui.engine.events import Failed, Finished
from llm_tui.foundation.job import Provenance
from llm_tui.foundation.labels_job import Classified, Judged, Labelled, Sentiment, Steps, ZeroShot
from llm_tui.screens.why import WhyScreen
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


async def test_the_words_of_an_answer_by_each_method_and_of_the_next_label(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(100, 40)) as pilot:
        await opened(pilot, engine)
        jobs = [engine.jobs[number] for number in engine.numbers(Attribute)]
        assert {job.of for job in jobs} == {OfClass("POSITIVE")} and {job.text for job in jobs} == {TEXT}
        answer(engine)
        await eventually(pilot, lambda: "[MASK]" in painted(pilot))
        assert all(said in painted(pilot) for said in ("POSITIVE 1/2", "[b]good", "occlusion: logit of POSITIVE"))
        await pilot.press("Y", "Y")
        await eventually(pilot, lambda: "integrated gradients: logit of POSITIVE" in painted(pilot))
        assert "513 points: the values sum to +2" in painted(pilot) and "gap +0.25, 14.3%" in painted(pilot)
        assert "No more points are tried" in painted(pilot)
        await pilot.press("k")
        await eventually(pilot, lambda: len(engine.numbers(Attribute)) == 6 and "NEGATIVE 2/2" in painted(pilot))
        assert "logit of POSITIVE" not in painted(pilot) and "513 points" not in painted(pilot)
        answer(engine)
        await eventually(pilot, lambda: "513 points" in painted(pilot))
        assert "integrated gradients: logit of NEGATIVE" in painted(pilot)
        await pilot.press("K")
        await eventually(pilot, lambda: "integrated gradients: logit of POSITIVE" in painted(pilot))
        assert len(engine.numbers(Attribute)) == 6  # what is known is not asked again


async def test_side_by_side_the_methods_say_how_far_they_agree_and_it_is_exported(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(100, 50)) as pilot:
        await opened(pilot, engine)
        answer(engine)
        await pilot.press("c")
        await eventually(pilot, lambda: "integrated gradients / occlusion: rank correlation" in painted(pilot))
        shown = painted(pilot)
        assert all(f"{name}: logit" in shown for name in ("gradient × input", "integrated gradients", "occlusion"))
        assert "5 of the 5 words" in shown and "Adebayo" in shown
        await pilot.press("ctrl+e")
        file = lab.folder / "exports" / "why-attribution.md"
        await eventually(pilot, file.exists)
    written = file.read_text(encoding="utf-8")
    assert "| palabra | gradiente × entrada | gradientes integrados | oclusión |" in written
    assert "513 puntos" in written


async def test_what_has_not_come_yet_goes_into_no_report(lab, engine, notices):
    """The text alone stands there; once a method has answered, its heat can go."""
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, engine)
        await eventually(pilot, lambda: "occlusion: logit of POSITIVE" in painted(pilot))
        await pilot.press("H")
        await eventually(pilot, lambda: said(notices, "There is no heat here"))
        answer(engine)
        await eventually(pilot, lambda: "[MASK]" in painted(pilot))
        await pilot.press("c", "end")
        pane = app.screen.query_one(AttributionPane)
        await eventually(pilot, lambda: len(pane.heats()) == 3)
        assert str(pane.heat().title) == "occlusion: logit of POSITIVE" and "Model: " in str(pane.heat().caption[-1])


async def test_what_fails_is_said_once(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, engine)
        for number in engine.numbers(Attribute):
            engine.end(Failed(number, "It cannot be [b]looked into[/b].", "UserError"))
        await eventually(pilot, lambda: "It cannot be [b]looked into[/b]." in painted(pilot))


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
