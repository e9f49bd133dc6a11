"""The recorded tour: today's program shows the same screens to the same keys."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

import pytest
import tour

from llm_tui.exercises.batch_sizes import Answers
from llm_tui.lab.lab import Lab

SECONDS = 60


def test_the_recording_is_small_says_nothing_of_a_machine_and_shows_every_stop():
    assert tour.CAST.stat().st_size < 200_000
    happened = tour.read()
    sent = "".join(one.text for one in happened if one.kind == "o")
    assert set(re.findall(r"/(?:home|root|work|tmp)/\w+", sent)) == {str(tour.FOLDER)}
    shown = ["\n".join(lines) for _, lines in tour.screens(happened)]
    assert [typed for typed, _ in tour.screens(happened)] == [typed for typed, _ in tour.STEPS]
    found = [int(number) for screen in shown for number in re.findall(r"Tour (\d)/7", screen)]
    assert found == sorted(found) and set(found) == set(range(1, 8))
    assert happened[-1].seconds < 60  # a minute, with time to read


@pytest.mark.slow
def test_the_keys_of_the_recording_lead_to_the_same_screens_today(tmp_path: Path):
    environ = tour.environment(tmp_path)
    with tour.program(environ) as terminal:
        for typed, expected in tour.screens(tour.read()):
            if typed:
                terminal.send(typed)
            try:
                terminal.wait_for(lambda t, expected=expected: tour.masked(t.text()) == expected, SECONDS)
            except TimeoutError:
                seen = "\n".join(difflib.ndiff(expected, tour.masked(terminal.text())))
                raise AssertionError(f"`python tests/tour.py` records it anew where this is right:\n{seen}") from None
        terminal.send(tour.CTRL_Q)
        terminal.wait_exit()
    lab = Lab(tmp_path / "llm-lab")
    answers = lab.answers(1, Answers)
    assert answers.notes["32"] == "steady, and slow" and answers.answer.startswith("32: the most accurate")
    assert "steady, and slow" in (lab.folder / "exports" / "exercise-1.md").read_text(encoding="utf-8")
    assert (tmp_path / "config" / "llm-tui" / "config.toml").read_text() == 'offline = true\nlanguage = "en"\n'
    with tour.program(environ) as terminal:  # never again
        terminal.wait_for("Next: Exercise 1: note of batch size 64", SECONDS)
