"""What there is to observe when several tokenizers cut the same word or phrase."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from llm_tui.i18n import Text
from llm_tui.tokenization.job import Cut, labels


def differ(cuts: Sequence[Cut]) -> bool:
    """Whether the tokenizers cut the word or phrase differently."""
    return len({cut.spans for cut in cuts}) > 1


def suggestion(phrase: str, cuts: Sequence[Cut], names: Sequence[str]) -> Text:
    """What the cuts of one word or phrase, one by each tokenizer, show by themselves."""
    if len(cuts) != len(names) or len(names) < 2:
        return Text("", "")
    short = labels(names)
    facts = [*_fragmentation(cuts, short), *_by_tokenizer(phrase, cuts, short)]
    return Text("; ".join(fact.en for fact in facts), "; ".join(fact.es for fact in facts))


def is_observed(observation: str | None, phrase: str, cuts: Sequence[Cut], names: Sequence[str]) -> bool:
    """Whether an observation is a person's own: it says something, and not just what is suggested."""
    said, suggested = (observation or "").strip(), suggestion(phrase, cuts, names)
    return bool(said) and said not in (suggested.en, suggested.es)


def _fragmentation(cuts: Sequence[Cut], labels: Sequence[str]) -> Iterator[Text]:
    """Of the tokenizers that have a piece of it: the others cut nothing here, and `_by_tokenizer` says why."""
    own = [(cut, name) for cut, name in zip(cuts, labels, strict=True) if len(cut)]
    counts = [len(cut) for cut, _ in own]
    if len(own) < 2:
        return
    most, least = max(counts), min(counts)
    if most > least:
        more = ", ".join(name for cut, name in own if len(cut) == most)
        less = ", ".join(name for cut, name in own if len(cut) == least)
        yield Text(
            f"{more} fragments more ({most} pieces; {less}: {least})",
            f"{more} fragmenta más ({most} piezas; {less}: {least})",
        )
    elif differ([cut for cut, _ in own]):
        yield Text("as many pieces, cut at other places", "igual número de piezas, con otros cortes")
    elif len(own) == len(cuts):
        yield Text("cut alike", "mismo corte")


def _by_tokenizer(phrase: str, cuts: Sequence[Cut], labels: Sequence[str]) -> Iterator[Text]:
    for cut, name in zip(cuts, labels, strict=True):
        if cut.lost:
            lost = "".join(dict.fromkeys(cut.lost))
            yield Text(f"{name} loses “{lost}”", f"{name} pierde «{lost}»")
        elif not len(cut):
            before = Text("part of a piece of the word before", "parte de una pieza de la palabra anterior")
            yield Text(f"{name}: {before.en}", f"{name}: {before.es}")
        if apart := _accents_apart(phrase, cut):
            yield Text(f"{name} splits off “{apart}”", f"{name} separa «{apart}»")


def _accents_apart(phrase: str, cut: Cut) -> str:
    """The accented letters that make a piece of their own, or are cut into bytes."""
    known = (span for span, unknown in zip(cut.spans, cut.unknown, strict=True) if not unknown)
    texts = dict.fromkeys(phrase[start:end] for start, end in known)
    return "".join(text for text in texts if text and all(map(_accented, text)) and text != phrase)


def _accented(char: str) -> bool:
    return any(unicodedata.combining(part) for part in unicodedata.normalize("NFD", char))
