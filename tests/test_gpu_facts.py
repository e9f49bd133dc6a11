"""The GPUs as a person reads them: figures, slices, who holds them, and what of them this program sees."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from fakes.gpus import GB, Fail, FakeGpu, Machine

from llm_tui import i18n
from llm_tui.config import give
from llm_tui.engine import gpus
from llm_tui.engine.gpus import Gpus, Seen
from llm_tui.engine.holders import Holder
from llm_tui.gpu_facts import choices, gpu_facts

ANA = Holder(4242, "ana", "python", datetime(2025, 3, 1, 12, 5))

BUSY = FakeGpu(
    "GPU-aa", "NVIDIA H200", 141 * GB, 98 * GB, load=93, temperature=71, power=612.4, processes=((4242, 97 * GB),)
)
FREE = FakeGpu("GPU-bb", "NVIDIA GeForce RTX 4090", 24 * GB, 1 * GB)
SLICED = FakeGpu(
    "GPU-cc", "NVIDIA A100", 40 * GB, 6 * GB, load=None,
    slices=(
        FakeGpu("MIG-1", "NVIDIA A100 MIG 1g.5gb", 5 * GB, 4 * GB, processes=((4242, 4 * GB), (7, None))),
        FakeGpu("MIG-2", "NVIDIA A100 MIG 3g.20gb", 20 * GB, 2 * GB),
    ),
)  # fmt: skip
ONE, TWO = Seen(0, "bb", "NVIDIA GeForce RTX 4090", 24 * GB), Seen(1, "aa", "NVIDIA H200", 141 * GB)


@pytest.fixture(autouse=True)
def people(monkeypatch) -> None:
    known = {4242: ANA, 7: Holder(7, hidden=True)}
    monkeypatch.setattr(gpus, "holders", lambda pids: {pid: known[pid] for pid in pids})
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


def test_each_gpu_is_listed_under_the_number_that_torch_has_for_it(gpu_machine: Machine):
    gpu_machine.write(BUSY, FREE)
    found = gpus.look((ONE, TWO))
    assert gpu_facts(found) == [
        ("cuda:1", "H200, 43.0 free of 141.0 GB, load 93 %, 71 °C, 612 W"),
        ("", "ana: python (4242), 97.0 GB, since 2025-03-01 12:05"),
        ("cuda:0", "RTX 4090, 23.0 free of 24.0 GB, load 0 %, 30 °C, 70 W"),
    ]
    i18n.use("es")
    assert gpu_facts(found)[:2] == [
        ("cuda:1", "H200, 43.0 libres de 141.0 GB, carga 93 %, 71 °C, 612 W"),
        ("", "ana: python (4242), 97.0 GB, desde el 2025-03-01 12:05"),
    ]


def test_of_a_process_that_began_today_the_hour_is_told(gpu_machine: Machine, monkeypatch):
    gpu_machine.write(BUSY)
    today = datetime.now()
    monkeypatch.setattr(gpus, "holders", lambda pids: {4242: replace(ANA, since=today)})
    told = gpu_facts(gpus.look((TWO,)))[1][1]
    if datetime.now().date() == today.date():
        assert told.endswith(f"97.0 GB, since {today:%H:%M}")


def test_slices_are_listed_under_their_gpu_by_their_own_figures(gpu_machine: Machine):
    gpu_machine.write(SLICED)
    assert gpu_facts(gpus.look((Seen(0, "2", "NVIDIA A100 MIG 3g.20gb", 20 * GB),))) == [
        ("GPU 0", "A100, 34.0 free of 40.0 GB, 30 °C, 70 W"),
        ("", "MIG 1g.5gb, 1.0 free of 5.0 GB"),
        ("", "  ana: python (4242), 4.0 GB, since 2025-03-01 12:05"),
        ("", "  another user (process 7)"),
        ("cuda:0", "MIG 3g.20gb, 18.0 free of 20.0 GB"),
    ]


def test_what_cuda_visible_devices_hides_is_seen_all_the_same(gpu_machine: Machine, monkeypatch):
    gpu_machine.write(replace(BUSY, processes=()), FREE)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "GPU-bb")
    first, second = gpu_facts(gpus.look((ONE,)))
    assert first == ("GPU 0", "H200, 43.0 free of 141.0 GB, load 93 %, 71 °C, 612 W; hidden from this program")
    assert second[0] == "cuda:0"
    assert gpu_facts(gpus.look(()))[1][0] == "GPU 1"  # this torch sees none: the line on CUDA says why


def test_a_gpu_that_is_lost_is_named_with_what_torch_knows_of_it(gpu_machine: Machine):
    gpu_machine.write(BUSY, fails=(Fail(15),))
    assert gpu_facts(gpus.look((TWO,))) == [
        ("cuda:1", "H200, 141.0 GB"),
        ("NVML", "it does not answer any more: it must be reset, or the machine started again"),
    ]
    gpu_machine.write(fails=(Fail(12),))
    assert gpu_facts(gpus.look(())) == []  # there is none, and nobody misses it


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (18, "NVIDIA's driver was replaced while it ran: the machine must be started again"),
        (9, "NVIDIA's driver is not loaded"),
    ],
)
def test_a_driver_that_is_there_and_does_not_work_says_why(gpu_machine: Machine, code: int, said: str):
    gpu_machine.write(BUSY, fails=(Fail(code),))
    assert gpu_facts(gpus.look(())) == [("NVML", said)]


def test_names_of_devices_and_programs_are_safe_to_show(gpu_machine: Machine, monkeypatch):
    bad = Holder(4242, "ana\x1b[2J", "py\u202ethon")
    monkeypatch.setattr(gpus, "holders", lambda pids: {4242: bad})
    gpu_machine.write(replace(BUSY, name="NVIDIA \x1b[31mH200"))
    (_, figures), (_, holder) = gpu_facts(gpus.look((TWO,)))
    assert figures.startswith("␛[31mH200, ")
    assert holder == "ana␛[2J: py⟨202E⟩thon (4242), 97.0 GB"


def test_a_list_to_choose_from_has_auto_the_cpu_and_each_gpu_with_who_holds_it(gpu_machine: Machine):
    gpu_machine.write(BUSY, FREE, SLICED)
    auto, cpu, busy, free, sliced = choices(gpus.look((ONE, TWO)))
    assert auto.lines == ("takes cuda:1 NVIDIA H200: 43.0 GB free, the most of 2 GPUs",)
    assert cpu.name == "cpu"
    assert (busy.name, len(busy.lines), busy.can_be_taken) == ("cuda:1", 2, True)
    assert (free.name, free.can_be_taken) == ("cuda:0", True)
    assert (sliced.name, sliced.can_be_taken, len(sliced.lines)) == ("GPU 2", False, 5)
    assert [one.name for one in choices(Gpus())] == ["auto", "cpu"]
    assert choices(Gpus())[0].lines == ("takes CPU",)
    assert [one.name for one in choices(None)] == ["auto"]


@pytest.mark.parametrize(
    ("device", "english", "spanish"),
    [
        ("cpu", "takes CPU", "toma CPU"),
        ("cuda:0", "takes cuda:0 NVIDIA GeForce RTX 4090", "toma cuda:0 NVIDIA GeForce RTX 4090"),
        ("cuda:5", "takes cuda:5, which is not there", "toma cuda:5, que no está disponible"),
    ],
)
def test_auto_is_in_the_list_what_the_person_has_set(gpu_machine: Machine, device: str, english: str, spanish: str):
    give([f"device={device}"])
    gpu_machine.write(BUSY, FREE)
    for language, said in (("en", english), ("es", spanish)):
        i18n.use(language)
        assert choices(gpus.look((ONE, TWO)))[0].lines == (said,)
