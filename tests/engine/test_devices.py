"""Devices: what a person may write, and what becomes of it on this machine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui import i18n
from llm_tui.engine.devices import Device, choose, parse
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


@pytest.fixture
def no_cuda(monkeypatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.fixture
def one_gpu(monkeypatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: f"NVIDIA H200 {index}")


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
    assert choose("auto") == choose("cuda") == choose("cuda:0") == Device("cuda:0", "NVIDIA H200 0")
    assert choose("cpu") == Device("cpu", "CPU")


def test_a_second_gpu_that_is_not_there_is_refused(one_gpu) -> None:
    with pytest.raises(UserError, match=r"cuda:1 is not there \(1 CUDA\)"):
        choose("cuda:1")
