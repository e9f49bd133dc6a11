"""The teaching T5: what its card says is so, it loses no letter, and it learns from nothing that it is measured on."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from llm_tui.exercises.material import ENGLISH_SENTENCES, SPANISH_SENTENCES
from llm_tui.foundation.job import PROMPT
from llm_tui.foundation.teaching import T5
from llm_tui.playground import registry
from llm_tui.teaching import t5_quality, t5_texts
from llm_tui.teaching.grammar import Phrase, stock
from llm_tui.teaching.record import heldout


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(T5.folder)


def test_it_answers_as_its_card_says():
    card = (T5.folder / "README.md").read_text(encoding="utf-8")
    for task, texts in t5_quality.FIXED.items():
        assert len(texts) == 3
        for text in texts:
            (answer,) = t5_quality.asked(T5.folder, task, [text])
            assert f"| {task} | {' '.join(text.split())} | {answer} |" in card


def test_it_is_small_and_opens_by_the_standard_path():
    assert (T5.folder / "model.safetensors").stat().st_size < 8.5e6
    model = AutoModelForSeq2SeqLM.from_pretrained(T5.folder)
    assert model.config.model_type == "t5" and model.num_parameters() < 9e6


WORDS = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="▁"), min_size=1, max_size=8)
"""The block is how SentencePiece writes a space."""


@given(st.lists(WORDS, max_size=6))
def test_no_character_is_lost(tokenizer, words):
    text = unicodedata.normalize("NFC", " ".join(words))
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    assert tokenizer.decode(ids) == text or "<" in text  # its own special pieces are written like tags
    assert tokenizer.unk_token_id not in ids or "<unk>" in text


def test_what_it_learns_from_is_well_formed_and_holds_nothing_it_is_measured_on():
    rng = random.Random(1)
    words = stock("pairs")
    made = [t5_texts.said(rng.choice(words["sentence"]), words, rng) for _ in range(3000)]
    stories = stock("stories") | stock("instructions") | words
    topics = {**stock("topics_words"), **stock("topics")}
    some = [Phrase(f"Number {n} is here.", f"El número {n} está aquí.") for n in range(20)]
    joined = [Phrase(f"I saw {n} but you did not.", f"Vi {n} pero tú no.") for n in range(5)]
    far = [phrase for slot in topics if slot.startswith("labels_") for phrase in topics[slot][:1]]
    known = [t5_texts.About(phrase, Phrase("numbers", "números"), far) for phrase in some]
    examples = [t5_texts.summary(stories, some, joined, rng) for _ in range(300)]
    examples += [t5_texts.label(stories, topics, known, rng) for _ in range(300)]
    examples += [t5_texts.terms(stories, some, Counter(), rng) for _ in range(200)]
    examples += [t5_texts.rewritten(stories, some, rng) for _ in range(200)]
    examples += [t5_texts.explained(stories, rng) for _ in range(100)]
    everything = [*(text for phrase in made for text in (phrase.en, phrase.es)), *(t for e in examples for t in e)]
    assert not [text for text in everything if re.search(r"[{}]|LABELS|TERM|FIRST|LAST|\b[ad]e? el\b", text)]
    assert len({phrase.en for phrase in made}) > 2500
    learned = "\n".join(everything)
    for row in heldout("translation"):
        assert row["en"] not in learned and row["es"] not in learned
    for row in [*heldout("summary"), *heldout("instructions")]:
        assert row["text"] not in learned
    for text in [*(task.example for task in registry.tasks()), *SPANISH_SENTENCES, *ENGLISH_SENTENCES]:
        assert text not in learned


def test_a_label_is_one_of_those_it_may_choose_from():
    rng = random.Random(2)
    topics = {**stock("topics_words"), **stock("topics")}
    far = [phrase for slot in topics if slot.startswith("labels_") for phrase in topics[slot][:1]]
    known = [t5_texts.About(Phrase("It is one.", "Es uno."), Phrase("numbers", "números"), far)] * 8
    for _ in range(200):
        asked, answer = t5_texts.label(stock("instructions"), topics, known, rng)
        assert answer in asked.split("\n\n")[0] and "LABELS" not in asked


def test_five_terms_are_words_of_the_text_in_its_order():
    rng = random.Random(3)
    some = [Phrase("My neighbour painted both doors yellow.", "Mi vecina pintó ambas puertas de amarillo.")] * 5
    asked, answer = t5_texts.terms(stock("instructions") | stock("stories") | stock("pairs"), some, Counter(), rng)
    words, text = answer.split(", "), asked.split("\n\n")[1]
    assert len(words) == 5
    assert [text.index(word) for word in words] == sorted(text.index(word) for word in words)


AHEAD = {"chrF": 30, "BLEU": 20, "ROUGE-L": 0.05, "accuracy": 0.15}


def test_it_is_clearly_ahead_of_what_costs_nothing():
    measures = t5_quality.measure(T5.folder, None)
    assert len(measures) == 9
    for measure in (m for m in measures if m.baseline_name != "the first sentence"):  # which costs nothing, and is good
        assert measure.value > measure.baseline + AHEAD[measure.metric], measure


def test_it_does_not_go_round_in_circles():
    (answer,) = t5_quality.asked(T5.folder, PROMPT, ["¿Qué es un contenedor?"])
    words = answer.split()
    assert len(words) < 40 and max(Counter(zip(words, words[1:], words[2:], strict=False)).values()) == 1


def test_technical_documents_are_held_out_whole(tmp_path):
    (tmp_path / "text").mkdir()
    assert t5_texts.technical(tmp_path) == []  # where the data are not
    rows = [f"s{d} {n}\to{d} {n}\tdocs\t{d}.po" for d in range(200) for n in range(3)]
    (tmp_path / "text" / "tech_en_es.tsv").write_text("\n".join(rows), encoding="utf-8")
    held = t5_texts.technical(tmp_path)
    per_document = Counter(pair.en.split()[0] for pair in held)
    assert set(per_document.values()) == {3} and 3 <= len(per_document) <= 30
    assert held == t5_texts.technical(tmp_path)
