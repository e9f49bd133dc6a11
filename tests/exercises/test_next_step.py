"""What is said to be the next step is one: it is never wrong, and who follows the steps completes the exercise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_tui.classifier.job import Training, TrainingResult
from llm_tui.classifier.setup import parse_sweep
from llm_tui.exercises import batch_sizes, ethics, moderation, prompting, subwords, summaries, translation
from llm_tui.exercises.batch_sizes import Attempt, Row
from llm_tui.exercises.contract import Beside
from llm_tui.exercises.errors_marked import Mark
from llm_tui.exercises.next_step import AT_MOST, Step, listed, next_step, steps
from llm_tui.exercises.registry import EXERCISES, row
from llm_tui.exercises.samples import Sample
from llm_tui.foundation.job import Answer, Asking, Generate, Generated, Provenance, ThereAndBack
from llm_tui.foundation.labels_job import Classified, Labelled
from llm_tui.i18n import Text
from llm_tui.tokenization.job import Cut
from llm_tui.tokenization.measures import Measures

BY = Provenance("somebody/little", "abcdef1", "CPU", "float32", 1, 0.5)
RESULT = TrainingResult(
    accuracy=0.75, test_loss=0.5, seconds=0.25, prepare_seconds=0.1, steps=157, data_name="news.csv", synthetic=False,
    train_rows=10_000, test_rows=777, vocabulary_size=3, classes=("World", "Sports"), confusion=((2, 1), (0, 1)),
    mistakes=(), device="cpu", torch="2.13.0",
)  # fmt: skip
MOST = 150
"""Steps of one exercise: more would be a circle."""

SOME = settings(max_examples=25, deadline=None)


def follow(number: int, answers: Any, do: Callable[[Any, Step], Any], beside: Beside) -> None:
    """Do each next step as it is said until there is none: each changes what is to do, and in the end, and nowhere
    before, the exercise is complete.
    """
    of = row(number)
    exercise: Any = of.exercise()
    before: tuple[Step, ...] | None = None
    for _ in range(MOST):
        left = tuple(steps(of, answers, beside))
        lacking = exercise.state(answers, beside).missing
        assert bool(left) >= bool(lacking), f"still {lacking}, and no step"
        if not left:
            assert not lacking
            return
        assert left != before, f"nothing has changed: {left[0]}"
        before = left
        answers = do(answers, left[0])
    raise AssertionError(f"it goes round: {before}")


class Trainings:
    """A lab's trainings, newest first; a rate of 100 and more diverges, data of one's own have 500 rows."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.interrupted = 0

    @property
    def beside(self) -> Beside:
        return Beside(self._find)

    def _find(self, kept: Any) -> Callable[[Training], Row | None]:
        rows = sorted(self.rows, key=lambda one: one.run not in kept)
        return lambda job: next((one for one in rows if one.job == job), None)

    def run(self, answers: Any, sweep: Any) -> Any:
        """As the screen's sweep does it; the first ones `interrupted` are cut off before their last run."""
        attempt = answers.latest if answers.latest and answers.latest.sweep == sweep else Attempt(sweep)
        done = {one.job for one in self.rows if one.run not in attempt.before}
        if done >= set(sweep.runs()):
            attempt = Attempt(sweep, tuple(one.run for one in self.rows if one.job in sweep.runs()))
            done = set()
        left = [job for job in sweep.runs() if job not in done]
        if self.interrupted and len(left) > 1:
            self.interrupted -= 1
            left = left[:-1]
        answers = answers.pinned(self._find(answers.runs))
        answers = replace(answers if answers.runs else replace(answers, sweep=sweep), latest=attempt)
        for job in left:
            diverged = job.lr >= 100
            result = replace(RESULT, train_rows=500 if job.data == "mine.csv" else job.train_size)
            self.rows.insert(0, Row(job, None if diverged else result, diverged, run=str(len(self.rows))))
        return answers

    def do(self, answers: Any, step: Step) -> Any:
        find = self._find(answers.runs)
        match step.keys[0]:
            case "setup":
                rate = answers.setup.get("lr", "4")
                return replace(answers, setup={"lr": "2.5" if rate == "100" else "4.5"})
            case "run":
                return self.run(answers, parse_sweep(answers.setup))
            case "go-on":
                return self.run(answers, answers.latest.sweep)
            case "take":
                taken = answers.latest
                found = (self._find(())(job) for job in taken.sweep.runs())
                runs = tuple(one.run for one in found if one and one.run not in taken.before)
                return replace(answers.pinned(find), sweep=taken.sweep, runs=runs)
            case "table":
                return answers.with_note(step.row, answers.notes.get(step.row) or "a note", find)
        return answers.with_answer("64")


FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "train_size": st.sampled_from(["500", "10000", "x"]),
        "embed_dim": st.sampled_from(["64", "128"]),
        "batch_size": st.sampled_from(["32", "32,64,128", "8,32,64,128"]),
        "lr": st.sampled_from(["4", "100"]),
        "data": st.sampled_from(["sample", "mine.csv"]),
    },
)


@SOME
@given(
    st.lists(FIELDS, max_size=3), FIELDS, st.integers(0, 3), st.dictionaries(st.sampled_from(["32", "8"]), st.just("x"))
)
def test_exercise_1(trained, setup, interrupted, notes):
    lab, answers = Trainings(), batch_sizes.Answers(notes=notes)
    lab.interrupted = interrupted
    for fields in trained:
        if fields.get("train_size") != "x":
            answers = lab.run(answers, parse_sweep(fields))
    follow(1, replace(answers, setup=setup), lab.do, lab.beside)


def measured(name: str, complete: bool = True) -> subwords.Measured:
    found = Measures(5 if complete else None, 10, 10, 3, 2, 0, 0, (), 40)  # type: ignore[arg-type]
    return subwords.Measured(name, Text("folder", "carpeta"), "Unigram", 100, False, found)


def cut(phrase: str, *ends: int) -> Cut:
    spans = tuple(zip((0, *ends), (*ends, len(phrase)), strict=True))
    return Cut(tuple(phrase[a:b] for a, b in spans), tuple(range(len(spans))), spans, (False,) * len(spans), "")


def compared(answers: subwords.Answers) -> subwords.Answers:
    """Of the words that stand there, and one that both cut alike."""
    names = [name for name in answers.tokenizers if name.strip()]
    rows = (*answers.rows, subwords.Row("si"))
    two = [replace(of, cuts=(cut(of.phrase), cut(of.phrase, 1) if of.phrase != "si" else cut("si"))) for of in rows]
    return replace(
        answers, measured=tuple(map(measured, names)), rows=tuple(two), compared=subwords._digest(answers.text)
    )


def in_2(answers: subwords.Answers, step: Step) -> subwords.Answers:
    match step.keys[0]:
        case "text":
            return replace(answers, text="Uno dos tres. Cuatro cinco seis.")
        case "setup":
            return replace(answers, tokenizers=("a", "b"))
        case "run":
            return compared(answers)
        case "add":
            phrase = f"palabra{len(answers.rows)}"
            return answers.with_phrase(phrase, (cut(phrase), cut(phrase, 1)))
        case "table":
            return answers.with_observation(step.row, "mine")
    return answers.with_answer("a")


@SOME
@given(
    st.sampled_from(["", "Una. Dos. Tres. Cuatro.", "Una. Dos.", None]),
    st.lists(st.sampled_from(["a", "b", ""]), max_size=3),
    st.lists(st.sampled_from(["Nube", "nube", "ñu", "observabilidad", "si"]), unique=True),
    st.booleans(),
)
def test_exercise_2(text, names, words, begun):
    answers = subwords.Answers(tokenizers=tuple(names), rows=tuple(subwords.Row(word, chosen=True) for word in words))
    answers = answers if text is None else replace(answers, text=text)
    answers = compared(answers) if begun else answers
    follow(2, answers, in_2, Beside())


def classified(answers: moderation.Answers, best: str) -> moderation.Answers:
    for job in answers.pending(Asking()):
        place = job.labels.index(best) if best in job.labels else 0
        scores = tuple(0.7 if i == place else 0.1 for i in range(len(job.labels)))
        answers = answers.with_result(job, Classified(job.labels, (Labelled(scores),) * len(job.texts), BY))
    return answers


def in_3(answers: moderation.Answers, step: Step) -> moderation.Answers:  # noqa: PLR0911
    labels = answers.label_names()
    match step.keys[0]:
        case "setup" if len(set(labels)) < 4:
            return replace(answers, labels=", ".join([*labels, f"otra{len(labels)}"]))
        case "setup":
            return replace(answers, template="Es {}.")
        case "add":
            return replace(answers, samples=(*answers.samples, Sample(f"más {len(answers.samples)}")))
        case "edit":
            return moderation.with_sample(answers, int(step.row), label=labels[0])
        case "mark":
            return moderation.confirmed(answers, int(step.row))
        case "run":
            return classified(answers, labels[-1])
        case "next":
            at = labels.index(answers.key_label) if answers.key_label in labels else -1
            return replace(answers, key_label=labels[(at + 1) % len(labels)])
        case "lower":
            return replace(answers, threshold=max(0.0, answers.threshold - 0.05))
        case "table":
            return replace(answers, comments={**answers.comments, step.row: "a comment"})
    return answers.with_answer("irony")


@SOME
@given(
    st.lists(st.builds(Sample, st.sampled_from("abcd "), st.sampled_from(["spam", "odio", ""]), by_hand=st.booleans())),
    st.sampled_from(["", "spam", "spam, odio, permitido, otra"]),
    st.sampled_from(["spam", "nada"]),
    st.sampled_from([0.0, 0.3, 1.0]),
    st.sampled_from(["", "Trata de {}."]),
    st.booleans(),
)
def test_exercise_3(samples, labels, key, threshold, template, course):
    given_ = moderation.Answers().samples if course else ()
    answers = moderation.Answers(
        samples=(*samples, *given_), labels=labels, key_label=key, threshold=threshold, template=template
    )
    follow(3, answers, in_3, Beside())


def said(text: str) -> Answer:
    return Answer(text, "x", 9, 5, False, True, "")


def in_4(answers: translation.Answers, step: Step) -> translation.Answers:
    sentences = answers.sentences
    match step.keys[0]:
        case "add":
            direction = next(iter(translation.sentences_lacking(answers)))
            new = translation.Sentence(f"Una {len(sentences)}.", direction)
            return replace(answers, sentences=(*sentences, new))
        case "run":
            for job in answers.pending(Asking()):
                there = "" if "nada" in job.text else f"There: {job.text}"
                found = ThereAndBack(said(there), said("Vuelta."), 61.0, "chrF2", BY, BY)
                answers = answers.with_result(job, found)
            return answers
    number = int(step.row) if step.row else 0
    match step.keys[-1]:
        case "faultless":
            made = answers.made(sentences[number])
            assert made is not None
            return answers.with_sentence(number, replace(sentences[number], faultless=made.translation))
        case "text":
            mark = Mark("There", "wrong_term", "minor")
            marks = (*sentences[number].marks, mark)
            return answers.with_sentence(number, replace(sentences[number], marks=marks))
        case "table":
            return answers.with_sentence(number, replace(sentences[number], correction="mine"))
    return answers.with_answer("x")


SENTENCES = st.builds(
    translation.Sentence,
    st.sampled_from(["Hola.", "nada", " ", "Adiós."]),
    st.sampled_from([translation.ES_EN, translation.EN_ES]),
    marks=st.sampled_from([(), (Mark("gone", "wrong_term", "minor"),), (Mark("There", "wrong_term", "minor", "x"),)]),
)


@SOME
@given(st.lists(SENTENCES, max_size=4), st.booleans())
def test_exercise_4(sentences, course):
    given_ = translation.Answers().sentences if course else ()
    follow(4, translation.Answers(sentences=(*sentences, *given_)), in_4, Beside())


def in_5(answers: summaries.Answers, step: Step) -> summaries.Answers:
    match step.keys[0]:
        case "text":
            return replace(answers, source="palabra " * 250)
        case "setup":
            return replace(answers, system_b=f"{answers.system_b}x", system_a="other")
        case "run":
            for job in answers.again().pending(Asking()):
                assert isinstance(job, Generate)
                by = replace(BY, model=job.model.name)
                answers = answers.with_result(job, Generated((said(f"Resumen {job.model.name}."),), by))
            return answers
        case "table":
            marks = answers.marked.get(step.row, summaries.Marked()).marks
            open_ = next(name for name in summaries.RUBRIC if marks.get(name) not in summaries.MARKS)
            return answers.with_mark(step.row, open_, "1")
    return answers.with_answer("x")


@SOME
@given(
    st.sampled_from(["", "corta", None]),
    st.sampled_from(["lead-3", "facebook/bart-large-cnn", "x"]),
    st.sampled_from(["lead-3", "facebook/bart-large-cnn"]),
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(summaries.RUBRIC), st.sampled_from(["2", "9", ""]))),
)
def test_exercise_5(source, first, second, marks):
    answers = summaries.Answers(system_a=first, system_b=second)
    answers = answers if source is None else replace(answers, source=source)
    for slot, name, value in marks:
        answers = answers.with_mark(slot, name, value)
    follow(5, answers, in_5, Beside())


def in_6(answers: prompting.Answers, step: Step) -> prompting.Answers:
    prompt = answers.prompt(step.row) if step.row else prompting.Prompt("")
    match step.keys[0]:
        case "enter":
            return replace(answers, paragraph="Un párrafo.")
        case "text":
            return answers.with_prompt(step.row, replace(prompt, instruction="Resume."))
        case "earlier":
            chosen = next(i for i, run in enumerate(prompt.runs) if run.paragraph == answers.paragraph)
            return answers.with_prompt(step.row, replace(prompt, chosen=chosen))
        case "run":
            for job in answers.pending(Asking()):
                answers = answers.with_result(job, Generated((said("Salida."),), BY))
            return answers
        case "table":
            return answers.with_prompt(step.row, replace(prompt, note="a note"))
    return answers.with_answer("x")


@SOME
@given(
    st.lists(st.sampled_from(["Uno.", "Dos.", "run", "last", "empty", ""]), max_size=8),
    st.sampled_from(list(prompting.TITLES)),
)
def test_exercise_6(past, name):
    answers = prompting.Answers()
    for each in past:
        prompt = answers.prompt(name)
        match each:
            case "run" if answers.paragraph.strip():
                answers = in_6(answers, Step(Text("", ""), ("run",)))
            case "last" if prompt.runs:
                answers = answers.with_prompt(name, replace(prompt, chosen=len(prompt.runs) - 1))
            case "empty":
                answers = answers.with_prompt(name, replace(prompt, instruction=" "))
            case _:
                answers = replace(answers, paragraph=each)
    follow(6, answers, in_6, Beside())


PARAGRAPH = " ".join(
    ["En nuestro curso hay sesgos, datos personales, trazabilidad, despliegue seguro y ciclo de vida que se miran."] * 9
)


def in_7(answers: ethics.Answers, step: Step) -> ethics.Answers:
    """A person writes a whole paragraph and then what it lacks; here all at once, where a first one is too short."""
    assert step.keys[0] == "answer"
    return answers.with_answer(f"{PARAGRAPH} Recomiendo medirlo." if answers.answer else "Corto.")


@SOME
@given(st.sampled_from(["", "Corto.", "Uno.\n\nDos."]), st.booleans())
def test_exercise_7(paragraph, answered):
    answers = ethics.Answers(answer=paragraph)
    if answered:
        answers = answers.with_entry(answers.items()[0].id, ethics.Entry("not_met", "Falta.", "Medirlo."))
        (first, *_) = steps(row(7), answers, Beside())
        assert bool(paragraph) or first.keys == ("answer", "draft")
    follow(7, answers, in_7, Beside())


def test_every_exercise_tells_steps_of_its_own_in_both_languages():
    for of in EXERCISES:
        step = next_step(of, of.exercise().answers(), Beside())
        assert step is not None and step.keys and step.said.en != step.said.es


def test_the_note_of_a_batch_size_is_named():
    lab = Trainings()
    answers = lab.run(batch_sizes.Answers(notes={"32": "noisy"}), parse_sweep({})).pinned(lab.beside.find(()))
    step = next_step(row(1), answers, lab.beside)
    assert step == Step(Text("note of batch size 64 is missing", "falta la nota del lote de 64"), ("table",), row="64")


@pytest.mark.parametrize(("n", "en"), [(1, "1"), (2, "1 and 2"), (5, "1, 2, 3, 4 and 5"), (6, "1, 2, 3, 4 and 2 more")])
def test_many_rows_are_counted_and_not_listed(n, en):
    assert AT_MOST == 4
    assert listed(range(1, n + 1)).en == en


def test_an_exercise_without_steps_of_its_own_says_what_its_state_lacks():
    of = replace(row(4), steps="")
    said_ = [str(step.said) for step in steps(of, translation.Answers(), Beside())]
    assert said_ == ["still lacking: 10 translations"]
    assert not list(steps(row("flows"), row("flows").exercise().answers(), Beside()))  # an aim holds nothing up


def test_a_translation_that_errors_of_another_one_are_marked_of_can_be_called_faultless():
    old = (Mark("gone", "wrong_term", "minor"),)
    answers = translation.Answers(sentences=(translation.Sentence("Hola.", marks=old),))
    answers = in_4(answers, Step(Text("", ""), ("run",)))
    judged = [step for step in steps(row(4), answers, Beside()) if "not judged" in step.said.en]
    assert [step.keys for step in judged] == [("text", "faultless")]
    assert not [step for step in steps(row(4), in_4(answers, judged[0]), Beside()) if "not judged" in step.said.en]


def test_marks_of_two_texts_are_named():
    answers = moderation.Answers()
    for number, _ in product(range(20), [0]):
        if number not in (2, 6):
            answers = moderation.confirmed(answers, number)
    step = next_step(row(3), answers, Beside())
    assert step is not None and str(step.said) == "texts 3 and 7 have no mark of yours" and step.keys == ("mark",)
