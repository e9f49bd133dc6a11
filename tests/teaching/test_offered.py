"""Where the course's model is not to be had the teaching model is offered, by its name and with its quality."""

from __future__ import annotations

import re
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner
from driving import eventually, screen_of

from llm_tui.app import LabApp
from llm_tui.cli import cli
from llm_tui.decoding import decode
from llm_tui.engine.events import Failed
from llm_tui.engine.job import Context, run_job
from llm_tui.errors import Unavailable
from llm_tui.exercises.moderation import Answers
from llm_tui.foundation.job import PROMPT, SUMMARIZE, TRANSLATE_EN_ES, TRANSLATE_ES_EN, Generate, ModelChoice, RoundTrip
from llm_tui.foundation.labels_job import Entities, Sentiment, ZeroShot
from llm_tui.foundation.teaching import BOTH_WAYS, SENTIMENT, T5, TEACHING
from llm_tui.hub.card import cached_card
from llm_tui.playground import registry
from llm_tui.teaching.record import RECORD, Record

MISSING = "The model is not in the cache."


def test_every_task_has_one_that_says_what_it_is_and_how_good():
    for task in registry.tasks():
        model = task.stand_in
        said = str(model.quality())
        assert said.startswith(f"{model.name} is a teaching model") and "(" in said
        spanish = model.quality().within("es")
        assert not re.search("translation|summary|copying|chance|majority|accuracy|labels|capitals|sentence", spanish)
        assert cached_card(model.name)["license"] == "apache-2.0"
    assert sum(f.stat().st_size for m in TEACHING.values() for f in m.folder.rglob("*")) < 60e6


def test_the_quality_is_that_of_the_task_and_the_readers_language_comes_first():
    summaries = T5.quality(SUMMARIZE)
    assert "translation" not in summaries.en
    assert summaries.en.index("summaries in English") < summaries.en.index("summaries in Spanish")
    assert summaries.es.index("resumen en español") < summaries.es.index("resumen en inglés")


def test_the_translator_says_how_good_it_is_at_technical_texts():
    for task in (TRANSLATE_ES_EN, TRANSLATE_EN_ES, BOTH_WAYS):
        said = T5.quality(task)
        figure = re.search(
            r"technical documentation: chrF (\d+)(, worse than)?[ (]+copying the source[ (:]+(\d+)\)", said.en
        )
        assert figure and (int(figure[1]) < int(figure[3])) == bool(figure[2])
        assert "documentación técnica: chrF" in said.es and "copiar el original" in said.es
        assert "oraciones cotidianas: chrF" in said.es  # the everyday figure beside it


def test_the_readme_has_the_translators_figures():
    record = decode((T5.folder / RECORD).read_bytes(), Record)
    of = [m for m in record.measures if m.measured_on.startswith("technical") and m.metric == "chrF"]
    (into_english, into_spanish), copied = ([f"{m.value:.0f}" for m in of], [f"{m.baseline:.0f}" for m in of])
    readme = " ".join((Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").split())
    assert f"chrF {into_english} into English and {into_spanish} into Spanish" in readme
    assert f"chrF {into_english} hacia el inglés y {into_spanish} hacia el español" in readme
    assert f"has {copied[0]} and {copied[1]}" in readme and f"a {copied[0]} y {copied[1]}" in readme


def test_each_instruction_is_told_with_its_own_figure():
    said = T5.quality(PROMPT)
    for part in ("one label of three", "five key terms", "formal rewriting"):
        assert re.search(rf"instructions \({part}\): [a-z ]+ [01]\.\d\d", said.en)
    assert "(una etiqueta de tres)" in said.es and "los cinco están en el texto" in said.es


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (["translate", "--from", "en"], "Hello."),
        (["summarize"], "One. Two."),
        (["ask"], "What?"),
        (["classify", "--labels", "a, b"], "Hello."),
        (["entities"], "Ada Lovelace."),
        (["sentiment"], "Good."),
    ],
)
def test_a_missing_model_is_told_with_the_one_that_is_there(no_hub, command, text):
    done = CliRunner().invoke(cli, [*command, text])
    assert done.exit_code == 2
    assert "llm-tui/teaching-" in done.output and "comes with llm-tui" in done.output


def test_the_catalogue_has_them_and_keeps_them(no_hub):
    listed = CliRunner().invoke(cli, ["models", "list"]).output
    for name in TEACHING:
        assert name in listed.replace("\\", "")
        refused = CliRunner().invoke(cli, ["models", "rm", name])
        assert refused.exit_code == 2 and "part of llm-tui" in refused.output
        assert TEACHING[name].folder.is_dir()
        assert CliRunner().invoke(cli, ["models", "pull", name]).exit_code == 0


def test_an_answer_is_told_with_the_models_quality(no_hub):
    done = CliRunner().invoke(
        cli, ["sentiment", "A wonderful film.", "--model", "llm-tui/teaching-sentiment", "--format", "md"]
    )
    assert "POSITIVE" in done.output and "modelo didáctico, pequeño a propósito" in done.output


def test_a_model_that_was_opened_as_a_folder_goes_by_the_name_that_it_is_asked_by():
    model = SENTIMENT
    for name in (str(model.folder), model.name, str(model.folder)):
        result = run_job(Sentiment(("Good.",), ModelChoice(name, "cpu"), 1), Context(0, lambda event: None, Event()))
        assert result.made_by.model == name


def asked(engine, kind: type) -> str | None:
    """The model of the last job of this kind: others, which count pieces, may come behind it."""
    numbers = engine.numbers(kind)
    return engine.jobs[numbers[-1]].model.name if numbers else None


async def test_in_the_playground_a_key_asks_it_and_again_the_other(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f4")
        await eventually(pilot, lambda: bool(app.screen.query("#input")))
        jobs = {"1": ZeroShot, "2": Generate, "3": Generate, "4": Entities, "5": Generate, "6": Sentiment}
        for key, kind in jobs.items():
            await pilot.press("l", key, "z")
            task = registry.tasks()[int(key) - 1]
            await eventually(
                pilot, lambda kind=kind, task=task: asked(engine, kind) == task.stand_in.name
            )  # fmt: skip
            engine.cancel()
            await pilot.press("z")
            await eventually(pilot, lambda kind=kind, task=task: asked(engine, kind) == task.model)
            engine.cancel()


async def test_a_missing_model_offers_the_teaching_model_in_playground_and_sheets(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f4")
        await eventually(pilot, lambda: bool(app.screen.query("#input")))
        await pilot.press("l", "1", "ctrl+r")
        await eventually(pilot, lambda: bool(engine.numbers(ZeroShot)))
        engine.end(Failed(engine.numbers(ZeroShot)[-1], MISSING, Unavailable.__name__))
        await eventually(pilot, lambda: app.screen.is_modal)
        await pilot.press("1")
        await eventually(pilot, lambda: len(engine.numbers(ZeroShot)) == 2)
        assert engine.jobs[engine.numbers(ZeroShot)[-1]].model.name == "llm-tui/teaching-zero-shot"
        engine.cancel()
        await pilot.press("x")
        await eventually(pilot, lambda: app.current_mode == "sheet-3")
        await pilot.pause(0.3)
        before = len(engine.numbers(ZeroShot))
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(engine.numbers(ZeroShot)) == before + 40)
        engine.end(Failed(engine.numbers(ZeroShot)[before], MISSING, Unavailable.__name__))
        await eventually(pilot, lambda: app.screen.is_modal)
        await pilot.press("enter")
        await eventually(pilot, lambda: len(engine.numbers(ZeroShot)) == before + 80)
        assert {engine.jobs[n].model.name for n in engine.numbers(ZeroShot)[-40:]} == {"llm-tui/teaching-zero-shot"}
        engine.cancel()
        await pilot.press("z")
        await eventually(pilot, lambda: screen_of(app).answers.model == Answers().model)


@pytest.mark.parametrize(("mode", "kind"), [("sheet-4", RoundTrip), ("sheet-5", Generate), ("sheet-6", Generate)])
async def test_in_a_sheet_a_key_asks_it(lab, engine, mode, kind):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        app.switch_mode(mode)
        await eventually(pilot, lambda: bool(app.screen.query("#table")))
        await pilot.pause(0.3)
        app.screen.set_focus(None)
        await pilot.press("z", "1")
        await eventually(pilot, lambda: bool(engine.numbers(kind)))
        others = {"lead-3"} if mode == "sheet-5" else set()  # no model is compared with itself
        assert {engine.jobs[n].model.name for n in engine.numbers(kind)} == {"llm-tui/teaching-t5", *others}
        await pilot.press("f1")
        await eventually(pilot, lambda: app.screen.is_modal)
