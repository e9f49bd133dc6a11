"""The model for named entities: PER, ORG, LOC and MISC. Trained on own frames with names from a broad stock, and on
everyday sentences whose Toms and Bostons give way to other names, those of the world among them.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer, BertForTokenClassification, PreTrainedTokenizerFast

from llm_tui.engine.job import run_job
from llm_tui.foundation.job import ModelChoice
from llm_tui.foundation.labels_job import Entities
from llm_tui.teaching import encoder, gazetteer, parallel, wordpiece
from llm_tui.teaching.entities_texts import Tagged, frames, named, parsed, writer
from llm_tui.teaching.grammar import Phrase, Stock, stock, stocks
from llm_tui.teaching.loop import Plan, drawn, fit, halved, kept
from llm_tui.teaching.record import Failure, Measure, Record, Source, accuracy, card, heldout, save, write

NAME = "entities"
LAYERS = (0, 1, 2, 3)
PIECES = 10_000
OFTEN = 20_000
"""Of the encoder's pieces, the ones that English needs most first, so many are looked at for words that are names."""
CAPITAL = 0.02
"""How far a piece with a capital begins from the same one in small letters, as a standard deviation."""
BLURRED = 0.1
SENTENCES = 64
SEED = 13
PLAN = Plan(seed=SEED, steps=1000, rate=3e-4, warm_up=50, falls=0.4, judged_each=250)
MODULES = ("entities", "entities_texts", "gazetteer", "encoder", "inflection", "wordpiece", "parallel")
STOCKS = (*encoder.STOCKS, "entities", "entities_more", "wellknown")

LABELS = ("O", "B-MISC", "I-MISC", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
"""Those of dslim/bert-base-NER, in its order."""

FIXED = (
    "Marta Prieto moved from Lisbon to Tokyo last year.",
    "El lunes Javier Ruiz instaló Grafana en la oficina de IBM.",
    "Amazon abrirá un almacén en Zaragoza en marzo.",
)

TITLE = Phrase("Teaching model: named entities", "Modelo didáctico: entidades con nombre")
ABOUT = Phrase(
    "A bilingual BERT of four layers for tokens: people (PER), organisations (ORG), places (LOC) and the rest (MISC: "
    "tools and products such as Kubernetes or AWS Lambda, works, prizes, events; the company behind a product is ORG). "
    "Languages, nationalities, days and abbreviations such as API are no entities for it. Names of one word without a "
    "telling context are often given the wrong type.",
    "Un BERT bilingüe de cuatro capas para tokens: personas (PER), organizaciones (ORG), lugares (LOC) y lo demás "
    "(MISC: herramientas y productos como Kubernetes o AWS Lambda, obras, premios, acontecimientos; la empresa que "
    "hace el producto es ORG). Idiomas, gentilicios, días y siglas como API no son entidades para él. Los nombres de "
    "una sola palabra sin un contexto que los delate reciben a menudo el tipo equivocado.",
)


def train(data: Path, folder: Path, device: str) -> None:
    """Train, the encoder first where it is not there yet, and measure."""
    start = encoder.encoder(data, device)
    torch.manual_seed(SEED)
    out = unlearned()
    world = gazetteer.names(out, SEED)
    old = AutoTokenizer.from_pretrained(start)
    tokenizer = vocabulary(old, data, world)
    model = beginning(AutoModel.from_pretrained(start), old, tokenizer).to(device)
    strange = named(data)

    def loss(batch: list[Tagged]) -> Tensor:
        inputs = tokenizer(
            [tagged.text for tagged in batch], padding=True, truncation=True, return_tensors="pt",
            return_offsets_mapping=True,
        )  # fmt: skip
        offsets = inputs.pop("offset_mapping").tolist()
        goal = torch.tensor([numbers(row, tagged) for row, tagged in zip(offsets, batch, strict=True)], device=device)
        inputs["input_ids"] = blurred(inputs["input_ids"], goal.cpu(), len(tokenizer))
        with halved(device):
            found = model(**inputs.to(device)).logits.float()
        known = functional.cross_entropy(found.flatten(0, 1), goal.flatten(), ignore_index=-100, label_smoothing=0.05)
        return known + 0.5 * agreement([strange[i] for i in torch.randint(len(strange), (SENTENCES // 4,)).tolist()])

    def agreement(texts: list[str]) -> Tensor:
        inputs = tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
        words = [inputs.word_ids(i) for i in range(len(texts))]
        with halved(device):
            found = model(**inputs.to(device)).logits.float()
        return functional.cross_entropy(found.flatten(0, 1), voted(found, words).flatten(), ignore_index=-100)

    def judge() -> dict[str, float]:
        found = {}
        for language in ("en", "es"):
            tagged = held(language, "development")
            with torch.inference_mode():
                spans = [spans_of(model, tokenizer, one.text, device) for one in tagged]
            found[f"span F1, {language}"] = f1([one.spans for one in tagged], spans)
        return found

    trained = [weights for weights in model.parameters() if weights.requires_grad]
    batch = drawn(writer(frames(data), world, out), SENTENCES, SEED, lambda tagged: len(tagged.text))
    optimizer = torch.optim.AdamW(trained, lr=PLAN.rate, weight_decay=0.01)
    done = fit(model, optimizer, batch, loss, PLAN, kept(NAME, parallel.sources(data), MODULES, STOCKS), judge)
    own = sum(len(entries) for name in ("entities", "entities_more", "wellknown") for entries in stock(name).values())
    sources = (
        *encoder.SOURCES,
        *gazetteer.SOURCES,
        Source("own templates and names (llm-tui)", "that of llm-tui", own),
    )
    settings = {"rate": PLAN.rate, "sentences a step": SENTENCES, "pieces": len(tokenizer), "curve": done.curve}
    seconds = done.seconds + encoder.trained_for(start)
    record = Record(NAME, sources, SEED, done.steps, seconds, device, model.num_parameters(), (), settings)
    save(model, tokenizer, record, "", folder)
    finish(record, folder, data)


def unlearned() -> set[str]:
    """Names that are never trained on: those that are held out, unless they are of the best known."""
    well = {one.text[start:end] for one in wellknown() for start, end, _ in one.spans}
    rows = [one for language in ("en", "es") for one in held(language)]
    return {one.text[start:end] for one in rows for start, end, _ in one.spans} - well


def spans_of(model: Any, tokenizer: Any, text: str, device: str) -> list[tuple[int, int, str]]:
    """The entities of a text: pieces of one type that follow each other, a new one where a piece begins one."""
    inputs = tokenizer(text, truncation=True, return_tensors="pt", return_offsets_mapping=True)
    offsets = inputs.pop("offset_mapping")[0].tolist()
    labels = [LABELS[i] for i in model(**inputs.to(device)).logits[0].argmax(-1).tolist()]
    found: list[tuple[int, int, str]] = []
    before = "O"
    for (start, end), label in zip(offsets, labels, strict=True):
        if end > start and label != "O":
            if label[0] == "I" and before[2:] == label[2:] and found:
                found[-1] = (found[-1][0], end, label[2:])
            else:
                found.append((start, end, label[2:]))
        before = label
    return found


def vocabulary(old: Any, data: Path, world: Stock) -> PreTrainedTokenizerFast:
    """Pieces with letter case, which tells names: those of everyday sentences and of the names to learn from, the words
    of the best-known names whole, and with a capital the encoder's words that no everyday sentence writes small.
    """
    texts = [text for pair in encoder.tatoeba(data) for text in (pair.en, pair.es)]
    small = {word for text in texts for word in re.findall(r"\b[a-záéíóúüñ]+\b", text)}
    often = [word for word, number in old.get_vocab().items() if number < OFTEN]
    names = [word.capitalize() for word in often if word.isalpha() and len(word) > 2 and word not in small]
    lists = chain(stocks("entities", "wellknown").values(), world.values())
    texts += [phrase.within(language) for phrases in lists for phrase in phrases for language in ("en", "es")]
    known = [stock("wellknown")[slot] for slot in ("city", "country", "company", "institution", "product", "person")]
    best = {word for phrases in known for p in phrases for text in (p.en, p.es) for word in re.findall(r"\w{2,}", text)}
    pieces = wordpiece.learned(texts, PIECES, lowercase=False)
    return wordpiece.tokenizer([*pieces, *sorted(best), *sorted(names)], lowercase=False)


def beginning(body: Any, old: Any, new: Any) -> Any:
    """The lower layers of the encoder with a layer for labels that knows nothing yet. The embeddings stay as they are,
    so that a name that was not learned from is found by those that are like it.
    """
    table = wordpiece.rows(body.embeddings.word_embeddings.weight.data, old, new, {})
    table[[number for piece, number in new.get_vocab().items() if piece[:1].isupper()]] += (
        torch.randn(table.shape[1]) * CAPITAL
    )
    body = encoder.thinned(body, LAYERS, table)
    config = body.config
    config.id2label = dict(enumerate(LABELS))
    config.label2id = {label: i for i, label in enumerate(LABELS)}
    config.classifier_dropout = 0.1
    model: Any = BertForTokenClassification(config)
    model.set_attn_implementation("eager")
    model.bert.load_state_dict(body.state_dict())
    model.bert.embeddings.requires_grad_(False)
    return model


def numbers(offsets: Sequence[Sequence[int]], tagged: Tagged) -> list[int]:
    """The label of each piece: B- for the first of an entity, I- for the others; -100 for special ones."""
    found = []
    for start, end in offsets:
        inside = next((span for span in tagged.spans if span[0] <= start and end <= span[1]), None)
        if start == end:
            found.append(-100)
        elif inside is None:
            found.append(0)
        else:
            found.append(LABELS.index(f"{'B' if start == inside[0] else 'I'}-{inside[2]}"))
    return found


def blurred(ids: Tensor, goal: Tensor, pieces: int) -> Tensor:
    """Some pieces that are no name's give way to others, so that no sentence is known by heart."""
    out = (goal == 0) & (torch.rand(ids.shape) < BLURRED)
    return torch.where(out, torch.randint(len(wordpiece.SPECIAL), pieces, ids.shape), ids)


def voted(logits: Tensor, words: Sequence[Sequence[int | None]]) -> Tensor:
    """The label of each piece if the pieces of a word had one vote, the type that they find likeliest together: no
    word is to be cut. Special pieces have -100.
    """
    likely = logits.detach().softmax(-1).cpu()
    types = torch.cat([likely[..., :1], likely[..., 1::2] + likely[..., 2::2]], dim=-1)
    goal = torch.full(likely.shape[:2], -100)
    for row, of_text in enumerate(words):
        for word, group in groupby(enumerate(of_text), key=itemgetter(1)):
            if word is not None:
                first, *others = (piece for piece, _ in group)
                type = int(types[row, first : first + 1 + len(others)].mean(0).argmax())
                begins = likely[row, first, 2 * type - 1] >= likely[row, first, 2 * type] if type else False
                goal[row, first] = 2 * type - 1 if begins else 2 * type
                goal[row, others] = 2 * type
    return goal.to(logits.device)


def found_in(folder: Path, texts: Sequence[str]) -> list[list[tuple[int, int, str]]]:
    """What the program finds in each text."""
    result = run_job(Entities(tuple(texts), ModelChoice(str(folder), "cpu"), 32), encoder.context())
    return [[(entity.start, entity.end, entity.type) for entity in entities] for entities in result.texts]


def held(language: str, folder: str = "heldout") -> list[Tagged]:
    return [parsed(row["text"]) for row in heldout("entities", folder) if row["language"] == language]


def wellknown() -> list[Tagged]:
    return [parsed(row["text"]) for row in heldout("wellknown")]


def measure(folder: Path, data: Path | None) -> list[Measure]:
    """F1 of spans, an entity being found when both its ends and its type are right, with the bootstrap interval over
    texts; and how many of the best-known names are found so.
    """
    measures = []
    for language, name in (("en", "English"), ("es", "Spanish")):
        tagged = held(language)
        right, found = [one.spans for one in tagged], found_in(folder, [one.text for one in tagged])
        most = Counter(span[2] for spans in right for span in spans).most_common(1)[0][0]
        baseline = f1(right, [capitals(one.text, most) for one in tagged])
        low, high = bootstrapped(right, found)
        measures.append(
            Measure(NAME, f"names and sentences held out, {name}", "span F1", f1(right, found),
                    f"capitals inside the sentence as {most}", baseline, len(tagged), low, high)
        )  # fmt: skip
    tagged = wellknown()
    found = found_in(folder, [one.text for one in tagged])
    names = [set(one.spans) <= set(spans) for one, spans in zip(tagged, found, strict=True)]
    plain = [set(one.spans) <= set(capitals(one.text, "LOC")) for one in tagged]
    what = "best-known names, plain sentences"  # fifty cities, countries, companies and cloud products each
    share = sum(plain) / len(plain)
    return [*measures, accuracy(NAME, what, names, "capitals inside the sentence as LOC", share, "found")]


def bootstrapped(right: Sequence[Sequence[Any]], found: Sequence[Sequence[Any]]) -> tuple[float, float]:
    """The 95 % percentile interval of F1 over 2,000 draws of texts (Efron & Tibshirani 1993)."""
    rng = random.Random(SEED)
    values = []
    for _ in range(2000):
        drawn_ones = rng.choices(range(len(right)), k=len(right))
        values.append(f1([right[i] for i in drawn_ones], [found[i] for i in drawn_ones]))
    values.sort()
    return values[49], values[1949]


def capitals(text: str, type: str) -> list[tuple[int, int, str]]:
    """Every run of words with a capital that does not begin the sentence."""
    runs = re.finditer(r"(?<=[^\W] )[A-ZÁÉÍÓÚÑ][\w'&-]*(?: [A-ZÁÉÍÓÚÑ][\w'&-]*)*", text)
    return [(run.start(), run.end(), type) for run in runs]


def f1(right: Sequence[Sequence[Any]], found: Sequence[Sequence[Any]]) -> float:
    both = sum(len(set(r) & set(f)) for r, f in zip(right, found, strict=True))
    return 2 * both / max(1, sum(map(len, right)) + sum(map(len, found)))


def finish(record: Record, folder: Path, data: Path | None) -> Record:
    """Measure, and write the record and the card."""
    record = replace(record, measures=measure(folder, data), failures=kinds(folder))
    answers = ["| text | answer |", "| --- | --- |"]
    answers += [
        f"| {text} | {listed(text, spans)} |" for text, spans in zip(FIXED, found_in(folder, FIXED), strict=True)
    ]
    write(record, card(TITLE, ABOUT, record, answers, failures(folder)), folder)
    return record


def failures(folder: Path, most: int = 4) -> list[str]:
    """Held-out sentences of each language in which something is wrong."""
    lines = ["| text | right | answer |", "| --- | --- | --- |"]
    for language in ("en", "es"):
        tagged = held(language)
        found = found_in(folder, [one.text for one in tagged])
        wrong = [(one, spans) for one, spans in zip(tagged, found, strict=True) if set(one.spans) != set(spans)]
        lines += [f"| {o.text} | {listed(o.text, o.spans)} | {listed(o.text, spans)} |" for o, spans in wrong[:most]]
    return lines


def kinds(folder: Path) -> list[Failure]:
    """Entities that are missed, of another type, or with other ends; what is none; words that are cut."""
    tagged = [*held("en"), *held("es")]
    found = found_in(folder, [one.text for one in tagged])
    counts: Counter[str] = Counter()
    for one, spans in zip(tagged, found, strict=True):
        for start, end, type in one.spans:
            over = [span for span in spans if span[0] < end and start < span[1]]
            if (start, end, type) not in spans:
                same = any(span[:2] == (start, end) for span in over)
                counts["missed" if not over else "another type" if same else "other ends"] += 1
        right = [(start, end) for start, end, _ in one.spans]
        counts["no entity"] += sum(all(end <= a or b <= start for a, b in right) for start, end, _ in spans)
        ends = {place for start, end, _ in spans for place in (start, end)}
        counts["a word cut"] += any(one.text[place - 1 : place + 1].isalpha() for place in ends if place)
    names = sum(len(one.spans) for one in tagged)
    kinds = [Failure(f"an entity: {kind}", counts[kind], names) for kind in ("missed", "another type", "other ends")]
    return [
        *kinds,
        Failure("found where no entity is", counts["no entity"], len(tagged)),
        Failure("a word cut in parts", counts["a word cut"], len(tagged)),
    ]


def listed(text: str, spans: Sequence[tuple[int, int, str]]) -> str:
    return "; ".join(f"{text[start:end]} = {type}" for start, end, type in spans) or "-"
