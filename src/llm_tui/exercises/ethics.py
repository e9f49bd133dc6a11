"""Exercise 7: the ethics checklist with its evidence, and the paragraph that is made of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from llm_tui.exercises import guides, printed
from llm_tui.exercises.again import model_of
from llm_tui.exercises.checklist import COURSE_ITEMS, EXTENDED_ITEMS, TOPICS, Item, course_items
from llm_tui.exercises.contract import Beside, Exercise
from llm_tui.exercises.rerun import Rerun
from llm_tui.exercises.state import State, counted
from llm_tui.export.markdown import paragraphs, to_markdown
from llm_tui.export.table import Column, Table
from llm_tui.foundation.probes import ProbeReport, Probing
from llm_tui.i18n import Text
from llm_tui.marks import Each, Later

NUMBER = 7

QUESTION = Text(
    "One paragraph of 8 to 12 lines on bias, privacy, traceability, safe deployment and life cycle, with one or two "
    "recommendations that can be acted on.",
    "Un párrafo de 8 a 12 líneas sobre sesgos, privacidad, trazabilidad, despliegue seguro y ciclo de vida, con una o "
    "dos recomendaciones accionables.",
)

GUIDE = guides.guide("ethics")

DEFINITIONS = guides.definitions("ethics")

STATES: dict[str, tuple[str, Text]] = {
    "open": ("[ ]", Text("open", "abierta")),
    "met": ("[x]", Text("met", "cumplida")),
    "partly": ("[~]", Text("partly", "en parte")),
    "not_met": ("[!]", Text("not met", "no cumplida")),
    "not_applicable": ("[-]", Text("does not apply", "no se aplica")),
}

SEVERITIES: dict[str, Text] = {
    "low": Text("low", "baja"),
    "medium": Text("medium", "media"),
    "high": Text("high", "alta"),
}

_SEVERITIES = {said.casefold(): key for key, name in SEVERITIES.items() for said in (key, name.en, name.es)}
"""How a student writes each, in either language."""

LINE = 100
"""Characters of a line of the paragraph."""
FEWEST_LINES, MOST_LINES = 8, 12
MOST_RECOMMENDED = 2
CONTEXT = Text("your own course, lab or project", "su propio curso, laboratorio o proyecto")
"""What the recommendations are for."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the student says of one item. `evidence` are keys of facts of the lab, looked up when they are shown."""

    state: Later[str] = "open"
    answer: str = ""
    mitigation: str = ""
    severity: str = ""
    owner: str = ""
    date: str = ""
    evidence: tuple[str, ...] = ()

    def severity_key(self) -> str:
        """That of `SEVERITIES`; empty where the student wrote none of them."""
        return _SEVERITIES.get(self.severity.strip().casefold(), "")


@dataclass(frozen=True, slots=True)
class Answers:
    """`entries` by the id of their item. `own` items are from the student's files; `probed` is the newest test,
    `rerun` the newest answer of the log that was asked for again.
    """

    version: int = 1
    entries: Mapping[str, Entry] = field(default_factory=dict)
    extended: bool = False
    own: Each[Item] = ()
    model: str = ""
    probed: ProbeReport | None = None
    rerun: Rerun | None = None
    answer: str = ""
    """The paragraph."""

    def items(self) -> tuple[Item, ...]:
        """All items, topic by topic in their order, those of the student's own topics last."""
        items = (*COURSE_ITEMS, *course_items(), *(EXTENDED_ITEMS if self.extended else ()), *self.own)
        order = {topic: i for i, topic in enumerate(dict.fromkeys((*TOPICS, *(item.topic for item in items))))}
        return tuple(sorted(items, key=lambda item: order[item.topic]))

    def entry(self, item: str) -> Entry:
        return self.entries.get(item, Entry())

    def with_entry(self, item: str, entry: Entry) -> Answers:
        return replace(self, entries={**self.entries, item: entry})

    def with_own(self, items: Iterable[Item]) -> Answers:
        """With questions of the student's own beside the others; those that are there already are left out."""
        taken = {item.id for item in self.items()}
        return replace(self, own=(*self.own, *(item for item in items if item.id not in taken)))

    def with_answer(self, answer: str) -> Answers:
        return replace(self, answer=answer)


def topic_name(topic: str) -> Text:
    return TOPICS.get(topic) or Text(topic, topic)


def meters(answers: Answers) -> list[tuple[str, int, int]]:
    """For each topic the number of its items that are no longer open, and of all."""
    count: dict[str, list[int]] = {}
    for item in answers.items():
        done, _ = pair = count.setdefault(item.topic, [0, 0])
        pair[:] = [done + (answers.entry(item.id).state != "open"), pair[1] + 1]
    return [(topic, done, of) for topic, (done, of) in count.items()]


# The paragraph.

_STEMS: dict[str, tuple[str, ...]] = {
    "bias": ("sesg", "bias", "discrimin", "estereotip", "stereotyp"),
    "privacy": ("privac", "datos personales", "personal data", "anonimi", "anonymi", "minimiza"),
    "traceability": ("trazab", "traceab", "registro", "logs", "model card", "ficha de", "versiones", "versions"),
    "deployment": ("despliegue", "deploy", "jailbreak", "control de acceso", "access control", "monitor"),
    "lifecycle": ("ciclo de vida", "life cycle", "lifecycle", "rollback", "auditor", "audit", "actualizaci", "update"),
}
"""How a paragraph mentions a topic, without accents, in both languages."""

_RECOMMENDS = re.compile(
    r"\b(recom[ie]+nd\w*|conviene|convendria|hay que|se deb\w+|deb(?:e|en|emos|eria\w*)|propon\w+|sugier\w+|"
    r"recommend\w*|should|must|propose\w*|suggest\w*|let us)\b"
)

_OWN_CONTEXT = re.compile(
    r"\b(?:mis?|nuestr[oa]s?|curso|clases?|practicas?|laboratorio|asignatura|facultad|universidad|proyecto|modulo|"
    r"ejercicios?|my|our|course|class(?:es)?|lab|exercises?|project|university)\b"
)
"""How a paragraph says whose course it is about."""


@dataclass(frozen=True, slots=True)
class Check:
    """`said` is what was looked at and found, `wanted` what is lacking where it did not pass."""

    passed: bool
    said: Text
    wanted: Text


def checks(paragraph: str) -> list[Check]:
    """What the paragraph has and lacks: length, one paragraph, the five topics, recommendations, the student's own
    context. It is no mark.
    """
    text = " ".join(paragraph.split())
    plain = _plain(text)
    lines = -(-len(text) // LINE)
    blocks = [block for block in re.split(r"\n\s*\n", paragraph.strip()) if block.strip()]
    recommended = sum(bool(_RECOMMENDS.search(part)) for part in re.split(r"(?<=[.!?…])\s", plain))
    length = Text(
        "{n} lines of {width} characters; {least} to {most} are asked for",
        "{n} líneas de {width} caracteres; se piden de {least} a {most}",
    )
    one_line = Text(
        "one line of {width} characters; {least} to {most} are asked for",
        "una línea de {width} caracteres; se piden de {least} a {most}",
    )
    advice = Text("{n} recommendations; one or two are asked for", "{n} recomendaciones; se piden una o dos")
    one_advice = Text("one recommendation; one or two are asked for", "una recomendación; se piden una o dos")
    span = {"width": LINE, "least": FEWEST_LINES, "most": MOST_LINES}
    found = [
        Check(
            FEWEST_LINES <= lines <= MOST_LINES,
            counted(lines, one_line.format(**span), length.format(n=lines, **span)),
            Text("{least} to {most} lines ({n} now)", "de {least} a {most} líneas (hay {n})").format(n=lines, **span),
        ),
        Check(
            len(blocks) == 1,
            counted(len(blocks), Text("a single paragraph", "un párrafo único"),
                    Text("{n} paragraphs; a single one is asked for", "{n} párrafos; se pide uno solo")),
            Text("a single paragraph (there are {n})", "un párrafo único (hay {n})").format(n=len(blocks)),
        ),
    ]  # fmt: skip
    for topic, name in TOPICS.items():
        mentioned = any(stem in plain for stem in _STEMS[topic])
        about = Text("the topic “{topic}”", "el tema «{topic}»").format(topic=name)
        found.append(Check(mentioned, name, about))
    return [
        *found,
        Check(
            1 <= recommended <= MOST_RECOMMENDED,
            counted(recommended, one_advice, advice.format(n=recommended)),
            Text("one or two recommendations (there are {n})", "una o dos recomendaciones (hay {n})").format(
                n=recommended
            ),
        ),
        Check(bool(_OWN_CONTEXT.search(plain)), CONTEXT, CONTEXT),
    ]


def _plain(text: str) -> str:
    parts = unicodedata.normalize("NFD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def draft(answers: Answers, language: str) -> str:
    """A beginning of the paragraph, of what the student has answered, topic by topic; the mitigations of what weighs
    most become the recommendations.
    """
    advised = [_sentence(entry.mitigation) for entry in _unmet(answers)[:MOST_RECOMMENDED]]
    said = []
    for topic, name in TOPICS.items():
        entries = [answers.entry(item.id) for item in answers.items() if item.topic == topic]
        parts = [_sentence(text) for e in entries for text in (e.answer, e.mitigation) if text.strip()]
        if parts := [part for part in parts if part not in advised]:
            head = Text("On {topic}: ", "Sobre {topic}: ").format(topic=name.within(language).lower())
            said.append(head.within(language) + " ".join(parts))
    head = Text("I recommend: ", "Recomiendo: ")
    return " ".join([*said, *(head.within(language) + advice for advice in advised)])


def _unmet(answers: Answers) -> list[Entry]:
    """Entries with a mitigation that are not met, or in part, the most severe first."""
    entries = [answers.entry(item.id) for item in answers.items()]
    order = ["high", "medium", "low", ""]
    wanted = [e for e in entries if e.state in ("not_met", "partly") and e.mitigation.strip()]
    return sorted(wanted, key=lambda e: order.index(e.severity_key()))


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


# Tables and documents.


def table(answers: Answers, language: str = "es", evidence: Mapping[str, str] | None = None) -> Table:
    """Every item with its entry; the rows are named by the ids. `evidence` says the facts of the lab by their keys."""
    known = evidence or {}
    columns = (
        Column("topic", Text("topic", "tema")),
        Column("question", Text("question", "pregunta")),
        Column("state", Text("state", "estado")),
        Column("answer", Text("answer", "respuesta")),
        Column("mitigation", Text("mitigation", "mitigación")),
        Column("severity", Text("severity", "gravedad")),
        Column("owner", Text("owner", "responsable")),
        Column("date", Text("date", "fecha")),
        Column("evidence", Text("evidence", "evidencia")),
        Column("reference", Text("reference", "referencia")),
    )
    rows = []
    for item in answers.items():
        entry = answers.entry(item.id)
        key = entry.severity_key()
        severity = SEVERITIES[key].within(language) if key else entry.severity
        mark, name = STATES.get(entry.state, STATES["open"])
        facts = "; ".join(known.get(key, key) for key in entry.evidence)
        rows.append(
            (
                topic_name(item.topic).within(language), item.question.within(language),
                f"{mark} {name.within(language)}", entry.answer, entry.mitigation, severity, entry.owner, entry.date,
                facts, item.reference,
            )
        )  # fmt: skip
    return Table(columns, tuple(rows), (), tuple(item.id for item in answers.items()))


def document(
    answers: Answers, language: str, evidence: Mapping[str, str] | None = None, pairs: Iterable[Table] = ()
) -> str:
    """The exercise as it is handed in: the paragraph, then the checklist behind it, without the questions that are
    open and the columns that are empty, and in the end what was measured in `pairs`.
    """
    parts = [paragraphs(answers.answer)] if answers.answer.strip() else []
    title = Text("Checklist", "Lista de comprobación")
    whole = table(answers, language, evidence)
    entries = [answers.entry(item) for item in whole.keys]
    rows = [row for row, entry in zip(whole.rows, entries, strict=True) if entry != Entry()]
    used = [i for i in range(len(whole.columns)) if any(row[i] for row in rows)]
    still_open = sum(entry.state == "open" for entry in entries)
    none = Text("None of the {of} questions is open.", "Ninguna de las {of} preguntas sigue abierta.")
    some = Text("{n} of the {of} questions are open.", "De las {of} preguntas siguen abiertas {n}.")
    said = (some if still_open else none).format(n=still_open, of=len(entries))
    if rows:
        columns, cells = tuple(whole.columns[i] for i in used), tuple(tuple(row[i] for i in used) for row in rows)
        parts.append(to_markdown(Table(columns, cells, title=title), language))
    return "\n".join([*parts, paragraphs(said.within(language)), *(to_markdown(one, language) for one in pairs)])


def state(answers: Answers) -> State:
    """The course asks for the paragraph alone: its length, its topics, its recommendations. The checklist is there to
    find them, and holds nothing up.
    """
    optional = []
    still_open = [e for item in COURSE_ITEMS if (e := answers.entry(item.id)).state == "open"]
    if still_open:
        optional.append(
            counted(len(still_open), Text("an open question", "una pregunta abierta"),
                    Text("{n} open questions", "{n} preguntas abiertas"))
        )  # fmt: skip
    if unstated := sum(bool(entry.answer.strip()) for entry in still_open):
        optional.append(
            counted(unstated, Text("the state of a question that is answered", "el estado de una pregunta respondida"),
                    Text("the state of {n} questions that are answered", "el estado de {n} preguntas respondidas"))
        )  # fmt: skip
    if unmitigated := sum(e.state == "not_met" and not e.mitigation.strip() for e in answers.entries.values()):
        optional.append(counted(unmitigated, Text("a mitigation", "una mitigación"),
                                Text("{n} mitigations", "{n} mitigaciones")))  # fmt: skip
    if not answers.answer.strip():
        return State((Text("the paragraph", "el párrafo"),), optional=tuple(optional))
    return State(tuple(check.wanted for check in checks(answers.answer) if not check.passed), optional=tuple(optional))


def _said(known: Beside, language: str) -> dict[str, str]:
    return {key: fact.within(language) for key, fact in known.facts().items()}


def jobs(answers: Answers) -> list[Probing]:
    """The newest jailbreak test."""
    return [Probing(model_of(answers.probed.made_by), answers.probed.settings)] if answers.probed else []


EXERCISE = Exercise(
    NUMBER,
    Answers,
    QUESTION,
    GUIDE,
    tables=lambda answers, known, language: {
        "checklist": table(answers, language, _said(known, language)),
        **known.pairs(language),
    },
    document=lambda answers, known, language: document(
        answers, language, _said(known, language), known.pairs(language).values()
    ),
    state=lambda answers, known: state(answers),
    jobs=lambda answers, known: jobs(answers),
    printed=lambda answers, known, language: [printed.probes(answers.probed.results)] if answers.probed else [],
    definitions=DEFINITIONS,
    own_is_asked=True,
)
