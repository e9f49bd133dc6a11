"""The filling in of a sheet, whatever comes of its jobs and in whatever order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui.engine.events import Cancelled, Failed, Finished
from llm_tui.engine.job import Job
from llm_tui.errors import UserError
from llm_tui.exercises import moderation, prompting, translation
from llm_tui.exercises.run import Ending, Filling, Outcome
from llm_tui.exercises.sheet import Sheet
from llm_tui.foundation.job import Answer, Asking, Generate, Generated, Provenance, RoundTrip, ThereAndBack
from llm_tui.foundation.labels_job import Classified, Labelled, ZeroShot

ASKING = Asking()
BY = Provenance("m", "", "CPU", "float32", 1, 0.5)


@dataclass(frozen=True)
class Ask:
    """A job of the sheet below. `second` is one that only the result of another makes."""

    item: int
    second: bool = False
    another_way: bool = False


@dataclass(frozen=True)
class Items:
    """A sheet: each item is asked for, and where `follow` names it, once more when its first result is there. A failure
    of one of `replaceable` has another way.
    """

    items: tuple[int, ...]
    follow: frozenset[int] = frozenset()
    replaceable: frozenset[int] = frozenset()
    done: frozenset[Ask] = frozenset()
    failed: frozenset[int] = frozenset()
    deaf: frozenset[int] = frozenset()
    """Items whose results change nothing, as those of a text that was changed meanwhile."""
    answer: str = ""

    def with_answer(self, answer: str) -> Items:
        return replace(self, answer=answer)

    def with_models(self, name: str | None) -> Items:
        return self

    def pending(self, asking: Asking) -> Iterator[Ask]:
        for item in self.items:
            first = Ask(item, another_way=item in self.failed)
            if first not in self.done:
                yield first
            elif item in self.follow and (second := replace(first, second=True)) not in self.done:
                yield second

    def with_result(self, job: Ask, result: str) -> Items:
        return self if job.item in self.deaf else replace(self, done=self.done | {job})

    def with_failure(self, job: Ask, message: str) -> Items | None:
        if job.item not in self.replaceable or job.another_way or job.second:
            return None
        return replace(self, failed=self.failed | {job.item})


some = st.frozensets(st.integers(0, 5))
sheets = st.builds(Items, st.lists(st.integers(0, 5), max_size=8).map(tuple), some, some, deaf=some)
happenings = st.lists(
    st.tuples(st.integers(0, 20), st.sampled_from(["finish", "fail", "absent", "stop", "start", "stopping"]))
)


class Driver:
    """As screen and command line drive a sheet; `at_once` jobs at a time. `open` are those that have not ended."""

    def __init__(self, sheet: Any, at_once: int):
        self.sheet, self._at_once = sheet, at_once
        self.filling: Filling[Any] = Filling()
        self.open: list[Ask] = []
        self.runs: list[list[Ask]] = []
        self.found: list[Ask] = []
        self.said: list[str] = []
        self.stopped = False

    def start(self) -> None:
        if self.stopped or not self.open:
            self.runs.append([])
            self.stopped = False
        self.filling.start(ASKING)
        self.go_on()

    def go_on(self) -> None:
        due = self.filling.due(self.sheet, self._at_once)
        assert not (due and self.open), "asked although not all has ended"
        assert not (due and self.stopped), "asked although it was stopped"
        asked = cast(list[Ask], due)
        self.open += asked
        self.runs[-1] += asked

    def stopping(self) -> None:
        """A person has just stopped the jobs, and none has told its end yet."""
        self.stopped = True
        self.filling.stop()

    def stop(self, job: Ask) -> None:
        """A person has stopped the jobs; of one of a run before, that is no news."""
        self.stopped = self.stopped or job in self.runs[-1]
        self.end(job, Cancelled(1))

    def end(self, job: Ask, ending: Ending) -> Outcome[Items]:
        self.open.remove(job)
        outcome = self.filling.ended(cast(Job, job), ending, self.sheet)
        if isinstance(ending, Finished):
            self.found.append(job)
        if outcome.learnt:
            self.sheet = outcome.learnt(self.sheet)
        self.stopped = self.stopped or outcome.over
        if outcome.said:
            self.said.append(outcome.said)
        self.go_on()
        return outcome


@given(sheets, happenings, st.sampled_from([1, 3, 100]))
def test_whatever_happens_no_job_is_asked_twice_in_a_run_nothing_is_lost_and_it_ends(sheet, events, at_once):
    driver = Driver(sheet, at_once)
    driver.start()
    for place, what in events:
        if what in ("start", "stopping"):
            getattr(driver, what)()
        elif driver.open:
            job = driver.open[place % len(driver.open)]
            if what == "finish":
                driver.end(job, Finished(1, ""))
            elif what == "stop":
                driver.stop(job)
            else:
                outcome = driver.end(job, Failed(1, "No.", "Unavailable" if what == "absent" else "UserError"))
                assert not outcome.absent or (outcome.over and what == "absent")
    for _ in range(1000):
        if not driver.open:
            break
        driver.end(driver.open[0], Finished(1, ""))
    assert not driver.open, "it does not end"
    for run in driver.runs:
        assert len(run) == len(set(run))
    assert driver.sheet.done == {job for job in driver.found if job.item not in sheet.deaf}
    if not driver.stopped:
        assert all(job in driver.runs[-1] for job in driver.sheet.pending(ASKING))


def test_of_many_that_fail_at_once_one_is_told_and_what_had_come_out_before_they_were_stopped_is_kept():
    driver = Driver(Items((1, 2, 3, 4)), 100)
    driver.start()
    first, second, third, fourth = driver.open
    failure = Failed(1, "No model.", "Unavailable")
    outcome = driver.end(first, failure)
    assert outcome.over and outcome.absent
    assert driver.end(second, failure) == Outcome()
    driver.end(third, Finished(1, ""))
    assert driver.said == ["No model."] and driver.sheet.done == {third}
    # Somebody has begun anew meanwhile: what is still stopping is waited for, and stops nothing.
    driver.start()
    assert driver.open == [fourth]
    driver.end(fourth, Cancelled(1))
    assert driver.open == [first, second, fourth]


def test_a_run_that_is_under_way_is_not_begun_again():
    driver = Driver(Items((1, 2)), 100)
    driver.start()
    driver.start()
    assert driver.runs == [[Ask(1), Ask(2)]]


def test_what_is_begun_while_the_stop_is_on_its_way_begins_when_all_has_ended_unless_it_is_stopped_too():
    driver = Driver(Items((1, 2)), 100)
    driver.start()
    first, second = driver.open
    driver.stopping()
    driver.start()
    driver.stop(first)
    assert driver.open == [second]
    driver.stop(second)
    assert driver.open == [first, second]
    driver.stopping()
    driver.start()
    driver.stopping()
    driver.end(first, Finished(1, ""))
    driver.stop(second)
    assert driver.open == [] and driver.sheet.done == {first}


def test_a_sheet_that_no_model_could_be_asked_for_says_so():
    filling: Filling[translation.Answers] = Filling()
    filling.start(ASKING)
    with pytest.raises(UserError):
        filling.due(translation.Answers(sentences=()))


def answer_to(job: ZeroShot | RoundTrip | Generate) -> object:
    made = Answer("Un texto.", "x", 9, 5, False, True, "")
    if isinstance(job, ZeroShot):
        scores = Labelled(tuple(1 / len(job.labels) for _ in job.labels))
        return Classified(job.labels, (scores,) * len(job.texts), BY)
    if isinstance(job, RoundTrip):
        return ThereAndBack(made, made, 61.25, "chrF2", BY, BY)
    return Generated((made,) * len(job.texts), BY)


SENTENCES = [translation.Sentence(text) for text in ("Una.", "Otra.", "Una.", "Tercera.")]


@pytest.mark.parametrize(
    "sheet",
    [moderation.Answers(), prompting.Answers(), translation.Answers(sentences=tuple(SENTENCES))],
    ids=["moderation", "prompting", "translation"],
)
@given(order=st.randoms(use_true_random=False), at_once=st.sampled_from([1, 100]))
def test_the_sheets_of_the_course_are_filled_in_any_order_without_asking_twice(sheet: Sheet, order, at_once):
    driver = Driver(sheet, at_once)
    driver.start()
    while driver.open:
        job = order.choice(driver.open)
        driver.end(job, Finished(1, answer_to(job)))
    assert len(driver.runs[0]) == len(set(driver.runs[0])) > 0
    assert not list(driver.sheet.pending(ASKING))


def test_half_of_an_answer_is_no_answer_and_is_asked_again() -> None:
    """A server that ends in mid-answer: what came is not handed in as if it were the whole."""
    sheet = prompting.Answers()
    filling: Filling[prompting.Answers] = Filling()
    filling.start(ASKING)
    (job, *_) = filling.due(sheet)
    half = Answer("Half", "x", None, None, False, False, "", "The server h:1 ended in mid-answer.")
    outcome = filling.ended(job, Finished(1, Generated((half,), BY)), sheet)
    assert (outcome.learnt, outcome.said, outcome.over) == (None, "The server h:1 ended in mid-answer.", True)
    again: Filling[prompting.Answers] = Filling()
    again.start(ASKING)
    assert job in again.due(sheet)
