"""A file of the lab is read on several threads at a time, and so is its kind looked at for the first time."""

from __future__ import annotations

import subprocess
import sys

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
