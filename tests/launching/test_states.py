"""How a task stands: what SLURM says of it, with what its own folder shows."""

from __future__ import annotations

import pytest

from llm_tui import i18n
from llm_tui.launching.states import Heard, Seen, standing

BEGUN = Seen(1, "node7")


@pytest.mark.parametrize(
    ("heard", "seen", "settled", "said"),
    [
        (Heard("PENDING", "Resources"), Seen(), True, "waits: no room yet"),
        (Heard("PENDING", "Licenses"), Seen(), True, "waits: Licenses"),
        (Heard("PENDING", "None"), Seen(), True, "waits"),
        (Heard("RUNNING", "None", "node7"), BEGUN, True, "on node7"),
        (Heard("COMPLETING", "None", "node7"), BEGUN, True, "on node7"),
        # Preempted and put back into the queue: it has begun, and waits again.
        (Heard("PENDING", "BeginTime", "", 1), BEGUN, True, "requeued: soon"),
        # It has begun since SLURM was asked: an old answer is no requeueing.
        (Heard("PENDING", "Resources", "", 0), BEGUN, True, "on node7"),
        # What it wrote when it was told to end is no end while SLURM has it.
        (Heard("PENDING", "BeginTime", "", 1), Seen(1, "node7", 143), True, "requeued: soon"),
        (Heard("COMPLETED", "None", "node7"), Seen(1, "node7", 0), True, "finished"),
        (None, Seen(1, "node7", 0), True, "finished"),
        (None, Seen(1, "node7", 2, "Error: There is no file x.csv."), True, "failed: There is no file x.csv."),
        (Heard("FAILED", "NonZeroExitCode", "node7"), Seen(1, "node7", 2, "Error: No."), True, "failed: No."),
        # A client of NFS may not show yet what another host has written.
        (Heard("FAILED", "NonZeroExitCode", "node7"), BEGUN, False, "on node7"),
        (Heard("COMPLETED", "None", "node7"), Seen(), False, "on node7"),
        (Heard("OUT_OF_MEMORY", "OutOfMemory", "node7"), BEGUN, True, "failed: OUT_OF_MEMORY"),
        (Heard("NODE_FAIL", "NodeDown", "node7"), BEGUN, True, "failed: NODE_FAIL"),
        (Heard("TIMEOUT", "TimeLimit", "node7"), BEGUN, False, "timed out"),
        (Heard("CANCELLED by 1000", "None"), Seen(), False, "cancelled"),
        (Heard("PREEMPTED", "None", "node7"), BEGUN, False, "preempted"),
        (None, BEGUN, True, "failed: the scheduler knows it no longer"),
        (None, Seen(1, "node7", 143), True, "cancelled"),
    ],
)
def test_a_task_stands_as_slurm_and_its_folder_say(heard, seen, settled, said):
    assert standing(heard, seen, settled, "/lab/launched/x").said() == said


def test_requeued_is_not_over_and_every_end_is():
    def over(state):
        return standing(Heard(state, begun=1), BEGUN, True, "").over

    assert not any(map(over, ("PENDING", "SUSPENDED", "RUNNING")))
    assert all(map(over, ("FAILED", "TIMEOUT", "PREEMPTED", "CANCELLED")))


@pytest.mark.parametrize("state", ["COMPLETED", "FAILED"])
def test_a_task_that_ended_without_its_first_word_says_that_the_node_does_not_see_the_lab(state):
    now = standing(Heard(state, "None", "node7"), Seen(), True, "/home/ana/llm-lab/launched/x")
    assert now.phase == "unseen"
    assert "node7" in now.why and "/home/ana/llm-lab/launched/x" in now.why and "--lab" in now.why


def test_what_slurm_says_cannot_write_to_the_terminal():
    assert "\x1b" not in standing(Heard("PENDING", "\x1b[2J"), Seen(), True, "").said()
    assert "\x1b" not in standing(None, Seen(1, "\x1b[2J", 2, "\x1b[2J"), True, "").said()


def test_the_words_are_spanish_too():
    i18n.use("es")
    assert standing(Heard("PENDING", "Resources"), Seen(), True, "").said() == "espera: sin sitio"
