"""The frame: modes, keys, palette, events, and what happens when something goes wrong."""

from __future__ import annotations

import re
import signal
import time
from typing import Any

import pytest
from driving import eventually, strips
from textual.events import Key as Pressed
from textual.notifications import Notification
from textual.widget import Widget
from textual.widgets import OptionList, Static, TextArea

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.engine.events import Cancelled, Finished, Progress, Started
from llm_tui.engine.gpus import Gpus
from llm_tui.environment import Environment
from llm_tui.exercises.batch_sizes import Answers
from llm_tui.foundation.models import PlanPull
from llm_tui.hub.cache import CachedModel
from llm_tui.i18n import Text, duration
from llm_tui.keys import APP_KEYS, KEYS, Bar, Key
from llm_tui.modes import MODES
from llm_tui.screens.dialogs import JumpDialog
from llm_tui.screens.home import Looked
from llm_tui.screens.mode import ModeScreen
from llm_tui.visible import width
from llm_tui.widgets import notices
from llm_tui.widgets.bars import JobBar, KeyBar, TopBar
from llm_tui.widgets.here import by_key, rows, sections
from llm_tui.widgets.host import JobStatus
from llm_tui.widgets.panes import Panes

HERE = Environment(
    python="3.12.1",
    system="Linux x86_64",
    processors=2,
    torch="2.13.0",
    transformers="5.17.0",
    cuda="",
    no_cuda="this torch is built without CUDA",
    gpus=Gpus(),
    models=(CachedModel("google/flan-t5-small", 300_000_000),),
    cache="/cache/hub",
)


def shown(app: LabApp, bar: type) -> str:
    return str(app.screen.query_one(bar).render())


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
async def test_every_mode_has_its_key_and_its_letter(lab, engine, mode):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f3" if mode.name != "train" else "f2")
        await pilot.press(mode.key)
        await pilot.pause()
        assert app.current_mode == mode.name
        assert f"[{mode.tab}]" in shown(app, TopBar)
        await pilot.press("f2", "ctrl+o")
        await pilot.pause()
        await pilot.press(mode.letter)
        await pilot.pause()
        assert app.current_mode == mode.name


def test_no_two_keys_are_the_same():
    keys = [key.key for key in KEYS if key.key != "escape"]  # which goes out one step at a time
    letters = [key.letter for key in KEYS if key.letter]
    assert len(set(keys)) == len(keys)
    assert len(set(letters)) == len(letters)


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.slow), "es"])  # the longer words of the two
async def test_the_help_of_every_screen_has_every_key_whole(lab, engine, language):
    i18n.use(language)
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        for mode in app.MODES:
            await app.switch_mode(mode)
            await pilot.pause()
            screen: Any = app.screen
            await pilot.press("f1")
            await pilot.pause()
            read = await scrolled(pilot)
            wanted = [key for _, keys in sections(screen) for key in keys]
            assert {key.id for key in wanted} >= {key.id for key in (*rows(screen), *KEYS) if has(screen, key)}
            for key in (key for key in wanted if not key.id.startswith("pane-")):
                assert f"{key.shown} {words(key.said)}" in read or f"^O {key.letter} {words(key.said)}" in read, key
            await pilot.press("escape")
            await pilot.pause()


@pytest.mark.parametrize(("language", "size"), [("es", (60, 40)), pytest.param("en", (60, 20), marks=pytest.mark.slow)])
async def test_guides_and_definitions_are_read_to_their_last_word(lab, engine, language, size):
    i18n.use(language)
    app = LabApp(lab, engine)
    async with app.run_test(size=size) as pilot:
        for mode in app.MODES:
            await app.switch_mode(mode)
            await pilot.pause()
            screen: Any = app.screen
            for key, text in (("ctrl+g", screen.GUIDE), ("question_mark", screen.DEFINITIONS)):
                if text is None:
                    continue
                screen.set_focus(None)
                await pilot.press(key)
                await eventually(pilot, lambda: bool(app.screen.query(".dialog")))
                read = await scrolled(pilot)
                missing = [word for word in re.findall(r"\w{3,}", str(text)) if word not in read]
                assert not missing, (mode, key, missing)
                await pilot.press("escape")
                await pilot.pause()


def has(screen: ModeScreen, key: Key) -> bool:
    return key in APP_KEYS or screen.has(key.action.partition("(")[0])


def words(text: str) -> str:
    return " ".join(text.split())


async def scrolled(pilot) -> str:
    """The text of a dialog, read from its first line to its last by keys alone."""
    seen: list[str] = []
    await pilot.press("home")
    while True:
        await pilot.pause()
        page = [line for line in inside(pilot.app) if line.strip()]
        new = page[next((i + 1 for i in reversed(range(len(page))) if seen and page[: i + 1] == seen[-i - 1 :]), 0) :]
        seen += new
        if not new:
            return words(" ".join(seen))
        await pilot.press("pagedown")


def inside(app: LabApp) -> list[str]:
    """What stands between the borders of the dialog, without its scroll bar, whose ends are drawn with letters."""
    dialog = app.screen.query_one(".dialog")
    box = dialog.region
    right = box.right - 2 - dialog.show_vertical_scrollbar * dialog.scrollbar_size_vertical
    lines = strips(app)[box.y + 1 : box.bottom - 1]
    return ["".join(segment.text for segment in line)[box.x + 2 : right] for line in lines]


async def test_the_key_bar_is_right_again_when_a_dialog_has_closed(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f4")
        await pilot.pause()
        before = drawn(app, KeyBar)
        assert "x exercise" in before and "^R run" in before
        await pilot.press("m")
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert drawn(app, KeyBar) == before


async def test_the_key_bar_behind_a_window_is_as_wide_as_the_terminal(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(60, 24)) as pilot:
        await pilot.press("f4")
        await pilot.pause()
        bar = app.screen.query_one(KeyBar)
        await pilot.press("m")
        await eventually(pilot, lambda: app.screen.is_modal)
        await pilot.resize_terminal(120, 24)
        await eventually(pilot, lambda: bar.size.width == 120)
        behind = bar.line().plain
        await pilot.press("escape")
        await eventually(pilot, lambda: not app.screen.is_modal)
        assert "x exercise" in behind and behind == bar.line().plain


async def test_the_key_bar_goes_with_the_focus(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(300, 40)) as pilot:
        await pilot.press("f3", "Q")
        await pilot.pause()
        assert "esc leave the field" in drawn(app, KeyBar)
        assert "t sentence" not in drawn(app, KeyBar), "the field takes this letter as text"
        await pilot.press("escape", "l")
        await pilot.pause()
        assert "space mark" in drawn(app, KeyBar) and "t sentence" in drawn(app, KeyBar)


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.slow), "es"])  # the longer words of the two
async def test_a_narrow_key_bar_folds_from_its_end_and_says_so(lab, engine, language):
    i18n.use(language)
    app = LabApp(lab, engine)
    async with app.run_test(size=(100, 24)) as pilot:
        await pilot.pause()
        engine.end(Finished(1, HERE))
        await pilot.pause(0.5)
        for mode in app.MODES:
            await app.switch_mode(mode)
            for width in (100, 80, 60, 40):
                await pilot.resize_terminal(width, 24)
                await pilot.pause()
                bar = drawn(app, KeyBar)
                assert re.search(r"F1 \w+  \^P \w+$", bar), bar
                shown = [held for held in by_key(app.screen) if held.key.bar < Bar.NEVER]
                missing = [held for held in shown if f"{held.key.shown} {held.key.label}" not in bar]
                assert ("…" in bar) == bool(missing), bar
                if "run" in {held.key.id for held in shown}:
                    assert bar.startswith(" ^R ")


def drawn(app: LabApp, bar: type[Widget]) -> str:
    """What stands on the screen, not what would be drawn next."""
    region = app.screen.query_one(bar).region
    line = strips(app)[region.y]
    return "".join(segment.text for segment in line).rstrip()


async def test_the_palette_has_every_action_of_the_screen(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test() as pilot:
        await eventually(pilot, lambda: 1 in engine.jobs)
        engine.end(Finished(1, HERE))
        await pilot.pause(0.4)
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert "Go to: Train" in titles
        assert "Job: run" not in titles
        assert "Job: stop" not in titles
        await pilot.press("f4")
        await pilot.pause()
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert "Job: run" in titles
        for action in ("exercise", "add to exercise", "keep beside", "models", "two flows", "translate back"):
            assert f"Playground: {action}" in titles


async def test_the_palette_does_what_it_names(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test() as pilot:
        await pilot.press("f4", "t", "ctrl+p")
        await pilot.pause()
        await pilot.press(*"two flows")
        await pilot.pause(0.5)
        await pilot.press("enter")
        await pilot.pause()
        assert app.current_mode == "flows"


async def test_home_shows_the_machine_once_the_engine_knows_it(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        environment = app.screen.query_one("#environment", Static)
        assert "being loaded" in str(environment.content)
        await eventually(pilot, lambda: 1 in engine.jobs)
        engine.tell(Started(1))
        engine.end(Finished(1, HERE))
        await pilot.pause(0.5)
        facts = str(environment.content)
        for fact in ("3.12.1", "2.13.0", "no: this torch is built without CUDA", "5.17.0", "1 in the cache, 0.3 GB"):
            assert fact in facts
        assert "cpu" in shown(app, TopBar)


async def test_home_shows_the_seven_exercises_with_their_state(lab, engine):
    lab.save_answers(1, Answers(answer="64"))
    app = LabApp(lab, engine)
    async with app.run_test(size=(120, 40)) as pilot:
        exercises = app.screen.query_one("#exercises", OptionList)
        await eventually(pilot, lambda: "to do" in str(exercises.get_option_at_index(0).prompt))
        prompts = [str(exercises.get_option_at_index(i).prompt) for i in range(7)]
        assert "to do: the training" in prompts[0]
        assert "to do: the comparison of two tokenizers" in prompts[1]
        assert all("to do: " in prompt for prompt in prompts[2:6])
        await pilot.press("enter")
        await pilot.pause()
        assert app.current_mode == "train"


@pytest.mark.parametrize("words", [18, 30])
async def test_the_exercises_are_wrapped_to_what_a_scroll_bar_leaves(lab, engine, words):
    """Of its own, where they alone are longer than the screen, or of the screen."""
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        exercises = app.screen.query_one("#exercises", OptionList)
        await eventually(pilot, lambda: "to do" in str(exercises.get_option_at_index(6).prompt))
        app.screen.post_message(Looked(["still: " + "the words, " * words] * 8, ["a run"] * 3))
        await eventually(pilot, lambda: "the words" in str(exercises.get_option_at_index(6).prompt))
        await pilot.pause(0.3)
        room = exercises.scrollable_content_region.width
        assert exercises.show_vertical_scrollbar or app.screen.query_one("#body").show_vertical_scrollbar
        for index in range(exercises.option_count):
            lines = str(exercises.get_option_at_index(index).prompt).splitlines()
            assert max(map(width, lines)) <= room


async def test_the_job_bar_says_what_runs_and_is_empty_when_idle(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert shown(app, JobBar) == ""
        engine.cancel()
        job = app.submit(PlanPull("some/model"), app)
        engine.tell(Started(job), Progress(job, 38, 50, "training \x1b[2J", 61.0))
        await pilot.pause(0.5)
        bar = shown(app, JobBar)
        assert re.search(r"training ␛\[2J .* 76%  0:01:01 left .*\^X stop", bar)
        engine.end(Cancelled(job))
        await pilot.pause(0.5)
        assert shown(app, JobBar) == ""


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("total", [0, 50])
async def test_the_job_bar_says_how_to_stop_however_long_the_rest_is(lab, engine, total, language):
    i18n.use(language)
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.status = JobStatus("classifying with somebody/" + "x" * 80, total // 2, total, total * 72.0, waiting=37)
        app.changed.publish("status")
        await eventually(pilot, lambda: bool(app.screen.query_one(JobBar).size))
        bar = shown(app, JobBar)
        assert width(bar) <= 80
        assert bar.startswith(" classifying with")
        assert bar.endswith("+37 queued  ^X stop" if language == "en" else "+37 en cola  ^X detener")
        assert ("50%" in bar) is bool(total)


async def test_a_flood_of_events_reaches_the_screen_in_few_messages(lab, engine, monkeypatch):
    app = LabApp(lab, engine)
    deliveries = []
    deliver = app.delivery.deliver
    monkeypatch.setattr(app.delivery, "deliver", lambda: (deliveries.append(1), deliver()))
    async with app.run_test() as pilot:
        await pilot.pause()
        engine.tell(Started(1), *(Progress(1, i, 10_000, "x") for i in range(10_000)))
        await pilot.pause(0.6)
        assert app.status.done == 9_999
    assert len(deliveries) <= 4


async def test_escape_leaves_a_field_with_what_was_typed(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f3")
        await pilot.pause()
        await pilot.press("Q", *"abc", "escape")
        await pilot.pause()
        assert app.focused is None
        assert app.screen.query_one("#answer", TextArea).text == "abc"


async def test_what_was_typed_just_before_a_signal_is_saved(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f3", "Q")
        for letter in "last letters":
            app.post_message(Pressed("space" if letter == " " else letter, letter))
        app.ending.told(signal.SIGHUP)
        await eventually(pilot, lambda: app.return_code == 129)
    assert lab.answers(1, Answers).answer == "last letters"


@pytest.mark.parametrize("mode", [m for m in LabApp.MODES if m not in ("home", "play", "report", "flows", "bias")])
async def test_a_digit_shows_a_pane_and_the_next_letter_is_a_key(lab, engine, mode):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.switch_mode(mode)
        await pilot.pause()
        panes = app.screen.query_one(Panes)
        for number, pane in enumerate(panes.panes, start=1):
            await pilot.press(str(number))
            await pilot.pause()
            assert panes.current == pane.name
            assert app.focused is None or not app.focused.check_consume_key("w", "w")
        await pilot.press("Q")
        assert app.focused is not None and app.focused.id in ("answer", "text")


async def test_enter_goes_into_the_field_of_the_pane(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.switch_mode("sheet-5")
        await pilot.press("2", "enter", *"una", "escape")
        assert app.screen.query_one("#given", TextArea).text == "una"


async def test_escape_closes_a_notice_and_an_error_waits_for_it(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await app.switch_mode("sheet-3")
        await pilot.pause()
        app.screen.notify("It failed.", severity="error", timeout=0.1)
        await pilot.pause(0.5)
        assert notices.shown(app.screen), "an error stays until it was read"
        await pilot.press("escape")
        await pilot.pause()
        await eventually(pilot, lambda: not notices.shown(app.screen))
        assert app.current_mode == "sheet-3"
        await pilot.press("escape")
        await pilot.pause()
        assert app.current_mode == "play", "where no field is open and nothing is told, escape leaves the sheet"


async def test_a_notice_stands_for_its_time_however_long_the_program_was_held_up_before_it_was_painted(
    lab, engine, monkeypatch
):
    now = [time.time()]
    for module in ("textual.notifications", "llm_tui.widgets.notices"):
        monkeypatch.setattr(f"{module}.time", lambda: now[0])
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await app.switch_mode("sheet-3")
        await pilot.pause()
        app.screen.notify("Written.", timeout=20)
        now[0] += 60
        await eventually(pilot, lambda: notices.shown(app.screen))
        await eventually(pilot, lambda: "close the notice" in drawn(app, KeyBar))
        now[0] += 60
        app.screen.notify("Once more.", timeout=20)
        await eventually(pilot, lambda: "Written" not in drawn(app, notices.Notices))


async def test_a_notice_that_went_to_another_screen_before_it_was_painted_does_not_come_back(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        left = notices.Notices()
        await app.screen.mount(left)
        left.show([Notification("Written.", timeout=0.1)])
        left.show(())
        await pilot.pause(0.5)
        assert not left.display


async def test_escape_closes_a_notice_on_its_way_out_of_a_field(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await app.switch_mode("sheet-3")
        await pilot.press("Q", *"ab")
        app.screen.notify("It failed.", severity="error")
        await eventually(pilot, lambda: notices.shown(app.screen))
        await pilot.press("escape")
        await pilot.pause()
        await eventually(pilot, lambda: not notices.shown(app.screen))
        assert app.focused is None
        assert app.current_mode == "sheet-3"


async def test_the_jump_key_closes_on_any_other_letter(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test() as pilot:
        await pilot.press("ctrl+o")
        await pilot.pause()
        assert isinstance(app.screen, JumpDialog)
        await pilot.press("z")
        await pilot.pause()
        assert not isinstance(app.screen, JumpDialog)


async def test_copying_reaches_the_terminal_through_tmux_too(lab, engine, monkeypatch):
    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    app = LabApp(lab, engine)
    async with app.run_test() as pilot:
        written: list[str] = []
        monkeypatch.setattr(app._driver, "write", written.append)
        app.copy("ñ")
        await pilot.pause()
        sent = "".join(written)
    assert "\x1b]52;c;w7E=\x07" in sent
    assert "\x1bPtmux;\x1b\x1b]52;c;w7E=\x07\x1b\\" in sent


class GoneAtOnce(ModeScreen):
    """Taken away while it is made, as by the end of the app, or by a key on a slow machine."""

    NAME = ABOUT = Text("", "")

    def body(self):
        self.app.pop_screen()
        yield Static(id="late")

    def on_mount(self):
        self.query_one("#late", Static).update("here")


async def test_a_screen_that_goes_before_it_is_whole_ends_nothing(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(GoneAtOnce())
        await eventually(pilot, lambda: app.current_mode == "home" and bool(app.screen.query("#exercises")))
        await pilot.press("f3")
        await eventually(pilot, lambda: bool(app.screen.query("#answer")))
    assert app.return_code != 1


async def test_a_defect_ends_in_one_sentence_and_no_traceback(lab, engine, capsys):
    app = LabApp(lab, engine)
    with pytest.raises(ZeroDivisionError):
        async with app.run_test() as pilot:
            app.call_later(lambda: 1 / 0)
            await pilot.pause(0.3)
    assert app.ending.farewell.startswith("The app stopped on an error of the program")
    assert "Traceback" not in capsys.readouterr().out


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00:00"), (65.4, "0:01:05"), (3723, "1:02:03"), (-1, "0:00:00")])
def test_durations(seconds, text):
    assert duration(seconds) == text
