"""Exercise 2: how several tokenizers cut the same Spanish text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from llm_tui.course import course
from llm_tui.course.course import Subwords
from llm_tui.exercises import guides
from llm_tui.exercises.contract import Exercise, answered, question_of
from llm_tui.exercises.counts import or_dash
from llm_tui.exercises.observations import differ, is_observed, suggestion
from llm_tui.exercises.state import ANSWER, State, counted
from llm_tui.export.markdown import paragraphs, to_markdown
from llm_tui.export.table import Cell, Column, Table
from llm_tui.foundation import facts
from llm_tui.foundation.tables import model_name
from llm_tui.i18n import Text, number, percent
from llm_tui.marks import Each
from llm_tui.tokenization.job import (
    DEFAULT_TOKENIZERS,
    WORD,
    Compare,
    Comparison,
    Cut,
    label,
    labels,
    tokenizer_names,
)
from llm_tui.tokenization.measures import KINDS, SOURCES, Measures, summary

NUMBER = 2

PROPOSED = 5

EXAMPLE = Subwords().text
"""A text to begin with, until the student writes another."""

QUESTION = Text(
    "Which one fragments technical Spanish less?",
    "¿Cuál fragmenta menos el español técnico?",
)

GUIDE = guides.guide("subwords")


def tokenizers() -> tuple[str, ...]:
    """Those that the course compares."""
    return course.current().subwords.tokenizers or DEFAULT_TOKENIZERS


DEFINITIONS = Text(
    "\n".join(
        [
            f"- **word**: {WORD.en}",
            "- **line**: each line of the text is given to the tokenizers on its own, without its end.",
            *(f"- **{kind.column.head.en}**: {kind.definition.en}" for kind in KINDS),
            "\n**Sources**\n",
            *(f"- {source}" for source in SOURCES),
        ]
    ),
    "\n".join(
        [
            f"- **palabra**: {WORD.es}",
            "- **línea**: cada línea del texto se da a los tokenizadores por separado, sin su final.",
            *(f"- **{kind.column.head.es}**: {kind.definition.es}" for kind in KINDS),
            "\n**Fuentes**\n",
            *(f"- {source}" for source in SOURCES),
        ]
    ),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One word or phrase of the table, and its cut by each tokenizer.

    A `chosen` row is the student's: added or commented; others are proposals, which another text replaces.
    `observation` is None as long as the suggested one stands.
    """

    phrase: str
    cuts: tuple[Cut, ...] = ()
    chosen: bool = False
    observation: str | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What the last comparison found out about one tokenizer."""

    name: str
    source: Text
    model: str
    vocabulary: int
    by_text: bool
    measures: Measures


@dataclass(frozen=True, slots=True)
class Answers:
    """What the student brought, and what the last comparison made of it.

    `tokenizers` are the fields as they were typed. `dropped` phrases are not proposed again. `compared` is the text,
    as its SHA-256, that the table was made of, and `compared_translation` the translation; None where a lab does not
    say which.
    """

    text: str = field(default_factory=lambda: course.current().subwords.text)
    translation: str = ""
    tokenizers: tuple[str, ...] = field(default_factory=lambda: tokenizers())
    rows: Each[Row] = ()
    dropped: tuple[str, ...] = ()
    measured: tuple[Measured, ...] = ()
    compared: str = ""
    compared_translation: str | None = None
    answer: str = ""
    version: int = 1

    @property
    def is_current(self) -> bool:
        """Whether the table was made of the text and its translation as they stand."""
        of_translation = self.compared_translation in (None, _digest(self.translation))
        return self.compared == _digest(self.text) and of_translation

    def with_answer(self, answer: str) -> Answers:
        return replace(self, answer=answer)

    def phrases(self) -> tuple[str, ...]:
        return tuple(row.phrase for row in self.rows)

    def job(self) -> Compare:
        """The comparison that is asked for: the student's own phrases are cut too.

        Raises:
            UserError: no tokenizer is named, or too many.
        """
        return Compare(self.text, tokenizer_names(self.tokenizers), self.translation, self.phrases())

    def jobs(self) -> tuple[Compare, ...]:
        """The comparison that the table was made of; none where a text has been changed since."""
        if not self.measured or not self.is_current:
            return ()
        names = tuple(measured.name for measured in self.measured)
        return (Compare(self.text, names, self.translation, self.phrases()),)

    def are_of(self, comparison: Comparison) -> bool:
        """Whether it compares the text, beside the translation, as they stand."""
        return (self.text, self.translation) == (comparison.text, comparison.translation)

    def with_comparison(self, comparison: Comparison) -> Answers:
        """The table after a comparison. For another text, or other tokenizers, than those it was made of, the
        student's own rows stay and new proposals replace the others.
        """
        digest = _digest(comparison.text)
        names = [tokenized.name for tokenized in comparison.tokenized]
        same = digest == self.compared and names == [measured.name for measured in self.measured]
        kept = [row for row in self.rows if row.chosen or same]
        taken = {row.phrase.casefold() for row in kept} | {phrase.casefold() for phrase in self.dropped}
        fresh = [Row(word) for word in comparison.proposals if word.casefold() not in taken]
        rows = kept if same else kept + fresh[: max(0, PROPOSED - len(kept))]
        measured = tuple(
            Measured(t.name, t.source, t.model, t.vocabulary, t.by_text, t.measures) for t in comparison.tokenized
        )
        cut = (replace(row, cuts=comparison.cuts(row.phrase) or ()) for row in rows)
        translation = _digest(comparison.translation)
        return replace(self, rows=tuple(cut), measured=measured, compared=digest, compared_translation=translation)

    def with_phrase(self, phrase: str, cuts: tuple[Cut, ...]) -> Answers:
        """A phrase of the student's at the end of the table; one that is there already becomes the student's."""
        rows = tuple(replace(row, chosen=True) if row.phrase == phrase else row for row in self.rows)
        if phrase not in self.phrases():
            rows += (Row(phrase, cuts, chosen=True),)
        return replace(self, rows=rows, dropped=tuple(other for other in self.dropped if other != phrase))

    def without_phrase(self, phrase: str) -> Answers:
        rows = tuple(row for row in self.rows if row.phrase != phrase)
        return replace(self, rows=rows, dropped=(*self.dropped, phrase))

    def with_observation(self, phrase: str, observation: str) -> Answers:
        changed = (
            replace(row, observation=observation, chosen=True) if row.phrase == phrase else row for row in self.rows
        )
        return replace(self, rows=tuple(changed))


def _digest(text: str) -> str:
    import hashlib  # not at the top: it takes 9 ms, before the first paint

    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


OWN_COLUMNS = ("phrase", "observation")
"""What a folder with a tokenizer may be called too."""


def _cut_column(name: str) -> Column:
    """How one tokenizer cuts."""
    head = f"{name} (subwords)"
    return Column(head if name in OWN_COLUMNS else name, Text(head, head))


def table(answers: Answers, language: str = "es") -> Table:
    """The words and phrases, how each tokenizer cuts them, and what there is to observe.

    `language` is that of the suggested observations.
    """
    names = [measured.name for measured in answers.measured] or list(tokenizers())
    columns = (
        Column("phrase", Text("Word/phrase", "Palabra/frase")),
        *map(_cut_column, labels(names)),
        Column("observation", Text("Observation", "Observación"), editable=True),
    )
    # The cuts are in the order of the tokenizers: where these are not known, nobody can say whose they are.
    known = answers.rows if answers.measured else tuple(replace(row, cuts=()) for row in answers.rows)
    rows = tuple(_row(row, names, language) for row in known)
    return Table(columns, rows, footer(answers), answers.phrases())


def _row(row: Row, names: Sequence[str], language: str) -> tuple[Cell, ...]:
    cuts = row.cuts if len(row.cuts) == len(names) else (None,) * len(names)
    observation = row.observation
    if observation is None:
        observation = suggestion(row.phrase, row.cuts, names).within(language)
    return (
        f"«{row.phrase}»",
        *(None if cut is None else f"{len(cut)}: {' '.join(cut.pieces)}" for cut in cuts),
        observation,
    )


def fragmentation(measured: Sequence[Measured]) -> Text:
    """The measures that answer the guiding question, in one sentence; empty before a comparison."""
    if not measured or measured[0].measures.words == 0:
        return Text("", "")
    parts = [
        (label(each.name), fertility, share)
        for each in measured
        if (fertility := each.measures.fertility) is not None and (share := each.measures.continued_share) is not None
    ]
    if not parts:
        return Text("", "")
    one = Text(
        "{name}: {fertility} pieces per word, {share} of words cut",
        "{name}: {fertility} piezas por palabra, {share} de palabras partidas",
    )
    said = (one.format(name=name, fertility=number(f, 2), share=percent(share)) for name, f, share in parts)
    return Text("Measured: {each}.", "Medido: {each}.").format(each=Text("; ", "; ").join(said))


def summary_table(answers: Answers) -> Table:
    """The measures, one row per tokenizer."""
    names = [label(measured.name) for measured in answers.measured]
    return summary(names, [measured.measures for measured in answers.measured], footer(answers))


def footer(answers: Answers) -> tuple[Text, ...]:
    """What made the numbers above: the tokenizers with their sources, the text, the definition of a word."""
    if not answers.measured:
        return ()
    first = answers.measured[0].measures
    text = Text("Text: {words} words, {bytes} bytes.", "Texto: {words} palabras, {bytes} bytes.")
    return (
        *map(_provenance, answers.measured),
        text.format(words=or_dash(first.words), bytes=or_dash(first.bytes)),
        WORD,
    )


def _provenance(measured: Measured) -> Text:
    by_text = Text("", "")
    if measured.by_text:
        by_text = Text(
            "; it gives no offsets, its pieces were aligned by their text",
            "; no da posiciones y sus piezas se alinearon por su texto",
        )
    said = Text(
        "{label}: {name}, {model} with {vocabulary} pieces ({source}){by_text}.",
        "{label}: {name}, {model} con {vocabulary} piezas ({source}){by_text}.",
    )
    return said.format(
        label=label(measured.name),
        name=model_name(measured.name),
        model=measured.model,
        vocabulary=measured.vocabulary,
        source=measured.source,
        by_text=by_text,
    )


def document(answers: Answers, language: str) -> str:
    """The exercise as it is handed in: its text, table and measures, the guiding question and the student's answer."""
    measures = replace(summary_table(answers), footer=())
    title = Text("Text", "Texto").within(language)
    changed = Text(
        "The text or its translation has been changed since the comparison: the tables are of an earlier one.",
        "El texto o su traducción cambió después de la comparación: las tablas son de una versión anterior.",
    )
    parts = [f"**{title}**\n", paragraphs(answers.text)]
    if not answers.is_current:
        parts.append(paragraphs(changed.within(language)))
    parts += [to_markdown(table(answers, language), language), to_markdown(measures, language)]
    return "\n".join([*parts, *answered(question_of(NUMBER, QUESTION), answers.answer, language)])


FEWEST_SENTENCES, MOST_SENTENCES = 2, 3
COUNTED = 100
"""So many sentences of a text are counted, which is looked at after each change."""


def state(answers: Answers) -> State:
    """The course asks for two or three sentences, two tokenizers, five words in which they differ, an observation of
    each, and an answer. The text that a course file brings is right as it is.
    """
    missing = [lacks] if (lacks := text_lacks(answers)) else []
    if len(answers.measured) < 2:
        missing.append(Text("the comparison of two tokenizers", "la comparación de dos tokenizadores"))
    elif not is_compared(answers):
        missing.append(Text("the comparison of the text as it stands", "la comparación del texto tal como está"))
    names = [measured.name for measured in answers.measured]
    words = different(answers)
    own = sum(is_observed(row.observation, row.phrase, row.cuts, names) for row in words)
    if answers.measured and (lacking := PROPOSED - len(words)) > 0:
        missing.append(
            counted(
                lacking,
                Text("one more word in which they differ", "una palabra más en que difieran"),
                Text("{n} more words in which they differ", "{n} palabras más en que difieran"),
            )
        )
    if answers.measured and (lacking := min(PROPOSED, len(words)) - own) > 0:
        missing.append(
            counted(
                lacking,
                Text("an observation of your own", "una observación propia"),
                Text("{n} observations of your own", "{n} observaciones propias"),
            )
        )
    if not answers.answer.strip():
        missing.append(ANSWER)
    others = Text("with other tokenizers than the course's", "con tokenizadores distintos de los del curso")
    return State(tuple(missing), () if set(tokenizers()) <= set(names) else (others,))


def text_lacks(answers: Answers) -> Text | None:
    """What the text would have to be; None where it is right."""
    count = sum(1 for _ in islice(facts.each_sentence(answers.text), COUNTED + 1))
    if answers.text.strip() == course.current().subwords.text.strip() or FEWEST_SENTENCES <= count <= MOST_SENTENCES:
        return None
    said = Text("a text of {a} or {b} sentences (it has {n})", "un texto de {a} o {b} oraciones (tiene {n})")
    n = Text(str(count), str(count)) if count <= COUNTED else Text(f"more than {COUNTED}", f"más de {COUNTED}")
    return said.format(a=FEWEST_SENTENCES, b=MOST_SENTENCES, n=n)


def is_compared(answers: Answers) -> bool:
    """Whether two tokenizers were compared on the text as it stands."""
    measured = answers.measured
    return len(measured) > 1 and answers.is_current and all(each.measures.complete for each in measured)


def different(answers: Answers) -> list[Row]:
    """The rows that the tokenizers cut differently, each word once."""
    return list({row.phrase.casefold(): row for row in answers.rows if differ(row.cuts)}.values())


EXERCISE = Exercise(
    NUMBER,
    Answers,
    QUESTION,
    GUIDE,
    tables=lambda answers, known, language: {"words": table(answers, language), "measures": summary_table(answers)},
    document=lambda answers, known, language: document(answers, language),
    state=lambda answers, known: state(answers),
    definitions=DEFINITIONS,
    own_is_asked=True,
    begun=lambda answers: bool(answers.measured),
    jobs=lambda answers, known: answers.jobs(),
)
