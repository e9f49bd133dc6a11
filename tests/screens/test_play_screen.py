"""The playground on its screen, driven by keys, with an engine that the test drives by hand."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from driving import Notice, eventually, painted, said, screen_of, text_of
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static, TextArea

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.engine.energy import Energy
from llm_tui.engine.events import Failed, Finished, Started, Token
from llm_tui.foundation.few_shot import Example
from llm_tui.foundation.inspection import Aid, Inspect
from llm_tui.foundation.job import (
    PROMPT,
    SUMMARIZE,
    TRANSLATE_EN_ES,
    TRANSLATE_ES_EN,
    Answer,
    Generate,
    Generated,
    Provenance,
    RoundTrip,
)
from llm_tui.foundation.labels_job import (
    Classified,
    Entities,
    Entity,
    Judged,
    Labelled,
    Recognized,
    Sentiment,
    Steps,
    ZeroShot,
)
from llm_tui.foundation.models import ListModels
from llm_tui.lab.lab import Lab
from llm_tui.playground.state import Playground
from llm_tui.playground.tasks import zero_shot
from llm_tui.screens.dialogs import AskDialog, ChoiceDialog
from llm_tui.survey import Survey
from llm_tui.widgets.form import Form

BY = Provenance("somebody/little", "abcdef1234", "CPU", "float32", 77_000_000, 0.5)


def answered(text: str, **changed: object) -> Generated:
    values = {"source": "x", "input_pieces": 9, "output_pieces": 5, "cut": False, "complete": True, "lost": ""}
    return Generated((Answer(text=text, **{**values, **changed}),), BY)  # type: ignore[arg-type]


@asynccontextmanager
async def play(lab: Lab, engine, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Pilot[None]]:
    app = LabApp(lab, engine)
    async with app.run_test(size=size) as pilot:
        await pilot.press("f4")
        await eventually(pilot, lambda: app.current_mode == "play" and bool(app.screen.query("#answer")))
        await pilot.pause()
        yield pilot


async def ask(pilot: Pilot[None], engine, *keys: str) -> tuple[int, Any]:
    """Press keys, the last of which asks; the number of the job and the job."""
    before = questions(engine)
    await pilot.press(*keys, "ctrl+r")
    await eventually(pilot, lambda: len(questions(engine)) > len(before))
    number = questions(engine)[-1]
    return number, engine.jobs[number]


def questions(engine) -> list[int]:
    """The numbers of the jobs that ask a model."""
    return [number for number, job in engine.jobs.items() if not isinstance(job, Inspect | Survey | ListModels)]


@pytest.mark.parametrize(
    ("key", "kind", "model"),
    [
        ("1", ZeroShot, "facebook/bart-large-mnli"),
        ("2", Generate, "google/flan-t5-small"),
        ("3", Generate, "google/flan-t5-small"),
        ("4", Entities, "dslim/bert-base-NER"),
        ("5", Generate, "google/flan-t5-small"),
        ("6", Sentiment, "distilbert-base-uncased-finetuned-sst-2-english"),
    ],
)
async def test_each_task_has_a_key_and_the_model_of_the_course(lab, engine, key, kind, model):
    async with play(lab, engine) as pilot:
        _, job = await ask(pilot, engine, key)
        assert isinstance(job, kind)
        assert job.model.name == model
        assert job.texts[0].strip()


async def test_what_an_answer_took_is_said_with_what_made_it_where_it_was_measured(lab, engine):
    async with play(lab, engine) as pilot:
        number, _ = await ask(pilot, engine, "2")
        engine.end(Finished(number, answered("plain")))
        await eventually(pilot, lambda: "plain" in text_of(pilot, "#answer"))
        assert "Energy" not in text_of(pilot, "#line")
        number, _ = await ask(pilot, engine, "2")
        energy = Energy(72.0, 2.0, "NVML", False, 1, 1)
        engine.end(Finished(number, replace(answered("measured"), made_by=replace(BY, energy=energy))))
        await eventually(pilot, lambda: text_of(pilot, "#line").endswith("Energy: 0.0200 Wh (NVML)."))


async def test_the_generating_tasks_are_told_apart(lab, engine):
    async with play(lab, engine) as pilot:
        tasks = [(await ask(pilot, engine, key))[1].task for key in ("2", "3", "5")]
        assert tasks == [TRANSLATE_ES_EN, SUMMARIZE, PROMPT]


async def test_an_answer_is_shown_while_it_is_written(lab, engine):
    async with play(lab, engine) as pilot:
        engine.end(Finished(1, None))
        number, _ = await ask(pilot, engine, "5")
        engine.tell(Started(number), Token(number, "Obser"), Token(number, "var"))
        await eventually(pilot, lambda: text_of(pilot, "#answer") == "Observar")
        engine.end(Finished(number, answered("Observar [b]todo[/b].\x1b[31m", lost="ñ")))
        await eventually(pilot, lambda: "␛[31m" in text_of(pilot, "#answer"))
        assert "[b]todo[/b]" in text_of(pilot, "#answer")
        line = text_of(pilot, "#line")
        assert "9 pieces in, 5 out, 10/s" in line
        assert "Lost: ñ" in line
        assert "somebody/little @ abcdef1" in line


async def test_what_was_written_stays_when_it_is_stopped(lab, engine, notices):
    async with play(lab, engine) as pilot:
        engine.end(Finished(1, None))
        number, _ = await ask(pilot, engine, "5")
        engine.tell(Started(number), Token(number, "A medias"))
        await eventually(pilot, lambda: text_of(pilot, "#answer") == "A medias")
        await pilot.press("ctrl+x")
        await eventually(pilot, lambda: "stopped" in text_of(pilot, "#line"))
        assert text_of(pilot, "#answer") == "A medias"
        await pilot.press("w")
        await eventually(pilot, lambda: said(notices, "There is no whole answer here yet"))


async def test_labels_are_bars_with_the_best_first(lab, engine):
    async with play(lab, engine) as pilot:
        number, job = await ask(pilot, engine, "1")
        assert job.labels == ("DevOps", "ciberseguridad", "finanzas", "educación")
        engine.end(Finished(number, Classified(job.labels, (Labelled((0.1, 0.2, 0.6, 0.1)),), BY)))
        await eventually(pilot, lambda: "0.600" in text_of(pilot, "#answer"))
        assert text_of(pilot, "#answer").startswith("finanzas")


async def test_a_text_that_was_cut_is_said_to_be_so_below_its_labels(lab, engine):
    async with play(lab, engine) as pilot:
        number, job = await ask(pilot, engine, "1")
        engine.end(Finished(number, Classified(job.labels, (Labelled((0.1, 0.2, 0.6, 0.1), cut=True),), BY)))
        said = "The text was cut: it is longer than the model takes."
        await eventually(pilot, lambda: text_of(pilot, "#answer").endswith(said))


async def test_entities_are_marked_in_the_text_and_listed(lab, engine):
    async with play(lab, engine) as pilot:
        number, job = await ask(pilot, engine, "4")
        assert job.texts[0].startswith("Ada Lovelace")
        engine.end(Finished(number, Recognized(((Entity(0, 12, "PER", 0.99),),), BY)))
        await eventually(pilot, lambda: "[Ada Lovelace PER]" in text_of(pilot, "#answer"))
        assert "PER    0.990  Ada Lovelace" in text_of(pilot, "#answer")


async def test_sentiment_shows_each_step(lab, engine):
    async with play(lab, engine) as pilot:
        number, _ = await ask(pilot, engine, "6")
        steps = Steps(("[CLS]", "joy", "[SEP]"), (101, 6569, 102), (-2.0, 3.0), (0.007, 0.993), False)
        engine.end(Finished(number, Judged(("NEGATIVE", "POSITIVE"), (steps,), BY)))
        await eventually(pilot, lambda: "POSITIVE" in text_of(pilot, "#answer"))
        shown = text_of(pilot, "#answer")
        assert "[CLS] 101  joy 6569  [SEP] 102" in shown
        assert "NEGATIVE -2.000  POSITIVE +3.000" in shown
        assert "POSITIVE 0.993" in shown


async def test_a_translation_goes_back_on_a_key(lab, engine):
    async with play(lab, engine) as pilot:
        number, _ = await ask(pilot, engine, "2")
        engine.end(Finished(number, answered("Data engineering.")))
        await eventually(pilot, lambda: "Data engineering" in text_of(pilot, "#answer"))
        await pilot.press("b")
        await eventually(pilot, lambda: questions(engine)[-1] > number)
        back = engine.jobs[questions(engine)[-1]]
        assert (back.task, back.texts) == (TRANSLATE_EN_ES, ("Data engineering.",))


async def test_the_session_keeps_answers_and_puts_them_back(lab, engine):
    async with play(lab, engine) as pilot:
        number, job = await ask(pilot, engine, "5")
        engine.end(Finished(number, answered("Primera.")))
        history = pilot.app.screen.query_one("#history", OptionList)
        await eventually(pilot, lambda: history.option_count == 1)
        pilot.app.screen.query_one("#input", TextArea).text = "Otra cosa"
        number, _ = await ask(pilot, engine)
        engine.end(Finished(number, answered("Segunda.")))
        await eventually(pilot, lambda: history.option_count == 2)
        await pilot.press("v", "down", "down", "enter")
        await eventually(pilot, lambda: text_of(pilot, "#answer") == "Primera.")
        assert pilot.app.screen.query_one("#input", TextArea).text == job.texts[0]


async def write_a_prompt(pilot: Pilot[None]) -> None:
    """Meanwhile, in another task: an input, an example, a template that is filled in, other settings."""
    await pilot.press("l", "5")
    screen = screen_of(pilot.app)
    screen.query_one("#input", TextArea).text = "Mucho texto"
    await eventually(pilot, lambda: screen.answers.input == "Mucho texto")
    blanks = {"qa": {"question": "¿Qué?"}}
    settings = {"max_new_tokens": "7"}
    screen.change(replace(screen.answers, examples=(Example("x", "y"),), blanks=blanks, settings=settings))


def prompt_stands(playground: Playground) -> bool:
    return (playground.inputs["prompt"], playground.examples, playground.blanks) == (
        "Mucho texto", (Example("x", "y"),), {"qa": {"question": "¿Qué?"}}
    )  # fmt: skip


async def test_what_is_put_back_leaves_what_was_written_of_other_tasks_since(lab, engine):
    async with play(lab, engine) as pilot:
        number, job = await ask(pilot, engine, "2")
        engine.end(Finished(number, answered("Primera.")))
        await eventually(pilot, lambda: text_of(pilot, "#answer") == "Primera.")
        await write_a_prompt(pilot)
        await pilot.press("v", "down", "enter")
        screen = screen_of(pilot.app)
        await eventually(pilot, lambda: screen.answers.current.name == "translation")
        assert screen.answers.input == job.texts[0] and screen.answers.settings == {}
        assert prompt_stands(screen.answers)


async def test_an_answer_to_a_prompt_is_put_back_with_its_examples(lab, engine):
    async with play(lab, engine) as pilot:
        await write_a_prompt(pilot)
        number, _ = await ask(pilot, engine)
        engine.end(Finished(number, answered("Primera.")))
        await eventually(pilot, lambda: text_of(pilot, "#answer") == "Primera.")
        screen = screen_of(pilot.app)
        screen.change(replace(screen.answers.with_input("Otra cosa"), examples=(), settings={}))
        await pilot.press("v", "down", "enter")
        await eventually(pilot, lambda: prompt_stands(screen.answers), 5)
        assert screen.answers.settings == {"max_new_tokens": "7"}


async def test_what_is_asked_of_another_model_leaves_what_was_written_of_other_tasks_since(lab, engine):
    async with play(lab, engine) as pilot:
        number, job = await ask(pilot, engine, "2")
        await write_a_prompt(pilot)
        engine.end(Failed(number, "It is not here.", "Unavailable"))
        await eventually(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        await pilot.press("1")
        await eventually(pilot, lambda: questions(engine)[-1] != number)
        again = engine.jobs[questions(engine)[-1]]
        assert (again.texts, again.model.name) == (job.texts, "llm-tui/teaching-t5")
        assert prompt_stands(screen_of(pilot.app).answers)


async def test_the_cursor_stays_on_its_answer_when_another_one_comes(lab, engine):
    async with play(lab, engine) as pilot:
        number, _ = await ask(pilot, engine, "5")
        engine.end(Finished(number, answered("Primera.")))
        history = pilot.app.screen.query_one("#history", OptionList)
        await eventually(pilot, lambda: history.option_count == 1)
        number, _ = await ask(pilot, engine, "v", "down")
        engine.end(Finished(number, answered("Segunda.")))
        await eventually(pilot, lambda: history.option_count == 2 and text_of(pilot, "#answer") == "Segunda.")
        await pilot.press("enter")
        await eventually(pilot, lambda: text_of(pilot, "#answer") == "Primera.", 5)


async def test_an_answer_says_which_task_it_is_of_when_another_has_been_chosen(lab, engine):
    async with play(lab, engine) as pilot:
        number, _ = await ask(pilot, engine, "5")
        engine.end(Finished(number, answered("Primera.")))
        await eventually(pilot, lambda: text_of(pilot, "#answer") == "Primera.")
        await pilot.press("1")
        assert text_of(pilot, "#answer") == "Primera."
        assert pilot.app.screen.query_one("#output").border_title == "Answer: Prompt"


async def test_fields_inputs_and_settings_are_there_again_on_the_next_start(lab, engine):
    async with play(lab, engine) as pilot:
        await pilot.press("5", "s", "ctrl+u", *"my/model", "escape", "e", "ctrl+u", "7", "escape", "t")
        await pilot.press(*"Hola. ", "ctrl+q")
    kept = lab.answers("playground", Playground)
    assert kept.values()["model"] == "my/model"
    assert kept.input.startswith("Hola. ")
    async with play(lab, engine) as pilot:
        assert pilot.app.screen.query_one("#field-model", Input).value == "my/model"
        _, job = await ask(pilot, engine)
        assert job.settings.max_new_tokens == 7
        assert job.model.name == "my/model"


async def test_the_sheets_are_asked_as_the_settings_stand_also_where_nothing_can_be_saved(lab, engine):
    lab.read_only = "This lab can only be read."
    async with play(lab, engine) as pilot:
        await pilot.press("5", "e", "ctrl+u", "7", "escape")
        await pilot.app.switch_mode("sheet-4")
        await eventually(pilot, lambda: bool(pilot.app.screen.query("#sentences")))
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: bool(engine.numbers(RoundTrip)))
        assert engine.jobs[engine.numbers(RoundTrip)[0]].settings.max_new_tokens == 7


@pytest.mark.parametrize(("language", "sentence"), [("en", "write a whole number"), ("es", "escriba un número entero")])
async def test_a_wrong_setting_is_said_in_one_sentence_and_nothing_is_asked(lab, engine, language, sentence, notices):
    i18n.use(language)
    async with play(lab, engine) as pilot:
        await pilot.press("5", "e", "ctrl+u", "x", "ctrl+r")
        await eventually(pilot, lambda: said(notices, sentence))
        assert not questions(engine)


async def test_a_failure_is_said_and_the_next_question_works(lab, engine):
    async with play(lab, engine) as pilot:
        number, _ = await ask(pilot, engine, "5")
        engine.end(Failed(number, "The model [b]x[/b] is not there.", "UserError"))
        await eventually(pilot, lambda: text_of(pilot, "#answer") == "The model [b]x[/b] is not there.")
        number, _ = await ask(pilot, engine)
        engine.end(Finished(number, answered("Ahora sí.")))
        await eventually(pilot, lambda: text_of(pilot, "#answer") == "Ahora sí.")


async def test_an_answer_is_exported_with_what_made_it(lab, engine, notices):
    async with play(lab, engine) as pilot:
        await pilot.press("ctrl+e")
        await eventually(pilot, lambda: said(notices, "no answer yet"))
        number, _ = await ask(pilot, engine, "5")
        engine.end(Finished(number, answered("Uno | dos <unk>")))
        await eventually(pilot, lambda: "Uno" in text_of(pilot, "#answer"))
        await pilot.press("ctrl+e")
        file = lab.folder / "exports" / "play-prompt.md"
        await eventually(pilot, file.exists)
    written = file.read_text(encoding="utf-8")
    assert "Uno \\| dos \\<unk>" in written
    assert "Modelo: somebody/little" in written


async def test_only_the_fields_of_the_task_are_shown(lab, engine):
    async with play(lab, engine) as pilot:

        def shown() -> list[str]:
            fields = pilot.app.screen.query_one("#fields", Form).query(Input)
            return [field.name for field in fields if field.display]

        await pilot.press("1")
        assert shown() == ["model", "labels", "template", "multi_label"]
        await pilot.press("2")
        assert shown() == ["model", "direction"]


async def test_at_80_columns_the_settings_unfold_when_they_are_wanted(lab, engine):
    async with play(lab, engine, size=(80, 24)) as pilot:
        right = pilot.app.screen.query_one("#right")
        assert not right.display
        await pilot.press("e")
        await eventually(pilot, lambda: right.display and isinstance(pilot.app.focused, Input))


async def test_what_the_model_would_see_is_told_before_it_is_asked(lab, engine):
    async with play(lab, engine) as pilot:
        await pilot.press("5")
        pilot.app.screen.query_one("#input", TextArea).text = "Mañana será [b]otro[/b] día"
        await eventually(pilot, lambda: any(job.text.startswith("Mañana") for job in inspected(engine).values()))
        number, job = list(inspected(engine).items())[-1]
        assert job.model == "google/flan-t5-small"
        engine.end(Finished(number, Aid(600, 512, ((2, 3), (25, 26)))))
        await eventually(pilot, lambda: "600 pieces of 512" in text_of(pilot, "#aid"))
        shown = text_of(pilot, "#aid")
        assert "Ma⟨ñ⟩ana" in shown and "d⟨í⟩a" in shown
        assert "the end will be cut" in shown
        assert not questions(engine)


async def test_a_model_that_is_not_here_is_told_before_it_is_asked(lab, engine):
    async with play(lab, engine) as pilot:
        await eventually(pilot, lambda: bool(inspected(engine)))
        engine.end(Finished(list(inspected(engine))[-1], None))
        await eventually(pilot, lambda: "facebook/bart-large-mnli: not on this machine yet" in text_of(pilot, "#aid"))


def inspected(engine) -> dict[int, Inspect]:
    return {number: job for number, job in engine.jobs.items() if isinstance(job, Inspect)}


WHY = "There is no way to the hub from here: " + "fetch it where there is one and bring the folder here, " * 8 + "END."


def told(notices: list[Notice]) -> bool:
    """Whether a notice says why there is no answer."""
    return any(note.message == WHY for note in notices)


async def test_what_stands_over_many_choices_leaves_room_for_them(lab, engine, notices):
    async with play(lab, engine, (60, 20)) as pilot:
        number, _ = await ask(pilot, engine, "5")
        engine.end(Failed(number, WHY, "Unavailable"))
        await eventually(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        await eventually(pilot, lambda: "1 llm-tui/teaching" in painted(pilot))
        behind = pilot.app.screen_stack[-2]
        assert not any(str(text.content) in WHY for text in behind.query(Static) if str(text.content)), "told once"
        assert not told(notices)
        await pilot.press("tab", *["pagedown"] * 4)
        await eventually(pilot, lambda: "END." in painted(pilot))
        await pilot.press("1")
        await eventually(pilot, lambda: not isinstance(pilot.app.screen, ChoiceDialog))


async def test_why_there_is_no_answer_is_read_when_the_window_has_gone(lab, engine, notices):
    async with play(lab, engine) as pilot:
        number, _ = await ask(pilot, engine, "5")
        engine.end(Failed(number, WHY, "Unavailable"))
        await eventually(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))
        await pilot.press("escape")
        await eventually(pilot, lambda: text_of(pilot, "#answer") == WHY)
        assert text_of(pilot, "#line") == "" and not told(notices)


async def test_two_answers_stand_side_by_side(lab, engine, notices):
    async with play(lab, engine) as pilot:
        await pilot.press("5", "c")
        await eventually(pilot, lambda: said(notices, "no answer yet"))
        number, _ = await ask(pilot, engine)
        engine.end(Finished(number, answered("La primera.")))
        await eventually(pilot, lambda: text_of(pilot, "#answer") == "La primera.")
        await pilot.press("c")
        number, _ = await ask(pilot, engine)
        engine.end(Finished(number, answered("La segunda.")))
        await eventually(pilot, lambda: text_of(pilot, "#answer") == "La segunda.")
        assert "La primera." in text_of(pilot, "#other")
        assert "somebody/little" in text_of(pilot, "#other")
        pinned = pilot.app.screen.query_one("#pinned")
        assert pinned.display
        await pilot.press("c")
        await eventually(pilot, lambda: not pinned.display)


@pytest.mark.parametrize(
    ("digit", "changed"),
    [("1", lambda job: job.batch_size == 8), ("2", lambda job: job.model.precision == "bfloat16"),
     ("3", lambda job: job.model.device == "cpu")],
)  # fmt: skip
async def test_where_memory_is_short_what_takes_less_is_one_key_away(lab, engine, digit, changed):
    async with play(lab, engine) as pilot:
        number, job = await ask(pilot, engine, "1")
        assert not changed(job)
        engine.end(Failed(number, "There was not enough memory on cuda:0 for it.", "OutOfMemory"))
        await eventually(pilot, lambda: bool(pilot.app.screen.query("#choices")))
        await pilot.press(digit)
        await eventually(pilot, lambda: questions(engine)[-1] != number)
        again = engine.jobs[questions(engine)[-1]]
        assert changed(again)
        assert again.texts == job.texts


@pytest.mark.parametrize("kind", ["GpuLost", "GpuFailed"])
async def test_where_the_gpu_is_lost_or_cannot_be_used_the_cpu_is_one_key_away(lab, engine, kind):
    async with play(lab, engine) as pilot:
        number, job = await ask(pilot, engine, "1")
        engine.end(Failed(number, "The GPU stopped working for this program.", kind))
        await eventually(pilot, lambda: bool(pilot.app.screen.query("#choices")))
        await pilot.press("1")
        await eventually(pilot, lambda: questions(engine)[-1] != number)
        again = engine.jobs[questions(engine)[-1]]
        assert (again.texts, again.model.device) == (job.texts, "cpu")


async def test_the_whole_session_is_exported_from_its_list(lab, engine):
    async with play(lab, engine) as pilot:
        for said in ("La primera.", "La segunda."):
            number, _ = await ask(pilot, engine, "5")
            engine.end(Finished(number, answered(said)))
            await eventually(pilot, lambda said=said: text_of(pilot, "#answer") == said)
        await pilot.press("v", "ctrl+e")
        file = lab.folder / "exports" / "play-session.md"
        await eventually(pilot, file.exists)
    written = file.read_text(encoding="utf-8")
    assert 0 < written.index("La primera.") < written.index("La segunda.")


async def test_a_summary_says_how_much_it_left_out_and_what_it_added(lab, engine):
    async with play(lab, engine) as pilot:
        number, job = await ask(pilot, engine, "3")
        first = " ".join(job.texts[0].split()[:3])
        engine.end(Finished(number, answered(f"{first} zzz")))  # four words, one of them new
        words = len(re.findall(r"[^\W_]+", job.texts[0]))
        share = f"{4 / words:.0%} of the source's words; 25% of its own"
        await eventually(pilot, lambda: share in text_of(pilot, "#line"))
        await pilot.press("ctrl+e")
        file = lab.folder / "exports" / "play-summary.md"
        await eventually(pilot, file.exists)
    assert "compresión" in file.read_text(encoding="utf-8")


async def test_what_was_asked_goes_to_its_exercise_though_a_window_is_open_there(lab, engine):
    async with play(lab, engine) as pilot:
        _, job = await ask(pilot, engine, "1")
        await pilot.press("x")
        await eventually(pilot, lambda: pilot.app.current_mode == "sheet-3")
        await pilot.press("a")
        await eventually(pilot, lambda: isinstance(pilot.app.screen, AskDialog))
        await pilot.press("f4")
        await eventually(pilot, lambda: pilot.app.current_mode == "play")
        await pilot.press("a")
        await eventually(pilot, lambda: pilot.app.current_mode == "sheet-3")
        await pilot.press("escape")
        await eventually(pilot, lambda: screen_of(pilot.app).answers.samples[-1].text == job.texts[0], 5)


async def test_an_exercise_that_can_take_nothing_says_so(lab, engine, notices, monkeypatch):
    monkeypatch.setattr(zero_shot.ZeroShotTask, "exercise", 7)
    async with play(lab, engine) as pilot:
        await ask(pilot, engine, "1")
        await pilot.press("a")
        await eventually(pilot, lambda: pilot.app.current_mode == "ethics")
        await eventually(pilot, lambda: said(notices, "takes nothing from the playground"), 5)


async def test_what_was_asked_goes_to_its_exercise(lab, engine, notices):
    async with play(lab, engine) as pilot:
        await pilot.press("a")
        await eventually(pilot, lambda: said(notices, "Nothing was asked"))
        _, job = await ask(pilot, engine, "1")
        await pilot.press("a")
        await eventually(pilot, lambda: pilot.app.current_mode == "sheet-3")
        await eventually(pilot, lambda: screen_of(pilot.app).answers.samples[-1].text == job.texts[0])
        assert len(screen_of(pilot.app).answers.samples) == 21
        await pilot.press("q")
        await eventually(pilot, lambda: pilot.app.current_mode == "play")
        await pilot.press("6", "x")
        await eventually(pilot, lambda: said(notices, "No exercise is done"))


@pytest.mark.parametrize("key", ["1", "2", "5"])
async def test_at_80x24_the_answer_has_most_of_the_screen_and_what_made_it_stands_below(lab, engine, key):
    async with play(lab, engine, (80, 24)) as pilot:
        engine.end(Finished(1, None))
        text = "\n".join(f"line {n}" for n in range(1, 8))
        number, job = await ask(pilot, engine, key)
        scores = Classified(job.labels, (Labelled((0.7, 0.1, 0.1, 0.1)),), BY) if key == "1" else answered(text)
        engine.end(Finished(number, scores))
        await eventually(pilot, lambda: "somebody/little" in text_of(pilot, "#line"))
        await pilot.pause(0.2)
        rows = painted(pilot).splitlines()
        wanted = job.labels if key == "1" else text.splitlines()
        for line in wanted:
            assert any(line in row for row in rows), line
        first = next(i for i, row in enumerate(rows) if wanted[0] in row and i > 8)
        assert all("somebody/little" not in row for row in rows[:first])
        assert pilot.app.screen.query_one("#output").size.height >= 9


async def test_of_the_words_that_lose_letters_so_many_are_told_as_have_room(lab, engine):
    async with play(lab, engine, (80, 24)) as pilot:
        await pilot.press("5", "t")
        pilot.app.screen.query_one("#input", TextArea).text = text = "pequeño " * 40
        await eventually(
            pilot, lambda: any(job.text == text for job in engine.jobs.values() if isinstance(job, Inspect))
        )
        number = next(n for n, job in engine.jobs.items() if isinstance(job, Inspect) and job.text == text)
        lost = tuple((i, i + 1) for i, letter in enumerate(text) if letter == "ñ")
        engine.tell(Finished(number, Aid(99, 512, lost)))
        await eventually(pilot, lambda: "more" in text_of(pilot, "#aid"))
        await pilot.pause(0.2)
        assert re.search(r"peque⟨ñ⟩o .*and \d\d more", " ".join(painted(pilot).split()))
