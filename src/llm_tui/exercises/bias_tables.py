"""What pairs show, as tables and in a sentence: for the screen, the command line, and the hand-in of exercise 7."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from llm_tui.bias.job import CONFIDENCE, RESAMPLES, SEED, Effect, holm
from llm_tui.exercises.bias import TASKS, Answers, Judged, Kind, Reading, judged
from llm_tui.exercises.bias_pairs import LANGUAGES, direction, kind_name
from llm_tui.export.markdown import to_markdown
from llm_tui.export.table import Cell, Column, Table
from llm_tui.foundation.tables import each_made_by, model_name
from llm_tui.i18n import Text, number

COLUMNS = (
    Column("kind", Text("kind", "tipo")),
    Column("pairs", Text("pairs", "pares"), numeric=True),
    Column("difference", Text("difference", "diferencia"), numeric=True),
    Column("low", Text("from", "desde"), numeric=True),
    Column("high", Text("to", "hasta"), numeric=True),
    Column("signs", Text("+ / − / =", "+ / − / ="), numeric=True),
    Column("p", Text("p", "p"), numeric=True, digits=4, p_value=True),
    Column("p_holm", Text("p Holm", "p Holm"), numeric=True, digits=4, p_value=True),
    Column("flips", Text("flips", "cambian"), numeric=True),
    Column("direction", Text("b − a", "b − a")),
)

STALE = Text(" (pairs changed since)", " (pares cambiados desde entonces)")

WORST = (
    Column("kind", Text("kind", "tipo")),
    Column("difference", Text("difference", "diferencia"), numeric=True),
    Column("labels", Text("given", "predicha")),
    Column("a", Text("a", "a")),
    Column("b", Text("b", "b")),
)

MOST_WORST = 10

FEW = 10
"""Below so many pairs that differ, even all to one side, little can be told: p is 0.002 at the least with ten."""


def effects(reading: Reading, measure: str) -> Iterator[tuple[Kind, Effect]]:
    """The kinds that were measured so, each with its effect."""
    for kind in reading.kinds:
        if effect := kind.effect(measure):
            yield kind, effect


def table(answers: Answers, reading: Reading | None, language: str = "es", kinds: Sequence[str] = ()) -> Table:
    """A row for each kind that was measured, or for some of them; none where nothing was."""
    if reading is None:
        return Table(COLUMNS, ())
    measure = answers.measure(reading)
    found = list(effects(reading, measure))
    corrected = holm({kind.kind: effect.p for kind, effect in found})
    now = answers.question == reading.question
    rows: list[tuple[Cell, ...]] = []
    shown = [(kind, effect) for kind, effect in found if not kinds or kind.kind in kinds]
    for kind, effect in shown:
        stale = STALE.within(language) if now and answers.is_stale(kind.kind) else ""
        whose = direction(kind.kind, kind.pairs, reading.question.language, answers.own)
        ends = (None, None) if effect.low is None or effect.high is None else (_plain(effect.low), _plain(effect.high))
        rows.append(
            (
                kind_name(kind.kind).within(language) + stale, effect.pairs, _plain(effect.mean), *ends,
                f"{effect.more} / {effect.less} / {effect.ties}", effect.p, corrected[kind.kind],
                f"{kind.flips()} / {effect.pairs}", whose.within(language),
            )
        )  # fmt: skip
    keys = tuple(kind.kind for kind, _ in shown)
    return Table(COLUMNS, tuple(rows), tuple(footer(reading, measure)), keys, title=title(reading, measure))


def worst(answers: Answers, reading: Reading, language: str = "es", kinds: Sequence[str] = ()) -> Table:
    """The pairs with the largest differences, of all kinds or of some."""
    measure = answers.measure(reading)
    found: list[tuple[str, Judged]] = [
        (kind.kind, pair)
        for kind in reading.kinds
        if not kinds or kind.kind in kinds
        for pair in judged(reading, kind, measure)
        if pair.apart
    ]
    found.sort(key=lambda one: -abs(one[1].apart))
    rows = tuple(
        (kind_name(kind).within(language), _plain(pair.apart), labels(pair), pair.a, pair.b)
        for kind, pair in found[:MOST_WORST]
    )
    return Table(WORST, rows, title=Text("Pairs with the largest difference", "Pares con mayor diferencia"))


def labels(pair: Judged) -> str:
    return pair.label_a if pair.label_a == pair.label_b else f"{pair.label_a} → {pair.label_b}"


def probability(reading: Reading, measure: str) -> str:
    """What is measured, as a formula."""
    weights = reading.measures.get(measure, ())
    signed = [(weight, label) for weight, label in zip(weights, reading.labels, strict=False) if weight]
    return " − ".join(f"P({label})" for _, label in sorted(signed, key=lambda one: -one[0]))


def title(reading: Reading, measure: str) -> Text:
    said = Text("Bias in pairs: {task}, {measure}, {language}", "Sesgo en pares: {task}, {measure}, {language}")
    question = reading.question
    return said.format(
        task=TASKS[question.task], measure=probability(reading, measure), language=LANGUAGES[question.language]
    )


def footer(reading: Reading, measure: str) -> Iterator[Text]:
    """What the figures are, what made them, and how little they prove."""
    yield Text(
        "Difference: mean of {measured} of b minus a over the pairs, with the ends of its {level}% interval (BCa "
        "bootstrap, {resamples} draws of pairs, seed {seed}). + / − / =: pairs in which b gets more, less, the same; "
        "p: exact sign test, two-sided, without the ties; p Holm: corrected for the kinds that were measured "
        "({kinds}), which the intervals are not. Flips: pairs that are given different labels.",
        "Diferencia: media de {measured} de b menos a en los pares, con los extremos de su intervalo del {level} % "
        "(bootstrap BCa, {resamples} sorteos de pares, semilla {seed}). + / − / =: pares en que b recibe más, menos, "
        "igual; p: prueba exacta de los signos, bilateral, sin los empates; p Holm: corregida por los tipos medidos "
        "({kinds}); los intervalos no lo están. Cambian: pares que reciben etiquetas distintas.",
    ).format(
        measured=probability(reading, measure), level=round(100 * CONFIDENCE), resamples=number(RESAMPLES), seed=SEED,
        kinds=len(reading.kinds),
    )  # fmt: skip
    yield Text(
        "An interval that holds 0 does not prove that there is no bias, nor one without it that people are harmed: "
        "these are {n} sentences of one kind of writing, and only differences that somebody thought of.",
        "Un intervalo que contiene el 0 no prueba que no haya sesgo, ni uno que no lo contiene que alguien salga "
        "perjudicado: son {n} frases de un solo estilo, y solo diferencias en las que alguien pensó.",
    ).format(n=2 * sum(len(kind.pairs) for kind in reading.kinds))
    if any(effect.more + effect.less < FEW for _, effect in effects(reading, measure)):
        yield Text(
            "Of fewer than {few} pairs that differ hardly anything can be told.",
            "De menos de {few} pares que difieran apenas se puede decir nada.",
        ).format(few=FEW)
    more = Text("", "")
    if reading.question.template:
        said = Text(" Hypothesis: “{template}”; labels: {labels}; {date}.",
                    " Hipótesis: «{template}»; etiquetas: {labels}; {date}.")  # fmt: skip
        listed = ", ".join(reading.question.labels)
        more = said.format(template=reading.question.template, labels=listed, date=reading.date)
    else:
        more = Text(" {date}.", " {date}.").format(date=reading.date)
    yield from each_made_by((kind.found.made_by, more) for kind in reading.kinds)


def tables(answers: Answers, language: str = "es") -> dict[str, Table]:
    """Those of every reading that is kept, the oldest first, by a name for files."""
    found: dict[str, Table] = {}
    for place, reading in enumerate(reversed(answers.readings), start=1):
        name = f"pairs-{place}-{reading.question.task}-{reading.question.language}"
        found[name] = table(answers, reading, language)
        if (most := worst(answers, reading, language)).rows:
            found[f"{name}-worst"] = most
    return found


def document(answers: Answers, language: str, reading: Reading, kinds: Sequence[str] = ()) -> str:
    """A reading, or some kinds of it, in Markdown."""
    parts = [table(answers, reading, language, kinds), worst(answers, reading, language, kinds)]
    return "\n".join(to_markdown(one, language) for one in parts if one.rows)


def sentence(answers: Answers, reading: Reading) -> Text:
    """What was found, for the checklist: figures, intervals, model, date."""
    measure = answers.measure(reading)
    parts = []
    for kind, effect in effects(reading, measure):
        interval = Text("", "")
        if effect.low is not None and effect.high is not None:
            interval = Text(" [{low}, {high}]", " [{low}, {high}]").format(
                low=f"{_plain(effect.low):.3f}", high=f"{_plain(effect.high):.3f}"
            )
        said = Text(
            "{kind} {mean}{interval} ({n} pairs, {flips} flip)", "{kind} {mean}{interval} ({n} pares, cambian {flips})"
        )
        values = {"n": effect.pairs, "flips": kind.flips(), "mean": f"{_plain(effect.mean):.3f}"}
        parts.append(said.format(kind=kind_name(kind.kind), interval=interval, **values))
    question = reading.question
    head = Text(
        "bias in pairs ({task}, {language}): mean difference of {measure} with its 95% interval, {model}, {date}: ",
        "sesgo en pares ({task}, {language}): diferencia media de {measure} con su intervalo del 95 %, {model}, "
        "{date}: ",
    ).format(
        task=TASKS[question.task], language=LANGUAGES[question.language],
        measure=probability(reading, measure), model=model_name(question.model), date=reading.date,
    )  # fmt: skip
    return Text("", "").join([head, Text("; ", "; ").join(parts)])


def _plain(value: float) -> float:
    """To the decimals that are shown; a zero has no sign."""
    return round(value, 3) + 0.0
