"""Energies as figures and their sums: nothing is left out of one without a word."""

from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui.engine.energy import NOTHING, WHYS, Energy, total

MEASURED = Energy(3600.0, 40.0, "NVML", False, 1, 1)

figures = st.builds(
    lambda joules, seconds, source, shared: Energy(joules, seconds, source, shared, 1, 1),
    st.floats(0, 1e9), st.floats(0, 1e6), st.sampled_from(["NVML", "RAPL"]), st.booleans(),
)  # fmt: skip
energies = st.one_of(figures, st.sampled_from(sorted(WHYS)).map(Energy.unknown), st.none())


@given(st.lists(energies, max_size=9))
def test_a_sum_says_how_many_it_lacks_and_why(parts: list[Energy | None]) -> None:
    whole = total(parts)
    measured = [part for part in parts if part and part.joules is not None]
    assert (whole.stretches, whole.measured) == (len(parts), len(measured))
    assert whole.whole == (len(measured) == len(parts) > 0)
    assert (whole.joules is None) == (not measured)
    assert math.isclose(whole.joules or 0.0, math.fsum(part.joules or 0.0 for part in measured))
    assert whole.shared == any(part.shared for part in measured)
    assert {*whole.why} == {why for part in parts for why in (part.why if part else ("unknown",))}


@given(st.lists(energies, max_size=9))
def test_a_sum_that_lacks_something_is_never_shown_without_that(parts: list[Energy | None]) -> None:
    whole = total(parts)
    said = whole.said().en
    lacking = whole.stretches - whole.measured
    if whole.measured and lacking:
        assert f"{lacking} of {whole.stretches} without a figure" in said
    assert ("Wh" in said) == bool(whole.measured)
    assert ("other processes included" in said) == whole.shared


@given(st.lists(energies, max_size=4), st.lists(energies, max_size=4))
def test_a_sum_of_sums_is_the_sum_of_all(one: list[Energy | None], other: list[Energy | None]) -> None:
    together, apart = total([*one, *other]), total([total(one), total(other)])
    assert math.isclose(together.joules or 0.0, apart.joules or 0.0)
    assert (together.stretches, together.measured, {*together.why}) == (
        apart.stretches, apart.measured, {*apart.why}
    )  # fmt: skip


def test_a_figure_is_said_in_watt_hours_with_its_counter() -> None:
    assert MEASURED.watt_hours == 1.0
    assert MEASURED.said().en == "1.0000 Wh (NVML)"
    both = total([MEASURED, Energy(1800.0, 5.0, "RAPL", True, 1, 1), Energy.unknown("short"), None])
    assert both.said().en == (
        "1.5000 Wh (NVML, RAPL); other processes included; "
        "2 of 4 without a figure: too short to measure, not measured at the time"
    )
    assert both.said().es == (
        "1.5000 Wh (NVML, RAPL); otros procesos incluidos; "
        "2 de 4 sin cifra: demasiado breve para medirlo, no se midió en su momento"
    )
    assert total([Energy.unknown("short")]).said().en == "too short to measure"
    assert NOTHING.said().en == "nothing to measure"


@pytest.mark.parametrize(
    "nonsense",
    [
        {"joules": -1.0},
        {"joules": math.inf},
        {"joules": math.nan},
        {"seconds": -1.0},
        {"measured": 2},
        {"measured": 0},
        {"joules": None},
    ],
)
def test_what_nobody_can_have_measured_is_no_energy(nonsense: dict[str, object]) -> None:
    fields = {**msgspec.to_builtins(MEASURED), **nonsense}
    with pytest.raises((ValueError, msgspec.ValidationError)):
        msgspec.convert(fields, Energy)


def test_a_reason_of_a_later_version_stays_a_reason() -> None:
    assert Energy.unknown("[@click=quit]").said().en == "not measured at the time"
