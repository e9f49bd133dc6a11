"""A sweep from what a person typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from llm_tui import i18n
from llm_tui.classifier.job import Sweep, Training
from llm_tui.classifier.setup import FIELDS, parse_sweep
from llm_tui.errors import UserError
from llm_tui.fields import NO, YES


def test_nothing_typed_is_the_courses_exercise() -> None:
    assert parse_sweep({}) == Sweep(Training(), batch_sizes=(32, 64, 128), seeds=(0,))


def test_every_field_is_read() -> None:
    typed = {
        "data": " /tmp/noticias.csv ",
        "train_size": "2_000",
        "test_size": " 500",
        "tokenizer": "xlm-roberta-base",
        "vocabulary": " Split ",
        "batch_size": "16",
        "embed_dim": "64",
        "epochs": "3",
        "lr": "0,5",  # as a Spanish keyboard writes it
        "seed": "7",
        "device": "CUDA:1",
    }
    base = Training(
        data="/tmp/noticias.csv",
        train_size=2000,
        test_size=500,
        tokenizer="xlm-roberta-base",
        vocabulary="split",
        embed_dim=64,
        epochs=3,
        lr=0.5,
        device="cuda:1",
    )
    assert parse_sweep(typed) == Sweep(base, batch_sizes=(16,), seeds=(7,))


def test_a_path_means_the_same_wherever_it_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/ana")
    (tmp_path / "pieces").mkdir()
    assert parse_sweep({"data": "news.csv"}).base.data == str(tmp_path / "news.csv")
    assert parse_sweep({"data": "~/news.csv"}).base.data == "/home/ana/news.csv"
    assert parse_sweep({"data": "ag_news"}).base.data == "ag_news"
    assert parse_sweep({"tokenizer": "pieces"}).base.tokenizer == str(tmp_path / "pieces")
    assert parse_sweep({"tokenizer": "no-such-folder"}).base.tokenizer == "no-such-folder"


@pytest.mark.parametrize("typed", ["~nobody-has-this-name/x", "x" * 300])
def test_a_name_that_cannot_be_a_path_is_left_for_the_job_to_refuse(typed: str) -> None:
    assert parse_sweep({"data": typed}).base.data.endswith(typed)
    assert parse_sweep({"tokenizer": typed}).base.tokenizer == typed


@pytest.mark.parametrize("typed", ["8,16, 8", "8;16;8", " 8 , 16 "])
def test_a_list_is_read_in_its_order_and_each_number_once(typed: str) -> None:
    sweep = parse_sweep({"batch_size": typed, "seed": typed})
    assert sweep.batch_sizes == sweep.seeds == (8, 16)


def test_the_runs_are_each_batch_size_with_each_seed_and_keep_one_model_per_size() -> None:
    runs = Sweep(Training(lr=0.1), batch_sizes=(32, 64), seeds=(5, 6)).runs()
    assert [(run.batch_size, run.seed, run.keep_model) for run in runs] == [
        (32, 5, True),
        (32, 6, False),
        (64, 5, True),
        (64, 6, False),
    ]
    assert {run.lr for run in runs} == {0.1}


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize(
    ("field", "typed"),
    [
        *[("train_size", typed) for typed in ("", "1", "-5", "ten", "1.5", "10,000", "99999999999", "9" * 5000)],
        *[("test_size", typed) for typed in ("", "0", "x")],
        *[("batch_size", typed) for typed in ("", "0", "32,", "32,x", "32 64", "1.5")],
        *[("seed", typed) for typed in ("", "-1", "0,,1", "x", "99999999999")],
        *[("embed_dim", typed) for typed in ("", "0", "4097")],
        *[("epochs", typed) for typed in ("", "0", "1e3")],
        *[("lr", typed) for typed in ("", "0", "-1", "x", "nan", "inf", "1e39")],
    ],
)
def test_a_number_that_cannot_be_is_refused_by_the_name_that_the_person_sees(
    field: str, typed: str, language: str
) -> None:
    i18n.use(language)
    (seen,) = (one for one in FIELDS if one.name == field)
    with pytest.raises(UserError) as refused:
        parse_sweep({field: typed})
    with pytest.raises(UserError) as of_the_option:
        parse_sweep({field: typed}, called=lambda field: field.option)
    for message, name in ((str(refused.value), str(seen.label)), (str(of_the_option.value), seen.option)):
        assert message.startswith(f"{name} ")
        assert {"en": "write a", "es": "escriba un"}[language] in message


@pytest.mark.parametrize(("language", "said"), [("en", "shuffle is “{x}”"), ("es", "barajar es «{x}»")])
def test_what_was_typed_is_shown_as_it_is(language: str, said: str) -> None:
    i18n.use(language)
    with pytest.raises(UserError, match=re.escape(said)):
        parse_sweep({"shuffle": "{x}"})


@pytest.mark.parametrize(("language", "words"), [("en", "is empty"), ("es", "están vacíos")])
@pytest.mark.parametrize("field", ["data", "tokenizer"])
def test_data_and_tokenizer_must_be_named(field: str, language: str, words: str) -> None:
    i18n.use(language)
    with pytest.raises(UserError, match=words):
        parse_sweep({field: "  "})


@pytest.mark.parametrize(("language", "words"), [("en", "is not a device"), ("es", "no es un dispositivo")])
@pytest.mark.parametrize("typed", ["", "gpu", "cuda:", "cuda:x", "cpu:0"])
def test_a_device_that_cannot_be_is_refused(typed: str, language: str, words: str) -> None:
    i18n.use(language)
    with pytest.raises(UserError, match=words):
        parse_sweep({"device": typed})


def test_what_was_typed_cannot_reach_the_terminal() -> None:
    with pytest.raises(UserError) as refused:
        parse_sweep({"lr": "\x1b[31m\u202e4"})
    assert "␛[31m⟨202E⟩4" in str(refused.value)


@pytest.mark.parametrize("word", YES + NO)
def test_yes_and_no_are_said_as_in_every_other_field(word: str) -> None:
    assert parse_sweep({"shuffle": f" {word.upper()} "}).base.shuffle is (word in YES)


@pytest.mark.parametrize(("language", "said"), [("en", "“000”: write whole numbers"), ("es", "«000»: escriba números")])
def test_a_comma_between_thousands_is_not_read_as_one_between_numbers(language: str, said: str) -> None:
    i18n.use(language)
    with pytest.raises(UserError, match=said):
        parse_sweep({"batch_size": "32,10,000"})
    assert parse_sweep({"batch_size": "32, 10000"}).batch_sizes == (32, 10_000)
