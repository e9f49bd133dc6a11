"""Exercise 4: technical sentences translated there and back, and the errors that the student finds in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from llm_tui.config import read_config
from llm_tui.course import course
from llm_tui.errors import UserError
from llm_tui.exercises import guides, printed
from llm_tui.exercises.again import Stands, model_of, stands
from llm_tui.exercises.contract import Exercise, answered, question_of
from llm_tui.exercises.errors_marked import Mark, mark_line
from llm_tui.exercises.spent import spent
from llm_tui.exercises.state import State, counted, with_answer
from llm_tui.export.markdown import escape_markdown, paragraphs
from llm_tui.export.table import Column, Table
from llm_tui.foundation.job import (
    TEXT_MODEL,
    TRANSLATE_EN_ES,
    TRANSLATE_ES_EN,
    Asking,
    Generate,
    Provenance,
    RoundTrip,
    Settings,
    ThereAndBack,
)
from llm_tui.foundation.tables import each_made_by, how, numbered
from llm_tui.foundation.teaching import BOTH_WAYS
from llm_tui.foundation.thinking import EACH_ALONE, is_thinking
from llm_tui.i18n import Text, tr
from llm_tui.marks import Each
from llm_tui.visible import visible

NUMBER = 4

QUESTION = Text(
    "Which errors would mislead somebody who works by this translation, and how would you notice them without knowing "
    "the other language?",
    "¿Qué errores confundirían a quien trabaje con esta traducción, y cómo los notaría sin saber el otro idioma?",
)

GUIDE = guides.guide("translation")

DEFINITIONS = guides.definitions("translation")

CUT = Text(
    "The end is missing, there or on the way back: {numbers}.", "Falta el final, en la ida o en la vuelta: {numbers}."
)
"""With the numbers of the sentences."""

NONE_FOUND = Text("no error found", "ningún error hallado")

OTHER = Text("(another translation)", "(otra traducción)")

ES_EN, EN_ES = "es-en", "en-es"
FROM = {ES_EN: Text("Spanish", "español"), EN_ES: Text("English", "inglés")}
"""The language that a direction begins with."""
TASKS = {ES_EN: TRANSLATE_ES_EN, EN_ES: TRANSLATE_EN_ES}


@dataclass(frozen=True, slots=True)
class Made:
    """What the models made of a sentence `of` which they were given; `model` and `back_model` as they were named.

    `cut` says that on either way an end is missing: of what the model was given, or of what it had to write.
    Without `settings` an early version made it, which did not write them down.
    """

    of: str
    translation: str
    back: str
    lost: str
    cut: bool
    chrf: float
    signature: str
    model: str
    back_model: str
    made_by: Provenance
    back_by: Provenance
    settings: Settings | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """`faultless` is the translation in which the student found no error."""

    text: str
    direction: str = ES_EN
    made: Made | None = None
    marks: Each[Mark] = ()
    correction: str = ""
    faultless: str = ""

    def __post_init__(self) -> None:
        """
        Raises:
            ValueError: there is no such direction.
        """
        if self.direction not in TASKS:
            raise ValueError(f"no direction: {self.direction}")


def there_in(made: Made) -> str:
    """The words that a person sees of the translation, and can mark."""
    return " ".join(visible(made.translation).split())


def course_model() -> str:
    return read_config().model("translation", course.current().translation.model, TEXT_MODEL)


def _given() -> tuple[Sentence, ...]:
    return (
        *(Sentence(text, ES_EN) for text in course.current().translation.spanish),
        *(Sentence(text, EN_ES) for text in course.current().translation.english),
    )


@dataclass(frozen=True, slots=True)
class Answers:
    """`model_es_en` and `model_en_es` translate, there or back."""

    version: int = 1
    sentences: Each[Sentence] = field(default_factory=_given)
    model_es_en: str = field(default_factory=lambda: course_model())
    model_en_es: str = field(default_factory=lambda: course_model())
    answer: str = ""

    def models(self, direction: str) -> tuple[str, str]:
        """The model of the way there, and that of the way back."""
        names = (self.model_es_en.strip(), self.model_en_es.strip())
        return names if direction == ES_EN else (names[1], names[0])

    def made(self, sentence: Sentence) -> Made | None:
        """What the chosen models made of the sentence as it stands."""
        made = sentence.made
        wanted = (sentence.text, *self.models(sentence.direction))
        return made if made and (made.of, made.model, made.back_model) == wanted else None

    def standing(self, sentence: Sentence) -> tuple[Mark, ...]:
        """The marks whose words are in the translation as it stands; the others are for another one."""
        made = self.made(sentence)
        there = there_in(made) if made else ""
        return tuple(mark for mark in sentence.marks if made and mark.span in there)

    def faultless(self, sentence: Sentence) -> bool:
        """Whether the student found no error in the translation as it stands."""
        made = self.made(sentence)
        said = made and made.translation and sentence.faultless == made.translation
        return bool(said and not self.standing(sentence))

    def judged(self, sentence: Sentence) -> bool:
        """Whether the student has said what is wrong in the translation as it stands, or that nothing is. Where the
        model wrote nothing there are no words to mark: a correction says it.
        """
        made = self.made(sentence)
        if made and not there_in(made):
            return bool(sentence.correction.strip())
        return bool(self.standing(sentence)) or self.faultless(sentence)

    def wants_correction(self, sentence: Sentence) -> bool:
        """Whether errors are marked in the translation as it stands, and nobody says what it should say."""
        standing = self.standing(sentence)
        corrected = sentence.correction.strip() or all(mark.correction.strip() for mark in standing)
        return bool(standing) and not corrected

    def with_answer(self, answer: str) -> Answers:
        return replace(self, answer=answer)

    def with_models(self, name: str | None) -> Answers:
        return replace(self, model_es_en=name or course_model(), model_en_es=name or course_model())

    def pending(self, asking: Asking) -> Iterator[RoundTrip]:
        """Sentences that the chosen models have not translated yet with these settings."""
        if not any(sentence.text.strip() for sentence in self.sentences):
            raise UserError(tr("The sheet has no sentences: write one.", "La hoja no tiene oraciones: escriba una."))
        for sentence in self.sentences:
            made = self.made(sentence)
            if sentence.text.strip() and (made is None or made.settings not in (None, asking.settings)):
                there, back = map(asking.model, self.models(sentence.direction))
                yield RoundTrip(TASKS[sentence.direction], sentence.text, there, back, asking.settings)

    def with_result(self, job: RoundTrip, result: ThereAndBack) -> Answers:
        """An older translation goes; the marks stay, for they quote the words that they are about."""
        made = Made(
            job.text,
            result.there.text,
            result.back.text,
            "".join(dict.fromkeys(result.there.lost)),
            any(answer.cut or not answer.complete for answer in (result.there, result.back)),
            result.chrf,
            result.signature,
            job.model.name,
            job.back.name,
            result.made_by,
            result.back_by,
            job.settings,
        )
        of_job = (job.text, job.task)
        return replace(
            self,
            sentences=tuple(
                replace(sentence, made=made) if (sentence.text, TASKS[sentence.direction]) == of_job else sentence
                for sentence in self.sentences
            ),
        )

    def with_failure(self, job: RoundTrip, message: str) -> None:
        return None

    def with_sentence(self, number: int, sentence: Sentence) -> Answers:
        """`number` counts from 0."""
        return replace(self, sentences=(*self.sentences[:number], sentence, *self.sentences[number + 1 :]))


def table(answers: Answers, language: str = "es") -> Table:
    """One row per sentence; rows are named by their number from 0. `language` is that of the errors' types."""
    columns = (
        Column("number", Text("n.", "n.º"), numeric=True),
        Column("direction", Text("direction", "sentido")),
        Column("chrf", Text("chrF", "chrF"), numeric=True, digits=1),
        Column("lost", Text("lost", "perdidos")),
        Column("correction", Text("suggested correction", "corrección sugerida"), editable=True),
        Column("errors", Text("errors found", "errores detectados")),
        Column("original", Text("original", "original")),
        Column("translation", Text("translation", "traducción")),
        Column("back", Text("way back", "vuelta")),
    )
    rows = []
    for number, sentence in enumerate(answers.sentences, start=1):
        made = answers.made(sentence)
        errors = _errors(answers, sentence, language)
        chrf, lost, there, back = (made.chrf, made.lost, made.translation, made.back) if made else (None,) * 4
        row = (number, sentence.direction, chrf, lost, sentence.correction, errors, sentence.text, there, back)
        rows.append(row)
    return Table(columns, tuple(rows), footer(answers), tuple(str(i) for i in range(len(rows))))


def footer(answers: Answers) -> tuple[Text, ...]:
    """What made the translations, each combination once, and how chrF was counted."""
    made = list(dict.fromkeys(m for sentence in answers.sentences if (m := answers.made(sentence))))
    both = ((m.settings, by) for m in made for by in dict.fromkeys((m.made_by, m.back_by)))
    ways = [(by, how(settings, by) if settings else None) for settings, by in both]
    signatures = ", ".join(dict.fromkeys(m.signature for m in made))
    if not made:
        return ()
    whole = [answers.made(sentence) for sentence in answers.sentences]
    return (
        *numbered(CUT, (bool(m and m.cut) for m in whole)),
        *numbered(EACH_ALONE, (bool(m and any(map(is_thinking, (m.translation, m.back)))) for m in whole)),
        *each_made_by(ways, BOTH_WAYS),
        Text(
            "chrF between the original and the way back: {signature}.",
            "chrF entre el original y la vuelta: {signature}.",
        ).format(signature=signatures),
    )


def document(answers: Answers, language: str) -> str:
    """The exercise as it is handed in, in the course's form: sentence by sentence."""
    parts = [_entry(number, answers, sentence, language) for number, sentence in enumerate(answers.sentences, start=1)]
    parts += [paragraphs(sentence.within(language)) for sentence in footer(answers)]
    return "\n".join([*parts, *answered(question_of(NUMBER, QUESTION), answers.answer, language)])


def said_of(answers: Answers, sentence: Sentence, mark: Mark, language: str) -> str:
    """One error in words, and whether it is of another translation than the one that stands there."""
    line = mark_line(mark, language)
    return line if mark in answers.standing(sentence) else f"{OTHER.within(language)} {line}"


def _errors(answers: Answers, sentence: Sentence, language: str, unjudged: str = "") -> str:
    """The errors in words, those of other translations last; `unjudged` while the translation is not judged."""
    standing = answers.standing(sentence)
    none = NONE_FOUND.within(language) if answers.faultless(sentence) else "" if standing else unjudged
    marks = sorted(sentence.marks, key=lambda mark: mark not in standing)
    return "; ".join(filter(None, [none, *(said_of(answers, sentence, mark, language) for mark in marks)]))


_LANGUAGES = {ES_EN: ("ES", "EN"), EN_ES: ("EN", "ES")}


def _entry(number: int, answers: Answers, sentence: Sentence, language: str) -> str:
    source, target = _LANGUAGES[sentence.direction]
    made = answers.made(sentence)
    unjudged = Text("not judged yet", "aún sin juzgar").within(language) if made else ""
    untold = Text("not translated yet", "aún sin traducir").within(language)
    facts = [
        (Text("Original ({l})", "Original ({l})").format(l=source), sentence.text),
        (Text("Translation ({l})", "Traducción ({l})").format(l=target), made.translation if made else untold),
        (Text("Way back ({l})", "Vuelta ({l})").format(l=source), made.back if made else ""),
        (Text("chrF", "chrF"), f"{made.chrf:.1f}" if made else ""),
        (Text("Lost characters", "Caracteres perdidos"), made.lost if made else ""),
        (Text("Errors found", "Errores detectados"), _errors(answers, sentence, language, unjudged)),
        (Text("Suggested correction", "Corrección sugerida"), sentence.correction),
    ]
    # What there can only be of a translation is left out where there is none.
    shown = [(head, text) for head, text in facts if text or made]
    lines = [f"- **{head.within(language)}:** {escape_markdown(text) or '-'}" for head, text in shown]
    return "\n".join([f"**{number}. {source}→{target}**", "", *lines, ""])


SENTENCES_WANTED = 5
"""Of a course that brings no fewer."""


def state(answers: Answers) -> State:
    """The course asks for five sentences each way, every translation judged, and a correction of what is wrong. "No
    error found" is a judgement too. The question is not the course's.
    """
    missing = []
    sentences = [sentence for sentence in answers.sentences if sentence.text.strip()]
    for direction, lacking in sentences_lacking(answers).items():
        one = Text("one more sentence in {language}", "una oración más en {language}")
        several = Text("{n} more sentences in {language}", "{n} oraciones más en {language}")
        missing.append((one if lacking == 1 else several).format(n=lacking, language=FROM[direction]))
    if untranslated := sum(answers.made(sentence) is None for sentence in sentences):
        missing.append(
            counted(untranslated, Text("a translation", "una traducción"), Text("{n} translations", "{n} traducciones"))
        )
    if unjudged := sum(answers.made(s) is not None and not answers.judged(s) for s in sentences):
        missing.append(
            counted(
                unjudged,
                Text("the judgement of a translation", "el juicio de una traducción"),
                Text("the judgement of {n} translations", "el juicio de {n} traducciones"),
            )
        )
    if uncorrected := sum(answers.wants_correction(sentence) for sentence in sentences):
        missing.append(
            counted(uncorrected, Text("a correction", "una corrección"), Text("{n} corrections", "{n} correcciones"))
        )
    return with_answer(missing, NUMBER, answers.answer)


def sentences_lacking(answers: Answers) -> dict[str, int]:
    """How many sentences the course asks for that are not there, by their direction."""
    brought = {ES_EN: len(course.current().translation.spanish), EN_ES: len(course.current().translation.english)}
    there = [sentence.direction for sentence in answers.sentences if sentence.text.strip()]
    lacking = {of: min(SENTENCES_WANTED, given) - there.count(of) for of, given in brought.items()}
    return {direction: n for direction, n in lacking.items() if n > 0}


def jobs(answers: Answers) -> list[RoundTrip]:
    """What gave the translations, sentence by sentence."""
    return [
        RoundTrip(
            TASKS[sentence.direction],
            sentence.text,
            model_of(made.made_by),
            model_of(made.back_by),
            made.settings or Settings(),
        )
        for sentence in answers.sentences
        if (made := answers.made(sentence))
    ]


def written(answers: Answers) -> list[Stands]:
    """The translations, without the ways back."""
    made = [made for sentence in answers.sentences if (made := answers.made(sentence))]
    return [
        stands(job, Generate(job.task, (job.text,), job.model, job.settings), of.translation, of.made_by)
        for job, of in zip(jobs(answers), made, strict=True)
    ]


EXERCISE = Exercise(
    NUMBER,
    Answers,
    QUESTION,
    GUIDE,
    tables=lambda answers, known, language: {"table": table(answers, language)},
    document=lambda answers, known, language: document(answers, language),
    state=lambda answers, known: state(answers),
    jobs=lambda answers, known: jobs(answers),
    printed=lambda answers, known, language: [
        printed.there_and_back(made.translation, made.back, made.chrf)
        for sentence in answers.sentences
        if (made := answers.made(sentence))
    ],
    definitions=DEFINITIONS,
    energy=lambda answers, known: spent(tuple(map(answers.made, answers.sentences))),
    written=written,
)
