"""The tour as a person takes it on the real program, recorded: `python tests/tour.py` makes `tests/tour.cast` anew, in
asciicast v2 (`asciinema play tests/tour.cast` shows it). What was typed is in it (`i`), and where a screen stands still
(`m`): `tests/test_tour.py` types the same today, and looks for the same screens.
"""

from __future__ import annotations

import codecs
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pyte

from llm_tui.bench.terminal import Terminal

CAST = Path(__file__).with_suffix(".cast")
COLUMNS, ROWS = 80, 24
FOLDER = Path("/tmp/student")
"""Its name is in the recording, and says nothing of the machine."""

F3, F7, CTRL_E, CTRL_Q, CTRL_R, ENTER, ESCAPE = "\x1bOR", "\x1b[18~", "\x05", "\x11", "\x12", "\r", "\x1b"

STEPS = (
    ("", "In which language?"),
    ("1", "The folder for your work"),
    (ESCAPE, "Network"),
    ("2", "Tour 1/7"),
    (F3, "Tour 2/7"),
    (CTRL_R, "Tour 3/7"),
    ("2", "Tour 4/7"),
    ("n", "enter edit"),
    (ENTER, "batch size: enter"),
    ("steady, and slow", "steady, and slow"),
    (ENTER, "Tour 5/7"),
    ("Q", "exercise: esc"),
    ("32: the most accurate, still fast", "still fast"),
    (ESCAPE, "Tour 6/7"),
    (CTRL_E, "Tour 7/7"),
    (F7, "that was all"),
    (ESCAPE, "Next: Exercise 1: note of batch size 64"),
)
"""What is typed, and what the screen says then."""


class Happened(NamedTuple):
    """At `seconds` since the start: `o` is what the program sent, `i` what was typed, `m` that the screen stands."""

    seconds: float
    kind: str
    text: str


def environment(folder: Path) -> dict[str, str]:
    """A person who has never started the program, and no network."""
    places = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("STATE", "CACHE", "CONFIG")}
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "VIRTUAL_ENV") if name in os.environ}
    return {
        **kept,
        **places,
        "HOME": str(folder),
        "TERM": "xterm",
        "LANG": "en_US.UTF-8",
    }


def program(environ: Mapping[str, str]) -> Terminal:
    return Terminal([sys.executable, "-m", "llm_tui"], environ, COLUMNS, ROWS)


def idle(terminal: Terminal) -> bool:
    """Nothing runs, and no notice hides anything."""
    return not any(words in terminal.text() for words in ("^X stop", "Written:", "being loaded"))


class Slim:
    """Leaves out of what a program sends every style that holds already: a third of it stays, and shows the same."""

    def __init__(self) -> None:
        self._held = self._wanted = ""
        self._rest = ""

    def __call__(self, text: str) -> str:
        text, self._rest = self._rest + text, ""
        if cut := re.search(r"\x1b(\[[\d;?]*)?$", text):  # a read may end within a sequence
            text, self._rest = text[: cut.start()], cut[0]
        return "".join(self._styled(part) for part in re.split(r"(\x1b\[[\d;?]*[a-zA-Z]|[\r\n]+)", text) if part)

    def _styled(self, part: str) -> str:
        if style := re.fullmatch(r"\x1b\[([\d;]*)m", part):
            self._wanted = "" if style[1] in ("", "0") else f"{self._wanted};{style[1]}"
            return ""
        if part[0] in "\r\n" or (part[0] == "\x1b" and part[-1] not in "JK"):
            return part
        held, wanted = _colours(self._held), _colours(self._wanted)
        if held == wanted or (part.isspace() and held[1:] == wanted[1:] == (wanted[1], "")):
            return part
        changed = ";".join(now for before, now in zip(held, wanted, strict=True) if before != now)
        whole = held[2] != wanted[2] or any(before and not now for before, now in zip(held, wanted, strict=True))
        self._held = self._wanted
        return f"\x1b[0{self._wanted}m{part}" if whole else f"\x1b[{changed}m{part}"


def _colours(style: str) -> tuple[str, str, str]:
    """That of the letters, that behind them, and the rest of a style."""
    fore = re.findall(r";(38;5;\d+|3[0-79]|9\d)(?=;|$)", style)
    back = re.findall(r";(48;5;\d+|4[0-79]|10\d)(?=;|$)", style)
    rest = re.sub(r";([34]8;5;\d+|[34][0-79]|9\d|10\d)(?=;|$)", "", style)
    return fore[-1] if fore else "", back[-1] if back else "", rest


def record() -> list[Happened]:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    happened: list[Happened] = []
    with program(environment(FOLDER)) as terminal:
        for keys, shown in STEPS:
            if keys:
                happened.append(Happened(terminal.send(keys) - terminal.started, "i", keys))
            terminal.wait_for(lambda t, shown=shown: shown in t.text() and idle(t), 120)
            terminal.pump(1.5)
            terminal.wait_for(idle)  # what it told is gone again
            terminal.pump(0.5)
            happened.append(Happened(terminal.reads[-1][0] - terminal.started + 0.001, "m", shown))
        terminal.send(CTRL_Q)
        terminal.wait_exit()
        decode = codecs.getincrementaldecoder("utf-8")().decode  # a read may end within a letter
        slim = Slim()
        sent = [Happened(when - terminal.started, "o", slim(decode(data))) for when, data in terminal.reads]
    shutil.rmtree(FOLDER)
    return sorted([*happened, *sent], key=lambda one: one.seconds)


def write(happened: list[Happened]) -> None:
    head = {"version": 2, "width": COLUMNS, "height": ROWS, "title": "llm-tui: the tour"}
    lines = [head, *([round(one.seconds, 2), one.kind, one.text] for one in happened)]
    CAST.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


def read() -> list[Happened]:
    lines = CAST.read_text(encoding="utf-8").splitlines()[1:]
    return [Happened(*json.loads(line)) for line in lines]


def screens(happened: list[Happened]) -> Iterator[tuple[str, list[str]]]:
    """What was typed before each mark, and the screen that stood there, masked."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream, typed = pyte.Stream(screen), ""
    for one in happened:
        if one.kind == "o":
            stream.feed(one.text)
        elif one.kind == "i":
            typed = one.text
        else:
            yield typed, masked("\n".join(screen.display))


def masked(text: str) -> list[str]:
    """A screen without what differs between machines: numbers, curves, what is installed, and where the lab is."""
    text = re.sub(r"(?m)^.*(Python|torch|transformers|GPU|CPUs?|llm-lab) .*$", "…", text)
    return [line.strip() if "Tour" in line else _plain(line) for line in text.split("\n")]


def _plain(line: str) -> str:
    line = re.sub(r"/[\w./-]+/(llm-lab[\w./-]*)?|[\u2800-\u28ff]", " ", line)
    return " ".join(re.sub(r"[\d.,]+|[▁▂▃▄▅▆▇█━]|(?<=─)─+|\b[kM](?= ex/s)", " ", line).split())


if __name__ == "__main__":
    write(record())
    sys.stdout.write(f"{CAST.stat().st_size} bytes\n")
