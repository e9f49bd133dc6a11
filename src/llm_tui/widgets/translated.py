"""What is shown of a sentence that was translated there and back: its line in the list, and what was found out."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from llm_tui.exercises.glossary import hints
from llm_tui.exercises.translation import Answers, Sentence
from llm_tui.i18n import tr
from llm_tui.visible import visible


def sentence_lines(answers: Answers) -> Iterator[Content]:
    """A line for each sentence: whether it was translated, and how many errors were found in it."""
    for number, sentence in enumerate(answers.sentences, start=1):
        mark = "●" if answers.made(sentence) else "○"
        standing = len(answers.standing(sentence))
        errors = f" {standing}✗" if standing else " ✓" if answers.judged(sentence) else ""
        yield Content(f"{mark}{number:>2} {sentence.direction}{errors} {visible(sentence.text)}")


def found_content(answers: Answers, sentence: Sentence) -> Content | None:
    """What was counted, the way back and the hints; None where the sentence was not translated."""
    made = answers.made(sentence)
    if made is None:
        return None
    found = hints(sentence.text, made.translation, sentence.direction)
    parts: list[str | tuple[str, str]] = [(f"chrF {made.chrf:.1f}", "bold")]
    if found:
        parts.append((f"  ⚑ {len(found)}", "$warning"))
    if made.lost:
        parts.append((tr(f"  lost: {visible(made.lost)}", f"  perdidos: {visible(made.lost)}"), "bold $error"))
    if made.cut:
        parts.append((tr("  the end was cut", "  se cortó el final"), "bold $error"))
    parts += ["\n", (tr("back  ", "vuelta  "), "$text-muted"), visible(made.back)]
    for hint in found:
        parts += ["\n", ("⚑ ", "$warning"), visible(str(hint.said))]
    return Content.assemble(*parts)
