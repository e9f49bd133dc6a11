"""What is lost when the program is killed?

    python tests/faults/kills.py --kills 200

Kills the real program (SIGKILL) at random moments while somebody types, while it trains, and while it fills a sheet.
After each, everything must open, and nothing may be lost but the last second of typing: of a training every report that
had been written, of a sheet every answer that the log says was given but for the one that was just being kept. Prints a
table; the exit code is 1 where more was lost.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from faults.program import CTRL_R, ENTER, F2, F3, claimed, opened, saved_answer

from llm_tui.bench.terminal import Terminal
from llm_tui.exercises import batch_sizes, ethics, moderation, subwords, summaries, translation
from llm_tui.lab.lab import Lab

LETTERS = "abcdefghijklmnopqrstuvwxyz"
MOST_LOST = 1.0
"""Seconds of typing."""


class Lost(Exception):
    """More than the last second."""


def lab_of(folder: Path) -> Lab:
    return Lab(folder / "LLM_TUI_LAB")


def kill(terminal: Terminal) -> None:
    os.kill(terminal.pid, signal.SIGKILL)
    terminal.pump(5)


def typing(folder: Path, dice: random.Random) -> str:
    """Letters that were on the screen a second before the kill are saved."""
    seen: list[tuple[float, str]] = []
    with opened(folder, F3, "Setup") as terminal:
        before = saved_answer(folder)
        terminal.send("Q")  # the answer's field: what was there follows what is typed
        text = ""
        end = time.monotonic() + dice.uniform(0.1, 3.0)
        while time.monotonic() < end:
            text += dice.choice(LETTERS)
            terminal.send(text[-1])
            terminal.pump(dice.uniform(0.02, 0.3))
            shown = next((text[:n] for n in range(len(text), 0, -1) if text[:n][-20:] in terminal.text()), "")
            seen.append((time.monotonic(), shown))
        killed = time.monotonic()
        kill(terminal)
    saved = saved_answer(folder)
    due = max((len(shown) for when, shown in seen if when < killed - MOST_LOST), default=0)
    kept = len(saved) - len(before)
    if kept < due or saved != text[:kept] + before:
        raise Lost(f"typed {text!r} after {before!r}, shown {seen}, saved {saved!r}")
    return f"{len(before) + len(text) - len(saved)} letters"


def training(folder: Path, dice: random.Random) -> str:
    """Every report that was written, and every run that had ended, is there."""
    lab = lab_of(folder)
    answers = lab.answers(1, batch_sizes.Answers)
    lab.save_answers(1, replace(answers, setup={"epochs": "3", "train_size": "4000", "seeds": "0,1,2"}))
    known = {run.id for run in lab.runs.all()}
    with opened(folder, F3, "4000") as terminal:
        terminal.send(CTRL_R)
        terminal.wait_for(lambda _: {run.id for run in lab.runs.all()} - known, 120)
        terminal.pump(dice.uniform(0, 4))
        before = {run.id: (run.state, len(run.points())) for run in lab.runs.all()}
        kill(terminal)
    after = {run.id: (run.state, len(run.points())) for run in lab_of(folder).runs.all()}
    for name, (state, points) in before.items():
        if name not in after or after[name][1] < points or (state != "unfinished" and after[name][0] != state):
            raise Lost(f"{name} was {state} with {points} points and is {after.get(name)}")
    return f"{len(after) - len(known)} runs kept"


def sheet(folder: Path, dice: random.Random) -> str:
    """Every answer that the sheet had on the disk is there, and the log has no answer more than one that it lacks."""
    (lab_of(folder).folder / "exercises" / "3.json").unlink(missing_ok=True)  # or it has the teaching model already
    with opened(folder, F2, "[Home]") as terminal:
        terminal.send("3")
        terminal.wait_for("Exercise 3", 60)
        terminal.pump(1)
        terminal.send("z")
        terminal.wait_for("teaching model?", 60)
        terminal.send(ENTER)
        terminal.pump(dice.uniform(2, 14))
        before = _read(folder)
        kill(terminal)
    after = _read(folder)
    if not before <= after:
        raise Lost(f"{len(before - after)} answers of the sheet")
    return f"{len(after)} answers kept"


def _read(folder: Path) -> set[tuple[str, str]]:
    answers = lab_of(folder).answers(3, moderation.Answers)
    return {(str(number), text) for number, reading in enumerate(answers.readings) for text in reading.scores}


def opens(folder: Path) -> None:
    """Everything in the lab is read as it was written: nothing is set aside, and the next program has it."""
    lab = lab_of(folder)
    kinds = {1: batch_sizes, 2: subwords, 3: moderation, 4: translation, 5: summaries, 7: ethics}
    for number, module in kinds.items():
        lab.answers(number, module.Answers)
    aside = [path.name for path in (lab.folder / "exercises").glob("*.*.json")]
    if aside:
        raise Lost(f"set aside: {aside}")
    lab.log()
    for run in lab.runs.all():
        run.points()
    if claimed(folder) and lab.claim():
        raise Lost("the lab is still claimed by a program that was killed")
    lab.release()


SITUATIONS: dict[str, tuple[int, Callable[[Path, random.Random], str]]] = {
    "typing": (5, typing),
    "training": (3, training),
    "sheet": (2, sheet),
}
"""How many of ten kills each has."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    bad = 0
    print("| while    | kills | lost too much | worst, of those that are right |\n| --- | --- | --- | --- |")
    for name, (share, situation) in SITUATIONS.items():
        dice = random.Random(f"{chosen.seed} {name}")
        kills = max(1, chosen.kills * share // 10)
        lost, said = 0, []
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            for _ in range(kills):
                try:
                    said.append(situation(Path(folder), dice))
                    opens(Path(folder))
                except (Lost, TimeoutError, OSError) as error:
                    lost += 1
                    print(f"{name}: {error}", file=sys.stderr, flush=True)
        bad += lost
        worst = max(said, key=lambda text: int(text.split()[0]), default="")
        print(f"| {name:<8} | {kills:5} | {lost:13} | {worst:<30} |", flush=True)
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
