"""From a key to another main screen: the first time, and when both were there; beside two empty screens of Textual."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from llm_tui.bench.asked import Asked
from llm_tui.bench.figure import Figure
from llm_tui.bench.measure import Spent
from llm_tui.bench.program import EMPTY_APP, PAINTED, has_torch, pressed, program, rests, settle, urgent
from llm_tui.bench.terminal import Terminal
from llm_tui.i18n import Text
from llm_tui.modes import MODES

FIRST, CHANGE = 0.12, 0.06
QUIET = 2.0
"""Seconds: a person has looked at home before they go on."""

KEYS = {"f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~", "f6": "\x1b[17~", "f7": "\x1b[18~"}
ONLY_THERE = {
    "home": "Environment",
    "train": "train rows",
    "play": "Tasks",
    "tokens": "Tokenizers",
    "ethics": "Checklist",
    "report": "Document",
}
"""What nothing shows but the screen itself, far from its upper edge."""

Turn = dict[str, Spent]


def measure(asked: Asked) -> Iterator[Figure]:
    """From key to screen through a pty; in brackets what the processors did until then."""
    urgent()
    names = [mode.name for mode in MODES if mode.name != MODES[0].name][: 1 if asked.small else None]
    ours, theirs = [], []
    for _ in range(asked.pairs + (not asked.small)):
        ours.append(_ours(names, asked.small))
        theirs.append(_empty())
    if not asked.small:  # the first ones wrote bytecode and filled the page cache
        del ours[0], theirs[0]
    beside = Text("an empty screen", "una pantalla vacía")
    for mode in (mode for mode in MODES if f"first {mode.name}" in ours[0]):
        what = Text("first visit: {tab}", "primera visita: {tab}").format(tab=mode.tab)
        yield _figure(what, f"first {mode.name}", ours, beside, theirs, FIRST)
    for mode in (mode for mode in MODES if mode.name in ours[0]):
        what = Text("change to {tab}", "cambio a {tab}").format(tab=mode.tab)
        yield _figure(what, mode.name, ours, beside, theirs, CHANGE)
    yield Figure(
        what=Text("first visit as soon as home is there: {tab}", "primera visita, recién abierto: {tab}").format(
            tab=MODES[1].tab
        ),
        ours=_median("at once", ours),
        note=Text("nothing of it was imported before, and torch is", "nada suyo se ha importado, y torch sí"),
    )


def _figure(what: Text, name: str, ours: Sequence[Turn], beside: Text, theirs: Sequence[Turn], goal: float) -> Figure:
    kind = "first" if name.startswith("first ") else "again"
    return Figure(what=what, ours=_median(name, ours), reference=beside, theirs=_median(kind, theirs), goal=goal)


def _median(name: str, turns: Sequence[Turn]) -> Spent:
    found = [turn[name] for turn in turns]
    return Spent(statistics.median(one.wall for one in found), statistics.median(one.cpu for one in found))


def _ours(names: Sequence[str], small: bool) -> Turn:
    turn: Turn = {}
    with program() as terminal:
        terminal.wait_for(PAINTED)
        turn["at once"] = _to(terminal, names[0])
    with program() as terminal:
        terminal.wait_for(PAINTED)
        if not small:
            terminal.wait_for(has_torch)
            settle(terminal, QUIET)
        for name in names:
            turn[f"first {name}"] = _to(terminal, name)
            terminal.wait_for(rests)  # the tokenizers are loaded when theirs is shown: that is no cost of the next one
            settle(terminal, QUIET / 2)
        for name in (MODES[0].name, *names):
            turn[name] = _to(terminal, name)
            settle(terminal, QUIET / 4)
    return turn


def _to(terminal: Terminal, name: str) -> Spent:
    mode = next(mode for mode in MODES if mode.name == name)

    def there(now: Terminal) -> bool:
        return f"[{mode.tab.en}]" in now.row(0) and ONLY_THERE[name] in now.text()

    return pressed(terminal, KEYS[mode.key], there)


def _empty() -> Turn:
    with program(EMPTY_APP) as terminal:
        terminal.wait_for("nothing here")
        settle(terminal, QUIET / 4)
        first = pressed(terminal, KEYS["f3"], "nothing there")
        settle(terminal, QUIET / 4)
        pressed(terminal, KEYS["f2"], "nothing here")
        settle(terminal, QUIET / 4)
        return {"first": first, "again": pressed(terminal, KEYS["f3"], "nothing there")}
