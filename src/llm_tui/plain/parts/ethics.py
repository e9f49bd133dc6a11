"""Exercise 7 in plain mode: the questions one by one, their evidence, the test of a model, and the paragraph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.exercises import ethics
from llm_tui.exercises.checklist_file import read_items
from llm_tui.exercises.ethics import SEVERITIES, STATES, Answers, Entry
from llm_tui.foundation.job import TEXT_MODEL
from llm_tui.foundation.probes import Probing
from llm_tui.i18n import Text, tr
from llm_tui.plain import words
from llm_tui.plain.desk import Desk, Part
from llm_tui.plain.menu import Choice
from llm_tui.report.evidence import Fact, facts

EVIDENCE, CHECKS, TEST, MORE = (
    Text("evidence", "evidencia"), Text("checks", "comprobaciones"), Text("test", "probar"), Text("more", "más"),
)  # fmt: skip

WRITTEN = (
    ("answer", Text("Your answer", "Su respuesta")),
    ("mitigation", Text("Mitigation", "Mitigación")),
    ("severity", Text("Severity: low, medium or high", "Gravedad: baja, media o alta")),
    ("owner", Text("Who is responsible", "Responsable")),
    ("date", Text("By when", "Fecha")),
)


def _choices(desk: Desk) -> Sequence[Choice]:
    return (
        Choice(words.QUESTIONS, Text("answer a question of the checklist", "responder una pregunta de la lista"),
               lambda: _question(desk)),
        Choice(EVIDENCE, Text("put a fact of the lab to a question, or take it away",
                              "añadir un hecho del laboratorio a una pregunta, o quitarlo"), lambda: _evidence(desk)),
        Choice(words.DRAFT, Text("begin the paragraph with a draft of your answers",
                                 "empezar el párrafo con un borrador de sus respuestas"), lambda: _draft(desk)),
        Choice(CHECKS, Text("hear what the paragraph has and lacks", "oír qué tiene y qué le falta al párrafo"),
               lambda: _checks(desk)),
        Choice(TEST, Text("test a model with jailbreaks and escape sequences",
                          "probar un modelo con jailbreaks y secuencias de escape"), lambda: _test(desk)),
        Choice(MORE, Text("more questions after published checklists, or fewer",
                          "más preguntas de listas publicadas, o menos"),
               lambda: desk.set(extended=not desk.answers.extended)),
        Choice(words.OPEN, Text("add a checklist of your own (YAML, TOML)", "añadir una lista suya (YAML, TOML)"),
               lambda: _open(desk)),
    )  # fmt: skip


def _pick(desk: Desk) -> str:
    answers: Answers = desk.answers
    items = answers.items()
    lines = [
        f"{ethics.topic_name(item.topic)}: {item.question} ({STATES[answers.entry(item.id).state][1]})"
        if answers.entry(item.id).state in STATES
        else f"{ethics.topic_name(item.topic)}: {item.question}"
        for item in items
    ]
    return items[desk.here.pick(tr("Which question? Its number.", "¿Qué pregunta? Su número."), lines)].id


def _question(desk: Desk) -> None:
    """Its state, then what is written of it."""
    item = _pick(desk)
    answers: Answers = desk.answers
    entry, names = answers.entry(item), list(STATES)
    question = next(each for each in answers.items() if each.id == item)
    desk.here.console.say(question.question, *((question.reference,) if question.reference else ()))
    states = [name for _, name in STATES.values()]
    desk.here.console.say(*(f"{n}. {state}" for n, state in enumerate(states, start=1)))
    now = str(names.index(entry.state) + 1) if entry.state in names else "1"
    state = names[desk.here.pick(tr("Its state, by its number.", "Su estado, por su número."), states, now)]
    entry = replace(entry, state=state)
    for name, label in WRITTEN:
        said = desk.here.console.ask(f"{label}.", getattr(entry, name))
        entry = replace(entry, **{name: said})  # type: ignore[arg-type]
    if entry.severity.strip() and not entry.severity_key():
        among = ", ".join(str(name) for name in SEVERITIES.values())
        desk.here.console.say(tr(f"Severity is none of {among}; it stays as you wrote it.",
                                 f"La gravedad no es una de {among}; queda como la escribió."))  # fmt: skip
    desk.change(desk.answers.with_entry(item, entry))


def _evidence(desk: Desk) -> None:
    if "facts" not in desk.note:  # they change with what is done elsewhere alone
        desk.note["facts"] = facts(desk.here.lab)
    known: tuple[Fact, ...] = desk.note["facts"]
    if not known:
        raise UserError(
            tr("The lab has no facts yet: do an exercise.", "El laboratorio aún no tiene hechos: haga un ejercicio.")
        )
    item = _pick(desk)
    topic = next(each.topic for each in desk.answers.items() if each.id == item)
    order = sorted(known, key=lambda fact: fact.topic != topic)
    entry: Entry = desk.answers.entry(item)
    here = tr(" (it is there)", " (ya está)")
    lines = [f"{fact.said}{here if fact.key in entry.evidence else ''}" for fact in order]
    key = order[desk.here.pick(tr("Which fact? Its number.", "¿Qué hecho? Su número."), lines)].key
    kept = tuple(other for other in entry.evidence if other != key)
    evidence = kept if key in entry.evidence else (*kept, key)
    desk.change(desk.answers.with_entry(item, replace(entry, evidence=evidence)))


def _draft(desk: Desk) -> None:
    answers: Answers = desk.answers
    draft = ethics.draft(answers, i18n.export_language())
    if not draft:
        raise UserError(tr("Answer some questions first.", "Responda antes algunas preguntas."))
    desk.change(answers.with_answer(draft if not answers.answer.strip() else f"{draft}\n\n{answers.answer}"))
    desk.here.console.say(desk.answers.answer)


def _checks(desk: Desk) -> None:
    for check in ethics.checks(desk.answers.answer):
        head = tr("There is: ", "Tiene: ") if check.passed else tr("Lacking: ", "Falta: ")
        desk.here.console.say(f"{head}{check.said if check.passed else check.wanted}.")


def _test(desk: Desk) -> None:
    asked = tr("Test which model? A hub id or a folder.", "¿Qué modelo se prueba? Un id del hub o una carpeta.")
    model = desk.here.console.ask(asked, desk.answers.model or TEXT_MODEL)
    report = desk.here.work.result(Probing(desk.here.asking().model(model)))
    desk.change(replace(desk.answers, model=model))
    desk.learn(lambda answers: replace(answers, probed=report))
    desk.note.clear()  # the lab knows more now
    failed, of = sum(not probed.passed for probed in report.results), len(report.results)
    desk.here.console.say(
        tr(f"The model failed {failed} of its {of} attempts; {EVIDENCE} adds it to a question.",
           f"El modelo falló en {failed} de los {of} intentos; {EVIDENCE} lo añade a una pregunta.")
    )  # fmt: skip


def _open(desk: Desk) -> None:
    before = len(desk.answers.own)
    desk.change(desk.answers.with_own(read_items(desk.ask_path(tr("Which file? Its path.", "¿Qué archivo? Su ruta.")))))
    fresh = len(desk.answers.own) - before
    desk.here.console.say(tr(f"{fresh} questions added.", f"{fresh} preguntas añadidas."))


PART = Part(_choices)
