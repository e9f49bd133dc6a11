"""A training goes on from its last step: stopped or not, the same weights come of it."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.signals import Ended
from llm_tui.teaching.loop import Plan, drawn, fit, in_turns, kept

PLAN = Plan(seed=3, steps=12, rate=0.05, warm_up=2, judged_each=4)


class Stopped(Exception):
    pass


def stopped() -> None:
    raise Stopped


def trained(
    folder: Path, stops: int | None = None, other: int = 0, stop: Callable[[], None] = stopped
) -> tuple[list[torch.Tensor], list[dict]]:
    """The weights of a small model after the plan, and its curve; stopped where the step `stops` begins."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.3), nn.Linear(8, 1))

    def batch(step: int) -> list[float]:
        if step == stops and step:
            stop()
        rng = random.Random(step + other)
        return [rng.random() for _ in range(4)]

    def loss(numbers: list[float]) -> torch.Tensor:
        return (model(torch.tensor([numbers])) - sum(numbers)).square().mean()

    def judge() -> dict[str, float]:
        return {"weights": sum(weight.abs().sum().item() for weight in model.parameters())}

    done = fit(model, torch.optim.AdamW(model.parameters()), batch, loss, PLAN, folder, judge)
    assert done.steps == PLAN.steps and done.seconds > 0
    return [weight.clone() for weight in model.state_dict().values()], done.curve


@pytest.mark.parametrize("stops", [1, 5, 11])
def test_a_training_that_was_stopped_gives_the_weights_of_one_that_was_not(stops, tmp_path, monkeypatch):
    whole, curve = trained(tmp_path / "whole")
    monkeypatch.setattr("llm_tui.teaching.loop.SAVED_EACH", -1.0)
    with pytest.raises(Stopped):
        trained(tmp_path / "parts", stops)
    said = []
    monkeypatch.setattr("builtins.print", lambda *words, **_: said.append(str(words[0])))
    parts, again = trained(tmp_path / "parts")
    assert said[0] == f"goes on from step {stops} of 12"
    assert all(torch.equal(one, other) for one, other in zip(whole, parts, strict=True))
    assert [point["step"] for point in curve] == [4, 8, 12] and again == curve


def test_a_training_that_is_told_to_end_keeps_its_last_step(tmp_path, monkeypatch):
    whole, _ = trained(tmp_path / "whole")
    with pytest.raises(Ended):
        trained(tmp_path / "parts", stops=5, stop=lambda: signal.raise_signal(signal.SIGINT))
    said = []
    monkeypatch.setattr("builtins.print", lambda *words, **_: said.append(str(words[0])))
    parts, _ = trained(tmp_path / "parts")
    assert said[0] == "goes on from step 6 of 12"
    assert all(torch.equal(one, other) for one, other in zip(whole, parts, strict=True))


def test_a_training_does_not_go_on_with_other_texts(tmp_path):
    trained(tmp_path)
    with pytest.raises(UserError, match="began with other texts"):
        trained(tmp_path, other=1)


def test_a_training_goes_on_on_its_device_alone(tmp_path, monkeypatch):
    """A GPU is how the weights are marked in the file: a machine without one reads them all the same."""
    monkeypatch.setattr("torch.serialization.location_tag", lambda storage: "cuda:0")
    trained(tmp_path)
    monkeypatch.undo()
    trained(tmp_path)
    state = torch.load(tmp_path / "state.pt", map_location="cpu", weights_only=True)
    torch.save({**state, "device": "cuda"}, tmp_path / "state.pt")
    with pytest.raises(UserError, match=r"began on the device cuda, and this one is on cpu: go on there, or remove"):
        trained(tmp_path)
    i18n.use("es")
    with pytest.raises(UserError, match=r"empezó en el dispositivo cuda y este está en cpu: siga allí, o elimine"):
        trained(tmp_path)


def test_what_earlier_versions_left_is_of_the_cpu(tmp_path):
    first, _ = trained(tmp_path)
    state = torch.load(tmp_path / "state.pt", weights_only=True)
    torch.save({name: value for name, value in state.items() if name != "device"}, tmp_path / "state.pt")
    again, _ = trained(tmp_path, stops=1)
    assert all(torch.equal(one, other) for one, other in zip(first, again, strict=True))


def test_the_command_draws_the_same_in_each_process(tmp_path):
    """The order of a set is another in each process, unless the process is told otherwise."""
    asked = "from llm_tui.teaching import __main__ as m; m.recipe = lambda name: type('R', (), {'train': lambda *a: "
    asked += "print(hash('a'), list({'b', 'c', 'd', 'e'}))}); m.pack_in = lambda folder: exit(); m.main()"
    command = [sys.executable, "-c", asked, "train", "t5", "--data", str(tmp_path)]
    said = {subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(3)}
    assert len(said) == 1 and "b" in said.pop()


def test_a_training_that_has_ended_is_not_made_again(tmp_path):
    first, _ = trained(tmp_path)
    again, _ = trained(tmp_path, stops=1)
    assert all(torch.equal(one, other) for one, other in zip(first, again, strict=True))


def test_the_rate_rises_stays_and_falls_to_nothing():
    plan = Plan(seed=0, steps=100, rate=1.0, warm_up=10, falls=0.7)
    factors = [plan.factor(step) for step in range(101)]
    assert factors[0] == pytest.approx(0.1) and factors[10:70] == [1.0] * 60
    assert factors[85] == pytest.approx(0.5) and factors[100] == 0
    assert factors[70:] == sorted(factors[70:], reverse=True)


def test_a_group_of_weights_learns_at_its_share_of_the_rate(tmp_path):
    model = nn.Linear(1, 1)
    before = [weights.item() for weights in model.parameters()]
    groups: list[dict[str, Any]] = [{"params": [model.weight]}, {"params": [model.bias], "share": 0.25}]

    fit(model, torch.optim.SGD(groups), lambda step: step, lambda _: model(torch.ones(1)).sum() / 10, PLAN, tmp_path)

    moved = [weights.item() - old for weights, old in zip(model.parameters(), before, strict=True)]
    assert moved[0] < 0 and moved[1] == pytest.approx(moved[0] / 4, rel=1e-3)


def test_a_training_that_is_made_longer_goes_as_it_went_and_begins_anew():
    short = Plan(seed=0, steps=100, rate=1.0, warm_up=10, falls=0.7)
    longer = replace(short, steps=300, again=(100,))
    assert [longer.factor(step) for step in range(100)] == [short.factor(step) for step in range(100)]
    second = [longer.factor(step) for step in range(100, 301)]
    assert second[0] == pytest.approx(0.1) and second[10:140] == [1.0] * 130 and second[200] == 0


@given(st.integers(0, 200), st.integers(1, 5))
def test_a_batch_is_drawn_by_its_number_alone(step: int, size: int):
    asked = [drawn(lambda rng: rng.random(), size, 7, lambda number: int(number * 10)) for _ in range(2)]
    for before in range(3):
        asked[1](before)
    assert asked[0](step) == asked[1](step) and len(asked[0](step)) == size


def test_each_turn_is_made_once_and_has_everything_in_another_order():
    made = []

    def make(rng: random.Random) -> list[int]:
        made.append(rng.sample(range(50), 50))
        return made[-1]

    batch = in_turns(make, 9)
    turns = [[batch(50 * turn + step) for step in range(50)] for turn in range(3)]
    assert len(made) == 3 and turns == made
    assert all(sorted(turn) == list(range(50)) for turn in turns) and turns[0] != turns[1] != turns[2]


def test_things_of_like_length_are_drawn_together():
    batch = drawn(lambda rng: "x" * rng.randrange(100), 4, 1, len)
    for block in range(3):
        groups = sorted(sorted(map(len, batch(8 * block + step))) for step in range(8))
        assert all(one[-1] <= other[0] for one, other in pairwise(groups))


def test_another_file_is_another_training(tmp_path):
    data = tmp_path / "data.tsv"
    data.write_text("one")
    first = kept("t5", [data], ["t5"], ["pairs"])
    assert first == kept("t5", [data], ["t5"], ["pairs"]) and first.name.startswith("t5-")
    assert first != kept("t5", [data], ["t5"], ["stories"])
    data.write_text("two")
    assert first != kept("t5", [data], ["t5"], ["pairs"])
