"""A course file: what it may hold, what is wrong in it, and what comes of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llm_tui import config, i18n
from llm_tui.cli import cli
from llm_tui.cli.course_text import text
from llm_tui.cli.options import tasks
from llm_tui.course import course, in_use
from llm_tui.course.changes import changes
from llm_tui.course.course import Course, Ethics, Item, Moderation, Summaries
from llm_tui.course.reading import Found, read, understood
from llm_tui.errors import UserError
from llm_tui.exercises import ethics, moderation, prompting, subwords, summaries, translation
from llm_tui.exercises.samples import Sample, known_kind
from llm_tui.i18n import Text
from llm_tui.lab import courses
from llm_tui.lab.lab import Lab
from llm_tui.playground import registry
from llm_tui.report.document import Report


def said(content: str, folder: Path = Path("/nowhere")) -> Found:
    return understood(folder / "course.toml", content.encode(), tasks)


def wrong(content: str, folder: Path = Path("/nowhere")) -> list[tuple[int, str]]:
    return [(problem.line, problem.said.en) for problem in said(content, folder).problems]


@contextmanager
def using(course: Course) -> Iterator[None]:
    in_use.use(course)
    try:
        yield
    finally:
        in_use.use(None)


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words], prog_name="llm-tui")


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_new_file_is_what_comes_with_the_program(language: str, tmp_path: Path) -> None:
    file = tmp_path / "course.toml"
    i18n.use(language, asked=True)
    assert run("course", "new", file).exit_code == 0
    assert run("course", "new", file).exit_code == 2  # a file that is there stays
    i18n.use("en")
    checked = run("course", "check", file)
    assert checked.exit_code == 0, checked.stderr
    assert checked.stdout.splitlines()[1:] == [
        "It changes:",
        f"  title: {'Práctica de LLM' if language == 'es' else 'LLM practice'}",
    ]
    found = read(file, tasks)
    assert found.course.moderation.texts == Moderation().texts and found.course.summaries.source == Summaries().source
    assert dict(found.course.models) == {task.name: task.model for task in registry.tasks()}


def test_what_it_changes_is_said(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text("due = 2026-12-18\n[exercise-3]\nlabels = ['ja', 'nein']\n[exercise-4]\nspanish = ['Uno.']\n")
    lines = run("course", "check", file).stdout.splitlines()
    assert lines[1] == "It changes:" and "  due: 2026-12-18" in lines and "  exercise-3 labels: ja, nein" in lines
    file.write_text("")
    assert run("course", "check", file).stdout.splitlines()[1:] == ["It changes nothing."]
    assert not list(changes(Course(), said(text()).course))


WRONG = """\
title = ["x"]
due = "tomorrow"
langauge = 'es'
[models]
zero-shot = "../up"
nothing = "x/y"
[exercise-2]
tokenizers = ["/etc", "gpt2", "gpt2"]
[exercise-3]
labels = ["ham", "spam"]
key-label = "zz"
hypothesis = "{} is {0.__class__}"
texts = [
  ["uno", "ham"],
  "dos",
  ["tres", "q"], ["a", "b", "c", "d"],
  "\\u001b[31m",
  7,
]
[exercise-5]
systems = ["a/b"]
source = "\\u202etext"
[exercise-6]
labels = ["x", "y,z"]
[exercise-7]
checklist = ["Yes?", { topic = "x" }, { question = 3 }]
"""


def test_everything_that_is_wrong_is_said_at_once_with_its_line(tmp_path: Path) -> None:
    assert [line for line, _ in wrong(WRONG, tmp_path)] == [
        1, 2, 3, 5, 6, 8, 8, 11, 12, 16, 16, 17, 18, 21, 22, 24, 24, 26, 26]  # fmt: skip
    file = tmp_path / "bad.toml"
    file.write_text(WRONG)
    for language, line in (("en", "line 3: there is no “langauge” here (is it “language”?)"),
                           ("es", "línea 3: aquí no hay «langauge» (¿es «language»?)")):  # fmt: skip
        i18n.use(language)
        done = run("course", "check", file)
        assert done.exit_code == 2 and len(done.stderr.splitlines()) == 19 and not done.stdout
        assert f"bad.toml, {line}." in done.stderr and "\x1b" not in done.stderr and "\u202e" not in done.stderr


def test_a_program_that_is_given_a_wrong_course_does_not_begin(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(WRONG)
    done = run("--course", file, "export", "--lab", tmp_path / "lab")
    assert done.exit_code == 2 and "bad.toml, line 1" in done.stderr and "18 more things" in done.stderr
    assert "course check" in done.stderr and not (tmp_path / "lab").exists()
    missing = run("export", "--course", tmp_path / "none.toml")
    assert missing.exit_code == 2 and "cannot be read" in missing.stderr
    lab = tmp_path / "lab"
    lab.mkdir()
    (lab / "course.toml").write_text("x = 1")
    assert run("export", "--lab", lab).exit_code == 2
    assert run("status", "--lab", lab).exit_code == 1  # nothing runs: what needs no course asks for none


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"\xff", 0, "UTF-8"),
        (b"a = 1\nb = ", 2, ""),
        (b"title = '" + b"x" * 2_000_000 + b"'", 0, "cannot be read"),
        (b"a." * 300 + b"b = 1", 1, "dots"),
        (b"x = " + b"[" * 10_000, 1, "deep"),
        (b"title = '" + b"x" * 3000 + b"'", 1, "3000 characters"),
        (b"[exercise-6]\nmodel = '" + b"x" * 300 + b"'", 2, "no folder"),  # more than a name of a file may have
    ],
)
def test_a_file_that_is_none_is_refused(content: bytes, line: int, words: str, tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_bytes(content)
    if not line:
        with pytest.raises(UserError, match=words):
            read(file, tasks)
    else:
        (problem,) = read(file, tasks).problems
        assert problem.line == line and words in problem.said.en


def test_a_question_that_a_checklist_has_twice_is_one() -> None:
    twice = (Item(Text("Sure?", "¿Sí?")), Item(Text("Sure?", "¿Sí?"), "Privacidad"))
    with using(Course(ethics=Ethics(checklist=twice))):
        ids = [item.id for item in ethics.Answers().items()]
    assert len(ids) == len(set(ids))


def test_a_pipe_in_its_place_blocks_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "c.toml")
    with pytest.raises(UserError):
        read(tmp_path / "c.toml", tasks)


VALUES = st.recursive(
    st.one_of(st.text(max_size=5), st.integers(-9, 9), st.booleans(), st.just(date(2026, 1, 1))),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text("aqtn", min_size=1), inner, max_size=2)
    ),
    max_leaves=8,
)
NAMED = st.sampled_from(
    ["title", "due", "models", "exercise-2", "exercise-3", "exercise-5", "exercise-6", "exercise-7"]
)
INNER = st.sampled_from(["question", "labels", "texts", "key-label", "tokenizers", "systems", "checklist", "source"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(values=st.dictionaries(NAMED, st.one_of(VALUES, st.dictionaries(INNER, VALUES, max_size=3)), max_size=3))
def test_whatever_stands_there_is_understood_or_said(values: dict[str, object], tmp_path: Path) -> None:
    from llm_tui.course.tables import course as made
    from llm_tui.course.values import Reading

    reading = Reading({}, tmp_path, tasks)
    found = made(reading, values, "0")
    assert isinstance(found, Course)
    if not reading.problems:
        with using(found):
            for kind in (subwords, moderation, translation, summaries, prompting, ethics):
                kind.EXERCISE.state(kind.Answers(), None)  # type: ignore[arg-type]


# Models


def test_models_are_ids_folders_beside_the_file_and_servers(tmp_path: Path) -> None:
    (tmp_path / "in" / "tiny").mkdir(parents=True)
    (tmp_path / "out").mkdir()
    (tmp_path / "in" / "link").symlink_to(tmp_path / "out")

    def model(name: str) -> object:
        found = said(f"[exercise-3]\nmodel = '{name}'", tmp_path / "in")
        return found.problems[0].line if found.problems else found.course.moderation.model

    assert model("tiny") == model("./tiny") == str(tmp_path / "in" / "tiny")
    assert model("facebook/bart-large-mnli") == "facebook/bart-large-mnli"
    assert model("http://host:8000/v1#m") == "http://host:8000/v1#m"
    for name in (
        "../out",
        "/etc",
        "~/x",
        "tiny/../../out",
        "./none",
        "link",
        "a\\\\b",
        "a b",
        "http://u:p@host/v1",
        "$(ls)",
    ):
        assert model(name) == 2, name


# What comes of it


TEXTS = ("eins", "zwei", "drei")
INVENTED = Course(
    title="[b]Kurs[/b]",
    due=date(2026, 12, 18),
    digest="0123456789ab",
    models={"entities": "x/ner"},
    moderation=Moderation(labels=("gut", "schlecht"), key_label="gut", hypothesis="Das ist {}.", model="x/nli",
                          texts=tuple((text, "gut", "") for text in TEXTS)),
    translation=course.Translation(question=Text("Why?", "¿Por qué?"), spanish=("Uno.",), english=("One.", "Two.")),
    summaries=Summaries(systems=("x/one", "x/two"), source="Short.", source_en=""),
    ethics=Ethics(checklist=(Item(Text("Whose?", "¿De quién?"), "Privacidad"), Item(Text("Sure?", "¿Sí?")))),
)  # fmt: skip


def test_exercises_begin_with_the_course_and_ask_what_it_asks() -> None:
    with using(INVENTED):
        three = moderation.Answers()
        assert [sample.text for sample in three.samples] == list(TEXTS) and three.label_names() == ("gut", "schlecht")
        assert (three.key_label, three.template, three.model) == ("gut", "Das ist {}.", "x/nli")
        # The instructor's labels are nobody's marks; two labels and three texts are what this course asks for.
        missing = [text.en for text in moderation.state(three).missing]
        assert missing[0].startswith("your own marks on 3 texts") and not any("label" in m for m in missing[1:])
        four = translation.Answers()
        assert [sentence.text for sentence in four.sentences] == ["Uno.", "One.", "Two."]
        assert [text.en for text in translation.state(four).missing] == ["3 translations", "the answer"]
        assert translation.EXERCISE.asked_by_course and str(translation.EXERCISE.question) == "Why?"
        five = summaries.Answers()
        assert (five.system_a, five.system_b) == ("x/one", "x/two")
        assert not any("words" in text.en for text in summaries.state(five).missing)
        items = ethics.Answers().items()
        assert [item.topic for item in items if item.id.startswith("course-")] == ["privacy", "[b]Kurs[/b]"]
        assert [task.course_model for task in registry.tasks() if task.name == "entities"] == ["x/ner"]
        assert "x/ner" in [name for name, _ in registry.offered()]
        config.give(["models.entities=own/ner", "models.zero-shot=own/nli"])  # named for this time: it comes first
        assert [task.course_model for task in registry.tasks() if task.name == "entities"] == ["own/ner"]
        assert moderation.Answers().model == "own/nli" and translation.Answers().model_es_en != "own/ner"
    assert translation.Answers().sentences[0].text.startswith("Si el despliegue")
    assert not translation.EXERCISE.asked_by_course


def test_a_lab_that_was_begun_keeps_its_texts_and_a_changed_file_is_said_once(lab: Lab) -> None:
    assert courses.remember(lab) == "" and courses.named(lab) is None
    with using(INVENTED):
        assert courses.remember(lab) == "" and not lab.folder.exists()  # nothing is made of opening it
        lab.save_answers(3, moderation.Answers())
        assert courses.remember(lab) == ""
        heading = Report.of(lab, "en").markdown().split("\n## ")[0]
        assert "**Course file:** [b]Kurs[/b] (0123456789ab)" in heading
    other = Course(title="Other", digest="ffffffffffff")
    with using(other):
        told = courses.remember(lab)
        assert "[b]Kurs[/b] (0123456789ab)" in told and "Other (ffffffffffff)" in told
        assert courses.remember(lab) == ""
        assert [sample.text for sample in Lab(lab.folder).answers(3, moderation.Answers).samples] == list(TEXTS)
        assert "Other (ffffffffffff); before it" in Report.of(lab, "en").markdown()
    assert "was not read for this report" in Report.of(lab, "en").markdown()


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "due today"), (1, "due tomorrow"), (5, "in 5 days"), (-3, "was due 2026-12-18: nothing is locked")],
)
def test_when_it_is_due_is_said(days: int, said: str) -> None:
    assert said in INVENTED.line(date(2026, 12, 18) - timedelta(days)).en
    assert Course().line(date(2026, 12, 18)).en == ""


async def test_home_shows_title_and_day_as_they_are_and_the_file_in_the_lab_is_found(lab: Lab, engine) -> None:
    from driving import eventually, painted

    from llm_tui.app import LabApp

    with using(INVENTED):
        async with LabApp(lab, engine).run_test(size=(80, 24)) as pilot:
            await eventually(pilot, lambda: "[b]Kurs[/b] · " in painted(pilot))


def test_the_file_in_the_lab_is_found_and_its_language_holds_unless_another_is_named(tmp_path: Path) -> None:
    lab = tmp_path / "lab"
    lab.mkdir()
    (lab / "course.toml").write_text("title = 'Curso'\nlanguage = 'en'\n[exercise-3]\ntexts = ['Mine.']\n")
    done = run("export", "--lab", lab)
    assert "# LLM practice" in done.stdout and "**Course file:** Curso (" in done.stdout
    assert moderation.Answers().samples == (Sample("Mine."),)
    i18n.use("es", asked=True)
    assert "# Práctica de LLM" in run("export", "--lab", lab).stdout


@pytest.mark.parametrize("title", ["Language technology", "Tecnologías del lenguaje"])
def test_the_example_of_the_readme_is_one_whose_kinds_are_known(title: str) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    block = readme.split(f'```toml\ntitle = "{title}', 1)[1].split("```", 1)[0]
    found = said(f'title = "{title}{block}')
    assert not found.problems and len(found.course.moderation.texts) == 2 and found.course.due
    assert [known_kind(kind) for _, _, kind in found.course.moderation.texts if kind] == ["plain"]


@pytest.mark.usefixtures("own_folders")
def test_its_models_are_in_the_catalogue(tmp_path: Path) -> None:
    file = tmp_path / "of-the-course.toml"
    file.write_text('[models]\nentities = "somebody/ner"\n', encoding="utf-8")
    assert "| somebody/ner " in run("--course", file, "models", "list").stdout
    (tmp_path / "lab").mkdir()
    file.rename(tmp_path / "lab" / "course.toml")
    assert "| somebody/ner " in run("models", "list").stdout


@pytest.mark.usefixtures("own_folders")
def test_doctor_says_which_course_file_is_read_and_all_that_is_wrong_in_it(tmp_path: Path) -> None:
    def told(*more: str) -> list[str]:
        lines = run(*more, "doctor").stdout.splitlines()
        return [line.partition(" ")[2].strip() for line in lines if line.startswith("course ")]

    assert told() == ["no course file"]
    (tmp_path / "lab").mkdir()
    mine, another = tmp_path / "lab" / "course.toml", tmp_path / "another.toml"
    mine.write_text("due = 'soon'\nnonsense = 1\n", encoding="utf-8")
    another.write_text("title = 'LLM'\n", encoding="utf-8")
    path, first, second = told()
    assert (
        path == str(mine) and first.startswith("course.toml, line 1: ") and second.startswith("course.toml, line 2: ")
    )
    assert told("--course", str(another)) == [str(another)]
    another.write_bytes(b"\xff")
    assert told("--course", str(another))[1:] == [
        f"The course file {another} cannot be read (it is not UTF-8): name another with --course."
    ]
