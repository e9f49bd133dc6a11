"""All measures of a text against its reference."""

from __future__ import annotations

import pytest
import sacrebleu
from hypothesis import example, given
from hypothesis import strategies as st

from llm_tui.foundation.overlap import chrf, chrf_signature, overlap
from llm_tui.foundation.rouge import Rouge

some_text = (
    st.lists(st.sampled_from(["mañana", "Mañana", "el", "niño", "llueve"]), max_size=12).map(" ".join) | st.text()
)


@given(some_text, some_text)
@example("", "")
@example("", "mañana")
@example("mañana", "")
@example(" ", "\n")
def test_chrf_is_sacrebleus(hypothesis, reference):
    assert chrf(hypothesis, reference) == sacrebleu.sentence_chrf(hypothesis, [reference]).score


def test_recall_counts_more_in_chrf():
    assert chrf("mañana llueve", "mañana") > chrf("mañana", "mañana llueve")


def test_the_signature_says_how_chrf_was_counted():
    name, *settings = chrf_signature().split("|")
    assert name == "chrF2"
    assert dict(setting.split(":", 1) for setting in settings) == {
        "nrefs": "1",
        "case": "mixed",
        "eff": "yes",
        "nc": "6",
        "nw": "0",
        "space": "no",
        "version": sacrebleu.__version__,
    }


def test_each_measure_has_its_place():
    found = overlap("Mañana llueve", "¡Mañana no llueve!")
    assert (found.rouge_1.precision, found.rouge_1.recall) == pytest.approx((1, 2 / 3))
    assert (found.rouge_2.precision, found.rouge_2.recall) == (0, 0)
    assert (found.rouge_l.precision, found.rouge_l.recall) == pytest.approx((1, 2 / 3))
    assert (found.ascii_1.precision, found.ascii_1.recall) == pytest.approx((1, 3 / 4))
    assert (found.ascii_2.precision, found.ascii_2.recall) == pytest.approx((1 / 2, 1 / 3))
    assert (found.ascii_l.precision, found.ascii_l.recall) == pytest.approx((1, 3 / 4))
    assert found.chrf == chrf("Mañana llueve", "¡Mañana no llueve!")
    assert found.signature == chrf_signature()


def test_empty_texts_have_nothing_in_common():
    nothing = Rouge(0, 0, 0)
    for text, reference in (("", ""), ("", "mañana"), ("mañana", ""), ("…", "¡!")):
        found = overlap(text, reference)
        assert {found.rouge_1, found.rouge_2, found.rouge_l, found.ascii_1, found.ascii_2, found.ascii_l} == {nothing}
        assert found.chrf == 0
