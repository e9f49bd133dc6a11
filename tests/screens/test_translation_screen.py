"""The sheet of exercise 4, driven by keys at 80x24, with an engine that the test drives by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from driving import cells, eventually, said, screen_of, text_of
from textual.pilot import Pilot
from textual.widgets import DataTable, Input, OptionList, TextArea

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.engine.events import Failed, Finished, Started, Token
from llm_tui.exercises.errors_marked import Mark
from llm_tui.exercises.translation import EN_ES, ES_EN, Answers, Sentence
from llm_tui.foundation.job import (
    TRANSLATE_EN_ES,
    TRANSLATE_ES_EN,
    Answer,
    Asking,
    Generate,
    Provenance,
    RoundTrip,
    ThereAndBack,
)
from llm_tui.lab.lab import Lab
from llm_tui.screens.answers import HandedOver
from llm_tui.screens.sheet import SheetScreen
from llm_tui.widgets.form import Entry

BY = Provenance("somebody/little", "abcdef1234", "CPU", "float32", 77_000_000, 0.5)


def answer(text: str, lost: str = "") -> Answer:
    return Answer(text, "x", 9, 5, False, True, lost)


def result(there: str = "The library has trails.", back: str = "De vuelta.", lost: str = "") -> ThereAndBack:
    return ThereAndBack(answer(there, lost), answer(back), 61.25, "chrF2|nrefs:1", BY, BY)


@asynccontextmanager
async def sheet(lab: Lab, engine, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    app = LabApp(lab, engine)
    async with app.run_test(size=size) as pilot:
        await app.switch_mode("sheet-4")
        await eventually(pilot, lambda: app.current_mode == "sheet-4" and bool(app.screen.query("#sentences")))
        await pilot.pause()
        yield pilot


@asynccontextmanager
async def translated(lab: Lab, engine, *sentences: Sentence, **made: str) -> AsyncIterator[Pilot[None]]:
    """A sheet of these sentences, all of them translated."""
    answers = Answers(sentences=sentences or (Sentence("La librería tiene trazas."),))
    for job in answers.pending(Asking()):
        answers = answers.with_result(job, result(**made))
    lab.save_answers(4, answers)
    async with sheet(lab, engine) as pilot:
        yield pilot


def asked(engine) -> list[int]:
    """The numbers of the round trips that have not ended."""
    return engine.open(RoundTrip)


def texts(engine) -> list[str]:
    return [engine.jobs[number].text for number in asked(engine)]


def options(pilot: Pilot[None], id: str) -> list[str]:
    shown = pilot.app.screen.query_one(id, OptionList)
    return [str(shown.get_option_at_index(index).prompt) for index in range(shown.option_count)]


def sentences(pilot: Pilot[None]) -> tuple[Sentence, ...]:
    screen = pilot.app.screen
    assert isinstance(screen, SheetScreen)
    return screen.answers.sentences


async def test_the_ten_given_sentences_go_there_and_back_one_after_the_other(lab, engine):
    async with sheet(lab, engine) as pilot:
        lines = options(pilot, "#sentences")
        assert len(lines) == 10
        assert lines[0].startswith("○ 1 es-en Si el despliegue") and lines[9].startswith("○10 en-es Our current")
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(asked(engine)) == 10)
        tasks = [engine.jobs[number].task for number in asked(engine)]
        assert tasks == [TRANSLATE_ES_EN] * 5 + [TRANSLATE_EN_ES] * 5
        number = asked(engine)[0]
        engine.tell(Started(number), Token(number, "If the "), Token(number, "canary"), Token(number, "\nSi"))
        await eventually(pilot, lambda: text_of(pilot, "#facts") == "If the canary\nSi")
        engine.end(Finished(number, result("If the canary fires.", "Si el canario.", "íñ")))
        await eventually(pilot, lambda: options(pilot, "#sentences")[0].startswith("● 1"))
        assert pilot.app.screen.query_one("#target", TextArea).text == "If the canary fires."
        facts = text_of(pilot, "#facts")
        assert "chrF 61.2" in facts and "lost: íñ" in facts and "back  Si el canario." in facts
        assert cells(pilot)[0][2:4] == ["61.2", "íñ"]


async def test_a_run_that_was_stopped_goes_on_where_it_stood(lab, engine):
    async with sheet(lab, engine) as pilot:
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(asked(engine)) == 10)
        everything = texts(engine)
        engine.end(Finished(asked(engine)[0], result()))
        engine.tell(Token(asked(engine)[0], "half of "))
        await pilot.press("down")
        await eventually(pilot, lambda: text_of(pilot, "#facts") == "half of ")
        await pilot.press("ctrl+x")
        await eventually(pilot, lambda: not asked(engine))
        await pilot.pause(0.3)  # what was stopped has been told by then
        assert not asked(engine)
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: texts(engine) == everything[1:])
        engine.tell(Token(asked(engine)[0], "whole"))
        await eventually(pilot, lambda: text_of(pilot, "#facts") == "whole")


async def test_when_all_is_there_nothing_is_asked(lab, engine, notices):
    async with translated(lab, engine) as pilot:
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: said(notices, "asked already"))
        assert not asked(engine)


async def test_what_fails_for_one_sentence_is_not_asked_for_the_others(lab, engine, notices):
    async with sheet(lab, engine) as pilot:
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(asked(engine)) == 10)
        engine.end(Failed(asked(engine)[0], "There is no [b]model[/b].", "UserError"))
        await eventually(pilot, lambda: said(notices, "There is no [b]model[/b].") and not asked(engine))


async def test_what_came_out_while_a_failure_stopped_the_rest_is_kept(lab, engine, notices):
    async with sheet(lab, engine) as pilot:
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(asked(engine)) == 10)
        everything = texts(engine)
        first, second = asked(engine)[:2]
        engine.end(Failed(first, "No memory.", "UserError"))
        engine.end(Finished(second, result("Come out meanwhile.")))
        await eventually(pilot, lambda: said(notices, "No memory.") and not asked(engine))
        await eventually(pilot, lambda: options(pilot, "#sentences")[1].startswith("● 2"))
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: texts(engine) == [everything[0], *everything[2:]])


async def test_a_sentence_that_stands_twice_is_asked_once(lab, engine):
    lab.save_answers(4, Answers(sentences=(Sentence("Uno."), Sentence("Dos."), Sentence("Uno."))))
    async with sheet(lab, engine) as pilot:
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: texts(engine) == ["Uno.", "Dos."])
        engine.end(Finished(asked(engine)[0], result()))
        await eventually(pilot, lambda: [line[0] for line in options(pilot, "#sentences")] == ["●", "○", "●"])


async def test_an_edited_sentence_alone_is_asked_again(lab, engine):
    async with translated(lab, engine, Sentence("Uno."), Sentence("Dos.")) as pilot:
        await pilot.press("down", "enter", *"Y ", "escape")
        assert options(pilot, "#sentences") == ["● 1 es-en Uno.", "○ 2 es-en Y Dos."]
        target = pilot.app.screen.query_one("#target", TextArea)
        assert target.text == "" and "ctrl+r translates" in text_of(pilot, "#facts")
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: texts(engine) == ["Y Dos."])


async def test_with_another_model_everything_is_asked_again_and_the_marks_stay(lab, engine):
    marked = Sentence("Uno.", marks=(Mark("trails", "wrong_term", "major"),), correction="Mejor.")
    async with translated(lab, engine, marked, Sentence("One.", EN_ES)) as pilot:
        await pilot.press("s", "ctrl+u", *"my/model")
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(asked(engine)) == 2)
        first, second = (engine.jobs[number] for number in asked(engine))
        assert (first.model.name, first.back.name) == ("my/model", "google/flan-t5-small")
        assert (second.model.name, second.back.name) == ("google/flan-t5-small", "my/model")
        engine.end(Finished(asked(engine)[0], result("Anew.")))
        await eventually(pilot, lambda: pilot.app.screen.query_one("#target", TextArea).text == "Anew.")
        assert options(pilot, "#marks") == ["(otra traducción) «trails»: término mal traducido (mayor)"]
        assert cells(pilot)[0][4] == "Mejor."
        assert options(pilot, "#sentences")[0] == "● 1 es-en Uno."
        await pilot.press("escape", "t", "0")
        assert options(pilot, "#sentences")[0] == "● 1 es-en ✓ Uno."


async def test_a_selected_span_is_marked_by_keys_alone(lab, engine):
    async with translated(lab, engine) as pilot:
        await pilot.press("t", "ctrl+home", *["shift+right"] * len("The library"))
        await pilot.press("space", "1", "3", *"The bookshop", "enter")
        assert sentences(pilot)[0].marks == (Mark("The library", "false_cognate", "major", "The bookshop"),)
        line = "«The library»: falso cognado (mayor) → The bookshop"
        assert options(pilot, "#marks") == [line]
        assert cells(pilot)[0][5] == line
        assert options(pilot, "#sentences")[0].startswith("● 1 es-en 1✗")


async def test_without_a_selection_the_word_under_the_cursor_is_marked_behind_4_by_mqm(lab, engine):
    async with translated(lab, engine) as pilot:
        await pilot.press("t", "ctrl+home", *["right"] * 6)
        await pilot.press("space", "4", "2", "4", "enter")
        assert sentences(pilot)[0].marks == (Mark("library", "accuracy", "critical", ""),)


async def test_leaving_a_question_marks_nothing(lab, engine):
    async with translated(lab, engine) as pilot:
        for keys in (["space", "escape"], ["space", "1", "escape"], ["space", "4", "escape"]):
            await pilot.press("t", *keys)
        assert sentences(pilot)[0].marks == ()


async def test_a_mark_goes_to_its_sentence_wherever_another_program_has_put_it(lab, engine, notices):
    async with translated(lab, engine, Sentence("Uno."), Sentence("Dos.")) as pilot:
        screen = screen_of(pilot.app)

        def other_writes(*sentences: Sentence) -> None:
            Lab(lab.folder).save_answers(4, replace(screen.answers, sentences=sentences))
            screen.renew()

        first, second = screen.answers.sentences
        await pilot.press("down", "t", "ctrl+home", "space", "1")
        other_writes(second, first)
        await pilot.press("3", "enter")
        await eventually(pilot, lambda: [len(sentence.marks) for sentence in sentences(pilot)] == [1, 0])
        await pilot.press("t", "ctrl+home", "space", "1")  # the sentence of the same number: it is the other one now
        other_writes(second)
        await pilot.press("3", "enter")
        await eventually(pilot, lambda: said(notices, "The mark on “The” was not added"))
        assert sentences(pilot) == (second,)


async def test_there_is_nothing_to_mark_before_it_is_translated(lab, engine, notices):
    async with sheet(lab, engine) as pilot:
        await pilot.press("t", "space")
        await eventually(pilot, lambda: said(notices, "no translated word"))
        assert len(pilot.app.screen_stack) == 1 and not sentences(pilot)[0].marks


async def test_the_translation_itself_cannot_be_written_in(lab, engine):
    async with translated(lab, engine) as pilot:
        await pilot.press("t", "ctrl+home", "Z", "delete", "backspace", "enter")
        assert pilot.app.screen.query_one("#target", TextArea).text == "The library has trails."
        assert len(sentences(pilot)) == 1


async def test_marks_are_dropped_and_the_keys_stay_where_they_are(lab, engine):
    marks = tuple(Mark(span, "odd_order", "minor") for span in ("uno", "dos", "tres"))
    async with translated(lab, engine, Sentence("Uno.", marks=marks), Sentence("Dos.")) as pilot:
        await pilot.press("M", "down", "d")
        assert [mark.span for mark in sentences(pilot)[0].marks] == ["uno", "tres"]
        await pilot.press("d", "d", "d")
        assert sentences(pilot)[0].marks == ()
        assert len(sentences(pilot)) == 2
        assert sentences(pilot)[0].text == "Uno." and not pilot.app.screen.query_one("#answer", TextArea).text


async def test_likely_false_cognates_and_terms_are_hints(lab, engine):
    async with translated(lab, engine, there="The library has paths.") as pilot:
        facts = text_of(pilot, "#facts")
        assert facts.count("⚑") == 3  # how many, and each of the two
        assert "“library” usually means «biblioteca»" in facts
        assert "not found in the translation" in facts
        assert not sentences(pilot)[0].marks
        # They are below a way back that may be long: keys reach them.
        await pilot.press("b", "end")
        found = pilot.app.screen.query_one("#found")
        await eventually(pilot, lambda: found.scroll_offset.y == found.max_scroll_y > 0)


async def test_the_correction_is_written_in_the_table(lab, engine):
    async with translated(lab, engine, Sentence("Uno."), Sentence("Dos.")) as pilot:
        await pilot.press("n", "down", "enter", *"Two | more", "enter")
        assert [sentence.correction for sentence in sentences(pilot)] == ["", "Two | more"]
        await eventually(pilot, lambda: isinstance(pilot.app.focused, DataTable))


async def test_a_sentence_is_added_in_the_direction_of_the_one_before_it_and_dropped(lab, engine):
    async with sheet(lab, engine) as pilot:
        await pilot.press("end", "a", *"My own one.", "enter")
        assert sentences(pilot)[-1] == Sentence("My own one.", EN_ES)
        source = pilot.app.screen.query_one("#source", TextArea)
        assert source.text == "My own one."
        await pilot.press("l", "home", "d")
        assert len(sentences(pilot)) == 10
        assert source.text == sentences(pilot)[0].text == Answers().sentences[1].text


async def test_the_last_sentence_is_dropped_and_another_one_added(lab, engine, notices):
    lab.save_answers(4, Answers(sentences=(Sentence("Uno."), Sentence("Dos."))))
    async with sheet(lab, engine) as pilot:
        source = pilot.app.screen.query_one("#source", TextArea)
        await pilot.press("end", "d")
        await eventually(pilot, lambda: source.text == "Uno.")
        await pilot.press("d", "d", "ctrl+r")
        await eventually(pilot, lambda: said(notices, "no sentences"))
        assert source.text == ""
        await pilot.press("a", *"Tres.", "enter", "o", *"Y ")
        assert sentences(pilot) == (Sentence("Y Tres."),)


async def test_what_was_translated_in_the_playground_is_a_sentence_of_the_sheet(lab, engine):
    async with sheet(lab, engine) as pilot:
        pilot.app.screen.post_message(HandedOver(Generate(TRANSLATE_EN_ES, ("From the playground.",))))
        await eventually(pilot, lambda: sentences(pilot)[-1] == Sentence("From the playground.", EN_ES))
        assert pilot.app.screen.query_one("#source", TextArea).text == "From the playground."
        await eventually(pilot, lambda: pilot.app.screen.query_one("#sentences", OptionList).highlighted == 10)


HOSTILE = "[b]x[/b] | `a` <unk> \x1b[31m\u202e **n** [CLS]"


async def test_what_a_model_wrote_is_shown_as_it_is(lab, engine):
    async with translated(lab, engine, there=HOSTILE, back=HOSTILE, lost="\x1b[") as pilot:
        target = pilot.app.screen.query_one("#target", TextArea)
        drawn = "".join(target.render_line(y).text for y in range(target.size.height))
        for shown in (drawn, text_of(pilot, "#facts"), *cells(pilot)[0]):
            assert "\x1b" not in shown and "\u202e" not in shown
        assert "[b]x[/b] | `a` <unk> ␛[31m" in target.text
        assert "back  [b]x[/b]" in text_of(pilot, "#facts")
        await pilot.press("t", "ctrl+home", "shift+end", "space", "1", "1", *"[/]", "enter")
        assert "[b]x[/b]" in options(pilot, "#marks")[0] and "[/]" in options(pilot, "#marks")[0]


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.slow), "es"])  # the longer words of the two
async def test_from_empty_to_exported_and_opened_again(lab, engine, language):
    i18n.use(language, asked=True)
    lab.save_answers(4, Answers(sentences=()))
    async with sheet(lab, engine) as pilot:
        await pilot.press("a", *"La librería guarda trazas.", "enter", "s", "down", "ctrl+u", *"my/spanish")
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: len(asked(engine)) == 1)
        engine.end(Finished(asked(engine)[0], result(HOSTILE, "La biblioteca.", "í")))
        await eventually(pilot, lambda: cells(pilot)[0][2] == "61.2")
        await pilot.press("down", "escape")
        pilot.app.screen.set_focus(None)
        await pilot.press("t", "ctrl+home", *["right"] * 4, "space", "2", "2", *"y", "enter")
        await pilot.press("n", "enter", *"A | b", "enter", "Q", *"Los cognados.", "ctrl+e")
        file = lab.folder / "exports" / "exercise-4.md"
        await eventually(pilot, file.exists)
        await pilot.press("ctrl+q")
    written = file.read_text(encoding="utf-8")
    heads = {
        "es": ["Original (ES)", "Traducción (EN)", "Errores detectados", "Corrección sugerida"],
        "en": ["Original (ES)", "Translation (EN)", "Errors found", "Suggested correction"],
    }[language]
    places = [written.index(f"- **{head}:** ") for head in heads]
    assert places == sorted(places)
    assert "[b]x[/b] | \\`a\\` \\<unk> ␛" in written
    assert "A | b" in written and "Los cognados." in written
    assert {"es": "«x»: término mal traducido (menor) → y", "en": "«x»: wrong term (minor) → y"}[language] in written

    kept = lab.answers(4, Answers)
    async with sheet(lab, engine) as pilot:
        assert pilot.app.screen.answers == kept  # type: ignore[attr-defined]
        assert pilot.app.screen.query_one("#target", TextArea).text.startswith("[b]x[/b]")
        assert pilot.app.screen.query_one("#field-model_en_es", Input).value == "my/spanish"
        assert pilot.app.screen.query_one("#answer", TextArea).text == "Los cognados."
        assert len(options(pilot, "#marks")) == 1
        assert cells(pilot)[0][4] == "A | b"


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.slow), "es"])  # the longer words of the two
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_everything_has_room(lab, engine, language, size):
    i18n.use(language)
    marks = tuple(Mark(f"word{i}", "odd_order", "minor") for i in range(6))
    answers = Answers()
    lab.save_answers(4, answers.with_sentence(0, replace(answers.sentences[0], marks=marks)))
    async with sheet(lab, engine, size) as pilot:
        await pilot.press("M")
        await pilot.pause()
        for part, lines in (("#source", 2), ("#target", 3), ("#facts", 1), ("#marks", 2)):
            shown = pilot.app.screen.query_one(part)
            assert pilot.app.screen.find_widget(shown).visible_region.height >= lines, part
        await pilot.press("s")
        await pilot.pause()
        for entry in pilot.app.screen.query("Form Entry").results(Entry):
            assert len(entry.label) < entry.styles.padding.left


async def test_the_keys_of_the_parts_go_there(lab, engine):
    async with translated(lab, engine, Sentence("Uno.", ES_EN, None, (Mark("a", "odd_order", "minor"),))) as pilot:
        for key, part in (("l", "sentences"), ("t", "target"), ("b", "found"), ("M", "marks")):
            await pilot.press(key)
            assert pilot.app.focused is not None and pilot.app.focused.id == part
        await pilot.press("o")
        assert pilot.app.focused is not None and pilot.app.focused.id == "source"
        pilot.app.screen.set_focus(None)
        await pilot.press("q")
        await eventually(pilot, lambda: pilot.app.current_mode == "play" and bool(pilot.app.screen.query("#input")))
        await pilot.press("2", "x")
        await eventually(pilot, lambda: pilot.app.current_mode == "sheet-4")


async def test_a_dropped_sentence_comes_back_with_its_errors(lab, engine):
    async with sheet(lab, engine) as pilot:
        before = lab.answers(4, Answers).sentences
        await pilot.press("l", "d")
        await eventually(pilot, lambda: len(lab.answers(4, Answers).sentences) == len(before) - 1)
        await pilot.press("ctrl+z")
        await eventually(pilot, lambda: lab.answers(4, Answers).sentences == before)
        await pilot.press("ctrl+t")
        await eventually(pilot, lambda: len(lab.answers(4, Answers).sentences) == len(before) - 1)


async def test_the_last_sentence_has_its_translation_when_the_one_added_behind_it_is_taken_back(lab, engine):
    async with translated(lab, engine, Sentence("Uno."), Sentence("Dos.")) as pilot:
        source, target = (pilot.app.screen.query_one(part, TextArea) for part in ("#source", "#target"))
        await pilot.press("a", *"Tres.", "enter")
        await eventually(pilot, lambda: source.text == "Tres." and target.text == "")
        await pilot.press("ctrl+z")
        await eventually(pilot, lambda: source.text == "Dos.")
        assert target.text == "The library has trails." and "chrF 61.2" in text_of(pilot, "#facts")


async def test_text_is_taken_back_and_done_again_in_its_field(lab, engine):
    async with sheet(lab, engine) as pilot:
        area = pilot.app.screen.query_one("#answer", TextArea)
        await pilot.press("Q", *"abc", "ctrl+z")
        assert area.text == ""
        await pilot.press("ctrl+t", "d")
        assert area.text == "abcd"
        await eventually(pilot, lambda: lab.answers(4, Answers).answer == "abcd")


async def test_what_a_model_made_outlives_the_undoing_of_what_the_person_did(lab, engine):
    lab.save_answers(4, Answers(sentences=(Sentence("Uno."),)))
    async with sheet(lab, engine) as pilot:
        await pilot.press("Q", *"abc", "ctrl+r")
        await eventually(pilot, lambda: bool(asked(engine)))
        engine.end(Finished(asked(engine)[0], result()))
        await eventually(pilot, lambda: bool(sentences(pilot)[0].made))
        await pilot.press("ctrl+z")
        assert pilot.app.screen.query_one("#answer", TextArea).text == ""
        assert sentences(pilot)[0].made
