"""Pairs of texts and what was measured of them, as a person reads them."""

from __future__ import annotations

from textual.content import Content

from llm_tui.exercises.bias import Answers, Judged
from llm_tui.exercises.bias_pairs import kind_name, span
from llm_tui.exercises.bias_tables import labels
from llm_tui.export.table import Column, Table
from llm_tui.i18n import Text, tr
from llm_tui.keys import spoken
from llm_tui.visible import visible

OWN_COLUMNS = (
    Column("kind", Text("kind", "tipo"), editable=True),
    Column("a", Text("a", "a"), editable=True),
    Column("b", Text("b", "b"), editable=True),
    Column("a_is", Text("what a is", "qué es a"), editable=True),
    Column("b_is", Text("what b is", "qué es b"), editable=True),
)


def pair_content(pair: Judged) -> Content:
    """The difference and both texts, each with the part that is its own marked."""
    start, end_a, end_b = span(pair.a, pair.b)
    figures = f"{pair.apart:+.3f}" if round(pair.apart, 3) else "0.000" if pair.apart else "="
    return Content.assemble(
        (f"{figures:>6}", "bold"), f"  a {pair.of_a:.3f}  b {pair.of_b:.3f}  {visible(labels(pair))}\n",
        *_side("a", pair.a, start, end_a), "\n", *_side("b", pair.b, start, end_b),
    )  # fmt: skip


def _side(name: str, text: str, start: int, end: int) -> list[str | tuple[str, str]]:
    own = visible(text[start:end])
    return [(f"  {name} ", "$text-muted"), visible(text[:start]), (own, "bold underline"), visible(text[end:])]


def own_table(answers: Answers, language: str) -> Table:
    """The person's own pairs of the language that is asked, to be edited; named by their number from 0."""
    own = [(str(i), pair) for i, pair in enumerate(answers.own) if pair.language == answers.language]
    rows = tuple((kind_name(p.kind).within(language), p.a, p.b, p.a_is, p.b_is) for _, p in own)
    return Table(OWN_COLUMNS, rows, keys=tuple(key for key, _ in own))


def kinds_footer(answers: Answers, table: Table) -> Content:
    """What stands below the kinds: what is lacking of them, and what the figures are."""
    parts: list[Content] = []
    reading = answers.reading
    lacking = [kind for kind in answers.kinds() if reading is None or reading.of(kind) is None]
    stale = [kind for kind in answers.kinds() if answers.is_stale(kind)]
    if lacking or stale:
        named = ", ".join(str(kind_name(kind)) for kind in (*lacking, *stale))
        said = tr(f"{spoken('run')} measures: {named}.", f"{spoken('run')} mide: {named}.")
        parts.append(Content.styled(visible(said), "bold"))
    if table.title and reading:
        parts.append(Content.styled(visible(str(table.title)), "bold"))
    parts += [Content.styled(visible(str(sentence)), "$text-muted") for sentence in table.footer]
    return Content("\n").join(parts)
