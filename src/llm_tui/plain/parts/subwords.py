"""Exercise 2 in plain mode: the text, its tokenizers, and the words of the table."""

from __future__ import annotations

from collections.abc import Sequence

from llm_tui.exercises import subwords
from llm_tui.exercises.subwords import Answers
from llm_tui.exercises.textfile import read_text
from llm_tui.i18n import Text, tr
from llm_tui.plain import words
from llm_tui.plain.desk import Desk, Part
from llm_tui.plain.menu import Choice
from llm_tui.tokenization.job import Comparison
from llm_tui.visible import visible

PIECES, ENGLISH = Text("pieces", "piezas"), Text("english", "inglés")

MOST_LINES = 60
"""Words of a text that are read out in their pieces."""


def _choices(desk: Desk) -> Sequence[Choice]:
    return (
        Choice(words.RUN, Text("cut the text with each tokenizer", "cortar el texto con cada tokenizador"),
               lambda: _compare(desk)),
        Choice(PIECES, Text("hear the words that are cut differently", "oír las palabras con otro corte"),
               lambda: _pieces(desk)),
        Choice(words.TEXT, Text("write the text", "escribir el texto"),
               lambda: desk.ask_text("text", tr("The text to be cut", "El texto que se corta"))),
        Choice(words.OPEN, Text("take the text from a file", "tomar el texto de un archivo"), lambda: _open(desk)),
        Choice(ENGLISH, Text("write its English version, to compare", "escribir su versión en inglés, para comparar"),
               lambda: desk.ask_text("translation", tr("The English text", "El texto en inglés"))),
        Choice(words.SETTINGS, Text("choose the tokenizers", "elegir los tokenizadores"), lambda: _tokenizers(desk)),
        Choice(words.ADD, Text("put a word or phrase into the table", "poner una palabra o frase en la tabla"),
               lambda: _add(desk)),
        Choice(words.DROP, Text("take a row out of the table", "quitar una fila de la tabla"), lambda: _drop(desk)),
    )  # fmt: skip


def _compare(desk: Desk) -> Comparison:
    job = desk.answers.job()
    comparison: Comparison = desk.here.work.result(job)
    desk.learn(lambda answers: answers.with_comparison(comparison) if answers.are_of(comparison) else answers)
    desk.note["comparison"] = comparison
    desk.here.console.say(visible(str(subwords.fragmentation(desk.answers.measured))))
    return comparison


def _pieces(desk: Desk) -> None:
    """Word by word, each tokenizer's pieces with their ids."""
    known = desk.note.get("comparison")
    answers: Answers = desk.answers
    comparison: Comparison = known if known and known.text == answers.text else _compare(desk)
    console, told = desk.here.console, 0
    for word in dict.fromkeys(answers.text.split()):
        cuts = comparison.cuts(word)
        if not cuts or len({(cut.spans, cut.unknown) for cut in cuts}) < 2:
            continue
        said = [
            f"{visible(one.name)}: {' | '.join(map(visible, cut.pieces))} ({', '.join(map(str, cut.ids))})"
            for one, cut in zip(comparison.tokenized, cuts, strict=True)
        ]
        console.say(f"{visible(word)}. {'; '.join(said)}.")
        if (told := told + 1) == MOST_LINES:
            break
    if not told:
        console.say(tr("No word is cut differently.", "Ninguna palabra se corta de otra manera."))


def _open(desk: Desk) -> None:
    path = desk.ask_path(tr("Which file? Its path.", "¿Qué archivo? Su ruta."))
    desk.set(text=read_text(path))


def _tokenizers(desk: Desk) -> None:
    now = ", ".join(name for name in desk.answers.tokenizers if name.strip())
    said = tr("Hub ids or folders, up to six, parted by commas.", "Ids del hub o carpetas, hasta seis, con comas.")
    desk.set(tokenizers=tuple(name.strip() for name in desk.here.console.ask(said, now).split(",")))


def _add(desk: Desk) -> None:
    phrase = " ".join(desk.here.console.ask(tr("Which word or phrase?", "¿Qué palabra o frase?")).split())
    if phrase:
        known = desk.note.get("comparison")
        cuts = known.cuts(phrase) if known else None
        desk.change(desk.answers.with_phrase(phrase, cuts or ()))
        if cuts is None:
            _compare(desk)


def _drop(desk: Desk) -> None:
    phrases = desk.answers.phrases()
    row = desk.here.pick(tr("Which row? Its number.", "¿Qué fila? Su número."), phrases)
    desk.change(desk.answers.without_phrase(phrases[row]))


PART = Part(_choices, lambda answers, desk, row, column, text: answers.with_observation(row, text))
