"""Whose hand-in it is: written into lab.toml beside what a person keeps there, and read whatever stands in it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_tui import i18n
from llm_tui.cli import cli
from llm_tui.cli.whose import whose as whose_command
from llm_tui.errors import UserError
from llm_tui.lab.folder import LAB_TOML
from llm_tui.lab.lab import Lab
from llm_tui.lab.whose import MOST_IN_A_FILE_NAME, Whose, rewritten
from llm_tui.report.document import Report

ANA = Whose("Ana Pérez", "B2", "LLM", "2026-03-01", True)

LINES = st.builds(
    Whose, st.text(max_size=30), st.text(max_size=9), st.text(max_size=9), st.text(max_size=9), st.booleans()
)


@given(first=LINES, second=LINES)
@settings(max_examples=40)
def test_what_is_written_is_read_back_and_the_rest_of_the_file_stays(first: Whose, second: Whose) -> None:
    own = LAB_TOML.format(name='"mine"', log_texts="false") + '\n[other]  # of my own\nname = "not a person"\n'
    toml = rewritten(rewritten(own, first.cleaned()), second.cleaned())
    assert Whose.of(tomllib.loads(toml).get("hand_in")) == second.cleaned()
    assert toml.startswith(own)


def test_a_persons_own_comments_order_and_keys_in_the_table_stay() -> None:
    own = '[hand_in] # whose\n  group = \'B1\'   # the second one\nnumber = 7\nname = "A" # us\n\n[z]\nname = "z"\n'
    new = rewritten(own, Whose("Ana", "B2", date="hoy"))
    assert new == (
        '[hand_in] # whose\n  group = "B2"   # the second one\nnumber = 7\nname = "Ana" # us\ndate = "hoy"\n\n'
        '[z]\nname = "z"\n'
    )
    assert rewritten(new, Whose()) == '[hand_in] # whose\n# the second one\nnumber = 7\n# us\n\n[z]\nname = "z"\n'


@pytest.mark.parametrize(
    "own",
    [
        "[hand_in\n",
        "hand_in = 3\n",
        'hand_in = {name = "A"}\n',
        '[hand_in]\nname = """A\nB"""\n',
        'note = """\n[hand_in]\nname = "A"\n"""\n',
        'hand_in.name = "A"\n',
    ],
)
def test_a_form_that_cannot_be_kept_is_left_as_it_is_and_said(lab: Lab, own: str) -> None:
    lab.create()
    toml = lab.folder / "lab.toml"
    toml.write_text(own)
    with pytest.raises(UserError, match=r"lab\.toml"):
        lab.save_whose(ANA)
    assert toml.read_text() == own


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("a = 1\n[hand_in\n", "no es TOML (línea 2: falta el corchete que cierra)"),
        ("a = 1\n" + "b." * 200 + "c = 1\n", "no es TOML (línea 2: demasiados puntos)"),
    ],
)
def test_a_lab_toml_that_is_none_has_its_line_and_why_in_the_language_of_the_program(own: str, said: str) -> None:
    i18n.use("es")
    with pytest.raises(UserError) as raised:
        rewritten(own, ANA)
    assert said in str(raised.value)


def test_a_byte_order_mark_before_a_lab_toml_is_no_hindrance(lab: Lab) -> None:
    lab.create()
    (lab.folder / "lab.toml").write_text('group = true\n[hand_in]\nname = "Luis"\n', encoding="utf-8-sig")
    assert lab.whose.name == "Luis"
    lab.save_whose(ANA)
    assert lab.whose == ANA and tomllib.loads((lab.folder / "lab.toml").read_text(encoding="utf-8"))["group"] is True


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ('name = "x\\u001b[2J\\u202ey"', "x␛[2J⟨202E⟩y"),
        ("name = 3", ""),
        ('name = ["Ana", " Luis ", 4]', "Ana, Luis"),
        (f'name = "{"x" * 100_000}"', "x" * 500),
        ('name = "one\\n# Heading"', "one # Heading"),
    ],
)
def test_a_name_from_anybodys_lab_is_one_line_that_is_safe_to_show(lab: Lab, said: str, name: str) -> None:
    lab.create()
    (lab.folder / "lab.toml").write_text(f"[hand_in]\n{said}\ndate = 2026-03-01\ngroup = [[[]]]\n")
    assert (lab.whose.name, lab.whose.date, lab.whose.group) == (name, "2026-03-01", "")


@given(name=st.text(max_size=200))
def test_a_file_name_has_letters_digits_and_hyphens_and_is_no_path(name: str) -> None:
    made = Whose(name, in_file_names=True).cleaned().file_name("report")
    assert re.fullmatch(r"report(-[^\W_]+)*", made) and len(made.encode()) <= MOST_IN_A_FILE_NAME + 7
    assert Whose(name).file_name("report") == "report"


def test_file_names_of_names() -> None:
    named = {
        "Ana Núñez": "report-ana-nunez.pdf",
        "../../etc/passwd": "report-etc-passwd.pdf",
        "李雷": "report-李雷.pdf",
        "😀 .": "report.pdf",
        "x" * 300: f"report-{'x' * 80}.pdf",
    }
    assert {name: Whose(name, in_file_names=True).file_name("report.pdf") for name in named} == named


def test_the_report_says_whose_it_is_or_that_nobody_is_named(lab: Lab) -> None:
    assert Report.of(lab, "en").markdown().split("\n\n")[1] == "**Name:** *no name given*"
    assert not lab.folder.exists()
    lab.save_whose(Whose("*Ana* <b>", group="B2"))
    assert Report.of(lab, "es").markdown().split("\n\n")[1:3] == ["**Nombre:** \\*Ana\\* \\<b>", "**Grupo:** B2"]


def test_the_command_says_it_changes_one_line_and_keeps_others(tmp_path: Path) -> None:
    def whose(*words: str) -> str:
        done = CliRunner().invoke(cli, ["whose", "--lab", str(tmp_path / "lab"), *words])
        assert done.exit_code == 0, done.output
        return done.output

    assert whose() == "Name: no name given\n" and not (tmp_path / "lab").exists()
    assert whose("--name", "Ana", "--date", "mañana") == "Name: Ana\nDate: mañana\n"
    assert whose("--name", "Luis", "--in-file-names") == "Name: Luis\nDate: mañana\n"
    assert whose("--date", "") == "Name: Luis\n"
    assert whose("--course-name", "LLM", "--group", "B2") == "Name: Luis\nGroup: B2\nCourse: LLM\n"
    options = whose_command.params
    assert len({name for option in options for name in option.opts}) == sum(
        len(option.opts) for option in options
    )  # --course is that of all commands: the file of a course
    assert Lab(tmp_path / "lab").whose.file_name("report.md") == "report-luis.md"
