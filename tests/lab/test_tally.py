"""A log counted in one reading comes to what its entries come to, one by one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui.engine.energy import Energy, total
from llm_tui.lab import tally as tallies
from llm_tui.lab.audit import entry_of
from llm_tui.lab.lab import Lab
from llm_tui.lab.tally import Tally, tally

ENERGY = {"joules": 7.5, "seconds": 2.0, "source": "NVML", "shared": False, "stretches": 1, "measured": 1, "why": []}
WORDS: st.SearchStrategy[Any] = st.sampled_from(["zero-shot", "pull", "ñ\u202e", "", None, 7, [], {"name": "other"}])
LINES = st.fixed_dictionaries(
    {"outcome": st.sampled_from(["finished", "failed", "cancelled", "else", None])},
    optional={
        "job": WORDS,
        "device": WORDS,
        "revision": WORDS,
        "precision": WORDS,
        "energy": st.sampled_from([None, ENERGY, {**ENERGY, "joules": None, "measured": 0, "why": ["short"]}, {}, "x"]),
        "settings": WORDS | st.fixed_dictionaries({"model": WORDS, "texts": WORDS}),
        "sent_to": st.sampled_from([["host:1", "host:2"], ["host:1"], "host", None]),
        "time": st.sampled_from(["2026-01-01", None]),
        "answer": WORDS,
    },
).map(msgspec.json.encode)
BROKEN = st.sampled_from(
    [
        b"{",
        b'{"outcome":"finished","x":"\xff"}',
        b'{"outcome":"finished","x":"\\ud800"}',
        b'{"outcome":"finished","x":1e999,"job":"zero-shot"}',
        b'{"outcome":"failed","outcome":"finished"}',
        b'{"outcome":"fini\\u0073hed","x":"\\n"}',
        b'{"outcome":["finished"]}',
        b"[]",
        b"1",
    ]
)


@given(st.lists(LINES | BROKEN, max_size=12))
def test_it_is_what_the_entries_are_one_by_one(lines: list[bytes]):
    one_by_one, entries = Tally(), [entry_of(line) for line in lines]
    for entry in entries:
        if entry is None:
            one_by_one.skipped += 1
        else:
            one_by_one.add(entry, 1)
    found = tally(lines)
    assert found == one_by_one
    for used in found.energies.values():
        assert total(one.times(times) for one, times in used.items()) == total(used.elements())


def test_lines_that_are_counted_alike_are_read_once_and_a_log_again_where_it_has_grown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    read: list[bytes] = []
    monkeypatch.setattr(tallies, "entry_of", lambda line: read.append(line) or entry_of(line))
    lab = Lab(tmp_path / "lab")
    lab.create()
    log = lab.folder / "audit.jsonl"
    line = b'{"time":"%d","job":"zero-shot","outcome":"finished","settings":{"model":{"name":"m"},"texts":["%d"]}}\n'
    log.write_bytes(b"".join(line % (n, n) for n in range(1000)))
    assert lab.tally().asked == Counter({("zero-shot", "m"): 1000}) and len(read) == 1
    assert lab.tally() is lab.tally() and len(read) == 1
    with log.open("ab") as file:
        file.write(line % (0, 0))
    assert lab.tally().asked.total() == 1001
    log.unlink()
    assert lab.tally() == Tally()


def test_energy_of_several_times():
    assert Energy.unknown("short").times(3) == total([Energy.unknown("short")] * 3)
