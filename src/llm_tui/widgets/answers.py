"""Answers of pretrained models as a person reads them: bars, marked spans, steps, text; and as the table to export."""

from __future__ import annotations

from typing import Any

from textual.content import Content

from llm_tui.export.table import Table
from llm_tui.foundation import tables
from llm_tui.foundation.job import SUMMARIZE, Aid, Classified, Generate, Generated, Judged, Recognized, ZeroShot
from llm_tui.i18n import percent, tr
from llm_tui.visible import visible

BAR = 24
MORE_ROOM = 14
"""What "and 12 more" takes, and the ends of lines that words leave."""


def answer_table(job: Any, result: object) -> Table:
    """The answer as the exports write it."""
    match result:
        case Generated():
            return tables.generated_table(job.texts, result, job.settings, job.task)
        case Classified():
            return tables.classified_table(job.texts, result, job.template)
        case Recognized():
            return tables.entities_table(job.texts, result)
        case Judged():
            return tables.judged_table(job.texts, result)
    raise TypeError(f"no answer of a pretrained model: {result!r}")


def answer_line(job: Any, result: object) -> str:
    """The answer in a few words, or the text that was written."""
    match result:
        case Generated():
            return result.answers[0].text
        case Classified():
            best = result.texts[0].best
            return f"{result.labels[best]} {result.texts[0].scores[best]:.3f}"
        case Recognized():
            return ", ".join(f"{job.texts[0][e.start : e.end]} [{e.type}]" for e in result.texts[0]) or "-"
        case Judged():
            steps = result.texts[0]
            return f"{result.labels[steps.best]} {steps.probabilities[steps.best]:.3f}"
    return ""


def answer_content(job: Any, result: object) -> tuple[Content, str]:
    """The answer in full, and one line on what made it."""
    by = result.made_by  # type: ignore[attr-defined]
    line = tables.made_by(by, task=getattr(job, "task", "")).within(tr("en", "es"))
    match result:
        case Generated():
            answer = result.answers[0]
            return _generated(answer.text), f"{_counts(job, result)} {line}"
        case Classified():
            return _bars(job, result), line
        case Recognized():
            return _spans(job.texts[0], result), line
        case Judged():
            return _steps(result), line
    return Content(""), line


def _generated(text: str) -> Content:
    return Content(visible(text, keep_newlines=True))


def _counts(job: Generate, result: Generated) -> str:
    answer = result.answers[0]
    speed = answer.output_pieces / result.made_by.seconds if result.made_by.seconds else 0.0
    said = tr(
        f"{answer.input_pieces} pieces in, {answer.output_pieces} out, {speed:.0f}/s.",
        f"{answer.input_pieces} piezas de entrada, {answer.output_pieces} de salida, {speed:.0f}/s.",
    )
    if job.task == SUMMARIZE:
        compression, new = tables.summarized(job.texts[0], answer.text)
        if compression is not None and new is not None:
            said += tr(
                f" {percent(compression)} of the source's words; {percent(new)} of its own are not there.",
                f" {percent(compression)} de las palabras de la fuente; el {percent(new)} de las suyas no está allí.",
            )
    if answer.cut:
        said += tr(" The input was cut!", " ¡La entrada se cortó!")
    if not answer.complete:
        said += tr(" The answer reached its limit.", " La respuesta llegó a su límite.")
    if answer.lost:
        lost = "".join(dict.fromkeys(answer.lost))
        said += tr(f" Lost: {lost}.", f" Perdidos: {lost}.")
    return said


def _bars(job: ZeroShot, result: Classified) -> Content:
    scores = result.texts[0].scores
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    width = max(len(visible(label)) for label in result.labels)
    lines = []
    for i in order:
        full = round(scores[i] * BAR)
        bar = "█" * full + "░" * (BAR - full)
        line = f"{visible(result.labels[i]).ljust(width)}  {bar}  {scores[i]:.3f}"
        lines.append(Content.styled(line, "bold" if i == order[0] else ""))
    return Content("\n").join(lines)


def _spans(text: str, result: Recognized) -> Content:
    parts: list[str | tuple[str, str]] = []
    at = 0
    for entity in result.texts[0]:
        parts.append(visible(text[at : entity.start], keep_newlines=True))
        parts.append((f"[{visible(text[entity.start : entity.end])}", "bold $accent"))
        parts.append((f" {visible(entity.type)}]", "$text-muted"))
        at = entity.end
    parts.append(visible(text[at:], keep_newlines=True))
    rows = [
        f"{visible(entity.type):<6} {entity.score:.3f}  {visible(text[entity.start : entity.end])}"
        for entity in result.texts[0]
    ]
    listed = "\n".join(rows) or tr("no entity found", "ninguna entidad")
    return Content.assemble(*parts, "\n\n", listed)


def _steps(result: Judged) -> Content:
    """What AutoTokenizer and AutoModel do, one after the other."""
    steps = result.texts[0]
    pieces = "  ".join(f"{piece} {id}" for piece, id in zip(steps.pieces, steps.ids, strict=True))
    logits = "  ".join(
        f"{visible(label)} {logit:+.3f}" for label, logit in zip(result.labels, steps.logits, strict=True)
    )
    softmax = "  ".join(
        f"{visible(label)} {p:.3f}" for label, p in zip(result.labels, steps.probabilities, strict=True)
    )
    cut = tr("\nThe text was cut: it is longer than the model takes.",
             "\nEl texto se cortó: es más largo de lo que admite el modelo.") if steps.cut else ""  # fmt: skip
    return Content.assemble(
        (tr("1. pieces and ids  ", "1. piezas e ids  "), "bold $accent"), pieces,
        "\n", ("2. logits  ", "bold $accent"), logits,
        "\n", ("3. softmax  ", "bold $accent"), softmax,
        "\n", (tr("4. prediction  ", "4. predicción  "), "bold $accent"),
        (visible(result.labels[steps.best]), "bold"), cut,
    )  # fmt: skip


def aid_content(text: str, model: str, aid: Aid | None, room: int) -> Content:
    """What the model would see of an input, with the words that lose a part written as it would read them: so many of
    them as `room` characters hold.
    """
    if aid is None:
        said = tr(f"{model}: not on this machine yet", f"{model}: aún no está en este equipo")
        return Content.styled(visible(said), "$text-muted")
    count = tr(f"{aid.pieces} pieces", f"{aid.pieces} piezas")
    if aid.most is not None:
        count += tr(f" of {aid.most} at most", f" de {aid.most} como máximo")
    parts: list[str | tuple[str, str]] = [(count, "$text-muted")]
    if aid.most is not None and aid.pieces > aid.most:
        parts.append((tr("  the end will be cut!", "  ¡se cortará el final!"), "bold $error"))
    if aid.lost:
        parts.append((tr("  lost: ", "  se pierde: "), "bold $error"))
        parts += _lost_words(text, aid, room - Content.assemble(*parts).cell_length)
    return Content.assemble(*parts)


def _lost_words(text: str, aid: Aid, room: int) -> list[str | tuple[str, str]]:
    parts: list[str | tuple[str, str]] = []
    for number, (start, end) in enumerate(aid.lost):
        begin = max(text.rfind(" ", 0, start), text.rfind("\n", 0, start)) + 1
        after = next((i for i in range(end, len(text)) if text[i].isspace()), len(text))
        word: list[str | tuple[str, str]] = [
            visible(text[max(begin, start - 12) : start]),
            (f"⟨{visible(text[start:end])}⟩", "bold $error"),
            visible(text[end : min(after, end + 12)]) + "  ",
        ]
        more = len(aid.lost) - number
        if Content.assemble(*parts, *word).cell_length > room - MORE_ROOM:
            return [*parts, tr(f"and {more} more", f"y {more} más")]
        parts += word
    return parts
