"""The lab folder: answers that are never lost, exports that replace nothing made by hand, names that are safe."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui import i18n
from llm_tui.classifier.job import Sweep, Training
from llm_tui.errors import UserError
from llm_tui.exercises.batch_sizes import Answers
from llm_tui.exercises.registry import handed_in
from llm_tui.lab import files
from llm_tui.lab.folder import default_folder
from llm_tui.lab.lab import Lab
from llm_tui.lab.store import Store


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# The folder


def test_the_folder_is_the_one_that_is_configured_or_lies_at_home(monkeypatch) -> None:
    monkeypatch.setenv("HOME", "/home/ana")
    assert default_folder("") == Path("/home/ana/llm-lab")
    assert default_folder("/data/lab") == Path("/data/lab")
    assert default_folder("~/course") == Path("/home/ana/course")


def test_looking_at_a_lab_creates_nothing(lab: Lab) -> None:
    assert lab.name == "my-lab"
    assert lab.answers(1, Answers) == Answers()
    assert lab.runs.all() == []
    assert not lab.folder.exists()


def test_a_lab_stays_where_it_is_when_the_program_goes_elsewhere(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    lab = Lab(Path("here"))
    monkeypatch.chdir("/")
    lab.create()
    assert (tmp_path / "here" / "lab.toml").is_file()


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_file_in_the_place_of_the_lab_is_said_at_once(tmp_path: Path, language: str) -> None:
    i18n.use(language)
    (tmp_path / "file").write_text("mine")
    for folder in (tmp_path / "file", tmp_path / "file" / "lab"):
        with pytest.raises(UserError, match=r"--lab\.$"):
            Lab(folder)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_that_cannot_be_written_to_is_said_at_once(tmp_path: Path, monkeypatch) -> None:
    # Root may write everywhere: the operating system's answer is put in its mouth.
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(UserError, match="cannot be written to"):
        Lab(tmp_path / "lab")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can become another user")
def test_a_folder_that_may_not_even_be_entered_is_said_in_one_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    code = (
        "import os, sys, pathlib\n"
        "from llm_tui.errors import UserError\n"
        "from llm_tui.lab.lab import Lab\n"
        "os.setuid(65534)\n"
        "try: Lab(pathlib.Path(sys.argv[1]))\n"
        "except UserError as error: print(error)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "a" / "lab")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "cannot be opened" in done.stdout, done.stderr


@pytest.mark.parametrize("name", ["x" * 300, "~nobody-of-this-name/lab"])
def test_no_name_of_a_folder_makes_it_fail_otherwise(tmp_path: Path, monkeypatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        Lab(Path(name)).create()
    except UserError as error:
        assert "could not be written" in str(error)


# Its name


def test_the_lab_is_called_what_its_file_says(lab: Lab) -> None:
    lab.create()
    assert lab.name == "my-lab"
    toml = lab.folder / "lab.toml"
    toml.write_text(toml.read_text().replace('"my-lab"', '"Grupo 7: ñandú"'), encoding="utf-8")
    lab.create()  # what the student wrote stays
    assert lab.name == "Grupo 7: ñandú"


@pytest.mark.parametrize("folder", ['quote"backslash\\', "mañana", "tab\there", "a\x7fb", "caf\udce9", "[bold]x[/]"])
def test_a_folder_of_any_name_can_be_a_lab(tmp_path: Path, folder: str) -> None:
    lab = Lab(tmp_path / folder)
    shown = lab.name
    lab.create()
    assert lab.name == shown
    assert shown.isprintable()


@pytest.mark.parametrize(
    "content", [b"", b"name = 7", b"name = ' '", b"name = ", b"\xff", b"name = " + b"[" * 100_000, b"title = 'x'"]
)
def test_a_damaged_file_leaves_the_name_of_the_folder(lab: Lab, content: bytes) -> None:
    lab.folder.mkdir()
    (lab.folder / "lab.toml").write_bytes(content)
    assert lab.name == "my-lab"


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"log_texts = false\nname = Ana\n", {"en": "line 2: no value", "es": "línea 2: no es un valor"}),
        ('name = "María"'.encode("latin-1"), {"en": "it is not UTF-8", "es": "no está en UTF-8"}),
    ],
)
def test_a_file_of_settings_that_is_not_followed_is_told_once(
    lab: Lab, content: bytes, why: dict[str, str], language: str
) -> None:
    i18n.use(language)
    lab.create()
    toml = lab.folder / "lab.toml"
    toml.write_bytes(content)
    told: list[str] = []
    lab.tell = told.append
    for _ in range(3):
        assert lab.name == "my-lab"
        lab.save_answers(1, Answers())
    (sentence,) = told
    assert str(toml) in sentence and why[language] in sentence
    toml.write_text('name = "Ana"', encoding="utf-8-sig")
    assert lab.name == "Ana", "a byte order mark is none of it"
    toml.write_bytes(content)
    assert (lab.name, len(told)) == ("my-lab", 2)


def test_a_name_cannot_reach_the_terminal(lab: Lab) -> None:
    lab.folder.mkdir()
    (lab.folder / "lab.toml").write_text(r'name = "\u001b[2Jx"')
    assert lab.name == "␛[2Jx"


# Answers

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
TRAININGS = st.builds(
    Training,
    data=TEXT.filter(str.strip),
    tokenizer=TEXT.filter(str.strip),
    train_size=st.integers(2, 2**31 - 1),
    lr=st.floats(min_value=1e-300, max_value=1e38),
    seed=st.integers(0, 2**31 - 1),
)
NUMBERS = st.lists(st.integers(1, 2**31 - 1), min_size=1, max_size=4, unique=True).map(tuple)
ANSWERS = st.builds(
    Answers,
    sweep=st.none() | st.builds(Sweep, TRAININGS, NUMBERS, NUMBERS),
    setup=st.dictionaries(TEXT, TEXT, max_size=3),
    notes=st.dictionaries(TEXT, TEXT, max_size=3),
    answer=TEXT,
)


@given(ANSWERS)
def test_answers_come_back_as_they_were(answers: Answers) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Lab(Path(folder)).save_answers(1, answers)
        assert Lab(Path(folder)).answers(1, Answers) == answers


def test_answers_are_a_file_that_a_person_can_read(lab: Lab) -> None:
    lab.save_answers(1, Answers(answer="El lote de 32, más lento."))
    path = lab.folder / "exercises" / "1.json"
    text = path.read_text(encoding="utf-8")
    assert "El lote de 32, más lento." in text
    assert len(text.splitlines()) > 3
    assert (lab.folder / "lab.toml").is_file()


def test_answers_to_different_exercises_do_not_meet(lab: Lab) -> None:
    lab.save_answers(1, Answers(answer="one"))
    lab.save_answers(2, Answers(answer="two"))
    assert (lab.answers(1, Answers).answer, lab.answers(2, Answers).answer) == ("one", "two")


def test_what_has_not_changed_is_not_written_again(lab: Lab) -> None:
    lab.save_answers(1, Answers(answer="one"))
    path = lab.folder / "exercises" / "1.json"
    before = path.stat().st_ino, path.stat().st_mtime_ns
    assert lab.save_answers(1, Answers(answer="one")) is None
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == before


def test_what_another_program_wrote_meanwhile_is_set_aside_and_not_lost(lab: Lab) -> None:
    other = Lab(lab.folder)
    lab.save_answers(1, Answers(answer="at first"))
    other.answers(1, Answers)
    assert other.save_answers(1, Answers(answer="from the other")) is None
    aside = lab.save_answers(1, Answers(answer="from here"))
    assert aside is not None
    assert aside.parent == lab.folder / "exercises"
    assert json.loads(aside.read_bytes())["answer"] == "from the other"
    assert lab.answers(1, Answers).answer == "from here"
    # From here on nothing is new to this program: no file is set aside twice.
    assert lab.save_answers(1, Answers(answer="from here, later")) is None
    assert len(list(aside.parent.iterdir())) == 2


def test_answers_that_were_never_read_here_are_set_aside_too(lab: Lab) -> None:
    lab.save_answers(1, Answers(answer="yesterday"))
    aside = Lab(lab.folder).save_answers(1, Answers(answer="today"))
    assert aside is not None
    assert json.loads(aside.read_bytes())["answer"] == "yesterday"


def test_the_same_answers_from_two_programs_are_no_conflict(lab: Lab) -> None:
    lab.save_answers(1, Answers(answer="same"))
    assert Lab(lab.folder).save_answers(1, Answers(answer="same")) is None


DAMAGED = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"\xff\xfe",
    b'{"notes": {"32": 7}}',
    b'{"sweep": {"base": {"lr": "fast"}}}',
    b'{"x": ' + b"[" * 100_000,
    b'{"answer": "of a newer program", "version": 2}',
    b'{"sweep": {"base": {}, "batch_sizes": [32, 32]}}',
    b'{"sweep": {"base": {}, "batch_sizes": []}}',
    b'{"sweep": {"base": {}, "seeds": [-1]}}',
    b'{"sweep": {"base": {"lr": -4.0}}}',
    b'{"sweep": {"base": {"epochs": 0}}}',
    b'{"sweep": {"base": {"device": "tpu"}}}',
]


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("content", DAMAGED)
def test_damaged_answers_are_told_of_once_and_set_aside_by_the_first_that_replace_them(
    lab: Lab, content: bytes, language: str
) -> None:
    i18n.use(language)
    path = lab.folder / "exercises" / "1.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    told: list[str] = []
    lab.tell = told.append
    for _ in range(3):  # every screen asks
        assert lab.answers(1, Answers) == Answers()
    (sentence,) = told
    assert str(path) in sentence
    assert tree(lab.folder) == {"exercises/1.json": content}, "looking changes nothing"

    aside = lab.save_answers(1, Answers(answer="anew"))
    assert aside is not None
    assert aside.read_bytes() == content
    assert aside.name in told[1]
    assert lab.answers(1, Answers).answer == "anew"
    assert lab.save_answers(1, Answers(answer="later")) is None
    assert aside.read_bytes() == content
    assert len(told) == 2


@pytest.mark.parametrize(("exercise", "kind"), [(row.number, row.exercise().answers) for row in handed_in()])
def test_an_older_lab_opens(lab: Lab, exercise: int, kind: type) -> None:
    """Its files know neither a version nor the newer fields, and may have some that are gone."""
    path = lab.folder / "exercises" / f"{exercise}.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"answer": "an old one", "gone": [1]}', encoding="utf-8")
    assert lab.answers(exercise, kind) == replace(kind(), answer="an old one")
    assert len(list(path.parent.iterdir())) == 1


def test_answers_that_cannot_be_read_are_said_and_not_replaced(lab: Lab) -> None:
    (lab.folder / "exercises" / "1.json").mkdir(parents=True)
    with pytest.raises(UserError, match=r"1\.json cannot be read"):
        lab.answers(1, Answers)
    with pytest.raises(UserError, match=r"1\.json cannot be read"):
        lab.save_answers(1, Answers())


def test_answers_that_do_not_fit_on_the_disk_are_still_the_old_ones_and_can_be_saved_later(lab: Lab, full_disk) -> None:
    lab.save_answers(1, Answers(answer="old"))
    with full_disk(), pytest.raises(UserError):
        lab.save_answers(1, Answers(answer="new"))
    assert Lab(lab.folder).answers(1, Answers).answer == "old"
    assert lab.save_answers(1, Answers(answer="new")) is None
    assert lab.answers(1, Answers).answer == "new"


def test_answers_of_a_later_version_keep_what_this_one_knows(lab: Lab) -> None:
    @dataclass(frozen=True)
    class Later(Answers):
        mood: str = "fine"
        ratings: dict[str, int] = field(default_factory=dict)

    lab.save_answers(1, Later(answer="kept"))
    assert lab.answers(1, Answers).answer == "kept"


# Exports


def test_an_export_is_written_again_in_its_place(lab: Lab) -> None:
    first = lab.export("exercise-1.md", "one\n")
    again = lab.export("exercise-1.md", "one\n")
    changed = lab.export("exercise-1.md", "two\n")
    assert first == again == changed == lab.folder / "exports" / "exercise-1.md"
    assert changed.read_text() == "two\n"


def test_the_next_program_knows_which_exports_are_its_own(lab: Lab) -> None:
    lab.export("exercise-1.md", "one\n")
    assert Lab(lab.folder).export("exercise-1.md", "two\n").name == "exercise-1.md"


def test_of_two_exports_at_once_the_next_program_knows_both(lab: Lab, monkeypatch) -> None:
    both, write = threading.Barrier(2), Store.write

    def meet(store: Store, path: Path, content: str | bytes) -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(0.3)  # for the other one, which must not get so far
        write(store, path, content)

    lab.create()
    with monkeypatch.context() as patch, ThreadPoolExecutor(2) as pool:
        patch.setattr(Store, "write", meet)
        list(pool.map(lambda name: lab.export(name, "one\n"), ("report.md", "report.html")))
    assert [Lab(lab.folder).export(name, "two\n").name for name in ("report.md", "report.html")] == [
        "report.md",
        "report.html",
    ]


def test_an_export_that_was_changed_by_hand_is_never_replaced(lab: Lab) -> None:
    mine = lab.export("exercise-1.md", "one\n")
    mine.write_text("one, and my remarks\n")
    second = lab.export("exercise-1.md", "two\n")
    assert second.name == "exercise-1-2.md"
    second.write_text("two, and my remarks\n")
    third = lab.export("exercise-1.md", "three\n")
    assert third.name == "exercise-1-3.md"
    assert lab.export("exercise-1.md", "four\n") == third
    assert [path.read_text() for path in (mine, second, third)] == [
        "one, and my remarks\n",
        "two, and my remarks\n",
        "four\n",
    ]


@pytest.mark.parametrize("known", [b"", b"[]", b'{"exercise-1.md": 7}', b"\xff", b"[" * 100_000])
def test_without_its_own_notes_an_export_replaces_nothing(lab: Lab, known: bytes) -> None:
    first = lab.export("exercise-1.md", "one\n")
    (lab.folder / "exports" / ".written.json").write_bytes(known)
    assert lab.export("exercise-1.md", "two\n").name == "exercise-1-2.md"
    assert first.read_text() == "one\n"


def test_an_export_that_does_not_fit_on_the_disk_leaves_the_old_one(lab: Lab, full_disk) -> None:
    lab.export("exercise-1.md", "one\n")
    before = tree(lab.folder)
    with full_disk(), pytest.raises(UserError):
        lab.export("exercise-1.md", "much longer\n")
    assert tree(lab.folder) == before


def test_a_lab_from_somebody_else_cannot_make_the_program_read_for_ever(lab: Lab, monkeypatch) -> None:
    monkeypatch.setattr(files, "LARGEST", 1000)
    (lab.folder / "exercises").mkdir(parents=True)
    os.mkfifo(lab.folder / "lab.toml")
    (lab.folder / "exercises" / "1.json").write_bytes(b" " * 1001 + b"{}")
    assert lab.name == "my-lab"
    with pytest.raises(UserError, match="cannot be read"):
        lab.answers(1, Answers)


# Whose it is


def modes(folder: Path) -> dict[str, int]:
    """The permission bits of everything in a folder, and of itself."""
    paths = [folder, *folder.rglob("*")]
    return {path.relative_to(folder).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in paths}


def used(folder: Path, umask: int) -> None:
    """A lab as a program with this umask leaves it: everything that is ever written to one."""
    code = (
        f"import os, sys; os.umask({umask}); sys.path.insert(0, sys.argv[2])\n"
        "from pathlib import Path\n"
        "from filled_lab import fill\n"
        "from llm_tui.lab.lab import Lab\n"
        "lab = Lab(Path(sys.argv[1]))\n"
        "fill(lab), lab.export('report.md', 'x'), lab.claim()"
    )
    tests = Path(__file__).parents[1]
    subprocess.run([sys.executable, "-c", code, str(folder), str(tests)], check=True, timeout=120)


@pytest.mark.skipif(os.name != "posix", reason="permission bits")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_a_lab_is_its_owners_alone_whatever_the_umask_is(tmp_path: Path, umask: int) -> None:
    used(tmp_path / "lab", umask)
    found = modes(tmp_path / "lab")
    assert {".", "exercises", "exports", "runs", "audit.jsonl", ".open.json", "exports/.written.json"} <= set(found)
    assert any(name.endswith("metrics.jsonl") for name in found)
    for name, mode in found.items():
        assert mode == (0o700 if (tmp_path / "lab" / name).is_dir() else 0o600), name


@pytest.mark.skipif(os.name != "posix", reason="permission bits")
@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_a_lab_for_a_group_is_the_groups_too_and_nobody_elses(tmp_path: Path, umask: int) -> None:
    folder = tmp_path / "lab"
    Lab(folder).create()
    toml = folder / "lab.toml"
    toml.write_text(toml.read_text().replace("group = false", "group = true"))
    (folder / "old.txt").write_text("of before")
    (folder / "old.txt").chmod(0o600)
    Lab(folder).claim()  # what was there is opened to the group, too
    used(folder, umask)
    for name, mode in modes(folder).items():
        assert mode == (0o2770 if (folder / name).is_dir() else 0o660), name


@pytest.mark.skipif(os.name != "posix", reason="permission bits")
def test_a_lab_that_its_owner_has_opened_to_others_stays_so(lab: Lab) -> None:
    lab.create()
    lab.folder.chmod(0o755)
    Lab(lab.folder).claim()
    assert stat.S_IMODE(lab.folder.stat().st_mode) == 0o755


# Programs


def test_a_program_lies_in_the_lab_beside_what_it_reads(lab: Lab) -> None:
    first = lab.keep_code("training.py", "one\n", {"rows.csv": "1,a\n"})
    assert first == lab.folder / "code" / "training.py"
    assert lab.keep_code("training.py", "two\n", {"rows.csv": "1,b\n"}) == first
    assert (lab.folder / "code" / "rows.csv").read_text() == "1,b\n"
    first.write_text("mine\n")
    assert lab.keep_code("training.py", "three\n", {}).name == "training-2.py"
    assert first.read_text() == "mine\n"


def test_a_program_is_not_kept_where_it_would_read_what_was_changed_by_hand(lab: Lab) -> None:
    lab.keep_code("training.py", "one\n", {"rows.csv": "1,a\n"})
    (lab.folder / "code" / "rows.csv").write_text("1,mine\n")
    with pytest.raises(UserError, match=r"rows\.csv was changed by hand"):
        lab.keep_code("training.py", "two\n", {"rows.csv": "1,b\n"})
    assert (lab.folder / "code" / "training.py").read_text() == "one\n"
    assert (lab.folder / "code" / "rows.csv").read_text() == "1,mine\n"
