"""Why a trained classifier answers as it does: shares that add up to its logits, whatever the text and the model."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE, WordPiece
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import ByteLevel, Whitespace

from llm_tui.classifier.directions import Looks, Sample
from llm_tui.classifier.explained import SHARES, cut, nearest, unknown
from llm_tui.classifier.job import Mistake, Predict, Training, TrainingResult
from llm_tui.classifier.model import TextClassifier, build
from llm_tui.classifier.prediction import VOCABULARY, WEIGHTS, dump_model
from llm_tui.classifier.shares import scores
from llm_tui.classifier.tokens import Encoder, PieceEncoder, WordEncoder
from llm_tui.classifier.training import train
from llm_tui.classifier.why_job import Directions, Explained, Near, Neighbours, Plane, Scores, Weigh
from llm_tui.engine.events import Picture
from llm_tui.engine.job import Context, run_job
from llm_tui.errors import UserError
from llm_tui.exercises.guides import Prose, definitions
from llm_tui.i18n import Text
from llm_tui.widgets.why.word_shares import WordShares

WORDS = ["<unk>", "gol", "lluvia", "arroz", "el", "de", "'", ".", ",", "(", ")"]
texts = st.lists(st.sampled_from([*WORDS, "Gol", 'gol"', "<br />", "İstanbul", "nuevo", ";", "\n"]), max_size=40).map(
    " ".join
) | st.text(max_size=60)


def word_pieces() -> PieceEncoder:
    known = ["[UNK]", "gol", "##azo", "llu", "##via", "arroz", "el", ".", ",", "İ", "a"]
    tokenizer = Tokenizer(WordPiece({name: i for i, name in enumerate(known)}, unk_token="[UNK]"))
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = Whitespace()
    return PieceEncoder(tokenizer.to_str())


def bytes_alone() -> PieceEncoder:
    """A byte-level tokenizer without merges: each byte of a letter is a piece."""
    letters = sorted(ByteLevel.alphabet())
    tokenizer = Tokenizer(BPE({letter: i for i, letter in enumerate(letters)}, []))
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False)
    tokenizer.decoder = ByteLevelDecoder()
    return PieceEncoder(tokenizer.to_str())


ENCODERS: dict[str, Encoder] = {"words": WordEncoder(WORDS), "pieces": word_pieces(), "bytes": bytes_alone()}


def logits_of(model: TextClassifier, encoder: Encoder, text: str) -> list[float]:
    ids = torch.tensor(next(encoder.encode([text])), dtype=torch.int64)
    with torch.inference_mode():
        return model(ids, torch.zeros(1, dtype=torch.int64))[0].tolist()


@settings(max_examples=30)
@given(
    name=st.sampled_from(sorted(ENCODERS)),
    text=texts,
    seed=st.integers(0, 1000),
    classes=st.integers(1, 6),
    dimension=st.integers(1, 64),
)
def test_the_shares_and_the_bias_are_the_logits(name: str, text: str, seed: int, classes: int, dimension: int) -> None:
    encoder = ENCODERS[name]
    model = build(encoder.size, dimension, classes, seed)
    torch.nn.init.uniform_(model.fc.bias, -1, 1, generator=torch.Generator().manual_seed(seed))
    told = scores(model, encoder, None).explain(text)

    assert told.logits == pytest.approx(logits_of(model, encoder, text), abs=1e-5)
    assert told.pieces == len(next(encoder.encode([text])))
    for c, bias in enumerate(told.bias):
        assert bias + math.fsum(w.shares[c] for w in told.words) == pytest.approx(told.logits[c], abs=1e-9)
        assert bias + math.fsum(p.shares[c] for p in told.places) == pytest.approx(told.logits[c], abs=1e-9)
    places = [(p.start, p.end) for p in told.places]
    assert all(a <= b for a, b in places)
    assert all(before[1] <= after[0] for before, after in pairwise(places))
    assert sum(len(p.ids) for p in told.places) == told.pieces


def test_a_long_text_adds_up_too() -> None:
    """float32 has rounded the mean of thousands of vectors; the shares have not."""
    encoder = ENCODERS["words"]
    model = build(encoder.size, 128, 4, 0)
    words = np.random.default_rng(0).choice(WORDS, 20_000)
    short, long = " ".join(words[:2000]), " ".join(words)
    table = scores(model, encoder, None)
    assert table.explain(short).logits == pytest.approx(logits_of(model, encoder, short), abs=1e-5)
    assert table.explain(long).logits == pytest.approx(logits_of(model.double(), encoder, long), abs=1e-10)


def test_shares_against_numpy() -> None:
    """W_c · e_i / n, by hand."""
    model = build(len(WORDS), 8, 3, 5)
    told = scores(model, ENCODERS["words"], None).explain("Gol, el gol (nuevo)")
    read = ["gol", ",", "el", "gol", "(", "<unk>", ")"]
    e, w = (model.state_dict()[name].double().numpy() for name in ("embedding.weight", "fc.weight"))
    expected = [w @ e[WORDS.index(word)] / len(read) for word in read]
    for place, shares in zip(told.places, expected, strict=True):
        assert place.shares == pytest.approx(shares.tolist())
    assert [(one.word, one.times) for one in told.words] == [
        ("gol", 2), (",", 1), ("el", 1), ("(", 1), ("nuevo", 1), (")", 1)
    ]  # fmt: skip
    assert told.words[0].shares == pytest.approx((2 * expected[0]).tolist())


def test_an_unknown_word_has_a_say_and_it_is_said_that_nobody_trained_it() -> None:
    """`basic_english` reads it as <unk>, whose vector is in the mean though it never moved."""
    told = scores(build(len(WORDS), 8, 3, 5), ENCODERS["words"], None).explain("gol serverless Serverless nube")
    unknown = [one for one in told.words if one.unknown]
    assert [(one.word, one.times, one.untrained) for one in unknown] == [
        ("serverless", 1, True), ("Serverless", 1, True), ("nube", 1, True)
    ]  # fmt: skip
    assert all(any(one.shares) for one in unknown)
    assert not told.words[0].untrained


def test_the_pieces_of_a_word_are_one_word() -> None:
    told = scores(build(ENCODERS["pieces"].size, 4, 2, 0), ENCODERS["pieces"], None).explain("Golazo, lluvia el GOL")
    assert [(one.word, one.times) for one in told.words] == [
        ("Golazo", 1), (",", 1), ("lluvia", 1), ("el", 1), ("GOL", 1)
    ]  # fmt: skip
    assert [len(place.ids) for place in told.places] == [2, 1, 2, 1, 1]


@pytest.mark.parametrize(
    "said", [SHARES, WordShares.DEFINITIONS, definitions("batch_sizes")], ids=["table", "window", "guide"]
)
def test_what_is_said_of_a_share_holds_of_pieces_too(said: Text | Prose) -> None:
    """The mean is over the pieces, of which there are more than words."""
    encoder = ENCODERS["pieces"]
    model = build(encoder.size, 4, 2, 0)
    told = scores(model, encoder, None).explain("Golazo, lluvia")
    e, w = (model.state_dict()[name].double().numpy() for name in ("embedding.weight", "fc.weight"))
    of_pieces = w @ e[list(told.places[0].ids)].sum(0) / 5
    assert (len(told.places), told.pieces) == (3, 5)
    assert told.places[0].shares == pytest.approx(of_pieces.tolist())
    english, spanish = (" ".join(said.within(language).split()) for language in ("en", "es"))
    assert "a tokenizer cuts words into pieces" in english
    assert re.search("un tokenizador (las corta|corta las palabras) en piezas", spanish)


def test_an_unknown_piece_that_came_in_training_is_not_called_chance() -> None:
    encoder = ENCODERS["pieces"]
    model = build(encoder.size, 4, 2, 0)
    trained = scores(model, encoder, [3] * encoder.size).explain("gol 🙂")
    never = scores(model, encoder, [0, *[3] * (encoder.size - 1)]).explain("gol 🙂")
    assert ["chance" in said.en for said in (*unknown(trained), *unknown(never))] == [False, True]
    pages: tuple[Text | Prose, ...] = (WordShares.DEFINITIONS, definitions("batch_sizes"))
    for said in pages:
        english, spanish = (" ".join(said.within(language).split()) for language in ("en", "es"))
        assert re.search(r"With `basic_english` [^.]*(no training text|unknown word)", english)
        assert re.search(r"Con `basic_english` [^.]*(ningún texto|palabra desconocida)", spanish)


def test_the_bytes_of_a_letter_are_one_place() -> None:
    told = scores(build(ENCODERS["bytes"].size, 4, 2, 0), ENCODERS["bytes"], None).explain("año 🙂 sí")
    assert [told.text[p.start : p.end] for p in told.places] == ["año", "🙂", "sí"]


@settings(max_examples=12)
@given(st.lists(texts, min_size=2, max_size=5))
def test_what_if_is_a_fresh_prediction(typed: list[str]) -> None:
    """One table for all that is typed, and each time the probabilities of the model."""
    for encoder in ENCODERS.values():
        model = build(encoder.size, 16, 4, 1)
        table = scores(model, encoder, None)
        for text in typed:
            fresh = torch.tensor(logits_of(model, encoder, text)).softmax(0).tolist()
            assert table.explain(text).probabilities == pytest.approx(fresh, abs=1e-6)


def test_the_words_of_a_class_are_relative_to_the_mean_over_classes() -> None:
    model = build(len(WORDS), 8, 3, 2)
    table = scores(model, ENCODERS["words"], list(range(len(WORDS))))
    e, w = (model.state_dict()[name].double().numpy() for name in ("embedding.weight", "fc.weight"))
    raw = e @ w.T
    for relative, values in ((True, raw[:, 1] - raw.mean(1)), (False, raw[:, 1])):
        good, bad = table.telling(1, relative, least=4, most=3)
        order = sorted(range(4, len(WORDS)), key=lambda i: -values[i])
        assert [(t.word, t.count) for t in good] == [(WORDS[i], i) for i in order[:3]]
        assert [(t.word, t.count) for t in bad] == [(WORDS[i], i) for i in order[:-4:-1]]
        assert [t.value for t in good] == pytest.approx(values[order[:3]].tolist())


def test_of_a_mistake_that_was_longer_than_what_is_kept_it_is_said() -> None:
    table = scores(build(len(WORDS), 8, 3, 2), ENCODERS["words"], None)
    text = "gol lluvia " * 100
    whole = table.explain(text)
    best = max(whole.probabilities)
    assert cut(whole, Mistake(text, 0, whole.predicted, best)) == []
    (said,) = cut(table.explain(text[:402]), Mistake(text[:402], 0, whole.predicted, best / 2))
    assert f"{best / 2:.3f}" in said.en and f"{best / 2:.3f}" in said.es


# Of a run


@pytest.fixture
def trained(job: Training, context: Context) -> TrainingResult:
    return run_job(job, context)


@pytest.fixture
def run_folder(trained: TrainingResult, tmp_path: Path) -> Path:
    assert trained.model
    folder = tmp_path / "run-1"
    folder.mkdir()
    (folder / WEIGHTS).write_bytes(trained.model.weights)
    (folder / VOCABULARY).write_text(trained.model.vocabulary, encoding="utf-8")
    return folder


def test_a_run_explains_what_it_predicts(run_folder: Path, context: Context) -> None:
    table: Scores = run_job(Weigh(str(run_folder)), context)
    text = "Lluvia, lluvia y nieve en el horno"
    told: Explained = table.explain(text)
    asked = run_job(Predict(str(run_folder), text), context)
    assert told.probabilities == pytest.approx(asked.probabilities, abs=1e-6)
    assert told.pieces == asked.words
    assert told.predicted == asked.probabilities.index(max(asked.probabilities))


def test_a_run_tells_how_often_a_word_came_in_training(run_folder: Path, topics: Path, context: Context) -> None:
    import csv
    from collections import Counter

    table: Scores = run_job(Weigh(str(run_folder)), context)
    with (topics / "train.csv").open(encoding="utf-8", newline="") as file:
        came = Counter(word for _, text in csv.reader(file) for word in text.split())
    assert table.counts is not None
    counts = dict(zip(table.entries, table.counts, strict=True))
    assert counts.pop("<unk>") == 0
    assert counts == came
    assert table.explain("nunca").words[0].untrained


def test_a_run_of_an_earlier_version_has_no_counts(run_folder: Path, context: Context) -> None:
    import safetensors.torch

    weights = safetensors.torch.load((run_folder / WEIGHTS).read_bytes())
    (run_folder / WEIGHTS).write_bytes(safetensors.torch.save(weights))
    table: Scores = run_job(Weigh(str(run_folder)), context)
    assert table.counts is None
    assert table.explain("nunca").words[0].untrained
    assert len(run_job(Directions(str(run_folder)), context).words) == table.entries.__len__() - 1


@pytest.mark.parametrize("counts", [[1], [-1] * 40, "x", [True]])
def test_counts_that_are_none_are_damage(counts: object, run_folder: Path, context: Context) -> None:
    import safetensors.torch

    weights = safetensors.torch.load((run_folder / WEIGHTS).read_bytes())
    (run_folder / WEIGHTS).write_bytes(safetensors.torch.save(weights, {"counts": json.dumps(counts)}))
    with pytest.raises(UserError, match="damaged"):
        run_job(Weigh(str(run_folder)), context)


def test_the_nearest_words_are_those_of_the_largest_cosine(run_folder: Path, context: Context) -> None:
    import safetensors.numpy

    near: Near = run_job(Neighbours(str(run_folder), "Lluvia", most=5), context)
    words = json.loads((run_folder / VOCABULARY).read_text(encoding="utf-8"))["words"]
    e = safetensors.numpy.load_file(run_folder / WEIGHTS)["embedding.weight"].astype(float)
    e /= np.linalg.norm(e, axis=1, keepdims=True)
    cosines = e @ e[words.index("lluvia")]
    counts = run_job(Weigh(str(run_folder)), context).counts
    order = [i for i in np.argsort(-cosines) if words[i] != "lluvia" and counts[i] >= 5][:5]
    assert near.among == sum(count >= 5 for count in counts) - 1
    assert near.entry == "lluvia"
    assert [one.word for one in near.nearest] == [words[i] for i in order]
    assert [one.cosine for one in near.nearest] == pytest.approx(cosines[order].tolist())


@pytest.mark.parametrize("dimensions", [8, 16, 64])
def test_near_by_chance_is_what_chance_gives(dimensions: int) -> None:
    """The largest of many cosines of random vectors, as numpy draws them."""
    chance = np.random.default_rng(0)
    found = []
    for _ in range(30):
        vectors = chance.uniform(-0.5, 0.5, (2001, dimensions))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        found.append(float((vectors[1:] @ vectors[0]).max()))
    assert Near("a", among=2000, dimensions=dimensions).by_chance == pytest.approx(np.mean(found), rel=0.05)


@pytest.mark.parametrize("among", [2, 2000, 10_000, 1_000_000])
@pytest.mark.parametrize("dimensions", [3, 4, 8, 31, 128, 1024])
def test_near_by_chance_is_the_quantile_of_the_cosine(among: int, dimensions: int) -> None:
    """Half of one more than the cosine is Beta distributed."""
    half = (dimensions - 1) / 2
    exact = 2 * stats.beta.isf(1 / among, half, half) - 1
    assert Near("a", among=among, dimensions=dimensions).by_chance == pytest.approx(exact, abs=2e-5)


@pytest.mark.parametrize(("among", "dimensions"), [(2000, 1), (2000, 2), (1, 8), (0, 8)])
def test_nothing_is_said_of_chance_where_it_says_nothing(among: int, dimensions: int) -> None:
    table = nearest(Near("a", among=among, dimensions=dimensions), "a")
    assert not any("drawn by chance" in said.en or "al azar en" in said.es for said in table.footer)
    said = nearest(Near("a", among=2000, dimensions=8), "a").footer[0]
    assert said.en.startswith("Of 2,000 vectors drawn by chance in 8 dimensions") and "about 0.898" in said.en


@pytest.mark.parametrize("word", ["serverless", "", "lluvia viento"])
def test_a_word_that_the_vocabulary_lacks_has_no_neighbours(word: str, run_folder: Path, context: Context) -> None:
    assert run_job(Neighbours(str(run_folder), word), context) == Near(None)


# Directions


def variance(plane: Plane) -> tuple[float, float]:
    points = np.array(plane.points)
    return float((points[:, 0] ** 2).sum()), float((points[:, 1] ** 2).sum())


def test_the_directions_are_the_principal_ones(run_folder: Path, context: Context) -> None:
    import safetensors.numpy

    plane: Plane = run_job(Directions(str(run_folder)), context)
    words = json.loads((run_folder / VOCABULARY).read_text(encoding="utf-8"))["words"]
    weights = safetensors.numpy.load_file(run_folder / WEIGHTS)
    e = weights["embedding.weight"][[words.index(word) for word in plane.words]].astype(float)
    found = np.linalg.svd(e - e.mean(0), compute_uv=False) ** 2
    assert variance(plane) == pytest.approx((found[0], found[1]), rel=1e-3)
    assert plane.shown == pytest.approx(found[:2].sum() / found.sum(), rel=1e-3)
    assert plane.speaks_for == tuple((e @ weights["fc.weight"].T).argmax(1).tolist())
    assert "<unk>" not in plane.words


def test_a_training_shows_its_vectors_and_its_end_is_that_of_the_saved_run(
    job: Training, context: Context, events: list[object], tmp_path: Path
) -> None:
    result = train(job, context)
    planes = [event.what for event in events if isinstance(event, Picture)]
    assert [planes[0].step, planes[-1].step] == [0, result.steps]
    assert result.model
    (tmp_path / WEIGHTS).write_bytes(result.model.weights)
    (tmp_path / VOCABULARY).write_text(result.model.vocabulary, encoding="utf-8")
    saved: Plane = run_job(Directions(str(tmp_path)), context)
    assert planes[-1].words == saved.words
    assert planes[-1].speaks_for == saved.speaks_for
    assert sum(variance(planes[-1])) == pytest.approx(sum(variance(saved)), rel=0.02)


def test_a_training_comes_out_the_same_whether_it_is_looked_at_or_not(
    job: Training, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    import llm_tui.classifier.directions as looking

    monkeypatch.setattr(looking, "BETWEEN", 0.0)  # at every report
    monkeypatch.setattr(looking, "MOST_OF_TIME", 1e9)
    looked_at = train(job, context)
    monkeypatch.setattr(Looks, "at", lambda *_: None)
    monkeypatch.setattr(Looks, "_tell", lambda *_: None)
    alone = train(job, context)
    assert looked_at.model == alone.model
    assert (looked_at.accuracy, looked_at.test_loss) == (alone.accuracy, alone.test_loss)


@pytest.mark.parametrize(("ids", "dimension"), [([], 4), ([1], 4), ([1, 2, 3], 1)])
def test_few_words_or_one_dimension_have_a_plane_too(ids: Sequence[int], dimension: int) -> None:
    model = build(len(WORDS), dimension, 2, 0)
    sample = Sample(ids, WORDS)
    for _ in range(2):
        plane = sample.plane(model)
        assert len(plane.points) == len(ids)
        assert all(math.isfinite(value) for point in plane.points for value in point)


def test_looking_takes_a_hundredth_of_a_training_at_the_most(
    context: Context, events: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock of the test's own: a look takes 50 ms, a step 10."""
    import llm_tui.classifier.directions as looking

    now = [0.0]
    monkeypatch.setattr(looking, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    looks = Looks(Sample([1, 2, 3], WORDS), build(len(WORDS), 4, 2, 0), context)
    monkeypatch.setattr(Sample, "drawable", lambda *_: now.__setitem__(0, now[0] + 0.05) or True)
    for step in range(10_000):
        now[0] += 0.01
        looks.at(step, 10_000)
    spent = 0.05 * (len(events) - 1)
    assert 0.5 < spent < 0.01 * now[0] + 0.05
    times = [event.what.step for event in events if isinstance(event, Picture)][1:]
    assert min(b - a for a, b in pairwise(times)) * 0.01 >= looking.BETWEEN


def test_vectors_that_are_no_numbers_are_not_drawn(context: Context, events: list[object]) -> None:
    model = build(len(WORDS), 4, 2, 0)
    looks = Looks(Sample([1, 2, 3], WORDS), model, context)
    drawn = len(events)
    with torch.no_grad():
        model.embedding.weight[2] = float("nan")
    looks.over(10)
    assert len(events) == drawn == 1


def test_a_picture_does_not_turn_over_between_two_looks() -> None:
    torch.manual_seed(0)
    words, turned = [str(i) for i in range(60)], 0
    for seed in range(20):
        model = build(60, 16, 3, seed)
        sample = Sample(range(60), words)
        before = np.array(sample.plane(model).points)
        for _ in range(3):
            with torch.no_grad():
                model.embedding.weight *= 1.001
            now = np.array(sample.plane(model).points)
            turned += int(((now * before).sum(0) < 0).sum())
            before = now
    assert not turned


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_run_with_weights_that_are_no_numbers_is_damaged(number: float, tmp_path: Path, context: Context) -> None:
    model = build(len(WORDS), 4, 2, 0)
    with torch.no_grad():
        model.embedding.weight[2, 1] = number
    (tmp_path / VOCABULARY).write_text(WordEncoder(WORDS).dump(), encoding="utf-8")
    (tmp_path / WEIGHTS).write_bytes(dump_model(model, [1] * len(WORDS)))
    for job in (Weigh(str(tmp_path)), Neighbours(str(tmp_path), "gol"), Directions(str(tmp_path))):
        with pytest.raises(UserError, match="damaged"):
            run_job(job, context)


def test_dumped_counts_are_read_again() -> None:
    assert b'"counts":"[0,7]"' in dump_model(build(2, 3, 2, 0), [0, 7])
