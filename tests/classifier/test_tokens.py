"""Text to ids: torchtext's own answers for words, transformers' own for pieces."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import BPE, WordPiece
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import ByteLevel, Digits, Sequence, Whitespace
from tokenizers.processors import TemplateProcessing
from tokenizers.trainers import BpeTrainer
from torchtext.data.utils import get_tokenizer
from torchtext.vocab import Vocab
from transformers import AutoTokenizer, ByT5Tokenizer, PreTrainedTokenizerFast

from llm_tui import i18n
from llm_tui.classifier.basic_english import basic_english, each_basic_english, located
from llm_tui.classifier.corpus import encode
from llm_tui.classifier.data import Split
from llm_tui.classifier.job import Training
from llm_tui.classifier.tokens import FirstSight, PieceEncoder, WordEncoder, load_encoder
from llm_tui.engine.events import Event, Log
from llm_tui.engine.job import Context
from llm_tui.errors import UserError

torchtext_basic_english = get_tokenizer("basic_english")

PARTS = ["<br />", "<BR />", "<br", " />", *"\"'.,()!?;:", "İ", "ẞ", "ñ", "\u00a0", "\u2028", "\x1c", "\x85", " ", "a"]
texts = st.text() | st.lists(st.sampled_from(PARTS)).map("".join)


# Words


@given(texts)
@example('one<br"" />two')  # a line break appears only once the quotes inside it are gone
@example("<br' />")
@example("<br.<br />/>")
@example("İstanbul’da\u2028(¡sí!)\x1f")
def test_basic_english_gives_the_words_that_torchtext_gives(text: str) -> None:
    assert basic_english(text) == torchtext_basic_english(text)


@given(st.lists(texts))
@example(["a\nb", "", "c\r", "\n"])
def test_many_texts_at_once_give_the_words_of_each(many: list[str]) -> None:
    assert list(each_basic_english(many)) == list(map(torchtext_basic_english, many))


@pytest.mark.real_data
def test_real_news_give_the_words_that_torchtext_gives(real_data: Path) -> None:
    """The rows, and joined as there, of torchtext's own test of it, whose file of answers this gives too."""
    with (real_data / "ag_news" / "test.csv").open(encoding="utf-8", newline="") as file:
        news = [" , ".join(row) for row in csv.reader(file)]
    assert len(news) == 7_600
    assert list(each_basic_english(news)) == list(map(torchtext_basic_english, news))


@given(texts)
@example('one<br"" />two')
@example("İstanbul’da ὈΔΥΣΣΕΎΣ 'Σ'")
def test_each_word_is_found_where_it_stands(text: str) -> None:
    found = located(text)
    assert [word for word, _, _ in found] == basic_english(text)
    ends = [0, *(end for _, _, end in found)]
    assert all(before <= start < end for before, (_, start, end) in zip(ends, found, strict=False))
    assert all(word in text[start:end].lower().replace('"', "") or "Σ" in text for word, start, end in found)


def built(training: list[str]) -> WordEncoder:
    """The encoder whose vocabulary is that of these texts."""
    words = FirstSight()
    counts = Counter(chain.from_iterable(words.encode(training)))
    return words.vocabulary([counts[number] for number in range(len(counts))])[0]


@given(st.lists(texts))
@example(["b a b", "c <unk> b"])
def test_cutting_the_training_texts_once_gives_the_ids_of_cutting_them_again(training: list[str]) -> None:
    words = FirstSight()
    numbers = list(words.encode(training))
    counts = Counter(chain.from_iterable(numbers))
    encoder, ids = words.vocabulary([counts[number] for number in range(len(counts))])
    assert [[ids[number] for number in text] for text in numbers] == list(encoder.encode(training))


@given(st.lists(texts), texts)
@example(["b a b", "c <unk> b"], "b nobody")
def test_words_have_the_ids_of_torchtexts_vocabulary(training: list[str], other: str) -> None:
    words = (word for text in training for word in torchtext_basic_english(text))
    vocabulary = Vocab(Counter(words), specials=["<unk>"])
    encoder = built(training)

    assert encoder.size == len(vocabulary)
    for text, ids in zip([*training, other], encoder.encode([*training, other]), strict=True):
        assert ids == [vocabulary.stoi[word] for word in torchtext_basic_english(text)]


def test_words_that_no_training_text_had_are_named() -> None:
    encoder = built(["The cat sat."])
    assert encoder.unknown("the dog sat, again") == ["dog", ",", "again"]


@given(st.lists(texts), texts)
def test_a_vocabulary_comes_back_from_its_dump(training: list[str], text: str) -> None:
    encoder = built(training)
    again = load_encoder(encoder.dump())
    assert again.size == encoder.size
    assert list(again.encode([text])) == list(encoder.encode([text]))
    assert again.unknown(text) == encoder.unknown(text)


# Pieces


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small tokenizer that would add special tokens, cut and pad if it were let."""
    vocabulary = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "obser", "##va", "##bilidad", "la", "red", "##es"]
    ids = {piece: i for i, piece in enumerate(vocabulary)}
    tokenizer = Tokenizer(WordPiece(ids, unk_token="[UNK]"))
    tokenizer.add_special_tokens(["[SEP]"])
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing("[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)])
    tokenizer.enable_truncation(3)
    tokenizer.enable_padding(length=8, pad_id=3, pad_token="[PAD]")
    folder = tmp_path_factory.mktemp("pieces")
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]").save_pretrained(folder)
    stored = json.loads((folder / "tokenizer.json").read_text())
    assert stored["truncation"], "the folder must ask for what the encoder is to leave off"
    assert stored["padding"], "the folder must ask for what the encoder is to leave off"
    return folder


SPANISH = ["La observabilidad", "", "redes redes redes la la la la la la la la", "mañana la red [SEP]"]


def test_pieces_are_transformers_own_whole_and_bare(pieces: Path) -> None:
    theirs = AutoTokenizer.from_pretrained(pieces)(SPANISH, add_special_tokens=False)["input_ids"]
    ours = list(PieceEncoder.load(str(pieces)).encode(SPANISH))
    assert ours == theirs
    assert ours[0] == [7, 4, 5, 6]
    assert len(ours[2]) > 8


def test_many_texts_keep_their_order(pieces: Path) -> None:
    encoder = PieceEncoder.load(str(pieces))
    counts = [i % 7 for i in range(3 * PieceEncoder.BATCH + 1)]
    assert [len(ids) for ids in encoder.encode(["la " * count for count in counts])] == counts


def test_what_the_pieces_cannot_write_is_named_as_it_was_written(pieces: Path) -> None:
    assert PieceEncoder.load(str(pieces)).unknown("La Mañana redes ☂") == ["Mañana", "☂"]


def test_a_tokenizer_comes_back_from_its_dump(pieces: Path) -> None:
    encoder = PieceEncoder.load(str(pieces))
    again = load_encoder(encoder.dump())
    assert again.size == encoder.size == 10
    assert list(again.encode(SPANISH)) == list(encoder.encode(SPANISH))
    assert again.unknown(SPANISH[3]) == encoder.unknown(SPANISH[3]) == ["mañana"]


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["bert-base-multilingual-cased", "xlm-roberta-base", "t5-small"])
def test_real_tokenizers_give_transformers_own_pieces(name: str, real_data: Path) -> None:
    folder = real_data / "tokenizers" / name
    lines = (real_data / "text" / "tatoeba_en_es.tsv").read_text(encoding="utf-8").splitlines()[:300]
    encoder = PieceEncoder.load(str(folder))
    theirs = AutoTokenizer.from_pretrained(folder)(lines, add_special_tokens=False)["input_ids"]
    assert list(encoder.encode(lines)) == theirs
    assert max(map(max, theirs)) < encoder.size


LINES = ["El año 2024 y el 1999, hoy.", "observabilidad de la red"] * 20


def byte_pairs(folder: Path, change: Callable[[Tokenizer], None], **config: str) -> Path:
    """A folder with byte-level BPE in which `change` was made after it was trained."""
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False)
    trainer = BpeTrainer(vocab_size=400, special_tokens=["<|endoftext|>"], initial_alphabet=ByteLevel.alphabet(),
                         show_progress=False)  # fmt: skip
    tokenizer.train_from_iterator(LINES, trainer)
    change(tokenizer)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def digits(tokenizer: Tokenizer) -> None:
    own = [Digits(individual_digits=True), ByteLevel(add_prefix_space=False)]
    tokenizer.pre_tokenizer = Sequence(own)


def by_chance(tokenizer: Tokenizer) -> None:
    tokenizer.model.dropout = 0.5


def test_what_tokenizer_json_says_is_what_cuts_and_is_said(
    tmp_path: Path, context: Context, events: list[Event]
) -> None:
    """transformers makes GPT-2's anew from the vocabulary, and would leave the digits together."""
    folder = byte_pairs(tmp_path, digits, tokenizer_class="GPT2Tokenizer", eos_token="<|endoftext|>")
    own = Tokenizer.from_file(str(folder / "tokenizer.json"))
    encoder = PieceEncoder.load(str(folder))
    assert encoder.left_aside
    assert list(encoder.encode(LINES)) == [own.encode(line, add_special_tokens=False).ids for line in LINES]
    encode(Training(tokenizer=str(folder)), Split(LINES, [0] * len(LINES)), context)
    (said,) = (event.text for event in events if isinstance(event, Log))
    assert said == f"{folder}: cut as its tokenizer.json says and not as the class of its tokenizer_config.json would."


@pytest.mark.parametrize("config", [{}, {"tokenizer_class": "GPT2Tokenizer", "eos_token": "<|endoftext|>"}])
def test_a_tokenizer_with_dropout_cuts_without_chance(tmp_path: Path, config: dict[str, str]) -> None:
    encoder = PieceEncoder.load(str(byte_pairs(tmp_path, by_chance, **config)))
    own = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    dumped = own.to_str()  # as an earlier version has kept it with a run
    own.model.dropout = None
    wanted = [own.encode(line, add_special_tokens=False).ids for line in LINES]
    assert list(encoder.encode(LINES)) == list(load_encoder(dumped).encode(LINES)) == wanted
    assert not encoder.left_aside


def test_a_pointer_in_the_place_of_a_tokenizer_is_known(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n")
    with pytest.raises(UserError, match="git lfs pull"):
        PieceEncoder.load(str(tmp_path))


@pytest.mark.parametrize(("language", "words"), [("en", "could not be loaded"), ("es", "No se pudo cargar")])
def test_a_folder_that_is_no_tokenizer_is_refused(language: str, words: str, tmp_path: Path) -> None:
    i18n.use(language)
    with pytest.raises(UserError) as refused:
        PieceEncoder.load(str(tmp_path))
    assert words in str(refused.value)
    assert str(tmp_path) in str(refused.value)
    assert "␊" not in str(refused.value), "a library's many lines are no sentence"


@pytest.mark.parametrize(("language", "words"), [("en", "not a fast one"), ("es", "no es de los rápidos")])
def test_a_tokenizer_written_in_python_is_refused(language: str, words: str, tmp_path: Path) -> None:
    ByT5Tokenizer().save_pretrained(tmp_path)
    i18n.use(language)
    with pytest.raises(UserError, match=words):
        PieceEncoder.load(str(tmp_path))


# Both


@pytest.mark.parametrize(
    "dumped",
    [
        *("", "nonsense", "null", "3", "[]", "{}", '{"version": "1.0"}'),
        *('{"tokenizer": "basic_english"}', '{"tokenizer": "basic_english", "words": []}'),
        '{"tokenizer": "basic_english", "words": ["<unk>", 1]}',
    ],
)
def test_what_no_encoder_has_dumped_is_a_value_error(dumped: str) -> None:
    with pytest.raises(ValueError):
        load_encoder(dumped)
