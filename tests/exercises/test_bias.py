"""Bias in pairs: what is asked, what is kept of it, the tables, and the sentence that goes into the checklist."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from absurd_lab import values
from hypothesis import HealthCheck, given, settings

from llm_tui.bias.job import MODERATION, SENTIMENT, Compare, Compared, difference, measures
from llm_tui.bias.statistics import effect
from llm_tui.errors import UserError
from llm_tui.exercises import bias_tables, ethics
from llm_tui.exercises.bias import MOST_READINGS, Answers, judged
from llm_tui.exercises.bias_pairs import OWN, Pair, shipped, span
from llm_tui.exercises.contract import Beside
from llm_tui.export.formats import to_csv, to_json
from llm_tui.foundation.job import Asking, Provenance
from llm_tui.lab import stored
from llm_tui.lab.lab import Lab
from llm_tui.report.evidence import facts
from llm_tui.report.known import known

BY = Provenance("m", "", "CPU", "float32", 20_000_000, 2.0)


def answered(job: Compare, apart: float = 0.1) -> Compared:
    """A model that gives `b` so much more of the third label, and of positive; every fifth pair flips."""
    if job.task == SENTIMENT:
        labels: tuple[str, ...] = ("negative", "positive")
        scores = tuple(((0.5, 0.5), (0.5 - apart, 0.5 + apart)) for _ in job.pairs)
    else:
        labels = job.labels
        a = [(0.5, 0.1, 0.3, 0.1) if i % 5 else (0.4, 0.1, 0.35, 0.15) for i in range(len(job.pairs))]
        scores = tuple((one, (one[0] - apart, one[1], one[2] + apart, one[3])) for one in a)
    found = [
        effect(name, [difference(pair, weights) for pair in scores], 0, 200)
        for name, weights in measures(job.task, labels).items()
    ]
    return Compared(labels, scores, tuple(found), BY)


def asked(answers: Answers, apart: float = 0.1, kinds: tuple[str, ...] = (), by: Provenance = BY) -> Answers:
    for job in list(answers.pending(Asking(), kinds)):
        answers = answers.with_result(job, replace(answered(job, apart), made_by=by))
    return answers


def test_every_kind_is_asked_once_and_again_where_its_pairs_change():
    answers = asked(Answers())
    assert list(answers.pending(Asking())) == []
    more = answers.with_own([Pair("gender", "Un niño.", "Una niña.", "Male", "femenino", "es"),
                             Pair("edad", "Es joven.", "Es mayor.", language="es")])  # fmt: skip
    assert [(job.of, len(job.pairs)) for job in more.pending(Asking())] == [("gender", 21), ("edad", 1)]
    assert more.is_stale("gender") and not more.is_stale("name")
    table = bias_tables.table(more, more.reading, "en")
    assert [row[0] for row in table.rows if "changed" in str(row[0])] == ["gender (pairs changed since)"]
    assert not asked(more).is_stale("gender")


def test_another_language_another_task_and_another_model_are_other_questions():
    answers = asked(Answers(), kinds=("gender",))
    for other in (
        replace(answers, language="en"),
        replace(answers, task=SENTIMENT),
        answers.with_fields({"model": "other"}),
        answers.with_fields({"labels": "bien, mal"}),
        answers.with_fields({"template": "Va de {}."}),
    ):
        assert other.reading is None and len(list(other.pending(Asking()))) == 7
    assert replace(answers, language="en").of("gender") != answers.of("gender")
    assert answers.with_fields({"measured": "spam"}).reading is answers.reading


def test_fields_have_a_default_for_each_task_and_language():
    answers = Answers()
    assert answers.said("labels") == "permitido, spam, odio, sensibles" and answers.said("measured") == "odio"
    english = replace(answers, language="en")
    assert english.said("labels") == "allowed, spam, hate, sensitive" and english.said("measured") == "hate"
    typed = answers.with_fields({"model": "x", "labels": "a, b", "template": "T {}.", "measured": "b"})
    assert replace(typed, task=SENTIMENT).said("model") != "x"
    assert typed.question.labels == ("a", "b")
    assert typed.with_fields({name: answers.said(name) for name in ("model", "labels", "template")}).fields == {
        "measured moderation es": "b"
    }


@pytest.mark.parametrize(
    "answers",
    [Answers().with_fields({"labels": "una"}), Answers().with_fields({"model": " "}).with_fields({"model": "http://"}),
     replace(Answers(), task=SENTIMENT).with_fields({"model": "http://localhost:1/v1#m"})],
)  # fmt: skip
def test_what_cannot_be_asked_is_said(answers):
    with pytest.raises(UserError):
        list(answers.pending(Asking()))


def test_the_kinds_of_a_table_are_each_of_what_measured_them():
    answers = asked(Answers(), kinds=("name",), by=replace(BY, device="cuda:0", version="0.0.9"))
    answers = asked(answers, kinds=("gender", "nationality"))
    made = [said.en for said in bias_tables.table(answers, answers.reading).footer if said.en.startswith("Model")]
    assert [said.partition(" Hypothesis")[0] for said in made] == [
        "Model: m; 20.0 M parameters; CPU; float32; 4.00 s.",
        "Model: m; 20.0 M parameters; cuda:0; float32; 2.00 s; llm-tui 0.0.9.",
    ]


def test_the_table_has_difference_interval_test_and_flips():
    answers = asked(Answers(), kinds=("gender", "name"))
    assert answers.reading
    table = bias_tables.table(answers, answers.reading, "es")
    row = dict(zip((column.key for column in table.columns), table.rows[0], strict=True))
    assert (row["kind"], row["pairs"], row["difference"], row["low"], row["high"]) == ("género", 20, 0.1, 0.1, 0.1)
    assert (row["signs"], row["flips"], row["direction"]) == ("20 / 0 / 0", "4 / 20", "femenino − masculino")
    assert row["p"] == pytest.approx(2 * 0.5**20) and row["p_holm"] == pytest.approx(4 * 0.5**20)
    assert bias_tables.document(answers, "es", answers.reading, ("gender",)).count(" <0.0001 ") == 2
    assert "1.9073486328125e-06" in to_csv(table, "es")
    said = " ".join(sentence.within("es") for sentence in table.footer)
    assert "P(odio)" in said and "semilla 0" in said and "BCa" in said and "no prueba que no haya sesgo" in said
    assert '"p_holm": ' in to_json(table, "en")
    other = answers.with_fields({"measured": "permitido"})
    assert bias_tables.table(other, other.reading).rows[0][2] == -0.1


def directions(answers: Answers) -> dict[object, tuple[object, object]]:
    """Pairs and direction of each kind in the table."""
    return {row[0]: (row[1], row[-1]) for row in bias_tables.table(answers, answers.reading, "en").rows}


def test_own_pairs_are_counted_with_the_programs_only_where_a_and_b_are_said_to_be_what_they_are_there():
    own = [
        Pair("gender", "Women are bad at parking.", "Men are bad at parking.", language="en"),
        Pair("gender", "She is late.", "He is late.", "female", "male", "en"),
        Pair("gender", "He sings.", "She sings.", "masculino", " Female", "en"),
    ]
    answers = asked(replace(Answers(), language="en").with_own(own), kinds=("gender", "gender-own"))
    assert directions(answers) == {"gender": (21, "female − male"), "gender, own": (2, "b − a")}
    assert bias_tables.table(answers, answers.reading, "es").rows[1][0] == "género, propios"


def test_a_difference_has_a_direction_where_all_pairs_of_its_kind_have_the_same():
    own = [Pair("age", "He is 20.", "He is 80.", "young", "old", "en"),
           Pair("age", "He is 30.", "He is 70.", "young", "old", "en")]  # fmt: skip
    for more, said in (((), "old − young"), ((Pair("age", "He is 90.", "He is 10.", "old", "young", "en"),), "b − a"),
                       ((Pair("age", "He is 40.", "He is 60.", language="en"),), "b − a")):  # fmt: skip
        answers = asked(replace(Answers(), language="en").with_own((*own, *more)), kinds=("age",))
        assert directions(answers) == {"age": (2 + len(more), said)}


def test_a_kind_that_an_older_version_pooled_has_no_direction():
    answers = Answers().with_own([Pair("gender", "La vecina llega.", "El vecino llega.", language="es")])
    (job,) = answers.pending(Asking(), ("gender",))
    pooled = replace(job, pairs=(*job.pairs, answers.own[0].texts))
    answers = answers.with_result(pooled, answered(pooled))
    assert directions(answers) == {"gender (pairs changed since)": (21, "b − a")}


def test_of_sentiment_it_is_positive_minus_negative():
    answers = asked(replace(Answers(), task=SENTIMENT), kinds=("gender",))
    assert answers.reading is not None
    assert answers.measure(answers.reading) == "positive − negative"
    table = bias_tables.table(answers, answers.reading, "en")
    assert table.rows[0][2] == 0.2 and "P(positive) − P(negative)" in table.footer[0].en


def test_a_constant_model_is_said_to_differ_nowhere():
    answers = asked(Answers(), apart=0.0)
    table = bias_tables.table(answers, answers.reading, "en")
    assert {row[2:8] for row in table.rows} == {(0.0, 0.0, 0.0, "0 / 0 / 20", 1.0, 1.0)}
    assert "hardly anything can be told" in " ".join(said.en for said in table.footer)
    assert answers.reading is not None and bias_tables.worst(answers, answers.reading).rows == ()


def test_the_pairs_of_a_kind_stand_with_the_largest_difference_first():
    answers = Answers().with_own([Pair("edad", f"Tiene {n} años.", f"Tiene {n + 50} años.", language="es")
                                  for n in range(4)])  # fmt: skip
    job = next(answers.pending(Asking(), ("edad",)))
    scores = tuple(((0.6, 0.2, 0.1, 0.1), (0.6 - d, 0.2, 0.1 + d, 0.1)) for d in (0.1, -0.05, 0.4, 0.0))
    found = [effect(n, [difference(p, w) for p in scores], 0, 50) for n, w in measures(MODERATION, job.labels).items()]
    answers = answers.with_result(job, Compared(job.labels, scores, tuple(found), BY))
    reading = answers.reading
    assert reading is not None
    kind = reading.of("edad")
    assert kind is not None
    pairs = judged(reading, kind, "odio")
    assert [round(pair.apart, 3) for pair in pairs] == [0.4, 0.1, -0.05, 0.0]
    assert (pairs[0].label_a, pairs[0].label_b, kind.flips()) == ("permitido", "odio", 1)
    worst = bias_tables.worst(answers, reading, "es")
    assert worst.rows[0] == ("edad", 0.4, "permitido → odio", "Tiene 2 años.", "Tiene 52 años.")
    assert len(worst.rows) == 3


def test_old_readings_give_way_and_a_new_one_of_the_same_question_takes_its_place():
    answers = Answers()
    for number in range(MOST_READINGS + 2):
        answers = asked(answers.with_fields({"model": f"m{number}"}), kinds=("gender",))
    assert len(answers.readings) == MOST_READINGS and answers.readings[0].question.model == f"m{MOST_READINGS + 1}"
    assert len(asked(answers, kinds=("name",)).readings) == MOST_READINGS
    assert [one.kind for one in asked(answers, kinds=("name",)).readings[0].kinds] == ["gender", "name"]


def test_it_is_read_back_from_the_lab_as_it_was_and_damage_costs_itself_alone():
    answers = asked(Answers().with_own([Pair(OWN, "a", "b", language="es")]))
    content = msgspec.json.encode(answers)
    assert stored.read(content, Answers).value == answers
    there = msgspec.json.decode(content)
    there["readings"][0]["kinds"][2]["found"]["scores"].pop()
    del there["own"]
    found = stored.read(msgspec.json.encode(there), Answers)
    assert found.lost == ("readings.0.kinds.2",) and len(found.value.readings[0].kinds) == 7
    assert found.value.own == ()


def test_what_was_measured_is_evidence_and_earlier_figures_are_said_to_be_so(tmp_path):
    lab = Lab(tmp_path / "lab")
    assert not [fact for fact in facts(lab) if fact.key.startswith("pairs:")]
    answers = asked(Answers())
    lab.save_answers("bias", answers)
    fact = next(fact for fact in facts(lab) if fact.key.startswith("pairs:"))
    assert fact.topic == "bias"
    assert "gender 0.100 [0.100, 0.100] (20 pairs, 4 flip)" in fact.said.en and answers.readings[0].date in fact.said.en
    assert "género 0.100" in fact.said.es and "P(odio)" in fact.said.es
    entry = ethics.Entry("partly", evidence=(fact.key,))
    lab.save_answers(7, ethics.Answers(entries={"bias-errors": entry}))
    again = replace(answers, readings=())
    lab.save_answers("bias", asked(again))
    assert fact.key in {one.key for one in facts(lab)}  # the same figures
    lab.save_answers("bias", asked(again, apart=0.2))
    said = {one.key: one.said.en for one in facts(lab)}
    assert "measured anew since" in said[fact.key] and any("0.200" in one for one in said.values())


def test_it_is_handed_in_with_exercise_7(tmp_path):
    lab = Lab(tmp_path / "lab")
    lab.save_answers(7, ethics.Answers(answer="Un párrafo."))
    before = ethics.EXERCISE.hand_in(lab, known(lab), "es")
    lab.save_answers("bias", asked(Answers(), kinds=("gender",)))
    after = ethics.EXERCISE.hand_in(lab, known(lab), "es")
    assert after.document.startswith(before.document.rstrip("\n"))
    assert "**Sesgo en pares: moderación, P(odio), español**" in after.document and "| género" in after.document
    assert list(after.tables) == ["checklist", "pairs-1-moderation-es", "pairs-1-moderation-es-worst"]
    assert ethics.EXERCISE.document(ethics.Answers(answer="Un párrafo."), Beside(), "es") == before.document


def test_a_hostile_kind_stays_text():
    answers = Answers().with_own([Pair("{x}|<b>", "uno {0}", "dos {0}", language="es")])
    answers = asked(answers, kinds=("{x}|<b>",))
    document = bias_tables.document(answers, "es", answers.readings[0])
    assert "{x}\\|\\<b>" in document or "{x}\\|&lt;b>" in document or "{x}\\|\\<b\\>" in document
    assert "{x}|<b>" in bias_tables.sentence(answers, answers.readings[0]).es


def test_the_programs_pairs_are_in_both_languages():
    assert {len(shipped(language)) for language in ("es", "en")} == {140}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(values(Answers))
def test_whatever_a_file_holds_can_be_shown(there):
    answers = stored.read(msgspec.json.encode(there), Answers).value
    for language in ("es", "en"):
        for table in bias_tables.tables(answers, language).values():
            to_json(table, language)
    for reading in answers.readings:
        assert bias_tables.sentence(answers, reading).en
        bias_tables.document(answers, "es", reading)
        for kind in reading.kinds:
            for pair in judged(reading, kind, answers.measure(reading)):
                assert span(pair.a, pair.b)
    assert answers.kinds()
