"""Whether a model of the list fits: what it takes where it is opened, beside what this program could have."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from fakes.gpus import FakeGpu, Machine
from transformers import AutoModelForSequenceClassification

from llm_tui.engine import gpus, room
from llm_tui.engine.gpus import Seen
from llm_tui.engine.job import Context, run_job
from llm_tui.foundation.job import ModelChoice
from llm_tui.foundation.labels_job import Sentiment
from llm_tui.foundation.models import ListModels

NAME = "own/tiny"


@pytest.fixture
def cached(no_hub: Path, folders: dict[str, Path]) -> Callable[[torch.dtype, bool], int]:
    """Puts a model into the cache of the hub whose weights are stored in a precision, pickled or not. Gives how many
    numbers they are.
    """

    def put(stored: torch.dtype, pickled: bool = False) -> int:
        repository = no_hub / f"models--{NAME.replace('/', '--')}"
        snapshot = Path(shutil.copytree(folders["distilbert"], repository / "snapshots" / ("a" * 40)))
        (repository / "refs").mkdir()
        (repository / "refs" / "main").write_text("a" * 40)
        model = AutoModelForSequenceClassification.from_pretrained(snapshot, dtype=stored)
        model.save_pretrained(snapshot)
        if pickled:
            (snapshot / "model.safetensors").unlink()
            torch.save(model.state_dict(), snapshot / "pytorch_model.bin")
        return int(model.num_parameters())

    return put


@pytest.fixture
def fits(context: Context) -> Callable[[str], bool | None]:
    def fits(device: str) -> bool | None:
        return next(model.fits for model in run_job(ListModels(device=device), context) if model.name == NAME)

    return fits


@pytest.fixture
def have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Says how many bytes are free on the CPU."""
    figures = tmp_path / "meminfo"
    monkeypatch.setattr(room, "MEMINFO", figures)

    def have(free: int) -> None:
        figures.write_text(f"MemTotal: 90000000 kB\nMemAvailable: {free // 1024} kB\n", encoding="ascii")

    return have


@pytest.mark.parametrize(("stored", "pickled"), [(torch.bfloat16, False), (torch.float16, True)])
def test_on_the_cpu_half_precision_is_opened_in_four_bytes_a_number(cached, fits, have, stored, pickled):
    numbers = cached(stored, pickled)
    have(3 * numbers)
    assert fits("cpu") is False
    have(7 * numbers)
    assert fits("cpu") is True


@pytest.fixture
def gpu(gpu_machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], None]:
    """Says how many bytes of the machine's one GPU, which calculates in bfloat16, are free, and this program's own."""

    def have(free: int, own: int = 0) -> None:
        gpu_machine.write(FakeGpu("GPU-aa", "NVIDIA L4", total := 24 * 10**9, total - free))
        monkeypatch.setattr(gpus, "seen", lambda: (Seen(0, "aa", "NVIDIA L4", total, own),))

    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (8, 9))
    return have


def test_on_a_gpu_that_has_it_float32_is_opened_in_two_bytes_a_number(cached, fits, gpu):
    numbers = cached(torch.float32)
    gpu(3 * numbers)
    assert fits("auto") is True
    gpu(2 * numbers)
    assert fits("auto") is False


def test_what_this_program_holds_of_a_gpu_is_let_go_for_a_model(cached, fits, gpu):
    numbers = cached(torch.float32)
    gpu(numbers, 2 * numbers)
    assert fits("auto") is True


def test_what_is_open_on_the_cpu_is_let_go_for_a_model(cached, fits, have, context: Context):
    numbers = cached(torch.bfloat16)
    have(10**9)
    run_job(Sentiment(("Every word is cut.",), ModelChoice(NAME, "cpu")), context)
    have(2 * numbers)
    assert fits("cpu") is True
    context.models.close_all()
    assert fits("cpu") is False


def test_of_weights_that_cannot_be_read_nobody_knows(cached, fits, have, monkeypatch: pytest.MonkeyPatch):
    cached(torch.float32)
    have(10**9)

    def forbidden(folder: Path) -> None:
        raise PermissionError

    monkeypatch.setattr("llm_tui.foundation.catalogue.held", forbidden)
    assert fits("cpu") is None
