"""The sheet of exercise 3, without a screen or a model."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from gfm import shown, tables
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from llm_tui.errors import UserError
from llm_tui.exercises import moderation, moderation_tables
from llm_tui.exercises.moderation import Answers
from llm_tui.exercises.samples import Sample
from llm_tui.foundation.job import Asking, Provenance
from llm_tui.foundation.labels_job import Classified, Labelled, ZeroShot

LABELS = ("spam", "odio", "permitido")
BY = Provenance("somebody/nli", "abcdef1", "CPU", "float32", 10, 0.5)


def filled(answers: Answers, given_labels: list[int]) -> Answers:
    """The sheet with the model's first choice for each text, by its place among the labels."""
    for job in answers.pending(Asking()):
        scored = []
        for text in job.texts:
            number = given_labels[[sample.text for sample in answers.samples].index(text)]
            scored.append(Labelled(tuple(0.8 if i == number else 0.1 for i in range(len(job.labels)))))
        answers = answers.with_result(job, Classified(job.labels, tuple(scored), BY))
    return answers


def sheet(true: list[str], **changed: object) -> Answers:
    samples = tuple(Sample(f"text {i}", label) for i, label in enumerate(true))
    return Answers(samples=samples, labels=", ".join(LABELS), other="", **changed)  # type: ignore[arg-type]


def test_the_footer_names_the_texts_that_were_cut():
    answers = sheet(["spam", "odio", "spam"])
    for job in answers.pending(Asking()):
        scored = tuple(Labelled((0.8, 0.1, 0.1), cut=text != "text 1") for text in job.texts)
        answers = answers.with_result(job, Classified(job.labels, scored, BY))
    said, _ = moderation_tables.footer(answers)
    assert "texts 1, 3." in said.en and "textos 1, 3." in said.es
    again = moderation.answer_of(answers, ZeroShot(("text 0", "text 1"), LABELS, answers.template))
    assert again and [text.cut for text in again.texts] == [True, False]
    assert len(moderation_tables.footer(filled(sheet(["spam"]), [0]))) == 1


def test_what_is_explained_is_what_the_chosen_model_answered():
    answers = filled(sheet(["spam"], model="one/nli"), [0])
    answers = filled(replace(answers, model="another/nli"), [1])
    asked = ZeroShot(("text 0",), LABELS, answers.template)
    found = [moderation.answer_of(replace(answers, model=name), asked) for name in ("one/nli", "another/nli")]
    assert [answer and answer.texts[0].best for answer in found] == [0, 1]
    assert moderation.answer_of(replace(answers, model="a/third"), asked) is None


ROWS = st.lists(st.tuples(st.sampled_from(LABELS), st.integers(0, 2)), min_size=1, max_size=40)


@given(ROWS)
def test_the_figures_are_those_of_scikit_learn(rows):
    true = [label for label, _ in rows]
    predicted = [LABELS[number] for _, number in rows]
    answers = filled(sheet(true), [number for _, number in rows])
    precision, recall, f1, support = precision_recall_fscore_support(
        true, predicted, labels=LABELS, zero_division=float("nan")
    )
    for i, row in enumerate(moderation_tables.measures(answers)["measures"].rows):
        _, label, p, _, r, f, texts = row
        assert label == LABELS[i] and texts == support[i]
        for ours, theirs in ((p, precision[i]), (r, recall[i])):
            assert ours == "-" if theirs != theirs else ours == pytest.approx(theirs, abs=1e-12)
        assert f == "-" or f == pytest.approx(f1[i] if f1[i] == f1[i] else 0, abs=1e-12)
    matrix = [row[1:-1] for row in moderation_tables.measures(answers)["confusion"].rows]
    assert matrix == [tuple(row) for row in confusion_matrix(true, predicted, labels=LABELS)]


def test_nothing_predicted_is_a_dash():
    answers = replace(filled(sheet(["spam", "odio"]), [0, 1]), threshold=0.9)
    assert moderation_tables.table(answers).rows == (("spam", 0, 0, "-", ""),)
    assert [row[3] for row in moderation_tables.samples_table(answers).rows] == ["-", "-"]
    assert moderation_tables.measures(answers)["confusion"].rows[0] == ("spam", 0, 0, 0, 1)


def test_only_what_is_missing_is_asked_and_old_readings_are_found_again():
    answers = sheet(["spam"] * 45)
    jobs = list(answers.pending(Asking()))
    assert sum(len(job.texts) for job in jobs) == 45 and len(jobs) <= 20
    answers = filled(answers, [0] * 45)
    assert not list(answers.pending(Asking()))
    more = replace(answers, samples=(*answers.samples, Sample("one more")))
    assert [job.texts for job in more.pending(Asking())] == [("one more",)]
    assert len(list(replace(answers, model="another").pending(Asking()))) == len(jobs)
    other = replace(answers, template="It is {}.")
    assert list(other.pending(Asking())) and not list(replace(other, template=answers.template).pending(Asking()))
    relabelled = replace(answers, labels="a, b")
    assert moderation_tables.samples_table(relabelled).rows[0][3] is None


def test_a_reading_that_goes_on_elsewhere_is_of_both_machines_each_with_its_time():
    node = replace(BY, device="cuda:0 H100", precision="bfloat16", seconds=2.0)
    answers, makers = sheet(["spam"] * 4), (node, node, BY, node)
    for job, by in zip(list(answers.pending(Asking())), makers, strict=True):
        answers = answers.with_result(job, Classified(LABELS, (Labelled((0.8, 0.1, 0.1)),), by))
    kept = msgspec.json.decode(msgspec.json.encode(answers), type=Answers)
    said = [text.en.partition(" Hypothesis")[0] for text in moderation_tables.footer(kept)]
    assert said == [
        "Model: somebody/nli @ abcdef1; 0.0 M parameters; cuda:0 H100; bfloat16; 6.00 s.",
        "Model: somebody/nli @ abcdef1; 0.0 M parameters; CPU; float32; 0.50 s.",
    ]


def test_a_machine_none_of_whose_texts_stand_in_the_sheet_has_not_made_its_scores():
    node = replace(BY, device="cuda:0 H100", seconds=2.0)
    answers = sheet(["spam"] * 2)
    for by in (node, BY):
        for job in list(answers.pending(Asking())):
            answers = answers.with_result(job, Classified(LABELS, (Labelled((0.8, 0.1, 0.1)),), by))
        made = [text.en.partition(" Hypothesis")[0] for text in moderation_tables.footer(answers)]
        answers = replace(answers, samples=tuple(replace(s, text=f"another {s.text}") for s in answers.samples))
    assert made == ["Model: somebody/nli @ abcdef1; 0.0 M parameters; CPU; float32; 1.00 s."]


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"labels": "spam"}, "two labels"), ({"samples": ()}, "no texts"), ({"model": " "}, "No model")],
)
def test_what_cannot_be_asked_is_said(changed, said):
    with pytest.raises(UserError, match=said):
        list(replace(sheet(["spam"]), **changed).pending(Asking()))


def test_errors_are_counted_by_kind_and_two_hypotheses_compared():
    samples = (Sample("a", "spam", "irony"), Sample("b", "spam", "irony"), Sample("c", "odio", "mine"))
    answers = filled(replace(sheet([]), samples=samples, other="B {}"), [1, 0, 1])
    assert moderation_tables.measures(answers, "es")["kinds"].rows == (("ironía", 1, 2, 0.5), ("mine", 0, 1, 0.0))
    assert [(row[0], row[1]) for row in moderation_tables.measures(answers)["templates"].rows] == [
        (moderation.SPANISH_TEMPLATE, 2),
        ("B {}", 2),
    ]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Ironía", "irony"),
        ("abreviatura", "abbreviation"),
        ("Abbreviations", "abbreviation"),
        ("jergas", "slang"),
        ("own", "own"),
        ("emojis", "emojis"),
    ],
)
def test_a_kind_is_known_in_both_languages_of_one_and_of_several(said, kind):
    assert moderation.with_sample(sheet(["spam"]), 0, kind=said).samples[0].kind == kind


AWKWARD = st.text(st.sampled_from("ab |`<unk>\n\\*_[]&#~ñ▁é!:/.\x1b"), min_size=1, max_size=20)


@given(AWKWARD.filter(str.strip), AWKWARD, AWKWARD.filter(str.strip), AWKWARD)
def test_the_export_has_the_same_cells_whatever_is_in_them(text, comment, template, kind):
    samples = (Sample(text, "spam", kind),)
    answers = replace(sheet([]), samples=samples, template=template, comments={"spam": comment})
    read = tables(moderation.document(filled(answers, [0]), "en"))
    assert read[0][1] == ["spam", "1", "0", "1.000", shown(comment)]
    assert read[2][1][0] == shown(template)
    assert read[-1][1] == ["1", "✓", "spam", "spam", "0.80", shown(text), shown(kind)]


def test_what_the_exercise_lacks_goes_step_by_step():
    assert lacks(Answers()) == [
        "your own marks on 20 texts",
        "the predictions",
        "the answer",
    ]
    own = tuple(Sample(f"Texto {n}.", "spam") for n in range(20))
    answers = filled(Answers(other="", samples=own), [1] * 20)
    answers = replace(answers, comments={"spam": "x"}, answer="y")
    assert lacks(answers) == []
    assert str(moderation.state(answers).said(True)) == "complete"
    assert lacks(replace(answers, samples=answers.samples[:19])) == ["one more text"]
    assert lacks(replace(answers, labels="permitido, spam"))[:1] == ["2 more labels"]
    assert lacks(replace(answers, samples=(*own[:18], Sample("a"), Sample("b"))))[0] == "the true labels of 2 texts"


def test_a_label_that_came_with_the_program_is_the_students_once_it_is_set_or_confirmed():
    answers = replace(filled(Answers(other=""), [0] * 20), comments={"permitido": "x"}, answer="y")
    answers = replace(answers, key_label="permitido")
    one = "your own mark on a text"
    for number in range(19):
        answers = moderation.confirmed(answers, number)
    assert lacks(answers) == [one]
    # Neither another kind nor a letter of the text is a mark.
    assert lacks(moderation.with_sample(answers, 19, kind="ironía")) == [one]
    assert moderation.with_sample(answers, 19, text="Otro.").samples[19].is_own is False
    assert lacks(moderation.with_sample(answers, 19, label="spam")) == []
    # A set of one's own is complete beside texts that came with the program, which are said.
    own = tuple(Sample(f"Texto {n}.", "spam") for n in range(20))
    both = filled(replace(answers, samples=(*own, *Answers().samples)), [0] * 40)
    assert lacks(both) == []
    assert moderation.state(both).said(True).es == "hecho con 20 etiquetas que venían con su texto"


def test_the_shipped_texts_are_unmarked_and_own_marks_stay():
    answers = moderation.unmarked(moderation.confirmed(Answers(), 3))
    assert [bool(sample.label) for sample in answers.samples] == [n == 3 for n in range(20)]
    assert lacks(answers)[0] == "the true labels of 19 texts"
    assert moderation.unmarked(answers) == answers


def test_a_sheet_of_before_says_what_it_lacks_and_own_texts_need_nothing():
    """An older program did not write down who marked a text."""
    before = msgspec.json.decode(
        b'{"samples": [{"text": "\xc2\xbfA qu\xc3\xa9 hora abre ma\xc3\xb1ana la biblioteca de la facultad?", '
        b'"label": "permitido", "kind": "plain"}, {"text": "Texto", "label": "spam"}]}',
        type=Answers,
    )
    assert [sample.is_own for sample in before.samples] == [False, True]


def test_a_text_without_words_and_the_same_text_twice_are_no_texts():
    own = [Sample(f"Texto {n}.", "spam") for n in range(19)]
    answers = filled(Answers(other="", samples=(*own, own[0])), [1] * 20)
    answers = replace(answers, samples=(*answers.samples, Sample(" ")), answer="y")
    assert lacks(answers) == ["one more text"]


def test_a_text_whose_true_label_is_none_of_the_labels_has_no_verdict_as_it_is_not_counted():
    answers = filled(sheet(["spam", "odio", "insulto", ""]), [0, 0, 0, 0])
    assert [row[1] for row in moderation_tables.samples_table(answers).rows] == ["✓", "✗", None, None]
    assert answers.judged(answers.template).texts == 2


def test_a_key_label_that_no_text_was_given_has_no_precision():
    own = tuple(Sample(f"Texto {n}.", "spam") for n in range(20))
    answers = replace(filled(Answers(other="", samples=own), [0] * 20), comments={"spam": "x"}, answer="y")
    assert lacks(answers) == ["a precision (no text was given the key label “spam”)"]
    assert moderation.state(replace(answers, comments={})).optional[0].en == "the comment"
    unmarked = replace(answers, samples=tuple(replace(sample, label="") for sample in own))
    assert lacks(unmarked) == ["the true labels of 20 texts"]  # of a precision nobody knows yet


def lacks(answers: Answers) -> list[str]:
    return [text.en for text in moderation.state(answers).missing]
