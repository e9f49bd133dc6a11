"""How jobs end that an engine cannot help: no memory, and a GPU of which this process has no more use."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
import torch

from llm_tui import i18n
from llm_tui.classifier.job import Training
from llm_tui.engine import failures
from llm_tui.engine.devices import CPU, Device, choose
from llm_tui.engine.engine import Engine
from llm_tui.engine.events import Event, Failed, Finished
from llm_tui.engine.job import Context
from llm_tui.errors import UserError
from llm_tui.i18n import Text

LONG = 60.0

ASSERT = """CUDA error: device-side assert triggered
Search for `cudaErrorAssert' in the documentation for more information.
CUDA kernel errors might be asynchronously reported at some other API call."""
"""As torch words it."""

CUBLAS = "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm( handle, opa, opb, m, n, k)`"
NO_KERNEL = """CUDA error: no kernel image is available for execution on the device
Search for `cudaErrorNoKernelImageForDevice' in the documentation for more information."""
IN_USE = "CUDA error: CUDA-capable device(s) is/are busy or unavailable"
REFUSED = "CUDA error: invalid configuration argument"
NO_COMPILER = "nvrtc: error: failed to open libnvrtc-builtins.so.13.0."
NVRTC = "CUDA NVRTC error: NVRTC_ERROR_BUILTIN_OPERATION_FAILURE"
LAUNCH = "CUDA driver error: unspecified launch failure"


@dataclass(frozen=True)
class Do:
    kind: ClassVar[str] = "do"
    name: ClassVar[Text] = Text("do", "hacer")
    imports: ClassVar[tuple[str, ...]] = ()
    runner: ClassVar[str] = f"{__name__}:do"

    what: Callable[[], Any]

    def title(self) -> str:
        return "doing"


def do(job: Do, context: Context) -> Any:
    context.models.keep(("model", len(context.models.keys("model"))), "a model")
    return job.what()


def on_cuda() -> str:
    return choose("cuda").name


PROPERTIES = SimpleNamespace(uuid="0", name="GPU", total_memory=2**33, major=9, minor=0)


class Gpu:
    """One GPU, which torch has in use, and which fails at each call once it is `broken`, as CUDA does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch):
        self.broken = ""
        self.calls: list[str] = []
        fakes: dict[str, Callable[..., Any]] = {
            "is_available": lambda: True, "is_initialized": lambda: True, "device_count": lambda: 1,
            "memory_reserved": lambda index: 2**20, "get_device_properties": lambda index: PROPERTIES,
            "synchronize": lambda index: self._call("synchronize"), "empty_cache": lambda: self._call("empty_cache"),
        }  # fmt: skip
        for name, fake in fakes.items():
            monkeypatch.setattr(torch.cuda, name, fake)
        monkeypatch.setattr(failures, "_lost", "")

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if self.broken:
            raise torch.AcceleratorError(self.broken)

    def fail(self, said: str, for_good: bool = True) -> Callable[[], Any]:
        """What a job does that ends with a CUDA error."""

        def fail() -> None:
            self.broken = said if for_good else ""
            raise torch.AcceleratorError(said)

        return fail


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> Gpu:
    return Gpu(monkeypatch)


def endings(*whats: Callable[[], Any], models: list[int] | None = None) -> list[Event]:
    """How jobs end that do this, one after the other, in one engine."""
    events: list[Event] = []
    with Engine() as engine:
        for what in whats:
            engine.submit(Do(what), events.append)
        assert engine.wait(LONG)
    return [event for event in events if isinstance(event, Finished | Failed)]


def as_a_model_fails(what: Callable[[], Any]) -> Callable[[], Any]:
    """The error comes as a sentence about a model, and from it."""

    def fail() -> None:
        try:
            what()
        except RuntimeError as error:
            raise UserError("The model cannot be used.") from error

    return fail


@pytest.mark.parametrize("said", [ASSERT, CUBLAS, LAUNCH])
@pytest.mark.parametrize("way", [lambda what: what, as_a_model_fails])
@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_gpu_that_is_lost_is_said_by_every_job_for_it_and_the_cpu_works(gpu: Gpu, said: str, way, language) -> None:
    i18n.use(language)
    first, then, automatic, cpu = endings(
        way(gpu.fail(said)), on_cuda, lambda: choose("auto").name, lambda: choose("cpu").name
    )
    assert isinstance(first, Failed) and first.kind == "GpuLost"
    assert said.splitlines()[0] in first.message and "\n" not in first.message
    assert ("start llm-tui again" if language == "en" else "reinicie llm-tui") in first.message
    assert [(event.kind, event.message) for event in (then, automatic) if isinstance(event, Failed)] == [
        (first.kind, first.message)
    ] * 2
    assert isinstance(cpu, Finished) and cpu.result == "cpu"


def test_nothing_is_asked_of_a_gpu_that_is_lost(gpu: Gpu) -> None:
    def in_need() -> None:
        raise MemoryError

    asked = len(gpu.calls)
    lost, memory = endings(gpu.fail(ASSERT), in_need)
    assert isinstance(lost, Failed) and isinstance(memory, Failed)
    assert memory.kind == "OutOfMemory"
    assert gpu.calls[asked:] == ["synchronize"]


@pytest.mark.parametrize("said", [NO_KERNEL, IN_USE, REFUSED, NO_COMPILER, NVRTC])
@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_an_error_of_a_gpu_that_works_on_is_no_defect_and_the_cpu_is_the_way_out(gpu: Gpu, said: str, language) -> None:
    i18n.use(language)
    failed, after = endings(gpu.fail(said, for_good=False), on_cuda)
    assert isinstance(failed, Failed) and failed.kind == "GpuFailed"
    assert said.splitlines()[0] in failed.message and "\n" not in failed.message
    assert ("choose the device cpu" if language == "en" else "elija el dispositivo cpu") in failed.message
    assert isinstance(after, Finished) and after.result == "cuda:0"


def test_what_was_said_of_a_model_stays_where_the_gpu_works_on(gpu: Gpu) -> None:
    (failed,) = endings(as_a_model_fails(gpu.fail(REFUSED, for_good=False)))
    assert isinstance(failed, Failed) and failed.message == "The model cannot be used."


def test_a_mistake_of_a_person_is_told_as_such_on_a_lost_gpu(gpu: Gpu) -> None:
    def mistaken() -> None:
        raise UserError("The text is empty.")

    _, mistake = endings(gpu.fail(ASSERT), mistaken)
    assert isinstance(mistake, Failed) and mistake.message == "The text is empty."


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 8 GiB"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes."),
        torch.AcceleratorError("CUDA error: out of memory\nCompile with TORCH_USE_CUDA_DSA"),
        RuntimeError("CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`"),
        RuntimeError("CUDA driver error: out of memory"),
    ],
)
@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_lack_of_memory_is_said_whatever_ran_out_of_it_and_what_is_open_is_let_go(
    gpu: Gpu, caplog: pytest.LogCaptureFixture, error: BaseException, language: str
) -> None:
    i18n.use(language)
    open_after: list[int] = []

    def fail() -> None:
        raise error

    with Engine() as engine:
        events: list[Event] = []
        engine.submit(Do(fail), events.append)
        engine.submit(Do(lambda: None), events.append)
        assert engine.wait(LONG)
        open_after.append(len(engine._models.of("model")))
    failed = next(event for event in events if isinstance(event, Failed))
    assert failed.kind == "OutOfMemory"
    assert ("enough memory" if language == "en" else "memoria suficiente") in failed.message
    assert "\n" not in failed.message and "DSA" not in failed.message
    assert ("cpu" in failed.message) == ("CUDA" in str(error))  # it is no help where the CPU's memory is full
    assert open_after == [1]  # that of the second job
    assert "empty_cache" in gpu.calls
    assert any(record.exc_info for record in caplog.records if record.levelno == logging.ERROR)


def test_a_training_without_memory_says_what_to_do(monkeypatch: pytest.MonkeyPatch, gpu: Gpu) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")

    monkeypatch.setattr("llm_tui.classifier.training.build", full)
    events: list[Event] = []
    with Engine() as engine:
        engine.submit(Training(train_size=20, test_size=20, device="cpu"), events.append)
        assert engine.wait(LONG)
    failed = events[-1]
    assert isinstance(failed, Failed) and failed.kind == "OutOfMemory"
    assert "choose a smaller batch or the device cpu" in failed.message


# What a job has worked on.


CUDA = Device("cuda:0", "cuda:0 GPU", "0")


@dataclass(frozen=True)
class DoOn(Do):
    runner: ClassVar[str] = f"{__name__}:do_on"

    device: Device = CUDA


def do_on(job: DoOn, context: Context) -> Any:
    context.placed(job.device)
    return do(job, context)


def mistaken() -> None:
    raise UserError("The text is empty.")


def after(job: Do) -> tuple[Event, int]:
    """How a job ends, and how many models are open then."""
    events: list[Event] = []
    with Engine() as engine:
        engine.submit(job, events.append)
        assert engine.wait(LONG)
        return events[-1], len(engine._models.of("model"))


@pytest.mark.parametrize(("what", "ends"), [(lambda: None, Finished), (mistaken, Failed)])
def test_a_job_gives_back_what_it_has_worked_on_to_those_who_share_the_gpu_and_models_stay(
    gpu: Gpu, what: Callable[[], Any], ends: type[Event]
) -> None:
    ending, models = after(DoOn(what))
    assert isinstance(ending, ends) and models == 1
    assert gpu.calls == ["empty_cache"]


@pytest.mark.parametrize("job", [Do(lambda: None), DoOn(lambda: None, CPU)])
def test_a_job_that_was_on_no_gpu_has_nothing_to_give_back(gpu: Gpu, job: Do) -> None:
    after(job)
    assert gpu.calls == []


def test_what_a_gpu_does_not_take_back_harms_no_job(gpu: Gpu) -> None:
    gpu.broken = ASSERT
    ending, _ = after(DoOn(lambda: "a result"))
    assert isinstance(ending, Finished) and ending.result == "a result"
