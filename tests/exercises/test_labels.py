"""The labels curve: what is asked and what is not asked twice, the table, and where the lines cross."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_tui.engine.events import Cancelled, Finished
from llm_tui.errors import UserError
from llm_tui.exercises import labels
from llm_tui.exercises.labels import Curve, Setup
from llm_tui.exercises.labels_crossing import Level, crossing, found
from llm_tui.exercises.run import Filling
from llm_tui.export.markdown import to_markdown
from llm_tui.foundation.job import Asking
from llm_tui.i18n import Text
from llm_tui.labels.job import CLASSIC, FEW_SHOT, PROBE, ZERO_SHOT, Measure, Point, drawn

HOW = Asking(device="cpu")
SETUP = Setup(seeds=2, test_rows=100, model="m", counts=(0, 4, 16))


def point(method: str, count: int, seed: int, hits: int | None, pool: int = 10_000) -> Point:
    return Point(method, count, seed, hits, 100, pool, 4, "sample", True, 1.0, "CPU")


def filled(curve: Curve, hits) -> Curve:
    """Each point with the hits that `hits` gives its method, count and seed."""
    while job := next(curve.pending(HOW), None):
        curve = curve.with_result(job, point(job.method, job.count, job.seed, hits(job.method, job.count, job.seed)))
    return curve


def asked(curve: Curve) -> list[tuple[str, int, int]]:
    return [(job.method, job.count, job.seed) for job in curve.pending(HOW)]


def test_every_method_is_asked_with_the_same_draws_and_zero_shot_once():
    of_four = [(method, 4, seed) for seed in (0, 1) for method in (CLASSIC, PROBE)]
    of_sixteen = [(method, 16, seed) for seed in (0, 1) for method in (CLASSIC, PROBE)]
    assert asked(Curve(SETUP)) == [(ZERO_SHOT, 0, 0), *of_four, *of_sixteen]
    shots = [one for one in asked(Curve(Setup(seeds=2, chat="c", counts=(0, 4, 10_000)))) if one[0] == FEW_SHOT]
    assert shots == [(FEW_SHOT, 0, 0), (FEW_SHOT, 4, 0), (FEW_SHOT, 4, 1)]  # 10,000 are asked of nobody
    served = Curve(Setup(model="http://localhost:1/v1#m", counts=(4,), seeds=1))
    assert asked(served) == [(ZERO_SHOT, 0, 0), (CLASSIC, 4, 0)]  # whose encoder nobody sees


def test_a_curve_that_was_stopped_goes_on_and_asks_nothing_twice():
    filling: Filling[Curve] = Filling()
    filling.start(HOW)
    curve = Curve(SETUP)
    done: list[Measure] = []
    while due := filling.due(curve, most=1):
        (job,) = due
        assert isinstance(job, Measure)
        if len(done) == 3:
            filling.ended(job, Cancelled(1), curve)
            continue
        outcome = filling.ended(job, Finished(1, point(job.method, job.count, job.seed, 50)), curve)
        assert outcome.learnt is not None
        curve, done = outcome.learnt(curve), [*done, job]
    assert len(curve.points) == 3 and len(asked(curve)) == 6
    assert labels.begun(curve, SETUP).points == curve.points
    assert labels.begun(curve, Setup(seeds=3)).points == ()


def test_there_are_no_more_labels_than_rows_and_no_more_examples_than_find_room():
    curve = Curve(Setup(seeds=1, chat="c", counts=(4, 16, 64)))
    few = curve.with_result(curve.jobs(HOW)[0], point(ZERO_SHOT, 0, 0, 30, pool=20))
    assert {count for _, count, _ in asked(few)} == {4, 16}
    ended = curve.with_result(curve.jobs(HOW)[0], point(FEW_SHOT, 4, 0, None))
    assert [one for one in asked(ended) if one[0] == FEW_SHOT] == []
    assert "From 4 examples on" in " ".join(said.en for said in labels.table(ended).footer)


def said_of(curve: Curve) -> tuple[str, str]:
    """The footer in both languages."""
    footer = labels.table(curve).footer
    return " ".join(said.en for said in footer), " ".join(said.es for said in footer)


@pytest.mark.parametrize("hits", [None, 50])  # an older version has trained on the rows that there were
def test_a_point_of_more_labels_than_rows_has_no_figure_and_that_is_said(hits):
    curve = Curve(Setup(seeds=1, chat="c", counts=(4, 16, 1_000)))
    job = next(job for job in curve.jobs(HOW) if job.count == 1_000)
    curve = curve.with_result(job, point(CLASSIC, 1_000, 0, hits, pool=40))
    curve = curve.with_result(job, point(CLASSIC, 16, 0, 50, pool=40))
    assert [row[0] for row in labels.table(curve).rows] == [16]
    english, spanish = said_of(curve)
    assert "not measured: 1,000." in english and "no se miden: 1000." in spanish and "no room" not in english


def test_where_one_draw_of_examples_finds_no_room_the_others_make_no_mean():
    curve = Curve(Setup(seeds=3, chat="c", counts=(4, 16)))
    job = next(job for job in curve.jobs(HOW) if job.method == FEW_SHOT)
    for count, seed, hits in ((4, 0, 50), (4, 1, 50), (4, 2, 50), (16, 0, None)):
        curve = curve.with_result(job, point(FEW_SHOT, count, seed, hits))
    assert [one for one in asked(curve) if one[0] == FEW_SHOT] == []
    other = curve.with_result(job, point(FEW_SHOT, 16, 1, 80))
    assert list(other.of(FEW_SHOT)) == [4] and "From 16 examples on" in said_of(other)[0]


def test_a_mean_of_fewer_draws_than_were_asked_for_is_said_to_be_one():
    curve = Curve(Setup(seeds=3, model="m", counts=(4, 1_000)))
    for job in curve.jobs(HOW)[:-1]:  # it was stopped
        curve = curve.with_result(job, point(job.method, job.count, job.seed, 50))
    english, spanish = said_of(curve)
    assert "Means of fewer than 3 draws, in brackets of how many: linear probe 1,000 (2)." in english
    assert "Medias de menos de 3 sorteos, entre paréntesis de cuántos: sonda lineal 1000 (2)." in spanish
    assert "fewer than" not in said_of(filled(curve, lambda *_: 50))[0]


def test_a_model_that_is_not_there_leaves_the_others_their_lines():
    curve = Curve(Setup(seeds=1, chat="c", counts=(4,)))
    job = next(job for job in curve.jobs(HOW) if job.method == FEW_SHOT)
    without = curve.with_failure(job, "It is not here.")
    assert without is not None and FEW_SHOT not in {method for method, _, _ in asked(without)}
    assert curve.with_failure(next(job for job in curve.jobs(HOW) if job.method == CLASSIC), "No data.") is None
    full = filled(without, lambda method, count, seed: 50)
    assert "few-shot: It is not here." in [said.en for said in labels.table(full).footer]
    assert FEW_SHOT in {method for method, _, _ in asked(full.again())}


HITS = {CLASSIC: {4: 30, 16: 70}, PROBE: {4: 40, 16: 60}}


def test_the_table_has_means_intervals_and_the_answer_to_how_many_labels():
    curve = filled(Curve(SETUP), lambda method, count, seed: HITS[method][count] + seed if count else 50)
    made = labels.table(curve, "en")
    assert [column.key for column in made.columns] == ["labelled", "classic", "probe", "zero_shot"]
    assert made.rows[0] == (0, None, None, "0.500 (0.40-0.60)")
    # By hand: 30.5 of 100 by Wilson, which is wider than 0.305 ± 12.706 * 0.00707 / sqrt(2).
    assert made.rows[1][1] == "0.305 (0.22-0.40)"
    said = [sentence.en for sentence in made.footer]
    assert said[0].startswith("training overtakes zero-shot between 4 and 16 labels, at about ")
    assert said[0].endswith("; by the intervals perhaps from 16 on, for certain from 16.")
    assert max(map(len, to_markdown(made, "en").splitlines()[:7])) <= 120


def test_the_interval_is_the_wider_of_draws_and_test_rows():
    narrow = labels.level(4, [point(CLASSIC, 4, seed, 50) for seed in range(3)])
    assert (narrow.low, narrow.high) == pytest.approx((0.4038, 0.5962), abs=1e-4)  # Wilson
    wide = labels.level(4, [point(CLASSIC, 4, seed, hits) for seed, hits in enumerate((20, 50, 80))])
    half = 4.303 * 0.3 / math.sqrt(3)
    assert (wide.low, wide.high) == pytest.approx((max(0, 0.5 - half), min(1, 0.5 + half)))


def line(*means: float, wide: float = 0.01) -> list[Level]:
    return [Level(4**i, mean, mean - wide, mean + wide) for i, mean in enumerate(means, start=1)]


LEVEL = [Level(0, 0.5, 0.45, 0.55)]


def test_a_crossing_is_interpolated_on_the_logarithmic_axis():
    where = found(line(0.3, 0.4, 0.6, 0.7), LEVEL, level=True)
    assert (where.before, where.after) == (16, 64)
    assert where.about == pytest.approx(32)  # half way between 16 and 64, as their logarithms are
    assert (where.possible, where.certain) == (64, 64)
    unsure = found(line(0.3, 0.4, 0.6, 0.7, wide=0.12), LEVEL, level=True)
    assert (unsure.possible, unsure.certain) == (16, 256)


@pytest.mark.parametrize(
    ("means", "said"),
    [
        ((0.2, 0.3, 0.4), "A never overtakes B up to 64 labels"),
        ((0.6, 0.7, 0.8), "A is ahead of B from 4 labels on, the fewest that were tried"),
        ((0.6, 0.4, 0.6), "A overtakes B between 16 and 64 labels, at about 32"),  # for good, not the first time
        ((0.6, 0.7, 0.4), "A is ahead of B with 4, 16 labels, but no more with 64"),
        ((0.4, 0.5, 0.5), "A never overtakes B up to 64 labels"),  # they touch
        ((0.5, 0.5, 0.5), "A never overtakes B up to 64 labels"),
        ((0.4, 0.5, 0.6), "A overtakes B between 16 and 64 labels, at about 16"),
    ],
)
def test_an_answer_is_a_sentence_whatever_the_lines_do(means, said):
    sentence = crossing(Text("A", "A"), line(*means), Text("B", "B"), LEVEL, True)
    assert sentence.en.startswith(said) and sentence.es.startswith("A: ")


def test_what_the_intervals_allow_holds_from_there_on():
    ends = found(line(0.6, 0.4, 0.3), LEVEL, level=True)
    assert (ends.possible, ends.certain) == (None, None)  # with 4 labels it was so, and with more no longer
    said = crossing(Text("A", "A"), line(0.6, 0.4, 0.3), Text("B", "B"), LEVEL, True)
    assert said.en == "A is ahead of B with 4 labels, but no more with 64; by the intervals not with 64 labels."
    assert said.es == "A: supera a B con 4 etiquetas, pero ya no con 64; según los intervalos, no con 64 etiquetas."


def test_one_draw_says_nothing_for_certain_of_others():
    curve = filled(Curve(Setup(seeds=1, model="m", counts=(4, 16))), lambda method, count, seed: 90 if count else 10)
    said = [sentence.en for sentence in labels.table(curve).footer]
    assert said[0].endswith("by the intervals perhaps from 4 on, and nowhere for certain.")
    assert any(sentence.startswith("Where there is one draw alone") for sentence in said)
    two = filled(Curve(Setup(seeds=2, model="m", counts=(4, 16))), lambda method, count, seed: 90 if count else 10)
    said = [sentence.en for sentence in labels.table(two).footer]
    assert said[0].endswith("for certain from 4.") and not any("one draw alone" in sentence for sentence in said)


def test_a_curve_of_files_that_have_changed_begins_anew(tmp_path):
    data = tmp_path / "rows.csv"
    data.write_text("a,one\n", encoding="utf-8")
    setup = Setup(data=str(data), counts=(4,), seeds=1)
    curve = labels.begun(None, setup).with_result(Measure(CLASSIC, 4, 0, setup.training()), point(CLASSIC, 4, 0, 50))
    assert labels.begun(curve, setup) == curve
    data.write_text("a,one\nb,two\n", encoding="utf-8")
    assert labels.begun(curve, setup).points == ()


@settings(max_examples=30)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=60), st.integers(0, 70), st.integers(0, 3))
def test_fewer_examples_are_the_first_of_more_and_each_class_has_its_turn(classes, count, seed):
    rows = drawn(classes, count, seed)
    assert len(rows) == len(set(rows)) == min(count, len(classes))
    assert drawn(classes, count + 1, seed)[: len(rows)] == rows
    taken = [classes[row] for row in rows]
    for label in set(classes):  # as many as of any other, or all that there are
        assert taken.count(label) in (classes.count(label), *range(max(map(taken.count, set(classes))) - 1, 99))


def test_other_seeds_draw_other_rows():
    classes = [row % 4 for row in range(400)]
    assert len({tuple(drawn(classes, 16, seed)) for seed in range(5)}) == 5


@pytest.mark.parametrize("typed", ["", "a", "-1", "4;16", "4, 2.5", "9999999999", "4,10,000"])
def test_what_are_no_numbers_of_labels_is_refused(typed):
    with pytest.raises(UserError, match="numbers of examples"):
        labels.read_counts(typed)
    assert labels.read_counts("16, 4 4,0") == (0, 4, 16)


def test_the_figure_for_paper_has_every_line_and_the_level_to_its_end():
    curve = filled(Curve(SETUP), lambda method, count, seed: HITS[method][count] if count else 50)
    drawn_lines = {one.name: one.points for one in labels.figure(curve, "en").series}
    assert drawn_lines["zero-shot"] == [(0, 0.5), (16, 0.5)]
    assert drawn_lines["training"] == [(4, 0.3), (16, 0.7)]
    assert "<polyline" in labels.figure(curve).svg("es")
