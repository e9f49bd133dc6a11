"""What explains an answer, on a GPU: of every architecture as on the CPU; skipped where there is none."""

from __future__ import annotations

import pytest
import torch

from llm_tui.attribution.job import Attribute, OfClass, is_complete
from llm_tui.engine.job import Context, run_job
from llm_tui.foundation.job import ModelChoice

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine"),
]

DEVICE = "cuda"
TEXT = "Every word is cut into pieces, and every piece has a number!"
ARCHITECTURES = ("albert", "bart", "bytes", "deberta", "distilbert", "electra", "gpt2", "roberta", "t5")


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_each_method_says_the_same_as_on_the_cpu(name: str, classifiers, context: Context):
    here, there = (
        run_job(Attribute(TEXT, OfClass("neutral"), ModelChoice(str(classifiers[name]), device)), context)
        for device in (DEVICE, "cpu")
    )
    assert here.made_by.precision == "float32"
    assert here.logit == pytest.approx(there.logit, abs=1e-4)
    (gradient, integrated, occlusion), others = here.attributions, there.attributions
    assert gradient.values == pytest.approx(others[0].values, abs=1e-4, rel=1e-3)
    assert occlusion.values == pytest.approx(others[2].values, abs=1e-4, rel=1e-3)
    # It may have been asked at more points on one side: each is complete by itself.
    assert is_complete(here.gap(integrated) or 0.0, here.logit - (integrated.baseline or 0.0))
    if integrated.steps == others[1].steps:
        assert integrated.values == pytest.approx(others[1].values, abs=1e-4, rel=1e-3)


def test_of_an_answer_in_half_precision_nothing_changes(classifiers, context: Context):
    half, whole = (
        run_job(Attribute(TEXT, OfClass("neutral"), ModelChoice(str(classifiers["roberta"]), DEVICE, one)), context)
        for one in ("bfloat16", "float32")
    )
    assert half.made_by.precision == "float32" and half.attributions == whole.attributions
