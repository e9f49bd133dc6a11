"""Exercise 6: three instructions on one paragraph, every run kept, and what can be checked of the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from llm_tui.config import read_config
from llm_tui.course import course
from llm_tui.errors import UserError
from llm_tui.exercises import guides, printed
from llm_tui.exercises.again import Stands, model_of, stands
from llm_tui.exercises.checks import Check, has_sentences, has_terms, is_label
from llm_tui.exercises.contract import Exercise, answered, question_of
from llm_tui.exercises.state import State, counted, with_answer
from llm_tui.export.markdown import escape_markdown, to_markdown
from llm_tui.export.table import Column, Table
from llm_tui.foundation.job import PROMPT, TEXT_MODEL, Asking, Generate, Generated, Provenance, Settings
from llm_tui.foundation.tables import ENDLESS, ONE_CUT, each_made_by, how
from llm_tui.foundation.thinking import ALONE, is_thinking
from llm_tui.i18n import Text, tr
from llm_tui.labelled.lines import one_line
from llm_tui.marks import Later

NUMBER = 6

QUESTION = Text(
    "What made the instruction clearer: other words, an example, less to do, another language?",
    "¿Qué aclaró la instrucción: otras palabras, un ejemplo, pedir menos, otro idioma?",
)

GUIDE = guides.guide("prompting")

DEFINITIONS = guides.definitions("play")  # those of every answer that is generated

CLASSIFICATION, TERMS, REWRITING = "classification", "terms", "rewriting"

TITLES: dict[str, Text] = {
    CLASSIFICATION: Text("Classification", "Clasificación"),
    TERMS: Text("Key terms", "Extracción de claves"),
    REWRITING: Text("Rewriting", "Reescritura"),
}


def instructions() -> dict[str, str]:
    """Those that the course begins with."""
    brought = course.current().prompting
    return {CLASSIFICATION: brought.classification, TERMS: brought.terms, REWRITING: brought.rewriting}


def course_model() -> str:
    return read_config().model("prompt", course.current().prompting.model, TEXT_MODEL)


TERMS_WANTED = 5
MOST_RUNS = 50


def asked(instruction: str, paragraph: str) -> str:
    """What a model is given for them."""
    return f"{instruction.strip()}\n\n{paragraph.strip()}"


@dataclass(frozen=True, slots=True)
class Run:
    """One answer with what was asked: instruction and paragraph, the model as it was named, its settings."""

    instruction: str
    paragraph: str
    model: str
    settings: Settings
    output: str
    pieces: int | None
    lost: str
    cut: bool
    made_by: Provenance
    complete: Later[bool] = True


@dataclass(frozen=True, slots=True)
class Prompt:
    """An instruction and its runs, newest first; the run at `chosen` is the one to hand in."""

    instruction: str
    runs: tuple[Run, ...] = ()
    chosen: Later[int] = 0
    note: str = ""

    @property
    def run(self) -> Run | None:
        return self.runs[self.chosen] if 0 <= self.chosen < len(self.runs) else None


@dataclass(frozen=True, slots=True)
class Answers:
    """`labels` are those that the classification may answer, parted by commas."""

    version: int = 1
    paragraph: str = field(default_factory=lambda: course.current().prompting.paragraph)
    labels: str = field(default_factory=lambda: ", ".join(course.current().prompting.labels))
    model: str = field(default_factory=course_model)
    prompts: Mapping[str, Prompt] = field(
        default_factory=lambda: {name: Prompt(instruction) for name, instruction in instructions().items()}
    )
    answer: str = ""

    def prompt(self, name: str) -> Prompt:
        return self.prompts.get(name) or Prompt(instructions()[name])

    def given(self, name: str) -> str:
        """What the model is given: the instruction, an empty line, the paragraph."""
        return asked(self.prompt(name).instruction, self.paragraph)

    def with_answer(self, answer: str) -> Answers:
        return replace(self, answer=answer)

    def with_models(self, name: str | None) -> Answers:
        return replace(self, model=name or course_model())

    def pending(self, asking: Asking) -> Iterator[Generate]:
        """Instructions that were not asked in these words of this model with these settings."""
        if not self.paragraph.strip():
            raise UserError(tr("There is no paragraph: write one.", "No hay párrafo: escriba uno."))
        model = asking.model(self.model)
        for name in TITLES:
            prompt = self.prompt(name)
            wanted = (prompt.instruction, self.paragraph, model.name, asking.settings)
            done = any((r.instruction, r.paragraph, r.model, r.settings) == wanted for r in prompt.runs)
            if prompt.instruction.strip() and not done:
                yield Generate(PROMPT, (self.given(name),), model, asking.settings)

    def with_result(self, job: Generate, result: Generated) -> Answers:
        """The run becomes the one to hand in. An answer to an instruction that was changed meanwhile is not kept."""
        answer, prompts = result.answers[0], dict(self.prompts)
        for name in TITLES:
            if self.given(name) == job.texts[0]:
                prompt = self.prompt(name)
                run = Run(
                    prompt.instruction, self.paragraph, job.model.name, job.settings, answer.text,
                    answer.input_pieces, "".join(dict.fromkeys(answer.lost)), answer.cut, result.made_by,
                    answer.complete,
                )  # fmt: skip
                prompts[name] = replace(prompt, runs=(run, *prompt.runs)[:MOST_RUNS], chosen=0)
        return replace(self, prompts=prompts)

    def with_failure(self, job: Generate, message: str) -> None:
        return None

    def with_prompt(self, name: str, prompt: Prompt) -> Answers:
        return replace(self, prompts={**self.prompts, name: prompt})

    def check(self, name: str, output: str) -> Check:
        """What can be checked of an answer to this instruction."""
        return _CHECKS[name](self, output)


_CHECKS: dict[str, Callable[[Answers, str], Check]] = {
    CLASSIFICATION: lambda answers, output: is_label(output, one_line(answers.labels)),
    TERMS: lambda answers, output: has_terms(output, TERMS_WANTED),
    REWRITING: lambda answers, output: has_sentences(output),
}


def checked(check: Check, language: str = "es") -> str:
    return f"{'✓' if check.passed else '✗'} {check.said.within(language)}"


def table(answers: Answers, language: str = "es") -> Table:
    """One row per instruction, with the run that is handed in."""
    columns = (
        Column("prompt", Text("prompt", "instrucción")),
        Column("check", Text("check", "comprobación")),
        Column("note", Text("brief note", "breve nota"), editable=True),
        Column("output", Text("output", "salida")),
    )
    rows = []
    for name, title in TITLES.items():
        prompt = answers.prompt(name)
        run = prompt.run
        check = checked(answers.check(name, run.output), language) if run else ""
        rows.append((title.within(language), check, prompt.note, run.output if run else None))
    return Table(columns, tuple(rows), footer(answers), tuple(TITLES))


def footer(answers: Answers) -> tuple[Text, ...]:
    """What of them is not whole, and what made the answers, each combination once."""
    runs = {name: run for name in TITLES if (run := answers.prompt(name).run)}
    return (
        *(Text("{title}: {said}", "{title}: {said}").format(title=TITLES[name], said=said)
          for name, run in runs.items() for said, holds in (
              (ONE_CUT, run.cut), (ENDLESS, not run.complete), (ALONE, is_thinking(run.output))) if holds),
        *each_made_by(((run.made_by, how(run.settings, run.made_by)) for run in runs.values()), PROMPT),
    )  # fmt: skip


def document(answers: Answers, language: str) -> str:
    """The exercise as it is handed in, in the course's form: per prompt its input, output and note; then the table."""
    parts = [_entry(name, answers, language) for name in TITLES]
    parts.append(to_markdown(table(answers, language).for_reading(), language))
    return "\n".join([*parts, *answered(question_of(NUMBER, QUESTION), answers.answer, language)])


def _entry(name: str, answers: Answers, language: str) -> str:
    prompt = answers.prompt(name)
    run = prompt.run
    lost = run.lost if run else ""
    facts = [
        (Text("Instruction", "Instrucción"), run.instruction if run else prompt.instruction),
        (Text("Input", "Entrada"), run.paragraph if run else answers.paragraph),
        (Text("Output", "Salida"), run.output if run else Text("not asked yet", "aún sin preguntar").within(language)),
        (Text("Lost characters", "Caracteres perdidos"), lost),
        (Text("Check", "Comprobación"), checked(answers.check(name, run.output), language) if run else ""),
        (Text("Brief note", "Breve nota"), prompt.note),
    ]
    shown = [(head, text) for head, text in facts if text or run]
    lines = [f"- **{head.within(language)}:** {escape_markdown(text) or '-'}" for head, text in shown]
    return "\n".join([f"**{TITLES[name].within(language)}**", "", *lines, ""])


def state(answers: Answers) -> State:
    """The course asks for three prompts on one paragraph, each with its output and a note. The question is not the
    course's.
    """
    missing = []
    runs = [answers.prompt(name).run for name in TITLES]
    if unasked := sum(run is None for run in runs):
        missing.append(
            counted(
                unasked,
                Text("the model's answer to one instruction", "la respuesta del modelo a una instrucción"),
                Text("the model's answers to {n} instructions", "las respuestas del modelo a {n} instrucciones"),
            )
        )
    if len({run.paragraph for run in runs if run}) > 1:
        missing.append(Text("one paragraph for all three", "un mismo párrafo para las tres"))
    if noteless := sum(not answers.prompt(name).note.strip() for name in TITLES):
        missing.append(counted(noteless, Text("a note", "una nota"), Text("{n} notes", "{n} notas")))
    return with_answer(missing, NUMBER, answers.answer)


def jobs(answers: Answers) -> list[Generate]:
    """What gave the answers that are handed in."""
    runs = [run for name in TITLES if (run := answers.prompt(name).run)]
    return [
        Generate(PROMPT, (asked(run.instruction, run.paragraph),), model_of(run.made_by), run.settings) for run in runs
    ]


def written(answers: Answers) -> list[Stands]:
    runs = [run for name in TITLES if (run := answers.prompt(name).run)]
    return [stands(job, job, run.output, run.made_by) for job, run in zip(jobs(answers), runs, strict=True)]


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
        printed.lines(run.output) for name in TITLES if (run := answers.prompt(name).run)
    ],
    definitions=DEFINITIONS,
    written=written,
)
