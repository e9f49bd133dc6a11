"""Exercise 2 on its screen, driven by keys; the test runs the jobs by hand, with the course's two real vocabularies."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from driving import cells, eventually, painted, said, screen_of, text_of
from gfm import tables
from textual.pilot import Pilot
from textual.widgets import DataTable, Input, TextArea

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.engine.events import Failed, Finished
from llm_tui.engine.job import Context, run_job
from llm_tui.engine.models import ModelCache
from llm_tui.exercises.subwords import Answers
from llm_tui.lab.lab import Lab
from llm_tui.tokenization.job import Compare, Comparison
from llm_tui.widgets.form import Form
from llm_tui.widgets.token_strip import TokenStrip

TEXT = "La observabilidad requiere métricas, trazas, autenticación y microservicios que conviene guardar."


OPEN = ModelCache()
"""The vocabularies, which take a second to open, stay open from test to test."""


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Vocabularies are rebuilt into a folder of the tests, once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield


@asynccontextmanager
async def tokens(lab: Lab, engine, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Pilot[None]]:
    app = LabApp(lab, engine)
    async with app.run_test(size=size) as pilot:
        await pilot.press("f5")
        await eventually(pilot, lambda: app.current_mode == "tokens" and bool(app.screen.query(TokenStrip)))
        await pilot.pause()
        yield pilot


async def compare(pilot: Pilot[None], engine) -> Comparison:
    """Run the job that the screen has asked for last, and wait until it is shown."""
    number = engine.numbers(Compare)[-1]
    comparison = run_job(engine.jobs[number], Context(number, lambda _: None, threading.Event(), OPEN))
    engine.end(Finished(number, comparison))
    strip = pilot.app.screen.query_one(TokenStrip)
    await eventually(pilot, lambda: strip.comparison is comparison)
    await pilot.pause()  # laid out, with what stands around it
    return comparison


@asynccontextmanager
async def compared(lab: Lab, engine, size: tuple[int, int] = (120, 40), text: str = TEXT) -> AsyncIterator[Pilot[None]]:
    lab.save_answers(2, Answers(text=text))
    async with tokens(lab, engine, size) as pilot:
        await eventually(pilot, lambda: bool(engine.numbers(Compare)))
        await compare(pilot, engine)
        yield pilot


def drawn(pilot: Pilot[None]) -> list[str]:
    """The lines of the strip as the terminal shows them."""
    strip = pilot.app.screen.query_one(TokenStrip)
    return [strip.render_line(y).text.rstrip() for y in range(strip.size.height)]


def selected(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(TokenStrip).phrase


async def test_the_defaults_are_compared_by_themselves(lab, engine):
    async with tokens(lab, engine) as pilot:
        await eventually(pilot, lambda: bool(engine.numbers(Compare)))
        job = engine.jobs[engine.numbers(Compare)[0]]
        assert job.tokenizers == ("bert-base-multilingual-cased", "xlm-roberta-base")
        assert "observabilidad" in job.text


async def test_a_tokenizer_that_may_have_to_be_fetched_waits_for_a_key(lab, engine):
    lab.save_answers(2, Answers(tokenizers=("google/flan-t5-small",)))
    async with tokens(lab, engine) as pilot:
        await pilot.pause(0.2)
        assert not engine.numbers(Compare)
        await pilot.press("ctrl+r")
        assert engine.jobs[engine.numbers(Compare)[0]].tokenizers == ("google/flan-t5-small",)


async def test_the_text_stands_once_per_tokenizer_word_under_word(lab, engine):
    async with compared(lab, engine) as pilot:
        words, mbert, xlm, *_ = drawn(pilot)
        assert "observa│##bilidad" in mbert
        assert "▁observa│bilidad" in xlm
        assert words.index("requiere") == mbert.index("requiere") == xlm.index("▁requiere")
        assert "≠microservicios" in "".join(drawn(pilot))


async def test_keys_go_from_one_difference_to_the_next(lab, engine):
    async with compared(lab, engine) as pilot:
        await pilot.press("l", "home", "k")
        first = selected(pilot)
        assert first == "métricas"
        await pilot.press("k")
        assert selected(pilot) == "trazas"
        await pilot.press("K")
        assert selected(pilot) == first


async def test_the_selected_word_shows_pieces_ids_and_bytes(lab, engine):
    async with compared(lab, engine) as pilot:
        await pilot.press("l", "home", "k")
        shown = text_of(pilot, "#detail Static")
        assert "métricas  bytes 27-36" in shown
        assert "mét 39853 [0-4]" in shown
        assert "##ricas 98776 [4-9]" in shown


async def test_the_measures_stand_side_by_side_with_the_better_one_marked(lab, engine):
    async with compared(lab, engine, text="Conviene guardar la autenticación.") as pilot:
        lines = text_of(pilot, "#measures .figures").splitlines()
        comparison = pilot.app.screen.query_one(TokenStrip).comparison
        mbert, xlm = (tokenized.measures for tokenized in comparison.tokenized)
        pieces = next(line for line in lines if line.startswith("pieces"))
        assert pieces.split() == ["pieces", str(mbert.pieces), f"{xlm.pieces}◂"]


async def test_the_table_proposes_five_words_and_takes_and_drops_phrases(lab, engine):
    async with compared(lab, engine) as pilot:
        proposed = [row[0] for row in cells(pilot)]
        assert len(proposed) == 5
        await pilot.press("l", "home", "right", "shift+right", "space")
        assert cells(pilot)[-1][0] == "«observabilidad requiere»"
        assert cells(pilot)[-1][1] == "3: observa ##bilidad requiere"
        await pilot.press("n", "d")
        await pilot.pause()
        assert [row[0] for row in cells(pilot)] == [*proposed[1:], "«observabilidad requiere»"]
        await pilot.press("ctrl+z")
        await pilot.pause()
        assert [row[0] for row in cells(pilot)] == [*proposed, "«observabilidad requiere»"]


async def test_the_table_key_goes_to_the_students_own_column_beyond_the_edge(lab, engine):
    async with compared(lab, engine, size=(80, 24)) as pilot:
        grid = pilot.app.screen.query_one("#table DataTable", DataTable)
        assert grid.virtual_size.width > grid.size.width
        await pilot.press("n")
        await eventually(pilot, lambda: grid.scroll_offset.x == grid.virtual_size.width - grid.size.width)
        assert "Palabra/frase " in painted(pilot)  # which row it is stays in sight
        await pilot.press("enter", *"raro")
        await eventually(pilot, lambda: "raro" in painted(pilot))
        await pilot.press("enter", "left", "n")  # from a column of the program's back to it
        assert grid.cursor_column == len(grid.ordered_columns) - 1


async def test_a_phrase_that_is_not_in_the_text_is_cut_alone(lab, engine):
    async with compared(lab, engine) as pilot:
        await pilot.press("n", "a", *"arquitecturas serverless", "enter")
        await eventually(pilot, lambda: len(engine.numbers(Compare)) == 2)
        assert "arquitecturas serverless" in engine.jobs[engine.numbers(Compare)[-1]].phrases
        await compare(pilot, engine)
        assert cells(pilot)[-1][:3] == [
            "«arquitecturas serverless»",
            "4: arquitectura ##s server ##less",
            "4: ▁arquitectura s ▁server less",
        ]


async def test_observations_are_suggested_edited_and_kept(lab, engine):
    async with compared(lab, engine) as pilot:
        suggested = cells(pilot)[0][3]
        assert "fragmenta más" in suggested
        await pilot.press("n", "enter", *" vaya", "enter")
        await eventually(pilot, lambda: any(row.observation for row in lab.answers(2, Answers).rows))
        assert cells(pilot)[0][3] == f"{suggested} vaya"


async def test_typing_compares_again_by_itself(lab, engine):
    async with compared(lab, engine) as pilot:
        await pilot.press("t", *"Hola ")
        # Where a letter came late, what was written until then is compared before.
        await eventually(pilot, lambda: engine.jobs[engine.numbers(Compare)[-1]].text == f"Hola {TEXT}")
        await compare(pilot, engine)
        assert "Hola" in drawn(pilot)[0]


async def test_other_words_are_proposed_for_another_text_and_ones_own_stay(lab, engine):
    async with compared(lab, engine) as pilot:
        await pilot.press("l", "home", "space")
        pilot.app.screen.query_one("#text", TextArea).text = "Despliegue del microservicio de autenticación."
        await eventually(pilot, lambda: len(engine.numbers(Compare)) == 2)
        await compare(pilot, engine)
        phrases = [row[0] for row in cells(pilot)]
        assert phrases[0] == "«La»"
        assert "«autenticación»" in phrases
        assert "«métricas»" not in phrases


async def test_an_observation_goes_on_being_written_while_other_words_are_proposed(lab, engine):
    async with compared(lab, engine) as pilot:
        await pilot.press("n", *["down"] * 3)
        word = cells(pilot)[3][0].strip("«»")
        screen_of(pilot.app).query_one("#text", TextArea).text = "Despliegue del microservicio de autenticación."
        await eventually(pilot, lambda: len(engine.numbers(Compare)) == 2)
        await pilot.press("enter", "ctrl+u", *"ra")
        await compare(pilot, engine)
        assert cells(pilot)[0][0] == f"«{word}»"  # the others gave way
        await pilot.press("d", "enter")
        await eventually(pilot, lambda: cells(pilot)[0][3] == "rad")


async def test_a_file_is_opened(lab, engine, tmp_path):
    file = tmp_path / "texto.txt"
    file.write_text("\ufeffUn texto [b]propio[/b].\n", encoding="utf-8")
    async with compared(lab, engine) as pilot:
        await pilot.press("ctrl+l", *str(file), "enter")
        await eventually(pilot, lambda: len(engine.numbers(Compare)) == 2)
        assert engine.jobs[engine.numbers(Compare)[-1]].text == "Un texto [b]propio[/b].\n"


async def test_going_back_to_a_text_brings_back_its_table(lab, engine, tmp_path):
    file = tmp_path / "texto.txt"
    file.write_text("Despliegue del microservicio.", encoding="utf-8")
    async with compared(lab, engine) as pilot:
        before, measures = cells(pilot), text_of(pilot, "#measures .figures")
        await pilot.press("ctrl+l", *str(file), "enter")
        await eventually(pilot, lambda: len(engine.numbers(Compare)) == 2)
        await compare(pilot, engine)
        after = cells(pilot)
        assert after != before and text_of(pilot, "#measures .figures") != measures
        await pilot.press("escape", "ctrl+z")
        await eventually(pilot, lambda: cells(pilot) == before)
        assert text_of(pilot, "#measures .figures") == measures
        assert screen_of(pilot.app).answers.text == TEXT and screen_of(pilot.app).answers.is_current
        await pilot.press("ctrl+t")
        await eventually(pilot, lambda: cells(pilot) == after)


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.slow), "es"])  # the longer words of the two
async def test_a_file_that_is_not_there_is_said_in_one_sentence(lab, engine, tmp_path, language, notices):
    i18n.use(language)
    async with compared(lab, engine) as pilot:
        await pilot.press("ctrl+l", *str(tmp_path / "nada.txt"), "enter")
        await eventually(pilot, lambda: said(notices, "nada.txt"))
        assert len(engine.numbers(Compare)) == 1


async def test_a_tokenizer_that_cannot_be_had_leaves_everything_as_it_was(lab, engine, notices):
    async with compared(lab, engine) as pilot:
        before = cells(pilot), drawn(pilot)
        pilot.app.screen.query_one(Form).focus_field("C")
        await pilot.press(*"no/such", "ctrl+r")
        number = engine.numbers(Compare)[-1]
        assert engine.jobs[number].tokenizers[-1] == "no/such"
        engine.end(Failed(number, "The hub has no [b]no/such[/b].", "UserError"))
        await eventually(pilot, lambda: said(notices, "no/such"))
        await pilot.press("escape")
        assert (cells(pilot), drawn(pilot)) == before


async def test_what_is_asked_for_is_asked_once(lab, engine):
    async with tokens(lab, engine) as pilot:
        await eventually(pilot, lambda: bool(engine.numbers(Compare)))
        await pilot.press("ctrl+r", "ctrl+r")
        assert len(engine.numbers(Compare)) == 1


async def test_what_was_stopped_a_moment_ago_is_asked_again(lab, engine, monkeypatch):
    async with tokens(lab, engine) as pilot:
        await eventually(pilot, lambda: bool(engine.numbers(Compare)))
        monkeypatch.setattr(engine, "cancel", lambda *numbers: None)  # it has not ended yet
        await pilot.press("ctrl+x", "ctrl+r")
        await eventually(pilot, lambda: len(engine.numbers(Compare)) == 2)
        await compare(pilot, engine)


async def test_a_word_is_found(lab, engine, notices):
    async with compared(lab, engine) as pilot:
        await pilot.press("l", "slash", *"TRAZ", "enter")
        await eventually(pilot, lambda: selected(pilot) == "trazas")
        await pilot.press("slash", *"zzz", "enter")
        await eventually(pilot, lambda: said(notices, "zzz"))
        assert selected(pilot) == "trazas"


async def test_hostile_text_is_shown_as_it_is(lab, engine):
    text = "[CLS] [/b] [@click=app.quit]x[/] \x1b[31m rojo \u202e derecha"
    async with compared(lab, engine, text=text) as pilot:
        await pilot.press("l", "home", "space")
        screen = "\n".join(drawn(pilot))
        assert "\x1b" not in screen and "\u202e" not in screen
        assert "[CLS]" in screen
        assert "click" in screen


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "¡¿!?", "a" * 5000, "👩‍👩‍👧 ñ 日本語 שלום\n\nfin"])
async def test_any_text_can_be_walked_through(lab, engine, text):
    async with compared(lab, engine, size=(80, 24), text=text) as pilot:
        await pilot.press("l")
        for key in ("right", "left", "down", "up", "end", "home", "pagedown", "pageup", "k", "K", "space"):
            await pilot.press(key)
        assert all(len(line) <= 80 for line in drawn(pilot))


async def test_up_and_down_keep_the_column(lab, engine):
    async with compared(lab, engine, size=(80, 24), text=" ".join([TEXT] * 4)) as pilot:
        await pilot.press("l", "home", "right", "down", "down", "up", "up")
        assert selected(pilot) == "observabilidad"


async def test_the_exported_table_is_the_one_on_the_screen(lab, engine):
    async with compared(lab, engine) as pilot:
        await pilot.press("n", "enter", "ctrl+u", *"a | b `c` <unk>", "enter", "Q", *"XLM-R", "ctrl+e")
        file = lab.folder / "exports" / "exercise-2.md"
        await eventually(pilot, file.exists)
        shown = cells(pilot)
    (words, _) = tables(file.read_text(encoding="utf-8"))
    assert words[0] == ["Palabra/frase", "BERT-m-cased (subwords)", "XLM-R-base (subwords)", "Observación"]
    assert words[1:6] == shown
    assert "a | b `c` <unk>" in words[1]
    assert "XLM\\-R" in file.read_text(encoding="utf-8") or "XLM-R" in file.read_text(encoding="utf-8")


async def test_nothing_is_exported_before_a_comparison(lab, engine, notices):
    async with tokens(lab, engine) as pilot:
        await pilot.press("ctrl+e")
        await eventually(pilot, lambda: said(notices, "nothing to export"))
    assert not (lab.folder / "exports").exists()


async def test_text_translation_and_tokenizers_are_there_again_on_the_next_start(lab, engine):
    async with compared(lab, engine) as pilot:
        await pilot.press("3", "enter", *"Hello")
        pilot.app.screen.query_one(Form).focus_field("C")
        await pilot.press(*"gpt2", "ctrl+q")
    answers = lab.answers(2, Answers)
    assert (answers.text, answers.translation, answers.tokenizers[2]) == (TEXT, "Hello", "gpt2")
    async with tokens(lab, engine) as pilot:
        assert pilot.app.screen.query_one("#field-C", Input).value == "gpt2"
        assert [row[0] for row in cells(pilot)] == [f"«{row.phrase}»" for row in answers.rows]


async def test_a_translation_gives_the_premium(lab, engine):
    async with compared(lab, engine) as pilot:
        await pilot.press("3", "enter", *"Observability requires metrics.")
        await eventually(pilot, lambda: len(engine.numbers(Compare)) == 2)
        comparison = await compare(pilot, engine)
        assert (comparison.tokenized[0].measures.premium or 0) > 1
        premium = next(line for line in text_of(pilot, "#measures .figures").splitlines() if "premium" in line)
        assert f"{comparison.tokenized[0].measures.premium:.2f}" in premium


async def test_the_user_cache_is_left_alone(lab, engine):
    async with compared(lab, engine):
        assert Path(os.environ["XDG_CACHE_HOME"], "llm-tui", "tokenizers").is_dir()
