"""Does anything that a terminal may send end the app, or leave it stuck?

    python tests/faults/monkey.py --seconds 60 --seeds 1 2 3

Starts the real program in a pseudo-terminal for every screen and seed, on a lab with all exercises done, and sends it
random keys, bursts of keys, pastes, clicks, bytes that are not UTF-8, escape sequences that are none, and other sizes.
It never asks it to leave by ctrl+q, but a burst may do so by the jump key or the palette: that is an end with code 0,
and it is started again. Any other end is one that was not asked for: its last keys are printed, and the exit code is 1.
Afterwards the app must still answer. What one run did is done again by the same seed.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from faults.program import COMMAND, CTRL_O, ESCAPE, F2, F3, F4, F5, F6, F7, environment, ready
from filled_lab import fill

from llm_tui.bench.terminal import Terminal
from llm_tui.lab.lab import Lab

SCREENS: dict[str, tuple[str, ...]] = {
    "home": (F2,),
    "train": (F3,),
    "play": (F4,),
    "tokens": (F5,),
    "ethics": (F6,),
    "report": (F7,),
    "moderation": (F2, "3"),
    "translation": (F2, "4"),
    "summaries": (F2, "5"),
    "prompting": (F2, "6"),
    "flows": (F4, ESCAPE, "f"),
}
"""The keys that lead to each."""

CONTROL = [chr(code) for code in range(1, 32) if chr(code) != "\x11"]
MOVES = [f"\x1b[{end}" for end in ("A", "B", "C", "D", "H", "F", "Z", "5~", "6~", "3~", "1;5C", "1;2D", "1;5H")]
FUNCTION = ["\x1bOP", *[f"\x1b[{n}~" for n in (19, 20, 21, 23, 24)]]
LETTERS = [chr(code) for code in range(32, 127)] + [*"ñáü¿日本語🙂", "e\u0301", "\u202e", "\u200d"]
BROKEN = [
    b"\x1b[5:3::u", b"\x1b[:5u", b"\x1b[99999999999;5u", b"\x1b[55296u", b"\x1b[97;;55296u", b"\x1b[1114112u",
    b"\x1b[<0;99999;99999M", b"\x1b[<64;1;1M", b"\x1b[M\xff\xff\xff", b"\x1b[M   ", b"\x1b[48;99999;99999;1;1t",
    b"\x1b[48;0;0;0;0t", b"\x1b[200~", b"\x1b[201~", b"\x1b]52;c;????\x07", b"\x1b[?2026;9$y", b"\x1b[?2048;1$y",
    b"\x1b[1;1R", b"\x1b[I", b"\x1b[O", b"\x1bP1$r0m\x1b\\", b"\x1b[27;5;9~", b"\x1b[;;;;;m", b"\x1bO", b"\x1b[",
]  # fmt: skip
"""Sequences that terminals do not send, or only when asked."""


@dataclass
class Told:
    """What happened on one screen with one seed."""

    screen: str
    seed: int
    actions: int = 0
    left: int = 0
    """How often a key of its own left the app."""
    wrong: list[str] = field(default_factory=list)


class Monkey:
    def __init__(self, screen: str, seed: int, folder: Path):
        self.told = Told(screen, seed)
        self._random = random.Random(f"{seed} {screen}")
        self._env = environment(folder, EDITOR="true", VISUAL="true", HOME=str(folder))
        self._last: list[object] = []
        fill(Lab(Path(self._env["LLM_TUI_LAB"])))

    def run(self, seconds: float) -> Told:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.told.wrong:
            with Terminal(COMMAND, self._env) as terminal:
                try:
                    self._play(terminal, end)
                except (OSError, TimeoutError) as error:
                    self._ended(terminal, error)
        return self.told

    def _play(self, terminal: Terminal, end: float) -> None:
        self._last.clear()
        terminal.wait_for(ready, 120)
        for key in SCREENS[self.told.screen]:
            terminal.send(key)
            terminal.pump(1.5)
        while time.monotonic() < end:
            self._act(terminal)
            self.told.actions += 1
            if terminal.ended:
                raise OSError("the program has ended")
        terminal.resize(80, 24)
        terminal.send(b"\x1b[201~")  # the end of a paste that a broken sequence may have begun
        for _ in range(30):
            terminal.send(ESCAPE)
            terminal.pump(0.3)
            if terminal.ended:
                raise OSError("the program has ended")
        terminal.send(CTRL_O)
        terminal.wait_for("Press a letter", 60)

    def _act(self, terminal: Terminal) -> None:
        chance = self._random.random()
        if chance < 0.04:
            size = self._random.randint(1, 200), self._random.randint(1, 60)
            self._last.append(size)
            terminal.resize(*size)
        else:
            keys = self._keys(chance)
            self._last.append(keys)
            terminal.send(keys)
        terminal.pump(self._random.choice((0, 0, 0.01, 0.05, 0.2)))

    def _keys(self, chance: float) -> bytes:
        pick, any_of = self._random.choice, self._random.choices
        if chance < 0.45:
            return self._key().encode()
        if chance < 0.75:  # a slow line, or a key that is held down
            return "".join(self._key() for _ in range(self._random.randint(2, 12))).encode()
        if chance < 0.80:
            return (self._key() * self._random.randint(2, 30)).encode()
        if chance < 0.86:
            return bytes(any_of(range(128, 256), k=self._random.randint(1, 6)))
        if chance < 0.93:
            return pick(BROKEN)
        if chance < 0.96:
            text = "".join(any_of([*LETTERS, "\n", "\t", "\r"], k=self._random.randint(0, 400)))
            return b"\x1b[200~" + text.encode() + b"\x1b[201~"
        x, y = self._random.randint(1, 80), self._random.randint(1, 24)
        return f"\x1b[<0;{x};{y}M\x1b[<0;{x};{y}m".encode()

    def _key(self) -> str:
        kind = self._random.random()
        if kind < 0.5:
            return self._random.choice(LETTERS)
        if kind < 0.72:
            return self._random.choice(MOVES)
        if kind < 0.76:
            return self._random.choice(FUNCTION)
        if kind < 0.82:  # back to where it is to be
            return SCREENS[self.told.screen][-1]
        return self._random.choice(CONTROL)

    def _ended(self, terminal: Terminal, error: Exception) -> None:
        if terminal.ended:
            terminal.wait_exit(10)
        if terminal.exit_code == 0:
            self.told.left += 1
            return
        how = f"code {terminal.exit_code}" if terminal.ended else f"stuck ({str(error).splitlines()[0]})"
        terminal.send(b"\x1b[20~")
        terminal.pump(3)
        log = Path(self._env["XDG_STATE_HOME"]) / "llm-tui" / "llm-tui.log"
        keys = "\n".join(repr(key) for key in self._last[-25:])
        self.told.wrong.append(f"{how}\n{terminal.text().strip()}\nlast keys:\n{keys}\n{log.read_text()[-5000:]}")


def play(screen: str, seed: int, seconds: float) -> Told:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return Monkey(screen, seed, Path(folder)).run(seconds)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--screens", nargs="+", default=list(SCREENS), choices=SCREENS)
    parser.add_argument("--jobs", type=int, default=1, help="programs at a time")
    chosen = parser.parse_args(arguments)
    bad = 0
    print(f"| {'screen':<11} | seed | actions | left by a key | unasked ends |\n| --- | --- | --- | --- | --- |")
    with ThreadPoolExecutor(chosen.jobs) as pool:
        asked = [pool.submit(play, screen, seed, chosen.seconds) for seed in chosen.seeds for screen in chosen.screens]
        for told in (future.result() for future in asked):
            wrong = len(told.wrong)
            bad += wrong
            print(f"| {told.screen:<11} | {told.seed:4} | {told.actions:7} | {told.left:13} | {wrong:12} |", flush=True)
            for said in told.wrong:
                print(said, file=sys.stderr, flush=True)
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
