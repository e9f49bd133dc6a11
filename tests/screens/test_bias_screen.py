"""Bias in pairs on its screen, by keys alone, with answers that the test gives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from driving import cells, eventually, painted, said, screen_of
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from llm_tui.app import LabApp
from llm_tui.attribution.job import Attribute, Attribution, Explained, OfHypothesis, Unit
from llm_tui.bias.job import Compare, Compared, difference, measures
from llm_tui.bias.statistics import effect
from llm_tui.engine.events import Cancelled, Failed, Finished
from llm_tui.exercises.bias import Answers
from llm_tui.exercises.ethics import Answers as Ethics
from llm_tui.foundation.job import Provenance
from llm_tui.lab.lab import Lab
from llm_tui.snippets.snippet import snippet
from llm_tui.widgets.panes import Panes


def answered(job: Compare) -> Compared:
    scores = tuple(((0.7, 0.1, 0.1, 0.1), (0.6 - n / 100, 0.1, 0.2 + n / 100, 0.1)) for n in range(len(job.pairs)))
    effects = [
        effect(name, [difference(pair, weights) for pair in scores], 0, 50)
        for name, weights in measures(job.task, job.labels).items()
    ]
    return Compared(job.labels, scores, tuple(effects), Provenance("m[b]", "", "CPU", "float32", 1000, 2.0))


def explained(job: Attribute) -> Explained:
    """The first word of the text, and that alone."""
    units = (Unit(0, job.text.index(" ")),)
    found = tuple(Attribution(method, (0.5,)) for method in job.methods)
    by = Provenance("m[b]", "", "CPU", "float32", 1000, 2.0)
    return Explained(units, found, 0.5, 0, len(job.text), "[MASK]", by)


@asynccontextmanager
async def pairs(lab: Lab, engine, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    app = LabApp(lab, engine)
    async with app.run_test(size=size) as pilot:
        await pilot.press("f6")
        await eventually(pilot, lambda: bool(app.screen.query("#items")))
        await pilot.press("V")
        await eventually(pilot, lambda: bool(app.screen.query("#questions")))
        await pilot.pause()
        yield pilot


async def finish(pilot: Pilot[None], engine, most: int = 100) -> None:
    """Answer what was asked, and what is asked then."""
    done: set[int] = set()
    while due := [n for n in engine.numbers(Compare) if n not in done][:most]:
        for number in due:
            done.add(number)
            engine.end(Finished(number, answered(engine.jobs[number])))
        await pilot.pause()


async def type_line(pilot: Pilot[None], text: str) -> None:
    await eventually(pilot, lambda: isinstance(pilot.app.focused, Input) and pilot.app.screen.is_modal)
    assert pilot.app.focused is not None
    pilot.app.focused.post_message(Paste(text))
    await pilot.press("enter")


def kept(lab: Lab) -> Answers:
    return Lab(lab.folder).answers("bias", Answers)


async def test_kinds_are_measured_shown_exported_and_put_to_an_answer_of_the_checklist(lab, engine, notices):
    async with pairs(lab, engine) as pilot:
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(engine.numbers(Compare)) == 7)
        await finish(pilot, engine)
        await eventually(pilot, lambda: len(cells(pilot, "#table")) == 7)
        assert cells(pilot, "#table")[0][:3] == ["género", "20", "0.195"]
        assert cells(pilot, "#table")[0][5] == "20 / 0 / 0"
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: said(notices, "Todos los tipos") or said(notices, "Every kind"))
        await pilot.press("down", "enter")
        await eventually(pilot, lambda: pilot.app.screen.query_one(Panes).current == "pairs")
        listed = pilot.app.screen.query_one("#pairs", OptionList)
        assert listed.option_count == 20 and "+0.290" in str(listed.get_option_at_index(0).prompt)
        assert "m[b]" not in painted(pilot)
        await pilot.press("k")
        await eventually(pilot, lambda: "sensibles" in str(listed.border_title))
        await pilot.press("ctrl+e")
        await eventually(pilot, (lab.folder / "exports" / "bias.md").exists)
        assert "P(sensibles)" in (lab.folder / "exports" / "bias.md").read_text(encoding="utf-8")
        await pilot.press("q")
        await eventually(pilot, lambda: bool(pilot.app.screen.query("#items")))
        await pilot.press("l")
        screen = screen_of(pilot.app)
        await eventually(pilot, lambda: any(key.startswith("pairs:") for key in screen.known().facts()))
        await pilot.press("a")
        await eventually(pilot, lambda: pilot.app.screen.is_modal)
        place = next(i for i, fact in enumerate(screen._facts) if fact.key.startswith("pairs:"))
        await pilot.press(*["down"] * place, "enter")
        await eventually(pilot, lambda: not pilot.app.screen.is_modal)
        await screen.flush()
        evidence = [key for entry in Lab(lab.folder).answers(7, Ethics).entries.values() for key in entry.evidence]
        assert [key.partition(":")[0] for key in evidence] == ["pairs"]


async def test_own_pairs_are_added_edited_taken_back_dropped_and_read_from_a_file(lab, engine, tmp_path):
    path = tmp_path / "pares.csv"
    path.write_text("a,b,tipo\nEs [b]joven.,Es mayor.,edad\n", encoding="utf-8")
    async with pairs(lab, engine) as pilot:
        await pilot.press("a")
        await type_line(pilot, "Un niño llega.")
        await type_line(pilot, "Una niña llega.")
        await eventually(
            pilot, lambda: cells(pilot, "#own") == [["propios", "Un niño llega.", "Una niña llega.", "", ""]]
        )
        await pilot.press("enter", "ctrl+u", *"gender", "enter")
        await eventually(pilot, lambda: cells(pilot, "#own")[0][0] in ("género", "gender"))
        await pilot.press("ctrl+l")
        await type_line(pilot, str(path))
        await eventually(pilot, lambda: len(cells(pilot, "#own")) == 2)
        assert cells(pilot, "#own")[1][:3] == ["edad", "Es [b]joven.", "Es mayor."]
        await pilot.press("down", "d")
        await eventually(pilot, lambda: len(cells(pilot, "#own")) == 1)
        await pilot.press("u")
        await eventually(pilot, lambda: len(cells(pilot, "#own")) == 2)
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(engine.numbers(Compare)) == 9)
        jobs = {engine.jobs[number].of: engine.jobs[number] for number in engine.numbers(Compare)}
        assert jobs["gender-own"].pairs == (("Un niño llega.", "Una niña llega."),) and len(jobs["edad"].pairs) == 1
        await screen_of(pilot.app).flush()
    assert [pair.kind for pair in kept(lab).own] == ["gender", "edad"]


async def test_it_is_stopped_gone_on_with_and_a_failure_is_said(lab, engine, notices):
    async with pairs(lab, engine) as pilot:
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(engine.numbers(Compare)) == 7)
        first, *others = engine.numbers(Compare)
        engine.end(Finished(first, answered(engine.jobs[first])))
        for number in others:
            engine.end(Cancelled(number))
        await eventually(pilot, lambda: len(cells(pilot, "#table")) == 1)

        for _ in range(600):  # while the stop is still on its way, the key does nothing
            await pilot.press("ctrl+r")
            await pilot.pause(0.1)
            if len(engine.numbers(Compare)) == 13:
                break
        assert {engine.jobs[number].of for number in engine.numbers(Compare)[7:]} == set(Answers().kinds()[1:])
        engine.end(Failed(engine.numbers(Compare)[7], "No [b]room[/b].", "UserError"))
        await eventually(pilot, lambda: said(notices, "No [b]room[/b]."))

        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(engine.numbers(Compare)) > 13)
        engine.end(Failed(engine.numbers(Compare)[13], "It is not here.", "Unavailable"))
        await eventually(pilot, lambda: pilot.app.screen.is_modal)
        await pilot.press("enter")
        await eventually(
            pilot, lambda: engine.jobs[engine.numbers(Compare)[-1]].model.name == "llm-tui/teaching-zero-shot"
        )


async def test_task_and_language_are_chosen_from_a_list(lab, engine):
    async with pairs(lab, engine) as pilot:
        await pilot.press("s", "end", "enter")
        await eventually(pilot, lambda: screen_of(pilot.app).answers.task == "sentiment")
        assert screen_of(pilot.app).answers.language == "en"
        await pilot.press("z", "ctrl+r")
        await eventually(pilot, lambda: bool(engine.numbers(Compare)))
        job = engine.jobs[engine.numbers(Compare)[0]]
        assert (job.task, job.language, job.model.name) == ("sentiment", "en", "llm-tui/teaching-sentiment")


async def test_the_way_back_leads_to_where_it_was_opened_on_a_tiny_screen_too(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(40, 12)) as pilot:
        await app.switch_mode("sheet-3")
        await eventually(pilot, lambda: bool(app.screen.query("#samples")))
        await pilot.press("V")
        await eventually(pilot, lambda: bool(app.screen.query("#questions")))
        for pane in "1234":
            await pilot.press(pane)
        await pilot.press("1", "q")
        await eventually(pilot, lambda: bool(app.screen.query("#samples")))


async def test_why_shows_both_texts_goes_into_exercise_7_and_the_code_is_that_of_the_kind(lab, engine, notices):
    async with pairs(lab, engine, size=(100, 40)) as pilot:
        await pilot.press("w")
        await eventually(pilot, lambda: bool(notices))
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(engine.numbers(Compare)) == 7)
        await finish(pilot, engine)
        await eventually(pilot, lambda: len(cells(pilot, "#table")) == 7)
        (job,) = screen_of(pilot.app).code_jobs()
        assert len(job.job.texts) == 40 and job.job.labels == ("permitido", "spam", "odio", "sensibles")
        assert "El enfermero" in snippet(job, "es").text and "default_rng(0)" in snippet(job, "es").text
        await pilot.press("2", "w")
        await eventually(pilot, lambda: len(engine.numbers(Attribute)) == 6)
        for number in engine.numbers(Attribute):
            job = engine.jobs[number]
            assert job.of == OfHypothesis("odio", "Este texto es {}.") and job.model.name == "m[b]"
            engine.end(Finished(number, explained(job)))
        screen = screen_of(pilot.app)
        await eventually(pilot, lambda: len(screen.pane.heats()) == 2)
        a, b = screen.pane.heats()
        first = (job.text for job in (engine.jobs[number] for number in engine.numbers(Attribute)[:2]))
        assert (a.text, b.text) == tuple(first) and a.title.en.startswith("a · ") and b.title.en.startswith("b · ")
        await eventually(pilot, lambda: a.text in painted(pilot) and b.text in painted(pilot))
        await pilot.press("H")
        await eventually(pilot, lambda: said(notices, "7"))
        await pilot.press("q")
        await eventually(pilot, lambda: bool(pilot.app.screen.query("#questions")))


async def test_the_kind_that_is_looked_at_stays_while_others_come_in(lab, engine):
    async with pairs(lab, engine) as pilot:
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(engine.numbers(Compare)) == 7)
        first, second, third, *_ = engine.numbers(Compare)
        for number in (first, second):
            engine.end(Finished(number, answered(engine.jobs[number])))
        await eventually(pilot, lambda: len(cells(pilot, "#table")) == 2)
        listed = pilot.app.screen.query_one("#pairs", OptionList)
        await pilot.press("down", "enter")
        await eventually(pilot, lambda: "nombre" in str(listed.border_title) or "name" in str(listed.border_title))
        title = str(listed.border_title)
        engine.end(Finished(third, answered(engine.jobs[third])))
        await eventually(pilot, lambda: len(cells(pilot, "#table")) == 3)
        await pilot.pause()
        assert str(listed.border_title) == title
