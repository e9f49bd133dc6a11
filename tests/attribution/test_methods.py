"""What each method says of a logit: the same as captum, on every architecture; and a planted word is found."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import torch
from captum.attr import FeatureAblation, LayerGradientXActivation, LayerIntegratedGradients
from foundation.conftest import BERT, SENTENCES, byte_level, named, save, wordpiece
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import (
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    AutoTokenizer,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    GPT2Config,
    GPT2ForSequenceClassification,
)

from llm_tui.attribution import job, methods
from llm_tui.attribution.job import Attribute, OfClass, OfHypothesis, OfSpan
from llm_tui.engine.job import Context, run_job
from llm_tui.foundation.job import ModelChoice

TEXT = "Every word is cut into pieces, and every piece has a number!"
HYPOTHESIS = "This is sports."
WITH_HYPOTHESIS = ("albert", "bart", "roberta")
QUICK, SLOW = ("bart", "distilbert", "gpt2"), ("albert", "deberta", "electra", "roberta", "t5")


def explained(folder: Path, of, context: Context, text=TEXT):
    """What each method says, in their order, and the result."""
    result = run_job(Attribute(text, of, ModelChoice(str(folder), "cpu")), context)
    return *result.attributions, result


class Oracle:
    """A model asked through captum, of a text, or a text and a hypothesis."""

    def __init__(self, folder: Path, read, pair=None, opens=AutoModelForSequenceClassification):
        self.model = opens.from_pretrained(folder).eval()
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.tokenizer.pad_token = self.tokenizer.pad_token or self.tokenizer.eos_token
        told = self.tokenizer(TEXT, pair, return_tensors="pt", return_offsets_mapping=True)
        self.ids, offsets = told.pop("input_ids"), told.pop("offset_mapping")[0].tolist()
        self.more, self.read = dict(told), read
        self.groups = self._groups(told.sequence_ids(0), offsets, pair)

    def __call__(self, ids):
        more = {name: value.expand(len(ids), -1) for name, value in self.more.items()}
        return self.read(self.model(input_ids=ids, **more).logits)

    def _groups(self, parts, offsets, pair):
        """The number of the word of each piece, [1, pieces]; special tokens have one behind all."""
        numbers: dict[tuple[int, int], int] = {}
        found: list[int | None] = []
        for part, (start, end) in zip(parts, offsets, strict=True):
            if part is None:
                found.append(None)
                continue
            line = pair if part else TEXT
            start += len(line[start:end]) - len(line[start:end].lstrip())
            while start and line[start - 1].isalnum() and line[start].isalnum():
                start -= 1
            found.append(numbers.setdefault((part, start), len(numbers)))
        self.words = len(numbers)
        return torch.tensor([[self.words if number is None else number for number in found]])

    @property
    def layers(self):
        """The modules that look pieces up, as somebody names them who knows the architecture."""
        if self.model.config.is_encoder_decoder:
            inner = getattr(self.model, "model", None) or self.model.transformer
            return [inner.encoder.embed_tokens, inner.decoder.embed_tokens]
        return [self.model.get_input_embeddings()]

    def filled(self, piece: int):
        """The ids with this piece in place of every one of a word."""
        return torch.where(self.groups == self.words, self.ids, piece)

    def by_word(self, of_layers):
        """A number for each word; the pieces of a decoder stand one place later."""
        first, *second = (of_layer.sum(-1)[0].detach() for of_layer in of_layers)
        for shifted in second:
            first[:-1] += shifted[1:]
        sums = torch.zeros(self.words + 1).index_add(0, self.groups[0], first)
        return sums[: self.words].tolist()

    def slopes(self):
        return self.by_word([LayerGradientXActivation(self, layer).attribute(self.ids) for layer in self.layers])

    def integrated(self):
        begin = self.filled(self.tokenizer.pad_token_id)
        many = LayerIntegratedGradients(self, self.layers)
        found = many.attribute(self.ids, begin, n_steps=100, internal_batch_size=50)
        return self.by_word(found if isinstance(found, list | tuple) else [found])

    def hidden(self):
        mask = self.tokenizer.mask_token_id or self.tokenizer.unk_token_id or self.tokenizer.pad_token_id
        found = FeatureAblation(self).attribute(self.ids, self.filled(mask), feature_mask=self.groups)[0]
        return [found[self.groups[0] == word][0].item() for word in range(self.words)]


@pytest.fixture
def exact(monkeypatch):
    """The integral is worked out as far as float32 goes."""
    monkeypatch.setattr(job, "TOLERANCE", 1e-6)
    monkeypatch.setattr(job, "FLOOR", 5e-6)


def agree(oracle: Oracle, found):
    """Whether captum says the same of each word, by all methods."""
    gradient, integrated, occlusion, result = found
    assert result.logit == pytest.approx(oracle(oracle.ids).item(), abs=1e-5)
    assert gradient.values == pytest.approx(oracle.slopes(), abs=1e-4)
    assert integrated.values == pytest.approx(oracle.integrated(), abs=1e-4)
    assert occlusion.values == pytest.approx(oracle.hidden(), abs=1e-4)
    assert max(map(abs, integrated.values)) > 1e-2  # else it would say nothing
    assert integrated.special == pytest.approx(0, abs=1e-5)
    assert result.gap(integrated) == pytest.approx(0, abs=1e-4)


@pytest.mark.filterwarnings("ignore:Multiple layers provided")
@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize("name", [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)])
def test_each_method_says_what_captum_says(name, classifiers, context: Context):
    if name in WITH_HYPOTHESIS:
        oracle = Oracle(classifiers[name], lambda logits: logits[:, 2], HYPOTHESIS)
        agree(oracle, explained(classifiers[name], OfHypothesis("sports", "This is {}."), context))
    else:
        oracle = Oracle(classifiers[name], lambda logits: logits[:, 1])
        agree(oracle, explained(classifiers[name], OfClass("neutral"), context))


@pytest.mark.usefixtures("exact")
def test_the_label_of_an_entity_is_explained_as_captum_does(classifiers, context: Context):
    """The mean over its pieces of the one of B- and I- that is likelier in this text."""
    start = TEXT.index("pieces")

    def read(logits):
        inside = [i for i, group in enumerate(oracle.groups[0].tolist()) if group == 5]
        return torch.stack([logits[:, i, label] for i, label in zip(inside, likelier, strict=True)], 1).mean(1)

    plain = Oracle(classifiers["tokens"], lambda logits: logits, opens=AutoModelForTokenClassification)
    likelier = [3 + int(row[4] > row[3]) for row in plain(plain.ids)[0][plain.groups[0] == 5]]
    oracle = Oracle(classifiers["tokens"], read, opens=AutoModelForTokenClassification)
    agree(oracle, explained(classifiers["tokens"], OfSpan(start, start + 6, "LOC"), context))


WORDS = st.lists(st.sampled_from([*" ".join(SENTENCES).split(), "¡", "😀", "—", "ﬁn"]), min_size=1, max_size=12)


@settings(max_examples=4, deadline=None)
@given(words=WORDS, seed=st.integers(0, 2**16))
def test_integrated_gradients_are_complete_on_any_model(words, seed, tmp_path_factory):
    """All values sum to the difference of the logits, by a hundredth of it, or else the gap is what is missed."""
    folder = tmp_path_factory.mktemp("random")
    torch.manual_seed(seed)
    config = DistilBertConfig(vocab_size=300, dim=16, n_layers=1, n_heads=2, hidden_dim=24, initializer_range=0.3,
                              max_position_embeddings=200, **named(["no", "yes"]))  # fmt: skip
    like = {**BERT, "model_input_names": ["input_ids", "attention_mask"]}
    model = DistilBertForSequenceClassification(config).eval()
    save(folder, model, wordpiece(), **like)
    text = " ".join(words)
    _, integrated, _, result = explained(folder, OfClass("yes"), nobody(), text)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    ids = tokenizer(text, return_tensors="pt")["input_ids"]
    blank = ids.clone()
    blank[0, 1:-1] = tokenizer.pad_token_id
    with torch.no_grad():
        logit, baseline = (model(input_ids=given).logits[0, 1].item() for given in (ids, blank))
    assert (result.logit, integrated.baseline) == (pytest.approx(logit, abs=1e-5), pytest.approx(baseline, abs=1e-5))
    gap = sum(integrated.values) + integrated.special - (logit - baseline)
    assert result.gap(integrated) == pytest.approx(gap, abs=1e-4)
    assert abs(gap) <= max(0.01 * abs(logit - baseline), 1e-3) + 1e-4 or integrated.steps == methods.MOST + 1


def nobody() -> Context:
    return Context(0, lambda event: None, threading.Event())


@pytest.fixture(scope="module")
def trigger(tmp_path_factory) -> Path:
    """A model that has learnt that what has “snow” in it is yes, and nothing else. One without a norm right behind the
    embeddings: where there is one, the slope by the length of an embedding is 0, and its product with it says little.
    """
    torch.manual_seed(1)
    folder, tokenizer = tmp_path_factory.mktemp("trigger"), byte_level(["<|endoftext|>", "<mask>"])
    config = GPT2Config(vocab_size=300, n_positions=80, n_embd=16, n_layer=1, n_head=2, resid_pdrop=0.0, embd_pdrop=0.0,
                        attn_pdrop=0.0, pad_token_id=0, **named(["no", "yes"]))  # fmt: skip
    model = GPT2ForSequenceClassification(config)
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    vocabulary = [word for sentence in SENTENCES for word in sentence.split() if "snow" not in word]
    loss = torch.tensor(1.0)
    while loss > 0.1:
        lengths = torch.randint(1, 10, (32,)).tolist()
        texts = [[vocabulary[i] for i in torch.randint(len(vocabulary), (length,))] for length in lengths]
        for words in texts[::2]:
            words[int(torch.randint(len(words), ()))] = "snow"
        pieces = tokenizer.encode_batch([" ".join(words) for words in texts])
        longest = max(map(len, pieces))
        ids = torch.tensor([piece.ids + [0] * (longest - len(piece)) for piece in pieces])
        loss = model(input_ids=ids, attention_mask=(ids > 0).long(), labels=torch.tensor([1, 0] * 16)).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return save(folder, model, tokenizer, eos_token="<|endoftext|>", mask_token="<mask>")


@pytest.mark.parametrize(
    "text", ["The snow reached the station.", "Every word of snow is cut!", "El tren de las ocho y la snow, por fin."]
)
def test_a_planted_word_stands_in_first_place_by_every_method(trigger, context: Context, text):
    *found, result = explained(trigger, OfClass("yes"), context, text)
    for attribution in found:
        unit = result.units[max(range(len(result.units)), key=attribution.values.__getitem__)]
        assert text[unit.start : unit.end] == "snow", attribution.method
