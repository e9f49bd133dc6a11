"""What a model would see of an input, before it is asked."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from llm_tui.engine.events import Cancelled, Failed, Finished
from llm_tui.errors import UserError
from llm_tui.foundation.few_shot import Pair
from llm_tui.foundation.inspection import Aid, Inspect
from llm_tui.i18n import tr
from llm_tui.serving.address import address, is_address
from llm_tui.visible import visible
from llm_tui.widgets.host import JobEvents, host

LINES = 2
"""What the aid takes of the screen, at the most."""

MORE_ROOM = 14
"""What "and 12 more" takes, and the ends of lines that words leave."""

LOOK_SECONDS = 0.5
LOOK_CHARACTERS = 20_000
"""Up to this length an input is looked at while it is typed."""


class PromptAid(Static):
    """Pieces, what will be cut, and lost characters. A failure is said when the model is asked, not while a person
    types.
    """

    def __init__(self, *, id: str | None = None):
        super().__init__(id=id, markup=False)
        self._looking: dict[int, Inspect] = {}
        self._wanted: Inspect | None = None
        self._seen: Inspect | None = None
        self._timer: Timer | None = None

    def look(self, text: str, model: str, examples: Sequence[Pair] = (), answer: int = 0) -> None:
        """Look at `text` a moment after the last call, and once for each input; where the model writes an answer, of
        so many pieces at most, at the whole of what it gets. Where it goes is said at once, and nothing stays that was
        said of another model.
        """
        whole = bool(examples) or answer > 0
        before, self._wanted = self._wanted, Inspect(text, model.strip(), tuple(examples), whole, answer)
        if before is None or before.model != self._wanted.model:
            self._seen = None
            self.update(served_content(self._wanted.model) if is_address(self._wanted.model) else "")
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        job = self._wanted
        if job and is_address(job.model):
            self._seen = None
            self.update(served_content(job.model))
        elif job and job.model and job != self._seen and len(job.text) <= LOOK_CHARACTERS:
            if self._looking:
                host(self).engine.cancel(*self._looking)
            self._seen = job
            self._looking[host(self).submit(job, self)] = job

    def on_job_events(self, message: JobEvents) -> None:
        message.stop()
        for event in message.events:
            if isinstance(event, Finished | Failed | Cancelled):
                job = self._looking.pop(event.job_id)
                if isinstance(event, Cancelled) and job == self._seen:
                    self._seen = None  # look again when it is asked for again
                if isinstance(event, Finished) and job == self._seen:
                    self.update(self._content(job, event.result))

    def _content(self, job: Inspect, aid: Aid | None) -> Content:
        count, room = len(job.examples), LINES * self.size.width
        if not count or aid is None:
            text = aid.source if aid and aid.source else job.text
            return aid_content(text, job.model, aid, room)
        said = Content(tr(f"with {count} examples: ", f"con {count} ejemplos: ") if count > 1 else
                       tr("with one example: ", "con un ejemplo: "))  # fmt: skip
        return Content.assemble(said, aid_content(aid.source, job.model, aid, room - said.cell_length))


def served_content(model: str) -> Content:
    """Where an input goes whose model a server has."""
    try:
        there = address(model)
    except UserError as error:
        return Content.styled(str(error), "bold $error")
    if there.is_here:
        said = tr(
            f"goes to the server {there.place} on this machine, which counts the pieces",
            f"va al servidor {there.place} de este equipo, que cuenta las piezas",
        )
        return Content.styled(visible(said), "$text-muted")
    said = tr(f"The text leaves this machine: it goes to {there.place}.",
              f"El texto sale de este equipo: va a {there.place}.")  # fmt: skip
    return Content.styled(visible(said), "bold $warning")


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
