"""A file of the lab is read on several threads at a time, and so is its kind looked at for the first time."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from llm_tui.decoding import decode

READING = """
import sys
from dataclasses import make_dataclass
from threading import Barrier, Thread

from llm_tui.decoding import convert, decode

sys.setswitchinterval(1e-6)
for number in range(150):
    kind = int
    for depth in range(12):
        kind = make_dataclass(f"Kind{number}_{depth}", [("inner", kind), ("text", "str")])
    text, value = "0", 0
    for depth in range(12):
        text, value = f'{{"inner": {text}, "text": "a"}}', {"inner": value, "text": "a"}
    together = Barrier(3)

    def read(kind=kind, text=text, value=value, together=together):
        together.wait()
        assert decode(text, kind) == convert(value, kind)

    threads = [Thread(target=read) for _ in range(3)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
print("read")
"""


def test_a_kind_that_several_threads_read_for_the_first_time_is_read_by_all() -> None:
    done = subprocess.run([sys.executable, "-c", READING], capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout.strip()) == (0, "read"), done.stderr[-2000:]


@pytest.mark.parametrize("kind", [object, str, dict[str, str]])
def test_a_byte_that_is_not_utf_8_is_said_as_anything_else_that_is_wrong(kind: type) -> None:
    with pytest.raises(msgspec.DecodeError, match="utf-8"):
        decode(b'{"a": "ma\xf1ana"}' if kind is not str else b'"ma\xf1ana"', kind)
