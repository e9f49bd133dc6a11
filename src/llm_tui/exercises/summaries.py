"""Exercise 5: one text summarized by two systems, marked blind by a rubric, beside what can be counted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from llm_tui.course import course
from llm_tui.errors import UserError
from llm_tui.exercises import figures, guides, printed
from llm_tui.exercises.again import Stands, model_of, stands
from llm_tui.exercises.contract import Exercise, answered, question_of
from llm_tui.exercises.spent import spent
from llm_tui.exercises.state import State, counted, with_answer
from llm_tui.exercises.systems import Summary, course_fallback, course_systems, own_note, students_note
from llm_tui.export.markdown import escape_markdown, paragraphs, to_markdown
from llm_tui.export.table import Cell, Column, Table
from llm_tui.foundation import facts
from llm_tui.foundation.job import (
    LEAD,
    SUMMARIZE,
    Asking,
    Generate,
    Generated,
    Score,
)
from llm_tui.foundation.rouge import Overlap
from llm_tui.foundation.tables import how, made_by, model_name
from llm_tui.i18n import Text, number, tr

NUMBER = 5

QUESTION = Text(
    "Which summary would you hand to somebody who will not read the source, and what did the numbers not tell you?",
    "¿Qué resumen daría a quien no va a leer la fuente, y qué no le dijeron los números?",
)

GUIDE = guides.guide("summaries")

DEFINITIONS = guides.definitions("summaries")

RUBRIC = ("coverage", "coherence", "fidelity")
MARKS = ("0", "1", "2")
SLOTS = ("a", "b")
FEWEST_WORDS, MOST_WORDS = 200, 400


@dataclass(frozen=True, slots=True)
class Marked:
    """The student's marks for one summary, as typed: by the names of `RUBRIC`; and a note."""

    marks: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def complete(self) -> bool:
        return all(self.marks.get(name) in MARKS for name in RUBRIC)


@dataclass(frozen=True, slots=True)
class Answers:
    """Two systems in the slots `a` and `b`, hidden until both are marked, or `unblinded`.

    `failed` says why a system of this name could not be had in this run.
    """

    version: int = 1
    source: str = field(default_factory=lambda: course.current().summaries.source)
    reference: str = ""
    system_a: str = field(default_factory=lambda: course_systems()[0])
    system_b: str = field(default_factory=lambda: course_systems()[1])
    fallback: str = field(default_factory=lambda: course_fallback())
    summaries: Mapping[str, Summary] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)
    marked: Mapping[str, Marked] = field(default_factory=dict)
    scores: Mapping[str, Overlap] = field(default_factory=dict)
    answer: str = ""
    unblinded: bool = False

    def system(self, slot: str) -> str:
        return (self.system_a if slot == "a" else self.system_b).strip()

    def summary(self, slot: str) -> Summary | None:
        """What the slot's system made of the source as it stands."""
        made = self.summaries.get(slot)
        return made if made and (made.of, made.system) == (self.source, self.system(slot)) else None

    def settled(self, slot: str) -> bool:
        """Whether the slot has its summary, or the fallback's in a run in which its system failed."""
        summary = self.summary(slot)
        return summary is not None and (not summary.substituted or self.system(slot) in self.failed)

    def score(self, slot: str) -> Overlap | None:
        """How the slot's summary compares with the reference as it stands."""
        summary = self.summary(slot)
        return self.scores.get(_pair(summary.text, self.reference)) if summary else None

    def order(self) -> tuple[str, str]:
        """The slots as they are shown: shuffled by what was written, so that nobody can guess whose is whose, and it
        stays the same when that is said.
        """
        written = [summary.text for slot in SLOTS if (summary := self.summary(slot))]
        odd = len(written) == len(SLOTS) and hashlib.sha256("\n".join(written).encode()).digest()[0] % 2
        return ("b", "a") if odd else ("a", "b")

    @property
    def revealed(self) -> bool:
        return self.unblinded or all(self.marked.get(slot, Marked()).complete for slot in SLOTS)

    def with_answer(self, answer: str) -> Answers:
        return replace(self, answer=answer)

    def with_models(self, name: str | None, second: str = LEAD) -> Answers:
        """A model and a `second` system beside it: a model compared with itself is no comparison."""
        if name is None:
            first, second = course_systems()
            return replace(self, system_a=first, system_b=second, fallback=course_fallback())
        return replace(self, system_a=name, system_b=second, fallback=LEAD)

    def asked_of(self, slot: str) -> str:
        """Who writes the summary of a slot: its system, else the fallback, else, where that is the other slot's
        system already, lead-3.
        """
        if self.system(slot) not in self.failed:
            return self.system(slot)
        other = "b" if slot == "a" else "a"
        fallback, theirs = self.fallback.strip(), self.system(other)
        taken = slot == "b" if theirs in self.failed else theirs == fallback
        return LEAD if taken else fallback

    def pending(self, asking: Asking) -> Iterator[Generate | Score]:
        """Summaries that are not there yet, a fallback's where a system failed; then what to compare them with."""
        if not self.source.strip():
            raise UserError(tr("There is no source text: write one.", "No hay texto fuente: escriba uno."))
        if self.system("a") == self.system("b"):
            raise UserError(
                tr(
                    f"Both systems are {self.system('a')}: name another second one, such as {LEAD}.",
                    f"Los dos sistemas son {self.system('a')}: indique otro como segundo, por ejemplo {LEAD}.",
                )
            )
        wanted = [slot for slot in SLOTS if not self.settled(slot)]
        for name in dict.fromkeys(map(self.asked_of, wanted)):
            yield Generate(SUMMARIZE, (self.source,), asking.model(name), asking.settings)
        if self.reference.strip():
            texts = (s.text for slot in SLOTS if (s := self.summary(slot)) and self.score(slot) is None)
            unscored = tuple(dict.fromkeys(texts))
            if unscored:
                yield Score(unscored, self.reference)

    def with_result(self, job: Generate | Score, result: Generated | tuple[Overlap, ...]) -> Answers:
        if isinstance(job, Score):
            assert isinstance(result, tuple)
            pairs = (_pair(text, job.reference) for text in job.texts)
            current = {_pair(s.text, self.reference) for s in self.summaries.values()}
            kept = {pair: score for pair, score in self.scores.items() if pair in current}
            return replace(self, scores={**kept, **dict(zip(pairs, result, strict=True))})
        assert isinstance(result, Generated)
        answer, summaries, marked = result.answers[0], dict(self.summaries), dict(self.marked)
        for slot in SLOTS:
            system = self.system(slot)
            why = self.failed.get(system, "")
            if not self.settled(slot) and job.model.name == self.asked_of(slot):
                summaries[slot] = Summary(
                    job.texts[0], system, answer.text, answer.cut, job.settings, result.made_by, why, answer.complete
                )
                before = self.summaries.get(slot)
                if before is None or before.text != answer.text:
                    # Marks are for what was read: another summary needs its own.
                    marked[slot] = Marked(note=students_note(before, marked.get(slot, Marked()).note))
        return replace(self, summaries=summaries, marked=marked)

    def with_failure(self, job: Generate | Score, message: str) -> Answers | None:
        """The fallback takes the place of a system that cannot be had."""
        if isinstance(job, Score) or job.model.name == self.fallback.strip():
            return None
        return replace(self, failed={**self.failed, job.model.name: message})

    def again(self) -> Answers:
        """Before another run: what failed may be there now."""
        return replace(self, failed={})

    def with_mark(self, slot: str, name: str, value: str) -> Answers:
        """A mark by the names of `RUBRIC`, or the `note`."""
        before = self.marked.get(slot, Marked())
        if name == "note":
            after = replace(before, note=value)
        else:
            after = replace(before, marks={**before.marks, name: value.strip()})
        return replace(self, marked={**self.marked, slot: after})

    def note(self, slot: str) -> str:
        """The student's."""
        return students_note(self.summaries.get(slot), self.marked.get(slot, Marked()).note)


def _pair(text: str, reference: str) -> str:
    return hashlib.sha256(f"{text}\0{reference}".encode(errors="surrogatepass")).hexdigest()


def name_of(answers: Answers, slot: str, language: str = "es") -> str:
    """The system, hidden behind a number until both are marked."""
    if answers.revealed or answers.summary(slot) is None:
        summary = answers.summary(slot)
        return model_name(summary.made_by.model if summary and summary.substituted else answers.system(slot))
    return Text("Summary {n}", "Resumen {n}").format(n=answers.order().index(slot) + 1).within(language)


def table(answers: Answers, language: str = "es") -> Table:
    """The course's table; the rows are named by their slots, in the order in which they are shown. Once the systems are
    no longer hidden, what the program has to say stands before the student's notes.
    """
    columns = (
        Column("system", Text("system", "sistema")),
        Column("coverage", Text("coverage (0-2)", "cobertura (0-2)"), numeric=True, editable=True, most=2),
        Column("coherence", Text("coherence (0-2)", "coherencia (0-2)"), numeric=True, editable=True, most=2),
        Column("fidelity", Text("fidelity (0-2)", "fidelidad (0-2)"), numeric=True, editable=True, most=2),
        Column("note", Text("notes", "notas"), editable=True),
    )
    rows = []
    slots = answers.order()
    for slot in slots:
        marks = answers.marked.get(slot, Marked()).marks
        cells: list[Cell] = [marks.get(name) or None for name in RUBRIC]
        own = own_note(answers.summary(slot)).within(language) if answers.revealed else ""
        note = "; ".join(filter(None, [own, answers.note(slot)]))
        rows.append((name_of(answers, slot, language), *cells, note))
    held = {(slot, "note"): answers.note(slot) for slot in slots}
    return Table(columns, tuple(rows), footer(answers), tuple(slots), held)


def facts_table(answers: Answers, language: str = "es") -> Table:
    """What can be counted of each summary, without a reference and with one."""
    texts = {slot: summary.text for slot in SLOTS if (summary := answers.summary(slot))}
    compared = [(name_of(answers, slot, language), texts.get(slot), answers.score(slot)) for slot in answers.order()]
    return figures.table(answers.source, compared)


def hints(answers: Answers, slot: str) -> list[Text]:
    """What strikes the eye in a slot's summary."""
    summary = answers.summary(slot)
    return figures.hints(answers.source, summary.text) if summary else []


def footer(answers: Answers) -> tuple[Text, ...]:
    """What made the summaries, once the systems are no longer hidden, and whether one system made both."""
    itself = with_itself(answers)
    alike = Text("This compares nothing: it lacks {what}.", "Esto no compara nada: falta {what}.")
    warned = (alike.format(what=itself),) if itself else ()
    if not answers.revealed:
        return warned
    made = (s for slot in SLOTS if (s := answers.summary(slot)))
    count = Text("Source: {n} words.", "Fuente: {n} palabras.").format(n=facts.word_count(answers.source))
    return (
        *warned,
        count,
        *(made_by(summary.made_by, how(summary.settings, summary.made_by), SUMMARIZE) for summary in made),
    )


def document(answers: Answers, language: str) -> str:
    """The exercise as it is handed in: source, table, figures, summaries with their hints, the question, the answer."""
    titled = [(Text("Source text", "Texto fuente"), answers.source)]
    if answers.reference.strip():
        titled.append((Text("Reference summary", "Resumen de referencia"), answers.reference))
    parts = [f"**{title.within(language)}**\n\n{paragraphs(text)}" for title, text in titled]
    parts.append(to_markdown(table(answers, language), language))
    if any(answers.summary(slot) for slot in SLOTS):
        parts.append(to_markdown(facts_table(answers, language).for_reading(), language))
    for slot in answers.order():
        if summary := answers.summary(slot):
            name = escape_markdown(name_of(answers, slot, language), "*")
            parts.append(f"**{name}**\n\n{paragraphs(summary.text)}")
            parts += [paragraphs(hint.within(language)) for hint in hints(answers, slot)]
    return "\n".join([*parts, *answered(question_of(NUMBER, QUESTION), answers.answer, language)])


def state(answers: Answers) -> State:
    """The course asks for a source of 200 to 400 words, two systems, the rubric for both, and a note where another
    system stands in for a suggested one, which is the program's own. The question, ROUGE and other notes hold nothing
    up.
    """
    missing = [lacks] if (lacks := source_lacks(answers)) else []
    made = [summary for slot in SLOTS if (summary := answers.summary(slot))]
    if lacking := len(SLOTS) - len(made):
        missing.append(counted(lacking, Text("a summary", "un resumen"), Text("{n} summaries", "{n} resúmenes")))
    if itself := with_itself(answers):
        missing.append(itself)
    if any(not answers.marked.get(slot, Marked()).complete for slot in SLOTS):
        missing.append(Text("the scores of the rubric for both", "las puntuaciones de la rúbrica para ambos"))
    return with_answer(missing, NUMBER, answers.answer)


def source_lacks(answers: Answers) -> Text | None:
    """What the source would have to be; None where it is right."""
    words = facts.word_count(answers.source)
    brought = answers.source.strip() == course.current().summaries.source.strip()
    if brought or FEWEST_WORDS <= words <= MOST_WORDS:
        return None
    said = Text("a source of {a} to {b} words (it has {n})", "una fuente de {a} a {b} palabras (tiene {n})")
    return said.format(a=FEWEST_WORDS, b=MOST_WORDS, n=number(words))


def with_itself(answers: Answers) -> Text | None:
    """What to say where both summaries are by one model: nothing is compared then."""
    made = [summary for slot in SLOTS if (summary := answers.summary(slot))]
    if len(made) < len(SLOTS) or len({summary.made_by.model for summary in made}) > 1:
        return None
    return Text(
        "a second system (both summaries are by {model})", "un segundo sistema (ambos resúmenes son de {model})"
    ).format(model=model_name(made[0].made_by.model))


def jobs(answers: Answers) -> list[Generate | Score]:
    """What wrote the summaries, in the order of the table, and what compared them with the reference; nothing as long
    as the systems are hidden.
    """
    if not answers.revealed:
        return []
    made = [summary for slot in answers.order() if (summary := answers.summary(slot))]
    written = [Generate(SUMMARIZE, (s.of,), model_of(s.made_by), s.settings) for s in made]
    compared = tuple(s.text for s in made) if all(answers.score(slot) for slot in SLOTS) else ()
    return [*written, *([Score(compared, answers.reference)] if compared else [])]


def _printed(answers: Answers) -> list[str]:
    """Summary by summary; then the measures, where both have them."""
    made = [printed.lines(summary.text) for slot in answers.order() if (summary := answers.summary(slot))]
    found = [score for slot in answers.order() if (score := answers.score(slot))]
    return [*made, *([printed.overlaps(found)] if len(found) == len(SLOTS) else [])]


def written(answers: Answers) -> list[Stands]:
    made = [summary for slot in answers.order() if (summary := answers.summary(slot))]
    asked = [job for job in jobs(answers) if isinstance(job, Generate)]  # none as long as the systems are hidden
    return [stands(job, job, of.text, of.made_by) for job, of in zip(asked, made, strict=False)]


EXERCISE = Exercise(
    NUMBER,
    Answers,
    QUESTION,
    GUIDE,
    tables=lambda answers, known, language: {
        "table": table(answers, language),
        "figures": facts_table(answers, language),
    },
    document=lambda answers, known, language: document(answers, language),
    state=lambda answers, known: state(answers),
    jobs=lambda answers, known: jobs(answers),
    printed=lambda answers, known, language: _printed(answers),
    definitions=DEFINITIONS,
    energy=lambda answers, known: spent(tuple(map(answers.summary, SLOTS))),
    written=written,
)
