"""Labs that can only be read: another program has them open, or nothing can be written there."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from driving import eventually
from textual.widgets import OptionList, TextArea

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.bench.terminal import Terminal
from llm_tui.classifier.job import Training, TrainingResult
from llm_tui.engine.engine import Engine
from llm_tui.engine.events import Cancelled, Event, Failed, Finished, Metric, Started
from llm_tui.errors import UserError
from llm_tui.exercises.batch_sizes import Answers
from llm_tui.exercises.ethics import Answers as Ethics
from llm_tui.exercises.prompting import Answers as Prompting
from llm_tui.foundation.job import Generate
from llm_tui.lab.claim import HEARTBEAT, STALE
from llm_tui.lab.following import Following, OtherWork
from llm_tui.lab.lab import Lab
from llm_tui.screens import lab_watch
from llm_tui.screens.dialogs import ChoiceDialog
from llm_tui.widgets import autosave
from llm_tui.widgets.bars import TopBar

# It claims the lab when it reads a line, and ends with its input.
OTHER = """
import sys
from pathlib import Path
from llm_tui.lab.lab import Lab
lab = Lab(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
print(repr(lab.claim()), flush=True)
sys.stdin.read()
lab.release()
"""


class Other:
    """A program beside this one, that claims the lab on demand."""

    def __init__(self, folder: Path):
        command = [sys.executable, "-c", OTHER, str(folder)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout and self.process.stdin
        self.out, self.stdin = self.process.stdout, self.process.stdin
        assert self.out.readline() == "ready\n"

    def start(self) -> None:
        self.stdin.write("\n")
        self.stdin.flush()

    def answer(self) -> str:
        return self.out.readline().strip()

    def claim(self) -> str:
        self.start()
        return self.answer()

    def close(self) -> None:
        self.stdin.close()
        self.process.wait(60)
        self.out.close()


@pytest.fixture
def others(lab: Lab) -> Iterator[Callable[[], Other]]:
    started: list[Other] = []

    def start() -> Other:
        started.append(Other(lab.folder))
        return started[-1]

    yield start
    for other in started:
        if other.process.returncode is None:
            other.process.kill()
        if not other.stdin.closed:
            other.close()


def claim_file(lab: Lab) -> Path:
    return lab.folder / ".open.json"


# One program after the other


def test_a_lab_that_does_not_exist_is_not_created_by_claiming_it(lab: Lab) -> None:
    assert lab.claim() == ""
    assert not lab.folder.exists()
    lab.save_answers(1, Answers(answer="x"))
    assert claim_file(lab).exists()
    lab.release()
    assert not claim_file(lab).exists()


@pytest.mark.parametrize(
    "write",
    [
        lambda lab: lab.save_answers(1, Answers(answer="x")),
        lambda lab: lab.export("x.md", "x"),
        lambda lab: [listener(Metric(1, 1, {"loss": 0.5})) for listener in lab.listeners(Training())[:1]],
    ],
)
def test_a_lab_is_this_programs_as_soon_as_it_is_there_whatever_is_written_first(lab: Lab, others, write) -> None:
    lab.claim()
    write(lab)
    assert str(os.getpid()) in others().claim()


def test_a_lab_that_another_program_has_made_since_can_only_be_read_from_the_first_save_on(lab: Lab, others) -> None:
    assert lab.claim() == ""
    assert lab.answers(1, Answers) == Answers()
    Lab(lab.folder).save_answers(1, Answers(answer="of the other"))
    other = others()
    assert other.claim() == "''"
    before = {path: path.read_bytes() for path in lab.folder.rglob("*") if path.is_file()}
    with pytest.raises(UserError, match=f"process {other.process.pid} "):
        lab.save_answers(1, Answers(answer="of this one"))
    assert {path: path.read_bytes() for path in lab.folder.rglob("*") if path.is_file()} == before


def test_a_lab_that_another_program_has_made_since_keeps_no_job_of_this_one(lab: Lab, others) -> None:
    assert lab.claim() == ""
    Lab(lab.folder).create()
    others().claim()
    assert lab.listeners(Generate("prompt", ("x",))) == ()
    assert lab.read_only


def test_a_program_that_does_not_claim_leaves_no_mark(lab: Lab) -> None:
    lab.save_answers(1, Answers(answer="x"))
    assert not claim_file(lab).exists()


def test_a_claim_is_kept_and_its_file_touched(lab: Lab) -> None:
    lab.create()
    assert lab.claim() == ""
    content = claim_file(lab).read_bytes()
    os.utime(claim_file(lab), (0, 0))
    assert lab.claim() == ""
    assert claim_file(lab).read_bytes() == content
    assert time.time() - claim_file(lab).stat().st_mtime < 60
    assert [path.name for path in lab.folder.iterdir() if path.name.startswith(".open")] == [".open.json"]


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_second_program_is_told_and_may_read(lab: Lab, others, language: str, result: TrainingResult) -> None:
    i18n.use(language)
    lab.save_answers(1, Answers(answer="of the first"))
    keep = lab.listeners(Training())
    for event in (Started(1), Metric(1, 1, {"loss": 0.5}), Finished(1, result)):
        for listener in keep:
            listener(event)
    first = others()
    assert first.claim() == "''"
    before = {path: path.read_bytes() for path in lab.folder.rglob("*") if path.is_file()}

    why = lab.claim()
    assert str(first.process.pid) in why
    assert "--lab" in why
    assert why == lab.read_only
    assert lab.answers(1, Answers).answer == "of the first"
    (run,) = lab.runs.all()
    writing = (
        lambda: lab.save_answers(1, Answers(answer="of the second")),
        lambda: lab.export("x.md", "x"),
        lambda: lab.runs.delete(run),
        lab.create,
    )
    for write in writing:
        with pytest.raises(UserError) as told:
            write()
        assert str(told.value) == why
    assert {path: path.read_bytes() for path in lab.folder.rglob("*") if path.is_file()} == before
    lab.release()
    assert claim_file(lab).exists(), "it is the other's"


def test_damaged_answers_of_another_program_stay_as_they_are(lab: Lab, others) -> None:
    lab.create()
    (lab.folder / "exercises").mkdir()
    (lab.folder / "exercises" / "1.json").write_text("{")
    others().claim()
    lab.claim()
    assert lab.answers(1, Answers) == Answers()
    assert [path.name for path in (lab.folder / "exercises").iterdir()] == ["1.json"]


def test_nothing_is_trained_for_a_lab_that_could_not_keep_it_and_models_still_answer(lab: Lab, others) -> None:
    lab.create()
    others().claim()
    why = lab.claim()
    assert lab.listeners(Generate("prompt", ("x",))) == ()
    events: list[Event] = []
    with Engine() as engine:
        engine.submit(Training(), *lab.listeners(Training()), events.append)
        engine.wait(60)
    assert [event.message for event in events if isinstance(event, Failed)] == [why]
    assert not (lab.folder / "runs").exists()
    assert not (lab.folder / "audit.jsonl").exists()


def test_when_the_other_program_closes_this_one_has_the_lab(lab: Lab, others) -> None:
    lab.create()
    other = others()
    other.claim()
    assert lab.claim()
    other.close()
    assert lab.claim() == ""
    assert lab.save_answers(1, Answers(answer="now")) is None


def test_a_killed_program_has_the_lab_no_longer(lab: Lab, others) -> None:
    lab.create()
    other = others()
    other.claim()
    assert lab.claim()
    other.process.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, other.process.pid, os.WEXITED | os.WNOWAIT)  # ended, and its parent has not asked for it
    assert claim_file(lab).exists()
    assert lab.claim() == ""


def test_a_process_number_in_use_again_is_not_taken_for_the_program(lab: Lab, others) -> None:
    lab.create()
    others().claim()
    assert lab.claim()
    holder = json.loads(claim_file(lab).read_text())
    if not holder["started"]:
        pytest.skip("there is no /proc")
    claim_file(lab).write_text(json.dumps({**holder, "started": "1"}))
    assert lab.claim() == ""


def test_of_several_that_start_at_once_one_has_the_lab(lab: Lab, others) -> None:
    lab.create()
    programs = [others() for _ in range(4)]
    for program in programs:
        program.start()
    assert sorted(program.answer() == "''" for program in programs) == [False, False, False, True]


# Other hosts


@pytest.fixture
def clock(monkeypatch) -> Callable[[float], None]:
    """Lets this process's time go by."""
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)

    def later(seconds: float) -> None:
        nonlocal now
        now += seconds

    return later


ELSEWHERE = json.dumps({"host": "aula-7", "pid": 1, "since": "2026-03-01T10:00:00+00:00"})


@pytest.mark.parametrize("ahead", [0, -3 * 3600, 3 * 3600, -(10**9)])
def test_a_program_on_another_host_has_the_lab_as_long_as_its_heartbeats_are_seen(lab: Lab, clock, ahead) -> None:
    """However wrong the clock is by which its file is stamped."""
    lab.create()
    claim_file(lab).write_text(ELSEWHERE)
    beat = time.time() + ahead
    for _ in range(10):
        os.utime(claim_file(lab), (beat, beat))
        why = lab.claim()
        assert "aula-7" in why
        assert "4 minutes" in why
        clock(HEARTBEAT)
        beat += HEARTBEAT
    clock(STALE - HEARTBEAT - 1)
    assert lab.claim() == why
    clock(2)
    assert lab.claim() == ""
    assert json.loads(claim_file(lab).read_text())["pid"] == os.getpid()


def test_a_lab_that_another_host_takes_again_is_not_taken_from_it(lab: Lab, clock) -> None:
    lab.create()
    claim_file(lab).write_text(ELSEWHERE)
    os.utime(claim_file(lab), (1, 1))
    assert lab.claim()
    clock(STALE - 1)
    claim_file(lab).write_text(ELSEWHERE.replace('"pid": 1', '"pid": 2'))
    os.utime(claim_file(lab), (1, 1))  # another process of that host, and the time of its file tells nothing
    assert lab.claim()
    clock(STALE - 1)
    assert lab.claim()
    clock(2)
    assert lab.claim() == ""


# What may stand in the file


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"\xff",
        b'{"host": 7, "pid": 1}',
        b'{"host": "x"}',
        b"[" * 100_000,
        b'{"host":"x","pid":"1"}',
    ],
)
def test_a_damaged_claim_is_nobodys(lab: Lab, content: bytes) -> None:
    lab.create()
    claim_file(lab).write_bytes(content)
    assert lab.claim() == ""
    assert json.loads(claim_file(lab).read_text())["pid"] == os.getpid()


@pytest.mark.parametrize("pid", [0, -1, 2**31, 2**63])
def test_no_process_has_such_a_number(lab: Lab, pid: int) -> None:
    lab.create()
    lab.claim()
    holder = json.loads(claim_file(lab).read_text())
    claim_file(lab).write_text(json.dumps({**holder, "pid": pid}))
    assert lab.claim() == ""


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo, lambda path: os.symlink("/nowhere/at/all", path)])
def test_what_is_no_file_does_not_stop_the_work(lab: Lab, make) -> None:
    lab.create()
    make(claim_file(lab))
    assert lab.claim() == ""
    lab.save_answers(1, Answers(answer="x"))


def test_a_claim_from_somebody_else_cannot_reach_the_terminal(lab: Lab) -> None:
    lab.create()
    claim_file(lab).write_text(json.dumps({"host": "\x1b[2J[red]" + "x" * 10_000, "pid": 1, "since": "\x1b[2J"}))
    why = lab.claim()
    with pytest.raises(UserError) as told:
        lab.create()
    assert str(told.value).isprintable()
    assert why.isprintable()
    assert len(why) < 400


def test_where_nothing_can_be_claimed_the_work_goes_on(lab: Lab, monkeypatch) -> None:
    lab.create()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "utime", full)
        patch.setattr(os, "link", full)
        patch.setattr(os, "rename", full)
        assert lab.claim() == ""
    assert list(lab.folder.glob(".open*")) == []
    assert lab.claim() == ""
    assert claim_file(lab).exists()


def test_a_file_system_without_links(lab: Lab, monkeypatch) -> None:
    def none(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))

    monkeypatch.setattr(os, "link", none)
    lab.create()
    assert lab.claim() == ""
    assert [path.name for path in lab.folder.glob(".open*")] == [".open.json"]


def test_labs_side_by_side_stay_apart(tmp_path: Path, others) -> None:
    ana, luis = Lab(tmp_path / "ana"), Lab(tmp_path / "luis")
    for lab in (ana, luis):
        lab.create()
        assert lab.claim() == ""
        lab.save_answers(1, Answers(answer=lab.name))
        lab.export("x.md", lab.name)
        for listener in lab.listeners(Generate("prompt", (lab.name,))):
            listener(Started(1))
            listener(Cancelled(1))
    ana.release()
    assert claim_file(luis).exists()
    for lab in (ana, luis):
        assert lab.answers(1, Answers).answer == lab.name
        assert (lab.folder / "exports" / "x.md").read_text() == lab.name
        assert len(list(lab.log())) == 1


# Nothing can be written


def unwritable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may write everywhere: the operating system's answer is put in its mouth."""
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK and allowed(path, mode))


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("part", ["lab.toml", "exercises", "runs", "audit.jsonl"])
def test_a_lab_that_cannot_be_written_to_opens_for_reading(lab: Lab, monkeypatch, part: str, language: str) -> None:
    i18n.use(language)
    lab.folder.mkdir()
    (lab.folder / part).mkdir()
    unwritable(monkeypatch)
    opened = Lab(lab.folder)
    assert str(lab.folder) in opened.read_only
    assert "--lab" in opened.read_only
    assert opened.claim() == opened.read_only
    with pytest.raises(UserError) as told:
        opened.save_answers(1, Answers(answer="x"))
    assert str(told.value) == opened.read_only
    assert [path.name for path in lab.folder.iterdir()] == [part]


def test_any_other_folder_that_cannot_be_written_to_is_still_refused(lab: Lab, monkeypatch) -> None:
    lab.folder.mkdir()
    unwritable(monkeypatch)
    with pytest.raises(UserError, match="cannot be opened"):
        Lab(lab.folder)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can become another user")
def test_somebody_elses_lab_is_read_by_one_who_may_not_write_to_it(others) -> None:
    folder = Path(tempfile.mkdtemp())  # pytest's own folders are closed to others
    try:
        Lab(folder).save_answers(1, Answers(answer="hers"))
        for path in folder.rglob("*"):
            os.chmod(path, 0o755)  # she has opened it to others
        os.chmod(folder, 0o555)
        code = (
            "import os, sys, pathlib, tomllib\n"
            "from llm_tui.errors import UserError\n"
            "from llm_tui.exercises.batch_sizes import Answers\n"
            "from llm_tui.lab.lab import Lab\n"
            "os.setuid(65534)\n"
            "lab = Lab(pathlib.Path(sys.argv[1]))\n"
            "print(lab.name, lab.answers(1, Answers).answer, bool(lab.claim()))\n"
            "try: lab.save_answers(1, Answers(answer='his'))\n"
            "except UserError as error: print(str(error) == lab.read_only)"
        )
        done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, timeout=60)
        assert done.stdout == f"{folder.name} hers True\nTrue\n", done.stderr
        assert Lab(folder).answers(1, Answers).answer == "hers"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# In the app


def top(app: LabApp) -> str:
    return str(app.screen.query_one(TopBar).render())


def answer_of(pilot) -> TextArea:
    return pilot.app.screen.query_one("#answer", TextArea)


async def test_that_it_cannot_write_is_said_where_a_look_takes_longer_than_it_is_until_the_next_claim(
    lab, engine, others, monkeypatch, notices
) -> None:
    look = Following.look

    def slowly(self: Following) -> list[OtherWork]:
        time.sleep(0.5)
        return look(self)

    monkeypatch.setattr(lab_watch, "HEARTBEAT", 0.1)
    monkeypatch.setattr(Following, "look", slowly)
    lab.save_answers(1, Answers(answer="of the first"))
    other = others()
    other.claim()
    async with LabApp(Lab(lab.folder), engine).run_test(size=(80, 24)) as pilot:
        await eventually(pilot, lambda: bool(notices), 20)
        assert str(other.process.pid) in notices[0].message


@pytest.mark.parametrize(
    ("language", "note"),
    [pytest.param("en", "my-lab (read only)", marks=pytest.mark.slow), ("es", "my-lab (solo lectura)")],
)
async def test_the_app_says_once_that_it_cannot_write_and_keeps_what_is_typed(
    lab, engine, others, monkeypatch, language, note, notices
) -> None:
    i18n.use(language)
    monkeypatch.setattr(lab_watch, "HEARTBEAT", 0.2)
    lab.save_answers(1, Answers(answer="of the first. "))
    other = others()
    other.claim()
    app = LabApp(Lab(lab.folder), engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await eventually(pilot, lambda: note in top(app))
        await pilot.press("f3")
        await eventually(pilot, lambda: answer_of(pilot).text == "of the first. ")
        assert note in top(app)
        await eventually(pilot, lambda: bool(notices))
        before = [*notices]
        assert len(before) == 1
        assert str(other.process.pid) in before[0].message
        answer_of(pilot).focus()
        for key in "abc":
            await pilot.press(key)
            await pilot.pause(0.7)  # an attempt to save after each
        assert notices.count(before[0]) == 2  # once at the start, once for what was typed
        assert len(notices) == 2
        assert answer_of(pilot).text == "abcof the first. "

        other.close()
        await eventually(pilot, lambda: note not in top(app))
        await eventually(pilot, lambda: "abc" in lab.answers(1, Answers).answer)  # by itself
        await eventually(pilot, lambda: top(app).startswith(" my-lab  "))
        await eventually(pilot, lambda: len(notices) == 4)  # that it is saved now
        await pilot.press("d")
        await eventually(pilot, lambda: "abcd" in lab.answers(1, Answers).answer)
        assert claim_file(lab).exists()
        await pilot.press("ctrl+q")
    assert not claim_file(lab).exists()


@pytest.mark.parametrize(
    ("language", "note"),
    [pytest.param("en", "my-lab (not saved)", marks=pytest.mark.slow), ("es", "my-lab (sin guardar)")],
)
async def test_on_a_full_disk_the_app_says_so_once_and_saves_when_there_is_room(
    lab, engine, monkeypatch, language, note, notices
) -> None:
    i18n.use(language)
    lab.create()
    room, sync = False, os.fsync

    def fsync(handle: int) -> None:
        if not room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(autosave, "RETRY", 0.3)
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f3")
        await pilot.pause()
        answer_of(pilot).focus()
        await pilot.press(*"abc")
        await eventually(pilot, lambda: note in top(app))
        await pilot.press("f6")
        await eventually(pilot, lambda: bool(pilot.app.screen.query("#text")))
        pilot.app.screen.query_one("#text", TextArea).focus()
        await pilot.press(*"def")
        await eventually(pilot, lambda: len(lab.unsaved) == 2)
        await pilot.pause(1)  # some attempts to save both
        ((sentence, _),) = notices
        assert "No space left on device" in sentence
        assert list(lab.folder.rglob("*.json*")) == [claim_file(lab)]

        await pilot.press("ctrl+q")  # not yet: there is something to lose
        await eventually(pilot, lambda: "ctrl+q" in notices[-1].message)
        assert app.is_running
        room = True  # and nothing is typed or pressed
        await eventually(pilot, lambda: lab.answers(1, Answers).answer == "abc")
        await eventually(pilot, lambda: lab.answers(7, Ethics).answer == "def")
        await eventually(pilot, lambda: note not in top(app))
        await eventually(pilot, lambda: len(notices) == 3)  # that it is saved now
        room = False
        await pilot.press("e")
        await eventually(pilot, lambda: bool(lab.unsaved))
        await pilot.press("ctrl+q")
        await pilot.press("ctrl+q")
    assert lab.answers(7, Ethics).answer == "def"


# The folder goes away


async def gone(pilot) -> None:
    """The lab has gone and something was typed: the app asks."""
    await pilot.press("f3")
    await eventually(pilot, lambda: answer_of(pilot).text == "so far. ")
    answer_of(pilot).focus()
    await pilot.press("a")
    await eventually(pilot, lambda: isinstance(pilot.app.screen, ChoiceDialog))


@pytest.fixture
def fast(monkeypatch) -> None:
    monkeypatch.setattr(autosave, "RETRY", 0.3)


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.slow), "es"])
async def test_a_lab_that_is_gone_is_written_again_when_the_person_wants_it(
    lab, engine, fast, language, notices
) -> None:
    i18n.use(language)
    lab.save_answers(1, Answers(answer="so far. "))
    lab.save_answers(6, Prompting(answer="of another exercise"))
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await eventually(pilot, lambda: claim_file(lab).exists())
        exercises = app.screen.query_one("#exercises", OptionList)
        begun = {"en": "still", "es": "aún"}[language]
        await eventually(pilot, lambda: begun in str(exercises.get_option_at_index(5).prompt), 30)  # Home has read them
        shutil.rmtree(lab.folder)
        await gone(pilot)
        assert not lab.folder.exists(), "never a silent new one"
        await pilot.press("1")
        await eventually(pilot, lambda: lab.answers(1, Answers).answer == "aso far. ")
        assert lab.answers(6, Prompting).answer == "of another exercise"
        await eventually(pilot, lambda: claim_file(lab).exists())
        await eventually(pilot, lambda: top(app).startswith(" my-lab  "))
        await eventually(pilot, lambda: len(notices) == 3)  # that it has gone, was written, and that all is saved
        await pilot.press("ctrl+q")
    assert app.return_code == 0


def test_what_is_saved_while_a_lab_is_written_again_stays(lab, monkeypatch) -> None:
    """What is typed is tried again every few seconds: it may be written just when the lab is written again."""
    lab.save_answers(1, Answers(answer="as it was read"))
    shutil.rmtree(lab.folder)
    typed = Answers(answer="as it was read, and typed since")
    with pytest.raises(UserError, match="no longer there"):
        lab.save_answers(1, typed)
    saving = threading.Thread(target=lab.save_answers, args=(1, typed))
    exists = os.path.exists

    def looked(path: str | Path) -> bool:
        found = exists(path)
        if Path(path).name == "1.json" and not saving.ident:
            saving.start()
            saving.join(0.5)  # it does not end before what is restored has been written
        return found

    monkeypatch.setattr("os.path.exists", looked)
    lab.restore()
    saving.join()
    assert lab.answers(1, Answers) == typed


async def test_a_lab_that_is_renamed_and_back_goes_on_by_itself(lab, engine, fast) -> None:
    lab.save_answers(1, Answers(answer="so far. "))
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await eventually(pilot, lambda: claim_file(lab).exists())
        assert lab.answers(1, Answers).answer  # as Home reads it
        lab.folder.rename(lab.folder.with_name("elsewhere"))
        await gone(pilot)
        await pilot.press("escape")
        await eventually(pilot, lambda: "(not saved)" in top(app))
        await pilot.pause(1)  # some attempts to save
        assert not isinstance(app.screen, ChoiceDialog), "it is asked once"
        assert not lab.folder.exists()
        lab.folder.with_name("elsewhere").rename(lab.folder)
        await eventually(pilot, lambda: lab.answers(1, Answers).answer == "aso far. ")
        await pilot.press("ctrl+q")


async def test_that_the_lab_is_gone_is_not_asked_of_who_writes(lab, engine, never_quiet) -> None:
    lab.save_answers(1, Answers(answer="so far. "))
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await eventually(pilot, lambda: claim_file(lab).exists())
        lab.folder.rename(lab.folder.with_name("elsewhere"))
        await pilot.press("f3")
        await eventually(pilot, lambda: bool(app.screen.query("#answer")))
        answer = answer_of(pilot)
        answer.focus()
        for letter in "aquí 2 q":
            await pilot.press(letter)
            await pilot.pause(0.4)
        assert "aquí 2 q" in answer.text and app.focused is answer
        lab.folder.with_name("elsewhere").rename(lab.folder)


async def test_a_lab_that_is_gone_can_be_left(lab, engine) -> None:
    lab.save_answers(1, Answers(answer="so far. "))
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await eventually(pilot, lambda: claim_file(lab).exists())
        assert lab.answers(1, Answers).answer  # as Home reads it
        lab.folder.rename(lab.folder.with_name("elsewhere"))
        await gone(pilot)
        await pilot.press("2")
        await eventually(pilot, lambda: not app.is_running)
    assert not lab.folder.exists()


# The real program


def test_two_programs_on_one_lab_and_a_third_beside_them(tmp_path: Path) -> None:
    def env(name: str, lab: str) -> dict[str, str]:
        state = {"XDG_STATE_HOME": str(tmp_path / name), "XDG_CACHE_HOME": str(tmp_path / "cache")}
        language = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "HF_HUB_OFFLINE": "1"}
        return {**os.environ, **state, **language, "LLM_TUI_LAB": str(tmp_path / lab)}

    for name in ("ana", "luis"):
        Lab(tmp_path / name).save_answers(1, Answers(answer=f"by {name}"))
    command = [sys.executable, "-m", "llm_tui"]
    with Terminal(command, env("1", "ana")) as first:
        first.wait_for("News classifier")
        first.wait_for(lambda _: (tmp_path / "ana" / ".open.json").exists())
        with Terminal(command, env("2", "ana")) as second, Terminal(command, env("3", "luis")) as third:
            second.wait_for("ana (read only)")
            second.wait_for(str(first.pid))
            second.send("\x1bOR")
            second.wait_for("by ana")
            third.wait_for("News classifier")
            third.wait_for(lambda _: (tmp_path / "luis" / ".open.json").exists())
            assert "read only" not in third.text()
            for terminal in (second, third):
                terminal.send("\x11")
                terminal.wait_exit()
                assert terminal.exit_code == 0
        first.send("\x11")
        first.wait_exit()
    assert not list(tmp_path.glob("*/.open*"))


def test_a_heartbeat_that_comes_after_leaving_does_not_take_the_lab_again(lab) -> None:
    lab.save_answers(1, Answers(answer="So far."))
    lab.claim()
    assert claim_file(lab).exists()
    lab.release()
    assert lab.claim() == ""
    assert not claim_file(lab).exists()
