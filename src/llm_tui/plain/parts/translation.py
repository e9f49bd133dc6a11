"""Exercise 4 in plain mode: sentence by sentence, and the errors in their translations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.exercises import translation
from llm_tui.exercises.errors_marked import COURSE_TYPES, MQM_TYPES, SEVERITIES, Mark
from llm_tui.exercises.glossary import hints
from llm_tui.exercises.textfile import read_text
from llm_tui.exercises.translation import Answers, Sentence
from llm_tui.foundation.job import TRANSLATE_ES_EN, Generate
from llm_tui.i18n import Text, tr
from llm_tui.labelled.lines import lines_of
from llm_tui.plain import words
from llm_tui.plain.desk import Desk, Part
from llm_tui.plain.menu import Choice

LINES = (
    ("model_es_en", Text("Model from Spanish to English", "Modelo del español al inglés")),
    ("model_en_es", Text("Model from English to Spanish", "Modelo del inglés al español")),
)

SENTENCES, UNMARK, CHANGE = Text("sentences", "oraciones"), Text("unmark", "desmarcar"), Text("change", "cambiar")


def _choices(desk: Desk) -> Sequence[Choice]:
    return (
        Choice(SENTENCES, Text("hear a sentence with all that is known of it", "oír una oración con lo que se sabe"),
               lambda: _tell(desk, _pick(desk))),
        Choice(words.MARK, Text("mark an error in a translation", "marcar un error en una traducción"),
               lambda: _mark(desk)),
        Choice(UNMARK, Text("take a marked error away", "quitar un error marcado"), lambda: _unmark(desk)),
        Choice(words.FAULTLESS, Text("say that a translation has no error; again takes that back",
                                     "decir que una traducción no tiene errores; otra vez lo retira"),
               lambda: _faultless(desk)),
        Choice(words.ADD, Text("add a sentence", "añadir una oración"), lambda: _add(desk)),
        Choice(CHANGE, Text("write a sentence anew", "escribir de nuevo una oración"), lambda: _change(desk)),
        Choice(words.DROP, Text("drop a sentence", "quitar una oración"), lambda: _drop(desk)),
        Choice(words.OPEN, Text("add the sentences of a file, one on each line",
                                "añadir las oraciones de un archivo, una por línea"), lambda: _open(desk)),
        Choice(words.SETTINGS, Text("the models", "los modelos"), lambda: desk.ask_settings(LINES)),
    )  # fmt: skip


def _pick(desk: Desk) -> int:
    answers: Answers = desk.answers
    return desk.here.pick(
        tr("Which sentence? Its number.", "¿Qué oración? Su número."),
        [f"{each.direction}: {each.text} {_stands(answers, each)}" for each in answers.sentences],
    )


def _stands(answers: Answers, sentence: Sentence) -> str:
    if answers.made(sentence) is None:
        return tr("(not translated)", "(sin traducir)")
    return tr("(judged)", "(juzgada)") if answers.judged(sentence) else tr("(not judged)", "(sin juzgar)")


def _tell(desk: Desk, number: int) -> None:
    answers: Answers = desk.answers
    sentence, say = answers.sentences[number], desk.here.console.say
    say(f"Original: {sentence.text}")
    made = answers.made(sentence)
    if made is None:
        say(tr("It is not translated yet.", "Aún no está traducida."))
        return
    say(
        tr(f"Translation: {made.translation}", f"Traducción: {made.translation}"),
        tr(f"Way back: {made.back}", f"Vuelta: {made.back}"),
        f"chrF: {made.chrf:.1f}.",
        tr(f"Lost characters: {made.lost}", f"Caracteres perdidos: {made.lost}") if made.lost else "",
        tr("The end was cut.", "Se cortó el final.") if made.cut else "",
        *(tr(f"Hint: {hint.said}", f"Pista: {hint.said}")
          for hint in hints(sentence.text, made.translation, sentence.direction)),
        *(tr(f"Error marked: {line}", f"Error marcado: {line}") for line in _errors(answers, sentence)),
        tr("No error was found in it.", "No se halló ningún error.") if answers.faultless(sentence) else "",
    )  # fmt: skip


def _errors(answers: Answers, sentence: Sentence) -> list[str]:
    return [translation.said_of(answers, sentence, mark, i18n.language()) for mark in sentence.marks]


def _mark(desk: Desk) -> None:
    """The words as they stand in the translation, what kind of error, how severe, what it should say."""
    number = _pick(desk)
    answers: Answers = desk.answers
    sentence = answers.sentences[number]
    made = answers.made(sentence)
    if made is None:
        raise UserError(tr("It is not translated yet: run first.", "Aún no está traducida: ejecute antes."))
    there = translation.there_in(made)
    desk.here.console.say(there)
    span = " ".join(desk.here.console.ask(tr("Which words of it are wrong?", "¿Qué palabras están mal?")).split())
    if not span or span not in there:
        raise UserError(tr(f"“{span}” does not stand in the translation.", f"«{span}» no está en la traducción."))
    types, severities = {**COURSE_TYPES, **MQM_TYPES}, SEVERITIES
    kind = list(types)[desk.here.pick(tr("What kind of error?", "¿Qué tipo de error?"), list(types.values()))]
    severity = list(severities)[
        desk.here.pick(tr("How severe is it?", "¿Qué gravedad tiene?"), list(severities.values()))
    ]
    right = desk.here.console.ask(
        tr("What should it say? It may stay empty.", "¿Qué debería decir? Puede quedar vacío.")
    )
    marked = replace(sentence, marks=(*sentence.marks, Mark(span, kind, severity, right)))
    desk.change(answers.with_sentence(number, marked))


def _unmark(desk: Desk) -> None:
    number = _pick(desk)
    sentence = desk.answers.sentences[number]
    if not sentence.marks:
        raise UserError(tr("No error is marked in it.", "No tiene errores marcados."))
    row = desk.here.pick(tr("Which error? Its number.", "¿Qué error? Su número."), _errors(desk.answers, sentence))
    kept = sentence.marks[:row] + sentence.marks[row + 1 :]
    desk.change(desk.answers.with_sentence(number, replace(sentence, marks=kept)))


def _faultless(desk: Desk) -> None:
    number = _pick(desk)
    answers: Answers = desk.answers
    sentence = answers.sentences[number]
    made = answers.made(sentence)
    if made is None or not made.translation:
        raise UserError(tr("There is no translation to judge yet.", "Aún no hay ninguna traducción que juzgar."))
    if answers.standing(sentence):
        raise UserError(tr(f"Errors are marked in it: take them away with {UNMARK}.",
                           f"Tiene errores marcados: quítelos con {UNMARK}."))  # fmt: skip
    faultless = "" if answers.faultless(sentence) else made.translation
    desk.change(answers.with_sentence(number, replace(sentence, faultless=faultless)))


def _direction(desk: Desk) -> str:
    directions = (translation.ES_EN, translation.EN_ES)
    from_ = [translation.FROM[each] for each in directions]
    asked = tr("In which language is it written?", "¿En qué idioma está escrita?")
    return directions[desk.here.pick(asked, from_)]


def _add(desk: Desk) -> None:
    text = desk.here.console.ask(tr("The sentence.", "La oración.")).strip()
    if text:
        desk.set(sentences=(*desk.answers.sentences, Sentence(text, _direction(desk))))


def _change(desk: Desk) -> None:
    number = _pick(desk)
    sentence = desk.answers.sentences[number]
    text = desk.here.console.ask(tr("The sentence.", "La oración."), sentence.text)
    desk.change(desk.answers.with_sentence(number, replace(sentence, text=text)))


def _drop(desk: Desk) -> None:
    number, sentences = _pick(desk), desk.answers.sentences
    desk.set(sentences=sentences[:number] + sentences[number + 1 :])


def _open(desk: Desk) -> None:
    lines = lines_of(read_text(desk.ask_path(tr("Which file? Its path.", "¿Qué archivo? Su ruta."))))
    direction = _direction(desk)
    more = (Sentence(line.strip(), direction) for line in lines if line.strip())
    desk.set(sentences=(*desk.answers.sentences, *more))


def _edited(answers: Answers, desk: Desk, row: str, column: str, text: str) -> Answers:
    number = int(row)
    return answers.with_sentence(number, replace(answers.sentences[number], correction=text))


def _take_over(answers: Answers, job: Generate) -> Answers:
    direction = translation.ES_EN if job.task == TRANSLATE_ES_EN else translation.EN_ES
    return replace(answers, sentences=(*answers.sentences, Sentence(job.texts[0], direction)))


PART = Part(_choices, _edited, take_over=_take_over)
