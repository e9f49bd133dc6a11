"""The whole course in plain mode, by nothing but lines that are typed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import filled_lab
import pytest
from plain.talking import FORBIDDEN, answered_by, as_in_the_filled_lab, talk

from llm_tui import i18n
from llm_tui.exercises import ethics, summaries, translation
from llm_tui.exercises.checklist import COURSE_ITEMS, TOPICS
from llm_tui.foundation.probes import Probing
from llm_tui.i18n import Text
from llm_tui.lab.lab import Lab
from llm_tui.plain import play, words
from llm_tui.plain.parts import summaries as summaries_part
from llm_tui.plain.parts.batch_sizes import PREDICT
from llm_tui.plain.parts.ethics import EVIDENCE, TEST
from llm_tui.plain.parts.moderation import ALL, WHY
from llm_tui.playground import registry
from llm_tui.report.document import Report
from llm_tui.report.evidence import facts


@pytest.mark.parametrize("language", ["es", pytest.param("en", marks=pytest.mark.slow)])
def test_a_script_does_the_whole_course_and_hands_in_what_the_screens_do(language, tmp_path, monkeypatch):
    asked = answered_by(monkeypatch, as_in_the_filled_lab())
    i18n.use(language)
    typed, lab = tmp_path / "typed" / "lab", tmp_path / "filled" / "lab"
    said = talk(Lab(typed), *course(language))
    evidence = ethics_script(language, Lab(typed))
    said += talk(Lab(typed), *evidence)
    filled_lab.fill(Lab(lab))
    (lab / "exercises" / "flows.json").unlink()
    test = next(job for job in asked if isinstance(job, Probing))
    filled_lab.told(Lab(lab), test, filled_lab.answering()(test))  # that one's log does not have it
    assert "Error:" not in said, said
    assert not FORBIDDEN.search(said)
    ours, theirs = (Report.of(Lab(folder), "es").markdown() for folder in (typed, lab))
    assert ours == theirs
    assert (typed / "exports" / "report.md").read_text(encoding="utf-8") == theirs
    assert {path.name for path in (typed / "exports").glob("[!.]*")} == {
        *(f"exercise-{n}.md" for n in range(1, 8)), "report.md", "report.html",
    }  # fmt: skip


def course(language: str) -> Iterator[str]:
    """Exercises 1 to 6."""

    def word(text: Text) -> str:
        return text.within(language)

    def exercise(number: int) -> str:
        return word(Text(f"exercise {number}", f"ejercicio {number}"))

    def end(answer: str) -> list[str]:
        return [word(words.ANSWER), answer, ".", word(words.EXPORT), word(words.BACK)]

    run, edit = word(words.RUN), word(words.EDIT)
    yield from (exercise(1), word(words.SETTINGS), *[""] * 10, "cpu", "", "", run)
    yield from (f"{edit} 1", "lenta | estable", f"{edit} 2", "bien", f"{edit} 3", "rápida")
    yield from end("La de 64 equilibra las dos.")
    yield from (exercise(2), run)
    for number, row in enumerate(filled_lab.cut_rows(), start=1):
        yield from (f"{edit} {number}", row.observation or "")
    yield from end("XLM-R corta menos.")
    yield from (exercise(3), f"{word(words.CONFIRM)} all", run, word(ALL))
    for number, label in enumerate(("permitido", "spam", "odio", "sensibles"), start=1):
        yield from (f"{edit} {number}", f"la de {label}")
    yield from (word(ALL), *end("Falla más con la ironía."))
    yield from (exercise(4), run)
    for number in range(1, len(translation.Answers().sentences) + 1):
        yield from (f"{word(words.MARK)} {number}", "library", "1", "3", "bookshop")
        yield from (f"{edit} {number}", "The bookshop is open.")
    yield from end("Con glosario.")
    yield from (exercise(5), word(summaries_part.REFERENCE), "Falló el clúster del campus.", ".", run)
    for number in range(1, len(summaries.SLOTS) + 1):
        yield from (f"{edit} {number}", "2", "2", "2", "fiel | breve")
    yield from end("El segundo, por fidelidad.")
    yield from (exercise(6), run)
    for number in (1, 2, 3):
        yield from (f"{edit} {number}", "obedece")
    yield from end("La más concreta.")
    yield from (exercise(7), word(TEST), "")


def ethics_script(language: str, lab: Lab) -> Iterator[str]:
    """Exercise 7 and the report, in a second session; which fact has which number the lab says."""

    def word(text: Text) -> str:
        return text.within(language)

    known = facts(lab)
    topics = dict(zip(TOPICS, (("errors", "lost"), (), ("run", "log"), ("probes",), ()), strict=True))
    yield word(Text("exercise 7", "ejercicio 7"))
    for number, item in enumerate(ethics.Answers().items(), start=1):
        assert item in COURSE_ITEMS
        if item == COURSE_ITEMS[1]:
            yield from (f"{word(words.QUESTIONS)} {number}", "4", "Nadie revisa.", "Revisar a mano lo irónico.")
            yield from ("high", "Ana", "2026-03-01")
            continue
        yield from (f"{word(words.QUESTIONS)} {number}", "2", "Sí, y está en el registro.", "", "", "", "")
        order = [fact.key for fact in sorted(known, key=lambda fact: fact.topic != item.topic)]
        for key in topics[item.topic]:
            yield from (f"{word(EVIDENCE)} {number}", str(order.index(key) + 1))
    yield from (word(words.ANSWER), filled_lab.PARAGRAPH, ".", word(words.EXPORT), word(words.BACK))
    yield from (word(Text("report", "informe")), word(words.EXPORT), "html", word(words.QUIT))


@pytest.mark.slow
@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_pipe_does_the_whole_course_with_the_teaching_models(language, tmp_path):
    folders = {name: str(tmp_path / name) for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "HF_HOME", "LLM_TUI_LAB")}
    env = {**os.environ, **folders, "HF_HUB_OFFLINE": "1", "PYTHONIOENCODING": "utf-8"}
    typed = "".join(f"{line}\n" for line in with_teaching_models(language))
    command = [sys.executable, "-m", "llm_tui", "--lang", language, "--plain"]
    done = subprocess.run(command, input=typed.encode(), capture_output=True, env=env, timeout=1800)
    said = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert not FORBIDDEN.search(said)
    assert "Error:" not in said, said
    lab = Lab(tmp_path / "LLM_TUI_LAB")
    report = (lab.folder / "exports" / "report.md").read_text(encoding="utf-8")
    assert report == Report.of(lab, language).markdown()
    for part in Report.of(lab, language).parts:
        assert part.begun, part.exercise.number
    playground = (lab.folder / "exports" / "playground.md").read_text(encoding="utf-8")
    assert all(f"**{task.title.within(language)}**" in playground for task in registry.tasks())
    for ending in ("md", "html", "pdf", "docx", "ipynb"):
        assert (lab.folder / "exports" / f"report.{ending}").stat().st_size > 1000


def with_teaching_models(language: str) -> Iterator[str]:
    """Every exercise, every task of the playground, and the report in each of its forms."""

    def word(text: Text) -> str:
        return text.within(language)

    back, run, edit, teaching = map(word, (words.BACK, words.RUN, words.EDIT, words.TEACHING))
    yield from (word(Text("exercise 1", "ejercicio 1")), word(words.SETTINGS), "sample", "500", "100", "", "", "32,64")
    yield from ("16", "1", "4", "0", "cpu", "", "", run, f"{edit} 1", "lenta", f"{word(words.RUNS)} 1")
    yield from (f"{word(PREDICT)} The team won the match", word(Text("yes", "sí")))
    yield from (word(words.ANSWER), "Una.", ".", word(words.TABLE), word(words.EXPORT), back)
    for number in range(2, 7):
        yield from (word(Text(f"exercise {number}", f"ejercicio {number}")), *([] if number == 2 else [teaching]), run)
        yield from ([f"{word(WHY)} 1"] if number == 3 else [])
        yield from (word(words.ANSWER), f"Respuesta {number}.", ".", word(words.TABLE), word(words.EXPORT), back)
    yield from (word(Text("exercise 7", "ejercicio 7")), f"{word(words.QUESTIONS)} 1", "4", "No.", "Sí.", "", "", "")
    yield from (f"{word(TEST)} llm-tui/teaching-t5", word(words.DRAFT), word(words.EXPORT), back)
    yield from (word(Text("flows", "flujos")), word(words.SETTINGS), "10", "", "", teaching, run, back)
    yield word(play.NAME)
    for task in registry.tasks():
        yield from (word(task.title).lower(), teaching, run, word(WHY), back)
    yield from (word(words.EXPORT), back, word(Text("report", "informe")), word(words.EXPORT))
    yield from ("html", "pdf", "word", word(Text("notebook", "cuaderno")), back, word(words.QUIT))
