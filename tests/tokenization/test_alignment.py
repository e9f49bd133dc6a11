"""Pieces found again in their line: in order, within it, and where a tokenizer with offsets says that they stand."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from llm_tui.tokenization.alignment import align

SENTENCES = (
    "La observabilidad de un sistema se mide con registros y métricas.",
    "Mañana veremos las películas que nos recomendó el señor Núñez.",
    "¿Qué hora es?  Son las tres,   y media.",
    "El precio subió de 12,5 a 13,75 euros (un 10 %).",
    "The eight o'clock train reached the station, didn't it?",
    "A nana banana, ana na ana: la la lala.",
)

pieces_of_text = st.lists(st.text(st.sampled_from("abñÑé日#@▁ ßﬁ½\u0301\u200d👩"), max_size=4) | st.text(max_size=4))


@given(st.text() | st.text(st.sampled_from("aáñ ß日.")), pieces_of_text)
@example("mañana", ["▁ma", "<unk>", "ana"])
@example("", ["a", "", "▁"])
@example("a", [])
@example("½", ["1", "⁄", "2"])
@example("ﷺ", ["▁", "صلى", "▁", "الله", "▁", "عليه", "<unk>"])
def test_spans_are_in_order_and_within_the_line_whatever_the_pieces(line: str, pieces: list[str]) -> None:
    spans = align(line, pieces)
    assert len(spans) == len(pieces)
    assert all(0 <= start <= end <= len(line) for start, end in spans)
    assert all(a[0] <= b[0] and a[1] <= b[1] for a, b in pairwise(spans))


@given(st.lists(st.text(st.sampled_from("abcñéÑ日本.,12"), min_size=1, max_size=5)))
def test_pieces_that_make_up_the_line_stand_where_they_were_cut(pieces: list[str]) -> None:
    bounds = accumulate(map(len, pieces), initial=0)
    assert align("".join(pieces), pieces) == list(pairwise(bounds))


@pytest.mark.parametrize(
    ("line", "pieces", "found"),
    [
        ("mañana", ["▁ma", "<unk>", "ana"], ["ma", "ñ", "ana"]),
        ("de 日本 aquí", ["▁de", "▁", "日本", "▁aquí"], ["de", "", "日本", "aquí"]),
        ("de 日本 aquí", ["de", "[UNK]", "aquí"], ["de", "日本", "aquí"]),
        ("日本", ["<unk>"], ["日本"]),
        ("Ávila", ["áv", "##ila"], ["Áv", "ila"]),
        ("ﬁn", ["▁fin"], ["ﬁn"]),
        ("ＦＵＬＬ x", ["▁FULL", "▁x"], ["ＦＵＬＬ", "x"]),
        ("n\u0303u", ["ñ", "u"], ["n\u0303", "u"]),
        ("la casa", ["la</w>", "ca@@", "sa"], ["la", "ca", "sa"]),
        ("  a  b ", ["▁a", "▁b"], ["a", "b"]),
        ("½ x", ["▁", "1", "<unk>", "2", "▁x"], ["", "½", "½", "½", "x"]),
    ],
)  # fmt: skip
def test_pieces_of_examples_are_found(line: str, pieces: list[str], found: list[str]) -> None:
    assert [line[start:end] for start, end in align(line, pieces)] == found


@pytest.mark.parametrize("family", ["wordpiece", "unigram"])
@pytest.mark.parametrize("line", SENTENCES)
def test_pieces_are_found_where_a_tokenizer_with_offsets_says(
    family: str, line: str, originals: dict[str, Any]
) -> None:
    encoded = originals[family](line, add_special_tokens=False, return_offsets_mapping=True)
    pieces = originals[family].convert_ids_to_tokens(encoded["input_ids"])
    for piece, ours, (start, end) in zip(pieces, align(line, pieces), encoded["offset_mapping"], strict=True):
        inner = line[start:end]
        start += len(inner) - len(inner.lstrip())
        end = start + len(inner.strip())
        if piece in ("[UNK]", "<unk>"):  # several in a row have the same span: all that is between their neighbours
            assert ours[0] <= start and end <= ours[1]
        elif piece != "▁":  # it stands for no letter: where it is put does not matter
            assert ours == (start, end)
