"""The loop of plain mode: what is said, what is understood, and that it goes on."""

from __future__ import annotations

import io
import itertools
import json
import os
import sys
from collections.abc import Sequence
from types import SimpleNamespace

import filled_lab
import one_more_exercise
import one_more_task
import pytest
from plain.talking import FORBIDDEN, answered_by, as_in_the_filled_lab, talk

from llm_tui import i18n
from llm_tui.engine.job import Context
from llm_tui.errors import Unavailable, UserError
from llm_tui.exercises import batch_sizes, flows, moderation, prompting, registry
from llm_tui.exercises.contract import Answers
from llm_tui.exercises.labels import Curve, Setup
from llm_tui.exercises.material import KINDS
from llm_tui.exercises.samples import known_kind
from llm_tui.i18n import tr
from llm_tui.lab.lab import Lab
from llm_tui.labels.job import ZERO_SHOT, Point
from llm_tui.plain import session
from llm_tui.plain.console import Console, Sent
from llm_tui.plain.play import Streamed
from llm_tui.playground import registry as tasks
from llm_tui.playground.state import Playground

ELSEWHERE = json.dumps({"host": "aula-7", "pid": 1, "since": "2026-03-01T10:00:00+00:00"})


@pytest.fixture
def lab(tmp_path) -> Lab:
    return Lab(tmp_path / "lab")


def test_the_end_of_the_input_saves_and_leaves(lab):
    said = talk(lab, "exercise 3", "answer", "Half of it", ".", "answer", "never ended")
    assert said.endswith("Everything is saved in the lab. Goodbye.\n")
    assert lab.answers(3, moderation.Answers).answer == "Half of it"


def test_what_is_read_stands_in_the_transcript(lab):
    assert "\n> exercise 7\n" in talk(lab, "exercise 7")


def test_a_word_is_understood_in_either_language_without_accents(lab):
    assert "Ethics and risks" in talk(lab, "EJERCICIO 7").partition("> EJERCICIO 7")[2]
    assert "Goodbye" in talk(lab, "exercise 3", "atras", "salir")


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_kinds_of_a_text_that_are_asked_for_are_those_that_are_known(lab, language):
    i18n.use(language)
    said = talk(lab, "3", "textos 1", "", "")
    kinds = said.rpartition(tr("Its kind: ", "Su tipo: "))[2].partition(tr(", or another", ", u otro"))[0].split(", ")
    assert [known_kind(kind) for kind in kinds] == [*KINDS]
    assert tr("Enter keeps: plain", "conserva: directo") in said


def test_an_unknown_word_says_what_is_possible(lab):
    said = talk(lab, "dance")
    assert "“dance” is nothing that can be done here. There is: exercise 1, " in said


def test_a_person_goes_back_from_a_question_and_nothing_is_changed(lab):
    said = talk(lab, "exercise 6", "edit 1", "back", "answer", "atrás")
    assert said.count("Nothing was changed.") == 2
    assert lab.answers(6, registry.row(6).exercise().answers) == registry.row(6).exercise().answers()


def test_with_a_space_before_it_a_word_is_a_text_and_a_space_alone_empties(lab):
    def note() -> str:
        return str(lab.answers_anew(6, prompting.Answers).prompt("classification").note)

    talk(lab, "exercise 6", "edit 1", " back")
    assert note() == "back"
    talk(lab, "exercise 6", "edit 1", "", "answer", "Once", ".", "answer", ".")
    assert note() == "back" and lab.answers_anew(6, prompting.Answers).answer == "Once"
    talk(lab, "exercise 6", "edit 1", " ", "answer", " ", ".")
    assert note() == "" and lab.answers_anew(6, prompting.Answers).answer == ""


def test_what_was_done_is_taken_back_and_done_again(lab):
    said = talk(lab, "exercise 3", "answer", "One", ".", "undo", "undo", "redo", "markdown")
    assert "Taken back." in said and "There is nothing to take back." in said
    assert said.rstrip().count("One") == 2  # typed, and in the document


def test_an_error_is_a_sentence_and_the_loop_goes_on(lab, monkeypatch):
    def fails(job):
        raise ZeroDivisionError

    answered_by(monkeypatch, fails)
    said = talk(lab, "exercise 3", "open", "/nowhere.csv", "run", "answer", "Still here", ".")
    assert said.count("Error: ") == 2 and "ZeroDivisionError" in said and "Traceback" not in said
    assert lab.answers(3, moderation.Answers).answer == "Still here"


def test_a_field_that_cannot_be_is_asked_for_again(lab):
    talk(lab, "playground", "settings", "many", "64", "yes")
    said = talk(lab, "playground", "settings", "many", "64", *["back"] * 2)
    assert "max new tokens is “many”" in said


def test_a_cell_takes_only_what_may_stand_there(lab, monkeypatch):
    answered_by(monkeypatch, as_in_the_filled_lab())
    said = talk(lab, "exercise 5", "run", "edit 1", "7", "2", "1", "1", "")
    assert "That cannot stand there, from 0 to 2." in said


def test_tables_are_read_row_by_row_with_the_names_of_their_columns(lab, monkeypatch):
    answered_by(monkeypatch, as_in_the_filled_lab())
    said = talk(lab, "exercise 1", "run", "table")
    assert "Row 1 of 3. batch_size: 32. accuracy_test: 0.910. tiempo_train (s): 1.00. notas: empty." in said


def test_where_a_model_is_not_here_the_teaching_model_is_offered(lab, monkeypatch):
    answer = as_in_the_filled_lab()

    def absent(job):
        if job.model.name == moderation.course_model():
            raise Unavailable("It is not here.")
        return answer(job)

    answered_by(monkeypatch, absent)
    said = talk(lab, "exercise 3", "run", "yes")
    assert said.count("Error: It is not here.") == 1
    kept = lab.answers(3, moderation.Answers)
    assert kept.model == "llm-tui/teaching-zero-shot" and len(kept.readings) == 2


def test_a_command_has_the_lab_to_itself_and_the_exercise_its_work_afterwards(lab):
    held = []

    def command(given):
        held.append((list(given), Lab(lab.folder).claim()))
        raise UserError("No.")

    said = talk(lab, "exercise 3", "answer", "x", ".", "back", "command card --run 'a b'", command=command)
    assert held == [(["card", "--run", "a b"], "")]
    assert "Error: No." in said


def test_after_a_command_the_lab_is_this_programs_again(lab):
    lab.create()
    mark, there = lab.folder / ".open.json", []

    class Watching(io.StringIO):
        def readline(self, *_: int) -> str:  # type: ignore[override]
            there.append(mark.exists())
            return super().readline()

    typed = Watching("command card\ncommand log\n")
    console = Console(typed, Sent(io.StringIO(), ascii_only=False))
    session.run(lab, lambda given: there.append(mark.exists()), line=console)
    assert there == [True, False, True, False, True]
    assert not mark.exists()


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_who_takes_the_lab_while_a_command_has_it_is_said_and_so_is_that_it_is_free_again(lab, language):
    i18n.use(language)
    lab.create()
    mark = lab.folder / ".open.json"

    def command(given: Sequence[str]) -> None:
        if given == ["card"]:
            mark.write_text(ELSEWHERE)
        else:
            mark.unlink()

    answer = ("exercise 3", "answer", "Lost.", ".", "back")
    said = talk(lab, "command card", *answer, "command log", "exercise 3", "answer", "Kept.", ".", command=command)
    assert "aula-7" in said.partition("> command card")[2].partition("> exercise 3")[0]
    assert "aula-7" not in said.partition("> command log")[2]
    free = tr("The lab can be written to here now.", "Ahora se puede escribir aquí en el laboratorio.")
    assert said.count(free) == 1
    assert lab.answers(3, moderation.Answers).answer == "Kept."


@pytest.mark.skipif(sys.platform != "linux", reason="another system has another longest line")
@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_line_that_a_terminal_has_cut_is_not_taken(language):
    i18n.use(language)
    master, slave = os.openpty()
    said = io.StringIO()
    with open(slave, encoding="utf-8", errors="replace") as reads:
        os.write(master, f"{'ñ' * 3000}\n{'ñ' * 2047}\n".encode())
        assert Console(reads, Sent(said, ascii_only=False)).read() == "ñ" * 2047
    os.close(master)
    assert said.getvalue().count("4095 bytes") == 1 and tr("open", "abrir") in said.getvalue()


def test_the_labels_curve_is_that_of_the_lab_and_takes_no_other_ones_place_unasked(lab):
    point = Point(ZERO_SHOT, 0, 0, 70, 100, 500, 4, "sample", True, 1.0, "CPU")
    curve = Curve(Setup(seeds=5, counts=(0, 4), model="m"), (point,))
    lab.save_answers("flows", flows.Answers(model="m", setup={"seeds": "5", "counts": "0,4"}, curve=curve))
    asked: list[list[str]] = []

    def curves(*typed: str) -> list[str]:
        talk(lab, "flows", *typed, command=lambda given: asked.append(list(given)))
        return asked.pop() if asked else []

    own = ["labels-curve", "--model=m", "--template=This example is {}.", "--data=sample", "--counts=0,4", "--seeds=5",
           "--test-rows=500", "--chat="]  # fmt: skip
    assert curves("curve") == own
    other = ("settings", "", "another", "", "curve")
    assert curves(*other, "no") == []
    assert curves("curve", "yes") == [own[0], "--model=another", *own[2:], "--take"]


def test_a_lab_that_is_open_elsewhere_is_read_and_nothing_is_written(lab, monkeypatch):
    lab.create()
    monkeypatch.setattr(lab, "claim", lambda: "It is open elsewhere.")
    lab.read_only = "It can only be read."
    said = talk(lab, "exercise 3", "answer", "x", ".")
    assert "It is open elsewhere." in said and "It can only be read." in said
    assert not (lab.folder / "exercises" / "3.json").exists()


def test_the_language_changes_at_once(lab):
    said = talk(lab, "language es", "ayuda")
    assert "Moderación zero-shot" in said and "atrás vuelve un paso" in said
    assert i18n.language() == "es"


def test_an_exercise_more_needs_no_line_in_plain_mode(lab, monkeypatch):
    monkeypatch.setattr(registry, "EXERCISES", registry.EXERCISES)
    one_more_exercise.add()
    context = Context(1, lambda event: None, None)  # type: ignore[arg-type]
    answered_by(monkeypatch, lambda job: one_more_exercise.count(job, context))  # type: ignore[arg-type]
    said = talk(lab, "exercise 8", "run", "table", "answer", "árbol", ".", "export", "guide")
    assert "Row 1 of 2. palabra: casa. letras: 4." in said
    assert "State: complete." in said and "Exercise 8: letters" in said
    assert (lab.folder / "exports" / "exercise-8.md").is_file()


def test_a_task_more_needs_no_line_in_plain_mode(lab, monkeypatch):
    monkeypatch.setattr(tasks, "ROWS", (*tasks.ROWS, "one_more_task"))
    made_by = filled_lab.by("somebody/looker")
    answered_by(monkeypatch, lambda job: one_more_task.Seen((("Los", "gatos"),), made_by))
    said = talk(lab, "playground", "pieces", "settings", "", "gat", "run", "back", "export")
    assert "part. What is looked for. Enter keeps: os" in said
    assert "Row 1 of 1. texto: Los gatos y los perros. piezas: 2. con la parte: 1." in said
    assert "**Piezas**" in (lab.folder / "exports" / "playground.md").read_text(encoding="utf-8")


def test_what_a_model_writes_is_told_in_whole_sentences():
    said: list[str] = []
    told = Streamed(SimpleNamespace(say=said.append))  # type: ignore[arg-type]
    for piece in ("It is", " 3.5", " there. And", " then", "? Yes"):
        told.hear(piece)
    assert said == ["It is 3.5 there.", "And then?"]
    told.end()
    assert said == ["It is 3.5 there.", "And then?", "Yes"]


def test_a_task_is_asked_and_its_answer_is_put_into_the_exercise(lab, monkeypatch):
    answered_by(monkeypatch, as_in_the_filled_lab())
    said = talk(lab, "playground", "zero-shot", "text", "Hola\x1b[31m ⣿│", ".", "run", "exercise", "back", "export")
    assert "It stands in exercise 3." in said and not FORBIDDEN.search(said)
    assert lab.answers(3, moderation.Answers).samples[-1].text == "Hola\x1b[31m ⣿│"
    assert lab.answers("playground", Playground).task == "zero-shot"
    assert (lab.folder / "exports" / "playground.md").is_file()


def test_every_exercise_and_task_says_its_list_guide_and_definitions(lab):
    numbers = range(1, 8)
    visits = itertools.chain.from_iterable((f"exercise {n}", "guide", "definitions", "back") for n in numbers)
    said = talk(lab, *visits, "flows", "guide", "definitions", "back", "playground", "definitions")
    assert "Error:" not in said and not FORBIDDEN.search(said) and "**" not in said


def test_a_key_that_a_guide_names_is_heard_even_where_it_is_a_sign_of_markdown(lab):
    said = " ".join(talk(lab, "exercise 3", "guide").split())
    assert "k chooses the key label, * shows all labels" in said and "`" not in said


def test_a_cell_that_is_a_question_ends_as_one(lab):
    said = talk(lab, "exercise 7", "table")
    assert "noticias? estado: [ ] abierta." in said and "?." not in said


def test_notes_stay_with_the_answers_of_the_lab(lab, monkeypatch):
    answered_by(monkeypatch, as_in_the_filled_lab())
    talk(lab, "exercise 1", "run", "edit 2", "good")
    kept: Answers = lab.answers(1, batch_sizes.Answers)
    assert kept.notes == {"64": "good"}  # type: ignore[attr-defined]


def test_a_number_of_thousands_of_digits_and_the_home_of_nobody_are_no_errors_of_the_program(lab):
    many = "9" * 5000
    said = talk(lab, many, "exercise 3", f"edit {many}", "back", "open", "~nobody-of-this-name/a.csv")
    assert f"“{many}” is nothing that can be done here" in said
    assert "~nobody-of-this-name/a.csv" in said.rpartition("Error: ")[2] and "error of the program" not in said
