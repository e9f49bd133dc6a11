"""The scripts beside this file, whole: hours on a slow machine, and no part of the ordinary run.

python -m pytest -n0 -m slow
"""

from __future__ import annotations

import pytest
from faults import kills, monkey, signals

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("screen", monkey.SCREENS)
def test_no_key_ends_the_app(screen):
    assert monkey.main(["--screens", screen, "--seeds", "1", "2", "3"]) == 0


def test_a_kill_loses_a_second_of_typing_at_the_most():
    assert kills.main(["--kills", "200"]) == 0


@pytest.mark.parametrize("situation", signals.SITUATIONS)
def test_a_signal_loses_nothing_and_leaves_the_terminal_as_it_was(situation):
    assert signals.main(["--situations", situation]) == 0
