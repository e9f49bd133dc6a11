"""Devices: what a person may write, and what becomes of it on this machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from fakes.gpus import GB, Fail, FakeGpu, Machine
from hypothesis import given
from hypothesis import strategies as st

from llm_tui import i18n
from llm_tui.engine import devices, gpus
from llm_tui.engine.devices import Device, choose, parse
from llm_tui.engine.gpus import Seen
from llm_tui.errors import UserError


@pytest.mark.parametrize("wanted", ["auto", "cpu", "cuda", "cuda:0", "cuda:12"])
def test_a_device_is_understood_however_it_is_typed(wanted: str) -> None:
    assert parse(wanted) == wanted
    assert parse(f" {wanted.upper()}\n") == wanted


@pytest.mark.parametrize("wanted", ["", "gpu", "cuda:", "cuda:-1", "cuda:1.5", "cuda 1", "cpu:0", "mps", "cuda:99999"])
def test_anything_else_is_refused_with_what_to_write_instead(wanted: str) -> None:
    with pytest.raises(UserError, match="write auto, cpu, cuda or cuda:0"):
        parse(wanted)
    i18n.use("es")
    with pytest.raises(UserError, match="escriba auto, cpu, cuda o cuda:0"):
        parse(wanted)


@given(st.text())
def test_whatever_is_typed_is_a_device_or_a_mistake_told_in_one_line(wanted: str) -> None:
    try:
        assert parse(wanted).startswith(("auto", "cpu", "cuda"))
    except UserError as error:
        assert len(str(error).splitlines()) == 1


@pytest.fixture(autouse=True)
def fresh(monkeypatch) -> None:
    """`auto` has taken nothing yet, and CUDA sees everything."""
    monkeypatch.setattr(devices, "_taken", "")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


@pytest.fixture
def no_cuda(monkeypatch) -> None:
    monkeypatch.setattr(gpus, "seen", tuple)


@pytest.fixture
def one_gpu(monkeypatch) -> None:
    monkeypatch.setattr(gpus, "seen", lambda: (Seen(0, "1", "NVIDIA H200", 139 * GB),))


def test_without_a_gpu_auto_is_the_processor(no_cuda) -> None:
    assert choose("auto") == choose("cpu") == Device("cpu", "CPU")


@pytest.mark.parametrize("wanted", ["cuda", "cuda:3"])
def test_an_absent_gpu_is_said_in_one_sentence_with_the_reason(no_cuda, wanted: str) -> None:
    with pytest.raises(UserError, match=rf"The device {wanted} is not there \(.+\): choose auto or cpu\.$"):
        choose(wanted)
    i18n.use("es")
    with pytest.raises(UserError, match=rf"El dispositivo {wanted} no está disponible \(.+\): elija auto o cpu\.$"):
        choose(wanted)


def test_with_a_gpu_auto_takes_it_and_the_processor_is_still_there(one_gpu) -> None:
    assert choose("auto") == choose("cuda") == choose("cuda:0") == Device("cuda:0", "cuda:0 NVIDIA H200", "1")
    assert choose("cpu") == Device("cpu", "CPU")


def test_a_second_gpu_that_is_not_there_is_refused(one_gpu) -> None:
    with pytest.raises(UserError, match=r"cuda:1 is not there \(1 CUDA\)"):
        choose("cuda:1")


# Several GPUs, with the driver's figures.

BIG, SMALL = FakeGpu("GPU-aa", "NVIDIA H200", 139 * GB), FakeGpu("GPU-bb", "NVIDIA L4", 24 * GB)


def see(monkeypatch: pytest.MonkeyPatch, *there: Seen) -> None:
    monkeypatch.setattr(gpus, "seen", lambda: there)


@pytest.fixture
def two(gpu_machine: Machine, monkeypatch) -> Machine:
    """torch has them the other way round than the driver."""
    see(monkeypatch, Seen(0, "bb", "NVIDIA L4", 24 * GB), Seen(1, "aa", "NVIDIA H200", 139 * GB))
    return gpu_machine


def test_auto_takes_the_gpu_with_the_most_free_memory_and_says_why(two: Machine):
    two.write(replace(BIG, used=130 * GB), replace(SMALL, used=2 * GB))
    assert choose("auto") == Device("cuda:0", "cuda:0 NVIDIA L4", "bb", "22.0 GB free, the most of 2 GPUs")
    i18n.use("es")
    assert choose("auto").why == "22.0 GB libres, la que más tiene de 2 GPU"


def test_what_is_asked_for_by_number_is_taken_however_full_it_is(two: Machine):
    two.write(replace(BIG, used=139 * GB), SMALL)
    assert choose("cuda:1") == Device("cuda:1", "cuda:1 NVIDIA H200", "aa")


def test_auto_stays_where_it_was_until_there_is_much_more_room_elsewhere(two: Machine):
    """The runs of one table are on one device, unless that has become full."""
    two.write(replace(BIG, used=100 * GB), SMALL)
    assert choose("auto").name == "cuda:1"
    two.write(replace(BIG, used=120 * GB), SMALL)
    assert (choose("auto").name, choose("auto").why) == ("cuda:1", "this program is on it already")
    two.write(replace(BIG, used=130 * GB), SMALL)
    assert choose("auto").name == "cuda:0"


def test_what_this_program_holds_itself_counts_as_free(two: Machine, monkeypatch):
    two.write(replace(BIG, used=130 * GB), SMALL)
    see(monkeypatch, Seen(0, "bb", "NVIDIA L4", 24 * GB), Seen(1, "aa", "NVIDIA H200", 139 * GB, own=90 * GB))
    assert choose("auto").name == "cuda:1"


def test_where_the_driver_says_nothing_auto_takes_the_first_and_says_so(two: Machine):
    two.write(fails=(Fail(9),))
    assert choose("auto").name == "cuda:0"
    assert choose("auto").why == "the first, for nobody knows what is free (NVIDIA's driver is not loaded)"


def test_where_the_driver_knows_other_gpus_than_torch_auto_takes_the_first(two: Machine):
    two.write(FakeGpu("GPU-cc"))
    assert choose("auto").why == "the first, for nobody knows what is free"


def test_of_two_gpus_one_is_lost_and_auto_takes_the_other(two: Machine):
    two.write(BIG)  # the driver has no other any more
    assert choose("auto").name == "cuda:1"


def test_a_slice_is_found_by_its_own_uuid_and_by_that_of_its_gpu(gpu_machine: Machine, monkeypatch):
    parts = (
        FakeGpu("MIG-1", "NVIDIA A100 MIG 1g.5gb", 5 * GB, 4 * GB),
        FakeGpu("MIG-2", "NVIDIA A100 MIG 3g.20gb", 20 * GB, 2 * GB),
    )
    gpu_machine.write(FakeGpu("GPU-cc", "NVIDIA A100", 40 * GB, slices=parts), replace(SMALL, used=10 * GB))
    see(monkeypatch, Seen(0, "2", "NVIDIA A100 MIG 3g.20gb", 20 * GB), Seen(1, "bb", "NVIDIA L4", 24 * GB))
    assert choose("auto").why == "18.0 GB free, the most of 2 GPUs"
    older = Seen(0, "cc", "NVIDIA A100 MIG 3g.20gb", 20 * GB)  # what torch says of it before CUDA 12
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "MIG-2")
    found = gpus.look((older,))
    assert found.free(older) == 18 * GB
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    assert gpus.look((older,)).free(older) == 1 * GB  # CUDA takes the first


@pytest.mark.parametrize("hidden", ["", "-1"])
def test_a_gpu_that_is_hidden_is_said_to_be(no_cuda, monkeypatch, hidden: str):
    import torch

    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", hidden)
    assert choose("auto") == devices.CPU
    with pytest.raises(UserError, match=rf"\(CUDA_VISIBLE_DEVICES={hidden} hides every GPU\)"):
        choose("cuda")


def test_a_number_that_cuda_visible_devices_leaves_no_room_for_is_refused_with_it(one_gpu, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "GPU-aa")
    with pytest.raises(UserError, match=r"cuda:1 is not there \(1 CUDA, CUDA_VISIBLE_DEVICES=GPU-aa\)"):
        choose("cuda:1")


def test_what_torch_sees_is_read_from_torch(monkeypatch):
    """The seam of all these tests, with a torch that has GPUs."""
    import torch

    class Properties:
        uuid, name, total_memory, major, minor = "0f0f", "NVIDIA H200", 139 * GB, 9, 0

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "init", lambda: None)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda index: Properties)
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda index: index * GB)
    assert gpus.seen() == (
        Seen(0, "0f0f", "NVIDIA H200", 139 * GB, 0),
        Seen(1, "0f0f", "NVIDIA H200", 139 * GB, 1 * GB),
    )


def torch_sees(monkeypatch: pytest.MonkeyPatch, built: list[str], *capabilities: tuple[int, int]) -> None:
    """A torch that was built for some GPUs, on a machine with GPUs of these compute capabilities."""
    import torch

    def properties(index: int) -> SimpleNamespace:
        major, minor = capabilities[index]
        return SimpleNamespace(uuid=str(index), name=f"GPU {major}.{minor}", total_memory=GB, major=major, minor=minor)

    fakes: dict[str, Callable[..., Any]] = {
        "is_available": lambda: True, "device_count": lambda: len(capabilities), "memory_reserved": lambda index: 0,
        "get_device_properties": properties, "get_arch_list": lambda: built, "init": lambda: None,
    }  # fmt: skip
    for name, fake in fakes.items():
        monkeypatch.setattr(torch.cuda, name, fake)
    monkeypatch.setattr(torch.version, "cuda", "13.0")


@pytest.mark.parametrize(
    ("built", "capability", "runs"),
    [
        (["sm_75", "sm_80", "sm_90"], (7, 0), False),
        (["sm_75", "sm_80", "sm_90"], (7, 5), True),
        (["sm_75", "sm_80", "sm_90"], (8, 6), True),
        (["sm_86"], (8, 0), False),
        (["sm_90"], (12, 0), False),
        (["sm_75", "sm_120"], (12, 1), True),
        (["sm_90", "compute_90"], (12, 0), True),
        (["sm_90", "compute_90"], (8, 0), False),
        (["gfx90a"], (9, 0), True),
        ([], (6, 1), True),
    ],
)
def test_auto_takes_a_gpu_that_torch_has_kernels_for(monkeypatch, built, capability, runs):
    torch_sees(monkeypatch, built, capability)
    assert (choose("auto").name == "cuda:0") is runs


def test_a_gpu_without_kernels_is_left_out_and_keeps_its_number(gpu_machine: Machine, monkeypatch):
    """The driver gives it the most free memory."""
    gpu_machine.write(FakeGpu("GPU-0", total=90 * GB), FakeGpu("GPU-1", total=8 * GB), FakeGpu("GPU-2", total=9 * GB))
    torch_sees(monkeypatch, ["sm_75", "sm_80"], (6, 1), (7, 5), (8, 9))
    assert choose("auto").name == "cuda:2"
    assert (choose("cuda").name, choose("cuda:1").name, choose("cuda:2").name) == ("cuda:1", "cuda:1", "cuda:2")
    with pytest.raises(UserError, match=r"cuda:0 is not there \(this torch has no kernels for GPU 6\.1\): choose auto"):
        choose("cuda:0")
    i18n.use("es")
    with pytest.raises(UserError, match=r"cuda:0 no está disponible \(este torch no tiene kernels para GPU 6\.1\)"):
        choose("cuda:0")


def test_where_torch_has_kernels_for_none_that_is_the_reason(monkeypatch):
    torch_sees(monkeypatch, ["sm_75", "sm_80"], (6, 1))
    assert choose("auto") == devices.CPU
    assert devices.no_cuda_reason() == "this torch has no kernels for GPU 6.1"
    with pytest.raises(UserError, match=r"\(this torch has no kernels for GPU 6\.1\)"):
        choose("cuda")


def test_where_cuda_does_not_start_there_is_no_gpu_and_the_reason_is_torchs(monkeypatch):
    import torch

    def busy(*_: object) -> None:
        raise RuntimeError("CUDA error: all CUDA-capable devices are busy or unavailable\nand more")

    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "get_device_properties", busy)
    monkeypatch.setattr(torch.cuda, "init", busy)
    assert gpus.seen() == ()
    with pytest.raises(UserError, match=r"\(CUDA error: all CUDA-capable devices are busy or unavailable\)"):
        choose("cuda")


def test_gpus_are_counted_once_cuda_has_started(monkeypatch):
    """Of two GPUs in MIG slices CUDA sees one slice, and the driver both."""
    import torch

    torch_sees(monkeypatch, ["sm_90"], (9, 0))
    started = list[bool]()
    monkeypatch.setattr(torch.cuda, "init", lambda: started.append(True))
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1 if started else 2)
    assert [one.index for one in gpus.seen()] == [0]


@pytest.mark.parametrize("error", [RuntimeError("CUDA error: unknown error"), AssertionError("Invalid device id")])
def test_a_gpu_that_does_not_answer_is_left_out_and_the_others_stay(monkeypatch, error):
    import torch

    torch_sees(monkeypatch, ["sm_90"], (9, 0), (9, 0), (9, 0))
    properties = torch.cuda.get_device_properties

    def ask(index: int) -> Any:
        if index == 1:
            raise error
        return properties(index)

    monkeypatch.setattr(torch.cuda, "get_device_properties", ask)
    assert [one.index for one in gpus.seen()] == [0, 2]


COMBINATION = "Error 803: system has unsupported display driver / cuda driver combination"


@pytest.mark.parametrize(
    ("kind", "said", "why"),
    [
        (
            "DeferredCudaCallError",
            "CUDA call failed lazily at initialization with error: Invalid device id\n\nCUDA call was invoked at:",
            "CUDA call failed lazily at initialization with error: Invalid device id",
        ),
        (
            "AcceleratorError",
            "Unexpected error from cudaGetDeviceCount(). Did you run some cuda functions before calling "
            f"NumCudaDevices() that might have already set an error? {COMBINATION}\nmore",
            COMBINATION,
        ),
    ],
)
def test_what_cuda_does_not_start_on_is_told_in_its_own_words(monkeypatch, kind: str, said: str, why: str):
    import torch

    torch_sees(monkeypatch, ["sm_90"], (9, 0))

    def start() -> None:
        raise getattr(torch.cuda, kind)(said)

    monkeypatch.setattr(torch.cuda, "init", start)
    assert gpus.seen() == ()
    assert devices.no_cuda_reason() == why
