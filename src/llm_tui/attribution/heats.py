"""What the methods say of an answer, as heat on its words, and how far they agree. Light."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import correlation

from llm_tui.attribution.job import (
    METHODS,
    Attribute,
    Attribution,
    Explained,
    OfClass,
    OfHypothesis,
    OfSpan,
    Target,
    Unit,
    is_complete,
)
from llm_tui.attribution.said import CAUTION, DEFINED, NAMES, NOT_COMPLETE, SPECIAL, SUM
from llm_tui.export.heat import Heat, Mark, signed
from llm_tui.export.table import Cell, Column, Table
from llm_tui.foundation.tables import made_by
from llm_tui.i18n import Text
from llm_tui.visible import visible

FIRST = 5
"""Of so many words with the largest values it is said whether the methods agree on them, and which speak for a span."""

LOGIT = Text("of the logit", "del logit")


def of_what(job: Attribute) -> Text:
    """The logit that is explained, in words."""
    match job.of:
        case OfHypothesis(label, template):
            said = Text("entailment of “{what}”", "la implicación «{what}»")
            return said.format(what=visible(template.replace("{}", label)))
        case OfSpan(start, end, type):
            said = Text("{type} of “{what}”", "{type} de «{what}»")
            return said.format(type=visible(type), what=visible(job.text[start:end]))
        case OfClass(label):
            return Text(visible(label), visible(label))


def named(of: Target, text: str) -> str:
    """A target in a list of those that there are."""
    return f"{text[of.start : of.end]} [{of.type}]" if isinstance(of, OfSpan) else of.label


def heat(job: Attribute, explained: Explained, by: Attribution, alone: bool = True) -> Heat:
    """The words of the text with what one method says of them; where it is not `alone`, without what is the same for
    all methods.
    """
    marks = tuple(
        Mark(unit.start, unit.end, value)
        for unit, value in zip(explained.units, by.values, strict=True)
        if not unit.of_hypothesis
    )
    caption = [*_measured(job, explained, by), *(said_of_all(job, explained) if alone else ())]
    return Heat(_title(job, by.method), job.text, marks, LOGIT, tuple(caption))


def waiting(job: Attribute, method: str) -> Heat:
    """The text while the method has not said anything yet."""
    return Heat(_title(job, method), job.text, ())


def _title(job: Attribute, method: str) -> Text:
    title = Text("{method}: logit of {what}", "{method}: logit de {what}")
    return title.format(method=NAMES[method], what=of_what(job))


def said_of_all(job: Attribute, explained: Explained) -> tuple[Text, ...]:
    """What made the answer, what the model did not read, and a caution."""
    said = []
    if explained.read_to < len(job.text) or explained.read_from > 0:
        cut = Text(
            "The model reads no more at once than the characters {first} to {last} of {all}: the rest has no say.",
            "El modelo no lee a la vez más que los caracteres {first} a {last} de {all}: el resto no cuenta.",
        )
        said.append(cut.format(first=explained.read_from, last=explained.read_to, all=len(job.text)))
    return (*said, CAUTION, made_by(explained.made_by))


def _measured(job: Attribute, explained: Explained, by: Attribution) -> list[Text]:
    """What the method is, what it says beside the words, and what its values sum to."""
    said = [DEFINED[by.method].format(mask=visible(explained.mask))]
    if by.baseline is not None:
        difference, gap = explained.logit - by.baseline, explained.gap(by) or 0.0
        share = abs(gap / difference) if difference else 0.0
        numbers = {"total": by.total, "logit": explained.logit, "baseline": by.baseline, "difference": difference}
        told = {name: signed(value) for name, value in numbers.items()}
        said.append(SUM.format(points=by.steps, gap=signed(gap, 2), share=_percent(share), **told))
        said += [] if is_complete(gap, difference) else [NOT_COMPLETE]
    else:
        said.append(Text("The logit is {logit}.", "El logit es {logit}.").format(logit=signed(explained.logit)))
    said += _beside(job, explained, by)
    return said


def _percent(share: float) -> Text:
    return Text(f"{100 * share:.1f}%", f"{100 * share:.1f}\u00a0%")


def _beside(job: Attribute, explained: Explained, by: Attribution) -> list[Text]:
    """What stands in no mark of the heat: hypothesis and special tokens; for a span, what speaks for it elsewhere."""
    said: list[Text] = []
    of = job.of
    values = list(zip(explained.units, by.values, strict=True))
    if isinstance(of, OfHypothesis):
        words = [(unit, value) for unit, value in values if unit.of_hypothesis]
        told = ", ".join(f"{visible(word(job, unit))} {signed(value, 2)}" for unit, value in words)
        said.append(Text("In the hypothesis: {told}.", "En la hipótesis: {told}.").format(told=told))
    if isinstance(of, OfSpan):
        around = [(u, value) for u, value in values if (u.end <= of.start or u.start >= of.end) and value > 0]
        most = sorted(around, key=lambda pair: -pair[1])[:FIRST]
        told = ", ".join(f"{visible(word(job, unit))} {signed(value, 2)}" for unit, value in most) or "-"
        said.append(
            Text("Outside it, these speak for it: {told}.", "Fuera de él, hablan a favor: {told}.").format(told=told)
        )
    if by.special:
        told = signed(by.special, 2)
        said.append(Text("Special tokens together: {told}.", "Los tokens especiales juntos: {told}.").format(told=told))
    return said


def word(job: Attribute, unit: Unit) -> str:
    """What stands in a unit, in the text or in its hypothesis."""
    if unit.of_hypothesis and isinstance(job.of, OfHypothesis):
        return job.of.template.replace("{}", job.of.label)[unit.start : unit.end]
    return job.text[unit.start : unit.end]


def table(job: Attribute, explained: Explained, by: Mapping[str, Attribution]) -> Table:
    """A row for each word, with what each method says of it; a column says which stand in the hypothesis."""
    methods = [by[method] for method in METHODS if method in by]
    of_hypothesis = isinstance(job.of, OfHypothesis)
    inside = (Column("hypothesis", Text("in the hypothesis", "en la hipótesis")),) if of_hypothesis else ()
    columns = (
        Column("word", Text("word", "palabra")),
        *inside,
        *(Column(one.method, NAMES[one.method], numeric=True) for one in methods),
    )
    rows: list[tuple[Cell, ...]] = [
        (word(job, unit), *(("×" if unit.of_hypothesis else "",) if inside else ()), *values)
        for unit, *values in zip(explained.units, *(one.values for one in methods), strict=True)
    ]
    special = [SPECIAL.format(method=NAMES[one.method], told=signed(one.special, 2)) for one in methods if one.special]
    return Table(columns, tuple(rows), tuple(special))


def agreement(by: Sequence[Attribution]) -> list[Text]:
    """How far each two methods agree: on the order of all words, and on the first of them."""
    said = Text(
        "{one} / {other}: rank correlation {rho}; {same} of the {first} words with the largest values are the same.",
        "{one} / {other}: correlación de rangos {rho}; coinciden {same} de las {first} palabras con mayores valores.",
    )
    found = []
    for i, one in enumerate(by):
        for other in by[i + 1 :]:
            rho = rank_correlation(one.values, other.values)
            firsts = [_firsts(each.values) for each in (one, other)]
            found.append(
                said.format(
                    one=NAMES[one.method],
                    other=NAMES[other.method],
                    rho="-" if rho is None else f"{rho:+.2f}".replace("-", "\u2212"),
                    same=len(firsts[0] & firsts[1]),
                    first=len(firsts[0]),
                )
            )
    return found


def _firsts(values: Sequence[float]) -> set[int]:
    return set(sorted(range(len(values)), key=lambda i: -abs(values[i]))[:FIRST])


def rank_correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Spearman's, of the signed values; None where one of them has no order."""
    if len(set(one)) < 2 or len(set(other)) < 2:
        return None
    return correlation(_ranks(one), _ranks(other))


def _ranks(values: Sequence[float]) -> list[float]:
    """From 1 on; equal values share the mean of theirs."""
    ordered = sorted(values)
    first = {value: place for place, value in reversed(list(enumerate(ordered, start=1)))}
    last = {value: place for place, value in enumerate(ordered, start=1)}
    return [(first[value] + last[value]) / 2 for value in values]
